"""How counts look in a terminal: the goal, the outcomes, the offices, the proof. Knows no table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.domain.counts import REACHED, Outcome, Tally
from cli.campaign_screens import goal_bar, office_name
from cli.proof import Check

OUTCOMES: dict[Outcome, str] = {
    Outcome.SPOKE: "Spoke to someone",
    Outcome.VOICEMAIL: "Left a message",
    Outcome.NO_ANSWER: "Nobody answered",
    Outcome.BUSY: "Busy",
    Outcome.CLOSED: "Closed",
    Outcome.WRONG_NUMBER: "Wrong number",
    Outcome.FAILED: "Didn’t connect",
}
BAR = 30
"""Columns of the longest bar."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One campaign's figures: its sum, the sum of each office by id, and the places of its offices.

    `shared`: how many calls were asked for by way of a shared link.
    """

    slug: str
    title: str
    goal: int
    tally: Tally
    offices: Mapping[str, Tally]
    places: Mapping[str, str]
    shared: int = 0


def standing_screen(standing: Standing) -> RenderableType:
    """Show one campaign: how far its goal is, then how its calls ended, then its offices."""
    heading = Text.assemble((standing.slug, "bold"), "  ", (standing.title, "dim"))
    parts: list[RenderableType] = [heading, Padding(_goal(standing), (1, 0, 1, 2))]
    if standing.tally.tally:
        parts.append(Padding(_outcomes(standing.tally), (0, 0, 1, 2)))
    if standing.offices:
        parts.append(Padding(_offices(standing), (0, 0, 1, 2)))
    if standing.shared:
        parts.append(Padding(_shared(standing.shared), (0, 0, 1, 2)))
    return Group(*parts)


def _shared(number: int) -> Text:
    calls = "call was" if number == 1 else "calls were"
    return Text.assemble((f"{number:,}", "bold"), f" {calls} asked for by way of a shared link")


def _goal(standing: Standing) -> RenderableType:
    reached, goal = standing.tally.reached, standing.goal
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(width=BAR)
    grid.add_column(no_wrap=True)
    sentence = Text.assemble((f"{reached:,}", "bold"), f" of {goal:,} got through")
    grid.add_row(sentence, goal_bar(reached, goal, BAR), _percent(reached, goal))
    return grid


def _outcomes(tally: Tally) -> RenderableType:
    """A bar for each way a call ended, longest first within those that count and those that don't."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("Calls, by how they ended", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", width=BAR)
    table.add_column("Toward the goal", no_wrap=True)
    longest = max(tally.outcomes.values(), default=0)
    for outcome, words in OUTCOMES.items():
        number, counts = tally.outcomes.get(outcome, 0), outcome in REACHED
        bar = Bar(longest or 1, 0, number, width=BAR, color="green" if counts else "bright_black")
        table.add_row(
            words, f"{number:,}", bar, Text("counts ✓", "green") if counts else Text("doesn’t count", "dim")
        )
    table.add_row(Text("All", "bold"), Text(f"{tally.tally:,}", "bold"), "", f"{tally.reached:,} count")
    return table


def _offices(standing: Standing) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("Calls, by office", no_wrap=True)
    table.add_column("Got through", justify="right", no_wrap=True)
    table.add_column("", width=BAR)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    longest = max(tally.tally for tally in standing.offices.values())
    for office, tally in sorted(standing.offices.items(), key=lambda each: -each[1].tally):
        bar = Bar(longest, 0, tally.reached, width=BAR, color="green")
        place = standing.places.get(office, "")
        table.add_row(
            office_name(place, office),
            f"{tally.reached:,}",
            bar,
            f"of {tally.tally:,}",
            _percent(tally.reached, tally.tally),
        )
    return table


def _percent(part: int, whole: int) -> str:
    return f"{100 * part // whole} %" if whole else "0 %"


def proof_table(checks: Sequence[Check]) -> RenderableType:
    """Show for each campaign and channel what the ledger holds and what the tally says."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("Campaign", no_wrap=True)
    table.add_column("Channel", no_wrap=True)
    for heading in ("Ledger", "Tally", "Difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("")
    for check in checks:
        mark = Text("✓ equal", "green") if check.difference == 0 else Text("✗ differs", "bold red")
        figures = (check.ledger.tally, check.after.tally, check.difference)
        table.add_row(Text(check.slug, "bold"), check.channel.value, *(f"{n:,}" for n in figures), mark)
    return table
