"""How far an export is: a bar on stderr, so that a pipe gets rows alone."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from chalicelib.adapters.table import Item
from chalicelib.adapters.walking import Page
from cli.terminal import margin


class Went:
    """Rows so far, and how many items the table went through for them; shown page by page."""

    def __init__(self, progress: Progress, expected: int | None) -> None:
        """Begin at nothing; `expected` rows, None: nobody knows."""
        self.rows = self.passed = 0
        self._begun = time.monotonic()
        self._progress = progress
        self._task = progress.add_task("", total=expected or None, said="")

    def through(self, walk: Iterator[Page], kept: Callable[[Item], bool] = bool) -> Iterator[Item]:
        """Yield the items of a walk that are to be kept, one page in memory."""
        for page in walk:
            for item in filter(kept, page.items):
                self.rows += 1
                yield item
            self.passed += page.passed
            self._progress.update(self._task, completed=self.rows, said=self.said)

    @property
    def said(self) -> str:
        """Rows, and the rate."""
        seconds = max(time.monotonic() - self._begun, 0.001)
        return f"{self.rows:,} rows, {self.rows / seconds:,.0f} a second ({self.passed:,} items read)"


@contextmanager
def shown(expected: int | None) -> Iterator[Went]:
    """Show how far it is, while it lasts."""
    columns = (TextColumn("Exporting"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    with Progress(*columns, console=margin(), transient=True) as progress:
        yield Went(progress, expected)
