"""What must not happen around a letter: mail to whoever wants none, mail while a campaign or the sender rests."""

from collections.abc import Iterator

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.letter_queue import LetterTurn
from chalicelib.domain.addresses import address
from chalicelib.domain.campaign import Status
from chalicelib.domain.letter import Reason, State
from chalicelib.domain.letter_events import Fault
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.views import posting
from chalicelib.views.letter_committing import address_key
from dev.mail_world import Bounce, Complaint, Delivered, Mailbox
from tests.rehearsal import WRITER, stage
from tests.stories.letter_house import ATLANTA, LetterHouse


@pytest.fixture
def house() -> Iterator[LetterHouse]:
    with stage() as built:
        yield LetterHouse(built)


def is_stopped(house: LetterHouse) -> bool:
    return bool(house.runtime.letters.suppressed([address_key(address(WRITER))]))


def test_a_link_that_bounces_ends_the_letter_and_its_writer_is_refused_kindly(house: LetterHouse) -> None:
    house.mails.next_to(WRITER, Bounce("Permanent", "General", after=2))
    house.write()
    house.world.run_until_idle()

    letter = house.letter_of()
    assert (letter.state, letter.reason, letter.content) == (
        State.SUPPRESSED, Reason.WRITER_SUPPRESSED, None,
    )  # fmt: skip
    with pytest.raises(Refusal) as refused:
        house.write()
    assert refused.value.code is Code.LETTER_NOT_SENT


def test_who_complains_of_a_receipt_gets_no_more_mail_and_a_repeat_stops_nobody_anew(
    house: LetterHouse,
) -> None:
    house.write()
    house.world.run_until_idle()
    house.mails.next_to(WRITER, Delivered(after=1), Complaint("abuse", after=60))
    house.confirm()
    house.play(minutes=30)
    assert is_stopped(house)
    assert house.letter_of().state is State.DELIVERED

    complaint = next(body for body in house.events.sent if '"Complaint"' in body and '"about"' in body)
    house.runtime.letters.table.delete(keys.no_mail(address_key(address(WRITER))))
    house.events.take([complaint])
    house.world.run_until_idle()

    assert not is_stopped(house)


def test_a_paused_campaign_mails_no_writer_until_it_goes_on(house: LetterHouse) -> None:
    house.mails.add(Mailbox(ATLANTA, (Delivered(after=300),)))
    house.write()
    house.world.run_until_idle()
    house.confirm()
    house.world.advance(120)
    assert house.letter_of().state is State.SUBMITTED
    house.set_status(Status.PAUSED)
    # Not until all is idle: what waits for a paused campaign asks again and again.
    house.world.advance(20 * 60)
    assert (house.letter_of().state, house.told()) == (State.DELIVERED, ["confirm"])

    house.set_status(Status.LIVE)
    house.world.advance(20 * 60)

    assert house.told() == ["confirm", "receipt"]


def test_while_the_sender_is_refused_ses_is_not_asked(house: LetterHouse) -> None:
    house.write()
    house.world.run_until_idle()
    house.confirm()
    until = house.runtime.sending.open(Fault.SENDING_PAUSED, house.clock.now()).until
    asked = house.mails.requests["SendEmail"]

    assert until is not None
    house.world.advance((until - house.clock.now()).total_seconds() - 1)
    assert house.mails.requests["SendEmail"] == asked
    house.play(minutes=30)
    assert house.letter_of().state is State.DELIVERED


def test_a_message_that_comes_before_its_time_is_put_back_for_it(house: LetterHouse) -> None:
    house.write()
    house.world.run_until_idle()
    house.confirm()
    while house.letter_of().state is State.CONFIRMED:
        house.world.step()
    known = len(house.letters.sent)

    posting.take(LetterTurn(house.letter_of().id))

    assert len(house.letters.sent) == known + 1
    assert house.letter_of().state is State.QUEUED
    house.world.run_until_idle()
    assert house.copies(house.letter_of()) == 1
