"""Areas in the table: what is put is what comes back, in an item far below the limit, read seldom."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.area_items import AreaShelf, areas_item, areas_of
from chalicelib.adapters.table import Table, plain, wire
from chalicelib.domain.areas import Area, Areas
from chalicelib.runtime import AREAS_SECONDS
from cli.areas_file import read_areas
from cli.directory import read_directory
from tests import stores
from tests.conftest import Figure

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 100_000

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
some = st.builds(Area, words, st.lists(words, max_size=2).map(tuple), st.booleans())
many = st.builds(
    Areas,
    st.dictionaries(words, some, max_size=4),
    st.dictionaries(st.tuples(words, words), some, max_size=6),
    st.dictionaries(words, some, max_size=3),
)


@pytest.fixture
def table() -> Iterator[Table]:
    with stores.moto() as client:
        yield stores.fresh_table(client)


@pytest.fixture(scope="module")
def real() -> Areas:
    return read_areas(ROOT / "directory", read_directory(ROOT / "directory").offices)


@given(many)
def test_an_item_holds_all_that_areas_say(areas: Areas) -> None:
    assert areas_of(plain(areas_item(areas))) == areas


def test_what_is_put_comes_back(table: Table, real: Areas) -> None:
    AreaShelf(table).put_areas(real)

    assert AreaShelf(table).areas() == real


def test_what_is_put_again_replaces_what_was_there(table: Table, real: Areas) -> None:
    AreaShelf(table).put_areas(real)
    AreaShelf(table).put_areas(Areas(states={"GA": Area("ero-atl")}))

    assert AreaShelf(table).areas() == Areas(states={"GA": Area("ero-atl")})


def test_an_empty_table_has_no_areas(table: Table) -> None:
    assert AreaShelf(table).areas() == Areas()


def test_all_areas_fit_one_item_easily(real: Areas, figure: Figure) -> None:
    size = len(json.dumps(wire(areas_item(real)), ensure_ascii=False).encode())
    figure(f"areas={len(real.states) + len(real.counties)} split_zips={len(real.zips)} item_bytes<={size:,}")

    assert size < MOST_BYTES


def test_the_runtime_reads_areas_once_and_again_when_they_may_be_old(table: Table) -> None:
    clock = [0.0]
    built = replace(stores.runtime_on(table, sqs=None), aging=lambda: clock[0])
    first, second = Areas({"GA": Area("ero-atl")}), Areas({"GA": Area("ero-was")})
    AreaShelf(table).put_areas(first)
    assert built.areas() == first

    AreaShelf(table).put_areas(second)
    clock[0] = AREAS_SECONDS
    assert built.areas() == first

    clock[0] += 1
    assert built.areas() == second
