"""Planners and dispatchers at once, each in its own thread, on tables that take many: one list, one minute's worth."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.domain.broadcast import Stage
from chalicelib.domain.broadcast_chunks import fresh
from chalicelib.domain.broadcast_pacing import BRAND, TEN_DLC, pacific_day
from chalicelib.views.broadcasting import dispatch, plan
from tests.stores import BACKENDS, CONTENDED
from tests.stories.broadcast_house import House
from tests.values import NOW

PLANNERS, DISPATCHERS = 3, 12
CHUNKS = 256
SENDER = TEN_DLC[1]
"""Low trust: 12 segments a second, 10,000 a day."""
A_MINUTES_WORTH = 648
LONG = float("inf")


@pytest.fixture(scope="module", params=CONTENDED)
def contended(request: pytest.FixtureRequest) -> Iterator[Any]:
    with BACKENDS[request.param]() as dynamodb:
        yield dynamodb


def at_once(threads: int, work: Callable[[int], None]) -> None:
    """Do it in so many threads, which begin together."""
    barrier = Barrier(threads)

    def begin(number: int) -> None:
        barrier.wait()
        work(number)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(begin, range(threads)))


def test_planners_at_once_make_one_list_while_people_leave(contended: Any) -> None:
    house = House(contended)
    joined = [*house.joins("00", range(1_100)), *house.joins("01", range(3)), *house.joins("ff", range(500))]
    gone = set(joined[::97])
    house.armed()

    def work(number: int) -> None:
        if number == 0:
            for key in gone:
                house.leaves(key)
        else:
            plan("b-1", LONG)

    at_once(PLANNERS + 1, work)
    plan("b-1", LONG)

    listed = house.recipients()
    assert house.broadcast().stage is Stage.SENDING
    assert len(listed) == len(set(listed)) == house.broadcast().planned
    assert set(listed) | gone == set(joined)


def test_dispatchers_at_once_spend_a_minutes_worth_once(contended: Any) -> None:
    house = House(contended)
    house.sending(
        (fresh("", f"{n:02x}", 0, [f"{n:02x}{0:030x}"] * 5) for n in range(CHUNKS)), sender=SENDER.name
    )

    at_once(DISPATCHERS, lambda _: dispatch())

    turns = [each.turn for each in house.queue.sent]
    sent = sum(each.recipients for each in turns)
    assert 0 < sent <= A_MINUTES_WORTH + 1
    assert len({each.shard for each in turns}) == len(turns)
    assert sent <= house.runtime.broadcasts.spent(BRAND, pacific_day(NOW)) <= A_MINUTES_WORTH + 1


def test_a_day_is_spent_to_its_last_segment_and_not_beyond_by_many_at_once(contended: Any) -> None:
    house = House(contended)
    broadcasts, day = house.runtime.broadcasts, pacific_day(NOW)
    taken: list[int] = []

    def work(number: int) -> None:
        taken.extend(number + 1 for _ in range(20) if broadcasts.spend_cap(BRAND, day, number + 1, 1_000))

    at_once(DISPATCHERS, work)

    assert sum(taken) == broadcasts.spent(BRAND, day)
    assert 1_000 - DISPATCHERS < broadcasts.spent(BRAND, day) <= 1_000
