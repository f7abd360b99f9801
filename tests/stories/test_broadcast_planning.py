"""Who gets a broadcast is listed once, whoever is killed in between, plans beside, joins or leaves."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.broadcast import Move, Stage, moved
from chalicelib.views import broadcasting
from chalicelib.views.broadcasting import PLAN_SECONDS, plan
from tests.conftest import Figure
from tests.stores import moto
from tests.stories.broadcast_house import House
from tests.values import NOW

LATER = NOW + timedelta(minutes=1)
SHARDS = ("00", "01", "a7", "ff")
ALL_SHARDS = 256
LONG = float("inf")


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with moto() as client:
        yield client


@pytest.fixture
def house(dynamodb: Any) -> House:
    """A roll of 1,503: a shard of three chunks, one of one full one, and two of a few people."""
    made = House(dynamodb)
    for shard, count in zip(SHARDS, (1_001, 500, 1, 1), strict=True):
        made.joins(shard, range(count))
    return made


def expected() -> list[str]:
    return [
        f"{shard}{n:030x}"
        for shard, count in zip(SHARDS, (1_001, 500, 1, 1), strict=True)
        for n in range(count)
    ]


def test_everybody_on_the_roll_is_planned_for_once_and_the_broadcast_begins(house: House) -> None:
    house.armed()
    plan("b-1", LONG)

    begun = house.broadcast()
    assert (begun.stage, begun.planned) == (Stage.SENDING, 1_503)
    assert house.recipients() == expected()
    sizes = [
        (chunk.shard, chunk.number, chunk.recipients) for chunk in house.runtime.broadcasts.chunks("b-1")
    ]
    assert sizes == [
        ("00", 0, 500), ("00", 1, 500), ("00", 2, 1), ("01", 0, 500), ("a7", 0, 1), ("ff", 0, 1),
    ]  # fmt: skip


def test_killed_after_every_write_of_the_first_shards_the_next_run_goes_on(house: House) -> None:
    house.armed()
    house.ended(but=SHARDS)
    for _ in range(16):
        with house.killed_after(1):
            plan("b-1", LONG)
    assert house.broadcast().stage is Stage.ARMED
    plan("b-1", LONG)

    assert house.recipients() == expected()
    assert house.broadcast().planned == 1_503


@pytest.mark.parametrize("short", [1, 2, 3])
def test_killed_before_the_last_writes_the_next_run_begins_it(house: House, short: int) -> None:
    house.armed()
    before = house.wire.writes
    house.ended(but=SHARDS)
    writes = len(SHARDS) + 2 * 6 + 1
    with house.killed_after(writes - short):
        plan("b-1", LONG)
    assert house.broadcast().stage is Stage.ARMED
    plan("b-1", LONG)

    assert (house.broadcast().stage, house.broadcast().planned) == (Stage.SENDING, 1_503)
    assert house.recipients() == expected()
    assert house.wire.writes - before >= writes


@pytest.mark.parametrize("others", [2, 1_000])
@pytest.mark.parametrize("write", range(7))
def test_another_planner_who_comes_in_before_any_write_makes_no_second_list(
    house: House, write: int, others: int
) -> None:
    """Meanwhile some of the roll leave, so that the other's chunks are not ours; and the other may be killed soon."""
    house.armed()
    house.ended(but=SHARDS)
    gone = {expected()[n] for n in (0, 600, 1_000, 1_001, 1_501)}

    def another() -> None:
        for key in gone:
            house.leaves(key)
        with house.killed_after(others):
            plan("b-1", LONG)

    house.wire.before_write(house.wire.writes + write, another)
    plan("b-1", LONG)

    listed = house.recipients()
    assert house.broadcast().stage is Stage.SENDING
    assert len(listed) == len(set(listed)) == house.broadcast().planned
    assert set(listed) | gone == set(expected())


def test_who_joins_after_the_count_is_not_in_it_and_who_left_before_their_turn_neither(house: House) -> None:
    house.armed()
    house.ended(but=SHARDS)
    house.joins("00", range(5_000, 5_900), at=LATER)
    with house.killed_after(2):
        plan("b-1", LONG)
    gone = expected()[700]
    house.leaves(gone)
    house.joins("00", [700], at=LATER)
    plan("b-1", LONG)

    assert house.recipients() == [key for key in expected() if key != gone]
    assert house.broadcast().planned == 1_502


def test_who_leaves_after_their_chunk_was_listed_stays_listed(house: House) -> None:
    """They get a claim that says so; the list doesn't change."""
    house.armed()
    house.ended(but=SHARDS)
    with house.killed_after(2):
        plan("b-1", LONG)
    house.leaves(expected()[3])
    plan("b-1", LONG)

    assert house.recipients() == expected()


def test_a_run_ends_with_its_time_and_the_next_goes_on(house: House) -> None:
    house.armed()
    house.wire.seconds_each, runs = PLAN_SECONDS / 20, 0
    while house.broadcast().stage is Stage.ARMED:
        plan("b-1", house.wire.seconds + PLAN_SECONDS)
        runs += 1
        assert runs < 40

    assert runs > ALL_SHARDS // 20
    assert house.recipients() == expected()


def test_one_that_was_cancelled_while_it_was_planned_does_not_begin(house: House) -> None:
    ready = house.armed()
    house.ended(but=SHARDS)
    with house.killed_after(12):
        plan("b-1", LONG)
    stopped = house.runtime.broadcasts.move(ready, moved(ready, Move.CANCEL))
    plan("b-1", LONG)
    broadcasting._begin(ready)

    assert house.broadcast() == stopped


def test_an_alert_to_nobody_begins_and_is_over(house: House) -> None:
    house.armed(campaign="nobody-joined")
    plan("b-1", LONG)

    assert house.broadcast().planned == 0


def test_what_planning_a_thousand_costs(dynamodb: Any, figure: Figure) -> None:
    house = House(dynamodb)
    house.joins("00", range(3_000))
    house.armed()
    before = house.wire.units
    plan("b-1", LONG)

    ends = ALL_SHARDS
    a_thousand = (house.wire.units - before - ends) / 3
    figure(f"planning a broadcast: {a_thousand:.1f} write units per 1,000 recipients, and {ends} once")
    assert a_thousand <= 40
