"""What can happen to a letter, and what must be done then, as values.

Events come from the writer's pages, from workers, from staff and from SES. None comes from a GET: whoever only opens
a link, or a scanner that follows all of them, makes no event. Effects are carried out by whoever asked.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.counts import Action, LetterAnswer
from chalicelib.domain.letter import Reason
from chalicelib.domain.ses_events import MailEvent

# Events of the writer.


@dataclass(frozen=True, slots=True)
class LinkAsked:
    """The writer asked for the link: the first, or once more."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The writer pressed "Yes, send it" (a POST). `is_suspicious`: a person on our side must look first."""

    is_suspicious: bool = False


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The writer pressed "No, delete it" or "Take my letter back"."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The writer says whether the office answered; None: "Don't ask again"."""

    answer: LetterAnswer | None


@dataclass(frozen=True, slots=True)
class Erased:
    """The writer is to be forgotten."""


# Events of our own side.


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The letter's time to be looked at has come (or has not: then nothing changes)."""


@dataclass(frozen=True, slots=True)
class Lined:
    """The pace gave it a turn, at `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class FoundSuppressed:
    """Our own list says no, before SES is asked: the office gets none any more, or the writer wants none from us."""

    is_writer: bool = False


@dataclass(frozen=True, slots=True)
class FoundDuplicate:
    """Another letter of this writer goes to the same mailbox."""


@dataclass(frozen=True, slots=True)
class OfficePaused:
    """The office's mailbox rests."""


@dataclass(frozen=True, slots=True)
class OfficeResumed:
    """The office's mailbox takes letters again; this one's turn is at `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A person on our side wants to look first."""


@dataclass(frozen=True, slots=True)
class Released:
    """A person on our side looked: it goes, at `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Denied:
    """A person on our side looked: it doesn't go."""


# Events of sending. Each names the attempt it is about, so that a worker who is late changes nothing of another's.


@dataclass(frozen=True, slots=True)
class Leased:
    """A worker wants it, as `attempt`, until `until` at most, and sends it to these mailboxes (None: to all)."""

    attempt: str
    until: datetime
    to: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """SES answered 200 with this message id: proof, whoever's attempt it was."""

    attempt: str
    message: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """SES said "later" (its rate): not sent, no attempt used; again at `at`."""

    attempt: str
    at: datetime


class Fault(StrEnum):
    """Why nothing at all can be sent. No letter is to blame."""

    QUOTA_SPENT = "quota_spent"  # "Daily message quota exceeded"
    SENDING_PAUSED = "sending_paused"
    ACCOUNT_SUSPENDED = "account_suspended"
    DOMAIN_UNVERIFIED = "domain_unverified"  # MailFromDomainNotVerifiedException
    SETTING_MISSING = "setting_missing"  # NotFoundException: the configuration set
    LIMIT_EXCEEDED = "limit_exceeded"


@dataclass(frozen=True, slots=True)
class SenderFailed:
    """SES refuses the sender, not the letter: not sent, no attempt used; not before `at`."""

    attempt: str
    fault: Fault
    at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """SES clearly refused this letter (MessageRejected, BadRequestException)."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """No clear answer from SES: a time-out, a reset, a 5xx. It may or may not have it."""

    attempt: str


@dataclass(frozen=True, slots=True)
class Reported:
    """SES published an event that carries this letter's tag."""

    event: MailEvent


Event = (
    LinkAsked | Confirmed | TakenBack | Answered | Erased | TimePassed | Lined | FoundSuppressed | FoundDuplicate
    | OfficePaused | OfficeResumed | Held | Released | Denied | Leased | Accepted | Throttled | SenderFailed | Refused
    | Unclear | Reported
)  # fmt: skip


# Effects: what must be done, beside keeping the letter.


@dataclass(frozen=True, slots=True)
class Count:
    """Write this action and move its tally, in the commit's own transaction."""

    action: Action


class MailKind(StrEnum):
    """What we write to the writer."""

    CONFIRM = "confirm"
    REMINDER = "reminder"
    RECEIPT = "receipt"  # what became of the letter; its text back where it was not taken
    AGAIN = "again"  # who began a letter that they have confirmed already: where it is
    QUESTION = "question"  # two weeks later: did they answer?


@dataclass(frozen=True, slots=True)
class Mail:
    """Write to the letter's writer. Leaves after the commit, once for each `id`: several letters may ask for one."""

    id: str
    kind: MailKind
    letter: str


@dataclass(frozen=True, slots=True)
class Send:
    """Put the letter on the queue, for `at`. Leaves after the commit; a repeat is harmless, for sending claims."""

    letter: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PauseOffice:
    """Let a mailbox rest until a person has looked: its letters wait. `diagnosis` is its server's word."""

    office: str
    address: str
    diagnosis: str


@dataclass(frozen=True, slots=True)
class Suppress:
    """Never write to this mailbox for this campaign again, by itself. `campaign` None: for none."""

    office: str
    address: str
    campaign: str | None


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """Send nothing at all until `until`; then one letter tries."""

    fault: Fault
    until: datetime


class Trouble(StrEnum):
    """What a person on our side is to be told of."""

    SENDER_FAILED = "sender_failed"
    COMPLAINT = "complaint"
    BOUNCED = "bounced"  # an office's address is no address
    REJECTED = "rejected"
    FILTERED = "filtered"  # the office's server refuses what letters of this campaign say
    TOO_LARGE = "too_large"
    SUPPRESSED_AT_SES = "suppressed_at_ses"
    SENT_TWICE = "sent_twice"
    SENT_AFTER_ALL = "sent_after_all"  # its writer was told that it had not been
    NO_ANSWERS = "no_answers"  # held after too many tries without any
    HELD_LONG = "held_long"  # for a day, and for each day more


PAGES = frozenset({Trouble.SENDER_FAILED, Trouble.COMPLAINT, Trouble.REJECTED, Trouble.SENT_TWICE})
"""What wakes somebody up. The others can wait for office hours."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Tell a person on our side, with the letter's id and nothing of its writer."""

    trouble: Trouble
    letter: str

    @property
    def is_page(self) -> bool:
        """Whether it wakes somebody up."""
        return self.trouble in PAGES


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete what else is kept of this letter's writer: mail still to leave, the way from them to it."""

    letter: str


Effect = Count | Mail | Send | PauseOffice | Suppress | OpenCircuit | Alarm | Forget

REASONS_OF_SUPPRESSION = {True: Reason.WRITER_SUPPRESSED, False: Reason.OFFICE_SUPPRESSED}
