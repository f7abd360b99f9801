"""What a call needs when it is looked at: stage × time, as a table; and that nothing is ever forgotten."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.call import CallSession, Ending, Stage
from chalicelib.domain.counts import Outcome
from chalicelib.domain.reconciling import FIRST_LOOK, GRACE, QUIET, STALE, Need, need, next_look
from tests.values import NOW, called, leg, over, session

TICK = timedelta(milliseconds=1)
SID = "CA" + "1" * 32
UNSETTLED = {"legs": (leg(),)}
ANSWER = timedelta(minutes=10)

TABLE: list[tuple[Stage, dict[str, Any], timedelta, Need]] = [
    (Stage.QUEUED, {}, GRACE, Need.PATIENCE),
    (Stage.QUEUED, {}, GRACE + TICK, Need.RING_AGAIN),
    (Stage.QUEUED, {"ring_at": NOW + STALE}, STALE, Need.PATIENCE),
    (Stage.QUEUED, {}, STALE, Need.RING_AGAIN),
    (Stage.QUEUED, {}, STALE + TICK, Need.EXPIRE),
    (Stage.PLACING, {}, GRACE, Need.PATIENCE),
    (Stage.PLACING, {}, GRACE + TICK, Need.SEARCH),
    (Stage.UNKNOWN, {}, GRACE, Need.PATIENCE),
    (Stage.UNKNOWN, {}, GRACE + TICK, Need.SEARCH),
    (Stage.UNKNOWN, {"call_sid": SID}, GRACE + TICK, Need.PATIENCE),
    (Stage.UNKNOWN, {"call_sid": SID}, QUIET + TICK, Need.FETCH),
    *[
        (stage, {"call_sid": SID}, QUIET, Need.PATIENCE)
        for stage in (Stage.RINGING, Stage.MENU, Stage.DIALING)
    ],
    *[
        (stage, {"call_sid": SID}, QUIET + TICK, Need.FETCH)
        for stage in (Stage.RINGING, Stage.MENU, Stage.POINTS, Stage.DIALING, Stage.ASKING, Stage.NEXT)
    ],
]


@pytest.mark.parametrize(("stage", "more", "after", "expected"), TABLE)
def test_what_a_live_call_needs(stage: Stage, more: dict[str, Any], after: timedelta, expected: Need) -> None:
    assert need(session(stage=stage, **more), NOW + after) is expected


@pytest.mark.parametrize(
    ("made", "after", "expected"),
    [
        (over(Ending.NO_KEY), timedelta(), Need.NOTHING),
        (over(Ending.DONE, legs=(called(Outcome.SPOKE),)), timedelta(days=1), Need.NOTHING),
        (over(Ending.DONE, **UNSETTLED), ANSWER - TICK, Need.PATIENCE),
        (over(Ending.DONE, **UNSETTLED), ANSWER, Need.SETTLE),
        (over(Ending.DONE, **UNSETTLED, answer_by=None), timedelta(), Need.SETTLE),
    ],
)
def test_what_a_call_that_is_over_needs(made: CallSession, after: timedelta, expected: Need) -> None:
    assert need(made, NOW + after) is expected


def test_a_page_whose_call_may_never_come_needs_nothing() -> None:
    waiting = session(stage=Stage.AWAITING)

    assert need(waiting, NOW + timedelta(days=1)) is Need.NOTHING
    assert next_look(waiting, NOW) is None


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in {Stage.ENDED, Stage.AWAITING}])
def test_a_live_call_is_always_looked_at_again_within_minutes(stage: Stage) -> None:
    now = NOW + timedelta(hours=2)

    look = next_look(session(stage=stage), now)

    assert look is not None
    assert now < look <= now + FIRST_LOOK


def test_a_call_still_waiting_for_its_turn_is_looked_at_after_it() -> None:
    turn = NOW + timedelta(minutes=25)

    assert next_look(session(ring_at=turn), NOW) == turn + FIRST_LOOK


def test_a_call_whose_question_is_open_is_looked_at_when_the_time_to_answer_is_over() -> None:
    made = over(Ending.DONE, **UNSETTLED)

    assert next_look(made, NOW) == NOW + ANSWER
    assert next_look(made, NOW + ANSWER) == NOW + ANSWER + timedelta(minutes=1)


def test_a_settled_call_is_looked_at_no_more() -> None:
    assert next_look(over(Ending.NO_KEY), NOW) is None
    assert next_look(over(Ending.DONE, legs=(called(Outcome.BUSY),)), NOW) is None
