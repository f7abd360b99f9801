"""Claims while others claim and stop at the very same moment, on the two tables that are right about it."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.claims import Claims, NotWanted
from chalicelib.adapters.store import Repeated, Stale
from chalicelib.adapters.subscribers import Said, Subscribers
from chalicelib.adapters.table import Table
from chalicelib.domain.broadcast import ClaimState
from chalicelib.domain.claim import Claim
from chalicelib.domain.subscriber import Evidence, Moment
from chalicelib.domain.subscriber_events import Confirmed, Event, Joined, Stopped
from chalicelib.domain.subscriber_machine import advance_everywhere
from chalicelib.views.again import tried
from tests.crowd import at_once
from tests.stores import BACKENDS, CONTENDED, fresh_table
from tests.values import NOW

FAMILIES = "families-28"
PEOPLE = tuple(f"{nth:02x}" + "0" * 30 for nth in range(16))
WORKERS = 3


@pytest.fixture(scope="module", params=CONTENDED)
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    with BACKENDS[request.param]() as dynamodb:
        yield fresh_table(dynamodb)


@dataclass(frozen=True, slots=True)
class Done:
    """What one thread did about one person, when it began and when it was done."""

    who: str
    what: str
    began: float
    ended: float


def says(table: Table, who: str, event: type[Any], sid: str, minute: int) -> None:
    subscribers, at = Subscribers(table), NOW + timedelta(minutes=minute)
    told: Event = event(Evidence(id=sid, at=at, shown="v1"))

    def take() -> None:
        standing = subscribers.standing(who)
        changes = advance_everywhere(standing.with_programme(FAMILIES), (), told, Moment(at, "v1"))
        subscribers.take(Said(sid, at, "+14045550123"), standing, changes)

    tried(take)


def claims(table: Table, who: str, worker: int, broadcast: str) -> str:
    claim = Claim(
        broadcast=broadcast, token="t" * 24, phone_key=who, state=ClaimState.CLAIMED, at=NOW, attempt=str(worker),
        number="+14045550123",
    )  # fmt: skip
    while True:
        try:
            Claims(table).claim(replace(claim), FAMILIES)
        except Stale:
            continue
        except (Repeated, NotWanted) as refused:
            return type(refused).__name__
        return "claimed"


def test_of_many_workers_one_has_the_claim_and_after_a_stop_none_has(table: Table) -> None:
    for who in PEOPLE:
        says(table, who, Joined, f"join-{who}", 0)
        says(table, who, Confirmed, f"yes-{who}", 1)

    done = at_once(len(PEOPLE) * (WORKERS + 1), lambda nth: _one(table, nth))

    claimed = [each for each in done if each.what == "claimed"]
    stopped = {each.who: each.ended for each in done if each.what == "stopped"}
    assert max(Counter(each.who for each in claimed).values(), default=0) <= 1
    assert len(stopped) == len(PEOPLE)
    assert all(each.began < stopped[each.who] for each in claimed)
    for who in PEOPLE:
        assert claims(table, who, 9, "a-later-broadcast") == "NotWanted"
        there = table.get(keys.claim("broadcast-1", who[:2], "t" * 24))
        assert (there is not None) == any(each.who == who for each in claimed)


def _one(table: Table, nth: int) -> Done:
    """One worker claims, or the person stops, all at the same moment, in no order."""
    who, part = PEOPLE[nth % len(PEOPLE)], nth // len(PEOPLE)
    began = time.monotonic()
    if part == 0:
        says(table, who, Stopped, f"stop-{who}", 2)
        return Done(who, "stopped", began, time.monotonic())
    what = claims(table, who, part, "broadcast-1")
    return Done(who, what, began, time.monotonic())
