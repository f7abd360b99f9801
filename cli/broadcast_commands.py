"""`patchthrough broadcast …`: an alert drafted, previewed, armed, paused, resumed, cancelled; and how far one is."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Never

import typer
from rich.live import Live
from rich.text import Text

from chalicelib.adapters.broadcasts import Broadcasts
from chalicelib.adapters.claims import Claims
from chalicelib.adapters.store import Stale
from chalicelib.domain.broadcast import MOVES, Broadcast, Move, Stage, moved
from chalicelib.domain.broadcast_lint import (
    MOST_SEGMENTS,
)
from chalicelib.domain.broadcast_pacing import sender_named
from chalicelib.domain.broadcast_preview import longest
from cli import broadcast_screens as screens
from cli import broadcast_standing as standing
from cli.broadcast_arming import number_typed, recounted, require_armable, signed_by
from cli.broadcast_audience import counted
from cli.broadcast_file import linked, written
from cli.broadcast_found import (
    arm_with,
    broadcast_named,
    budget_of,
    campaign_named,
    previewed,
    record,
    require_good,
    tell,
)
from cli.broadcast_screens import people
from cli.connection import Connection
from cli.office_people import name_given
from cli.terminal import EXIT_CODES, REFUSED, WRONG, connected, give_up, plainly, screen
from cli.until_text import EXAMPLE, Misread, tonight, until_typed

broadcast = typer.Typer(help="Alerts: one text to everybody who joined a campaign.", no_args_is_help=True)

Id = Annotated[
    str, typer.Argument(metavar="ID", help="The broadcast, as `patchthrough broadcast status` shows it.")
]
By = Annotated[str | None, typer.Option("--by", help="Your name, for the record.")]
TRIES = 5
"""How often a move is tried anew when planners or others move the broadcast at the same moment."""
LISTED = 20
WATCHED = 5.0
"""Seconds between two looks, unless one asks for others: each look reads every claim."""
OVER = frozenset({Stage.DONE, Stage.CANCELLED})
HALT = "Nothing more begins within 10 seconds; what Twilio already has still arrives."
DONE: dict[Move, tuple[str, str]] = {
    Move.PAUSE: (
        "broadcast paused",
        f"Paused. {HALT} Go on with: patchthrough broadcast resume {{id}} --by NAME",
    ),
    Move.RESUME: ("broadcast resumed", "It goes on within a minute, where it was left."),
    Move.CANCEL: (
        "broadcast cancelled",
        f"Cancelled, for good. {HALT}",
    ),
}
"""Move → how it is recorded, and what it does."""


@broadcast.command(epilog=EXIT_CODES)
@plainly
def draft(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A file with the words: `en:` and `es:`.")
    ] = None,
    *,
    campaign: Annotated[
        str, typer.Option("--campaign", help="Whose subscribers get it, like families-28.")
    ] = "",
    en: Annotated[str | None, typer.Option("--en", help="The English text, in place of a file.")] = None,
    es: Annotated[str | None, typer.Option("--es", help="The Spanish text, in place of a file.")] = None,
    until: Annotated[
        str, typer.Option("--until", help=f"When it is stale, like {EXAMPLE}. Otherwise: tonight.")
    ] = "",
    long: Annotated[
        bool, typer.Option("--long", help=f"Let it take more than {MOST_SEGMENTS} segments.")
    ] = False,
    by: By = None,
) -> None:
    """Write an alert, and see what is wrong with it, what it costs and how long it takes. Nothing is sent.

    {link} in the words becomes the campaign’s page, in the reader’s language.
    """
    person, source, now = name_given(by), written(file, en, es), datetime.now(UTC)
    not_after = _until(until or source.until, now)
    with connected() as connection:
        found = campaign_named(connection, campaign or source.campaign)
        page = f"{connection.config.public_url}/c/{found.slug}"
        source = replace(source, words=linked(source.words, page))
        require_good(connection, found, source, now, may_be_long=long)
        audience = counted(connection, found.slug, now)
        made = Broadcasts(connection.catalog.table).make(
            Broadcast(
                id=f"{now:%Y%m%d-%H%M}-{secrets.token_hex(3)}",
                audience=audience.total(),
                segments=longest(source.words),
                not_after=not_after,
                campaign=found.slug,
                words=source.words,
                link=page,
                sender=connection.config.text_sender.name,
                made_by=person,
                made_at=now,
                counted_at=now,
            )
        )
        record(connection, person, "broadcast drafted", made)
        screen().print(screens.preview(previewed(connection, made, audience, now)))
    tell(f"Look at it again: patchthrough broadcast preview {made.id}", f"Arm it: {arm_with(made)}")


@broadcast.command(epilog=EXIT_CODES)
@plainly
def preview(broadcast_id: Id) -> None:
    """Show an alert as it would go out now: words, price, people, hours. Changes nothing."""
    now = datetime.now(UTC)
    with connected() as connection:
        found = broadcast_named(connection, broadcast_id)
        audience = counted(connection, found.campaign, now)
        screen().print(screens.preview(previewed(connection, found, audience, now)))
    if found.stage is Stage.DRAFT:
        tell(f"Arm it: {arm_with(found)}")


@broadcast.command(epilog=EXIT_CODES)
@plainly
def arm(
    broadcast_id: Id,
    by: By = None,
    count: Annotated[
        int | None,
        typer.Option("--count", help="How many people get it, as the preview says. Otherwise asked for."),
    ] = None,
) -> None:
    """Let an alert go: you type how many people get it; a large one takes a second person. Its words are final then."""
    person, now = name_given(by), datetime.now(UTC)
    with connected() as connection:
        found = broadcast_named(connection, broadcast_id)
        require_armable(connection, found, now)
        before, audience = recounted(connection, found, now)
        screen().print(screens.preview(previewed(connection, before, audience, now)))
        typed = count if count is not None else number_typed()
        signed = signed_by(connection, before, typed, person)
    if signed.stage is Stage.DRAFT:
        tell(
            f"{person} has armed it. It goes to {people(signed.audience)}, so a second person has to:",
            arm_with(signed),
        )
    else:
        tell(
            f"Armed for {people(signed.audience)}. Sending begins within minutes, inside their hours.",
            f"Watch it: patchthrough broadcast status {signed.id} --watch",
            f"Stop it at once: patchthrough broadcast pause {signed.id} --by NAME",
        )


@broadcast.command(epilog=EXIT_CODES)
@plainly
def pause(broadcast_id: Id, by: By = None) -> None:
    """Stop an alert that is being sent, at once. It can be resumed until it is stale."""
    _move(broadcast_id, by, Move.PAUSE)


@broadcast.command(epilog=EXIT_CODES)
@plainly
def resume(broadcast_id: Id, by: By = None) -> None:
    """Let a paused alert go on."""
    _move(broadcast_id, by, Move.RESUME)


@broadcast.command(epilog=EXIT_CODES)
@plainly
def cancel(broadcast_id: Id, by: By = None) -> None:
    """Stop an alert at once and for good, or drop a draft."""
    _move(broadcast_id, by, Move.CANCEL)


@broadcast.command(epilog=EXIT_CODES)
@plainly
def status(
    broadcast_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="Show how far this one is.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on showing it until it is over (Ctrl-C ends).")
    ] = False,
    every: Annotated[float, typer.Option(min=1, help="With --watch: seconds between two looks.")] = WATCHED,
) -> None:
    """List the broadcasts; or show of one what became of whom, and whether it is known of everybody."""
    with connected() as connection:
        if broadcast_id is None:
            _list(connection)
            return
        found = broadcast_named(connection, broadcast_id)
        if watch and found.stage not in OVER:
            _watch(connection, found.id, every)
        else:
            screen().print(standing.standing(_seen(connection, found)))


def _until(text: str, now: datetime) -> datetime:
    try:
        return until_typed(text, now) if text else tonight(now)
    except Misread as error:
        give_up(f"--until: {error}", WRONG)


# Moving.


def _move(typed: str, by: str | None, move: Move) -> None:
    person = name_given(by)
    on_record, done = DONE[move]
    with connected() as connection:
        after = carried_out(connection, broadcast_named(connection, typed), move)
        record(connection, person, on_record, after)
    screen().print(screens.heading(after), Text(done.format(id=after.id)), sep="\n", soft_wrap=True)


def carried_out(connection: Connection, found: Broadcast, move: Move) -> Broadcast:
    """Make the move, again where a planner or somebody else was faster: who wants a halt must get it."""
    shelf = Broadcasts(connection.catalog.table)
    for _ in range(TRIES):
        after = moved(found, move)
        if after is found:
            give_up(_why_not_moved(found, move), REFUSED)
        try:
            return shelf.move(found, after)
        except Stale:
            found = shelf.broadcast(found.id) or found
    return _moved_by_others()


def _moved_by_others() -> Never:
    give_up("The broadcast is being moved by others right now. Nothing was changed. Try again.", REFUSED)


def _why_not_moved(found: Broadcast, move: Move) -> str:
    able = [each.value for each in DONE if (found.stage, each) in MOVES]
    way_on = f"It can be: {', '.join(able)}." if able else "Nothing more can be done about it."
    return f"A broadcast that is {screens.STAGES[found.stage]} can’t do this: {move.value}. {way_on}"


# Looking.


def _list(connection: Connection) -> None:
    shelf = Broadcasts(connection.catalog.table)
    rows = sorted(shelf.all(), key=lambda row: row.made_at or datetime.min.replace(tzinfo=UTC), reverse=True)
    found = [each for row in rows[:LISTED] if (each := shelf.broadcast(row.id))]
    if not found:
        tell("No broadcast yet. Write one with: patchthrough broadcast draft FILE --campaign SLUG --by NAME")
        return
    screen().print(standing.listing(found))
    if len(rows) > LISTED:
        tell(f"And {len(rows) - LISTED:,} older ones.")


def _seen(connection: Connection, found: Broadcast) -> standing.Seen:
    now, sender = datetime.now(UTC), sender_named(found.sender)
    claims = Claims(connection.catalog.table).by_state(found.id)
    return standing.Seen(found, claims, sender, budget_of(connection, sender, now), now)


def _watch(connection: Connection, broadcast_id: str, every: float) -> None:
    try:
        with Live(console=screen(), auto_refresh=False) as live:
            for seen in looks(connection, broadcast_id, partial(time.sleep, every)):
                live.update(standing.standing(seen), refresh=True)
    except KeyboardInterrupt:
        tell("You have stopped watching; the broadcast goes on.")


def looks(connection: Connection, broadcast_id: str, rest: Callable[[], object]) -> Iterator[standing.Seen]:
    """Yield how far a broadcast is, with a rest between two looks, until it is over."""
    before: standing.Seen | None = None
    while found := Broadcasts(connection.catalog.table).broadcast(broadcast_id):
        seen = _seen(connection, found)
        yield seen._replace(a_minute=standing.a_minute(before, seen))
        if found.stage in OVER:
            return
        before = seen
        rest()
