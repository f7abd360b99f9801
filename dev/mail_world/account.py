"""What an account has at SES: identities, configuration sets, suppressed addresses.

Promises: plain values that the operations fill. Refuses to know: requests and answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Identity:
    """A domain or an address one may send from."""

    name: str
    verified: bool = True
    topics: dict[str, str] = field(default_factory=dict)
    """Event's name (Bounce, Complaint, Delivery) → topic of identity feedback, without tags."""
    configuration_set: str = ""
    tokens: tuple[str, ...] = ()

    @property
    def is_domain(self) -> bool:
        """Whether it is a domain rather than one address."""
        return "@" not in self.name


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a configuration set publishes."""

    name: str
    topic: str
    kinds: frozenset[str]
    """As SES asks for them: SEND, BOUNCE, DELIVERY_DELAY, …"""
    enabled: bool


DEFAULT_DELIVERY_SECONDS = 50_400
"""How long SES tries before a soft bounce is published: 14 hours."""


@dataclass(slots=True)
class ConfigurationSet:
    """A named way of sending."""

    name: str
    destinations: list[Destination] = field(default_factory=list)
    sending_enabled: bool = True
    suppressed_reasons: frozenset[str] | None = None
    """None: as the account has it."""
    max_delivery_seconds: int = DEFAULT_DELIVERY_SECONDS


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An address on the account's suppression list."""

    address: str
    reason: str
    """BOUNCE or COMPLAINT."""
    at: datetime
    message_id: str = ""
    feedback_id: str = ""
