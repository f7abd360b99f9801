"""Numbers, places in line and waits as a voice says them, in both languages."""

from math import ceil

from num2words import num2words

from chalicelib.domain.words import Language

ORDINALS_ES = (
    "primera",
    "segunda",
    "tercera",
    "cuarta",
    "quinta",
    "sexta",
    "séptima",
    "octava",
    "novena",
    "décima",
)


def in_words(number: int, language: Language) -> str:
    """A number as a voice says it; US English has no "and" in it."""
    return str(num2words(number, lang=language.value)).replace(" and ", " ")


def place_in_line(place: int, language: Language) -> str:
    """3 → "third in line", "la tercera persona en la fila"."""
    if language is Language.EN:
        return f"{num2words(place, to='ordinal', lang='en').replace(' and ', ' ')} in line"
    if place <= len(ORDINALS_ES):
        return f"la {ORDINALS_ES[place - 1]} persona en la fila"
    return f"la persona número {in_words(place, language)} en la fila"


def about(seconds: int, language: Language) -> str:
    """A wait, rounded up: "about two minutes", "unos dos minutos"; up to a minute is said as one."""
    minutes = max(1, ceil(seconds / 60))
    if minutes == 1:
        return "about a minute" if language is Language.EN else "más o menos un minuto"
    if language is Language.EN:
        return f"about {in_words(minutes, language)} minutes"
    return f"unos {in_words(minutes, language)} minutos"
