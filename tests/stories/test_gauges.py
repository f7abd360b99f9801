"""The gauges say how things stand, every five minutes and also when all is well."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib.adapters import keys
from chalicelib.domain.campaign import Limits, Status
from chalicelib.domain.counts import Channel
from chalicelib.observability import METRICS, forget, write_counted
from chalicelib.views import gauges
from dev.phone_world.faults import CreateFault, Plan
from dev.phone_world.people import PickUp, Press, Supporter
from tests.rehearsal import ANA, LINES, SLUG, Rehearsal, rehearsing
from tests.test_observability import emf

ALL = {name for name, metric in METRICS.items() if metric.is_gauge}


@pytest.fixture
def house() -> Iterator[Rehearsal]:
    forget()
    with rehearsing() as made:
        yield made


class Gauges:
    """What the schedule wrote since it was last asked: each gauge with its values, in order."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for namespace, name, of, value in emf(self.capsys.readouterr().out):
            if name in ALL:
                assert (namespace, of) == ("Patchthrough/test", {})
                found.setdefault(name, []).append(value)
        return found


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Gauges:
    return Gauges(capsys)


def test_all_are_written_every_five_minutes_also_when_they_are_0(house: Rehearsal, written: Gauges) -> None:
    house.play(minutes=20)

    assert written() == {name: [0, 0, 0, 0] for name in ALL}


def test_a_call_of_unknown_fate_is_counted_until_it_is_known(house: Rehearsal, written: Gauges) -> None:
    house.world.add(Supporter(ANA, ()))
    house.world.next_creates.append(CreateFault.reset())
    house.world.next_plans.extend([Plan.lost()] * 6)
    house.tap()
    house.world.advance(1)

    gauges.write()
    house.reconcile()
    assert written()["Unknown"][0] == 1

    house.play(minutes=15)
    assert written()["Unknown"][-1] == 0


def test_a_sum_that_is_not_that_of_its_parts_is_a_difference(house: Rehearsal, written: Gauges) -> None:
    house.world.add(Supporter(ANA, (PickUp(), *[Press("1")] * 6)))
    house.tap()
    house.play(minutes=5)
    assert house.tally().tally > 0
    assert set(written()["TallyDifference"]) == {0}

    shard = {"type": "tally", "campaign": SLUG, "channel": "calls", "tally": 3, "o_spoke": 1}
    house.runtime.catalog.table.put(keys.tally(SLUG, Channel.CALLS, 7), shard)
    house.play(minutes=5)

    assert written()["TallyDifference"][-1] >= 2


def test_a_line_that_rests_is_down_once_however_many_campaigns_have_it(
    house: Rehearsal, written: Gauges
) -> None:
    office, number = next(iter(LINES.items()))
    house.runtime.catalog.quarantine(office, number, "rings out", house.clock.now())
    house.play(minutes=10)

    assert written()["LinesDown"][-1] == 1


def test_the_campaign_that_has_used_most_of_its_day_is_shown(house: Rehearsal, written: Gauges) -> None:
    asked = house.runtime.catalog.campaign(SLUG)
    assert asked is not None
    house.runtime.catalog.apply(replace(asked, limits=Limits(rings_a_day=3)), house.clock.now())
    house.world.advance(6)
    house.tap()
    house.play(minutes=6)

    assert written()["SpendShare"] == [33.3]


def test_without_a_live_campaign_all_are_written_too(house: Rehearsal, written: Gauges) -> None:
    house.set_status(Status.PAUSED)
    house.play(minutes=6)

    assert written() == {name: [0] for name in ALL}


def test_one_that_cannot_be_read_is_missing_and_keeps_no_other_back(
    house: Rehearsal, written: Gauges
) -> None:
    def down(model: object, params: dict[str, bytes], **_: object) -> None:
        if b"DUE#" in params["body"]:
            raise ConnectionClosedError(endpoint_url="https://dynamodb/")

    house.dynamodb.meta.events.register("before-call.dynamodb", down)
    gauges.write()
    house.dynamodb.meta.events.unregister("before-call.dynamodb", down)
    write_counted()

    assert written().keys() == ALL - {"Unknown"}
