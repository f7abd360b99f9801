"""`patchthrough office list, verify, close, reopen`: what a person reads, what is written, what is refused."""

from datetime import timedelta

import pytest

from chalicelib.adapters import audit, keys
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.desks import Desks
from chalicelib.adapters.office_items import PhoneChange
from chalicelib.adapters.phone_changes import PhoneChanges
from chalicelib.domain.office import Closure, Line, Office, dialable
from chalicelib.domain.words import Words
from tests.cli.conftest import NOW, TODAY, Shell

PAGE = "https://www.ice.gov/contact/field-offices"
NUMBER, SECOND = "+14045550190", "+14045550191"
VERIFY = ("office", "verify", "ero-atl", "--by", "Dana R.", "--source", PAGE)


def an_office(office_id: str, place: str, *numbers: str) -> Office:
    name = Words(f"ICE office in {place}", f"oficina de ICE en {place}")
    lines = tuple(map(Line, numbers))
    return Office(office_id, name, Words(place, place), "America/New_York", "1 Example Street", lines)


@pytest.fixture
def stocked(shell: Shell) -> Shell:
    """A terminal whose table has two offices; the second has two lines."""
    shell.catalog.put_office(an_office("ero-atl", "Atlanta", NUMBER))
    shell.catalog.put_office(an_office("ero-was", "Washington", "+17035550177", "+17035550178"))
    return shell


def line(shell: Shell, office_id: str = "ero-atl") -> Line:
    found = shell.catalog.office(office_id)
    assert found is not None
    return found.lines[0]


def entries(shell: Shell) -> list[Entry]:
    return list(audit.entries(shell.catalog.table, NOW))


# Verify.


def test_a_verified_line_may_be_called_and_who_saw_it_where_is_kept(stocked: Shell) -> None:
    result = stocked.run(*VERIFY)

    assert result.exit_code == 0, result.output
    assert "Dana R. has verified (404) 555-0190, Atlanta (ero-atl)." in result.stdout
    assert f"It may be called until {TODAY + timedelta(days=30)}, that day included." in result.stdout
    assert line(stocked) == Line(NUMBER, True, TODAY, "Dana R.", PAGE)
    (told,) = entries(stocked)
    assert (told.who, told.what, told.subject) == ("Dana R.", "line verified", "ero-atl")
    assert told.facts == {"number": NUMBER, "source": PAGE, "on": f"{TODAY}"}


def test_a_day_gone_by_counts_from_then_by_the_configured_days(
    stocked: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHTHROUGH_VERIFICATION_DAYS", "7")
    day = TODAY - timedelta(days=7)

    result = stocked.run(*VERIFY, "--on", f"{day}")

    assert f"It may be called until {TODAY}, that day included." in result.stdout
    week = Catalog(stocked.catalog.table, 7).office("ero-atl")
    assert week is not None
    assert dialable(week, TODAY)
    assert not dialable(week, TODAY + timedelta(days=1))


def test_a_verification_lifts_a_quarantine_and_what_speaks_against_the_line(stocked: Shell) -> None:
    desks = Desks(stocked.catalog.table)
    for mark in ("a", "b", "c"):
        sick = desks.doubt("ero-atl", NUMBER, mark, NOW)
    stocked.catalog.quarantine("ero-atl", NUMBER, sick or "", NOW)

    result = stocked.run(*VERIFY)

    assert sick is not None
    assert result.exit_code == 0, result.output
    assert line(stocked).quarantined is None
    assert desks.doubt("ero-atl", NUMBER, "d", NOW) is None, "one wrong number alone is no evidence"


def test_of_several_lines_one_is_named_as_people_write_it(stocked: Shell) -> None:
    command = ("office", "verify", "ero-was", "--by", "Dana R.", "--source", PAGE)

    unnamed = stocked.run(*command)
    named = stocked.run(*command, "--number", "1 (703) 555-0178")

    assert unnamed.exit_code == 2
    assert "ero-was has 2 lines. Say which: --number +17035550177 or +17035550178." in unnamed.stderr
    assert named.exit_code == 0, named.output
    found = stocked.catalog.office("ero-was")
    assert found is not None
    assert [each.callable for each in found.lines] == [False, True]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--source", "http://www.ice.gov/"), "--source is “http://www.ice.gov/”. Give the https:// address"),
        (("--source", "www.ice.gov"), "Give the https:// address of the agency’s page with the number."),
        (("--source", "https://"), "Give the https:// address"),
        (("--source", "https://somebody@www.ice.gov"), "Give the https:// address"),
        (("--source", "https://[www"), "Give the https:// address"),
        (("--by", "  "), "Say who you are: add --by"),
        (("--on", "yesterday"), "--on is “yesterday”, which is no day. Write it like 2026-12-24."),
        (("--on", "2026-02-30"), "--on is “2026-02-30”, which is no day."),
        (("--on", f"{TODAY + timedelta(days=1)}"), "is in the future"),
        (("--on", f"{TODAY - timedelta(days=31)}"), "is more than 30 days ago"),
        (("--number", "+14045550199"), "ero-atl has no line +14045550199. Its lines: +14045550190."),
    ],
)
def test_what_can_be_no_verification_is_refused_with_what_to_do(
    stocked: Shell, more: tuple[str, str], said: str
) -> None:
    result = stocked.run(*VERIFY, *more)

    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert line(stocked) == Line(NUMBER)
    assert entries(stocked) == []


def test_an_office_nobody_knows_gets_a_suggestion(stocked: Shell) -> None:
    result = stocked.run("office", "verify", "ero-alt", "--by", "Dana R.", "--source", PAGE)

    assert result.exit_code == 2
    assert "There is no office “ero-alt”. Did you mean “ero-atl”?" in result.stderr


# Close and reopen.


def test_an_office_is_closed_for_days_to_come_and_opened_again(stocked: Shell) -> None:
    first, last = TODAY + timedelta(days=1), TODAY + timedelta(days=3)

    closing = stocked.run(
        "office",
        "close",
        "ero-atl",
        "--from",
        f"{first}",
        "--to",
        f"{last}",
        "--why",
        "Office  moves",
        "--by",
        "Dana",
    )
    found = stocked.catalog.office("ero-atl")
    opening = stocked.run("office", "reopen", "ero-atl", "--from", f"{first}")

    assert f"Closed: Atlanta (ero-atl), {first} to {last}, Office moves." in closing.stdout
    assert f"3 days in all. Undo it with: patchthrough office reopen ero-atl --from {first}" in closing.stdout
    assert found is not None
    assert found.hours.closures == (Closure(first, last, "Office moves"),)
    assert opening.exit_code == 0, opening.output
    reopened = stocked.catalog.office("ero-atl")
    assert reopened is not None
    assert reopened.hours.closures == ()
    assert [(told.who, told.what) for told in entries(stocked)] == [
        ("Dana", "office closed"),
        ("somebody who gave no name", "office reopened"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "why", "said"),
    [
        (TODAY, TODAY - timedelta(days=1), "Flood", "Swap them."),
        (TODAY - timedelta(days=3), TODAY - timedelta(days=1), "Flood", "Give days to come."),
        (TODAY, TODAY, " ", "Say why in at most 120 letters"),
        (TODAY, TODAY, "x" * 121, "Say why in at most 120 letters"),
        ("Monday", TODAY, "Flood", "--from is “Monday”, which is no day."),
        (TODAY, "12/24/2026", "Flood", "--to is “12/24/2026”, which is no day."),
    ],
)
def test_days_that_can_be_no_closure_are_refused(
    stocked: Shell, first: object, last: object, why: str, said: str
) -> None:
    result = stocked.run("office", "close", "ero-atl", "--from", f"{first}", "--to", f"{last}", "--why", why)

    assert result.exit_code == 2
    assert said in result.stderr
    found = stocked.catalog.office("ero-atl")
    assert found is not None
    assert found.hours.closures == ()


def test_a_closure_that_has_begun_can_still_be_told(stocked: Shell) -> None:
    days = ("--from", f"{TODAY - timedelta(days=3)}", "--to", f"{TODAY}")

    assert stocked.run("office", "close", "ero-atl", *days, "--why", "Flood").exit_code == 0


def test_a_closure_that_is_not_there_is_not_reopened(stocked: Shell) -> None:
    stocked.catalog.close_office("ero-atl", Closure(TODAY, TODAY, "Flood"))

    result = stocked.run("office", "reopen", "ero-atl", "--from", "2030-01-01")

    assert result.exit_code == 2
    assert f"ero-atl has no closure from 2030-01-01. Its closures: {TODAY}, Flood." in result.stderr


# List.


def test_an_empty_directory_says_how_to_fill_it(shell: Shell) -> None:
    result = shell.run("office", "list")

    assert result.exit_code == 0
    assert "No office yet. Load all with: patchthrough office import directory/offices.csv" in result.stdout


def row(text: str, office_id: str) -> str:
    return next(line for line in text.splitlines() if office_id in line)


def test_the_list_says_of_each_line_who_verified_it_and_whether_it_is_healthy(stocked: Shell) -> None:
    stocked.run(*VERIFY)
    stocked.catalog.put_office(an_office("ero-bos", "Boston", "+16175550100"))
    stocked.catalog.put_office(an_office("ero-chi", "Chicago", "+13125550100"))
    stocked.catalog.verify_line("ero-bos", "+16175550100", TODAY - timedelta(days=31), "Luis P.", PAGE)
    stocked.catalog.verify_line("ero-chi", "+13125550100", TODAY - timedelta(days=30), "Luis P.", PAGE)
    stocked.catalog.quarantine("ero-chi", "+13125550100", "3 wrong numbers", NOW)

    text = stocked.run("office", "list").stdout

    assert "Dana R." in row(text, "ero-atl")
    assert "● ok" in row(text, "ero-atl")
    assert "30 days left" in text
    assert "never" in row(text, "ero-was")
    assert "○ unverified" in row(text, "ero-was")
    assert "expired" in row(text, "ero-bos")
    assert "○ verify again" in row(text, "ero-bos")
    assert "last day today" in text
    assert "✗ resting: 3 wrong numbers" in row(text, "ero-chi")
    assert "(703) 555-0178" in text
    assert "1 of 4 offices can be called today" in text


def test_the_list_says_what_is_closed_and_what_waits(stocked: Shell) -> None:
    over, soon = TODAY - timedelta(days=9), TODAY + timedelta(days=9)
    stocked.catalog.close_office("ero-atl", Closure(over, over, "Flood"))
    stocked.catalog.close_office("ero-atl", Closure(TODAY, soon, "Office moves"))
    PhoneChanges(stocked.catalog).propose(PhoneChange("ero-atl", NUMBER, SECOND, "Dana R.", NOW))

    text = stocked.run("office", "list").stdout

    assert "opens" in row(text, "ero-atl"), "it is closed today"
    assert f"Atlanta ero-atl  {TODAY} to {soon}  Office moves" in text
    assert "Flood" not in text
    assert "? ero-atl  - (404) 555-0190  + (404) 555-0191  proposed by Dana R. on" in text


def test_a_line_that_is_never_called_is_shown_as_such(stocked: Shell) -> None:
    stocked.run(*VERIFY)
    stocked.catalog.put_never_rung([], [NUMBER])

    assert "✗ never called" in row(stocked.run("office", "list").stdout, "ero-atl")


@pytest.mark.parametrize("columns", ["80", "120"])
def test_no_line_of_the_list_is_cut(stocked: Shell, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    stocked.run(*VERIFY)
    stocked.catalog.quarantine("ero-was", "+17035550177", "3 of 5 calls since yesterday didn’t connect", NOW)

    text = stocked.run("office", "list").stdout

    assert max(map(len, text.splitlines())) <= int(columns)
    for part in ("● ok", "Dana R.", "30 days left", "✗ resting: 3 of 5", "connect", "○ unverified"):
        assert part in " ".join(text.split())


def test_nothing_of_a_verification_is_left_behind_when_the_line_is_unknown(stocked: Shell) -> None:
    stocked.run(*VERIFY, "--number", SECOND)

    assert stocked.catalog.table.get(keys.line("ero-atl", SECOND)) is None
