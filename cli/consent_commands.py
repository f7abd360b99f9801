"""`patchthrough consent …`: what one number consented to, and when it stopped, for whoever has to prove it."""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from chalicelib.adapters import audit
from chalicelib.adapters.area_codes import zones_of
from chalicelib.adapters.keys import shard_of
from chalicelib.adapters.subscribers import Standing
from chalicelib.adapters.zip_codes import place_of
from chalicelib.runtime import Runtime
from chalicelib.views.alert_keeping import token
from chalicelib.views.texting import key_of
from cli import consent_screens as screens
from cli.at_work import at_work
from cli.connection import Connection
from cli.consent_forms import Alert, Record, as_json, page
from cli.office_people import name_given
from cli.terminal import EXIT_CODES, REFUSED, WRONG, connected, give_up, plainly, screen
from cli.text_people import asked_for_number, number_given, title_of

consent = typer.Typer(help="One number’s consent to texts, row by row.", no_args_is_help=True)

OWNER_ONLY = 0o600


@consent.callback()
def _group() -> None:
    """Keep `show` a word of its own, though it is the only one so far."""


@consent.command(epilog=EXIT_CODES)
@plainly
def show(
    by: Annotated[str, typer.Option("--by", help="Your name: each look goes on record.")],
    phone: Annotated[
        str | None,
        typer.Argument(
            metavar="PHONE", help="The number. Leave it out to be asked: an argument stays in your history."
        ),
    ] = None,
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
    to: Annotated[
        Path | None, typer.Option("--to", help="Write it to a new file: .html to print, or .json.")
    ] = None,
) -> None:
    """Show all that is kept of one number’s consent to texts, as a demand letter asks for it.

    Exit code 1 if the record is not whole. A number nobody knows is an answer, too.
    """
    person = name_given(by)
    suffix = _suffix(to)
    typed = phone if phone is not None else asked_for_number()
    number = number_given(typed)
    with connected() as connection, at_work(connection) as r:
        found = _record(connection, r, typed, number, person)
    if to is not None:
        _write(to, _json(found) if suffix == ".json" else page(found))
        screen().print(Text(f"Written: {to}", "bold"), soft_wrap=True)
        screen().print(
            "It holds the number and their words. Keep it where only who needs it can read it.",
            soft_wrap=True,
        )
    elif is_json:
        typer.echo(_json(found), nl=False)
    else:
        screen().print(screens.record(found))
    if found.findings:
        raise typer.Exit(REFUSED)


def _record(connection: Connection, r: Runtime, typed: str, number: str, person: str) -> Record:
    """Read all of a number; that somebody looked is on record before they see it."""
    at, key = datetime.now(UTC), key_of(number)
    audit.record(connection.catalog.table, audit.Entry(person, "consent record read", key, at))
    standing, rows = r.subscribers.standing(key), r.subscribers.consents(key, at)
    slugs = sorted({row.programme for row in rows} | set(standing.profiles))
    versions = dict.fromkeys(row.shown for row in rows if row.shown)
    return Record(
        typed=typed,
        number=number,
        by=person,
        at=at,
        where=connection.name,
        zone=_zone_of(number, standing),
        standing=standing,
        rows=rows,
        titles={slug: title_of(r, slug) for slug in slugs},
        words={version: r.subscribers.shown(version) for version in versions},
        alerts=sorted(_alerts(r, key), key=lambda each: each.claim.at),
    )


def _alerts(r: Runtime, phone_key: str) -> Iterator[Alert]:
    """The broadcasts that had this number among their recipients, as long as that is kept."""
    for listing in r.broadcasts.all():
        claim = r.claims.one(listing.id, shard_of(phone_key), token(listing.id, phone_key))
        if claim is not None:
            broadcast = r.broadcasts.broadcast(listing.id)
            yield Alert(claim, listing.campaign, broadcast.words if broadcast else None)


def _zone_of(number: str, standing: Standing) -> str | None:
    """Where the number is: by the ZIP code they told us, else by its area code, where that has one zone."""
    told = (place_of(each.zip) for each in standing.profiles.values() if each.zip)
    zones: Sequence[str] = [place.zone for place in told if place and place.zone] or zones_of(number)
    return zones[0] if len(set(zones)) == 1 else None


def _json(found: Record) -> str:
    return json.dumps(as_json(found), indent=2, ensure_ascii=False) + "\n"


def _suffix(to: Path | None) -> str:
    if to is None:
        return ""
    if to.suffix not in {".html", ".json"}:
        give_up(f"“{to.name}” should end in .html or .json.", WRONG)
    if to.exists():
        give_up(f"There is a file {to} already. Give another name.", REFUSED)
    return to.suffix


def _write(to: Path, text: str) -> None:
    """Write a new file that only its owner may read."""
    try:
        with os.fdopen(
            os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8"
        ) as file:
            file.write(text)
    except OSError as error:
        give_up(f"{to} can’t be written: {error.strerror}.", WRONG)
