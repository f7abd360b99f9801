"""Somebody signs up on the page, and their handset decides: told by the phone, read in the table afterwards."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.outgoing_texts import Stage
from chalicelib.domain.campaign import Status
from chalicelib.domain.programme import version_of
from chalicelib.domain.subscriber import Source, State
from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime
from chalicelib.views import texting
from tests.rehearsal import ANA, LUIS, SLUG, sweep
from tests.stories.signing_house import PAGE, Signing, plain

R1 = "Neighbors for Families 28 Families: Reply YES to get action alerts"
R1_ES = "Vecinos por las Familias 28 Familias: Responda SI para recibir alertas"


@pytest.fixture
def house(built: Runtime) -> Iterator[Signing]:
    sweep()
    made = Signing(built)
    yield made
    assert made.world.complaints == []


def words(house: Signing, language: Language = Language.EN) -> str:
    campaign = house.runtime.campaign(SLUG)
    assert campaign is not None
    return texting.disclosure(campaign, language)


# All the way.


def test_a_form_is_asked_about_on_the_handset_and_its_yes_signs_up(house: Signing) -> None:
    status, where, _ = house.sent()
    house.settled()

    (question,) = house.texts_to()
    assert (status, question.startswith(R1), house.stands()) == (303, True, State.PENDING)
    page = house.get(where.removeprefix(house.public_url))[2].decode()
    assert "the phone ending in 23" in page
    assert "Text FAMILIES to (202)\u00a0555\u20110142" in page

    (welcome,) = house.text_us("yes")
    assert "You are subscribed" in welcome
    assert [row.number for row in house.runtime.roll.all(SLUG)] == [ANA]


def test_in_spanish_from_the_form_to_the_welcome(house: Signing) -> None:
    _, where, _ = house.sent(language="es")
    house.settled()

    (question,) = house.texts_to()
    assert question.startswith(R1_ES)
    page = house.get(where.removeprefix(house.public_url))[2].decode()
    assert "Responda <b>SI</b>" in page
    assert "Enviar FAMILIAS al" in page
    assert "Ya recibe nuestras alertas" in house.text_us("SI")[0]


def test_the_ledger_says_what_stood_beside_the_box_and_that_it_was_a_form(house: Signing) -> None:
    house.sent()
    house.settled()
    house.text_us("YES")

    asked, agreed = house.ledger()
    assert [(row.was, row.now, row.source) for row in (asked, agreed)] == [
        (State.UNKNOWN, State.PENDING, Source.FORM),
        (State.PENDING, State.SUBSCRIBED, Source.TEXT),
    ]
    shown = house.runtime.subscribers.shown(agreed.shown or "") or ""
    assert asked.shown == agreed.shown == version_of(shown)
    assert shown == f"{words(house)}\n\n{house.texts_to()[0]}"


def test_nobody_is_subscribed_by_a_form_alone(house: Signing) -> None:
    house.sent()
    house.settled()
    house.play(minutes=60 * 26, every=60)

    assert house.stands() is not State.SUBSCRIBED
    assert (len(house.texts_to()), list(house.runtime.roll.all(SLUG))) == (1, [])


# Once.


def test_a_form_that_is_sent_twice_texts_once(house: Signing) -> None:
    house.sent()
    house.sent()
    house.settled()
    house.sent(language="es")
    house.settled()

    assert (house.asked_twilio(), len(house.texts_to()), len(house.ledger())) == (1, 1, 1)


def test_the_same_request_of_a_program_is_the_same_form(house: Signing) -> None:
    proof = house.proof()
    first = house.asks(proof=proof)
    second = house.asks(proof=proof)
    house.settled()

    assert first == second
    assert (first["http"], len(house.forms()), house.asked_twilio()) == (202, 1, 1)


def test_a_proof_is_good_for_one_phone(house: Signing) -> None:
    proof = house.proof()
    house.asks(proof=proof)
    other = house.asks(LUIS, proof=proof)
    house.settled()

    assert (other["http"], other["error"]["code"]) == (400, "proof_refused")
    assert house.texts_to(LUIS) == []


def test_a_phone_is_asked_once_a_day_however_many_forms_are_sent(house: Signing) -> None:
    for hour in range(23):
        house.sent()
        house.settled()
        assert house.asked_twilio() == 1, hour
        house.world.advance(3600)

    house.world.advance(2 * 3600)
    house.sent()
    house.settled()
    assert (house.asked_twilio(), house.stands()) == (2, State.PENDING)


@pytest.mark.parametrize("copies", [(0.0, 0.0), (0.0, 180.0), (0.0, 0.0, 900.0)])
def test_a_message_that_comes_again_texts_nothing(house: Signing, copies: tuple[float, ...]) -> None:
    house.queue.copies = lambda: copies
    house.sent()
    house.settled(1000)

    assert (house.asked_twilio(), len(house.texts_to())) == (1, 1)


# What the number is to us is the handset's alone.

Before = Callable[[Signing], None]
"""What a number said before the form."""


def unknown(_: Signing) -> None:
    """Nobody knows it."""


def pending(house: Signing) -> None:
    house.text_us("FAMILIES")


def subscribed(house: Signing) -> None:
    house.text_us("FAMILIES")
    house.text_us("YES")


def stopped(house: Signing) -> None:
    house.text_us("STOP")


def held(house: Signing) -> None:
    subscribed(house)
    house.text_us("STOP ICE")


def never_rung(house: Signing) -> None:
    table = house.runtime.outgoing_texts.table
    table.put(keys.stop(texting.key_of(ANA)), {"type": "stop", "version": 1})


STATES = [unknown, pending, subscribed, stopped, held, never_rung]


def said(house: Signing) -> list[object]:
    """All that page and API say of a number, before and after the worker has looked at it; forms' names apart."""
    status, where, page = house.sent()
    path = where.removeprefix(house.public_url)
    shown = house.get(path)
    house.settled()
    later, told = house.get(path), house.asks()
    location = told["headers"].pop("location")
    assert location.startswith(f"{PAGE}?sent=")
    return [
        status,
        plain(where),
        page,
        *((each[0], each[1], plain(each[2].decode())) for each in (shown, later)),
        told,
    ]


def test_page_and_api_say_the_same_of_every_number_to_the_byte(built: Runtime) -> None:
    found = []
    for before in STATES:
        sweep()
        house = Signing(built)
        before(house)
        found.append(said(house))

    assert len(found) == len(STATES)
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("before", [stopped, subscribed, held, pending], ids=lambda each: each.__name__)
def test_a_form_asks_nobody_who_has_said_something(house: Signing, before: Before) -> None:
    before(house)
    was, texted, rows = house.stands(), len(house.texts_to()), house.ledger()
    house.sent()
    house.settled()

    assert (house.stands(), len(house.texts_to()), house.asked_twilio()) == (was, texted, 0)
    assert house.ledger() == rows


def test_a_form_never_leads_out_of_a_stop_and_the_word_it_names_does(house: Signing) -> None:
    house.text_us("STOP")
    for _ in range(3):
        house.sent()
        house.settled()
        assert house.text_us("yes") == []
    assert house.stands() is State.STOPPED

    (question,) = house.text_us("FAMILIES")
    assert question.startswith(R1)
    house.text_us("YES")
    assert house.stands() is State.SUBSCRIBED


def test_who_asked_never_to_be_called_is_not_texted_by_anybody_s_form(house: Signing) -> None:
    never_rung(house)
    house.sent()
    house.settled()

    assert (house.texts_to(), house.ledger()) == ([], ())


# The number's own life.


def test_the_number_stands_in_the_table_until_it_is_asked_and_no_longer(house: Signing) -> None:
    house.queue.copies = lambda: (30.0,)
    house.sent()
    (waiting,) = house.forms()
    assert waiting["number"]["S"] == ANA
    assert int(waiting["expires_at"]["N"]) == int((house.clock.now() + timedelta(hours=1)).timestamp())

    house.settled(40)
    assert [item for item in house.rows() if ANA in str(item)] == []
    (kept,) = house.kept()
    assert (kept.stage, kept.ends, bool(kept.sid)) == (Stage.SENT, "23", True)


@pytest.mark.parametrize("before", [stopped, never_rung], ids=lambda each: each.__name__)
def test_of_who_wants_nothing_the_number_is_forgotten_too(house: Signing, before: Before) -> None:
    before(house)
    house.sent()
    house.settled()

    assert [item for item in house.forms() if ANA in str(item)] == []


def test_a_question_that_comes_an_hour_late_is_not_asked(house: Signing) -> None:
    house.queue.copies = lambda: (3601.0,)
    house.sent()
    house.settled(3700)

    assert (house.texts_to(), house.stands(), house.kept()) == ([], State.UNKNOWN, [])


# In the way.


@pytest.mark.parametrize("status", [Status.PAUSED, Status.ENDED])
def test_a_campaign_that_rests_meanwhile_asks_nobody(house: Signing, status: Status) -> None:
    house.queue.copies = lambda: (30.0,)
    house.sent()
    house.set_status(status)
    house.settled(60)

    assert (house.texts_to(), house.stands()) == ([], State.UNKNOWN)


def test_a_stop_that_overtakes_the_question_wins(house: Signing) -> None:
    house.queue.copies = lambda: (30.0,)
    house.sent()
    house.text_us("STOP")
    house.settled(60)

    assert (house.asked_twilio(), house.stands()) == (0, State.STOPPED)


def test_the_page_of_a_form_that_is_gone_is_the_form(house: Signing) -> None:
    assert 'name="consent"' in house.get(f"{PAGE}?sent=nothing-here&lang=en")[2].decode()
