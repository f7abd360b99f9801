"""`patchthrough erase`: forget one person, by their number or their address, and show what that means first."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from chalicelib.domain.addresses import address
from chalicelib.domain.refusals import Refusal
from chalicelib.views import erasing
from chalicelib.views.again import GaveUp
from chalicelib.views.erasing import Person, Row
from cli import erase_screens as screens
from cli.at_work import at_work
from cli.office_people import name_given
from cli.terminal import REFUSED, WRONG, connected, give_up, margin, plainly, screen
from cli.text_people import asked_for_number, number_given

ENDS = 4
BUSY = (
    "They are in a call, or one is waiting for its turn. Nothing was changed: run this again when it is over, "
    "in an hour, and tomorrow at the latest."
)


@plainly
def erase(
    by: Annotated[str, typer.Option("--by", help="Your name, for the record.")],
    phone: Annotated[bool, typer.Option("--phone", help="You are asked for their number.")] = False,
    email: Annotated[bool, typer.Option("--email", help="You are asked for their address.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what is there; change nothing.")] = False,
) -> None:
    """Forget a person: show everything that mentions them, what goes, what stays and why; then do it.

    The number or address is asked for: an argument would stay in your history. What is done stays done: after an
    interruption run it again. Reads the whole table twice (a million rows: about 3 cents).
    """
    person_by = name_given(by)
    if phone == email:
        give_up("Say by what they are known: --phone or --email. For both, run it once for each.", WRONG)
    typed = asked_for_number() if phone else _asked_for_address()
    with connected() as connection, at_work(connection):
        person = erasing.by_number(number_given(typed)) if phone else erasing.by_address(address(typed))
        rows = _searched(person)
        letters = list(erasing.letters_of(person.address)) if person.address else []
        if not rows and not letters:
            screen().print("Nothing here mentions them.")
            return
        screen().print(screens.found(rows, len(letters), gets_texts=erasing.gets_texts(rows)))
        if erasing.is_in_a_call(rows):
            give_up(BUSY, REFUSED)
        if dry_run:
            return
        if not any(row.is_to_do for row in rows) and not letters and not erasing.gets_texts(rows):
            screen().print("There is nothing left to forget.")
            return
        _require_agreed(person)
        done = _erased(person, rows, person_by, len(letters))
        left = _searched(person)
    screen().print(screens.done(done, left))
    if any(row.is_to_do or row.decision is None for row in left):
        raise typer.Exit(REFUSED)


def _asked_for_address() -> str:
    try:
        typed: str = typer.prompt("Their e-mail address", err=True)
        return str(address(typed))
    except Refusal:
        give_up("That is no e-mail address. Nothing was changed.", WRONG)
    except typer.Abort:
        give_up("Nobody answered, so nothing was changed.", REFUSED)


def _searched(person: Person) -> Sequence[Row]:
    columns = (SpinnerColumn(), TextColumn("Reading the whole table"))
    with Progress(*columns, console=margin(), transient=True) as progress:
        progress.add_task("")
        return erasing.found(person)


def _require_agreed(person: Person) -> None:
    """Have them typed once more: a slip would forget somebody else."""
    wanted = person.number[-ENDS:] if person.number else str(person.address)
    asked = f"the last {ENDS} digits of the number" if person.number else "the address once more"
    try:
        typed: str = typer.prompt(f"This can’t be undone. To go on, type {asked}", err=True)
    except typer.Abort:
        give_up("Nobody answered, so nothing was changed.", REFUSED)
    if typed.strip().lower() != wanted.lower():
        give_up("That is not it. Nothing was changed.", REFUSED)


def _erased(person: Person, rows: Sequence[Row], by: str, letters: int) -> int:
    columns = (TextColumn("Forgetting"), BarColumn(), MofNCompleteColumn())
    total = letters + sum(row.is_to_do for row in rows)
    try:
        with Progress(*columns, console=margin(), transient=True) as progress:
            return sum(1 for _ in progress.track(erasing.erase(person, rows, by), total=total))
    except GaveUp:
        give_up(
            "Something of theirs is being moved right now. Run this again: what is done stays done.", REFUSED
        )
