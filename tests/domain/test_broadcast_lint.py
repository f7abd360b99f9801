"""The lint of an alert's words: what it refuses, in which language, and that good words have nothing to correct."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.broadcast_lint import (
    STOP_LINE,
    Rules,
    broadcast_problems,
    doubled,
    must_say_stop,
    says_stop,
)
from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.replies import Programme
from chalicelib.domain.segments import size_of
from chalicelib.domain.words import Language, Words
from tests.values import NOW

EN, ES = Language.EN, Language.ES
BRAND = Words("Neighbors for Families", "Vecinos por las Familias")
RULES = Rules(
    Programme(
        BRAND,
        Words("28 Families", "28 Familias"),
        Words("up to 8 msgs/month", "hasta 8 mensajes/mes"),
        Words("help@example.org", "ayuda@example.org"),
        terms="https://example.org/texts",
    ),
    public_url="https://calls.example.org",
    keywords=(Keyword("FAMILIES", "families-28", EN), Keyword("FAMILIAS", "families-28", ES)),
)
GOOD = Words(
    "Neighbors for Families: The hearing is today at 2. Reply CALL and we will call you, or go to "
    "https://calls.example.org/c/families-28?lang=en",
    "Vecinos por las Familias: La audiencia es hoy a las 2. Responda LLAMAR y le llamamos, o vaya a "
    "https://calls.example.org/c/families-28?lang=es",
)
LONG = "Neighbors for Families: Reply CALL. " + "a" * (2 * 153 + 1 - 36)


def told(text: str, rules: Rules = RULES, language: Language = EN) -> list[str]:
    """What is wrong with a text, its twin in the other language being good."""
    words = replace(GOOD, **{language.value: text})
    found = broadcast_problems(words, rules)
    assert all(problem.language is language for problem in found)
    return [problem.text for problem in found]


def said(rest: str) -> list[str]:
    """What is wrong with what comes after the name and before a good link."""
    return told(f"Neighbors for Families: {rest} https://calls.example.org/c/families-28")


def test_good_words_have_nothing_to_correct() -> None:
    assert broadcast_problems(GOOD, RULES) == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no English text"),
        (" \n", "no English text"),
        ("Hearing today. Reply CALL", "Put “Neighbors for Families:” first"),
        ("Neighbors for Familiesx: reply CALL. Reply CALL", "Put “Neighbors for Families:” first"),
        ("Neighbors for Families: Hola, cafe a\u0301. Reply CALL", "nothing for “\u0301”"),
        ("Neighbors for Families: Informaci\u00f3n. Reply CALL", "Write “o” for “\u00f3”"),
        ("Neighbors for Families: Don\u2019t wait. Reply CALL", "Write “'” for “\u2019”"),
        (LONG, "It takes 3 segments"),
        ("Neighbors for Families: Reply CALL. " + "a" * 1600, "has 1,636 characters"),
        ("Neighbors for Families: see https://bit.ly/abc", "Carriers block links of bit.ly"),
        ("Neighbors for Families: see bit.ly/abc", "Carriers block links of bit.ly"),
        ("Neighbors for Families: see www.evil.example/x", "evil.example is not this campaign’s own domain"),
        (
            "Neighbors for Families: see evil.com.",
            "evil.com is not this campaign’s own domain",
        ),
        (
            "Neighbors for Families: see https://calls.example.org@evil.example/c/families-28",
            "evil.example is not this campaign’s own domain",
        ),
        ("Neighbors for Families: {name}, reply CALL", "“{name}” would be sent as it stands"),
        ("Neighbors for Families: on [DATE], reply CALL", "“[DATE]” would be sent as it stands"),
        ("Neighbors for Families: link}. Reply CALL", "“}” would be sent as it stands"),
        ("Neighbors for Families: The hearing is today at 2.", "It says nothing that one can do"),
    ],
)
def test_each_problem_is_told_with_what_to_do(text: str, word: str) -> None:
    found = told(text)

    assert len(found) == 1, found
    assert word in found[0]


@pytest.mark.parametrize(
    "rest",
    [
        "Reply STOP to cancel.",
        "Reply STOP to stop these alerts.",
        "Reply STOP to end texts.",
        "Text STOP to opt out.",
        "Reply HELP for help, STOP to cancel.",
        "Reply CALL and we will call you.",
        "Text LETTER for the letter.",
        "Text FAMILIES to join.",
        "Call the office and tell ICE to let them go.",
        "Ask ICE to stop this, OK?",
        "Send ICE a message today.",
        "Write to help@evil.example or call 404-555-0190.",
        "It starts at 2.Please come.",
        "The U.S. court sits today.",
    ],
)
def test_usual_words_are_no_problem(rest: str) -> None:
    assert said(rest) == []


@pytest.mark.parametrize(
    ("rest", "word"),
    [
        ("Reply END to end detention.", "END"),
        ("Reply STOP to stop deportations.", "STOP"),
        ('Text "STOP ICE" to tell them.', "STOP ICE"),
        ("Reply QUIT if you agree.", "QUIT"),
        ("Send STOP to ICE.", "STOP"),
        ("Reply STOP to tell them: enough.", "STOP"),
        ("Text us CANCEL to cancel the contract.", "CANCEL"),
        ("Reply CALL to call, END to end detention.", "END"),
    ],
)
def test_nobody_is_asked_to_text_a_stop_word_for_anything_but_a_stop(rest: str, word: str) -> None:
    assert said(rest) == [
        f"Whoever texts “{word}” gets no more alerts. Ask for another word, like CALL, or give {{link}}."
    ]


@pytest.mark.parametrize("text", ["Responda ALTO para detener las redadas.", "Envie FIN para decir basta."])
def test_nor_in_spanish(text: str) -> None:
    (found,) = told(f"Vecinos por las Familias: {text} Responda LLAMAR.", language=ES)

    assert "gets no more alerts" in found


@pytest.mark.parametrize(
    ("rest", "word"),
    [("Reply DONE when you called.", "Nobody but a person"), ("Reply YES if you come.", "sign me up")],
)
def test_nobody_is_asked_to_text_what_we_do_not_take(rest: str, word: str) -> None:
    (found,) = said(rest)

    assert word in found


def test_a_long_text_is_somebodys_choice() -> None:
    assert size_of(LONG).segments == 3
    assert told(LONG, replace(RULES, may_be_long=True)) == []


def test_how_to_stop_is_said_once_in_thirty_days_in_both_languages() -> None:
    strict = replace(RULES, must_say_stop=True)
    saying = Words(*(f"{GOOD.of(each)} {STOP_LINE.of(each)}" for each in Language))

    assert [problem.language for problem in broadcast_problems(GOOD, strict)] == [EN, ES]
    assert broadcast_problems(saying, strict) == ()
    assert says_stop(saying)
    assert not says_stop(replace(saying, es=GOOD.es))
    assert not says_stop(replace(saying, es=f"{GOOD.es} Responda STOP para cancelar."))


@pytest.mark.parametrize(("days", "must"), [(None, True), (29.99, False), (30, True), (0, False)])
def test_thirty_days_are_counted_from_the_last_that_said_it(days: float | None, *, must: bool) -> None:
    said_at = None if days is None else NOW - timedelta(days=days)

    assert must_say_stop(said_at, NOW) is must


def test_the_same_text_twice_is_no_second_language() -> None:
    both = Words("Vecinos: LLAMAR", "Vecinos: LLAMAR ")

    assert "Write it in Spanish." in broadcast_problems(both, RULES)[-1].text


def test_own_pages_are_own_links() -> None:
    assert told("Neighbors for Families: terms: https://example.org/texts") == []
    local = replace(RULES, public_url="http://127.0.0.1:8000")
    link = "http://127.0.0.1:8000/c/families-28?lang="
    words = Words(f"{BRAND.en}: {link}en", f"{BRAND.es}: {link}es")
    assert broadcast_problems(words, local) == ()


def test_letters_that_take_the_room_of_two_are_named() -> None:
    assert doubled("Pay 5€ [or 6€] now") == "€[]"
