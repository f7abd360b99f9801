"""The call, as a table one can read: stage and event → what comes of it.

Two rules make it survive the network. A step that is not the session's is a repeat or a straggler: nothing
changes. And facts only ever fill what was empty: the first terminal status of a leg wins, whatever the order
in which callbacks arrive. A transition that needs to know something first asks; it is answered and taken again.
"""

from collections.abc import Callable, Iterator

from chalicelib.domain import inbound_moves as inbound
from chalicelib.domain import key_moves as key
from chalicelib.domain import office_moves as office
from chalicelib.domain import placing_moves as placing
from chalicelib.domain import proving_moves as proving
from chalicelib.domain.call import CallSession, Stage, ticket
from chalicelib.domain.counts import Outcome
from chalicelib.domain.events import (
    Answered,
    Ask,
    BudgetSpent,
    CallChanged,
    CalledIn,
    Claimed,
    CodeAsked,
    Delayed,
    Doubt,
    Effect,
    Event,
    Expired,
    Free,
    Leave,
    LegChanged,
    Missing,
    OfficeCallEnded,
    Placed,
    Pressed,
    Proved,
    Refused,
    Stopped,
    TextClaimed,
    TextRefused,
    TextThrottled,
    Throttled,
    TimeUp,
    Told,
    Unanswered,
    Withdrawn,
)
from chalicelib.domain.moves import Change, Moment, Wanted

MARK = 4
"""Hex digits of a phone's keyed hash by which callers who doubt a line are told apart: no key to anybody."""


def advance(session: CallSession, step: int | None, event: Event, moment: Moment) -> Change | Ask:
    """Return the session after `event` and what must be done; the very same session when nothing changes.

    A question instead means: answer it in `moment.answers`, and ask again. `step` is the webhook's step, None
    for events that come without one (callbacks, workers, the page).
    """
    if step is not None and step != session.step:
        return session, ()
    transition = TRANSITIONS.get((session.stage, type(event)))
    if transition is None:
        return session, ()
    try:
        after, effects = transition(session, event, moment)
    except Wanted as wanted:
        return wanted.ask
    return after, (*effects, *_about_lines(session, after), *_about_place(session, after))


def _about_lines(before: CallSession, after: CallSession) -> Iterator[Effect]:
    """Give each line back once its office call is over, and doubt it where the supporter said wrong number.

    Read off the session before and after, so that no transition can forget it.
    """
    for position, leg in enumerate(after.legs):
        was = before.legs[position] if position < len(before.legs) else None
        was_over = was is not None and (was.status is not None or was.outcome is not None)
        if not was_over and (leg.status is not None or leg.outcome is not None):
            yield Free(leg.office, leg.line, ticket(after.id, position), leg.status)
        if leg.outcome is Outcome.WRONG_NUMBER and (was is None or was.outcome is None):
            yield Doubt(leg.office, leg.line, after.phone_key[:MARK])


def _about_place(before: CallSession, after: CallSession) -> Iterator[Effect]:
    """Give up the place in line of whoever no longer waits at this office; a line granted there took it already."""
    if before.stage is not Stage.HOLDING:
        return
    office = before.offices[0]
    is_waiting_on = after.stage is Stage.HOLDING and after.offices[0] == office
    is_granted = len(after.legs) > len(before.legs) and after.legs[-1].office == office
    if not is_waiting_on and not is_granted:
        yield Leave(office, before.ticket)


# Each value takes the event type its key names; the table is typed for what they share.
Transition = Callable[[CallSession, "Event", Moment], Change]

_BEFORE_PICK_UP: dict[type, object] = {
    Answered: placing.answered, CallChanged: placing.rang, Missing: placing.not_placed,
}  # fmt: skip
_TABLE: dict[Stage, dict[type, object]] = {
    Stage.AWAITING: {CalledIn: inbound.called_in},
    Stage.WELCOME: {Pressed: inbound.language_key},
    Stage.ZIP: {Pressed: inbound.zip_keys, CallChanged: key.hung_up},
    Stage.PROVING: {
        TextClaimed: proving.text_claimed, TextThrottled: proving.text_throttled, TextRefused: proving.text_refused,
        CodeAsked: proving.new_code, Proved: proving.proved, Stopped: placing.stopped,
        Withdrawn: placing.withdrawn, Expired: proving.not_proved,
    },
    Stage.QUEUED: {
        Claimed: placing.claimed, Stopped: placing.stopped, Delayed: placing.queued_again,
        Withdrawn: placing.withdrawn, Expired: placing.not_placed, Answered: placing.answered,
        CallChanged: placing.rang,
    },
    Stage.PLACING: _BEFORE_PICK_UP | {
        Placed: placing.placed, Throttled: placing.queued_again, Refused: placing.refused,
        Unanswered: placing.unanswered, BudgetSpent: placing.budget_spent,
    },
    Stage.UNKNOWN: _BEFORE_PICK_UP | {Placed: placing.placed, Refused: placing.refused},
    Stage.RINGING: _BEFORE_PICK_UP,
    Stage.MENU: {Pressed: key.menu_key, CallChanged: key.hung_up},
    Stage.POINTS: {Pressed: key.menu_key, CallChanged: key.hung_up},
    Stage.HOLDING: {Pressed: office.hold_key, CallChanged: key.hung_up},
    Stage.CLOSED: {Pressed: office.closed_key, CallChanged: key.hung_up},
    Stage.DIALING: {
        OfficeCallEnded: office.office_ended, LegChanged: office.leg_changed, CallChanged: key.hung_up,
    },
    Stage.ASKING: {
        Pressed: key.how_it_went, LegChanged: office.leg_changed, CallChanged: key.hung_up,
    },
    Stage.NEXT: {Pressed: office.next_key, CallChanged: key.hung_up},
    Stage.ENDED: {
        OfficeCallEnded: key.late_facts, LegChanged: key.late_facts, Pressed: key.late_key, Told: key.told,
        TimeUp: key.time_up,
    },
}  # fmt: skip
TRANSITIONS: dict[tuple[Stage, type], Transition] = {
    (stage, event): transition  # type: ignore[misc]  # the key's type is the event each transition takes
    for stage, row in _TABLE.items()
    for event, transition in row.items()
}
