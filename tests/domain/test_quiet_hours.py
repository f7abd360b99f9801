"""Quiet hours in every zone over both clock changes and on 29 February, against the law written out by hand.

The oracle knows no time zone database: an offset per zone, and on which Sundays clocks change.
"""

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import area_codes
from chalicelib.domain.quiet_hours import (
    FALLBACK,
    FEDERAL,
    USUAL,
    DayHours,
    StateRule,
    Whereabouts,
    Window,
    is_open,
    narrowed,
    whereabouts,
    window,
    window_of,
)
from tests.conftest import Figure

ROOT = Path(__file__).resolve().parents[2]
# Hours from UTC in winter, and whether clocks change.
ZONES = {
    "America/New_York": (-5, True), "America/Chicago": (-6, True), "America/Denver": (-7, True),
    "America/Los_Angeles": (-8, True), "America/Anchorage": (-9, True), "America/Phoenix": (-7, False),
    "Pacific/Honolulu": (-10, False), "America/Puerto_Rico": (-4, False),
}  # fmt: skip
MORE = {
    "America/Boise": (-7, True), "America/North_Dakota/Center": (-6, True), "America/Adak": (-10, True),
    "America/Juneau": (-9, True), "Pacific/Guam": (10, False), "Pacific/Pago_Pago": (-11, False),
    "Pacific/Saipan": (10, False), "America/St_Thomas": (-4, False),
}  # fmt: skip
LAW = ZONES | MORE
SUMMERS = {2026: (date(2026, 3, 8), date(2026, 11, 1)), 2028: (date(2028, 3, 12), date(2028, 11, 5))}
DAYS = (*SUMMERS[2026], date(2028, 2, 29), *SUMMERS[2028])
STEP = timedelta(minutes=15)
SECOND, A_DAY = timedelta(seconds=1), timedelta(days=1)
SPLIT = sorted({zones for zones in area_codes.area_code_zones().values() if 1 < len(zones) < 40})
ANYWHERE = area_codes.zones_of("+18005550123")


def wall(zone: str, at: datetime) -> datetime:
    """Local time by the law: summer from 2:00 of winter time to 2:00 of summer time."""
    hours, changes = LAW[zone]
    winter = timedelta(hours=hours)
    first, last = (datetime(d.year, d.month, d.day, 2, tzinfo=UTC) for d in SUMMERS[at.year])
    is_summer = changes and first - winter <= at < last - winter - timedelta(hours=1)
    return at + winter + timedelta(hours=is_summer)


def awake_by_law(zones: tuple[str, ...], at: datetime, hours: DayHours) -> bool:
    """On one and the same day everywhere, within the hours everywhere."""
    local = [wall(zone, at) for zone in zones]
    return len({each.date() for each in local}) == 1 and all(
        hours.opens <= each.time() < hours.closes for each in local
    )


def moments(day: date) -> list[datetime]:
    start = datetime.combine(day - A_DAY, time(0), UTC)
    return [start + n * STEP + near for n in range(3 * 96) for near in (-SECOND, 0 * SECOND)]


@pytest.mark.parametrize("hours", [USUAL, FEDERAL], ids=["9-20", "8-21"])
def test_a_text_goes_when_everybody_there_is_awake(hours: DayHours, figure: Figure) -> None:
    sets = [(zone,) for zone in LAW] + SPLIT
    asked = 0
    for zones in sets:
        for day in DAYS:
            at = moments(day)
            wrong = [m for m in at if is_open(Whereabouts(zones), m, hours) != awake_by_law(zones, m, hours)]
            asked += len(at)
            assert (zones, day, wrong) == (zones, day, [])
    figure(f"quiet hours: {asked:,} moments, {len(sets)} sets of zones, {len(DAYS)} days, as by the law")


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_number_of_42_zones_gets_texts_in_the_fallbacks_hours_and_never_always(day: date) -> None:
    assert len(ANYWHERE) == 42
    for at in moments(day):
        assert is_open(Whereabouts(ANYWHERE), at) == awake_by_law(FALLBACK, at, USUAL)
    anybody = window(whereabouts(None, None, ()), datetime.combine(day, time(12), UTC))
    assert anybody == Window(
        datetime.combine(day, time(19), UTC), datetime.combine(day + A_DAY, time(0), UTC)
    )


def test_the_sheets_hours_for_sets_of_zones() -> None:
    day = date(2026, 7, 1)
    sets = {
        ("America/Chicago",): (13, 11), ("America/Boise", "America/Los_Angeles"): (12, 10),
        ("America/Adak", "America/Anchorage"): (12, 10), ("America/New_York", "America/Los_Angeles"): (10, 8),
        FALLBACK: (7, 5),
    }  # fmt: skip
    for zones, lengths in sets.items():
        found = [window_of(zones, day, hours) for hours in (FEDERAL, USUAL)]
        assert [(w.closes - w.opens) / timedelta(hours=1) for w in found if w] == list(lengths)
    assert window_of(("Pacific/Guam", *FALLBACK), day, FEDERAL) is None


def test_a_zone_set_by_staff_goes_before_a_zip_codes_and_that_before_the_area_codes() -> None:
    area = ("America/Chicago", "America/Denver")

    assert whereabouts("America/Phoenix", "America/Denver", area).zones == ("America/Phoenix",)
    assert whereabouts(None, "America/Denver", area, "CO") == Whereabouts(("America/Denver",), "CO")
    assert whereabouts(None, None, area).zones == area
    assert whereabouts(None, None, ()).zones == FALLBACK


zones = st.lists(st.sampled_from(sorted(LAW)), min_size=1, max_size=5, unique=True).map(tuple)
days = st.sampled_from(DAYS)
minutes = st.integers(0, 3 * 1440)


@given(zones, days, minutes)
def test_of_any_zones_each_is_awake_whenever_a_text_may_go_unless_none_suits_all(
    where: tuple[str, ...], day: date, minute: int
) -> None:
    at = datetime.combine(day - A_DAY, time(0), UTC) + timedelta(minutes=minute)

    found = window(Whereabouts(where), at)

    assert found is not None
    assert at < found.closes
    assert found.closes - found.opens <= timedelta(hours=11)
    inside = (found.opens, found.closes - SECOND)
    assert all(awake_by_law(where, m, USUAL) or awake_by_law(FALLBACK, m, USUAL) for m in inside)


# States that keep narrower hours. Off by default, and unverified.

SUNDAY = date(2026, 6, 7)


@pytest.mark.parametrize(("minute", "is_sent"), [(-1, False), (0, True)])
def test_texas_on_sunday_begins_at_noon(minute: int, is_sent: bool) -> None:  # noqa: FBT001 - a row of a table
    noon = datetime(2026, 6, 7, 17, tzinfo=UTC)
    texas = Whereabouts(("America/Chicago",), "TX")

    assert is_open(texas, noon + timedelta(minutes=minute), FEDERAL, area_codes.state_hours()) is is_sent
    assert is_open(texas, noon + timedelta(minutes=minute), FEDERAL)


@pytest.mark.parametrize("state", ["FL", "OK", "MD", "WA", "WY"])
def test_some_states_end_at_eight_in_the_evening(state: str) -> None:
    rules = area_codes.state_hours()[state]

    assert narrowed(FEDERAL, rules, SUNDAY) == DayHours(time(8), time(20))
    assert narrowed(USUAL, rules, SUNDAY) == USUAL


def test_a_state_that_closes_its_sundays_is_texted_on_monday_and_not_by_the_fallback() -> None:
    sunday = datetime(2026, 11, 22, 15, tzinfo=UTC)
    found = window(Whereabouts(("America/New_York",), "PA"), sunday, USUAL, area_codes.state_hours())

    assert found == Window(datetime(2026, 11, 23, 14, tzinfo=UTC), datetime(2026, 11, 24, 1, tzinfo=UTC))
    assert narrowed(USUAL, area_codes.state_hours()["PA"], date(2026, 10, 11)) == USUAL


def test_a_state_closed_every_day_is_never_texted() -> None:
    never = {"XX": (StateRule(frozenset(range(7)), None),)}

    assert window(Whereabouts(FALLBACK, "XX"), datetime(2026, 6, 1, tzinfo=UTC), USUAL, never) is None


# The table of area codes.


def test_the_table_was_made_from_the_version_that_is_pinned() -> None:
    pinned = re.search(r"phonenumberslite==(\S+)", (ROOT / "requirements.txt").read_text())
    table = (area_codes.TABLES / "area_code_zones.json").read_text()

    assert pinned
    assert f'"made_from": "phonenumbers {pinned[1]}"' in table
    assert phonenumbers.__version__ == pinned[1]


def regions(code: str) -> set[str | None]:
    """The regions of the area code's numbers, by the pinned library."""
    numbers = (phonenumbers.PhoneNumber(1, int(f"{code}{n}5000")) for n in range(200, 1000, 37))
    return {phonenumbers.region_code_for_number(number) for number in numbers} - {None}


def test_the_table_has_every_area_code_of_the_united_states_by_the_pinned_library() -> None:
    table = area_codes.area_code_zones()
    ours = {"US", "AS", "GU", "MP", "PR", "VI"}
    by_library = {str(code): regions(str(code)) for code in range(200, 1000)}

    assert {code for code, found in by_library.items() if found & ours} <= set(table)
    assert sum("US" in by_library[code] for code in table) == 383
    by_length = Counter(len(zones) for code, zones in table.items() if "US" in by_library[code])
    # texts.md counts 15 with several zones; united over every exchange, as it asks, they are 19.
    assert by_length == {1: 340, 2: 14, 3: 4, 4: 1, 42: 24}


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+14235550123", ("America/Chicago", "America/New_York")),  # Chattanooga
        ("+18505550123", ("America/Chicago", "America/New_York")),
        ("+16845550123", ("Pacific/Pago_Pago",)),
        ("+16715550123", ("Pacific/Guam",)),
        ("+14165550123", ()),  # Toronto: abroad
        ("+525555550123", ()),
    ],
)
def test_zones_of_a_number(number: str, zones: tuple[str, ...]) -> None:
    assert area_codes.zones_of(number) == zones
