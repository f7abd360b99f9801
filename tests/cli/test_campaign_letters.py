"""`patchthrough campaign apply`, of letters: what a file says of where they go, and what it has no say in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.adapters.audit import Entry
from chalicelib.adapters.mailboxes import Mailboxes
from chalicelib.domain.office import Mailbox
from tests.cli.conftest import TODAY, Door, Shell, changed
from tests.cli.test_campaign_commands import live


def test_what_differs_of_letters_is_shown_and_written(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    changed(campaign_file, "  to: []", "  to: [ero-was, ero-bos]")
    changed(campaign_file, "  an_hour: 12", "  an_hour: 6")
    changed(campaign_file, "    - Washington, DC 20536\n", "")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[lines.index("letter to") :][:3] == [
        "letter to", "- no office in any case", "+ ero-was, ero-bos",
    ]  # fmt: skip
    assert lines[lines.index("letters an hour to an office") :][1:3] == ["- 12", "+ 6"]
    assert "letter by post to" in lines
    assert "0 of 2 offices can get letters by mail today; letters to the others are printed." in result.stdout
    letter = live(shell).letter
    assert (letter.offices, letter.an_hour) == (("ero-was", "ero-bos"), 6)
    assert letter.post == "U.S. Immigration and Customs Enforcement\n500 12th St SW"
    assert [office.id for office in live(shell).elsewhere] == ["ero-bos"]


def test_no_file_takes_a_mailbox_or_a_web_form_from_an_office(shell: Shell, campaign_file: Path) -> None:
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    mailbox = Mailbox("outreach@ero-atl.example", TODAY, "Dana R.", "https://www.example.org/")
    entry = Entry("Dana R.", "mailbox added", "ero-atl", datetime.now(UTC))
    mailboxes = Mailboxes(shell.catalog)
    mailboxes.add("ero-atl", mailbox, entry)
    mailboxes.set_web_form("ero-atl", "https://www.example.org/form", entry)
    changed(campaign_file, "goal: 2000", "goal: 2500")

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert "1 change to revision 1" in result.stdout
    assert "1 of 1 offices can get letters by mail today.\n" in result.stdout
    assert (live(shell).offices[0].mailboxes, live(shell).revision) == ((mailbox,), 2)
    assert live(shell).offices[0].web_form == "https://www.example.org/form"


def test_a_mailbox_that_is_added_while_a_campaign_is_applied_reaches_it(
    shell: Shell, campaign_file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", loopback)
    shell.begin("campaign", "apply", str(campaign_file), "--yes")
    changed(campaign_file, "goal: 2000", "goal: 2500")
    mailbox = Mailbox("outreach@ero-atl.example", TODAY, "Dana R.", "https://www.example.org/")
    entry = Entry("Dana R.", "mailbox added", "ero-atl", datetime.now(UTC))
    monkeypatch.setattr(Door, "rivals", [lambda: Mailboxes(shell.catalog).add("ero-atl", mailbox, entry)])

    result = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert result.exit_code == 0, result.output
    assert (live(shell).goal, live(shell).offices[0].mailboxes) == (2500, (mailbox,))
