"""Areas of responsibility as files: areas.csv and split_zips.csv → an Areas value.

Promises: every area leads to an office of the directory, no place leads to two unless it is marked as a
conflict. Problems are named by file and line, all at once.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from chalicelib.domain.areas import Area, Areas, county_key
from cli.csv_rows import Row, read_rows
from cli.problems import FileRefused, Problem

AREAS = "areas.csv"
SPLIT_ZIPS = "split_zips.csv"
CONFLICT = "conflict"
CONFIDENCE = ("two_sources_agree", "two_sources_agree_changed", CONFLICT)
_CODES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND "
    "OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR VI GU MP AS FM MH PW"
)
STATES = frozenset(_CODES.split())
"""Postal codes of states and territories."""
COUNTY = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*")

ABSENT = "It says which office is responsible where; it belongs beside offices.csv."
Seen = dict[tuple[str, str], int]
"""Places that had a row, with its line."""


def read_areas(folder: Path, office_ids: Collection[str]) -> Areas:
    """Read and check both files of the folder. `office_ids` are those the directory knows.

    Raises:
        FileRefused: with every problem found, by file and line.
    """
    areas = read_rows(
        folder / AREAS, ("state", "county", "county_fips", "office_id", "alt_office_id", "confidence"), ABSENT
    )
    zips = read_rows(folder / SPLIT_ZIPS, ("zip", "office_id", "alt_office_id", "source"), ABSENT)
    problems = [
        *_area_problems(folder / AREAS, areas, office_ids),
        *_zip_problems(folder / SPLIT_ZIPS, zips, office_ids),
    ]
    if problems:
        raise FileRefused(problems)
    return Areas(
        states={row["state"]: _area(row) for _, row in areas if not row["county"]},
        counties={(row["state"], county_key(row["county"])): _area(row) for _, row in areas if row["county"]},
        zips={
            row["zip"]: Area(row["office_id"], (row["alt_office_id"],), is_conflict=True) for _, row in zips
        },
    )


def _area_problems(file: Path, rows: list[tuple[int, Row]], office_ids: Collection[str]) -> Iterator[Problem]:
    seen: Seen = {}
    for line, row in rows:
        for text in [*_wrong_place(row), *_wrong_offices(row, office_ids), *_repeated(row, seen)]:
            yield Problem(str(file), line, text)
        seen.setdefault((row["state"], county_key(row["county"])), line)
        seen.setdefault((row["state"], "*"), line)


def _wrong_place(row: Row) -> Iterator[str]:
    state, county, fips = row["state"], row["county"], row["county_fips"]
    if state not in STATES:
        yield f"There is no state “{state}”. Write its two letters, like GA."
    if county and not COUNTY.fullmatch(county):
        yield f"“{county}” is not the name of a county. Leave it empty for the whole state."
    if bool(county) != bool(fips) or not re.fullmatch(r"([0-9]{5})?", fips):
        yield f"county_fips “{fips}” must have five digits for a county, and be empty for a whole state."


def _wrong_offices(row: Row, office_ids: Collection[str]) -> Iterator[str]:
    other, confidence = row["alt_office_id"], row["confidence"]
    yield from _unknown((row["office_id"], other) if other else (row["office_id"],), office_ids)
    if confidence not in CONFIDENCE:
        yield f"confidence “{confidence}” is none of {', '.join(CONFIDENCE)}."
    if confidence == CONFLICT and not other:
        yield "A conflict is between two offices. Name the other one in alt_office_id."
    if other and other == row["office_id"]:
        yield f"{other} is both offices of this row. Leave alt_office_id empty."


def _unknown(offices: Collection[str], office_ids: Collection[str]) -> Iterator[str]:
    for office in offices:
        if office not in office_ids:
            yield f"There is no office “{office}” in offices.csv. Correct the id."


def _repeated(row: Row, seen: Seen) -> Iterator[str]:
    state, county = row["state"], row["county"]
    same = seen.get((state, county_key(county)))
    whole_and_part = seen.get((state, "*" if not county else ""))
    if same:
        yield f"{county or state} is here twice, first in line {same}. Delete one."
    elif whole_and_part:
        yield f"{state} is here as a whole and by county, first in line {whole_and_part}. Keep one of the two."


def _zip_problems(file: Path, rows: list[tuple[int, Row]], office_ids: Collection[str]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for line, row in rows:
        for text in _wrong_zip(row, office_ids, seen):
            yield Problem(str(file), line, text)
        seen.setdefault(row["zip"], line)


def _wrong_zip(row: Row, office_ids: Collection[str], seen: Mapping[str, int]) -> Iterator[str]:
    if not re.fullmatch(r"[0-9]{5}", row["zip"]):
        yield f"“{row['zip']}” is not a ZIP code. Write five digits, like 92672."
    if row["zip"] in seen:
        yield f"{row['zip']} is here twice, first in line {seen[row['zip']]}. Delete one."
    yield from _unknown((row["office_id"], row["alt_office_id"]), office_ids)
    if row["office_id"] == row["alt_office_id"]:
        yield f"{row['office_id']} is both offices of this ZIP code. Delete the row: it isn’t split."


def _area(row: Row) -> Area:
    other = row["alt_office_id"]
    return Area(row["office_id"], (other,) if other else (), is_conflict=row["confidence"] == CONFLICT)
