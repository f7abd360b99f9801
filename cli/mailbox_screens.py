"""How offices' mailboxes look in a terminal: who verified each until when, which rest and why. Knows no table."""

from collections.abc import Sequence
from datetime import date, timedelta

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from chalicelib.domain.office import Mailbox, Office, writable
from cli.campaign_screens import office_name
from cli.office_screens import seen_by
from cli.resting import Rests

WIDE = 116
"""Columns of a terminal on which verification and health have a column each."""


def mailboxes(offices: Sequence[Office], rests: Rests, today: date, width: int) -> RenderableType:
    """Show each mailbox of each office that has one: verified, and whether letters go there today."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0), collapse_padding=True)
    table.add_column("Office", no_wrap=True)
    table.add_column("Mailbox", overflow="fold")
    if width >= WIDE:
        table.add_column("Verified")
    table.add_column("Letters")
    for office in offices:
        name = office_name(office.place.en, office.id)
        for mailbox in office.mailboxes:
            health = mailbox_health(mailbox, rests.get((office.id, mailbox.address)), today)
            verified = seen_by(mailbox, today)
            cells = [verified, health] if width >= WIDE else [Text("\n").join([health, verified])]
            table.add_row(name, Text(mailbox.address), *cells)
            name = Text()
    return table


def mailbox_health(mailbox: Mailbox, why: str | None, today: date) -> Text:
    """Whether letters go to a mailbox today, and why not."""
    if why is not None:
        return Text(f"✗ resting: {why}", "red")
    if mailbox.verified_on is None:
        return Text("○ unverified", "yellow")
    if today - mailbox.verified_on > timedelta(days=mailbox.good_days):
        return Text("○ verify again", "yellow")
    return Text("● ok", "green")


def forms(offices: Sequence[Office]) -> RenderableType | None:
    """Show the offices' own web forms, or None when none is known."""
    rows = [office for office in offices if office.web_form]
    if not rows:
        return None
    table = Table.grid(padding=(0, 2))
    for office in rows:
        table.add_row(office_name(office.place.en, office.id), Text(office.web_form, overflow="fold"))
    return table


def summary(offices: Sequence[Office], rests: Rests, today: date) -> str:
    """Say how many offices can get letters by mail today."""
    ready = [
        office
        for office in offices
        if any((office.id, box.address) not in rests for box in writable(office, today))
    ]
    return f"{len(ready)} of {len(offices)} offices can get letters by mail today."
