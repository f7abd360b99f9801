"""The office directory: all 25 offices as they are, and what an import refuses."""

from pathlib import Path

import pytest

from cli.directory import read_directory
from cli.problems import FileRefused
from tests.cli.conftest import ROOT, changed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("offices.csv", "do_not_call.csv"):
        text = (ROOT / "directory" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def refused(folder: Path) -> str:
    with pytest.raises(FileRefused) as error:
        read_directory(folder)
    return str(error.value).replace(f"{folder}/", "")


def test_every_field_office_is_there_and_none_is_callable() -> None:
    directory = read_directory(ROOT / "directory")

    assert len(directory.offices) == 25
    lines = [line for office in directory.offices.values() for line in office.lines]
    assert len(lines) == 25
    assert not any(line.callable or line.verified_on for line in lines)


def test_offices_are_named_for_the_ear_in_both_languages() -> None:
    offices = read_directory(ROOT / "directory").offices

    spanish = {office.place.en: office.place.es for office in offices.values()}
    assert spanish["New York"] == "Nueva York"
    assert spanish["Philadelphia"] == "Filadelfia"
    assert spanish["New Orleans"] == "Nueva Orleans"
    assert spanish["Los Angeles"] == "Los Ángeles"
    assert spanish["Buffalo"] == "Búfalo"
    for office in offices.values():
        assert office.name.en == f"ICE office in {office.place.en}"
        assert office.name.es == f"oficina de ICE en {office.place.es}"


def test_lines_that_serve_people_in_need_are_never_targets() -> None:
    directory = read_directory(ROOT / "directory")

    assert len(directory.never) == 6
    numbers = {line.number for office in directory.offices.values() for line in office.lines}
    assert not numbers & directory.never.keys()


WRONG = [
    (
        "+14048931290",
        "+18883514024",
        "offices.csv:2: +18883514024 is never called: Detained people and their families",
    ),
    (
        "+14048931290",
        "911",
        "offices.csv:2: 911 is an emergency number or a short code. An office has an ordinary number",
    ),
    ("+14048931290", "404 893 1290", "offices.csv:2: 404 893 1290 is not a phone number in North America."),
    ("+14048931290", "+442079460018", "offices.csv:2: +442079460018 is not a phone number in North America."),
    ("+14048931290", "+11234567890", "offices.csv:2: +11234567890 is not a phone number in North America."),
    (
        "+14435600640",
        "+14048931290",
        "offices.csv:3: +14048931290 is here twice, first in line 2. Delete one.",
    ),
    ("ero-bal", "ero-atl", "offices.csv:3: ero-atl is here twice, first in line 2. Delete one."),
    ("ero-bal", "Ero Bal", "offices.csv:3: The id “Ero Bal” must be lower-case letters, digits and hyphens"),
    (
        "oficina de ICE en Atlanta",
        "",
        "offices.csv:2: name_es is empty. An office is read and spoken in both languages",
    ),
    ("America/New_York", "America/Nowhere", "offices.csv:2: There is no time zone “America/Nowhere”."),
    ("place_es", "lugar", "offices.csv:1: The column place_es is missing. Add it."),
]


@pytest.mark.parametrize(("before", "after", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_line(folder: Path, before: str, after: str, said: str) -> None:
    changed(folder / "offices.csv", before, after)

    assert any(line.startswith(said) for line in refused(folder).splitlines()), refused(folder)


def test_all_problems_are_told_at_once(folder: Path) -> None:
    changed(folder / "offices.csv", "+14048931290", "911")
    changed(folder / "offices.csv", "ero-bal", "Ero Bal")

    assert [line.split(":")[1] for line in refused(folder).splitlines()] == ["2", "3"]


def test_a_missing_directory_says_how_to_name_it(tmp_path: Path) -> None:
    assert refused(tmp_path).startswith("do_not_call.csv:1: There is no such file.")
    assert "--directory" in refused(tmp_path)


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    text = (folder / "offices.csv").read_text(encoding="utf-8")
    (folder / "offices.csv").write_bytes(text.encode("latin-1"))

    assert refused(folder) == "offices.csv:1: The file isn’t UTF-8 text. Save it as UTF-8."
