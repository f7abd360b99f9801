"""A public office as a value: its lines, its hours, what a person said about each of them.

Promises: nothing here dials, reads a clock or a file. A line is dialled only when `may_dial` says so.
"""

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from chalicelib.domain.words import Words

VERIFICATION_DAYS = 30
"""A person's verification of a line is good for this many days (design §9), unless configured otherwise."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How much a line is asked to bear: calls at once, calls in any hour, seconds of rest between calls."""

    at_once: int = 2
    an_hour: int = 20
    pause: int = 15


@dataclass(frozen=True, slots=True)
class Line:
    """One phone number of an office.

    `callable`, `verified_on` (with who and where they saw it) are set by a person, never by a file; that
    verification is good for `good_days`. `quarantined` says why the line rests until somebody verifies it anew.
    """

    number: str
    callable: bool = False
    verified_on: date | None = None
    verified_by: str | None = None
    source: str | None = None
    good_days: int = VERIFICATION_DAYS
    quarantined: str | None = None
    caps: Caps = field(default_factory=Caps)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One e-mail address of an office, which takes letters.

    As a line: who saw it where and when is said by a person, never by a file, and is good for `good_days`.
    """

    address: str
    verified_on: date | None = None
    verified_by: str | None = None
    source: str | None = None
    good_days: int = VERIFICATION_DAYS


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one day in the office's own wall time, from `opens` up to, not with, `closes` (00:00: its end)."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the office is closed, both included, and why."""

    first: date
    last: date
    why: str


HOUSE_SPANS = (Span(time(9), time(16)),)
"""No office publishes telephone hours: 9 to 4, Monday to Friday, is our house rule (directory/README.md)."""
HOUSE_WEEK = (HOUSE_SPANS,) * 5 + ((), ())


@dataclass(frozen=True, slots=True)
class Hours:
    """When an office can be called: seven days from Monday, each with its spans in order; breaks lie between.

    `keeps_holidays`: closed on US federal holidays, on the days they are observed. `closures` are its own.
    """

    week: tuple[tuple[Span, ...], ...] = HOUSE_WEEK
    keeps_holidays: bool = True
    closures: tuple[Closure, ...] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """A public office: `name` is spoken ("ICE office in Atlanta"), `place` is short ("Atlanta").

    `zone` is an IANA time zone. `lines` are in the order in which they are tried. A letter goes to all `mailboxes` at
    once; `web_form` is the address of the office's own form, for whoever opens it themselves ("": none).
    """

    id: str
    name: Words
    place: Words
    zone: str
    address: str
    lines: tuple[Line, ...]
    hours: Hours = field(default_factory=Hours)
    mailboxes: tuple[Mailbox, ...] = ()
    web_form: str = ""


def may_dial(line: Line, today: date) -> bool:
    """Whether a line may be dialled on `today`: callable, verified lately enough, and not in quarantine."""
    if not line.callable or line.verified_on is None or line.quarantined is not None:
        return False
    return today - line.verified_on <= timedelta(days=line.good_days)


def dialable(office: Office, today: date) -> tuple[Line, ...]:
    """Return the office's lines that may be dialled today, in order."""
    return tuple(line for line in office.lines if may_dial(line, today))


def may_write(mailbox: Mailbox, today: date) -> bool:
    """Whether letters may go to a mailbox on `today`: somebody verified it lately enough."""
    seen = mailbox.verified_on
    return seen is not None and today - seen <= timedelta(days=mailbox.good_days)


def writable(office: Office, today: date) -> tuple[Mailbox, ...]:
    """Return the office's mailboxes that letters may go to today."""
    return tuple(mailbox for mailbox in office.mailboxes if may_write(mailbox, today))
