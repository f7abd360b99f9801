"""How an alert looks in a terminal before it is armed. Knows no table.

Times are those of this machine's clock, with their zone; nobody's number is known here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.domain.broadcast import SECOND_PERSON_ABOVE, Broadcast, Stage
from chalicelib.domain.broadcast_lint import LANGUAGES, doubled
from chalicelib.domain.broadcast_pacing import SHARE, Budget, Sender, forecast, left
from chalicelib.domain.broadcast_preview import (
    AN_HOUR,
    MICRO,
    PRICED_BY,
    PRICED_ON,
    Audience,
    Course,
    Pace,
    by_language,
    course,
    needs_two,
    openings,
    price,
    tariff,
)
from chalicelib.domain.quiet_hours import Window
from chalicelib.domain.segments import ROOM, Encoding, size_of
from chalicelib.domain.words import Language

STAGES: dict[Stage, str] = {
    Stage.DRAFT: "draft: nothing is sent until it is armed",
    Stage.ARMED: "armed: who gets it is being listed",
    Stage.SENDING: "being sent",
    Stage.PAUSED: "paused: nothing is sent until it is resumed",
    Stage.CANCELLED: "cancelled, for good",
    Stage.DONE: "done",
}
BAR, ROWS, PLACES = 30, 14, 2
"""Columns of the longest bar; rows of a table of hours or windows; places named in a row."""
QUIET = timedelta(hours=3)
"""So many hours without a text are one row."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """An alert as it would go out from `at` on."""

    broadcast: Broadcast
    audience: Audience
    sender: Sender
    budget: Budget
    at: datetime

    @property
    def course(self) -> Course:
        """How it would go out."""
        pace = Pace(self.sender, self.broadcast.segments, self.broadcast.not_after)
        return course(self.audience, pace, self.at, self.budget)


def clock(at: datetime) -> str:
    """A moment by this machine's clock, like “Tue 24 Nov 17:10 EST”."""
    return f"{at.astimezone():%a %-d %b %H:%M %Z}"


def lasting(hours: float) -> str:
    """A time it takes, like “12 min” or “3 h 20 min”."""
    whole, minutes = divmod(round(hours * 60), 60)
    parts = (f"{whole:,} h" if whole else "", f"{minutes} min" if minutes else "")
    return " ".join(filter(None, parts)) or "less than a minute"


def heading(broadcast: Broadcast) -> Text:
    """Name a broadcast, and say where it is."""
    return Text.assemble(
        (broadcast.id, "bold"), f"  {broadcast.campaign}  ", (STAGES[broadcast.stage], "dim")
    )


# Before it is armed.


def preview(seen: Previewed) -> RenderableType:
    """Show an alert as it will be read, what it costs, whom it reaches when, how long it takes, and who must arm it."""
    found = seen.course
    parts: list[RenderableType] = [heading(seen.broadcast), ""]
    parts += list(_texts(seen))
    parts += [_facts(seen, found), ""]
    if seen.audience:
        parts += [_windows(seen), ""]
    if found.hours:
        parts += [_hours(found), ""]
    return Group(*parts)


def _texts(seen: Previewed) -> Iterator[RenderableType]:
    numbers = by_language(seen.audience)
    for language in Language:
        text = seen.broadcast.words.of(language)
        yield Text.assemble(
            (LANGUAGES[language], "bold"), f"  {people(numbers[language])}  ", (_size(text), "dim")
        )
        yield Padding(Text(text), (0, 0, 1, 2))


def _size(text: str) -> str:
    size = size_of(text)
    alone, each = ROOM[size.encoding]
    room = alone if size.segments <= 1 else each * size.segments
    segments = "1 segment" if size.segments == 1 else f"{size.segments} segments"
    two = doubled(text) if size.encoding is Encoding.GSM7 else ""
    note = f"; {' '.join(two)} take the room of two" if two else ""
    return f"{segments}, {size.units} of {room} letters ({size.encoding}){note}"


def people(number: int) -> str:
    """A number of people."""
    return "1 person" if number == 1 else f"{number:,} people"


def _facts(seen: Previewed, found: Course) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, fact in _rows(seen, found):
        table.add_row(name, fact)
    return table


def _rows(seen: Previewed, found: Course) -> Iterator[tuple[str, Text | str]]:
    recipients, broadcast, sender = seen.audience.total(), seen.broadcast, seen.sender
    yield "Who", Text(f"{people(recipients)}", "bold")
    yield "Price", _price(seen)
    yield "Sender", _sender(sender, recipients, broadcast.segments)
    if sender.a_day_on_t_mobile is not None:
        yield "T-Mobile", cap_left(sender, seen.budget, seen.at)
    yield "Last text", clock(found.ends) if found.ends else Text("nobody gets any", "yellow")
    yield "Stale from", f"{clock(broadcast.not_after)}; nothing is sent after that"
    if found.late:
        late = f"{people(found.late)} would get none: their hours, or its own, are over before their turn"
        yield "Too late", Text(late, "yellow")
    yield "To arm it", _armers(broadcast, recipients)


def _price(seen: Previewed) -> str:
    found, each = price(seen.broadcast.words, seen.audience, seen.sender), tariff(seen.sender)
    least, most = each.carriers
    cents = f"{(each.twilio + least) / MICRO * 100:.2f} to {(each.twilio + most) / MICRO * 100:.2f} cents"
    return (
        f"${found.least / MICRO:,.2f} to ${found.most / MICRO:,.2f}, an estimate: {cents} a segment, Twilio and "
        f"carrier together ({PRICED_BY}, {PRICED_ON:%-d %B %Y})"
    )


def _sender(sender: Sender, recipients: int, segments: int) -> str:
    hours = forecast(sender, recipients, segments, 1).hours
    return f"{sender.name}, {SHARE * sender.a_second:g} segments a second: {lasting(hours)} of sending"


def cap_left(sender: Sender, budget: Budget, now: datetime) -> str:
    """Say what is left of T-Mobile's budget of the day, of a sender that has one."""
    free = left(budget, sender, now)
    return (
        f"{free:,} of {sender.a_day_on_t_mobile:,} segments are left today (until midnight on the Pacific); we don’t "
        "know carriers, so all of them count"
    )


def _armers(broadcast: Broadcast, recipients: int) -> str:
    if broadcast.stage is not Stage.DRAFT:
        return f"armed by {' and '.join(broadcast.armed_by) or 'nobody'}"
    if not needs_two(recipients):
        return "one person, who types the number of people"
    first = f"{broadcast.armed_by[0]} has; now a second one" if broadcast.armed_by else "two people"
    return f"{first}: more than {SECOND_PERSON_ABOVE:,} get it"


def _windows(seen: Previewed) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("Can be texted", no_wrap=True)
    table.add_column("People", justify="right", no_wrap=True)
    table.add_column("Where they may be")
    rows = list(_rows_of(seen).items())
    for (when, style), places in rows[:ROWS]:
        table.add_row(Text(when, style), f"{places.total():,}", _where(places))
    if rest := sum(places.total() for _, places in rows[ROWS:]):
        table.add_row("at other times", f"{rest:,}", "")
    return table


def _rows_of(seen: Previewed) -> dict[tuple[str, str], Counter[tuple[str, ...]]]:
    """What is said of whom, with its style: windows that read alike are one row."""
    found: dict[tuple[str, str], Counter[tuple[str, ...]]] = {}
    for row in openings(seen.audience, seen.at, seen.broadcast.not_after):
        found.setdefault(_when(row.window, seen.at), Counter()).update(dict(row.places))
    return found


def _when(window: Window | None, now: datetime) -> tuple[str, str]:
    if window is None:
        return "not before it is stale", "yellow"
    if window.holds(now):
        return f"now, until {_short(window.closes, now)}", "green"
    return f"from {_short(window.opens, now)}", ""


def _where(places: Counter[tuple[str, ...]]) -> str:
    named = [" or ".join(_towns(zones)) for zones, _ in places.most_common()]
    more = len(named) - PLACES
    return ", ".join(named[:PLACES]) + (f" and {more} more" if more > 0 else "")


def _towns(zones: Sequence[str]) -> list[str]:
    """Zones by their towns; of many, the first and the last."""
    towns = [zone.rpartition("/")[2].replace("_", " ") for zone in zones]
    return towns if len(towns) <= PLACES else [f"{towns[0]} … {towns[-1]} ({len(towns)} zones)"]


def _short(at: datetime, now: datetime) -> str:
    here = at.astimezone()
    return f"{here:%H:%M}" if here.date() == now.astimezone().date() else f"{here:%a %H:%M}"


def _hours(found: Course) -> RenderableType:
    zone = f"{found.hours[0][0].astimezone():%Z}"
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column(f"Texts an hour ({zone})", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", width=BAR)
    most = max(number for _, number in found.hours)
    rows = list(_collapsed(found.hours))
    for name, number in rows[:ROWS]:
        table.add_row(name, f"{number:,}" if number else "", Bar(most, 0, number, width=BAR, color="green"))
    if rest := sum(number for _, number in rows[ROWS:]):
        table.add_row("later", f"{rest:,}", "")
    return table


def _collapsed(hours: Sequence[tuple[datetime, int]]) -> Iterator[tuple[str, int]]:
    """Each hour, but a night without texts as one row."""
    quiet: list[datetime] = []
    for hour, number in hours:
        if not number:
            quiet.append(hour)
            continue
        yield from _rest(quiet)
        quiet = []
        yield _hour(hour), number


def _rest(quiet: Sequence[datetime]) -> Iterator[tuple[str, int]]:
    if len(quiet) * AN_HOUR < QUIET:
        yield from ((_hour(hour), 0) for hour in quiet)
    else:
        yield f"{_hour(quiet[0])} to {_hour(quiet[-1] + AN_HOUR)}: quiet", 0


def _hour(at: datetime) -> str:
    return f"{at.astimezone():%a %H:%M}"
