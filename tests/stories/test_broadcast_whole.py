"""A broadcast from armed to done, by schedule, queue, workers and phone world: nothing is put in by hand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.alert_queue import AlertQueue
from chalicelib.domain.broadcast import Broadcast, ClaimState, Move, Stage, armed
from chalicelib.domain.broadcast_pacing import TOLL_FREE
from chalicelib.domain.subscriber_events import Stopped
from chalicelib.runtime import Runtime, install
from tests.rehearsal import SLUG, sweep
from tests.stories.alert_house import ID, WORDS, AlertHouse, neighbors
from tests.values import NOW

EAST = tuple(number for shard in ("07", "a1", "ff") for number in neighbors(shard)[:18])
WEST = neighbors("a1", ("America/Los_Angeles",))[:6]
A_MINUTE = 60
SIX = 6
"""Segments: 27 people a minute by a toll-free number."""
A_MINUTES_PEOPLE = 27


@pytest.fixture
def house(built: Runtime) -> AlertHouse:
    """Late morning in the East; in the West it is a quarter to nine, and nobody is texted yet."""
    sweep()
    made = AlertHouse(built, start=NOW + timedelta(minutes=105))
    made.join(*EAST, *WEST)
    return made


def arm(house: AlertHouse, hours: float = 9, segments: int = SIX) -> Broadcast:
    """Draft and arm an alert to all of them, as one person does."""
    now, audience = house.clock.now(), len(EAST + WEST)
    draft = Broadcast(
        ID, audience, segments, now + timedelta(hours=hours), campaign=SLUG, words=WORDS, sender=TOLL_FREE.name,
        made_by="ana", made_at=now, counted_at=now,
    )  # fmt: skip
    made = house.runtime.broadcasts.make(draft)
    ready, problem = armed(made, audience, "ana", now)
    assert problem is None
    return house.runtime.broadcasts.move(made, ready)


class Losing:
    """A queue that loses the first messages it is given: those of the first minute of sending."""

    def __init__(self, house: AlertHouse) -> None:
        self.house, self.left = house, 3

    def send_message(self, **message: Any) -> None:
        if self.left:
            self.left -= 1
        else:
            self.house.alerts.send_message(**message)


def a_minute(house: AlertHouse) -> Counter[int]:
    """How many creates began in which minute."""
    return Counter(int(at // A_MINUTE) for at, _ in house.wire.creates)


def got_one(house: AlertHouse, numbers: Sequence[str]) -> bool:
    return house.creates() == dict.fromkeys(numbers, 1)


def test_everybody_gets_it_once_at_the_senders_pace_and_who_sleeps_when_they_wake(house: AlertHouse) -> None:
    arm(house)
    house.play(minutes=10)

    assert got_one(house, EAST)
    assert max(a_minute(house).values()) <= A_MINUTES_PEOPLE + A_MINUTES_PEOPLE // 2
    assert house.broadcast().stage is Stage.SENDING
    house.play(minutes=12)

    assert got_one(house, EAST + WEST)
    assert house.broadcast().stage is Stage.DONE
    assert house.states() == {ClaimState.SENT.value: len(EAST + WEST)}
    assert house.world.complaints == []


def test_who_stops_in_the_meantime_gets_nothing_and_is_counted(house: AlertHouse) -> None:
    arm(house)
    house.play(minutes=10)
    house.say(WEST[0], Stopped)
    house.play(minutes=12)

    assert got_one(house, EAST + WEST[1:])
    assert house.states() == {"sent": len(EAST) + len(WEST) - 1, "skipped-stopped": 1}
    assert house.broadcast().stage is Stage.DONE


def test_an_alert_that_is_stale_before_somebody_wakes_is_done_and_says_so(house: AlertHouse) -> None:
    arm(house, hours=0.2)
    house.play(minutes=14)

    assert got_one(house, EAST)
    assert house.states() == {"sent": len(EAST), "skipped-stale": len(WEST)}
    assert house.broadcast().stage is Stage.DONE


def test_messages_that_are_lost_cost_five_minutes_and_nobody(house: AlertHouse) -> None:
    wire: Any = Losing(house)
    house.runtime = replace(house.runtime, alert_queue=AlertQueue(wire, house.alerts.url))
    install(house.runtime)
    arm(house)
    house.play(minutes=4)
    assert not house.wire.creates
    house.play(minutes=6)

    assert wire.left == 0
    assert got_one(house, EAST)


def test_cancelling_ends_it_within_ten_seconds(house: AlertHouse) -> None:
    arm(house)
    house.play(minutes=1)
    house.world.advance(A_MINUTE)
    house.reconcile()
    house.world.advance(5)
    cancelled = house.clock.seconds
    house.move(Move.CANCEL)
    house.play(minutes=10)

    assert house.wire.creates
    assert len(house.wire.creates) < len(EAST)
    assert not [at for at, _ in house.wire.creates if at > cancelled + 10]
    assert house.broadcast().stage is Stage.CANCELLED
