"""What SES reports of many letters at once, through the app's own worker and table, in batches of everybody's events.

Lost, repeated and shuffled over all letters: each ends where the fact sheet's list says, and the sums can be proved.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from chalicelib.adapters.letters import Changed
from chalicelib.domain.counts import Channel, counted, difference
from chalicelib.domain.letter import State
from chalicelib.domain.letter_events import (
    Confirmed,
    Effect,
    Event,
    Leased,
    Lined,
    LinkAsked,
    TimePassed,
    Unclear,
)
from chalicelib.domain.letter_machine import advance
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.mail_facts import Recipient
from chalicelib.runtime import Runtime
from tests.conftest import IS_THOROUGH, THOROUGHLY, Figure
from tests.domain.letter_space import letter
from tests.rehearsal import SLUG, sweep
from tests.rough_mail import ADDRESSES, COUNTED, KINDS, SEED, Said, end
from tests.stories.letter_house import LetterHouse

LETTERS = THOROUGHLY if IS_THOROUGH else 60
A_BATCH = 10
WAYS: dict[str, tuple[Event, ...]] = {
    "leased": (),
    "send_unknown": (Unclear("an-attempt"),),
}
"""How far a letter has come when SES begins to tell of it: asked for, without an answer or with none at all."""


@dataclass(frozen=True, slots=True)
class Life:
    """One letter: to how many addresses, where it starts, and what is heard of it, in no order yet."""

    name: str
    addresses: int
    start: str
    heard: tuple[Said, ...]


def life(chance: random.Random, number: int) -> Life:
    told = [
        Said(chance.choice(sorted(KINDS)), frozenset(chance.sample(range(3), chance.randint(1, 3))))
        for _ in range(chance.randint(0, 8))
    ]
    heard = tuple(each for each in told for _ in range(chance.choice((1, 1, 1, 2, 3, 0))))
    return Life(f"letter-{number}", chance.randint(1, 3), chance.choice(sorted(WAYS)), heard)


@pytest.fixture
def house(built: Runtime) -> Iterator[LetterHouse]:
    sweep()
    yield LetterHouse(built)
    sweep()


def begin(house: LetterHouse, life: Life) -> None:
    """The letter as it stands when SES has been asked, with what was counted on the way."""
    now = house.clock.now()
    recipients = tuple(map(Recipient, ADDRESSES[: life.addresses]))
    fresh = after = letter(id=life.name, campaign=SLUG, recipients=recipients, created_at=now, changed_at=now)
    effects = list[Effect]()
    asked = (LinkAsked(), Confirmed(), Lined(now), Leased("an-attempt", now))
    for event in (*asked, *WAYS[life.start]):
        after, more = advance(after, event, Moment(now))
        effects += more
    assert after.state.value == life.start
    house.runtime.letters.commit([Changed(fresh, after, tuple(effects))])


def batches(chance: random.Random, lives: Sequence[Life]) -> Iterator[list[str]]:
    """Everybody's events, in any order, by up to ten."""
    bodies = [said.body(each.name, f"m-{each.name}") for each in lives for said in each.heard]
    chance.shuffle(bodies)
    while bodies:
        size = chance.randint(1, A_BATCH)
        yield bodies[:size]
        del bodies[:size]


@pytest.mark.faults
def test_d5_every_letter_ends_where_the_precedence_says_and_counter_and_recount_agree(
    house: LetterHouse, figure: Figure
) -> None:
    chance = random.Random(SEED)
    lives = [life(chance, number) for number in range(LETTERS)]
    for each in lives:
        begin(house, each)

    for batch in batches(chance, lives):
        house.events.take(batch)

    found = {each.id: each for each in house.all_letters()}
    ends = {each.name: end(each.heard, each.addresses, each.start) for each in lives}
    assert {name: found[name].state.value for name in ends} == ends
    assert house.events.dead == []

    tally = house.letter_tally()
    ledger = [action for action in house.runtime.store.actions() if action.channel is Channel.LETTERS]
    assert difference(counted(ledger), tally) == 0
    told = Counter(COUNTED.get(state, "on_its_way") for state in ends.values())
    assert {outcome.value: number for outcome, number in tally.outcomes.items() if number} == told
    assert len({action.id for action in ledger}) == len(ledger)
    figure(
        f"letters={len(found)} lost=0 double=0 events={sum(len(each.heard) for each in lives)} "
        f"actions={len(ledger)} difference=0 seed={SEED}"
    )


def test_a_letter_nothing_is_heard_of_is_neither_lost_nor_sent_again_before_its_time(
    house: LetterHouse,
) -> None:
    silent = Life("letter-0", 1, "send_unknown", ())
    begin(house, silent)
    house.post_letters()

    (found,) = house.all_letters()
    assert found.state is State.SEND_UNKNOWN
    assert advance(found, TimePassed(), Moment(house.clock.now()))[0] is found
