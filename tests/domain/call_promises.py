"""What the call machine promises of every step a call takes, as claims about one step: each is true of it or not."""

from collections.abc import Callable

from chalicelib.domain.call import TERMINAL, CallSession, Ending, Stage, ticket
from chalicelib.domain.call_machine import advance
from chalicelib.domain.counts import Outcome, action_id
from chalicelib.domain.desk import Granted
from chalicelib.domain.events import (
    AskLine,
    CallChanged,
    CalledIn,
    Count,
    Delayed,
    Doubt,
    Free,
    Leave,
    LegChanged,
    Pressed,
    Proved,
    Ring,
    StopRinging,
    Throttled,
)
from chalicelib.domain.moves import TRIES, Change, Moment
from chalicelib.domain.office import dialable
from tests.domain.call_space import Taken, is_possible, step_of


def the_step_grows_by_one_or_not_at_all(t: Taken) -> bool:
    return t.after.step - t.before.step in {0, 1}


def the_version_is_the_stores_own(t: Taken) -> bool:
    return t.after.version == t.before.version


def what_changes_nothing_gives_back_the_very_session(t: Taken) -> bool:
    return t.after is t.before or t.after != t.before or bool(t.effects)


def nothing_is_done_for_a_session_that_is_the_same(t: Taken) -> bool:
    return t.after is not t.before or not t.effects


def the_phone_goes_with_the_end_and_never_before(t: Taken) -> bool:
    is_theirs = isinstance(t.event, CalledIn) and t.before.stage is Stage.AWAITING
    known = t.event.phone if is_theirs and isinstance(t.event, CalledIn) else t.before.phone
    return t.after.phone == (None if t.after.is_over else known)


def an_ended_call_stays_ended(t: Taken) -> bool:
    return t.after.is_over or not t.before.is_over


def an_ending_is_given_with_the_end_and_changed_by_a_late_nine_alone(t: Taken) -> bool:
    if not t.before.is_over:
        return (t.after.ending is not None) == t.after.is_over
    is_late_nine = t.event == Pressed("9") and t.before.ending is Ending.HUNG_UP
    return t.after.ending == (Ending.NEVER if is_late_nine and not t.before.legs else t.before.ending)


def a_status_on_the_way_ends_nothing(t: Taken) -> bool:
    is_on_the_way = isinstance(t.event, CallChanged) and t.event.status not in TERMINAL
    return not is_on_the_way or t.after.is_over == t.before.is_over


def legs_are_only_added_and_their_facts_only_filled_in(t: Taken) -> bool:
    kept = zip(t.before.legs, t.after.legs, strict=False)
    return len(t.after.legs) - len(t.before.legs) in {0, 1} and all(
        (was.office, was.line, was.step, was.started_at) == (leg.office, leg.line, leg.step, leg.started_at)
        and was.status in {None, leg.status}
        and was.outcome in {None, leg.outcome}
        and (was.status is None or was.seconds == leg.seconds)
        for was, leg in kept
    )


def what_another_line_did_changes_nothing(t: Taken) -> bool:
    line = t.before.leg.line if t.before.leg else None
    return not isinstance(t.event, LegChanged) or t.event.line == line or t.after is t.before


def an_office_call_is_counted_once_when_its_outcome_is_known(t: Taken) -> bool:
    newly = [
        (action_id(t.after.id, position), leg.office, leg.outcome, leg.basis, leg.seconds)
        for position, leg in enumerate(t.after.legs)
        if leg.outcome is not None and _before(t, position) is None
    ]
    counted = [effect.action for effect in t.effects if isinstance(effect, Count)]
    return newly == [(each.id, each.office, each.outcome, each.basis, each.seconds) for each in counted]


def _before(t: Taken, position: int) -> Outcome | None:
    return t.before.legs[position].outcome if position < len(t.before.legs) else None


def a_new_office_call_has_the_one_before_it_counted(t: Taken) -> bool:
    return t.begun is None or all(leg.outcome is not None for leg in t.after.legs[:-1])


def a_line_is_given_back_once_when_its_office_call_is_over(t: Taken) -> bool:
    over = [
        (leg.line, ticket(t.after.id, position), leg.status)
        for position, leg in enumerate(t.after.legs)
        if (leg.status or leg.outcome) and not _was_over(t, position)
    ]
    return over == [(each.line, each.ticket, each.status) for each in t.effects if isinstance(each, Free)]


def _was_over(t: Taken, position: int) -> bool:
    was = t.before.legs[position] if position < len(t.before.legs) else None
    return was is not None and (was.status is not None or was.outcome is not None)


def a_line_is_doubted_where_the_supporter_said_wrong_number(t: Taken) -> bool:
    wrong = [
        leg.line
        for position, leg in enumerate(t.after.legs)
        if leg.outcome is Outcome.WRONG_NUMBER and _before(t, position) is None
    ]
    doubts = [effect for effect in t.effects if isinstance(effect, Doubt)]
    return [each.line for each in doubts] == wrong and all(len(each.mark) <= 4 for each in doubts)


def no_line_is_dialled_twice(t: Taken) -> bool:
    return t.begun is None or t.begun.line not in {leg.line for leg in t.before.legs}


def a_line_is_dialled_only_when_its_desk_granted_it_to_this_very_leg(t: Taken) -> bool:
    if t.begun is None:
        return True
    own = ticket(t.before.id, len(t.before.legs))
    granted = [
        (ask.office, answer.number)
        for ask, answer in t.moment.answers.items()
        if isinstance(ask, AskLine) and isinstance(answer, Granted) and ask.ticket == own
    ]
    return granted == [(t.begun.office, t.begun.line)]


def only_open_offices_of_a_live_campaign_are_dialled_or_asked_for(t: Taken) -> bool:
    asked = {(ask.office, n) for ask in t.moment.answers if isinstance(ask, AskLine) for n in ask.numbers}
    begun = {(t.begun.office, t.begun.line)} if t.begun else set()
    return all(_may_be_dialled(t.moment, office, line) for office, line in asked | begun)


def _may_be_dialled(moment: Moment, office_id: str, line: str) -> bool:
    office = moment.campaign.office(office_id)
    if office is None or not moment.campaign.is_live or not moment.finds_open(office):
        return False
    return line in {each.number for each in dialable(office, moment.now.date())}


def only_offices_that_can_be_called_are_offered(t: Taken) -> bool:
    is_new = t.after.step > t.before.step and t.after.tries == 0
    if not is_new or t.after.stage not in {Stage.NEXT, Stage.HOLDING, Stage.CLOSED}:
        return True
    offered = t.after.offices if t.after.stage is Stage.NEXT else t.after.offices[1:]
    tried = {leg.line for leg in t.after.legs}
    return all(
        any(_may_be_dialled(t.moment, office, line) for line in _lines(t.moment, office) - tried)
        for office in offered
    )


def _lines(moment: Moment, office_id: str) -> set[str]:
    office = moment.campaign.office(office_id)
    return {line.number for line in office.lines} if office else set()


def who_stops_waiting_gives_up_the_place_in_line(t: Taken) -> bool:
    left = [(each.office, each.ticket) for each in t.effects if isinstance(each, Leave)]
    if t.before.stage is not Stage.HOLDING:
        return not left
    waited_at, office = t.before.offices[0], t.after.next_office
    has_moved_on = t.after.stage is not Stage.HOLDING or office != waited_at
    is_granted = t.begun is not None and t.begun.office == waited_at
    return left == ([(waited_at, t.before.ticket)] if has_moved_on and not is_granted else [])


def a_place_in_line_is_told_on_hold_alone(t: Taken) -> bool:
    is_told = {t.after.place is not None, t.after.wait is not None, t.after.held_at is not None}
    return is_told == {t.after.stage is Stage.HOLDING} or t.after.stage is Stage.ENDED


NEW_EACH_TIME = frozenset({Stage.HOLDING, Stage.POINTS, Stage.DIALING})
"""Stages whose step may grow without the same question being asked again."""


def a_question_is_asked_three_times_in_a_row_at_most(t: Taken) -> bool:
    is_asked_again = t.after.stage is t.before.stage and t.after.step > t.before.step
    is_new = t.after.tries == 0 and t.after.stage in NEW_EACH_TIME
    return t.after.is_over or (
        t.after.tries < TRIES and (not is_asked_again or is_new or t.after.tries == t.before.tries + 1)
    )


def only_nine_keeps_a_phone_from_being_rung_again(t: Taken) -> bool:
    stops = [effect for effect in t.effects if isinstance(effect, StopRinging)]
    is_nine = (
        t.event == Pressed("9") and t.after.ending is Ending.NEVER and t.before.ending is not Ending.NEVER
    )
    return stops == ([StopRinging(t.before.phone_key)] if is_nine else [])


def a_call_goes_in_line_only_by_being_proved_or_sent_back(t: Taken) -> bool:
    rings = [effect for effect in t.effects if isinstance(effect, Ring)]
    is_in_line = (
        t.after is not t.before and isinstance(t.event, Proved | Throttled | Delayed) and not t.after.is_over
    )
    return rings == ([Ring(t.after.id, t.after.ring_at)] if is_in_line else [])


def a_booked_call_has_its_time(t: Taken) -> bool:
    return (
        (t.after.ending is Ending.BOOKED) == (t.after.booking is not None) == (t.after.booked_at is not None)
    )


def a_repeat_changes_nothing(t: Taken) -> bool:
    """But of Delayed, which no webhook brings: the queue's message is claimed before."""
    again = advance(t.after, step_of(t.before, t.event), t.event, t.moment)
    return isinstance(t.event, Delayed) or (isinstance(again, tuple) and _is_nothing(again, t.after))


def a_step_that_is_not_the_calls_own_changes_nothing(t: Taken) -> bool:
    others = (t.before.step - 1, t.before.step + 1, 999)
    changes = (advance(t.before, other, t.event, t.moment) for other in others)
    return all(isinstance(change, tuple) and _is_nothing(change, t.before) for change in changes)


def _is_nothing(change: Change, before: CallSession) -> bool:
    return change[0] is before and change[1] == ()


def a_call_is_only_ever_where_a_call_can_be(t: Taken) -> bool:
    return is_possible(t.after)


Promise = Callable[[Taken], bool]
PROMISES: tuple[Promise, ...] = (
    the_step_grows_by_one_or_not_at_all,
    the_version_is_the_stores_own,
    what_changes_nothing_gives_back_the_very_session,
    nothing_is_done_for_a_session_that_is_the_same,
    the_phone_goes_with_the_end_and_never_before,
    an_ended_call_stays_ended,
    an_ending_is_given_with_the_end_and_changed_by_a_late_nine_alone,
    a_status_on_the_way_ends_nothing,
    legs_are_only_added_and_their_facts_only_filled_in,
    what_another_line_did_changes_nothing,
    an_office_call_is_counted_once_when_its_outcome_is_known,
    a_new_office_call_has_the_one_before_it_counted,
    a_line_is_given_back_once_when_its_office_call_is_over,
    a_line_is_doubted_where_the_supporter_said_wrong_number,
    no_line_is_dialled_twice,
    a_line_is_dialled_only_when_its_desk_granted_it_to_this_very_leg,
    only_open_offices_of_a_live_campaign_are_dialled_or_asked_for,
    only_offices_that_can_be_called_are_offered,
    who_stops_waiting_gives_up_the_place_in_line,
    a_place_in_line_is_told_on_hold_alone,
    a_question_is_asked_three_times_in_a_row_at_most,
    only_nine_keeps_a_phone_from_being_rung_again,
    a_call_goes_in_line_only_by_being_proved_or_sent_back,
    a_booked_call_has_its_time,
    a_repeat_changes_nothing,
    a_step_that_is_not_the_calls_own_changes_nothing,
    a_call_is_only_ever_where_a_call_can_be,
)

OF_WHAT_STAYS: tuple[Promise, ...] = (
    nothing_is_done_for_a_session_that_is_the_same,
    a_step_that_is_not_the_calls_own_changes_nothing,
)
"""What is left to promise where nothing moved."""
