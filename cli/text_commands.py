"""`patchthrough text …`: what people wrote that waits for a person, and what a person decides about it."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from chalicelib.adapters.inbox import Inbox, Waiting
from chalicelib.domain.subscriber import Source, State
from chalicelib.domain.subscriber_events import Desk, Reassigned, Released, Stopped
from chalicelib.runtime import Runtime
from cli import text_deciding as deciding
from cli import text_screens as screens
from cli.at_work import at_work
from cli.office_people import name_given
from cli.terminal import EXIT_CODES, REFUSED, connected, give_up, plainly, screen
from cli.text_people import asked_for_number, handle, moment_given, person_named, texts_of, titles_of
from cli.text_setup import setup

text = typer.Typer(
    help="Texts to us: those that need a person, and stops by other ways.", no_args_is_help=True
)

By = Annotated[str, typer.Option("--by", help="Your name, for the record.")]
Who = Annotated[
    str, typer.Argument(metavar="HANDLE", help="The person, as `patchthrough text inbox` names them.")
]
Anybody = Annotated[
    str | None,
    typer.Argument(
        metavar="HANDLE|PHONE", help="Left out, you are asked for the number: no history keeps it."
    ),
]
INBOX_DAYS, ALL_DAYS = 7, 90
A_MOMENT = timedelta(milliseconds=1)
"""What a person reads out of a text comes after what the text did by itself; the inbox keeps milliseconds."""


class How(StrEnum):
    """By which way somebody asked us to stop."""

    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    IN_PERSON = "in_person"
    WEB = "web"
    TEXT = "text"


SOURCES = {
    # They texted it, and a person has read it: nothing is answered after so long.
    How.TEXT: Source.STAFF,
    How.PHONE: Source.PHONE,
    How.EMAIL: Source.EMAIL,
    How.LETTER: Source.LETTER,
    How.IN_PERSON: Source.IN_PERSON,
    How.WEB: Source.FORM,
}


@text.command(epilog=EXIT_CODES)
@plainly
def inbox(
    desk: Annotated[
        Desk | None, typer.Option("--desk", help="Only what may be a stop, or only the rest.")
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=1, max=ALL_DAYS, help="How far back; 90 is all there is.")
    ] = (INBOX_DAYS),
) -> None:
    """List the texts that wait for a person, in full. Somebody has to read them every day."""
    with connected() as connection, at_work(connection) as r:
        found = Inbox(r.catalog.table).since(r.now() - timedelta(days=days), r.now())
        waiting = [each for each in found if each.is_open and desk in {None, each.desk}]
    if not waiting:
        screen().print(f"No text of the last {days} days waits for a person.")
        return
    screen().print(screens.inbox(waiting), "")
    for sentence in (
        f"Texts that wait: {len(waiting):,}.",
        "Read and dealt with: patchthrough text done HANDLE --by NAME",
        "They want no more texts: patchthrough text stop HANDLE --how text --by NAME",
        "It may be a stop: patchthrough text review",
    ):
        screen().print(sentence, soft_wrap=True)


@text.command(epilog=EXIT_CODES)
@plainly
def review(
    is_all: Annotated[bool, typer.Option("--all", help="However long ago. Reads the whole table.")] = False,
) -> None:
    """List who is held, for they may have said stop, and what they wrote. They get nothing until somebody decides."""
    with connected() as connection, at_work(connection) as r:
        since = r.now() - timedelta(days=ALL_DAYS)
        people = deciding.ever_held(r) if is_all else deciding.lately_in_doubt(r, since)
        found, titles = list(deciding.held(r, people)), titles_of(r)
    if not found:
        lately = "" if is_all else f" who wrote in the last {ALL_DAYS} days (--all: ever)"
        screen().print(f"Nobody is held{lately}.")
        return
    screen().print(screens.held(found, titles))
    for sentence in (
        "It was no stop: patchthrough text release HANDLE --by NAME",
        "It was one, or you are in doubt: patchthrough text stop HANDLE --how text --by NAME",
    ):
        screen().print(sentence, soft_wrap=True)


@text.command(epilog=EXIT_CODES)
@plainly
def release(who: Who, by: By) -> None:
    """Say that what somebody wrote was no stop: they get alerts again. Nothing is sent for it."""
    person = name_given(by)
    with connected() as connection, at_work(connection) as r:
        phone_key = person_named(r, who)
        profiles = r.subscribers.standing(phone_key).profiles
        held = sorted(name for name, each in profiles.items() if each.state is State.HELD)
        if not held:
            give_up(f"{handle(phone_key)} is not held now. Nothing was changed.", REFUSED)
        texts = deciding.in_doubt(r, phone_key)
        for slug in held:
            deciding.tell(r, phone_key, slug, Released, deciding.noted(r, Source.STAFF))
        deciding.record(r, person, "held person released", phone_key, programmes=", ".join(held))
        _settle(r, person, texts)
        after = r.subscribers.standing(phone_key)
        is_free = all(after.with_programme(slug).state is State.SUBSCRIBED for slug in held)
        _show(r, phone_key, RELEASED if is_free else SAID_OTHERWISE)


RELEASED = "Released: they get alerts again."
SAID_OTHERWISE = "They said something else meanwhile, and stand as they themselves said."


@text.command(epilog=EXIT_CODES)
@plainly
def stop(
    by: By,
    how: Annotated[How, typer.Option("--how", help="How they asked.")],
    who: Anybody = None,
    at: Annotated[
        str | None, typer.Option("--at", help="When it reached you, with its zone; otherwise now.")
    ] = None,
) -> None:
    """Write down that somebody wants no more texts, however they said so: none of any programme from then on.

    No text goes to them about it. Only they themselves can come back, with an opt-in word.
    """
    person, typed = name_given(by), who if who is not None else asked_for_number()
    with connected() as connection, at_work(connection) as r:
        phone_key = person_named(r, typed)
        texts = texts_of(r, phone_key) if how is How.TEXT else deciding.in_doubt(r, phone_key)
        last = texts[-1] if texts and how is How.TEXT else None
        moment = last.at + A_MOMENT if last and at is None else moment_given(at, r.now())
        slug = deciding.nearest_programme(r, r.subscribers.standing(phone_key))
        note = deciding.noted(r, SOURCES[how], moment, last.text if last else "")
        deciding.tell(r, phone_key, slug, Stopped, note)
        deciding.record(r, person, "texts stopped", phone_key, how=how.value, at=moment.isoformat())
        _settle(r, person, texts)
        profiles = r.subscribers.standing(phone_key).profiles.values()
        is_in = any(each.state in deciding.NEAREST for each in profiles)
        _show(r, phone_key, JOINED_SINCE if is_in else STOPPED)


STOPPED = "Stopped: they get no more texts of ours."
JOINED_SINCE = (
    "They joined again after that moment, by an opt-in word of their own, and so they still get texts. "
    "If it was later than that, say so with --at."
)


@text.command(epilog=EXIT_CODES)
@plainly
def reassigned(by: By, who: Anybody = None) -> None:
    """Write down that a number has another owner: what the last one agreed to is void. Stops stay."""
    person, typed = name_given(by), who if who is not None else asked_for_number()
    with connected() as connection, at_work(connection) as r:
        phone_key = person_named(r, typed)
        known = sorted(r.subscribers.standing(phone_key).profiles)
        slugs = [slug for slug in known if deciding.with_texts(r, slug)]
        if not slugs:
            give_up("Nothing is known of this number, so nothing had to be made void.", REFUSED)
        for slug in slugs:
            deciding.tell(r, phone_key, slug, Reassigned, deciding.noted(r, Source.STAFF))
        deciding.record(r, person, "number reassigned", phone_key)
        _show(r, phone_key, "What its last owner agreed to is void. A stop stays one.")


@text.command(epilog=EXIT_CODES)
@plainly
def done(who: Who, by: By) -> None:
    """Take what somebody wrote out of the inbox: you have dealt with it. It is shown, so that nothing is missed."""
    person = name_given(by)
    with connected() as connection, at_work(connection) as r:
        phone_key = person_named(r, who)
        texts = texts_of(r, phone_key)
        if not texts:
            screen().print("Nothing of theirs waits. Nothing was changed.")
            return
        deciding.record(r, person, "texts dealt with", phone_key, texts=str(len(texts)))
        _settle(r, person, texts)
        profiles = r.subscribers.standing(phone_key).profiles.values()
        if any(each.state is State.HELD for each in profiles):
            screen().print("They are still held: patchthrough text review", soft_wrap=True)


text.command("setup", epilog=EXIT_CODES)(setup)


def _settle(r: Runtime, person: str, texts: Sequence[Waiting]) -> None:
    """Take texts out of the inbox, and show each: nobody may take out what they have not seen."""
    taken = deciding.settled(r, person, texts)
    if taken:
        screen().print(screens.inbox(taken), "")
        screen().print(f"Taken out of the inbox: {len(taken):,}.")


def _show(r: Runtime, phone_key: str, sentence: str) -> None:
    profiles = r.subscribers.standing(phone_key).profiles
    screen().print(Text(sentence, "bold"), soft_wrap=True)
    screen().print(screens.standings(handle(phone_key), profiles, titles_of(r)))
