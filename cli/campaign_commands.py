"""`patchthrough campaign …`: campaigns from files, and their list. Gathers, decides, asks, writes."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from chalicelib.adapters.area_items import AreaShelf
from chalicelib.adapters.catalog import NeverCalled, Overtaken
from chalicelib.domain.campaign import MOVES, Campaign, Status, may_move
from chalicelib.domain.campaign_changes import changes
from chalicelib.domain.counts import Channel
from chalicelib.domain.limits import calls_of, day_of
from chalicelib.domain.normalizing import spelled
from chalicelib.domain.office import Line, Office
from cli import campaign_screens as screens
from cli import local_stack, reply_screens
from cli.areas_file import read_areas
from cli.campaign_file import SCHEMA, read_campaign
from cli.campaign_moves import end, pause, resume
from cli.connection import Connection
from cli.directory import Directory, read_directory
from cli.directory_table import keep_never_rung
from cli.terminal import (
    EXIT_CODES,
    REFUSED,
    agreed,
    connected,
    folder_of,
    give_up,
    plainly,
    screen,
    this_moment,
    today,
)

campaign = typer.Typer(
    help="Load campaigns from files, list them, pause and resume them.", no_args_is_help=True
)
for _command in (pause, resume, end):
    campaign.command(epilog=EXIT_CODES)(_command)


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
    folder = directory or folder_of("directory")
    offices = read_directory(folder)
    areas = read_areas(folder, offices.offices)
    wanted = read_campaign(file, offices, folder_of("campaigns") / SCHEMA)
    with connected() as connection:
        _apply(connection, wanted, offices, screen(), is_agreed=yes)
        AreaShelf(connection.catalog.table).put_areas(areas)


@campaign.command("list", epilog=EXIT_CODES)
@plainly
def list_() -> None:
    """List all campaigns: where each is, how far its goal, calls of today's budget, and offices that can be called."""
    with connected() as connection:
        rows = [
            screens.Row(
                listing,
                connection.store.tally(listing.slug, Channel.CALLS).reached,
                found.offices if (found := connection.catalog.campaign(listing.slug)) else (),
                connection.store.spent(calls_of(listing.slug), day_of(datetime.now(UTC))),
                found.limits.rings_a_day if found else 0,
            )
            for listing in connection.catalog.campaigns()
        ]
    if rows:
        screen().print(screens.campaign_list(rows, today()))
    else:
        screen().print(
            "No campaign yet. Load one with: patchthrough campaign apply campaigns/families-28.yaml"
        )


def _apply(
    connection: Connection, wanted: Campaign, directory: Directory, console: Console, *, is_agreed: bool
) -> None:
    live = connection.catalog.campaign(wanted.slug)
    _require_move(live.status if live else None, wanted.status)
    _require_free_numbers(connection, wanted)
    _require_free_keywords(connection, wanted)
    after = replace(
        wanted,
        revision=live.revision if live else 0,
        offices=_known(connection, wanted.offices),
        elsewhere=_known(connection, wanted.elsewhere),
    )
    found = changes(live, after)
    _show(connection, live, after, console)
    _tell_of_phones((*wanted.offices, *wanted.elsewhere), (*after.offices, *after.elsewhere), console)
    if found:
        question = f"Apply to {connection.name}?"
        if not is_agreed and not agreed(question):
            give_up("Nothing was changed.", REFUSED)
    keep_never_rung(connection, directory)
    if found:
        after = _write(connection, directory, after)
        # Somebody may have given an office a mailbox, or a line, since it was read.
        connection.catalog.relist()
    if connection.is_local_stack:
        every = (*after.offices, *after.elsewhere)
        local_stack.vouch(connection.catalog, every, today())
        local_stack.give_mailboxes(connection.catalog, every, today())
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


def _require_free_numbers(connection: Connection, wanted: Campaign) -> None:
    """A number leads to one campaign: to another only once this one has ended."""
    others = (row for row in connection.catalog.campaigns() if row.slug != wanted.slug)
    for row in others:
        both = sorted(set(row.numbers) & set(wanted.numbers))
        if both and row.status is not Status.ENDED and wanted.status is not Status.ENDED:
            give_up(
                f"{', '.join(both)} is a number of {row.slug}, which is {row.status}. Give this campaign another one, "
                f"or end {row.slug} first.",
                REFUSED,
            )


def _require_free_keywords(connection: Connection, wanted: Campaign) -> None:
    """A word joins one campaign: another only once this one has ended."""
    own = {spelled(each.word) for each in wanted.texts.keywords} if wanted.texts else set()
    for row in connection.catalog.campaigns():
        both = [word for word in row.keywords if spelled(word) in own]
        if both and row.slug != wanted.slug and Status.ENDED not in {row.status, wanted.status}:
            give_up(
                f"{', '.join(both)} is a keyword of {row.slug}, which is {row.status}: whoever texts it joins that. "
                f"Give this campaign another one, or end {row.slug} first.",
                REFUSED,
            )


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
    texts = reply_screens.replies_of(after)
    if texts and texts != reply_screens.replies_of(live):
        console.print(reply_screens.replies(texts), "")
    if connection.is_local_stack:
        offices, elsewhere = (local_stack.vouched(each, today()) for each in (after.offices, after.elsewhere))
        after = replace(after, offices=offices, elsewhere=elsewhere)
    offices, elsewhere = after.offices, after.ever_called[len(after.offices) :]
    console.print(Text(screens.standing_sentence(offices, today()), "bold"))
    if elsewhere:
        console.print(screens.elsewhere_sentence(elsewhere, today()))
    console.print(screens.letters_sentence(after, today()))
    if connection.is_local_stack:
        console.print(
            f"Here every call ends in the phone world, so {local_stack.VERIFIER} verifies the lines itself; every "
            "letter ends in the mail world, so it makes up a mailbox for each office without one."
        )
    console.print(screens.standing(offices, today()), "")


def _known(connection: Connection, offices: tuple[Office, ...]) -> tuple[Office, ...]:
    """The directory's offices, with what a person said about each line that is in the table already."""
    return tuple(_with_known_lines(office, connection.catalog.office(office.id)) for office in offices)


def _with_known_lines(office: Office, known: Office | None) -> Office:
    """An office that is known keeps its numbers, for a campaign is no way round the second person."""
    if known is None:
        return office
    said = replace(office, mailboxes=known.mailboxes, web_form=known.web_form)
    if not known.lines:
        return said
    caps = {line.number: line.caps for line in office.lines}
    lines = tuple(replace(line, caps=caps.get(line.number, line.caps)) for line in known.lines)
    return replace(said, lines=lines, hours=replace(office.hours, closures=known.hours.closures))


def _tell_of_phones(wanted: tuple[Office, ...], after: tuple[Office, ...], console: Console) -> None:
    pairs = zip(wanted, after, strict=True)
    changed = [office.id for office, kept in pairs if _numbers(office.lines) != _numbers(kept.lines)]
    if changed:
        console.print(
            f"The directory has another phone for {', '.join(changed)}. A campaign doesn’t change phones, for "
            "that takes two people: patchthrough office import directory/offices.csv --by YOU\n"
        )


def _numbers(lines: tuple[Line, ...]) -> frozenset[str]:
    return frozenset(line.number for line in lines)


def _write(connection: Connection, directory: Directory, after: Campaign) -> Campaign:
    try:
        for office in (*after.offices, *after.elsewhere):
            connection.catalog.put_office(office, directory.provenance.get(office.id))
        return connection.catalog.apply(after, this_moment())
    except NeverCalled as error:
        give_up(f"{error.office_id} has a line that is never called. Correct the directory first.", REFUSED)
    except Overtaken:
        give_up(
            f"Somebody else has just changed {after.slug}; it is as they left it. Run this again.", REFUSED
        )
