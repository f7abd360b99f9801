"""The search for the canary finds what it looks for: one leak for each sink, put there on purpose."""

import logging
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from rich.console import Console

from chalicelib import observability
from chalicelib.adapters.letter_queue import LetterTurn
from chalicelib.adapters.phone import Placing
from chalicelib.domain.words import Words
from chalicelib.runtime import Runtime
from tests.rehearsal import (
    OUR_NUMBER,
    PUBLIC_URL,
    SLUG,
    campaign,
    sweep,
)
from tests.stories.canary_house import (
    CANARY,
    NAME,
    SINKS,
    CanaryHouse,
    escapes,
    finds,
    listening,
)


def _told_twilio(house: CanaryHouse) -> None:
    url = f"{PUBLIC_URL}/?who=313-555-0187"
    house.runtime.phone().place(Placing(CANARY, OUR_NUMBER, url, PUBLIC_URL, PUBLIC_URL))


def _kept_after_the_end(house: CanaryHouse) -> None:
    call_id = house.talk(0)
    session = house.session(call_id)
    house.runtime.store.commit(session, replace(session, phone=CANARY), ())


def _named_in_a_page(house: CanaryHouse) -> None:
    named = replace(campaign(house.clock.now().date()), heading=Words(NAME, NAME), revision=1)
    house.runtime.catalog.apply(named, house.clock.now())
    house.world.advance(6)
    house.get(f"/c/{SLUG}")


def _escaped(house: CanaryHouse) -> None:
    with escapes(house.ears):
        raise ValueError(f"{CANARY} is not a stage")


SEEDS: list[tuple[str, str, Callable[[CanaryHouse], object]]] = [
    ("log", "a number in a library's debug line", lambda _h: logging.getLogger("any").debug("to %s", CANARY)),
    (
        "log",
        "a number as a fact",
        lambda _h: logging.getLogger("any").info("x", extra={"to": "(313) 555-0187"}),
    ),
    ("log", "an unkeyed hash", lambda _h: logging.getLogger("any").info(sha256(CANARY.encode()).hexdigest())),
    ("log", "a traceback", lambda _h: logging.getLogger("any").error("x", exc_info=ValueError(NAME))),
    ("output", "a name on stdout", lambda _h: Console().print(NAME)),
    ("metric", "a dimension", lambda _h: observability._counted.series.update({("Step", CANARY): 1})),
    ("our URL", "a query", lambda house: house.get(f"/c/{SLUG}?tel=%2B1+313+555+0187")),
    ("Twilio URL", "a filter", lambda house: house.runtime.phone()._client().calls.list(to=CANARY)),
    ("Twilio request", "a callback's address", _told_twilio),
    ("answer", "a name on a page", _named_in_a_page),
    ("DynamoDB request", "a key", lambda house: house.runtime.store.watch(CANARY, house.clock.now())),
    ("DynamoDB request", "a number kept after the end", _kept_after_the_end),
    ("queue message", "a number for an id", lambda house: house.runtime.ring_queue.send(CANARY, 600)),
    (
        "queue message",
        "a name for a letter",
        lambda house: house.runtime.letter_queue.send(LetterTurn(NAME), 0),
    ),
    ("escaped error", "an error that quotes", _escaped),
    ("SES tags", "a name as a tag", lambda house: house.ears.hear("SES tags", {"letter": NAME})),
]


@pytest.mark.parametrize(
    ("sink", "what", "leak"), SEEDS, ids=lambda seed: seed if isinstance(seed, str) else ""
)
def test_a_leak_is_found(
    built: Runtime,
    capfd: pytest.CaptureFixture[str],
    sink: str,
    what: str,
    leak: Callable[[CanaryHouse], object],
) -> None:
    sweep()

    with listening(built.store._table.client, capfd) as ears:
        leak(CanaryHouse(built, ears))

    assert sink in ears.leaks(), what


def test_every_sink_has_a_leak_that_is_found() -> None:
    assert {sink for sink, _, _ in SEEDS} == set(SINKS)


def test_no_chance_text_is_taken_for_the_canary() -> None:
    for text in (
        "2026-12-09T15:42:00",
        "phone ends in 87",
        "+13135550123",
        "canary",
        "call-id-of-twenty-0187",
    ):
        assert not finds(text), text
