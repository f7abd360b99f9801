"""Times and days as a page tells them, in both languages: "tomorrow at 9:00 am", "mañana a las 9:00 a. m.".

Promises: every moment comes in aware and is told in the zone asked for; a number never breaks from its am or pm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.calendar_names import DAYS, MONTHS
from chalicelib.domain.hours import week_in_spans
from chalicelib.domain.office import Hours, Span
from chalicelib.domain.words import Language, Words

NOON = 12
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone people in the United States know by name. `of_it` follows a time: "9:00 am Central"."""

    id: str
    name: Words
    of_it: Words


ZONES = (
    Zone("America/New_York", Words("Eastern", "Este"), Words("Eastern", "hora del Este")),
    Zone("America/Chicago", Words("Central", "Centro"), Words("Central", "hora del Centro")),
    Zone("America/Denver", Words("Mountain", "Montaña"), Words("Mountain", "hora de la Montaña")),
    Zone("America/Phoenix", Words("Arizona", "Arizona"), Words("Arizona", "hora de Arizona")),
    Zone("America/Los_Angeles", Words("Pacific", "Pacífico"), Words("Pacific", "hora del Pacífico")),
    Zone("America/Anchorage", Words("Alaska", "Alaska"), Words("Alaska", "hora de Alaska")),
    Zone("Pacific/Honolulu", Words("Hawaii", "Hawái"), Words("Hawaii", "hora de Hawái")),
    Zone("America/Puerto_Rico", Words("Atlantic", "Atlántico"), Words("Atlantic", "hora del Atlántico")),
    Zone("Pacific/Guam", Words("Guam", "Guam"), Words("Guam", "hora de Guam")),
    Zone("Pacific/Pago_Pago", Words("Samoa", "Samoa"), Words("Samoa", "hora de Samoa")),
)
"""The zones a supporter can choose from; the first of two that agree names both."""


def zone_at(zone: str, at: datetime) -> Zone:
    """Return how a zone is named at a moment: like one of ZONES whose clock agrees, else by its own city."""
    known = next((each for each in ZONES if each.id == zone), None)
    alike = next((each for each in ZONES if _clock_of(each.id, at) == _clock_of(zone, at)), None)
    return known or alike or _city(zone)


def on_the_clock(at: datetime, zone: str, language: Language) -> str:
    """A moment as a clock in the zone shows it: "9:00 am", "9:00 a. m."."""
    return wall(at.astimezone(ZoneInfo(zone)).time(), language)


def wall(at: time, language: Language) -> str:
    """A time of day: "12:15 pm", "12:15 p. m."."""
    half = "a" if at.hour < NOON else "p"
    mark = f"{half}m" if language is Language.EN else f"{half}.\u00a0m."
    return f"{at.hour % NOON or NOON}:{at.minute:02}\u00a0{mark}"


def with_zone(at: datetime, zone: str, language: Language) -> str:
    """As "9:00 am Eastern", "9:00 a. m., hora del Este"."""
    joint = " " if language is Language.EN else ", "
    return on_the_clock(at, zone, language) + joint + zone_at(zone, at).of_it.of(language)


def at_time(at: datetime, zone: str, language: Language) -> str:
    """As "at 9:00 am Eastern", "a las 9:00 a. m., hora del Este"."""
    return f"{_before(at, zone, 'at', 'a', language)} {with_zone(at, zone, language)}"


def until_time(at: datetime, zone: str, language: Language) -> str:
    """As "until 4:00 pm Eastern", "hasta las 4:00 p. m., hora del Este"."""
    return f"{_before(at, zone, 'until', 'hasta', language)} {with_zone(at, zone, language)}"


def weekday(day: date, language: Language) -> str:
    """As "Thursday", "jueves"."""
    return DAYS[language][day.weekday()]


def day_and_month(day: date, language: Language) -> str:
    """As "November 26", "26 de noviembre"."""
    month = MONTHS[language][day.month - 1]
    return f"{month}\u00a0{day.day}" if language is Language.EN else f"{day.day} de {month}"


def full_day(day: date, language: Language) -> str:
    """As "Thursday, November 26", "jueves 26 de noviembre"."""
    joint = ", " if language is Language.EN else " "
    return weekday(day, language) + joint + day_and_month(day, language)


def near_day(day: date, today: date, language: Language) -> str:
    """A day by its weekday alone while that is plain, else in full."""
    is_near = timedelta(0) <= day - today < A_WEEK
    return weekday(day, language) if is_near else full_day(day, language)


def opens(at: datetime, zone: str, now: datetime, language: Language) -> str:
    """When something happens, to follow "opens" and "abre": "tomorrow at 9:00 am", "el jueves a las 9:00 a. m."."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    day = _next_days(local.date(), today, language)
    if day is None:
        told = near_day(local.date(), today, language)
        comma = "," if language is Language.EN and local.date() - today >= A_WEEK else ""
        day = told + comma if language is Language.EN else f"el {told}"
    return f"{day} {_before(at, zone, 'at', 'a', language)} {on_the_clock(at, zone, language)}"


def moment(at: datetime, zone: str, today: date, language: Language) -> str:
    """A moment to be picked: "Thursday, 8:00 am", and with its date where the weekday alone isn't plain."""
    told = near_day(at.astimezone(ZoneInfo(zone)).date(), today, language)
    return f"{_upper(told)}, {on_the_clock(at, zone, language)}"


def plan(at: datetime, zone: str, language: Language) -> str:
    """A booked moment, plain on whatever day it is read: "Thursday, November 26, 8:00 am Central"."""
    day = full_day(at.astimezone(ZoneInfo(zone)).date(), language)
    return f"{_upper(day)}, {with_zone(at, zone, language)}"


def week(hours: Hours, zone: str, at: datetime, language: Language) -> str:
    """An office's week: "Monday to Friday, 9:00 am to 4:00 pm Eastern"; empty where it is never open."""
    runs = week_in_spans(hours)
    if not runs:
        return ""
    told = "; ".join(f"{_days(run.first, run.last, language)}, {_spans(run.spans, language)}" for run in runs)
    joint = " " if language is Language.EN else ", "
    return _upper(told) + joint + zone_at(zone, at).of_it.of(language)


def until_today(at: datetime, zone: str, language: Language) -> str:
    """When an office closes today: "Until 4:00 pm Eastern today", "Hasta las 4:00 p. m. de hoy, hora del Este"."""
    closes = f"{_before(at, zone, 'Until', 'Hasta', language)} {on_the_clock(at, zone, language)}"
    name = zone_at(zone, at).of_it.of(language)
    return f"{closes} {name} today" if language is Language.EN else f"{closes} de hoy, {name}"


# Strictly private.


def _clock_of(zone: str, at: datetime) -> tuple[str | None, timedelta | None]:
    """What tells two zones apart at a moment: Havana's CST is not Chicago's."""
    local = at.astimezone(ZoneInfo(zone))
    return local.tzname(), local.utcoffset()


def _city(zone: str) -> Zone:
    city = zone.rpartition("/")[2].replace("_", " ")
    return Zone(zone, Words(city, city), Words(f"{city} time", f"hora de {city}"))


def _next_days(day: date, today: date, language: Language) -> str | None:
    near = {Language.EN: ("today", "tomorrow"), Language.ES: ("hoy", "mañana")}[language]
    return {today: near[0], today + timedelta(days=1): near[1]}.get(day)


def _before(at: datetime, zone: str, english: str, spanish: str, language: Language) -> str:
    """What stands before a time: "at", and "a las", but "a la" before one o'clock."""
    if language is Language.EN:
        return english
    is_one = at.astimezone(ZoneInfo(zone)).hour % NOON == 1
    return f"{spanish} {'la' if is_one else 'las'}"


def _days(first: int, last: int, language: Language) -> str:
    names = DAYS[language]
    if first == last:
        return names[first]
    return f"{names[first]} {'to' if language is Language.EN else 'a'} {names[last]}"


def _spans(spans: Sequence[Span], language: Language) -> str:
    joint = " and " if language is Language.EN else " y "
    return joint.join(_span(span, language) for span in spans)


def _span(span: Span, language: Language) -> str:
    begins, ends = wall(span.opens, language), wall(span.closes, language)
    if language is Language.EN:
        return f"{begins} to {ends}"
    return f"de {begins} a {ends}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
