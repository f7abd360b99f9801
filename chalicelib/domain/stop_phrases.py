"""Sentences that stop, and sentences that may: "stop texting me", "no me manden mensajes"; "STOP ICE".

Promises: a stop verb with messages (or with being written to) as its object is a stop. With any other object it is
neither a stop nor none: the keenest supporters text "STOP ICE", and so might somebody who wants out. Those are asked
(`Said.UNCLEAR`), and get nothing more meanwhile. One pass over the words; knows no subscriber.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.stop_vocabulary import (
    APPEALS,
    AWAY,
    BETWEEN,
    BY_THE_WAY,
    ENOUGH_SAID,
    FIXED,
    GETTING,
    LEADS,
    MESSAGES,
    NEARBY,
    NO_STOP_AT_ALL,
    NOT_A_STOP,
    REACHING_ME,
    RECEIVING,
    SENDING,
    SENT,
    STOPPERS,
    TOLD,
    UNCLEAR_ALONE,
    UNCLEAR_ANYWHERE,
    VERBS,
    Phrases,
)
from chalicelib.domain.stop_words import (
    EN,
    ORDINARY,
    STOPS,
    is_one_typo,
    near_stop,
    squeezed,
    without_courtesy,
)
from chalicelib.domain.words import Language


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence says of stopping: `is_clear` (a stop) or not (we ask), and in which language it was said."""

    language: Language
    is_clear: bool


def said_of(said: Sequence[str]) -> Said | None:
    """Return what a message of more than a stop word says of stopping; None: nothing."""
    read = [_as_meant(squeezed(word)) for word in said]
    return _clear(read) or _unclear(read)


def _as_meant(word: str) -> str:
    is_misspelled = word not in TOLD and is_one_typo(word, "unsubscribe")
    return "unsubscribe" if is_misspelled else word


def _clear(said: Sequence[str]) -> Said | None:
    found = _fixed(said) or _about_messages(said) or _led_to(said)
    return Said(found, is_clear=True) if found else None


def _fixed(said: Sequence[str]) -> Language | None:
    hits = ((at, language) for at, _, language in _found(said, FIXED) if not _is_turned_round(said, at))
    return next((language for _, language in hits), None)


def _about_messages(said: Sequence[str]) -> Language | None:
    for at, end, language in _found(said, STOPPERS):
        if not _is_turned_round(said, at) and _is_about_messages(said, end):
            return language
    return None


def _is_about_messages(said: Sequence[str], at: int) -> bool:
    """Whether a stop verb that ends before `at` has messages for its object."""
    start = at
    if said[at - 1] in {"dont", "not"} and said[at : at + 1] and said[at] in GETTING:
        return False
    while at < len(said) and said[at] in BETWEEN:
        at += 1
    if at == len(said):
        return said[start - 1] in SENT or not RECEIVING.isdisjoint(said[start:])
    word, rest = said[at], said[at + 1 : at + 1 + NEARBY]
    if word in SENDING:
        return _is_sent_to_me(rest)
    if word in REACHING_ME:
        return bool(rest) and rest[0] == "me" and (len(rest) == 1 or rest[1] in ENOUGH_SAID)
    return word in MESSAGES and not (word.startswith("contact") and list(rest[:1]) == ["with"])


def _is_sent_to_me(rest: Sequence[str]) -> bool:
    if not rest or all(word in BETWEEN for word in rest) or any(word in MESSAGES for word in rest):
        return True
    return rest[0] == "me" and rest[1] not in AWAY


def _led_to(said: Sequence[str]) -> Language | None:
    """Return the language of a stop with nothing but words that lead to it."""
    core = _after(said, LEADS)
    lone = " ".join(without_courtesy(core))
    return None if lone in ORDINARY or len(core) == len(said) else STOPS.get(lone)


def _unclear(said: Sequence[str]) -> Said | None:
    found = _stop_somewhere(said) or _verb_first(said) or _unclear_alone(said)
    found = found or _first(said, UNCLEAR_ANYWHERE) or _first(said, FIXED)
    return Said(found, is_clear=False) if found else None


def _unclear_alone(said: Sequence[str]) -> Language | None:
    whole, core = " ".join(said), " ".join(without_courtesy(said))  # "no thanks" is one with its courtesy
    return UNCLEAR_ALONE.get(whole) or UNCLEAR_ALONE.get(core)


def _stop_somewhere(said: Sequence[str]) -> Language | None:
    """A "stop" in any sentence but "won't stop" and the like; or a tag by itself ("#StopICE")."""
    is_tag = len(said) == 1 and said[0].startswith("stop") and said[0] not in TOLD
    around = zip(("", *said), said, (*said[1:], ""), strict=False)
    is_there = any(
        word == "stop" and before not in NO_STOP_AT_ALL and after not in BY_THE_WAY
        for before, word, after in around
    )
    return EN if is_tag or is_there else None


def _verb_first(said: Sequence[str]) -> Language | None:
    core = _after(said, APPEALS)
    if not core:
        return None
    near = None if core[0] in TOLD else near_stop(core[0])
    if near and (near != "alto" or " ".join(core[1:2]) in {"a", "al"}):
        return STOPS[near]
    is_lone_stop = len(core) < len(said) and " ".join(core) in STOPS
    return STOPS[" ".join(core)] if is_lone_stop else VERBS.get(core[0])


def _after(said: Sequence[str], leads: frozenset[str]) -> Sequence[str]:
    at = next((at for at, word in enumerate(said) if word not in leads), len(said))
    return said[at:]


def _is_turned_round(said: Sequence[str], at: int) -> bool:
    """Whether "don't" stands just before, or "did" a word earlier ("why did you stop texting me?")."""
    before = said[max(at - 2, 0) : at]
    return bool(before) and (before[-1] in NOT_A_STOP or before[0] == "did")


def _first(said: Sequence[str], phrases: Phrases) -> Language | None:
    return next((language for _, _, language in _found(said, phrases)), None)


def _found(said: Sequence[str], phrases: Phrases) -> Iterator[tuple[int, int, Language]]:
    """Yield where each phrase begins and ends, and its language."""
    for at, word in enumerate(said):
        for language, by_first in phrases.items():
            for phrase in by_first.get(word, ()):
                if tuple(said[at : at + len(phrase)]) == phrase:
                    yield at, at + len(phrase), language
