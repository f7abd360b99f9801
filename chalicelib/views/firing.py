"""Booked calls whose time comes: the schedule looks ahead, the ring queue brings each to its time.

Promises: an occurrence becomes one call or none, whatever the queue repeats, delays or loses and whoever is killed:
the call and the booking's next state are written in one transaction. The schedule asks again every minute until the
occurrence is placed, or more than LATEST late and dropped with its reason.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.adapters.bookings import Listed
from chalicelib.adapters.ring_queue import BookedCall
from chalicelib.domain.booking import (
    LATEST,
    Booking,
    Drop,
    Place,
    Reason,
    Rest,
    State,
    call_id_for,
    dropped,
    due,
    is_late,
    placed,
)
from chalicelib.domain.call import CallSession, Stage
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.limits import Caller
from chalicelib.domain.refusals import Refusal
from chalicelib.observability import count, log
from chalicelib.runtime import runtime
from chalicelib.views import line
from chalicelib.views.again import tried
from chalicelib.views.batches import each_due
from chalicelib.views.offices_asked import which

AHEAD = timedelta(seconds=90)
"""How far the schedule looks ahead: longer than the minute until it comes again."""
EARLY = timedelta(seconds=0.25)
"""A message so little before its time is in time."""


def look_ahead() -> None:
    """Send on what falls due before the schedule comes again, and see to what is overdue.

    Raises:
        Unread: the list could not be read.
    """
    r = runtime()
    each_due(lambda: r.bookings.due(r.now(), r.now() + AHEAD), _look_at, "booked calls")


def fire(call: BookedCall) -> None:
    """Place a booked call whose time has come, or drop it and say why. A repeat finds it done.

    Raises:
        GaveUp: five lost races in a row; the message comes back, and so does the schedule.
    """
    tried(lambda: _fired(call))


def _look_at(listed: Listed) -> None:
    """Before its time: send it, unread. Afterwards: forget it if it is done, end it if late, else send it again."""
    r, call = runtime(), BookedCall(listed.booking_id, listed.at)
    if listed.at >= r.now():
        r.ring_queue.send_booked(call, (listed.at - r.now()).total_seconds())
        return
    booking = r.bookings.booking(listed.booking_id, r.now())
    if booking is None or not _waits_for(booking, listed.at):
        r.bookings.seen(listed)
    elif is_late(booking, r.now()):
        # Nobody is called any more: no queue is needed to say so.
        fire(call)
    else:
        r.ring_queue.send_booked(call, 0)


def _waits_for(booking: Booking, at: datetime) -> bool:
    """Whether this occurrence is still to come."""
    return booking.state is State.BOOKED and booking.at == at


def _fired(call: BookedCall) -> None:
    r = runtime()
    booking = r.bookings.booking(call.booking_id, r.now())
    if booking is None:
        return
    if not _waits_for(booking, call.at):
        _ring_again(call_id_for(booking.id, call.at))
        return
    wait = call.at - r.now()
    if wait > EARLY:
        r.ring_queue.send_booked(call, wait.total_seconds())
        return
    _carry_out(booking)


def _ring_again(call_id: str) -> None:
    """Whoever placed it may have been killed before its message left: placing claims, so a repeat is harmless."""
    r = runtime()
    session = r.store.call(call_id, r.now())
    if session is not None and session.stage is Stage.QUEUED:
        r.ring_queue.send(call_id, (session.ring_at - r.now()).total_seconds())


def _carry_out(booking: Booking) -> None:
    r = runtime()
    campaign = r.campaign(booking.campaign)
    if campaign is None:
        _drop(booking, Reason.ENDED)
        return
    caller, is_stopped = r.store.caller(booking.phone_key)
    is_busy = _has_open_call(caller)
    office = campaign.office(booking.office)
    done = due(booking, campaign, office, r.now(), is_stopped=is_stopped, is_busy=is_busy)
    match done:
        case Drop(reason):
            _drop(booking, reason)
        case Place():
            _place(booking, campaign, caller)
        case Rest():
            # The schedule, which lists it until it is done, sends it again in a minute.
            log("booked call waits for a paused campaign", campaign=booking.campaign)


def _has_open_call(caller: Caller) -> bool:
    r = runtime()
    found = r.store.call(caller.open_call, r.now()) if caller.open_call else None
    return found is not None and not found.is_over


def _place(booking: Booking, campaign: Campaign, caller: Caller) -> None:
    """Put the call in line, and the booking past this occurrence, in one transaction."""
    r = runtime()
    now = r.now()
    turn = _turn(booking, now)
    if turn is None:
        _drop(booking, Reason.LINE_TOO_LONG)
        return
    call_id = call_id_for(booking.id, booking.at)
    session = _session(booking, campaign, call_id, turn, now)
    after = replace(caller, open_call=call_id, consent=booking.consent)
    line.put(session, after, r.bookings.moving(booking, placed(booking, call_id, now)))
    count("BookedCallsPlaced")


def _turn(booking: Booking, now: datetime) -> datetime | None:
    """Take a turn in line; None when it comes too late for this booking."""
    try:
        turn = line.turn(now)
    except Refusal:
        return None
    return turn if turn - booking.at <= LATEST else None


def _session(
    booking: Booking, campaign: Campaign, call_id: str, turn: datetime, now: datetime
) -> CallSession:
    """The call to the booked office first, then to the campaign's others that are open."""
    others = (office for office in which(campaign, "", "").offices if office != booking.office)
    return CallSession(
        id=call_id, campaign=booking.campaign, language=booking.language, phone=booking.phone,
        phone_key=booking.phone_key, phone_ends=booking.phone_ends, consent=booking.consent,
        offices=(booking.office, *others), zone=booking.zone, created_at=now, ring_at=turn, changed_at=now,
    )  # fmt: skip


def _drop(booking: Booking, reason: Reason) -> None:
    r = runtime()
    r.bookings.change(booking, dropped(booking, reason, r.now()))
    count("BookedCallsDropped")
    log("booked call not made", why=reason, campaign=booking.campaign)
