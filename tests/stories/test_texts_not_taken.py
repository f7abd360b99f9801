"""A stop that we fail to take is not lost: Twilio is told so and asks again, and somebody can be woken."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib.domain.subscriber import State
from tests.rehearsal import Rehearsal, rehearsing
from tests.stories.text_house import FALLBACK, INBOUND, ours_alone, sid_of, state, subscribe, webhook


@pytest.fixture
def house() -> Iterator[Rehearsal]:
    with rehearsing() as made:
        yield ours_alone(made)


def counted(out: str, metric: str) -> int:
    """How often a metric was counted, by what CloudWatch would read."""
    lines = (json.loads(line) for line in out.splitlines() if f'"{metric}"' in line)
    return sum(int(sum(line[metric])) for line in lines)


def down(model: Any, **_: Any) -> None:
    raise ConnectionClosedError(endpoint_url="https://dynamodb/")


@pytest.mark.parametrize("again", [INBOUND, FALLBACK])
def test_a_stop_we_fail_to_take_is_counted_and_taken_when_it_comes_again(
    house: Rehearsal, capsys: pytest.CaptureFixture[str], again: str
) -> None:
    subscribe(house)
    capsys.readouterr()
    events = house.dynamodb.meta.events

    events.register("before-call.dynamodb", down)
    failed = webhook(house, "STOP", sid_of(7))
    events.unregister("before-call.dynamodb", down)

    assert failed == (503, [])
    assert counted(capsys.readouterr().out, "NeedsSomebody") == 1
    assert state(house) is State.SUBSCRIBED

    status, told = webhook(house, "STOP", sid_of(7), path=again)
    assert (status, len(told), state(house)) == (200, 1, State.STOPPED)
    assert counted(capsys.readouterr().out, "NeedsSomebody") == 0
