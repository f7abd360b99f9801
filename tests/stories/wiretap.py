"""A place on the wire between a process and a service, from which the process can be killed at an exact request.

Promises: every request goes on and every answer comes back, until the one that is waited for. At that one the
process is dead before its request is passed on, or before its answer is. Knows neither side.
"""

import http.client
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Self
from urllib.parse import urlsplit

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """One request on the wire; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """What AWS is asked for, like PutItem; empty for a request to somebody else."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A request at which a process is killed: before it `arrives`, or after it was carried out."""

    name: str
    is_reached: Callable[[Request], bool]
    arrives: bool


class Wiretap:
    """A proxy on this machine in front of `upstream`. `kill_at` arms it for one process and one request."""

    def __init__(self, upstream: str) -> None:
        self.address = urlsplit(upstream).netloc
        self._armed: tuple[subprocess.Popen[bytes], Checkpoint] | None = None
        self._lock = Lock()
        self._server = _Server((HOST, 0), _Exchange)
        self._server.wiretap = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    def kill_at(self, process: subprocess.Popen[bytes], checkpoint: Checkpoint) -> None:
        """Kill the process when it gets there."""
        self._armed = process, checkpoint

    def take(self, request: Request) -> tuple[subprocess.Popen[bytes], Checkpoint] | None:
        """Whom to kill at this request, and how; at most once for each arming."""
        with self._lock:
            if self._armed is None or not self._armed[1].is_reached(request):
                return None
            armed, self._armed = self._armed, None
            return armed

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    wiretap: Wiretap

    def handle_error(self, request: object, client_address: object) -> None:
        """Killed processes break their connections: that is the point."""


class _Exchange(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        armed = self.server.wiretap.take(request)
        if armed is None:
            self._answer(*self._passed_on(request))
            return
        process, checkpoint = armed
        if checkpoint.arrives:
            self._passed_on(request)
        process.kill()
        process.wait()
        self.close_connection = True

    def do_GET(self) -> None:
        self.do_POST()

    def _passed_on(self, request: Request) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.server.wiretap.address, timeout=30)
        try:
            sent = {name: value for name, value in request.headers.items() if name != "connection"}
            connection.request(request.method, request.path, request.body, sent)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
