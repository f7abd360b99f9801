"""Sums that can be proved: order, splitting and repeats of the ledger change nothing; any fault shows."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.counts import (
    REACHED,
    SHARDS,
    Action,
    Basis,
    Channel,
    LetterOutcome,
    Outcome,
    Tally,
    action_id,
    added,
    counted,
    difference,
    shard,
)

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
ids = st.integers(0, 10**6).map(lambda number: action_id(f"call-{number}", number % 3))
actions = st.lists(
    st.builds(
        Action,
        id=ids,
        campaign=st.just("families-28"),
        channel=st.just(Channel.CALLS),
        office=st.just("ero-atl"),
        outcome=st.sampled_from(Outcome),
        basis=st.sampled_from(Basis),
        seconds=st.integers(0, 900),
        at=st.just(AT),
    ),
    max_size=30,
)


@given(actions, st.randoms(use_true_random=False))
def test_shards_added_up_are_the_ledger_whatever_its_order(ledger: list[Action], chance: object) -> None:
    shuffled = sorted(ledger, key=lambda action: hash((action.id, repr(chance))))
    shards = [counted(each for each in shuffled if shard(each.id) == number) for number in range(SHARDS)]

    assert added(shards) == counted(ledger)
    assert difference(counted(ledger), added(shards)) == 0


@given(actions.filter(bool))
def test_one_action_lost_doubled_or_changed_is_a_difference(ledger: list[Action]) -> None:
    right = counted(ledger)
    changed = Outcome.BUSY if ledger[0].outcome is not Outcome.BUSY else Outcome.SPOKE

    assert difference(right, counted(ledger[1:])) > 0
    assert difference(right, counted([*ledger, ledger[0]])) > 0
    assert difference(right, counted([replace(ledger[0], outcome=changed), *ledger[1:]])) > 0


def test_a_difference_is_how_far_apart_they_are_in_either_direction() -> None:
    ledger, tally = Tally(3, {Outcome.SPOKE: 3}), Tally(3, {Outcome.SPOKE: 1, Outcome.BUSY: 2})

    assert difference(ledger, tally) == difference(tally, ledger) == 4
    assert difference(Tally(3, {Outcome.SPOKE: 3}), Tally(5, {Outcome.SPOKE: 3})) == 2


@given(ids)
def test_an_action_always_lands_on_the_same_shard_of_eight(action: str) -> None:
    assert 0 <= shard(action) < SHARDS == 8
    assert shard(action) == shard(action)


def test_shards_do_not_depend_on_the_python_that_runs() -> None:
    assert [shard(action_id(f"call-{number}", 0)) for number in range(4)] == [5, 2, 3, 4]


def test_ten_thousand_actions_spread_over_all_shards() -> None:
    hits = [0] * SHARDS
    for number in range(10_000):
        hits[shard(action_id(f"call-{number}", number % 3))] += 1

    assert min(hits) > 1000


def test_only_a_talk_or_a_message_counts_toward_the_goal() -> None:
    tally = Tally(28, dict.fromkeys(Outcome, 4))

    assert {Outcome.SPOKE, Outcome.VOICEMAIL} == REACHED
    assert tally.reached == 8
    assert Tally().reached == 0


def test_the_offices_of_a_call_have_ids_of_their_own_and_always_the_same() -> None:
    assert [action_id("a-call", position) for position in range(3)] == ["a-call-0", "a-call-1", "a-call-2"]


# A letter's outcome may change after it was counted.


def letter_action(position: int, outcome: LetterOutcome, instead_of: LetterOutcome | None) -> Action:
    return Action(
        id=action_id("a-letter", position),
        campaign="families-28",
        channel=Channel.LETTERS,
        office="ero-atl",
        outcome=outcome,
        basis=Basis.FACTS,
        seconds=0,
        at=AT,
        instead_of=instead_of,
    )


@given(st.lists(st.sampled_from(LetterOutcome), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_letter_corrected_however_often_is_one_under_its_last_outcome(
    life: list[LetterOutcome], chance: Random
) -> None:
    outcomes = [outcome for outcome, _ in groupby(life)]
    before = [None, *outcomes]
    ledger = [letter_action(n, outcome, before[n]) for n, outcome in enumerate(outcomes)]
    chance.shuffle(ledger)
    shards = [counted(each for each in ledger if shard(each.id) == number) for number in range(SHARDS)]

    assert counted(ledger) == added(shards) == Tally(1, {outcomes[-1]: 1})
    assert counted(ledger).reached == (outcomes[-1] is LetterOutcome.DELIVERED)


def test_a_correction_that_is_lost_or_doubled_is_a_difference() -> None:
    sent = letter_action(0, LetterOutcome.DELIVERED, None)
    bounced = letter_action(1, LetterOutcome.BOUNCED, LetterOutcome.DELIVERED)
    right = counted([sent, bounced])

    assert difference(right, counted([sent])) == 2
    assert difference(right, counted([sent, bounced, bounced])) == 2


def test_no_word_of_one_channel_means_something_in_another() -> None:
    assert {outcome.value for outcome in Outcome}.isdisjoint(outcome.value for outcome in LetterOutcome)
