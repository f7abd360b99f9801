"""The mail world over HTTP, in real time: SES's REST side, the control API, the inbox.

Promises: listens on 127.0.0.1 only and asks nobody but the sinks it was given; one lock around the world, held for
moments; `start()` and `stop()` leave nothing behind. Refuses to know: the app.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from dev.mail_world.control import control
from dev.mail_world.faults import AnswerWithheld, CallerKilled, ConnectionDropped, Unreachable
from dev.mail_world.rest import rest
from dev.mail_world.service_model import service
from dev.mail_world.world import MailWorld
from dev.phone_world.clock import VirtualClock
from dev.phone_world.pacing import Pace
from dev.phone_world.server import PAGE as PHONE_PAGE
from dev.phone_world.serving import HOST, PRIVATE, Broken, Held, Reply, WorldHttp, WorldRequests

LONGEST_BODY = 60_000_000
PAGE = Path(__file__).parent / "page"
# The look is the phone world's; the mail world adds what only letters need.
PAGE_FILES = {
    "/": (PAGE / "index.html", "text/html; charset=utf-8"),
    "/world.css": (PHONE_PAGE / "page.css", "text/css; charset=utf-8"),
    "/page.css": (PAGE / "page.css", "text/css; charset=utf-8"),
    "/world.js": (PHONE_PAGE / "world.js", "text/javascript; charset=utf-8"),
    "/page.js": (PAGE / "page.js", "text/javascript; charset=utf-8"),
}
HTML_OF = "/letters/"
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
        self._http = WorldHttp(port, _Requests, self)
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


class _Requests(WorldRequests):
    """SES's REST side, the control API, the inbox."""

    rest_under = "/v2/email/"
    longest_body = LONGEST_BODY
    files = PAGE_FILES
    guards = ONLY_FROM_HERE

    def rest_reply(self, body: bytes) -> Reply:
        """Answer as SES does."""
        world = cast(MailWorldServer, self.server.world).world
        try:
            return rest(world, self.command, self.path, dict(self.headers), body)
        except AnswerWithheld as held:
            raise Held(held.seconds, held.answer) from held
        except (ConnectionDropped, Unreachable, CallerKilled) as dropped:
            raise Broken from dropped

    def control_reply(self, path: str, document: Any) -> tuple[int, Any]:
        """Do what the inbox, or a story, wants."""
        return control(cast(MailWorldServer, self.server.world), self.command, path, document)

    def other(self, path: str) -> bool:
        """A letter's HTML part, for the inbox's sandboxed frame."""
        if not path.startswith(HTML_OF) or self.command != "GET":
            return False
        host = cast(MailWorldServer, self.server.world)
        with host.pace.lock:
            mail = host.world.find(path.removeprefix(HTML_OF))
        if mail is None or not mail.html:
            self.send_json(404, {"error": "there is no such letter, or it has no HTML part"})
        else:
            self.send(200, SANDBOXED, (IN_A_TAB + mail.html).encode())
        return True
