"""Other people's defects that need the whole app to be seen (letters.md §2); the others are in tests/domain.

D3 is in test_letter_batches, D10 in test_killed_senders, D11 and D12 in test_letter_pace, D14 in test_letter_pages.
"""

import json
from collections.abc import Iterator

import pytest

from chalicelib.domain.counts import LetterOutcome
from chalicelib.domain.letter import State
from chalicelib.domain.letter_events import Erased
from chalicelib.runtime import Runtime
from chalicelib.views.letter_committing import address_key, happened
from dev.mail_world import Complaint, Delivered, Faults, Mailbox, SenderTrouble, SendFault
from tests.rehearsal import WRITER, sweep
from tests.stories.letter_house import ATLANTA, OFFICE, LetterHouse

PEOPLE = [f"person{n}@people.example" for n in range(5)]


@pytest.fixture
def house(built: Runtime) -> Iterator[LetterHouse]:
    sweep()
    made = LetterHouse(built, an_hour=10**6)
    yield made
    assert made.difference() == 0
    assert made.mails.complaints == []


def asked(house: LetterHouse) -> int:
    """How often SES was asked to send to an office or a writer, whatever it said."""
    return sum(entry.operation == "SendEmail" for entry in house.mails.wire)


def confirmed(house: LetterHouse, *emails: str) -> None:
    """These people's letters are confirmed, and nothing has come of that yet."""
    for email in emails:
        house.write(email)
    house.world.run_until_idle()
    for email in emails:
        house.confirm(email)


def test_d1_the_same_letter_in_one_batch_and_the_next_is_sent_once(house: LetterHouse) -> None:
    house.letters.copies = lambda: (0.0, 0.0, 5.0, 3600.0)
    for _ in range(3):
        house.write()
        house.world.run_until_idle()
        house.confirm()
        house.world.run_until_idle()

    assert [(each.state, house.copies(each)) for each in house.all_letters()] == [(State.DELIVERED, 1)]
    assert house.letter_outcomes() == {LetterOutcome.DELIVERED: 1}


@pytest.mark.parametrize("fault", [SendFault.unreachable(), SendFault.reset(accepted=False)])
def test_d2_in_an_outage_of_an_hour_nothing_counts_as_sent_and_all_leaves_later(
    house: LetterHouse, fault: SendFault
) -> None:
    confirmed(house, *PEOPLE)
    house.mails.faults = Faults(decide_send=lambda _nth: fault)
    for _ in range(12):
        house.world.advance(300)
        house.post_letters()
    assert {each.state for each in house.all_letters()} <= {State.QUEUED, State.SEND_UNKNOWN}
    assert house.mails.ledger("letter") == {}

    house.mails.faults = Faults()
    for _ in range(12):
        house.world.advance(300)
        house.post_letters()
    house.world.run_until_idle()

    assert {(each.state, house.copies(each)) for each in house.all_letters()} == {(State.DELIVERED, 1)}


def test_d6_a_complaint_that_comes_five_times_is_one_and_a_person_is_called_once(
    house: LetterHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house.mails.add(Mailbox(ATLANTA, (Delivered(2), Complaint("abuse", after=60))))
    house.sent_to_office(WRITER)
    complaint = next(body for body in house.events.sent if '"Complaint"' in body)
    for _ in range(5):
        house.events.take([complaint])
    house.world.run_until_idle()

    calls = [record for record in caplog.records if record.getMessage() == "a letter needs a person"]
    said = [getattr(record, "why", None) for record in calls]
    assert said == ["complaint"]
    assert house.letter_outcomes() == {LetterOutcome.COMPLAINED: 1}
    assert [row["type"]["S"] for row in house.rows()].count("no_mail") == 1


@pytest.mark.parametrize("who", [ATLANTA, WRITER])
def test_d9_ses_is_not_asked_to_write_to_an_address_on_our_own_list(house: LetterHouse, who: str) -> None:
    confirmed(house, WRITER)
    before = asked(house)
    house.runtime.letters.suppress(address_key(who), None, "test", house.clock.now())
    house.world.run_until_idle()

    to = [mail.to[0] for mail in house.mails.accepted][before:]
    assert who not in to
    assert asked(house) - before == len(to) == 1, "the other of the two is written to"


@pytest.mark.parametrize("trouble", SenderTrouble)
def test_d19_while_ses_refuses_the_sender_no_letter_fails_and_all_go_later(
    house: LetterHouse, trouble: SenderTrouble
) -> None:
    confirmed(house, *PEOPLE)
    before = asked(house)
    house.mails.sender = trouble
    house.world.advance(600)
    letters = house.all_letters()
    assert {(each.state, each.attempts) for each in letters} == {(State.QUEUED, 0)}
    assert asked(house) - before <= 2, "the circuit is open for all after the first"

    house.mails.sender = None
    house.world.run_until_idle()
    assert {(each.state, each.attempts, house.copies(each)) for each in house.all_letters()} == {
        (State.DELIVERED, 1, 1)
    }


def test_d20_a_letter_that_is_forgotten_does_not_go_again(house: LetterHouse) -> None:
    house.sent_to_office(WRITER)
    happened(house.letter_of().id, Erased())
    told = house.told()

    house.write()
    house.world.run_until_idle()

    letter = house.letter_of()
    assert (letter.state, letter.content, house.copies(letter)) == (State.ERASED, None, 1)
    assert (house.told(), house.letter_outcomes()) == (told, {LetterOutcome.DELIVERED: 1})
    assert WRITER not in json.dumps(house.rows(), default=str)
    assert letter.office == OFFICE
