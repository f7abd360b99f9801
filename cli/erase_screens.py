"""How what mentions a person looks in a terminal: by kind, what happens to it, and why some of it stays."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from chalicelib.domain.erasing import Decision, Fate
from chalicelib.views.erasing import Row

TOLD = {Fate.DELETED: "deleted", Fate.STRIPPED: "stays, without", Fate.KEPT: "stays", Fate.NOBODYS: "stays"}
STYLES = {Fate.DELETED: "red", Fate.STRIPPED: "yellow"}
AN_OFFICES = "an office’s, or a campaign’s own"
UNDECIDED = "Nobody has decided what becomes of this kind of row: tell whoever develops this."


def found(rows: Sequence[Row], letters: int, *, gets_texts: bool) -> RenderableType:
    """Show what mentions them."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("What", overflow="fold")
    table.add_column("Rows", justify="right", no_wrap=True)
    table.add_column("Becomes", overflow="fold")
    table.add_column("Why it stays", overflow="fold")
    if letters:
        table.add_row("letters", f"{letters:,}", Text("forgotten; unsent ones don’t leave", "red"), "")
    if gets_texts:
        table.add_row("their texts", "", Text("stopped, by a stop in the ledger", "red"), "")
    for (what, decision), number in _kinds(rows):
        table.add_row(Text(what), f"{number:,}", _fate(decision), Text(_why(decision)))
    return Group(table, "")


def done(number: int, left: Sequence[Row]) -> RenderableType:
    """Say what was done, what stays, and what else there is to do by hand."""
    return Group(*(Text(sentence) for sentence in _sentences(number, left)))


def _kinds(rows: Sequence[Row]) -> Iterator[tuple[tuple[str, Decision | None], int]]:
    kinds = Counter(
        ((row.decision.what or row.decision.type) if row.decision else "?", row.decision) for row in rows
    )
    order = (Fate.DELETED, Fate.STRIPPED, Fate.KEPT, Fate.NOBODYS)
    yield from sorted(kinds.items(), key=lambda pair: order.index(pair[0][1].fate) if pair[0][1] else -1)


def _fate(decision: Decision | None) -> Text:
    if decision is None:
        return Text("?", "bold red")
    more = f" {', '.join(decision.gone)}" if decision.fate is Fate.STRIPPED else ""
    return Text(TOLD[decision.fate] + more, STYLES.get(decision.fate, ""))


def _why(decision: Decision | None) -> str:
    if decision is None:
        return UNDECIDED
    return AN_OFFICES if decision.fate is Fate.NOBODYS else decision.why


def _sentences(number: int, left: Sequence[Row]) -> Iterator[str]:
    yield f"Done: {number:,}. Looked again: {len(left):,} rows stay, for the reasons above."
    again = sum(row.is_to_do for row in left)
    if again:
        yield f"Of these {again:,} came meanwhile. Run this again."
    if any(row.decision is None for row in left):
        yield UNDECIDED
    yield "Backups forget within 7 days. Twilio’s and SES’s own records are theirs: delete them there, if asked to."
