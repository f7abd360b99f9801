"""Figures: what a test measured, printed together at the end of a run, also when tests run side by side."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from rich.console import Console, RenderableType

Figure = Callable[[RenderableType], None]

FIGURES = pytest.StashKey[list[str]]()
FROM_WORKERS = "figures"
WIDTH = 120


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


@pytest.fixture(scope="session")
def figure(request: pytest.FixtureRequest) -> Figure:
    """A function that keeps a line or a table for the end of the run."""

    def keep(shown: RenderableType) -> None:
        drawn = StringIO()
        Console(file=drawn, width=WIDTH, markup=False, highlight=False).print(shown)
        request.config.stash[FIGURES].append(drawn.getvalue().rstrip())

    return keep


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In one of several processes: hand the figures to the one that reports."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[FROM_WORKERS] = session.config.stash[FIGURES]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[FIGURES].extend(getattr(node, "workeroutput", {}).get(FROM_WORKERS, []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[FIGURES]:
        terminalreporter.section("figures")
        for shown in config.stash[FIGURES]:
            terminalreporter.line(shown)
