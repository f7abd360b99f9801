"""What the letters' table promises, on three implementations of it: moto, ministack and DynamoDB Local."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.letter_items import WORDS_KEPT
from chalicelib.adapters.letters import Changed, Letters
from chalicelib.adapters.store import Repeated, Stale, Store
from chalicelib.adapters.table import read
from chalicelib.domain.counts import (
    Channel,
    LetterAnswer,
    counted,
    difference,
    shard,
)
from chalicelib.domain.letter import Letter, Reason, State, begun_again
from chalicelib.domain.letter_events import (
    Accepted,
    Answered,
    Confirmed,
    Erased,
    Event,
    LinkAsked,
    TakenBack,
    TimePassed,
)
from chalicelib.domain.letter_machine import advance, next_look
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.mail_facts import Recipient, Status
from tests.domain.letter_space import CONTENT, LATER, OFFICE, SECOND, known, letter, said
from tests.hours import require_same_hours
from tests.stores import fresh_table
from tests.values import NOW

SECOND_LONG = timedelta(seconds=1)
DAY = timedelta(days=1)
CAMPAIGN = letter().campaign
MARIA, PEDRO = "0" * 32, "1" * 32


@pytest.fixture
def letters(backend: Any) -> Letters:
    return Letters(fresh_table(backend))


def begun(letters: Letters, **changes: Any) -> Letter:
    """A letter in the table, waiting for its writer."""
    return happened(letters, letter(**changes), LinkAsked())


def happened(letters: Letters, before: Letter, *events: Event, now: datetime = NOW) -> Letter:
    """Each event in a commit of its own."""
    for event in events:
        (before,) = letters.commit([decided(before, event, now)])
    return before


def decided(before: Letter, event: Event, now: datetime = NOW) -> Changed:
    return Changed(before, *advance(before, event, Moment(now)))


def tally(letters: Letters, channel: Channel = Channel.LETTERS) -> dict[str, int]:
    store = Store(letters.table)
    tallied, ledger = (
        store.tally(CAMPAIGN, channel),
        counted(a for a in store.actions() if a.channel is channel),
    )
    assert difference(ledger, tallied) == 0
    require_same_hours(letters.table, list(store.actions()))
    assert tallied.tally == sum(tallied.outcomes.values())
    return {outcome.value: number for outcome, number in tallied.outcomes.items()}


def items(letters: Letters) -> int:
    return sum(1 for kind in ("letter", "letter_words", "group", "letter_due", "action", "tally", "mail", "mail_event",
                              "no_mail", "resting") for _ in letters.table.scan(kind))  # fmt: skip


def has_taken(letters: Letters) -> bool:
    return letters.table.get(keys.mail_event("an-event")) is not None


def due(letters: Letters, now: datetime) -> list[str]:
    return [letter_id for _, letter_id in letters.due(now)]


# Letters come back.


def test_a_letter_comes_back_as_it_was_written_with_its_words(letters: Letters) -> None:
    rich = letter(
        State.QUEUED, recipients=(known(OFFICE, Status.DELAYED, Status.SUBMITTED), Recipient(SECOND)), spent=("m-0",),
        not_before=LATER, attempts=2, aside_at=NOW, question_at=NOW, answer=LetterAnswer.PERSON, answers=3, again=1,
        wants_no_question=True, is_unwanted=True, reason=Reason.FILTERED, sent_at=NOW,
    )  # fmt: skip
    (written,) = letters.commit([Changed(letter(), rich)])

    assert written == replace(rich, version=1)
    assert letters.letter(rich.id, NOW) == written
    assert list(letters.all(NOW)) == [replace(written, content=None)]


def test_who_wrote_it_stands_in_no_item_but_its_words(letters: Letters) -> None:
    made = begun(letters)
    letters.commit([decided(made, Confirmed())], [letters.grouping(made.group, [made.id])])
    pages = letters.table.client.get_paginator("scan").paginate(TableName=letters.table.name)
    stored = [read(item) for page in pages for item in page["Items"]]

    told = {
        item["type"] for item in stored if any(word in repr(item) for word in ("María", "maria", "neighbor"))
    }
    assert told == {"letter_words"}
    assert "letter" in {item["type"] for item in stored}


def test_letters_come_in_the_order_they_are_asked_for_without_those_that_are_not_there(
    letters: Letters,
) -> None:
    for name in ("a", "b", "c"):
        begun(letters, id=name)

    assert [each.id for each in letters.letters(["c", "nobody", "a"], NOW)] == ["c", "a"]
    assert letters.letters([], NOW) == ()
    assert letters.letter("nobody", NOW) is None
    assert letters.group("nobody", NOW) == ()


# Together or not at all.


def test_a_letter_is_begun_once(letters: Letters) -> None:
    made = begun(letters)
    before = items(letters)

    with pytest.raises(Stale):
        letters.commit([decided(letter(), LinkAsked())], [letters.grouping("another", ["x"])])

    assert letters.letter(made.id, NOW) == made
    assert (letters.group("another", NOW), items(letters)) == ((), before)


def test_a_stale_commit_writes_nothing_at_all(letters: Letters) -> None:
    made = begun(letters)
    now_confirmed = happened(letters, made, Confirmed())
    before = items(letters)

    with pytest.raises(Stale):
        letters.commit(
            [decided(made, TakenBack()), decided(letter(id="another"), LinkAsked())],
            [letters.suppressing(MARIA, None, "test", NOW), letters.taking("an-event", NOW)],
        )

    assert letters.letter(made.id, NOW) == now_confirmed
    assert (items(letters), letters.suppressed([MARIA]), has_taken(letters)) == (
        before, frozenset(), False,
    )  # fmt: skip


def test_one_stale_letter_stops_its_whole_group(letters: Letters) -> None:
    one, other = begun(letters, id="a"), begun(letters, id="b")
    happened(letters, other, TakenBack())

    with pytest.raises(Stale):
        letters.commit([decided(one, Confirmed()), decided(other, Confirmed())])

    assert letters.letter("a", NOW) == one
    assert tally(letters) == {}


def test_d6_what_was_taken_before_changes_nothing_and_says_so(letters: Letters) -> None:
    made = happened(letters, begun(letters), Confirmed())
    letters.commit([], [letters.taking("an-event", NOW)])
    before = items(letters)

    with pytest.raises(Repeated):
        letters.commit([decided(made, TakenBack())], [letters.taking("an-event", NOW)])

    assert has_taken(letters)
    assert (letters.letter(made.id, NOW), items(letters)) == (made, before)


def test_a_letter_that_does_not_change_is_left_alone(letters: Letters) -> None:
    one, other = begun(letters, id="a"), begun(letters, id="b")

    written = letters.commit([Changed(one, one), decided(other, TakenBack())])

    assert written[0] is one
    assert [each.version for each in written] == [1, 2]
    assert letters.letter("a", NOW) == one
    assert letters.commit([Changed(one, one)]) == (one,)
    assert letters.commit([]) == ()


def test_an_event_is_taken_with_the_change_it_makes(letters: Letters) -> None:
    made = happened(letters, begun(letters), Confirmed())
    (after,) = letters.commit([decided(made, TakenBack())], [letters.taking("an-event", NOW)])

    assert after.state is State.CANCELLED
    assert has_taken(letters)


# Counts.


def test_d4_a_correction_takes_one_off_what_it_corrects_and_the_sum_stays(letters: Letters) -> None:
    made = happened(letters, begun(letters), Confirmed())
    assert tally(letters) == {"on_its_way": 1}

    made = happened(letters, replace(made, state=State.SUBMITTED), said(Status.DELIVERED))
    assert tally(letters) == {"delivered": 1}

    made = happened(
        letters, made, said(Status.BOUNCED_HARD), said(Status.BOUNCED_HARD), said(Status.DELIVERED)
    )
    assert (tally(letters), made.counted) == ({"bounced": 1}, 3)


def on_one_shard(number: int, action: int = 0) -> list[str]:
    """Ids of letters whose first actions (or a later one) are summed in one place."""
    found = (name for name in map("letter-{}".format, count()) if shard(f"{name}-{action}") == 0)
    return [next(found) for _ in range(number)]


def test_letters_of_a_group_on_one_shard_of_the_tally_are_counted_in_one_transaction(
    letters: Letters,
) -> None:
    made = [begun(letters, id=name, office=f"ero-{name}") for name in on_one_shard(3)]

    letters.commit([decided(each, Confirmed()) for each in made])

    assert tally(letters) == {"on_its_way": 3}


def test_moves_that_make_up_for_each_other_on_one_shard_leave_the_sums(letters: Letters) -> None:
    one = happened(letters, begun(letters, id=on_one_shard(1, 1)[0]), Confirmed())
    other = happened(letters, begun(letters, id=on_one_shard(2, 2)[1]), Confirmed(), TakenBack())
    assert tally(letters) == {"on_its_way": 1, "withdrawn": 1}

    went_after_all = decided(other, Accepted("an-attempt", "m-1"))
    letters.commit([decided(one, TakenBack()), went_after_all])

    assert went_after_all.after.state is State.SUBMITTED
    assert tally(letters) == {"on_its_way": 1, "withdrawn": 1}


def test_what_a_writer_answers_is_counted_beside_the_letters(letters: Letters) -> None:
    made = happened(letters, begun(letters), Confirmed())
    made = happened(letters, replace(made, state=State.SUBMITTED), said(Status.DELIVERED))

    for answer in (LetterAnswer.NOTHING, None, LetterAnswer.PERSON):
        made = happened(letters, made, Answered(answer))

    assert tally(letters, Channel.ANSWERS) == {"answered_by_person": 1}
    assert tally(letters) == {"delivered": 1}
    assert letters.letter(made.id, NOW) == made


# Words.


def test_words_go_with_forgetting_and_the_letter_stays(letters: Letters) -> None:
    made = happened(letters, begun(letters), Confirmed(), Erased())

    assert made.content is None
    assert letters.table.get(keys.letter_words(made.id)) is None
    assert letters.letter(made.id, NOW) == made


def test_d20_a_forgotten_letter_is_not_begun_again(letters: Letters) -> None:
    made = happened(letters, begun(letters), Confirmed(), Erased())

    with pytest.raises(Stale):
        begun(letters)

    assert list(letters.all(NOW)) == [made]


def test_who_begins_again_has_their_new_words_kept(letters: Letters) -> None:
    gone = happened(letters, begun(letters), TimePassed(), TimePassed(), now=NOW + 8 * DAY)
    assert (gone.state, letters.table.get(keys.letter_words(gone.id))) == (State.EXPIRED, None)

    fresh = letter(content=replace(CONTENT, body="Other words"), created_at=NOW + 9 * DAY)
    asked = decided(begun_again(gone, fresh), LinkAsked(), NOW + 9 * DAY)
    (again,) = letters.commit([replace(asked, before=gone)])

    found = letters.letter(gone.id, NOW + 9 * DAY)
    assert found == again
    assert found.content is not None
    assert found.content.body == "Other words"


def test_words_whose_time_is_over_are_gone_though_their_item_is_still_there(letters: Letters) -> None:
    made = begun(letters)

    assert letters.letter(made.id, NOW + WORDS_KEPT - SECOND_LONG) == made
    assert letters.letter(made.id, NOW + WORDS_KEPT) == replace(made, content=None)
    assert letters.table.get(keys.letter_words(made.id)) is not None


# Looks.


def test_a_letter_is_due_when_its_next_look_has_come_and_not_before(letters: Letters) -> None:
    made = begun(letters)
    look = next_look(made)
    assert look == NOW + 3 * DAY

    assert due(letters, look - SECOND_LONG) == []
    ((key, letter_id),) = letters.due(look)
    letters.seen(key)
    assert (letter_id, due(letters, look)) == (made.id, [])


def test_each_commit_that_moves_the_look_leaves_one_and_others_none(letters: Letters) -> None:
    made = happened(letters, begun(letters), Confirmed())
    look = next_look(made)
    assert look is not None
    assert due(letters, look) == [made.id]

    happened(letters, replace(made, recipients=(known(OFFICE),)), LinkAsked())
    assert due(letters, look) == [made.id], "a second try moves no look"


def test_looks_are_found_across_the_hour_and_after_a_sleep(letters: Letters) -> None:
    at = datetime(2026, 11, 24, 15, 59, 30, tzinfo=UTC)
    letters.watch("before", at)
    letters.watch("after", at + timedelta(minutes=1))

    assert due(letters, at) == ["before"]
    assert due(letters, at + timedelta(minutes=1)) == ["before", "after"]
    woken = datetime(2026, 11, 25, 9, 17, tzinfo=UTC)
    assert any(due(letters, woken + timedelta(minutes=minute)) == ["before", "after"] for minute in range(60))


# Whom nothing reaches.


def test_who_gets_no_mail_is_known_for_all_or_for_one_campaign(letters: Letters) -> None:
    letters.suppress(MARIA, None, "asked for no more mail", NOW)
    letters.suppress(PEDRO, "families-28", "said by its server", NOW)
    letters.suppress(PEDRO, "families-28", "said by its server", NOW)

    assert letters.suppressed([MARIA, PEDRO, MARIA]) == {MARIA}
    assert letters.suppressed([MARIA, PEDRO], "families-28") == {MARIA, PEDRO}
    assert letters.suppressed([PEDRO], "another") == frozenset()
    assert letters.suppressed([]) == letters.suppressed(["nobody"], "families-28") == frozenset()


def test_many_addresses_are_asked_at_once(letters: Letters) -> None:
    everybody = [f"{number:032}" for number in range(40)]
    for each in everybody[::15]:
        letters.suppress(each, None, "test", NOW)

    assert letters.suppressed(everybody, "families-28") == set(everybody[::15])


def test_a_mailbox_rests_until_a_person_has_looked(letters: Letters) -> None:
    letters.commit([], [letters.resting_write("ero-atl", MARIA, "550 5.1.1", NOW)])
    letters.commit([], [letters.resting_write("ero-atl", MARIA, "550 5.1.2", NOW)])

    assert (letters.resting("ero-atl"), letters.resting("ero-was")) == ({MARIA: "550 5.1.2"}, {})
    letters.wake("ero-atl", PEDRO)
    letters.wake("ero-atl", MARIA)
    assert letters.resting("ero-atl") == {}


def test_a_mail_is_claimed_once_and_a_lost_answer_is_asked_for_again(letters: Letters) -> None:
    assert letters.claim_mail("a-mail", "one", NOW)
    assert letters.claim_mail("a-mail", "one", NOW), "a repeat of one's own"
    assert not letters.claim_mail("a-mail", "two", NOW)
    assert letters.claim_mail("another", "two", NOW)

    letters.release_mail("a-mail")
    assert letters.claim_mail("a-mail", "two", NOW)
