"""`make story`: five whole calls on a stack of its own, and what it says when one ends otherwise."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from dev.phone_world.offices import Answer
from dev.phone_world.people import HangUp, Heard
from dev.ports import Ports
from dev.stack import Stack, Wish, running
from dev.stories import playing, site, tales, telling
from dev.stories.playing import Telling, differs, phones, play, unheard, unrefused
from dev.stories.site import Site
from tests.needs import needs

ROOT = Path(__file__).resolve().parent.parent.parent
TELL = "import sys; from pathlib import Path; from dev.story import main; sys.exit(main(Path(sys.argv[1])))"


def told(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", TELL, folder], cwd=ROOT, env=os.environ | {"COLUMNS": "100"},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.mark.story
def test_all_five_end_as_they_must_and_the_last_line_proves_the_counts(tmp_path: Path) -> None:
    needs("ministack")
    ended = told(tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "No stack runs here" in ended.stdout
    assert ended.stdout.count("✓ ") >= 5
    assert "✗" not in ended.stdout
    assert ended.stdout.splitlines()[-1] == "ledger=4 tally=4 difference=0"


TRANSCRIPT = [
    {"at": 1.0, "who": "line", "kind": "said", "text": "Hello. Nothing is recorded."},
    {"at": 3.0, "who": "+12025550123", "kind": "pressed", "text": "9"},
    {"at": 64.0, "who": "line", "kind": "said", "text": "Done."},
]


def test_words_must_be_heard_and_in_their_turn() -> None:
    tale = tales.NEVER_AGAIN
    assert unheard(replace(tale, heard=("recorded", "Done")), TRANSCRIPT) == []
    assert len(unheard(replace(tale, heard=("Done", "recorded")), TRANSCRIPT)) == 1
    assert len(unheard(replace(tale, heard=("9",)), TRANSCRIPT)) == 1, "a key is not a word that was heard"


def test_a_ring_that_was_not_refused_is_a_difference() -> None:
    refusal = {"error": {"code": "phone_not_called"}}
    assert unrefused(tales.NEVER_AGAIN, (400, refusal)) == []
    assert unrefused(tales.NEVER_AGAIN, (202, {"id": "x"})) != []
    assert unrefused(tales.NEVER_AGAIN, (400, {"error": {"code": "phone_malformed"}})) != []


def test_what_differs_is_said_with_both_sides() -> None:
    assert differs("the ledger has", ("spoke",), ("spoke",)) == []
    assert differs("the ledger has", ("spoke",), ("busy",)) == ["the ledger has ('busy',), not ('spoke',)"]


def test_every_phone_is_made_up() -> None:
    assert all(re.fullmatch(r"\+1[2-9]\d\d55501\d\d", phone) for phone in phones())


def test_a_move_travels_to_the_phone_world_as_its_control_api_takes_it() -> None:
    moved = site.move_document(HangUp(after=9, when=Heard("call number")))
    assert moved == {"move": "HangUp", "after": 9, "when": {"heard": "call number"}}


@pytest.mark.parametrize("is_right", [True, False])
def test_a_telling_shows_who_said_what_and_how_it_ended(is_right: bool) -> None:  # noqa: FBT001 - a table's column
    tale = tales.NEVER_AGAIN
    differences = () if is_right else ("the phone rang 2, not 1",)
    played = Telling(tale, "+1", "never", (), None, TRANSCRIPT, {"+12025550123": "Dana"}, differences)
    console = Console(width=90, record=True, file=Path(os.devnull).open("w"))  # noqa: SIM115 - recorded, not read
    telling.tell(console, 4, played)
    console.file.close()
    text = console.export_text()
    assert tale.title in text
    assert re.search(r"0:02 +Dana +pressed 9", text)
    assert re.search(r"1:03 +The line +Done\.", text)
    assert ("✓ never · asked again: refused" in text, "✗ the phone rang 2, not 1" in text) == (
        is_right,
        not is_right,
    )


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    needs("ministack")
    before = dict(os.environ)
    from chalicelib.runtime import install  # noqa: PLC0415 - built for this stack alone

    install(None)
    with running(Ports.any_free(), tmp_path_factory.mktemp("story"), Wish(), lambda _words: None) as started:
        yield started
    install(None)
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.story
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_tale_that_ends_otherwise_is_told_so_and_the_phone_world_is_as_it_was(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "PATIENCE", 30.0)
    where = Site(stack.environment)
    wrong = replace(tales.HANGS_UP, ends="thanks", counted=("spoke",), heard=("never said",))
    before = {
        number: party for number, party in stack.phone_world.world.parties.items() if party.name != "Elena"
    }
    with where.at_speed(20):
        played = play(wrong, where, Wish().wait)
    assert len(played.differences) == 3
    assert played.state == "not_reached"
    after = {
        number: party for number, party in stack.phone_world.world.parties.items() if party.name != "Elena"
    }
    assert (after, stack.phone_world.pace.speed) == (before, 1.0)
    assert {line.answers for line in after.values() if hasattr(line, "answers")} == {Answer.PERSON}
