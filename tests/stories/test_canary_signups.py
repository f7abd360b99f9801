"""The canary signs up for texts: its number stands nowhere but in the form that waits, and in what Twilio is asked."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.programme import version_of
from chalicelib.domain.words import Language
from chalicelib.observability import log
from chalicelib.runtime import Runtime, install
from chalicelib.views import texting
from dev.phone_world import CreateFault
from tests.rehearsal import SLUG, sweep
from tests.stories.canary_house import (
    CANARY,
    MALFORMED,
    NAME,
    SPELLINGS,
    CanaryHouse,
    Ears,
    failing,
    invalid,
    listening,
    timed_out,
)

PAGE = f"/c/{SLUG}/texts"
OPERATIONS = ("GetItem", "PutItem", "UpdateItem", "Query", "TransactWriteItems")


class SigningHouse(CanaryHouse):
    """A canary house whose form asks for texts."""

    def __init__(self, built: Runtime, ears: Ears) -> None:
        super().__init__(built, ears)
        config = replace(self.runtime.config, texts_per_phone=1000, signups_per_source=1000)
        self.runtime = replace(self.runtime, config=config)
        install(self.runtime)
        campaign = self.runtime.campaign(SLUG)
        assert campaign is not None
        self.versions = {each.value: version_of(texting.disclosure(campaign, each)) for each in Language}

    def signs_up(self, phone: str = CANARY, language: str = "en") -> None:
        """The page's form and the API, in a language, and the page after it."""
        typed = {"phone": phone, "consent": self.versions[language], "name": NAME}
        status, page = self.post_page(f"{PAGE}?lang={language}", typed)
        assert status in {303, 400, 429, 500}, page
        told = typed | {"language": language, "proof": self.proof()}
        answer = self.post(f"/api/campaigns/{SLUG}/subscriptions", told)
        self.get(answer["headers"].get("location", PAGE))
        self.world.advance(5)

    def a_day(self) -> None:
        self.world.advance(25 * 3600)


def signed_up(house: SigningHouse) -> None:
    for spelling in SPELLINGS:
        house.signs_up(spelling, "es")
        house.a_day()
    assert len([text for text in house.world.texts if text.to == CANARY]) == len(SPELLINGS)


def refused(house: SigningHouse) -> None:
    for typed in (*MALFORMED, NAME, ""):
        house.signs_up(typed)
    with_limit = replace(house.runtime, config=replace(house.runtime.config, texts_per_phone=1))
    install(with_limit)
    house.signs_up()
    house.signs_up()
    install(house.runtime)


def refused_by_twilio(house: SigningHouse) -> None:
    faults = (
        CreateFault.throttled(), CreateFault.reset(), CreateFault.hangs(), CreateFault.broken(placed=True),
        CreateFault.refused(21614), CreateFault.refused(21610),
    )  # fmt: skip
    for fault in faults:
        house.world.next_creates.append(fault)
        house.signs_up()
        house.a_day()


def undelivered(house: SigningHouse) -> None:
    house.signs_up()
    name = house.runtime.outgoing_texts.table.scan("outgoing_text")
    known = {"MessageSid": "SM" + "0" * 32, "Body": NAME, "MessageStatus": "undelivered"}
    for item in list(name):
        for code in ("30006", "21610", CANARY):
            house.webhook(f"/twilio/texts/reply.{item['id']}/status", signature="", ErrorCode=code, **known)
            house.webhook(f"/twilio/texts/reply.{item['id']}/status", ErrorCode=code, **known)


def store_down(house: SigningHouse) -> None:
    for error in (invalid, timed_out):
        for operation in OPERATIONS:
            with failing(house, operation, error=error):
                house.signs_up()
            house.world.advance(4000)


STORIES: list[Callable[[SigningHouse], None]] = [
    signed_up,
    refused,
    refused_by_twilio,
    undelivered,
    store_down,
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_number_is_found_nowhere_but_where_it_must_wait(
    built: Runtime, capfd: pytest.CaptureFixture[str], story: Callable[[SigningHouse], None]
) -> None:
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        story(SigningHouse(built, ears))

    assert ears.leaks() == {}
    assert ears.allowed["waiting form"]
    assert ears.heard["answer"], "nothing was listened to"
    assert ears.heard["DynamoDB request"], "nothing was listened to"
    if story is refused_by_twilio:
        assert ears.allowed["form put back"]


def test_a_number_that_leaks_is_heard(built: Runtime, capfd: pytest.CaptureFixture[str]) -> None:
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        house = SigningHouse(built, ears)
        logging.getLogger("elsewhere").info("signed up %s", CANARY)
        log("signed up", why=CANARY)
        house.get(f"{PAGE}?sent={CANARY}")
        house.runtime.ring_queue.send(CANARY, 0)

    assert set(ears.leaks()) >= {"log", "our URL", "queue message"}
