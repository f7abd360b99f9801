"""What a writer hears once a letter is confirmed: where it is, whether the office answered; what they say counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.counts import Channel, LetterAnswer, counted
from chalicelib.domain.letter import Reason, State
from chalicelib.domain.letter_events import Answered, LinkAsked, Mail, MailKind, TimePassed
from chalicelib.domain.letter_machine import next_look
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.mail_facts import Status
from tests.domain.letter_space import LATER, LETTER_ID, actions, letter, said, told
from tests.values import NOW


def test_a_second_try_of_a_confirmed_letter_is_answered_by_mail_and_moves_nothing() -> None:
    start = letter(State.SEND_UNKNOWN)
    made, effects = told(start, [LinkAsked()] * 10, Moment(LATER))

    assert [effect.id for effect in effects if isinstance(effect, Mail)] == [
        f"a-group-again-{number}" for number in range(1, 6)
    ]
    assert {effect.kind for effect in effects if isinstance(effect, Mail)} == {MailKind.AGAIN}
    assert replace(made, again=0) == start, "its time of grace does not begin anew"


@pytest.mark.parametrize("state", State)
def test_whoever_confirmed_is_told_where_their_letter_is_and_nobody_else(state: State) -> None:
    plain = letter(state)
    _, effects = told(plain, [LinkAsked()])
    kinds = [effect.kind for effect in effects if isinstance(effect, Mail)]

    if plain.is_confirmed and plain.content is not None:
        assert kinds == [MailKind.AGAIN]
    elif state in {State.DRAFTED, State.AWAITING_CONFIRM}:
        assert kinds == [MailKind.CONFIRM]
    else:
        assert kinds == []


def test_a_writer_who_wants_no_mail_is_not_told_where_their_letter_is() -> None:
    assert told(letter(State.SUPPRESSED, reason=Reason.WRITER_SUPPRESSED), [LinkAsked()])[1] == []


def test_two_weeks_after_it_was_sent_its_writer_is_asked_once_whether_the_office_answered() -> None:
    two_weeks = NOW + timedelta(days=14)
    start = letter(State.DELIVERED, sent_at=NOW, changed_at=LATER)
    assert next_look(start) == two_weeks
    assert told(start, [TimePassed()], Moment(two_weeks - timedelta(seconds=1))) == (start, [])

    made, effects = told(start, [TimePassed(), TimePassed()], Moment(two_weeks))

    assert effects == [Mail(f"{LETTER_ID}-question", MailKind.QUESTION, LETTER_ID)]
    assert (made.state, made.question_at, next_look(made)) == (State.DELIVERED, two_weeks, None)


@pytest.mark.parametrize(
    "change",
    [{"content": None}, {"wants_no_question": True}, {"answer": LetterAnswer.PERSON}, {"question_at": NOW}],
    ids=["forgotten", "asked not to", "answered already", "asked already"],
)
def test_who_is_forgotten_has_answered_or_wants_no_question_is_not_asked(change: dict[str, Any]) -> None:
    made = letter(State.DELIVERED, sent_at=NOW, **change)

    assert next_look(made) is None
    assert told(made, [TimePassed()], Moment(NOW + timedelta(days=20))) == (made, [])


def test_a_letter_that_came_back_asks_nothing_and_who_was_asked_before_may_still_answer() -> None:
    later = Moment(NOW + timedelta(days=20))
    bounced, _ = told(letter(State.DELIVERED, sent_at=NOW), [said(Status.BOUNCED_HARD)])
    assert told(bounced, [TimePassed(), Answered(LetterAnswer.NOTHING)], later) == (bounced, [])

    asked = letter(State.DELIVERED, sent_at=NOW)
    made, effects = told(
        asked, [TimePassed(), said(Status.BOUNCED_HARD), Answered(LetterAnswer.PERSON)], later
    )
    assert (made.state, made.answer) == (State.BOUNCED_HARD, LetterAnswer.PERSON)
    assert counted(actions(effects, Channel.ANSWERS)).outcomes == {LetterAnswer.PERSON: 1}


def test_an_answer_is_counted_once_and_another_takes_its_place() -> None:
    start = letter(State.DELIVERED, sent_at=NOW, question_at=NOW)
    said_so = [LetterAnswer.NOTHING, LetterAnswer.NOTHING, None, LetterAnswer.PERSON, LetterAnswer.PERSON]
    made, effects = told(start, map(Answered, said_so))

    assert (made.answer, made.wants_no_question, made.outcome) == (LetterAnswer.PERSON, True, start.outcome)
    assert [action.id for action in actions(effects, Channel.ANSWERS)] == [
        f"{LETTER_ID}-answer-0", f"{LETTER_ID}-answer-1",
    ]  # fmt: skip
    assert counted(actions(effects, Channel.ANSWERS)).outcomes == {LetterAnswer.PERSON: 1}
    assert actions(effects) == []


def test_dont_ask_again_counts_nothing() -> None:
    made, effects = told(letter(State.DELIVERED, sent_at=NOW), [Answered(None), Answered(None)])

    assert (made.wants_no_question, made.answer, effects) == (True, None, [])
    assert told(made, [TimePassed()], Moment(NOW + timedelta(days=14)))[1] == []
