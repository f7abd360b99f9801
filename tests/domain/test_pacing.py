"""When a letter may leave: never faster than the account or the office bears, never while the office is closed."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import pacing
from chalicelib.domain.hours import is_open
from chalicelib.domain.letter_events import Fault
from chalicelib.domain.pacing import Bucket, Circuit, Pace
from tests.values import ATLANTA, NOW

A_SECOND = timedelta(seconds=1)
rates = st.sampled_from([1, 2, 5, 9, 10, 14, 50, 200])


@given(rates, st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_in_no_second_do_more_leave_than_the_account_may(rate: int, gaps: list[float]) -> None:
    bucket, now, turns = pacing.full(rate, NOW), NOW, list[datetime]()
    for gap in gaps * (1 + rate // 20):
        now += timedelta(seconds=gap / rate)
        bucket, at = pacing.taken(bucket, rate, now)
        assert at >= now
        turns.append(at)

    for start in turns:
        assert sum(start <= at < start + A_SECOND for at in turns) <= rate


@given(rates, st.lists(st.sampled_from([0, 0, 0, 0.004, 0.3, -0.5, -2]), min_size=1, max_size=60))
def test_clocks_that_differ_give_no_more_turns_in_a_second(rate: int, steps: list[float]) -> None:
    bucket, now, turns = pacing.full(rate, NOW), NOW, list[datetime]()
    for step in steps * 4:
        now += timedelta(seconds=step)
        bucket, at = pacing.taken(bucket, rate, now)
        turns.append(at)

    assert max(sum(start <= at < start + A_SECOND for at in turns) for start in turns) <= rate


def test_an_account_that_may_send_nothing_gives_a_turn_for_the_one_that_tries() -> None:
    bucket, first = pacing.taken(pacing.full(0, NOW), 0, NOW)
    _, second = pacing.taken(bucket, 0, NOW)

    assert (first, second - first > timedelta(seconds=10)) == (NOW, True)


def test_d11_a_burst_takes_as_long_as_nine_tenths_of_the_rate_allow_and_loses_none() -> None:
    bucket, turns = pacing.full(14, NOW), list[datetime]()
    for _ in range(10_000):
        bucket, at = pacing.taken(bucket, 14, NOW)
        turns.append(at)

    assert len(set(turns)) >= 9_999
    assert (turns[-1] - NOW).total_seconds() == pytest.approx(10_000 / (0.9 * 14), rel=0.001)


def test_a_clock_that_goes_back_fills_no_bucket() -> None:
    empty, _ = pacing.taken(pacing.full(1, NOW), 1, NOW)
    back, at = pacing.taken(empty, 1, NOW - timedelta(hours=1))

    assert at > NOW
    assert back.turns < empty.turns
    assert Bucket(1, NOW) == pacing.full(1, NOW)


@given(st.integers(0, 100), st.floats(0, 1, exclude_max=True))
def test_d11_after_a_throttle_the_wait_is_anywhere_in_a_span_that_grows_to_ten_minutes(
    throttles: int, chance: float
) -> None:
    wait = pacing.after_throttle(NOW, throttles, chance) - NOW

    assert A_SECOND <= wait <= timedelta(minutes=10, seconds=1)
    assert pacing.after_throttle(NOW, throttles, 0) == NOW + A_SECOND


@given(
    st.sampled_from([1, 4, 12, 60]),
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 1, exclude_max=True)), min_size=1, max_size=40),
)
def test_letters_leave_in_office_hours_and_never_more_in_an_hour_than_it_bears(
    an_hour: int, asked: list[tuple[float, float]]
) -> None:
    pace, now, turns = Pace(), NOW, list[datetime]()
    for gap, chance in asked:
        now += timedelta(hours=gap)
        at = pacing.turn(pace, ATLANTA, now, chance, an_hour)
        assert at is not None
        assert at >= now
        assert is_open(ATLANTA, at)
        pace = pacing.paced(at, an_hour)
        turns.append(at)

    for start in turns:
        assert sum(start <= at < start + timedelta(hours=1) for at in turns) <= an_hour


def test_a_letter_after_hours_leaves_when_the_office_opens_and_chance_makes_it_late_by_a_little() -> None:
    evening = datetime.fromisoformat("2026-11-24T23:00:00+00:00")
    opens = datetime.fromisoformat("2026-11-25T14:00:00+00:00")

    assert pacing.turn(Pace(), ATLANTA, evening, 0) == opens
    assert pacing.turn(Pace(), ATLANTA, evening, 0.5) == opens + timedelta(seconds=37.5)
    assert pacing.turn(Pace(), ATLANTA, NOW, 0) == NOW


def test_no_letter_is_late_into_the_evening() -> None:
    closing = datetime.fromisoformat("2026-11-24T20:59:59+00:00")

    assert pacing.turn(Pace(), ATLANTA, closing, 0) == closing
    late = pacing.turn(Pace(), ATLANTA, closing, 0.9)
    assert late is not None
    assert late.date().isoformat() == "2026-11-25"


# The circuit.


def test_d19_an_open_circuit_lets_nothing_through_then_one_and_then_all() -> None:
    circuit = pacing.opened(Circuit(), Fault.SENDING_PAUSED, NOW)
    later = NOW + pacing.PROBE_AFTER
    assert pacing.tried(Circuit(), "a", NOW) == (Circuit(), True)
    assert pacing.tried(circuit, "a", later - A_SECOND) == (circuit, False)

    half, may = pacing.tried(circuit, "a", later)
    assert may
    assert pacing.tried(half, "b", later) == (half, False)
    assert pacing.tried(half, "a", later)[1], "whoever tries may be told again"

    assert pacing.closed(half) == Circuit()


def test_a_letter_that_tried_and_vanished_lets_the_next_one_try() -> None:
    half, _ = pacing.tried(pacing.opened(Circuit(), Fault.QUOTA_SPENT, NOW), "a", NOW + pacing.PROBE_AFTER)

    assert pacing.tried(half, "b", NOW + pacing.PROBE_AFTER + pacing.PROBE_LIVES)[1]


def test_the_circuit_stays_open_longer_each_time_and_for_two_hours_at_most() -> None:
    circuit, now, waits = Circuit(), NOW, list[timedelta]()
    for _ in range(6):
        circuit = pacing.opened(circuit, Fault.QUOTA_SPENT, now)
        assert circuit.until is not None
        waits.append(circuit.until - now)
        now = circuit.until

    assert waits == [timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 120, 120)]


def test_those_under_way_when_it_opened_prolong_nothing() -> None:
    circuit = pacing.opened(Circuit(), Fault.QUOTA_SPENT, NOW)

    assert pacing.opened(circuit, Fault.QUOTA_SPENT, NOW + A_SECOND) == circuit
