"""Until when an alert may go out, as people type it: read in the zone they name, and never guessed to be tomorrow."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.quiet_hours import Whereabouts, window
from cli.until_text import Misread, tonight, until_typed
from tests.values import NOW


@pytest.mark.parametrize(
    ("text", "day", "hour", "minute"),
    [
        ("20:00 Eastern", 25, 1, 0),
        ("today 20:00 ET", 25, 1, 0),
        ("8pm Eastern", 25, 1, 0),
        ("8:30 pm pacific", 25, 4, 30),
        ("12pm Central", 24, 18, 0),
        ("tomorrow 12am Mountain", 25, 7, 0),
        ("tomorrow 9:00 PT", 25, 17, 0),
        ("2026-11-26 18:30 America/Phoenix", 27, 1, 30),
        (" 20:00   Hawaii ", 25, 6, 0),
        ("16:00 UTC", 24, 16, 0),
    ],
)
def test_a_time_is_read_in_its_zone(text: str, day: int, hour: int, minute: int) -> None:
    assert until_typed(text, NOW) == datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("20:00", "no time with its zone"),
        ("8 Eastern", "has no time of day"),
        ("25:00 Eastern", "has no time of day"),
        ("13pm Eastern", "has no time of day"),
        ("20:61 Eastern", "no time with its zone"),
        ("20:00 Narnia", "no time zone"),
        ("20:00 Etc/../passwd", "no time with its zone"),
        ("20:00 America/Nowhere", "no time zone"),
        ("2026-11-31 20:00 ET", "no day"),
        ("9:00 Eastern", "is over"),
        ("today 10:00 Eastern", "is over"),
        ("2026-12-01 20:00 Pacific", "more than 7 days"),
        ("next week", "no time with its zone"),
        ("", "no time with its zone"),
    ],
)
def test_what_is_no_such_time_is_refused_with_an_example(text: str, part: str) -> None:
    with pytest.raises(Misread, match=part):
        until_typed(text, NOW)


@pytest.mark.parametrize("hours", range(48))
def test_what_nobody_said_ends_tonight_and_leaves_nothing_for_the_next_morning(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    end = tonight(now)

    assert now < end <= now + timedelta(days=1)
    for zone in ("America/New_York", "America/Chicago", "America/Los_Angeles", "Pacific/Honolulu"):
        first = window(Whereabouts((zone,)), now)
        assert first
        following = window(Whereabouts((zone,)), first.closes)
        assert following
        assert end <= following.opens


def test_in_the_morning_all_of_the_day_is_left() -> None:
    assert tonight(NOW) == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
