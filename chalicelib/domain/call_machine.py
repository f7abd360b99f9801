"""The call, as a table one can read: stage and event → what comes of it. All of a call's state changes are here.

Two rules make it survive the network. A step that is not the session's is a repeat or a straggler: nothing
changes. And facts only ever fill what was empty: the first terminal status of a leg wins, whatever the order
in which callbacks arrive. This file does not know which of the callers below it is talking to.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain import outcomes
from chalicelib.domain.call import (
    TERMINAL,
    Answered,
    CallChanged,
    CallSession,
    CallStatus,
    Claimed,
    Count,
    Delayed,
    Effect,
    Ending,
    Event,
    Expired,
    LegChanged,
    Missing,
    Notice,
    OfficeCall,
    OfficeCallEnded,
    Placed,
    Pressed,
    Refused,
    Ring,
    Stage,
    Stopped,
    StopRinging,
    Throttled,
    TimeUp,
    Told,
    Unanswered,
    Withdrawn,
)
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import REACHED, Action, Channel, Outcome, action_id
from chalicelib.domain.office import dialable

TRIES = 3
"""Times a question is asked before a kind end (page.md P11)."""
ANSWER_MINUTES = 10
"""How long after hanging up the page still asks how it went; then the facts alone decide."""

Change = tuple[CallSession, tuple[Effect, ...]]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a decision may look at beside the session.

    `reached`: how many calls got through so far; None where no number is to be told.
    """

    campaign: Campaign
    now: datetime
    reached: int | None = None


def advance(session: CallSession, step: int | None, event: Event, moment: Moment) -> Change:
    """Return the session after `event` and what must be done; the very same session when nothing changes.

    `step` is the webhook's step, None for events that come without one (callbacks, workers, the page).
    """
    if step is not None and step != session.step:
        return session, ()
    transition = TRANSITIONS.get((session.stage, type(event)))
    return transition(session, event, moment) if transition else (session, ())


# Placing the call.


def _claimed(session: CallSession, event: Claimed, moment: Moment) -> Change:
    if not moment.campaign.is_live:
        return _ended(session, Ending.PAUSED, moment)
    return _moved(session, moment, stage=Stage.PLACING, attempt=event.attempt), ()


def _stopped(session: CallSession, _event: Stopped, moment: Moment) -> Change:
    return _ended(session, Ending.NEVER, moment)


def _placed(session: CallSession, event: Placed, moment: Moment) -> Change:
    return _moved(session, moment, stage=Stage.RINGING, call_sid=event.sid), ()


def _placed_late(session: CallSession, event: Placed, moment: Moment) -> Change:
    """The answer to our POST came after Twilio's first webhook: only the sid may be news."""
    if session.call_sid is not None:
        return session, ()
    return _moved(session, moment, call_sid=event.sid), ()


def _queued_again(session: CallSession, event: Throttled | Delayed, moment: Moment) -> Change:
    after = _moved(session, moment, stage=Stage.QUEUED, attempt=None, ring_at=event.ring_at)
    return after, (Ring(session.id, event.ring_at),)


def _refused(session: CallSession, event: Refused, moment: Moment) -> Change:
    return _ended(replace(session, reason=event.code), Ending.REFUSED, moment)


def _unanswered(session: CallSession, _event: Unanswered, moment: Moment) -> Change:
    return _moved(session, moment, stage=Stage.UNKNOWN), ()


def _not_placed(session: CallSession, _event: Missing | Expired, moment: Moment) -> Change:
    return _ended(session, Ending.NOT_PLACED, moment)


def _withdrawn(session: CallSession, _event: Withdrawn, moment: Moment) -> Change:
    return _ended(session, Ending.WITHDRAWN, moment)


# The supporter's own call.


def _answered(session: CallSession, event: Answered, moment: Moment) -> Change:
    proved = replace(session, call_sid=session.call_sid or event.sid)
    if not moment.campaign.is_live:
        return _ended(proved, Ending.PAUSED, moment, step=session.step + 1)
    return _stepped(proved, moment, Stage.MENU), ()


def _rang(session: CallSession, event: CallChanged, moment: Moment) -> Change:
    """Before anybody picked up: any callback proves that the call was placed; a terminal one ends it."""
    if event.status in TERMINAL:
        proved = replace(session, call_sid=session.call_sid or event.sid)
        return _ended(proved, BEFORE_PICK_UP[event.status], moment)
    if session.stage is Stage.RINGING:
        return session, ()
    return _moved(session, moment, stage=Stage.RINGING, call_sid=event.sid), ()


BEFORE_PICK_UP: dict[CallStatus, Ending] = {
    CallStatus.BUSY: Ending.NOT_PICKED_UP,
    CallStatus.NO_ANSWER: Ending.NOT_PICKED_UP,
    CallStatus.CANCELED: Ending.NOT_PICKED_UP,
    CallStatus.FAILED: Ending.REFUSED,
    CallStatus.COMPLETED: Ending.HUNG_UP,
}


def _hung_up(session: CallSession, event: CallChanged, moment: Moment) -> Change:
    if event.status not in TERMINAL:
        return session, ()
    return _ended(session, Ending.DONE if session.legs else Ending.HUNG_UP, moment)


# Keys.


def _menu_key(session: CallSession, event: Pressed, moment: Moment) -> Change:
    match event.key:
        case "1":
            return _dialed(session, moment)
        case "5" if session.stage is Stage.POINTS:
            return _dialed(replace(session, shows_own=True), moment)
        case "2":
            return _stepped(session, moment, Stage.POINTS), ()
        case "9":
            return _never_again(session, moment)
        case key:
            return _asked_again(session, key, moment) or _ended_at_step(session, Ending.NO_KEY, moment)


def _never_again(session: CallSession, moment: Moment) -> Change:
    after, effects = _ended_at_step(session, Ending.NEVER, moment)
    return after, (*effects, StopRinging(session.phone_key))


def _how_it_went(session: CallSession, event: Pressed, moment: Moment) -> Change:
    said = outcomes.KEYS.get(event.key)
    again = None if said else _asked_again(session, event.key, moment)
    return again or _after_office(session, said, moment)


def _next_key(session: CallSession, event: Pressed, moment: Moment) -> Change:
    if event.key == "1":
        return _dialed(session, moment)
    again = _asked_again(session, event.key, moment) if event.key else None
    return again or _ended_at_step(session, Ending.DONE, moment)


def _asked_again(session: CallSession, key: str, moment: Moment) -> Change | None:
    """The same question once more, or None when it was asked often enough. 0 repeats it without a word."""
    if session.tries + 1 >= TRIES:
        return None
    notice = {"": Notice.NO_KEY, "0": None}.get(key, Notice.WRONG_KEY)
    if key == "0" and session.stage is not Stage.ASKING:
        notice = Notice.WRONG_KEY
    return _moved(session, moment, step=session.step + 1, tries=session.tries + 1, notice=notice), ()


# Offices.


def _dialed(session: CallSession, moment: Moment) -> Change:
    """Call the next office that still has a line to dial; end kindly when there is none, or the campaign rests."""
    if not moment.campaign.is_live:
        return _ended_at_step(session, Ending.PAUSED, moment)
    while office_id := session.next_office:
        office = moment.campaign.office(office_id)
        lines = dialable(office, moment.now.date()) if office else ()
        if lines:
            leg = OfficeCall(office_id, lines[0].number, session.step + 1, moment.now)
            return _stepped(replace(session, legs=(*session.legs, leg)), moment, Stage.DIALING), ()
        left = tuple(other for other in session.offices if other != office_id)
        session = replace(session, offices=left)
    return _ended_at_step(session, Ending.DONE if session.legs else Ending.NO_OFFICE, moment)


def _office_ended(session: CallSession, event: OfficeCallEnded, moment: Moment) -> Change:
    known = _with_facts(session, event.status, event.seconds)
    leg = known.legs[-1]
    if leg.status is not None and outcomes.is_decided(leg.status):
        return _after_office(known, None, moment)
    return _stepped(known, moment, Stage.ASKING), ()


def _after_office(session: CallSession, said: Outcome | None, moment: Moment) -> Change:
    settled, effects = _settled(session, said, moment)
    if settled.next_office is None or not moment.campaign.is_live:
        ending = Ending.DONE if moment.campaign.is_live else Ending.PAUSED
        after, more = _ended_at_step(settled, ending, moment)
        return after, (*effects, *more)
    return _stepped(settled, moment, Stage.NEXT), effects


def _leg_changed(session: CallSession, event: LegChanged, moment: Moment) -> Change:
    leg = session.leg
    if leg is None or leg.line != event.line or leg.status is not None:
        return session, ()
    if event.status in TERMINAL:
        return replace(_with_facts(session, event.status, event.seconds), changed_at=moment.now), ()
    if event.status is CallStatus.IN_PROGRESS and leg.answered_at is None:
        return _moved(session, moment, legs=(*session.legs[:-1], replace(leg, answered_at=moment.now))), ()
    return session, ()


def _with_facts(session: CallSession, status: CallStatus | None, seconds: int) -> CallSession:
    """Fill in a leg's status and talk time, unless they are known already: the first terminal status wins."""
    leg = session.legs[-1]
    if status is None or leg.status is not None:
        return session
    return replace(session, legs=(*session.legs[:-1], replace(leg, status=status, seconds=seconds)))


def _settled(session: CallSession, said: Outcome | None, moment: Moment) -> Change:
    """Give the last leg its outcome and count it. Once only: a settled leg is left alone."""
    leg = session.leg
    if leg is None or leg.outcome is not None:
        return session, ()
    outcome, basis = outcomes.outcome(leg.status, leg.seconds, said)
    action = Action(
        id=action_id(session.id, len(session.legs) - 1),
        campaign=session.campaign,
        channel=Channel.CALLS,
        office=leg.office,
        outcome=outcome,
        basis=basis,
        seconds=leg.seconds,
        at=moment.now,
    )
    legs = (*session.legs[:-1], replace(leg, outcome=outcome, basis=basis))
    number = session.number if moment.reached is None or outcome not in REACHED else moment.reached + 1
    return replace(session, legs=legs, number=number, changed_at=moment.now), (Count(action),)


# After the end: late facts, late keys, and the page's question.


def _late_facts(session: CallSession, event: OfficeCallEnded | LegChanged, moment: Moment) -> Change:
    leg = session.leg
    if leg is None or leg.outcome is not None or event.status not in TERMINAL:
        return session, ()
    if isinstance(event, LegChanged) and event.line != leg.line:
        return session, ()
    known = _with_facts(session, event.status, event.seconds)
    status = known.legs[-1].status
    return _settled(known, None, moment) if status and outcomes.is_decided(status) else (known, ())


def _late_key(session: CallSession, event: Pressed, moment: Moment) -> Change:
    """A key whose webhook was overtaken by the hang-up still means what the supporter pressed."""
    if session.legs:
        said = outcomes.KEYS.get(event.key)
        return _settled(session, said, moment) if said else (session, ())
    if event.key == "9" and session.ending is Ending.HUNG_UP:
        after = replace(session, ending=Ending.NEVER, step=session.step + 1, changed_at=moment.now)
        return after, (StopRinging(session.phone_key),)
    return session, ()


def _told(session: CallSession, event: Told, moment: Moment) -> Change:
    leg = session.leg
    if leg is None or leg.status is None or event.outcome not in outcomes.KEYS.values():
        return session, ()
    return _settled(session, event.outcome, moment)


def _time_up(session: CallSession, _event: TimeUp, moment: Moment) -> Change:
    return _settled(session, None, moment)


# Moves.


def _moved(session: CallSession, moment: Moment, **changes: object) -> CallSession:
    return replace(session, changed_at=moment.now, **changes)  # type: ignore[arg-type]  # replace checks the names


def _stepped(session: CallSession, moment: Moment, stage: Stage) -> CallSession:
    """Into a stage with a question of its own: next step, and a fresh count of tries."""
    return _moved(session, moment, stage=stage, step=session.step + 1, tries=0, notice=None)


def _ended_at_step(session: CallSession, ending: Ending, moment: Moment) -> Change:
    """End in answer to a step's webhook: that step is used up."""
    return _ended(session, ending, moment, step=session.step + 1)


def _ended(session: CallSession, ending: Ending, moment: Moment, step: int | None = None) -> Change:
    """End: the phone number goes now. A leg without an outcome waits for facts or an answer, or is decided."""
    after = _moved(
        session,
        moment,
        stage=Stage.ENDED,
        ending=ending,
        phone=None,
        step=session.step if step is None else step,
        answer_by=moment.now + timedelta(minutes=ANSWER_MINUTES),
    )
    leg = after.leg
    if leg and leg.status is not None and outcomes.is_decided(leg.status):
        return _settled(after, None, moment)
    return after, ()


# Each value takes the event type its key names; the table is typed for what they share.
Transition = Callable[[CallSession, "Event", Moment], Change]

_BEFORE_PICK_UP: dict[type, object] = {Answered: _answered, CallChanged: _rang, Missing: _not_placed}
_TABLE: dict[Stage, dict[type, object]] = {
    Stage.QUEUED: {
        Claimed: _claimed, Stopped: _stopped, Delayed: _queued_again, Withdrawn: _withdrawn,
        Expired: _not_placed, Answered: _answered, CallChanged: _rang,
    },
    Stage.PLACING: _BEFORE_PICK_UP | {
        Placed: _placed, Throttled: _queued_again, Refused: _refused, Unanswered: _unanswered,
    },
    Stage.UNKNOWN: _BEFORE_PICK_UP | {Placed: _placed, Refused: _refused},
    Stage.RINGING: _BEFORE_PICK_UP | {Placed: _placed_late},
    Stage.MENU: {Pressed: _menu_key, CallChanged: _hung_up, Placed: _placed_late},
    Stage.POINTS: {Pressed: _menu_key, CallChanged: _hung_up},
    Stage.DIALING: {OfficeCallEnded: _office_ended, LegChanged: _leg_changed, CallChanged: _hung_up},
    Stage.ASKING: {Pressed: _how_it_went, CallChanged: _hung_up},
    Stage.NEXT: {Pressed: _next_key, CallChanged: _hung_up},
    Stage.ENDED: {
        OfficeCallEnded: _late_facts, LegChanged: _late_facts, Pressed: _late_key, Told: _told, TimeUp: _time_up,
    },
}  # fmt: skip
TRANSITIONS: dict[tuple[Stage, type], Transition] = {
    (stage, event): transition  # type: ignore[misc]  # the key's type is the event each transition takes
    for stage, row in _TABLE.items()
    for event, transition in row.items()
}
