"""Whether a ledger of consent is whole: one walk from nothing to where the number stands, each row as written."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.consent_record import Fault, Finding, findings
from chalicelib.domain.retention import KEPT_AFTER, ends_of
from chalicelib.domain.subscriber import ConsentRow, Source, State, Stop, Subscriber, digest_of
from chalicelib.domain.words import Language
from tests.values import NOW

ANA, FAMILIES = "a" * 32, "families-28"
U, P, S, H, X, V = State.UNKNOWN, State.PENDING, State.SUBSCRIBED, State.HELD, State.STOPPED, State.INVALID
LIFE = (U, P, S, H, S, X)
LATER = NOW + timedelta(days=1)


def walk(*states: State, programme: str = FAMILIES) -> list[ConsentRow]:
    return [row(number, was, now, programme) for number, (was, now) in enumerate(pairwise(states))]


def row(number: int, was: State, now: State, programme: str = FAMILIES) -> ConsentRow:
    made = ConsentRow(
        id=f"SM{number:032}-{programme}", subscriber=ANA, programme=programme, was=was, now=now,
        at=NOW + timedelta(minutes=number), source=Source.TEXT, sender="+12025550142", shown="v1",
        language=Language.EN, text="YES",
    )  # fmt: skip
    return replace(made, digest=digest_of(made))


def standing(state: State, programme: str = FAMILIES) -> dict[str, Subscriber]:
    return {programme: Subscriber(id=ANA, programme=programme, state=state)}


@pytest.mark.parametrize(
    "states",
    [LIFE, (U, P, U), (U, X), (U, P, S, S), (U, P, S, X, P, S, X, P, U), (U, P, S, V, P, S), (U, P, S, U, P)],
)
def test_a_life_is_whole(states: tuple[State, ...]) -> None:
    assert findings(walk(*states), standing(states[-1]), None, LATER) == ()


def test_nothing_known_is_whole() -> None:
    assert findings([], {}, None, LATER) == ()
    assert findings([], standing(U), None, LATER) == ()


def test_a_programme_joined_after_the_organizations_stop_begins_stopped() -> None:
    assert findings(walk(X, P, S), standing(S), Stop(NOW), LATER) == ()
    assert findings(walk(X, P, S), standing(S), None, LATER) == (Finding(Fault.BEGINS_LATE, FAMILIES),)


@pytest.mark.parametrize("gone", range(len(LIFE) - 1))
def test_a_row_that_is_gone_is_missed(gone: int) -> None:
    rows = walk(*LIFE)
    del rows[gone]

    (found,) = findings(rows, standing(X), None, LATER)
    assert found == Finding(Fault.BEGINS_LATE if gone == 0 else Fault.MISSING, FAMILIES)


@given(st.permutations(walk(*LIFE)))
def test_the_order_in_which_texts_were_heard_does_not_matter(rows: list[ConsentRow]) -> None:
    assert findings(rows, standing(X), None, LATER) == ()


@pytest.mark.parametrize("part", ["text", "at", "now", "shown", "sender", "subscriber"])
def test_a_row_that_was_changed_is_named(part: str) -> None:
    rows = walk(U, P, S)
    other = {"at": NOW - timedelta(days=1), "now": X}.get(part, "another")
    rows[1] = replace(rows[1], **{part: other})  # type: ignore[arg-type]  # replace checks the names

    assert Finding(Fault.ALTERED, FAMILIES, rows[1].id) in findings(rows, standing(S), None, LATER)


def test_rows_that_end_elsewhere_than_the_number_stands_are_no_whole_ledger() -> None:
    assert findings(walk(U, P), standing(S), None, LATER) == (Finding(Fault.MISSING, FAMILIES),)
    assert findings([], standing(S), None, LATER) == (Finding(Fault.MISSING, FAMILIES),)
    assert findings(walk(U, P, S), {}, None, LATER) == (Finding(Fault.MISSING, FAMILIES),)


def test_a_round_that_hangs_on_nothing_is_no_part_of_the_walk() -> None:
    apart = [row(7, H, V), row(8, V, H)]

    assert findings([*walk(U, P, S), *apart], standing(S), None, LATER) == (Finding(Fault.MISSING, FAMILIES),)


def test_each_programme_is_judged_by_its_own_rows() -> None:
    rows = [*walk(U, P, S), *walk(U, P, programme="shelters")]
    now = standing(S) | standing(S, "shelters")

    assert findings(rows, now, None, LATER) == (Finding(Fault.MISSING, "shelters"),)


@pytest.mark.parametrize(
    "states",
    [
        (*LIFE, P, S),
        (*LIFE, P, S, X),
        (U, P, S, U, P, S),
        (U, P, S, V, P, S, X, P, U),
        (*LIFE, P, S, H, S, X, P),
    ],
)
@pytest.mark.parametrize("years", [0, 3, 5, 6, 20])
def test_rows_whose_time_is_over_are_not_missed(states: tuple[State, ...], years: int) -> None:
    rows = walk(*states)
    now = rows[-1].at + timedelta(days=366 * years)
    ends = ends_of(rows)
    left = [row for row in rows if row.id not in ends or ends[row.id] > now]

    assert findings(left, standing(states[-1]), Stop(NOW), now) == ()


def test_of_rows_whose_time_is_over_what_should_be_there_is_missed() -> None:
    rows = walk(*LIFE, P, S)
    now = rows[0].at + KEPT_AFTER + timedelta(days=400)

    assert findings(rows[4:], standing(S), Stop(NOW), now) == ()
    assert findings(rows[4:6], standing(S), Stop(NOW), now) == (Finding(Fault.MISSING, FAMILIES),)
    assert findings([rows[4], rows[6]], standing(S), Stop(NOW), now) == (Finding(Fault.MISSING, FAMILIES),)
