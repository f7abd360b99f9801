"""Tells a played tale on the terminal: who said, heard and pressed what, when, and how it ended.

Knows the terminal only; decides nothing.
"""

from collections.abc import Mapping
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dev.stories.playing import Telling

VOICE = "The line"
STYLES = {"said": "", "spoke": "italic", "played": "", "pressed": "bold yellow", "happened": "dim"}


def tell(console: Console, number: int, telling: Telling) -> None:
    """Print one tale as a panel."""
    tale = telling.tale
    title = Text(f"{number}. {tale.title}", style="bold")
    body = Group(title, Text(), _lines(telling), Text(), _end(telling))
    console.print(Panel(body, border_style="green" if telling.is_right else "red"))


def _lines(telling: Telling) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim")
    table.add_column(style="cyan", max_width=24)
    table.add_column()
    began = telling.transcript[0]["at"] if telling.transcript else 0.0
    for line in telling.transcript:
        table.add_row(clock(line["at"] - began), who(line, telling.names), words(line))
    if not telling.transcript:
        silence = "The call was turned away." if telling.tale.dials else "The phone rang; nobody picked up."
        table.add_row("", telling.tale.name, Text(silence, style="dim"))
    return table


def who(line: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return who a line of the transcript is about."""
    return VOICE if line["who"] == "line" else names.get(line["who"]) or str(line["who"])


def words(line: Mapping[str, Any]) -> Text:
    """Return what was said or done."""
    text = f"pressed {line['text']}" if line["kind"] == "pressed" else str(line["text"])
    return Text(text, style=STYLES.get(line["kind"], ""))


def clock(seconds: float) -> str:
    """Return minutes and seconds of the phone world's clock, like 1:05."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def _end(telling: Telling) -> Text:
    if not telling.is_right:
        return Text("\n".join(f"✗ {difference}" for difference in telling.differences), style="bold red")
    counted = ", ".join(telling.counted) or "nothing, for no office was called"
    numbered = f" · call number {telling.number}" if telling.number else ""
    refused = " · asked again: refused" if telling.tale.refused else ""
    return Text(f"✓ {telling.state}{refused} · counted: {counted}{numbered}", style="green")
