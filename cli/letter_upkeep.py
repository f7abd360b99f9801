"""`patchthrough letter redrive` and `erase`: messages that were given up, and people who want to be forgotten."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from chalicelib.adapters import audit
from chalicelib.adapters.dead_letters import Brought, WatchedQueue
from chalicelib.domain.addresses import Address, address
from chalicelib.domain.letter import Letter, State
from chalicelib.domain.refusals import Refusal
from chalicelib.views import deciding
from chalicelib.views.again import GaveUp
from chalicelib.views.erasing import letters_of
from cli.at_work import at_work
from cli.office_people import NOBODY, name_given
from cli.queues import of_letters
from cli.redrive_kinds import is_known
from cli.terminal import REFUSED, WRONG, agreed, connected, give_up, margin, plainly, screen


@plainly
def redrive(
    by: Annotated[str | None, typer.Option("--by", help="Your name, for the record.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only; move nothing.")] = False,
) -> None:
    """Bring messages back that failed five times, once what broke them is repaired. Exit code 1 if any must stay.

    A message that no worker could read stays where it is: a person has to look at it.
    """
    person = name_given(by) if by is not None else NOBODY
    with connected() as connection:
        if not connection.config.letter_queue:
            give_up("No letters leave by mail here: PATCHTHROUGH_QUEUE_LETTERS is not set.", WRONG)
        left = 0
        for name, queue in of_letters(connection).items():
            known, unknown = _redriven(name, queue, is_trial=dry_run)
            left += unknown
            if known and not dry_run:
                facts = {"went back": str(known), "stay": str(unknown)}
                entry = audit.Entry(person, "messages brought back", name, datetime.now(UTC), facts)
                audit.record(connection.catalog.table, entry)
            verb = "would go back" if dry_run else "went back"
            screen().print(f"{name}: {known:,} {verb}; unreadable, so left where they are: {unknown:,}.")
    if left:
        raise typer.Exit(REFUSED)


@plainly
def erase(
    by: Annotated[str, typer.Option("--by", help="Your name, for the record.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Forget without asking.")] = False,
) -> None:
    """Forget a writer’s letters, in all campaigns: their name, address and words. You are asked for the address.

    A letter that has not left does not leave. Counts stay as they are, and nothing keeps the writer from writing again
    to an office that had no letter of theirs.
    """
    person = name_given(by)
    writer = _asked()
    with connected() as connection, at_work(connection) as r:
        found = list(letters_of(writer))
        if not found:
            screen().print("No letter of this address is known. Nothing was changed.")
            return
        where = ", ".join(sorted({each.campaign for each in found}))
        if not yes and not agreed(f"Forget {_counted(len(found))} ({where})? This can’t be undone."):
            give_up("Nothing was changed.", REFUSED)
        after = [_forgotten(each) for each in found]
        entry = audit.Entry(person, "writer forgotten", "letters", r.now(), {"letters": str(len(after))})
        audit.record(connection.catalog.table, entry)
    stopped = sum(1 for each in after if each.state is State.CANCELLED)
    screen().print(
        Text(f"Forgotten: {_counted(len(after))}.", "bold"),
        f"Not sent any more: {stopped}. What an office has, or is about to get, nothing can call back.",
        sep="\n",
        soft_wrap=True,
    )


# Redrive.


def _redriven(name: str, queue: WatchedQueue, *, is_trial: bool) -> tuple[int, int]:
    """Bring back what can be read, showing how far it is; return how many did, and how many stay."""
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=margin(), transient=True) as progress:
        brought = queue.redrive(partial(is_known, name), is_trial=is_trial)
        done: list[Brought] = list(progress.track(brought, total=queue.depth().dead or None))
    known = sum(each.is_known for each in done)
    return known, len(done) - known


# Erase.


def _asked() -> Address:
    """The writer's address, typed in: as an argument it would stay in the shell's history."""
    try:
        return address(typer.prompt("The writer’s e-mail address"))
    except Refusal:
        give_up("That is no e-mail address. Nothing was changed.", WRONG)
    except typer.Abort:
        give_up("Nobody answered, so nothing was changed.", REFUSED)


def _forgotten(found: Letter) -> Letter:
    try:
        return deciding.forget(found.id)
    except GaveUp:
        give_up(
            "A letter is being moved by others right now. Run this again: what is done stays done.", REFUSED
        )


def _counted(number: int) -> str:
    return f"{number} letter" + ("" if number == 1 else "s")
