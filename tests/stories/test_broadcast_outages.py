"""An hour in which Twilio or the queue is down costs time, and neither recipients nor the day's budget."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.broadcast import Stage
from chalicelib.domain.broadcast_chunks import Chunk, fresh
from chalicelib.domain.broadcast_pacing import BRAND, TEN_DLC, pacific_day
from chalicelib.observability import forget, unwritten
from chalicelib.runtime import Runtime
from chalicelib.views.broadcasting import dispatch, each_minute, finish
from dev.phone_world import CreateFault, Faults
from tests.rehearsal import sweep
from tests.stores import moto
from tests.stories.alert_house import AlertHouse, neighbors
from tests.stories.broadcast_house import House
from tests.stories.test_broadcast_whole import EAST, SIX, WEST, arm
from tests.values import NOW

TODAY = pacific_day(NOW)
TOP = TEN_DLC[-1]
AN_HOUR = 60
FEW = 8
"""Recipients of one chunk that an hour without clear answers may cost."""


@pytest.fixture
def house() -> Iterator[House]:
    forget()
    with moto() as client:
        yield House(client)


def several(count: int) -> list[Chunk]:
    return [fresh("", f"{n:02x}", 0, [f"{n:02x}{i:030x}" for i in range(500)]) for n in range(count)]


# Twilio.


def test_an_hour_in_which_twilio_answers_nothing_clear_costs_a_chunk_a_few_and_not_all(
    built: Runtime,
) -> None:
    sweep()
    down = [True]
    house = AlertHouse(built, Faults(decide_create=lambda _: CreateFault.broken() if down[0] else None))
    people = neighbors()[:52]
    house.join(*people)
    house.begin(people)
    for _ in range(AN_HOUR):
        house.send()
        house.world.advance(60)

    assert len(house.wire.creates) <= FEW
    down[0] = False
    for _ in range(15):
        house.send()
        house.world.advance(60)
    assert house.states()["sent"] >= len(people) - FEW


# The queue.


def test_a_queue_that_takes_nothing_costs_the_day_one_grant_a_minute_at_most(house: House) -> None:
    house.sending(several(20), sender=TOP.name)

    def refuse(**_: Any) -> None:
        raise ConnectionError("no queue today")

    house.queue.send_message = refuse  # type: ignore[method-assign]  # the wire, which is down
    each_minute()

    (out,) = [each for each in house.runtime.broadcasts.chunks("b-1") if each.granted]
    assert house.runtime.broadcasts.spent(BRAND, TODAY) == out.granted
    full = TOP.a_second * 0.9 * 60
    assert house.runtime.broadcasts.rate(TOP, NOW).bucket.segments >= full - out.granted - 1


def test_what_was_taken_for_a_chunk_that_another_moved_goes_back(house: House) -> None:
    house.sending(several(3), sender=TOP.name)
    broadcasts = house.runtime.broadcasts

    def move_it() -> None:
        (first, *_) = broadcasts.chunks("b-1")
        broadcasts.mark_chunk(first, first)

    house.wire.before_write(house.wire.writes + 2, move_it)
    dispatch()

    assert len(house.queue.sent) == 2
    assert broadcasts.spent(BRAND, TODAY) == sum(each.turn.recipients for each in house.queue.sent)


# Nobody looks.


def test_a_broadcast_whose_chunks_are_not_done_an_hour_after_it_is_stale_wakes_somebody(house: House) -> None:
    house.sending(several(1), not_after=NOW + timedelta(hours=1))
    house.now = NOW + timedelta(hours=2) - timedelta(seconds=1)
    finish("b-1", float("inf"))
    assert "BroadcastsUnsettled" not in unwritten()

    house.now = NOW + timedelta(hours=2)
    finish("b-1", float("inf"))
    assert unwritten()["BroadcastsUnsettled"] == unwritten()["NeedsSomebody"] == 1
    assert house.broadcast().stage is Stage.SENDING


# The next morning.


def test_what_was_armed_for_the_evening_sends_nothing_in_the_morning(built: Runtime) -> None:
    """By schedule, queue, workers and phone world: Spoke's texts of last night went out the next morning."""

    sweep()
    house = AlertHouse(built, start=datetime.fromisoformat("2026-11-24T19:56:00-05:00"))
    house.join(*EAST)

    house.join(*WEST)
    arm(house, hours=6, segments=SIX)
    house.play(minutes=6)
    in_the_evening = len(house.wire.creates)
    assert 0 < in_the_evening < len(EAST)
    house.world.advance(13 * 3600)
    house.play(minutes=4)

    assert len(house.wire.creates) == in_the_evening
    assert house.broadcast().stage is Stage.DONE
    assert house.states()["skipped-stale"] == len(EAST) + len(WEST) - in_the_evening
