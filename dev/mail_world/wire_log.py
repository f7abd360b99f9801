"""What went over the wire: requests to SES, and bodies handed on to queues.

Promises: one entry per request, in their order; nothing is hidden: this is a log of made-up mail. Refuses to
know: how requests are made.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WireEntry:
    """One HTTP request of the app."""

    at: float
    """Seconds of the world's clock."""
    operation: str
    what: str
    """Method and path."""
    status: int | None
    """None: there was no answer."""
    error: str = ""
    message: str = ""
    message_id: str = ""
    invocation: str = ""
    attempt: int = 1
    """Above 1: a retry that the SDK hid from the app."""
    note: str = ""
