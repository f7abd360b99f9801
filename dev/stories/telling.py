"""Tells a played tale on the terminal: who said, heard and pressed what, when, and how it ended.

Knows the terminal only; decides nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dev.stories.judging import Json, Played, Telling

VOICE = "The line"
STYLES = {"said": "", "spoke": "italic", "played": "", "pressed": "bold yellow", "happened": "dim"}
RIGHT, WRONG = Text("✓", "green"), Text("✗", "bold red")


def tell(console: Console, number: int, telling: Telling) -> None:
    """Print one tale as a panel."""
    title = Text(f"{number}. {telling.tale.title}", style="bold")
    asides = [Text(sentence, style="dim") for sentence in telling.asides]
    before = [Text(other(played, telling.names), style="dim") for played in telling.before]
    head = Group(title, *([Text()] if before or asides else []), *asides, *before)
    body = Group(head, Text(), _lines(telling), Text(), _end(telling))
    console.print(Panel(body, border_style="green" if telling.is_right else "red"))


def tell_sum(console: Console, tellings: Iterable[Telling]) -> None:
    """Print all tales as a table: how each ended, which lines were dialled, what was counted."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for column, share in (("", None), ("Tale", 5), ("Ended as", None), ("Lines dialled", 3), ("Counted", 3)):
        table.add_column(column, ratio=share, no_wrap=share is None)
    for telling in tellings:
        calls = (*telling.before, telling.played)
        table.add_row(
            RIGHT if telling.is_right else WRONG,
            telling.tale.title,
            str(telling.played.state),
            joined(leg.place for call in calls for leg in call.legs),
            joined(outcome for call in calls for outcome in call.counted),
        )
    console.print(table)


def joined(words: Iterable[str]) -> str:
    """Return words after commas, neighbours alike as one: "Atlanta ×3, Washington"."""
    runs: list[list[str]] = []
    for word in words:
        if runs and runs[-1][0] == word:
            runs[-1].append(word)
        else:
            runs.append([word])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} ×{len(run)}" for run in runs) or "–"


def other(played: Played, names: Mapping[str, str]) -> str:
    """Return a line about somebody who called before."""
    places = joined(leg.place for leg in played.legs)
    return (
        f"Before: {names.get(played.phone, played.phone)} called {places}; counted: {joined(played.counted)}."
    )


def _lines(telling: Telling) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim")
    table.add_column(style="cyan", max_width=24)
    table.add_column()
    transcript = telling.played.transcript
    began = transcript[0]["at"] if transcript else 0.0
    for line in keyed_together(transcript):
        table.add_row(clock(line["at"] - began), who(line, telling.names), words(line))
    if not transcript:
        rang = telling.played.rings
        silence = "The phone rang; nobody picked up." if rang else "The call was turned away."
        table.add_row("", telling.tale.name, Text(silence, style="dim"))
    return table


def keyed_together(transcript: Iterable[Json]) -> Iterator[Json]:
    """Yield the lines of a transcript, keys pressed one after the other as one."""
    for (kind, _), lines in groupby(transcript, key=lambda line: (line["kind"], line["who"])):
        if kind == "pressed":
            first, *others = lines
            yield {**first, "text": "".join(line["text"] for line in (first, *others))}
        else:
            yield from lines


def who(line: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return who a line of the transcript is about."""
    return VOICE if line["who"] == "line" else names.get(line["who"]) or str(line["who"])


def words(line: Mapping[str, Any]) -> Text:
    """Return what was said or done."""
    text = f"pressed {line['text']}" if line["kind"] == "pressed" else str(line["text"])
    return Text(text, style=STYLES.get(line["kind"], ""))


def clock(seconds: float) -> str:
    """Return how long it has been by the world's clock: 1:05, with hours 2:01:05, with days "15 d 0:01"."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days} d {hour}:{minute:02}"
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def _end(telling: Telling) -> Text:
    if not telling.is_right:
        return Text("\n".join(f"✗ {difference}" for difference in telling.differences), style="bold red")
    played = telling.played
    facts = [str(played.state), *telling.facts, f"counted: {counted(played)}"]
    if number := played.view.get("number"):
        facts.append(f"call number {number}")
    return Text(f"✓ {' · '.join(facts)}", style="green")


def counted(played: Played) -> str:
    """Return what the ledger has of a call, in words."""
    return ", ".join(played.counted) or "nothing, for no office was called"
