"""A desk in whatever order things happen, beside a model that only keeps lists of what has happened.

The model knows every start and end there ever was, and works each answer out from them anew.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.domain.call import CallStatus
from chalicelib.domain.desk import (
    HOUR,
    LEASE,
    WAIT_KEPT,
    Barred,
    Desk,
    Full,
    Granted,
    Lease,
    asked,
    cured,
    doubted,
    left,
    released,
    sickness,
    standing,
)
from chalicelib.domain.office import Caps, Line
from tests.values import NOW

NUMBERS = ("+14045550190", "+14045550191")
TICKETS = tuple("abcdefgh")
ENDS = (*CallStatus, None)
caps = st.builds(
    Caps, at_once=st.integers(1, 3), an_hour=st.integers(1, 6), pause=st.sampled_from([0, 1, 15])
)
# Around every limit there is: a pause, a place kept, a lease, an hour.
steps = st.sampled_from([0, 1, 1, 14, 15, 30, 60, 61, LEASE.seconds, 3599, 3600])


@dataclass
class Past:
    """One call that was granted: it ended at `over_at`, or ends by itself after LEASE."""

    ticket: str
    number: str
    began: datetime
    over_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        return self.over_at is None and now < self.began + LEASE


@dataclass
class Model:
    """Everything that has happened."""

    calls: list[Past] = field(default_factory=list)
    queue: dict[str, datetime] = field(default_factory=dict)

    def holding(self, ticket: str, lines: list[Line], now: datetime) -> str | None:
        held = {call.number for call in self.calls if call.ticket == ticket and call.is_live(now)}
        return next((line.number for line in lines if line.number in held), None)

    def room(self, line: Line, now: datetime) -> int:
        calls = [call for call in self.calls if call.number == line.number]
        rests = timedelta(seconds=line.caps.pause)
        moments = [at for call in calls for at in (call.began, call.over_at) if at is not None]
        if any(now < at + rests for at in moments):
            return 0
        at_once = line.caps.at_once - sum(call.is_live(now) for call in calls)
        an_hour = line.caps.an_hour - sum(now - call.began < HOUR for call in calls)
        room = max(0, min(at_once, an_hour))
        return min(room, 1) if line.caps.pause else room

    def ahead(self, ticket: str, now: datetime) -> int:
        kept = [each for each, seen in self.queue.items() if now - seen <= WAIT_KEPT]
        return kept.index(ticket) if ticket in kept else len(kept)

    def forget_the_gone(self, now: datetime) -> None:
        self.queue = {each: seen for each, seen in self.queue.items() if now - seen <= WAIT_KEPT}


class AnyOrder(RuleBasedStateMachine):
    """Calls that ask, wait, end, repeat, get lost and leave, while time goes on."""

    @initialize(first=caps, second=caps)
    def begin(self, first: Caps, second: Caps) -> None:
        self.lines = [Line(number, caps=each) for number, each in zip(NUMBERS, (first, second), strict=True)]
        self.desk, self.model, self.now = Desk("ero-atl"), Model(), NOW

    @rule(seconds=steps)
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(ticket=st.sampled_from(TICKETS), untried=st.sampled_from([(0, 1), (1,), (0,)]), waits=st.booleans())
    def ask(self, ticket: str, untried: tuple[int, ...], *, waits: bool) -> None:
        lines, model, now = [self.lines[each] for each in untried], self.model, self.now
        well = [line for line in lines if not self.is_sick(line.number)]
        held, ahead = model.holding(ticket, lines, now), model.ahead(ticket, now)
        free = [line for line in well for _ in range(model.room(line, now))]

        desk, answer = asked(self.desk, ticket, lines, now, waits=waits)

        if held is not None:
            assert (desk, answer) == (self.desk, Granted(held))
        elif not well:
            assert answer == Barred()
            model.queue.pop(ticket, None)
        elif len(free) > ahead:
            assert answer == Granted(free[0].number)
            model.calls.append(Past(ticket, free[0].number, now))
            model.queue.pop(ticket, None)
        else:
            assert isinstance(answer, Full)
            assert answer.place == ahead + 1
            assert answer.seconds >= 1
            assert waits or desk == self.desk
            if waits:
                model.forget_the_gone(now)
                model.queue[ticket] = now
        self.desk = desk
        assert asked(desk, ticket, lines, now, waits=waits) == (desk, answer), "a repeat is answered alike"

    @rule(ticket=st.sampled_from(TICKETS), number=st.sampled_from(NUMBERS), status=st.sampled_from(ENDS))
    def release(self, ticket: str, number: str, status: CallStatus | None) -> None:
        live = [
            call
            for call in self.model.calls
            if (call.ticket, call.number) == (ticket, number) and call.is_live(self.now)
        ]
        if not live and any(lease.ticket == ticket for lease in self.leases(number)):
            return  # A lease that healed by itself, told late: the desk may still know it or have dropped it.
        desk = released(self.desk, ticket, number, status, self.now)
        assert (desk is self.desk) == (not live)
        for call in live:
            call.over_at = self.now
        self.desk = desk
        assert released(desk, ticket, number, status, self.now) is desk

    @rule(ticket=st.sampled_from(TICKETS))
    def leave(self, ticket: str) -> None:
        self.model.queue.pop(ticket, None)
        self.desk = left(self.desk, ticket)

    @rule(number=st.sampled_from(NUMBERS), mark=st.sampled_from("wxyz"))
    def doubt(self, number: str, mark: str) -> None:
        self.desk = doubted(self.desk, number, mark)

    @precondition(lambda self: any(map(self.is_sick, NUMBERS)))
    @rule()
    def verify(self) -> None:
        for number in NUMBERS:
            self.desk = cured(self.desk, number)
        assert not any(map(self.is_sick, NUMBERS))

    @rule(newcomers=st.integers(2, 6))
    def a_place_further_behind_never_waits_less(self, newcomers: int) -> None:
        desk, told = self.desk, []
        for each in range(newcomers):
            desk, answer = asked(desk, f"new-{each}", self.lines, self.now, waits=True)
            if isinstance(answer, Full):
                told.append((answer.place, answer.seconds))
        assert told == sorted(told)
        assert [seconds for _, seconds in told] == sorted(seconds for _, seconds in told)

    @invariant()
    def no_line_carries_more_than_its_caps(self) -> None:
        for line in self.lines:
            calls = [call for call in self.model.calls if call.number == line.number]
            assert sum(call.is_live(self.now) for call in calls) <= line.caps.at_once
            starts = [call.began for call in calls]
            beyond = zip(starts, starts[line.caps.an_hour :], strict=False)
            assert all(later - start >= HOUR for start, later in beyond)
            assert all(
                (later - start).total_seconds() >= line.caps.pause for start, later in pairwise(starts)
            )

    @invariant()
    def a_desk_does_not_grow(self) -> None:
        for line in self.lines:
            use = self.desk.lines.get(line.number)
            assert use is None or len(use.starts) <= line.caps.an_hour
            assert use is None or len(use.leases) <= line.caps.at_once
        assert standing(self.desk).dialled <= len(self.model.calls)

    def leases(self, number: str) -> tuple[Lease, ...]:
        return self.desk.lines[number].leases if number in self.desk.lines else ()

    def is_sick(self, number: str) -> bool:
        return number in self.desk.lines and sickness(self.desk.lines[number]) is not None


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=200, stateful_step_count=40)
