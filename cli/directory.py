"""The office directory as files: offices.csv and do_not_call.csv → Office values.

Promises: no line is callable (only a person's verification makes it so), no number is in the do-not-call
file, and each is one that may be a target. Problems are named by file and line, all at once.

The do-not-call file of the source counts too, whatever folder is read: another folder adds to it and can't take
a number out.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers

from chalicelib.adapters.office_items import Provenance
from chalicelib.domain.office import Caps, Hours, Line, Office
from chalicelib.domain.targets import why_no_target
from chalicelib.domain.words import Words
from cli.hours_text import Misread, read_week
from cli.problems import FileRefused, Problem

OFFICES = "offices.csv"
DO_NOT_CALL = "do_not_call.csv"
OURS = Path(__file__).resolve().parent.parent / "directory" / DO_NOT_CALL
COLUMNS = ("id", "place_en", "place_es", "name_en", "name_es", "phone_e164", "address", "timezone")
"""Columns of offices.csv that may not be empty."""
FROM_WHERE = ("source_1", "source_2", "as_of", "confidence")
"""Columns that say where a row comes from."""
CAPS = {"at_once": (1, 10), "an_hour": (1, 120), "pause_seconds": (0, 600)}
"""Columns for a line's own caps, with the least and the most. More than that is pressure on a line, not care."""
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
REGIONS = frozenset({"US", "PR", "VI", "GU", "AS", "MP", "CA"})
"""Where an office's number may be. The rest of +1 is billed as international, and is where toll fraud lives."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Directory:
    """All offices by id, the numbers that are never called with their reason, and where each row comes from.

    `rows`: the line of the file on which an office's row ends, to name it in a problem.
    """

    offices: Mapping[str, Office]
    never: Mapping[str, str]
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> frozenset[str]:
        """All offices' own lines: no supporter can be called on one."""
        return frozenset(line.number for office in self.offices.values() for line in office.lines)


def read_directory(folder: Path) -> Directory:
    """Read and check both files of the folder.

    Raises:
        FileRefused: with every problem found, by file and line.
    """
    return _read(folder / OFFICES, [folder / DO_NOT_CALL])


def read_offices(file: Path) -> Directory:
    """Read and check one file of offices; a do-not-call file beside it counts as well as ours.

    Raises:
        FileRefused: with every problem found, by line.
    """
    beside = file.parent / DO_NOT_CALL
    return _read(file, [beside] if beside.is_file() or not OURS.is_file() else [])


def _read(file: Path, lists: list[Path]) -> Directory:
    never = _never([*lists, OURS] if OURS.is_file() else lists)
    offices: dict[str, Office] = {}
    provenance: dict[str, Provenance] = {}
    rows: dict[str, int] = {}
    seen: dict[str, int] = {}
    problems: list[Problem] = []
    for line, row in _rows(file, COLUMNS):
        wrong = [*_wrong(row, never), *_repeated(row, seen)]
        problems += [Problem(str(file), line, text) for text in wrong]
        seen |= dict.fromkeys((row["id"], *_numbers(row)), line)
        if not wrong:
            offices[row["id"]], rows[row["id"]] = _office(row), line
            provenance[row["id"]] = Provenance(*(row.get(column, "") for column in FROM_WHERE))
    if problems:
        raise FileRefused(problems)
    return Directory(offices, never, provenance, rows)


def _never(files: Iterable[Path]) -> dict[str, str]:
    columns = ("phone_e164", "reason")
    return {row["phone_e164"]: row["reason"] for file in files for _, row in _rows(file, columns)}


def _rows(file: Path, columns: tuple[str, ...]) -> list[tuple[int, Row]]:
    """Return the rows with the line each ends on."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="", restkey="")
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                problems = [
                    Problem(str(file), 1, f"The column {column} is missing. Add it.") for column in missing
                ]
                raise FileRefused(problems)
            return [(reader.line_num, row) for row in reader]
    except FileNotFoundError as error:
        text = "There is no such file. It says which offices exist; name its folder with --directory."
        raise FileRefused([Problem(str(file), 1, text)]) from error
    except IsADirectoryError as error:
        text = "This is a folder. Name the file in it, like offices.csv."
        raise FileRefused([Problem(str(file), 1, text)]) from error
    except UnicodeDecodeError as error:
        raise FileRefused([Problem(str(file), 1, "The file isn’t UTF-8 text. Save it as UTF-8.")]) from error


def _wrong(row: Row, never: Mapping[str, str]) -> Iterator[str]:
    empty = [column for column in COLUMNS if not row[column].strip()]
    if empty:
        yield f"{', '.join(empty)} is empty. An office is read and spoken in both languages: fill it in."
    if row.get(""):
        yield "There are more values than columns. Put a value that has a comma in it in quotes."
    if row["id"] and not ID.fullmatch(row["id"]):
        yield f"The id “{row['id']}” must be lower-case letters, digits and hyphens, like ero-atl."
    if row["timezone"] and not _is_zone(row["timezone"]):
        yield f"There is no time zone “{row['timezone']}”. Write it like America/New_York."
    for number in _numbers(row):
        yield from _wrong_number(number, never)
    yield from _wrong_hours(row)
    yield from _wrong_caps(row)


def _wrong_number(number: str, never: Mapping[str, str]) -> Iterator[str]:
    why = why_no_target(number)
    if number in never:
        yield f"{number} is never called: {never[number]} Remove it."
    elif why:
        yield f"{number} {why}. An office has an ordinary number, written like +14045550123."
    elif not _is_valid(number):
        yield f"{number} is not a number that exists in North America. Look it up again."


def _wrong_hours(row: Row) -> Iterator[str]:
    try:
        read_week(row["hours"]) if row.get("hours", "").strip() else None
    except Misread as error:
        yield str(error)
    if row.get("holidays", "") not in {"", "open", "closed"}:
        yield f"holidays is “{row['holidays']}”. Write open or closed; empty means closed."


def _wrong_caps(row: Row) -> Iterator[str]:
    for column, (least, most) in CAPS.items():
        text = row.get(column, "")
        if text and not (re.fullmatch(r"[0-9]{1,4}", text) and least <= int(text) <= most):
            yield f"{column} is “{text}”. Write a whole number from {least} to {most}, or nothing."


def _repeated(row: Row, seen: Mapping[str, int]) -> Iterator[str]:
    numbers = _numbers(row)
    for text in dict.fromkeys((row["id"], *numbers)):
        if text in seen:
            yield f"{text} is here twice, first in line {seen[text]}. Delete one."
        elif numbers.count(text) > 1:
            yield f"{text} is in this row twice. Delete one."


def _numbers(row: Row) -> tuple[str, ...]:
    """The office's numbers in the order in which they are tried."""
    return tuple(filter(None, (row["phone_e164"].strip(), *row.get("more_phones", "").split())))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True


def _is_valid(number: str) -> bool:
    """Whether it is well-formed and in our part of North America; nobody has rung it."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.is_valid_number(parsed) and phonenumbers.region_code_for_number(parsed) in REGIONS


def _office(row: Row) -> Office:
    caps = _caps(row)
    return Office(
        id=row["id"],
        name=Words(row["name_en"], row["name_es"]),
        place=Words(row["place_en"], row["place_es"]),
        zone=row["timezone"],
        address=row["address"],
        lines=tuple(Line(number, caps=caps) for number in _numbers(row)),
        hours=_hours(row),
    )


def _hours(row: Row) -> Hours:
    keeps_holidays = row.get("holidays", "") != "open"
    if not row.get("hours", "").strip():
        return Hours(keeps_holidays=keeps_holidays)
    return Hours(read_week(row["hours"]), keeps_holidays)


def _caps(row: Row) -> Caps:
    house = Caps()
    return Caps(
        at_once=int(row.get("at_once") or house.at_once),
        an_hour=int(row.get("an_hour") or house.an_hour),
        pause=int(row.get("pause_seconds") or house.pause),
    )
