"""What to do about a call whose time to be looked at has come: a decision, and when to look again.

Callbacks are an optimisation; this is the promise (promises.md §3): every call ends known, even if every
callback is lost and every worker killed.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.booking import LATEST
from chalicelib.domain.call import CallSession, Stage
from chalicelib.domain.codes import closes_at

FIRST_LOOK = timedelta(minutes=3)
"""After its turn to ring: by then an ordinary call has moved on."""
GRACE = timedelta(minutes=2)
"""Twilio's list of calls is eventually consistent; a worker may still be at it."""
QUIET = timedelta(minutes=4)
"""A live call in which nothing moved for this long is asked about."""
STALE = timedelta(hours=1)
"""A call still waiting after this long is not placed any more."""
BOOKED = "book-"
"""How the names of the consents to a booked call begin."""


class Need(StrEnum):
    """What a call needs now."""

    NOTHING = "nothing"  # settled, gone, or not begun: a page whose call may never come
    PATIENCE = "patience"  # too early to say
    RING_AGAIN = "ring_again"  # still queued: its message was lost; placing claims, so a repeat is harmless
    EXPIRE = "expire"  # queued for too long, or its code not typed in
    SEARCH = "search"  # claimed, and no sid: ask Twilio for calls to this phone
    FETCH = "fetch"  # ask Twilio for this call and its leg
    SETTLE = "settle"  # over, nobody said how it went: the facts decide


def need(session: CallSession, now: datetime) -> Need:
    """Return what this call needs at `now`."""
    quiet = now - session.changed_at
    match session.stage:
        case Stage.AWAITING:
            return Need.NOTHING
        case Stage.ENDED:
            return _need_after_end(session, now)
        case Stage.PROVING:
            return Need.PATIENCE if session.proving and now < closes_at(session.proving) else Need.EXPIRE
        case Stage.QUEUED if is_stale(session, now):
            return Need.EXPIRE
        case Stage.QUEUED:
            return Need.RING_AGAIN if now - session.ring_at > GRACE else Need.PATIENCE
        case Stage.PLACING | Stage.UNKNOWN if session.call_sid is None:
            return Need.SEARCH if quiet > GRACE else Need.PATIENCE
        case _:
            return Need.FETCH if quiet > QUIET else Need.PATIENCE


def is_stale(session: CallSession, now: datetime) -> bool:
    """Whether a call has waited so long that nobody expects it any more; a booked one, so much after its time."""
    return now - session.created_at > (LATEST if session.consent.text.startswith(BOOKED) else STALE)


def _need_after_end(session: CallSession, now: datetime) -> Need:
    if session.is_settled:
        return Need.NOTHING
    if session.answer_by is None or now >= session.answer_by:
        return Need.SETTLE
    return Need.PATIENCE


def next_look(session: CallSession, now: datetime) -> datetime | None:
    """Return when to look at this call again, None when nothing is left to learn."""
    if session.is_settled or session.stage is Stage.AWAITING:
        return None
    if session.is_over and session.answer_by is not None:
        return max(session.answer_by, now + timedelta(minutes=1))
    if session.proving is not None:
        return max(closes_at(session.proving), now)
    return max(session.ring_at, now) + FIRST_LOOK
