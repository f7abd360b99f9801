"""Supporters: people with a phone, and what they will do with it.

Promises: a supporter's behaviour is a list of moves one can read aloud; every move waits for a moment
(or for words it hears), then for some seconds. Refuses to know: calls and how moves are carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Moment(StrEnum):
    """What a supporter can notice. Moves may name these or say the same words as text."""

    RINGS = "phone rings"
    ASKED = "asked for a key"
    SAID = "something is said"
    OFFICE_RINGS = "office rings"
    CONNECTED = "connected"
    OFFICE_ENDS = "office ends"


@dataclass(frozen=True, slots=True)
class Heard:
    """The moment at which the line says something that contains `words` (case does not matter)."""

    words: str


When = Moment | Heard | str | None
"""None: right after the move before."""


def moment(when: When) -> Moment | Heard | None:
    """The moment that `when` names; ValueError for words that name none (use Heard for spoken words)."""
    if when is None or isinstance(when, Heard):
        return when
    return Moment(when)


@dataclass(frozen=True, slots=True)
class PickUp:
    """Answer the phone."""

    after: float = 4.0
    when: When = Moment.RINGS


@dataclass(frozen=True, slots=True)
class Decline:
    """Refuse the call; Twilio calls that busy."""

    after: float = 3.0
    when: When = Moment.RINGS


@dataclass(frozen=True, slots=True)
class Voicemail:
    """Let one's own voicemail answer: it greets, presses nothing, records, and hangs up."""

    after: float = 20.0
    when: When = Moment.RINGS
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys, one after the other, `between` seconds apart."""

    keys: str
    after: float = 1.0
    when: When = Moment.ASKED
    between: float = 0.3


@dataclass(frozen=True, slots=True)
class Star:
    """Press the star while the office rings or talks."""

    after: float = 1.0
    when: When = Moment.CONNECTED


@dataclass(frozen=True, slots=True)
class Speak:
    """Say something."""

    words: str
    after: float = 1.0
    when: When = Moment.CONNECTED


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up."""

    after: float = 0.5
    when: When = None


Move = PickUp | Decline | Voicemail | Press | Star | Speak | HangUp


@dataclass(frozen=True, slots=True)
class TextFate:
    """What becomes of a text to a phone: its last status, Twilio's error code, seconds until then.

    `sent` means that nothing more is ever heard of it, `refused` that Twilio takes no text to them: the create
    is a 400 with the code, and there is no text.
    """

    status: str = "delivered"
    code: int | None = None
    after: float = 1.5

    def __post_init__(self) -> None:
        """Find a misspelt status now."""
        if self.status not in {"sent", "delivered", "undelivered", "failed", "refused"}:
            message = f"a text ends as sent, delivered, undelivered, failed or refused, not {self.status}"
            raise ValueError(message)


ARRIVES = TextFate()
HANDSET_OFF = TextFate("undelivered", 30003, after=30)
UNKNOWN_HANDSET = TextFate("undelivered", 30005)
LANDLINE = TextFate("undelivered", 30006)
FILTERED = TextFate("undelivered", 30007)
UNKNOWN_ERROR = TextFate("undelivered", 30008)
RATE_EXCEEDED = TextFate("undelivered", 30022)
STOPPED_LATER = TextFate("failed", 21610)
"""Somebody whom Twilio knows to have stopped and we do not, found out after the create; STOPPED: at the create."""
STOPPED = TextFate("refused", 21610)
NO_SUCH_NUMBER = TextFate("refused", 21211)
NOT_A_MOBILE = TextFate("refused", 21614)
FATES: Mapping[str, TextFate] = {
    "ARRIVES": ARRIVES,
    "HANDSET_OFF": HANDSET_OFF,
    "UNKNOWN_HANDSET": UNKNOWN_HANDSET,
    "LANDLINE": LANDLINE,
    "FILTERED": FILTERED,
    "UNKNOWN_ERROR": UNKNOWN_ERROR,
    "RATE_EXCEEDED": RATE_EXCEEDED,
    "STOPPED": STOPPED,
    "STOPPED_LATER": STOPPED_LATER,
    "NO_SUCH_NUMBER": NO_SUCH_NUMBER,
    "NOT_A_MOBILE": NOT_A_MOBILE,
}
"""By name, for whoever sets them from outside."""
T_MOBILE = "T-Mobile"


@dataclass(frozen=True, slots=True)
class Supporter:
    """A person with a phone.

    `script`: the moves, carried out in order in each call; an empty one never answers; None is a phone
    in a person's hands (the hands-on page, or `world.answer()`, `press()`, `hang_up()` in a test).
    `later`: scripts for the second call, the third, …; the last one repeats.
    `texts`: what becomes of the first text to them, the second, …; the last one repeats.
    `carrier`: T_MOBILE, or nobody in particular.
    """

    number: str
    script: tuple[Move, ...] | list[Move] | None = None
    later: tuple[tuple[Move, ...] | list[Move], ...] = ()
    name: str = ""
    texts: tuple[TextFate, ...] | list[TextFate] = ()
    carrier: str = ""

    def __post_init__(self) -> None:
        """Find a misspelt moment now rather than in the middle of a story."""
        for script in (self.script or (), *self.later):
            for move in script:
                moment(move.when)

    def script_for(self, nth: int) -> tuple[Move, ...] | None:
        """The moves for the n-th call to this phone, from 0."""
        if self.script is None:
            return None
        scripts = (self.script, *self.later)
        return tuple(scripts[min(nth, len(scripts) - 1)])

    def text_fate(self, nth: int) -> TextFate:
        """What becomes of the n-th text to this phone, from 0."""
        return self.texts[min(nth, len(self.texts) - 1)] if self.texts else ARRIVES
