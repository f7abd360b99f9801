"""Mailboxes of offices that rest: which do, what their servers said, and what happens when a person wakes one.

The table knows a resting mailbox by a keyed hash alone; its address comes from the directory.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.adapters.letters import Letters
from chalicelib.domain.letter import State
from chalicelib.domain.office import Office
from chalicelib.views.letter_committing import address_key
from chalicelib.views.posting import look_at
from cli.at_work import at_work
from cli.connection import Connection

Rests = Mapping[tuple[str, str], str]
"""(office id, address) → why it rests, in one line."""


def rests(connection: Connection, offices: Sequence[Office]) -> Rests:
    """Return which mailboxes of these offices rest. The keys are asked for only when any does."""
    letters = Letters(connection.catalog.table)
    found = {office.id: letters.resting(office.id) for office in offices if office.mailboxes}
    if not any(found.values()):
        return {}
    with at_work(connection):
        hashed = [
            (office.id, box.address, address_key(box.address))
            for office in offices
            for box in office.mailboxes
        ]
    return {
        (office_id, address): plain(found[office_id][key])
        for office_id, address, key in hashed
        if key in found[office_id]
    }


@dataclass(frozen=True, slots=True)
class Woken:
    """What waking a mailbox led to: letters that go on, and whether SES may still have it on its own list."""

    going: int = 0
    is_kept_by_ses: bool = False


def wake(connection: Connection, office_id: str, address: str, campaign: str | None = None) -> Woken:
    """Let a mailbox take letters again, and letters that waited for its office go on.

    It rests no more, and is off our list and SES's own, where its bounces brought it. What a complaint stopped stays
    so, but for the `campaign` that is named.
    """
    with at_work(connection) as r:
        key = address_key(address)
        r.letters.wake(office_id, key)
        r.letters.allow(key, None)
        if campaign is not None:
            r.letters.allow(key, campaign)
        if not connection.config.has_mail:
            return Woken()
        is_readmitted = r.mailer.readmit(address)
        waiting = [each.id for each in r.letters.all(r.now()) if _waits(each.state, each.office, office_id)]
        for letter_id in waiting:
            look_at(letter_id)
        after = r.letters.letters(waiting, datetime.now(UTC)) if waiting else ()
    going = sum(1 for each in after if each.state is not State.TARGET_PAUSED)
    return Woken(going, is_kept_by_ses=not is_readmitted)


def told(woken: Woken, address: str) -> Iterator[str]:
    """Say what waking a mailbox led to, where there is anything to say."""
    if woken.going:
        letters = "1 letter that waited goes" if woken.going == 1 else f"{woken.going} letters that waited go"
        yield f"{letters} on, at the office’s pace."
    if woken.is_kept_by_ses:
        yield "SES could not be asked to take it off its own list, to which bounces bring an address. Do it there, or"
        yield f"letters stop again: aws sesv2 delete-suppressed-destination --email-address {address}"


def plain(said: str) -> str:
    """A server's words in one line, without anything a terminal would obey."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())


def _waits(state: State, office: str, wanted: str) -> bool:
    return state is State.TARGET_PAUSED and office == wanted
