"""Keywords that a programme may not have, each with its reason, and those it may."""

import pytest

from chalicelib.domain.inbound_texts import ASKED, WANTED, Keyword, Kind, by_word, classify
from chalicelib.domain.keyword_lint import why_not, why_not_together
from chalicelib.domain.stop_words import NO_TYPOS, STOPS, TYPED_WRONG
from chalicelib.domain.words import Language


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("STOP", "means stop"),
        ("No más", "means stop"),
        ("🛑", "means stop"),
        ("wrong number", "means stop"),
        ("STPO", "is one letter away from STOP"),
        ("stops", "is one letter away from STOP"),
        ("UNSUSCRIBE", "is one letter away from UNSUBSCRIBE"),
        ("SHOP", "is one letter away from STOP"),
        ("Alta", "is one letter away from ALTO"),
        ("Atlo", "is one letter away from ALTO"),
        ("STOP ICE", "begins with STOP, which some carriers take for a stop"),
        ("StopICE", "begins with STOP, which some carriers take for a stop"),
        ("End Detention", "begins with END, which some carriers take for a stop"),
        ("ENDORSE", "begins with END, which some carriers take for a stop"),
        ("para todos", "begins with PARA, which some carriers take for a stop"),
        ("Alto a las redadas", "begins with ALTO, which some carriers take for a stop"),
        ("No más redadas", "begins with NO MAS, which some carriers take for a stop"),
        ("we stop", "may be meant as a stop, so whoever texts it is asked first"),
        ("BASTA", "may be meant as a stop, so whoever texts it is asked first"),
        ("HELP", "asks for help"),
        ("información", "asks for help"),
        ("JOIN", "joins whatever programme the number has"),
        ("Alertas", "joins whatever programme the number has"),
        ("SÍ", "is how somebody confirms"),
        ("OK", "is how somebody confirms"),
        ("CALL", "asks for a call"),
        ("carta", "asks for the letter"),
        ("30303", "is a ZIP code"),
        ("Español", "chooses a language"),
        ("", "has no letter, digit or sign of its own"),
        (" ? ", "has no letter, digit or sign of its own"),
        ("families and friends together 28", "has 32 characters, and 30 is the most"),
    ],
)
def test_a_word_that_is_read_as_something_else_is_no_keyword(word: str, reason: str) -> None:
    assert why_not(word) == (reason,)


@pytest.mark.parametrize(
    "word",
    [
        "FAMILIES",
        "Familias",
        "NIÑOS",
        "28",
        "FAMILIES 28",
        "🌻",
        "parade",
        "final",
        "freedom now",
        "paramedics",
    ],
)
def test_a_word_of_its_own_is_a_keyword_and_read_as_one(word: str) -> None:
    keyword = Keyword(word, "p", Language.EN)

    assert why_not(word) == ()
    assert classify(word, by_word([keyword])).keyword == keyword


@pytest.mark.parametrize("word", [*STOPS, *ASKED, *WANTED, "?"])
def test_no_word_of_ours_is_a_keyword(word: str) -> None:
    assert why_not(word.upper())


@pytest.mark.parametrize("word", sorted(NO_TYPOS))
def test_a_word_one_letter_from_a_stop_is_none_and_yet_no_keyword(word: str) -> None:
    assert classify(word, {}).kind is Kind.OTHER
    assert "one letter away" in why_not(word)[0]


@pytest.mark.parametrize("stop", [*STOPS, *TYPED_WRONG])
def test_no_keyword_begins_with_a_stop_word(stop: str) -> None:
    assert why_not(f"{stop} 28")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.KEYWORD, Kind.OTHER}])
def test_every_kind_of_our_own_words_is_refused(kind: Kind) -> None:
    word = {Kind.STOP: "baja", Kind.HOLD: "we stop", Kind.ZIP: "00901"}.get(kind) or next(
        word for word, (its, _) in {**ASKED, **WANTED}.items() if its is kind
    )

    assert classify(word, {}).kind is kind
    assert why_not(word)


def test_two_keywords_that_read_alike_cannot_share_a_number() -> None:
    keywords = [Keyword("Niños", "children", Language.ES), Keyword("NINOS", "boys", Language.ES)]

    assert why_not_together(keywords) == ("“NINOS” (boys) is the same word as “Niños” (children)",)
    assert why_not_together(keywords[:1]) == ()
