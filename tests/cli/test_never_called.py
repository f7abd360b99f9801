"""No number of do_not_call.csv becomes a line by the command line: not by import, campaign file or verification.

The API and the dialling are in tests/stories/test_never_called.py. Each test reaches all six numbers.
"""

import csv
from pathlib import Path

import pytest

from chalicelib.adapters import keys
from chalicelib.domain.office import Line, dialable
from tests.cli.conftest import ROOT, TODAY, Shell, changed
from tests.cli.test_office_commands import PAGE, an_office
from tests.conftest import Figure

ATLANTA = "+14048931290"
with (ROOT / "directory" / "do_not_call.csv").open(encoding="utf-8", newline="") as _lines:
    NEVER = [row["phone_e164"] for row in csv.DictReader(_lines)]


def test_six_numbers_are_never_called() -> None:
    assert len(set(NEVER)) == 6


def said(figure: Figure, path: str, refused: int) -> None:
    figure(f"never called, by {path}: {refused} of {len(NEVER)} numbers refused")
    assert refused == len(NEVER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory of somebody's own, whose do-not-call file is empty: ours counts all the same."""
    own = tmp_path / "own"
    own.mkdir()
    for name in ("offices.csv", "areas.csv", "split_zips.csv"):
        (own / name).write_bytes((ROOT / "directory" / name).read_bytes())
    (own / "do_not_call.csv").write_text("id,name,phone_e164,reason\n", encoding="utf-8")
    return own


def test_an_import_refuses_them(shell: Shell, folder: Path, figure: Figure) -> None:
    refused, file = 0, folder / "offices.csv"
    for before, number in zip([ATLANTA, *NEVER], NEVER, strict=False):
        changed(file, before, number)
        result = shell.run("office", "import", str(file), "--yes", "--by", "Dana R.")
        refused += result.exit_code == 2 and f"offices.csv:2: {number} is never called: " in result.stderr
        assert shell.catalog.offices() == ()
    said(figure, "an import", refused)


def test_a_proposal_of_two_people_is_refused_too(shell: Shell, folder: Path, figure: Figure) -> None:
    file = folder / "offices.csv"
    assert shell.run("office", "import", str(file), "--yes").exit_code == 0
    refused = 0
    for before, number in zip([ATLANTA, *NEVER], NEVER, strict=False):
        changed(file, before, number)
        first = shell.run("office", "import", str(file), "--yes", "--by", "Dana R.")
        second = shell.run("office", "import", str(file), "--yes", "--by", "Luis P.", "--confirm")
        refused += (first.exit_code, second.exit_code) == (2, 2)
    found = shell.catalog.office("ero-atl")
    assert found is not None
    assert [line.number for line in found.lines] == [ATLANTA]
    said(figure, "two people", refused)


def test_a_campaign_refuses_an_office_that_has_one(
    shell: Shell, folder: Path, campaign_file: Path, figure: Figure
) -> None:
    refused = 0
    for before, number in zip([ATLANTA, *NEVER], NEVER, strict=False):
        changed(folder / "offices.csv", before, number)
        result = shell.run("campaign", "apply", str(campaign_file), "--yes", "--directory", str(folder))
        refused += result.exit_code == 2 and f"offices.csv:2: {number} is never called: " in result.stderr
        assert (shell.catalog.campaigns(), shell.catalog.offices()) == ((), ())
    said(figure, "a campaign", refused)


def test_nobody_can_verify_one_whatever_is_in_the_table(shell: Shell, figure: Figure) -> None:
    shell.catalog.put_never_rung([], NEVER)
    refused = 0
    for number in NEVER:
        shell.catalog.put_office(an_office("ero-atl", "Atlanta", ATLANTA))
        smuggle(shell, number)
        command = ("office", "verify", "ero-atl", "--by", "Dana R.", "--source", PAGE)
        named = shell.run(*command, "--number", number)
        unnamed = shell.run(*command)
        refused += (named.exit_code, unnamed.exit_code) == (1, 1)
        assert f"{number} is never called, whoever verifies it" in named.stderr
        found = shell.catalog.office("ero-atl")
        assert found is not None
        assert found.lines == (Line(number),)
        assert dialable(found, TODAY) == ()
    said(figure, "a verification", refused)


def smuggle(shell: Shell, number: str) -> None:
    """Write a line straight into the table, past every check."""
    table = shell.catalog.table
    office = table.get(keys.office("ero-atl")) or {}
    kept = {name: value for name, value in office.items() if name not in {"PK", "SK"}}
    table.put(keys.office("ero-atl"), kept | {"lines": [number]})
    item = {"type": "line", "version": 1, "number": number, "callable": False}
    table.put(keys.line("ero-atl", number), item)
