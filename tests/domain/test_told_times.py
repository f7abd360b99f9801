from datetime import UTC, date, datetime, time

import pytest

from chalicelib.domain.office import HOUSE_SPANS, Hours, Span
from chalicelib.domain.told_times import (
    ZONES,
    moment,
    on_the_clock,
    opens,
    plan,
    wall,
    week,
    with_zone,
    zone_at,
)
from chalicelib.domain.words import Language
from tests.booking_values import EASTERN, eastern

CENTRAL = "America/Chicago"
NIGHT = eastern("2026-11-24T20:00")  # a Tuesday
WINTER, SUMMER = datetime(2027, 1, 15, 18, tzinfo=UTC), datetime(2027, 7, 15, 18, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("at", "english", "spanish"),
    [
        ("2026-11-24T21:00", "today at 9:00 pm", "hoy a las 9:00 p. m."),
        ("2026-11-25T09:00", "tomorrow at 9:00 am", "mañana a las 9:00 a. m."),
        ("2026-11-30T09:00", "Monday at 9:00 am", "el lunes a las 9:00 a. m."),
        ("2026-12-01T13:15", "Tuesday, December 1, at 1:15 pm", "el martes 1 de diciembre a la 1:15 p. m."),
    ],
)
def test_an_opening_is_told_as_people_say_it(at: str, english: str, spanish: str) -> None:
    assert plain(opens(eastern(at), EASTERN, NIGHT, Language.EN)) == english
    assert plain(opens(eastern(at), EASTERN, NIGHT, Language.ES)) == spanish


def test_tomorrow_is_the_zones_own() -> None:
    late = eastern("2026-11-25T00:30")

    assert opens(eastern("2026-11-25T09:00"), EASTERN, late, Language.EN).startswith("today")
    assert opens(eastern("2026-11-25T09:00"), CENTRAL, late, Language.EN).startswith("tomorrow")


@pytest.mark.parametrize(
    ("at", "told"), [(time(0), "12:00 am"), (time(12), "12:00 pm"), (time(23, 45), "11:45 pm")]
)
def test_midnight_and_noon_are_twelve(at: time, told: str) -> None:
    assert plain(wall(at, Language.EN)) == told


def test_a_number_never_breaks_from_its_half_of_the_day() -> None:
    assert on_the_clock(NIGHT, EASTERN, Language.EN) == "8:00\u00a0pm"
    assert on_the_clock(NIGHT, EASTERN, Language.ES) == "8:00\u00a0p.\u00a0m."


@pytest.mark.parametrize(
    ("zone", "at", "named"),
    [
        ("America/Detroit", WINTER, "Eastern"),
        ("America/Indiana/Knox", SUMMER, "Central"),
        ("America/Phoenix", WINTER, "Arizona"),
        ("America/Denver", WINTER, "Mountain"),
        ("America/Hermosillo", WINTER, "Mountain"),
        ("America/Panama", SUMMER, "Panama"),
        ("America/Havana", WINTER, "Havana"),  # its CST is Cuba's
        ("Asia/Shanghai", WINTER, "Shanghai"),  # and its CST China's
        ("America/Mexico_City", SUMMER, "Mexico City"),
    ],
)
def test_a_zone_has_the_name_of_one_whose_clock_agrees_or_its_citys(
    zone: str, at: datetime, named: str
) -> None:
    assert zone_at(zone, at).name.en == named


@pytest.mark.parametrize("at", [WINTER, SUMMER])
def test_the_zones_to_choose_from_keep_their_own_names(at: datetime) -> None:
    assert [zone_at(each.id, at) for each in ZONES] == list(ZONES)


def test_a_moment_names_its_date_where_its_weekday_alone_would_be_two_days() -> None:
    today = date(2026, 11, 24)

    assert plain(moment(eastern("2026-11-26T09:00"), CENTRAL, today, Language.EN)) == "Thursday, 8:00 am"
    assert plain(moment(eastern("2026-12-01T09:00"), CENTRAL, today, Language.EN)) == (
        "Tuesday, December 1, 8:00 am"
    )
    assert plain(moment(eastern("2026-11-26T09:00"), CENTRAL, today, Language.ES)) == "Jueves, 8:00 a. m."


def test_a_plan_is_whole_whenever_it_is_read() -> None:
    at = eastern("2026-11-26T09:00")

    assert plain(plan(at, CENTRAL, Language.EN)) == "Thursday, November 26, 8:00 am Central"
    assert plain(plan(at, CENTRAL, Language.ES)) == "Jueves 26 de noviembre, 8:00 a. m., hora del Centro"
    assert plain(with_zone(at, EASTERN, Language.ES)) == "9:00 a. m., hora del Este"


def test_a_week_is_told_in_as_few_words_as_it_takes() -> None:
    split = (Span(time(9), time(12)), Span(time(13), time(16)))
    hours = Hours((HOUSE_SPANS,) * 4 + (split, (), ()))

    assert plain(week(hours, EASTERN, WINTER, Language.EN)) == (
        "Monday to Thursday, 9:00 am to 4:00 pm; Friday, 9:00 am to 12:00 pm and 1:00 pm to 4:00 pm Eastern"
    )
    assert plain(week(Hours(), CENTRAL, WINTER, Language.ES)) == (
        "Lunes a viernes, de 9:00 a. m. a 4:00 p. m., hora del Centro"
    )
    assert week(Hours(((),) * 7), EASTERN, WINTER, Language.EN) == ""
