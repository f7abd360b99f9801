"""When an office is open: edges, daylight saving, holidays, the year's end, closures. Dates by hand, not by code."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.hours import (
    LOOK_AHEAD,
    DaysAlike,
    closing,
    holiday_on,
    is_open,
    local,
    opening,
    spans_on,
    week_in_spans,
)
from chalicelib.domain.office import HOUSE_SPANS, HOUSE_WEEK, Closure, Hours, Office, Span
from tests.values import ATLANTA

SECOND = timedelta(seconds=1)
EASTERN = ZoneInfo("America/New_York")
TO_NOON = Span(time(9), time(12))
FROM_ONE = Span(time(13), time(16))
DAY_LONG = Span(time(0), time(0))
SPRING = date(2026, 3, 8)
AUTUMN = date(2026, 11, 1)


def with_hours(*spans: Span, zone: str = "America/New_York", **changes: object) -> Office:
    """An office with these spans on every day of the week, holidays too unless said otherwise."""
    week = {"week": (spans,) * 7, "keeps_holidays": False}
    return replace(ATLANTA, zone=zone, hours=Hours(**(week | changes)))  # type: ignore[arg-type]


def wall(text: str) -> datetime:
    """A moment from a wall time of Atlanta; of a time that comes twice, the first."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN).astimezone(UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


LUNCH = with_hours(TO_NOON, FROM_ONE)


@pytest.mark.parametrize(
    ("at", "opens_or_closes"),
    [("09:00:00", "opens"), ("12:00:00", "closes"), ("13:00:00", "opens"), ("16:00:00", "closes")],
)
def test_an_edge_is_exact_to_the_second(at: str, opens_or_closes: str) -> None:
    edge = wall(f"2026-06-16 {at}")

    seen = [is_open(LUNCH, edge + offset) for offset in (-SECOND, 0 * SECOND, SECOND)]

    assert seen == ([False, True, True] if opens_or_closes == "opens" else [True, False, False])


@pytest.mark.parametrize(
    ("now", "opens", "closes"),
    [
        ("2026-06-16 08:59:59", "2026-06-16 09:00:00", None),
        ("2026-06-16 09:00:00", "2026-06-16 13:00:00", "2026-06-16 12:00:00"),
        ("2026-06-16 11:59:59", "2026-06-16 13:00:00", "2026-06-16 12:00:00"),
        ("2026-06-16 12:00:00", "2026-06-16 13:00:00", None),
        ("2026-06-16 12:59:59", "2026-06-16 13:00:00", None),
        ("2026-06-16 13:00:00", "2026-06-17 09:00:00", "2026-06-16 16:00:00"),
        ("2026-06-16 16:00:00", "2026-06-17 09:00:00", None),
    ],
)
def test_around_lunch_the_next_opening_and_closing(now: str, opens: str, closes: str | None) -> None:
    assert opening(LUNCH, wall(now)) == wall(opens)
    assert closing(LUNCH, wall(now)) == (wall(closes) if closes else None)


def test_moments_come_back_in_utc_and_wall_time_in_the_zone() -> None:
    opens = opening(ATLANTA, utc("2026-06-16 20:00:00"))

    assert opens == utc("2026-06-17 13:00:00")
    assert opens.tzinfo is UTC
    assert local(ATLANTA, opens).isoformat() == "2026-06-17T09:00:00-04:00"


def test_a_week_runs_by_the_office_s_own_calendar() -> None:
    guam = replace(ATLANTA, zone="Pacific/Guam")
    sunday_in_utc = utc("2026-06-14 23:30:00")  # Monday, 9:30 in Guam

    assert is_open(guam, sunday_in_utc)
    assert not is_open(ATLANTA, sunday_in_utc)


@pytest.mark.parametrize(
    ("day", "span", "opens", "closes"),
    [
        # 8 March 2026: 2:00 to 3:00 doesn't exist; the clock goes from 1:59:59 to 3:00:00 at 7:00 UTC.
        (SPRING, ("01:30", "04:00"), "06:30", "08:00"),
        (SPRING, ("02:00", "04:00"), "07:00", "08:00"),
        (SPRING, ("02:30", "04:00"), "07:00", "08:00"),
        (SPRING, ("02:30:30", "04:00"), "07:00", "08:00"),
        (SPRING, ("03:00", "04:00"), "07:00", "08:00"),
        (SPRING, ("01:00", "02:30"), "06:00", "07:00"),
        (SPRING, ("09:00", "16:00"), "13:00", "20:00"),
        # 1 November 2026: 1:00 to 2:00 comes twice, from 5:00 UTC and from 6:00 UTC.
        (AUTUMN, ("01:00", "03:00"), "05:00", "08:00"),
        (AUTUMN, ("01:30", "03:00"), "05:30", "08:00"),
        (AUTUMN, ("00:00", "01:30"), "04:00", "05:30"),
        (AUTUMN, ("00:00", "02:00"), "04:00", "07:00"),
        (AUTUMN, ("01:15", "01:45"), "05:15", "05:45"),
        (AUTUMN, ("09:00", "16:00"), "14:00", "21:00"),
    ],
)
def test_a_wall_time_that_is_skipped_or_comes_twice(
    day: date, span: tuple[str, str], opens: str, closes: str
) -> None:
    office = with_hours(Span(time.fromisoformat(span[0]), time.fromisoformat(span[1])))

    assert spans_on(office, day) == ((utc(f"{day} {opens}"), utc(f"{day} {closes}")),)


def test_a_span_inside_the_skipped_hour_is_left_out() -> None:
    office = with_hours(Span(time(2, 10), time(2, 50)))

    assert spans_on(office, SPRING) == ()
    assert len(spans_on(office, SPRING + timedelta(days=1))) == 1


def test_spans_that_the_skipped_hour_makes_touch_are_one() -> None:
    office = with_hours(Span(time(1), time(2)), Span(time(3), time(4)))

    assert spans_on(office, SPRING) == ((utc("2026-03-08 06:00"), utc("2026-03-08 08:00")),)
    assert closing(office, utc("2026-03-08 06:30")) == utc("2026-03-08 08:00")
    assert len(spans_on(office, AUTUMN)) == 2


def test_spans_that_touch_or_overlap_are_one() -> None:
    office = with_hours(TO_NOON, Span(time(12), time(14)), FROM_ONE)

    assert closing(office, wall("2026-06-16 10:00")) == wall("2026-06-16 16:00")
    assert opening(office, wall("2026-06-16 10:00")) == wall("2026-06-17 09:00")


def test_a_span_within_another_adds_nothing() -> None:
    office = with_hours(*HOUSE_SPANS, TO_NOON)

    assert closing(office, wall("2026-06-16 10:00")) == wall("2026-06-16 16:00")


def test_a_span_to_midnight_ends_with_the_day_and_joins_the_next() -> None:
    late = with_hours(Span(time(0), time(1)), Span(time(22), time(0)))

    assert spans_on(late, date(2026, 6, 16))[-1] == (wall("2026-06-16 22:00"), wall("2026-06-17 00:00"))
    assert closing(late, wall("2026-06-16 23:00")) == wall("2026-06-17 01:00")
    assert opening(late, wall("2026-06-16 23:00")) == wall("2026-06-17 22:00")


def test_an_office_that_never_closes_is_open_and_says_no_time() -> None:
    office = with_hours(DAY_LONG)

    for now in (wall("2026-06-16 03:00"), wall("2026-02-01 23:30")):  # the latter's 60 days lose an hour
        assert (is_open(office, now), closing(office, now), opening(office, now)) == (True, None, None)
    assert {len(spans_on(office, day)) for day in (SPRING, AUTUMN)} == {1}


def test_29_february_is_a_day_like_others() -> None:
    """2028-02-29 is a Tuesday."""
    assert is_open(ATLANTA, wall("2028-02-29 09:00"))
    assert opening(ATLANTA, wall("2028-02-28 16:00")) == wall("2028-02-29 09:00")
    assert opening(ATLANTA, wall("2028-02-29 16:00")) == wall("2028-03-01 09:00")


# The office of personnel management's calendars: the weekdays on which federal offices are closed.
CLOSED = {
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
    2029: "01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25",
}
NAMES = {
    "New Year's Day",
    "Martin Luther King Jr. Day",
    "Washington's Birthday",
    "Memorial Day",
    "Juneteenth National Independence Day",
    "Independence Day",
    "Labor Day",
    "Columbus Day",
    "Veterans Day",
    "Thanksgiving Day",
    "Christmas Day",
}


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", CLOSED)
def test_the_closed_weekdays_are_the_federal_holidays(year: int) -> None:
    closed = [day for day in days_of(year) if day.weekday() < 5 and not spans_on(ATLANTA, day)]

    assert closed == [date.fromisoformat(f"{year}-{day}") for day in CLOSED[year].split()]


def test_there_are_eleven_holidays_each_with_one_name() -> None:
    for year in range(2026, 2051):
        assert {holiday_on(day) for day in days_of(year)} - {None} == NAMES


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2021-12-31", "New Year's Day"),  # a Friday; 1 January 2022 is a Saturday
        ("2022-01-01", "New Year's Day"),
        ("2023-01-02", "New Year's Day"),  # a Monday; 1 January is a Sunday
        ("2026-07-03", "Independence Day"),
        ("2026-07-04", "Independence Day"),
        ("2027-12-24", "Christmas Day"),
        ("2027-12-31", "New Year's Day"),
        ("2028-01-03", None),
        ("2033-01-20", None),  # Inauguration Day: a holiday around Washington only
        ("2026-11-27", None),  # the day after Thanksgiving
        ("2026-12-24", None),
    ],
)
def test_a_holiday_has_its_name_on_its_own_and_its_observed_day(day: str, name: str | None) -> None:
    assert holiday_on(date.fromisoformat(day)) == name


def test_over_a_weekend_with_an_observed_friday_the_office_opens_on_monday() -> None:
    assert opening(ATLANTA, wall("2026-07-02 16:00")) == wall("2026-07-06 09:00")


def test_over_the_year_s_end_the_office_opens_on_its_first_working_day() -> None:
    assert opening(ATLANTA, wall("2027-12-30 16:00")) == wall("2028-01-03 09:00")
    assert opening(ATLANTA, wall("2026-12-31 16:00")) == wall("2027-01-04 09:00")
    assert opening(ATLANTA, utc("2026-12-31 23:59:59")) == opening(ATLANTA, utc("2027-01-01 00:00:00"))


def test_an_office_that_keeps_no_holidays_is_open_on_them() -> None:
    stoic = with_hours(*HOUSE_SPANS)

    assert is_open(stoic, wall("2026-12-25 10:00"))
    assert not is_open(
        replace(stoic, hours=replace(stoic.hours, keeps_holidays=True)), wall("2026-12-25 10:00")
    )


def test_a_closure_closes_its_first_and_its_last_day_and_no_other() -> None:
    moving = Closure(date(2026, 6, 16), date(2026, 6, 17), "moving house")
    office = with_hours(*HOUSE_SPANS, closures=(moving,))

    assert [len(spans_on(office, date(2026, 6, day))) for day in (15, 16, 17, 18)] == [1, 0, 0, 1]
    assert opening(office, wall("2026-06-15 16:00")) == wall("2026-06-18 09:00")
    assert not is_open(office, wall("2026-06-17 10:00"))


def test_a_week_all_closed_never_opens() -> None:
    office = with_hours()
    now = wall("2026-06-16 10:00")

    assert (is_open(office, now), opening(office, now), closing(office, now)) == (False, None, None)


def test_a_closure_is_looked_over_for_sixty_days_and_no_more() -> None:
    now = wall("2026-06-16 09:00")
    closed_until = {
        days: Closure(date(2026, 6, 16), date(2026, 6, 15) + days * timedelta(days=1), "order")
        for days in (60, 61)
    }

    assert opening(with_hours(*HOUSE_SPANS, closures=(closed_until[60],)), now) == now + LOOK_AHEAD
    assert opening(with_hours(*HOUSE_SPANS, closures=(closed_until[61],)), now) is None


def test_a_week_is_shown_in_runs_of_days_alike_without_the_closed() -> None:
    short_friday = (Span(time(9), time(12)),)
    week = (HOUSE_SPANS, HOUSE_SPANS, (), HOUSE_SPANS, short_friday, (), ())

    assert week_in_spans(Hours()) == (DaysAlike(0, 4, HOUSE_SPANS),)
    assert week_in_spans(Hours(week=((),) * 7)) == ()
    assert week_in_spans(Hours(week=week)) == (
        DaysAlike(0, 1, HOUSE_SPANS),
        DaysAlike(3, 3, HOUSE_SPANS),
        DaysAlike(4, 4, short_friday),
    )


def test_the_house_week_is_what_offices_have_when_nobody_says_otherwise() -> None:
    assert ATLANTA.hours.week == HOUSE_WEEK
    assert [len(spans_on(ATLANTA, date(2026, 6, day))) for day in range(8, 15)] == [1, 1, 1, 1, 1, 0, 0]
