"""Every ZIP code there is: its place, and with the real areas its office or a stated reason."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import zipcodes
from rich.table import Table

from chalicelib.adapters.zip_codes import place_of
from chalicelib.domain.areas import Areas, Match, Reason, office_of_zip
from cli.areas_file import read_areas
from cli.directory import read_directory
from tests.conftest import Figure

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {
    # As measured when the areas were gathered; directory/README.md says so too.
    "all": 42_789,
    "with an office": 41_946,
    Reason.MILITARY: 823,
    Reason.NO_OFFICE: 9,
    Reason.COUNTY_UNKNOWN: 11,
}


@pytest.fixture(scope="module")
def areas() -> Areas:
    return read_areas(ROOT / "directory", read_directory(ROOT / "directory").offices)


@pytest.fixture(scope="module")
def matches(areas: Areas) -> dict[str, Match]:
    every = [row["zip_code"] for row in zipcodes.list_all()]  # type: ignore[no-untyped-call]  # it has none
    return {digits: office_of_zip(digits, areas, place_of) for digits in every}


def test_every_zip_code_has_an_office_or_a_stated_reason(matches: dict[str, Match], figure: Figure) -> None:
    counts = Counter(match.reason for match in matches.values())
    reached = counts[Reason.AREA] + counts[Reason.CHOICE]
    table = Table("ZIP codes", "found", "known", title="ZIP code → office")
    found = {"all": len(matches), "with an office": reached} | {
        reason: counts[reason] for reason in (Reason.MILITARY, Reason.NO_OFFICE, Reason.COUNTY_UNKNOWN)
    }
    for name, known in KNOWN.items():
        table.add_row(str(name), f"{found[name]:,}", f"{known:,}")
    table.add_row("of those, a choice of two", f"{counts[Reason.CHOICE]:,}", "")
    figure(table)

    assert found == KNOWN
    assert counts.total() == reached + 823 + 9 + 11
    assert all(
        bool(match.offices) == (match.reason in (Reason.AREA, Reason.CHOICE)) for match in matches.values()
    )


SAMPLES = [
    ("30303", ("ero-atl",), Reason.AREA),
    ("78501", ("ero-hlg",), Reason.AREA),
    ("92672", ("ero-los", "ero-snd"), Reason.CHOICE),
    ("76701", ("ero-hou", "ero-sna"), Reason.CHOICE),  # Waco, in a county on which sources disagree
    ("13617", ("ero-buf",), Reason.AREA),  # St. Lawrence County
    ("00901", ("ero-mia",), Reason.AREA),  # San Juan
    ("96910", ("ero-sfr",), Reason.AREA),  # Guam
    ("96799", (), Reason.NO_OFFICE),
    ("09012", (), Reason.MILITARY),
    ("75059", (), Reason.COUNTY_UNKNOWN),
    ("00000", (), Reason.ZIP_UNKNOWN),
    ("3030", (), Reason.ZIP_MALFORMED),
]


@pytest.mark.parametrize(("text", "offices", "reason"), SAMPLES)
def test_a_zip_code_leads_where_people_expect(
    areas: Areas, text: str, offices: tuple[str, ...], reason: Reason
) -> None:
    match = office_of_zip(text, areas, place_of)

    assert (match.offices, match.reason) == (offices, reason)


def test_every_split_zip_code_offers_its_county_s_office_first(areas: Areas) -> None:
    """A row that is older than areas.csv would hide what the county now says: make the table again."""
    without = Areas(areas.states, areas.counties)
    split = {digits: office_of_zip(digits, without, place_of) for digits in areas.zips}

    assert len(split) == 20
    assert {digits: match.offices[0] for digits, match in split.items()} == {
        digits: area.office_id for digits, area in areas.zips.items()
    }


def test_every_place_but_a_military_post_office_has_a_time_zone(matches: dict[str, Match]) -> None:
    places = [match.place for match in matches.values() if match.place]
    zones = {place.zone for place in places if not place.is_military}

    assert {place.zone for place in places if place.is_military} == {None}
    assert len({ZoneInfo(zone or "missing").key for zone in zones}) == len(zones) > 30


def test_a_place_is_told_whole() -> None:
    place = place_of(" 30303-1234 ")

    assert place is not None
    assert (place.zip, place.state, place.county) == ("30303", "GA", "Fulton County")
    assert (place.zone, place.is_military) == ("America/New_York", False)


@pytest.mark.parametrize("text", ["", "abcde", "00000", "30303-12", "٣٠٣٠٣", "3" * 5000])
def test_no_place_has_other_texts(text: str) -> None:
    assert place_of(text) is None


def test_the_package_is_not_loaded_before_the_first_question() -> None:
    script = "import sys, chalicelib.adapters.zip_codes; sys.exit('zipcodes' in sys.modules)"

    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)

    assert ran.returncode == 0
