import json
from datetime import timedelta

import pytest

from chalicelib.domain.call import CODE_LIVES, CallSession, CallStatus, Ending, Proving, Stage
from chalicelib.domain.call_view import CHANGING, CallView, State, as_json, seen
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import Outcome
from tests.values import NOW, PHONE, called, campaign, leg, over, session

REACHED = 1285
TALKED = leg(status=CallStatus.COMPLETED, seconds=40)


def view(call: CallSession, *, seconds: float = 0, calls_per_second: float = 1) -> CallView:
    return seen(call, campaign(), REACHED, NOW + timedelta(seconds=seconds), calls_per_second)


LIVE = {
    State.CODE: session(stage=Stage.PROVING, proving=Proving(NOW, codes=2)),
    State.IN_LINE: session(),
    State.PLACING: session(stage=Stage.PLACING),
    State.CHECKING: session(stage=Stage.UNKNOWN),
    State.RINGING: session(stage=Stage.RINGING),
    State.MENU: session(stage=Stage.MENU),
    State.POINTS: session(stage=Stage.POINTS),
    State.CALLING_OFFICE: session(stage=Stage.DIALING, legs=(leg(),)),
    State.CONNECTED: session(stage=Stage.DIALING, legs=(leg(answered_at=NOW),)),
    State.ASKING: session(stage=Stage.ASKING, legs=(TALKED,)),
    State.NEXT: session(stage=Stage.NEXT, legs=(called(Outcome.BUSY),), offices=("ero-was", "ero-nyc")),
    State.HOLDING: session(stage=Stage.HOLDING, place=3, wait=120, held_at=NOW),
    State.CLOSED: session(stage=Stage.CLOSED),
    State.AWAITING: session(stage=Stage.AWAITING, code="482915"),
    State.ZIP: session(stage=Stage.ZIP),
}


@pytest.mark.parametrize(("state", "call"), LIVE.items())
def test_a_live_call_shows_its_stage(state: State, call: CallSession) -> None:
    assert view(call).state is state
    assert view(call).is_changing


def test_a_page_shows_its_code_until_the_call_comes_or_the_time_is_over() -> None:
    waiting = session(stage=Stage.AWAITING, code="482915")

    assert view(waiting).code == "482915"
    assert view(waiting, seconds=CODE_LIVES.total_seconds()).state is State.CODE_OLD
    assert view(waiting, seconds=CODE_LIVES.total_seconds()).code is None
    assert not view(waiting, seconds=CODE_LIVES.total_seconds()).is_changing


def test_every_stage_has_a_state() -> None:
    assert {
        view(session(stage=stage, legs=(leg(),))).state for stage in Stage if stage is not Stage.ENDED
    } <= CHANGING


ENDS = [
    (over(Ending.DONE, legs=(called(Outcome.SPOKE),)), State.THANKS),
    (over(Ending.DONE, legs=(called(Outcome.BUSY),)), State.NOT_REACHED),
    (over(Ending.DONE, legs=(called(Outcome.SPOKE), called(Outcome.BUSY))), State.THANKS),
    (over(Ending.PAUSED, legs=(called(Outcome.VOICEMAIL),)), State.THANKS),
    (over(Ending.PAUSED), State.PAUSED),
    (over(Ending.NOT_PICKED_UP), State.NOT_PICKED_UP),
    (over(Ending.NO_KEY), State.NO_KEY),
    (over(Ending.HUNG_UP), State.HUNG_UP),
    (over(Ending.NEVER), State.NEVER),
    (over(Ending.WITHDRAWN), State.WITHDRAWN),
    (over(Ending.REFUSED), State.REFUSED),
    (over(Ending.NOT_PLACED), State.NOT_PLACED),
    (over(Ending.NO_OFFICE), State.NO_OFFICE),
    (over(Ending.LINE_FULL), State.LINE_FULL),
    (over(Ending.CLOSED), State.OFFICE_CLOSED),
    (over(Ending.BUDGET), State.BUDGET),
    (over(Ending.BOOKED, booking="a-booking-of-hers-001", booked_at=NOW), State.BOOKED),
    (over(Ending.NOT_PROVED), State.NOT_PROVED),
    (over(Ending.NO_TEXT), State.NO_TEXT),
    (over(Ending.LANDLINE), State.LANDLINE),
]


@pytest.mark.parametrize(("call", "state"), ENDS)
def test_a_call_that_is_over_shows_how_it_ended(call: CallSession, state: State) -> None:
    assert view(call).state is state
    assert not view(call).is_changing


def test_every_ending_is_shown() -> None:
    assert {call.ending for call, _ in ENDS} == set(Ending)


def test_after_hanging_up_the_page_waits_for_the_facts_then_asks_then_stops_asking() -> None:
    unknown = over(Ending.DONE, legs=(leg(),))
    known = over(Ending.DONE, legs=(TALKED,))

    assert view(unknown).state is State.SETTLING
    assert view(known).state is State.QUESTION
    assert view(known).is_question_open
    assert view(known, seconds=600).state is State.SETTLING


@pytest.mark.parametrize(
    ("status", "state"),
    [(Status.LIVE, State.IN_LINE), (Status.PAUSED, State.ON_PAUSE), (Status.ENDED, State.PAUSED)],
)
def test_in_line_for_a_campaign_that_rests_nobody_is_next(status: Status, state: State) -> None:
    shown = seen(LIVE[State.IN_LINE], campaign(status=status), 0, NOW, 1)

    assert (shown.state, shown.is_changing) == (state, state is not State.PAUSED)
    assert (shown.place is None) is (state is not State.IN_LINE)


def test_the_place_in_line_is_the_time_until_our_turn_at_the_pace_of_calls() -> None:
    waiting = session(ring_at=NOW + timedelta(seconds=120))

    assert (view(waiting).place, view(waiting).wait) == (120, 120)
    assert view(waiting, calls_per_second=0.25).place == 30
    assert view(waiting, seconds=119.5).place == 1
    assert (view(waiting, seconds=300).place, view(waiting, seconds=300).wait) == (1, 0)
    assert view(session(stage=Stage.RINGING)).place is None
    assert view(session(stage=Stage.RINGING)).wait is None


def test_on_hold_the_wait_is_the_one_the_voice_told() -> None:
    assert (view(LIVE[State.HOLDING]).place, view(LIVE[State.HOLDING]).wait) == (3, 120)


def test_the_office_is_the_one_called_now_and_the_following_the_one_after_it() -> None:
    waiting, busy = view(session()), view(LIVE[State.NEXT])

    assert waiting.office
    assert waiting.office.id == "ero-atl"
    assert busy.office
    assert busy.following
    assert (busy.office.id, busy.following.id, busy.outcome) == ("ero-atl", "ero-was", Outcome.BUSY)


def test_the_code_s_time_and_how_many_are_left_are_told_while_it_is_asked_for() -> None:
    asked = as_json(view(LIVE[State.CODE]))

    assert (asked["code_until"], asked["codes_left"]) == ("2026-11-24T15:15:00+00:00", 1)
    for other in (session(), over(Ending.NOT_PROVED, proving=Proving(NOW))):
        assert (as_json(view(other))["code_until"], as_json(view(other))["codes_left"]) == (None, None)


def test_an_office_that_left_the_campaign_is_no_fault() -> None:
    view_without = seen(LIVE[State.CONNECTED], campaign(offices=()), REACHED, NOW, 1)

    assert view_without.office is None
    assert as_json(view_without)["office"] is None


def test_the_api_says_what_the_page_says() -> None:
    thanked = as_json(view(over(Ending.DONE, legs=(called(Outcome.SPOKE),), number=942)))

    assert thanked["state"] == "thanks"
    assert (thanked["number"], thanked["reached"], thanked["goal"]) == (942, 1285, 2000)
    assert as_json(view(LIVE[State.CONNECTED]))["connected_at"] == "2026-11-24T15:00:00+00:00"
    assert as_json(view(LIVE[State.IN_LINE]))["place_in_line"] == 1


@pytest.mark.parametrize("call", [*LIVE.values(), *(call for call, _ in ENDS)])
def test_no_view_holds_the_phone_number_or_its_hash(call: CallSession) -> None:
    text = json.dumps(as_json(view(call)))

    assert PHONE not in text
    assert call.phone_key not in text
