"""A call's facts in any order, twice or not at all; and the ways in which every call comes to its end."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.call import TERMINAL, CallSession, CallStatus, Ending, Stage
from chalicelib.domain.call_machine import advance
from chalicelib.domain.counts import Outcome
from chalicelib.domain.desk import Answer, Barred, Full, Granted
from chalicelib.domain.events import (
    Answered,
    Ask,
    AskLine,
    CallChanged,
    Count,
    Effect,
    Event,
    Free,
    LegChanged,
    OfficeCallEnded,
    Placed,
    Pressed,
    TimeUp,
    Told,
    Unanswered,
)
from chalicelib.domain.moves import TRIES, Change, Moment
from tests.conftest import Figure
from tests.domain.call_space import BY_STEP, FIRST_LINE, LIVE, SID, every_session, leg_of, step_of
from tests.values import NOW, session

AT_ONCE = Moment(LIVE, NOW)
DIALING = session(stage=Stage.DIALING, step=2, call_sid=SID, offices=("ero-was",), legs=(leg_of(),))
GRANTED, FULL, BARRED = "granted", "full", "barred"


def decided(
    before: CallSession, step: int | None, event: Event, moment: Moment, desk: str = BARRED
) -> Change:
    """Decide, with a desk that always answers the same."""
    while not isinstance(change := advance(before, step, event, moment), tuple):
        moment = replace(moment, answers={**moment.answers, change: _said(change, desk)})
    return change


def _said(ask: Ask, desk: str) -> Answer:
    assert isinstance(ask, AskLine), "silence asks for nothing but a line"
    answers: dict[str, Answer] = {GRANTED: Granted(ask.numbers[0]), FULL: Full(2, 60), BARRED: Barred()}
    return answers[desk]


def told(
    before: CallSession, events: Iterable[Event], desk: str = BARRED
) -> tuple[CallSession, list[Effect]]:
    """Tell a call these events, all of them by the step it is at now; what came of it, and all effects."""
    call, effects = before, list[Effect]()
    for event in events:
        step = before.step if isinstance(event, BY_STEP) else None
        call, more = decided(call, step, event, AT_ONCE, desk)
        effects += more
    return call, effects


def every_order(events: Sequence[Event]) -> Iterable[tuple[Event, ...]]:
    """These events in every order: each once, each twice in a row, and all of it told again at the end."""
    for order in itertools.permutations(events):
        yield order
        yield tuple(event for event in order for _ in range(2))
        yield (*order, *order)


# The same facts, in whatever order, come to the same call.


@pytest.mark.parametrize("status", sorted(TERMINAL))
@pytest.mark.parametrize("by", ["told by the dial", "lost by the dial"])
def test_an_office_call_comes_to_the_same_in_any_order(status: CallStatus, by: str) -> None:
    seconds = 40 if status is CallStatus.COMPLETED else 0
    facts: list[Event] = [
        OfficeCallEnded(None) if by.startswith("lost") else OfficeCallEnded(status, seconds),
        LegChanged(FIRST_LINE, CallStatus.IN_PROGRESS),
        LegChanged(FIRST_LINE, status, seconds),
        CallChanged(CallStatus.IN_PROGRESS, SID),
        CallChanged(CallStatus.COMPLETED, SID),
    ]
    ends = set()
    for order in every_order(facts):
        call, effects = told(DIALING, (*order, TimeUp()))
        (leg,) = call.legs
        counts, frees = (sum(isinstance(each, kind) for each in effects) for kind in (Count, Free))
        ends.add((call.stage, call.phone, leg.status, leg.seconds, leg.outcome, leg.basis, counts, frees))

    assert len(ends) == 1
    assert ends.pop()[-2:] == (1, 1)


@pytest.mark.parametrize("first", [Placed(SID), Unanswered()])
@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (CallStatus.COMPLETED, Ending.HUNG_UP),
        (CallStatus.BUSY, Ending.NOT_PICKED_UP),
        (CallStatus.NO_ANSWER, Ending.NOT_PICKED_UP),
        (CallStatus.CANCELED, Ending.NOT_PICKED_UP),
        (CallStatus.FAILED, Ending.REFUSED),
    ],
)
def test_a_call_we_place_comes_to_the_same_in_any_order(
    first: Event, status: CallStatus, ending: Ending
) -> None:
    ringing: list[Event] = [
        first,
        CallChanged(CallStatus.INITIATED, SID),
        CallChanged(CallStatus.RINGING, SID),
    ]
    picked_up: list[Event] = [Answered(SID)] if status is CallStatus.COMPLETED else []
    placing = session(stage=Stage.PLACING, attempt="an-attempt")

    ends = {
        (call.stage, call.phone, call.ending, call.call_sid, tuple(effects))
        for order in every_order([*ringing, *picked_up, CallChanged(status, SID)])
        for call, effects in [told(placing, order)]
    }

    assert ends == {(Stage.ENDED, None, ending, SID, ())}


TOLD: tuple[Event, ...] = (
    *(OfficeCallEnded(status, 40) for status in (None, CallStatus.COMPLETED, CallStatus.BUSY)),
    LegChanged(FIRST_LINE, CallStatus.COMPLETED, 40), LegChanged(FIRST_LINE, CallStatus.NO_ANSWER),
    CallChanged(CallStatus.COMPLETED, SID), *map(Pressed, ("1", "3", "9", "")), Told(Outcome.SPOKE), TimeUp(),
)  # fmt: skip


UNCOUNTED = (
    DIALING,
    replace(DIALING, legs=(leg_of(answered_at=NOW),)),
    replace(DIALING, stage=Stage.ASKING, legs=(leg_of(status=CallStatus.COMPLETED, seconds=40),)),
    replace(DIALING, stage=Stage.ENDED, ending=Ending.DONE, phone=None),
)


def test_no_office_call_is_counted_twice_on_any_way_of_three_events(figure: Figure) -> None:
    paths = 0
    for start, path in itertools.product(UNCOUNTED, itertools.product(TOLD, repeat=3)):
        call, counted = start, list[str]()
        for event in path:
            call, effects = decided(call, step_of(call, event), event, AT_ONCE, GRANTED)
            counted += [each.action.id for each in effects if isinstance(each, Count)]
        paths += 1
        assert len(counted) == len(set(counted)), path
        assert len(counted) == sum(leg.outcome is not None for leg in call.legs), path
    figure(f"call machine: paths_of_three={paths} double=0")


# Every call ends.

LIVES = frozenset(Stage) - {Stage.AWAITING, Stage.PROVING, Stage.WELCOME, Stage.ENDED}
"""Stages of calls that are kept and can be placed: a waiting page lapses, an unproved call expires, a welcome is
never written."""


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_hanging_up_ends_every_call_wherever_it_is(status: CallStatus) -> None:
    for call in every_session():
        if call.stage in LIVES:
            after, _ = decided(call, None, CallChanged(status, SID), AT_ONCE)
            assert (after.stage, after.phone) == (Stage.ENDED, None), call.stage


@pytest.mark.parametrize("desk", [GRANTED, FULL, BARRED])
@pytest.mark.parametrize("dialled", [None, CallStatus.COMPLETED, CallStatus.NO_ANSWER])
def test_silence_ends_every_call_and_asks_nothing_more_than_three_times(
    desk: str, dialled: CallStatus | None
) -> None:
    for start in every_session():
        if start.tries == 0 and start.step and start.stage in LIVES - UNHEARD | {Stage.WELCOME}:
            stages = silent(start, desk, dialled)
            runs = [(stage, len(list(run))) for stage, run in itertools.groupby(stages)]
            assert stages[-1] is Stage.ENDED, stages
            assert all(length <= TRIES for stage, length in runs if stage is not Stage.HOLDING), stages


UNHEARD = frozenset({Stage.QUEUED, Stage.PLACING, Stage.UNKNOWN, Stage.RINGING})
TURNS = 70
"""More than anybody is kept: twelve minutes in line, four looks a minute."""


def silent(call: CallSession, desk: str, dialled: CallStatus | None) -> list[Stage]:
    """The stages of a call in which no key is pressed any more and every dial returns the same; until its end."""
    stages = [call.stage]
    for turn in range(1, TURNS):
        moment = Moment(LIVE, NOW + turn * timedelta(seconds=15))
        event = OfficeCallEnded(dialled, 40) if call.is_dialing else Pressed("")
        call, _ = decided(call, call.step, event, moment, desk)
        stages.append(call.stage)
        if call.is_over:
            break
    return stages
