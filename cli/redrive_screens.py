"""How given-up messages look in a terminal: how many of which kind, how old, and why they stay or went."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from chalicelib.adapters.dead_letters import Buried
from cli.redrive_kinds import kind_of

if TYPE_CHECKING:
    from cli.redrive_commands import Moved

UNREADABLE = "unreadable"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def buried(found: Mapping[str, Sequence[Buried]], now: datetime) -> RenderableType:
    """Show what the dead queues hold. Nothing of any message's text but its kind."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("Queue", no_wrap=True)
    table.add_column("Given up", overflow="fold")
    for heading in ("Count", "Oldest", "Newest"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Why", overflow="fold")
    for name, messages in found.items():
        by_kind: dict[str | None, list[Buried]] = {}
        for each in messages:
            by_kind.setdefault(kind_of(name, each.body), []).append(each)
        for kind, those in sorted(by_kind.items(), key=lambda pair: -len(pair[1])):
            oldest, newest = _ages(those, now)
            why = (
                Text("no worker can read it", "red")
                if kind is None
                else Text("failed each time it was tried")
            )
            table.add_row(name, Text(kind or UNREADABLE), f"{len(those):,}", oldest, newest, why)
    return Group(table, "")


def moved(found: Mapping[str, "Moved"], again: Mapping[str, int], waited: int) -> RenderableType:
    """Say what became of them."""
    return Group(*(Text(sentence) for sentence in _sentences(found, again, waited)))


def age(span: timedelta) -> str:
    """A span in its largest unit: 40 s, 12 min, 5 h, 3 d."""
    if span < MINUTE:
        return f"{max(0, round(span.total_seconds()))} s"
    for unit, sign in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if span >= unit:
            return f"{span // unit} {sign}"
    return ""


def _ages(those: Sequence[Buried], now: datetime) -> tuple[str, str]:
    known = sorted(each.sent_at for each in those if each.sent_at)
    return (age(now - known[0]), age(now - known[-1])) if known else ("?", "?")


def _sentences(found: Mapping[str, "Moved"], again: Mapping[str, int], waited: int) -> Iterator[str]:
    for name, each in found.items():
        yield f"{name}: {each.went:,} went back; unreadable, so left where they are: {each.unreadable:,}."
        if each.returned:
            yield f"{name}: given up again while this ran: {each.returned:,}. What broke them is not mended."
    for name, number in again.items():
        yield f"{name}: given up again within {waited} s: {number:,}. What broke them is not mended."
    if waited and not again:
        yield f"In {waited} s none was given up again."
    elif not waited:
        yield "Five tries can take a quarter of an hour. Look again then: patchthrough doctor"
