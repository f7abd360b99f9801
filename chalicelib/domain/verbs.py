"""What Twilio should do, as values. Knows no TwiML and no URL."""

from dataclasses import dataclass

from chalicelib.domain.words import Language


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a text in its language's own voice."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Play:
    """Play a recording instead of speaking."""

    url: str


Speech = Say | Play


@dataclass(frozen=True, slots=True)
class Gather:
    """Speak, interruptible, and wait for as many keys as `digits`; what comes (or nothing) goes to the step.

    `timeout` seconds without a key end it: after the last word, and after each key.
    """

    speech: tuple[Speech, ...]
    timeout: int
    digits: int = 1


@dataclass(frozen=True, slots=True)
class Dial:
    """Connect to `number`, showing `caller_id`; ring for `timeout`, talk for at most `limit` seconds.

    Star brings the supporter back. What came of it goes to the step.
    """

    number: str
    caller_id: str
    timeout: int
    limit: int


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call."""


Verb = Say | Play | Gather | Dial | Hangup
