"""A letter as a value: one person's own letter to one office, from the draft to its fate.

There is one for a person, a campaign and an office, ever: its id is a keyed hash of the three, and it stays when the
person is forgotten. What can happen to it is in `letter_events`, what comes of that in `letter_machine`.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from chalicelib.domain.addresses import Address
from chalicelib.domain.counts import LetterAnswer, LetterOutcome
from chalicelib.domain.mail_facts import Recipient, Status, office_status
from chalicelib.domain.words import Language

ID_BYTES = 24
"""Of the hash; 32 characters of [A-Za-z0-9_-], which may travel as an SES tag (256 at most)."""


class State(StrEnum):
    """Where a letter is."""

    DRAFTED = "drafted"  # kept, and nothing is proven
    AWAITING_CONFIRM = "awaiting_confirm"  # the link is in the writer's mail
    HELD = "held"  # confirmed, and a person on our side must look first
    CONFIRMED = "confirmed"  # by its writer, who pressed the button
    QUEUED = "queued"  # waits for its turn: pace, office hours, quota
    LEASED = "leased"  # one worker has it and is asking SES
    SEND_UNKNOWN = "send_unknown"  # SES gave no clear answer: never sent again blindly, resolved by proof
    SUBMITTED = "submitted"  # SES has it
    DELIVERED = "delivered"  # the office's server took it
    BOUNCED_SOFT = "bounced_soft"
    BOUNCED_HARD = "bounced_hard"
    COMPLAINED = "complained"
    EXPIRED = "expired"  # not confirmed in time
    DUPLICATE = "duplicate"  # another letter of this writer reaches the same mailbox
    SUPPRESSED = "suppressed"  # the office, or the writer, gets no mail from us any more
    REJECTED = "rejected"  # SES clearly refused it
    CANCELLED = "cancelled"
    FAILED = "failed"  # a person on our side said no
    TARGET_PAUSED = "target_paused"  # the office's mailbox rests, and its letters wait
    ERASED = "erased"  # a tombstone: id and counts, and of the office's mailboxes what is known


class Reason(StrEnum):
    """Why a letter is held, or was not sent."""

    SUSPICIOUS = "suspicious"  # held: looks like abuse
    FILTERED = "filtered"  # held: the office's server refuses what it says
    UNCLEAR = "unclear"  # held: too many tries without any answer
    OVERLOOKED = "overlooked"  # held, and nobody on our side has looked
    ABANDONED = "abandoned"  # its writer never asked for the link
    WITHDRAWN = "withdrawn"  # its writer took it back
    ERASED = "erased"  # its writer asked to be forgotten before it left
    CAMPAIGN_ENDED = "campaign_ended"
    OFFICE_PAUSED = "office_paused"  # for too long
    OFFICE_SUPPRESSED = "office_suppressed"
    WRITER_SUPPRESSED = "writer_suppressed"
    REFUSED = "refused"  # by SES
    DENIED = "denied"  # by a person on our side


@dataclass(frozen=True, slots=True)
class Content:
    """What only its writer wrote: their name as it stands below, their address, the letter. Gone with erasure."""

    name: str = field(repr=False)
    address: Address = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter. `content` is None once it is forgotten; `group` is confirmed as one, at one press.

    `asked_at` is when the first link was mailed, `links` how many were, the `reminders` beside them. A letter is
    confirmed, and counted, once `confirmed_at` is known. `attempt` owns it until `lease_until`; `attempts` are the
    times SES was asked and did not say "later"; `unclear` those since the last clear answer. `spent` are messages
    whose soft bounce a further try has answered; `sent_at` is the first proof that SES had one. `is_unwanted`: taken
    back while it may be on its way. `aside_at` is since when it waits for a person on our side (HELD) or for a mailbox
    that rests (TARGET_PAUSED), however often it was looked at meanwhile. `outcome` is what it is counted as, by
    `counted` actions.
    """

    id: str
    group: str
    campaign: str
    office: str
    language: Language
    content: Content | None
    recipients: tuple[Recipient, ...]
    created_at: datetime
    changed_at: datetime
    state: State = State.DRAFTED
    version: int = 0
    asked_at: datetime | None = None
    links: int = 0
    reminders: int = 0
    confirmed_at: datetime | None = None
    not_before: datetime | None = None
    attempt: str | None = None
    lease_until: datetime | None = None
    attempts: int = 0
    unclear: int = 0
    sent_at: datetime | None = None
    spent: tuple[str, ...] = ()
    is_unwanted: bool = False
    aside_at: datetime | None = None
    reason: Reason | None = None
    outcome: LetterOutcome | None = None
    counted: int = 0
    question_at: datetime | None = None
    answer: LetterAnswer | None = None
    answers: int = 0
    wants_no_question: bool = False
    again: int = 0

    @property
    def is_confirmed(self) -> bool:
        """Whether its writer has pressed the button. Nothing leaves before."""
        return self.confirmed_at is not None

    @property
    def may_begin_again(self) -> bool:
        """Whether its writer may start over: it ended before it was confirmed. Any other second try is this letter."""
        return self.state in {State.EXPIRED, State.CANCELLED, State.SUPPRESSED} and not self.is_confirmed

    @property
    def status(self) -> Status | None:
        """What is known of it at the office; None: nothing."""
        return office_status(self.recipients)

    @property
    def messages(self) -> frozenset[str]:
        """SES's ids of it, as far as they are known and no further try has answered them."""
        return frozenset().union(*(recipient.messages for recipient in self.recipients)) - set(self.spent)

    @property
    def to(self) -> tuple[str, ...]:
        """The addresses it goes to now: not those that took it, bounced it for good or want none."""
        open_ones = {None, Status.SUBMITTED, Status.DELAYED, Status.BOUNCED_SOFT}
        return tuple(each.address for each in self.recipients if each.status in open_ones)


def letter_id(campaign: str, office: str, writer: Address, key: bytes) -> str:
    """Return the id of the one letter of this writer to this office in this campaign: [A-Za-z0-9_-], 32 long.

    The key must never change: an id that changes is a letter sent twice. Each part is set off by its length, so
    that no two threes are hashed alike.
    """
    parts = ("letter", campaign, office, writer.identity)
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return _short(hmac.digest(key, text.encode(), sha256))


def group_id(letters: Iterable[str]) -> str:
    """Return the id under which letters begun together are confirmed together: the same for the same letters."""
    return _short(sha256("\0".join(sorted(set(letters))).encode()).digest())


def begun_again(before: Letter, fresh: Letter) -> Letter:
    """Return a new draft in the place of a letter that was never confirmed: what was mailed and counted still was."""
    mailed = replace(fresh, links=before.links, reminders=before.reminders)
    return replace(mailed, version=before.version, outcome=before.outcome, counted=before.counted)


def forgotten(letter: Letter) -> Letter:
    """Return the letter without its writer and their words."""
    return letter if letter.content is None else replace(letter, content=None)


def _short(digest: bytes) -> str:
    return urlsafe_b64encode(digest[:ID_BYTES]).decode()
