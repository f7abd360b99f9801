"""Who carries a webhook to the app and brings the answer.

Promises: `InlineCourier` does it within the present event, so that a story is deterministic; time spent
is counted for the wire log only. Refuses to know: what is carried. (The server's courier has threads.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from dev.phone_world.faults import TransportError, Trouble

Transport = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]
"""(method, url, headers, body) → (status, headers, body); raises TransportError."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One HTTP request to the app."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    connect_seconds: float = 5.0
    read_seconds: float = 15.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a parcel: a status with headers and body, or a trouble."""

    status: int | None = None
    headers: Mapping[str, str] | None = None
    body: bytes = b""
    trouble: Trouble | None = None
    note: str = ""
    took_ms: float = 0.0

    @property
    def content_type(self) -> str:
        """The answer's content type, empty if it has none."""
        for name, value in (self.headers or {}).items():
            if name.lower() == "content-type":
                return value
        return ""


class Courier(Protocol):
    """Carries parcels; calls `then` once for each, between two events of the world."""

    def carry(self, parcel: Parcel, then: Callable[[Outcome], None]) -> None:
        """Bring `parcel` to the app and tell `then` what came of it."""


class InlineCourier:
    """Asks the transport at once. The transport may call the world's REST side while it answers."""

    def __init__(self, transport: Transport) -> None:
        """Use this transport."""
        self.transport = transport

    def carry(self, parcel: Parcel, then: Callable[[Outcome], None]) -> None:
        """Ask now, tell now."""
        then(ask(self.transport, parcel))


def ask(transport: Transport, parcel: Parcel) -> Outcome:
    """One question to the app, its time taken."""
    began = perf_counter()
    try:
        status, headers, body = transport(parcel.method, parcel.url, parcel.headers, parcel.body)
    except TransportError as error:
        return Outcome(trouble=error.trouble, note=str(error), took_ms=(perf_counter() - began) * 1000)
    return Outcome(status, headers, body, took_ms=(perf_counter() - began) * 1000)
