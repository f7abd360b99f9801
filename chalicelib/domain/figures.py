"""A campaign's figures by hour, office and language: sums of its actions, and how they are joined for a page.

Two sources, and both say the same (a test recounts one from the other): the ledger itself, action by action, and the
sums by hour that are written with each action (`adapters/hour_sums`). A page reads the sums. At 100,000 actions a day
over 45 offices, 12 hours, two languages and eight shards they are some 8,600 items of a day, 1.3 MB, two pages and 330
read units; the ledger of that day is 100,000 items without an index by day, to be found by reading the whole table,
which is for the command line (`counts explain`). What was corrected is taken off in the hour in which it was.
Knows no table and no clock.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import TypeVar

from chalicelib.domain.counts import Action, Channel, Outcome, Tally, added, counted
from chalicelib.domain.words import Language

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class HourSum:
    """What was counted in one hour (its first moment, UTC) at one office in one language, on one channel."""

    hour: datetime
    channel: Channel
    office: str
    language: Language | None
    tally: Tally


def hour_sums(actions: Iterable[Action]) -> tuple[HourSum, ...]:
    """Sum actions from the ledger: the figures that the sums by hour must equal."""
    found: dict[tuple[datetime, Channel, str, Language | None], list[Action]] = {}
    for action in actions:
        hour = action.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        found.setdefault((hour, action.channel, action.office, action.language), []).append(action)
    return tuple(HourSum(*parts, counted(each)) for parts, each in found.items())


def by(sums: Iterable[HourSum], part: Callable[[HourSum], T]) -> dict[T, Tally]:
    """Join sums by a part of theirs: by office, say."""
    found: dict[T, list[Tally]] = {}
    for each in sums:
        found.setdefault(part(each), []).append(each.tally)
    return {name: added(tallies) for name, tallies in found.items()}


def on(sums: Iterable[HourSum], channel: Channel) -> tuple[HourSum, ...]:
    """Return the sums of one channel."""
    return tuple(each for each in sums if each.channel is channel)


def since(sums: Iterable[HourSum], first: date, zone: tzinfo) -> tuple[HourSum, ...]:
    """Return the sums of a day, as the zone has it, and of those after it."""
    return tuple(each for each in sums if each.hour.astimezone(zone).date() >= first)


def call_hours(sums: Iterable[HourSum], day: date, zone: tzinfo) -> dict[int, tuple[int, int, int]]:
    """Return a day's office calls by hour, as the zone has both: how many spoke, left a message, didn't get through.

    An hour in which more was corrected than counted shows none of what is below 0.
    """
    of_day = [each for each in on(sums, Channel.CALLS) if each.hour.astimezone(zone).date() == day]
    hours = by(of_day, lambda each: each.hour.astimezone(zone).hour)
    return {hour: _parts(tally) for hour, tally in sorted(hours.items())}


def reached_by_day(sums: Iterable[HourSum], zone: tzinfo) -> dict[date, int]:
    """Return how many acts got through on each day, as the zone has it, less what was corrected on it."""
    days = by(sums, lambda each: each.hour.astimezone(zone).date())
    return {day: tally.reached for day, tally in sorted(days.items())}


def _parts(tally: Tally) -> tuple[int, int, int]:
    spoke, message = (tally.outcomes.get(each, 0) for each in (Outcome.SPOKE, Outcome.VOICEMAIL))
    return max(0, spoke), max(0, message), max(0, tally.tally - spoke - message)
