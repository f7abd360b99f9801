"""`patchthrough counts`: the figures a board reads, and the proof that finds any difference."""

import json
import re
from datetime import timedelta

import pytest

from chalicelib.adapters import keys
from chalicelib.domain.counts import ARRIVED, EVERY_OUTCOME, SHARDS, LetterAnswer, LetterOutcome, Outcome
from chalicelib.domain.outcomes import KEYS, LEAST_MESSAGE, LEAST_TALK
from cli.counts_screens import WORDS
from tests import values
from tests.cli.conftest import CLIENT, ROOT, TABLE, Shell

SLUG = values.CAMPAIGN.slug


@pytest.fixture
def busy_shell(shell: Shell) -> Shell:
    """A campaign with 8 calls to two offices, and a second one with none."""
    for office in values.CAMPAIGN.offices:
        shell.catalog.put_office(office)
    shell.catalog.apply(values.campaign(revision=0), values.NOW)
    shell.catalog.apply(values.campaign(revision=0, slug="quiet", goal=10), values.NOW)
    shell.count(SLUG, [Outcome.SPOKE] * 3 + [Outcome.VOICEMAIL, Outcome.BUSY])
    shell.count(SLUG, [Outcome.SPOKE, Outcome.FAILED, Outcome.NO_ANSWER], office="ero-was")
    return shell


def test_the_figures_are_shown_as_a_person_reads_them(busy_shell: Shell) -> None:
    result = busy_shell.run("counts", "show", SLUG)

    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert any(line.startswith("5 of 2,000 got through") for line in lines)
    assert any(line.startswith("Spoke to someone 4") and line.endswith("counts ✓") for line in lines)
    assert any(line.startswith("Busy 1") and line.endswith("doesn’t count") for line in lines)
    assert "All 8 5 count" in lines
    assert any(line.startswith("Atlanta ero-atl 4") and line.endswith("of 5 80 %") for line in lines)
    assert any(line.startswith("Washington ero-was 1") and line.endswith("of 3 33 %") for line in lines)
    assert not any("quiet" in line for line in lines)


def test_how_many_came_by_a_shared_link_is_shown_where_anybody_did(busy_shell: Shell) -> None:
    quiet = busy_shell.run("counts", "show", SLUG).stdout
    for day in (0, 0, 1):
        busy_shell.store.add_shared(SLUG, values.NOW + timedelta(days=day))
    told = busy_shell.run("counts", "show", SLUG).stdout
    figures = json.loads(busy_shell.run("counts", "show", "--json").stdout)["campaigns"]

    assert "shared link" not in quiet
    assert "3 calls were asked for by way of a shared link" in told
    assert {each["slug"]: each["shared"] for each in figures} == {SLUG: 3, "quiet": 0}
    assert busy_shell.run("counts", "verify").exit_code == 0


def test_the_longest_bar_belongs_to_the_most_calls(busy_shell: Shell) -> None:
    result = busy_shell.run("counts", "show", SLUG)

    bars = {line.split()[0]: line.count("█") for line in result.stdout.splitlines() if line.strip()}
    assert bars["Spoke"] == 30
    assert bars["Left"] == 7
    assert bars["Closed"] == 0


def test_without_a_slug_all_campaigns_are_shown(busy_shell: Shell) -> None:
    result = busy_shell.run("counts", "show")

    assert "5 of 2,000 got through" in result.stdout
    assert "0 of 10 got through" in result.stdout


def test_the_ledger_is_not_read_when_offices_are_not_wanted(busy_shell: Shell) -> None:
    result = busy_shell.run("counts", "show", SLUG, "--no-offices")

    assert "Spoke to someone" in result.stdout
    assert "ero-atl" not in result.stdout


def test_programs_get_json(busy_shell: Shell) -> None:
    result = busy_shell.run("counts", "show", "--json")

    shown, quiet = json.loads(result.stdout)["campaigns"]
    assert (shown["slug"], shown["goal"], shown["reached"], shown["actions"]) == (SLUG, 2000, 5, 8)
    assert shown["outcomes"] == {
        "spoke": 4, "voicemail": 1, "no_answer": 1, "busy": 1, "closed": 0, "wrong_number": 0, "failed": 1,
        "voicemail_full": 0,
    }  # fmt: skip
    assert shown["offices"]["ero-was"]["actions"] == 3
    assert (quiet["slug"], quiet["actions"], quiet["offices"]) == ("quiet", 0, {})


@pytest.mark.parametrize("command", ["show", "verify"])
def test_an_unknown_campaign_is_said_plainly(busy_shell: Shell, command: str) -> None:
    result = busy_shell.run("counts", command, "familes-28")

    assert result.exit_code == 1
    assert "There is no campaign familes-28 in stage production" in result.stderr


def test_nothing_to_show_says_what_to_do(shell: Shell) -> None:
    assert "No campaign yet." in shell.run("counts", "show").stdout


def test_the_sums_are_proved(busy_shell: Shell) -> None:
    result = busy_shell.run("counts", "verify")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "ledger=8 tally=8 difference=0"
    assert "✓ equal" in result.stdout


def test_one_campaign_is_proved_alone(busy_shell: Shell) -> None:
    busy_shell.count("quiet", [Outcome.SPOKE] * 2)

    assert busy_shell.run("counts", "verify", "quiet").stdout.endswith("ledger=2 tally=2 difference=0\n")
    assert busy_shell.run("counts", "verify").stdout.endswith("ledger=10 tally=10 difference=0\n")


def test_a_campaign_nobody_called_for_yet_is_proved_too(busy_shell: Shell) -> None:
    result = busy_shell.run("counts", "verify", "quiet")

    assert result.exit_code == 0
    assert result.stdout == "ledger=0 tally=0 difference=0\n"


def test_a_lost_action_is_found_and_named(busy_shell: Shell) -> None:
    lost = next(action for action in busy_shell.store.actions() if action.outcome is Outcome.BUSY)
    busy_shell.catalog.table.delete(keys.action(lost.id))

    result = busy_shell.run("counts", "verify")

    assert result.exit_code == 1
    assert "families-28, calls, busy: the ledger has 0, the tally 1." in result.stdout
    assert "✗ differs" in result.stdout
    assert result.stdout.splitlines()[-1] == "ledger=7 tally=8 difference=1"


def test_a_call_counted_twice_is_found_and_named(busy_shell: Shell) -> None:
    add_to_tally(busy_shell, "tally = tally + :one, spoke = spoke + :one")

    result = busy_shell.run("counts", "verify")

    assert result.exit_code == 1
    assert "families-28, calls, spoke: the ledger has 4, the tally 5." in result.stdout
    assert result.stdout.splitlines()[-1] == "ledger=8 tally=9 difference=1"


def test_a_sum_that_does_not_match_its_own_outcomes_is_found(busy_shell: Shell) -> None:
    add_to_tally(busy_shell, "tally = tally + :one")

    result = busy_shell.run("counts", "verify")

    assert result.exit_code == 1
    assert "every outcome is right, but the tally’s sum is 9." in result.stdout
    assert result.stdout.splitlines()[-1] == "ledger=8 tally=9 difference=1"


def test_two_errors_that_cancel_out_in_the_sum_are_found(busy_shell: Shell) -> None:
    add_to_tally(
        busy_shell, "spoke = spoke - :one, busy = if_not_exists(busy, :none) + :one", {":none": {"N": "0"}}
    )

    result = busy_shell.run("counts", "verify")

    assert result.exit_code == 1
    assert "calls, spoke: the ledger has 4, the tally 3." in result.stdout
    assert "calls, busy: the ledger has 1, the tally 2." in result.stdout
    assert result.stdout.splitlines()[-1] == "ledger=8 tally=8 difference=2"


def test_a_ledger_without_any_tally_is_found(busy_shell: Shell) -> None:
    for shard in range(SHARDS):
        busy_shell.catalog.table.delete(keys.tally(SLUG, "calls", shard))

    result = busy_shell.run("counts", "verify")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "ledger=8 tally=0 difference=8"


# Letters.


DELIVERED = (LetterOutcome.ON_ITS_WAY, LetterOutcome.DELIVERED)
BOUNCED = (*DELIVERED, LetterOutcome.BOUNCED)


@pytest.fixture
def written(busy_shell: Shell) -> Shell:
    """As before; and three letters, one of which came back after it had been delivered, and an answer."""
    busy_shell.count_letter(SLUG, "a", DELIVERED)
    busy_shell.count_letter(SLUG, "b", BOUNCED)
    busy_shell.count_letter(SLUG, "c", [LetterOutcome.ON_ITS_WAY], office="ero-was")
    busy_shell.count_letter(SLUG, "a-answer", [LetterAnswer.PERSON])
    return busy_shell


@pytest.mark.parametrize("columns", ["80", "120"])
def test_letters_and_answers_stand_beside_calls_where_there_are_any(
    written: Shell, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)

    result = written.run("counts", "show")

    lines = [" ".join(line.replace("█", "").split()) for line in result.stdout.splitlines()]
    letters = lines[lines.index("Letters, by what became of them") :]
    assert letters[1:4] == ["Delivered 1", "On its way 1", "Came back 1"]
    assert "All 3" in letters
    assert lines[lines.index("Letters, by office Delivered") :][1:3] == [
        "Atlanta ero-atl 1 of 2 50 %",
        "Washington ero-was 0 of 1 0 %",
    ]
    answers = lines[lines.index("Answers, as writers say after two weeks") :]
    assert answers[1] == "A person answered 1"
    assert any(line.startswith("5 of 2,000 got through") for line in lines), "the goal is one of calls"
    quiet = next(at for at, line in enumerate(lines) if line.startswith("quiet "))
    assert not any("Letters" in line for line in lines[quiet:])
    assert max(map(len, result.stdout.splitlines())) <= int(columns)


def test_where_nobody_wrote_nothing_is_said_of_letters(busy_shell: Shell) -> None:
    assert "etter" not in busy_shell.run("counts", "show").stdout


def test_programs_get_letters_and_answers_too(written: Shell) -> None:
    shown, quiet = json.loads(written.run("counts", "show", "--json").stdout)["campaigns"]

    letters = shown["letters"]
    assert (letters["reached"], letters["actions"], shown["actions"]) == (1, 3, 8)
    assert {name: number for name, number in letters["outcomes"].items() if number} == {
        "delivered": 1, "on_its_way": 1, "bounced": 1,
    }  # fmt: skip
    assert set(letters["outcomes"]) == set(LetterOutcome)
    assert letters["offices"]["ero-was"]["actions"] == 1
    assert shown["answers"]["outcomes"] == {
        "answered_by_person": 1, "answered_automatically": 0, "not_answered": 0,
    }  # fmt: skip
    assert quiet["letters"]["actions"] == 0


def test_every_outcome_has_a_name() -> None:
    assert {outcome for words in WORDS.values() for outcome in words} == set(EVERY_OUTCOME)


def test_the_sums_of_all_channels_are_proved_in_one_line(written: Shell) -> None:
    result = written.run("counts", "verify")

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == "ledger=12 tally=12 difference=0"
    assert result.stdout.count("✓ equal") == 3


def test_a_lost_correction_is_found_and_named(written: Shell) -> None:
    lost = next(action for action in written.store.actions() if action.outcome is LetterOutcome.BOUNCED)
    written.catalog.table.delete(keys.action(lost.id))

    result = written.run("counts", "verify")

    assert result.exit_code == 1
    assert "families-28, letters, delivered: the ledger has 2, the tally 1." in result.stdout
    assert "families-28, letters, bounced: the ledger has 0, the tally 1." in result.stdout
    assert result.stdout.splitlines()[-1] == "ledger=12 tally=12 difference=2"


def test_the_page_on_counting_says_what_the_code_does() -> None:
    page = (ROOT / "docs" / "counting.md").read_text(encoding="utf-8")
    rows = {row[1]: row[2] for row in re.findall(r"^(\| `(\w+)`[^|]*\| ([^|]+) \|)", page, re.MULTILINE)}

    told = (*Outcome, *LetterOutcome)
    assert rows == {o.value: "counts" if o in ARRIVED else "doesn’t count" for o in told}
    assert all(f"`{answer.value}`" in page for answer in LetterAnswer)
    assert f"less\nthan {LEAST_TALK} seconds" in page
    assert f"open for {LEAST_MESSAGE} seconds or more" in page
    assert KEYS == {
        "1": Outcome.SPOKE,
        "2": Outcome.VOICEMAIL,
        "3": Outcome.NO_ANSWER,
        "4": Outcome.WRONG_NUMBER,
        "5": Outcome.VOICEMAIL_FULL,
    }


def add_to_tally(shell: Shell, change: str, more: dict[str, dict[str, str]] | None = None) -> None:
    """Damage the first shard that has a spoken call."""
    for shard in range(SHARDS):
        item = shell.catalog.table.get(keys.tally(SLUG, "calls", shard))
        if item and item.get("spoke"):
            CLIENT.update_item(
                TableName=TABLE,
                Key={"PK": {"S": item["PK"]}, "SK": {"S": item["SK"]}},
                UpdateExpression=f"SET {change}",
                ExpressionAttributeValues={":one": {"N": "1"}} | (more or {}),
            )
            return
    raise AssertionError("no shard has a spoken call")
