"""An office with two mailboxes, one of which rests; a line longer than words are kept; a schedule that slept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.counts import LetterOutcome
from chalicelib.domain.letter import State
from chalicelib.domain.limits import day_after
from chalicelib.domain.office import Mailbox
from chalicelib.views.letter_committing import address_key
from dev import mail_world
from tests.rehearsal import WRITER, stage
from tests.stories.letter_house import ATLANTA, OFFICE, LetterHouse

SECOND = "second@atlanta.example"


@pytest.fixture
def house() -> Iterator[LetterHouse]:
    with stage() as built:
        yield LetterHouse(built)


def test_a_mailbox_that_rests_keeps_nobody_waiting_for_it(house: LetterHouse) -> None:
    asked = house.runtime.campaign(house.slug)
    assert asked is not None
    today = house.clock.now().date()
    two = replace(asked.offices[0], mailboxes=(Mailbox(ATLANTA, today), Mailbox(SECOND, today)))
    house.runtime.catalog.remove_office(OFFICE)
    house.runtime.catalog.put_office(two)
    house.runtime.catalog.relist()
    house.world.advance(6)
    rests = house.runtime.letters.resting_write(
        OFFICE, address_key(SECOND), "no such mailbox", house.clock.now()
    )
    house.dynamodb.put_item(**rests["Put"])
    house.mails.add(mail_world.Mailbox(ATLANTA, (mail_world.Bounce("Permanent", "General", after=2),)))

    house.sent_to_office(WRITER)
    house.play(minutes=30)

    letter = house.letter_of()
    assert [each.address for each in letter.recipients] == [ATLANTA]
    assert (letter.state, letter.outcome) == (State.BOUNCED_HARD, LetterOutcome.BOUNCED)
    assert house.mails_to(SECOND) == []


def test_a_line_longer_than_words_are_kept_ends_without_a_letter_and_says_so(house: LetterHouse) -> None:
    house.write()
    house.world.run_until_idle()
    late = house.clock.now() + timedelta(days=120)
    house.runtime.sending.line(house.runtime.campaign(house.slug).offices[0], late, 0.0, 12)  # type: ignore[union-attr]
    house.confirm()
    house.world.run_until_idle()
    assert house.letter_of().state is State.QUEUED

    house.world.advance(timedelta(days=119).total_seconds())
    house.play(minutes=3 * 24 * 60, every=60)

    letter = house.letter_of()
    assert (letter.state, letter.content, house.copies(letter)) == (State.CANCELLED, None, 0)
    assert house.letter_outcomes() == {LetterOutcome.WITHDRAWN: 1}


def test_a_letter_whose_schedule_slept_for_ten_days_is_looked_at_within_a_day(house: LetterHouse) -> None:
    house.write()
    house.world.run_until_idle()
    house.world.advance(timedelta(days=10).total_seconds())
    house.play(minutes=3)
    assert house.letter_of().state is State.AWAITING_CONFIRM

    house.world.advance((day_after(house.clock.now()) - house.clock.now()).total_seconds() - 30)
    house.play(minutes=2)

    assert house.letter_of().state is State.EXPIRED
