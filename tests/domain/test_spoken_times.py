"""Times, places in line and waits as a voice says them."""

import pytest

from chalicelib.domain.spoken_times import about, at_time, in_words, place_in_line
from chalicelib.domain.words import Language
from tests.booking_values import EASTERN, eastern

TUESDAY = eastern("2026-11-24T10:00")
CENTRAL = "America/Chicago"


@pytest.mark.parametrize(
    ("at", "english", "spanish"),
    [
        ("2026-11-24T12:00", "today at twelve in the afternoon", "hoy a las doce de la tarde"),
        ("2026-11-24T13:15", "today at one fifteen in the afternoon", "hoy a la una y cuarto de la tarde"),
        ("2026-11-24T15:45", "today at three forty-five in the afternoon",
         "hoy a las tres y cuarenta y cinco de la tarde"),
        ("2026-11-25T09:00", "tomorrow at nine in the morning", "mañana a las nueve de la mañana"),
        ("2026-11-25T09:30", "tomorrow at nine thirty in the morning", "mañana a las nueve y media de la mañana"),
        ("2026-11-26T09:00", "on Thursday at nine in the morning", "el jueves a las nueve de la mañana"),
        ("2026-11-30T11:59", "on Monday at eleven fifty-nine in the morning",
         "el lunes a las once y cincuenta y nueve de la mañana"),
        ("2026-12-01T01:00", "on December first at one in the morning",
         "el primero de diciembre a la una de la mañana"),
        ("2026-12-24T09:15", "on December twenty-fourth at nine fifteen in the morning",
         "el veinticuatro de diciembre a las nueve y cuarto de la mañana"),
    ],
)  # fmt: skip
def test_a_time_is_said_as_people_say_it(at: str, english: str, spanish: str) -> None:
    assert at_time(eastern(at), TUESDAY, EASTERN, Language.EN) == english
    assert at_time(eastern(at), TUESDAY, EASTERN, Language.ES) == spanish


@pytest.mark.parametrize(
    ("now", "at", "day"),
    [
        ("2026-10-31T10:00", "2026-11-02T09:00", "on Monday"),  # the clocks go back on Sunday, 1 November
        ("2026-11-01T00:30", "2026-11-02T09:00", "tomorrow"),
        ("2027-03-13T10:00", "2027-03-15T09:00", "on Monday"),  # and forward on Sunday, 14 March
        ("2027-03-14T00:30", "2027-03-15T09:00", "tomorrow"),
    ],
)
def test_nine_is_nine_on_either_side_of_a_change_of_clocks(now: str, at: str, day: str) -> None:
    assert at_time(eastern(at), eastern(now), EASTERN, Language.EN) == f"{day} at nine in the morning"


def test_the_day_is_the_zones_own() -> None:
    night = eastern("2026-11-25T00:30")

    assert at_time(night, TUESDAY, EASTERN, Language.EN) == "tomorrow at twelve thirty in the morning"
    assert at_time(night, TUESDAY, CENTRAL, Language.EN) == "today at eleven thirty in the afternoon"


@pytest.mark.parametrize(
    ("place", "english", "spanish"),
    [
        (1, "first in line", "la primera persona en la fila"),
        (10, "tenth in line", "la décima persona en la fila"),
        (11, "eleventh in line", "la persona número once en la fila"),
        (101, "one hundred first in line", "la persona número ciento uno en la fila"),
    ],
)
def test_a_place_in_line_is_said_by_its_rank(place: int, english: str, spanish: str) -> None:
    assert (place_in_line(place, Language.EN), place_in_line(place, Language.ES)) == (english, spanish)


@pytest.mark.parametrize(
    ("seconds", "english", "spanish"),
    [
        (0, "about a minute", "más o menos un minuto"),
        (60, "about a minute", "más o menos un minuto"),
        (61, "about two minutes", "unos dos minutos"),
        (720, "about twelve minutes", "unos doce minutos"),
    ],
)
def test_a_wait_is_rounded_up(seconds: int, english: str, spanish: str) -> None:
    assert (about(seconds, Language.EN), about(seconds, Language.ES)) == (english, spanish)


def test_a_number_has_no_and_in_english() -> None:
    assert in_words(942, Language.EN) == "nine hundred forty-two"
    assert in_words(942, Language.ES) == "novecientos cuarenta y dos"
