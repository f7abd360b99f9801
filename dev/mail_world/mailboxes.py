"""Mailboxes, and what becomes of mail to them.

Promises: a mailbox's behaviour is a list of moves one can read aloud, each so many seconds after the one
before. Refuses to know: messages, events and how moves are carried out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dev.mail_world.addresses import key


@dataclass(frozen=True, slots=True)
class Delivered:
    """The recipient's server takes the message; that is not "read"."""

    after: float = 2.0


@dataclass(frozen=True, slots=True)
class Bounce:
    """The recipient's server refuses it for good, or SES gives up. Types and sub-types as SES spells them.

    `bare` leaves out the fields that SES calls optional (action, status, diagnosticCode, reportingMTA).
    """

    type: str = "Permanent"
    subtype: str = "General"
    after: float = 3.0
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Delay:
    """SES says that it could not deliver yet, and goes on trying."""

    type: str = "TransientCommunicationFailure"
    after: float = 60.0


@dataclass(frozen=True, slots=True)
class Complaint:
    """The reader marks it as spam, some time after it was delivered."""

    type: str | None = "abuse"
    after: float = 300.0


@dataclass(frozen=True, slots=True)
class AutoReply:
    """An out-of-office answer to Reply-To (RFC 3834), after the delivery.

    `as_bounce`: SES takes it for a transient bounce besides, as peers have seen [verify].
    """

    after: float = 5.0
    as_bounce: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """SES finds a virus after it has accepted the message; nobody gets it."""

    after: float = 1.0


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing is ever heard of it."""

    after: float = 0.0


Move = Delivered | Bounce | Delay | Complaint | AutoReply | Reject | Silence
Script = tuple[Move, ...]
ARRIVES: Script = (Delivered(),)


def checked(moves: Sequence[Move]) -> Script:
    """The script; ValueError for one that cannot be: an answer or complaint before a delivery."""
    delivered = False
    for move in moves:
        delivered = delivered or isinstance(move, Delivered)
        if isinstance(move, Complaint | AutoReply) and not delivered:
            raise ValueError(f"{type(move).__name__} needs a Delivered before it")
    return tuple(moves)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and what becomes of mail to it.

    `first`: scripts for the next messages, used up one by one; then `script` for all others.
    """

    address: str
    script: Script = ARRIVES
    first: tuple[Script, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        """Find a script that cannot be now rather than in the middle of a story."""
        for script in (self.script, *self.first):
            checked(script)


SIMULATOR_HOST = "simulator.amazonses.com"
SUPPRESSED_SIMULATOR = "suppressionlist"
SIMULATED: dict[str, Script] = {
    "success": (Delivered(),),
    "bounce": (Bounce(),),
    "ooto": (Delivered(), AutoReply()),
    "complaint": (Delivered(), Complaint(after=5.0)),
    SUPPRESSED_SIMULATOR: (Bounce("Permanent", "Suppressed"),),
}


def is_simulated(address: str) -> bool:
    """Whether it is one of SES's own test addresses: they cost no quota and no reputation."""
    return key(address).endswith(f"@{SIMULATOR_HOST}")


def simulated(address: str) -> Script | None:
    """What SES's simulator does at an address of its own (labels after + are ignored)."""
    if not is_simulated(address):
        return None
    return SIMULATED.get(key(address).partition("@")[0].partition("+")[0], ARRIVES)
