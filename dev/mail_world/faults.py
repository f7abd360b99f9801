"""What may go wrong with a request to SES, and on an event's way from SES to the queue.

Promises: each SendEmail asks for its fault, each event for its plan: set ones first, then `decide`, then
probabilities drawn with the world's seed. Refuses to know: messages and events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from dev.mail_world.refusals import SesError


class SenderTrouble(StrEnum):
    """What keeps the whole account from sending, until it is lifted."""

    PAUSED = "paused"
    SUSPENDED = "suspended"
    MAIL_FROM = "mail from"
    LIMIT = "limit"


REFUSALS = {
    SenderTrouble.PAUSED: ("SendingPausedException", "Email sending is disabled for your account."),
    SenderTrouble.SUSPENDED: ("AccountSuspendedException", "Your account has been suspended."),
    SenderTrouble.MAIL_FROM: (
        "MailFromDomainNotVerifiedException",
        "The message can't be sent because the sending domain's MAIL FROM domain isn't verified.",
    ),
    SenderTrouble.LIMIT: ("LimitExceededException", "There are too many instances of the resource type."),
}


def sender_refusal(trouble: SenderTrouble) -> SesError:
    """The refusal that belongs to a trouble."""
    return SesError(*REFUSALS[trouble])


class SendTrouble(StrEnum):
    """Ways in which the caller gets no clear answer."""

    HANGS = "hangs"
    RESET = "reset"
    BROKEN = "broken"
    KILLED = "killed"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class SendFault:
    """What happens to the next SendEmail. `accepted`: SES has the message, the caller can't know."""

    trouble: SendTrouble
    accepted: bool = True
    status: int = 500
    seconds: float | None = None

    @classmethod
    def hangs(cls, seconds: float | None = None, *, accepted: bool = True) -> SendFault:
        """The answer comes after `seconds`, or (None) never."""
        return cls(SendTrouble.HANGS, accepted, seconds=seconds)

    @classmethod
    def reset(cls, *, accepted: bool = True) -> SendFault:
        """The connection breaks before the answer."""
        return cls(SendTrouble.RESET, accepted)

    @classmethod
    def broken(cls, status: int = 500, *, accepted: bool = True) -> SendFault:
        """5xx."""
        return cls(SendTrouble.BROKEN, accepted, status=status)

    @classmethod
    def killed(cls, *, accepted: bool = True) -> SendFault:
        """The caller's process dies with the request under way (over HTTP: the answer is cut off)."""
        return cls(SendTrouble.KILLED, accepted)

    @classmethod
    def unreachable(cls) -> SendFault:
        """No connection; SES has nothing."""
        return cls(SendTrouble.UNREACHABLE, accepted=False)


class AnswerWithheld(Exception):
    """The answer comes after `seconds`, or (None) never."""

    def __init__(self, seconds: float | None, answer: tuple[int, dict[str, str], bytes]) -> None:
        """Keep the answer for a caller that waits long enough."""
        super().__init__("no answer")
        self.seconds = seconds
        self.answer = answer


class ConnectionDropped(Exception):
    """The connection breaks before an answer."""


class Unreachable(Exception):
    """There is no connection."""


class CallerKilled(BaseException):
    """The caller's process is gone: nothing that catches Exception may go on."""


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What happens to one event: each of `delays` is one copy that arrives after so many seconds."""

    delays: tuple[float, ...] = (0.0,)

    @classmethod
    def twice(cls, gap: float = 0.0) -> EventPlan:
        """Arrives, and once more `gap` seconds later."""
        return cls((0.0, gap))

    @classmethod
    def late(cls, seconds: float = 60.0) -> EventPlan:
        """Arrives `seconds` late."""
        return cls((seconds,))

    @classmethod
    def lost(cls) -> EventPlan:
        """Never arrives."""
        return cls(())


ARRIVES_ONCE = EventPlan()
Decide = Callable[[dict[str, Any]], EventPlan]
DecideSend = Callable[[int], SendFault | None]


@dataclass(frozen=True, slots=True)
class Faults:
    """How rough the ways are. Probabilities from 0 to 1, drawn with the world's seed.

    `decide(event)` plans each event and makes the probabilities moot; `decide_send(ordinal)` gives the
    n-th SendEmail, from 0, its fault. Events of `batch_seconds` are handed on together, ten at most,
    and with `shuffle` in any order.
    """

    duplicate: float = 0.0
    delay: float = 0.0
    delay_seconds: float = 60.0
    lose: float = 0.0
    shuffle: bool = False
    batch_seconds: float = 0.0
    decide: Decide | None = None
    decide_send: DecideSend | None = None

    def __post_init__(self) -> None:
        """Refuse a shuffle of events that are handed on one by one."""
        if self.shuffle and not self.batch_seconds:
            raise ValueError("shuffle needs batch_seconds: only what waits together can change places")

    @property
    def by_chance(self) -> bool:
        """Whether the seed matters."""
        return bool(self.duplicate or self.delay or self.lose or self.shuffle)

    def plan(self, event: dict[str, Any], chance: Random) -> EventPlan:
        """The plan for one event."""
        if self.decide is not None:
            return self.decide(event)
        if not self.by_chance:
            return ARRIVES_ONCE
        if chance.random() < self.lose:
            return EventPlan.lost()
        first = chance.uniform(0.0, self.delay_seconds) if chance.random() < self.delay else 0.0
        if chance.random() >= self.duplicate:
            return EventPlan((first,))
        return EventPlan((first, first + chance.uniform(0.0, self.delay_seconds)))


NO_FAULTS = Faults()
