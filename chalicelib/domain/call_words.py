"""What we answer to CALL, word for word: that their phone rings, or what stands against it and what to do instead.

Promises: each text says who writes first, is in GSM-7 and, for names of usual length, in two segments at most. It
tells nobody whether a number is an office's, ours, or on the list of those never rung: all of these read alike.
The Spanish does without á, í, ó and ú, which GSM-7 lacks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from chalicelib.domain import told_times
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.replies import Programme
from chalicelib.domain.segments import plain
from chalicelib.domain.words import Language, Words

HOUR = 60
"""Minutes in an hour: up to there a wait is told in minutes."""
SOON = timedelta(minutes=1)
"""A ring before that is "now"."""
RINGING = Words(
    "{title}: Calling you now from {number}. Answer and press 1.",
    "{title}: Le llamamos ahora desde {number}. Conteste y oprima 1.",
)
IN_LINE = Words(
    "{title}: Many people are calling. We call you from {number} in about {wait}. Answer and press 1.",
    "{title}: Hay muchas llamadas. Le llamamos desde {number} en unos {wait}. Conteste y oprima 1.",
)
BY_LINK = Words("{title}: Call from here: {link}", "{title}: Llame desde: {link}")
ZIP_FIRST = Words(
    "{title}: Which office is yours? Text us your ZIP code (5 digits) first. Then text CALL again.",
    "{title}: ¿Qué oficina le corresponde? Responda primero con su ZIP (5 cifras) y luego con LLAMAR.",
)
CLOSED = Words(
    "{title}: No office is open now. {place} opens {when}. Book your call here: {link}",
    "{title}: Ahora no hay oficinas abiertas. {place} abre {when}. Reserve su llamada en: {link}",
)
NOT_CALLED = Words(
    "{title}: We can't call this phone. Call us instead, at {number}: you reach the same office.",
    "{title}: No podemos llamar a este teléfono. Llame usted al {number} y llega a la misma oficina.",
)
AGAINST: Mapping[Code, Words] = {
    Code.CAMPAIGN_PAUSED: Words(
        "{title}: Calls are paused, so we call nobody now. Here you can see when they go on: {link}",
        "{title}: Las llamadas se pausaron y ahora no llamamos a nadie. Cuando sigan, se ve en: {link}",
    ),
    Code.TOO_MANY_CALLS: Words(
        "{title}: That's the most calls for one phone for now. Text CALL again in {wait}.",
        "{title}: Por ahora ya no podemos llamar a este teléfono. Responda LLAMAR en {wait}.",
    ),
    Code.LINE_TOO_LONG: Words(
        "{title}: More people want to call than we can call in half an hour. Text CALL again later, or call {number}.",
        "{title}: Hay mucha gente que quiere llamar. Responda LLAMAR en media hora o llame usted al {number}.",
    ),
    Code.BUDGET_SPENT: Words(
        "{title}: We can't call anyone else today. Call us instead, at {number}: you reach the same office.",
        "{title}: Hoy ya no podemos llamar a nadie. Llame usted al {number} y llega a la misma oficina.",
    ),
    Code.NO_OFFICE: Words(
        "{title}: No office can be called right now. See what else helps: {link}",
        "{title}: Ahora no podemos llamar a ninguna oficina. Vea otras formas de ayudar: {link}",
    ),
    Code.OFFICES_CLOSED: Words(
        "{title}: No office is open now. Book a call for later here: {link}",
        "{title}: Ahora no hay oficinas abiertas. Reserve su llamada en: {link}",
    ),
    Code.OFFICE_UNCLEAR: Words(
        "{title}: Your ZIP code doesn't tell us which office is yours. Choose one and call from here: {link}",
        "{title}: Con su ZIP no sabemos qué oficina le corresponde. Elija una y llame desde: {link}",
    ),
    Code.ZIP_MALFORMED: ZIP_FIRST,
}
"""Why nobody is rung → what we say. Whatever is not here is NOT_CALLED."""


@dataclass(frozen=True, slots=True)
class Way:
    """What an answer can send people to: our number (E.164) and the campaign's page in their language."""

    told: Programme
    language: Language
    number: str
    link: str


@dataclass(frozen=True, slots=True)
class Opens:
    """The office of a call that opens first, when, and its zone."""

    place: Words
    at: datetime
    zone: str


def ringing(way: Way, ring_at: datetime, now: datetime) -> str:
    """Return that their phone rings now, or in about how long."""
    wait = ring_at - now
    return _said(RINGING if wait < SOON else IN_LINE, way, wait=waiting(wait, way.language))


def by_link(way: Way) -> str:
    """Return the page to call from."""
    return _said(BY_LINK, way)


def zip_first(way: Way) -> str:
    """Return that we need their ZIP code before we know whom to connect them to."""
    return _said(ZIP_FIRST, way)


def closed(way: Way, opens: Opens, now: datetime) -> str:
    """Return when the first office opens, and where to book a call for then."""
    language = way.language
    joint = " " if language is Language.EN else ", "
    zone = told_times.zone_at(opens.zone, opens.at).of_it.of(language)
    when = told_times.opens(opens.at, opens.zone, now, language) + joint + zone
    return _said(CLOSED, way, place=opens.place.of(language), when=when)


def against(way: Way, refusal: Refusal, now: datetime) -> str:
    """Return why we call nobody, and what to do instead."""
    wait = refusal.try_again - now if refusal.try_again else timedelta(hours=1)
    return _said(AGAINST.get(refusal.code, NOT_CALLED), way, wait=waiting(wait, way.language))


def waiting(wait: timedelta, language: Language) -> str:
    """Return a wait in minutes, or in hours where it is long; never less than it is."""
    minutes = max(2, ceil(wait / timedelta(minutes=1)))
    if minutes < HOUR:
        return f"{minutes} {Words('minutes', 'minutos').of(language)}"
    hours = ceil(minutes / HOUR)
    names = Words("hour", "hora") if hours == 1 else Words("hours", "horas")
    return f"{hours} {names.of(language)}"


def dialable(number: str) -> str:
    """+12025550142 → 202-555-0142, which a phone makes a link of; any other form as it is."""
    if len(number) == len("+12025550142") and number.startswith("+1"):
        return f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    return number


def _said(words: Words, way: Way, **parts: str) -> str:
    """The words with their parts, in letters of GSM-7."""
    return plain(
        words.of(way.language).format(
            title=way.told.title(way.language), number=dialable(way.number), link=way.link, **parts
        )
    )
