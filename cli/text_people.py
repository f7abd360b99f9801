"""How staff name whoever texts us: by a number, typed where no history keeps it, or by a handle that says no number."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from chalicelib.adapters.inbox import Inbox, Waiting
from chalicelib.domain.phones import shown
from chalicelib.domain.programme import programme
from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime
from chalicelib.views.texting import key_of
from cli.office_people import phone_given
from cli.terminal import REFUSED, WRONG, give_up

HANDLE = 8
"""Characters of a keyed hash that stand for a person: of a million, two hundred share them with another."""
LEAST = 6
NAMED = re.compile(rf"[0-9a-f]{{{LEAST},32}}")
MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{1,2}:[0-9]{2})(?: ?(Z|UTC|[+-][0-9]{2}:[0-9]{2}|\w+/\S+))"
)


def handle(phone_key: str) -> str:
    """What stands for a person at a terminal: the beginning of their number's keyed hash."""
    return phone_key[:HANDLE]


def asked_for_number() -> str:
    """Ask for a number: as an argument it would stay in the shell's history."""
    try:
        typed: str = typer.prompt("The phone number", err=True)
    except typer.Abort:
        give_up("Nobody answered, so nothing was looked up.", REFUSED)
    return typed


def number_given(typed: str) -> str:
    """Return the number (E.164) that was typed, however people in North America write one."""
    number = shown(phone_given(typed))
    if number is None:
        give_up("That is no phone number. Type it with its area code, like 404 555 0123.", WRONG)
    return number


def person_named(r: Runtime, typed: str) -> str:
    """Return the keyed hash of whoever is meant: by a number, or by the handle that the inbox shows."""
    if shown(phone_given(typed)) is None and NAMED.fullmatch(typed):
        return _with_handle(r, typed)
    return key_of(number_given(typed))


def _with_handle(r: Runtime, typed: str) -> str:
    texts = Inbox(r.catalog.table).beginning(typed, r.now())
    found = sorted({each.phone_key for each in texts})
    if not found:
        give_up(f"Nobody in the inbox of the last 90 days is {typed}. See: patchthrough text inbox", WRONG)
    if len(found) > 1:
        give_up(f"{typed} stands for {len(found)} people. Give more of it: {', '.join(found)}", WRONG)
    return found[0]


def texts_of(r: Runtime, phone_key: str) -> tuple[Waiting, ...]:
    """Return what somebody wrote that still waits for a person's eyes, in order."""
    return tuple(each for each in Inbox(r.catalog.table).of(phone_key, r.now()) if each.is_open)


def titles_of(r: Runtime) -> Mapping[str, str]:
    """Return every programme's name as its texts begin with it, by slug."""
    return {row.slug: title_of(r, row.slug) for row in r.listings() if row.keywords}


def title_of(r: Runtime, slug: str) -> str:
    """Return a programme's name as its texts begin with it; its slug, where the campaign has no texts any more."""
    campaign = r.campaign(slug)
    told = programme(campaign) if campaign else None
    return told.title(Language.EN) if told else slug


def moment_given(text: str | None, now: datetime) -> datetime:
    """Return when something reached us: now, unless they say. A zone is needed: a stop counts from that moment on."""
    at = now if text is None else _moment(text)
    if at > now:
        give_up(f"--at {text} is in the future. Give the moment it reached you.", WRONG)
    return at


def _moment(text: str) -> datetime:
    found = MOMENT.fullmatch(text)
    try:
        return _read(*found.groups()) if found else _no_moment(text)
    except (ValueError, ZoneInfoNotFoundError):
        _no_moment(text)


def _read(day: str, hour: str, zone: str) -> datetime:
    """A moment, from its parts. Of an hour that a clock shows twice it is the later one, as is careful for a stop."""
    wall = datetime.fromisoformat(f"{day}T{hour:0>5}")
    where = (
        ZoneInfo(zone)
        if "/" in zone
        else datetime.fromisoformat(f"{day}T00:00{zone}".replace("UTC", "Z")).tzinfo
    )
    return wall.replace(tzinfo=where, fold=1).astimezone(UTC)


def _no_moment(text: str) -> Never:
    give_up(
        f"--at is “{text}”. Write day, hour and zone, like “2026-12-24 14:30 America/New_York” or "
        "“2026-12-24 19:30 UTC”.",
        WRONG,
    )
