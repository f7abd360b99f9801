"""A text as it was read → what happened to the subscriber: the one place where the two vocabularies meet."""

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.inbound_texts import Classified, Kind
from chalicelib.domain.subscriber import Evidence
from chalicelib.domain.subscriber_events import (
    CallAsked,
    Confirmed,
    Helped,
    Joined,
    LanguageAsked,
    LetterAsked,
    Said,
    SaidOther,
    Stopped,
    Unclear,
    ZipTold,
)
from chalicelib.domain.words import Language

EVENTS: dict[Kind, Callable[[Evidence], Said]] = {
    Kind.STOP: Stopped,
    Kind.HOLD: Unclear,
    Kind.HELP: Helped,
    Kind.JOIN: Joined,
    Kind.KEYWORD: Joined,
    Kind.CONFIRM: Confirmed,
    Kind.CALL: CallAsked,
    Kind.LETTER: LetterAsked,
    Kind.OTHER: SaidOther,
}
"""Kind → event. A ZIP code and a language bring something along and are made by hand."""


def event_of(read: Classified, evidence: Evidence, spoken: Language | None = None) -> Said:
    """Return the event of a text. `spoken` is the subscriber's language so far, of which IDIOMA asks the other.

    The evidence takes the language of the words, where they have one, and whether Twilio has answered.
    """
    language = read.language or evidence.language
    told = replace(evidence, language=language, was_answered=read.is_answered)
    if read.kind is Kind.ZIP:
        return ZipTold(told, read.zip_code)
    if read.kind is Kind.LANGUAGE:
        return LanguageAsked(told, read.language or _other(spoken or evidence.language))
    return EVENTS[read.kind](told)


def _other(language: Language) -> Language:
    return Language.ES if language is Language.EN else Language.EN
