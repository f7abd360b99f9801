"""Words set at Twilio mean there what they mean here: one that only Twilio knew would move nobody, or the wrong way."""

import pytest

from chalicelib.domain.inbound_texts import Keyword, Kind, by_word, classify
from chalicelib.domain.opt_out_words import TO_TAKE_OUT, words_of
from chalicelib.domain.words import Language
from dev.phone_world.keywords import LONG_CODE

KEYWORDS = (
    Keyword("Families", "families-28", Language.EN),
    Keyword("Free them", "families-28", Language.EN),
    Keyword("FAMILIAS", "families-28", Language.ES),
)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("part", "kind"), [("stop", Kind.STOP), ("help", Kind.HELP), ("join", Kind.JOIN)])
def test_each_word_set_at_twilio_is_read_alike_by_us(part: str, kind: Kind, language: Language) -> None:
    words = getattr(words_of(KEYWORDS, language), part)
    read = {word: classify(word, by_word(KEYWORDS)) for word in words}

    assert words
    kinds = {kind} | ({Kind.KEYWORD} if kind is Kind.JOIN else set())
    assert not [
        word for word, each in read.items() if each.kind not in kinds or each.language is not language
    ]


def test_yes_is_an_answer_to_our_question_and_no_opt_in_word() -> None:
    both = [words_of(KEYWORDS, language) for language in Language]

    assert not {word for words in both for word in words.join} & set(TO_TAKE_OUT)
    assert {classify(word, {}).kind for word in TO_TAKE_OUT} == {Kind.CONFIRM}


def test_all_that_twilio_knows_by_itself_is_there_but_yes() -> None:
    english = words_of((), Language.EN)

    assert set(english.stop) >= LONG_CODE.stop
    assert set(english.help) == LONG_CODE.help
    assert set(english.join) >= LONG_CODE.start - set(TO_TAKE_OUT)


def test_a_programmes_keywords_are_among_the_opt_in_words_of_their_language() -> None:
    assert words_of(KEYWORDS, Language.EN).join == ("JOIN", "START", "UNSTOP", "SUBSCRIBE", "FAMILIES")
    assert words_of(KEYWORDS, Language.ES).join[-1] == "FAMILIAS"


@pytest.mark.parametrize("language", Language)
def test_every_word_is_one_word_for_twilio_compares_no_more(language: Language) -> None:
    words = words_of(KEYWORDS, language)

    assert not [word for word in (*words.stop, *words.join, *words.help) if " " in word]
