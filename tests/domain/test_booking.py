"""Booked calls: when one may be, and what is done when its time has come. Dates by hand, not by code."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.booking import (
    BEFORE_CLOSING,
    LATEST,
    LONGEST_REPEAT,
    SOONEST,
    Drop,
    Place,
    Reason,
    Rest,
    State,
    Wish,
    booked,
    call_id_for,
    cancelled,
    capacity,
    dropped,
    due,
    occurrences,
    placed,
    quarters,
    rescheduled,
)
from chalicelib.domain.call import Consent
from chalicelib.domain.campaign import Status
from chalicelib.domain.hours import closing, is_open
from chalicelib.domain.office import Caps, Closure, Line, Span
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language
from tests.booking_values import EASTERN, booking, eastern, office, walls, wish
from tests.values import ATLANTA, NOW, PHONE, campaign, unverified

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


# Which quarter-hours there are.


def test_quarters_begin_ten_minutes_ahead_and_end_ten_before_closing() -> None:
    today = [
        at for at in walls(quarters(office(), eastern("2026-11-24 14:35"), EASTERN)) if at.startswith("11-24")
    ]

    assert today == ["11-24 14:45", "11-24 15:00", "11-24 15:15", "11-24 15:30", "11-24 15:45"]


def test_a_quarter_less_than_ten_minutes_away_is_not_offered() -> None:
    assert walls(quarters(office(), eastern("2026-11-24 14:36"), EASTERN))[0] == "11-24 15:00"


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span(time(8, 20), time(9, 40)), "08:30", "09:30"),
        (Span(time(8, 15), time(9, 54)), "08:15", "09:30"),
        (Span(time(8), time(8, 10)), "08:00", "08:00"),
    ],
)
def test_quarters_lie_within_spans_that_begin_and_end_at_any_minute(
    span: Span, first: str, last: str
) -> None:
    tomorrow = [
        at[6:] for at in walls(quarters(office(week=((span,),) * 7), NOW, EASTERN)) if at[:5] == "11-25"
    ]

    assert (tomorrow[0], tomorrow[-1]) == (first, last)


def test_a_span_too_short_for_a_call_has_no_quarter() -> None:
    assert quarters(office(week=((Span(time(8), time(8, 9)),),) * 7), NOW, EASTERN) == ()


def test_days_without_hours_holidays_and_closures_are_left_out_of_two_weeks() -> None:
    closed = office(closures=(Closure(date(2026, 12, 1), date(2026, 12, 2), "moving"),))

    days = sorted({at[:5] for at in walls(quarters(closed, NOW, EASTERN))})

    # Thanksgiving is the 26th, weekends are the 28th and 29th, 5th and 6th.
    assert days == ["11-24", "11-25", "11-27", "11-30", "12-03", "12-04", "12-07"]


def test_the_fourteen_days_are_those_of_the_supporter() -> None:
    """Late on Tuesday the 24th in Honolulu it is the 25th in Atlanta: the last day is Honolulu's Monday the 7th."""
    late = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)

    assert walls(quarters(office(), late, "Pacific/Honolulu"))[-1] == "12-07 15:45"
    assert walls(quarters(office(), late, EASTERN))[-1] == "12-08 15:45"


@given(minutes=st.integers(0, 60 * 24 * 400))
def test_every_quarter_is_a_good_time(minutes: int) -> None:
    now, lunch = NOW + minutes * MINUTE, (Span(time(8, 10), time(12)), Span(time(12, 50), time(16, 5)))
    there = office(week=(lunch,) * 5 + ((), ()))

    found = quarters(there, now, EASTERN)

    assert found == tuple(sorted(set(found)))
    for at in found:
        closes = closing(there, at)
        assert is_open(there, at) and at - now >= SOONEST and at.minute % 15 == 0
        assert closes is not None and closes - at >= BEFORE_CLOSING


@pytest.mark.parametrize(
    ("an_hour", "room"), [((20,), 5), ((20, 20), 10), ((3,), 1), ((0,), 1), ((3, 7), 1), ((120,), 30)]
)
def test_a_quarter_hour_takes_a_quarter_of_what_the_lines_bear(an_hour: tuple[int, ...], room: int) -> None:
    lines = tuple(
        Line(f"+1404555{100 + number:04}", callable=True, verified_on=NOW.date(), caps=Caps(an_hour=each))
        for number, each in enumerate(an_hour)
    )
    resting = Line("+14045550199", callable=True, verified_on=NOW.date(), quarantined="wrong_number")

    assert capacity(replace(ATLANTA, lines=(*lines, resting)), NOW.date()) == room


# Booking one.

GOOD = eastern("2026-11-25 12:15")


def test_a_wish_becomes_a_booking_that_keeps_its_wall_time() -> None:
    made = booked(wish(GOOD, "America/Chicago", date(2026, 12, 9)), "an-id", office(), NOW)

    assert (made.at, made.wall, made.zone) == (GOOD, time(11, 15), "America/Chicago")
    assert (made.state, made.phone_ends, made.office) == (State.BOOKED, "23", "ero-atl")
    assert walls(occurrences(made), "America/Chicago") == ["11-25 11:15", "12-02 11:15", "12-09 11:15"]


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        (wish(NOW - MINUTE), Code.TIME_PAST, "at"),
        (wish(NOW), Code.TIME_PAST, "at"),
        (wish(NOW + SOONEST - MINUTE), Code.TIME_PAST, "at"),
        (wish(GOOD + MINUTE), Code.TIME_NOT_OPEN, "at"),
        (wish(eastern("2026-11-25 08:45")), Code.TIME_NOT_OPEN, "at"),
        (wish(eastern("2026-11-25 16:00")), Code.TIME_NOT_OPEN, "at"),
        (wish(eastern("2026-11-26 10:00")), Code.TIME_NOT_OPEN, "at"),
        (wish(eastern("2026-11-28 10:00")), Code.TIME_NOT_OPEN, "at"),
        (wish(eastern("2026-12-08 10:00")), Code.TIME_NOT_OPEN, "at"),
        (wish(GOOD, "Mars/Olympus"), Code.ZONE_UNKNOWN, "zone"),
        (wish(GOOD, "../../etc/passwd"), Code.ZONE_UNKNOWN, "zone"),
        (wish(GOOD, "America"), Code.ZONE_UNKNOWN, "zone"),
        (wish(GOOD, ""), Code.ZONE_UNKNOWN, "zone"),
        (wish(GOOD, "\x00"), Code.ZONE_UNKNOWN, "zone"),
        (wish(GOOD, until=date(2026, 11, 24)), Code.REPEAT_TOO_SHORT, "weekly_until"),
        (wish(GOOD, until=date(2026, 11, 25) + LONGEST_REPEAT + timedelta(days=1)), Code.REPEAT_TOO_LONG,
         "weekly_until"),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_met_says_which_part(asked: Wish, code: Code, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        booked(asked, "an-id", office(), NOW)

    assert (refused.value.code, refused.value.field) == (code, field)


def test_the_longest_weekly_call_comes_twenty_seven_times() -> None:
    made = booked(wish(GOOD, until=date(2026, 11, 25) + LONGEST_REPEAT), "an-id", office(), NOW)

    assert len(occurrences(made)) == 27


def test_an_office_without_a_line_to_dial_is_not_booked() -> None:
    with pytest.raises(Refusal) as refused:
        booked(wish(GOOD), "an-id", unverified(ATLANTA), NOW)

    assert refused.value.code is Code.NO_OFFICE


AGREED = Consent("book-1", 1, Language.ES, NOW + MINUTE)


def test_another_time_keeps_all_but_its_time_and_what_was_agreed() -> None:
    before = booked(wish(GOOD, "America/Chicago"), "an-id", office(), NOW)
    after = rescheduled(before, GOOD + timedelta(hours=2), AGREED, office(), NOW + MINUTE)

    assert after == replace(
        before, at=GOOD + timedelta(hours=2), wall=after.wall, consent=AGREED, changed_at=NOW + MINUTE
    )
    assert walls((after.at,), "America/Chicago")[0].endswith(f"{after.wall:%H:%M}")


def test_weeks_at_another_time_end_when_they_did() -> None:
    before = booked(wish(GOOD, until=date(2026, 12, 9)), "an-id", office(), NOW)
    after = rescheduled(before, eastern("2026-11-27 10:00"), AGREED, office(), NOW)

    assert walls(occurrences(after)) == ["11-27 10:00", "12-04 10:00"]


def test_the_same_time_again_and_what_is_over_change_nothing() -> None:
    before = booked(wish(GOOD), "an-id", office(), NOW)
    over = cancelled(before, NOW)

    assert rescheduled(before, GOOD, AGREED, office(), NOW) is before
    assert rescheduled(over, GOOD + WEEK, AGREED, office(), NOW) is over


@pytest.mark.parametrize(
    ("at", "until", "code"),
    [
        (NOW, None, Code.TIME_PAST),
        (eastern("2026-11-26 10:00"), None, Code.TIME_NOT_OPEN),
        (eastern("2026-12-04 10:00"), date(2026, 12, 2), Code.REPEAT_TOO_SHORT),
    ],
)
def test_another_time_must_be_one_too(at: datetime, until: date | None, code: Code) -> None:
    with pytest.raises(Refusal) as refused:
        rescheduled(booked(wish(GOOD, until=until), "an-id", office(), NOW), at, AGREED, office(), NOW)

    assert refused.value.code is code


# What is done about it.

WEEKLY = booking(GOOD, until=date(2026, 12, 9))
CLOSED = office(closures=(Closure(GOOD.date(), GOOD.date(), "storm"),))
FACTS: list[tuple[str, dict[str, object], Place | Rest | Drop]] = [
    ("on time", {}, Place()),
    ("late, but not too late", {"now": GOOD + LATEST}, Place()),
    ("too late", {"now": GOOD + LATEST + timedelta(seconds=1)}, Drop(Reason.TOO_LATE)),
    ("an hour late", {"now": GOOD + timedelta(hours=1)}, Drop(Reason.TOO_LATE)),
    ("paused", {"campaign": campaign(status=Status.PAUSED)}, Rest()),
    ("paused still", {"campaign": campaign(status=Status.PAUSED), "now": GOOD + LATEST}, Rest()),
    ("paused too long", {"campaign": campaign(status=Status.PAUSED), "now": GOOD + LATEST + timedelta(seconds=1)},
     Drop(Reason.PAUSED)),
    ("ended", {"campaign": campaign(status=Status.ENDED)}, Drop(Reason.ENDED)),
    ("closed that day", {"office": CLOSED}, Drop(Reason.CLOSED)),
    ("closed that day, seen late", {"office": CLOSED, "now": GOOD + timedelta(hours=1)}, Drop(Reason.CLOSED)),
    ("closes just then", {"office": office(week=((Span(time(9), time(12, 16)),),) * 7), "now": GOOD + 2 * MINUTE},
     Drop(Reason.CLOSED)),
    ("no office any more", {"office": None}, Drop(Reason.NO_LINE)),
    ("no line to dial", {"office": unverified(ATLANTA)}, Drop(Reason.NO_LINE)),
    ("stopped", {"is_stopped": True}, Drop(Reason.STOPPED)),
    ("stopped, and all else too",
     {"is_stopped": True, "campaign": campaign(status=Status.ENDED), "office": None, "is_busy": True},
     Drop(Reason.STOPPED)),
    ("on the phone with us", {"is_busy": True}, Drop(Reason.ANOTHER_CALL)),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "done"), [row[1:] for row in FACTS], ids=[row[0] for row in FACTS])
def test_what_is_done_when_the_time_has_come(facts: dict[str, object], done: Place | Rest | Drop) -> None:
    given_facts = {
        "campaign": campaign(),
        "office": office(),
        "now": GOOD,
        "is_stopped": False,
        "is_busy": False,
    }

    assert due(WEEKLY, **(given_facts | facts)) == done  # type: ignore[arg-type]


def test_a_federal_holiday_drops_that_day_and_the_series_goes_on() -> None:
    """Presidents' Day 2027 is Monday, 15 February."""
    series = replace(booking(eastern("2027-02-15 09:00")), until=date(2027, 3, 1))

    done = due(series, campaign(), office(), series.at, is_stopped=False, is_busy=False)
    after = dropped(series, Reason.CLOSED, series.at)

    assert done == Drop(Reason.CLOSED)
    assert (after.state, after.dropped, after.last_at, after.phone) == (
        State.BOOKED, Reason.CLOSED, series.at, PHONE,
    )  # fmt: skip
    assert walls((after.at,)) == ["02-22 09:00"]
    assert due(after, campaign(), office(), after.at, is_stopped=False, is_busy=False) == Place()


@pytest.mark.parametrize("reason", Reason)
def test_only_a_stop_and_a_campaign_s_end_end_a_weekly_call(reason: Reason) -> None:
    after = dropped(WEEKLY, reason, GOOD)

    assert after.is_over == (reason in {Reason.STOPPED, Reason.ENDED})
    assert (after.phone is None) == after.is_over
    assert after.dropped is reason


def test_a_call_booked_once_is_over_when_it_is_placed_and_its_number_gone() -> None:
    after = placed(booking(GOOD), "a-call", GOOD)

    assert (after.state, after.call_id, after.last_at, after.phone) == (State.PLACED, "a-call", GOOD, None)
    assert occurrences(after) == ()


def test_a_weekly_call_is_over_with_its_last_occurrence() -> None:
    series, at = WEEKLY, []
    while not series.is_over:
        at.append(series.at)
        series = placed(series, call_id_for(series.id, series.at), series.at)

    assert walls(tuple(at)) == ["11-25 12:15", "12-02 12:15", "12-09 12:15"]
    assert (series.state, series.phone, series.last_at) == (State.PLACED, None, at[-1])


def test_a_placed_week_forgets_why_the_one_before_was_not() -> None:
    after = placed(dropped(WEEKLY, Reason.CLOSED, GOOD), "a-call", GOOD + WEEK)

    assert (after.dropped, after.call_id) == (None, "a-call")


def test_cancelling_ends_it_once_and_for_all() -> None:
    after = cancelled(WEEKLY, NOW + MINUTE)

    assert (after.state, after.phone, occurrences(after)) == (State.CANCELLED, None, ())
    assert cancelled(after, NOW + 2 * MINUTE) is after


def test_what_is_over_is_not_cancelled_afterwards() -> None:
    over = placed(booking(GOOD), "a-call", GOOD)

    assert cancelled(over, GOOD + MINUTE) is over


def test_each_occurrence_has_one_call_id_of_its_own() -> None:
    ids = [call_id_for(each, GOOD + number * WEEK) for each in ("a", "b") for number in range(26)]

    assert len(set(ids)) == 52
    assert call_id_for("a", GOOD) == call_id_for("a", GOOD.astimezone(ZoneInfo(EASTERN)))
    assert all(len(each) == 22 and each.replace("-", "").replace("_", "").isalnum() for each in ids)
