"""A call session as a value: one supporter's call from the tap to the goodbye, and its office calls.

What can happen to it is in `events`, what comes of that in `call_machine`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.counts import Basis, Outcome
from chalicelib.domain.words import Language

CODE_LIVES = timedelta(minutes=15)
"""How long a page waits for its supporter's own call, and its code stands for it."""


class Stage(StrEnum):
    """Where a call is."""

    AWAITING = "awaiting"  # the page has told our number and a code: waits for the supporter's own call
    WELCOME = (
        "welcome"  # they called us: the page's code, or a language. Never kept: its step tells its tries
    )
    ZIP = "zip"  # they called us without a code: which area is theirs?
    PROVING = "proving"  # a code was texted to the phone; nobody is called before it is typed in
    QUEUED = "queued"  # waiting for its turn to be rung
    PLACING = "placing"  # a worker has claimed it and is asking Twilio
    UNKNOWN = "unknown"  # Twilio gave no clear answer: never resent, resolved by proof
    RINGING = "ringing"  # Twilio has it: the supporter's phone rings
    MENU = "menu"  # picked up: press 1, 2 or 9
    POINTS = "points"  # hears what to say, then the same keys
    HOLDING = "holding"  # the office's lines are in use: a place in line, on the phone
    CLOSED = "closed"  # the office has closed: another one, or a booked call
    DIALING = "dialing"  # an office is being called, or is talking
    ASKING = "asking"  # how did it go?
    NEXT = "next"  # one more office?
    ENDED = "ended"


class Ending(StrEnum):
    """Why a call is over."""

    DONE = "done"  # said goodbye after an office was called
    NOT_PICKED_UP = "not_picked_up"  # the supporter's phone was busy or rang out
    NO_KEY = "no_key"  # somebody, or a voicemail, picked up and pressed nothing
    HUNG_UP = "hung_up"  # the supporter hung up
    NEVER = "never"  # key 9: on the do-not-ring list from now on
    WITHDRAWN = "withdrawn"  # "Don't call me", before it rang
    REFUSED = "refused"  # Twilio clearly refused to place it, or could not reach the number
    NOT_PLACED = "not_placed"  # it never rang: our side did not get it out in time
    PAUSED = "paused"  # the campaign was paused, or ended, on the way
    NO_OFFICE = "no_office"  # no office had a line that may be dialled any more
    LINE_FULL = "line_full"  # held as long as we hold anybody, and the office's lines were still in use
    CLOSED = "closed"  # the office had closed, and nothing else was chosen
    NOT_PROVED = "not_proved"  # the code we texted was not typed in
    NO_TEXT = "no_text"  # the code could not be texted to this phone
    LANDLINE = "landline"  # the same, for it is a phone that gets no texts
    BUDGET = "budget"  # the campaign's calls of the day were used up before its turn came
    BOOKED = "booked"  # by a key: we call again at another time


class CallStatus(StrEnum):
    """Twilio's words for a call or leg (voice.md §5): callbacks also say initiated."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    ANSWERED = "answered"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"


TERMINAL = frozenset(
    {CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.FAILED, CallStatus.CANCELED}
)
"""Statuses after which a call or leg never changes again."""


class Notice(StrEnum):
    """What went wrong with the last key, so that a repeat speaks the same words."""

    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    WRONG_CODE = "wrong_code"
    WRONG_ZIP = "wrong_zip"
    NO_AREA = "no_area"  # a ZIP code that no single office is responsible for
    NOT_BOOKED = "not_booked"


@dataclass(frozen=True, slots=True)
class Consent:
    """What the supporter agreed to: the text's id and version, its language, and when (UTC).

    `evidence` is the id of what they said it with, where that is kept elsewhere: a text's MessageSid.
    """

    text: str
    version: int
    language: Language
    at: datetime
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Proving:
    """How far a phone is shown to be its supporter's own: `codes` made so far, the latest at `made_at`.

    `texted` is the number of the code whose text a worker took on last; 0: none yet. No code is kept: `codes`
    and the call's id make it again, with a key (`domain/codes`).
    """

    made_at: datetime
    codes: int = 1
    texted: int = 0


@dataclass(frozen=True, slots=True)
class OfficeCall:
    """One leg. `step` is the step its Dial was spoken at; `status` and `seconds` are Twilio's facts."""

    office: str
    line: str
    step: int
    started_at: datetime
    answered_at: datetime | None = None
    status: CallStatus | None = None
    seconds: int = 0
    outcome: Outcome | None = None
    basis: Basis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSession:
    """One supporter's call. `phone` is None once the call has ended; `phone_key` is its keyed hash.

    `step` grows by one with every webhook that moved the call; `version` with every write. `offices` are the
    ids still to call, in order; `legs` the calls made so far. `number` is which call to get through this was.
    `proving` is there only before the phone is shown to be theirs. `is_budgeted`: counted against the campaign's
    calls of the day already, though it is back in line.
    `place` and `wait` (seconds) are told on hold, since `held_at`. `local` is the office of the supporter's own
    area and `zone` their IANA time zone, where their ZIP code told; `is_inbound`: they called us, and then `phone`
    is None where they hide their number. `opens_at` is when the office that has closed opens; `booking` the call
    booked by a key, for `booked_at`. `code` brings a call to us to the page that waits for it.
    """

    id: str
    campaign: str
    language: Language
    phone: str | None = None
    phone_key: str
    phone_ends: str
    consent: Consent
    offices: tuple[str, ...]
    created_at: datetime
    ring_at: datetime
    changed_at: datetime
    stage: Stage = Stage.QUEUED
    step: int = 0
    version: int = 0
    tries: int = 0
    notice: Notice | None = None
    proving: Proving | None = None
    is_budgeted: bool = False
    shows_own: bool = False
    call_sid: str | None = None
    attempt: str | None = None
    legs: tuple[OfficeCall, ...] = ()
    place: int | None = None
    wait: int | None = None
    held_at: datetime | None = None
    local: str | None = None
    zone: str | None = None
    is_inbound: bool = False
    code: str | None = None
    opens_at: datetime | None = None
    booking: str | None = None
    booked_at: datetime | None = None
    number: int | None = None
    ending: Ending | None = None
    reason: int | None = None
    answer_by: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether the call has ended (a question about it may still be open)."""
        return self.stage is Stage.ENDED

    @property
    def is_dialing(self) -> bool:
        """Whether an office is being called, or is talking."""
        return self.stage is Stage.DIALING

    @property
    def leg(self) -> OfficeCall | None:
        """The office call now, or the last one."""
        return self.legs[-1] if self.legs else None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to learn: over, and every leg has its outcome."""
        return self.is_over and all(leg.outcome is not None for leg in self.legs)

    @property
    def next_office(self) -> str | None:
        """The id of the office to call next, or None after the last."""
        return self.offices[0] if self.offices else None

    @property
    def ticket(self) -> str:
        """The name under which this call asks for a line now: the same for a repeat, another for the next leg."""
        return ticket(self.id, len(self.legs))


def ticket(call_id: str, position: int) -> str:
    """Return the ticket of a call's leg at `position` (0 for the first)."""
    return f"{call_id}#{position}"
