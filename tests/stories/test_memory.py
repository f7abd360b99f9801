"""How long a process may believe what it read of a campaign: three seconds of the wall clock, from when it asked.

Before a ring it looks once more, for a slow table may have let that time pass since it claimed the call.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters import campaign_moves
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.runtime import CAMPAIGN_SECONDS, Runtime
from dev.phone_world import Supporter
from tests.rehearsal import ANA, SLUG, Rehearsal, sweep
from tests.stories.placing_house import TALK


class Process:
    """A process of its own, whose wall clock is moved by hand, and whose monotonic one stands still."""

    def __init__(self, built: Runtime) -> None:
        self.seconds = 1000.0
        self.runtime = replace(
            built, aging=lambda: self.seconds, monotonic=lambda: 0.0, _campaigns={}, _listings={}
        )

    def knows(self) -> Status:
        found = self.runtime.campaign(SLUG)
        assert isinstance(found, Campaign)
        assert {row.status for row in self.runtime.listings()} == {found.status}
        return found.status


@pytest.fixture
def house(built: Runtime) -> Rehearsal:
    sweep()
    return Rehearsal(built, built.store._table.client)


def pause(house: Rehearsal) -> None:
    campaign_moves.move(house.runtime.catalog, SLUG, Status.PAUSED, "Dana R.", house.clock.now())


def test_a_process_that_was_frozen_for_minutes_reads_anew(house: Rehearsal) -> None:
    """While a Lambda is frozen its monotonic clock may stand still; the pause must not wait for that."""
    process = Process(house.runtime)
    assert process.knows() is Status.LIVE
    pause(house)

    process.seconds += CAMPAIGN_SECONDS
    assert process.knows() is Status.LIVE
    process.seconds += 0.1
    assert process.knows() is Status.PAUSED


def test_an_answer_that_takes_its_time_is_as_old_as_its_question(house: Rehearsal) -> None:
    process, events = Process(house.runtime), house.dynamodb.meta.events

    def slowly(**_: object) -> None:
        process.seconds += 1.0

    events.register("after-call.dynamodb", slowly, unique_id="slowly")
    asked_at = process.seconds
    process.runtime.campaign(SLUG)
    events.unregister("after-call.dynamodb", unique_id="slowly")
    pause(house)

    assert process.seconds > asked_at + 1
    process.seconds = asked_at + CAMPAIGN_SECONDS + 0.1
    assert process.knows() is Status.PAUSED


def test_by_itself_it_goes_by_the_wall_clock(built: Runtime) -> None:
    assert built.aging is time.time


def test_a_pause_while_a_slow_table_takes_the_claim_rings_nobody_until_it_goes_on(built: Runtime) -> None:
    sweep()
    house = Rehearsal(built, built.store._table.client, offices=1)
    house.world.add(Supporter(ANA, TALK))
    events, name = house.dynamodb.meta.events, "provide-client-params.dynamodb.PutItem"

    def slowly(params: Mapping[str, Any], **_: Any) -> None:
        if params["Item"].get("stage") == {"S": "placing"}:
            events.unregister(name, unique_id="slowly")
            pause(house)
            house.clock.move_to(house.clock.seconds + 12)

    events.register_first(name, slowly, "slowly")
    call = house.tap()
    house.play(minutes=4)
    assert house.world.calls == []
    assert house.state(call["id"])["state"] == "on_pause"

    house.set_status(Status.LIVE)
    house.play(minutes=6)
    assert (house.world.rings(ANA), house.outcomes()) == (1, ["spoke"])
