"""A walk through the table, on three implementations: what is asked for, and no faster than callers can bear."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters.ledger import counting
from chalicelib.adapters.session_items import action_of
from chalicelib.adapters.walking import UNITS_A_SECOND, pages
from chalicelib.domain.counts import Action, Basis, Channel, Outcome
from dev import fragments
from tests.stores import fresh_table
from tests.values import NOW

CALL = Action("a-0", "families-28", Channel.CALLS, "ero-atl", Outcome.SPOKE, Basis.KEY, 42, NOW)
ROWS = (
    CALL,
    replace(CALL, id="b-0", at=NOW + timedelta(days=1)),
    replace(CALL, id="c-0", campaign="another"),
)


@pytest.fixture
def table(backend: Any) -> Any:
    found = fresh_table(backend)
    for row in ROWS:
        backend.transact_write_items(TransactItems=counting(found, [row]))
    return found


def ids(table: Any, since: datetime | None = None, until: datetime | None = None) -> set[str]:
    walk = pages(table, {"type": "action", "campaign": "families-28"}, since, until)
    return {action_of(item).id for page in walk for item in page.items}


def test_a_walk_finds_a_campaigns_rows_and_no_others(table: Any) -> None:
    assert ids(table) == {"a-0", "b-0"}


def test_it_goes_from_a_moment_up_to_another_which_is_not_in_it(table: Any) -> None:
    later = NOW + timedelta(days=1)

    assert ids(table, NOW, later) == {"a-0"}
    assert ids(table, later) == {"b-0"}
    assert ids(table, until=NOW) == set()


def test_it_says_how_much_it_went_through(table: Any) -> None:
    walk = pages(table, {"type": "action", "campaign": "families-28"})

    assert sum(page.passed for page in walk) > len(ROWS), "the tallies, too"


def test_it_rests_for_what_it_took(table: Any) -> None:
    rests: list[float] = []

    list(pages(table, {"type": "action"}, rest=rests.append))

    assert rests
    assert rests == [pytest.approx(rests[0])]
    assert 0 < rests[0] * UNITS_A_SECOND < 10  # some rows take some units


def test_callers_keep_three_quarters_of_what_the_table_may_take() -> None:
    cap = fragments.read()["Parameters"]["MaxReadUnits"]["Default"]

    assert cap == UNITS_A_SECOND * 4
