"""How one number's record of consent looks in a terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.domain.subscriber import ConsentRow, is_unchanged
from cli.consent_forms import Record, how, local, told, utc
from cli.consent_words import NOTHING, STATES
from cli.resting import plain


def record(found: Record) -> RenderableType:
    """Show all of a record, in order, with what is to be said of the whole at its end."""
    return Group(*_parts(found))


def _parts(found: Record) -> Iterator[RenderableType]:
    yield _looked_up(found)
    if found.is_empty:
        yield Text(NOTHING)
        return
    yield _now(found)
    for number, row in enumerate(found.rows, 1):
        yield _row(found, number, row)
    for version, text in found.words.items():
        shown = "These words are not kept." if text is None else _lines(text)
        yield Group(Text(f"Words of version {version}", "bold"), Padding(Text(shown), (0, 0, 1, 3)))
    if found.alerts:
        yield _alerts(found)
    style = "red" if found.findings else "green"
    yield from (Text(sentence, style) for sentence in found.verdict)


def _looked_up(found: Record) -> RenderableType:
    facts = _grid()
    facts.add_row("Number", Text(f"{plain(found.typed)} ({found.number})"))
    facts.add_row("Kept under", found.standing.phone_key)
    facts.add_row("Looked up", Text(f"{utc(found.at)}, by {found.by}"))
    facts.add_row("In", found.where)
    return Padding(facts, (0, 0, 1, 0))


def _now(found: Record) -> RenderableType:
    facts, stop = _grid(), found.standing.stop
    for name, profile in sorted(found.standing.profiles.items()):
        facts.add_row(Text(found.named(name)), STATES[profile.state])
    if stop:
        lifted = f", but for {', '.join(sorted(stop.lifted_for))}, joined since" if stop.lifted_for else ""
        facts.add_row("The whole organization", f"stopped on {utc(stop.at)}{lifted}")
    return Group(Text("Now", "bold"), Padding(facts, (0, 0, 1, 3)))


def _row(found: Record, number: int, row: ConsentRow) -> RenderableType:
    facts = _grid()
    facts.add_row("When", utc(row.at))
    if found.zone:
        facts.add_row("Local time", local(row.at, found.zone))
    facts.add_row("Programme", Text(found.named(row.programme)))
    facts.add_row("How", how(row))
    if row.text:
        facts.add_row("They wrote", Text(_lines(row.text), "bold"))
    if row.shown:
        facts.add_row("Words shown", f"version {row.shown}, below")
    facts.add_row("Row", Text(row.id, overflow="fold"))
    as_written = (
        Text("as it was written", "green") if is_unchanged(row) else Text("NOT as it was written", "red")
    )
    facts.add_row("Digest", Text.assemble(row.digest, " ", as_written, overflow="fold"))
    change = f"{number}  {STATES[row.was]} → {STATES[row.now]}"
    return Group(Text(change, "bold"), Padding(facts, (0, 0, 1, 3)))


def _alerts(found: Record) -> RenderableType:
    """Each alert in a line or two: when, and what became of it. Its words are in the page and the JSON."""
    table = _grid()
    for alert in found.alerts:
        table.add_row(utc(alert.claim.at), Text(f"{told(alert)} ({alert.claim.broadcast})"))
    return Group(Text("Alerts of the last thirteen months", "bold"), Padding(table, (0, 0, 1, 3)))


def _lines(text: str) -> str:
    """A text line by line, without anything a terminal would obey."""
    return "\n".join(map(plain, text.splitlines()))


def _grid() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table
