"""Rows of a CSV file with the line each ends on, or what is wrong with the file. Knows no column's meaning."""

import csv
from collections.abc import Mapping
from pathlib import Path

from cli.problems import FileRefused, Problem

Row = Mapping[str, str]


def read_rows(file: Path, columns: tuple[str, ...], absent: str) -> list[tuple[int, Row]]:
    """Return the rows with the line each ends on. `absent` says what to do when there is no such file.

    Raises:
        FileRefused: there is no such file, it is a folder or isn't UTF-8, or one of `columns` is missing.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="", restkey="")
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise FileRefused(
                    Problem(str(file), 1, f"The column {column} is missing. Add it.") for column in missing
                )
            return [(reader.line_num, row) for row in reader]
    except FileNotFoundError as error:
        raise FileRefused([Problem(str(file), 1, f"There is no such file. {absent}")]) from error
    except IsADirectoryError as error:
        raise FileRefused([Problem(str(file), 1, "This is a folder. Name the file in it.")]) from error
    except UnicodeDecodeError as error:
        raise FileRefused([Problem(str(file), 1, "The file isn’t UTF-8 text. Save it as UTF-8.")]) from error
