"""`patchthrough office import` and `confirm`: what is shown, written, refused, and left to a second person."""

import csv
from datetime import time, timedelta
from pathlib import Path

import pytest

from chalicelib.adapters import audit
from chalicelib.adapters.phone_changes import PhoneChanges
from chalicelib.domain.office import Caps, Closure, Line, Span, dialable
from tests.cli.conftest import NOW, ROOT, TODAY, Shell, changed
from tests.cli.test_campaign_commands import be_local

PAGE = "https://www.ice.gov/contact/field-offices"
ATLANTA, NEW = "+14048931290", "+14045550190"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    copy = tmp_path / "offices.csv"
    copy.write_text((ROOT / "directory" / "offices.csv").read_text(encoding="utf-8"), encoding="utf-8")
    return copy


@pytest.fixture
def loaded(shell: Shell, file: Path) -> Shell:
    """A terminal whose table has the directory of `file`."""
    shell.begin("office", "import", str(file), "--yes")
    return shell


def with_columns(file: Path, **columns: str) -> None:
    """Give the first office a value in more columns, the others none."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows[0] |= columns
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def numbers(shell: Shell, office_id: str = "ero-atl") -> list[str]:
    found = shell.catalog.office(office_id)
    assert found is not None
    return [line.number for line in found.lines]


def test_a_new_directory_is_shown_asked_about_and_written_with_no_line_callable(
    shell: Shell, file: Path
) -> None:
    result = shell.run("office", "import", str(file), answer="y\n")

    assert result.exit_code == 0, result.output
    assert "25 offices new" in result.stdout
    assert "+ Atlanta ero-atl        (404) 893-1290" in result.stdout
    assert "Import into stage production, table patchthrough-cli? [y/N]" in result.stdout
    assert "0 of 25 offices can be called today" in result.stdout
    offices = shell.catalog.offices()
    assert len(offices) == 25
    assert not any(line.callable or line.verified_on for office in offices for line in office.lines)
    where = shell.catalog.provenance()["ero-bal"]
    assert (where.as_of, where.confidence) == ("2026-04-03", "single_source")
    assert {ATLANTA, "+18883514024"} <= shell.catalog.never_rung()
    assert len(shell.catalog.never_targets()) == 6


def test_a_no_writes_nothing(shell: Shell, file: Path) -> None:
    result = shell.run("office", "import", str(file), answer="n\n")

    assert (result.exit_code, shell.catalog.offices(), shell.catalog.never_rung()) == (1, (), frozenset())
    assert "Nothing was changed." in result.stderr


def test_the_same_file_again_is_nothing_to_do_and_a_verification_survives(loaded: Shell, file: Path) -> None:
    loaded.catalog.verify_line("ero-atl", ATLANTA, TODAY, "Dana R.", PAGE)

    result = loaded.run("office", "import", str(file))

    assert result.exit_code == 0
    assert "Nothing to change: the directory in stage production" in result.stdout
    assert "1 of 25 offices can be called today" in result.stdout


def test_only_what_differs_is_shown_and_a_verification_and_a_closure_survive(
    loaded: Shell, file: Path
) -> None:
    flood = Closure(TODAY, TODAY, "Flood")
    loaded.catalog.verify_line("ero-atl", ATLANTA, TODAY, "Dana R.", PAGE)
    loaded.catalog.close_office("ero-atl", flood)
    changed(file, "180 Ted Turner Dr. SW", "181 Ted Turner Dr. SW")
    changed(file, "two_captures_agree\n", "single_source\n")

    result = loaded.run("office", "import", str(file), "--yes")

    assert "1 office changed" in result.stdout
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[lines.index("~ Atlanta ero-atl") + 1 :][:4] == [
        "address - 180 Ted Turner Dr. SW, Suite 522, Atlanta, GA 30303",
        "+ 181 Ted Turner Dr. SW, Suite 522, Atlanta, GA 30303",
        "confidence - two_captures_agree",
        "+ single_source",
    ]
    found = loaded.catalog.office("ero-atl")
    assert found is not None
    assert found.address.startswith("181")
    assert found.hours.closures == (flood,)
    assert found.lines == (Line(ATLANTA, True, TODAY, "Dana R.", PAGE),)


def test_an_office_that_is_gone_from_the_file_is_shown_and_removed(loaded: Shell, file: Path) -> None:
    rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(row for row in rows if not row.startswith("ero-buf")), encoding="utf-8")

    result = loaded.run("office", "import", str(file), "--yes")

    assert "1 office gone from the file: no campaign can call them any more" in result.stdout
    assert loaded.catalog.office("ero-buf") is None
    assert len(loaded.catalog.offices()) == 24


def test_hours_caps_and_more_lines_are_read_from_columns_of_their_own(shell: Shell, file: Path) -> None:
    more = {"hours": "Mon 9:00-12:00 13:00-16:00", "holidays": "open", "more_phones": NEW}
    with_columns(file, **more, at_once="1", an_hour="5", pause_seconds="60")

    result = shell.run("office", "import", str(file), "--yes")

    assert result.exit_code == 0, result.output
    found, other = shell.catalog.office("ero-atl"), shell.catalog.office("ero-bal")
    assert found is not None
    assert other is not None
    assert [line.caps for line in found.lines] == [Caps(1, 5, 60)] * 2
    assert [line.caps for line in other.lines] == [Caps()]
    assert numbers(shell) == [ATLANTA, NEW]
    assert [len(spans) for spans in found.hours.week] == [2, 0, 0, 0, 0, 0, 0]
    assert found.hours.week[0][0] == Span(time(9), time(12))
    assert (found.hours.keeps_holidays, other.hours.keeps_holidays) == (False, True)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"hours": "Mon-Fri 9-16"}, "“9-16” is no time. Write it like 9:00-16:00."),
        ({"holidays": "yes"}, "holidays is “yes”. Write open or closed; empty means closed."),
        ({"at_once": "0"}, "at_once is “0”. Write a whole number from 1 to 10, or nothing."),
        ({"at_once": "11"}, "at_once is “11”."),
        ({"an_hour": "many"}, "an_hour is “many”. Write a whole number from 1 to 120, or nothing."),
        ({"pause_seconds": "1.5"}, "pause_seconds is “1.5”. Write a whole number from 0 to 600, or nothing."),
        ({"more_phones": "+18885550123"}, "+18885550123 is toll-free"),
        ({"more_phones": ATLANTA}, f"{ATLANTA} is in this row twice. Delete one."),
        ({"phone_e164": "+18764225555"}, "+18764225555 is not a number that exists in North America."),
        ({"phone_e164": "988"}, "988 is an emergency number or a short code."),
        ({"phone_e164": "+442079460018"}, "+442079460018 is not a phone number in North America."),
    ],
)
def test_columns_are_read_strictly_and_problems_are_named_by_line(
    shell: Shell, file: Path, columns: dict[str, str], said: str
) -> None:
    with_columns(file, **columns)

    result = shell.run("office", "import", str(file), "--yes")

    assert result.exit_code == 2
    assert f"offices.csv:2: {said}" in result.stderr
    assert "Nothing was changed: 1 thing to correct first." in result.stderr
    assert shell.catalog.offices() == ()


def test_an_id_that_looks_like_a_slip_is_refused_with_the_one_that_is_missing(
    loaded: Shell, file: Path
) -> None:
    changed(file, "ero-buf", "ero-bufo")
    changed(file, "ero-was", "dc")

    result = loaded.run("office", "import", str(file), "--yes")

    assert result.exit_code == 2
    assert (
        "offices.csv:5: The id ero-bufo is new, and ero-buf is missing. Did you mean ero-buf?"
        in result.stderr
    )
    assert "offices.csv:26: The id dc is new, and ero-was is missing. Did you mean ero-was?" in result.stderr
    assert loaded.catalog.office("ero-bufo") is None


def test_a_new_office_beside_all_known_ones_is_no_slip(loaded: Shell, file: Path) -> None:
    row = file.read_text(encoding="utf-8").splitlines()[1].replace("ero-atl", "ero-atk").replace(ATLANTA, NEW)
    file.write_text(file.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")

    result = loaded.run("office", "import", str(file), "--yes")

    assert result.exit_code == 0, result.output
    assert numbers(loaded, "ero-atk") == [NEW]


# A new phone takes two people.


def test_a_new_phone_needs_a_name(loaded: Shell, file: Path) -> None:
    changed(file, ATLANTA, NEW)

    result = loaded.run("office", "import", str(file), "--yes")

    assert result.exit_code == 2
    assert "A new phone takes two people. Say who you are: add --by" in result.stderr
    assert PhoneChanges(loaded.catalog).all_waiting() == ()


def test_one_person_alone_changes_no_phone(loaded: Shell, file: Path) -> None:
    loaded.catalog.verify_line("ero-atl", ATLANTA, TODAY, "Dana R.", PAGE)
    changed(file, ATLANTA, NEW)

    shown = loaded.run("office", "import", str(file), "--yes", "--by", "Dana R.")
    again = loaded.run("office", "import", str(file), "--yes", "--by", "Dana R.")
    forced = loaded.run("office", "import", str(file), "--yes", "--by", "dana r.", "--confirm")
    refused = loaded.run("office", "confirm", "ero-atl", "--by", " Dana  R.", "--yes")

    assert "1 new phone for a second person to confirm" in shown.stdout
    assert "? ero-atl  - (404) 893-1290  + (404) 555-0190" in shown.stdout
    assert "confirms the new phone of ero-atl: patchthrough office confirm ero-atl --by NAME" in shown.stdout
    assert "Waiting for a second person already" in again.stdout
    assert "proposed by Dana R. on" in again.stdout
    assert (shown.exit_code, again.exit_code, forced.exit_code, refused.exit_code) == (0, 0, 1, 1)
    assert "Dana R. proposed this phone, so somebody else has to confirm it." in refused.stderr
    assert numbers(loaded) == [ATLANTA]
    found = loaded.catalog.office("ero-atl")
    assert found is not None
    assert dialable(found, TODAY)


def test_a_second_person_confirms_and_the_new_phone_must_be_verified(loaded: Shell, file: Path) -> None:
    loaded.catalog.verify_line("ero-atl", ATLANTA, TODAY, "Dana R.", PAGE)
    changed(file, ATLANTA, NEW)
    loaded.run("office", "import", str(file), "--yes", "--by", "Dana R.")

    result = loaded.run("office", "confirm", "ero-atl", "--by", "Luis P.", answer="y\n")

    assert result.exit_code == 0, result.output
    assert "Luis P. has confirmed the new phone of ero-atl." in result.stdout
    assert numbers(loaded) == [NEW]
    found = loaded.catalog.office("ero-atl")
    assert found is not None
    assert dialable(found, TODAY) == ()
    told = [(entry.who, entry.what) for entry in audit.entries(loaded.catalog.table, NOW)]
    assert ("Dana R.", "phone proposed") in told
    assert ("Luis P.", "phone confirmed") in told


def test_the_second_person_may_confirm_by_importing_the_same_file(loaded: Shell, file: Path) -> None:
    changed(file, ATLANTA, NEW)
    loaded.run("office", "import", str(file), "--yes", "--by", "Dana R.")

    result = loaded.run("office", "import", str(file), "--yes", "--by", "Luis P.", "--confirm")

    assert result.exit_code == 0, result.output
    assert numbers(loaded) == [NEW]


def test_a_no_confirms_nothing(loaded: Shell, file: Path) -> None:
    changed(file, ATLANTA, NEW)
    loaded.run("office", "import", str(file), "--yes", "--by", "Dana R.")

    result = loaded.run("office", "confirm", "ero-atl", "--by", "Luis P.", answer="n\n")

    assert result.exit_code == 1
    assert numbers(loaded) == [ATLANTA]


def test_a_file_that_goes_back_to_the_old_phone_withdraws_the_new(loaded: Shell, file: Path) -> None:
    changed(file, ATLANTA, NEW)
    loaded.run("office", "import", str(file), "--yes", "--by", "Dana R.")
    changed(file, NEW, ATLANTA)

    result = loaded.run("office", "import", str(file), "--yes")

    assert "Not in the file any more, so withdrawn" in result.stdout
    assert PhoneChanges(loaded.catalog).all_waiting() == ()
    assert loaded.run("office", "confirm", "ero-atl", "--by", "Luis P.", "--yes").exit_code == 2


def test_a_phone_that_only_goes_is_gone_at_once(shell: Shell, file: Path) -> None:
    with_columns(file, more_phones=NEW)
    shell.begin("office", "import", str(file), "--yes")
    with_columns(file, more_phones="")

    result = shell.run("office", "import", str(file), "--yes")

    assert result.exit_code == 0, result.output
    assert f"- {ATLANTA}, {NEW}" in result.stdout
    assert numbers(shell) == [ATLANTA]


def test_a_campaign_is_no_way_round_the_second_person(
    loaded: Shell, file: Path, campaign_file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("do_not_call.csv", "areas.csv", "split_zips.csv"):
        (folder / name).write_bytes((ROOT / "directory" / name).read_bytes())
    changed(file, ATLANTA, NEW)
    file.rename(folder / "offices.csv")

    result = loaded.run("campaign", "apply", str(campaign_file), "--yes", "--directory", str(folder))

    assert result.exit_code == 0, result.output
    assert "The directory has another phone for ero-atl." in result.stdout
    assert numbers(loaded) == [ATLANTA]
    found = loaded.catalog.campaign("families-28")
    assert found is not None
    assert [line.number for line in found.offices[0].lines] == [ATLANTA]


# The local stack.


def test_the_local_stack_vouches_for_the_whole_directory_but_for_lines_that_rest(
    shell: Shell, file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_local(monkeypatch, loopback)

    first = shell.run("office", "import", str(file), "--yes", "--by", "the local stack")
    shell.catalog.quarantine("ero-den", numbers(shell, "ero-den")[0], "3 wrong numbers", NOW)
    second = shell.run("office", "import", str(file), "--yes", "--by", "the local stack")

    assert "25 of 25 offices can be called today" in first.stdout
    assert "24 of 25 offices can be called today" in second.stdout
    found = shell.catalog.office("ero-atl")
    assert found is not None
    assert found.lines == (Line(ATLANTA, True, TODAY, "the local stack", "the local stack"),)


@pytest.mark.parametrize("stage", ["test", "production", "local2"])
def test_no_other_stage_vouches_for_a_line(
    shell: Shell, file: Path, loopback: str, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    be_local(monkeypatch, loopback, stage)

    result = shell.run("office", "import", str(file), "--yes", "--by", "the local stack")

    assert "0 of 25 offices can be called today" in result.stdout
    assert not any(dialable(office, TODAY) for office in shell.catalog.offices())


def test_what_is_no_file_is_said_so(shell: Shell, tmp_path: Path) -> None:
    missing = shell.run("office", "import", str(tmp_path / "nowhere.csv"))
    folder = shell.run("office", "import", str(tmp_path))

    assert (missing.exit_code, folder.exit_code) == (2, 2)
    assert "nowhere.csv:1: There is no such file." in missing.stderr
    assert "This is a folder. Name the file in it, like offices.csv." in folder.stderr


def test_an_old_closure_is_no_change(loaded: Shell, file: Path) -> None:
    yesterday = TODAY - timedelta(days=1)
    loaded.catalog.close_office("ero-atl", Closure(yesterday, yesterday, "Flood"))

    assert "Nothing to change" in loaded.run("office", "import", str(file)).stdout
