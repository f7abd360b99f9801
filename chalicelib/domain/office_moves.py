"""Which office and which line next: dialling, failing over, waiting in line, and an office that has closed.

Promises: never a line twice in one call; never a closed office; another line of the same office before the
next office; a line is used only when its desk granted it.
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain import outcomes
from chalicelib.domain.call import TERMINAL, CallSession, CallStatus, Ending, Notice, OfficeCall, Stage
from chalicelib.domain.campaign import Campaign, Local
from chalicelib.domain.counts import REACHED, Outcome
from chalicelib.domain.desk import Full, Granted
from chalicelib.domain.events import (
    AskBooking,
    AskLine,
    LegChanged,
    OfficeCallEnded,
    Pressed,
)
from chalicelib.domain.hours import opening
from chalicelib.domain.moves import (
    Change,
    Moment,
    asked_again,
    ended_at_step,
    moved,
    noticed,
    settled,
    stepped,
    with_facts,
)
from chalicelib.domain.office import Line, Office, dialable

BOOK_WHEN_FULL, BOOK_WHEN_CLOSED = "2", "3"
"""The keys that book a call (page.md §3.5): lines in use or busy; office closed."""
LONGEST_HOLD = timedelta(minutes=12)
"""Nobody is kept on the phone longer than this: then a kind end."""


TRIES_NEXT_LINE: dict[CallStatus, bool] = {
    CallStatus.BUSY: True,
    CallStatus.NO_ANSWER: True,
    CallStatus.FAILED: True,
    # The supporter pressed star while it rang: they want to go on, not to ring the same desk again.
    CallStatus.CANCELED: False,
}
"""Whether the office's next line follows at once, by why the last did not connect; its words differ by reason too
(`prompts.NEXT_LINE`). Every other status was a connected call."""


def to_menu(session: CallSession, moment: Moment) -> Change:
    """The first question of a call that may go on; told at once when the office has closed meanwhile."""
    session = replace(session, offices=_left(session, moment))
    office = moment.campaign.office(session.next_office) if session.next_office else None
    if office is not None and not moment.finds_open(office):
        return _at_closed(session, moment)
    return stepped(session, moment, Stage.MENU), ()


def dialed(session: CallSession, moment: Moment) -> Change:
    """Call the next office that has a line; wait in line where all are in use; end kindly where there is none."""
    if not moment.campaign.is_live:
        return ended_at_step(session, Ending.PAUSED, moment)
    while office_id := session.next_office:
        office = moment.campaign.office(office_id)
        if office and (change := _tried(session, office, moment)):
            return change
        session = replace(session, offices=session.offices[1:])
    return ended_at_step(session, Ending.DONE if session.legs else Ending.NO_OFFICE, moment)


def office_ended(session: CallSession, event: OfficeCallEnded, moment: Moment) -> Change:
    """The office's leg is over: ask how it went, or fail over by the reason it did not connect."""
    known = with_facts(session, event.status, event.seconds)
    status = known.legs[-1].status
    if status is None or not outcomes.is_decided(status):
        return stepped(known, moment, Stage.ASKING), ()
    counted, effects = settled(known, None, moment)
    if TRIES_NEXT_LINE[status] and (again := _other_line(counted, moment)):
        return again[0], (*effects, *again[1])
    after, more = after_office(counted, moment)
    return after, (*effects, *more)


def after_office(session: CallSession, moment: Moment) -> Change:
    """One more office, or the end. Offices that can't be called now aren't offered."""
    if not moment.campaign.is_live:
        return ended_at_step(session, Ending.PAUSED, moment)
    left = offices_left(session, moment)
    if not left:
        return ended_at_step(session, Ending.DONE, moment)
    return stepped(session, moment, Stage.NEXT, offices=left), ()


def offices_left(session: CallSession, moment: Moment) -> tuple[str, ...]:
    """The offices still to call that are open now; none once a call got through with which the campaign is content."""
    return () if _is_enough(session, moment.campaign) else _open_ones(session, moment)


def next_key(session: CallSession, event: Pressed, moment: Moment) -> Change:
    """One more office by 1, or the end."""
    if event.key == "1" and session.offices:
        return dialed(session, moment)
    if event.key == BOOK_WHEN_FULL and can_book_again(session):
        return _booked(session, session.legs[-1].office, moment)
    again = asked_again(session, noticed(event.key), moment) if event.key else None
    return again or ended_at_step(session, Ending.DONE, moment)


def hold_key(session: CallSession, event: Pressed, moment: Moment) -> Change:
    """On hold: no key asks for the line again, 1 goes to another office."""
    others = _open_ones(replace(session, offices=session.offices[1:]), moment)
    if event.key == "1" and others:
        return dialed(_off_hold(replace(session, offices=others)), moment)
    if event.key == BOOK_WHEN_FULL and session.phone:
        return _booked(session, session.offices[0], moment)
    if session.held_at and moment.now - session.held_at > LONGEST_HOLD:
        return ended_at_step(_off_hold(session), Ending.LINE_FULL, moment)
    return dialed(session, moment)


def closed_key(session: CallSession, event: Pressed, moment: Moment) -> Change:
    """The office has closed: 1 goes to one that is open."""
    others = _open_ones(session, moment)
    if event.key == "1" and others:
        return dialed(replace(session, offices=others), moment)
    if event.key == BOOK_WHEN_CLOSED and session.opens_at is not None:
        return _booked(session, session.offices[0], moment)
    return asked_again(session, noticed(event.key), moment) or ended_at_step(session, Ending.CLOSED, moment)


def leg_changed(session: CallSession, event: LegChanged, moment: Moment) -> Change:
    """A fact about the office's leg: answered, or how it ended."""
    leg = session.leg
    if leg is None or leg.line != event.line or leg.status is not None:
        return session, ()
    if event.status in TERMINAL:
        return replace(with_facts(session, event.status, event.seconds), changed_at=moment.now), ()
    if event.status is CallStatus.IN_PROGRESS and leg.answered_at is None:
        return moved(session, moment, legs=(*session.legs[:-1], replace(leg, answered_at=moment.now))), ()
    return session, ()


def books_by(session: CallSession) -> str | None:
    """Return the key that books a call where the call is now, or None."""
    match session.stage:
        case Stage.HOLDING if session.phone:
            return BOOK_WHEN_FULL
        case Stage.CLOSED if session.opens_at:
            return BOOK_WHEN_CLOSED
        case Stage.NEXT if can_book_again(session):
            return BOOK_WHEN_FULL
    return None


def can_book_again(session: CallSession) -> bool:
    """Whether a call at another time is offered after this one: the office was busy, and we know whom to call."""
    return session.phone is not None and session.leg is not None and session.leg.outcome is Outcome.BUSY


# Strictly private.


def _is_enough(session: CallSession, campaign: Campaign) -> bool:
    """Whether the area's own office was reached, for a campaign whose list is only for when it can't be."""
    if campaign.routing.local is not Local.FALLBACK:
        return False
    return any(leg.office == session.local and leg.outcome in REACHED for leg in session.legs)


def _booked(session: CallSession, office: str, moment: Moment) -> Change:
    """A call at another time, and the end of this one; the same question again where nothing could be booked."""
    if not moment.campaign.is_live:
        return ended_at_step(_off_hold(session), Ending.PAUSED, moment)
    made = moment.answer(AskBooking(office))
    if made is None:
        again = asked_again(session, Notice.NOT_BOOKED, moment)
        return again or ended_at_step(session, Ending.DONE if session.legs else Ending.CLOSED, moment)
    booked = replace(_off_hold(session), offices=(office,), booking=made.booking, booked_at=made.at)
    return ended_at_step(booked, Ending.BOOKED, moment)


def _tried(session: CallSession, office: Office, moment: Moment) -> Change | None:
    """Dial this office, hold for it, or say that it has closed; None when it has no line for this call."""
    lines = _untried(session, office, moment)
    if not lines:
        return None
    if not moment.finds_open(office):
        return _at_closed(session, moment)
    match moment.answer(AskLine(office.id, tuple(line.number for line in lines), session.ticket)):
        case Granted(number):
            return _leg_begun(replace(session, offices=session.offices[1:]), office, number, moment)
        case Full(place, seconds):
            return _held(session, place, seconds, moment)
        case _:
            return None


def _other_line(session: CallSession, moment: Moment) -> Change | None:
    """Dial another line of the office just called, if one is free now."""
    office = moment.campaign.office(session.legs[-1].office)
    if office is None or not moment.campaign.is_live or not moment.finds_open(office):
        return None
    lines = tuple(line.number for line in _untried(session, office, moment))
    if not lines:
        return None
    answer = moment.answer(AskLine(office.id, lines, session.ticket, waits=False))
    return _leg_begun(session, office, answer.number, moment) if isinstance(answer, Granted) else None


def _leg_begun(session: CallSession, office: Office, number: str, moment: Moment) -> Change:
    leg = OfficeCall(office.id, number, session.step + 1, moment.now)
    begun = replace(_off_hold(session), legs=(*session.legs, leg))
    return stepped(begun, moment, Stage.DIALING), ()


def _held(session: CallSession, place: int, seconds: int, moment: Moment) -> Change:
    """In line for this office, on the phone. Asking again keeps the place and when it began."""
    since = session.held_at if session.stage is Stage.HOLDING and session.held_at else moment.now
    line = {"place": place, "wait": seconds, "held_at": since, "offices": _with_open_ones(session, moment)}
    return stepped(session, moment, Stage.HOLDING, **line), ()


def _off_hold(session: CallSession) -> CallSession:
    return replace(session, place=None, wait=None, held_at=None)


def _at_closed(session: CallSession, moment: Moment) -> Change:
    """Say that the next office has closed; offer one that is open, and a call when it opens; else the end."""
    offices = _with_open_ones(session, moment)
    office = moment.campaign.office(offices[0])
    opens_at = opening(office, moment.now) if office and session.phone else None
    if len(offices) == 1 and opens_at is None:
        return ended_at_step(_off_hold(session), Ending.CLOSED, moment)
    return stepped(_off_hold(session), moment, Stage.CLOSED, offices=offices, opens_at=opens_at), ()


def _untried(session: CallSession, office: Office, moment: Moment) -> tuple[Line, ...]:
    """The office's lines that may be dialled and that this call has not dialled yet."""
    tried = {leg.line for leg in session.legs}
    return tuple(line for line in dialable(office, moment.now.date()) if line.number not in tried)


def _left(session: CallSession, moment: Moment) -> tuple[str, ...]:
    """The offices still to call that have a line for this call."""
    found = ((office_id, moment.campaign.office(office_id)) for office_id in session.offices)
    return tuple(office_id for office_id, office in found if office and _untried(session, office, moment))


def _with_open_ones(session: CallSession, moment: Moment) -> tuple[str, ...]:
    """This office, and after it those that can be called instead: what is offered is what a repeat says."""
    others = replace(session, offices=session.offices[1:])
    return (session.offices[0], *_open_ones(others, moment))


def _open_ones(session: CallSession, moment: Moment) -> tuple[str, ...]:
    """Those of them that are open now."""
    found = ((office_id, moment.campaign.office(office_id)) for office_id in _left(session, moment))
    return tuple(office_id for office_id, office in found if office and moment.finds_open(office))
