"""The mail world over HTTP, in real time: SES's REST side, the control API, the inbox.

Promises: listens on 127.0.0.1 only and asks nobody but the sinks it was given; one lock around the world, held for
moments; `start()` and `stop()` leave nothing behind. Refuses to know: the app.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from dev.mail_world.control import control
from dev.mail_world.faults import AnswerWithheld, CallerKilled, ConnectionDropped, Unreachable
from dev.mail_world.rest import rest
from dev.mail_world.service_model import service
from dev.mail_world.world import MailWorld
from dev.phone_world.clock import VirtualClock
from dev.phone_world.pacing import Pace
from dev.phone_world.server import PAGE as PHONE_PAGE

HOST = "127.0.0.1"
LONGEST_BODY = 60_000_000
PAGE = Path(__file__).parent / "page"
# The look is the phone world's; the mail world adds what only letters need.
PAGE_FILES = {
    "/": (PAGE / "index.html", "text/html; charset=utf-8"),
    "/world.css": (PHONE_PAGE / "page.css", "text/css; charset=utf-8"),
    "/page.css": (PAGE / "page.css", "text/css; charset=utf-8"),
    "/page.js": (PAGE / "page.js", "text/javascript; charset=utf-8"),
}
HTML_OF = "/letters/"
PRIVATE = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
ONLY_FROM_HERE = PRIVATE | {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
# A letter's HTML is somebody else's: no script, no form, nothing fetched; a link opens a tab of its own.
SANDBOXED = PRIVATE | {
    "Content-Security-Policy": "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Content-Type": "text/html; charset=utf-8",
}
IN_A_TAB = '<!doctype html><base target="_blank">'


class MailWorldServer:
    """A mail world with a port and a clock that runs.

    `furnish(world)` is called for the first world and after each reset: identities, configuration sets,
    sinks and mailboxes belong there. `speed` times real time; `port` 0 takes a free one.
    """

    def __init__(
        self,
        *,
        port: int = 4020,
        speed: float = 1.0,
        seed: int | None = None,
        furnish: Callable[[MailWorld], None] = lambda _world: None,
    ) -> None:
        """Take the port; nothing answers until `start`."""
        self.seed = seed
        self.furnish = furnish
        self.pace = Pace(threading.RLock(), speed)
        self.closing = threading.Event()
        self.world = self._new_world()
        self._http = _Http((HOST, port), _Requests)
        self._http.mail_world = self
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.05,), name="mail-world", daemon=True
        )

    @property
    def url(self) -> str:
        """Where it answers; also the endpoint for the app's sesv2 client."""
        return f"http://{HOST}:{self._http.server_address[1]}"

    def start(self) -> None:
        """Answer, and let time run."""
        service()  # read now, so that the first letter need not wait
        self.pace.start(self.world)
        self._thread.start()

    def stop(self) -> None:
        """Stop answering, stop the clock, give the port back."""
        self.closing.set()
        self.pace.stop()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def reset(self) -> None:
        """Begin anew: no messages, and only what `furnish` brings; the clock is the real one."""
        with self.pace.lock:
            self.world = self._new_world()
            self.pace.attach(self.world)

    def _new_world(self) -> MailWorld:
        started = datetime.now(UTC)
        world = MailWorld(
            VirtualClock(started), seed=int(started.timestamp()) if self.seed is None else self.seed
        )
        self.furnish(world)
        return world


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    mail_world: MailWorldServer


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
        if self.server.mail_world.closing.is_set():
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
        elif path.startswith("/v2/email/"):
            self._rest(body)
        elif path.startswith("/world/"):
            self._control(path, body)
        elif path.startswith(HTML_OF) and self.command == "GET":
            self._letter(path.removeprefix(HTML_OF))
        else:
            self._page(path)

    def _is_from_here(self) -> bool:
        """A page elsewhere must not reach in through somebody's browser (DNS rebinding, cross-site)."""
        host = (self.headers.get("Host") or "").partition(":")[0]
        origin = self.headers.get("Origin")
        here = self.server.mail_world.url
        return host in {HOST, "localhost"} and origin in {None, here, here.replace(HOST, "localhost")}

    def _rest(self, body: bytes) -> None:
        host = self.server.mail_world
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
        except (ConnectionDropped, Unreachable, CallerKilled):
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
        host = self.server.mail_world
        with host.pace.lock:
            host.pace.catch_up()
            status, reply = control(host, self.command, path, document)
        self._json(status, reply)

    def _letter(self, message_id: str) -> None:
        """A letter's HTML part, for the inbox's sandboxed frame."""
        host = self.server.mail_world
        with host.pace.lock:
            mail = host.world.find(message_id)
        if mail is None or not mail.html:
            self._json(404, {"error": "there is no such letter, or it has no HTML part"})
            return
        self._send(200, SANDBOXED, (IN_A_TAB + mail.html).encode())

    def _page(self, path: str) -> None:
        found = PAGE_FILES.get(path)
        if found is None or self.command != "GET":
            self._json(404, {"error": f"there is no {path}"})
            return
        file, kind = found
        self._send(200, {"Content-Type": kind, **ONLY_FROM_HERE}, file.read_bytes())

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
