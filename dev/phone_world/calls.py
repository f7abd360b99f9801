"""One leg of a call, as the world sees it.

Promises: the facts that Twilio's call resource and our tests ask for, and the transcript. The fields
below `# Strictly the exchange's` belong to the modules that run a call. Refuses to know: the world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from dev.phone_world.clock import Appointment
from dev.phone_world.offices import OfficeLine
from dev.phone_world.verbs import Verb

QUEUED = "queued"
DIALLED = "initiated"
"""Never shown by the REST side, where it reads `queued`."""
RINGING = "ringing"
IN_PROGRESS = "in-progress"
COMPLETED = "completed"
BUSY = "busy"
FAILED = "failed"
NO_ANSWER = "no-answer"
CANCELED = "canceled"
ENDED = frozenset({COMPLETED, BUSY, FAILED, NO_ANSWER, CANCELED})

INBOUND = "inbound"
OUTBOUND_API = "outbound-api"
OUTBOUND_DIAL = "outbound-dial"

ANONYMOUS = "+266696687"
"""What Twilio tells as From when a caller hides the number: ANONYMOUS on a keypad."""
WITHHELD = frozenset({ANONYMOUS, "+7378742833", "+86282452253", "+8656696", "+2562533", "anonymous"})
"""The same for RESTRICTED, UNAVAILABLE, UNKNOWN and BLOCKED; newer routes keep the word. Nobody's numbers."""

SIP_CODES = {COMPLETED: "200", BUSY: "486", FAILED: "404", NO_ANSWER: "487", CANCELED: "487"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript: at which second of the world's clock, who, and what.

    `kind`: `said` (by Twilio), `spoke` (by a person), `played`, `pressed` or `happened`.
    """

    at: float
    who: str
    kind: str
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Hook:
    """An address of the app and the method to ask it with; empty when there is none."""

    url: str = ""
    method: str = "POST"


NOWHERE = Hook()


@dataclass(slots=True, eq=False)
class Call:
    """One leg. Times are seconds of the world's clock, None until they happen."""

    sid: str
    to: str
    from_: str
    direction: str
    created: float
    parent_sid: str | None = None
    status: str = QUEUED
    started: float | None = None
    answered: float | None = None
    bridged: float | None = None
    ended: float | None = None
    updated: float = 0.0
    ring_timeout: float = 60.0
    time_limit: float = 14_400.0
    send_digits: str = ""
    phone: str = ""
    """The phone an inbound call comes from, whatever its caller ID shows."""
    post_dial: str = ""
    """What that phone sends once it is answered: commas and digits."""
    unheard: str = ""
    """Keys that were pressed on this leg while nothing listened."""
    rang: float | None = None
    met: OfficeLine | None = None
    """The line as this one leg found it, where that differs from how it answers now."""
    answer_hook: Hook = NOWHERE
    twiml: bytes = b""
    fallback: Hook = NOWHERE
    status_hook: Hook = NOWHERE
    status_events: tuple[str, ...] = ("completed",)
    lines: list[Line] = field(default_factory=list)
    events_sent: int = 0

    # Strictly the exchange's: who is told, and what the present verb waits for.
    on_ring: Callable[[], None] | None = None
    on_answer: Callable[[], None] | None = None
    on_end: Callable[[], None] | None = None
    on_key: Callable[[str], None] | None = None
    on_interrupt: Callable[[], None] | None = None
    on_program_end: Callable[[], None] | None = None
    listening: bool = False
    peer: Call | None = None
    pending: list[Appointment] = field(default_factory=list)
    ring_timer: Appointment | None = None
    limit_timer: Appointment | None = None
    turn: int = 0
    program: tuple[Verb, ...] = ()
    position: int = 0
    here: Hook = NOWHERE

    @property
    def is_over(self) -> bool:
        """Whether a terminal status was reached."""
        return self.status in ENDED

    @property
    def is_live(self) -> bool:
        """Whether somebody has picked up and nobody has hung up."""
        return self.status == IN_PROGRESS

    @property
    def person(self) -> str:
        """The number of the phone at the far end of this leg (not ours)."""
        return (self.phone or self.from_) if self.direction == INBOUND else self.to

    @property
    def ours(self) -> str:
        """The number on our side of this leg."""
        return self.to if self.direction == INBOUND else self.from_

    @property
    def duration(self) -> int | None:
        """Whole seconds from answer to end, as Twilio counts them; None unless answered and ended."""
        return None if self.answered is None or self.ended is None else ceil(self.ended - self.answered)

    @property
    def bridged_seconds(self) -> float:
        """Seconds this leg was connected with another; 0 if it never was, or still is."""
        return 0.0 if self.bridged is None or self.ended is None else self.ended - self.bridged

    @property
    def sip_code(self) -> str:
        """The SIP response that ended the leg."""
        return SIP_CODES.get(self.status, "200")
