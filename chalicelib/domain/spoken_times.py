"""Numbers, places in line and waits as a voice says them, in both languages."""

from datetime import date, datetime
from math import ceil
from zoneinfo import ZoneInfo

from num2words import num2words

from chalicelib.domain.calendar_names import DAYS, MONTHS
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

NOON = 12
SOON_DAYS = 7
"""A day less than a week ahead is told by its name."""
SOON_EN, SOON_ES = {0: "today", 1: "tomorrow"}, {0: "hoy", 1: "mañana"}


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


def at_time(at: datetime, now: datetime, zone: str, language: Language) -> str:
    """A moment to come, in a zone: "tomorrow at nine fifteen in the morning", "el lunes a la una de la tarde"."""
    there, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    if language is Language.EN:
        return f"{_day_en(there, today)} at {_clock_en(there)}"
    return f"{_day_es(there, today)} {_clock_es(there)}"


def _day_en(there: datetime, today: date) -> str:
    days = (there.date() - today).days
    if days < SOON_DAYS:
        return SOON_EN.get(days) or f"on {DAYS[Language.EN][there.weekday()]}"
    return f"on {MONTHS[Language.EN][there.month - 1]} {num2words(there.day, to='ordinal', lang='en')}"


def _day_es(there: datetime, today: date) -> str:
    days = (there.date() - today).days
    if days < SOON_DAYS:
        return SOON_ES.get(days) or f"el {DAYS[Language.ES][there.weekday()]}"
    day = "primero" if there.day == 1 else in_words(there.day, Language.ES)
    return f"el {day} de {MONTHS[Language.ES][there.month - 1]}"


def _clock_en(there: datetime) -> str:
    hour = in_words(there.hour % 12 or 12, Language.EN)
    minute = f" {in_words(there.minute, Language.EN)}" if there.minute else ""
    return f"{hour}{minute} in the {'morning' if there.hour < NOON else 'afternoon'}"


def _clock_es(there: datetime) -> str:
    """Spanish counts hours as feminine: la una, las dos."""
    hour = there.hour % 12 or 12
    said = "la una" if hour == 1 else f"las {in_words(hour, Language.ES)}"
    minute = {0: "", 15: " y cuarto", 30: " y media"}.get(
        there.minute, f" y {in_words(there.minute, Language.ES)}"
    )
    return f"a {said}{minute} de la {'mañana' if there.hour < NOON else 'tarde'}"
