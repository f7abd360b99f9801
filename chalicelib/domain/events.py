"""What can happen to a call, and what must be done then: events, questions and effects, as values.

Events come from webhooks, workers and the page. A question (`Ask`) is what a decision needs to know from the
table before it can be made; it is answered, and the decision made again. Effects are carried out.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.call import CallStatus
from chalicelib.domain.counts import Action, Outcome
from chalicelib.domain.limits import Caller

# Events: what happened. Those that come by a step's webhook carry the step beside them.


@dataclass(frozen=True, slots=True)
class TextClaimed:
    """A worker took on the text with the call's `number`-th code, as `attempt`."""

    number: int
    attempt: str


@dataclass(frozen=True, slots=True)
class TextThrottled:
    """Twilio answered 429: that text was not sent, and is to be in `seconds`."""

    number: int
    seconds: float


@dataclass(frozen=True, slots=True)
class TextRefused:
    """That text can't reach this phone: Twilio said so, at once or later, with its error code."""

    number: int
    code: int


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """The supporter wants another code than the `number`-th."""

    number: int


@dataclass(frozen=True, slots=True)
class Proved:
    """The code was typed in: the call has its turn, at `ring_at`, and is counted against its phone (`caller`)."""

    ring_at: datetime
    caller: Caller


@dataclass(frozen=True, slots=True)
class Claimed:
    """A worker took the call to place it, as `attempt`."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The phone was put on the do-not-ring list while the call waited."""


@dataclass(frozen=True, slots=True)
class BudgetSpent:
    """The campaign's calls of the day are used up: this one is not placed."""


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
class CalledIn:
    """The supporter called us, as Twilio's call `sid`, and keyed in the code of this page.

    `phone` is their number (E.164), None where it is hidden; `phone_key` its keyed hash, or one of this call alone.
    """

    sid: str
    phone: str | None
    phone_key: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, "0" to "9", "*" or "#"; "" when none came in time; several where a number is asked for."""

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
    TextClaimed | TextThrottled | TextRefused | CodeAsked | Proved
    | Claimed | Stopped | Delayed | BudgetSpent | Placed | Throttled | Refused | Unanswered | Missing | Expired
    | Withdrawn | Answered | CalledIn | Pressed | OfficeCallEnded | LegChanged | CallChanged | Told | TimeUp
)  # fmt: skip


# Questions: what a decision needs to know, answered from the table before the commit.


@dataclass(frozen=True, slots=True)
class AskLine:
    """Whether `ticket` may use one of these lines of the office, in order. `waits`: else it joins the line."""

    office: str
    numbers: tuple[str, ...]
    ticket: str
    waits: bool = True


@dataclass(frozen=True, slots=True)
class AskArea:
    """Which office is responsible where the ZIP code is."""

    zip: str


@dataclass(frozen=True, slots=True)
class AskBooking:
    """A booked call to this office, as soon as it is open and has room; made by being asked for."""

    office: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """The answer: the booking's id, and when we call."""

    booking: str
    at: datetime


Ask = AskLine | AskArea | AskBooking


# Effects: what must be done, beside keeping the session.


@dataclass(frozen=True, slots=True)
class Ring:
    """Put the call on the ring queue, to be placed at `at`. Leaves after the commit."""

    call_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SendCode:
    """Put the text with the call's `number`-th code on the queue, to be sent in `seconds`. Leaves after the commit."""

    call_id: str
    number: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class KeepCaller:
    """Keep what is known of a phone, as just read and changed, in the commit's own transaction."""

    phone_key: str
    caller: Caller


@dataclass(frozen=True, slots=True)
class Count:
    """Write this action and add it to its tally, in the commit's own transaction."""

    action: Action


@dataclass(frozen=True, slots=True)
class StopRinging:
    """Put this phone on the do-not-ring list, in the commit's own transaction."""

    phone_key: str


@dataclass(frozen=True, slots=True)
class Free:
    """Give the line back: its office call is over, with this status (None: never learnt). Leaves after the commit."""

    office: str
    line: str
    ticket: str
    status: CallStatus | None


@dataclass(frozen=True, slots=True)
class Leave:
    """Give up the place in line. Leaves after the commit."""

    office: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A caller, told apart by `mark`, says the line is a wrong number. Leaves after the commit."""

    office: str
    line: str
    mark: str


Effect = Ring | SendCode | KeepCaller | Count | StopRinging | Free | Leave | Doubt
