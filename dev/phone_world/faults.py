"""What may go wrong between Twilio and the app.

Promises: every delivery of a webhook asks here first, and every created call or text too; a decision
function (for property tests), a queue of one-off plans (for the hands-on page) or probabilities with the
world's seed decide. Refuses to know: calls and forms beyond what `Delivery` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class TransportError(Exception):
    """The app could not be asked: `trouble` says why. A transport raises it; Twilio counts the seconds."""

    def __init__(self, trouble: Trouble, message: str = "") -> None:
        """Name the trouble; the message is for the wire log."""
        super().__init__(message or trouble.value)
        self.trouble = trouble


class Trouble(StrEnum):
    """Ways in which a webhook gets no answer."""

    REFUSED = "connection refused"
    CONNECT_TIMEOUT = "no connection in time"
    READ_TIMEOUT = "no answer in time"
    TOTAL_TIMEOUT = "no time left"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to bring one webhook to the app, before it leaves."""

    ordinal: int
    kind: str
    """`twiml` (an answer with verbs is awaited: calls and texts that come in), `status` or `text status`."""
    label: str
    """`answered`, `completed`, `gather`, `dial action`, `redirect`, `fallback`, …"""
    call_sid: str
    method: str
    url: str
    fields: Mapping[str, str]
    attempt: int
    """0, or how often Twilio has tried before."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to one delivery: each of `delays` is one copy that arrives after so many seconds."""

    delays: tuple[float, ...] = (0.0,)
    answer_lost: bool = False
    """The app answers, Twilio never hears it, and takes it for a time-out."""
    hang_up_after: float | None = None
    """The supporter hangs up so many seconds after the webhook left (0: while the app thinks)."""

    @classmethod
    def twice(cls, gap: float = 0.0) -> Plan:
        """Arrives, and once more `gap` seconds later; the first answer is the one that counts."""
        return cls(delays=(0.0, gap))

    @classmethod
    def late(cls, seconds: float = 8.0) -> Plan:
        """Arrives `seconds` late."""
        return cls(delays=(seconds,))

    @classmethod
    def lost(cls) -> Plan:
        """Never arrives. A status callback just vanishes; for TwiML Twilio sees no connection."""
        return cls(delays=())


ARRIVES_ONCE = Plan()


class CreateTrouble(StrEnum):
    """Ways in which creating a call or a text goes wrong."""

    THROTTLED = "throttled"
    REFUSED = "refused"
    BROKEN = "broken"
    HANGS = "hangs"
    RESET = "reset"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class CreateFault:
    """What happens to the next create; make one with the class methods."""

    trouble: CreateTrouble
    code: int = 0
    status: int = 0
    seconds: float | None = None
    placed: bool = False

    @classmethod
    def throttled(cls, retry_after: int = 1) -> CreateFault:
        """429 with Retry-After; nothing is placed."""
        return cls(CreateTrouble.THROTTLED, code=20429, status=429, seconds=retry_after)

    @classmethod
    def refused(cls, code: int = 21211, status: int = 400) -> CreateFault:
        """A clear refusal with this error code; nothing is placed."""
        return cls(CreateTrouble.REFUSED, code=code, status=status)

    @classmethod
    def broken(cls, *, placed: bool = False) -> CreateFault:
        """500; placed or not, which the app cannot know."""
        return cls(CreateTrouble.BROKEN, code=20500, status=500, placed=placed)

    @classmethod
    def hangs(cls, seconds: float | None = None) -> CreateFault:
        """The call is placed, but the answer comes after `seconds`, or (None) never."""
        return cls(CreateTrouble.HANGS, seconds=seconds, placed=True)

    @classmethod
    def reset(cls) -> CreateFault:
        """The call is placed, then the connection breaks before the answer."""
        return cls(CreateTrouble.RESET, placed=True)

    @classmethod
    def unreachable(cls) -> CreateFault:
        """No connection; nothing is placed."""
        return cls(CreateTrouble.UNREACHABLE)


Decide = Callable[[Delivery], Plan]
DecideCreate = Callable[[int], CreateFault | None]


@dataclass(frozen=True, slots=True)
class Faults:
    """How rough the way is. Probabilities from 0 to 1, drawn with the world's seed; or `decide`.

    `decide(delivery)` returns the Plan for each delivery and makes the probabilities moot;
    `decide_create(ordinal)` returns a CreateFault, or None, for the n-th create from 0.
    """

    duplicate: float = 0.0
    delay: float = 0.0
    delay_seconds: float = 8.0
    reorder: float = 0.0
    reorder_seconds: float = 3.0
    lose: float = 0.0
    lose_answer: float = 0.0
    hang_up: float = 0.0
    decide: Decide | None = None
    decide_create: DecideCreate | None = None

    def plan(self, delivery: Delivery, chance: Random) -> Plan:
        """The plan for one delivery."""
        if self.decide is not None:
            return self.decide(delivery)
        if not (
            self.duplicate or self.delay or self.reorder or self.lose or self.lose_answer or self.hang_up
        ):
            return ARRIVES_ONCE
        return self._drawn(chance)

    def _drawn(self, chance: Random) -> Plan:
        hang_up = chance.uniform(0.0, 3.0) if chance.random() < self.hang_up else None
        if chance.random() < self.lose:
            return Plan(delays=(), hang_up_after=hang_up)
        first = self.delay_seconds if chance.random() < self.delay else 0.0
        if chance.random() < self.reorder:
            first += chance.uniform(0.0, self.reorder_seconds)
        delays = (first,) if chance.random() >= self.duplicate else (first, first + chance.uniform(0.0, 2.0))
        return Plan(delays, answer_lost=chance.random() < self.lose_answer, hang_up_after=hang_up)


NO_FAULTS = Faults()
