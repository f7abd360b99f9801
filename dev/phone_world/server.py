"""The phone world over HTTP, in real time: Twilio's REST side, the control API, the hands-on page.

Promises: listens on 127.0.0.1 only and dials only within itself; one lock around the world, held for
moments; `start()` and `stop()` leave nothing behind. Refuses to know: the app, but for its addresses.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from dev.phone_world.calls import OUTBOUND_DIAL, Call
from dev.phone_world.clock import VirtualClock
from dev.phone_world.control import control
from dev.phone_world.http_wire import send
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.pacing import Pace, ThreadedCourier
from dev.phone_world.people import Supporter
from dev.phone_world.rest import AnswerWithheld, ConnectionDropped, rest
from dev.phone_world.rules import OurNumber, Rules
from dev.phone_world.serving import HOST, PRIVATE, Broken, Held, Reply, WorldHttp, WorldRequests
from dev.phone_world.world import Party, World

LONGEST_BODY = 1_000_000
PAGE = Path(__file__).parent / "page"
PAGE_FILES = {
    "/": (PAGE / "index.html", "text/html; charset=utf-8"),
    "/page.css": (PAGE / "page.css", "text/css; charset=utf-8"),
    "/world.js": (PAGE / "world.js", "text/javascript; charset=utf-8"),
    "/page.js": (PAGE / "page.js", "text/javascript; charset=utf-8"),
}
ONLY_FROM_HERE = PRIVATE | {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class PhoneWorldServer:
    """A phone world with a port and a clock that runs.

    `numbers` as in World; `parties` are there from the start and after each reset; `speed` times real
    time; `port` 0 takes a free one; `suggested` are words that the page offers to text. People nobody
    added get a phone of their own when the app rings them,
    and numbers nobody added that a Dial rings are offices.
    """

    def __init__(
        self,
        account_sid: str,
        token: str,
        numbers: Sequence[str] | Mapping[str, OurNumber],
        *,
        port: int = 4010,
        speed: float = 1.0,
        parties: Iterable[Party] = (),
        rules: Rules | None = None,
        suggested: Iterable[str] = (),
    ) -> None:
        """Take the port; nothing answers until `start`."""
        self.account_sid = account_sid
        self.token = token
        self.numbers = numbers
        self.rules = rules
        self.parties = tuple(parties)
        self.suggested = tuple(suggested)
        self.pace = Pace(threading.RLock(), speed)
        self.courier = ThreadedCourier(self.pace)
        self.closing = threading.Event()
        self.world = self._new_world()
        self._http = WorldHttp(port, _Requests, self)
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.05,), name="phone-world", daemon=True
        )

    @property
    def url(self) -> str:
        """Where it answers; also the base URL for Twilio's client."""
        return f"http://{HOST}:{self._http.server_address[1]}"

    def start(self) -> None:
        """Answer, and let time run."""
        self.pace.start(self.world)
        self._thread.start()

    def stop(self) -> None:
        """Stop answering, stop the clock, give the port back."""
        self.closing.set()
        self.pace.stop()
        self.courier.stop()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def reset(self) -> None:
        """Begin anew: no calls, nobody but the parties given at the start; the clock is the real one."""
        with self.pace.lock:
            self.world = self._new_world()
            self.pace.attach(self.world)

    def _new_world(self) -> World:
        world = World(
            VirtualClock(datetime.now(UTC)),
            send,
            self.token,
            self.account_sid,
            self.numbers,
            seed=int(datetime.now(UTC).timestamp()),
            rules=self.rules,
            unknown=self._make_up,
            courier=self.courier,
        )
        world.add(*self.parties)
        return world

    def _make_up(self, call: Call) -> Party:
        return self.new_line(call.to) if call.direction == OUTBOUND_DIAL else Supporter(call.person)

    def new_line(self, number: str) -> OfficeLine:
        """An office line as the page has it: a person picks up in a while and never hangs up first."""
        return OfficeLine(number, Answer.PERSON, ring_seconds=8.0, talk_seconds=None)


class _Requests(WorldRequests):
    """Twilio's REST side, the control API, the hands-on page."""

    rest_under = ("/2010-04-01/", "/v1/")
    longest_body = LONGEST_BODY
    files = PAGE_FILES
    guards = ONLY_FROM_HERE

    def rest_reply(self, body: bytes) -> Reply:
        """Answer as Twilio does."""
        world = cast(PhoneWorldServer, self.server.world).world
        try:
            return rest(world, self.command, self.path, dict(self.headers), body)
        except AnswerWithheld as held:
            raise Held(held.seconds, held.answer) from held
        except ConnectionDropped as dropped:
            raise Broken from dropped

    def control_reply(self, path: str, document: Any) -> tuple[int, Any]:
        """Do what the page, or a story, wants."""
        return control(cast(PhoneWorldServer, self.server.world), self.command, path, document)
