"""A call that waits for its code, through every sequence of four events there is."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

import pytest

from chalicelib.domain.call import CallSession, Ending, Proving, Stage
from chalicelib.domain.call_machine import advance
from chalicelib.domain.codes import CODES, OPEN
from chalicelib.domain.events import (
    Claimed,
    CodeAsked,
    Effect,
    Event,
    Expired,
    KeepCaller,
    Proved,
    Ring,
    SendCode,
    Stopped,
    TextClaimed,
    TextRefused,
    TextThrottled,
    Withdrawn,
)
from chalicelib.domain.limits import Caller
from chalicelib.domain.moves import Moment
from chalicelib.domain.reconciling import Need, need, next_look
from tests.values import CAMPAIGN, NOW, session

MOMENT = Moment(CAMPAIGN, NOW + timedelta(minutes=1))
LATER = NOW + timedelta(minutes=1, seconds=7)
CALLER = Caller(version=3, open_call="the-call")
WAITING = session(stage=Stage.PROVING, proving=Proving(NOW))
EVENTS: list[Event] = [
    TextClaimed(1, "attempt-1"), TextClaimed(2, "attempt-2"), TextThrottled(1, 1.0), TextThrottled(2, 1.0),
    TextRefused(1, 30006), TextRefused(2, 21610), CodeAsked(1), CodeAsked(2), Proved(LATER, CALLER),
    Withdrawn(), Expired(), Stopped(), Claimed("attempt-3"),
]  # fmt: skip


def told(before: CallSession, event: Event) -> tuple[CallSession, tuple[Effect, ...]]:
    change = advance(before, None, event, MOMENT)
    assert isinstance(change, tuple)
    return change


def play(*story: Event) -> tuple[list[CallSession], list[Effect]]:
    sessions: list[CallSession] = [WAITING]
    effects: list[Effect] = []
    for event in story:
        after, more = told(sessions[-1], event)
        sessions.append(after)
        effects += more
    return sessions, effects


@pytest.mark.parametrize("first", EVENTS)
def test_no_story_rings_a_phone_that_is_not_proved_or_puts_it_in_line_twice(first: Event) -> None:
    for rest in product(EVENTS, repeat=3):
        sessions, effects = play(first, *rest)
        rings = [effect for effect in effects if isinstance(effect, Ring)]
        kept = [effect for effect in effects if isinstance(effect, KeepCaller)]

        assert len(rings) == len(kept) <= 1
        if not any(isinstance(event, Proved) for event in (first, *rest)):
            assert rings == []
            assert {each.stage for each in sessions} <= {Stage.PROVING, Stage.ENDED}
        for each in sessions:
            assert (each.proving is None) or each.proving.texted <= each.proving.codes <= CODES
            assert (each.phone is None) == each.is_over


@pytest.mark.parametrize("first", EVENTS)
def test_no_code_is_texted_twice_but_after_a_429(first: Event) -> None:
    for rest in product(EVENTS, repeat=3):
        sessions, _ = play(first, *rest)
        texted = [each.proving.texted if each.proving else 0 for each in sessions]
        for number in (1, 2):
            claims = sum(before < after == number for before, after in pairwise(texted))
            throttled = sum(event == TextThrottled(number, 1.0) for event in (first, *rest))
            assert claims <= 1 + throttled


def test_the_right_code_puts_the_call_in_line_with_an_hour_of_its_own() -> None:
    after, effects = told(WAITING, Proved(LATER, CALLER))

    assert (after.stage, after.ring_at, after.created_at, after.proving) == (
        Stage.QUEUED,
        LATER,
        MOMENT.now,
        None,
    )
    assert effects == (KeepCaller(WAITING.phone_key, CALLER), Ring(WAITING.id, LATER))


def test_a_text_is_taken_on_by_one_worker() -> None:
    claimed, _ = told(WAITING, TextClaimed(1, "attempt-1"))

    assert claimed.attempt == "attempt-1"
    assert told(claimed, TextClaimed(1, "attempt-2")) == (claimed, ())


def test_a_second_ask_for_the_same_code_changes_nothing() -> None:
    after, effects = told(WAITING, CodeAsked(1))
    again, more = told(after, CodeAsked(1))

    assert after.proving == Proving(MOMENT.now, codes=2)
    assert effects == (SendCode(WAITING.id, 2),)
    assert (again, more) == (after, ())


def test_the_last_code_is_the_last() -> None:
    last = replace(WAITING, proving=Proving(NOW, codes=CODES))

    assert told(last, CodeAsked(CODES)) == (last, ())


@pytest.mark.parametrize(
    ("code", "ending"),
    [(21614, Ending.LANDLINE), (30006, Ending.LANDLINE), (21610, Ending.NO_TEXT), (0, Ending.NO_TEXT)],
)
def test_a_text_that_cannot_arrive_ends_the_call_and_says_why(code: int, ending: Ending) -> None:
    after, effects = told(WAITING, TextRefused(1, code))

    assert (after.ending, after.reason, after.phone, effects) == (ending, code, None, ())


def test_the_reconciler_ends_a_call_that_nobody_proves_and_no_earlier() -> None:
    end = NOW + OPEN

    assert need(WAITING, end - timedelta(seconds=1)) is Need.PATIENCE
    assert next_look(WAITING, NOW) == end
    assert need(WAITING, end) is Need.EXPIRE
    assert told(WAITING, Expired())[0].ending is Ending.NOT_PROVED
