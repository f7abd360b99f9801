"""How long rows of consent are kept: none while its consent is open, none of a stop ever, all others five years."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.retention import KEPT_AFTER, OPEN, ends_consent, ends_of
from chalicelib.domain.subscriber import State
from tests.domain.test_consent_record import walk

U, P, S, H, X, V = State.UNKNOWN, State.PENDING, State.SUBSCRIBED, State.HELD, State.STOPPED, State.INVALID


@pytest.mark.parametrize("states", [(U, P), (U, P, S), (U, P, S, H), (U, P, S, H, S), (U, P, S, S)])
def test_while_consent_is_open_no_row_has_an_end(states: tuple[State, ...]) -> None:
    assert ends_of(walk(*states)) == {}


@pytest.mark.parametrize("states", [(U, P, U), (U, P, S, U), (U, P, S, V), (U, P, S, H, S, V, U)])
def test_once_it_has_ended_its_rows_end_five_years_later(states: tuple[State, ...]) -> None:
    rows = walk(*states)

    ends = ends_of(rows)
    assert set(ends) == {row.id for row in rows}
    out = next(row for row in rows if ends_consent(row.was, row.now))
    assert ends[rows[0].id] == out.at + KEPT_AFTER
    assert timedelta(days=5 * 365) < KEPT_AFTER < timedelta(days=5 * 366)


def test_rows_of_a_stop_have_no_end_and_what_led_to_it_ends_with_the_consent() -> None:
    rows = walk(U, P, S, H, X, P, S)

    ends = ends_of(rows)
    assert {rows.index(row) for row in rows if row.id in ends} == {0, 1, 2}
    assert set(ends.values()) == {rows[3].at + KEPT_AFTER}


def test_each_programme_and_each_consent_has_its_own_end() -> None:
    rows = [*walk(U, P, S, U, P, S, U, P), *walk(U, P, S, programme="shelters")]

    ends = ends_of(rows)
    assert [ends.get(row.id) for row in rows[:7]] == [rows[2].at + KEPT_AFTER] * 3 + [
        rows[5].at + KEPT_AFTER
    ] * 3 + [None]
    assert not [row for row in rows[7:] if row.id in ends]


def test_the_end_is_the_same_in_whatever_order_rows_are_read_and_once_some_have_gone() -> None:
    rows = walk(U, P, S, V, U, P, U)
    ends = ends_of(rows)

    assert ends_of(reversed(rows)) == ends
    for gone in range(len(rows)):
        assert ends_of(rows[gone:]) == {row.id: ends[row.id] for row in rows[gone:]}


@given(st.lists(st.sampled_from(State), min_size=2, max_size=12))
def test_no_row_of_a_stop_and_none_of_what_is_open_ever_ends(states: list[State]) -> None:
    rows = walk(*states)
    ends = ends_of(rows)

    last_end = max((index for index, row in enumerate(rows) if row.now not in OPEN), default=-1)
    for index, row in enumerate(rows):
        assert (row.id in ends) == (index <= last_end and not row.never_expires)
        assert row.id not in ends or ends[row.id] >= row.at + KEPT_AFTER
