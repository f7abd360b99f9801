"""What became of broadcasts, in a terminal: their list, and how far one is. Knows no table, and nobody's number."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.domain.broadcast import Broadcast, ClaimState, Stage, missing
from chalicelib.domain.broadcast_pacing import A_MINUTE, SHARE, Budget, Sender, forecast
from cli.broadcast_screens import BAR, cap_left, clock, heading, lasting, people
from cli.campaign_screens import goal_bar

STATES: dict[ClaimState, str] = {
    ClaimState.SENT: "Sent: Twilio took it",
    ClaimState.FAILED: "Failed: Twilio or a carrier refused it",
    ClaimState.CLAIMED: "Being sent right now",
    ClaimState.AMBIGUOUS: "Sent, or not: no clear answer yet",
    ClaimState.SKIPPED_STOPPED: "Skipped: they have said stop",
    ClaimState.SKIPPED_HELD: "Skipped: what they said may be a stop",
    ClaimState.SKIPPED_NOT_SUBSCRIBED: "Skipped: no longer subscribed",
    ClaimState.SKIPPED_STALE: "Skipped: it was too late",
    ClaimState.SKIPPED_CANCELLED: "Skipped: it was cancelled",
    ClaimState.SKIPPED_LATE: "Skipped: too long between look and sending",
    ClaimState.SKIPPED_EXPIRED: "Skipped: not delivered before the evening",
}
"""What each state of a claim is called, in the order in which it is shown."""


class Seen(NamedTuple):
    """A broadcast, and what is known of it at a moment: claims by state, and what its sender has spent today.

    `a_minute`: how many people's turn came in a minute since the last look; None: this is the first.
    """

    broadcast: Broadcast
    claims: Counter[ClaimState]
    sender: Sender
    budget: Budget
    at: datetime
    a_minute: float | None = None


def a_minute(before: Seen | None, after: Seen) -> float | None:
    """Return how many people's turn came in a minute between two looks; None: there was no look before."""
    if before is None or after.at <= before.at:
        return None
    return (after.claims.total() - before.claims.total()) / ((after.at - before.at) / A_MINUTE)


def listing(broadcasts: Sequence[Broadcast]) -> RenderableType:
    """Show broadcasts, the latest first."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("Broadcast", "Campaign", "Stage", "Made"):
        table.add_column(name, no_wrap=True)
    table.add_column("People", justify="right", no_wrap=True)
    for each in broadcasts:
        made = f"{each.made_at.astimezone():%Y-%m-%d %H:%M}" if each.made_at else ""
        style = {Stage.SENDING: "green", Stage.PAUSED: "yellow"}.get(each.stage, "")
        table.add_row(each.id, each.campaign, Text(each.stage, style), made, f"{of_all(each):,}")
    return table


def of_all(broadcast: Broadcast) -> int:
    """How many get a word of what became of them: those planned, and before that those counted."""
    return broadcast.audience if broadcast.planned is None else broadcast.planned


def standing(seen: Seen) -> RenderableType:
    """Show how far a broadcast is: a bar, what became of whom, the sum that must hold, and the sender's limits."""
    broadcast, everybody = seen.broadcast, of_all(seen.broadcast)
    known = seen.claims.total()
    bar = Table.grid(padding=(0, 2))
    bar.add_row(
        Text.assemble((f"{known:,}", "bold"), f" of {everybody:,}"), goal_bar(known, everybody or 1, BAR)
    )
    parts: list[RenderableType] = [heading(broadcast), Padding(bar, (1, 0, 1, 2))]
    if known:
        parts += [Padding(_claims(seen.claims), (0, 0, 1, 2))]
    parts += [Padding(_identity(seen), (0, 0, 0, 2))]
    parts += [Padding(Text(line), (0, 0, 0, 2)) for line in _pace(seen)]
    return Group(*parts)


def _claims(claims: Counter[ClaimState]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for state, words in STATES.items():
        if claims[state]:
            style = {ClaimState.AMBIGUOUS: "yellow", ClaimState.FAILED: "red"}.get(state, "")
            table.add_row(Text(words, style), f"{claims[state]:,}")
    return table


def _identity(seen: Seen) -> Text:
    """The sum that proves that nobody was forgotten and nobody got two."""
    everybody, known = of_all(seen.broadcast), seen.claims.total()
    open_ = seen.claims[ClaimState.CLAIMED] + seen.claims[ClaimState.AMBIGUOUS]
    lacking = missing(seen.claims, everybody)
    if lacking < 0:
        return Text(
            f"✗ claims {known:,} > audience {everybody:,}: somebody was counted twice. Tell whoever runs this.",
            "red",
        )
    if lacking and seen.broadcast.stage is not Stage.CANCELLED:
        return Text(
            f"claims {known:,}, audience {everybody:,}: {_why(seen.broadcast.stage, people(lacking))}"
        )
    not_begun = f" + not begun {lacking:,}" if lacking else ""
    name = f"claims {known:,}{not_begun} = audience {everybody:,}"
    if open_:
        return Text(f"{name}; of {people(open_)} it is not clear yet what became of them", "yellow")
    if lacking:
        return Text(f"✓ {name}: it was cancelled before the turn of {people(lacking)}", "green")
    return Text(f"✓ {name}: it is known of everybody what became of them.", "green")


def _why(stage: Stage, whom: str) -> str:
    return "nothing is sent until it is armed" if stage is Stage.DRAFT else f"{whom} still to come"


def _pace(seen: Seen) -> Iterator[str]:
    sender, broadcast = seen.sender, seen.broadcast
    lacking = max(missing(seen.claims, of_all(broadcast)), 0)
    if broadcast.stage in {Stage.ARMED, Stage.SENDING, Stage.PAUSED}:
        yield f"Sender: {sender.name}, {SHARE * sender.a_second:g} segments a second"
        if seen.a_minute is not None:
            yield f"Now: {seen.a_minute:,.0f} people a minute"
        if lacking:
            hours = forecast(sender, lacking, broadcast.segments, 1).hours
            yield f"Left: {lasting(hours)} of sending, inside people’s hours; stale from {clock(broadcast.not_after)}"
        if sender.a_day_on_t_mobile is not None:
            yield f"T-Mobile: {cap_left(sender, seen.budget, seen.at)}"
    if broadcast.armed_by:
        yield f"Armed by {' and '.join(broadcast.armed_by)}"
