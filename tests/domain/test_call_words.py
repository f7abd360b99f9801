"""What CALL is answered with: every text in both languages says who writes, fits two segments, and says what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain import call_words
from chalicelib.domain.call_words import (
    AGAINST,
    BY_LINK,
    CLOSED,
    IN_LINE,
    NOT_CALLED,
    RINGING,
    ZIP_FIRST,
    Opens,
    Way,
)
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.reply_lint import Element, missing_from
from chalicelib.domain.segments import Encoding, size_of
from chalicelib.domain.words import Language, Words
from tests.domain.test_replies import PROGRAMME

NOW = datetime(2026, 12, 9, 15, 42, tzinfo=UTC)
LONGEST = Opens(Words("Fort Snelling", "Fort Snelling"), NOW + timedelta(days=9), "America/Indiana/Knox")


def way(language: Language) -> Way:
    return Way(PROGRAMME, language, "+12025550142", "https://calls.example.org/c/families-28?lang=en")


def every(language: Language) -> list[str]:
    """Every text there is."""
    mine = way(language)
    refusals = [Refusal(code, try_again=NOW + timedelta(hours=23)) for code in Code]
    return [
        call_words.ringing(mine, NOW, NOW),
        call_words.ringing(mine, NOW + timedelta(minutes=29), NOW),
        call_words.by_link(mine),
        call_words.zip_first(mine),
        call_words.closed(mine, LONGEST, NOW),
        *(call_words.against(mine, refusal, NOW) for refusal in refusals),
    ]


@pytest.mark.parametrize("language", Language)
def test_each_says_who_writes_and_takes_two_segments_at_most(language: Language) -> None:
    for text in every(language):
        size = size_of(text)
        assert missing_from(text, frozenset({Element.BRAND}), PROGRAMME, language) == (), text
        assert text.startswith(f"{PROGRAMME.title(language)}: "), text
        assert (size.encoding, size.segments <= 2) == (Encoding.GSM7, True), text
        assert "{" not in text


@pytest.mark.parametrize(
    "words", [RINGING, IN_LINE, BY_LINK, ZIP_FIRST, CLOSED, NOT_CALLED, *AGAINST.values()]
)
def test_the_spanish_needs_no_letter_that_gsm_7_lacks(words: Words) -> None:
    for language in Language:
        assert size_of(words.of(language).replace("{", "").replace("}", "")).encoding is Encoding.GSM7


@pytest.mark.parametrize("language", Language)
def test_each_that_calls_nobody_says_what_to_do_instead(language: Language) -> None:
    ways = ("202-555-0142", "https://", "CALL", "LLAMAR")
    for code in Code:
        text = call_words.against(way(language), Refusal(code), NOW)
        assert any(each in text for each in ways), text


@pytest.mark.parametrize(
    ("wait", "english", "spanish"),
    [
        (timedelta(seconds=30), "2 minutes", "2 minutos"),
        (timedelta(minutes=59), "59 minutes", "59 minutos"),
        (timedelta(minutes=59, seconds=1), "1 hour", "1 hora"),
        (timedelta(minutes=61), "2 hours", "2 horas"),
        (timedelta(hours=24), "24 hours", "24 horas"),
    ],
)
def test_a_wait_is_never_told_shorter_than_it_is(wait: timedelta, english: str, spanish: str) -> None:
    assert call_words.waiting(wait, Language.EN) == english
    assert call_words.waiting(wait, Language.ES) == spanish


def test_nobody_learns_whose_number_it_is() -> None:
    hidden = {Code.PHONE_NOT_CALLED, Code.PHONE_MALFORMED, Code.PHONE_MISSING}

    assert len({call_words.against(way(Language.EN), Refusal(code), NOW) for code in hidden}) == 1
