"""How letters look in a terminal: where they are, what holds them up, and one of them in full. Knows no table.

A letter's words are its writer's: they are shown one letter at a time, and only to whoever asks for that letter.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.adapters.dead_letters import Depth
from chalicelib.domain.letter import Content, Letter, Reason, State
from chalicelib.domain.letter_events import Fault
from chalicelib.domain.letter_moves import aside_at
from chalicelib.domain.pacing import Circuit
from cli.campaign_screens import office_name
from cli.resting import plain

STATES: dict[State, str] = {
    State.DRAFTED: "Begun, the link not asked for",
    State.AWAITING_CONFIRM: "Wait for their writer’s confirmation",
    State.HELD: "Held: a person has to look",
    State.CONFIRMED: "Confirmed, about to get a turn",
    State.QUEUED: "Wait for their turn",
    State.TARGET_PAUSED: "Wait, for the office’s mailbox rests",
    State.LEASED: "Being sent",
    State.SEND_UNKNOWN: "Sent, or not: no clear answer yet",
    State.SUBMITTED: "Taken by our mail service",
    State.DELIVERED: "Delivered",
    State.BOUNCED_SOFT: "Came back, for now",
    State.BOUNCED_HARD: "Came back, for good",
    State.COMPLAINED: "Called spam by the office",
    State.SUPPRESSED: "Not sent: no mail is wanted",
    State.REJECTED: "Refused by our mail service",
    State.CANCELLED: "Cancelled",
    State.FAILED: "Not sent: a person said no",
    State.DUPLICATE: "Not sent: another one goes to the same mailbox",
    State.EXPIRED: "Never confirmed",
    State.ERASED: "Forgotten",
}
"""What each state is called, in the order in which it is shown."""
REASONS: dict[Reason | None, str] = {
    Reason.SUSPICIOUS: "it looks like abuse, or somebody held it",
    Reason.FILTERED: "the office’s mail server refuses what it says",
    Reason.UNCLEAR: "no clear answer after several tries: it may have been sent",
}
FAULTS: dict[Fault, str] = {
    Fault.QUOTA_SPENT: "the day’s quota is used up",
    Fault.SENDING_PAUSED: "sending is paused in SES",
    Fault.ACCOUNT_SUSPENDED: "the SES account is suspended",
    Fault.DOMAIN_UNVERIFIED: "the MAIL FROM domain is not verified",
    Fault.SETTING_MISSING: "the configuration set is missing (PATCHTHROUGH_MAIL_SET)",
    Fault.LIMIT_EXCEEDED: "a limit of the SES account is exceeded",
}
HANDLE = 10
"""Characters of an id that stand for it: no two letters share them, in any campaign we can think of."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A mailbox that gets no letters until a person has looked; `campaign` None: it rests, for all of them."""

    office: str
    place: str
    address: str
    why: str
    campaign: str | None = None


def handle(letter_id: str) -> str:
    """What stands for a letter at a terminal: the beginning of its id, which no program takes for an option."""
    return letter_id.lstrip("-")[:HANDLE]


def states(letters: Mapping[str, Counter[State]]) -> RenderableType:
    """Show how many letters are in each state, campaign by campaign."""
    parts: list[RenderableType] = []
    for campaign, found in sorted(letters.items()):
        table = Table.grid(padding=(0, 2))
        table.add_column()
        table.add_column(justify="right", no_wrap=True)
        for state, words in STATES.items():
            if found[state]:
                style = "yellow" if state in {State.HELD, State.TARGET_PAUSED, State.SEND_UNKNOWN} else ""
                table.add_row(Text(words, style), f"{found[state]:,}")
        table.add_row(Text("All", "bold"), Text(f"{found.total():,}", "bold"))
        parts.append(Group(Text(campaign, "bold"), Padding(table, (0, 0, 1, 2))))
    return Group(*parts)


def circuit(found: Circuit, now: datetime) -> Text:
    """Say whether our mail service takes letters."""
    if found.fault is None:
        return Text("● Our mail service takes letters.", "green")
    why = f"✗ Our mail service refuses us: {FAULTS[found.fault]}."
    if found.until is None or found.until <= now:
        return Text(f"{why} One letter tries next.", "yellow")
    return Text(
        f"{why} Nothing is sent before {found.until:%Y-%m-%d %H:%M} UTC; then one letter tries.", "red"
    )


def queues(depths: Mapping[str, Depth]) -> RenderableType:
    """Show how much is in each queue, and what was given up."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("Queue", no_wrap=True)
    for heading in ("Waiting", "Taken", "For later", "Given up"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, depth in depths.items():
        dead = "no dead queue" if depth.dead is None else f"{depth.dead:,}"
        figures = (f"{depth.waiting:,}", f"{depth.taken:,}", f"{depth.delayed:,}")
        table.add_row(name, *figures, Text(dead, "red" if depth.dead else ""))
    return table


def stops(found: Sequence[Stop]) -> RenderableType:
    """Show which mailboxes get nothing, and why."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column()
    for stop in found:
        why = plain(stop.why) if stop.campaign is None else f"no letters of {stop.campaign}: {stop.why}"
        table.add_row(office_name(stop.place, stop.office), Text(stop.address), Text(why, "red"))
    return Group(Text("Mailboxes that get no letters", "bold"), Padding(table, (0, 0, 1, 2)))


def held(letters: Sequence[Letter]) -> RenderableType:
    """Show the letters that a person has to look at, the longest held first."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for heading in ("Letter", "Held since (UTC)", "Campaign", "Office"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Why")
    for letter in sorted(letters, key=aside_at):
        since = f"{aside_at(letter):%Y-%m-%d %H:%M}"
        why = REASONS.get(letter.reason, "")
        table.add_row(handle(letter.id), since, letter.campaign, letter.office, why)
    return table


def whole(letter: Letter, content: Content) -> RenderableType:
    """Show one letter as its office would read it."""
    facts = Table.grid(padding=(0, 2))
    facts.add_row(Text("From", "dim"), Text(f"{plain(content.name)} <{content.address}>", overflow="fold"))
    facts.add_row(Text("To", "dim"), f"{letter.office}, for {letter.campaign}")
    facts.add_row(
        Text("Held", "dim"), f"{aside_at(letter):%Y-%m-%d %H:%M} UTC: {REASONS.get(letter.reason, '')}"
    )
    facts.add_row(Text("Subject", "dim"), Text(plain(content.subject)))
    body = "\n".join(map(plain, content.body.splitlines()))
    return Group(facts, Padding(Text(body), (1, 0, 1, 2)))
