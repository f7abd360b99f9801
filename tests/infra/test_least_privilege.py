"""Each function's role allows what that function was seen to do in whole calls, and nothing else.

The app, its views and workers are real; every operation is written down at the client that sends it. An
action nobody used is a permission nobody needs; one that no role has would be a failure on AWS alone, for no
emulator here enforces roles.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from dev.phone_world import (
    Answer,
    HangUp,
    OfficeLine,
    PickUp,
    Plan,
    Press,
    Star,
    Supporter,
    Voicemail,
)
from dev.phone_world.faults import CreateFault
from tests.infra.promises import ALLOWED, DRAIN
from tests.rehearsal import ANA, LINES, SLUG, Rehearsal, rehearsing

PART = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}

Used = dict[str, set[str]]


class Watch:
    """Writes down which function sends what. The function is whichever door was entered last."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.used: Used = defaultdict(set)
        self.doors = ["APIHandler"]
        for client in (rehearsal.dynamodb, rehearsal.runtime.secrets._client):
            client.meta.events.register("provide-client-params", self.sent)
        rehearsal.ask = self.through("APIHandler", rehearsal.ask)
        rehearsal.queue.deliver = self.through("Ring", rehearsal.queue.deliver)
        rehearsal.reconcile = self.through("Reconcile", rehearsal.reconcile)  # type: ignore[method-assign]
        rehearsal.queue.send_message = self.enqueued(rehearsal.queue.send_message)  # type: ignore[method-assign]
        self.runtime = rehearsal.runtime

    def forget(self) -> None:
        """Let each function read for itself what one process would remember for all of them."""
        self.runtime.secrets._kept = None
        self.runtime._campaigns.clear()
        self.runtime._never.clear()

    def through(self, function: str, door: Callable[..., Any]) -> Callable[..., Any]:
        def entered(*arguments: Any, **named: Any) -> Any:
            self.forget()
            self.doors.append(function)
            try:
                return door(*arguments, **named)
            finally:
                self.doors.pop()

        return entered

    def enqueued(self, send: Callable[..., Any]) -> Callable[..., Any]:
        def sent(**message: Any) -> Any:
            self.used[self.doors[-1]].add("sqs:SendMessage")
            return send(**message)

        return sent

    def sent(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.signing_name
        parts = {f"{service}:{PART[part]}" for item in params.get("TransactItems", []) for part in item}
        self.used[self.doors[-1]] |= parts or {f"{service}:{model.name}"}


def spoken(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, (PickUp(), *[Press("1")] * 6)))


def hung_up_while_the_office_talks(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, (PickUp(), Press("1"), HangUp(when="connected", after=20))))


def never_again(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, (PickUp(), Press("9"))))


def own_voicemail(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, (Voicemail(),)))


def left_by_star(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(
        Supporter(ANA, (PickUp(), Press("1"), Star(after=3), Press("1"), Press("1"), Press("1")))
    )


def busy_everywhere(rehearsal: Rehearsal) -> None:
    spoken(rehearsal)
    for line in LINES.values():
        rehearsal.world.add(OfficeLine(line, Answer.BUSY))


def throttled(rehearsal: Rehearsal) -> None:
    spoken(rehearsal)
    rehearsal.world.next_creates.append(CreateFault.throttled())


def refused(rehearsal: Rehearsal) -> None:
    rehearsal.world.next_creates.append(CreateFault.refused())


def placed_without_an_answer(rehearsal: Rehearsal) -> None:
    rehearsal.world.add(Supporter(ANA, ()))
    rehearsal.world.next_creates.append(CreateFault.reset())
    rehearsal.world.next_plans.extend([Plan.lost()] * 6)


def never_placed_and_without_an_answer(rehearsal: Rehearsal) -> None:
    rehearsal.world.next_creates.append(CreateFault.unreachable())


def message_lost(rehearsal: Rehearsal) -> None:
    lost = iter([()])
    rehearsal.queue.copies = lambda: next(lost, (0.0,))
    spoken(rehearsal)


STORIES = [
    spoken,
    hung_up_while_the_office_talks,
    never_again,
    own_voicemail,
    left_by_star,
    busy_everywhere,
    throttled,
    refused,
    placed_without_an_answer,
    never_placed_and_without_an_answer,
    message_lost,
]


@pytest.fixture(scope="module")
def used() -> Used:
    """What each function did in all stories together, with every page looked at along the way."""
    together: Used = defaultdict(set)
    for story in STORIES:
        with rehearsing() as rehearsal:
            watch = Watch(rehearsal)
            story(rehearsal)
            call_id = rehearsal.tap()["id"]
            rehearsal.play(minutes=75, every=5)
            for path in ("/", f"/c/{SLUG}", f"/calls/{call_id}", f"/api/campaigns/{SLUG}/counts"):
                rehearsal.get(path)
            for function, actions in watch.used.items():
                together[function] |= actions
    return together


@pytest.mark.parametrize("function", ALLOWED)
def test_a_role_allows_what_its_function_was_seen_to_do_and_nothing_else(used: Used, function: str) -> None:
    own = {action for action, _ in ALLOWED[function] if not action.startswith("logs:")}

    assert used[function] == own - {action for action, _ in DRAIN}


def test_the_watch_tells_the_functions_apart(used: Used) -> None:
    assert "dynamodb:DeleteItem" in used["Reconcile"] - used["Ring"] - used["APIHandler"]
