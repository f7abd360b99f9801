"""How fast a broadcast goes: the bucket, T-Mobile's day, who goes first; and a small simulation of all senders."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.broadcast_pacing import (
    SENDERS,
    SHARE,
    SHORT_CODES,
    TEN_DLC,
    TOLL_FREE,
    Bucket,
    Budget,
    Sender,
    Waiting,
    exhausted,
    forecast,
    left,
    next_budget,
    refilled,
    spent,
    turns,
)
from dev.broadcast_simulation import CLOSE_ENOUGH, compared, simulated
from tests.conftest import Figure
from tests.values import NOW

TOP = TEN_DLC[-1]
gaps = st.lists(st.integers(0, 400), min_size=1, max_size=60)


@given(st.sampled_from(SENDERS), st.sampled_from([1, 2, 3]), gaps)
def test_no_span_of_time_has_more_segments_than_nine_tenths_of_the_rate_and_a_minutes_worth(
    sender: Sender, segments: int, waits: list[int]
) -> None:
    bucket, now, sent = Bucket(0, NOW), NOW, []
    for wait in waits:
        now += timedelta(seconds=wait)
        bucket = refilled(bucket, sender, now)
        (given_,) = turns([Waiting(10_000_000, NOW)], segments, bucket.segments, None)
        bucket = Bucket(bucket.segments - given_ * segments, bucket.at)
        sent.append((now, given_ * segments))
    rate = SHARE * sender.a_second
    for start, _ in sent:
        for end, _ in sent:
            within = sum(count for at, count in sent if start <= at <= end)
            assert within <= rate * ((end - start).total_seconds() + 60) + 1 or end < start


def test_a_clock_that_went_back_fills_nothing() -> None:
    assert refilled(Bucket(5, NOW), TOLL_FREE, NOW - timedelta(hours=1)) == Bucket(5, NOW)


@pytest.mark.parametrize(
    ("now", "day", "begins"),
    [
        (
            datetime(2026, 11, 24, 7, 59, tzinfo=UTC),
            date(2026, 11, 23),
            datetime(2026, 11, 24, 8, tzinfo=UTC),
        ),
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), date(2026, 11, 24), datetime(2026, 11, 25, 8, tzinfo=UTC)),
        (datetime(2026, 3, 8, 9, 0, tzinfo=UTC), date(2026, 3, 8), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        (datetime(2026, 11, 1, 8, 0, tzinfo=UTC), date(2026, 11, 1), datetime(2026, 11, 2, 8, tzinfo=UTC)),
        (datetime(2028, 2, 29, 8, 0, tzinfo=UTC), date(2028, 2, 29), datetime(2028, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_t_mobiles_day_begins_at_midnight_on_the_pacific(now: datetime, day: date, begins: datetime) -> None:
    assert spent(Budget(date(2026, 1, 1), 99), 7, now) == Budget(day, 7)
    assert next_budget(now) == begins


def test_the_200_001st_segment_waits_for_midnight_on_the_pacific() -> None:
    full = Budget(date(2026, 11, 24), 200_000)

    assert left(full, TOP, NOW) == 0
    assert turns([Waiting(5, NOW, is_t_mobile=True), Waiting(5, NOW)], 1, 100, 0) == (0, 5)
    assert left(full, TOP, next_budget(NOW)) == 200_000
    assert left(full, SHORT_CODES[0], NOW) is None
    assert left(spent(Budget(date(2026, 11, 24), 199_999), 3, NOW), TOP, NOW) == 0


def test_what_t_mobile_says_is_used_up_is_used_up_until_midnight() -> None:
    said = exhausted(TOP, NOW)

    assert (left(said, TOP, NOW), left(said, TOP, next_budget(NOW))) == (0, 200_000)


groups = st.lists(
    st.builds(
        Waiting,
        st.integers(0, 500),
        st.integers(1, 600).map(lambda minutes: NOW + timedelta(minutes=minutes)),
        st.booleans(),
    ),
    max_size=8,
)


@given(groups, st.integers(1, 4), st.floats(0, 900), st.none() | st.integers(0, 400))
def test_turns_use_all_there_is_and_never_more(
    waiting: list[Waiting], segments: int, tokens: float, budget: int | None
) -> None:
    given_ = turns(waiting, segments, tokens, budget)

    on_t_mobile = sum(n for n, group in zip(given_, waiting, strict=True) if group.is_t_mobile)
    assert all(0 <= n <= group.recipients for n, group in zip(given_, waiting, strict=True))
    assert sum(given_) * segments <= tokens
    assert budget is None or on_t_mobile * segments <= budget
    is_waiting = any(n < g.recipients for n, g in zip(given_, waiting, strict=True) if not g.is_t_mobile)
    assert not is_waiting or (sum(given_) + 1) * segments > tokens


def test_whose_window_closes_first_goes_first_and_t_mobiles_before_all() -> None:
    late, soon = NOW + timedelta(hours=9), NOW + timedelta(hours=1)
    waiting = [Waiting(50, late), Waiting(50, soon), Waiting(50, late, is_t_mobile=True)]

    assert turns(waiting, 1, 75, None) == (0, 25, 50)
    assert turns(waiting, 2, 75, None) == (0, 0, 37)


def test_the_forecast_says_what_the_sheet_does() -> None:
    hours = {sender.name: forecast(sender, 10_000_000, 1, 0.35).hours * SHARE for sender in SENDERS}

    assert hours["toll-free"] / 24 == pytest.approx(38.6, rel=0.01)
    assert hours["10DLC, top trust"] == pytest.approx(12.3, rel=0.01)
    assert [hours[code.name] for code in SHORT_CODES] == pytest.approx([27.8, 5.6, 2.8], rel=0.01)
    assert forecast(TOP, 10_000_000, 1, 0.35).t_mobile_days == 17.5
    assert forecast(TOP, 10_000_000, 2, 0.35).hours == 2 * forecast(TOP, 10_000_000, 1, 0.35).hours


@pytest.mark.parametrize("sender", [TOLL_FREE, *TEN_DLC[:2], SHORT_CODES[0]], ids=lambda each: each.name)
def test_a_simulated_broadcast_takes_as_long_as_the_ceiling_allows(sender: Sender, figure: Figure) -> None:
    """A small one. The ten million are `python -m dev.broadcast_simulation`."""
    recipients = 300_000 if sender in SHORT_CODES else 60_000

    outcome = simulated(sender, recipients)

    assert sum(outcome.claims.values()) == recipients
    for each in compared(outcome, recipients):
        assert each.differs <= CLOSE_ENOUGH, each.unit
        figure(
            f"simulated: {recipients:,} by {sender.name}: {each.took:.1f} {each.unit}, ceiling {each.ceiling:.1f}"
        )


def test_an_alert_of_two_segments_takes_twice_as_long() -> None:
    one, two = (simulated(TOLL_FREE, 20_000, segments) for segments in (1, 2))

    assert two.minutes == pytest.approx(2 * one.minutes, rel=0.02)
