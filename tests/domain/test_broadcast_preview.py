"""What an alert costs, whom it reaches when and how long it takes: by hand, and by the planner's own ceilings."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.broadcast_pacing import (
    SENDERS,
    SHORT_CODES,
    TEN_DLC,
    TOLL_FREE,
    Budget,
    forecast,
    pacific_day,
)
from chalicelib.domain.broadcast_preview import (
    AN_HOUR,
    Audience,
    Pace,
    Price,
    by_language,
    course,
    longest,
    needs_two,
    openings,
    price,
    tariff,
)
from chalicelib.domain.quiet_hours import Whereabouts, Window, is_open
from chalicelib.domain.words import Language, Words
from tests.values import NOW

EN, ES = Language.EN, Language.ES
# 15:00 UTC: 10:00 in New York, 7:00 in Los Angeles, 5:00 in Honolulu.
EAST, WEST, ISLANDS = (
    Whereabouts((zone,)) for zone in ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu")
)
TONIGHT = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
UNUSED = Budget(pacific_day(NOW))


def of(**numbers: int) -> Audience:
    places = {"east": EAST, "west": WEST, "islands": ISLANDS}
    return Counter({(places[name], EN): number for name, number in numbers.items()})


def at(hour: int, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def gone(audience: Audience, pace: Pace, now: datetime = NOW, budget: Budget = UNUSED) -> dict[datetime, int]:
    """Texts in each hour; with those who are too late they must be everybody, and none outside of any window."""
    found = course(audience, pace, now, budget)
    assert sum(number for _, number in found.hours) + found.late == audience.total()
    return dict(found.hours)


# The price.


def test_each_language_costs_its_own_segments() -> None:
    words = Words("a" * 160, "a" * 161)
    audience: Audience = Counter({(EAST, EN): 1_000, (WEST, ES): 100})

    assert longest(words) == 2
    assert by_language(audience) == {EN: 1_000, ES: 100}
    assert price(words, audience, TOLL_FREE) == Price(1_200 * 11_800, 1_200 * 12_800)


@pytest.mark.parametrize("sender", SENDERS)
def test_each_kind_of_sender_has_a_price(sender: object) -> None:
    assert tariff(sender).twilio  # type: ignore[arg-type]  # parametrize tells no type


@pytest.mark.parametrize(("recipients", "two"), [(1_000, False), (1_001, True)])
def test_two_people_arm_what_is_large(recipients: int, *, two: bool) -> None:
    assert needs_two(recipients) is two


# Whom it reaches when.


def test_windows_are_told_with_those_first_whose_hours_end_first() -> None:
    found = openings(of(east=5, west=3, islands=2), at(20), TONIGHT)

    assert [each.recipients for each in found] == [5, 3, 2]
    assert found[0].window == Window(at(14), at(1, 25))
    assert found[1].window == Window(at(17), at(4, 25))
    assert found[2].window == Window(at(19), TONIGHT)


def test_who_sleeps_comes_after_whoever_is_awake_and_who_is_too_late_comes_last() -> None:
    found = openings(of(islands=2, west=3, east=5), NOW, at(18))

    assert [(each.window and each.window.opens, each.recipients) for each in found] == [
        (at(14), 5),
        (at(17), 3),
        (None, 2),
    ]
    assert [each.window and each.window.closes for each in found] == [at(18), at(18), None]


def test_people_of_the_same_hours_are_one_row_with_their_places() -> None:
    split = Whereabouts(("America/Detroit",))
    audience: Audience = Counter({(EAST, EN): 2, (EAST, ES): 3, (split, EN): 4})

    (found,) = openings(audience, NOW, TONIGHT)

    assert found.places == ((("America/New_York",), 5), (("America/Detroit",), 4))


def test_a_window_that_is_all_but_over_is_none() -> None:
    assert openings(of(east=1), at(1, 25) - timedelta(seconds=119), TONIGHT)[0].window is None
    assert openings(of(east=1), at(1, 25) - timedelta(seconds=120), TONIGHT)[0].window is not None


# How long it takes.


def test_a_small_alert_is_over_in_a_minute() -> None:
    found = course(of(east=100), Pace(TOLL_FREE, 1, TONIGHT), NOW, UNUSED)

    assert found.hours == ((NOW, 100),)
    assert found.ends == NOW + timedelta(seconds=100 / 2.7)
    assert found.late == 0


def test_whoever_sleeps_is_texted_when_they_are_up() -> None:
    found = gone(of(east=100, west=50, islands=10), Pace(TOLL_FREE, 1, TONIGHT))

    assert found == {at(15): 100, at(16): 0, at(17): 50, at(18): 0, at(19): 10}


def test_what_is_stale_tonight_does_not_go_out_tomorrow_morning() -> None:
    # 01:30 UTC is 20:30 in New York: nobody there is texted any more, today or tomorrow.
    found = course(of(east=100, west=50), Pace(TOLL_FREE, 1, TONIGHT), at(1, 25) + AN_HOUR / 2, UNUSED)

    assert found.late == 100
    assert sum(number for _, number in found.hours) == 50


def test_an_alert_that_may_go_on_tomorrow_rests_at_night() -> None:
    found = gone(of(east=130_000), Pace(TOLL_FREE, 1, at(6, 26)))
    texted = {hour for hour, number in found.items() if number}

    assert all(is_open(EAST, hour) for hour in texted)
    assert found[at(2, 25)] == 0
    assert max(texted) == at(17, 25)  # 10 h x 9,720 today, then 3.4 h from 9:00 on


def test_two_segments_take_twice_as_long() -> None:
    one, two = (course(of(east=9_000), Pace(TOLL_FREE, n, TONIGHT), NOW, UNUSED).ends for n in (1, 2))

    assert one
    assert two
    assert (two - NOW) / (one - NOW) == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("sender", [TOLL_FREE, TEN_DLC[2], *SHORT_CODES])
def test_where_no_hours_or_caps_are_in_the_way_it_takes_what_the_forecast_says(sender: object) -> None:
    pace = Pace(sender, 1, TONIGHT)  # type: ignore[arg-type]  # parametrize tells no type
    recipients = 20_000

    found = course(of(islands=recipients), pace, at(19), UNUSED)

    assert found.ends
    hours = (found.ends - at(19)) / AN_HOUR
    assert hours == pytest.approx(forecast(pace.sender, recipients, 1, 1).hours, rel=0.02)


def test_t_mobiles_day_holds_it_up_until_midnight_on_the_pacific() -> None:
    lowest = TEN_DLC[0]
    found = gone(of(east=5_000), Pace(lowest, 1, at(6, 27)), budget=Budget(pacific_day(NOW), 500))

    by_day = Counter[object]()
    for hour, number in found.items():
        by_day[pacific_day(hour)] += number
    assert list(by_day.values()) == [1_500, 2_000, 1_500]


def test_nobody_is_nobody() -> None:
    found = course(Counter(), Pace(TOLL_FREE, 1, TONIGHT), NOW, UNUSED)

    assert (found.hours, found.ends, found.late) == ((), None, 0)
    assert openings(Counter(), NOW, TONIGHT) == ()


def test_a_week_for_everywhere_is_reckoned_at_once() -> None:
    places = [Whereabouts((zone,)) for zone in ("America/New_York", "America/Chicago", "Pacific/Guam")]
    audience: Audience = Counter(dict.fromkeys([(place, EN) for place in places], 3_000_000))

    found = course(audience, Pace(SHORT_CODES[0], 1, NOW + timedelta(days=7)), NOW, UNUSED)

    assert found.late == 0
    assert found.ends
