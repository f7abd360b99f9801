"""Whether the office answered: asked of a letter's writer once, two weeks later, and counted as they say.

Each function is one row of `letter_machine`'s table. An answer is an Action of its own channel: it moves no count of
letters. It is the writer's word, so another one takes the place of the last.
"""

from datetime import datetime, timedelta

from chalicelib.domain.counts import Action, Basis, Channel, action_id
from chalicelib.domain.letter import Letter, State
from chalicelib.domain.letter_events import Answered, Count, Mail, MailKind, TimePassed
from chalicelib.domain.letter_moves import Change, Moment, moved

QUESTION_AFTER = timedelta(days=14)
"""From when the letter was sent; who wrote twice as long ago has forgotten it."""


def question_due(letter: Letter) -> datetime | None:
    """Return when the writer of a delivered letter is asked; None: never (again), or nobody is left to be asked."""
    is_over = letter.question_at is not None or letter.answer is not None or letter.wants_no_question
    if is_over or letter.content is None:
        return None
    return (letter.sent_at or letter.changed_at) + QUESTION_AFTER


def delivered_long_ago(letter: Letter, _event: TimePassed, moment: Moment) -> Change:
    """Ask whether the office answered."""
    due = question_due(letter)
    if due is None or moment.now < due:
        return letter, ()
    after = moved(letter, moment, question_at=moment.now)
    return after, (Mail(f"{letter.id}-question", MailKind.QUESTION, letter.id),)


def answered(letter: Letter, event: Answered, moment: Moment) -> Change:
    """Count what the writer says; of a letter that came back only if they were asked before it did."""
    if letter.state is not State.DELIVERED and letter.question_at is None:
        return letter, ()
    if event.answer is None:
        return (letter if letter.wants_no_question else moved(letter, moment, wants_no_question=True)), ()
    if event.answer is letter.answer:
        return letter, ()
    after = moved(letter, moment, answer=event.answer, answers=letter.answers + 1)
    return after, (Count(_action(letter, event, moment.now)),)


def _action(letter: Letter, event: Answered, at: datetime) -> Action:
    assert event.answer is not None
    return Action(
        id=action_id(f"{letter.id}-answer", letter.answers),
        campaign=letter.campaign,
        channel=Channel.ANSWERS,
        office=letter.office,
        outcome=event.answer,
        basis=Basis.KEY,
        seconds=0,
        at=at,
        instead_of=letter.answer,
        language=letter.language,
    )
