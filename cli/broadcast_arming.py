"""Arming an alert: who may be armed, how many there are now, and each person's word."""

from dataclasses import replace
from datetime import UTC, datetime

import typer

from chalicelib.adapters.broadcasts import Broadcasts
from chalicelib.adapters.store import Stale
from chalicelib.domain.broadcast import Broadcast, NotArmed, Stage, armed
from chalicelib.domain.broadcast_lint import MOST_SEGMENTS
from chalicelib.domain.broadcast_preview import Audience
from cli import broadcast_screens as screens
from cli.broadcast_audience import counted
from cli.broadcast_file import Written
from cli.broadcast_found import campaign_named, record, require_good
from cli.broadcast_screens import clock, people
from cli.connection import Connection
from cli.terminal import REFUSED, WRONG, give_up, margin

WHY_NOT: dict[NotArmed, str] = {
    NotArmed.COUNT_DIFFERS: "That is not the number.",
    NotArmed.NOT_A_DRAFT: "It is no draft any more.",
    NotArmed.NOBODY: "Nobody gets it: nobody has joined this campaign’s texts.",
    NotArmed.STALE: "It is too late: the time until which it may go out is over. Make a new draft.",
}


def require_armable(connection: Connection, found: Broadcast, now: datetime) -> None:
    """End with a sentence where a draft can’t be armed now, whoever types whatever."""
    if found.stage is not Stage.DRAFT:
        give_up(f"{WHY_NOT[NotArmed.NOT_A_DRAFT]} It is {screens.STAGES[found.stage]}.", REFUSED)
    if found.is_stale(now):
        give_up(f"{WHY_NOT[NotArmed.STALE]} It was {clock(found.not_after)}.", REFUSED)
    if not connection.config.has_alerts:
        give_up("No alerts leave here: PATCHTHROUGH_QUEUE_ALERTS is not set.", WRONG)
    campaign = campaign_named(connection, found.campaign)
    if not campaign.is_live:
        give_up(f"{campaign.slug} is {campaign.status}, and alerts are for live campaigns.", REFUSED)
    may_be_long = found.segments > MOST_SEGMENTS
    require_good(connection, campaign, Written(found.words), now, may_be_long=may_be_long)


def recounted(connection: Connection, found: Broadcast, now: datetime) -> tuple[Broadcast, Audience]:
    """The draft with the people there are now, and whether these are others is told. What one has signed, stays."""
    until = found.counted_at if found.armed_by and found.counted_at else now
    audience = counted(connection, found.campaign, until)
    number = audience.total()
    if number == found.audience:
        return found, audience
    since = f" since {clock(found.counted_at)}" if found.counted_at else ""
    if found.armed_by:
        margin().print(
            f"Of the {found.audience:,}, {found.audience - number:,} left{since}: they get nothing, and are counted as "
            f"skipped. The number to type is still {found.audience:,}.\n",
            soft_wrap=True,
        )
        return found, audience
    margin().print(
        f"The number of people has changed{since}: it was {found.audience:,} and is {number:,}.\n",
        soft_wrap=True,
    )
    return written_down(connection, found, replace(found, audience=number, counted_at=now)), audience


def number_typed() -> int:
    """Ask for the number of people. With nobody there to answer, say how to go on and end."""
    try:
        number: int = typer.prompt("How many people get it? Type the number", type=int)
    except typer.Abort:
        give_up("Nobody answered, so nothing was armed. To arm without being asked, add --count N.", REFUSED)
    return number


def signed_by(connection: Connection, before: Broadcast, typed: int, person: str) -> Broadcast:
    """The broadcast with this person’s word, written and recorded; armed unless a second person is needed."""
    # Whoever writes their name in another way is not a second person.
    person = next((each for each in before.armed_by if each.casefold() == person.casefold()), person)
    after, problem = armed(before, typed, person, datetime.now(UTC))
    if problem not in {None, NotArmed.NEEDS_SECOND_PERSON}:
        wanted = f" It goes to {people(before.audience)}, and you typed {typed:,}."
        detail = wanted if problem is NotArmed.COUNT_DIFFERS else ""
        give_up(f"{WHY_NOT[problem]}{detail} Nothing was armed.", REFUSED)
    if after is before:
        give_up(f"{person} has armed it already; now somebody else has to. Nothing was changed.", REFUSED)
    signed = written_down(connection, before, after)
    what = "broadcast armed" if signed.stage is Stage.ARMED else "broadcast armed by the first of two"
    record(connection, person, what, signed)
    return signed


def written_down(connection: Connection, before: Broadcast, after: Broadcast) -> Broadcast:
    """Write a broadcast that is still as it was read; where somebody was faster, say so and end."""
    try:
        return Broadcasts(connection.catalog.table).move(before, after)
    except Stale:
        give_up("Somebody else was faster; the broadcast is as they left it. Look again.", REFUSED)
