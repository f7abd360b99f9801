"""A world over HTTP: what the servers of both worlds, of phones and of mail, do alike.

Promises: answers this machine only; time is let catch up, under the world's lock, before anybody is answered; an
answer held back holds back nobody else. Refuses to know: which world it is.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Protocol

from dev.phone_world.pacing import Pace

HOST = "127.0.0.1"
Reply = tuple[int, Mapping[str, str], bytes]
PRIVATE = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Host(Protocol):
    """A world with a port: what its requests need of it."""

    pace: Pace
    closing: threading.Event

    @property
    def url(self) -> str:
        """Where it answers."""


class Held(Exception):
    """The request was carried out, but its answer comes after `seconds`, or (None) never."""

    def __init__(self, seconds: float | None, answer: Reply) -> None:
        """Keep the answer for whoever can wait."""
        super().__init__("the answer is held back")
        self.seconds = seconds
        self.answer = answer


class Broken(Exception):
    """The connection is to break, as a network's does."""


class WorldHttp(ThreadingHTTPServer):
    """A server on 127.0.0.1 for one world."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, requests: type[WorldRequests], world: Host) -> None:
        """Take the port."""
        super().__init__((HOST, port), requests)
        self.world = world


class WorldRequests(BaseHTTPRequestHandler):
    """The requests to one world: its REST side, its control API, its page."""

    server: WorldHttp
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    rest_under: ClassVar[str | tuple[str, ...]]
    longest_body: ClassVar[int]
    files: ClassVar[Mapping[str, tuple[Path, str]]]
    guards: ClassVar[Mapping[str, str]]

    # What a world does in its own way.

    def rest_reply(self, body: bytes) -> Reply:
        """Answer the REST side. Raises Held or Broken."""
        raise NotImplementedError

    def control_reply(self, path: str, document: Any) -> tuple[int, Any]:
        """Answer the control API."""
        raise NotImplementedError

    def other(self, path: str) -> bool:  # noqa: ARG002 - for a world that has more
        """Answer a path that is neither; whether it was one of this world's."""
        return False

    # What all do alike.

    def do_GET(self) -> None:
        """Answer a GET."""
        self._respond()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._respond()

    def do_PUT(self) -> None:
        """Answer a PUT."""
        self._respond()

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._respond()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the wire log shows it all."""

    def send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send an answer whole."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def send_json(self, status: int, document: Any) -> None:
        """Send a document that nobody keeps."""
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        self.send(status, headers, json.dumps(document, default=str).encode())

    # Strictly private.

    def _respond(self) -> None:
        if self.server.world.closing.is_set():
            # A kept-alive connection outlives the listening socket; the page is to see that we are gone.
            self.close_connection = True
            return
        size = int(self.headers.get("Content-Length") or 0)
        if size > self.longest_body:
            self.close_connection = True
            self.send_json(413, {"error": "too much"})
            return
        body = self.rfile.read(size)
        path = self.path.partition("?")[0]
        if not self._is_from_here():
            self.send_json(403, {"error": "this machine only"})
        elif path.startswith(self.rest_under):
            self._rest(body)
        elif path.startswith("/world/"):
            self._control(path, body)
        elif not self.other(path):
            self._page(path)

    def _is_from_here(self) -> bool:
        """A page elsewhere must not reach in through somebody's browser (DNS rebinding, cross-site)."""
        host = (self.headers.get("Host") or "").partition(":")[0]
        origin = self.headers.get("Origin")
        here = self.server.world.url
        return host in {HOST, "localhost"} and origin in {None, here, here.replace(HOST, "localhost")}

    def _rest(self, body: bytes) -> None:
        world = self.server.world
        try:
            with world.pace.lock:
                world.pace.catch_up()
                status, headers, answer = self.rest_reply(body)
        except Held as held:
            gone = world.closing.wait(held.seconds)
            if gone or held.seconds is None:
                self._break()
                return
            status, headers, answer = held.answer
        except Broken:
            self._break()
            return
        self.send(status, headers, answer)

    def _break(self) -> None:
        """Reset the connection, as a network does, instead of closing it."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _control(self, path: str, body: bytes) -> None:
        document: Any = None
        if self.command != "GET":
            if not (self.headers.get("Content-Type") or "").startswith("application/json"):
                self.send_json(415, {"error": "send JSON"})
                return
            try:
                document = json.loads(body or b"{}")
            except ValueError:
                self.send_json(400, {"error": "this is not JSON"})
                return
        world = self.server.world
        with world.pace.lock:
            world.pace.catch_up()
            status, reply = self.control_reply(path, document)
        self.send_json(status, reply)

    def _page(self, path: str) -> None:
        found = self.files.get(path)
        if found is None or self.command != "GET":
            self.send_json(404, {"error": f"there is no {path}"})
            return
        file, kind = found
        self.send(200, {"Content-Type": kind, **self.guards}, file.read_bytes())
