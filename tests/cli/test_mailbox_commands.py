"""`patchthrough office mailbox …` and `office form`: what a person reads, what is written, what is refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest

from chalicelib.adapters import audit, keys
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.letters import Letters
from chalicelib.domain.office import Mailbox, Office, writable
from chalicelib.domain.phones import phone_key
from chalicelib.runtime import runtime
from cli.at_work import at_work
from cli.connection import connect
from tests.cli.conftest import SETTINGS, TODAY, Shell
from tests.cli.test_campaign_commands import be_local, live
from tests.cli.test_office_commands import NUMBER, PAGE, an_office

ADDRESS = "outreach@field.agency.gov"
SEEN = ("--by", "Dana R.", "--source", PAGE)
ADD = ("office", "mailbox", "add", "ero-atl", ADDRESS, *SEEN)
VERIFY = ("office", "mailbox", "verify", "ero-atl", ADDRESS, *SEEN)
MAILBOX = Mailbox(ADDRESS, TODAY, "Dana R.", PAGE)
KEY = "a phone key for tests only"


@pytest.fixture
def stocked(shell: Shell) -> Shell:
    """A terminal whose table has two offices without a mailbox, and whose keys can be read."""
    boto3.client("secretsmanager", region_name="us-east-1").create_secret(
        Name=SETTINGS["PATCHTHROUGH_SECRETS"],
        SecretString=json.dumps({"twilio_auth_token": "x", "phone_key": KEY}),
    )
    shell.catalog.put_office(an_office("ero-atl", "Atlanta", NUMBER))
    shell.catalog.put_office(an_office("ero-was", "Washington", "+17035550177"))
    return shell


def office(shell: Shell, office_id: str = "ero-atl") -> Office:
    found = shell.catalog.office(office_id)
    assert found is not None
    return found


def entries(shell: Shell) -> list[Entry]:
    return list(audit.entries(shell.catalog.table, datetime.now(UTC)))


def rest(shell: Shell, address: str = ADDRESS, why: str = "550 5.1.1 no such user") -> None:
    """Let a mailbox rest, as the app does after a hard bounce."""
    with at_work(connect()):
        key = phone_key(address, runtime().secrets.current().derived("addresses"))
    letters = Letters(shell.catalog.table)
    write = letters.resting_write("ero-atl", key, why, datetime.now(UTC))
    shell.catalog.table.client.transact_write_items(TransactItems=[write])  # type: ignore[list-item]  # a Put


def test_an_address_that_a_person_has_seen_takes_letters_and_who_saw_it_where_is_kept(stocked: Shell) -> None:
    result = stocked.run(*ADD)

    assert result.exit_code == 0, result.output
    assert f"Dana R. has verified {ADDRESS}, Atlanta (ero-atl)." in result.stdout
    assert f"Letters may go there until {TODAY + timedelta(days=30)}, that day included." in result.stdout
    assert office(stocked).mailboxes == (MAILBOX,)
    (told,) = entries(stocked)
    assert (told.who, told.what, told.subject) == ("Dana R.", "mailbox added", "ero-atl")
    assert told.facts == {"address": ADDRESS, "source": PAGE, "on": f"{TODAY}"}


def test_an_address_is_added_once_however_it_is_written(stocked: Shell) -> None:
    stocked.run(*ADD)

    result = stocked.run("office", "mailbox", "add", "ero-atl", "Outreach@Field.Agency.gov", *SEEN)

    assert result.exit_code == 2
    assert "After another look: patchthrough office mailbox verify ero-atl" in result.stderr
    assert office(stocked).mailboxes == (MAILBOX,)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((ADDRESS, "--by", " ", "--source", PAGE), 2, "Say who you are: add --by"),
        (
            (ADDRESS, "--by", "Dana R.", "--source", "http://www.ice.gov/"),
            2,
            "the agency’s page with the address.",
        ),
        ((ADDRESS, *SEEN, "--on", f"{TODAY + timedelta(days=1)}"), 2, "is in the future"),
        ((ADDRESS, *SEEN, "--on", f"{TODAY - timedelta(days=31)}"), 2, "is more than 30 days ago"),
        (("Outreach <a@agency.gov>", *SEEN), 2, "“Outreach <a@agency.gov>” is no e-mail address."),
        (("agency.gov", *SEEN), 2, "“agency.gov” is no e-mail address."),
        (("a@ero-atl.example", *SEEN), 1, "a@ero-atl.example is at a domain kept for examples"),
        (("a@mail.calls.gov", *SEEN), 1, "is at calls.gov, where our own letters come from."),
    ],
)
def test_what_can_be_no_mailbox_is_refused_with_what_to_do(
    stocked: Shell, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    with_mail(monkeypatch)

    result = stocked.run("office", "mailbox", "add", "ero-atl", *words)

    assert (result.exit_code, office(stocked).mailboxes, entries(stocked)) == (code, (), [])
    assert said in result.stderr


def with_mail(monkeypatch: pytest.MonkeyPatch, queue: str = "https://sqs.example.org/letters") -> None:
    monkeypatch.setenv("PATCHTHROUGH_MAIL_FROM", "letters@calls.gov")
    monkeypatch.setenv("PATCHTHROUGH_MAIL_SET", "letters")
    monkeypatch.setenv("PATCHTHROUGH_QUEUE_LETTERS", queue)
    monkeypatch.setenv("PATCHTHROUGH_QUEUE_MAIL_EVENTS", "https://sqs.example.org/events")


def test_an_office_nobody_knows_gets_a_suggestion(stocked: Shell) -> None:
    result = stocked.run("office", "mailbox", "add", "ero-alt", ADDRESS, *SEEN)

    assert result.exit_code == 2
    assert "There is no office “ero-alt”. Did you mean “ero-atl”?" in result.stderr


def test_another_look_makes_an_address_good_again(stocked: Shell) -> None:
    stocked.run(*ADD, "--on", f"{TODAY - timedelta(days=30)}")

    result = stocked.run(*VERIFY)

    assert result.exit_code == 0, result.output
    assert office(stocked).mailboxes == (MAILBOX,)
    assert [entry.what for entry in entries(stocked)] == ["mailbox added", "mailbox verified"]


def test_only_an_address_that_is_there_is_verified(stocked: Shell) -> None:
    result = stocked.run(*VERIFY)

    assert result.exit_code == 2
    assert f"ero-atl has no mailbox {ADDRESS}. Its mailboxes: none." in result.stderr
    assert (office(stocked).mailboxes, entries(stocked)) == ((), [])


def test_an_address_that_has_become_our_own_is_not_verified(
    stocked: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    stocked.run(*ADD, "--on", f"{TODAY - timedelta(days=30)}")
    with_mail(monkeypatch)
    monkeypatch.setenv("PATCHTHROUGH_MAIL_FROM", "letters@agency.gov")

    result = stocked.run(*VERIFY)

    assert result.exit_code == 1
    assert not writable(office(stocked), TODAY + timedelta(days=1))


def test_another_look_wakes_a_mailbox_that_rests(stocked: Shell) -> None:
    stocked.run(*ADD)
    rest(stocked)
    before = stocked.run("office", "mailbox", "list")

    result = stocked.run(*VERIFY)

    assert result.exit_code == 0, result.output
    assert "✗ resting: 550 5.1.1 no such user" in before.stdout
    assert "0 of 2 offices can get letters by mail today." in before.stdout
    assert Letters(stocked.catalog.table).resting("ero-atl") == {}


def test_another_mailbox_of_the_office_rests_on(stocked: Shell) -> None:
    stocked.run(*ADD)
    stocked.run("office", "mailbox", "add", "ero-atl", "second@agency.gov", *SEEN)
    rest(stocked)

    stocked.run("office", "mailbox", "verify", "ero-atl", "second@agency.gov", *SEEN)

    assert len(Letters(stocked.catalog.table).resting("ero-atl")) == 1


def test_keys_that_cannot_be_read_are_said_plainly(stocked: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    stocked.run(*ADD)
    rest(stocked)
    monkeypatch.setenv("PATCHTHROUGH_SECRETS", "elsewhere")

    result = stocked.run(*VERIFY)

    assert result.exit_code == 3
    assert "The keys in PATCHTHROUGH_SECRETS can’t be read (ResourceNotFoundException)." in result.stderr


def test_an_address_is_removed_after_a_yes_alone(stocked: Shell) -> None:
    stocked.run(*ADD)
    remove = ("office", "mailbox", "remove", "ero-atl", ADDRESS.upper(), "--by", "Luis P.")

    no = stocked.run(*remove, answer="n\n")
    kept = office(stocked).mailboxes
    yes = stocked.run(*remove, answer="y\n")

    assert (no.exit_code, kept) == (1, (MAILBOX,))
    assert yes.exit_code == 0, yes.output
    assert f"Removed: {ADDRESS}, Atlanta (ero-atl)." in yes.stdout
    assert "Its letters are printed from now on." in yes.stdout
    assert office(stocked).mailboxes == ()
    assert [(entry.who, entry.what) for entry in entries(stocked)][1:] == [("Luis P.", "mailbox removed")]


@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_list_says_who_verified_each_until_when_and_fits(
    stocked: Shell, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    stocked.run(*ADD, "--on", f"{TODAY - timedelta(days=29)}")
    stocked.run(
        "office", "mailbox", "add", "ero-was", "letters.for.the.field.office@washington.agency.gov", *SEEN
    )
    rest(stocked, why="550 \x1b[31mno\nsuch user")

    for command in (("office", "mailbox", "list"), ("office", "list")):
        result = stocked.run(*command)

        assert result.exit_code == 0, result.output
        text = " ".join(result.stdout.split())
        assert "resting: 550 [31mno such user" in text
        assert "Dana R., 1 day left" in text
        assert "30 days left" in text
        assert "\x1b[31m" not in result.stdout
        assert max(map(len, result.stdout.splitlines())) <= int(columns)


def test_offices_without_any_are_no_news_in_the_directory(stocked: Shell) -> None:
    assert "Mailbox" not in stocked.run("office", "list").stdout
    assert "No office has a mailbox: letters are printed." in stocked.run("office", "mailbox", "list").stdout


def test_an_offices_own_form_is_kept_shown_and_forgotten(stocked: Shell) -> None:
    url = "https://www.agency.gov/contact"

    kept = stocked.run("office", "form", "ero-atl", url, "--by", "Dana R.")
    shown = stocked.run("office", "mailbox", "list").stdout
    before = office(stocked).web_form
    wrong = stocked.run("office", "form", "ero-atl", "http://www.agency.gov/", "--by", "Dana R.")
    forgotten = stocked.run("office", "form", "ero-atl", "--by", "Dana R.")

    assert f"The web form of Atlanta (ero-atl) is {url}" in kept.stdout
    assert (url in shown, before) == (True, url)
    assert "Give the https:// address of the office’s own form." in wrong.stderr
    assert "ero-atl has no web form now." in forgotten.stdout
    assert office(stocked).web_form == ""
    assert [entry.facts for entry in entries(stocked)] == [{"form": url}, {"form": ""}]


# The local stack.


def test_the_local_stack_makes_up_a_mailbox_for_each_office_and_keeps_those_that_are_there(
    shell: Shell, campaign_file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_local(monkeypatch, loopback)
    shell.run("campaign", "apply", str(campaign_file), "--yes")
    made_up = {each.id: each.mailboxes for each in live(shell).offices}
    stale = TODAY - timedelta(days=40)
    for each in live(shell).offices:
        key = keys.mailbox(each.id, each.mailboxes[0].address)
        shell.catalog.table.change(key, {"verified_on": stale.isoformat()})

    again = shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert [box.address for boxes in made_up.values() for box in boxes] == [
        f"{office_id}@offices.example" for office_id in made_up
    ]
    assert "1 of 1 offices can get letters by mail today." in again.stdout
    assert {each.id: each.mailboxes for each in live(shell).offices} == made_up
    assert all(writable(each, TODAY) for each in live(shell).offices)


def test_in_development_no_real_address_is_taken(
    shell: Shell, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_local(monkeypatch, loopback)
    shell.catalog.put_office(an_office("ero-atl", "Atlanta", NUMBER))

    real = shell.run(*ADD)
    made_up = shell.run("office", "mailbox", "add", "ero-atl", "a@ero-atl.example", *SEEN)

    assert real.exit_code == 1
    assert "is not at .example, where in development all mail ends." in real.stderr
    assert made_up.exit_code == 0, made_up.output
    assert [box.address for box in office(shell).mailboxes] == ["a@ero-atl.example"]


@pytest.mark.parametrize("stage", ["test", "staging", "production"])
def test_no_other_stage_makes_up_a_mailbox(
    shell: Shell, campaign_file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    be_local(monkeypatch, loopback, stage)

    shell.run("campaign", "apply", str(campaign_file), "--yes")

    assert [each.mailboxes for each in live(shell).offices] == [()] * 7
