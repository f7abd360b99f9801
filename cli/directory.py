"""The office directory as files: offices.csv and do_not_call.csv → Office values.

Promises: no line is callable (only a person's verification makes it so), no number is in the do-not-call
file, and each is one of the North American plan. Problems are named by file and line, all at once.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers

from chalicelib.domain.office import Line, Office
from chalicelib.domain.phones import NORTH_AMERICAN
from chalicelib.domain.words import Words
from cli.problems import FileRefused, Problem

OFFICES = "offices.csv"
DO_NOT_CALL = "do_not_call.csv"
COLUMNS = ("id", "place_en", "place_es", "name_en", "name_es", "phone_e164", "address", "timezone")
"""Columns of offices.csv that may not be empty; the others say where a row comes from."""
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Directory:
    """All offices by id, and the numbers that are never called with their reason."""

    offices: Mapping[str, Office]
    never: Mapping[str, str]

    @property
    def never_rung(self) -> frozenset[str]:
        """The numbers that no supporter can be called on: all offices' own lines, and those never called."""
        lines = (line.number for office in self.offices.values() for line in office.lines)
        return frozenset({*lines, *self.never})


def read_directory(folder: Path) -> Directory:
    """Read and check both files of the folder.

    Raises:
        FileRefused: with every problem found, by file and line.
    """
    never = {
        row["phone_e164"]: row["reason"] for _, row in _rows(folder / DO_NOT_CALL, ("phone_e164", "reason"))
    }
    offices: dict[str, Office] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for line, row in _rows(folder / OFFICES, COLUMNS):
        wrong = [*_wrong(row, never), *_repeated(row, lines)]
        problems += [Problem(str(folder / OFFICES), line, text) for text in wrong]
        lines |= {row["id"]: line, row["phone_e164"]: line}
        offices[row["id"]] = _office(row)
    if problems:
        raise FileRefused(problems)
    return Directory(offices, never)


def _rows(file: Path, columns: tuple[str, ...]) -> list[tuple[int, Row]]:
    """Return the rows with the line each ends on."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines, restval="", restkey="")
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise FileRefused([Problem(str(file), 1, f"The column {missing[0]} is missing. Add it.")])
            return [(reader.line_num, row) for row in reader]
    except FileNotFoundError as error:
        text = "There is no such file. It says which offices exist; name its folder with --directory."
        raise FileRefused([Problem(str(file), 1, text)]) from error
    except UnicodeDecodeError as error:
        raise FileRefused([Problem(str(file), 1, "The file isn’t UTF-8 text. Save it as UTF-8.")]) from error


def _wrong(row: Row, never: Mapping[str, str]) -> Iterator[str]:
    empty = [column for column in COLUMNS if not row[column].strip()]
    if empty:
        yield f"{', '.join(empty)} is empty. An office is read and spoken in both languages: fill it in."
    if not ID.fullmatch(row["id"]):
        yield f"The id “{row['id']}” must be lower-case letters, digits and hyphens, like ero-atl."
    if not _is_zone(row["timezone"]):
        yield f"There is no time zone “{row['timezone']}”. Write it like America/New_York."
    number = row["phone_e164"]
    if number in never:
        yield f"{number} is never called: {never[number]} Remove it."
    elif number and not _is_dialable(number):
        yield f"{number} is not a phone number in North America. Write it like +14045550123."


def _repeated(row: Row, lines: Mapping[str, int]) -> Iterator[str]:
    for column in ("id", "phone_e164"):
        if row[column] in lines:
            yield f"{row[column]} is here twice, first in line {lines[row[column]]}. Delete one."


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True


def _is_dialable(number: str) -> bool:
    """Whether it is well-formed; nobody has rung it."""
    if not NORTH_AMERICAN.fullmatch(number):
        return False
    return phonenumbers.is_valid_number(phonenumbers.parse(number))


def _office(row: Row) -> Office:
    return Office(
        id=row["id"],
        name=Words(row["name_en"], row["name_es"]),
        place=Words(row["place_en"], row["place_es"]),
        zone=row["timezone"],
        address=row["address"],
        lines=(Line(row["phone_e164"]),),
    )
