"""Beginning a letter, and its links: once for a person and an office, bound to its words, and telling nobody else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.addresses import address
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import Channel, LetterAnswer, LetterOutcome
from chalicelib.domain.letter import Reason, State
from chalicelib.domain.letter_moves import MOST_LINKS
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.tokens import Purpose
from chalicelib.domain.words import Language
from chalicelib.domain.writing import Draft
from chalicelib.views import writing
from chalicelib.views.letter_committing import address_key
from tests.rehearsal import MAILBOXES, SLUG, WRITER, stage
from tests.stories.letter_house import BODY, LetterHouse

OTHER = "luis@people.example"
SOURCE = "192.0.2.7"


@pytest.fixture
def house() -> Iterator[LetterHouse]:
    with stage() as built:
        yield LetterHouse(built, offices=2)


def refused(begin: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        begin()
    return caught.value


def draft(**typed: str) -> Draft:
    usual = {"name": "Ana Writer", "email": WRITER, "zip": "", "office": "", "body": BODY}
    return Draft(**(usual | typed), language=Language.EN)


# Once.


def test_a_double_tap_is_one_letter_and_one_mail(house: LetterHouse) -> None:
    first, second = house.write(), house.write()
    house.world.run_until_idle()

    assert first == second
    assert house.told() == ["confirm"]
    assert len(house.all_letters()) == 1


def test_who_comes_back_later_gets_the_link_again(house: LetterHouse) -> None:
    house.write()
    house.play(minutes=10)
    house.write()
    house.world.run_until_idle()

    assert house.told() == ["confirm", "confirm"]
    assert house.letter_of().links == 2


def test_upper_case_is_the_same_mailbox(house: LetterHouse) -> None:
    house.write(WRITER)
    house.write(WRITER.upper())

    assert len(house.all_letters()) == 1


def test_another_person_and_another_office_are_other_letters(house: LetterHouse) -> None:
    house.write(WRITER)
    house.write(OTHER)
    house.write(WRITER, office="ero-was")

    assert len({letter.id for letter in house.all_letters()}) == 3


def test_a_confirmed_letter_begun_again_stays_as_it_is_and_only_its_mailbox_is_told(
    house: LetterHouse,
) -> None:
    house.sent_to_office(WRITER)
    before = house.letter_of()
    token = house.write(body="Something else entirely.")
    house.world.run_until_idle()

    after = house.letter_of()
    assert (after.state, after.content, after.sent_at) == (before.state, before.content, before.sent_at)
    assert house.told().count("again") == 1
    assert writing.opened(token).purpose is Purpose.SENT
    assert house.copies(after) == 1


def test_begun_again_after_it_expired_it_is_a_new_letter_in_the_same_place(house: LetterHouse) -> None:
    house.write()
    house.play(minutes=8 * 24 * 60, every=60)
    assert house.letter_of().state is State.EXPIRED

    house.sent_to_office(WRITER)

    house.play(minutes=120, every=5)
    letter = house.letter_of()
    assert letter.state is State.DELIVERED
    assert len(house.all_letters()) == 1
    assert house.letter_outcomes() == {LetterOutcome.DELIVERED: 1}
    assert house.difference() == 0


# Bound to its words.


def test_other_words_are_another_link_and_the_old_one_ends(house: LetterHouse) -> None:
    house.write(body="The first words.")
    house.world.run_until_idle()
    old = house.linked(WRITER, Purpose.CONFIRM)
    house.write(body="The second words.")
    house.world.run_until_idle()

    assert refused(lambda: writing.opened(old.token)).code is Code.LETTER_GONE
    new = house.linked(WRITER, Purpose.CONFIRM)
    assert [letter.content.body for letter in new.letters if letter.content] == ["The second words."]


def test_a_confirmation_that_comes_after_other_words_confirms_nothing(house: LetterHouse) -> None:
    house.write(body="The first words.")
    house.world.run_until_idle()
    page = house.linked(WRITER, Purpose.CONFIRM)
    house.write(body="What somebody else put there.")

    writing.confirm(page)

    assert house.letter_of().state is State.AWAITING_CONFIRM


def test_a_link_for_one_purpose_is_none_for_another(house: LetterHouse) -> None:
    token = house.write()
    subject, _, rest = token.partition(".")
    about = writing.opened(token)

    assert about.purpose is Purpose.SENT
    assert refused(lambda: writing.opened(f"{subject[:-1]}x.{rest}")).code is Code.LETTER_GONE
    assert refused(lambda: writing.opened("")).code is Code.LETTER_GONE
    assert refused(lambda: writing.opened("é" * 4000)).code is Code.LETTER_GONE


def test_a_link_ends_after_seven_days(house: LetterHouse) -> None:
    house.write()
    house.world.run_until_idle()
    page = house.linked(WRITER, Purpose.CONFIRM)
    house.world.advance(timedelta(days=7).total_seconds())

    assert refused(lambda: writing.opened(page.token)).code is Code.LETTER_GONE


# Several offices.


def test_one_press_confirms_all_offices(house: LetterHouse) -> None:
    asked = house.runtime.catalog.campaign(SLUG)
    assert asked is not None
    letter = replace(asked.letter, offices=("ero-was", "ero-atl"))
    house.runtime.catalog.apply(replace(asked, letter=letter), house.clock.now())
    house.world.advance(6)

    house.sent_to_office(WRITER)
    house.play(minutes=30)

    assert house.told().count("confirm") == 1
    assert [len(house.mails_to(MAILBOXES[office])) for office in ("ero-atl", "ero-was")] == [1, 1]
    assert house.letter_outcomes() == {LetterOutcome.DELIVERED: 2}


def test_a_letter_confirmed_before_keeps_no_other_from_being_confirmed(house: LetterHouse) -> None:
    house.sent_to_office(WRITER)
    asked = house.runtime.catalog.campaign(SLUG)
    assert asked is not None
    letter = replace(asked.letter, offices=("ero-atl", "ero-was"))
    house.runtime.catalog.apply(replace(asked, letter=letter), house.clock.now())
    house.world.advance(6)

    house.sent_to_office(WRITER)
    house.play(minutes=30)

    assert [house.told().count(kind) for kind in ("confirm", "again")] == [2, 1]
    assert [len(house.mails_to(MAILBOXES[office])) for office in ("ero-atl", "ero-was")] == [1, 1]
    assert house.letter_outcomes() == {LetterOutcome.DELIVERED: 2}


def test_two_offices_with_one_mailbox_get_one_letter(house: LetterHouse) -> None:
    asked = house.runtime.catalog.campaign(SLUG)
    assert asked is not None
    atlanta, washington = asked.offices
    twin = replace(washington, mailboxes=atlanta.mailboxes)
    letter = replace(asked.letter, offices=("ero-atl", "ero-was"))
    house.runtime.catalog.remove_office("ero-was")
    house.runtime.catalog.put_office(twin)
    house.runtime.catalog.apply(replace(asked, letter=letter, offices=(atlanta, twin)), house.clock.now())
    house.world.advance(6)

    house.sent_to_office(WRITER)
    house.play(minutes=30)

    assert len(house.mails_to(MAILBOXES["ero-atl"])) == 1
    assert house.letter_of(office="ero-was").state is State.DUPLICATE
    assert house.letter_outcomes() == {LetterOutcome.DELIVERED: 1, LetterOutcome.NOT_SENT: 1}


# Where it goes.


def test_an_office_without_a_checked_mailbox_is_written_to_by_post(house: LetterHouse) -> None:
    house.world.advance(timedelta(days=31).total_seconds())
    campaign = house.runtime.campaign(SLUG)
    assert campaign is not None

    found = writing.addressees(campaign, "", "")

    assert (found.offices, [office.id for office in found.by_post]) == ((), ["ero-atl"])
    assert refused(house.write).code is Code.NO_MAILBOX


@pytest.mark.parametrize(
    ("typed", "code", "field"),
    [
        ({"name": ""}, Code.NAME_MISSING, "name"),
        ({"email": "ana"}, Code.EMAIL_MALFORMED, "email"),
        ({"zip": "1"}, Code.ZIP_MALFORMED, "zip"),
        ({"office": "nowhere"}, Code.OFFICE_UNKNOWN, "office"),
        ({"body": " "}, Code.LETTER_EMPTY, "body"),
        ({"zip": "09012"}, Code.OFFICE_UNCLEAR, "office"),
    ],
)
def test_what_cant_be_sent_is_said_and_nothing_is_kept(
    house: LetterHouse, typed: dict[str, str], code: Code, field: str
) -> None:
    found = refused(lambda: writing.begin(SLUG, draft(**typed), SOURCE))

    assert (found.code, found.field) == (code, field)
    assert house.all_letters() == []


@pytest.mark.parametrize(
    ("status", "code"), [(Status.PAUSED, Code.CAMPAIGN_PAUSED), (Status.ENDED, Code.CAMPAIGN_ENDED)]
)
def test_a_campaign_that_rests_begins_no_letter(house: LetterHouse, status: Status, code: Code) -> None:
    house.set_status(Status.PAUSED)
    house.set_status(status)

    assert refused(house.write).code is code


# Not too many.


def test_a_mailbox_gets_only_so_many_letters_begun_a_day(house: LetterHouse) -> None:
    for number in range(house.runtime.config.letters_per_address):
        house.write(body=f"Letter {number}.")

    found = refused(lambda: house.write(body="One more."))

    assert (found.code, found.field) == (Code.TOO_MANY_LETTERS, "email")
    assert found.try_again is not None
    house.write(OTHER)


def test_the_link_is_mailed_again_a_few_times_only(house: LetterHouse) -> None:
    about = writing.opened(house.write())
    for _ in range(MOST_LINKS - 1):
        writing.resend(writing.opened(about.token))
    house.world.run_until_idle()

    found = refused(lambda: writing.resend(writing.opened(about.token)))

    assert found.code is Code.TOO_MANY_LETTERS
    assert house.told() == ["confirm"] * MOST_LINKS


# No more mail.


def test_who_wants_no_more_mail_gets_none_and_is_refused_kindly(house: LetterHouse) -> None:
    house.sent_to_office(WRITER)
    house.play(minutes=30)
    about = house.linked(WRITER, Purpose.UNSUBSCRIBE)

    writing.unsubscribe(about)
    writing.unsubscribe(writing.opened(about.token))
    known = len(house.told())
    house.play(minutes=20 * 24 * 60, every=60)

    assert len(house.told()) == known
    assert refused(lambda: house.write(office="ero-was")).code is Code.LETTER_NOT_SENT


def test_a_letter_that_was_confirmed_goes_its_way_without_further_mail(house: LetterHouse) -> None:
    house.write()
    house.world.run_until_idle()
    house.confirm()
    house.runtime.letters.suppress(address_key(address(WRITER)), None, "test", house.clock.now())
    house.play(minutes=30)

    assert house.letter_of().state is State.DELIVERED
    assert house.told() == ["confirm"]


# After it was confirmed.


def test_taken_back_in_time_it_never_leaves(house: LetterHouse) -> None:
    house.write()
    house.world.run_until_idle()
    house.confirm()
    writing.take_back(writing.opened(writing.following(house.linked(WRITER, Purpose.CONFIRM))))
    house.play(minutes=60)

    letter = house.letter_of()
    assert (letter.state, letter.reason, house.copies(letter)) == (State.CANCELLED, Reason.WITHDRAWN, 0)
    assert house.letter_outcomes() == {LetterOutcome.WITHDRAWN: 1}


def test_deleted_before_it_was_confirmed_nothing_is_left_of_it(house: LetterHouse) -> None:
    house.write()
    house.world.run_until_idle()
    writing.take_back(house.linked(WRITER, Purpose.CONFIRM))

    assert house.letter_of().content is None
    assert house.letter_outcomes() == {}
    assert BODY not in str(house.rows())


def test_an_answer_is_counted_once_and_the_last_one_holds(house: LetterHouse) -> None:
    house.sent_to_office(WRITER)
    house.play(minutes=15 * 24 * 60, every=60)
    about = house.linked(WRITER, Purpose.ANSWER)

    for given in (LetterAnswer.NOTHING, LetterAnswer.NOTHING, LetterAnswer.PERSON, None):
        writing.answer(writing.opened(about.token), given)

    tally = house.runtime.store.tally(SLUG, Channel.ANSWERS)
    assert dict(tally.outcomes) == {LetterAnswer.PERSON: 1}
    assert house.told().count("question") == 1
    assert house.difference() == 0


def test_a_letter_full_of_web_addresses_waits_for_a_person(house: LetterHouse) -> None:
    house.write(body="https://a.example https://b.example https://c.example")
    house.world.run_until_idle()
    house.confirm()
    house.play(minutes=60)

    letter = house.letter_of()
    assert (letter.state, letter.reason, house.copies(letter)) == (State.HELD, Reason.SUSPICIOUS, 0)
