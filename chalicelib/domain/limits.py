"""How often one phone may be called, how much from one place and for one campaign. Pure: windows are arithmetic."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from chalicelib.domain.call import Consent
from chalicelib.domain.refusals import Code, Refusal

WINDOW = timedelta(hours=24)
"""A phone's calls are counted over this window, from its first call on."""
SITE_BITS = 48
"""Whoever has one IPv6 address has all that share its first so many bits: one place."""
LONGEST_WAIT = timedelta(minutes=30)
"""Nobody is put in a longer line: a call an hour late must not happen."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What is kept of a phone between calls, under its keyed hash; `calls` since `window_at`."""

    version: int = 0
    open_call: str | None = None
    window_at: datetime | None = None
    calls: int = 0
    consent: Consent | None = None


def calling(caller: Caller, call_id: str, consent: Consent, now: datetime, limit: int) -> Caller:
    """Return the caller with this call open and counted.

    Raises:
        Refusal: TOO_MANY_CALLS, with when the window ends.
    """
    is_fresh = caller.window_at is None or now - caller.window_at >= WINDOW
    window_at, calls = (now, 0) if is_fresh or caller.window_at is None else (caller.window_at, caller.calls)
    if calls >= limit:
        raise Refusal(Code.TOO_MANY_CALLS, "phone", try_again=window_at + WINDOW, limit=limit)
    return replace(caller, open_call=call_id, window_at=window_at, calls=calls + 1, consent=consent)


def address_range(source: str) -> str:
    """Return what stands for the place a request came from: an IPv4 address, or the /48 of an IPv6 address.

    Whatever is no address stands for itself.
    """
    try:
        address = ip_address(source)
    except ValueError:
        return source
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address.packed, SITE_BITS), strict=False))


def calls_of(slug: str) -> str:
    """Return the name under which the calls placed for a campaign are counted, day by day."""
    return f"calls#{slug}"


def texts_of(slug: str) -> str:
    """Return the name under which the codes texted for a campaign are counted, day by day."""
    return f"texts#{slug}"


def signups_of(slug: str) -> str:
    """Return the name under which the forms that ask for a campaign's texts are counted, day by day."""
    return f"signups#{slug}"


def day_of(now: datetime) -> str:
    """Return the day whose budget a call at `now` is counted against: midnight to midnight UTC.

    Twilio bills by it, a campaign has no zone of its own, and in the continental United States it ends after
    the offices have closed.
    """
    return f"{now.astimezone(UTC):%Y-%m-%d}"


def day_after(now: datetime) -> datetime:
    """Return when the next such day begins."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
