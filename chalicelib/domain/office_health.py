"""How an office and its lines stand on a day, as staff must know it. Pure; words are the pages'."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.hours import is_open
from chalicelib.domain.office import Line, Mailbox, Office, may_dial, may_write

SOON = 7
"""Days before a verification ends from which it is time to look again."""


class Health(StrEnum):
    """How a line or a mailbox stands."""

    GOOD = "good"
    ENDS_SOON = "ends soon"
    ENDED = "ended"
    UNSEEN = "unseen"
    RESTS = "rests"
    NEVER = "never"


class Standing(StrEnum):
    """How an office stands: open or closed now, or nobody may be sent there."""

    OPEN = "open"
    CLOSED = "closed"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Seen:
    """A verification: how it stands, and how many days it is still good (negative: it has ended)."""

    health: Health
    days_left: int | None = None


def line_seen(line: Line, today: date) -> Seen:
    """How a line stands: resting and never called come before any verification."""
    if line.quarantined is not None:
        return Seen(Health.RESTS)
    if line.verified_on is not None and not line.callable:
        return Seen(Health.NEVER)
    return _seen(line, today, is_good=may_dial(line, today))


def mailbox_seen(mailbox: Mailbox, today: date) -> Seen:
    """How a mailbox stands."""
    return _seen(mailbox, today, is_good=may_write(mailbox, today))


def standing(office: Office, now: datetime) -> Standing:
    """How an office stands now."""
    if not any(may_dial(line, now.date()) for line in office.lines):
        return Standing.OUT
    return Standing.OPEN if is_open(office, now) else Standing.CLOSED


def needing_eyes(offices: Sequence[Office], today: date) -> tuple[Office, ...]:
    """The offices with a line that a person should look at: it rests, or its verification ends or has ended."""
    fine = (Health.GOOD, Health.NEVER)
    return tuple(
        each for each in offices if any(line_seen(line, today).health not in fine for line in each.lines)
    )


def _seen(seen: Line | Mailbox, today: date, *, is_good: bool) -> Seen:
    if seen.verified_on is None:
        return Seen(Health.UNSEEN)
    left = (seen.verified_on + timedelta(days=seen.good_days) - today).days
    if not is_good:
        return Seen(Health.ENDED, left)
    return Seen(Health.ENDS_SOON if left <= SOON else Health.GOOD, left)
