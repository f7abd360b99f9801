"""Which booked times are offered first: when the office opens, the lunch hour, the opening of the day after.

Only times that are free; none twice; in order. All pure: the free quarter-hours and the clock come in.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.domain.hours import local, opening, spans_on
from chalicelib.domain.office import Office

LUNCH = (time(12, 15), time(12, 30), time(12, 0), time(12, 45))
"""The supporter's lunch hour, the best of it first."""


class Why(StrEnum):
    """What is good about a suggested time."""

    OPENING = "opening"  # when the office opens
    FIRST = "first"  # the first that is free
    LUNCH = "lunch"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A free time (UTC), and why it is offered."""

    at: datetime
    why: Why


def suggested(office: Office, free: Sequence[datetime], now: datetime, zone: str) -> tuple[Suggestion, ...]:
    """Return up to three of the `free` times, in order; `zone` is the supporter's."""
    if not free:
        return ()
    first = free[0]
    next_day = _first(free, lambda at: local(office, at).date() > local(office, first).date())
    openings = {opening(office, now), *(_opening_on(office, at) for at in (first, next_day) if at)}
    mornings = (Suggestion(at, _why(at, openings)) for at in (first, next_day) if at)
    return _in_order([*mornings, *_lunch(free, zone)])


def days(free: Iterable[datetime], zone: str) -> dict[date, tuple[datetime, ...]]:
    """Return the free times by the supporter's day, in order."""
    found: dict[date, tuple[datetime, ...]] = {}
    for at in free:
        day = at.astimezone(ZoneInfo(zone)).date()
        found[day] = (*found.get(day, ()), at)
    return found


# Strictly private.


def _lunch(free: Sequence[datetime], zone: str) -> Iterable[Suggestion]:
    """The first day's free lunch hour, if there is a day with one."""
    for moments in days(free, zone).values():
        walls = {at.astimezone(ZoneInfo(zone)).time(): at for at in moments}
        at = next((walls[wall] for wall in LUNCH if wall in walls), None)
        if at is not None:
            yield Suggestion(at, Why.LUNCH)
            return


def _opening_on(office: Office, at: datetime) -> datetime | None:
    spans = spans_on(office, local(office, at).date())
    return spans[0][0] if spans else None


def _why(at: datetime, openings: set[datetime | None]) -> Why:
    return Why.OPENING if at in openings else Why.FIRST


def _first(moments: Iterable[datetime], fits: Callable[[datetime], bool]) -> datetime | None:
    return next((at for at in moments if fits(at)), None)


def _in_order(found: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """Each moment once, as what it was offered first."""
    once: dict[datetime, Suggestion] = {}
    for each in found:
        once.setdefault(each.at, each)
    return tuple(once[at] for at in sorted(once))
