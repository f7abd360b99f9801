"""How the doctor's findings look in a terminal: grouped, a line each, and beneath what is not well what to do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.domain.health import Finding, Level

MARKS = {Level.OK: ("✓", "green"), Level.WARN: ("!", "yellow"), Level.FAIL: ("✗", "red")}
"""Level → sign and color; the sign alone must do."""

Report = Mapping[str, Sequence[Finding]]
"""Group → its findings, in order."""


def report(found: Report) -> RenderableType:
    """Show all findings, and the sum of them at the end."""
    return Group(*_groups(found), Text(verdict(found), "bold"))


def verdict(found: Report) -> str:
    """Say the sum of it."""
    levels = [each.level for findings in found.values() for each in findings]
    failed, doubtful = levels.count(Level.FAIL), levels.count(Level.WARN)
    if failed:
        return f"{_counted(failed, 'thing')} not well (✗), {doubtful} to look at (!), of {len(levels)}."
    if doubtful:
        return f"It works; {_counted(doubtful, 'thing')} to look at (!), of {len(levels)}."
    return f"All is well: {len(levels)} of {len(levels)}."


def as_json(found: Report) -> dict[str, Any]:
    """Return the findings as JSON's own values."""
    return {
        "format": "patchthrough doctor 1",
        "is_well": not any(each.level is Level.FAIL for findings in found.values() for each in findings),
        "findings": [
            {
                "group": group,
                "level": each.level.value,
                "what": each.what,
                "why": each.why or None,
                "what_to_do": each.way_on or None,
            }
            for group, findings in found.items()
            for each in findings
        ],
    }


def _groups(found: Report) -> Iterator[RenderableType]:
    for group, findings in found.items():
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(overflow="fold")
        for each in findings:
            mark, color = MARKS[each.level]
            table.add_row(Text(mark, f"bold {color}"), _said(each))
        yield Group(Text(group, "bold"), Padding(table, (0, 0, 1, 2)))


def _said(each: Finding) -> Text:
    if each.level is Level.OK:
        return Text(each.what)
    return Text.assemble((each.what, "bold"), f"\n{each.why}\n", (f"→ {each.way_on}", MARKS[each.level][1]))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
