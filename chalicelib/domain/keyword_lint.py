"""Which words a programme may not have for its keyword, and why: a person must be able to stop, ask and join.

Promises: a keyword is never a word that we, Twilio or a carrier read as something else. Some carriers act on the first
word of a text, some on how it begins (a keyword STOPICE would be a stop there), so neither is allowed.
"""

from collections.abc import Iterable

from chalicelib.domain.inbound_texts import Keyword, Kind, by_word, classify
from chalicelib.domain.normalizing import spelled, words
from chalicelib.domain.stop_words import LONGEST, STOPS, TYPED_WRONG, is_one_typo

LONGEST_KEYWORD = 30
"""Characters; more than that nobody types, and AWS takes no more."""
BEGINNINGS = ("stop", "quit", "end", "revoke", "optout", "cancel", "unsub", "remove", "arret", "alto")
"""Not even as the beginning of a longer word: carriers that match beginnings know these."""
TAKEN = {
    Kind.HELP: "asks for help",
    Kind.JOIN: "joins whatever programme the number has",
    Kind.CONFIRM: "is how somebody confirms",
    Kind.CALL: "asks for a call",
    Kind.LETTER: "asks for the letter",
    Kind.ZIP: "is a ZIP code",
    Kind.LANGUAGE: "chooses a language",
}


def why_not(word: str) -> tuple[str, ...]:
    """Return why a word can't be a keyword, each reason a clause about it; nothing: it can."""
    whole = spelled(word)
    reasons = (*_of_form(word, whole), *_of_stops(word, whole))
    return reasons or _of_others(word)


def why_not_together(keywords: Iterable[Keyword]) -> tuple[str, ...]:
    """Return why keywords can't share a number: two of them are the same word to whoever reads texts."""
    every = list(keywords)
    kept = by_word(every)
    return tuple(
        f"“{keyword.word}” ({keyword.programme}) is the same word as “{first.word}” ({first.programme})"
        for keyword in every
        if (first := kept[spelled(keyword.word)]) is not keyword
    )


def _of_form(word: str, whole: str) -> tuple[str, ...]:
    if not whole or ("?" in whole and not words(word)):
        return ("has no letter, digit or sign of its own",)
    if len(word) > LONGEST_KEYWORD:
        return (f"has {len(word)} characters, and {LONGEST_KEYWORD} is the most",)
    return ()


def _of_stops(word: str, whole: str) -> tuple[str, ...]:
    if near := next((stop for stop in TYPED_WRONG if is_one_typo(whole, stop)), None):
        return (f"is one letter away from {near.upper()}",)
    if classify(word, {}).kind is Kind.STOP:
        return ("means stop",)
    said = words(word)
    first = next((" ".join(said[:n]) for n in range(LONGEST, 0, -1) if " ".join(said[:n]) in STOPS), None)
    start = first or next((stop for stop in BEGINNINGS if "".join(said).startswith(stop)), None)
    return (f"begins with {start.upper()}, which some carriers take for a stop",) if start else ()


def _of_others(word: str) -> tuple[str, ...]:
    kind = classify(word, {}).kind
    if kind is Kind.HOLD:
        return ("may be meant as a stop, so whoever texts it is asked first",)
    return (TAKEN[kind],) if kind in TAKEN else ()
