"""What we counted against what others saw: Twilio's list of calls, and what SES told us of each letter.

The ledger keeps no call's number at Twilio, for that leads to a supporter. So a call of ours and one of Twilio's are
held to be the same by three things: the office, the time, and the seconds of talk. Twilio knows offices by their lines.
SES keeps no list that can be asked: a letter is held against the events that SES sent of it when they happened.
Knows no Twilio, no SES and no clock. The order of what comes in changes nothing.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from chalicelib.domain import outcomes
from chalicelib.domain.call import TERMINAL, CallStatus
from chalicelib.domain.counts import Action, AnyOutcome, Basis, LetterOutcome, Outcome
from chalicelib.domain.explaining import Act, Span
from chalicelib.domain.mail_facts import Status

COUNTED_WITHIN = timedelta(hours=3)
"""How long after an office call its row may be written: the rest of the call (an hour at most), ten minutes for the
page's question, and whatever Twilio's callbacks are late."""
AROUND = 2 * COUNTED_WITHIN
"""How much before and after a day has to be read, so that what happened at midnight finds its other half."""
CLOCKS = timedelta(minutes=2)
"""Twilio tells whole seconds of its own clock."""
SETTLES = timedelta(hours=1)
"""A call this fresh may not be counted yet: its supporter may still say how it went."""


NO_LONGER = ""
"""The office of a call to a number that is no office's line now."""


class Apart(StrEnum):
    """How we and a carrier differ."""

    NOT_THERE = "not_there"  # we counted it, and they have no such act
    NOT_HERE = "not_here"  # they have it, and we did not count it
    SECONDS = "seconds"  # other seconds of talk
    STATUS = "status"  # how it ended there can't mean what we counted


@dataclass(frozen=True, slots=True)
class Leg:
    """A call to an office, as Twilio lists it. `seconds` of talk; `ended_at` is None while it goes on.

    `office` is `NO_LONGER` where the line is none's any more.
    """

    sid: str
    office: str
    status: CallStatus
    seconds: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One act that is not the same with us and with a carrier. `row` is ours, `said` what they say of it."""

    how: Apart
    office: str
    at: datetime
    row: Action | None = None
    leg: Leg | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison: how many acts agree, how many can't be judged yet, and each that differs.

    `undialled`: calls of ours for which Twilio was told to dial, and whose supporter was gone before it did.
    """

    agree: int
    open: int = 0
    undialled: int = 0
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose calls are compared: one campaign's within a span, `now`; `offices` are all it ever calls."""

    campaign: str
    offices: frozenset[str]
    span: Span
    now: datetime


def against_twilio(rows: Iterable[Action], legs: Iterable[Leg], asked: Asked) -> Compared:
    """Compare the calls of one campaign with Twilio's list.

    `rows` are the first rows of all campaigns' calls, for lines are shared, and `legs` all calls to their offices; both
    from `AROUND` before the span until `AROUND` after it. A call that only Twilio has may be any campaign's.
    """
    pairs, alone, strangers = _matched(rows, legs)
    span, now = asked.span, asked.now
    mine = [(row, leg) for row, leg in pairs if row.campaign == asked.campaign and span.holds(row.at)]
    missing = [row for row in alone if row.campaign == asked.campaign and span.holds(row.at)]
    undialled = sum(map(_never_dialled, missing))
    theirs = [(at, leg) for at, leg in strangers if leg.office in asked.offices and span.holds(at)]
    differences = [
        *(_difference(row, leg) for row, leg in mine if not _agrees(row, leg)),
        *(Difference(Apart.NOT_THERE, row.office, row.at, row) for row in missing if not _never_dialled(row)),
        *(Difference(Apart.NOT_HERE, leg.office, at, leg=leg) for at, leg in theirs if now - at >= SETTLES),
    ]
    return Compared(
        sum(_agrees(row, leg) for row, leg in mine),
        sum(now - at < SETTLES for at, _ in theirs),
        undialled,
        tuple(sorted(differences, key=lambda each: (each.at, each.how, each.office))),
    )


def could_mean(leg: Leg, row: Action) -> bool:
    """Whether a call that ended like this at Twilio may be counted like this, whatever its supporter said."""
    said = (None, *outcomes.KEYS.values())
    told = {
        outcomes.outcome(leg.status, seconds, each) for seconds in (row.seconds, leg.seconds) for each in said
    }
    return (row.outcome, row.basis) in told


def against_ses(acts: Iterable[Act], known: Mapping[str, Status | None]) -> Compared:
    """Compare letters, as they count now, with what SES told us of each.

    `known` is that, by the letter's id; None: nothing yet, or there was nothing to tell.
    """
    agree, differences = 0, []
    for act in acts:
        if act.id in known and act.last.outcome in MAY_STAND[known[act.id]]:
            agree += 1
        else:
            how = Apart.STATUS if act.id in known else Apart.NOT_THERE
            said = known.get(act.id) or ""
            differences.append(Difference(how, act.last.office, act.first.at, act.last, said=said))
    return Compared(agree, differences=tuple(differences))


_UNSENT: frozenset[AnyOutcome] = frozenset(
    {LetterOutcome.WITHDRAWN, LetterOutcome.NOT_SENT, LetterOutcome.SUPPRESSED, LetterOutcome.REJECTED}
)
_OPEN: frozenset[AnyOutcome] = frozenset({LetterOutcome.ON_ITS_WAY})
MAY_STAND: dict[Status | None, frozenset[AnyOutcome]] = {
    None: _UNSENT | _OPEN | {LetterOutcome.UNCONFIRMED},
    Status.SUBMITTED: _OPEN,
    Status.DELAYED: _OPEN,
    Status.DELIVERED: frozenset({LetterOutcome.DELIVERED}),
    Status.BOUNCED_SOFT: frozenset({LetterOutcome.BOUNCED}) | _UNSENT | _OPEN,
    Status.BOUNCED_HARD: frozenset({LetterOutcome.BOUNCED}),
    Status.COMPLAINED: frozenset({LetterOutcome.COMPLAINED}),
    Status.SUPPRESSED: frozenset({LetterOutcome.SUPPRESSED}),
    Status.REJECTED: frozenset({LetterOutcome.REJECTED}),
}
"""What SES told us of a letter → what it may be counted as. After a soft bounce another try may follow, or none."""


# Strictly private.


def _agrees(row: Action, leg: Leg) -> bool:
    return row.seconds == leg.seconds and could_mean(leg, row)


def _may_be(_row: Action, _leg: Leg) -> bool:
    return True


def _never_dialled(row: Action) -> bool:
    """Whether a row claims nothing: the leg's end was never told, and nobody said that anybody was reached."""
    return (row.outcome, row.basis, row.seconds) == (Outcome.NO_ANSWER, Basis.FACTS, 0)


def _difference(row: Action, leg: Leg) -> Difference:
    how = Apart.SECONDS if could_mean(leg, row) else Apart.STATUS
    return Difference(how, row.office, row.at, row, leg)


class _Legs:
    """The calls to one office that are over and that no row has found yet, in the order in which they ended."""

    def __init__(self) -> None:
        self._legs: list[tuple[datetime, str, Leg]] = []
        self._taken: set[str] = set()

    def add(self, ended_at: datetime, leg: Leg) -> None:
        insort(self._legs, (ended_at, leg.sid, leg))

    def take(self, row: Action, is_it: Callable[[Action, Leg], bool]) -> Leg | None:
        """Give away the oldest that a row may be about: taken in the order of time, none is left out for another."""
        begin = bisect_left(self._legs, (row.at - COUNTED_WITHIN, ""))
        for ended_at, sid, leg in islice(self._legs, begin, None):
            if ended_at > row.at + CLOCKS:
                return None
            if sid not in self._taken and is_it(row, leg):
                self._taken.add(sid)
                return leg
        return None

    def left(self) -> Iterator[tuple[datetime, Leg]]:
        return ((at, leg) for at, sid, leg in self._legs if sid not in self._taken)


Matched = tuple[list[tuple[Action, Leg]], list[Action], list[tuple[datetime, Leg]]]


def _matched(rows: Iterable[Action], legs: Iterable[Leg]) -> Matched:
    """Bring rows and calls together: first those that agree, then what is left. Return also what stays alone.

    A call to a line that its office no longer has may be any office's, but only where all else agrees.
    """
    offices: dict[str, _Legs] = {}
    for leg in {leg.sid: leg for leg in legs}.values():
        if leg.ended_at and leg.status in TERMINAL:
            offices.setdefault(leg.office, _Legs()).add(leg.ended_at, leg)
    pairs, left = [], sorted(rows, key=lambda row: (row.at, row.id))
    for is_it, has_moved in ((_agrees, False), (_agrees, True), (_may_be, False)):
        asked, left = left, []
        for row in asked:
            name = NO_LONGER if has_moved else row.office
            found = offices[name].take(row, is_it) if name in offices else None
            if found:
                pairs.append((row, found))
            else:
                left.append(row)
    return pairs, left, [each for office in offices.values() for each in office.left()]
