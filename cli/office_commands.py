"""`patchthrough office …`: the office directory. Gathers, decides, asks, writes."""

from datetime import timedelta
from typing import Annotated, Never

import typer
from rich.text import Text

from chalicelib.adapters import audit
from chalicelib.adapters.catalog import NeverCalled
from chalicelib.adapters.desks import Desks
from chalicelib.adapters.phone_changes import PhoneChanges
from chalicelib.domain.office import Closure, Office
from cli import office_screens as screens
from cli.campaign_screens import spaced
from cli.connection import Connection
from cli.mailbox_commands import form, mailbox
from cli.mailbox_screens import mailboxes
from cli.office_import import confirm, import_
from cli.office_people import (
    NOBODY,
    day_given,
    name_given,
    office_named,
    page_given,
    phone_given,
    reason_given,
    seen_on,
)
from cli.resting import rests
from cli.terminal import EXIT_CODES, REFUSED, WRONG, connected, give_up, plainly, screen, this_moment, today

office = typer.Typer(
    help="The office directory: import, verify, close, list, and their mailboxes.", no_args_is_help=True
)
office.command("import", epilog=EXIT_CODES)(import_)
office.command("confirm", epilog=EXIT_CODES)(confirm)
office.command("form", epilog=EXIT_CODES)(form)
office.add_typer(mailbox, name="mailbox")

Id = Annotated[str, typer.Argument(metavar="ID", help="The office, like ero-atl.")]
By = Annotated[str | None, typer.Option("--by", help="Your name, for the record.")]


@office.command("list", epilog=EXIT_CODES)
@plainly
def list_() -> None:
    """List all offices: open now, who verified each line and mailbox and until when, whether it is healthy."""
    now = this_moment()
    with connected() as connection:
        offices = connection.catalog.offices()
        changes = PhoneChanges(connection.catalog).all_waiting()
        resting = rests(connection, offices)
    if not offices:
        screen().print("No office yet. Load all with: patchthrough office import directory/offices.csv")
        return
    console = screen()
    console.print(screens.directory(offices, now, console.width), "")
    if any(each.mailboxes for each in offices):
        console.print(mailboxes(offices, resting, now.date(), console.width), "")
    for part in (screens.closures(offices, now.date()), screens.waiting_list(changes)):
        if part:
            console.print(part)
    console.print(Text(screens.summary(offices, now), "bold"))


@office.command(epilog=EXIT_CODES)
@plainly
def verify(
    office: Id,
    by: Annotated[str, typer.Option("--by", help="Who has seen the number on the agency’s page.")],
    source: Annotated[str, typer.Option("--source", help="The address of that page, https://…")],
    number: Annotated[str | None, typer.Option("--number", help="Which line, if there are several.")] = None,
    on: Annotated[str | None, typer.Option("--on", help="The day it was seen, like 2026-12-24.")] = None,
) -> None:
    """Record that a person has seen an office’s number on the agency’s own page: it may be called from now on.

    A line that rests because calls to it failed is healthy again.
    """
    person, page = name_given(by), page_given(source)
    with connected() as connection:
        day = seen_on(on, connection.catalog.verification_days)
        found = office_named(connection, office)
        line = _line(connection, found, number)
        try:
            connection.catalog.verify_line(found.id, line, day, person, page)
        except NeverCalled:
            _never_called(line)
        now = this_moment()
        Desks(connection.catalog.table).cure(found.id, line, now)
        facts = {"number": line, "source": page, "on": day.isoformat()}
        audit.record(connection.catalog.table, audit.Entry(person, "line verified", found.id, now, facts))
        until = day + timedelta(days=connection.catalog.verification_days)
        screen().print(
            Text(f"{person} has verified {spaced(line)}, {found.place.en} ({found.id}).", "bold"),
            f"It may be called until {until}, that day included.",
            sep="\n",
        )


@office.command(epilog=EXIT_CODES)
@plainly
def close(
    office: Id,
    first: Annotated[str, typer.Option("--from", help="The first day it is closed, like 2026-12-24.")],
    last: Annotated[str, typer.Option("--to", help="The last day it is closed.")],
    why: Annotated[str, typer.Option("--why", help="Why, in a few words.")],
    by: By = None,
) -> None:
    """Say that an office is closed on some days, by its own calendar: nobody is connected to it then."""
    person = name_given(by) if by is not None else NOBODY
    closure = Closure(day_given(first, "--from"), day_given(last, "--to"), reason_given(why))
    if closure.last < closure.first:
        give_up(f"--to {closure.last} is before --from {closure.first}. Swap them.", WRONG)
    if closure.last < today():
        give_up(f"{screens.days(closure)} is over, and today is {today()}. Give days to come.", WRONG)
    with connected() as connection:
        found = office_named(connection, office)
        connection.catalog.close_office(found.id, closure)
        facts = {"from": f"{closure.first}", "to": f"{closure.last}", "why": closure.why}
        _record(connection, person, "office closed", found.id, facts)
        number = (closure.last - closure.first).days + 1
        screen().print(
            Text(f"Closed: {found.place.en} ({found.id}), {screens.days(closure)}, {closure.why}.", "bold"),
            f"{number} day{'' if number == 1 else 's'} in all. "
            f"Undo it with: patchthrough office reopen {found.id} --from {closure.first}",
            sep="\n",
            soft_wrap=True,
        )


@office.command(epilog=EXIT_CODES)
@plainly
def reopen(
    office: Id,
    first: Annotated[str, typer.Option("--from", help="The first day of the closure to remove.")],
    by: By = None,
) -> None:
    """Remove the closure that begins on a day."""
    person = name_given(by) if by is not None else NOBODY
    day = day_given(first, "--from")
    with connected() as connection:
        found = office_named(connection, office)
        if day not in [closure.first for closure in found.hours.closures]:
            known = "; ".join(f"{screens.days(each)}, {each.why}" for each in found.hours.closures)
            give_up(f"{found.id} has no closure from {day}. Its closures: {known or 'none'}.", WRONG)
        connection.catalog.reopen(found.id, day)
        _record(connection, person, "office reopened", found.id, {"from": f"{day}"})
        screen().print(Text(f"Open again: {found.place.en} ({found.id}), as its hours say.", "bold"))


def _line(connection: Connection, found: Office, number: str | None) -> str:
    """The line that is meant: the one named, or the only one."""
    lines = [line.number for line in found.lines]
    wanted = phone_given(number) if number else None
    if wanted and not connection.catalog.may_be_target(wanted):
        _never_called(wanted)
    if wanted and wanted not in lines:
        give_up(f"{found.id} has no line {wanted}. Its lines: {', '.join(lines) or 'none'}.", WRONG)
    if not wanted and len(lines) != 1:
        give_up(f"{found.id} has {len(lines)} lines. Say which: --number {' or '.join(lines)}.", WRONG)
    return wanted or lines[0]


def _never_called(number: str) -> Never:
    give_up(f"{number} is never called, whoever verifies it: such lines serve people in need.", REFUSED)


def _record(connection: Connection, person: str, what: str, office_id: str, facts: dict[str, str]) -> None:
    entry = audit.Entry(person, what, office_id, this_moment(), facts)
    audit.record(connection.catalog.table, entry)
