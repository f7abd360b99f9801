"""Care for an office's lines: who uses them now, who waits, how they have answered lately.

A Desk is what is going on at one office's lines, over all campaigns. Promises: a line never carries more calls
at once, more starts in any 60 minutes or less rest than its caps say; who came first goes first; a repeat
changes nothing; what a lost webhook leaves behind ends by itself. Knows no table, clock or office directory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain.call import CallStatus
from chalicelib.domain.choosing import Standing
from chalicelib.domain.office import Caps, Line

HOUR = timedelta(hours=1)
LEASE = timedelta(seconds=45 + 5 + 900 + 50)
"""How long a line is held for a call nobody says has ended: ring, Twilio's own five seconds, the longest talk,
and a margin for the webhooks between. By then the call is over, whatever was lost."""
WAIT_KEPT = timedelta(seconds=60)
"""A place in line is kept so long after the last time its caller asked."""
TYPICAL_CALL = timedelta(seconds=180)
"""What one call is taken to last, ring and talk, where a wait is estimated."""
RECENT = 20
"""Outcomes kept of a line, the last ones."""
MARKS = 8
"""Callers kept who said wrong number: three decide, and more change nothing."""
MARK = 8
"""Characters kept of a caller's mark: enough to tell a few callers of one line apart, and no more."""

WRONG_NUMBERS = 3
"""So many distinct callers who say wrong number quarantine a line (voice.md M6)."""
LAST_DIALS, FAILURES = 10, 5
"""So many failed of the last dials quarantine a line (voice.md M6: failed, 13224)."""

LETTERS: dict[CallStatus, str] = {
    CallStatus.COMPLETED: "a",
    CallStatus.BUSY: "b",
    CallStatus.NO_ANSWER: "n",
    CallStatus.CANCELED: "n",
    CallStatus.FAILED: "f",
}
"""How a dial that ended is kept in `LineUse.recent`: answered, busy, no answer, failed."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of the call with this ticket to use a line, until it is given back or `until` has come."""

    ticket: str
    until: datetime


@dataclass(frozen=True, slots=True)
class LineUse:
    """What one line carries, and how it has answered.

    `starts` are the moments of the calls of the last hour; the line rests until `rests_until`, and for `pause`
    seconds (the caps' of its last start) after an end. `recent` holds the last outcomes as letters of LETTERS,
    oldest first; `wrong` the marks of the distinct callers who said wrong number. `dialled` counts the calls
    that ended with a known status, `connected` those among them that were answered.
    """

    leases: tuple[Lease, ...] = ()
    starts: tuple[datetime, ...] = ()
    rests_until: datetime | None = None
    pause: int = 0
    recent: str = ""
    wrong: tuple[str, ...] = ()
    connected: int = 0
    dialled: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place in line: since when, and when its caller last asked."""

    ticket: str
    since: datetime
    seen: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """One office's lines in use, by number, and who waits for one, first come first. `version`: its writes."""

    office: str
    version: int = 0
    lines: Mapping[str, LineUse] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Granted:
    """Dial this number: the line is held for you."""

    number: str


@dataclass(frozen=True, slots=True)
class Full:
    """No line now: your place in line, counted from 1, and about how many seconds until it is your turn."""

    place: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Barred:
    """None of these lines can be used at all: none was named, or all are sick."""


Answer = Granted | Full | Barred


def asked(
    desk: Desk, ticket: str, lines: Sequence[Line], now: datetime, *, waits: bool
) -> tuple[Desk, Answer]:
    """Grant one of these lines, the first that is free, or say how long the line is.

    `lines` are those that may be dialled and that this call has not tried, in order. A ticket that holds one
    of them gets it again; of several, the first. It holds several if it asked for other lines before, as when a
    campaign changes between a lost race and its repeat. Asking gives nothing up: of two webhooks that ask at
    once, either may win and dial what it was granted.

    Whoever waits goes first: a place p in line is granted when at least p calls could begin now on these lines,
    and a newcomer stands behind the last. `waits` keeps or takes a place in line; without it, an answer of Full
    leaves no trace.
    """
    held = _held(desk, ticket, lines, now)
    if held is not None:
        return desk, Granted(held)
    usable = [line for line in lines if _is_usable(desk, line)]
    if not usable:
        return left(desk, ticket), Barred()
    ahead = _ahead(desk, ticket, now)
    room = [(line.number, _room(_use(desk, line.number), line.caps, now)) for line in usable]
    if sum(free for _, free in room) > ahead:
        number = next(number for number, free in room if free)
        return _started(left(desk, ticket), ticket, number, usable, now), Granted(number)
    answer = Full(ahead + 1, _seconds(desk, usable, ahead + 1, now))
    return (_in_line(desk, ticket, now) if waits else desk), answer


def released(desk: Desk, ticket: str, number: str, status: CallStatus | None, now: datetime) -> Desk:
    """End this ticket's lease of the line and remember how the dial ended (None: nobody knows).

    A ticket that holds no lease of it changes nothing, so that a repeat counts once.
    """
    use = _use(desk, number)
    kept = tuple(lease for lease in use.leases if lease.ticket != ticket)
    if len(kept) == len(use.leases):
        return desk
    rested = replace(use, leases=kept, rests_until=_rested(use, now, use.pause))
    return _with(desk, number, _noted(rested, status))


def left(desk: Desk, ticket: str) -> Desk:
    """Give up this ticket's place in line."""
    kept = tuple(each for each in desk.waiting if each.ticket != ticket)
    return desk if len(kept) == len(desk.waiting) else replace(desk, waiting=kept)


def doubted(desk: Desk, number: str, mark: str) -> Desk:
    """Remember that the caller told apart by `mark` says this is a wrong number. The same caller counts once."""
    use, short = _use(desk, number), mark[:MARK]
    if short in use.wrong or len(use.wrong) >= MARKS:
        return desk
    return _with(desk, number, replace(use, wrong=(*use.wrong, short)))


def cured(desk: Desk, number: str) -> Desk:
    """Forget what speaks against this line: a person has verified it."""
    use = _use(desk, number)
    return _with(desk, number, replace(use, recent="", wrong=())) if use.recent or use.wrong else desk


def sickness(use: LineUse) -> str | None:
    """Return why this line should rest until a person verifies it: "wrong_number", "failing", or None."""
    if len(use.wrong) >= WRONG_NUMBERS:
        return "wrong_number"
    return "failing" if use.recent[-LAST_DIALS:].count("f") >= FAILURES else None


def standing(desk: Desk) -> Standing:
    """Return how the office has done over its lines, which balanced choice weighs.

    A dial is counted when its end is known. Whatever answers, a person or a voicemail, has picked up and is
    connected, so here these two are one number.
    """
    connected = sum(use.connected for use in desk.lines.values())
    return Standing(connected, connected, sum(use.dialled for use in desk.lines.values()))


# Strictly private.


def _use(desk: Desk, number: str) -> LineUse:
    return desk.lines.get(number, LineUse())


def _with(desk: Desk, number: str, use: LineUse) -> Desk:
    return replace(desk, lines={**desk.lines, number: use})


def _live(use: LineUse, now: datetime) -> tuple[Lease, ...]:
    return tuple(lease for lease in use.leases if lease.until > now)


def _of_the_hour(use: LineUse, now: datetime) -> tuple[datetime, ...]:
    """The starts within the 60 minutes that end now, oldest first; clocks may differ, so they are sorted."""
    return tuple(sorted(start for start in use.starts if now - start < HOUR))


def _held(desk: Desk, ticket: str, lines: Sequence[Line], now: datetime) -> str | None:
    """The number of the first of these lines that this ticket holds already."""
    holders = (
        line.number
        for line in lines
        for lease in _live(_use(desk, line.number), now)
        if lease.ticket == ticket
    )
    return next(holders, None)


def _is_usable(desk: Desk, line: Line) -> bool:
    return sickness(_use(desk, line.number)) is None and line.caps.at_once > 0 and line.caps.an_hour > 0


def _waiting(desk: Desk, now: datetime) -> tuple[Waiting, ...]:
    """Those whose place is still kept."""
    return tuple(each for each in desk.waiting if now - each.seen <= WAIT_KEPT)


def _ahead(desk: Desk, ticket: str, now: datetime) -> int:
    """How many wait before this ticket: before its own place, or all of them."""
    tickets = [each.ticket for each in _waiting(desk, now)]
    return tickets.index(ticket) if ticket in tickets else len(tickets)


def _room(use: LineUse, caps: Caps, now: datetime) -> int:
    """How many calls could begin on the line this moment: one at most where it rests between two."""
    if use.rests_until is not None and use.rests_until > now:
        return 0
    room = min(caps.at_once - len(_live(use, now)), caps.an_hour - len(_of_the_hour(use, now)))
    return max(0, min(room, 1) if caps.pause else room)


def _started(desk: Desk, ticket: str, number: str, lines: Sequence[Line], now: datetime) -> Desk:
    """The line with one more call; what is over of lease, hour and place in line is dropped."""
    use, pause = _use(desk, number), next(line.caps.pause for line in lines if line.number == number)
    begun = replace(
        use,
        leases=(*_live(use, now), Lease(ticket, now + LEASE)),
        starts=(*_of_the_hour(use, now), now),
        rests_until=_rested(use, now, pause),
        pause=pause,
    )
    return _with(replace(desk, waiting=_waiting(desk, now)), number, begun)


def _rested(use: LineUse, now: datetime, pause: int) -> datetime:
    """Until when a line rests on which a call has begun or ended now."""
    rests = now + timedelta(seconds=pause)
    return rests if use.rests_until is None else max(use.rests_until, rests)


def _in_line(desk: Desk, ticket: str, now: datetime) -> Desk:
    """The desk with this ticket seen now: in its place, or behind the last."""
    waiting = _waiting(desk, now)
    if all(each.ticket != ticket for each in waiting):
        return replace(desk, waiting=(*waiting, Waiting(ticket, now, now)))
    seen = (replace(each, seen=now) if each.ticket == ticket else each for each in waiting)
    return replace(desk, waiting=tuple(seen))


def _noted(use: LineUse, status: CallStatus | None) -> LineUse:
    if status not in LETTERS:
        return use
    return replace(
        use,
        recent=(use.recent + LETTERS[status])[-RECENT:],
        connected=use.connected + (status is CallStatus.COMPLETED),
        dialled=use.dialled + 1,
    )


@dataclass(slots=True)
class _Forecast:
    """A line as it may go on: when its calls began and are expected to end. Changed in place, and thrown away."""

    caps: Caps
    starts: list[datetime]
    ends: list[datetime]
    rests_until: datetime

    def next_start(self) -> datetime:
        """The first moment at which all three caps let one more call begin."""
        caps, at = self.caps, self.rests_until
        if len(self.starts) >= caps.an_hour:
            at = max(at, self.starts[-caps.an_hour] + HOUR)
        if len(self.ends) >= caps.at_once:
            at = max(at, sorted(self.ends)[-caps.at_once] + timedelta(seconds=caps.pause))
        return at

    def begin(self, at: datetime) -> None:
        self.starts.append(at)
        self.ends.append(at + TYPICAL_CALL)
        self.rests_until = at + timedelta(seconds=self.caps.pause)


def _forecast(use: LineUse, caps: Caps, now: datetime) -> _Forecast:
    """A call of now is taken to end when a typical one would have; one that has lasted longer, any moment."""
    ends = [max(now, lease.until - LEASE + TYPICAL_CALL) for lease in _live(use, now)]
    return _Forecast(caps, list(_of_the_hour(use, now)), ends, max(now, use.rests_until or now))


def _seconds(desk: Desk, lines: Sequence[Line], place: int, now: datetime) -> int:
    """About how long until it is this place's turn. An estimate: nobody knows how long a talk will be.

    The lines are played forward: each next call begins at the first moment that any line's caps allow, if every
    call lasts TYPICAL_CALL; the place-th of those moments is the answer, in whole seconds, at least 1. So a
    place further behind never waits less. Places before this one may be given up: then it comes sooner.
    """
    forecasts = [_forecast(_use(desk, line.number), line.caps, now) for line in lines]
    at = now
    for _ in range(place):
        at, soonest = min(((each.next_start(), each) for each in forecasts), key=lambda pair: pair[0])
        soonest.begin(at)
    return max(1, -((now - at) // timedelta(seconds=1)))
