"""What a person who texts us wants, read from their words alone: the same whatever state they are in.

Promises: a stop is never read as anything else, not even where Twilio read the word otherwise; what is neither a stop
nor clearly none is HOLD ("STOP ICE"); nobody is signed up by a near miss. Only `stop` has synonyms by the sentence and
typos: whoever joins says the word. Knows no subscriber, no store and no answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

from chalicelib.domain.normalizing import spelled, words
from chalicelib.domain.stop_phrases import said_of
from chalicelib.domain.stop_words import EN, ES, stop_of, without_courtesy
from chalicelib.domain.words import Language


class Kind(StrEnum):
    """What is wanted. CONFIRM counts only for somebody who was just asked; elsewhere it is as good as OTHER."""

    STOP = "stop"
    HOLD = "hold"  # a stop verb whose object is not messages: ask, and send nothing meanwhile
    HELP = "help"
    JOIN = "join"  # an opt-in word; which programme is the sender's matter
    CONFIRM = "confirm"
    KEYWORD = "keyword"  # a programme's own word: an opt-in, too
    CALL = "call"
    LETTER = "letter"
    ZIP = "zip"
    LANGUAGE = "language"
    OTHER = "other"  # a person's own words, for a person to read


class Basis(StrEnum):
    """How it was read; kept with the consent, so that a stop can be explained."""

    PROVIDER = "provider"  # Twilio's OptOutType: Twilio has also answered
    WORD = "word"  # the whole message
    TYPO = "typo"  # one letter from a stop
    PHRASE = "phrase"  # within a sentence
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Keyword:
    """A programme's word, and the language of who texts it."""

    word: str
    programme: str
    language: Language


@dataclass(frozen=True, slots=True)
class Classified:
    """What a text asks for. `language` is its words' language, None when they have none ("OK", a ZIP code).

    For LANGUAGE it is the one asked for, None when asked which there are. `keyword` is set for KEYWORD, and for JOIN
    where Twilio took one for START; `zip_code` (five digits) for ZIP. `is_answered`: Twilio has sent its own answer, so
    ours is an empty one.
    """

    kind: Kind
    basis: Basis = Basis.NONE
    language: Language | None = None
    keyword: Keyword | None = None
    zip_code: str = ""
    is_answered: bool = False


PROVIDER = {"STOP": Kind.STOP, "HELP": Kind.HELP, "START": Kind.JOIN}
"""Twilio's OptOutType, present when Advanced Opt-Out knew the word."""
ASKED: Mapping[str, tuple[Kind, Language | None]] = {
    **dict.fromkeys(("help", "info"), (Kind.HELP, EN)),
    **dict.fromkeys(("ayuda", "informacion"), (Kind.HELP, ES)),
    **dict.fromkeys(("join", "start", "unstop", "subscribe"), (Kind.JOIN, EN)),
    **dict.fromkeys(("unirse", "inicio", "iniciar", "suscribir", "alertas"), (Kind.JOIN, ES)),
    **dict.fromkeys(("y", "yes"), (Kind.CONFIRM, EN)),
    "si": (Kind.CONFIRM, ES),
    "ok": (Kind.CONFIRM, None),
}
"""Whole messages, read before a programme's keyword."""
WANTED: Mapping[str, tuple[Kind, Language | None]] = {
    **dict.fromkeys(("call", "call me", "call now"), (Kind.CALL, EN)),
    **dict.fromkeys(("llamar", "llamada", "llamen", "llamenme", "llameme", "llamame"), (Kind.CALL, ES)),
    **dict.fromkeys(("letter", "write"), (Kind.LETTER, EN)),
    **dict.fromkeys(("carta", "escribir"), (Kind.LETTER, ES)),
    **dict.fromkeys(("english", "ingles", "in english", "en ingles"), (Kind.LANGUAGE, EN)),
    **dict.fromkeys(("espanol", "spanish", "en espanol", "in spanish"), (Kind.LANGUAGE, ES)),
    **dict.fromkeys(("language", "idioma"), (Kind.LANGUAGE, None)),
}
"""Whole messages, read after it, with "please" or without: they sign nobody up."""
ZIP, ZIP_PLUS = 5, 4
ZIP_LABELS = (
    ("my", "zip", "code", "is"), ("my", "zip", "is"), ("zip", "code"), ("zip",),
    ("mi", "codigo", "postal", "es"), ("codigo", "postal"),
)  # fmt: skip


def by_word(keywords: Iterable[Keyword]) -> Mapping[str, Keyword]:
    """Return a sender's keywords as texts are compared with them. Of two alike the first one stands."""
    every = [(spelled(keyword.word), keyword) for keyword in keywords]
    return dict(reversed(every))


def classify(text: str, keywords: Mapping[str, Keyword], opt_out_type: str = "") -> Classified:
    """Return what a text asks for. `keywords` are from `by_word`; `opt_out_type` is Twilio's, "" when it sent none.

    A stop comes first, whatever Twilio took it for: if it answered a stop as a START, it is still a stop of ours,
    and `is_answered` is False, so that the person is told.
    """
    said, whole = words(text), spelled(text)
    provider = PROVIDER.get(opt_out_type)
    stop = _stopped(said)
    if provider and (stop is None or stop.kind is not Kind.STOP or provider is Kind.STOP):
        keyword = keywords.get(whole) if provider is Kind.JOIN else None
        language = keyword.language if keyword else _language(whole, stop)
        return Classified(provider, Basis.PROVIDER, language, keyword, is_answered=True)
    return stop or _asked(whole) or _keyword(whole, keywords) or _wanted(said)


def _stopped(said: tuple[str, ...]) -> Classified | None:
    """Return a STOP or a HOLD, if it is one."""
    if not said:
        return None
    if alone := stop_of(said):
        language, is_typo = alone
        return Classified(Kind.STOP, Basis.TYPO if is_typo else Basis.WORD, language)
    if sentence := said_of(said):
        return Classified(Kind.STOP if sentence.is_clear else Kind.HOLD, Basis.PHRASE, sentence.language)
    return None


def _asked(whole: str) -> Classified | None:
    if "?" in whole and all(letter == " " or category(letter).startswith("P") for letter in whole):
        return Classified(Kind.HELP, Basis.WORD)
    return _listed(whole, ASKED)


def _keyword(whole: str, keywords: Mapping[str, Keyword]) -> Classified | None:
    keyword = keywords.get(whole)
    return Classified(Kind.KEYWORD, Basis.WORD, keyword.language, keyword) if keyword else None


def _wanted(said: tuple[str, ...]) -> Classified:
    if zip_code := _zip_code(said):
        return Classified(Kind.ZIP, Basis.WORD, zip_code=zip_code)
    return _listed(" ".join(without_courtesy(said)), WANTED) or Classified(Kind.OTHER)


def _listed(whole: str, table: Mapping[str, tuple[Kind, Language | None]]) -> Classified | None:
    kind, language = table.get(whole, (None, None))
    return Classified(kind, Basis.WORD, language) if kind else None


def _zip_code(said: tuple[str, ...]) -> str:
    """Return the five digits of a message that is a ZIP code, ZIP+4 or labelled so; else ""."""
    label = next((label for label in ZIP_LABELS if said[: len(label)] == label), ())
    numbers = said[len(label) :]
    sizes = [len(number) for number in numbers if number.isascii() and number.isdigit()]
    is_zip = len(sizes) == len(numbers) and sizes in ([ZIP], [ZIP, ZIP_PLUS])
    return numbers[0] if is_zip else ""


def _language(whole: str, stop: Classified | None) -> Language | None:
    """Return the language of a word that Twilio has read."""
    found = stop or _asked(whole)
    return found.language if found else None
