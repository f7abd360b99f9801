"""The words that Twilio itself should know of a sender (Advanced Opt-Out), by language: ours that are one word.

Twilio blocks and unblocks by single words. One that we take for an opt-in and Twilio doesn't leaves its block in place,
so that our answer would fail (21610); a stop that both know is held twice. YES is none of them: it is the answer to our
question, and Twilio would take it for START.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.domain.inbound_texts import ASKED, Keyword, Kind
from chalicelib.domain.stop_words import STOPS
from chalicelib.domain.words import Language

TO_TAKE_OUT = ("YES",)
"""Words that Twilio has by itself and must not have."""


@dataclass(frozen=True, slots=True)
class OptOutWords:
    """What one language's fields are filled with, in capitals."""

    stop: tuple[str, ...]
    join: tuple[str, ...]
    help: tuple[str, ...]


def words_of(keywords: Iterable[Keyword], language: Language) -> OptOutWords:
    """Return the words of one language, a programme's own keywords among those that join, if they are one word."""
    own = tuple(each.word.upper() for each in keywords if each.language is language and is_single(each.word))
    return OptOutWords(
        _single(STOPS, language),
        _single(_asking(Kind.JOIN), language) + own,
        _single(_asking(Kind.HELP), language),
    )


def is_single(word: str) -> bool:
    """Whether Twilio can be told of a word: it compares whole texts, and only those of one word."""
    return len(word.split()) == 1


def _asking(kind: Kind) -> Mapping[str, Language | None]:
    return {word: language for word, (means, language) in ASKED.items() if means is kind}


def _single(words: Mapping[str, Language | None], language: Language) -> tuple[str, ...]:
    return tuple(word.upper() for word, of in words.items() if of is language and is_single(word))
