"""How campaigns look in a terminal: a readable difference, who can be called today, the list.

Color never says anything alone. Knows no table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from chalicelib.adapters.campaign_items import Listing
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.campaign_changes import Change, Pieces, marked
from chalicelib.domain.office import Line, Office, dialable, may_dial, writable

STYLES = {Status.LIVE: "green", Status.DRAFT: "cyan", Status.PAUSED: "yellow", Status.ENDED: "dim"}
MARKS = {Status.LIVE: "●", Status.DRAFT: "◇", Status.PAUSED: "◐", Status.ENDED: "■"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list: a campaign, how many acts got through, its offices, and today's rings of how many."""

    listing: Listing
    reached: int
    offices: Sequence[Office]
    rings: int = 0
    rings_a_day: int = 0


def status_text(status: Status) -> Text:
    """A status as a shape, a color and a word."""
    return Text(f"{MARKS[status]} {status.value}", style=STYLES[status])


def difference(found: Iterable[Change]) -> RenderableType:
    """Show what changes, part by part: minus is what is live, plus is what the file says."""
    parts = groupby(found, key=lambda change: change.part)
    return Group(*(_part(name, changes) for name, changes in parts))


def _part(name: str, changes: Iterable[Change]) -> RenderableType:
    rows = Table.grid(padding=(0, 1))
    rows.add_column(no_wrap=True)
    rows.add_column()
    for change in changes:
        language = f" {change.language}" if change.language else ""
        before, after = _marked(change.before or "", change.after or "")
        if change.before is not None:
            rows.add_row(Text.assemble(("-", "red"), (language, "dim")), before)
        if change.after is not None:
            rows.add_row(Text.assemble(("+", "green"), (language, "dim")), after)
    return Group(Text(name, "bold"), Padding(rows, (0, 0, 0, 2)))


def _marked(before: str, after: str) -> tuple[Text, Text]:
    """Return both texts in color, with the words that differ in bold and underlined."""
    removed, added = marked(before, after)
    return _colored(removed, "red"), _colored(added, "green")


def _colored(pieces: Pieces, color: str) -> Text:
    text = Text(style=color)
    for piece in pieces:
        text.append(piece.text, "" if piece.is_kept else "bold underline")
    return text


def standing(offices: Sequence[Office], today: date) -> RenderableType:
    """Say for each office whether it can be called today, and why not."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    for heading in ("", "Office", "Line", "Today"):
        table.add_column(heading, no_wrap=heading != "Today")
    for position, office in enumerate(offices, start=1):
        for line in office.lines or (None,):
            number = spaced(line.number) if line else "none"
            table.add_row(str(position), office_name(office.place.en, office.id), number, _today(line, today))
    return table


def office_name(place: str, office_id: str) -> Text:
    """An office by its place, with its id beside it."""
    return Text.assemble(place, " " if place else "", (office_id, "dim"))


def standing_sentence(offices: Sequence[Office], today: date) -> str:
    """Say how many offices can be called today."""
    ready = sum(1 for office in offices if dialable(office, today))
    return f"{ready} of {len(offices)} offices can be called today."


def elsewhere_sentence(offices: Sequence[Office], today: date) -> str:
    """Say how many offices that aren't listed can be called today."""
    ready = sum(1 for office in offices if dialable(office, today))
    return f"Of the other {len(offices)}, for supporters in their areas, {ready} can be called today."


def letters_sentence(campaign: Campaign, today: date) -> str:
    """Say how many of the offices that letters may go to have a mailbox."""
    named = set(campaign.letter.offices) or {office.id for office in campaign.offices[:1]}
    every = (*campaign.offices, *campaign.elsewhere)
    wanted = [office for office in every if campaign.letter.is_local or office.id in named]
    ready = sum(1 for office in wanted if writable(office, today))
    printed = "" if ready == len(wanted) else "; letters to the others are printed"
    return f"{ready} of {len(wanted)} offices can get letters by mail today{printed}."


def why_not(line: Line | None, today: date) -> str | None:
    """Return why a line can't be called today, or None when it can."""
    if line is None:
        return "the directory gives no line"
    if may_dial(line, today):
        return None
    if line.verified_on is None:
        return "no person has verified it"
    if not line.callable:
        return "taken out"
    if line.quarantined is not None:
        return f"resting, because {line.quarantined}"
    return f"verified {line.verified_on}, more than {line.good_days} days ago"


def _today(line: Line | None, today: date) -> Text:
    reason = why_not(line, today)
    if reason:
        return Text(f"○ not called: {reason}", "yellow")
    return Text(f"● can be called, verified {line.verified_on if line else ''}", "green")


def spaced(number: str) -> str:
    """Write +14045550123 as people do: (404) 555-0123."""
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}"


def campaign_list(rows: Sequence[Row], today: date) -> RenderableType:
    """Show every campaign: where it is, how far, and how many of its offices can be called today."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0), collapse_padding=True)
    table.add_column("Campaign", no_wrap=True, overflow="ellipsis")
    table.add_column("Status", no_wrap=True)
    table.add_column("Reached", justify="right", no_wrap=True)
    table.add_column("", min_width=4, max_width=12)
    table.add_column("Called today", justify="right", no_wrap=True)
    table.add_column("Can be called", no_wrap=True)
    table.add_column("Rev.", justify="right", no_wrap=True)
    table.add_column("Applied (UTC)", no_wrap=True)
    for row in rows:
        each = row.listing
        ready = sum(1 for office in row.offices if dialable(office, today))
        table.add_row(
            Text(each.slug, "bold"),
            status_text(each.status),
            f"{row.reached:,} of {each.goal:,}",
            goal_bar(row.reached, each.goal),
            _used(row),
            f"{ready} of {len(row.offices)}",
            str(each.revision),
            f"{each.applied_at:%Y-%m-%d %H:%M}",
        )
    return table


def _used(row: Row) -> Text:
    """How many calls of today's budget are used; yellow when it is used up, and then it says so too."""
    is_spent = row.rings >= row.rings_a_day
    words = f"{row.rings:,} of {row.rings_a_day:,}" + (", used up" if is_spent else "")
    return Text(words, "yellow" if is_spent else "")


def goal_bar(reached: int, goal: int, width: int | None = None) -> ProgressBar:
    """A bar of how far the goal is; it never runs over."""
    return ProgressBar(
        total=goal, completed=min(reached, goal), width=width, complete_style="green", style="dim"
    )
