"""`patchthrough export …`: whole files, nobody in them, and consent records only for who asks in earnest."""

import csv
import json
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from benchmarks import exports
from chalicelib.domain.counts import LetterAnswer, LetterOutcome, Outcome
from cli import export_rows
from cli.export_file import cell
from tests import values
from tests.cli.conftest import Shell
from tests.cli.text_house import ANA, SLUG, TextHouse, opened

DAY = f"{values.NOW:%Y-%m-%d}"
NEXT = f"{values.NOW + timedelta(days=1):%Y-%m-%d}"
CALLS = [Outcome.SPOKE, Outcome.SPOKE, Outcome.BUSY]
BOUNCED = (LetterOutcome.ON_ITS_WAY, LetterOutcome.DELIVERED, LetterOutcome.BOUNCED)
SHORT, LONG = 5_000, 60_000


@pytest.fixture
def counted(shell: Shell, campaign_file: Path) -> Shell:
    """A campaign with three calls, a letter that came back and an answer; and calls of another campaign."""
    assert shell.run("campaign", "apply", str(campaign_file), "--yes").exit_code == 0
    shell.count(SLUG, CALLS)
    shell.count("another", [Outcome.SPOKE] * 4)
    shell.count_letter(SLUG, "a", BOUNCED)
    shell.count_letter(SLUG, "a-answer", [LetterAnswer.PERSON])
    return shell


@pytest.fixture
def house(shell: Shell) -> Iterator[TextHouse]:
    with opened(shell) as found:
        yield found


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def written(shell: Shell, what: str, *more: str) -> list[dict[str, str]]:
    result = shell.run("export", what, SLUG, "--out", "out.csv", *more)
    assert result.exit_code == 0, result.output
    return rows(Path("out.csv"))


def test_every_row_of_the_campaigns_ledger_comes_out_once(counted: Shell) -> None:
    found = written(counted, "actions")

    assert sorted(row["outcome"] for row in found) == sorted(
        ["spoke", "spoke", "busy", "on_its_way", "delivered", "bounced", "answered_by_person"]
    )
    assert len({row["id"] for row in found}) == len(found)
    assert {row["campaign"] for row in found} == {SLUG}
    letters = [row for row in found if row["channel"] != "calls"]
    assert len({row["act"] for row in letters}) == 1
    (spoke, _) = (row for row in found if row["outcome"] == "spoke")
    assert (spoke["day"], spoke["office"], spoke["seconds"], spoke["arrived"]) == (
        DAY,
        "ero-atl",
        "42",
        "true",
    )
    assert spoke["office_name"] != "ero-atl"


def test_the_headers_stay_as_programs_read_them(counted: Shell) -> None:
    counted.run("export", "actions", SLUG, "--out", "out.csv")
    first = Path("out.csv").read_bytes().split(b"\r\n")[0].decode()

    assert first == (
        "id,act,at,day,campaign,channel,office,office_name,outcome,arrived,basis,seconds,instead_of"
    )
    page = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
    for header in (export_rows.ACTIONS, export_rows.TOTALS, export_rows.CONSENT):
        assert ",".join(header) in page


def test_no_id_that_opens_a_page_is_in_it(counted: Shell) -> None:
    counted.run("export", "actions", SLUG, "--out", "out.csv")
    counted.run("export", "actions", SLUG, "--out", "out.json", "--format", "osdi")

    for name in ("out.csv", "out.json"):
        assert f"call-{SLUG}" not in Path(name).read_text(encoding="utf-8")
        assert f"letter-{SLUG}" not in Path(name).read_text(encoding="utf-8")


def test_daily_totals_add_up_to_the_tally(counted: Shell) -> None:
    found = written(counted, "totals")

    sums = {row["outcome"]: int(row["acts"]) for row in found}
    assert sums == {
        "spoke": 2,
        "busy": 1,
        "on_its_way": 0,
        "delivered": 0,
        "bounced": 1,
        "answered_by_person": 1,
    }
    assert next(row["seconds"] for row in found if row["outcome"] == "spoke") == "84"


@pytest.mark.parametrize(
    ("days", "number"),
    [(("--on", DAY), 7), (("--from", DAY, "--until", DAY), 7), (("--on", NEXT), 0), (("--until", DAY), 7)],
)
def test_days_are_utc_and_both_ends_are_in(counted: Shell, days: tuple[str, ...], number: int) -> None:
    assert len(written(counted, "actions", *days)) == number


def test_osdi_is_a_line_for_each_call_and_letter(counted: Shell) -> None:
    result = counted.run("export", "actions", SLUG, "--out", "-", "--format", "osdi")

    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert sorted(each["type"] for each in found) == ["email"] * 3 + ["phone"] * 3
    assert all(each["targets"][0]["organization"].startswith("ICE ") for each in found)


def test_a_pipe_gets_rows_alone(counted: Shell) -> None:
    result = counted.run("export", "actions", SLUG, "--out", "-")

    assert len(list(csv.reader(result.stdout.splitlines()))) == 7 + 1
    assert "7 rows" in result.stderr
    assert "a second" in result.stderr


@pytest.fixture
def interrupted(counted: Shell) -> Iterator[Shell]:
    """Somebody presses Ctrl-C after the first page."""
    pages: Iterator[Callable[..., Any]] = iter([exports.Ledger(5_000).answer, broken])

    def answer(**given: Any) -> Any:
        return next(pages)(**given)

    assert boto3.DEFAULT_SESSION is not None
    boto3.DEFAULT_SESSION.events.register_first("before-send.dynamodb.Scan", answer)
    yield counted
    boto3.DEFAULT_SESSION.events.unregister("before-send.dynamodb.Scan", answer)


def test_an_export_that_is_cancelled_leaves_what_was_there_and_nothing_half(interrupted: Shell) -> None:
    Path("out.csv").write_text("what was there", encoding="utf-8")

    result = interrupted.run("export", "actions", SLUG, "--out", "out.csv")

    assert result.exit_code != 0
    assert Path("out.csv").read_text(encoding="utf-8") == "what was there"
    assert not list(Path().glob(".*.part"))


def broken(**_: Any) -> None:
    """Press Ctrl-C."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing", "--out", "out.csv"), "There is no campaign nothing"),
        ((SLUG, "--out", "no/such/folder/out.csv"), "can’t be written"),
        ((SLUG, "--out", "."), "is a folder"),
        ((SLUG, "--out", "out.csv", "--on", DAY, "--from", DAY), "not both"),
        ((SLUG, "--out", "out.csv", "--from", NEXT, "--until", DAY), "is later than"),
        ((SLUG, "--out", "out.csv", "--on", "yesterday"), "--on"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_no_file(
    counted: Shell, words: tuple[str, ...], said: str
) -> None:
    result = counted.run("export", "actions", *words)

    assert result.exit_code in {1, 2}
    assert said in " ".join(result.output.split())
    assert not Path("out.csv").exists()


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(begin: str) -> None:
    assert cell(f"{begin}1+1") == f"'{begin}1+1"
    assert (cell("1=1"), cell(-1), cell(None), cell(False)) == ("1=1", -1, "", "false")


# Consent records.

BY = ("--by", "Dana R.")


def test_consent_records_are_for_their_owner_alone_and_on_record(house: TextHouse) -> None:
    house.join()
    house.text("=HYPERLINK(1)")

    result = house.run("export", "consent", SLUG, "--out", "consent.csv", *BY, answer=f"{SLUG}\n")

    assert result.exit_code == 0, result.output
    found = rows(Path("consent.csv"))
    assert [(row["from"], row["to"], row["text"]) for row in sorted(found, key=lambda row: row["at"])][
        :2
    ] == [
        ("unknown", "pending", "FAMILIAS"),
        ("pending", "subscribed", "SI"),
    ]
    assert {row["subscriber"] for row in found} == {house.key()}
    assert all(row["is_unchanged"] == "true" for row in found)
    assert ANA not in Path("consent.csv").read_text(encoding="utf-8")
    assert stat.S_IMODE(Path("consent.csv").stat().st_mode) == 0o600
    (entry,) = [each for each in house.record() if each.what == "consent records exported"]
    assert (entry.who, entry.subject) == ("Dana R.", SLUG)


@pytest.mark.parametrize("answer", ["shelters\n", "\n", None])
def test_without_the_name_typed_nothing_is_read_written_or_put_on_record(
    house: TextHouse, answer: str | None
) -> None:
    house.join()

    result = house.run("export", "consent", SLUG, "--out", "consent.csv", *BY, answer=answer)

    assert result.exit_code == 1
    assert not Path("consent.csv").exists()
    assert not [each for each in house.record() if each.what == "consent records exported"]


def test_consent_records_do_not_go_into_a_pipe(house: TextHouse) -> None:
    assert house.run("export", "consent", SLUG, "--out", "-", *BY, answer=f"{SLUG}\n").exit_code == 2


def test_a_long_ledger_takes_no_more_memory_than_a_short(capfd: pytest.CaptureFixture[str]) -> None:
    assert exports.report((SHORT, LONG), ["actions"]), capfd.readouterr().out
