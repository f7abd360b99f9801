"""A weekly call keeps its wall time, right across daylight saving, until its last day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.booking import following, occurrences
from tests.booking_values import booking, eastern, walls
from tests.conftest import Figure

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)
US_ZONES = (
    "America/New_York", "America/Detroit", "America/Indiana/Indianapolis", "America/Chicago", "America/Denver",
    "America/Boise", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "America/Adak",
    "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago",
)  # fmt: skip
CHANGES_2027 = (date(2027, 3, 14), date(2027, 11, 7))


@given(
    zone=st.sampled_from(US_ZONES),
    change=st.sampled_from(CHANGES_2027),
    days_before=st.integers(0, 27),
    wall=st.sampled_from(
        [time(hour, minute) for hour in range(24) if hour != 2 for minute in (0, 15, 30, 45)]
    ),
)
def test_a_weekly_call_keeps_its_wall_time_across_both_changes(
    zone: str, change: date, days_before: int, wall: time
) -> None:
    """At any wall time but those between two and three, which the spring change skips."""
    there, day = ZoneInfo(zone), change - timedelta(days=days_before)
    first = datetime.combine(day, wall, there).astimezone(UTC)
    series = booking(first, zone, until=change + timedelta(days=28))

    on = [at.astimezone(there) for at in occurrences(series)]

    assert {at.time() for at in on} == {wall}
    assert [at.date() for at in on] == [day + n * WEEK for n in range((days_before + 28) // 7 + 1)]


def test_a_wall_time_that_a_change_skips_is_the_first_moment_after_it_and_only_that_week() -> None:
    series = booking(eastern("2027-03-07 02:30"), until=date(2027, 3, 21))

    assert walls(occurrences(series)) == ["03-07 02:30", "03-14 03:00", "03-21 02:30"]
    assert following(replace(series, at=eastern("2027-03-14 03:00")), eastern("2027-03-14 03:01")) == replace(
        series, at=eastern("2027-03-21 02:30")
    )


def test_a_wall_time_that_comes_twice_is_the_first_of_the_two() -> None:
    series = booking(eastern("2027-10-31 01:30"), until=date(2027, 11, 14))

    assert [at - series.at for at in occurrences(series)] == [0 * WEEK, WEEK, 2 * WEEK + timedelta(hours=1)]


def test_how_far_off_a_fixed_utc_time_would_be(figure: Figure) -> None:
    """What the defect to beat did (voice.md V17), beside what ours does, for all weeks of 2027 and every zone."""
    ours, fixed, calls = 0, 0, 0
    for zone in US_ZONES:
        there = ZoneInfo(zone)
        for month in (1, 6):
            first = datetime(2027, month, 4, 9, 0, tzinfo=there).astimezone(UTC)
            for number, at in enumerate(occurrences(booking(first, zone, until=date(2027, 12, 31)))):
                calls += 1
                ours += at.astimezone(there).time() != time(9)
                fixed += (first + number * WEEK).astimezone(there).time() != time(9)

    figure(
        f"weekly calls: {calls} in {len(US_ZONES)} zones of 2027, off their wall time: ours={ours} fixed_utc={fixed}"
    )
    assert ours == 0
    assert fixed > 0, "no change lies in the year: the test sees nothing"


@pytest.mark.parametrize(
    ("until", "days"),
    [("2027-03-08", 1), ("2027-03-14", 1), ("2027-03-15", 2), ("2027-03-16", 2), ("2027-03-22", 3)],
)
def test_the_last_day_belongs_to_the_series(until: str, days: int) -> None:
    series = booking(eastern("2027-03-08 09:00"), until=date.fromisoformat(until))

    assert len(occurrences(series)) == days


def test_a_call_booked_once_is_not_followed() -> None:
    at = eastern("2027-03-08 09:00")
    once = booking(at)

    assert occurrences(once) == (at,)
    assert following(once, at + MINUTE) is None


def test_weeks_that_were_slept_through_are_not_made_up_for() -> None:
    series = booking(eastern("2027-03-01 09:00"), until=date(2027, 4, 30))

    after = following(series, eastern("2027-03-24 12:00"))

    assert after is not None
    assert walls((after.at,)) == ["03-29 09:00"]
