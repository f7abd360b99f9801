"""docs/compliance.md has every rule of the sheet, and only tests that exist; what has none says who settles it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "compliance.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split("|") for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]
WHO = re.compile(r"Open: (?:counsel|operator|us), ")


def all_tests() -> set[str]:
    """The names of all tests there are."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in texts for name in re.findall(r"^def (test_\w+)\(", text, re.MULTILINE)}


def test_all_27_rules_have_a_row() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 28))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip())
def test_each_rule_has_a_test_that_exists_or_says_who_must_settle_it(row: list[str]) -> None:
    named = re.findall(r"`(test_\w+)`", row[-1])

    assert named or WHO.search(row[-1])
    assert set(named) <= all_tests()
    assert row[-1].count("Open:") == len(WHO.findall(row[-1]))
