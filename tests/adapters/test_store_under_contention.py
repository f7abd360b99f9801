"""The store with many threads at once, on the two tables that are right about it: what is exact stays exact."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.store import Stale, Store
from chalicelib.adapters.table import Table
from chalicelib.domain.call import CallSession, Stage
from chalicelib.domain.counts import Action, Basis, Channel, Outcome, counted, difference
from chalicelib.domain.events import Count
from chalicelib.domain.limits import Caller
from chalicelib.domain.words import Language
from chalicelib.runtime import install
from chalicelib.views import tap
from tests.crowd import at_once
from tests.rehearsal import ANA, SLUG, campaign
from tests.stores import BACKENDS, CONTENDED, THREADS, fresh_table, runtime_on
from tests.values import CALL_ID, NOW, session


@pytest.fixture(scope="module", params=CONTENDED)
def contended(request: pytest.FixtureRequest) -> Iterator[Any]:
    with BACKENDS[request.param]() as dynamodb:
        yield dynamodb


@pytest.fixture
def busy(contended: Any) -> Store:
    return Store(fresh_table(contended))


def action(call: str = CALL_ID) -> Action:
    return Action(f"{call}-0", SLUG, Channel.CALLS, "ero-atl", Outcome.SPOKE, Basis.KEY, 42, NOW)


def opened(store: Store, **changes: Any) -> CallSession:
    made = session(**changes)
    store.open_call(made, Caller(open_call=made.id))
    return made


def moved(before: CallSession) -> CallSession:
    return replace(before, step=before.step + 1)


def test_64_threads_against_a_ceiling_of_20_get_20(busy: Store) -> None:
    taken = at_once(THREADS, lambda _: busy.spend("source", "15", 20, NOW + timedelta(hours=2)))

    assert sorted(taken) == [False] * 44 + [True] * 20


def test_64_threads_that_ask_for_a_turn_get_64_turns_evenly_spaced(busy: Store) -> None:
    step = timedelta(seconds=0.25)

    turns = at_once(THREADS, lambda _: busy.reserve("voice", NOW, step))

    assert sorted(turns) == [NOW + step * each for each in range(THREADS)]


def test_40_threads_that_commit_one_counting_event_count_it_once(busy: Store) -> None:
    before = opened(busy, stage=Stage.ASKING)

    results = at_once(40, lambda _: busy.commit(before, moved(before), [Count(action())]))

    assert [type(result) for result in results].count(CallSession) == 1
    assert [type(result) for result in results].count(Stale) == 39
    assert len(list(busy.actions())) == busy.tally(SLUG, Channel.CALLS).tally == 1


def test_40_calls_that_end_together_are_40_in_the_tally(busy: Store) -> None:
    begun = [opened(busy, id=f"call-number-{each}", phone_key=f"key-{each}") for each in range(40)]

    def count_it(index: int) -> CallSession:
        while True:
            try:
                return busy.commit(begun[index], moved(begun[index]), [Count(action(begun[index].id))])
            except Stale:
                continue

    at_once(40, count_it)

    assert busy.tally(SLUG, Channel.CALLS).tally == 40
    assert difference(counted(busy.actions()), busy.tally(SLUG, Channel.CALLS)) == 0


class QueueWire:
    """What the ring queue's client sees of SQS."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:  # noqa: N803
        self.sent.append(MessageBody)


@pytest.fixture
def queue(contended: Any) -> Iterator[QueueWire]:
    """The app on the contended table, and its ring queue."""
    table, wired = fresh_table(contended), QueueWire()
    applied(table)
    install(runtime_on(table, wired))
    yield wired
    install(None)


def applied(table: Table) -> None:
    catalog, asked = Catalog(table), campaign(NOW.date())
    for office in asked.offices:
        catalog.put_office(office)
    catalog.apply(asked, NOW)


def test_64_taps_of_one_phone_at_once_are_one_open_call(queue: QueueWire) -> None:
    spellings = [ANA, "(404) 555-0123", "404.555.0123", "1-404-555-0123"]

    def asked(n: int) -> CallSession:
        wanted = tap.Wanted(
            phone=spellings[n % 4],
            language=Language.EN,
            consent="call-1",
            source=f"203.0.113.{n}",
            proof=None,
        )
        return tap.create_call(SLUG, wanted)

    calls = at_once(THREADS, asked)

    assert [call for call in calls if isinstance(call, Exception)] == []
    assert len({call.id for call in calls}) == len(queue.sent) == 1
