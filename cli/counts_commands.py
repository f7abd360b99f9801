"""`patchthrough counts …`: how often people acted, and the proof of it."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from chalicelib.domain.counts import EVERY_OUTCOME, Action, Channel, Tally
from cli import counts_screens as screens
from cli import explain_commands
from cli.connection import Connection
from cli.counts_screens import Standing
from cli.proof import CORRECTED, Check, by_office, checks, sums
from cli.terminal import EXIT_CODES, REFUSED, connected, give_up, margin, plainly, screen

counts = typer.Typer(help="See how calls and letters went, and prove the sums.", no_args_is_help=True)
counts.command(epilog=explain_commands.EPILOG)(explain_commands.explain)
counts.command(epilog=EXIT_CODES)(explain_commands.correct)

Slug = Annotated[str | None, typer.Argument(help="One campaign; otherwise all.", metavar="[SLUG]")]


@counts.command(epilog=EXIT_CODES)
@plainly
def show(
    slug: Slug = None,
    offices: Annotated[
        bool,
        typer.Option(
            help="Office by office too. That reads the whole ledger, which takes a while once long."
        ),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Show how far each campaign is, how its calls and letters ended, and how each office did."""
    with connected() as connection:
        standings = list(_standings(connection, slug, with_offices=offices))
    if as_json:
        typer.echo(json.dumps({"campaigns": list(map(_as_json, standings))}, indent=2, ensure_ascii=False))
    elif standings:
        for standing in standings:
            screen().print(screens.standing_screen(standing))
    else:
        screen().print(
            "No campaign yet. Load one with: patchthrough campaign apply campaigns/families-28.yaml"
        )


@counts.command(epilog=EXIT_CODES)
@plainly
def verify(slug: Slug = None) -> None:
    """Recount every sum from the ledger. The last line says it all; any difference is exit code 1."""
    with connected() as connection:
        found = [check for check in _checked(connection) if slug in {None, check.slug}]
        if not found:
            _require_campaign(connection, slug)
    _report(found)


def _report(found: list[Check]) -> None:
    console = screen()
    if found:
        console.print(screens.proof_table(found), "")
    for check in found:
        for sentence in _sentences(check):
            console.print(Text(sentence), soft_wrap=True)
    ledger, tally = sum(check.ledger.tally for check in found), sum(check.after.tally for check in found)
    difference = sum(check.difference for check in found)
    typer.echo(f"ledger={ledger} tally={tally} difference={difference}")
    if difference:
        raise typer.Exit(REFUSED)


def _sentences(check: Check) -> Iterator[str]:
    """Name each figure that differs, and say what was counted while this ran."""
    name = f"{check.slug}, {check.channel.value}"
    apart = [outcome for outcome in EVERY_OUTCOME if check.apart(outcome)]
    for outcome in apart:
        ledger, tally = (part.outcomes.get(outcome, 0) for part in (check.ledger, check.after))
        yield f"{name}, {outcome.value}: the ledger has {ledger:,}, the tally {tally:,}."
    if check.difference and not apart:
        yield f"{name}: every outcome is right, but the tally’s sum is {check.after.tally:,}."
    if check.moved and not check.difference:
        yield f"{name}: {check.moved:,} counted meanwhile; the ledger lies between the sums before and after."


def _checked(connection: Connection) -> tuple[Check, ...]:
    """Recount the whole ledger, showing how far it is."""
    read_at = datetime.now(UTC)
    before = sums(connection.store.tallies())
    # A correction is one more action, and no more of the sum: how many there are is not known before.
    is_known = not any(channel in CORRECTED for _, channel in before)
    expected = sum(tally.tally for tally in before.values()) if is_known else None
    columns = (TextColumn("Recounting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=margin(), transient=True) as progress:
        ledger = progress.track(connection.store.actions(), total=expected or None)
        return checks(ledger, before, lambda: sums(connection.store.tallies()), read_at)


def _standings(connection: Connection, slug: str | None, *, with_offices: bool) -> Iterator[Standing]:
    _require_campaign(connection, slug)
    ledger: Iterable[Action] = connection.store.actions() if with_offices else ()
    per_office = by_office(ledger)
    for each in connection.catalog.campaigns():
        if slug in {None, each.slug}:
            yield Standing(
                each.slug,
                each.title.en,
                each.goal,
                {channel: connection.store.tally(each.slug, channel) for channel in Channel},
                {channel: per_office.get((each.slug, channel), {}) for channel in Channel},
                _places(connection, each.slug),
                sum(connection.store.shared(each.slug).values()),
            )


def _places(connection: Connection, slug: str) -> dict[str, str]:
    found = connection.catalog.campaign(slug)
    return {office.id: office.place.en for office in (*found.offices, *found.elsewhere)} if found else {}


def _require_campaign(connection: Connection, slug: str | None) -> None:
    if slug and all(each.slug != slug for each in connection.catalog.campaigns()):
        give_up(f"There is no campaign {slug} in {connection.name}. See: patchthrough campaign list", REFUSED)


def _as_json(standing: Standing) -> dict[str, object]:
    figures = {"slug": standing.slug, "title": standing.title, "goal": standing.goal}
    parts = {channel: _channel(standing, channel) for channel in Channel}
    letters, answers = parts[Channel.LETTERS], parts[Channel.ANSWERS]
    more = {"shared": standing.shared, "letters": letters, "answers": answers}
    return figures | parts[Channel.CALLS] | more


def _channel(standing: Standing, channel: Channel) -> dict[str, object]:
    offices = {office: _figures(tally, channel) for office, tally in standing.offices[channel].items()}
    return _figures(standing.tallies[channel], channel) | {"offices": offices}


def _figures(tally: Tally, channel: Channel) -> dict[str, object]:
    outcomes = {outcome.value: tally.outcomes.get(outcome, 0) for outcome in screens.WORDS[channel]}
    return {"reached": tally.reached, "actions": tally.tally, "outcomes": outcomes}
