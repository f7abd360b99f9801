"""Texts at the edges: races of opposite words, forms that pester a stranger, numbers abroad, robots, long outages.

What a second reader of the texts doubted: each story failed before what it tells was true.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.campaign import Status
from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.programme import version_of
from chalicelib.domain.subscriber import State
from chalicelib.domain.words import Language, Words
from chalicelib.runtime import Runtime
from chalicelib.views import texting
from dev.phone_world import CreateFault
from tests.rehearsal import ANA, LUIS, SLUG, Rehearsal, campaign, sweep, texts_of
from tests.stories.signing_house import Signing
from tests.stories.text_house import (
    on_the_roll,
    ours_alone,
    rows,
    sid_of,
    state,
    subscribe,
    webhook,
)

WATER = "clean-water"
HOUR = 3600.0
ABROAD = ("+442071838750", "+18765550123", "+523312345678")
"""London; Jamaica, whose code looks like one of ours; Guadalajara."""


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    sweep()
    home = ours_alone(Rehearsal(built, built.store._table.client))
    yield home
    assert home.world.complaints == []


@pytest.fixture
def signing(built: Runtime) -> Signing:
    sweep()
    return Signing(built)


def with_water(house: Rehearsal, status: Status = Status.LIVE) -> None:
    """A second programme on the same number."""
    keywords = (Keyword("WATER", WATER, Language.EN), Keyword("AGUA", WATER, Language.ES))
    texts = replace(texts_of(WATER), name=Words("Clean Water", "Agua Limpia"), keywords=keywords)
    made = replace(campaign(house.clock.now().date(), slug=WATER), texts=texts)
    house.runtime.catalog.apply(made, house.clock.now())
    if status is not Status.LIVE:
        found = house.runtime.catalog.campaign(WATER)
        assert found is not None
        house.runtime.catalog.apply(replace(found, status=status), house.clock.now())
    house.world.advance(6)


def meanwhile(house: Rehearsal, what: Callable[[], object]) -> None:
    """Let something happen between the reading and the writing of the next text."""
    events, once = house.dynamodb.meta.events, [what]

    def happens(**_: Any) -> None:
        if once:
            once.pop()()

    events.register("before-call.dynamodb.TransactWriteItems", happens)


@pytest.mark.parametrize("word", ["FAMILIES", "START"])
def test_an_opt_in_word_that_lost_its_race_against_a_later_stop_stays_the_older_one(
    house: Rehearsal, word: str
) -> None:
    subscribe(house)
    house.world.advance(5)

    def says_stop() -> None:
        house.world.advance(1)
        assert webhook(house, "STOP", sid_of(2))[0] == 200
        house.world.advance(1)

    meanwhile(house, says_stop)
    assert webhook(house, word, sid_of(1)) == (200, [])

    assert (state(house), on_the_roll(house)) == (State.STOPPED, [])


def test_a_call_that_lost_its_race_against_a_stop_rings_nobody(house: Rehearsal) -> None:
    subscribe(house)
    meanwhile(house, lambda: webhook(house, "STOP", sid_of(2)))

    assert webhook(house, "CALL", sid_of(1)) == (200, [])
    house.play(5)

    assert house.world.calls == []


def test_two_starts_at_once_are_one_question(house: Rehearsal) -> None:
    told: list[str] = []
    meanwhile(house, lambda: told.extend(webhook(house, "START", sid_of(2))[1]))
    told += webhook(house, "START", sid_of(1))[1]

    assert state(house) is State.PENDING
    assert len([text for text in told if "Reply YES" in text]) == 1


def test_one_number_is_asked_by_one_form_a_day_however_many_campaigns_there_are(signing: Signing) -> None:
    with_water(signing)
    signing.sent()
    signing.settled()
    consent = texting.disclosure(
        signing.runtime.campaign(WATER) or campaign(signing.clock.now().date()), Language.EN
    )
    typed = {"phone": ANA, "consent": version_of(consent)}

    assert signing.post_page(f"/c/{WATER}/texts?lang=en", typed)[0] == 303
    signing.settled()
    assert len(signing.texts_to()) == 1, "a stranger was asked twice for one malicious evening"

    signing.text_us("YES")
    assert signing.stands() is State.SUBSCRIBED
    assert signing.post_page(f"/c/{WATER}/texts?lang=en", typed)[0] == 303
    signing.settled()
    assert "Clean Water" in signing.texts_to()[-1], "who said yes to one may be asked about another"


def test_a_question_that_twilio_takes_only_after_minutes_is_asked_all_the_same(signing: Signing) -> None:
    signing.world.next_creates += [CreateFault.refused(20003, 401)] * 8
    signing.sent()
    signing.settled(900)

    assert len(signing.texts_to()) == 1
    assert signing.stands() is State.PENDING


def test_a_thousand_texts_of_one_number_leave_a_row_of_a_few_lines(house: Rehearsal) -> None:
    for nth in range(60):
        webhook(house, "FAMILIES", sid_of(2 * nth))
        webhook(house, "STOP", sid_of(2 * nth + 1))
        house.world.advance(2)

    standing = house.runtime.subscribers.standing(texting.key_of(ANA))
    assert len(standing.with_programme(SLUG).replied) < 20


def test_where_a_number_stands_is_read_without_its_ledger(house: Rehearsal) -> None:
    for nth in range(6):
        webhook(house, "FAMILIES", sid_of(2 * nth))
        webhook(house, "STOP", sid_of(2 * nth + 1))
        house.world.advance(2)
    found: list[int] = []
    house.dynamodb.meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: found.append(parsed["ScannedCount"])
    )

    house.runtime.subscribers.standing(texting.key_of(ANA))

    assert (len(rows(house)), found[0]) == (12, 1)


def test_start_goes_to_a_campaign_that_still_runs(house: Rehearsal) -> None:
    with_water(house)
    subscribe(house)
    house.set_status(Status.ENDED)
    house.text_us("STOP")
    house.world.advance(HOUR)

    (told,) = house.text_us("START")

    assert "Clean Water" in told and "Reply YES" in told
    assert (state(house), state(house, slug=WATER)) == (State.STOPPED, State.PENDING)


def test_that_a_campaign_has_ended_is_not_said_beside_twilios_own_answer(house: Rehearsal) -> None:
    house.set_status(Status.ENDED)

    assert webhook(house, "START", sid_of(1), OptOutType="START") == (200, [])
    assert len(webhook(house, "FAMILIES", sid_of(2))[1]) == 1


@pytest.mark.parametrize("number", ABROAD)
def test_a_number_abroad_may_stop_and_gets_nothing_else(house: Rehearsal, number: str) -> None:
    for nth, word in enumerate(("FAMILIES", "START", "YES", "HELP", "CALL", "hola")):
        assert webhook(house, word, sid_of(nth), number) == (200, [])
    assert state(house, number) is State.UNKNOWN

    assert webhook(house, "STOP", sid_of(9), number)[0] == 200
    assert state(house, number) is State.STOPPED


def test_who_was_asked_by_twilio_and_says_yes_hears_that_they_are_in(house: Rehearsal) -> None:
    subscribe(house)
    house.world.advance(30)
    assert webhook(house, "START", sid_of(1), OptOutType="START") == (200, [])
    house.world.advance(30)

    (told,) = webhook(house, "YES", sid_of(2))[1]
    assert "already subscribed" in told
    assert webhook(house, "YES", sid_of(3)) == (200, [])
    assert state(house) is State.SUBSCRIBED


def test_a_yes_to_nothing_that_was_asked_is_not_answered(house: Rehearsal) -> None:
    subscribe(house)
    house.world.advance(30)

    assert webhook(house, "YES", sid_of(1)) == (200, [])


@pytest.mark.parametrize("body", ["", "   ", "\u2764\ufe0f", "\U0001f6d1" * 3, "x" * 1700, "\x00", "\x1f"])
def test_no_text_is_too_odd_to_be_taken(house: Rehearsal, body: str) -> None:
    subscribe(house)

    assert webhook(house, body, sid_of(1), NumMedia="1")[0] == 200
    assert state(house) in {State.SUBSCRIBED, State.STOPPED, State.HELD}


def test_after_three_weeks_without_a_schedule_whoever_did_not_answer_is_forgotten(house: Rehearsal) -> None:
    asked_at = house.clock.now()
    house.text_us("FAMILIES")
    house.world.advance(21 * 24 * HOUR)
    for _ in range(24 * 60 + 1):
        house.world.advance(60)
        if house.clock.now().minute == 0:
            house.play_broadcasts()

    assert state(house) is State.UNKNOWN
    assert rows(house)[-1].at == asked_at + timedelta(days=1)


@pytest.mark.parametrize(("code", "status"), [("", 204), ("0", 204), (LUIS, 403), ("²", 403)])
def test_a_status_with_an_odd_code_is_no_fault_and_quoted_nowhere(
    house: Rehearsal, code: str, status: int
) -> None:
    path = "/twilio/texts/nobody-at-all.1/status"
    told = {"MessageStatus": "failed", "ErrorCode": code}

    assert webhook(house, "", sid_of(1), LUIS, path, **told) == (status, [])
