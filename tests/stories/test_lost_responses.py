"""Many calls while every tenth answer of DynamoDB is lost after it took effect: each is counted, and once.

Where this is not built in, it shows at once: 500 plain `ADD`s under the same loss gave 554, for the SDK asks
again, and nobody saw an error (the second test does just that, on the same wire). `make faults` plays 500 calls,
`make test` fewer.
"""

import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, Self

import botocore.endpoint
import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.adapters import keys
from chalicelib.adapters.table import Table, keyed, wire
from chalicelib.runtime import install
from dev import aws
from dev.phone_world import Heard, PickUp, Press, Supporter
from tests.conftest import IS_THOROUGH, THOROUGHLY, Figure
from tests.rehearsal import ENVIRONMENT, Rehearsal
from tests.stores import ministack, runtime_on

CALLS = THOROUGHLY if IS_THOROUGH else 150
LOST = 0.1
SEED = 20261124
WAVE = 50
"""Calls under way together: all at once would each wait eight minutes for their turn."""


class LossyWire:
    """The wire to DynamoDB: every request is carried out, and now and then its answer is lost on the way back."""

    def __init__(self, dynamodb: Any) -> None:
        self._chance = random.Random(SEED)
        self._wire = dynamodb._endpoint.http_session
        self._send = self._wire.send
        self.lost = self.asked = 0

    def __enter__(self) -> Self:
        self._wire.send = self._lossy
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.send = self._send

    def _lossy(self, request: Any) -> Any:
        answer = self._send(request)
        self.asked += 1
        if self._chance.random() < LOST:
            self.lost += 1
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    """On ministack: moto copies its whole table for each transaction, which so many calls make unbearable."""
    with ministack() as client:
        aws.create_table(client, ENVIRONMENT["PATCHTHROUGH_TABLE"])
        yield client


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's wait before it asks again is real time; how often it asks is not touched."""
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))


@pytest.fixture
def house(dynamodb: Any) -> Iterator[Rehearsal]:
    table = Table(dynamodb, ENVIRONMENT["PATCHTHROUGH_TABLE"])
    yield Rehearsal(runtime_on(table, None), dynamodb, offices=1)
    install(None)


def phones() -> list[str]:
    """Numbers that ring nobody, one a call."""
    every = [f"+1{area}55501{line:02}" for area in (213, 305, 312, 602, 713) for line in range(100)]
    return every[:CALLS]


@pytest.mark.faults
def test_so_many_calls_are_so_many_in_the_ledger_and_the_tally_though_answers_are_lost(
    house: Rehearsal, figure: Figure
) -> None:
    numbers = phones()
    house.bear_all(CALLS)
    with LossyWire(house.dynamodb) as wire_:
        for first in range(0, CALLS, WAVE):
            for number in numbers[first : first + WAVE]:
                house.world.add(
                    Supporter(number, [PickUp(), Press("1"), Press("1", when=Heard("How did it go"))])
                )
                house.tap(number)
            house.play()
    house.play(minutes=30)

    ledger, tally = list(house.runtime.store.actions()), house.tally()
    figure(
        f"completions={CALLS} lost_responses={wire_.lost} of {wire_.asked} "
        f"tally={tally.tally} ledger={len(ledger)} seed={SEED}"
    )
    assert wire_.lost > CALLS
    assert (tally.tally, len(ledger), house.difference()) == (CALLS, CALLS, 0)


def test_a_plain_sum_under_the_same_loss_counts_too_much(dynamodb: Any) -> None:
    table = ENVIRONMENT["PATCHTHROUGH_TABLE"]
    key = keyed(keys.tally("plain", "calls", 0))
    with LossyWire(dynamodb) as wire_:
        for _ in range(CALLS):
            dynamodb.update_item(
                TableName=table,
                Key=key,
                UpdateExpression="ADD tally :one",
                ExpressionAttributeValues=wire({":one": 1}),
            )

    plain = int(dynamodb.get_item(TableName=table, Key=key)["Item"]["tally"]["N"])
    assert plain == CALLS + wire_.lost
    assert wire_.lost > 0
