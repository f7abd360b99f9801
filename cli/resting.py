"""Mailboxes of offices that rest: which do, what their servers said, and what happens when a person wakes one.

The table knows a resting mailbox by a keyed hash alone; its address comes from the directory.
"""

from collections.abc import Mapping, Sequence
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


def wake(connection: Connection, office_id: str, address: str) -> int:
    """Let a mailbox take letters again, and letters that waited for its office go on; return how many do."""
    with at_work(connection) as r:
        if r.letters.resting(office_id):
            r.letters.wake(office_id, address_key(address))
        if not connection.config.letter_queue:
            return 0
        waiting = [each.id for each in r.letters.all(r.now()) if _waits(each.state, each.office, office_id)]
        for letter_id in waiting:
            look_at(letter_id)
        after = r.letters.letters(waiting, datetime.now(UTC)) if waiting else ()
    return sum(1 for each in after if each.state is not State.TARGET_PAUSED)


def plain(said: str) -> str:
    """A server's words in one line, without anything a terminal would obey."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())


def _waits(state: State, office: str, wanted: str) -> bool:
    return state is State.TARGET_PAUSED and office == wanted
