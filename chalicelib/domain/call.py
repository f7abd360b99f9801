"""A call session as a value, and everything that can happen to it.

CallSession is one supporter's call from the tap to the goodbye; OfficeCall is one leg of it. Events say
what happened, effects what must be done. This file holds no decision: those are in `call_machine`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.counts import Action, Basis, Outcome
from chalicelib.domain.words import Language


class Stage(StrEnum):
    """Where a call is."""

    QUEUED = "queued"  # waiting for its turn to be rung
    PLACING = "placing"  # a worker has claimed it and is asking Twilio
    UNKNOWN = "unknown"  # Twilio gave no clear answer: never resent, resolved by proof
    RINGING = "ringing"  # Twilio has it: the supporter's phone rings
    MENU = "menu"  # picked up: press 1, 2 or 9
    POINTS = "points"  # hears what to say, then the same keys
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


@dataclass(frozen=True, slots=True)
class Consent:
    """What the supporter agreed to: the text's id and version, its language, and when (UTC)."""

    text: str
    version: int
    language: Language
    at: datetime


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

    `step` grows by one with every webhook that moved the call; `version` with every write. `offices` are
    the ids to call, in order; `legs` those called so far. `number` is which call to get through this was.
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
    shows_own: bool = False
    call_sid: str | None = None
    attempt: str | None = None
    legs: tuple[OfficeCall, ...] = ()
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
        return self.offices[len(self.legs)] if len(self.legs) < len(self.offices) else None


# Events: what happened. Those that come by a step's webhook carry the step beside them.


@dataclass(frozen=True, slots=True)
class Claimed:
    """A worker took the call to place it, as `attempt`."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The phone was put on the do-not-ring list while the call waited."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Twilio answered 201 with this sid."""

    sid: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """Twilio answered 429: not placed; the call goes back to the queue until `ring_at`."""

    ring_at: datetime


@dataclass(frozen=True, slots=True)
class Delayed:
    """The call came to the front too late for its turn, and takes a new one at `ring_at`."""

    ring_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """Twilio clearly refused, with its error code."""

    code: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No clear answer from Twilio: a time-out, a reset, a 5xx. It may or may not ring."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Asked later, Twilio knows no such call: it was never placed."""


@dataclass(frozen=True, slots=True)
class Expired:
    """The call waited in the queue longer than anybody expects a call."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The supporter tapped Don't call me."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The supporter's phone was picked up: Twilio asks for the first words, as call `sid`."""

    sid: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, "0" to "9", "*" or "#"; "" when none came in time."""

    key: str


@dataclass(frozen=True, slots=True)
class OfficeCallEnded:
    """The leg's Dial returned: Twilio's status and talk time in seconds; status None: it was lost."""

    status: CallStatus | None
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class LegChanged:
    """A status callback (or Twilio, asked) about the leg to `line`."""

    line: str
    status: CallStatus
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class CallChanged:
    """A status callback (or Twilio, asked) about the supporter's own call."""

    status: CallStatus
    sid: str


@dataclass(frozen=True, slots=True)
class Told:
    """The supporter said on the page how it went, after hanging up."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TimeUp:
    """Nobody said how it went in time, or Twilio no longer knows: the facts alone decide."""


Event = (
    Claimed | Stopped | Delayed | Placed | Throttled | Refused | Unanswered | Missing | Expired | Withdrawn
    | Answered | Pressed | OfficeCallEnded | LegChanged | CallChanged | Told | TimeUp
)  # fmt: skip


# Effects: what must be done, beside keeping the session.


@dataclass(frozen=True, slots=True)
class Ring:
    """Put the call on the ring queue, to be placed at `at`. Leaves after the commit."""

    call_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """Write this action and add it to its tally, in the commit's own transaction."""

    action: Action


@dataclass(frozen=True, slots=True)
class StopRinging:
    """Put this phone on the do-not-ring list, in the commit's own transaction."""

    phone_key: str


Effect = Ring | Count | StopRinging
