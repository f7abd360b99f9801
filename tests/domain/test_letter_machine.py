"""The letter machine as a whole: every state, every event, every moment, held against what it promises everywhere."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from chalicelib.domain.campaign import Status as CampaignStatus
from chalicelib.domain.counts import LetterOutcome, counted
from chalicelib.domain.letter import Reason, State, begun_again, group_id, letter_id
from chalicelib.domain.letter_events import (
    Accepted,
    Alarm,
    Answered,
    Confirmed,
    Count,
    Event,
    Forget,
    Leased,
    LinkAsked,
    Mail,
    MailKind,
    Released,
    Send,
    TakenBack,
    Throttled,
    TimePassed,
    Trouble,
    Unclear,
)
from chalicelib.domain.letter_machine import TRANSITIONS, advance_group, legal, next_look, outcome_of
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.mail_facts import Recipient, Status
from tests.conftest import Figure
from tests.domain.letter_space import (
    ATTEMPT,
    EVENTS,
    LATER,
    LETTER_ID,
    MOMENTS,
    OFFICE,
    SECOND,
    WRITER,
    Taken,
    actions,
    every_letter,
    letter,
    said,
    take,
    told,
)
from tests.values import NOW

Promise = Callable[[Taken], bool]

LEFT = {State.LEASED, State.SEND_UNKNOWN, State.SUBMITTED, State.DELIVERED, State.BOUNCED_SOFT, State.BOUNCED_HARD,
        State.COMPLAINED}  # fmt: skip


def the_same_letter_when_nothing_changes(t: Taken) -> bool:
    return t.after is t.before or t.after != t.before


def what_the_table_does_not_hold_does_nothing(t: Taken) -> bool:
    return legal(t.before, t.event) or (t.after is t.before and not t.effects)


def nothing_is_queued_or_leased_before_its_writer_confirmed(t: Taken) -> bool:
    sends = any(isinstance(effect, Send) for effect in t.effects)
    return t.after.is_confirmed or not (sends or t.after.state in LEFT | {State.QUEUED, State.HELD})


def only_the_writers_press_confirms(t: Taken) -> bool:
    return t.after.is_confirmed == t.before.is_confirmed or isinstance(t.event, Confirmed)


def only_a_queued_letter_is_leased(t: Taken) -> bool:
    is_taken = t.after.state is State.LEASED and t.before.state is not State.LEASED
    return not is_taken or (t.before.state is State.QUEUED and isinstance(t.event, Leased))


def an_unclear_letter_goes_back_only_after_its_time_of_grace_or_a_clear_no(t: Taken) -> bool:
    is_back = t.before.state is State.SEND_UNKNOWN and t.after.state is State.QUEUED
    is_patient = t.moment.now - t.before.changed_at >= timedelta(minutes=30)
    is_no = getattr(t.event, "attempt", None) == t.before.attempt
    is_full = bool(set(t.after.spent) - set(t.before.spent))
    return not is_back or is_no or is_full or (isinstance(t.event, TimePassed) and is_patient)


def it_is_counted_as_what_it_is(t: Taken) -> bool:
    return t.after.outcome is (outcome_of(t.after) or t.after.outcome)


def every_change_of_outcome_is_one_action_in_place_of_the_last(t: Taken) -> bool:
    if t.after.outcome is t.before.outcome:
        return t.actions == [] and t.after.counted == t.before.counted
    (action,) = t.actions
    is_named = action.id == f"{LETTER_ID}-{t.before.counted}" and t.after.counted == t.before.counted + 1
    return is_named and (action.instead_of, action.outcome) == (t.before.outcome, t.after.outcome)


def every_other_answer_of_its_writer_is_one_action_in_place_of_the_last(t: Taken) -> bool:
    if t.after.answer is t.before.answer:
        return t.answers == [] and t.after.answers == t.before.answers
    (action,) = t.answers
    is_named = (
        action.id == f"{LETTER_ID}-answer-{t.before.answers}" and t.after.answers == t.before.answers + 1
    )
    return is_named and (action.instead_of, action.outcome) == (t.before.answer, t.after.answer)


def what_the_writer_answers_or_asks_again_moves_no_letter(t: Taken) -> bool:
    is_theirs = isinstance(t.event, Answered) or (t.before.is_confirmed and isinstance(t.event, LinkAsked))
    return not is_theirs or (t.after.state is t.before.state and not t.actions)


def a_forgotten_writer_stays_forgotten_and_gets_no_mail(t: Taken) -> bool:
    is_written_to = any(isinstance(effect, Mail) for effect in t.effects)
    return t.before.content is not None or (t.after.content is None and not is_written_to)


def forgetting_goes_with_the_content(t: Taken) -> bool:
    is_gone = t.before.content is not None and t.after.content is None
    return not is_gone or Forget(LETTER_ID) in t.effects


def a_tombstone_stays_one(t: Taken) -> bool:
    return t.before.state is not State.ERASED or t.after.state is State.ERASED


def who_owns_a_letter_is_known_while_somebody_does(t: Taken) -> bool:
    return t.after.state is not State.LEASED or t.after.attempt is not None


def what_waits_to_leave_has_somebody_to_go_to(t: Taken) -> bool:
    waits = {State.CONFIRMED, State.QUEUED, State.LEASED, State.TARGET_PAUSED}
    return t.after.state not in waits or bool(t.after.to) or not t.before.to


def the_version_is_the_stores_own(t: Taken) -> bool:
    return t.after.version == t.before.version


def nothing_of_the_writer_is_in_what_is_counted_or_alarmed(t: Taken) -> bool:
    told_to_all = [effect for effect in t.effects if isinstance(effect, Count | Alarm | Send)]
    return not any(word in repr(told_to_all) for word in (str(WRITER), "María", "neighbor"))


PROMISES: tuple[Promise, ...] = (
    the_same_letter_when_nothing_changes, what_the_table_does_not_hold_does_nothing,
    nothing_is_queued_or_leased_before_its_writer_confirmed, only_the_writers_press_confirms,
    only_a_queued_letter_is_leased, an_unclear_letter_goes_back_only_after_its_time_of_grace_or_a_clear_no,
    it_is_counted_as_what_it_is, every_change_of_outcome_is_one_action_in_place_of_the_last,
    every_other_answer_of_its_writer_is_one_action_in_place_of_the_last,
    what_the_writer_answers_or_asks_again_moves_no_letter,
    a_forgotten_writer_stays_forgotten_and_gets_no_mail, forgetting_goes_with_the_content, a_tombstone_stays_one,
    who_owns_a_letter_is_known_while_somebody_does, what_waits_to_leave_has_somebody_to_go_to,
    the_version_is_the_stores_own, nothing_of_the_writer_is_in_what_is_counted_or_alarmed,
)  # fmt: skip


def every_step() -> Iterator[Taken]:
    """Every letter, event and moment; then every event again after each of those that changed something."""
    for before, event, moment in itertools.product(every_letter(), EVENTS, MOMENTS):
        first = take(before, event, moment)
        yield first
        if first.after is not before and moment.now == NOW:
            yield from (take(first.after, second, MOMENTS[1]) for second in EVENTS[::3])


@cache
def table() -> tuple[int, dict[str, Taken], set[tuple[State, type]], set[State]]:
    steps, broken, moved, met = 0, dict[str, Taken](), set[tuple[State, type]](), set[State]()
    for taken in every_step():
        steps += 1
        met.add(taken.after.state)
        if taken.after is not taken.before:
            moved.add((taken.before.state, type(taken.event)))
        for promise in PROMISES:
            if not promise(taken):
                broken.setdefault(promise.__name__, taken)
    return steps, broken, moved, met


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_every_step_of_every_letter_keeps_the_promise(promise: Promise) -> None:
    assert table()[1].get(promise.__name__) is None


def test_every_row_of_the_table_does_something_and_every_state_can_be_met(figure: Figure) -> None:
    steps, _, moved, met = table()
    assert moved == set(TRANSITIONS)
    assert met == set(State)
    figure(f"letter machine: steps={steps} rows={len(TRANSITIONS)} promises={len(PROMISES)}")


# Rows worth reading by themselves.


def test_a_letter_from_the_draft_to_the_office() -> None:
    made, effects = told(letter(), [LinkAsked(), Confirmed()])
    assert made.state is State.CONFIRMED
    assert [type(effect) for effect in effects] == [Mail, Count, Send]

    made, effects = told(made, [Leased(ATTEMPT, LATER)])
    assert (made.state, effects) == (State.CONFIRMED, []), "without a turn nobody may take it"


def test_a_group_is_confirmed_at_one_press_and_asks_for_one_mail() -> None:
    offices = [replace(letter(), id=f"letter-{n}", office=f"ero-{n}") for n in range(3)]
    asked = advance_group(offices, LinkAsked(), MOMENTS[0])
    mails = {effect.id for _, effects in asked for effect in effects if isinstance(effect, Mail)}
    pressed = advance_group([made for made, _ in asked], Confirmed(), MOMENTS[0])
    again = advance_group([made for made, _ in pressed], Confirmed(), MOMENTS[0])

    assert len(mails) == 1
    assert {made.state for made, _ in pressed} == {State.CONFIRMED}
    assert [effects for _, effects in again] == [()] * 3, "a second press"
    assert group_id(["b", "a"]) == group_id(["a", "b", "a"]) != group_id(["a"])


@pytest.mark.parametrize(
    ("after", "state", "mails"),
    [
        (timedelta(days=3) - timedelta(seconds=1), State.AWAITING_CONFIRM, []),
        (timedelta(days=3), State.AWAITING_CONFIRM, [MailKind.REMINDER]),
        (timedelta(days=7) - timedelta(seconds=1), State.AWAITING_CONFIRM, [MailKind.REMINDER]),
        (timedelta(days=7), State.EXPIRED, []),
    ],
)
def test_one_reminder_and_seven_days(after: timedelta, state: State, mails: list[MailKind]) -> None:
    made, effects = told(letter(State.AWAITING_CONFIRM), [TimePassed(), TimePassed()], Moment(NOW + after))

    assert made.state is state
    assert [effect.kind for effect in effects if isinstance(effect, Mail)] == mails
    assert (made.content is None) == (state is State.EXPIRED)


def test_an_expired_letter_is_counted_as_unconfirmed_and_a_late_press_confirms_nothing() -> None:
    late = Moment(NOW + timedelta(days=7))
    made, effects = told(letter(State.AWAITING_CONFIRM), [Confirmed(), Confirmed()], late)

    assert made.state is State.EXPIRED
    assert [action.outcome for action in actions(effects)] == [LetterOutcome.UNCONFIRMED]


def test_who_never_confirmed_may_begin_again_and_is_counted_once() -> None:
    expired, first = told(letter(State.AWAITING_CONFIRM), [TimePassed()], Moment(NOW + timedelta(days=8)))
    assert expired.may_begin_again
    assert not letter(State.DELIVERED).may_begin_again

    again, second = told(begun_again(expired, letter()), [LinkAsked(), Confirmed()])

    assert counted(actions([*first, *second])).outcomes == {LetterOutcome.ON_ITS_WAY: 1}
    assert {effect.id for effect in second if isinstance(effect, Mail)} == {"a-group-link-2"}
    assert again.state is State.CONFIRMED


def test_a_suspicious_letter_waits_for_a_person_and_only_once_confirmed() -> None:
    made, effects = told(letter(State.AWAITING_CONFIRM), [Confirmed(is_suspicious=True)])
    assert (made.state, made.reason) == (State.HELD, Reason.SUSPICIOUS)
    assert not any(isinstance(effect, Send) for effect in effects)

    made, effects = told(made, [Released(LATER)])
    assert (made.state, made.not_before, made.reason) == (State.QUEUED, LATER, None)


def test_what_is_taken_back_while_it_may_be_on_its_way_is_not_sent_again() -> None:
    later = Moment(NOW + timedelta(minutes=31))
    made, _ = told(letter(State.LEASED), [TakenBack(), Unclear(ATTEMPT)])
    unsent, _ = told(made, [TimePassed()], later)
    sent, _ = told(made, [said(Status.DELIVERED)], later)

    assert (unsent.state, unsent.reason) == (State.CANCELLED, Reason.WITHDRAWN)
    assert sent.state is State.DELIVERED


def test_after_three_tries_without_an_answer_a_person_looks() -> None:
    made = letter(State.LEASED, unclear=2)
    made, effects = told(made, [Unclear(ATTEMPT)])
    made, effects = told(made, [TimePassed()], Moment(NOW + timedelta(minutes=31)))

    assert (made.state, made.reason, made.attempts) == (State.HELD, Reason.UNCLEAR, 1)
    assert any(isinstance(effect, Alarm) for effect in effects)


@pytest.mark.parametrize("state", State)
def test_silence_is_looked_at_when_it_becomes_an_event_and_not_before(state: State) -> None:
    made = letter(state)
    look = next_look(made)
    if look is None:
        assert (state, TimePassed) not in TRANSITIONS
        return
    early = take(made, TimePassed(), Moment(look - timedelta(seconds=1)))
    due = take(made, TimePassed(), Moment(look))
    assert early.after is made
    assert due.after is not made


def test_the_id_is_of_campaign_office_and_writer_and_fits_an_ses_tag() -> None:
    key = b"k" * 32
    ids = {
        letter_id(campaign, office, writer, key)
        for campaign, office in (("a", "bc"), ("ab", "c"), ("a", "b"))
        for writer in (WRITER, replace(WRITER, local="Maria"), replace(WRITER, local="mario"))
    }
    assert len(ids) == 6, "one writer's two spellings are one"
    assert all(len(made) == 32 and made.replace("-", "a").replace("_", "a").isalnum() for made in ids)
    assert letter_id("a", "b", WRITER, b"x" * 32) not in ids


def test_an_office_that_takes_a_letter_at_one_address_has_it() -> None:
    two = replace(
        letter(State.SUBMITTED), recipients=(Recipient("letters@atlanta.example"), Recipient(SECOND))
    )
    bounced: list[Event] = [said(Status.BOUNCED_HARD)]

    assert told(two, bounced)[0].state is State.SUBMITTED, "the other may still take it"
    assert told(two, [*bounced, said(Status.DELIVERED, SECOND)])[0].state is State.DELIVERED
    assert told(two, [*bounced, said(Status.BOUNCED_HARD, SECOND)])[0].state is State.BOUNCED_HARD


def test_one_complaint_is_a_complaint_of_the_office() -> None:
    two = replace(letter(State.SUBMITTED), recipients=(Recipient(OFFICE), Recipient(SECOND)))
    made, _ = told(two, [said(Status.DELIVERED), said(Status.COMPLAINED, SECOND)])

    assert made.state is State.COMPLAINED


def test_a_further_try_goes_to_those_who_may_still_take_it_and_old_news_do_not_call_it_off() -> None:
    two = replace(letter(State.SUBMITTED), recipients=(Recipient(OFFICE), Recipient(SECOND)))
    full = said(Status.BOUNCED_SOFT, detail="MailboxFull")
    made, _ = told(two, [full, said(Status.BOUNCED_HARD, SECOND, detail="General")])
    assert (made.state, made.to) == (State.QUEUED, (OFFICE,))

    later, _ = told(made, [said(Status.BOUNCED_HARD, SECOND, detail="NoEmail"), said(Status.DELIVERED), full])
    assert later.state is State.QUEUED

    gone, _ = told(made, [said(Status.BOUNCED_HARD)])
    assert gone.state is State.BOUNCED_HARD


@pytest.mark.parametrize("event", [said(Status.DELIVERED), Accepted(ATTEMPT, "m-1")])
def test_what_was_called_off_and_left_all_the_same_is_counted_and_said(event: Event) -> None:
    start = letter(State.CANCELLED, reason=Reason.WITHDRAWN)
    made, effects = told(start, [event])

    assert made.state in {State.DELIVERED, State.SUBMITTED}
    assert [action.instead_of for action in actions(effects)] == [LetterOutcome.WITHDRAWN]
    assert Alarm(Trouble.SENT_AFTER_ALL, LETTER_ID) in effects

    never = letter(State.CANCELLED, confirmed_at=None, content=None)
    assert take(never, event).after is never


def test_nobody_takes_a_letter_before_its_turn() -> None:
    made = letter(State.QUEUED, not_before=LATER)

    assert take(made, Leased(ATTEMPT, LATER)).after is made
    assert take(made, Leased(ATTEMPT, LATER), Moment(LATER)).after.state is State.LEASED


def test_a_letter_waits_while_its_campaign_rests_and_goes_back_when_that_has_ended() -> None:
    waits = take(letter(State.QUEUED), Leased(ATTEMPT, LATER), Moment(NOW, CampaignStatus.PAUSED))
    ended = take(letter(State.QUEUED), Leased(ATTEMPT, LATER), Moment(NOW, CampaignStatus.ENDED))

    assert (waits.after.state, waits.after.not_before, waits.effects) == (State.CONFIRMED, None, ())
    assert (ended.after.state, ended.after.reason) == (State.CANCELLED, Reason.CAMPAIGN_ENDED)
    assert ended.after.outcome is LetterOutcome.NOT_SENT
    assert [effect.kind for effect in ended.effects if isinstance(effect, Mail)] == [MailKind.RECEIPT]


def test_taken_back_in_a_workers_hands_it_does_not_go_back_to_the_queue() -> None:
    made, effects = told(letter(State.LEASED), [TakenBack(), Throttled(ATTEMPT, LATER)])

    assert (made.state, made.outcome) == (State.CANCELLED, LetterOutcome.WITHDRAWN)
    assert not any(isinstance(effect, Send | Mail) for effect in effects)


def test_nobodys_mailbox_is_filled_with_links() -> None:
    _, effects = told(letter(), [LinkAsked()] * 10)

    assert len({effect.id for effect in effects if isinstance(effect, Mail)}) == 5


def test_only_what_was_never_confirmed_may_begin_again() -> None:
    assert [state for state in State if letter(state).may_begin_again] == [State.EXPIRED]
    never = {"confirmed_at": None, "content": None}
    assert [state for state in State if letter(state, **never).may_begin_again] == [
        State.EXPIRED, State.SUPPRESSED, State.CANCELLED,
    ]  # fmt: skip
