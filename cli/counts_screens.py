"""How counts look in a terminal: the goal, the outcomes, the offices, the proof. Knows no table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.domain.counts import ARRIVED, Channel, Tally
from chalicelib.domain.outcome_words import COUNTED
from cli.campaign_screens import goal_bar, office_name
from cli.proof import Check

WORDS = COUNTED
HEADINGS = {
    Channel.CALLS: ("Calls, by how they ended", "Calls, by office", "Got through"),
    Channel.LETTERS: ("Letters, by what became of them", "Letters, by office", "Delivered"),
    Channel.ANSWERS: ("Answers, as writers say after two weeks", "Answers, by office", "By a person"),
}
BAR = 30
"""Columns of the longest bar."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One campaign's figures: the sum of each channel, that of each office by id, and the places of its offices.

    `shared`: how many calls were asked for by way of a shared link.
    """

    slug: str
    title: str
    goal: int
    tallies: Mapping[Channel, Tally]
    offices: Mapping[Channel, Mapping[str, Tally]]
    places: Mapping[str, str]
    shared: int = 0


def standing_screen(standing: Standing) -> RenderableType:
    """Show one campaign: how far its goal is, then of each channel that has anything, how it went, then its offices."""
    heading = Text.assemble((standing.slug, "bold"), "  ", (standing.title, "dim"))
    parts: list[RenderableType] = [heading, Padding(_goal(standing), (1, 0, 1, 2))]
    for channel, tally in standing.tallies.items():
        if tally.tally:
            parts.append(Padding(_outcomes(tally, channel), (0, 0, 1, 2)))
        if standing.offices[channel] and channel is not Channel.ANSWERS:
            parts.append(Padding(_offices(standing, channel), (0, 0, 1, 2)))
    if standing.shared:
        parts.append(Padding(_shared(standing.shared), (0, 0, 1, 2)))
    return Group(*parts)


def _shared(number: int) -> Text:
    calls = "call was" if number == 1 else "calls were"
    return Text.assemble((f"{number:,}", "bold"), f" {calls} asked for by way of a shared link")


def _goal(standing: Standing) -> RenderableType:
    reached, goal = standing.tallies[Channel.CALLS].reached, standing.goal
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(width=BAR)
    grid.add_column(no_wrap=True)
    sentence = Text.assemble((f"{reached:,}", "bold"), f" of {goal:,} got through")
    grid.add_row(sentence, goal_bar(reached, goal, BAR), _percent(reached, goal))
    return grid


def _outcomes(tally: Tally, channel: Channel) -> RenderableType:
    """A bar for each way a call or a letter ended; of calls, whether it counts toward the goal."""
    has_goal = channel is Channel.CALLS
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column(HEADINGS[channel][0], no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", width=BAR)
    table.add_column("Toward the goal" if has_goal else "", no_wrap=True)
    longest = max(tally.outcomes.values(), default=0)
    for outcome, words in WORDS[channel].items():
        number, counts = tally.outcomes.get(outcome, 0), outcome in ARRIVED
        bar = Bar(longest or 1, 0, number, width=BAR, color="green" if counts else "bright_black")
        mark = Text("counts ✓", "green") if counts else Text("doesn’t count", "dim")
        table.add_row(words, f"{number:,}", bar, mark if has_goal else "")
    all_of_it = f"{tally.reached:,} count" if has_goal else ""
    table.add_row(Text("All", "bold"), Text(f"{tally.tally:,}", "bold"), "", all_of_it)
    return table


def _offices(standing: Standing, channel: Channel) -> RenderableType:
    offices, (_, heading, reached) = standing.offices[channel], HEADINGS[channel]
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column(heading, no_wrap=True)
    table.add_column(reached, justify="right", no_wrap=True)
    table.add_column("", width=BAR)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    longest = max(tally.tally for tally in offices.values())
    for office, tally in sorted(offices.items(), key=lambda each: -each[1].tally):
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
