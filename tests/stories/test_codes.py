"""The code by text through the real app: nobody is rung before it is typed in, and nobody is locked out by another."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.call import Ending, Stage
from chalicelib.domain.campaign import Limits, Status
from chalicelib.domain.codes import CODES, GUESSES, PHONE_TEXTS, TRIES
from chalicelib.runtime import Runtime, install
from dev.phone_world import PickUp, Press, Supporter
from tests.rehearsal import ANA, LUIS, SLUG, sweep
from tests.stories.coded_house import FORM, Coded

PLACE_TEXTS = PHONE_TEXTS // 2
OWNER, STRANGER = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def house(built: Runtime) -> Iterator[Coded]:
    sweep()
    made = Coded(built)
    yield made
    assert made.world.complaints == []
    assert made.difference() == 0


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


# The ordinary way.


def test_the_phone_is_texted_a_code_and_rung_once_it_is_typed_in(house: Coded) -> None:
    call_id = house.asked()
    house.world.advance(60)
    assert house.rung() == set()
    (text,) = house.texts()
    assert text.body == (
        f"{house.code()} is your code for Neighbors for Families. It works for 15 minutes. "
        "Didn't ask for this? Ignore it."
    )
    assert text.segments == 1

    proved = house.enter(call_id, house.code())

    assert (proved["http"], proved["id"], proved["state"], proved["place_in_line"]) == (
        200,
        call_id,
        "in_line",
        1,
    )
    house.play(minutes=4)
    assert house.outcomes() == ["spoke"]
    assert len(house.texts()) == 1
    assert house.session(call_id).phone is None


def test_the_text_is_in_the_supporter_s_language(house: Coded) -> None:
    house.asked(language="es")

    assert re.fullmatch(
        r"\d{6} es su clave de Vecinos por las Familias\. Sirve por 15 minutos\. ¿No fue usted\? No haga nada\.",
        house.texts()[0].body,
    )


def test_a_campaign_may_do_without(house: Coded) -> None:
    house.change(asks_code=False)
    house.tap()
    house.play(minutes=4)

    assert house.texts() == []
    assert house.outcomes() == ["spoke"]


def test_the_page_asks_for_the_code_in_place_of_the_call_and_leads_on(house: Coded) -> None:
    status, page = house.post_page(f"/c/{SLUG}?lang=en", {"phone": ANA, "consent": "call-1"})
    assert status == 303
    house.world.advance(3)
    call_id = re.search(r"texts/([\w-]+)\.1/status", str(house.world.wire))
    assert call_id is not None
    path = f"/calls/{call_id[1]}"

    _, headers, body = house.get(f"{path}?lang=en")
    page = body.decode()
    assert "Enter the code we texted you" in page
    assert "6 digits, sent to the number ending in 23. It works for 15 minutes." in page
    assert 'inputmode="numeric" autocomplete="one-time-code"' in page
    assert "refresh" not in headers
    status, _ = house.post_page(f"{path}?lang=en", {"do": "code", "code": house.code()})
    assert status == 303
    assert "next in line" in house.get(f"{path}?lang=en")[2].decode()


@pytest.mark.parametrize("shape", ["{0}{1}", "{0} {1}", "{0}-{1}", " {0}\u00a0{1} "])
def test_spaces_and_hyphens_are_accepted(house: Coded, shape: str) -> None:
    call_id = house.asked()
    code = house.code()

    assert house.enter(call_id, shape.format(code[:3], code[3:]))["state"] == "in_line"


def test_a_code_typed_in_twice_is_one_call(house: Coded) -> None:
    call_id = house.asked()
    answers = [house.enter(call_id, house.code()) for _ in range(3)]
    house.play(minutes=4)

    assert {answer["http"] for answer in answers} == {200}
    assert len(house.wire.placings) == 1
    assert house.outcomes() == ["spoke"]


# What an unproved tap leaves.


def test_without_the_code_nobody_is_rung_and_the_number_is_deleted(house: Coded) -> None:
    call_id = house.asked()
    house.play(minutes=29)
    assert house.session(call_id).phone == ANA
    house.play(minutes=2)

    assert house.wire.placings == []
    session = house.session(call_id)
    assert (session.ending, session.phone) == (Ending.NOT_PROVED, None)
    assert "We didn’t call you" in house.get(f"/calls/{call_id}?lang=en")[2].decode()
    assert house.enter(call_id, house.code())["state"] == "not_proved"
    assert house.outcomes() == []


def test_an_unproved_tap_takes_no_place_in_line_and_is_no_call_of_its_phone(house: Coded) -> None:
    install(replace(house.runtime, config=replace(house.runtime.config, calls_per_phone=1)))
    for _ in range(3):
        house.asked()
    luis = house.asked(LUIS)

    assert house.enter(luis, house.code(LUIS))["place_in_line"] == 1
    house.world.advance(3600)
    ana = house.asked()
    assert house.enter(ana, house.code())["state"] == "in_line"
    house.play(minutes=4)
    assert house.tap()["error"]["code"] == "too_many_calls"


def test_who_taps_for_another_s_phone_sees_nothing_of_the_other_s_call(house: Coded) -> None:
    owner = house.asked()
    house.enter(owner, house.code())
    house.world.advance(8)

    stranger = house.asked()

    assert stranger != owner
    assert house.state(stranger)["state"] == "code"
    # Only who has the phone gets to the call that is open for it, and it is not rung a second time.
    assert house.enter(stranger, house.code())["id"] == owner
    house.play(minutes=4)
    assert len(house.wire.placings) == 1


def test_the_same_tap_sent_again_is_the_same_call_and_one_text(house: Coded) -> None:
    proof = house.proof()
    taps = [house.tap(proof=proof) for _ in range(3)]
    house.world.advance(3)

    assert {tap["id"] for tap in taps} == {taps[0]["id"]}
    assert len(house.texts()) == 1


# Wrong codes.


def test_a_wrong_code_is_said_beside_the_field_with_the_tries_left(house: Coded) -> None:
    call_id = house.asked()

    refused = house.enter(call_id, wrong(house.code()))
    page = house.post_page(f"/calls/{call_id}?lang=en", {"do": "code", "code": wrong(house.code())})
    spanish = house.post_page(f"/calls/{call_id}?lang=es", {"do": "code", "code": wrong(house.code())})

    assert (refused["http"], refused["error"]["code"], refused["error"]["tries_left"]) == (
        400,
        "code_wrong",
        4,
    )
    assert page[0] == 400
    assert "<title>Error: " in page[1]
    assert page[1].count("This code doesn’t match. Enter the 6 digits from our latest text") == 2
    assert "You have 3 tries left; then ask for a new code." in page[1]
    assert f'value="{wrong(house.code())}"' in page[1]
    assert "Este código no coincide." in spanish[1]
    assert "Le quedan 2 intentos; después pida otro código." in spanish[1]
    assert house.enter(call_id, house.code())["state"] == "in_line"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "9" * 5000, "482 915 x"])
def test_what_is_not_six_digits_is_no_guess(house: Coded, typed: str) -> None:
    call_id = house.asked()

    for _ in range(TRIES + 2):
        status, page = house.post_page(f"/calls/{call_id}", {"do": "code", "code": typed})
        assert status == 400
        assert "doesn’t match" in page

    assert house.enter(call_id, house.code())["state"] == "in_line"


def test_guesses_of_one_place_take_none_from_another(house: Coded) -> None:
    call_id = house.asked()
    guess = wrong(house.code())

    tried = [house.from_place(STRANGER, call_id, do="code", code=guess) for _ in range(TRIES + 3)]

    assert {status for status, _ in tried} == {400}
    assert "You have no tries left for this code" in tried[-1][1]
    # Even the right code is no use to who has guessed too often; its owner gets in.
    assert house.from_place(STRANGER, call_id, do="code", code=house.code())[0] == 400
    assert house.session(call_id).stage is Stage.PROVING
    assert house.from_place(OWNER, call_id, do="code", code=house.code())[0] == 303
    assert house.session(call_id).stage is Stage.QUEUED


def test_all_places_together_use_up_the_code_but_never_the_phone(house: Coded) -> None:
    call_id = house.asked()
    guess = wrong(house.code())
    places = [f"198.51.100.{each}" for each in range(GUESSES // TRIES)]

    for place in places:
        for _ in range(TRIES):
            house.from_place(place, call_id, do="code", code=guess)

    assert "no tries left" in house.from_place(OWNER, call_id, do="code", code=house.code())[1]
    assert house.from_place(OWNER, call_id, do="new_code", after="1")[0] == 303
    house.world.advance(3)
    assert house.from_place(OWNER, call_id, do="code", code=house.code())[0] == 303
    assert house.session(call_id).stage is Stage.QUEUED


def test_a_code_works_for_fifteen_minutes(house: Coded) -> None:
    call_id = house.asked()
    house.world.advance(15 * 60 - 4)
    other = house.asked()
    old, new = house.texts()[0].body[:6], house.texts()[1].body[:6]
    house.world.advance(2)

    expired = house.enter(call_id, old)

    assert (expired["http"], expired["error"]["code"]) == (400, "code_expired")
    page = house.post_page(f"/calls/{call_id}?lang=en", {"do": "code", "code": old})[1]
    assert "This code has expired. Ask for a new one" in page
    assert house.enter(other, new)["state"] == "in_line"


def test_a_code_a_second_before_its_time_is_over_still_works(house: Coded) -> None:
    call_id = house.asked()
    house.world.advance(15 * 60 - 4)

    assert house.enter(call_id, house.code())["state"] == "in_line"


# Another code.


def test_a_new_code_replaces_the_old_one(house: Coded) -> None:
    call_id = house.asked()
    house.again(call_id)
    house.world.advance(3)
    old, new = (text.body[:6] for text in house.texts())

    assert house.enter(call_id, old)["error"]["code"] == "code_wrong"
    assert house.enter(call_id, new)["state"] == "in_line"


def test_a_call_has_so_many_codes_and_the_button_goes_with_the_last(house: Coded) -> None:
    call_id = house.asked()
    answers = [house.again(call_id) for _ in range(CODES)]
    house.world.advance(3)

    assert [answer["http"] for answer in answers] == [200] * (CODES - 1) + [429]
    assert answers[-1]["error"]["code"] == "too_many_texts"
    assert "Text me a new code" not in house.get(f"/calls/{call_id}?lang=en")[2].decode()
    assert house.enter(call_id, house.code())["state"] == "in_line"


def test_a_double_tap_on_the_button_texts_one_code(house: Coded) -> None:
    call_id = house.asked()
    for _ in range(3):
        assert house.post_form(f"/calls/{call_id}", do="new_code", after="1") == 303
    house.world.advance(3)

    assert len(house.texts()) == 2


def test_one_place_has_so_many_texts_to_a_phone_and_another_place_still_some(house: Coded) -> None:
    def asked(place: str) -> int:
        body = f"phone={ANA[2:]}&consent=call-1".encode()
        return house.gateway.answer("POST", f"/c/{SLUG}?lang=en", FORM, body, place).status

    strangers = [asked(STRANGER) for _ in range(PLACE_TEXTS + 2)]
    owners = [asked(OWNER) for _ in range(PLACE_TEXTS)]
    third = asked("192.0.2.1")
    house.world.advance(5)

    assert strangers == [303] * PLACE_TEXTS + [429] * 2
    assert owners == [303] * PLACE_TEXTS
    assert third == 429
    assert len(house.texts()) == PHONE_TEXTS
    house.world.advance(3600)
    assert asked(OWNER) == 303


def test_a_campaign_s_texts_of_the_day_have_a_ceiling_too(house: Coded) -> None:
    house.change(limits=Limits(rings_a_day=1))
    phones = [f"+1404555{number:04}" for number in range(150, 155)]

    answers = [house.tap(phone)["http"] for phone in phones]

    assert answers == [202, 202, 202, 429, 429]


# What happens meanwhile.


def test_a_campaign_that_is_paused_meanwhile_texts_and_rings_nobody(house: Coded) -> None:
    call_id = house.asked()
    house.set_status(Status.PAUSED)

    assert house.enter(call_id, house.code())["state"] == "on_pause"
    house.play(minutes=3)
    assert house.wire.placings == []

    house.play(minutes=65)
    assert house.wire.placings == []
    assert house.state(call_id)["state"] == "paused"
    assert house.session(call_id).phone is None


def test_a_phone_that_pressed_9_meanwhile_is_neither_texted_nor_rung(house: Coded) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("9")]))
    first, second = house.asked(), house.asked()
    house.enter(second, house.code())
    house.play(minutes=2)
    texts = len(house.texts())

    assert house.enter(first, house.texts()[0].body[:6])["state"] == "never"
    assert house.tap()["error"]["code"] == "phone_not_called"
    assert len(house.texts()) == texts


def test_the_budget_is_looked_at_again_before_a_place_is_given(house: Coded) -> None:
    house.change(limits=Limits(rings_a_day=1))
    ana, luis = house.asked(), house.asked(LUIS)
    house.enter(ana, house.code())
    house.play(minutes=4)

    refused = house.enter(luis, house.code(LUIS))

    assert (refused["http"], refused["error"]["code"]) == (429, "budget_spent")


@pytest.mark.parametrize("body", [{}, {"do": "ring"}, {"do": 7}, {"do": "code", "code": 482915}])
def test_what_the_api_does_not_know_is_refused(house: Coded, body: dict[str, Any]) -> None:
    call_id = house.asked()

    refused = house.post(f"/api/calls/{call_id}", body)

    assert (refused["http"], refused["error"]["code"]) == (400, "body_malformed")
