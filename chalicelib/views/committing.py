"""Decide, commit, and only then let effects leave: the one road by which a call changes.

Every door takes it: Twilio's webhooks, the workers, the page. Nobody else writes a session that exists.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chalicelib.adapters.ring_queue import CodeText
from chalicelib.adapters.table import Write
from chalicelib.adapters.zip_codes import place_of
from chalicelib.domain.areas import Match, office_of_zip
from chalicelib.domain.booking import Wish, call_id_for
from chalicelib.domain.call import CallSession, Consent, Stage
from chalicelib.domain.call_machine import advance
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import Channel
from chalicelib.domain.desk import Answer
from chalicelib.domain.events import (
    Appointment,
    Ask,
    AskArea,
    AskBooking,
    AskLine,
    Count,
    Doubt,
    Effect,
    Event,
    Free,
    Leave,
    Pressed,
    Ring,
    SendCode,
    Told,
)
from chalicelib.domain.funnel import steps
from chalicelib.domain.moves import Moment
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.observability import came, count, fault, log
from chalicelib.runtime import Runtime, runtime
from chalicelib.views.again import tried
from chalicelib.views.keeping import Entrance, keep_soonest

BY_KEY = "book-key-1"
"""What stands for a consent when a call is booked by a key in a call: the prompt that names the key."""
Reading = Callable[[CallSession], Event | None]
"""Makes an event of a request, given the session it is about; None when it says nothing new."""


def loaded(call_id: str) -> CallSession:
    """Return a call whose page still lives.

    Raises:
        Refusal: CALL_GONE.
    """
    found = runtime().store.call(call_id, runtime().now())
    if found is None:
        raise Refusal(Code.CALL_GONE)
    return found


def campaign_of(session: CallSession) -> Campaign:
    """Return the campaign a call belongs to.

    Raises:
        Refusal: NOT_FOUND.
    """
    found = runtime().campaign(session.campaign)
    if found is None:
        raise Refusal(Code.NOT_FOUND)
    return found


def turned(call_id: str, step: int | None, reading: Reading) -> CallSession:
    """Change a call by what `reading` makes of it; a lost race loads it again and decides again.

    Raises:
        Refusal: the call is gone.
        GaveUp: five lost races in a row.
    """

    def again() -> CallSession:
        session = loaded(call_id)
        event = reading(session)
        return session if event is None else commit(session, step, event)

    return tried(again)


def happened(call_id: str, event: Event) -> CallSession:
    """Change a call by one event that comes without a step.

    Raises:
        Refusal: the call is gone.
        GaveUp: five lost races in a row.
    """
    return turned(call_id, None, lambda _session: event)


def commit(
    before: CallSession,
    step: int | None,
    event: Event,
    also: Callable[[CallSession], Sequence[Write]] = lambda _: (),
) -> CallSession:
    """Change a call just loaded by one event: decide, write (with `also` of the result), let the effects leave.

    Raises:
        Stale: somebody else moved it; nothing was written.
    """
    r, campaign = runtime(), campaign_of(before)
    moment = Moment(campaign, r.now(), _reached(r, before, event), keeps_hours=r.config.keeps_hours)
    after, effects = _decided(r, before, step, event, moment)
    written = r.store.commit(before, after, effects, also(after))
    _leave(r, effects)
    _measure(before, written, event, effects)
    return written


def _decided(
    r: Runtime, before: CallSession, step: int | None, event: Event, moment: Moment
) -> tuple[CallSession, tuple[Effect, ...]]:
    """Decide; answer what the decision asks, and decide again. Each question is asked once."""
    while isinstance(change := advance(before, step, event, moment), Ask):
        answer = _answered(r, before, change, moment)
        moment = replace(moment, answers={**moment.answers, change: answer})
    return change


def _answered(
    r: Runtime, session: CallSession, ask: Ask, moment: Moment
) -> Answer | Match | Appointment | None:
    match ask:
        case AskLine():
            return _line(r, ask, moment)
        case AskArea(zip=digits):
            return office_of_zip(digits, r.areas(), place_of)
        case AskBooking(office=office_id):
            return _appointment(r, session, moment, office_id)


def _appointment(r: Runtime, session: CallSession, moment: Moment, office_id: str) -> Appointment | None:
    """Book a call by a key. A repeat finds the booking that the first made; None: there is no room, or too many."""
    office = moment.campaign.office(office_id)
    if office is None or session.phone is None:
        return None
    booking_id = call_id_for(session.id, session.created_at)
    wish = Wish(
        campaign=session.campaign, language=session.language, phone=session.phone, phone_key=session.phone_key,
        zone=session.zone or office.zone, at=moment.now,
        consent=Consent(BY_KEY, 1, session.language, moment.now),
    )  # fmt: skip
    try:
        made = r.bookings.booking(booking_id, moment.now) or keep_soonest(wish, office, Entrance(booking_id))
    except Refusal as refusal:
        log("no call booked by key", why=refusal.code)
        return None
    return Appointment(made.id, made.at)


def _line(r: Runtime, ask: AskLine, moment: Moment) -> Answer:
    """A line that is granted to a decision which then loses its race is found by the repeat, or heals by itself."""
    office = moment.campaign.office(ask.office)
    lines = [line for line in office.lines if line.number in ask.numbers] if office else []
    return r.desks.ask(ask.office, ask.ticket, lines, moment.now, waits=ask.waits)


def _reached(r: Runtime, before: CallSession, event: Event) -> int | None:
    """How many got through so far: read only where a number may be told ("yours was call number …")."""
    may_count = before.stage in {Stage.ASKING, Stage.ENDED} and isinstance(event, Pressed | Told)
    return r.store.tally(before.campaign, Channel.CALLS).reached if may_count else None


def _leave(r: Runtime, effects: Sequence[Effect]) -> None:
    for effect in effects:
        match effect:
            case Ring(call_id, at):
                r.ring_queue.send(call_id, (at - r.now()).total_seconds())
            case SendCode(call_id, number, seconds):
                r.ring_queue.send_code(CodeText(call_id, number), seconds)
            case Free() | Leave() | Doubt():
                _tell_desk(r, effect)


def _tell_desk(r: Runtime, effect: Free | Leave | Doubt) -> None:
    """Tell the office's desk. The call has moved on already: a fault here costs evidence, never the call."""
    try:
        match effect:
            case Free(office, line, ticket, status):
                _rest(r, office, line, r.desks.release(office, ticket, line, status, r.now()))
            case Leave(office, ticket):
                r.desks.leave(office, ticket, r.now())
            case Doubt(office, line, mark):
                _rest(r, office, line, r.desks.doubt(office, line, mark, r.now()))
    except Exception as error:  # noqa: BLE001 - whatever it is: a lease heals by itself, and the caller must be answered
        fault("desk not told", error)


def _rest(r: Runtime, office: str, line: str, why: str | None) -> None:
    """Put a sick line in quarantine, for staff to see; the desk grants it to nobody already."""
    if why is not None:
        r.catalog.quarantine(office, line, why, r.now())
        count("LinesRested")
        log("line rests", why=why)


def _measure(before: CallSession, after: CallSession, event: Event, effects: Sequence[Effect]) -> None:
    for step in steps(before, after, event):
        came(step)
    for effect in effects:
        if isinstance(effect, Count):
            count("ActionsCounted")
            log("office call counted", outcome=effect.action.outcome, campaign=effect.action.campaign)
    if after.is_over and not before.is_over:
        count("CallsEnded")
        log("call ended", ending=after.ending, campaign=after.campaign)
