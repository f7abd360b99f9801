"""`patchthrough redrive`: messages that were given up, shown by kind, and brought back once that is mended."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chalicelib.adapters import audit
from chalicelib.adapters.dead_letters import Brought, Buried, WatchedQueue
from cli import redrive_screens as screens
from cli.connection import Connection
from cli.office_people import NOBODY, name_given
from cli.queues import watched
from cli.redrive_kinds import is_known
from cli.terminal import REFUSED, WRONG, agreed, connected, give_up, margin, plainly, screen

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a queue's dead messages: went back, can't be read, were given up again meanwhile."""

    went: int
    unreadable: int
    returned: int


@plainly
def redrive(
    queue: Annotated[
        str | None,
        typer.Argument(metavar="[QUEUE]", help="ring, letters, mail_events or alerts. Leave it out for all."),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Your name, for the record.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Move without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show only; move nothing.")] = False,
    wait: Annotated[
        int,
        typer.Option(
            "--wait", min=0, max=3600, help="Seconds to stay and see whether any are given up again."
        ),
    ] = 0,
) -> None:
    """Show what the dead-letter queues hold, and bring it back to where it failed.

    What no worker can read stays. A repeat is harmless: whoever takes a message claims first, and what is too late
    ends as too late. Exit code 1 if anything stays or comes back.
    """
    person = name_given(by) if by is not None else NOBODY
    with connected() as connection:
        queues = _chosen(watched(connection), queue)
        found = {name: _looked_at(name, each) for name, each in queues.items()}
        if not any(found.values()):
            screen().print(f"Nothing was given up in {', '.join(queues)}.")
            return
        screen().print(screens.buried(found, datetime.now(UTC)))
        if dry_run:
            return
        total = sum(is_known(name, each.body) for name, buried in found.items() for each in buried)
        if not total:
            give_up("No worker can read any of them, so they stay. A developer should look at one.", REFUSED)
        if not yes and not agreed(f"Bring {total:,} back?"):
            give_up("Nothing was changed.", REFUSED)
        moved = {
            name: _brought(connection, person, name, queues[name], found[name])
            for name in queues
            if found[name]
        }
        again = _given_up_again(queues, moved, wait)
    screen().print(screens.moved(moved, again, wait))
    if any(each.unreadable or each.returned for each in moved.values()) or again:
        raise typer.Exit(REFUSED)


def _chosen(queues: Mapping[str, WatchedQueue], name: str | None) -> Mapping[str, WatchedQueue]:
    if name is None:
        return queues
    if name not in queues:
        give_up(f"There is no queue “{name}” here. There are: {', '.join(queues)}.", WRONG)
    return {name: queues[name]}


def _looked_at(name: str, queue: WatchedQueue) -> list[Buried]:
    """Read a dead queue, showing how far it is."""
    with Progress(*COLUMNS, console=margin(), transient=True) as progress:
        total = queue.depth().dead or None
        return list(progress.track(queue.buried(), total=total, description=f"Looking at {name}"))


def _brought(
    connection: Connection, person: str, name: str, queue: WatchedQueue, found: list[Buried]
) -> Moved:
    """Bring a queue's messages back and put it on record, however it ends."""
    known, tally = partial(is_known, name), Counter[Brought]()
    try:
        with Progress(*COLUMNS, console=margin(), transient=True) as progress:
            for each in progress.track(queue.redrive(known), total=len(found), description=f"Moving {name}"):
                tally[each] += 1
    finally:
        moved = _sum(tally)
        if moved.went:
            facts = {
                "went back": str(moved.went),
                "stay": str(moved.unreadable),
                "returned": str(moved.returned),
            }
            entry = audit.Entry(person, "messages brought back", name, datetime.now(UTC), facts)
            audit.record(connection.catalog.table, entry)
    return moved


def _sum(tally: Counter[Brought]) -> Moved:
    unreadable = sum(number for each, number in tally.items() if not each.is_known)
    returned = sum(number for each, number in tally.items() if each.has_returned)
    return Moved(sum(tally.values()) - unreadable - returned, unreadable, returned)


def _given_up_again(
    queues: Mapping[str, WatchedQueue], moved: Mapping[str, Moved], seconds: int
) -> dict[str, int]:
    """Stay a while, and count what arrives in the dead queues beyond what was left there."""
    until, again = time.monotonic() + seconds, dict[str, int]()
    while moved and time.monotonic() < until:
        time.sleep(min(LOOK_SECONDS, max(0.0, until - time.monotonic())))
        for name, each in moved.items():
            more = (queues[name].depth().dead or 0) - each.unreadable - each.returned
            if more > 0:
                again[name] = more
    return again
