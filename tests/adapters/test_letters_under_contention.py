"""Letters and their senders with many threads at once, on the two tables that are right about it."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.adapters.letters import Changed, Letters
from chalicelib.adapters.sending import Sending
from chalicelib.adapters.store import Stale, Store
from chalicelib.adapters.table import Table
from chalicelib.domain.counts import Channel, counted, difference
from chalicelib.domain.letter import Letter, State
from chalicelib.domain.letter_events import Confirmed, Event, Fault, Leased, LinkAsked
from chalicelib.domain.letter_machine import advance
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.pacing import PROBE_AFTER, SHARE
from tests.crowd import at_once
from tests.domain.letter_space import LATER, letter
from tests.stores import BACKENDS, CONTENDED, THREADS, fresh_table
from tests.values import ATLANTA, NOW

RATE = 14


@pytest.fixture(scope="module", params=CONTENDED)
def contended(request: pytest.FixtureRequest) -> Iterator[Any]:
    with BACKENDS[request.param]() as dynamodb:
        yield dynamodb


@pytest.fixture
def table(contended: Any) -> Table:
    return fresh_table(contended)


def decided(before: Letter, event: Event) -> Changed:
    return Changed(before, *advance(before, event, Moment(NOW)))


def test_64_workers_that_take_a_turn_get_64_and_none_is_closer_to_the_next_than_the_account_bears(
    table: Table,
) -> None:
    sending = Sending(table)
    now = NOW + timedelta(microseconds=1499)

    turns = sorted(at_once(THREADS, lambda _: sending.take(RATE, now)))

    assert len(set(turns)) == THREADS
    gaps = [after - before for before, after in pairwise(turns[1:])]
    assert min(gaps) >= timedelta(seconds=1) / (SHARE * RATE) * 0.999


def test_64_letters_to_one_office_get_64_turns_an_hours_share_apart(table: Table) -> None:
    sending = Sending(table)

    turns = sorted(at_once(THREADS, lambda _: sending.line(ATLANTA, NOW, 0, 60)))

    assert turns == [NOW + timedelta(minutes=1) * number for number in range(THREADS)]


def test_of_64_workers_at_a_half_open_circuit_one_may_try(table: Table) -> None:
    sending = Sending(table)
    sending.open(Fault.SENDING_PAUSED, NOW)

    may = at_once(THREADS, lambda index: sending.may_send(f"letter-{index}", NOW + PROBE_AFTER))

    assert sorted(may) == [False] * (THREADS - 1) + [True]


def test_d19_64_workers_refused_at_once_open_the_circuit_once(table: Table) -> None:
    sending = Sending(table)

    opened = at_once(THREADS, lambda _: sending.open(Fault.QUOTA_SPENT, NOW))

    assert {each.until for each in opened} == {NOW + PROBE_AFTER}
    assert sending.circuit().failures == 1


def test_64_workers_that_claim_one_mail_send_it_once(table: Table) -> None:
    letters = Letters(table)

    claims = at_once(THREADS, lambda index: letters.claim_mail("a-mail", f"attempt-{index}", NOW))

    assert sorted(claims) == [False] * (THREADS - 1) + [True]


def test_40_workers_that_claim_one_letter_are_one(table: Table) -> None:
    letters = Letters(table)
    (queued,) = letters.commit([Changed(letter(), letter(State.QUEUED))])

    results = at_once(40, lambda index: letters.commit([decided(queued, Leased(f"attempt-{index}", LATER))]))

    assert [type(result) for result in results].count(Stale) == 39
    ((won,),) = [result for result in results if isinstance(result, tuple)]
    assert letters.letter(queued.id, NOW) == won
    assert won.attempt is not None


def test_d1_40_taps_that_begin_one_letter_are_one(table: Table) -> None:
    letters = Letters(table)

    results = at_once(40, lambda _: letters.commit([decided(letter(), LinkAsked())]))

    assert [type(result) for result in results].count(Stale) == 39
    assert [made.version for made in letters.all(NOW)] == [1]


def test_40_letters_that_are_confirmed_together_are_40_in_the_tally(table: Table) -> None:
    letters, store = Letters(table), Store(table)
    begun = [letters.commit([decided(letter(id=f"letter-{number}"), LinkAsked())])[0] for number in range(40)]

    def confirm(index: int) -> tuple[Letter, ...]:
        while True:
            try:
                return letters.commit([decided(begun[index], Confirmed())])
            except Stale:
                continue

    at_once(40, confirm)

    tally = store.tally(begun[0].campaign, Channel.LETTERS)
    assert tally.tally == 40
    assert difference(counted(store.actions()), tally) == 0
