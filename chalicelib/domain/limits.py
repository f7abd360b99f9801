"""How often one phone may be called, and that it has one open call at most. Pure: windows are arithmetic."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.call import Consent
from chalicelib.domain.refusals import Code, Refusal

WINDOW = timedelta(hours=24)
"""A phone's calls are counted over this window, from its first call on."""
SOURCE_WINDOW = timedelta(hours=1)
"""Calls asked for from one place are counted by the clock hour."""
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
