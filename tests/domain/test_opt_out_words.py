"""Words set at Twilio mean there what they mean here: one that only Twilio knew would move nobody, or the wrong way."""

import pytest

from chalicelib.domain.inbound_texts import Keyword, Kind, by_word, classify
from chalicelib.domain.opt_out_words import HELPS, JOINS, STOPS, TO_TAKE_OUT, words_of
from chalicelib.domain.words import Language

KEYWORDS = (Keyword("Families", "families-28", Language.EN), Keyword("FAMILIAS", "families-28", Language.ES))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("words", "kind"), [(STOPS, Kind.STOP), (HELPS, Kind.HELP), (JOINS, Kind.JOIN)])
def test_each_word_set_at_twilio_is_read_alike_by_us(
    words: dict[Language, tuple[str, ...]], kind: Kind, language: Language
) -> None:
    read = {word: classify(word, by_word(KEYWORDS)) for word in words[language]}

    wrong = {word for word, each in read.items() if (each.kind, each.language) != (kind, language)}
    assert not wrong


def test_yes_is_an_answer_to_our_question_and_no_opt_in_word() -> None:
    every = {word for by in (STOPS, HELPS, JOINS) for words in by.values() for word in words}

    assert not every & set(TO_TAKE_OUT)
    assert {classify(word, {}).kind for word in TO_TAKE_OUT} == {Kind.CONFIRM}


def test_a_programmes_keywords_are_among_the_opt_in_words_of_their_language() -> None:
    assert words_of(KEYWORDS, Language.EN).join == (*JOINS[Language.EN], "FAMILIES")
    assert words_of(KEYWORDS, Language.ES).join == (*JOINS[Language.ES], "FAMILIAS")


def test_every_word_is_one_word_for_twilio_compares_no_more() -> None:
    assert not [
        word for by in (STOPS, HELPS, JOINS) for words in by.values() for word in words if " " in word
    ]
