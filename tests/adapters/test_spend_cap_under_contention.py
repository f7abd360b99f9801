"""The spend guard with 64 workers at once, on the road that real calls take: exactly so many are placed."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Lock
from typing import Any

import pytest
from twilio.http import HttpClient
from twilio.http.response import Response

from chalicelib.adapters.catalog import Catalog
from chalicelib.domain.call import Ending, Stage
from chalicelib.domain.campaign import Limits
from chalicelib.domain.limits import Caller, calls_of, day_of
from chalicelib.runtime import Runtime, install, runtime
from chalicelib.views import workers
from tests.conftest import Figure
from tests.rehearsal import SLUG, campaign
from tests.stores import BACKENDS, CONTENDED, THREADS, fresh_table, runtime_on
from tests.values import NOW, session

CAP, CALLS = 100, 160
DELIVERIES = 2
"""How often the queue brings each message."""


class CountingWire(HttpClient):  # type: ignore[misc]  # twilio has no types
    """A Twilio that takes every call, and counts how often it was asked for each phone."""

    def __init__(self) -> None:
        super().__init__(None, False, None)
        self.asked: Counter[str] = Counter()
        self.lock = Lock()

    def request(
        self, _method: str, _url: str, _params: Any = None, data: Any = None, *_: Any, **__: Any
    ) -> Response:
        with self.lock:
            self.asked[data["To"]] += 1
            sid = f"CA{sum(self.asked.values()):032x}"
        return Response(201, json.dumps({"sid": sid, "status": "queued"}))


class NoQueue:
    """What the ring queue's client sees of SQS; nothing is delayed here, so nothing is put back."""

    def send_message(self, **_: object) -> None:
        raise AssertionError("a message was sent")


@pytest.fixture(params=CONTENDED)
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def twilio(backend: str) -> Iterator[CountingWire]:
    """The app on a table that is right under contention, its campaign capped, and so many calls that wait."""
    wire = CountingWire()
    with BACKENDS[backend]() as dynamodb:
        table = fresh_table(dynamodb)
        asked = replace(campaign(NOW.date()), limits=Limits(rings_a_day=CAP))
        catalog = Catalog(table)
        for office in asked.offices:
            catalog.put_office(office)
        catalog.apply(asked, NOW)
        built: Runtime = replace(runtime_on(table, NoQueue()), http=wire)
        install(built)
        for number in range(CALLS):
            waiting = session(id=call_id(number), phone=f"+1404555{number:04}", phone_key=f"key-{number}")
            built.store.open_call(waiting, Caller(open_call=waiting.id))
        yield wire
        install(None)


def call_id(number: int) -> str:
    return f"call-under-a-cap-{number:04}"


def test_64_threads_that_place_calls_against_a_cap_of_100_place_exactly_100(
    twilio: CountingWire, backend: str, figure: Figure
) -> None:
    deliveries = [call_id(number) for number in range(CALLS)] * DELIVERIES
    start = Barrier(THREADS)

    def work(messages: list[str]) -> None:
        start.wait()
        for message in messages:
            workers.place(message)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, [deliveries[each::THREADS] for each in range(THREADS)]))

    r = runtime()
    ends = Counter((call.stage, call.ending) for call in map(loaded, range(CALLS)))
    counted = r.store.spent(calls_of(SLUG), day_of(NOW))
    figure(
        f"spend_cap={CAP} calls={CALLS} deliveries={len(deliveries)} placed={twilio.asked.total()} ({backend})"
    )
    assert twilio.asked.total() == len(twilio.asked) == counted == CAP
    assert ends == {(Stage.RINGING, None): CAP, (Stage.ENDED, Ending.BUDGET): CALLS - CAP}


def loaded(number: int) -> Any:
    found = runtime().store.call(call_id(number), NOW)
    assert found is not None
    return found
