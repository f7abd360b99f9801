"""A file that is whole or not there, written row by row; and cells that no spreadsheet obeys. Knows no column.

Promises: until the last row is written the rows stand in a file beside it that only its owner may read; if anything
goes wrong, that is taken away and what stood there before stands there still.
"""

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Any, TextIO

from cli.terminal import WRONG, give_up

STANDARD_OUTPUT = "-"
OWNER_ONLY, AS_USUAL = 0o600, 0o666
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet would calculate, and so might send somewhere."""

Cell = str | int | bool | None
Put = Callable[[Sequence[Cell]], None]


@contextmanager
def whole_file(out: str, *, is_private: bool = False) -> Iterator[TextIO]:
    """Yield a file that takes the place of `out` once all is written; or standard output."""
    if out == STANDARD_OUTPUT:
        with _standard_output() as lines:
            yield lines
        return
    part = _begun(Path(out))
    try:
        with part.open("w", encoding="utf-8", newline="") as lines:
            yield lines
            lines.flush()
            os.fsync(lines.fileno())
        part.chmod(OWNER_ONLY if is_private else AS_USUAL & ~_umask())
        part.replace(out)
    except OSError as error:
        give_up(f"{out} can’t be written: {error.strerror}. Nothing was.", WRONG)
    finally:
        part.unlink(missing_ok=True)


def require_writable(out: str) -> None:
    """End with a sentence where a file can't be made, before anything is read for it."""
    if out != STANDARD_OUTPUT:
        _begun(Path(out)).unlink()


def csv_rows(lines: TextIO, header: Sequence[str]) -> Put:
    """Write the header, and return what writes a row (RFC 4180)."""
    writer = csv.writer(lines)
    writer.writerow(header)
    return lambda row: _no_answer(writer.writerow([cell(each) for each in row]))


def json_line(lines: TextIO, value: Any) -> None:
    """Write one value as a line of JSON."""
    lines.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def cell(value: Cell) -> str | int:
    """Return what stands in a cell: text that would be taken for a formula has an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value
    return f"'{value}" if value.startswith(FORMULA) else value


def _begun(out: Path) -> Path:
    """A new file beside `out`, which nobody takes for it."""
    if out.is_dir():
        give_up(f"{out} is a folder. Name a file in it.", WRONG)
    try:
        number, name = mkstemp(dir=out.parent, prefix=f".{out.name}.", suffix=".part")
    except OSError as error:
        give_up(f"{out} can’t be written: {error.strerror}.", WRONG)
    os.close(number)
    return Path(name)


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    """Standard output as UTF-8, whatever the terminal's language is; its line ends are left alone."""
    lines = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield lines
    finally:
        # A reader that went away (head) has all it wanted.
        with suppress(BrokenPipeError):
            lines.flush()
        lines.detach()


def _umask() -> int:
    """This process's mask; asking for it is setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _no_answer(_: object) -> None:
    """Drop what the writer says: how many characters it wrote."""
