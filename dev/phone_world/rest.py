"""Twilio's REST side, as a function.

Promises: the parts of Calls, Messages and IncomingPhoneNumbers that an app needs, how the account stands, Twilio's
checks, error numbers and bodies, and the faults set for creates. A parameter Twilio has but this world does not play
is a complaint, never silence. Refuses to know: sockets.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dev.phone_world import refusals, rest_account, rest_calls, rest_numbers, rest_texts
from dev.phone_world.faults import CreateFault, CreateTrouble
from dev.phone_world.refusals import RestError
from dev.phone_world.resources import error
from dev.phone_world.wire_log import FROM_APP, WireEntry
from dev.phone_world.world import World

Answer = tuple[int, dict[str, str], bytes]
JSON = "application/json"
ROUTE = re.compile(
    r"/2010-04-01/Accounts/(?P<account>[^/]+)/(?P<resource>Calls|Messages|IncomingPhoneNumbers)(/(?P<sid>[^/]+))?\.json"
)


class AnswerWithheld(Exception):
    """The request was carried out, but its answer comes after `seconds`, or (None) never."""

    def __init__(self, seconds: float | None, answer: Answer) -> None:
        """Keep the answer for whoever can wait."""
        super().__init__("the answer is held back")
        self.seconds = seconds
        self.answer = answer


class ConnectionDropped(Exception):
    """The connection broke; `placed` says whether the request was carried out before."""

    def __init__(self, *, placed: bool) -> None:
        """Say whether it was placed."""
        super().__init__("connection reset")
        self.placed = placed


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the app."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, list[str]]


def rest(world: World, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Answer one request of the app: (status, headers, body).

    `path` includes the query. Raises AnswerWithheld or ConnectionDropped when a fault set for this
    create says so; whoever speaks HTTP makes a slow answer or a broken connection of it.
    """
    began = perf_counter()
    parts = urlsplit(path)
    form: dict[str, list[str]] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        form.setdefault(name, []).append(value)
    request = Request(method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), form)
    status: int | None = None
    try:
        answer = _answer(world, request, headers)
        status = answer[0]
    finally:
        _log(world, request, status, (perf_counter() - began) * 1000)
    return answer


def _answer(world: World, request: Request, headers: Mapping[str, str]) -> Answer:
    try:
        if (shown := _account_side(world, request, headers)) is not None:
            return shown
        route = ROUTE.fullmatch(request.path)
        _check_account(world, headers, route["account"] if route else "")
        if route is None:
            raise RestError(404, 20404, f"The requested resource {request.path} was not found")
        action = ROUTES.get((request.method, route["resource"], route["sid"] is not None))
        if action is None:
            raise RestError(405, 20004, "Method not allowed")
        return action(world, request, route["sid"])
    except RestError as refusal:
        extra = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after is not None else {}
        return _json(refusal.status, error(refusal.code, refusal.message, refusal.status), extra)


def _account_side(world: World, request: Request, headers: Mapping[str, str]) -> Answer | None:
    """What is behind the numbers, which can only be read here; None for another path."""
    for pattern, answer in rest_account.ROUTES:
        found = pattern.fullmatch(request.path)
        if found:
            _check_account(world, headers, found.groupdict().get("account", ""))
            if request.method != "GET":
                raise RestError(405, 20004, "Method not allowed")
            refusals.paging(request.query)
            return _json(200, answer(world, found, request.query))
    return None


def _check_account(world: World, headers: Mapping[str, str], account: str) -> None:
    given = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    try:
        user, _, password = b64decode(given.removeprefix("Basic ")).decode().partition(":")
    except ValueError:
        user = password = ""
    if (user, password) != (world.account_sid, world.token) or account not in {"", world.account_sid}:
        raise RestError(401, 20003, "Authenticate")


def _json(status: int, document: Mapping[str, Any], extra: Mapping[str, str] | None = None) -> Answer:
    return status, {"Content-Type": JSON, **(extra or {})}, json.dumps(document).encode()


def _log(world: World, request: Request, status: int | None, took_ms: float) -> None:
    resource = request.path.rpartition(f"{world.account_sid}/")[2] or request.path
    fields = {name: ", ".join(values) for name, values in request.form.items()} or request.query
    world.wire.append(
        WireEntry(
            world.clock.seconds,
            FROM_APP,
            f"{request.method} {resource.removesuffix('.json')}",
            "rest",
            fields,
            "ours",
            status,
            took_ms,
            note="" if status is not None else "no answer",
        )
    )


# What may be asked.


def _create(make: Callable[[World, dict[str, list[str]]], dict[str, Any]]) -> Callable[..., Answer]:
    def create(world: World, request: Request, _sid: None) -> Answer:
        fault = world.next_create_fault()
        if fault is None:
            return _json(201, make(world, request.form))
        return _with_fault(fault, lambda: _json(201, make(world, request.form)))

    return create


def _with_fault(fault: CreateFault, place: Callable[[], Answer]) -> Answer:
    answer = place() if fault.placed else (0, {}, b"")
    match fault.trouble:
        case CreateTrouble.HANGS:
            raise AnswerWithheld(fault.seconds, answer)
        case CreateTrouble.RESET | CreateTrouble.UNREACHABLE:
            raise ConnectionDropped(placed=fault.placed)
        case CreateTrouble.THROTTLED:
            raise RestError(429, fault.code, "Too Many Requests", retry_after=round(fault.seconds or 1))
        case CreateTrouble.BROKEN:
            raise RestError(500, fault.code, "An internal server error has occurred")
        case CreateTrouble.REFUSED:
            raise RestError(fault.status, fault.code, f"Refused with error {fault.code}")


def _fetch(find: Callable[[World, str], dict[str, Any]]) -> Callable[..., Answer]:
    return lambda world, _request, sid: _json(200, find(world, sid))


def _list(find: Callable[[World, str, dict[str, str]], dict[str, Any]]) -> Callable[..., Answer]:
    return lambda world, request, _sid: _json(200, find(world, request.path, request.query))


def _update(change: Callable[[World, str, dict[str, list[str]]], dict[str, Any]]) -> Callable[..., Answer]:
    return lambda world, request, sid: _json(200, change(world, sid, request.form))


ROUTES: Mapping[tuple[str, str, bool], Callable[..., Answer]] = {
    ("POST", "Calls", False): _create(rest_calls.create),
    ("GET", "Calls", False): _list(rest_calls.listed),
    ("GET", "Calls", True): _fetch(rest_calls.fetched),
    ("POST", "Calls", True): _update(rest_calls.updated),
    ("POST", "Messages", False): _create(rest_texts.create),
    ("GET", "Messages", False): _list(rest_texts.listed),
    ("GET", "Messages", True): _fetch(rest_texts.fetched),
    ("GET", "IncomingPhoneNumbers", False): _list(rest_numbers.listed),
    ("GET", "IncomingPhoneNumbers", True): _fetch(rest_numbers.fetched),
    ("POST", "IncomingPhoneNumbers", True): _update(rest_numbers.updated),
}
