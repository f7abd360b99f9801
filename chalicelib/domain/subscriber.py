"""A subscriber as a value: one number's standing with one programme, and the rows that prove it.

A number is known by its keyed hash alone. Consent is given to a programme; a stop is for the whole organization, unless
the organization chose otherwise, and is a value of its own (`Stop`) that no lack of a row can forget. What can happen
to a subscriber is in `subscriber_events`, what comes of that in `subscriber_machine`.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from chalicelib.domain.words import Language

SEPARATOR = "\x1f"
"""Between the parts of what is hashed: no text message holds it, so that no two rows are hashed alike by moving it."""


class State(StrEnum):
    """Where a number stands with a programme."""

    UNKNOWN = "unknown"  # no consent, and none asked for
    PENDING = "pending"  # asked to join; the handset has not said yes
    SUBSCRIBED = "subscribed"  # gets broadcasts
    HELD = "held"  # said something that may have been a stop: asked once, and silent until they say
    STOPPED = "stopped"  # only an opt-in word leads out
    INVALID = "invalid"  # no such number, or no handset; consent is void


class Reply(StrEnum):
    """What we answer; the texts are in `replies`."""

    CONFIRM = "R1"
    WELCOME = "R2"
    STOPPED = "R3"
    HELP = "R4"
    ALREADY = "R5"
    UNCLEAR = "R6"
    NOT_JOINED = "R7"
    LANGUAGE = "R8"
    CALL = "call"  # that the phone rings, or why it doesn't: `call_words`
    LETTER = "letter"  # the page to write on
    THANKS = "thanks"  # the organization's own text, where it has one


CAPS: dict[Reply, tuple[int, timedelta]] = {
    Reply.HELP: (3, timedelta(hours=1)),
    Reply.ALREADY: (1, timedelta(hours=1)),
    Reply.UNCLEAR: (1, timedelta(hours=24)),
    Reply.NOT_JOINED: (1, timedelta(hours=24)),
    Reply.THANKS: (1, timedelta(hours=24)),
    Reply.LANGUAGE: (3, timedelta(hours=1)),
    Reply.CALL: (6, timedelta(hours=1)),
    Reply.LETTER: (3, timedelta(hours=1)),
}
"""Reply → at most so many in such a time. R1 to R3 are bounded by the states: each needs a change of them."""
FORM_AGAIN = timedelta(hours=24)
"""A form makes us text a number at most once in this time: anybody can type in anybody's."""
LONGEST_CAP = timedelta(hours=24)
"""Replies older than this decide nothing any more, and are forgotten."""


class Source(StrEnum):
    """By which way something was said."""

    TEXT = "text"
    FORM = "form"
    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    IN_PERSON = "in_person"
    STAFF = "staff"  # a person on our side decided
    PROVIDER = "provider"  # the carrier or Twilio told us
    TIME = "time"  # nobody said anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was said, when and how: enough for one row of the ledger.

    `id` is the MessageSid, the form's or the note's id; `at` the time it arrived, which orders events however late they
    are taken; `sender` the number of ours it came to; `shown` the version of the words the person had before them.
    `was_answered`: the provider has answered already, so we don't.
    """

    id: str
    at: datetime
    source: Source = Source.TEXT
    sender: str = ""
    text: str = field(default="", repr=False)
    shown: str | None = None
    language: Language = Language.EN
    was_answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRow:
    """One row of the ledger: only ever added. `shown` is the version of the words consent was given to.

    `digest` is over all other fields, so that a row that was changed shows. A row of a stop is kept for ever.
    """

    id: str
    subscriber: str
    programme: str
    was: State
    now: State
    at: datetime
    source: Source
    sender: str
    shown: str | None
    language: Language
    text: str = field(repr=False)
    digest: str = ""

    @property
    def never_expires(self) -> bool:
        """Whether the row is about a stop: into it, or out of it again."""
        return State.STOPPED in {self.was, self.now}


@dataclass(frozen=True, slots=True)
class Stop:
    """A number's stop to the whole organization. It is never deleted; `lifted_for` are programmes joined since."""

    at: datetime
    lifted_for: frozenset[str] = frozenset()

    def holds_for(self, programme: str) -> bool:
        """Whether nothing may be sent of this programme."""
        return programme not in self.lifted_for


@dataclass(frozen=True, slots=True)
class Replied:
    """A reply that went, and when."""

    reply: Reply
    at: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """A carrier's error about this number, and when."""

    code: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One number's standing with one programme.

    `id` is the number's keyed hash. `asked_at` is when a pending one was first asked to confirm, `asks` how often it
    was, `asked_with` the words' version. `consented_to` is the version that consent was given to; `joined_at`,
    `held_at` and `stopped_at` are when the last word of each kind arrived. `zip` is what they told us. `replied` are
    the replies of the last day, `failures` those of the last thirty that count.
    """

    id: str
    programme: str
    state: State = State.UNKNOWN
    version: int = 0
    language: Language | None = None
    changed_at: datetime | None = None
    asked_at: datetime | None = None
    asks: int = 0
    asked_with: str | None = None
    consented_to: str | None = None
    joined_at: datetime | None = None
    held_at: datetime | None = None
    stopped_at: datetime | None = None
    zip: str | None = field(default=None, repr=False)
    replied: tuple[Replied, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def gets_broadcasts(self) -> bool:
        """Whether anything may be sent unasked. Asked again in the transaction that claims a recipient."""
        return self.state is State.SUBSCRIBED


@dataclass(frozen=True, slots=True)
class Rules:
    """What an organization chose. The usual is the careful choice; counsel may say otherwise.

    `confirms_texts`: who joins by text is asked to confirm, too. `stops_everything`: a stop is for all programmes.
    `thanks`: there is a text of the organization's own for whatever else subscribers say.
    """

    confirms_texts: bool = True
    stops_everything: bool = True
    thanks: bool = False
    confirm_within: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a decision may look at beside the subscriber: the time, the version of R1's words now, and the rules."""

    now: datetime
    words: str
    rules: Rules = Rules()


def fresh(number_key: str, programme: str, stop: Stop | None = None) -> Subscriber:
    """Return a number that this programme has no row of: unknown, or stopped, where the organization was told so."""
    if stop is None or not stop.holds_for(programme):
        return Subscriber(id=number_key, programme=programme)
    return Subscriber(id=number_key, programme=programme, state=State.STOPPED, stopped_at=stop.at)


def stopped_again(stop: Stop | None, at: datetime) -> Stop:
    """Return the organization's stop after one that arrived at `at`: it holds for all programmes again.

    One older than the stop we know changes nothing: what was joined after it stays joined.
    """
    return stop if stop is not None and at < stop.at else Stop(at)


def lifted(stop: Stop, programme: str) -> Stop:
    """Return the stop after an opt-in word for one programme. For the others it holds on."""
    return replace(stop, lifted_for=stop.lifted_for | {programme})


def may_reply(subscriber: Subscriber, reply: Reply, now: datetime) -> bool:
    """Whether the reply's cap leaves room for one more."""
    if reply not in CAPS:
        return True
    most, within = CAPS[reply]
    recent = [each for each in subscriber.replied if each.reply is reply and now - each.at < within]
    return len(recent) < most


def digest_of(row: ConsentRow) -> str:
    """Return the SHA-256 of a row's fields but the digest: the same for the same row, on any machine."""
    parts = (
        row.id, row.subscriber, row.programme, row.was, row.now, row.at.isoformat(), row.source, row.sender,
        row.shown or "", row.language, row.text,
    )  # fmt: skip
    return sha256(SEPARATOR.join(parts).encode()).hexdigest()


def is_unchanged(row: ConsentRow) -> bool:
    """Whether a row reads as it was written."""
    return row.digest == digest_of(row)
