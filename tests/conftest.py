"""What all tests share: figures, printed together at the end of a run, and the app on a table of its own."""

import os
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from rich.console import Console, RenderableType

if TYPE_CHECKING:
    from chalicelib.runtime import Runtime

Figure = Callable[[RenderableType], None]

# The gate says the same of the same code, however slow the machine: properties meet the same examples in each run.
# New ones are looked for with `make explore`.
settings.register_profile(
    "gate", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "explore", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gate")

ROOT = Path(__file__).resolve().parent
IS_THOROUGH = "PATCHTHROUGH_FAULT_SEQUENCES" in os.environ
"""Set by make faults, which plays many more rough nights, new ones each time; make test plays the same few."""
THOROUGHLY = min(500, int(os.environ.get("PATCHTHROUGH_FAULT_SEQUENCES", "500")))
"""So many lives a thorough run plays where each takes a good part of a second."""
FIGURES = pytest.StashKey[list[str]]()
FROM_WORKERS = "figures"
WIDTH = 120


LONG = (
    "stories/test_pause.py",
    "stories/test_faults.py",
    "stories/test_lost_responses.py",
    "dev/test_stack.py",
    "dev/test_story.py",
    "stories/test_placing.py",
    "stories/test_canary.py",
    "stories/test_canary_search.py",
    "stories/test_killed_workers.py",
    "stories/test_killed_senders.py",
    "stories/test_letter_batches.py",
    "stories/test_letter_pace.py",
    "dev/test_letter_tales.py",
    "browser/test_journeys.py",
    "browser/test_accessibility.py",
    "browser/test_booking_pages.py",
    "phone_world/test_page.py",
    "adapters/test_desks_under_contention.py",
    "cli/test_campaign_commands.py",
    "adapters/test_bookings.py",
    "adapters/test_store_contract.py",
    "adapters/test_letters_contract.py",
    "adapters/test_letters_under_contention.py",
)
"""Files that take longest. They begin first, so that none is still under way when all others are done."""


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


@pytest.fixture(scope="module")
def built() -> "Iterator[Runtime]":
    """The app's runtime on a moto of its own, for one file; each test makes its house on it and sweeps."""
    from tests.rehearsal import stage  # noqa: PLC0415 - brings the app and moto, which many files do without

    with stage() as made:
        yield made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {ROOT / name: rank for rank, name in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(item.path, len(LONG)))


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
