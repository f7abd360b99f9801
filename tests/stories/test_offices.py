"""Which office rings, and whose number it sees: whole calls through the real app and the phone world."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.call import Ending
from chalicelib.domain.campaign import Local, Order
from chalicelib.runtime import Runtime
from dev.phone_world import Answer, Heard, OfficeLine, PickUp, Press, Supporter
from dev.phone_world.people import Move
from tests.areas_house import NUMBERS, asking
from tests.rehearsal import ANA, OUR_NUMBER, Rehearsal, sweep

HOW = Heard("How did it go")
ONE_MORE: list[Move] = [PickUp(), Press("1"), Press("1", when=HOW), Press("1", when=Heard("too, press 1"))]


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    made = Rehearsal(built, built.store._table.client)
    yield made
    assert made.world.complaints == []
    assert made.difference() == 0
    sweep()


def rung(house: Rehearsal) -> list[str]:
    """The offices that rang."""
    return [office for office, number in NUMBERS.items() if house.world.rings(number)]


@pytest.mark.parametrize(
    ("local", "rang"),
    [
        (Local.BEFORE, ["ero-was", "ero-atl"]),
        (Local.AFTER, ["ero-was", "ero-nyc"]),
        (Local.ONLY, ["ero-atl"]),
        (Local.FALLBACK, ["ero-atl"]),
        (Local.NEVER, ["ero-was", "ero-nyc"]),
    ],
)
def test_a_call_that_got_through_is_followed_by_what_the_mix_says(
    house: Rehearsal, local: Local, rang: list[str]
) -> None:
    asking(house, local)
    house.world.add(Supporter(ANA, ONE_MORE))
    call = house.tap(zip="30303")
    house.play()

    assert rung(house) == rang
    assert house.session(call["id"]).ending is Ending.DONE
    assert ("too, press 1" in house.heard()) is (len(rang) > 1)


def test_an_area_s_office_that_can_t_be_reached_is_followed_by_the_list(house: Rehearsal) -> None:
    asking(house, Local.FALLBACK)
    house.world.add(OfficeLine(NUMBERS["ero-atl"], Answer.BUSY))
    script: list[Move] = [PickUp(), Press("1"), Press("1", when=Heard("To try the")), Press("1", when=HOW)]
    house.world.add(Supporter(ANA, script))
    house.tap(zip="30303")
    house.play()

    assert rung(house) == ["ero-was"]
    assert house.outcomes() == ["busy", "spoke"]


def test_a_call_to_another_office_than_the_area_s_is_followed_by_the_list(house: Rehearsal) -> None:
    asking(house, Local.FALLBACK)
    house.world.add(Supporter(ANA, ONE_MORE))
    house.tap(zip="30303", office="ero-nyc")
    house.play()

    assert rung(house) == ["ero-nyc", "ero-atl"]


@pytest.mark.parametrize("order", [Order.SHUFFLED, Order.BALANCED])
def test_a_real_call_goes_to_the_office_the_order_puts_first(house: Rehearsal, order: Order) -> None:
    asking(house, Local.NEVER, order)
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
    call = house.tap()
    house.play()

    assert rung(house) == [call["office"]["id"]]


@pytest.mark.parametrize(("shown", "seen"), [("ours", OUR_NUMBER), ("own", ANA)])
def test_the_office_s_display_shows_the_number_that_was_chosen(
    house: Rehearsal, shown: str, seen: str
) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
    house.tap(number_shown=shown)
    house.play()

    legs = [call for call in house.world.calls if call.person == NUMBERS["ero-atl"]]
    assert [leg.from_ for leg in legs] == [seen]
