"""Areas of responsibility as files: all of them as they are, and what is refused, line by line."""

from pathlib import Path

import pytest

from chalicelib.adapters.area_items import AreaShelf
from chalicelib.domain.areas import Area
from cli.areas_file import read_areas
from cli.directory import read_directory
from cli.problems import FileRefused
from tests.cli.conftest import ROOT, Shell, changed

OFFICES = ("ero-atl", "ero-hou", "ero-sna", "ero-los", "ero-snd")
AREAS = """\
state,county,county_fips,office_id,alt_office_id,as_of,confidence
GA,,,ero-atl,,2026-04-20,two_sources_agree
TX,Bell,48027,ero-hou,ero-sna,2026-04-20,conflict
TX,De Witt,48123,ero-hou,ero-sna,2026-04-20,two_sources_agree_changed
CA,Orange,06059,ero-los,,2026-04-20,two_sources_agree
"""
ZIPS = """\
zip,office_id,alt_office_id,source
92672,ero-los,ero-snd,here and there
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
    (tmp_path / "split_zips.csv").write_text(ZIPS, encoding="utf-8")
    return tmp_path


def refused(folder: Path) -> list[str]:
    with pytest.raises(FileRefused) as error:
        read_areas(folder, OFFICES)
    return str(error.value).replace(f"{folder}/", "").splitlines()


def test_areas_are_read_with_what_speaks_against_them(folder: Path) -> None:
    areas = read_areas(folder, OFFICES)

    assert areas.states == {"GA": Area("ero-atl")}
    assert areas.counties == {
        ("TX", "bell"): Area("ero-hou", ("ero-sna",), is_conflict=True),
        ("TX", "dewitt"): Area("ero-hou", ("ero-sna",)),
        ("CA", "orange"): Area("ero-los"),
    }
    assert areas.zips == {"92672": Area("ero-los", ("ero-snd",), is_conflict=True)}


def test_every_area_of_the_agency_is_there() -> None:
    areas = read_areas(ROOT / "directory", read_directory(ROOT / "directory").offices)

    assert (len(areas.states), len(areas.counties), len(areas.zips)) == (52, 374, 20)
    assert {state for state, _ in areas.counties} == {"CA", "NY", "TX"}
    every = [*areas.states.values(), *areas.counties.values()]
    assert sum(area.is_conflict for area in every) == 10
    assert sum(bool(area.alternatives) for area in every) == 25


def test_every_office_has_an_area() -> None:
    offices = read_directory(ROOT / "directory").offices
    areas = read_areas(ROOT / "directory", offices)

    assert {area.office_id for area in (*areas.states.values(), *areas.counties.values())} == offices.keys()


WRONG = [
    ("ero-atl,,", "ero-atx,,", "areas.csv:2: There is no office “ero-atx” in offices.csv. Correct the id."),
    ("ero-hou,ero-sna", "ero-hou,ero-sat", "areas.csv:3: There is no office “ero-sat” in offices.csv."),
    ("ero-atl,,", ",,", "areas.csv:2: There is no office “” in offices.csv."),
    ("GA,", "Georgia,", "areas.csv:2: There is no state “Georgia”. Write its two letters, like GA."),
    ("GA,", "XX,", "areas.csv:2: There is no state “XX”."),
    ("Orange,", "Orange 7,", "areas.csv:5: “Orange 7” is not the name of a county."),
    ("06059", "6059", "areas.csv:5: county_fips “6059” must have five digits for a county"),
    ("06059", "", "areas.csv:5: county_fips “” must have five digits for a county"),
    ("GA,,,", "GA,,13121,", "areas.csv:2: county_fips “13121” must have five digits for a county, and be empty"),
    ("conflict", "unsure", "areas.csv:3: confidence “unsure” is none of two_sources_agree, two_sources_agree_changed"),
    ("ero-hou,ero-sna,2026-04-20,conflict", "ero-hou,,2026-04-20,conflict", "areas.csv:3: A conflict is between two"),
    ("ero-hou,ero-sna", "ero-hou,ero-hou", "areas.csv:3: ero-hou is both offices of this row."),
    ("TX,De Witt", "TX,BELL County", "areas.csv:4: BELL County is here twice, first in line 3. Delete one."),
    ("CA,Orange,06059", "GA,,", "areas.csv:5: GA is here twice, first in line 2. Delete one."),
    ("CA,Orange", "GA,Orange", "areas.csv:5: GA is here as a whole and by county, first in line 2. Keep one"),
    ("CA,Orange,06059", "TX,,", "areas.csv:5: TX is here as a whole and by county, first in line 3. Keep one"),
    ("confidence", "sureness", "areas.csv:1: The column confidence is missing. Add it."),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said"), WRONG)
def test_what_is_wrong_with_an_area_is_said_with_its_line(
    folder: Path, before: str, after: str, said: str
) -> None:
    changed(folder / "areas.csv", before, after)

    found = refused(folder)

    assert len(found) == 1, found
    assert found[0].startswith(said)


WRONG_ZIPS = [
    ("92672", "9267", "split_zips.csv:2: “9267” is not a ZIP code. Write five digits, like 92672."),
    ("ero-snd", "ero-los", "split_zips.csv:2: ero-los is both offices of this ZIP code."),
    ("ero-snd", "ero-san", "split_zips.csv:2: There is no office “ero-san” in offices.csv."),
    (
        "here and there\n",
        "here and there\n92672,ero-snd,ero-los,again\n",
        "split_zips.csv:3: 92672 is here twice, first in line 2. Delete one.",
    ),
    ("source", "origin", "split_zips.csv:1: The column source is missing. Add it."),
]


@pytest.mark.parametrize(("before", "after", "said"), WRONG_ZIPS)
def test_what_is_wrong_with_a_split_zip_code_is_said_with_its_line(
    folder: Path, before: str, after: str, said: str
) -> None:
    changed(folder / "split_zips.csv", before, after)

    found = refused(folder)

    assert len(found) == 1, found
    assert found[0].startswith(said)


def test_all_problems_of_both_files_are_told_at_once(folder: Path) -> None:
    changed(folder / "areas.csv", "GA,", "XX,")
    changed(folder / "areas.csv", "06059", "6059")
    changed(folder / "split_zips.csv", "92672", "9267")

    assert [line.split(" ")[0] for line in refused(folder)] == [
        "areas.csv:2:",
        "areas.csv:5:",
        "split_zips.csv:2:",
    ]


@pytest.mark.parametrize("name", ["areas.csv", "split_zips.csv"])
def test_a_missing_file_says_where_it_belongs(folder: Path, name: str) -> None:
    (folder / name).unlink()

    assert refused(folder)[0].startswith(
        f"{name}:1: There is no such file. It says which office is responsible"
    )


def test_applying_a_campaign_keeps_the_areas(shell: Shell, campaign_file: Path) -> None:
    shell.run("campaign", "apply", str(campaign_file), "--yes")

    kept = AreaShelf(shell.catalog.table).areas()
    assert kept == read_areas(ROOT / "directory", read_directory(ROOT / "directory").offices)


def test_a_campaign_is_not_applied_with_areas_that_are_wrong(shell: Shell, campaign_file: Path) -> None:
    folder = campaign_file.parent / "directory"
    folder.mkdir()
    for name in ("offices.csv", "do_not_call.csv", "areas.csv", "split_zips.csv"):
        (folder / name).write_bytes((ROOT / "directory" / name).read_bytes())
    changed(folder / "areas.csv", ",ero-atl,", ",ero-atx,")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes", "--directory", str(folder))

    assert result.exit_code == 2
    assert "There is no office “ero-atx” in offices.csv." in " ".join(result.stderr.split())
    assert shell.catalog.campaigns() == ()
