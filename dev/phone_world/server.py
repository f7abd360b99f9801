"""The phone world over HTTP, in real time: Twilio's REST side, the control API, the hands-on page.

Promises: listens on 127.0.0.1 only and dials only within itself; one lock around the world, held for
moments; `start()` and `stop()` leave nothing behind. Refuses to know: the app, but for its addresses.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from dev.phone_world.calls import OUTBOUND_DIAL, Call
from dev.phone_world.clock import VirtualClock
from dev.phone_world.control import control
from dev.phone_world.http_wire import send
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.pacing import Pace, ThreadedCourier
from dev.phone_world.people import Supporter
from dev.phone_world.rest import AnswerWithheld, ConnectionDropped, rest
from dev.phone_world.rules import OurNumber, Rules
from dev.phone_world.world import Party, World

HOST = "127.0.0.1"
LONGEST_BODY = 1_000_000
PAGE = Path(__file__).parent / "page"
PAGE_FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
ONLY_FROM_HERE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class PhoneWorldServer:
    """A phone world with a port and a clock that runs.

    `numbers` as in World; `parties` are there from the start and after each reset; `speed` times real
    time; `port` 0 takes a free one. People nobody added get a phone of their own when the app rings them,
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
    ) -> None:
        """Take the port; nothing answers until `start`."""
        self.account_sid = account_sid
        self.token = token
        self.numbers = numbers
        self.rules = rules
        self.parties = tuple(parties)
        self.pace = Pace(threading.RLock(), speed)
        self.courier = ThreadedCourier(self.pace)
        self.closing = threading.Event()
        self.world = self._new_world()
        self._http = _Http((HOST, port), _Requests)
        self._http.phone_world = self
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


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    phone_world: PhoneWorldServer


class _Requests(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def do_PUT(self) -> None:
        self._respond()

    def do_DELETE(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the wire log shows it all."""

    def _respond(self) -> None:
        if self.server.phone_world.closing.is_set():
            # A kept-alive connection outlives the listening socket; the page is to see that we are gone.
            self.close_connection = True
            return
        size = int(self.headers.get("Content-Length") or 0)
        if size > LONGEST_BODY:
            self.close_connection = True
            self._json(413, {"error": "too much"})
            return
        body = self.rfile.read(size)
        path = self.path.partition("?")[0]
        if not self._is_from_here():
            self._json(403, {"error": "this machine only"})
        elif path.startswith("/2010-04-01/"):
            self._rest(body)
        elif path.startswith("/world/"):
            self._control(path, body)
        else:
            self._page(path)

    def _is_from_here(self) -> bool:
        """A page elsewhere must not reach in through somebody's browser (DNS rebinding, cross-site)."""
        host = (self.headers.get("Host") or "").partition(":")[0]
        origin = self.headers.get("Origin")
        here = self.server.phone_world.url
        return host in {HOST, "localhost"} and origin in {None, here, here.replace(HOST, "localhost")}

    def _rest(self, body: bytes) -> None:
        host = self.server.phone_world
        try:
            with host.pace.lock:
                host.pace.catch_up()
                status, headers, answer = rest(host.world, self.command, self.path, dict(self.headers), body)
        except AnswerWithheld as held:
            gone = host.closing.wait(held.seconds)
            if gone or held.seconds is None:
                self._break()
                return
            status, headers, answer = held.answer
        except ConnectionDropped:
            self._break()
            return
        self._send(status, headers, answer)

    def _break(self) -> None:
        """Reset the connection, as a network does, instead of closing it."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _control(self, path: str, body: bytes) -> None:
        document: Any = None
        if self.command != "GET":
            if not (self.headers.get("Content-Type") or "").startswith("application/json"):
                self._json(415, {"error": "send JSON"})
                return
            try:
                document = json.loads(body or b"{}")
            except ValueError:
                self._json(400, {"error": "this is not JSON"})
                return
        host = self.server.phone_world
        with host.pace.lock:
            host.pace.catch_up()
            status, reply = control(host, self.command, path, document)
        self._json(status, reply)

    def _page(self, path: str) -> None:
        found = PAGE_FILES.get(path)
        if found is None or self.command != "GET":
            self._json(404, {"error": f"there is no {path}"})
            return
        name, kind = found
        self._send(200, {"Content-Type": kind, **ONLY_FROM_HERE}, (PAGE / name).read_bytes())

    def _json(self, status: int, document: Any) -> None:
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        self._send(status, headers, json.dumps(document, default=str).encode())

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
