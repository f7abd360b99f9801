"""When a text may be sent to somebody, by where they are: their own wall time, or all the times it may be.

Promises: no clock is read; every datetime in and out is aware, and in UTC on the way out. What we don't know narrows
the window and never widens it: of several zones all must be awake, and where no hour suits them all the fallback holds,
never "always". Spans are half-open: at `opens` a text may go, at `closes` it may not.

Where somebody is: the zone a person on our side set, else that of the ZIP code they told us, else all zones of their
area code, which they may have left long ago. The law's hours are 8 to 21 (47 CFR 64.1200(c)(1)); ours are 9 to 20.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chalicelib.domain.hours import moment_of

FALLBACK = ("America/Puerto_Rico", "Pacific/Honolulu")
"""Whoever may be anywhere: awake from the Caribbean to Hawaii. Guam's and Samoa's own area codes say where they are."""
LOOK_AHEAD = 9
"""Days from today on: a rule of a state may close some weekday, none a whole week."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours of a day in which texts may go, in wall time; `closes` is not midnight."""

    opens: time
    closes: time


USUAL = DayHours(time(9), time(20))
FEDERAL = DayHours(time(8), time(21))


@dataclass(frozen=True, slots=True)
class StateRule:
    """One state's narrower hours on some weekdays (0 is Monday); `hours` None: not at all on these. From `since` on."""

    days: frozenset[int]
    hours: DayHours | None
    since: date | None = None


Calendar = Mapping[str, Sequence[StateRule]]
"""Rules by a state's postal code. Empty, as usual: no state has any."""


@dataclass(frozen=True, slots=True)
class Window:
    """When texts may go, in UTC."""

    opens: datetime
    closes: datetime

    def holds(self, at: datetime) -> bool:
        """Whether a text may go at this moment."""
        return self.opens <= at < self.closes


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody may be: all these zones, and a state where their ZIP code said so."""

    zones: tuple[str, ...]
    state: str | None = None


def whereabouts(
    set_by_staff: str | None, zip_zone: str | None, area_code_zones: Sequence[str], state: str | None = None
) -> Whereabouts:
    """Return where somebody may be by the best that is known; `state` is that of their ZIP code."""
    known = set_by_staff or zip_zone
    if known:
        return Whereabouts((known,), state)
    return Whereabouts(tuple(area_code_zones) or FALLBACK, state)


def window(
    where: Whereabouts, now: datetime, hours: DayHours = USUAL, calendar: Calendar | None = None
) -> Window | None:
    """Return the window that is open now, else the next one; None: there is none in a week."""
    return next((each for each in _windows(where, now, hours, calendar or {}) if now < each.closes), None)


def is_open(
    where: Whereabouts, now: datetime, hours: DayHours = USUAL, calendar: Calendar | None = None
) -> bool:
    """Whether a text may go now."""
    found = window(where, now, hours, calendar)
    return found is not None and found.holds(now)


@lru_cache(maxsize=4096)
def window_of(zones: tuple[str, ...], day: date, hours: DayHours) -> Window | None:
    """Return when everybody in these zones is awake on a day of their calendars; None: at no time.

    Remembered: a broadcast asks the same of every recipient.
    """
    opens = max(moment_of(day, hours.opens, ZoneInfo(zone)) for zone in zones)
    closes = min(moment_of(day, hours.closes, ZoneInfo(zone)) for zone in zones)
    return Window(opens, closes) if opens < closes else None


def narrowed(hours: DayHours, rules: Iterable[StateRule], day: date) -> DayHours | None:
    """Return what a state's rules leave of a day's hours; None: nothing. A rule widens nothing."""
    for rule in rules:
        is_on = day.weekday() in rule.days and (rule.since is None or rule.since <= day)
        if not is_on:
            continue
        if rule.hours is None:
            return None
        hours = DayHours(max(hours.opens, rule.hours.opens), min(hours.closes, rule.hours.closes))
    return hours if hours.opens < hours.closes else None


def _windows(where: Whereabouts, now: datetime, hours: DayHours, calendar: Calendar) -> Iterator[Window]:
    rules = calendar.get(where.state or "", ())
    # Today where it is earliest: no window that is still open is of a day before.
    first = min(now.astimezone(ZoneInfo(zone)).date() for zone in (*where.zones, *FALLBACK))
    for day in (first + n * A_DAY for n in range(LOOK_AHEAD)):
        left = narrowed(hours, rules, day)
        if left is None:
            continue
        found = window_of(where.zones, day, left) or window_of(FALLBACK, day, left)
        if found is not None:
            yield found
