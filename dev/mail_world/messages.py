"""A message that SES has accepted, and what has become of each recipient's copy.

Promises: the final MIME is kept, byte for byte, with tags, Reply-To and configuration set. Refuses to know:
how it was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from enum import StrEnum

from dev.mail_world.addresses import key


class Fate(StrEnum):
    """Where one recipient's copy is."""

    ON_ITS_WAY = "on its way"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"
    SUPPRESSED = "suppressed"
    SILENT = "never heard of"


@dataclass(slots=True)
class Copy:
    """One recipient's copy."""

    recipient: str
    fate: Fate = Fate.ON_ITS_WAY
    note: str = ""
    history: list[tuple[float, Fate, str]] = field(default_factory=list)
    arrived: bool = False
    """Whether it lies in the mailbox, whatever came after."""

    def becomes(self, fate: Fate, at: float, note: str = "") -> None:
        """Take the next turn, at the clock's seconds `at`."""
        self.fate, self.note = fate, note
        self.arrived = self.arrived or fate is Fate.DELIVERED
        self.history.append((at, fate, note))


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message that SES answered with 200 and a MessageId."""

    message_id: str
    at: float
    accepted_at: datetime
    source: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    reply_to: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    configuration_set: str
    operation: str
    mime: bytes
    invocation: str
    """The SDK's id of the call; the same for each of its hidden retries."""
    copies: tuple[Copy, ...]

    @property
    def recipients(self) -> tuple[str, ...]:
        """To, Cc and Bcc, as SES counts them."""
        return (*self.to, *self.cc, *self.bcc)

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return parsed(self.mime)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers as they stand."""
        return [(name, str(value)) for name, value in self.message.items()]

    def header(self, name: str) -> str:
        """One header; empty if there is none."""
        return str(self.message.get(name, ""))

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return self.header("Subject")

    @property
    def text(self) -> str:
        """The plain part; empty if there is none."""
        return part(self.message, "plain")

    @property
    def html(self) -> str:
        """The HTML part; empty if there is none."""
        return part(self.message, "html")

    def tag(self, name: str) -> str:
        """The tag's value; empty if there is none."""
        return next((value for known, value in self.tags if known == name), "")

    def copy_for(self, address: str) -> Copy:
        """The copy of one recipient. LookupError if it did not go there."""
        for copy in self.copies:
            if key(copy.recipient) == key(address):
                return copy
        raise LookupError(f"no copy went to {address}")


def parsed(mime: bytes) -> EmailMessage:
    """Bytes as a message, by the modern policy."""
    message: Message = message_from_bytes(mime, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    """The `plain` or `html` part a reader would see."""
    found = message.get_body((kind,))
    if found is None:
        return ""
    content = found.get_content()
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""
