"""Which office is responsible for a place: every reason, and how counties' names are compared."""

import pytest

from chalicelib.domain.areas import (
    Area,
    Areas,
    Match,
    Place,
    Reason,
    county_key,
    five_digits,
    office_for,
    office_of_zip,
)

AREAS = Areas(
    states={"GA": Area("ero-atl"), "AA": Area("ero-mia")},
    counties={
        ("TX", "hidalgo"): Area("ero-hlg", ("ero-sna",)),
        ("TX", "bell"): Area("ero-hou", ("ero-sna",), is_conflict=True),
        ("TX", "dewitt"): Area("ero-hou"),
        ("CA", "orange"): Area("ero-los"),
        ("NY", "stlawrence"): Area("ero-buf"),
    },
    zips={"92672": Area("ero-los", ("ero-snd",), is_conflict=True)},
)

PLACES = [
    (Place("30303", "GA", "Fulton County"), ("ero-atl",), Reason.AREA),
    (Place("31139", "GA", None), ("ero-atl",), Reason.AREA),
    (Place("78501", "TX", "Hidalgo County"), ("ero-hlg",), Reason.AREA),
    (Place("76513", "TX", "Bell County"), ("ero-hou", "ero-sna"), Reason.CHOICE),
    (Place("77954", "TX", "De Witt County"), ("ero-hou",), Reason.AREA),
    (Place("92626", "CA", "Orange County"), ("ero-los",), Reason.AREA),
    (Place("92672", "CA", "Orange County"), ("ero-los", "ero-snd"), Reason.CHOICE),
    (Place("13617", "NY", "St. Lawrence County"), ("ero-buf",), Reason.AREA),
    (Place("13617", "NY", "St Lawrence County"), ("ero-buf",), Reason.AREA),
    (Place("75059", "TX", None), (), Reason.COUNTY_UNKNOWN),
    (Place("90001", "CA", "Hidalgo County"), (), Reason.COUNTY_UNKNOWN),
    (Place("96799", "AS"), (), Reason.NO_OFFICE),
    (Place("34001", "AA", is_military=True), (), Reason.MILITARY),
]


@pytest.mark.parametrize(("place", "offices", "reason"), PLACES)
def test_a_place_has_its_office_or_a_reason(place: Place, offices: tuple[str, ...], reason: Reason) -> None:
    assert office_for(place, AREAS) == Match(offices, reason, place)


@pytest.mark.parametrize("text", ["30303", "30303-1234", " 30303 ", "\t30303\n"])
def test_five_digits_are_read_as_people_write_them(text: str) -> None:
    assert five_digits(text) == "30303"


@pytest.mark.parametrize(
    "text",
    ["", " ", "3030", "303033", "30303-", "30303-123", "303031234", "3030a", "٣٠٣٠٣", "30303\x00", "1 30303"],
)
def test_anything_else_is_malformed_and_nobody_is_asked_for_it(text: str) -> None:
    asked: list[str] = []

    def find(digits: str) -> None:
        asked.append(digits)

    assert office_of_zip(text, AREAS, find) == Match((), Reason.ZIP_MALFORMED)
    assert asked == []


def test_digits_that_no_place_has_are_unknown() -> None:
    assert office_of_zip("00000", AREAS, lambda _: None) == Match((), Reason.ZIP_UNKNOWN)


def test_what_a_person_typed_leads_to_the_office_and_the_place() -> None:
    place = Place("30303", "GA", "Fulton County", "America/New_York")

    assert office_of_zip("30303-1234", AREAS, {"30303": place}.get) == Match(("ero-atl",), Reason.AREA, place)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("De Witt County", "DeWitt"),
        ("St Lawrence", "St. Lawrence County"),
        ("LOS ANGELES", "Los Angeles county"),
    ],
)
def test_names_of_one_county_are_one(one: str, other: str) -> None:
    assert county_key(one) == county_key(other)


def test_a_county_is_not_another_s_beginning() -> None:
    assert county_key("King County") != county_key("Kings County")
