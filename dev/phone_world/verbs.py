"""TwiML's verbs, as values.

Promises: what an app told Twilio to do, with every default filled in and every value checked.
Refuses to know: how it is done, and anything about XML.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Say:
    """Speak `text`, `loop` times (0: until the caller is gone)."""

    text: str
    voice: str = "man"
    language: str = "en-US"
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Play:
    """Play a sound file (never fetched here: its address stands in the transcript), or touch tones."""

    url: str = ""
    digits: str = ""
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Be silent for `length` seconds."""

    length: int = 1


Prompt = Say | Play | Pause


@dataclass(frozen=True, slots=True)
class Gather:
    """Listen for keys while the prompts run and `timeout` seconds beyond."""

    prompts: tuple[Prompt, ...] = ()
    action: str = ""
    method: str = "POST"
    timeout: int = 5
    num_digits: int | None = None
    finish_on_key: str = "#"
    action_on_empty_result: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """One number to dial, with its own status callback and what it hears before it is bridged."""

    to: str
    status_callback: str = ""
    status_callback_method: str = "POST"
    status_callback_event: tuple[str, ...] = ("completed",)
    send_digits: str = ""
    url: str = ""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Dial:
    """Call somebody and connect the caller with them."""

    numbers: tuple[Number, ...]
    action: str | None = None
    method: str = "POST"
    timeout: int = 30
    time_limit: int = 14_400
    caller_id: str = ""
    hangup_on_star: bool = False
    answer_on_bridge: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on with the TwiML at another address."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuse a call that came in, without answering it."""

    reason: str = "rejected"


@dataclass(frozen=True, slots=True)
class Message:
    """Send a text. In a voice call, `to` is the other person unless it is given."""

    body: str
    to: str = ""
    from_: str = ""
    action: str = ""
    method: str = "POST"
    status_callback: str = ""


Verb = Say | Play | Pause | Gather | Dial | Redirect | Hangup | Reject | Message
