"""The transport that speaks HTTP, to this machine only.

Promises: an address that is not loopback is refused before anything is sent (NotLoopback, not a mere
failure); redirects are not followed, proxies not asked. Refuses to know: Twilio.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from dev.phone_world.faults import TransportError, Trouble


class NotLoopback(Exception):
    """Something tried to make the phone world talk to another machine."""


def loopback_address(host: str) -> str:
    """The address for `host`, which must be this machine by its very name; nothing is looked up."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise NotLoopback(f"the phone world talks to this machine only, not to {host}")
    return host


def send(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    connect_seconds: float = 5.0,
    read_seconds: float = 15.0,
) -> tuple[int, dict[str, str], bytes]:
    """One request: (status, headers, body). NotLoopback, or TransportError with its trouble."""
    parts = urlsplit(url)
    if parts.scheme != "http":
        raise NotLoopback(f"the phone world speaks plain http to this machine, not {parts.scheme}")
    address = loopback_address(parts.hostname or "")
    connection = http.client.HTTPConnection(address, parts.port or 80, timeout=connect_seconds)
    try:
        _connect(connection, read_seconds)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request(method, target, body, {**headers, "Host": parts.netloc, "Connection": "close"})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    except TimeoutError as late:
        raise TransportError(Trouble.READ_TIMEOUT) from late
    except (OSError, http.client.HTTPException) as broken:
        raise TransportError(Trouble.REFUSED, str(broken)) from broken
    finally:
        connection.close()


def _connect(connection: http.client.HTTPConnection, read_seconds: float) -> None:
    try:
        connection.connect()
    except TimeoutError as late:
        raise TransportError(Trouble.CONNECT_TIMEOUT) from late
    if isinstance(connection.sock, socket.socket):
        connection.sock.settimeout(read_seconds)
