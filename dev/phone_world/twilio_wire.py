"""The phone world as an HTTP client for the `twilio` package.

Promises: `Client(sid, token, http_client=TwilioWire(world))` talks to the world in process, and meets the
same exceptions as on a real network (`requests`' own). Refuses to know: sockets.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from twilio.http import HttpClient  # type: ignore[import-untyped, unused-ignore]
from twilio.http.response import Response  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world.rest import AnswerWithheld, ConnectionDropped, rest
from dev.phone_world.world import World

DEFAULT_TIMEOUT = 60.0


class TwilioWire(HttpClient):  # type: ignore[misc, unused-ignore]
    """Carries the client's requests straight to `rest`."""

    def __init__(self, world: World, timeout: float | None = None) -> None:
        """Talk to `world`; `timeout` in seconds is how long an answer that hangs is waited for."""
        super().__init__(None, False, timeout)
        self.world = world

    def request(  # noqa: PLR0917 - twilio's signature
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: FBT001, FBT002, ARG002
    ) -> Response:
        """One request; raises requests.ReadTimeout or requests.ConnectionError as a network would."""
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = "Basic " + b64encode(":".join(auth).encode()).decode()
        parts = urlsplit(url)
        query = "&".join(filter(None, (parts.query, _encoded(params))))
        path = f"{parts.path}?{query}" if query else parts.path
        try:
            status, answered, body = rest(self.world, method.upper(), path, sent, _encoded(data).encode())
        except AnswerWithheld as held:
            limit = timeout or self.timeout or DEFAULT_TIMEOUT
            if held.seconds is None or held.seconds >= limit:
                message = f"no answer in {limit} s"
                raise requests.ReadTimeout(message) from held
            status, answered, body = held.answer
        except ConnectionDropped as dropped:
            raise requests.ConnectionError(str(dropped)) from dropped
        return Response(status, body.decode(), answered)


def _encoded(fields: Mapping[str, Any] | None) -> str:
    return urlencode({name: value for name, value in (fields or {}).items() if value is not None}, doseq=True)
