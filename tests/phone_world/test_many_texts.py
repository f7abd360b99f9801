"""A broadcast's worth of texts: what one costs does not grow with how many there are."""

import sys
from collections.abc import Callable

from dev.phone_world import OurNumber, TextFate
from tests.phone_world.tiny_app import BASE, Stage, stage

SERVICE = "MG" + "2" * 32
MANY = 1500


def create(staged: Stage, nth: int) -> str:
    return str(
        staged.client.messages.create(
            to=f"+1404{5550000 + nth}",
            messaging_service_sid=SERVICE,
            body="Call today.",
            status_callback=f"{BASE}/text-status",
        ).sid
    )


def calls_of(action: Callable[[], object]) -> int:
    """How many Python functions are called meanwhile."""
    called = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal called
        called += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return called


def test_the_last_of_many_texts_costs_what_the_first_did() -> None:
    staged = stage({}, ours=OurNumber(service=SERVICE))
    create(staged, 0)
    first = calls_of(lambda: create(staged, 1))
    fetched = calls_of(lambda: staged.client.messages(staged.world.texts[0].sid).fetch())
    for nth in range(2, MANY):
        create(staged, nth)

    assert calls_of(lambda: create(staged, MANY)) <= 1.1 * first
    assert calls_of(lambda: staged.client.messages(staged.world.texts[0].sid).fetch()) <= 1.1 * fetched
    staged.world.run_until_idle()
    assert len(staged.app.at("/text-status")) == 3 * (MANY + 1)
    assert {text.fate for text in staged.world.texts} == {TextFate()}
