"""A campaign's figures for its page at the console: today by hour, the last days by office, language and day.

Every figure's source is said where it stands: the sums of each channel (`Store.sums`, kept since the campaign began) or
the sums by hour (`hour_sums`, read for the last week; what that costs is said in `domain/figures`). Today and the days
are Eastern ones.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.adapters.hour_sums import hour_sums
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import Channel, Tally
from chalicelib.domain.figures import HourSum, by, call_hours, on, reached_by_day, since
from chalicelib.domain.words import Language
from chalicelib.runtime import runtime
from chalicelib.views.charts import Day, bars_by_hour, toward
from chalicelib.views.staff_times import ZONE, ZONE_NAME

if TYPE_CHECKING:
    from markupsafe import Markup

DAYS = 7
"""Days of which a page reads the sums by hour."""
LANGUAGES: Mapping[Language | None, str] = {
    Language.EN: "English",
    Language.ES: "Spanish",
    None: "Not kept (rows from before)",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One office, or one language: its name, its calls, and those and the letters of it that got through."""

    name: str
    calls: Tally
    letters: Tally


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands on the page."""

    hours: "Markup"
    days: "Markup"
    offices: tuple[Part, ...]
    languages: tuple[Part, ...]
    first: str


def figures(campaign: Campaign, reached: int, now: datetime) -> Figures:
    """Gather a campaign's figures. `reached` is how many acts got through since it began."""
    today = now.astimezone(ZONE).date()
    first = today - timedelta(days=DAYS - 1)
    sums = since(_read(campaign.slug, first, now), first, ZONE)
    return Figures(
        hours=bars_by_hour("hours", "Office calls by hour, today", call_hours(sums, today, ZONE), ZONE_NAME),
        days=toward(
            "days", f"The last {DAYS} days, toward the goal", _days(sums, first, reached), campaign.goal
        ),
        offices=_parts(sums, _places(campaign)),
        languages=_parts(sums, lambda each: LANGUAGES[each.language]),
        first=_day(first),
    )


def call_hours_today(slugs: Iterable[str], now: datetime) -> "Markup":
    """Return these campaigns' office calls of today by hour, drawn."""
    today = now.astimezone(ZONE).date()
    sums = [each for slug in slugs for each in _read(slug, today, now)]
    return bars_by_hour("hours", "Office calls by hour, today", call_hours(sums, today, ZONE), ZONE_NAME)


def _read(slug: str, first: date, now: datetime) -> tuple[HourSum, ...]:
    """The sums of the UTC days that an Eastern day and those after it are in."""
    table, last = runtime().catalog.table, now.astimezone(UTC).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(each for day in days for each in hour_sums(table, slug, day))


def _days(sums: Iterable[HourSum], first: date, reached: int) -> list[Day]:
    """What the days added, after one entry for all that was before them."""
    found = reached_by_day(sums, ZONE)
    before = reached - sum(found.values())
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [Day("Before", before), *(Day(_day(day), found.get(day, 0)) for day in days)]


def _places(campaign: Campaign) -> Callable[[HourSum], str]:
    """How the office of a sum is called: by its place, or by its id where the campaign has lost it."""
    places = {office.id: office.place.en for office in (*campaign.offices, *campaign.elsewhere)}
    return lambda each: places.get(each.office) or each.office


def _parts(sums: Iterable[HourSum], name: Callable[[HourSum], str]) -> tuple[Part, ...]:
    """Join sums under their names, those with most that got through first."""
    every = tuple(sums)
    calls, letters = (by(on(every, channel), name) for channel in (Channel.CALLS, Channel.LETTERS))
    parts = (Part(each, calls.get(each, Tally()), letters.get(each, Tally())) for each in calls | letters)
    return tuple(sorted(parts, key=lambda part: (-part.calls.reached - part.letters.reached, part.name)))


def _day(day: date) -> str:
    return f"{day:%b} {day.day}"
