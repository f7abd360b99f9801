"""The app's own boto3 client on the mail world, without sockets and on its clock.

Promises: the client signs, serializes, retries and parses as ever; only the request does not leave. Refuses to
know: what is asked. `SesWire(world).attach(client)`; it goes before moto, which answers for all services.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from dev.mail_world.faults import AnswerWithheld, ConnectionDropped, Unreachable
from dev.mail_world.rest import Answer, rest

if TYPE_CHECKING:
    from dev.mail_world.world import MailWorld

BEFORE_SEND = "before-send.sesv2.*"


class SesWire:
    """Carries a client's requests straight to `rest`."""

    def __init__(self, world: MailWorld) -> None:
        """Talk to `world`."""
        self.world = world

    def attach(self, client: Any) -> None:
        """Have all of a sesv2 client's requests answered by the world."""
        limit = float(client.meta.config.read_timeout)

        def answer(request: AWSPreparedRequest, **_more: Any) -> AWSResponse:
            return self._carry(request, limit)

        client.meta.events.register(BEFORE_SEND, answer, unique_id="mail-world")

    def _carry(self, request: AWSPreparedRequest, limit: float) -> AWSResponse:
        """One request; raises what urllib3 would make botocore raise."""
        url = str(request.url)
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {name: _text(value) for name, value in request.headers.items()}
        try:
            reply = rest(self.world, str(request.method), target, headers, _bytes(request.body))
        except AnswerWithheld as held:
            if held.seconds is None or held.seconds >= limit:
                raise ReadTimeoutError(endpoint_url=url, error=held) from held
            reply = held.answer
        except ConnectionDropped as dropped:
            raise ConnectionClosedError(endpoint_url=url, error=dropped) from dropped
        except Unreachable as refused:
            raise EndpointConnectionError(endpoint_url=url, error=refused) from refused
        return _response(url, reply)


class _Raw(BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, *_args: Any, **_more: Any) -> Iterator[bytes]:
        yield self.read()


def _response(url: str, reply: Answer) -> AWSResponse:
    status, headers, body = reply
    return AWSResponse(url, status, HTTPHeaders.from_dict(headers), _Raw(body))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else bytes(body.read())
