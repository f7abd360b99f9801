"""The line of calls to be placed: a turn at the account's pace, and a call put in at its turn."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.adapters.store import LineFull
from chalicelib.adapters.table import Write
from chalicelib.domain.call import CallSession
from chalicelib.domain.limits import LONGEST_WAIT, Caller
from chalicelib.domain.reconciling import FIRST_LOOK
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.runtime import runtime

PACE = "voice"


def put(session: CallSession, caller: Caller, also: Sequence[Write] = ()) -> None:
    """Write a new call, with `also` in the same transaction, and have it placed when its turn comes.

    Raises:
        Stale: the caller, or what else is written, moved on meanwhile; nothing was written.
    """
    r = runtime()
    # Watched before it exists: whatever is lost from here on, the reconciler finds it.
    r.store.watch(session.id, session.ring_at + FIRST_LOOK)
    r.store.open_call(session, caller, also)
    r.ring_queue.send(session.id, (session.ring_at - session.created_at).total_seconds())


def turn(now: datetime) -> datetime:
    """Take the next turn to be rung, at the account's calls per second.

    Raises:
        Refusal: LINE_TOO_LONG.
    """
    r = runtime()
    try:
        return r.store.reserve(PACE, now, timedelta(seconds=1 / r.config.calls_per_second))
    except LineFull as error:
        raise Refusal(Code.LINE_TOO_LONG, try_again=now + LONGEST_WAIT) from error
