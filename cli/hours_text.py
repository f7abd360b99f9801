"""An office's weekly hours as one line of text, both ways: “Mon-Fri 9:00-12:00 13:00-16:00; Sat 10:00-12:00”.

Strict: 24-hour times, days in order, spans in order and apart. Days that aren't named are closed.
"""

import re
from collections.abc import Iterator
from datetime import time
from itertools import pairwise

from chalicelib.domain.hours import week_in_spans
from chalicelib.domain.office import Hours, Span

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EXAMPLE = "Mon-Fri 9:00-12:00 13:00-16:00; Sat 10:00-12:00"
MIDNIGHT = time(0)
"""As an end it is the end of the day."""
SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")

Week = tuple[tuple[Span, ...], ...]


class Misread(Exception):
    """A text is no hours; says what is wrong and how to write it, as a sentence."""


def read_week(text: str) -> Week:
    """Return seven days of spans from Monday.

    Raises:
        Misread: with the first thing that is wrong.
    """
    week: dict[int, tuple[Span, ...]] = {}
    for part in text.split(";"):
        days, *spans = part.split() or [""]
        named = tuple(_days(days))
        if again := [DAYS[day] for day in named if day in week]:
            raise Misread(f"{again[0]} is there twice in the hours. Write all its times after one mention.")
        week |= dict.fromkeys(named, _spans(spans, days))
    return tuple(week.get(day, ()) for day in range(len(DAYS)))


def written(hours: Hours) -> str:
    """Write the week of `hours` as `read_week` reads it; “closed” when it has no hours at all."""
    parts = [
        f"{DAYS[each.first]}{'' if each.first == each.last else f'-{DAYS[each.last]}'} {_written(each.spans)}"
        for each in week_in_spans(hours)
        if each.spans
    ]
    return "; ".join(parts) or "closed"


def _days(text: str) -> Iterator[int]:
    first, _, last = text.partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise Misread(f"“{text}” is no day. Write the hours like {EXAMPLE}.")
    start, end = DAYS.index(first), DAYS.index(last or first)
    if end < start or text.endswith("-"):
        raise Misread(f"“{text}” ends before it begins. Days run from Mon to Sun, like {EXAMPLE}.")
    yield from range(start, end + 1)


def _spans(texts: list[str], days: str) -> tuple[Span, ...]:
    if not texts:
        raise Misread(f"{days} has no times. Leave a closed day out, and write an open one like {EXAMPLE}.")
    spans = tuple(map(_span, texts))
    for before, after in pairwise(spans):
        if after.opens <= before.closes or before.closes == MIDNIGHT:
            raise Misread(
                f"In the hours of {days} one time begins before the last has ended. Put them in order."
            )
    return spans


def _span(text: str) -> Span:
    parts = SPAN.fullmatch(text)
    if parts is None:
        raise Misread(f"“{text}” is no time. Write it like 9:00-16:00.")
    try:
        span = Span(time(int(parts[1]), int(parts[2])), time(int(parts[3]), int(parts[4])))
    except ValueError as error:
        raise Misread(f"“{text}” has a time that no clock shows. Write it like 9:00-16:00.") from error
    if span.closes <= span.opens and span.closes != MIDNIGHT:
        raise Misread(f"“{text}” ends before it begins. Write times as on a 24-hour clock, like 13:00-16:00.")
    return span


def _written(spans: tuple[Span, ...]) -> str:
    return " ".join(f"{_clock(span.opens)}-{_clock(span.closes)}" for span in spans)


def _clock(at: time) -> str:
    return f"{at.hour}:{at:%M}"
