"""How the night looks in a terminal: who is being served, where lines stand, what is queued, what it counts to."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from chalicelib.adapters.dead_letters import Depth
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import Channel
from cli.letter_screens import circuit
from cli.watch_board import Board, CampaignRow, OfficeRow

MOST_OFFICES = 14
"""Offices that fit beside the rest on a terminal of 40 lines."""
NEARLY = 0.8
"""The share of a day's calls from which on it is worth a look."""


def board(found: Board, every: float | None = None, trouble: str = "") -> RenderableType:
    """Show all of it; `every` seconds anew, None: once. `trouble` is why it may be old."""
    return Group(*_parts(found, every, trouble))


def _parts(found: Board, every: float | None, trouble: str) -> Iterator[RenderableType]:
    yield _headline(found)
    if trouble:
        yield Text(f"{trouble} What stands here is of {found.at:%H:%M:%S} UTC.", "bold red")
    yield Text("")
    if found.campaigns:
        yield _campaigns(found.campaigns)
        yield Text("+ is today (UTC).", "dim")
    else:
        yield Text("No campaign is live or paused.")
    yield Text("")
    yield from _offices(found.offices)
    yield from (_queues(found.queues), Text(""))
    if found.circuit.fault is not None:
        yield circuit(found.circuit, found.at)
    if any(depth.dead for depth in found.queues.values()):
        yield Text("Messages were given up. See: patchthrough redrive --dry-run", "red")
    yield _cost(found, every)


def _headline(found: Board) -> Text:
    ring = found.queues.get("ring", Depth(0, 0, 0, 0))
    return Text.assemble(
        (f"{found.at:%Y-%m-%d %H:%M:%S} UTC   ", "dim"),
        (f"{ring.waiting + ring.delayed:,}", "bold"),
        " to be rung   ",
        (f"{found.holding:,}", "bold"),
        " on hold   ",
        (f"{found.talking:,}", "bold green"),
        " with an office",
    )


def _campaigns(rows: Sequence[CampaignRow]) -> Table:
    table = _table("Campaign")
    for heading in ("Goal", "Calls", "Letters"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Rings of today’s", justify="right")
    for row in rows:
        name = Text.assemble(row.slug, ("  paused", "yellow") if row.status is Status.PAUSED else "")
        figures = (_figure(row, Channel.CALLS), _figure(row, Channel.LETTERS))
        table.add_row(name, f"{row.reached:,} of {row.goal:,}", *figures, _share(row))
    return table


def _figure(row: CampaignRow, channel: Channel) -> Text:
    more = row.more(channel)
    return Text.assemble(f"{row.acts.get(channel, 0):,} ", (f"+{more:,}", "bold green" if more else "dim"))


def _share(row: CampaignRow) -> Text:
    share = row.rings / row.cap if row.cap else 1.0
    style = "red" if share >= 1 else "yellow" if share >= NEARLY else ""
    return Text(f"{row.rings:,} of {row.cap:,} ({share:.0%})", style)


def _offices(rows: Sequence[OfficeRow]) -> Iterator[RenderableType]:
    lively = sorted(
        (row for row in rows if row.is_lively), key=lambda row: (-row.in_use - row.waiting, -row.sick, row.id)
    )
    if lively:
        table = _table("Office")
        for heading in ("Hours", "With", "On hold", "Lines good", ""):
            table.add_column(heading, justify="right" if heading in {"With", "On hold"} else "left")
        for row in lively[:MOST_OFFICES]:
            table.add_row(
                f"{row.place} ({row.id})",
                Text("open", "green") if row.is_open else Text("closed", "dim"),
                f"{row.in_use:,}",
                f"{row.waiting:,}",
                f"{row.good} of {row.lines}",
                _wrong(row),
            )
        yield table
    more, quiet = max(0, len(lively) - MOST_OFFICES), len(rows) - len(lively)
    if rows:
        is_open = sum(row.is_open for row in rows)
        shown = f"{more:,} more like these, " if more else ""
        yield Text(f"{shown}{quiet:,} quiet; {is_open:,} of {len(rows):,} open now.", "dim")
    yield Text("")


def _wrong(row: OfficeRow) -> Text:
    if row.sick:
        return Text(f"{row.sick} in quarantine", "red")
    return Text("none verified", "yellow") if row.lines and not row.good else Text("")


def _queues(depths: Mapping[str, Depth]) -> Table:
    table = _table("Queue")
    for heading in ("Waiting", "Taken", "For later", "Given up"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, depth in depths.items():
        dead = Text("–" if depth.dead is None else f"{depth.dead:,}", "red" if depth.dead else "")
        table.add_row(
            NAMES.get(name, name), f"{depth.waiting:,}", f"{depth.taken:,}", f"{depth.delayed:,}", dead
        )
    return table


NAMES = {
    "ring": "calls and replies",
    "letters": "letters and mail",
    "mail_events": "what SES tells",
    "alerts": "alerts by text",
}


def _cost(found: Board, every: float | None) -> Text:
    if every is None:
        return Text(f"This read {found.units:,} read units.", "dim")
    dollars = found.dollars_an_hour(every)
    return Text(
        f"Each {every:g} s anew, {found.units:,} read units each time: ${dollars:.3f} an hour. Ctrl-C ends it.",
        "dim",
    )


def _table(first: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column(first, overflow="fold")
    return table
