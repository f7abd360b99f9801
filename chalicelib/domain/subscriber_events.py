"""What can happen to a subscriber, and what must be done then, as values.

Events come from texts (sorted into classes before), from the page's form, from carriers, from staff and from time.
Effects are carried out by whoever asked: rows and stops in the transaction that keeps the subscriber, replies in the
answer to the very webhook.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.subscriber import ConsentRow, Evidence, Reply
from chalicelib.domain.words import Language

# Events: what was said.


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop, by any way: OptOutType STOP, a word, a phrase, or what a person on our side wrote down."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class StoppedElsewhere:
    """The same number said stop to another programme of the organization."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Helped:
    """HELP, INFO, AYUDA, "?"."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Joined:
    """An opt-in word: JOIN, START, UNIRSE, a programme's keyword, OptOutType START."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Confirmed:
    """YES, Y, SI, OK. It means something only to a question of ours."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Unclear:
    """A stop verb with another object ("STOP ICE"): a supporter's voice, or a stop. Nobody guesses."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class SaidOther:
    """Whatever is in no other class."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CallAsked:
    """CALL, LLAMAR."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class LetterAsked:
    """LETTER, CARTA."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ZipTold:
    """Five digits: where they live."""

    evidence: Evidence
    zip: str


@dataclass(frozen=True, slots=True)
class LanguageAsked:
    """ESPAÑOL, ENGLISH."""

    evidence: Evidence
    language: Language


@dataclass(frozen=True, slots=True)
class SignedUp:
    """The page's form, box ticked. It proves nothing of whose number it is."""

    evidence: Evidence


# Events of carriers, of our own side and of time.


@dataclass(frozen=True, slots=True)
class BlockedByCarrier:
    """21610, on a create or a callback: the provider holds a stop that we may not have heard."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """A carrier's error about the number itself (30003, 30005, 30006, 21211, 21614)."""

    code: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Released:
    """A person on our side read what a held subscriber wrote, and it was no stop."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Reassigned:
    """The Reassigned Numbers Database says that the number has another owner."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class TimePassed:
    """It is time to look."""


Said = (
    Stopped | StoppedElsewhere | Helped | Joined | Confirmed | Unclear | SaidOther | CallAsked | LetterAsked | ZipTold
    | LanguageAsked | SignedUp | BlockedByCarrier | Undeliverable | Released | Reassigned
)  # fmt: skip
Event = Said | TimePassed


# Effects: what must be done, beside keeping the subscriber.


@dataclass(frozen=True, slots=True)
class Record:
    """Add this row to the ledger, in the subscriber's own transaction; it is there already if it is a repeat."""

    row: ConsentRow


@dataclass(frozen=True, slots=True)
class Answer:
    """Reply, in the answer to the webhook; by a message of its own where the event was none."""

    reply: Reply
    language: Language


@dataclass(frozen=True, slots=True)
class StopEverywhere:
    """Keep the organization's stop of this number, and tell its other programmes (`advance_everywhere`)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class LiftStop:
    """An opt-in word: the organization's stop no longer holds for this programme."""

    programme: str


@dataclass(frozen=True, slots=True)
class Ring:
    """Call the number back at once, or send the link to tap, as the campaign chose."""

    language: Language


@dataclass(frozen=True, slots=True)
class SendLetterLink:
    """Answer with the link to the letter, in this language."""

    language: Language


class Desk(StrEnum):
    """Whose eyes a text waits for."""

    REVIEW = "review"  # somebody must decide whether it was a stop
    INBOX = "inbox"


@dataclass(frozen=True, slots=True)
class ShowStaff:
    """Put the text, by its id, before a person on our side."""

    text: str
    desk: Desk


@dataclass(frozen=True, slots=True)
class Drifted:
    """The provider held a stop while we thought them subscribed: an alarm, with nothing of the person."""

    programme: str


Leaving = Answer | Ring | SendLetterLink
"""What goes to the person. At most one of them follows of one event."""
Effect = Record | Answer | StopEverywhere | LiftStop | Ring | SendLetterLink | ShowStaff | Drifted
