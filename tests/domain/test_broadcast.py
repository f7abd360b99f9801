"""A broadcast's moves and each recipient's decision, by themselves."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.broadcast import (
    LONGEST_VALIDITY,
    MARGIN,
    MOVES,
    OPEN,
    SECOND_PERSON_ABOVE,
    Broadcast,
    ClaimState,
    Move,
    NotArmed,
    Send,
    Skip,
    Stage,
    Wait,
    answered,
    armed,
    decided,
    is_settled,
    may_create,
    missing,
    moved,
    must_look,
    validity,
)
from chalicelib.domain.quiet_hours import Whereabouts, Window, window
from chalicelib.domain.subscriber import State
from tests.values import NOW

DRAFT = Broadcast("b-1", 200, 1, NOW + timedelta(hours=8))
LARGE = replace(DRAFT, audience=SECOND_PERSON_ABOVE + 1)
SENDING = replace(DRAFT, stage=Stage.SENDING)
TODAY = Window(NOW - timedelta(hours=1), NOW + timedelta(hours=10))
A_SECOND = timedelta(seconds=1)


def test_moves_lead_where_the_table_says_and_nowhere_else() -> None:
    for stage, move in itertools.product(Stage, Move):
        before = replace(DRAFT, stage=stage, epoch=7)
        after = moved(before, move)
        if move is Move.ARM or (stage, move) not in MOVES:
            assert after is before
        else:
            assert (after.stage, after.epoch) == (MOVES[stage, move], 8)


def test_what_is_over_stays_over() -> None:
    assert not [stage for stage, _ in MOVES if stage in {Stage.CANCELLED, Stage.DONE}]


@pytest.mark.parametrize(
    ("broadcast", "typed", "problem"),
    [
        (DRAFT, 199, NotArmed.COUNT_DIFFERS),
        (replace(DRAFT, audience=0), 0, NotArmed.NOBODY),
        (SENDING, 200, NotArmed.NOT_A_DRAFT),
        (replace(DRAFT, not_after=NOW), 200, NotArmed.STALE),
    ],
)
def test_why_a_broadcast_is_not_armed(broadcast: Broadcast, typed: int, problem: NotArmed) -> None:
    assert armed(broadcast, typed, "ana", NOW) == (broadcast, problem)


def test_a_small_one_is_armed_by_one_person_and_pressing_twice_makes_one() -> None:
    once, problem = armed(DRAFT, 200, "ana", NOW)

    assert (once.stage, once.epoch, problem) == (Stage.ARMED, 1, None)
    assert armed(once, 200, "ana", NOW) == (once, NotArmed.NOT_A_DRAFT)


def test_a_large_one_needs_another_person_and_the_same_one_twice_is_one() -> None:
    first, problem = armed(LARGE, LARGE.audience, "ana", NOW)
    again, still = armed(first, LARGE.audience, "ana", NOW)
    both, none = armed(first, LARGE.audience, "bob", NOW)

    assert (problem, still, none) == (NotArmed.NEEDS_SECOND_PERSON, NotArmed.NEEDS_SECOND_PERSON, None)
    assert again is first
    assert (first.stage, both.stage, both.armed_by) == (Stage.DRAFT, Stage.ARMED, ("ana", "bob"))


def test_who_gets_a_text_and_why_another_does_not() -> None:
    sent = Send(8 * 3600 - MARGIN)
    rows = [
        (SENDING, State.SUBSCRIBED, False, sent),
        (SENDING, State.SUBSCRIBED, True, Skip(ClaimState.SKIPPED_STOPPED)),
        (SENDING, State.STOPPED, False, Skip(ClaimState.SKIPPED_STOPPED)),
        (SENDING, State.HELD, False, Skip(ClaimState.SKIPPED_HELD)),
        *((SENDING, s, False, Skip(ClaimState.SKIPPED_NOT_SUBSCRIBED))
          for s in (State.UNKNOWN, State.PENDING, State.INVALID)),
        (replace(SENDING, stage=Stage.PAUSED), State.SUBSCRIBED, False, Wait(None)),
        (replace(SENDING, stage=Stage.CANCELLED), State.SUBSCRIBED, False, Skip(ClaimState.SKIPPED_CANCELLED)),
        (replace(SENDING, not_after=NOW), State.SUBSCRIBED, False, Skip(ClaimState.SKIPPED_STALE)),
    ]  # fmt: skip
    for broadcast, standing, is_stopped, expected in rows:
        assert decided(broadcast, standing, TODAY, NOW, is_stopped=is_stopped) == expected


def test_only_a_subscriber_of_a_broadcast_that_is_being_sent_gets_a_text() -> None:
    for stage, standing, is_stopped in itertools.product(Stage, State, (True, False)):
        made = decided(replace(DRAFT, stage=stage), standing, TODAY, NOW, is_stopped=is_stopped)
        may = stage is Stage.SENDING and standing is State.SUBSCRIBED and not is_stopped
        assert isinstance(made, Send) == may


def test_a_broadcast_that_could_not_go_tonight_is_not_sent_tomorrow_morning() -> None:
    """politics-rewired/Spoke#1293."""
    evening = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    rally = replace(SENDING, not_after=datetime(2026, 11, 25, 4, 0, tzinfo=UTC))
    chicago = Whereabouts(("America/Chicago",))

    tonight = decided(rally, State.SUBSCRIBED, window(chicago, evening), evening, is_stopped=False)
    morning = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    tomorrow = decided(rally, State.SUBSCRIBED, window(chicago, morning), morning, is_stopped=False)

    assert tonight == tomorrow == Skip(ClaimState.SKIPPED_STALE)


@given(st.integers(-7200, 50_000), st.integers(0, 50_000), st.integers(0, 90_000))
def test_no_text_outlives_its_window_or_its_use(opens: int, closes: int, stale: int) -> None:
    found = Window(NOW + opens * A_SECOND, NOW + closes * A_SECOND)
    not_after = NOW + stale * A_SECOND

    seconds = validity(found, not_after, NOW)

    if seconds is None:
        assert not found.holds(NOW) or min(closes, stale) < 2 * MARGIN
    else:
        assert MARGIN <= seconds <= LONGEST_VALIDITY
        assert NOW + (seconds + MARGIN) * A_SECOND <= min(found.closes, not_after)


@given(st.integers(0, 3 * 86_400))
def test_nobody_waits_without_an_end_nor_gets_a_text_at_night(second: int) -> None:
    now, broadcast = NOW + second * A_SECOND, replace(SENDING, not_after=NOW + timedelta(days=5))
    for zone in ("America/New_York", "Pacific/Honolulu", "America/Anchorage"):
        where = Whereabouts((zone,))
        made = decided(broadcast, State.SUBSCRIBED, window(where, now), now, is_stopped=False)
        if isinstance(made, Wait):
            assert made.until is not None
            assert now < made.until
            later = decided(
                broadcast, State.SUBSCRIBED, window(where, made.until), made.until, is_stopped=False
            )
            assert isinstance(later, Send | Wait)
        else:
            assert isinstance(made, Send)


def test_a_claim_is_too_old_for_a_create_after_a_second() -> None:
    assert may_create(NOW, NOW + A_SECOND)
    assert not may_create(NOW, NOW + A_SECOND + timedelta(microseconds=1))


def test_a_worker_looks_again_in_time_for_a_cancel_within_ten_seconds() -> None:
    assert not must_look(NOW, 24, NOW + 4 * A_SECOND)
    assert must_look(NOW, 25, NOW)
    assert must_look(NOW, 1, NOW + 5 * A_SECOND)


@pytest.mark.parametrize(
    ("status", "error", "state"),
    [
        (201, None, ClaimState.SENT), (429, 20429, None), (400, 21610, ClaimState.SKIPPED_STOPPED),
        (400, 21211, ClaimState.FAILED), (500, None, ClaimState.AMBIGUOUS), (503, 20503, ClaimState.AMBIGUOUS),
        (None, None, ClaimState.AMBIGUOUS),
    ],
)  # fmt: skip
def test_what_twilios_answer_makes_of_a_claim(
    status: int | None, error: int | None, state: ClaimState | None
) -> None:
    assert answered(status, error) is state


def test_a_broadcast_is_settled_when_claims_are_as_many_as_the_audience_and_none_is_open() -> None:
    claims = {ClaimState.SENT: 190, ClaimState.FAILED: 4, ClaimState.SKIPPED_STOPPED: 6}

    assert is_settled(claims, 200)
    assert not is_settled(claims, 201)
    assert missing(claims | {ClaimState.SENT: 191}, 200) == -1
    for state in OPEN:
        assert not is_settled(claims | {ClaimState.SENT: 189, state: 1}, 200)
