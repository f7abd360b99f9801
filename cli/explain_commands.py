"""`patchthrough counts explain` and `correct`: where one number comes from, and putting one call right."""

import json
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.text import Text

from chalicelib.adapters import corrections
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.store import Stale
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import Channel, Outcome
from chalicelib.domain.explaining import Explanation, Span, corrected, day, explained
from chalicelib.domain.explaining_carriers import Compared
from cli import explain_reading as reading
from cli import explain_screens as screens
from cli.connection import Connection
from cli.counts_screens import WORDS
from cli.explain_json import as_json
from cli.office_people import name_given, reason_given
from cli.terminal import REFUSED, WRONG, connected, give_up, plainly, screen

EPILOG = (
    "Exit codes: 0 everything agrees · 1 something differs · 2 the command or the settings need correcting · "
    "3 the table can’t be reached. Where the carrier was not asked, it is said, and is no difference."
)
NOT_ASKED = "{} was not asked: --no-carrier."
NO_LIST = (
    "Twilio was not asked: it can’t be reached from here, or refuses our token. All else is from the ledger."
)
NOBODY_TO_ASK = "No carrier knows of answers: they are the writers’ own word."


class Acts(StrEnum):
    """What can be explained."""

    CALL = "call"
    LETTER = "letter"
    ANSWER = "answer"


CHANNELS = {Acts.CALL: Channel.CALLS, Acts.LETTER: Channel.LETTERS, Acts.ANSWER: Channel.ANSWERS}


@plainly
def explain(
    slug: Annotated[str, typer.Argument(help="The campaign.", metavar="SLUG")],
    *,
    channel: Annotated[
        Acts, typer.Option(help="Calls, letters, or what writers say came of them.")
    ] = Acts.CALL,
    on: Annotated[
        str | None, typer.Option(help="A day, like 2026-11-24, or today, or yesterday; otherwise all.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="The zone whose days are meant; otherwise that of the first office.")
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Print each row of the ledger too.")] = False,
    carrier: Annotated[
        bool, typer.Option(help="Compare with Twilio’s list, or with what SES told us.")
    ] = True,
    to_json: Annotated[bool, typer.Option("--json", help="Print JSON instead, with every row.")] = False,
) -> None:
    """Explain a number: which rows it comes from, how they count, what was corrected when, and what the carrier says.

    An act belongs to the day it was first counted, and counts as its last row has it. Office, time and seconds tell
    which of Twilio’s calls is which of ours: the ledger keeps nothing that leads to a supporter.
    """
    with connected() as connection:
        told = _told(connection, slug, CHANNELS[channel], on, zone, asks=carrier)
    if to_json:
        typer.echo(json.dumps(as_json(told), indent=2, ensure_ascii=False))
    else:
        screen().print(screens.explanation_screen(told, with_rows=rows))
        typer.echo(screens.last_line(told))
    if told.differences:
        raise typer.Exit(REFUSED)


@plainly
def correct(
    row: Annotated[str, typer.Argument(help="The row, as explain --rows prints it.", metavar="ROW")],
    outcome: Annotated[Outcome, typer.Option(help="What the call is to count as.")],
    why: Annotated[str, typer.Option("--why", help="Why, in a line. Name no supporter.")],
    by: Annotated[str, typer.Option("--by", help="Your name, for the record.")],
) -> None:
    """Correct how one call counts. The ledger never changes: one more row takes the place of the last.

    Who did it, when and why stands in the audit, and `counts explain` shows it. Letters can’t be corrected: what they
    count as follows from what happened to them.
    """
    person, reason = name_given(by), reason_given(why)
    with connected() as connection:
        table, now = connection.catalog.table, datetime.now(UTC)
        act = corrections.call_of(table, row)
        if act is None:
            give_up(f"The ledger has no row {row}. See: patchthrough counts explain SLUG --rows", WRONG)
        if act.first.channel is not Channel.CALLS:
            give_up("Only calls can be corrected: a letter counts as what happened to it.", REFUSED)
        words, last = WORDS[Channel.CALLS], act.last
        if outcome is last.outcome:
            screen().print(f"It counts as “{words[outcome]}” already. Nothing was changed.")
            return
        after = corrected(last, outcome, now)
        facts = {"from": str(last.outcome), "to": str(outcome), "why": reason, "campaign": last.campaign}
        try:
            corrections.correct(table, after, Entry(person, corrections.WHAT, after.id, now, facts))
        except Stale:
            give_up("Somebody else corrected it a moment ago. Look again, then decide.", REFUSED)
    screen().print(
        Text(f"It counts as “{words[outcome]}” now, in place of “{words[last.outcome]}”: row {after.id}."),
        soft_wrap=True,
    )


# Strictly private.


def _told(
    connection: Connection, slug: str, channel: Channel, on: str | None, zone: str | None, *, asks: bool
) -> screens.Told:
    campaign = connection.catalog.campaign(slug)
    if campaign is None:
        give_up(f"There is no campaign {slug} in {connection.name}. See: patchthrough campaign list", WRONG)
    where = _zone(campaign, zone)
    span = day(_day(on, where), where) if on else Span()
    read = reading.ledger(connection, slug, channel, span)
    found = explained(read.rows, channel, span, where)
    compared, unasked = _carrier(connection, campaign, found, read, asks=asks)
    return screens.Told(
        slug=slug,
        on=_in_words(span, where, channel),
        zone=where,
        found=found,
        tally=read.tally,
        apart=read.apart,
        carrier=compared,
        unasked=unasked,
        entries=reading.by_hand(connection, found),
        places={office.id: office.place.en for office in (*campaign.offices, *campaign.elsewhere)},
    )


def _carrier(
    connection: Connection, campaign: Campaign, found: Explanation, read: reading.Ledger, *, asks: bool
) -> tuple[Compared | None, str]:
    """Compare, or say why not."""
    name = "Twilio" if found.channel is Channel.CALLS else "SES"
    if found.channel is Channel.ANSWERS:
        return None, NOBODY_TO_ASK
    if not asks:
        return None, NOT_ASKED.format(name)
    if found.channel is Channel.LETTERS:
        return reading.from_ses(connection, campaign.slug, found), ""
    return reading.from_twilio(connection, campaign, read.around, found.span), NO_LIST


def _zone(campaign: Campaign, name: str | None) -> ZoneInfo:
    """A campaign's own days are those of its first office."""
    if name is None:
        return ZoneInfo(campaign.offices[0].zone) if campaign.offices else ZoneInfo("UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        give_up(f"There is no zone {name}. Name one like America/New_York.", WRONG)


def _day(text: str, zone: ZoneInfo) -> date:
    today = datetime.now(zone).date()
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return named.get(text.strip().lower()) or date.fromisoformat(text.strip())
    except ValueError:
        give_up(f"{text} is no day. Write it like {today}, or say today or yesterday.", WRONG)


def _in_words(span: Span, zone: ZoneInfo, channel: Channel) -> str:
    """Which acts, and where the day's ends are."""
    many = screens.THINGS[channel][1]
    if span.start is None or span.end is None:
        return f"all {many}, by days in {zone.key}"
    start, end = (at.astimezone(zone) for at in (span.start, span.end))
    until = f"{start:%H:%M %Z} to {end:%H:%M %Z} of the next day"
    return f"{many} of {start:%A, %B} {start.day}, {start.year}: {until}, {zone.key}"
