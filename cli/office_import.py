"""`patchthrough office import` and `confirm`: the directory from a file, and numbers that take two people."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from chalicelib.adapters import audit
from chalicelib.adapters.catalog import NeverCalled
from chalicelib.adapters.office_items import PhoneChange, same_name
from chalicelib.adapters.phone_changes import ChangeGone, PhoneChanges, SamePerson
from cli import local_stack
from cli import office_screens as screens
from cli.connection import Connection
from cli.directory import Directory, read_offices
from cli.directory_table import keep_never_rung
from cli.office_people import NOBODY, name_given
from cli.office_plan import Known, Plan, planned, slips
from cli.problems import FileRefused, Problem
from cli.terminal import (
    REFUSED,
    WRONG,
    agreed,
    connected,
    give_up,
    margin,
    plainly,
    screen,
    this_moment,
    today,
)

By = Annotated[str | None, typer.Option("--by", help="Your name: a new phone is proposed in it.")]


@plainly
def import_(
    file: Annotated[Path, typer.Argument(help="All offices as CSV, like directory/offices.csv.")],
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Import without asking.")] = False,
    confirm: Annotated[
        bool,
        typer.Option("--confirm", help="Confirm the new phones in it that somebody else has proposed."),
    ] = False,
) -> None:
    """Show how a file of offices differs from the directory, ask, and write it. No line becomes callable."""
    wanted = read_offices(file)
    person = name_given(by) if by is not None or confirm else None
    with connected() as connection:
        known = _known(connection)
        _require_right(file, wanted, known, connection)
        plan = planned(known, wanted)
        _show(plan, connection, screen())
        if plan.proposed and person is None:
            give_up("A new phone takes two people. Say who you are: add --by “Your Name”.", WRONG)
        if not plan.is_empty and not yes and not agreed(f"Import into {connection.name}?"):
            give_up("Nothing was changed.", REFUSED)
        _write(connection, wanted, plan, person or NOBODY)
        if confirm:
            _confirm_all(connection, plan.waiting, person or "")
        _vouch(connection)
        _tell_what_next(plan, connection, screen(), is_confirming=confirm)


@plainly
def confirm(
    office: Annotated[str, typer.Argument(metavar="ID", help="The office, like ero-atl.")],
    by: Annotated[str, typer.Option("--by", help="Your name. Whoever proposed the phone can’t confirm it.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Confirm without asking.")] = False,
) -> None:
    """Confirm, as a second person, the new phone that somebody else has proposed for an office."""
    person = name_given(by)
    with connected() as connection:
        changes = PhoneChanges(connection.catalog).waiting(office)
        if not changes:
            give_up(
                f"No new phone waits for {office}. What waits is shown by: patchthrough office list", WRONG
            )
        _require_another(changes, person)
        screen().print(screens.waiting(changes), "")
        if not yes and not agreed("Have you seen this number on the agency’s own page?"):
            give_up("Nothing was changed.", REFUSED)
        _confirm_all(connection, changes, person)
        done = f"{person} has confirmed the new phone of {office}. Nobody is connected to it until it is verified:"
        screen().print(Text(done, "bold"), soft_wrap=True)
        screen().print(f"patchthrough office verify {office} --by NAME --source https://…", soft_wrap=True)


def _known(connection: Connection) -> Known:
    catalog = connection.catalog
    offices = {office.id: office for office in catalog.offices()}
    return Known(offices, catalog.provenance(), PhoneChanges(catalog).all_waiting())


def _require_right(file: Path, wanted: Directory, known: Known, connection: Connection) -> None:
    """What only the table can know: ids that look like a slip, numbers it never calls."""
    never = connection.catalog.never_targets()
    problems = [
        Problem(
            str(file),
            wanted.rows[office_id],
            f"The id {office_id} is new, and {meant} is missing. Did you mean {meant}? An id never changes. "
            f"If {office_id} is another office, import it first in a file that still has {meant}.",
        )
        for office_id, meant in slips(known, wanted).items()
    ]
    problems += [
        Problem(str(file), wanted.rows[office.id], f"{line.number} is never called. Remove it.")
        for office in wanted.offices.values()
        for line in office.lines
        if line.number in never
    ]
    if problems:
        raise FileRefused(problems)


def _show(plan: Plan, connection: Connection, console: Console) -> None:
    if plan.is_empty:
        same = f"Nothing to change: the directory in {connection.name} is this file."
        console.print(Text(same, "bold"), soft_wrap=True)
    if not plan.is_empty or plan.waiting:
        console.print(screens.difference(plan))


def _write(connection: Connection, wanted: Directory, plan: Plan, person: str) -> None:
    catalog, now = connection.catalog, this_moment()
    keep_never_rung(connection, wanted)
    offices = [*plan.new, *(changed.office for changed in plan.changed)]
    try:
        for office in track(
            offices, "Writing offices", console=margin(), transient=True, disable=not offices
        ):
            catalog.put_office(office, wanted.provenance.get(office.id))
    except NeverCalled as error:
        give_up(f"{error.office_id} has a number that is never called. Remove it from the file.", REFUSED)
    for office in plan.gone:
        catalog.remove_office(office.id)
    changes = PhoneChanges(catalog)
    for waits in plan.withdrawn:
        changes.withdraw(waits, person, now)
    for phone in plan.proposed:
        changes.propose(PhoneChange(phone.office_id, phone.old, phone.new, person, now))
    if not plan.is_empty:
        catalog.relist()
        numbers = {"new": plan.new, "changed": plan.changed, "gone": plan.gone, "proposed": plan.proposed}
        facts = {name: str(len(parts)) for name, parts in numbers.items()}
        audit.record(catalog.table, audit.Entry(person, "directory imported", "offices", now, facts))


def _require_another(changes: tuple[PhoneChange, ...], person: str) -> None:
    own = next((change for change in changes if same_name(change.by) == same_name(person)), None)
    if own:
        give_up(
            f"{own.by} proposed this phone, so somebody else has to confirm it. Nothing was changed.", REFUSED
        )


def _confirm_all(connection: Connection, changes: tuple[PhoneChange, ...], person: str) -> None:
    _require_another(changes, person)
    phones = PhoneChanges(connection.catalog)
    for change in changes:
        try:
            phones.confirm(change, person, this_moment())
        except SamePerson:
            give_up(f"{change.by} proposed this phone, so somebody else has to confirm it.", REFUSED)
        except NeverCalled:
            give_up(f"The new phone of {change.office_id} is never called. It stays as it is.", REFUSED)
        except ChangeGone:
            give_up(
                f"Somebody else has just changed {change.office_id}; it is as they left it. Run this again.",
                REFUSED,
            )


def _vouch(connection: Connection) -> None:
    if connection.is_local_stack:
        offices = connection.catalog.offices()
        local_stack.vouch(connection.catalog, offices, today())
        local_stack.give_mailboxes(connection.catalog, offices, today())


def _tell_what_next(plan: Plan, connection: Connection, console: Console, *, is_confirming: bool) -> None:
    waits = [] if is_confirming else [change.office_id for change in plan.waiting]
    waits += [phone.office_id for phone in plan.proposed]
    for office_id in dict.fromkeys(waits):
        command = f"patchthrough office confirm {office_id} --by NAME"
        console.print(f"A second person confirms the new phone of {office_id}: {command}", soft_wrap=True)
    console.print(Text(screens.summary(connection.catalog.offices(), this_moment()), "bold"))
    if plan.new and not connection.is_local_stack:
        way_on = "A line is called once a person has seen its number on the agency’s page: "
        console.print(f"{way_on}patchthrough office verify ID --by NAME --source https://…", soft_wrap=True)
