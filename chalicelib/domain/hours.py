"""When an office is open: its week, its own closures and US federal holidays, in its own wall time.

Promises: the moment asked about is an argument, and no clock is read. Every datetime in and out is aware and,
unless said otherwise, in UTC. Spans are half-open: at `opens` an office is open, at `closes` it is closed.

Daylight saving decides two cases. A wall time that a spring change skips is the first moment after the gap; a
wall time that an autumn change brings twice is the first of the two. So a span never ends before it begins, and
one that a change leaves empty is left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

from chalicelib.domain.office import Hours, Office, Span

LOOK_AHEAD = timedelta(days=60)
"""How far ahead anybody is told when an office opens or closes. What doesn't within it, doesn't."""

MIDNIGHT = time(0)
A_DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
OBSERVED = " (observed)"


@dataclass(frozen=True, slots=True)
class DaysAlike:
    """Neighbouring days of a week with the same spans, from `first` to `last`; 0 is Monday."""

    first: int
    last: int
    spans: tuple[Span, ...]


def is_open(office: Office, now: datetime) -> bool:
    """Whether the office is open at this moment."""
    return any(opens <= now < closes for opens, closes in spans_on(office, local(office, now).date()))


def opening(office: Office, now: datetime) -> datetime | None:
    """Return when the office opens next, after `now`: while it is open, when it opens again.

    None if it doesn't open within LOOK_AHEAD.
    """
    return _soon(now, (opens for opens, _ in _spans_from(office, now) if opens > now))


def closing(office: Office, now: datetime) -> datetime | None:
    """Return when the office closes, if it is open: None if it is not, or stays open for LOOK_AHEAD."""
    return _soon(now, (closes for opens, closes in _spans_from(office, now) if opens <= now < closes))


def local(office: Office, at: datetime) -> datetime:
    """Return the same moment in the office's wall time."""
    return at.astimezone(ZoneInfo(office.zone))


def spans_on(office: Office, day: date) -> tuple[tuple[datetime, datetime], ...]:
    """Return when the office is open on a day of its own calendar, in order, none touching another.

    A span that closes at 00:00 ends with the day. Nothing on closures and, where kept, federal holidays.
    """
    if _is_closed_on(office.hours, day):
        return ()
    zone = ZoneInfo(office.zone)
    return tuple(_joined(_moments(span, day, zone) for span in office.hours.week[day.weekday()]))


def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the UTC moment of a wall time: of two the first, of none the first after.

    A wall time exists if the way to UTC and back leads to it. Clocks change at whole minutes.
    """
    wall = datetime.combine(day, at, zone)
    while (moment := wall.astimezone(UTC)).astimezone(zone) != wall:
        wall = wall.replace(second=0, microsecond=0) + A_MINUTE
    return moment


def holiday_on(day: date) -> str | None:
    """Return the US federal holiday's English name on its own day and on the day it is observed, if any.

    A holiday on a Saturday is observed the day before, one on a Sunday the day after (5 U.S.C. 6103).
    """
    return _federal(day.year).get(day)


def week_in_spans(hours: Hours) -> tuple[DaysAlike, ...]:
    """Return the week in as few lines as it takes to show it ("Monday to Friday, 9 to 4"), without closed days."""
    runs = [list(run) for _, run in groupby(range(7), key=hours.week.__getitem__)]
    return tuple(DaysAlike(run[0], run[-1], hours.week[run[0]]) for run in runs if hours.week[run[0]])


def _soon(now: datetime, moments: Iterator[datetime]) -> datetime | None:
    first = next(moments, None)
    return first if first is not None and first - now <= LOOK_AHEAD else None


def _spans_from(office: Office, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans of the office's today and the days after, joined over midnight, to beyond LOOK_AHEAD."""
    today = local(office, now).date()
    days = (today + timedelta(days=n) for n in range(LOOK_AHEAD.days + 2))
    return _joined(span for day in days for span in spans_on(office, day))


def _is_closed_on(hours: Hours, day: date) -> bool:
    if any(closure.first <= day <= closure.last for closure in hours.closures):
        return True
    return hours.keeps_holidays and holiday_on(day) is not None


def _moments(span: Span, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    last = day + A_DAY if span.closes == MIDNIGHT else day
    return moment_of(day, span.opens, zone), moment_of(last, span.closes, zone)


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Yield ordered spans with those that touch made one, and the empty left out."""
    held: tuple[datetime, datetime] | None = None
    for opens, closes in spans:
        if opens >= closes:
            continue
        if held is not None and opens <= held[1]:
            held = held[0], max(held[1], closes)
        else:
            if held is not None:
                yield held
            held = opens, closes
    if held is not None:
        yield held


@cache
def _federal(year: int) -> Mapping[date, str]:
    """Return a year's federal holidays and observed days: those of the calendar year, 31 December among them."""
    from holidays import country_holidays  # noqa: PLC0415 - 60 ms that only a question about hours pays, once

    found = country_holidays("US", years=year, language="en_US")
    return {day: name.removesuffix(OBSERVED) for day, name in found.items()}
