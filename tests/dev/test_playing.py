"""Tales whose supporter dials in, and offices with several lines: the plumbing, beside an app of five answers."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from chalicelib.domain.counts import Action
from dev.offices import our_number as hooks_at
from dev.phone_world import ANONYMOUS, Answer, HangUp, Heard, OfficeLine, PhoneWorldServer
from dev.stories.furnishing import Furnished
from dev.stories.judging import Played, Telling
from dev.stories.playing import Scene, answers, play, unlike_others
from dev.stories.site import USUAL, Site
from dev.stories.tale import Caller, DialsIn, Line, Tale, our_number

OURS, OFFICE, SECOND_LINE, OTHER_OFFICE = "+12025550142", "+14045550190", "+14045550191", "+17035550177"
CODE = "482915"
GATHER = '<Gather numDigits="6" timeout="6" action="/twilio/voice/caller/steps/1"><Say>Hello.</Say></Gather>'
DIAL = "<Dial action='/twilio/voice/{id}/steps/{step}'>{number}</Dial>"
GOODBYE = "<Say>Goodbye.</Say>"


class App(ThreadingHTTPServer):
    """Asks for a code, dials two lines one after the other, and knows how every call ended."""

    daemon_threads = True
    turns_away = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def next_verbs(self, path: str, told: dict[str, str]) -> str:
        if self.turns_away:
            return '<Reject reason="busy"/>'
        if path.endswith("/status"):
            return ""
        if path.endswith("/inbound"):
            return GATHER + '<Redirect method="POST">/twilio/voice/caller/steps/1</Redirect>'
        call_id, step = path.split("/")[3], int(path.split("/")[5])
        if step == 1:
            goes_on = "page" if told.get("Digits") == CODE else call_id
            return DIAL.format(id=goes_on, step=2, number=OFFICE)
        if step == 2 and told["DialCallStatus"] == "busy":
            return DIAL.format(id=call_id, step=3, number=SECOND_LINE)
        return GOODBYE


class Answering(BaseHTTPRequestHandler):
    server: App

    def do_GET(self) -> None:
        self._send(
            json.dumps({"state": f"thanks {self.path.rpartition('/')[2]}", "number": 7}), "application/json"
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        told = {name: values[0] for name, values in parse_qs(body).items()}
        self._send(f"<Response>{self.server.next_verbs(self.path, told)}</Response>", "text/xml")

    def _send(self, text: str, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


@dataclass(frozen=True, slots=True)
class WithoutTable(Site):
    """A site whose ledger and quarantine are here: this app has no table."""

    resting: list[str] = field(default_factory=list)

    def quarantine(self, office: Furnished) -> str | None:
        return next(iter(self.resting), None)

    def actions(self, call_id: str) -> list[Action]:
        return []


@pytest.fixture
def app() -> Iterator[App]:
    serving = App(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=serving.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield serving
    serving.shutdown()
    serving.server_close()
    thread.join()


@pytest.fixture
def site(app: App) -> Iterator[WithoutTable]:
    lines = [OfficeLine(number, name="An office") for number in (OFFICE, SECOND_LINE, OTHER_OFFICE)]
    world = PhoneWorldServer(
        "AC" + "0" * 32, "token", {OURS: hooks_at(app.url)}, port=0, speed=60, parties=lines
    )
    world.start()
    yield WithoutTable({"PATCHTHROUGH_PUBLIC_URL": app.url, "TWILIO_API_URL": world.url})
    world.stop()


def with_code(site: Site, language: str) -> str:
    return f"tel:{our_number(site, language)},,{CODE}"


def no_wait(_seconds: float) -> None:
    time.sleep(0.02)


FIRST = Furnished("first", "The first office", "First", (OFFICE, SECOND_LINE))
OTHER = Furnished("other", "The other office", "Other", (OTHER_OFFICE,))


def played(tale: Tale, site: Site) -> Telling:
    return play(tale, Scene(site, (FIRST, OTHER), no_wait))


TALE = Tale(
    "Somebody calls us", "Ana", "en", (), (Line(Answer.PERSON, talk_seconds=20),), "thanks caller",
    heard=("Hello.", "Goodbye."), dials=DialsIn(),
)  # fmt: skip


def test_somebody_who_dials_our_number_has_a_call_without_a_ring(site: WithoutTable) -> None:
    telling = played(TALE, site)

    assert telling.differences == ()
    assert (telling.played.state, telling.played.view["number"]) == ("thanks caller", 7)
    assert site.legs_to(telling.played.phone) == []
    assert site.shown_to(OFFICE) == [telling.played.phone]
    assert not any(line["kind"] == "pressed" for line in telling.played.transcript)


def test_with_the_code_the_call_goes_on_as_the_pages(site: WithoutTable) -> None:
    telling = played(replace(TALE, dials=DialsIn(with_code), ends="thanks page"), site)

    assert telling.differences == ()
    assert "".join(line["text"] for line in telling.played.transcript if line["kind"] == "pressed") == CODE


def test_a_hidden_number_stays_hidden(site: WithoutTable) -> None:
    played(replace(TALE, dials=DialsIn(hides=True)), site)

    assert site.shown_to(OFFICE) == [ANONYMOUS]


def test_the_script_of_a_caller_begins_with_the_answer(site: WithoutTable) -> None:
    script = (HangUp(after=1, when=Heard("hello")),)
    telling = played(replace(TALE, script=script, ends=None, heard=("Hello.",)), site)

    assert telling.differences == ()
    assert telling.played.transcript[-1]["text"] == "hung up"


def test_a_caller_who_is_turned_away_has_no_call_of_ours(site: WithoutTable, app: App) -> None:
    app.turns_away = True
    telling = played(replace(TALE, ends=None, heard=()), site)

    assert (telling.differences, telling.played.transcript) == ((), [])


def test_a_call_that_ends_otherwise_is_told_so(site: WithoutTable) -> None:
    telling = played(replace(TALE, ends="hung_up", heard=("Good morning",)), site)

    assert len(telling.differences) == 2


def test_of_an_office_with_two_lines_each_answers_in_its_own_way(site: WithoutTable) -> None:
    before = site._shown("state")["offices"]
    lines = (Line(Answer.BUSY), Line(Answer.VOICEMAIL, talk_seconds=10))
    telling = played(replace(TALE, lines=(lines,)), site)

    assert telling.differences == ()
    assert [leg.place for leg in telling.played.legs] == ["First 1", "First 2"]
    assert [site.legs_to(number)[0]["status"] for number in (OFFICE, SECOND_LINE)] == ["busy", "completed"]
    after = site._shown("state")["offices"]
    assert (
        [office["answers"] for office in after] == [office["answers"] for office in before] == ["PERSON"] * 3
    )


def test_a_line_can_answer_its_first_calls_otherwise_and_is_then_as_it_was(site: WithoutTable) -> None:
    line = Line(Answer.PERSON, talk_seconds=5, first=(Answer.BUSY, Answer.RINGS_OUT), at_once=1)
    before = site._shown("state")["offices"]
    with site.answering({OFFICE: line}):
        during = site._shown("state")["offices"][0]

    assert (during["first"], during["at_once"], during["talk_seconds"]) == (["BUSY", "RINGS_OUT"], 1, 5)
    assert site._shown("state")["offices"] == before


def test_a_line_that_was_not_there_answers_as_any_other_afterwards(site: WithoutTable) -> None:
    made_up = "+12025550101"
    with site.answering({made_up: Line(Answer.CANT_CONNECT)}):
        pass

    assert site._shown("state")["offices"][-1]["number"] == made_up
    assert site._shown("state")["offices"][-1]["answers"] == "PERSON"


def test_each_line_has_its_answer_and_what_no_tale_names_answers_as_usual() -> None:
    one, two = Line(Answer.BUSY), Line(Answer.RINGS_OUT)

    assert answers(replace(TALE, lines=((one, two),)), (FIRST, OTHER)) == {
        OFFICE: one,
        SECOND_LINE: two,
        OTHER_OFFICE: USUAL,
    }
    assert answers(replace(TALE, lines=(one, two)), (FIRST, OTHER)) == {
        OFFICE: one,
        SECOND_LINE: USUAL,
        OTHER_OFFICE: two,
    }


def test_a_line_that_rests_when_it_should_not_is_a_difference_and_the_other_way_round(
    site: WithoutTable,
) -> None:
    assert played(replace(TALE, rests="wrong_number"), site).differences == (
        "the first line rests for None, not wrong_number",
    )
    site.resting.append("wrong_number")
    assert played(TALE, site).differences == ("the first line rests for wrong_number, not None",)


def test_the_offices_displays_are_looked_at(site: WithoutTable) -> None:
    """This app shows the caller's own number, for its Dial names none."""
    assert played(replace(TALE, shows_own=True), site).differences == ()
    assert played(replace(TALE, shows_own=False), site).differences == (
        "the display in First 1 showed the supporter’s own number, not ours",
    )


def test_a_tale_that_cannot_go_on_is_wrong_and_says_why(site: WithoutTable) -> None:
    nobodys = DialsIn(lambda _site, _language: "tel:+12025550199")
    telling = played(replace(TALE, dials=nobodys), site)

    assert not telling.is_right
    assert telling.differences[0].startswith("the phone world refused calls: ")
    assert telling.played.state is None
    assert {office["answers"] for office in site._shown("state")["offices"]} == {"PERSON"}


def test_those_who_called_before_are_judged_too_and_named() -> None:
    caller = Caller("Hilda", "es", (), ends="not_reached", counted=("wrong_number",))
    right = Played("+1", {"state": "not_reached"}, 1, ("wrong_number",), (), ())

    assert unlike_others((caller, caller), (right, right)) == []
    assert unlike_others((caller, caller), (right, replace(right, counted=()))) == [
        "Hilda: the ledger has (), not ('wrong_number',)"
    ]
