from datetime import date, datetime

from chalicelib.domain.booking import quarters
from chalicelib.domain.suggesting import Why, days, suggested
from tests.booking_values import EASTERN, eastern, office, walls

NIGHT = eastern("2026-11-23T20:00")  # a Monday; Thursday is Thanksgiving
CENTRAL, PACIFIC, GUAM = "America/Chicago", "America/Los_Angeles", "Pacific/Guam"


def offered(now: datetime, zone: str, taken: tuple[datetime, ...] = ()) -> list[tuple[str, Why]]:
    free = [at for at in quarters(office(), now, zone) if at not in taken]
    return [(walls((each.at,), zone)[0], each.why) for each in suggested(office(), free, now, zone)]


def test_the_opening_the_lunch_hour_and_the_next_opening_are_offered() -> None:
    assert offered(NIGHT, CENTRAL) == [
        ("11-24 08:00", Why.OPENING),
        ("11-24 12:15", Why.LUNCH),
        ("11-25 08:00", Why.OPENING),
    ]


def test_a_lunch_hour_after_the_office_has_closed_is_not_offered() -> None:
    assert offered(NIGHT, PACIFIC)[1] == ("11-24 12:15", Why.LUNCH)
    assert [why for _, why in offered(NIGHT, GUAM)] == [Why.OPENING, Why.OPENING]


def test_the_next_opening_is_on_a_day_on_which_the_office_opens() -> None:
    wednesday = eastern("2026-11-25T20:00")

    assert [at for at, _ in offered(wednesday, EASTERN)] == ["11-27 09:00", "11-27 12:15", "11-30 09:00"]


def test_what_is_taken_is_not_offered_and_the_first_free_time_is_called_that() -> None:
    nine, lunch = eastern("2026-11-24T09:00"), eastern("2026-11-24T12:15")

    assert offered(NIGHT, EASTERN, (nine, lunch)) == [
        ("11-24 09:15", Why.FIRST),
        ("11-24 12:30", Why.LUNCH),
        ("11-25 09:00", Why.OPENING),
    ]


def test_at_noon_the_first_free_time_is_offered_once() -> None:
    noon = eastern("2026-11-24T12:01")

    assert offered(noon, EASTERN)[0] == ("11-24 12:15", Why.FIRST)
    assert len(offered(noon, EASTERN)) == 2


def test_nothing_free_is_nothing_offered() -> None:
    assert suggested(office(), (), NIGHT, EASTERN) == ()


def test_days_are_the_supporters_own() -> None:
    free = quarters(office(), NIGHT, GUAM)
    by_day = days(free, GUAM)

    assert [at for moments in by_day.values() for at in moments] == list(free)
    assert min(by_day) == date(2026, 11, 25)  # where the office opens at eleven at night
