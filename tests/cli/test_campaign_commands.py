"""`patchthrough campaign`: what a person reads, what is written, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.domain.campaign import Campaign, Local, Routing, Status, calling_order
from chalicelib.domain.counts import Outcome
from chalicelib.domain.office import dialable
from tests.cli.conftest import SETTINGS, TODAY, Door, Shell, changed

SLUG = "families-28"
PAGE = "https://www.ice.gov/contact/field-offices"


def live(shell: Shell) -> Campaign:
    found = shell.catalog.campaign(SLUG)
    assert found is not None
    return found


def set_status(shell: Shell, status: Status) -> None:
    shell.catalog.apply(replace(live(shell), status=status), datetime.now(UTC))


def be_local(monkeypatch: pytest.MonkeyPatch, endpoint: str, stage: str = "local") -> None:
    monkeypatch.setenv("PATCHTHROUGH_STAGE", stage)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("TWILIO_API_URL", "http://127.0.0.1:1")


def test_a_new_campaign_is_shown_whole_and_written_after_a_yes(shell: Shell, whole_file: Path) -> None:
    result = shell.run("campaign", "apply", str(whole_file), answer="y\n")

    assert result.exit_code == 0
    assert "families-28 is new in stage production, table patchthrough-cli." in result.stdout
    assert "+ es Pídale a ICE que pare 28 deportaciones" in result.stdout
    assert "+ ero-atl (Atlanta), ero-was (Washington), ero-nyc (New York)" in result.stdout
    assert "Apply to stage production, table patchthrough-cli? [y/N]" in result.stdout
    assert "Applied: families-28, revision 1" in result.stdout
    assert [office.id for office in live(shell).offices][:3] == ["ero-atl", "ero-was", "ero-nyc"]


def test_a_no_writes_nothing(shell: Shell, campaign_file: Path) -> None:
    result = shell.run("campaign", "apply", str(campaign_file), answer="n\n")

    assert result.exit_code == 1
    assert "Nothing was changed." in result.stderr
    assert shell.catalog.campaigns() == ()
    assert shell.catalog.offices() == ()


def test_with_nobody_there_to_ask_it_says_how_to_go_on(shell: Shell, campaign_file: Path) -> None:
    result = shell.run("campaign", "apply", str(campaign_file))

    assert result.exit_code == 1
    assert "Nobody answered, so nothing was changed. To apply without asking, add --yes." in result.stderr
    assert shell.catalog.campaigns() == ()


def test_yes_asks_nothing(shell: Shell, campaign_file: Path) -> None:
    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 0
    assert "[y/N]" not in result.stdout
    assert live(shell).revision == 1


def test_the_same_file_again_is_nothing_to_do(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")

    result = shell.run("campaign", "apply", str(campaign_file))

    assert result.exit_code == 0
    assert "families-28: nothing to change. Revision 1" in result.stdout
    assert live(shell).revision == 1


def test_only_what_differs_is_shown(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    changed(campaign_file, "goal: 2000", "goal: 2500")
    changed(campaign_file, "en: Please release the families.", "en: Please let the families go.")
    changed(campaign_file, "  - ero-was # Washington\n", "")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert "families-28: 3 changes to revision 1" in result.stdout
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[lines.index("goal") :][:3] == ["goal", "- 2,000", "+ 2,500"]
    assert "- en Please release the families." in lines
    assert "+ en Please let the families go." in lines
    assert lines[lines.index("offices 2") + 1] == "- ero-was (Washington)"
    assert not any("Vecinos" in line for line in lines)
    assert (live(shell).goal, live(shell).revision) == (2500, 2)


def test_somebody_elses_newer_change_is_never_overwritten(
    shell: Shell, campaign_file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", loopback)
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    changed(campaign_file, "goal: 2000", "goal: 2500")
    monkeypatch.setattr(Door, "rivals", [lambda: set_status(shell, Status.PAUSED)])

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 1
    assert (
        "Somebody else has just changed families-28; it is as they left it. Run this again." in result.stderr
    )
    assert (live(shell).status, live(shell).goal, live(shell).revision) == (Status.PAUSED, 2000, 2)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            Status.LIVE,
            "draft",
            "The file says draft, but the campaign is live. From there it can go to paused.",
        ),
        (
            Status.LIVE,
            "ended",
            "The file says ended, but the campaign is live. From there it can go to paused.",
        ),
        (
            Status.PAUSED,
            "draft",
            "The file says draft, but the campaign is paused. From there it can go to ended or live.",
        ),
        (
            Status.ENDED,
            "live",
            "but the campaign is ended. From there it can go to nothing else: it is over for good.",
        ),
    ],
)
def test_a_move_that_is_not_allowed_is_refused_in_plain_words(
    shell: Shell, campaign_file: Path, before: Status, after: str, sentence: str
) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    if before is not Status.LIVE:
        set_status(shell, before)
    changed(campaign_file, "status: live", f"status: {after}")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 1
    assert sentence in result.stderr
    assert live(shell).status is before


def test_a_new_campaign_cannot_begin_at_its_end(shell: Shell, campaign_file: Path) -> None:
    changed(campaign_file, "status: live", "status: ended")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 1
    assert "the campaign is new. From there it can go to draft or live." in result.stderr
    assert shell.catalog.campaigns() == ()


def test_a_campaign_goes_through_all_its_statuses(shell: Shell, campaign_file: Path) -> None:
    changed(campaign_file, "status: live", "status: draft")
    order = ["draft", "live", "paused", "live", "paused", "ended"]
    for before, after in zip(order, [*order[1:], None], strict=True):
        assert shell.run("campaign", "apply", str(campaign_file), "--yes").exit_code == 0
        assert live(shell).status == before
        if after:
            changed(campaign_file, f"status: {before}", f"status: {after}")


def test_outside_development_no_line_is_callable_until_a_person_has_verified_it(
    shell: Shell, campaign_file: Path
) -> None:
    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert "0 of 7 offices can be called today." in result.stdout
    assert result.stdout.count("not called: no person has verified it") == 7
    assert calling_order(live(shell), TODAY) == ()


def test_what_a_person_said_about_a_line_is_shown_and_kept(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    numbers = {office.id: office.lines[0].number for office in live(shell).offices}
    shell.catalog.verify_line("ero-atl", numbers["ero-atl"], TODAY, "Dana R.", PAGE)
    shell.catalog.verify_line("ero-was", numbers["ero-was"], TODAY - timedelta(days=31), "Dana R.", PAGE)
    changed(campaign_file, "goal: 2000", "goal: 2500")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert "1 of 7 offices can be called today." in result.stdout
    assert f"can be called, verified {TODAY}" in result.stdout
    assert f"verified {TODAY - timedelta(days=31)}, more than 30 days ago" in result.stdout
    assert calling_order(live(shell), TODAY) == ("ero-atl",)


def test_the_local_stack_verifies_the_lines_itself(
    shell: Shell, campaign_file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_local(monkeypatch, loopback)

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 0, result.output
    assert "the local stack verifies the lines itself" in result.stdout
    assert "7 of 7 offices can be called today." in result.stdout
    assert len(calling_order(live(shell), TODAY)) == 7
    item = next(item for item in shell.catalog.table.scan("line") if item["number"] == "+14048931290")
    assert item["verified_by"] == "the local stack"


def test_the_local_stack_verifies_again_when_nothing_changed_but_time(
    shell: Shell, campaign_file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_local(monkeypatch, loopback)
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    for office in live(shell).offices:
        shell.catalog.verify_line(
            office.id, office.lines[0].number, TODAY - timedelta(days=40), "the local stack", PAGE
        )

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert "nothing to change" in result.stdout
    assert len(calling_order(live(shell), TODAY)) == 7


@pytest.mark.parametrize("stage", ["test", "staging", "production", "Local", "local2"])
def test_no_other_stage_verifies_a_line_by_itself(
    shell: Shell, campaign_file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    be_local(monkeypatch, loopback, stage)

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 0, result.output
    assert [dialable(office, TODAY) for office in live(shell).offices] == [()] * 7


def test_a_stage_called_local_that_is_not_on_this_machine_verifies_nothing(
    shell: Shell, campaign_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHTHROUGH_STAGE", "local")
    monkeypatch.setenv("TWILIO_API_URL", "http://127.0.0.1:1")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 0, result.output
    assert [dialable(office, TODAY) for office in live(shell).offices] == [()] * 7


def test_beside_make_run_the_stack_is_found_by_itself(
    shell: Shell, campaign_file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = {**SETTINGS, "PATCHTHROUGH_STAGE": "local", "TWILIO_API_URL": "http://127.0.0.1:1"}
    found |= {"AWS_ENDPOINT_URL": loopback, "AWS_DEFAULT_REGION": "us-east-1"}
    found |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    for name in found:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".local").mkdir()
    lines = [f"export {name}={value}\n" for name, value in found.items()]
    (tmp_path / ".local" / "env").write_text("# Written by `make run`.\n" + "".join(lines))

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 0, result.output
    assert "Using the stack on this machine (.local/env)." in result.stderr
    assert live(shell).revision == 1


def test_the_list_says_where_each_campaign_is(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    shell.catalog.verify_line("ero-atl", "+14048931290", TODAY, "Dana R.", PAGE)
    shell.count(SLUG, [Outcome.SPOKE, Outcome.VOICEMAIL, Outcome.BUSY])

    result = shell.run("campaign", "list")

    assert result.exit_code == 0
    row = next(line for line in result.stdout.splitlines() if line.startswith("families-28"))
    assert "● live" in row
    assert "2 of 2,000" in row
    assert "1 of 7" in row
    assert f"{TODAY}" in row


def test_an_empty_list_says_what_to_do(shell: Shell) -> None:
    result = shell.run("campaign", "list")

    assert result.exit_code == 0
    assert "No campaign yet. Load one with: patchthrough campaign apply" in result.stdout


def test_all_missing_settings_are_named_at_once(
    shell: Shell, campaign_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PATCHTHROUGH_STAGE")
    monkeypatch.delenv("PATCHTHROUGH_TABLE")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 2
    assert "PATCHTHROUGH_STAGE is not set; PATCHTHROUGH_TABLE is not set" in result.stderr


def test_a_table_that_is_not_there_is_said_plainly(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHTHROUGH_TABLE", "elsewhere")

    result = shell.run("campaign", "list")

    assert result.exit_code == 3
    assert "There is no such table here. Check PATCHTHROUGH_TABLE and AWS_DEFAULT_REGION." in result.stderr


def test_an_endpoint_nobody_answers_at_is_said_plainly(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    be_local(monkeypatch, "http://127.0.0.1:9")

    result = shell.run("campaign", "list")

    assert result.exit_code == 3
    assert "no answer from http://127.0.0.1:9. Is `make run` running?" in result.stderr


def test_a_file_that_is_not_there_is_said_plainly(shell: Shell) -> None:
    result = shell.run("campaign", "apply", "nowhere.yaml", "--yes")

    assert result.exit_code == 2
    assert "nowhere.yaml:1: There is no such file. Check its name." in result.stderr
    assert "Nothing was changed: 1 thing to correct first." in result.stderr


def test_the_help_tells_the_exit_codes(shell: Shell) -> None:
    result = shell.run("campaign", "apply", "--help")

    assert result.exit_code == 0
    for part in (
        "0 done, or nothing to do",
        "1 refused",
        "2 the command, the file or the settings",
        "3 the table",
    ):
        assert part in " ".join(result.stdout.split())


def test_a_local_campaign_brings_every_office_and_says_how_many_can_be_called(
    shell: Shell, campaign_file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_local(monkeypatch, loopback)
    plain = campaign_file.read_text(encoding="utf-8")
    campaign_file.write_text(f"{plain}\nrouting: {{local: after}}\n", encoding="utf-8")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert "7 of 7 offices can be called today." in result.stdout
    assert "Of the other 18, for supporters in their areas, 18 can be called today." in result.stdout
    assert live(shell).routing == Routing(local=Local.AFTER)
    assert len(live(shell).elsewhere) == 18
    assert all(dialable(office, TODAY) for office in live(shell).elsewhere)
    again = shell.run("campaign", "apply", str(campaign_file))
    assert "families-28: nothing to change. Revision 1" in again.stdout


def test_a_campaign_that_asks_no_more_for_zip_codes_lets_the_other_offices_go(
    shell: Shell, campaign_file: Path
) -> None:
    plain = campaign_file.read_text(encoding="utf-8")
    campaign_file.write_text(f"{plain}\nrouting: {{local: after}}\n", encoding="utf-8")
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    campaign_file.write_text(plain, encoding="utf-8")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[lines.index("local office") :][:3] == ["local office", "- after", "+ never"]
    assert lines[lines.index("offices elsewhere 1 to 18") + 1].startswith("- ero-bal (Baltimore)")
    assert "Of the other" not in result.stdout
    assert live(shell).elsewhere == ()
