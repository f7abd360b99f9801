"""From the tap to the supporter's phone being picked up: transitions of a call that we place."""

from dataclasses import replace

from chalicelib.domain.call import TERMINAL, CallSession, CallStatus, Ending, Stage
from chalicelib.domain.campaign import Status
from chalicelib.domain.events import (
    Answered,
    BudgetSpent,
    CallChanged,
    Claimed,
    Delayed,
    Expired,
    Missing,
    Placed,
    Refused,
    Ring,
    Stopped,
    Throttled,
    Unanswered,
    Withdrawn,
)
from chalicelib.domain.moves import Change, Moment, ended, moved
from chalicelib.domain.office_moves import to_menu

BEFORE_PICK_UP: dict[CallStatus, Ending] = {
    CallStatus.BUSY: Ending.NOT_PICKED_UP,
    CallStatus.NO_ANSWER: Ending.NOT_PICKED_UP,
    CallStatus.CANCELED: Ending.NOT_PICKED_UP,
    CallStatus.FAILED: Ending.REFUSED,
    CallStatus.COMPLETED: Ending.HUNG_UP,
}


def claimed(session: CallSession, event: Claimed, moment: Moment) -> Change:
    """A worker is about to place it. While the campaign is paused it keeps its place; when that is over, it is too."""
    if moment.campaign.status is Status.ENDED:
        return ended(session, Ending.PAUSED, moment)
    if not moment.campaign.is_live:
        return session, ()
    return moved(session, moment, stage=Stage.PLACING, attempt=event.attempt), ()


def stopped(session: CallSession, _event: Stopped, moment: Moment) -> Change:
    """Key 9 was pressed in another call meanwhile."""
    return ended(session, Ending.NEVER, moment)


def budget_spent(session: CallSession, _event: BudgetSpent, moment: Moment) -> Change:
    """Nobody is called for this campaign any more today."""
    return ended(session, Ending.BUDGET, moment)


def placed(session: CallSession, event: Placed, moment: Moment) -> Change:
    """Twilio has it."""
    return moved(session, moment, stage=Stage.RINGING, call_sid=event.sid), ()


def queued_again(session: CallSession, event: Throttled | Delayed, moment: Moment) -> Change:
    """Not now: a new turn. One that Twilio sent back has been counted against the day, and is not counted again."""
    is_budgeted = session.is_budgeted or isinstance(event, Throttled)
    back = {"stage": Stage.QUEUED, "attempt": None, "ring_at": event.ring_at, "is_budgeted": is_budgeted}
    after = moved(session, moment, **back)
    return after, (Ring(session.id, event.ring_at),)


def refused(session: CallSession, event: Refused, moment: Moment) -> Change:
    """Twilio said no, clearly."""
    return ended(replace(session, reason=event.code), Ending.REFUSED, moment)


def unanswered(session: CallSession, _event: Unanswered, moment: Moment) -> Change:
    """It may or may not ring: resolved by proof, never by asking again."""
    return moved(session, moment, stage=Stage.UNKNOWN), ()


def not_placed(session: CallSession, _event: Missing | Expired, moment: Moment) -> Change:
    """It never rang, and will not: for the pause, if there is one."""
    waited = session.stage is Stage.QUEUED and not moment.campaign.is_live
    return ended(session, Ending.PAUSED if waited else Ending.NOT_PLACED, moment)


def withdrawn(session: CallSession, _event: Withdrawn, moment: Moment) -> Change:
    """The supporter took it back in time."""
    return ended(session, Ending.WITHDRAWN, moment)


def answered(session: CallSession, event: Answered, moment: Moment) -> Change:
    """Picked up: the menu, unless the campaign rests by now."""
    proved = replace(session, call_sid=session.call_sid or event.sid)
    if not moment.campaign.is_live:
        return ended(proved, Ending.PAUSED, moment, step=session.step + 1)
    return to_menu(proved, moment)


def rang(session: CallSession, event: CallChanged, moment: Moment) -> Change:
    """Before anybody picked up: any callback proves that the call was placed; a terminal one ends it."""
    if event.status in TERMINAL:
        proved = replace(session, call_sid=session.call_sid or event.sid)
        return ended(proved, BEFORE_PICK_UP[event.status], moment)
    if session.stage is Stage.RINGING:
        return session, ()
    return moved(session, moment, stage=Stage.RINGING, call_sid=event.sid), ()
