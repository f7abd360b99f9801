"""`patchthrough campaign …`: campaigns from files, and their list. Gathers, decides, asks, writes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from chalicelib.adapters.area_items import AreaShelf
from chalicelib.adapters.catalog import Catalog, Overtaken
from chalicelib.domain.campaign import MOVES, Campaign, Status, may_move
from chalicelib.domain.counts import Channel
from chalicelib.domain.office import Line, Office, may_dial
from cli import campaign_screens as screens
from cli.areas_file import read_areas
from cli.campaign_changes import changes
from cli.campaign_file import SCHEMA, read_campaign
from cli.connection import Connection
from cli.directory import read_directory
from cli.terminal import EXIT_CODES, REFUSED, WRONG, agreed, connected, give_up, plainly, screen

SOURCE = Path(__file__).resolve().parent.parent
LOCAL_VERIFIER = "the local stack"

campaign = typer.Typer(help="Load campaigns from files, and list them.", no_args_is_help=True)


@campaign.command(epilog=EXIT_CODES)
@plainly
def apply(
    file: Annotated[Path, typer.Argument(help="The campaign file, like campaigns/families-28.yaml.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")] = False,
    directory: Annotated[
        Path | None,
        typer.Option(help="The folder with offices.csv. Otherwise directory/, here or in the source."),
    ] = None,
) -> None:
    """Show how a campaign file differs from what is live, ask, and write it."""
    folder = directory or _folder("directory")
    offices = read_directory(folder)
    areas = read_areas(folder, offices.offices)
    wanted = read_campaign(file, offices, _folder("campaigns") / SCHEMA)
    with connected() as connection:
        _apply(connection, wanted, screen(), is_agreed=yes)
        connection.catalog.put_never_rung(offices.never_rung)
        AreaShelf(connection.catalog.table).put_areas(areas)


@campaign.command("list", epilog=EXIT_CODES)
@plainly
def list_() -> None:
    """List all campaigns: where each is, how far its goal, and how many offices can be called today."""
    with connected() as connection:
        rows = [
            screens.Row(
                listing,
                connection.store.tally(listing.slug, Channel.CALLS).reached,
                found.offices if (found := connection.catalog.campaign(listing.slug)) else (),
            )
            for listing in connection.catalog.campaigns()
        ]
    if rows:
        screen().print(screens.campaign_list(rows, _today()))
    else:
        screen().print(
            "No campaign yet. Load one with: patchthrough campaign apply campaigns/families-28.yaml"
        )


def _apply(connection: Connection, wanted: Campaign, console: Console, *, is_agreed: bool) -> None:
    live = connection.catalog.campaign(wanted.slug)
    _require_move(live.status if live else None, wanted.status)
    after = replace(
        wanted,
        revision=live.revision if live else 0,
        offices=_known(connection, wanted.offices),
        elsewhere=_known(connection, wanted.elsewhere),
    )
    found = changes(live, after)
    _show(connection, live, after, console)
    if found:
        question = f"Apply to {connection.name}?"
        if not is_agreed and not agreed(question):
            give_up("Nothing was changed.", REFUSED)
        after = _write(connection.catalog, wanted, after)
    if connection.is_local_stack:
        _verify(connection.catalog, (*after.offices, *after.elsewhere))
    if found:
        console.print(
            Text(f"Applied: {after.slug}, revision {after.revision}, in {connection.name}.", "bold")
        )


def _require_move(before: Status | None, after: Status) -> None:
    if may_move(before, after):
        return
    was = f"is {before}" if before else "is new"
    allowed = " or ".join(sorted(MOVES[before])) or "nothing else: it is over for good"
    give_up(f"The file says {after}, but the campaign {was}. From there it can go to {allowed}.", REFUSED)


def _show(connection: Connection, live: Campaign | None, after: Campaign, console: Console) -> None:
    found = changes(live, after)
    if live is None:
        console.print(Text(f"{after.slug} is new in {connection.name}. All of it:\n", "bold"))
    elif found:
        number = f"{len(found)} change" + ("s" if len(found) > 1 else "")
        console.print(Text(f"{after.slug}: {number} to revision {live.revision}\n", "bold"))
    else:
        same = f"{after.slug}: nothing to change. Revision {live.revision} in {connection.name} is this file."
        console.print(Text(f"{same}\n", "bold"))
    if found:
        console.print(screens.difference(found), "")
    vouched = _as_verified if connection.is_local_stack else tuple[Office, ...]
    offices, elsewhere = vouched(after.offices), vouched(after.elsewhere)
    console.print(Text(screens.standing_sentence(offices, _today()), "bold"))
    if elsewhere:
        console.print(screens.elsewhere_sentence(elsewhere, _today()))
    if connection.is_local_stack:
        console.print(
            f"Here every call ends in the phone world, so {LOCAL_VERIFIER} verifies the lines itself."
        )
    console.print(screens.standing(offices, _today()), "")


def _known(connection: Connection, offices: tuple[Office, ...]) -> tuple[Office, ...]:
    """The directory's offices, with what a person said about each line that is in the table already."""
    return tuple(_with_words_on_lines(office, connection.catalog.office(office.id)) for office in offices)


def _with_words_on_lines(office: Office, known: Office | None) -> Office:
    lines = {line.number: line for line in known.lines} if known else {}
    return replace(office, lines=tuple(lines.get(line.number, line) for line in office.lines))


def _write(catalog: Catalog, wanted: Campaign, after: Campaign) -> Campaign:
    for office in (*wanted.offices, *wanted.elsewhere):
        catalog.put_office(office)
    try:
        return catalog.apply(after, datetime.now(UTC))
    except Overtaken:
        give_up(
            f"Somebody else has just changed {after.slug}; it is as they left it. Run this again.", REFUSED
        )


def _verify(catalog: Catalog, offices: tuple[Office, ...]) -> None:
    """Let the local stack vouch for lines no person has: nothing rings but the phone world."""
    for office in offices:
        for line in office.lines:
            if not may_dial(line, _today()):
                catalog.verify_line(office.id, line.number, _today(), LOCAL_VERIFIER)


def _as_verified(offices: tuple[Office, ...]) -> tuple[Office, ...]:
    """How the offices stand once the local stack has vouched for them."""
    today = _today()
    return tuple(
        replace(
            office, lines=tuple(line if may_dial(line, today) else _vouched(line) for line in office.lines)
        )
        for office in offices
    )


def _vouched(line: Line) -> Line:
    return Line(line.number, callable=True, verified_on=_today())


def _folder(name: str) -> Path:
    """Return a folder of the project: the one here, else the one beside this source."""
    here = next((folder for folder in (Path(name), SOURCE / name) if folder.is_dir()), None)
    if here is None:
        give_up(f"There is no folder {name} here. Run this in a checkout of Patchthrough.", WRONG)
    return here


def _today() -> date:
    return datetime.now(UTC).date()
