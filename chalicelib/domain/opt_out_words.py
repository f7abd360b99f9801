"""The words that Twilio itself should know of a sender's (Advanced Opt-Out), by language, beside those it has anyway.

Twilio blocks and unblocks by single words. One that we take for an opt-in and Twilio doesn't leaves its block in place,
so that our answer would fail (21610); a stop that both know is held twice. YES is none of them: it is an answer to our
question, and Twilio would take it for START.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.words import Language

EN, ES = Language.EN, Language.ES
STOPS: Mapping[Language, tuple[str, ...]] = {
    EN: ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
    ES: ("ALTO", "PARAR", "DETENER", "BAJA", "CANCELAR", "SALIR", "TERMINAR", "DESUSCRIBIR"),
}
HELPS: Mapping[Language, tuple[str, ...]] = {EN: ("HELP", "INFO"), ES: ("AYUDA", "INFORMACION")}
JOINS: Mapping[Language, tuple[str, ...]] = {
    EN: ("START", "UNSTOP", "JOIN", "SUBSCRIBE"),
    ES: ("INICIAR", "INICIO", "UNIRSE", "SUSCRIBIR", "ALERTAS"),
}
TO_TAKE_OUT = ("YES",)
"""Words that Twilio has by itself and must not have."""


@dataclass(frozen=True, slots=True)
class OptOutWords:
    """What one language's fields are filled with."""

    stop: tuple[str, ...]
    help: tuple[str, ...]
    join: tuple[str, ...]


def words_of(keywords: Iterable[Keyword], language: Language) -> OptOutWords:
    """Return the words of one language, with a programme's own keywords among those that join."""
    own = tuple(each.word.upper() for each in keywords if each.language is language)
    return OptOutWords(STOPS[language], HELPS[language], (*JOINS[language], *own))
