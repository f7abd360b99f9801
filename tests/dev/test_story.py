"""`make story`: whole calls on a stack of its own, and what it says when one ends otherwise."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from chalicelib.domain.counts import Channel
from dev import aws
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.people import HangUp, Heard
from dev.ports import Ports
from dev.stack import Stack, Wish, running
from dev.stories import playing, site, tales, telling
from dev.stories.booked import BOOKED_TALES
from dev.stories.judging import Leg, Played, Telling, differs, unheard, unlike, unread, unrefused, unshown
from dev.stories.letters import ARRIVES
from dev.stories.playing import FORGOTTEN, Scene, phones, play
from dev.stories.rehearsed import table_of_its_own
from dev.stories.site import Site
from tests.needs import needs

ROOT = Path(__file__).resolve().parent.parent.parent
TELL = """
import sys
from pathlib import Path
from dev.stories.booked import BOOKED_TALES
from dev.stories.letters import ARRIVES
from dev.stories.tales import TALES
from dev.story import main
few = [tale for tale in TALES if tale.name in sys.argv[2:]]
sys.exit(main(Path(sys.argv[1]), few, [*BOOKED_TALES, ARRIVES]))
"""
FEW = ("Ben", "Elena", "Yusuf", "Sofía", "Mateo")
"""One of each kind: all of them are told by `make story` itself, which .ci/run runs too."""


def told(folder: Path, names: Iterable[str] = FEW) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", TELL, folder, *names], cwd=ROOT, env=os.environ | {"COLUMNS": "100"},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.mark.story
def test_all_end_as_they_must_and_the_last_line_proves_the_counts(tmp_path: Path) -> None:
    needs("ministack")
    few = [tale for tale in tales.TALES if tale.name in FEW]
    ended = told(tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "No stack runs here" in ended.stdout
    titles = [*(tale.title for tale in few), *(tale.title for tale in (*BOOKED_TALES, ARRIVES))]
    assert all(title in ended.stdout for title in titles)
    assert "✗" not in ended.stdout
    assert "{" not in ended.stdout, "a line of the app's log is no part of a tale"
    assert max(map(len, ended.stdout.splitlines())) <= 100
    counted = sum(len(tale.counted) + sum(len(each.counted) for each in tale.before) for tale in few)
    assert ended.stdout.splitlines()[-1] == f"ledger={counted} tally={counted} difference=0"


def test_every_tale_is_of_somebody_else() -> None:
    names = [*(tale.name for tale in tales.TALES), *(tale.name for tale in BOOKED_TALES)]
    assert len(set(names)) == len(names)
    assert set(FEW) <= set(names)


TRANSCRIPT = [
    {"at": 1.0, "who": "line", "kind": "said", "text": "Hello. Nothing is recorded."},
    {"at": 3.0, "who": "+12025550123", "kind": "pressed", "text": "9"},
    {"at": 64.0, "who": "line", "kind": "said", "text": "Done."},
    *({"at": 65.0, "who": "+12025550123", "kind": "pressed", "text": key} for key in "482915"),
]


def test_words_must_be_heard_and_in_their_turn() -> None:
    assert unheard(("recorded", "Done"), TRANSCRIPT) == []
    assert len(unheard(("Done", "recorded"), TRANSCRIPT)) == 1
    assert len(unheard(("9",), TRANSCRIPT)) == 1, "a key is not a word that was heard"


def test_words_must_stand_on_the_pages_and_in_their_turn() -> None:
    assert unread(("Los Angeles", "San Diego"), "Choose: Los Angeles San Diego") == []
    assert unread(("San Diego", "Los Angeles"), "Choose: Los Angeles San Diego") == [
        "no page said “Los Angeles” in its turn"
    ]


def test_a_ring_that_was_not_refused_is_a_difference() -> None:
    refusal = {"error": {"code": "phone_not_called"}}
    assert unrefused("phone_not_called", (400, refusal)) == []
    assert unrefused("phone_not_called", (202, {"id": "x"})) != []
    assert unrefused("phone_not_called", (400, {"error": {"code": "phone_malformed"}})) != []


OWN, OURS = "+13035550123", "+14045550100"


def call(shown: str | None = OURS, state: str = "never") -> Played:
    return Played(OWN, {"state": state, "number": 7}, 1, ("spoke",), (Leg("Atlanta", shown),), TRANSCRIPT)


def test_an_end_and_a_ledger_that_differ_are_said_and_whose_they_are() -> None:
    right = tales.HANGS_UP
    assert unlike(replace(right, ends="never", counted=("spoke",)), call()) == []
    assert unlike(replace(right, ends="thanks", counted=()), call(), "Ana: ") == [
        "Ana: it ended as never, not thanks",
        "Ana: the ledger has ('spoke',), not ()",
    ]


@pytest.mark.parametrize(("shows_own", "right", "wrong"), [(True, OWN, OURS), (False, OURS, OWN)])
def test_an_office_that_saw_another_number_is_a_difference(shows_own: bool, right: str, wrong: str) -> None:  # noqa: FBT001 - a table's column
    assert unshown(shows_own, call(right), OURS) == []
    assert len(unshown(shows_own, call(wrong), OURS)) == 1
    assert unshown(shows_own, call(None), OURS) == ["no office’s display showed any number"]
    assert unshown(None, call(None), OURS) == []


def test_what_differs_is_said_with_both_sides() -> None:
    assert differs("the ledger has", ("spoke",), ("spoke",)) == []
    assert differs("the ledger has", ("spoke",), ("busy",)) == ["the ledger has ('busy',), not ('spoke',)"]


def test_every_phone_is_made_up() -> None:
    assert all(re.fullmatch(r"\+1[2-9]\d\d55501\d\d", phone) for phone in phones())


def test_a_move_travels_to_the_phone_world_as_its_control_api_takes_it() -> None:
    moved = site.move_document(HangUp(after=9, when=Heard("call number")))
    assert moved == {"move": "HangUp", "after": 9, "when": {"heard": "call number"}}


def printed(*tellings: Telling) -> str:
    with Path(os.devnull).open("w") as nowhere:
        console = Console(width=90, record=True, file=nowhere)
        for number, each in enumerate(tellings, start=4):
            telling.tell(console, number, each)
        telling.tell_sum(console, tellings)
    return console.export_text()


NAMES = {"+12025550123": "Dana", OWN: "Hilda"}


@pytest.mark.parametrize("is_right", [True, False])
def test_a_telling_shows_who_said_what_and_how_it_ended(is_right: bool) -> None:  # noqa: FBT001 - a table's column
    tale = tales.NEVER_AGAIN
    differences = () if is_right else ("the phone rang 2, not 1",)
    text = printed(Telling(tale, call(), NAMES, differences, facts=tale.facts))
    assert f"4. {tale.title}" in text
    assert re.search(r"0:02 +Dana +pressed 9", text)
    assert re.search(r"1:03 +The line +Done\.", text)
    assert re.search(r"1:04 +Dana +pressed 482915", text), "keys in a row are one line"
    right = "✓ never · asked again: refused · counted: spoke · call number 7"
    assert (right in text, "✗ the phone rang 2, not 1" in text) == (is_right, not is_right)


def test_those_who_called_before_have_a_line_and_the_table_counts_all() -> None:
    tale = tales.NEVER_AGAIN
    text = printed(
        Telling(tale, call(), NAMES, before=(call(), call())), Telling(tale, call(), NAMES, ("wrong",))
    )
    assert text.count("Before: Hilda called Atlanta; counted: spoke.") == 2
    rows = [line for line in text.splitlines() if line.strip().startswith(("✓   ", "✗   "))]
    assert len(rows) == 2
    assert re.search(r"✓ .* never +Atlanta ×3 +spoke ×3", rows[0])
    assert re.search(r"✗ .* never +Atlanta +spoke", rows[1])


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
    parties = stack.phone_world.world.parties
    before = dict(parties)
    with where.at_speed(20), where.furnished(wrong.wanted) as offices:
        Wish().wait(FORGOTTEN)
        telling = play(wrong, Scene(where, offices, Wish().wait))
    assert len(telling.differences) == 3
    assert telling.played.state == "not_reached"
    assert {number: party for number, party in parties.items() if party.name != "Elena"} == before
    assert stack.phone_world.pace.speed == 1.0
    assert {line.answers for line in parties.values() if isinstance(line, OfficeLine)} == {Answer.PERSON}


@pytest.mark.story
def test_a_booked_tale_has_a_table_of_its_own_and_takes_it_away(stack: Stack) -> None:
    dynamodb = aws.client("dynamodb", stack.environment["AWS_ENDPOINT_URL"])
    own = [stack.environment["PATCHTHROUGH_TABLE"]]
    with table_of_its_own(stack.environment) as built:
        assert dynamodb.list_tables()["TableNames"] == sorted([*own, built.config.table])
        assert built.config.keeps_hours, "closed offices are left alone, though the local stack tries them"
        assert built.store.tally("families-28", Channel.CALLS).tally == 0
        assert built.secrets.current().twilio_token
    assert dynamodb.list_tables()["TableNames"] == own
