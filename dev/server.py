"""A Chalice app over HTTP, or called directly: what API Gateway and Lambda do for it, on 127.0.0.1.

Promises the v1 events that a REST API sends, the app's own answers unchanged, and that requests in many
threads never see each other. Refuses to know what the app does, and to log an id, a query, a header or a
body: a log line is a method, a route's pattern, a status and milliseconds.

`in_process(app)` is the same without a socket, for tests: a function from a request to its response.
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast
from urllib.parse import parse_qs, urlsplit

from chalice.local import LambdaContext

HOST = "127.0.0.1"
MAX_BODY = 6 * 1024 * 1024
"""Bytes: what Lambda takes in one synchronous call."""
IDLE_SECONDS = 60
NO_ROUTE = "(no route)"
JSON = (("content-type", "application/json"),)

Headers = Sequence[tuple[str, str]]
Transport = Callable[[str, str, Mapping[str, str], bytes], tuple[int, dict[str, str], bytes]]
"""(method, url, headers, body) → (status, headers with lower-case names, body)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, and the pattern of the route that gave it (the only part of it that is ever logged)."""

    route: str
    status: int
    headers: Headers
    body: bytes


class Gateway:
    """What stands before the app: finds the route, makes the event, reads the response.

    `prefix` is the path that the public URL adds ("/api" for a stage without a domain of its own): it is
    taken off before routing, and a path without it leads nowhere.
    """

    def __init__(self, app: Any, prefix: str = "") -> None:
        """Read the app's routes and give each thread a request of its own."""
        isolate(app)
        refuse_authorizers(app)
        self._app = app
        self._prefix = prefix.rstrip("/")
        self._routes = by_length(app.routes)

    def event_for(
        self, method: str, url: str, headers: Headers, body: bytes, source: str = HOST
    ) -> dict[str, Any] | None:
        """Return the v1 event of a request, or None when no route matches its path.

        `url` may be whole or only path and query. HEAD is asked as GET unless the route has its own.
        """
        parts = urlsplit(url)
        found = self._match(parts.path)
        if found is None:
            return None
        route, captured = found
        known = self._app.routes[route]
        asked = "GET" if method == "HEAD" and "HEAD" not in known and "GET" in known else method
        return event(
            method=asked,
            route=route,
            captured=captured,
            path=parts.path,
            inside=parts.path[len(self._prefix) :],
            query=parts.query,
            headers=headers,
            body=body,
            source=source,
        )

    def answer(self, method: str, url: str, headers: Headers, body: bytes, source: str = HOST) -> Answer:
        """Have the app answer one request; what the app can't answer at all is API Gateway's 502."""
        made = self.event_for(method, url, headers, body, source)
        if made is None:
            return Answer(NO_ROUTE, 404, JSON, b'{"message":"Not Found"}')
        route = made["requestContext"]["resourcePath"]
        before = self._app.current_request, self._app.lambda_context
        try:
            response = self._app(made, LambdaContext("api_handler", memory_size=512, max_runtime_ms=29_000))
        except Exception as error:  # noqa: BLE001 - the edge: whatever it is, the client gets an answer
            return Answer(
                route, 502, JSON, json.dumps({"message": f"{type(error).__name__} in the app"}).encode()
            )
        finally:
            # A request may be made while another is being answered, in this very thread (the phone world).
            self._app.current_request, self._app.lambda_context = before
        return read(route, response)

    def _match(self, path: str) -> tuple[str, dict[str, str]] | None:
        if not path.startswith(f"{self._prefix}/"):
            return None
        inside = path[len(self._prefix) :]
        parts = (inside[:-1] if inside.endswith("/") and inside != "/" else inside).split("/")
        for route, pattern in self._routes.get(len(parts), ()):
            if all(want in (part, None) for want, part in zip(pattern, parts, strict=True)):
                names = (name[1:-1] for name in route.split("/") if name.startswith("{"))
                values = (part for want, part in zip(pattern, parts, strict=True) if want is None)
                return route, dict(zip(names, values, strict=True))
        return None


def in_process(app: Any, prefix: str = "") -> Transport:
    """Return a function that has the app answer a request in the calling thread, without a socket."""
    gateway = Gateway(app, prefix)

    def send(
        method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        found = gateway.answer(method, url, tuple(headers.items()), body)
        return found.status, joined(found.headers), b"" if method == "HEAD" else found.body

    return send


def isolate(app: Any) -> None:
    """Make `current_request` and `lambda_context` a thread's own; without it requests leak into each other.

    Chalice keeps both on the app object, which is right on Lambda only: one request at a time there.
    """
    if not getattr(app, "is_isolated", False):
        own = {name: _per_thread(name) for name in ("current_request", "lambda_context")}
        app.__class__ = type("ThreadedChalice", (app.__class__,), {**own, "is_isolated": True})


def _per_thread(name: str) -> property:
    kept = threading.local()

    def keep(_app: object, value: object) -> None:
        kept.value = value

    return property(lambda _app: getattr(kept, "value", None), keep, doc=f"{name} of this thread")


def refuse_authorizers(app: Any) -> None:
    """Raise ValueError for a route with an authorizer: unknown here, and so it would stand open."""
    for path, methods in app.routes.items():
        if any(entry.authorizer for entry in methods.values()):
            raise ValueError(f"{path} has an authorizer, and this server knows none: it would stand open.")


def by_length(routes: Iterable[str]) -> dict[int, list[tuple[str, list[str | None]]]]:
    """Sort routes by their number of parts; fixed parts go before variables (None), as in API Gateway."""
    table: dict[int, list[tuple[str, list[str | None]]]] = {}
    for route in sorted(routes):
        pattern = [None if part.startswith("{") else part for part in route.split("/")]
        table.setdefault(len(pattern), []).append((route, pattern))
    return table


def event(
    *,
    method: str,
    route: str,
    captured: dict[str, str],
    path: str,
    inside: str,
    query: str,
    headers: Headers,
    body: bytes,
    source: str,
) -> dict[str, Any]:
    """Build API Gateway's v1 proxy event. A body that isn't text travels as base64, as there."""
    text, encoded = text_of(body)
    queries = parse_qs(query, keep_blank_values=True) or None
    many: dict[str, list[str]] = {}
    for name, value in headers:
        many.setdefault(name.lower(), []).append(value)
    return {
        "resource": route,
        "path": inside,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in many.items()},
        "multiValueHeaders": many,
        "queryStringParameters": queries and {name: values[-1] for name, values in queries.items()},
        "multiValueQueryStringParameters": queries,
        "pathParameters": captured or None,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": route,
            "path": path,
            "stage": "local",
            "identity": {"sourceIp": source, "userAgent": many.get("user-agent", [""])[-1]},
        },
        "body": text,
        "isBase64Encoded": encoded,
    }


def text_of(body: bytes) -> tuple[str | None, bool]:
    """Return a body as the event holds it, and whether that is base64."""
    if not body:
        return None, False
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def read(route: str, response: Mapping[str, Any]) -> Answer:
    """Turn the app's proxy response into bytes on the wire."""
    headers = [(name, str(value)) for name, value in response["headers"].items()]
    for name, values in response["multiValueHeaders"].items():
        headers += [(name, value) for value in values]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers += JSON
    body = response["body"]
    if response.get("isBase64Encoded"):
        return Answer(route, response["statusCode"], headers, base64.b64decode(body))
    return Answer(route, response["statusCode"], headers, body if isinstance(body, bytes) else body.encode())


def joined(headers: Headers) -> dict[str, str]:
    """Return headers as a mapping with lower-case names; values of one name are joined by a comma."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


class AppServer:
    """The app on 127.0.0.1, one thread a connection. `log` gets one line a request."""

    def __init__(
        self, app: Any, port: int, *, prefix: str = "", log: Callable[[str], None] = lambda _line: None
    ) -> None:
        """Take the port (0: any free one). Raises OSError when it is in use; nothing is answered yet."""
        self._server = _Server(Gateway(app, prefix), port, log)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="app", daemon=True
        )
        self.port: int = self._server.server_address[1]
        self.url = f"http://{HOST}:{self.port}{prefix}"

    def start(self) -> None:
        """Answer requests from now on, in threads of their own."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    @property
    def is_running(self) -> bool:
        """Whether it still takes requests."""
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, gateway: Gateway, port: int, log: Callable[[str], None]) -> None:
        self.gateway = gateway
        self.log = log
        super().__init__((HOST, port), _Exchange)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say only that a connection broke: Python's own report would name what was asked."""
        del request, client_address
        self.log("a connection broke off")


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Patchthrough"
    sys_version = ""
    timeout = IDLE_SECONDS
    # Buffered writes and no Nagle: else a kept-alive connection waits 40 ms for a delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def _exchange(self) -> None:
        started = time.perf_counter()
        server = cast("_Server", self.server)
        answer = self._refused() or self._answered(server.gateway)
        self._send(answer)
        took = (time.perf_counter() - started) * 1000
        server.log(f"{self.command} {answer.route} {answer.status} {took:.1f} ms")

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Answer every method the app may know: the standard server looks for do_GET, do_POST and so on."""
        if name.startswith("do_"):
            return self._exchange
        raise AttributeError(name)

    def _refused(self) -> Answer | None:
        """Refuse what can't be read; the rest of such a request is unread, so its connection is closed."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            return self._refuse(411, "Length Required")
        if not (length.isascii() and length.isdigit()):
            return self._refuse(400, "Bad Request")
        if int(length) > MAX_BODY:
            return self._refuse(413, "Request Too Long")
        return None

    def _refuse(self, status: int, message: str) -> Answer:
        self.close_connection = True
        return Answer(
            NO_ROUTE, status, (*JSON, ("connection", "close")), json.dumps({"message": message}).encode()
        )

    def _answered(self, gateway: Gateway) -> Answer:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        return gateway.answer(self.command, self.path, self.headers.items(), body, self.client_address[0])

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the standard line holds the path, and with it an id."""
