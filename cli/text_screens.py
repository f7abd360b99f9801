"""How texts that wait for a person look in a terminal. People are named by a handle; no number is known here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.adapters.inbox import Waiting
from chalicelib.domain.subscriber import Subscriber
from chalicelib.domain.subscriber_events import Desk
from cli.consent_words import STATES
from cli.resting import plain
from cli.text_people import handle

DESKS: Mapping[Desk, str] = {Desk.REVIEW: "may be a stop", Desk.INBOX: "to read"}


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody held in a programme: since when, and what they wrote, each with its moment."""

    phone_key: str
    programme: str
    since: datetime
    wrote: Sequence[tuple[datetime, str]] = field(repr=False)


def moment(at: datetime) -> str:
    """A moment in UTC, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def lines(text: str) -> Text:
    """What somebody wrote, line by line, without anything a terminal would obey."""
    return Text("\n".join(map(plain, text.splitlines())), overflow="fold")


def inbox(texts: Iterable[Waiting]) -> RenderableType:
    """Show texts in full, the oldest first."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for heading in ("Came (UTC)", "Person", "Why"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Text", ratio=1)
    for text in sorted(texts, key=lambda each: each.at):
        why = Text(DESKS[text.desk], "yellow" if text.desk is Desk.REVIEW else "")
        table.add_row(moment(text.at), handle(text.phone_key), why, lines(text.text))
    return table


def held(people: Iterable[Held], titles: Mapping[str, str]) -> RenderableType:
    """Show who is held, the longest first, with all they wrote meanwhile."""
    parts: list[RenderableType] = []
    for person in sorted(people, key=lambda each: each.since):
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for at, text in person.wrote:
            table.add_row(moment(at), lines(text))
        head = Text.assemble(
            (handle(person.phone_key), "bold"),
            f", {titles.get(person.programme, person.programme)}, held since {moment(person.since)} UTC",
        )
        parts.append(Group(head, Padding(table, (0, 0, 1, 3))))
    return Group(*parts)


def standings(person: str, profiles: Mapping[str, Subscriber], titles: Mapping[str, str]) -> RenderableType:
    """Show where somebody (their handle) stands now, programme by programme."""
    table = Table.grid(padding=(0, 2))
    for slug, profile in sorted(profiles.items()):
        table.add_row(person, Text(titles.get(slug, slug)), STATES[profile.state])
    return table
