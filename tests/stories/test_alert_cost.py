"""What one recipient of a broadcast costs: requests to the table and write units, from the claim to "delivered"."""

from typing import Any

import pytest

from chalicelib.runtime import Runtime
from tests.conftest import Figure
from tests.rehearsal import sweep
from tests.stories.alert_house import AlertHouse, neighbors

TWICE = 2
"""A write, or a look, costs twice as much in a transaction."""
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})


@pytest.fixture
def asked(built: Runtime) -> Any:
    """A house, and the requests that the table gets from now on."""
    sweep()
    house = AlertHouse(built)
    found: list[tuple[str, dict[str, Any]]] = []
    events = house.dynamodb.meta.events

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        found.append((model.name, params))

    events.register("provide-client-params.dynamodb", note, unique_id="cost")
    yield house, found
    events.unregister("provide-client-params.dynamodb", unique_id="cost")


def units(operation: str, params: dict[str, Any]) -> int:
    """Write units of a request whose items are all below a kilobyte; a look in a transaction counts as a write."""
    if operation == "TransactWriteItems":
        return TWICE * len(params["TransactItems"])
    return int(operation in WRITES)


def counted(asked: list[tuple[str, dict[str, Any]]]) -> tuple[int, int]:
    return len(asked), sum(units(*each) for each in asked)


def test_a_recipient_costs_the_same_however_many_there_are(asked: Any, figure: Figure) -> None:
    house, found = asked
    few, many = neighbors()[:5], neighbors()[5:25]
    house.join(*few, *many)
    costs = {}
    for name, people in (("few", few), ("many", many)):
        house.begin(people, id=f"broadcast-to-{name}")
        found.clear()
        house.send()
        sending = counted(found)
        found.clear()
        house.world.run_until_idle()
        costs[name] = (*sending, *counted(found))

    requests, writes, callbacks, callback_writes = (
        (more - fewer) / (len(many) - len(few))
        for more, fewer in zip(costs["many"], costs["few"], strict=True)
    )
    figure(
        f"one recipient of a broadcast: {requests:.0f} requests and {writes:.0f} write units to send, "
        f"{callbacks:.0f} and {callback_writes:.0f} for what Twilio reports"
    )
    assert requests <= 2.1
    assert (writes, callback_writes) == (7, 1)
    assert callbacks <= 3
