"""Letters that wait for somebody on our side: looked at often, told of daily, and never forgotten without end."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.campaign import Status as CampaignStatus
from chalicelib.domain.counts import LetterOutcome
from chalicelib.domain.letter import Letter, Reason, State
from chalicelib.domain.letter_events import (
    Alarm,
    Denied,
    Effect,
    Held,
    LinkAsked,
    Mail,
    MailKind,
    OfficePaused,
    OfficeResumed,
    TimePassed,
    Trouble,
)
from chalicelib.domain.letter_machine import advance, next_look
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.mail_facts import Status
from tests.domain.letter_space import letter, said, told
from tests.values import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def looked_at(made: Letter) -> Iterator[tuple[datetime, Letter, tuple[Effect, ...]]]:
    """The letter at each of its looks, until nothing but an event moves it."""
    while (look := next_look(made)) is not None:
        made, effects = advance(made, TimePassed(), Moment(look))
        yield look, made, effects


def mails(effects: tuple[Effect, ...] | list[Effect]) -> list[MailKind]:
    return [effect.kind for effect in effects if isinstance(effect, Mail)]


def test_a_letter_whose_mailbox_rests_is_looked_at_every_hour_for_a_week_and_then_its_writer_is_told() -> (
    None
):
    looks = list(looked_at(told(letter(State.QUEUED), [OfficePaused()])[0]))

    assert [at - NOW for at, _, _ in looks] == [HOUR * number for number in range(1, 7 * 24 + 1)]
    assert {made.state for _, made, _ in looks[:-1]} == {State.TARGET_PAUSED}
    _, last, effects = looks[-1]
    assert (last.state, last.reason, last.aside_at) == (State.CANCELLED, Reason.OFFICE_PAUSED, None)
    assert last.outcome is LetterOutcome.NOT_SENT
    assert mails(effects) == [MailKind.RECEIPT]


def test_another_rest_is_another_week() -> None:
    made, _ = told(letter(State.QUEUED), [OfficePaused()])
    made, _ = told(made, [OfficeResumed(NOW + 6 * DAY)], Moment(NOW + 6 * DAY))
    assert (made.state, made.aside_at) == (State.QUEUED, None)

    made, _ = told(made, [OfficePaused(), TimePassed()], Moment(NOW + 8 * DAY))
    assert (made.state, made.aside_at) == (State.TARGET_PAUSED, NOW + 8 * DAY)


def test_a_second_try_and_old_news_begin_no_new_week() -> None:
    start = letter(State.TARGET_PAUSED, spent=("m-1",))
    made, _ = told(start, [LinkAsked(), said(Status.BOUNCED_SOFT)], Moment(NOW + 6 * DAY))

    assert made.aside_at == NOW
    assert told(made, [TimePassed()], Moment(NOW + 7 * DAY))[0].state is State.CANCELLED


def test_a_letter_for_a_person_is_told_of_each_day_and_over_while_its_text_is_still_kept() -> None:
    looks = list(looked_at(told(letter(State.QUEUED), [Held()])[0]))

    assert [at - NOW for at, _, _ in looks] == [DAY * number for number in range(1, 31)]
    alarms = [effect for _, _, effects in looks for effect in effects if isinstance(effect, Alarm)]
    assert [(alarm.trouble, alarm.is_page) for alarm in alarms] == [(Trouble.HELD_LONG, False)] * 29
    _, last, effects = looks[-1]
    assert (last.state, last.reason, last.outcome) == (
        State.FAILED, Reason.OVERLOOKED, LetterOutcome.NOT_SENT,
    )  # fmt: skip
    assert mails(effects) == [MailKind.RECEIPT]


@pytest.mark.parametrize(
    "state", [State.HELD, State.TARGET_PAUSED], ids=["waits for a person", "waits for a mailbox"]
)
def test_what_waits_when_its_campaign_ends_is_over_at_the_next_look(state: State) -> None:
    made, effects = told(letter(state), [TimePassed()], Moment(NOW + HOUR, CampaignStatus.ENDED))

    assert (made.reason, made.outcome) == (Reason.CAMPAIGN_ENDED, LetterOutcome.NOT_SENT)
    assert mails(effects) == [MailKind.RECEIPT]


@pytest.mark.parametrize("event", [Denied(), TimePassed()], ids=["denied", "overlooked"])
def test_what_the_office_filtered_has_come_back_when_nobody_sends_it_again(
    event: Denied | TimePassed,
) -> None:
    held, _ = told(letter(State.SUBMITTED), [said(Status.BOUNCED_SOFT, detail="ContentRejected")])
    made, effects = told(held, [event], Moment(NOW + 30 * DAY))

    assert (held.state, made.state, made.outcome) == (
        State.HELD, State.BOUNCED_SOFT, LetterOutcome.BOUNCED,
    )  # fmt: skip
    assert mails(effects) == [MailKind.RECEIPT]
