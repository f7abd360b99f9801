"""What SES says of a mail to a letter's writer: whether they get any more, and what becomes of their letter."""

import pytest

from chalicelib.domain.letter import State
from chalicelib.domain.letter_events import FoundSuppressed, Mail
from chalicelib.domain.mail_facts import Status
from chalicelib.domain.ses_events import MailEvent, Report, read
from chalicelib.domain.writer_mail_events import Why, news_for, why_stopped
from tests.domain.letter_space import LETTER_ID, letter, take, told
from tests.values import NOW

WRITERS = "maria@example.org"


def event(*statuses: Status | None, address: str | None = WRITERS) -> MailEvent:
    reports = tuple(Report(address, status) for status in statuses)
    return MailEvent("Bounce", "m-1", NOW, reports=reports, mail="confirm", about=LETTER_ID)


@pytest.mark.parametrize("address", [WRITERS, None], ids=["named", "nobody named"])
@pytest.mark.parametrize(
    ("status", "why"),
    [
        (Status.BOUNCED_HARD, Why.NO_MAILBOX), (Status.SUPPRESSED, Why.SUPPRESSED), (Status.COMPLAINED, Why.COMPLAINED),
        (Status.BOUNCED_SOFT, None), (Status.DELAYED, None), (Status.REJECTED, None), (Status.DELIVERED, None),
        (Status.SUBMITTED, None), (None, None),
    ],
)  # fmt: skip
def test_only_what_is_the_addresss_own_fault_or_wish_stops_mail_to_it(
    status: Status | None, why: Why | None, address: str | None
) -> None:
    assert why_stopped(event(status, address=address)) is why


def test_of_several_reasons_the_strongest_is_kept_and_an_event_without_reports_has_none() -> None:
    assert why_stopped(event(Status.BOUNCED_HARD, Status.COMPLAINED, None)) is Why.COMPLAINED
    assert why_stopped(event()) is None


@pytest.mark.parametrize("state", State)
def test_a_confirmed_letter_goes_its_way_and_another_is_over(state: State) -> None:
    made = letter(state)
    news = news_for(made)

    assert (news is None) == made.is_confirmed
    if state is State.AWAITING_CONFIRM:
        assert news == FoundSuppressed(is_writer=True)


def test_what_could_not_be_confirmed_is_forgotten_and_may_be_begun_again_once_its_writer_gets_mail() -> None:
    start = letter(State.AWAITING_CONFIRM)
    news = news_for(start)
    assert news is not None
    made, effects = told(start, [news, news])

    assert (made.state, made.content, made.outcome) == (State.SUPPRESSED, None, None)
    assert not any(isinstance(effect, Mail) for effect in effects)
    assert made.may_begin_again
    assert take(made, news).after is made


def test_a_mail_to_a_writer_is_known_by_its_own_tags_and_is_no_letters() -> None:
    body = {
        "eventType": "Complaint",
        "mail": {"timestamp": "2026-11-24T15:00:00Z", "messageId": "m-1",
                 "tags": {"mail": ["receipt"], "about": [LETTER_ID], "ses:operation": ["SendEmail"]}},
        "complaint": {"timestamp": "2026-11-24T15:00:00Z"},
    }  # fmt: skip
    found = read(body)

    assert (found.letter, found.mail, found.about) == (None, "receipt", LETTER_ID)
    assert why_stopped(found) is Why.COMPLAINED
