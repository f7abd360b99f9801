"""The edge to the person at the terminal: exit codes, and errors as sentences.

| code | means |
|---|---|
| 0 | done, or nothing to do |
| 1 | refused: you said no, the counts differ, a move isn't allowed, somebody else was faster |
| 2 | the command, the file or the settings need correcting |
| 3 | the table can't be reached |
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Never, ParamSpec

import typer
from rich.console import Console
from rich.text import Text

from chalicelib.config import ConfigError
from cli.connection import Connection, connect, trouble
from cli.problems import FileRefused

REFUSED, WRONG, UNREACHABLE = 1, 2, 3
SOURCE = Path(__file__).resolve().parent.parent
EXIT_CODES = (
    "Exit codes: 0 done, or nothing to do · 1 refused (you said no, the counts differ, a move isn’t allowed, "
    "somebody else was faster) · 2 the command, the file or the settings need correcting · "
    "3 the table can’t be reached"
)

P = ParamSpec("P")


def screen() -> Console:
    """The terminal (or file) that results go to."""
    return Console(highlight=False)


def margin() -> Console:
    """Where progress and errors go, so that results can be piped."""
    return Console(stderr=True, highlight=False)


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Have a command end in sentences and an exit code, whatever goes wrong that has an answer."""

    @wraps(command)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except FileRefused as error:
            for problem in error.problems:
                margin().print(Text(str(problem)), soft_wrap=True)
            give_up(f"Nothing was changed: {_counted(len(error.problems))} to correct first.", WRONG)
        except ConfigError as error:
            give_up(f"{error} Or start this machine’s stack with `make run`: it is found by itself.", WRONG)

    return spoken


def give_up(sentence: str, code: int) -> Never:
    """End with a sentence on stderr and an exit code."""
    margin().print(Text(sentence, "bold"), soft_wrap=True)
    raise typer.Exit(code)


@contextmanager
def connected() -> Iterator[Connection]:
    """Yield the connection of this environment; when the table can't be had, say why and end."""
    connection = connect()
    if connection.found:
        margin().print(Text(f"Using the stack on this machine ({connection.found}).", "dim"))
    try:
        yield connection
    except Exception as error:
        sentence = trouble(error, connection.endpoint)
        if sentence is None:
            raise
        give_up(sentence, UNREACHABLE)


def agreed(question: str) -> bool:
    """Ask a yes-or-no question. With nobody there to answer, say how to go on and end."""
    try:
        return typer.confirm(question, default=False)
    except typer.Abort:
        sys.stdout.write("\n")
        give_up("Nobody answered, so nothing was changed. To apply without asking, add --yes.", REFUSED)


def folder_of(name: str) -> Path:
    """Return a folder of the project: the one here, else the one beside this source."""
    here = next((folder for folder in (Path(name), SOURCE / name) if folder.is_dir()), None)
    if here is None:
        give_up(f"There is no folder {name} here. Run this in a checkout of Patchthrough.", WRONG)
    return here


CLOCK: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=lambda: datetime.now(UTC))
"""What tells the day. Tests give their own: begun before midnight and ended after it, they would see two days."""


def this_moment() -> datetime:
    """Return what time it is, in UTC."""
    return CLOCK.get()()


def today() -> date:
    """Return the day it is in UTC: verifications are counted by it."""
    return this_moment().date()


def _counted(number: int) -> str:
    return "1 thing" if number == 1 else f"{number} things"
