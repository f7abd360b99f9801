"""What the account may do, and how SES limits it.

Promises: rate and quota are counted per recipient, as SES does; a refused message costs neither. Refuses
to know: messages.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from dev.mail_world.refusals import SesError

DAY = 86_400.0
UNLIMITED = -1.0


class Throttle(StrEnum):
    """Both names under which SES has been seen to throttle; the second has no class in the client."""

    TOO_MANY = "TooManyRequestsException"
    THROTTLING = "ThrottlingException"


RATE_TEXT = "Maximum sending rate exceeded"
QUOTA_TEXT = "Daily message quota exceeded"


@dataclass(slots=True)
class Rules:
    """The account and its limits; may be changed at any time."""

    max_send_rate: float = 14.0
    """Recipients a second."""
    max_24_hour_send: float = 50_000.0
    """Recipients in 24 hours; −1 for no limit."""
    throttle: Throttle = Throttle.TOO_MANY
    other_rate: float | None = None
    """Requests a second of each other operation (SES: about 1); None: not limited."""
    production: bool = True
    """False is the sandbox: only verified recipients, and no suppression list of one's own."""
    sending_enabled: bool = True
    enforcement: str = "HEALTHY"
    suppressed_reasons: frozenset[str] = frozenset({"BOUNCE", "COMPLAINT"})
    verifies_at_once: bool = True
    """Whether a new identity is verified as soon as it is made."""
    greets_topics: bool = True
    """Whether SES tells a new event destination's topic, in plain words, that it found it [verify]."""
    complaint_names_nobody: bool = False
    """Whether the complaint of a suppressed address comes without `complainedRecipients`, as it may."""


@dataclass(slots=True)
class Bucket:
    """Tokens that come back at a rate, one second's worth at most."""

    at: float = 0.0
    tokens: float | None = None

    def takes(self, wanted: int, rate: float, now: float) -> bool:
        """Take `wanted` tokens if they are there. More than a second's worth waits for a full bucket."""
        most = max(rate, 1.0)
        before = most if self.tokens is None else self.tokens
        self.tokens = min(most, before + (now - self.at) * rate)
        self.at = now
        # A millionth forgives the rounding of 14 × (1/14).
        if self.tokens + 1e-6 < min(wanted, most):
            return False
        self.tokens -= wanted
        return True


@dataclass(slots=True)
class Meter:
    """What was sent: the bucket and the last 24 hours."""

    bucket: Bucket = field(default_factory=Bucket)
    sent: deque[tuple[float, int]] = field(default_factory=deque)

    def sent_in_24_hours(self, now: float) -> int:
        """Recipients in the last 24 hours."""
        while self.sent and self.sent[0][0] <= now - DAY:
            self.sent.popleft()
        return sum(recipients for _, recipients in self.sent)

    def spend(self, rules: Rules, recipients: int, counted: int, now: float) -> None:
        """Let a message through, `counted` of its recipients against the day's quota, or refuse it."""
        quota = rules.max_24_hour_send
        if quota != UNLIMITED and counted and self.sent_in_24_hours(now) + counted > quota:
            raise throttled(rules, QUOTA_TEXT)
        if not self.bucket.takes(recipients, rules.max_send_rate, now):
            raise throttled(rules, RATE_TEXT)
        if counted:
            self.sent.append((now, counted))


def throttled(rules: Rules, text: str) -> SesError:
    """The refusal under the name that is set; seen live with a full stop, documented without."""
    return SesError(rules.throttle, f"{text}." if rules.throttle is Throttle.TOO_MANY else text)
