"""The workers of letters: the queue sends each once, SES's events tell its fate, the schedule forgets none.

A message that fails never takes its neighbours with it. There is no public door for events: SES's topic alone may put
them on their queue, which the queue's own policy holds.
"""

import json
from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.adapters.keys import Key
from chalicelib.adapters.letter_queue import LetterTurn, WriterMail, asked_in
from chalicelib.adapters.letters import Repeated
from chalicelib.domain.letter_events import Reported
from chalicelib.domain.ses_events import MailEvent, NotAnEvent, dedupe_key, read
from chalicelib.observability import count, fault, log
from chalicelib.runtime import Runtime, runtime
from chalicelib.views import posting, writer_mail
from chalicelib.views.again import tried
from chalicelib.views.letter_committing import commit, decided
from chalicelib.views.workers import PLACEHOLDER

letter_workers = Blueprint(__name__)


class UnknownLetter(Exception):
    """An event about a letter that isn't there (yet): it comes again a few times, and then a person looks."""


@letter_workers.on_sqs_message(queue_arn=PLACEHOLDER, batch_size=5, name="letters")
def letters(event: SQSEvent) -> dict[str, Any]:
    """Send the letters, and the mails to writers, of one batch; only the messages that failed come back."""
    return _each(event, _carry_out)


@letter_workers.on_sqs_message(queue_arn=PLACEHOLDER, batch_size=10, name="mail_events")
def mail_events(event: SQSEvent) -> dict[str, Any]:
    """Take what SES reports; only the messages that failed come back."""
    return _each(event, lambda body: note(_event(body)))


@letter_workers.schedule("rate(1 minute)", name="post")
def post(_event: CloudWatchEvent) -> None:
    """Look at every letter whose time has come."""
    r = runtime()
    for key, letter_id in _due(r):
        try:
            posting.look_at(letter_id)
            r.letters.seen(key)
        except Exception as error:  # noqa: BLE001 - one letter's fault must not leave the others waiting
            fault("letter not looked at", error)


def note(event: MailEvent) -> None:
    """Keep what SES says of a letter, once.

    Raises:
        UnknownLetter: there is no such letter.
        GaveUp: five lost races in a row.
    """
    if event.letter is None:
        count("MailEventsOdd")
        log("mail event about no letter")
    else:
        tried(lambda: _note(event, str(event.letter)))


def _note(event: MailEvent, letter_id: str) -> None:
    r = runtime()
    letter = r.letters.letter(letter_id, r.now())
    if letter is None:
        raise UnknownLetter
    if not event.reports:
        count("MailEventsOdd")
    name = dedupe_key(event)
    changed = decided(letter, Reported(event))
    if changed.after is letter:
        count("MailEventsRepeated")
        return
    try:
        commit([changed], [r.letters.taking(name, r.now())])
    except Repeated:
        count("MailEventsRepeated")
        return
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


def _carry_out(body: str) -> None:
    match asked_in(body):
        case WriterMail() as mail:
            writer_mail.send(mail)
        case LetterTurn() as turn:
            posting.take(turn)


def _each(event: SQSEvent, work: Callable[[str], None]) -> dict[str, Any]:
    failed = []
    for record in event:
        try:
            work(record.body)
        except Exception as error:  # noqa: BLE001 - the batch loop: one message's fault is its own
            fault("message failed", error)
            failed.append({"itemIdentifier": record.to_dict()["messageId"]})
    return {"batchItemFailures": failed}


class DueUnread(Exception):
    """The list of letters to look at could not be read. Says no more: Lambda writes it to the log."""


def _due(r: Runtime) -> list[tuple[Key, str]]:
    try:
        return list(r.letters.due(r.now()))
    except Exception as error:  # noqa: BLE001 - the edge: an error's text may hold what it was about
        fault("due letters not read", error)
        raise DueUnread from None
