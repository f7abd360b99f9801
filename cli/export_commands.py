"""`patchthrough export …`: actions, daily totals and consent records as files (docs/exports.md)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from chalicelib.adapters import audit
from chalicelib.adapters.session_items import action_of
from chalicelib.adapters.subscriber_items import consent_of
from chalicelib.adapters.table import Item
from chalicelib.adapters.walking import Page, pages
from chalicelib.domain.counts import Channel
from chalicelib.domain.outreaches import is_outreach, outreach
from cli import export_rows
from cli.connection import Connection
from cli.export_days import Days, days_given
from cli.export_file import STANDARD_OUTPUT, csv_rows, json_line, require_writable, whole_file
from cli.export_progress import Went, shown
from cli.office_people import name_given
from cli.proof import CORRECTED
from cli.terminal import EXIT_CODES, REFUSED, WRONG, connected, give_up, margin, plainly

export = typer.Typer(
    help="Write actions, daily totals or consent records to a file. Each reads the whole table.",
    no_args_is_help=True,
)


class Format(StrEnum):
    """How actions are written."""

    CSV = "csv"
    OSDI = "osdi"


Slug = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The campaign.")]
Out = Annotated[str, typer.Option("--out", metavar="FILE", help="Where to; - for a pipe.")]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="One day, in UTC, like 2026-12-24.")]
From = Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first day, in UTC.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="The last day, in UTC.")]


@export.command(epilog=EXIT_CODES)
@plainly
def actions(
    slug: Slug,
    *,
    out: Out,
    on: On = None,
    since: From = None,
    until: Until = None,
    form: Annotated[
        Format, typer.Option("--format", help="csv, or osdi: a line of JSON for each call and letter.")
    ] = Format.CSV,
) -> None:
    """Write every counted call and letter, and what became of it. Nobody’s name or number is in it."""
    days = days_given(on, since, until)
    require_writable(out)
    with connected() as connection:
        names = _offices(connection, slug)
        site = connection.config.public_url
        with whole_file(out) as lines, shown(_expected(connection, slug, days)) as went:
            ledger = map(action_of, went.through(_ledger(connection, slug, days)))
            if form is Format.CSV:
                put = csv_rows(lines, export_rows.ACTIONS)
                for action in ledger:
                    put(export_rows.action_row(action, names))
            else:
                for action in filter(is_outreach, ledger):
                    json_line(lines, outreach(action, names.get(action.office, action.office), site))
    _say(went, out)


@export.command(epilog=EXIT_CODES)
@plainly
def totals(slug: Slug, *, out: Out, on: On = None, since: From = None, until: Until = None) -> None:
    """Write how many calls and letters came to what, day by day and office by office."""
    days = days_given(on, since, until)
    require_writable(out)
    with connected() as connection:
        names = _offices(connection, slug)
        sums = export_rows.Totals(slug)
        with whole_file(out) as lines, shown(_expected(connection, slug, days)) as went:
            for item in went.through(_ledger(connection, slug, days)):
                sums.add(action_of(item))
            put = csv_rows(lines, export_rows.TOTALS)
            for row in sums.rows(names):
                put(row)
    _say(went, out, "added up")


@export.command(epilog=EXIT_CODES)
@plainly
def consent(
    slug: Slug,
    *,
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Where to. Only you will be able to read it.")
    ],
    by: Annotated[str, typer.Option("--by", help="Your name: each export goes on record.")],
    on: On = None,
    since: From = None,
    until: Until = None,
) -> None:
    """Write all rows of consent to a campaign’s texts. They hold people’s own words, so you are asked first."""
    person, days = name_given(by), days_given(on, since, until)
    if out == STANDARD_OUTPUT:
        give_up("Consent records hold people’s own words, so they go to a file only you can read.", WRONG)
    require_writable(out)
    with connected() as connection:
        _offices(connection, slug)
        _require_meant(slug)
        now = datetime.now(UTC)
        facts = {"from": str(days.first or ""), "until": str(days.last or "")}
        entry = audit.Entry(person, "consent records exported", slug, now, facts)
        audit.record(connection.catalog.table, entry)
        walk = pages(connection.catalog.table, {"type": "consent", "programme": slug})
        kept = _kept_consents(days, now)
        with whole_file(out, is_private=True) as lines, shown(None) as went:
            put = csv_rows(lines, export_rows.CONSENT)
            for item in went.through(walk, kept):
                put(export_rows.consent_row(consent_of(item)))
    _say(went, out)
    margin().print(
        "It holds people’s own words. Keep it where only who needs it can read it.", soft_wrap=True
    )


def _offices(connection: Connection, slug: str) -> Mapping[str, str]:
    """The names of a campaign's offices; ends with a sentence where there is no such campaign."""
    found = connection.catalog.campaign(slug)
    if found is None:
        give_up(f"There is no campaign {slug} in {connection.name}. See: patchthrough campaign list", REFUSED)
    return {office.id: office.name.en for office in (*found.offices, *found.elsewhere)}


def _ledger(connection: Connection, slug: str, days: Days) -> Iterator[Page]:
    return pages(connection.catalog.table, {"type": "action", "campaign": slug}, days.since, days.until)


def _expected(connection: Connection, slug: str, days: Days) -> int | None:
    """How many rows there will be: a correction is one more, and of a few days nobody knows before."""
    sums = connection.store.sums(slug)
    is_known = days == Days(None, None) and not any(sums[channel].tally for channel in CORRECTED)
    return sum(sums[channel].tally for channel in Channel) if is_known else None


def _kept_consents(days: Days, now: datetime) -> Callable[[Item], bool]:
    """Rows of these days whose time is not over: DynamoDB takes those away within some days."""
    over = now.timestamp()
    return lambda item: (
        days.hold(datetime.fromisoformat(item["at"])) and item.get("expires_at", over + 1) > over
    )


def _require_meant(slug: str) -> None:
    """Have the campaign's short name typed."""
    try:
        typed = typer.prompt(
            "This holds people’s own words. Type the campaign’s short name to go on", err=True
        )
    except typer.Abort:
        give_up("Nobody answered, so nothing was written.", REFUSED)
    if typed.strip() != slug:
        give_up("That is not its name. Nothing was written.", REFUSED)


def _say(went: Went, out: str, what: str = "written") -> None:
    where = "" if out == STANDARD_OUTPUT else f" to {out}"
    told = f"{went.said} {what}{where}" if what == "written" else f"{went.said}, {what}{where}"
    margin().print(Text(told, "bold"), soft_wrap=True)
