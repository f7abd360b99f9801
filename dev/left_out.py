"""What libraries bring and nothing of ours ever imports: left out of the zip.

Promises that whatever the table names was there, and that no file that stays imports it but those the table
names too. That our code runs without it is shown by `bytecode`, which imports all of it from what is left.
"""

import ast
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dev.imports import imported


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Paths from the zip's root (globs), those of them that stay, and why nobody misses the others.

    `only_for`: files that stay and import what is left out, and are themselves never imported, or do so only when
    somebody asks for that very thing.
    """

    why: str
    paths: tuple[str, ...]
    kept: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()


def _libraries(*names: str) -> tuple[str, ...]:
    return tuple(path for name in names for path in (name, f"{name}-*.dist-info"))


LEFT_OUT = (
    LeftOut(
        "what Twilio's asynchronous client needs; ours waits for its answers",
        (
            *_libraries("aiohttp", "aiohttp_retry", "aiohappyeyeballs", "aiosignal", "frozenlist"),
            *_libraries("multidict", "propcache", "yarl", "attrs"),
            "attr",  # attrs by its old name
        ),
        only_for=("twilio/http/async_http_client.py",),
    ),
    LeftOut(
        "Twilio's products but calls and texts: its client loads each when it is asked for",
        ("twilio/rest/*",),
        kept=("twilio/rest/__init__.py", "twilio/rest/api"),
        only_for=("twilio/rest/__init__.py",),
    ),
    LeftOut(
        "countries but one: the package loads a country when it is asked for, its __init__.py all of them",
        ("holidays/countries/*",),
        kept=("holidays/countries/united_states.py",),
    ),
    LeftOut("holidays of stock exchanges", ("holidays/financial",)),
    LeftOut(
        "names of other countries' holidays, and of ours in Thai",
        ("holidays/locale/*/LC_MESSAGES/*",),
        kept=("holidays/locale/en_US/LC_MESSAGES/US.mo",),
    ),
)


class LeftOutError(Exception):
    """The table doesn't fit the libraries (any more); the message says where."""


def leave_out(folder: Path, table: tuple[LeftOut, ...] = LEFT_OUT) -> int:
    """Delete what the table names from an unpacked zip; return how many files that were.

    Raises:
        LeftOutError: a glob finds nothing, or a file that stays imports what is gone.
    """
    before = _files(folder)
    gone = {name for part in table for name in _delete(folder, part)}
    asking = sorted(_asking(folder, gone) - {path for part in table for path in part.only_for})
    if asking:
        raise LeftOutError(f"What is left out of the zip is imported by {', '.join(asking)}.")
    return before - _files(folder)


def _delete(folder: Path, part: LeftOut) -> Iterator[str]:
    """Delete what one line names; yield the names by which it would have been imported."""
    for pattern in part.paths:
        found = [path.relative_to(folder) for path in folder.glob(pattern)]
        if not found:
            raise LeftOutError(f"There is no {pattern} to leave out: {part.why}.")
        for path in found:
            if path.as_posix() not in part.kept:
                yield ".".join(path.with_suffix("").parts).removesuffix(".__init__")
                _remove(folder / path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _asking(folder: Path, gone: set[str]) -> set[str]:
    """Return the files that import one of these modules, or something in it."""
    tops = "|".join(sorted(re.escape(name.split(".")[0]) for name in gone))
    mention = re.compile(rf"^\s*(?:import|from)\b.*\b(?:{tops})\b", re.MULTILINE)  # to parse few of the files
    texts = ((path, path.read_text(encoding="utf-8")) for path in folder.rglob("*.py"))
    return {
        path.relative_to(folder).as_posix()
        for path, text in texts
        if mention.search(text) and any(_is_in(name, gone) for name in imported(ast.parse(text)))
    }


def _is_in(name: str, modules: set[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:depth]) in modules for depth in range(1, len(parts) + 1))


def _files(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())
