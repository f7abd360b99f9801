"""The reply texts: what each says, in how many segments, and that its lint sees every element that is taken away.

Lengths are the sheet's: a title of 20 letters, a contact of 32 (Spanish 31), a link of 23.
"""

from dataclasses import replace
from itertools import product

import pytest

from chalicelib.domain.inbound_texts import Kind, classify
from chalicelib.domain.replies import TEXTS, Programme, reply_text
from chalicelib.domain.reply_lint import NEEDED, Element, disclosure_problems, missing_from, reply_problems
from chalicelib.domain.segments import Encoding, size_of
from chalicelib.domain.subscriber import Reply
from chalicelib.domain.words import Language, Words

EN, ES = Language.EN, Language.ES
PROGRAMME = Programme(
    organization=Words("Families", "Families"),
    name=Words("28 together", "28 en apuro"),
    frequency=Words("up to 8 msgs/month", "hasta 8 mensajes/mes"),
    contact=Words("help@families28.example or email", "ayuda@families28.example correo"),
    terms="https://f28.example/tos",
)
SHIPPED = list(product(TEXTS, Language))
# Id, characters and segments in English and in Spanish, and how far names may grow before one more segment: the sheet.
SIZES = {
    Reply.CONFIRM: ((179, 2, 127), (206, 2, 100)),
    Reply.WELCOME: ((184, 2, 122), (200, 2, 106)),
    Reply.STOPPED: ((141, 1, 19), (150, 1, 10)),
    Reply.HELP: ((187, 2, 119), (199, 2, 107)),
    Reply.ALREADY: ((165, 2, 141), (188, 2, 118)),
    Reply.UNCLEAR: ((102, 1, 58), (103, 1, 57)),
    Reply.NOT_JOINED: ((102, 1, 58), (132, 1, 28)),
    Reply.LANGUAGE: ((94, 1, 66), (97, 1, 63)),
}
CUTS = {
    Element.BRAND: ("Families", "Families"),
    Element.PROGRAMME: ("28 together", "28 en apuro"),
    Element.FREQUENCY: ("up to 8 msgs/month", "hasta 8 mensajes/mes"),
    Element.RATES: ("Msg & data rates may apply", "Pueden aplicarse tarifas de mensajes y datos"),
    Element.HELP: ("HELP", "AYUDA"),
    Element.STOP: ("STOP", "ALTO"),
    Element.TERMS: ("Terms", "Reglas"),
    Element.PRIVACY: ("privacy", "privacidad"),
    Element.CONTACT: ("help@families28.example", "ayuda@families28.example"),
    Element.CONFIRM: ("YES", "SI"),
    Element.NO_MORE: ("no more", "nuevos"),
}
"""What is taken out of a text, in each language, so that an element is missing."""


def text_of(reply: Reply, language: Language) -> str:
    return reply_text(reply, PROGRAMME, language)


@pytest.mark.parametrize(("reply", "language"), SHIPPED)
def test_each_text_has_all_it_must_and_nothing_it_must_not(reply: Reply, language: Language) -> None:
    assert reply_problems(reply, text_of(reply, language), PROGRAMME, language) == ()


@pytest.mark.parametrize(("reply", "language"), SHIPPED)
def test_each_text_takes_the_segments_the_sheet_names_and_has_the_room_it_names(
    reply: Reply, language: Language
) -> None:
    text = text_of(reply, language)
    characters, segments, spare = SIZES[reply][language is ES]

    assert (size_of(text).encoding, len(text), size_of(text).segments) == (
        Encoding.GSM7,
        characters,
        segments,
    )
    assert [size_of(text + "x" * more).segments for more in (spare, spare + 1)] == [segments, segments + 1]


@pytest.mark.parametrize(
    ("reply", "language", "element"),
    [
        (reply, language, element)
        for reply, language in SHIPPED
        for element in Element
        if element in NEEDED[reply]
    ],
)
def test_an_element_that_is_taken_away_is_missed_by_name(
    reply: Reply, language: Language, element: Element
) -> None:
    cut = CUTS[element][language is ES]
    text = text_of(reply, language)
    assert cut in text

    found = missing_from(text.replace(cut, "..."), NEEDED[reply], PROGRAMME, language)

    assert found == (element,)


@pytest.mark.parametrize(
    ("element", "without"),
    [
        (Element.BRAND, replace(PROGRAMME, organization=Words("", ""))),
        (Element.FREQUENCY, replace(PROGRAMME, frequency=Words("", ""))),
        (Element.TERMS, replace(PROGRAMME, terms="")),
        (Element.CONTACT, replace(PROGRAMME, contact=Words("", ""))),
    ],
)
def test_a_programme_without_it_is_told_so(element: Element, without: Programme) -> None:
    text = reply_text(Reply.HELP, without, EN)

    assert element in missing_from(text, NEEDED[Reply.HELP], without, EN)


def test_the_other_languages_words_do_not_do() -> None:
    english = text_of(Reply.CONFIRM, EN)

    missing = missing_from(english, NEEDED[Reply.CONFIRM], PROGRAMME, ES)

    assert set(missing) >= {Element.RATES, Element.HELP, Element.STOP, Element.TERMS, Element.CONFIRM}


def test_words_to_text_stand_out_in_capitals() -> None:
    text = text_of(Reply.UNCLEAR, EN).replace("STOP", "stop")

    assert reply_problems(Reply.UNCLEAR, text, PROGRAMME, EN) == (
        "It must say how to stop (STOP, in Spanish ALTO).",
    )


def test_recurring_is_a_frequency_too() -> None:
    text = text_of(Reply.WELCOME, EN).replace("up to 8 msgs/month", "recurring messages")

    assert reply_problems(Reply.WELCOME, text, PROGRAMME, EN) == ()


class TestTheAnswerToAStop:
    """One confirmation, which asks for nothing (47 CFR 64.1200(a)(12))."""

    @pytest.mark.parametrize(
        ("more", "problem"),
        [
            (
                " https://f28.example/act",
                "It must have no link: the person has just asked for no more messages.",
            ),
            (" www.f28.example", "It must have no link: the person has just asked for no more messages."),
            (" f28.example/act", "It must have no link: the person has just asked for no more messages."),
            (" Please donate!", "It must ask for nothing: “donate”."),
            (" Comparta esto", "It must ask for nothing: “comparta”."),
        ],
    )
    def test_it_has_no_link_and_asks_for_nothing(self, more: str, problem: str) -> None:
        text = text_of(Reply.STOPPED, EN).replace(" Reply START to rejoin.", more)

        assert reply_problems(Reply.STOPPED, text, PROGRAMME, EN) == (problem,)

    @pytest.mark.parametrize("language", Language)
    def test_the_way_back_can_be_left_out(self, language: Language) -> None:
        text = reply_text(Reply.STOPPED, replace(PROGRAMME, invites_back=False), language)

        assert "START" not in text and "INICIAR" not in text
        assert reply_problems(Reply.STOPPED, text, PROGRAMME, language) == ()


class TestTheName:
    def test_it_is_not_found_in_an_address(self) -> None:
        text = (
            text_of(Reply.HELP, EN).replace("Families", "We")
            + " info@families.example https://families.example"
        )

        assert missing_from(text, frozenset({Element.BRAND}), PROGRAMME, EN) == (Element.BRAND,)

    def test_nor_within_another_word(self) -> None:
        ice = replace(PROGRAMME, organization=Words("ICE", "ICE"))

        assert missing_from("Nice to hear", frozenset({Element.BRAND}), ice, EN) == (Element.BRAND,)

    def test_a_text_begins_with_it(self) -> None:
        text = f"Hello from {text_of(Reply.UNCLEAR, EN)}"

        assert reply_problems(Reply.UNCLEAR, text, PROGRAMME, EN) == (
            "It must begin with the organization's name.",
        )


class TestLetters:
    def test_names_get_the_letters_of_gsm_7(self) -> None:
        named = replace(
            PROGRAMME, organization=Words("Unión — Más “allá”", "Unión"), name=Words("🌻", "Niñez")
        )

        assert named.title(EN) == 'Union - Mas "alla"'
        assert named.title(ES) == "Union Niñez"
        assert reply_problems(Reply.WELCOME, reply_text(Reply.WELCOME, named, ES), named, ES) == ()

    def test_a_letter_that_costs_more_is_named(self) -> None:
        text = text_of(Reply.UNCLEAR, ES) + " Más información."

        assert reply_problems(Reply.UNCLEAR, text, PROGRAMME, ES) == (
            "Each “á” makes it cost more: GSM-7 has no áó.",
        )

    def test_more_than_two_segments_are_too_many(self) -> None:
        text = text_of(Reply.WELCOME, EN) + "x" * 123

        assert reply_problems(Reply.WELCOME, text, PROGRAMME, EN) == (
            "It takes 3 segments, and 2 is the most.",
        )


@pytest.mark.parametrize("link", ["https://bit.ly/abc", "bit.ly/abc", "HTTPS://T.CO/x"])
def test_a_public_shortener_is_no_link(link: str) -> None:
    text = f"{text_of(Reply.WELCOME, EN)} {link}"

    assert ["own domain" in problem for problem in reply_problems(Reply.WELCOME, text, PROGRAMME, EN)] == [
        True
    ]


def test_terms_and_privacy_may_be_two_pages() -> None:
    two = replace(PROGRAMME, privacy="https://f28.example/pri")
    text = reply_text(Reply.WELCOME, two, EN)

    assert text.endswith("Terms & privacy: https://f28.example/tos https://f28.example/pri")
    assert missing_from(text, NEEDED[Reply.WELCOME], two, EN) == ()
    assert missing_from(text_of(Reply.WELCOME, EN), NEEDED[Reply.WELCOME], two, EN) == (Element.PRIVACY,)


def test_what_each_text_tells_people_to_text_is_read_as_that() -> None:
    told = {
        "YES": Kind.CONFIRM, "SI": Kind.CONFIRM, "HELP": Kind.HELP, "AYUDA": Kind.HELP, "STOP": Kind.STOP,
        "ALTO": Kind.STOP, "START": Kind.JOIN, "INICIAR": Kind.JOIN, "JOIN": Kind.JOIN, "UNIRSE": Kind.JOIN,
    }  # fmt: skip
    every = " ".join(text_of(reply, language) for reply, language in SHIPPED)

    assert {word: classify(word, {}).kind for word in told} == told
    assert all(word in every for word in told)


def test_every_reply_has_a_rule_and_all_but_the_organizations_own_and_the_links_a_text() -> None:
    assert set(NEEDED) == set(Reply)
    assert set(TEXTS) == set(Reply) - {Reply.THANKS, Reply.CALL, Reply.LETTER}


class TestTheDisclosureBesideTheBox:
    TEXT = Words(
        "I agree to receive text messages of Families 28 together, up to 8 msgs/month. This is optional. Msg & data "
        "rates may apply. Reply HELP for help, STOP to cancel. Terms & privacy: https://f28.example/tos",
        "Acepto recibir mensajes de texto de Families 28 en apuro, hasta 8 mensajes/mes. Es opcional. Pueden "
        "aplicarse tarifas de mensajes y datos. AYUDA para ayuda, ALTO para cancelar. Términos y privacidad: "
        "https://f28.example/tos",
    )

    @pytest.mark.parametrize("language", Language)
    def test_it_says_all_it_must(self, language: Language) -> None:
        assert disclosure_problems(self.TEXT.of(language), PROGRAMME, language) == ()

    @pytest.mark.parametrize(
        ("cut", "language", "element"),
        [
            ("I agree to receive", EN, Element.CONSENT),
            ("optional", EN, Element.OPTIONAL),
            ("Acepto", ES, Element.CONSENT),
            ("opcional", ES, Element.OPTIONAL),
            ("up to 8 msgs/month", EN, Element.FREQUENCY),
            ("Términos", ES, Element.TERMS),
        ],
    )
    def test_what_it_lacks_is_named(self, cut: str, language: Language, element: Element) -> None:
        text = self.TEXT.of(language).replace(cut, "...")

        assert disclosure_problems(text, PROGRAMME, language) == (f"It must say {element.value}.",)
