"""What is counted is written as CloudWatch reads it: each series in a line of its own, and all that happened in one."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.funnel import STEPS
from chalicelib.observability import (
    HAPPENINGS,
    METRICS,
    UnlistedFactError,
    came,
    count,
    forget,
    gauge,
    measure_for,
    share,
    unwritten,
    write_counted,
)
from tests.conftest import Figure

MOST_NAMES, MOST_SERIES = 12, 22
"""Ten names and twenty series, and NeedsSomebody; Letter, Text and Step have theirs by their one dimension."""


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    forget()
    measure_for("test")
    yield
    forget()


def emf(out: str) -> list[tuple[str, str, dict[str, str], float]]:
    """Every metric of every line, read as CloudWatch does: (namespace, name, dimensions, sum)."""
    found = []
    for line in (json.loads(line) for line in out.splitlines() if '"_aws"' in line):
        for directive in line["_aws"]["CloudWatchMetrics"]:
            (names,) = directive["Dimensions"]
            of = {name: line[name] for name in names}
            for metric in directive["Metrics"]:
                value = line[metric["Name"]]
                found.append((directive["Namespace"], metric["Name"], of, sum(_listed(value))))
    return found


def _listed(value: Any) -> list[float]:
    return value if isinstance(value, list) else [value]


def test_each_value_of_a_dimension_keeps_its_own_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    for step in ("form", "rang", "human", "rang"):
        came(step)
    count("AlertsSent", 40)
    gauge("Unknown", 0)

    write_counted()

    assert emf(capsys.readouterr().out) == [
        ("Patchthrough/test", "Step", {"step": "form"}, 1),
        ("Patchthrough/test", "Step", {"step": "rang"}, 2),
        ("Patchthrough/test", "Step", {"step": "human"}, 1),
        ("Patchthrough/test", "Text", {"state": "sent"}, 40),
        ("Patchthrough/test", "Unknown", {}, 0),
    ]


def test_what_is_written_once_is_not_written_again(capsys: pytest.CaptureFixture[str]) -> None:
    count("TextsStopped")
    write_counted()
    capsys.readouterr()

    write_counted()

    assert capsys.readouterr().out == ""


def test_all_that_happened_stands_in_one_line_of_the_log(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    count("CallsThrottled")
    count("CallsThrottled")
    count("LetterPages")
    count("LettersBegun", 0)
    share("BudgetUsed", 1, 3)

    write_counted()

    (record,) = caplog.records
    said = {name: value for name, value in vars(record).items() if name in HAPPENINGS}
    assert (record.getMessage(), record.levelno) == ("happened", logging.INFO)
    assert said == {"CallsThrottled": 2, "LetterPages": 1, "BudgetUsed": 33.3}
    assert [name for _, name, _, _ in emf(capsys.readouterr().out)] == ["NeedsSomebody"]


@pytest.mark.parametrize(
    "unlisted",
    [
        lambda: count("Calls"),
        lambda: count("Step"),
        lambda: came("+14045550123"),
        lambda: gauge("Step", 1),
        lambda: share("Share", 1, 2),
    ],
)
def test_nothing_is_counted_that_is_not_on_the_list(unlisted: Any) -> None:
    with pytest.raises(UnlistedFactError):
        unlisted()

    assert unwritten() == {}


def test_what_feeds_a_series_feeds_one_that_is_listed() -> None:
    feeds = {each.feeds for each in HAPPENINGS.values() if each.feeds}

    assert all(value in METRICS[name].values for name, value in feeds)
    assert not HAPPENINGS.keys() & METRICS.keys()


def test_there_are_few_names_and_few_series(figure: Figure) -> None:
    series = [(name, value) for name, metric in METRICS.items() for value in metric.values]

    figure(
        f"CloudWatch: {len(METRICS)} names, {len(series)} series; {len(HAPPENINGS)} happenings in the log, "
        f"{sum(each.feeds is not None for each in HAPPENINGS.values())} of which feed a series"
    )
    assert len(METRICS) <= MOST_NAMES
    assert len(series) <= MOST_SERIES


def test_every_counter_is_fed_by_something() -> None:
    """A series that nobody writes would be an alarm that can never trip."""
    fed = {each.feeds for each in HAPPENINGS.values() if each.feeds}
    fed |= {("Step", step) for step in STEPS}
    listed = {(n, value) for n, metric in METRICS.items() if not metric.is_gauge for value in metric.values}

    assert listed == fed
