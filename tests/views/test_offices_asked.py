"""Which office a call goes to, and why: real areas, the real API, the campaign's rule in each of its mixes."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.domain.areas import Reason
from chalicelib.domain.call import CallStatus
from chalicelib.domain.campaign import Campaign, Local, Order
from chalicelib.domain.refusals import Code
from chalicelib.runtime import Runtime, install
from chalicelib.views import tap
from chalicelib.views.offices_asked import Choice, which
from tests.areas_house import CHOICE, LISTED, MILITARY, NO_OFFICE, NOWHERE, NUMBERS, ZIPS, asking
from tests.rehearsal import LUIS, Rehearsal, sweep

ALL_OPEN = datetime(2026, 12, 9, 18, 30, tzinfo=UTC)
"""A Wednesday, 1:30 in the afternoon in the East and 10:30 in the morning in the West."""
ASKED_FOR = [local for local in Local if local is not Local.NEVER]


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    yield Rehearsal(built, built.store._table.client, start=ALL_OPEN)
    sweep()


# The ZIP code.


@pytest.mark.parametrize(("office", "zip_code"), ZIPS.items())
def test_a_zip_code_leads_to_the_office_of_its_area(house: Rehearsal, office: str, zip_code: str) -> None:
    choice = which(asking(house, Local.BEFORE), zip_code, "")

    assert choice.offices == (office, *LISTED)
    assert choice.local == office
    assert choice.match
    assert choice.match.reason is Reason.AREA
    assert choice.zone == {"ero-atl": "America/New_York", "ero-hlg": "America/Chicago"}[office]


@pytest.mark.parametrize(
    ("zip_code", "reason"),
    [
        (CHOICE, Reason.CHOICE),
        (MILITARY, Reason.MILITARY),
        (NO_OFFICE, Reason.NO_OFFICE),
        (NOWHERE, Reason.ZIP_UNKNOWN),
        ("3030", Reason.ZIP_MALFORMED),
        ("☎", Reason.ZIP_MALFORMED),
    ],
)
def test_a_zip_code_without_one_office_says_why_and_still_has_offices(
    house: Rehearsal, zip_code: str, reason: Reason
) -> None:
    choice = which(asking(house, Local.ONLY), zip_code, "")

    assert choice.match
    assert choice.match.reason is reason
    assert choice.is_unclear
    assert choice.offices == (("ero-los", "ero-snd") if reason is Reason.CHOICE else LISTED)


def test_of_several_offices_the_one_picked_is_the_supporters_own(house: Rehearsal) -> None:
    campaign = asking(house, Local.BEFORE)

    assert which(campaign, CHOICE, "").local == "ero-los"
    assert which(campaign, CHOICE, "ero-snd").local == "ero-snd"
    assert which(campaign, CHOICE, "ero-was").local == "ero-los"


def test_a_campaign_that_never_asks_has_no_use_for_a_zip_code(house: Rehearsal) -> None:
    assert which(asking(house, Local.NEVER), "78501", "") == Choice(LISTED, LISTED)


WRONG: list[tuple[dict[str, Any], Code, str]] = [
    ({"zip": "3030"}, Code.ZIP_MALFORMED, "zip"),
    ({"zip": "☎☎☎☎☎"}, Code.ZIP_MALFORMED, "zip"),
    ({"zip": 30303}, Code.BODY_MALFORMED, "zip"),
    ({"office": "ero-den"}, Code.OFFICE_UNKNOWN, "office"),
    ({"office": ["ero-atl"]}, Code.BODY_MALFORMED, "office"),
    ({"number_shown": "Luis's"}, Code.NUMBER_SHOWN_UNKNOWN, "number_shown"),
    ({"zip": CHOICE}, Code.OFFICE_UNCLEAR, "office"),
    ({"zip": NOWHERE}, Code.OFFICE_UNCLEAR, "office"),
]


def test_a_wish_that_cant_be_read_calls_nobody_and_says_at_which_field(house: Rehearsal) -> None:
    asking(house, Local.BEFORE)
    for wish, code, field in WRONG:
        refused = house.tap(**wish)
        assert (refused["http"], refused["error"]["code"], refused["error"]["field"]) == (400, code, field)
    assert house.queue.sent == []


def test_whoever_chooses_is_called_wherever_their_zip_code_lies(house: Rehearsal) -> None:
    asking(house, Local.BEFORE)

    assert house.session(house.tap(zip=NOWHERE, office="ero-nyc")["id"]).offices[0] == "ero-nyc"


def test_the_zip_code_is_kept_nowhere(house: Rehearsal, capsys: pytest.CaptureFixture[str]) -> None:
    asking(house, Local.BEFORE)
    session = house.session(house.tap(zip="78501")["id"])

    assert (session.local, session.zone) == ("ero-hlg", "America/Chicago")
    assert "78501" not in json.dumps([row for row in house.rows() if row["PK"] != {"S": "AREAS"}])
    assert "78501" not in capsys.readouterr().out


# The mixes.


@pytest.mark.parametrize(
    ("local", "order"),
    [
        (Local.NEVER, LISTED),
        (Local.BEFORE, ("ero-hlg", *LISTED)),
        (Local.AFTER, (*LISTED, "ero-hlg")),
        (Local.ONLY, ("ero-hlg",)),
        (Local.FALLBACK, ("ero-hlg", *LISTED)),
    ],
)
def test_each_mix_of_area_and_list_is_what_a_real_call_gets(
    house: Rehearsal, local: Local, order: tuple[str, ...]
) -> None:
    asking(house, local)
    call = house.tap(zip="78501")

    assert house.session(call["id"]).offices == order
    assert call["office"]["id"] == order[0]


@pytest.mark.parametrize("local", Local)
def test_without_a_zip_code_everybody_gets_the_list(house: Rehearsal, local: Local) -> None:
    asking(house, local)

    assert house.session(house.tap()["id"]).offices == LISTED


@pytest.mark.parametrize("local", ASKED_FOR)
def test_the_office_a_supporter_picks_comes_first(house: Rehearsal, local: Local) -> None:
    asking(house, local)
    call = house.tap(zip="78501", office="ero-los")

    assert house.session(call["id"]).offices[0] == "ero-los"


def test_an_office_that_is_closed_is_left_out_and_known_to_be_listed(house: Rehearsal) -> None:
    campaign = asking(house, Local.BEFORE)
    house.world.advance(timedelta(hours=2, minutes=40).total_seconds())
    choice = which(campaign, "78501", "")

    assert choice.offices == ("ero-hlg",), "an hour behind, Harlingen is still open"
    assert choice.listed == ("ero-hlg", *LISTED)


# Orders.


def seeded(house: Rehearsal) -> None:
    seeds = count()
    install(replace(house.runtime, seed=lambda: next(seeds)))


def test_a_shuffled_list_is_called_in_an_order_of_its_own_each_time(house: Rehearsal) -> None:
    asking(house, Local.NEVER, Order.SHUFFLED)
    seeded(house)
    first = Counter(one_call(house)["office"]["id"] for _ in range(40))

    assert set(first) == set(LISTED)
    assert min(first.values()) >= 10


def test_a_balanced_list_calls_the_office_with_the_fewest_connected_calls_first(house: Rehearsal) -> None:
    asking(house, Local.NEVER, Order.BALANCED)
    seeded(house)
    for number in range(3):
        connected(house, "ero-was", f"t{number}")

    assert {one_call(house)["office"]["id"] for _ in range(10)} == {"ero-nyc"}
    for number in range(9):
        connected(house, "ero-nyc", f"t{number}")
    assert {one_call(house)["office"]["id"] for _ in range(10)} == {"ero-was"}


def test_desks_are_read_only_where_calls_are_evened_out(house: Rehearsal) -> None:
    reads: list[Any] = []
    house.dynamodb.meta.events.register("before-call.dynamodb.BatchGetItem", lambda **_: reads.append(1))
    for order in Order:
        campaign = asking(house, Local.BEFORE, order)
        reads.clear()
        which(campaign, "", "")
        assert len(reads) == (order is Order.BALANCED), order


def one_call(house: Rehearsal) -> dict[str, Any]:
    call = house.tap(LUIS)
    tap.withdraw(call["id"])
    return call


def connected(house: Rehearsal, office: str, ticket: str) -> None:
    """Have the office's desk know of one more call that got through."""
    asked: Campaign | None = house.runtime.campaign("families-28")
    assert asked
    found = asked.office(office)
    assert found
    desks = house.runtime.desks
    desks.ask(office, ticket, found.lines, house.clock.now(), waits=False)
    desks.release(office, ticket, NUMBERS[office], CallStatus.COMPLETED, house.clock.now())
    house.world.advance(300)
