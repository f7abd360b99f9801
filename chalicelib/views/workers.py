"""The workers: the ring queue places calls once, the schedule sees to it that every call ends known.

A message or a call that fails never takes its neighbours with it.
"""

from datetime import datetime, timedelta
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.adapters.keys import Key
from chalicelib.adapters.phone import Known, Phone, Placing, Rejected, TooMany, Unclear
from chalicelib.adapters.ring_queue import BookedCall, CodeText, ReplyText, asked_in
from chalicelib.adapters.store import LineFull, Stale
from chalicelib.domain.booking_proving import booking_named
from chalicelib.domain.call import CallSession, CallStatus, Stage
from chalicelib.domain.campaign import Status
from chalicelib.domain.events import (
    BudgetSpent,
    CallChanged,
    Claimed,
    Delayed,
    Event,
    Expired,
    LegChanged,
    Missing,
    Placed,
    Refused,
    Stopped,
    Throttled,
    TimeUp,
    Unanswered,
    Withdrawn,
)
from chalicelib.domain.reconciling import Need, is_stale, need, next_look
from chalicelib.observability import count, log
from chalicelib.runtime import Runtime, runtime
from chalicelib.views import (
    booking_codes,
    budget,
    calling_by_text,
    code_texts,
    firing,
    gauges,
    reply_texts,
    urls,
)
from chalicelib.views.batches import PLACEHOLDER, each_due, each_message
from chalicelib.views.committing import campaign_of, commit, happened, loaded
from chalicelib.views.line import PACE

workers = Blueprint(__name__)

EARLY = timedelta(seconds=0.25)
"""A call whose turn comes this soon is placed now."""
SKEW = timedelta(seconds=2)
"""Twilio dates calls in whole seconds, by its own clock."""
REST = timedelta(minutes=1)
"""How often a call that waits for its campaign to go on is looked at."""
LATE = timedelta(seconds=5)
"""A call this far behind its turn takes a new one, so that a backlog never bursts."""


@workers.on_sqs_message(queue_arn=PLACEHOLDER, batch_size=5, name="ring")
def ring(event: SQSEvent) -> dict[str, Any]:
    """Place the calls of one batch; only the messages that failed come back."""
    return each_message(event, lambda body: _carry_out(asked_in(body)))


@workers.schedule("rate(1 minute)", name="reconcile")
def reconcile(_event: CloudWatchEvent) -> None:
    """Send on the booked calls that fall due; look at every call whose time has come; say how things stand."""
    try:
        firing.look_ahead()
    finally:
        try:
            _look_at_calls(runtime())
        finally:
            gauges.each_five_minutes()


def _carry_out(asked: str | BookedCall | CodeText | ReplyText) -> None:
    match asked:
        case BookedCall():
            firing.fire(asked)
        case CodeText():
            code_texts.send(asked)
        case ReplyText():
            reply_texts.send(asked)
        case _:
            place(asked)


def _look_at_calls(r: Runtime) -> None:
    each_due(lambda: r.store.due(r.now()), _looked_at, "calls")


def _looked_at(due: tuple[Key, str]) -> None:
    key, call_id = due
    look_at(call_id)
    runtime().store.seen(key)


def place(call_id: str) -> None:
    """Place one call, once: claim, ask Twilio, record. A repeat finds it claimed and does nothing.

    Of a paused campaign it is left in line. Its message is not put back: the schedule sends another when it goes on.
    """
    r = runtime()
    session = r.store.call(call_id, r.now())
    if session is None or session.stage is not Stage.QUEUED:
        return
    if session.ring_at - r.now() > EARLY:
        r.ring_queue.send(call_id, (session.ring_at - r.now()).total_seconds())
        return
    if _rests(r, session):
        return
    if event := _not_now(r, session):
        happened(call_id, event)
        return
    attempt = r.new_id()
    claimed = _claimed(session, attempt)
    if claimed.stage is Stage.PLACING and claimed.attempt == attempt:
        happened(call_id, _asked_to_place(r, claimed))


def look_at(call_id: str) -> None:
    """Give a call, or a booking by its name, what it needs now; see to the next look if anything is left to learn."""
    booking_id = booking_named(call_id)
    if booking_id:
        booking_codes.look_at(booking_id)
        return
    r = runtime()
    session = r.store.call(call_id, r.now())
    if session is None:
        return
    what = need(session, r.now())
    log("call looked at", need=what, stage=session.stage)
    rests = what is Need.RING_AGAIN and _rests(r, session)
    if what is Need.RING_AGAIN and not rests:
        r.ring_queue.send(call_id, 0)
    for event in _learned(r.phone(), session, what):
        before, session = session, happened(call_id, event)
        count("CallsReconciled", int(session.version > before.version))
    look = r.now() + REST if rests else next_look(session, r.now())
    if look:
        r.store.watch(call_id, look)


def _rests(r: Runtime, session: CallSession) -> bool:
    """Whether a call in line waits for its campaign to go on, and isn't stale yet."""
    return campaign_of(session).status is Status.PAUSED and not is_stale(session, r.now())


def _not_now(r: Runtime, session: CallSession) -> Event | None:
    """Why this call may not be placed just now, None when nothing stands against it."""
    now = r.now()
    if is_stale(session, now):
        return Expired()
    if session.phone in r.never_rung() or r.store.is_stopped(session.phone_key):
        return Stopped()
    if calling_by_text.is_withdrawn(session):
        return Withdrawn()
    if now - session.ring_at > LATE:
        turn = _turn(r, now)
        return Delayed(turn) if turn - now > EARLY else None
    return None


def _claimed(session: CallSession, attempt: str) -> CallSession:
    """Claim the call for this attempt. A lost race may be our own write whose answer was lost: look again."""
    try:
        return commit(session, None, Claimed(attempt))
    except Stale:
        return loaded(session.id)


def _asked_to_place(r: Runtime, session: CallSession) -> Event:
    """Count it against the day, ask Twilio, once, and return what came of it."""
    if not budget.covers(session, campaign_of(session), r.now()):
        return BudgetSpent()
    if not campaign_of(session).is_live:
        # A slow table let its time pass since it was claimed, and the campaign was paused: back in line.
        return Throttled(r.now())
    try:
        sid = r.phone().place(_order(r, session))
    except TooMany as error:
        count("CallsThrottled")
        return Throttled(_turn(r, r.now() + timedelta(seconds=error.seconds)))
    except Rejected as error:
        log("call refused by Twilio", code=error.code)
        return Refused(error.code)
    except Unclear:
        count("CallsUnclear")
        return Unanswered()
    count("CallsPlaced")
    return Placed(sid)


def _order(r: Runtime, session: CallSession) -> Placing:
    return Placing(
        to=session.phone or "",
        from_number=r.number_of(campaign_of(session)),
        url=urls.step(session.id, 0),
        fallback=urls.fallback(),
        status=urls.status(session.id),
    )


def _turn(r: Runtime, now: datetime) -> datetime:
    """A new turn for a call that was sent back; when the line is full, a little later."""
    try:
        return r.store.reserve(PACE, now, timedelta(seconds=1 / r.config.calls_per_second))
    except LineFull:
        return now + timedelta(minutes=1)


def _learned(phone: Phone, session: CallSession, what: Need) -> list[Event]:
    """What there is to learn about this call, from Twilio or from the time that has passed."""
    match what:
        case Need.EXPIRE:
            return [Expired()]
        case Need.SEARCH:
            return [_searched(phone, session)]
        case Need.FETCH:
            return [*_legs(phone, session), *_fetched(phone, session)]
        case Need.SETTLE:
            return [*_legs(phone, session), TimeUp()]
        case _:
            return []


def _searched(phone: Phone, session: CallSession) -> Event:
    """Find the call we may have placed: the newest to this phone since its turn, for it has one open call."""
    since = session.ring_at - SKEW
    found = next(phone.calls_to(session.phone or "", since), None)
    return CallChanged(found.status, found.sid) if found else Missing()


def _fetched(phone: Phone, session: CallSession) -> list[Event]:
    known = phone.call(session.call_sid) if session.call_sid else None
    if known is None:
        return [CallChanged(CallStatus.COMPLETED, session.call_sid or "")]
    return [CallChanged(known.status, known.sid)]


def _legs(phone: Phone, session: CallSession) -> list[Event]:
    """Facts about the last leg, where they are missing."""
    leg = session.leg
    if leg is None or leg.status is not None or session.call_sid is None:
        return []
    legs: list[Known] = [known for known in phone.legs_of(session.call_sid) if known.to == leg.line]
    return [LegChanged(known.to, known.status, known.seconds) for known in legs[:1]]
