"""GET …/offices: the offices of a call with why, as a program reads them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.campaign import Local
from chalicelib.runtime import Runtime
from tests.areas_house import CHOICE, LISTED, NOWHERE, asking
from tests.rehearsal import SLUG, Rehearsal, sweep

MORNING = datetime(2026, 12, 9, 15, 30, tzinfo=UTC)
"""A Wednesday: half past ten in the East, half past seven in the West."""


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    yield Rehearsal(built, built.store._table.client, start=MORNING)
    sweep()


def read(house: Rehearsal, query: str = "") -> tuple[int, dict[str, str], Any]:
    status, headers, body = house.get(f"/api/campaigns/{SLUG}/offices{query}")
    return status, headers, json.loads(body)


def ids(offices: list[dict[str, Any]]) -> list[str]:
    return [office["id"] for office in offices]


def test_a_zip_code_gives_its_office_first_the_reason_and_the_zone(house: Rehearsal) -> None:
    asking(house, Local.BEFORE)
    status, headers, body = read(house, "?zip=78501")

    assert (status, headers["cache-control"]) == (200, "no-store")
    assert (body["reason"], body["area"], body["zone"]) == ("area", ["ero-hlg"], "America/Chicago")
    assert ids(body["offices"]) == ["ero-hlg", *LISTED]
    assert set(ids(body["others"])) == {"ero-atl", "ero-los", "ero-snd"}
    assert "78501" not in json.dumps(body)
    assert body["offices"][0] == {
        "id": "ero-hlg",
        "name": {"en": "ICE office in Harlingen", "es": "oficina de ICE en Harlingen"},
        "place": {"en": "Harlingen", "es": "Harlingen"},
        "zone": "America/Chicago",
        "is_open": True,
        "closes_at": "2026-12-09T22:00:00+00:00",
        "opens_at": "2026-12-10T15:00:00+00:00",
    }


def test_without_a_zip_code_it_is_the_list_and_a_picked_office_goes_first(house: Rehearsal) -> None:
    asking(house, Local.BEFORE)

    assert ids(read(house)[2]["offices"]) == list(LISTED)
    assert read(house)[2]["reason"] is None
    assert ids(read(house, "?office=ero-snd")[2]["offices"]) == ["ero-snd", *LISTED]
    assert [office["is_open"] for office in read(house, "?office=ero-snd")[2]["offices"]] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(("zip_code", "reason"), [(CHOICE, "choice"), (NOWHERE, "zip_unknown")])
def test_an_unclear_zip_code_is_an_answer_with_offices(house: Rehearsal, zip_code: str, reason: str) -> None:
    asking(house, Local.BEFORE)
    status, _, body = read(house, f"?zip={zip_code}")

    assert (status, body["reason"]) == (200, reason)
    assert ids(body["offices"])[-2:] == list(LISTED)


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [("?zip=303", "zip_malformed", "zip"), ("?office=ero-den", "office_unknown", "office")],
)
def test_what_can_t_be_read_is_refused_at_its_field(
    house: Rehearsal, query: str, code: str, field: str
) -> None:
    asking(house, Local.BEFORE)
    status, _, body = read(house, query)

    assert (status, body["error"]["code"], body["error"]["field"]) == (400, code, field)


def test_an_unknown_campaign_has_no_offices(house: Rehearsal) -> None:
    assert house.get("/api/campaigns/nothing-here/offices")[0] == 404
