"""When an alert leaves, and when none does any more: windows, nights, pauses, a cancel, an old grant."""

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.broadcast import Move
from chalicelib.domain.campaign import Status
from chalicelib.domain.subscriber_events import ZipTold
from chalicelib.runtime import Runtime
from chalicelib.views import alerting
from tests.rehearsal import sweep
from tests.stories.alert_house import ID, AlertHouse, neighbors

ANA, LUIS = neighbors()[:2]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(built: Runtime) -> AlertHouse:
    sweep()
    return AlertHouse(built)


# When.


@pytest.mark.parametrize(
    ("wall", "validity"),
    [
        ("08:59:59", None), ("09:00:00", 36_000), ("09:59:00", 36_000), ("10:00:00", 35_940), ("15:00:00", 17_940),
        ("19:57:59", 61), ("19:58:00", 60), ("19:58:01", None), ("19:59:59", None), ("20:00:00", None),
    ],
)  # fmt: skip
def test_a_text_leaves_in_the_window_and_twilio_forgets_it_a_minute_before_its_end(
    built: Runtime, wall: str, validity: int | None
) -> None:
    sweep()
    start = datetime.fromisoformat(f"2026-11-24T{wall}-05:00")
    house = AlertHouse(built, start=start)
    house.join(ANA)
    house.begin([ANA], not_after=start + timedelta(days=3))
    house.send()

    assert [order.get("ValidityPeriod") for order in house.wire.orders] == ([validity] if validity else [])


def test_who_sleeps_waits_for_their_own_morning_and_the_chunk_with_them(built: Runtime) -> None:
    sweep()
    house = AlertHouse(built, start=datetime.fromisoformat("2026-11-24T19:58:30-05:00"))
    house.join(ANA)
    house.begin([ANA], not_after=house.clock.now() + timedelta(days=2))
    house.send()
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert (chunk.left, chunk.not_before) == (1, datetime.fromisoformat("2026-11-24T20:00:00-05:00"))

    house.world.advance(120)
    house.send()
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert chunk.not_before == datetime.fromisoformat("2026-11-25T09:00:00-05:00")
    house.world.advance(13 * 3600)
    house.send()
    assert house.creates() == {ANA: 1}


def test_a_number_of_forty_two_zones_is_texted_between_the_caribbean_and_hawaii(built: Runtime) -> None:
    """A code of no place, like 500: 9:00 in Honolulu is 15:00 in Puerto Rico, and 20:00 there is 14:00 in Honolulu."""
    number = "+15005550106"
    found = {}
    for hour in range(24):
        sweep()
        house = AlertHouse(built, start=datetime.fromisoformat(f"2026-11-24T{hour:02}:30:00+00:00"))
        house.join(number)
        house.begin([number])
        house.send()
        found[hour] = len(house.wire.creates)
    assert [hour for hour, creates in found.items() if creates] == [19, 20, 21, 22, 23]


def test_the_zip_code_somebody_told_counts_for_more_than_their_area_code(built: Runtime) -> None:
    sweep()
    house = AlertHouse(built, start=datetime.fromisoformat("2026-11-24T09:30:00-05:00"))
    house.join(ANA, LUIS)
    house.say(LUIS, ZipTold, zip="90001")
    house.begin([ANA, LUIS])
    house.send()

    assert house.creates() == {ANA: 1}
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert chunk.not_before == datetime.fromisoformat("2026-11-24T09:00:00-08:00")


def test_nothing_is_sent_the_next_morning_that_was_for_tonight(built: Runtime) -> None:
    """politics-rewired/Spoke#1293: what was left over at night went out stale next morning."""
    sweep()
    evening = datetime.fromisoformat("2026-11-24T19:59:30-05:00")
    house = AlertHouse(built, start=evening)
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS], not_after=evening + timedelta(hours=3))
    for _ in range(16):
        house.send()
        house.world.advance(3600)

    assert house.creates() == {}
    assert house.states() == {"skipped-stale": 2}


# While somebody pauses or cancels.


def test_once_it_is_too_late_for_all_each_has_a_claim_that_says_so(house: AlertHouse) -> None:
    """In the midst of an open window, too, and however little was granted."""
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS], not_after=house.clock.now() + 30 * MINUTE)
    house.world.advance(1800)
    house.send(0)

    assert (house.creates(), house.states()) == ({}, {"skipped-stale": 2})


@pytest.mark.parametrize("at", [0, 1, 25])
@pytest.mark.parametrize("move", [Move.CANCEL, Move.PAUSE])
@pytest.mark.parametrize("seconds", [0.02, 2.0], ids=lambda each: f"{each}s a create")
def test_no_create_begins_more_than_ten_seconds_after_a_cancel(
    house: AlertHouse, move: Move, at: int, seconds: float
) -> None:
    people = neighbors()[:52]
    house.join(*people)
    house.begin(people)
    moved_at: list[float] = []

    def create() -> None:
        house.clock.move_to(house.clock.seconds + seconds)
        if len(house.wire.creates) == at + 1:
            house.move(move)
            moved_at.append(house.clock.seconds)

    house.wire.after = create
    house.send()

    assert max(at for at, _ in house.wire.creates) - moved_at[0] <= 10
    assert len(house.wire.creates) < len(people)
    states = house.states()
    assert sum(states.values()) == (len(people) if move is Move.CANCEL else states["sent"])
    assert max(house.creates().values()) == 1


def test_a_paused_broadcast_goes_on_where_it_was(house: AlertHouse) -> None:
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS])
    (turn,) = house.grant()
    house.move(Move.PAUSE)
    alerting.take(turn)
    assert house.creates() == {}

    house.move(Move.RESUME)
    house.send()
    assert house.creates() == {ANA: 1, LUIS: 1}


def test_a_campaign_that_is_paused_keeps_its_alerts_back(house: AlertHouse) -> None:
    house.join(ANA)
    house.begin([ANA])
    house.set_status(Status.PAUSED)
    house.send()
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert (house.creates(), chunk.not_before) == ({}, house.clock.now() + 5 * MINUTE)

    house.set_status(Status.LIVE)
    house.world.advance(300)
    house.send()
    assert house.creates() == {ANA: 1}


def test_a_pass_ends_after_a_minute_and_leaves_the_others_to_the_next(house: AlertHouse) -> None:
    people = neighbors()[:20]
    house.join(*people)
    house.begin(people)
    house.wire.after = lambda: house.clock.move_to(house.clock.seconds + 9)
    house.send()

    assert len(house.wire.creates) == 7
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert (chunk.left, chunk.not_before) == (13, None)


def test_a_grant_that_is_too_old_is_not_worked_on(house: AlertHouse) -> None:
    house.join(ANA)
    house.begin([ANA])
    (turn,) = house.grant()
    house.world.advance(301)
    alerting.take(turn)
    assert house.creates() == {}

    (again,) = house.grant()
    alerting.take(turn)
    alerting.take(again)
    assert house.creates() == {ANA: 1}
