"""A running stack, as tales reach it: the app and the phone world over HTTP, the ledger through the table.

Promises that whatever was set in the phone world for a tale is set back. Refuses to know how the stack was
started, and anything of the app but its public API.
"""

import contextlib
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from chalicelib.adapters.desks import Desks
from chalicelib.domain.counts import Action
from cli.connection import connect
from dev.offices import RING_SECONDS
from dev.phone_world.offices import Answer
from dev.phone_world.people import Heard, Move
from dev.solving import solve
from dev.stories.furnishing import Furnished, Wanted, furnished
from dev.stories.tale import Line

CAMPAIGN = "families-28"
STEP = re.compile(r"/twilio/voice/([A-Za-z0-9_-]+)/steps/\d+")
USUAL = Line(Answer.PERSON, RING_SECONDS, talk_seconds=None)
"""How a line answers that nobody said anything about: as every office of the stack does."""
CODE = re.compile(r"\d{6}")
OK = 200
TIMEOUT = 20
POLL_SECONDS = 0.1

Json = dict[str, Any]


class Unreachable(Exception):
    """Nobody answers there."""


@dataclass(frozen=True, slots=True)
class Site:
    """The addresses of a stack, and the environment its app has."""

    environment: Mapping[str, str]

    @property
    def app(self) -> str:
        """Where the app is."""
        return self.environment["PATCHTHROUGH_PUBLIC_URL"]

    @property
    def phone_world(self) -> str:
        """Where the phone world is."""
        return self.environment["TWILIO_API_URL"]

    def is_up(self) -> bool:
        """Whether both answer."""
        try:
            return all(ask(url)[0] == OK for url in (f"{self.app}/health", f"{self.phone_world}/world/state"))
        except Unreachable:
            return False

    def tap(self, phone: str, language: str) -> tuple[int, Json]:
        """Ask for a call, as the page does, and type in the code if one is texted; return status and answer."""
        known = len(self.texts(phone))
        wish = {"phone": phone, "language": language, "consent": "call-1", "proof": self.proof()}
        status, answer = ask(f"{self.app}/api/campaigns/{CAMPAIGN}/calls", wish)
        if answer.get("state") == "code":
            answer = self.enter_code(answer["id"], phone, known)
        return status, answer

    def enter_code(self, call_id: str, phone: str, known: int = 0) -> Json:
        """Type in the code that a phone gets after `known` other texts; return the call. Raises ValueError."""
        told = {"do": "code", "code": self.code(phone, known)}
        status, answer = ask(f"{self.app}/api/calls/{call_id}", told)
        if status != OK:
            raise ValueError(f"the app answered {status} to its own code: {answer}")
        found: Json = answer
        return found

    def code(self, phone: str, known: int = 0) -> str:
        """Wait for a text to a phone after `known` others; return the code in the latest. Raises ValueError."""
        until = time.monotonic() + TIMEOUT
        while len(texts := self.texts(phone)) <= known:
            if time.monotonic() > until:
                raise ValueError("no code was texted")
            time.sleep(POLL_SECONDS)
        found = CODE.match(texts[-1])
        return found[0] if found else ""

    def texts(self, phone: str) -> list[str]:
        """Return what was texted to a phone of the phone world, oldest first."""
        found = (each for each in self._shown("state")["phones"] if each["number"] == phone)
        return [text["body"] for each in found for text in each["texts"] if not text["mine"]]

    def proof(self) -> str:
        """Return a solved proof of work, as the page sends it."""
        return solve(ask(f"{self.app}/api/campaigns/{CAMPAIGN}/challenge")[1])

    def page(self, language: str) -> str:
        """Return the address of the campaign's page."""
        return f"{self.app}/c/{CAMPAIGN}?lang={language}"

    def opens(self, url: str, fields: Mapping[str, str] | None) -> tuple[str, str]:
        """Open an address, or send a form there, as a browser does; return where that led, and the page."""
        body = None if fields is None else urlencode(fields).encode()
        _, landed, html = fetched(urllib.request.Request(url, body))
        return landed, html.decode()

    def call(self, call_id: str) -> Json:
        """Return where a call is."""
        found: Json = ask(f"{self.app}/api/calls/{call_id}")[1]
        return found

    @contextlib.contextmanager
    def furnished(self, wanted: Wanted) -> Iterator[tuple[Furnished, ...]]:
        """Give the campaign's offices lines for tales; yield them in calling order. Nothing of them is left behind."""
        connection = connect(self.environment)
        with furnished(connection.catalog, Desks(connection.catalog.table), CAMPAIGN, wanted) as offices:
            names = {number: name for office in offices for number, name in office.names().items()}
            usual = line_document(USUAL)
            self._world(
                "offices", [{"number": number, "name": name} | usual for number, name in names.items()]
            )
            try:
                yield offices
            finally:
                self._world("offices", [{"number": number, "gone": True} for number in names])

    def quarantine(self, office: Furnished) -> str | None:
        """Return why the office's first line is in quarantine, None if it is not."""
        found = connect(self.environment).catalog.office(office.id)
        lines = found.lines if found else ()
        return next((line.quarantined for line in lines if line.number == office.numbers[0]), None)

    def our_number(self) -> str:
        """Return the number that a supporter can call. Raises ValueError if none takes calls."""
        for ours in self._shown("state")["numbers"]:
            if ours["takes_calls"]:
                return str(ours["number"])
        raise ValueError("No number of this stack takes calls.")

    def call_in(self, phone: str, link: str, script: Sequence[Move], *, hides: bool = False) -> str:
        """Let a phone dial what a `tel:` link holds; return the call's sid."""
        told = {
            "number": phone,
            "to": link,
            "hides": hides,
            "script": [move_document(move) for move in script],
        }
        return str(self._world("calls", told)["sid"])

    def leg(self, sid: str) -> Json:
        """Return one call or leg as the phone world has it."""
        return next(leg for leg in self._shown("calls") if leg["sid"] == sid)

    def call_id_of(self, sid: str) -> str | None:
        """Return the id under which the app leads a call: that of the last step Twilio was sent to, if any.

        The last, because a caller who keys in a page's code goes on as that page's call.
        """
        urls = (entry["url"] for entry in self._shown("wire") if entry["call_sid"] == sid)
        ids = [found[1] for url in urls if (found := STEP.search(url))]
        return ids[-1] if ids else None

    def actions(self, call_id: str) -> list[Action]:
        """Return what the ledger holds of a call, in order of its offices."""
        every = connect(self.environment).store.actions()
        return sorted((a for a in every if a.id.startswith(f"{call_id}-")), key=lambda action: action.id)

    def add_supporter(self, number: str, name: str, script: Sequence[Move]) -> None:
        """Give a person with a script a phone."""
        moves = [move_document(move) for move in script]
        self._world("supporters", {"number": number, "name": name, "script": moves})

    def legs_to(self, number: str) -> list[Json]:
        """Return every call that was ever placed to a number, oldest first."""
        return [leg for leg in self._shown("calls") if leg["to"] == number]

    def children(self, sid: str) -> list[Json]:
        """Return the legs to offices that a call had, oldest first."""
        return [leg for leg in self._shown("calls") if leg["parent_sid"] == sid]

    def shown_to(self, number: str) -> list[str]:
        """Return whose number an office's display showed, for each call that rang there, newest last."""
        return [leg["from_"] for leg in self.legs_to(number) if leg["rang"] is not None]

    def transcript(self, sid: str) -> list[Json]:
        """Return what was said, heard and pressed on a call."""
        lines: list[Json] = self._shown(f"transcripts/{sid}")
        return lines

    def complaints(self) -> list[Json]:
        """Return the wrong Twilio that the app spoke."""
        found: list[Json] = self._shown("complaints")
        return found

    def names(self) -> dict[str, str]:
        """Return who is at each number: offices and people."""
        state = self._shown("state")
        return {party["number"]: party["name"] for party in (*state["offices"], *state["phones"])}

    @contextlib.contextmanager
    def at_speed(self, times: float) -> Iterator[None]:
        """Let the phone world's clock run so many times as fast, and as before afterwards."""
        before = self._shown("state")["clock"]
        self._world("clock", {"speed": times, "pause": False})
        try:
            yield
        finally:
            self._world("clock", {"speed": before["speed"], "pause": before["paused"]})

    @contextlib.contextmanager
    def answering(self, lines: Mapping[str, Line]) -> Iterator[None]:
        """Let these numbers answer like this, and as before afterwards."""
        before = {
            office["number"]: {name: office[name] for name in line_document(USUAL)}
            for office in self._shown("state")["offices"]
        }
        self._world("offices", [{"number": number} | line_document(line) for number, line in lines.items()])
        try:
            yield
        finally:
            usual = line_document(USUAL)
            self._world("offices", [{"number": number} | before.get(number, usual) for number in lines])

    def _shown(self, what: str) -> Any:
        status, found = ask(f"{self.phone_world}/world/{what}")
        if status != OK:
            raise Unreachable(f"the phone world has no {what}")
        return found

    def _world(self, what: str, document: object) -> Json:
        status, found = ask(f"{self.phone_world}/world/{what}", document)
        if status != OK:
            raise ValueError(f"the phone world refused {what}: {found}")
        answer: Json = found
        return answer


def move_document(move: Move) -> Json:
    """Return a move as the phone world's control API takes it."""
    told = {"move": type(move).__name__} | asdict(move)
    if isinstance(move.when, Heard):
        told["when"] = {"heard": move.when.words}
    return told


def line_document(line: Line) -> Json:
    """Return how an office answers as the control API takes it."""
    return {
        "answers": line.answers.name,
        "ring_seconds": line.ring_seconds,
        "talk_seconds": line.talk_seconds,
        "first": [answer.name for answer in line.first],
        "at_once": line.at_once,
    }


def ask(url: str, document: object = None) -> tuple[int, Any]:
    """GET, or POST a JSON document; return status and answer, an error's too. Raises Unreachable."""
    body = None if document is None else json.dumps(document).encode()
    status, _, answer = fetched(urllib.request.Request(url, body, {"Content-Type": "application/json"}))
    return status, _read(answer)


def fetched(request: urllib.request.Request) -> tuple[int, str, bytes]:
    """Return status, the address that was reached in the end, and the body, an error's too. Raises Unreachable."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            return answer.status, answer.geturl(), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.geturl(), error.read()
    except OSError as error:
        raise Unreachable(f"no answer from {request.full_url.partition('/api')[0]}") from error


def _read(body: bytes) -> Any:
    """An answer that is no JSON, or none at all, is an empty document."""
    try:
        return json.loads(body)
    except ValueError:
        return {}
