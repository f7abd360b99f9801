"""What went over the wire, both ways, and what Twilio's debugger would have said.

Promises: one entry per attempt, in the order of their endings; forms as they were sent. Nothing is
hidden: this is a log of made-up phones. Refuses to know: how requests are made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TO_APP = "→ app"
FROM_APP = "← app"


@dataclass(frozen=True, slots=True)
class WireEntry:
    """One request on the wire."""

    at: float
    """Seconds of the world's clock at which it left."""
    way: str
    what: str
    """Method and path, or method and resource."""
    label: str
    fields: Mapping[str, str]
    signature: str
    """`valid`, `missing`, `wrong`, or `ours` for a request of the app."""
    status: int | None
    """None: there was no answer."""
    took_ms: float
    call_sid: str = ""
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One entry of Twilio's debugger: an error the app's developer should know of."""

    at: float
    code: int
    message: str
    call_sid: str = ""
    url: str = ""
