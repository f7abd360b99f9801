"""Hours in every zone of the United States over both clock changes, against the law written out by hand.

The oracle knows no time zone database: an offset per zone, and that 2:00 becomes 3:00 on one Sunday and 2:00
becomes 1:00 on another. Then properties of any office at any moment.
"""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.hours import LOOK_AHEAD, closing, is_open, local, opening, spans_on
from chalicelib.domain.office import Closure, Hours, Office, Span
from tests.conftest import Figure
from tests.values import ATLANTA

OFFICES = Path(__file__).resolve().parents[2] / "directory" / "offices.csv"

# Hours from UTC in winter.
CHANGING = {
    **dict.fromkeys(("America/New_York", "America/Detroit"), -5),
    **dict.fromkeys((f"America/Kentucky/{place}" for place in ("Louisville", "Monticello")), -5),
    **dict.fromkeys(
        (
            f"America/Indiana/{place}"
            for place in ("Indianapolis", "Vincennes", "Winamac", "Marengo", "Petersburg", "Vevay")
        ),
        -5,
    ),
    **dict.fromkeys((f"America/Indiana/{place}" for place in ("Tell_City", "Knox")), -6),
    **dict.fromkeys((f"America/North_Dakota/{place}" for place in ("Center", "New_Salem", "Beulah")), -6),
    **dict.fromkeys(("America/Chicago", "America/Menominee"), -6),
    **dict.fromkeys(("America/Denver", "America/Boise"), -7),
    "America/Los_Angeles": -8,
    **dict.fromkeys(
        (f"America/{place}" for place in ("Anchorage", "Juneau", "Sitka", "Yakutat", "Nome")), -9
    ),
    "America/Metlakatla": -9,
    "America/Adak": -10,
}
STEADY = {
    "America/Phoenix": -7,
    "America/Puerto_Rico": -4,
    "America/St_Thomas": -4,
    "Pacific/Honolulu": -10,
    "Pacific/Pago_Pago": -11,
    "Pacific/Guam": 10,
    "Pacific/Saipan": 10,
}
ZONES = CHANGING | STEADY
SUMMERS = {2026: (date(2026, 3, 8), date(2026, 11, 1)), 2027: (date(2027, 3, 14), date(2027, 11, 7))}
CHANGES = [day for summer in SUMMERS.values() for day in summer]

QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)
A_DAY = timedelta(days=1)
SPANS = (
    Span(time(0), time(0, 45)),
    Span(time(9), time(12)),
    Span(time(13), time(16)),
    Span(time(22), time(0)),
)
OPEN_DAILY = Hours(week=(SPANS,) * 7, keeps_holidays=False)


def offset(zone: str, moment: datetime) -> timedelta:
    """Hours from UTC by the law: summer from 2:00 of winter time to 2:00 of summer time."""
    winter = timedelta(hours=ZONES[zone])
    if zone in STEADY:
        return winter
    first, last = (datetime(day.year, day.month, day.day, 2, tzinfo=UTC) for day in SUMMERS[moment.year])
    is_summer = first - winter <= moment < last - winter - timedelta(hours=1)
    return winter + timedelta(hours=1) if is_summer else winter


def open_by_law(zone: str, moment: datetime) -> bool:
    at = (moment + offset(zone, moment)).time()
    return at < time(0, 45) or time(9) <= at < time(12) or time(13) <= at < time(16) or at >= time(22)


def moments_around(zone: str, change: date) -> list[datetime]:
    """Every quarter of an hour of three local days, and the seconds around it."""
    start = datetime.combine(change - A_DAY, time(0), UTC) - timedelta(hours=ZONES[zone])
    return [start + n * QUARTER + near for n in range(3 * 96) for near in (-SECOND, 0 * SECOND, SECOND)]


def test_the_zones_of_all_offices_are_among_those_tried() -> None:
    with OFFICES.open(encoding="utf-8") as rows:
        zones = {row["id"]: row["timezone"] for row in csv.DictReader(rows)}

    assert len(zones) == 25
    assert set(zones.values()) <= set(ZONES)


def test_open_is_open_in_every_zone_over_both_changes(figure: Figure) -> None:
    asked = 0
    for zone in ZONES:
        office = replace(ATLANTA, zone=zone, hours=OPEN_DAILY)
        for change in CHANGES:
            moments = moments_around(zone, change)
            wrong = [moment for moment in moments if is_open(office, moment) != open_by_law(zone, moment)]
            asked += len(moments)
            assert (zone, wrong) == (zone, [])
    figure(f"hours: {asked:,} moments in {len(ZONES)} zones over {len(CHANGES)} clock changes, as by the law")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_house_opens_at_nine_on_the_wall_on_the_monday_after_a_change(zone: str, change: date) -> None:
    office = replace(ATLANTA, zone=zone)
    friday_night = datetime.combine(change - 2 * A_DAY, time(20), UTC) - timedelta(hours=ZONES[zone])

    opens = opening(office, friday_night)

    assert opens is not None
    assert opens + offset(zone, opens) == datetime.combine(change + A_DAY, time(9), UTC)
    assert closing(office, opens) == opens + timedelta(hours=7)


minutes = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31)).map(  # noqa: DTZ001 - made UTC right here
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
around_changes = st.builds(
    lambda change, seconds: datetime.combine(change, time(0), UTC) + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(-86_400, 3 * 86_400),
)


@st.composite
def days(draw: Any) -> tuple[Span, ...]:
    """Spans of a day in order, perhaps touching; the last may go to midnight."""
    edges = sorted(draw(st.lists(minutes, max_size=6)))
    spans = [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)]
    if draw(st.booleans()):
        spans = [span for span in spans if span.closes < time(23)] + [Span(time(23), time(0))]
    return tuple(span for span in spans if span.opens != span.closes)


@st.composite
def offices(draw: Any) -> Office:
    first = draw(st.dates(date(2026, 1, 1), date(2029, 12, 31)))
    closure = Closure(first, first + draw(st.integers(0, 80)) * A_DAY, "why")
    hours = Hours(
        week=tuple(draw(st.lists(days(), min_size=7, max_size=7))),
        keeps_holidays=draw(st.booleans()),
        closures=(closure,) if draw(st.booleans()) else (),
    )
    return replace(ATLANTA, zone=draw(st.sampled_from(sorted(ZONES))), hours=hours)


now = moments | around_changes
somewhere = st.floats(0, 1, exclude_max=True)


def between(first: datetime, last: datetime, share: float) -> datetime:
    """A whole second from `first` up to, not with, `last`."""
    return first + timedelta(seconds=int((last - first).total_seconds() * share))


@given(offices(), now)
def test_an_office_is_open_exactly_in_the_spans_of_its_day(office: Office, moment: datetime) -> None:
    day = local(office, moment).date()
    spans = [span for n in (-1, 0, 1) for span in spans_on(office, day + n * A_DAY)]

    assert is_open(office, moment) == any(opens <= moment < closes for opens, closes in spans)
    assert all(opens < closes for opens, closes in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@given(offices(), now, somewhere)
def test_at_its_opening_an_office_opens_and_not_before(
    office: Office, moment: datetime, share: float
) -> None:
    opens = opening(office, moment)
    closes = closing(office, moment)
    last = moment + LOOK_AHEAD if opens is None else opens

    if opens is not None:
        assert moment < opens <= moment + LOOK_AHEAD
        assert is_open(office, opens)
        assert not is_open(office, opens - SECOND)
    if closes is None and is_open(office, moment):
        assert opens is None
    else:
        assert not is_open(office, between(closes or moment, last, share))


@given(offices(), now, somewhere)
def test_until_its_closing_an_office_is_open_and_no_longer(
    office: Office, moment: datetime, share: float
) -> None:
    closes = closing(office, moment)

    if closes is not None:
        assert moment < closes <= moment + LOOK_AHEAD
        assert is_open(office, between(moment, closes, share))
        assert is_open(office, closes - SECOND)
        assert not is_open(office, closes)
    elif is_open(office, moment):
        assert is_open(office, moment + LOOK_AHEAD * share)
