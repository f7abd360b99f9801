"""A letter to an office with several mailboxes: what it is not sent to, it waits for no more."""

from datetime import timedelta

from chalicelib.domain.letter import State
from chalicelib.domain.letter_events import Leased
from chalicelib.domain.mail_facts import Recipient, Status
from tests.domain.letter_space import ATTEMPT, LATER, OFFICE, SECOND, known, letter, said, told


def test_a_mailbox_it_is_not_sent_to_is_waited_for_no_more() -> None:
    two = letter(State.QUEUED, recipients=(Recipient(OFFICE), Recipient(SECOND)))

    made, _ = told(two, [Leased(ATTEMPT, LATER, (OFFICE,)), said(Status.BOUNCED_HARD)])

    assert [each.address for each in made.recipients] == [OFFICE]
    assert made.state is State.BOUNCED_HARD


def test_a_mailbox_of_which_something_is_known_stays_with_the_letter() -> None:
    two = letter(State.QUEUED, recipients=(known(OFFICE, Status.DELIVERED), Recipient(SECOND)))

    made, _ = told(two, [Leased(ATTEMPT, LATER, (SECOND,))])

    assert [each.address for each in made.recipients] == [OFFICE, SECOND]


def test_a_letter_sent_to_all_keeps_all() -> None:
    two = letter(State.QUEUED, recipients=(Recipient(OFFICE), Recipient(SECOND)))

    made, _ = told(two, [Leased(ATTEMPT, LATER + timedelta(minutes=1))])

    assert made.recipients == two.recipients
