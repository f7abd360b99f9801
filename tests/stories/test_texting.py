"""A number texts us: one word in, one word out, told by the phone and read in the table afterwards."""

from collections.abc import Iterator

import pytest

from chalicelib.adapters import keys
from chalicelib.domain.subscriber import State
from chalicelib.domain.words import Language
from chalicelib.views import texting
from dev.phone_world.keywords import LONG_CODE
from tests.rehearsal import ANA, LUIS, SLUG, Rehearsal, rehearsing


@pytest.fixture
def house() -> Iterator[Rehearsal]:
    with rehearsing() as made:
        made.world.rules.keywords = LONG_CODE.without("YES", "STOP", "START", "HELP", "UNSTOP")
        yield made


def state(house: Rehearsal, phone: str = ANA) -> State:
    return house.runtime.subscribers.standing(texting.key_of(phone)).with_programme(SLUG).state


def numbers(house: Rehearsal) -> list[str]:
    return [row.number for row in house.runtime.roll.all(SLUG)]


def test_one_word_in_and_one_word_out(house: Rehearsal) -> None:
    asked = house.text_us("FAMILIAS")
    assert [text[:46] for text in asked] == ["Vecinos por las Familias 28 Familias: Responda"]
    assert numbers(house) == []

    welcomed = house.text_us("sí")
    assert "Ya recibe nuestras alertas" in welcomed[0]
    assert (state(house), numbers(house)) == (State.SUBSCRIBED, [ANA])

    (stopped,) = house.text_us("ALTO")
    assert "Se cancelaron sus alertas" in stopped
    assert (state(house), numbers(house)) == (State.STOPPED, [])
    assert house.text_us("ALTO") == []


def test_stop_ice_is_asked_about_and_waits_for_a_person(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    house.text_us("yes")

    (asked,) = house.text_us("STOP ICE")
    assert "To stop all texts reply STOP" in asked
    assert (state(house), numbers(house)) == (State.HELD, [ANA])
    waiting = list(house.runtime.roll._table.scan("inbox_text"))
    assert [(item["desk"], item["text"]) for item in waiting] == [("review", "STOP ICE")]

    house.text_us("FAMILIES")
    assert state(house) is State.SUBSCRIBED


def test_a_text_that_comes_twice_is_taken_once_and_answered_alike(house: Rehearsal) -> None:
    text = {"sid": "SM" + "7" * 32, "number": ANA, "to": "+12025550142", "body": "FAMILIES"}
    first, second = (texting.heard(texting.Text(**text)) for _ in range(2))

    assert first == second
    assert len(house.runtime.subscribers.consents(texting.key_of(ANA))) == 1


def test_help_is_for_a_stranger_and_changes_nothing(house: Rehearsal) -> None:
    (told,) = house.text_us("ayuda", LUIS)

    assert "Ayuda: ayuda@example.org" in told
    assert state(house, LUIS) is State.UNKNOWN


def test_the_words_of_each_consent_are_kept(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    house.text_us("YES")

    rows = house.runtime.subscribers.consents(texting.key_of(ANA))
    shown = [house.runtime.subscribers.shown(row.shown or "") for row in rows]
    assert [row.now for row in rows] == [State.PENDING, State.SUBSCRIBED]
    assert all("Reply YES to get action alerts" in (words or "") for words in shown)


def test_no_number_stands_in_the_table_but_on_the_roll(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    house.text_us("yes")

    held = [item for item in house.rows() if ANA in str(item)]
    assert [item["PK"]["S"] for item in held] == [keys.roll(SLUG, texting.key_of(ANA)).pk]
    house.text_us("stop")
    assert not [item for item in house.rows() if ANA in str(item)]


def test_who_asks_for_spanish_sees_that_it_worked(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    asked = house.text_us("en español")
    welcomed = house.text_us("sí")
    told = house.text_us("ENGLISH")

    assert "Responda SI para recibir alertas" in asked[0]
    assert "Ya recibe nuestras alertas" in welcomed[0]
    assert "From now on we text you in English. Reply HELP for help, STOP to cancel." in told[0]
    (row,) = [
        row for row in house.runtime.subscribers.consents(texting.key_of(ANA)) if row.now is State.SUBSCRIBED
    ]
    assert "Responda SI" in (house.runtime.subscribers.shown(row.shown or "") or "")


def test_a_spanish_keyword_that_twilio_answered_itself_joins_in_spanish() -> None:
    with rehearsing() as house:
        house.switch_opt_out_on()
        (asked,) = house.text_us("FAMILIAS")
        assert "Responda SI" in asked

        (welcomed,) = house.text_us("SI")
        assert "Ya recibe nuestras alertas" in welcomed
        assert [row.language for row in house.runtime.roll.all(SLUG)] == [Language.ES]
