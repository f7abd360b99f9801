"""The workers of letters: the queue sends each once, SES's events tell its fate, the schedule forgets none.

A message that fails never takes its neighbours with it. There is no public door for events: SES's topic alone may put
them on their queue, which the queue's own policy holds.
"""

import json
from collections.abc import Sequence
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.adapters.keys import Key
from chalicelib.adapters.letter_queue import LetterTurn, WriterMail, asked_in
from chalicelib.adapters.letters import Changed
from chalicelib.adapters.store import Repeated
from chalicelib.adapters.table import Write
from chalicelib.domain.letter import Letter
from chalicelib.domain.letter_events import Reported
from chalicelib.domain.ses_events import MailEvent, NotAnEvent, dedupe_key, read
from chalicelib.domain.writer_mail_events import news_for, why_stopped
from chalicelib.observability import count, log
from chalicelib.runtime import runtime
from chalicelib.views import posting, writer_mail
from chalicelib.views.again import tried
from chalicelib.views.batches import PLACEHOLDER, each_due, each_message
from chalicelib.views.letter_committing import address_key, commit, decided

letter_workers = Blueprint(__name__)

GREETING = "Successfully validated SNS topic"
"""How SES's first words to a topic begin, in plain text: it tries whether it may publish there."""


class UnknownLetter(Exception):
    """An event about a letter that isn't there (yet): it comes again a few times, and then a person looks."""


@letter_workers.on_sqs_message(queue_arn=PLACEHOLDER, batch_size=5, name="letters")
def letters(event: SQSEvent) -> dict[str, Any]:
    """Send the letters, and the mails to writers, of one batch; only the messages that failed come back."""
    return each_message(event, _carry_out)


@letter_workers.on_sqs_message(queue_arn=PLACEHOLDER, batch_size=10, name="mail_events")
def mail_events(event: SQSEvent) -> dict[str, Any]:
    """Take what SES reports; only the messages that failed come back."""
    return each_message(event, _take_in)


@letter_workers.schedule("rate(1 minute)", name="post")
def post(_event: CloudWatchEvent) -> None:
    """Look at every letter whose time has come."""
    r = runtime()
    each_due(lambda: r.letters.due(r.now()), _looked_at, "letters")


def _take_in(body: str) -> None:
    """Take one body of SES's. Its greeting to a new topic is no event, and nothing to look into either."""
    if body.startswith(GREETING):
        count("MailEventsOdd")
    else:
        note(_event(body))


def note(event: MailEvent) -> None:
    """Keep what SES says of a letter, or of a mail to its writer, once.

    Raises:
        UnknownLetter: there is no such letter.
        GaveUp: five lost races in a row.
    """
    if not event.reports:
        count("MailEventsOdd")
        log("mail event of another kind")
    elif event.letter:
        tried(lambda: _note_letter(event, _found(event.letter)))
    elif event.about:
        tried(lambda: _note_writer(event, _found(event.about)))
    else:
        count("MailEventsOdd")
        log("mail event about no letter")


def _found(letter_id: str | None) -> Letter:
    r = runtime()
    letter = r.letters.letter(letter_id or "", r.now())
    if letter is None:
        raise UnknownLetter
    return letter


def _note_letter(event: MailEvent, letter: Letter) -> None:
    changed = decided(letter, Reported(event))
    if changed.after is letter:
        count("MailEventsRepeated")
    else:
        _take(event, [changed], [])


def _note_writer(event: MailEvent, letter: Letter) -> None:
    """A writer whose mailbox there isn't, or who complained, gets no more mail from us."""
    r = runtime()
    why, told = why_stopped(event), next((report.address for report in event.reports if report.address), None)
    address = letter.content.address if letter.content else told
    if why is None or address is None:
        return
    news = news_for(letter)
    changed = [decided(letter, news)] if news else []
    _take(event, changed, [r.letters.suppressing(address_key(address), None, why, r.now())])


def _take(event: MailEvent, changed: Sequence[Changed], also: Sequence[Write]) -> None:
    """Write what follows of an event, once: a repeat changes nothing and lets no effect leave again."""
    r = runtime()
    try:
        commit(changed, [*also, r.letters.taking(dedupe_key(event), r.now())])
    except Repeated:
        count("MailEventsRepeated")
    else:
        count("MailEventsTaken")


def _event(body: str) -> MailEvent:
    """Read a body.

    Raises:
        ValueError: it is no event: poison, for the dead-letter queue.
    """
    try:
        return read(json.loads(body))
    except (NotAnEvent, RecursionError) as error:
        raise ValueError("no event of SES's") from error


def _looked_at(due: tuple[Key, str]) -> None:
    key, letter_id = due
    posting.look_at(letter_id)
    runtime().letters.seen(key)


def _carry_out(body: str) -> None:
    match asked_in(body):
        case WriterMail() as mail:
            writer_mail.send(mail)
        case LetterTurn() as turn:
            posting.take(turn)
