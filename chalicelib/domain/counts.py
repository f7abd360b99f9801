"""Actions and tallies: what is counted, once, and how the sum can be proved.

An Action is one office call, or one letter, with its honest outcome. A tally is a sum of Actions, always recomputable.
A letter's outcome can change after it was counted (a bounce follows a delivery). The ledger never does: another Action
says which outcome it takes the place of, and the sum follows.
Knows no table: ids and shards are functions of the action alone, so a repeat lands on the same item.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zlib import crc32

from chalicelib.domain.words import Language

SHARDS = 8
"""Tally items per campaign and channel. Calls are placed at a few a second; one item takes 500/s."""


class Channel(StrEnum):
    """How an act reached the office."""

    CALLS = "calls"
    LETTERS = "letters"
    ANSWERS = "answers"  # no act: what writers say came of their letters


class Outcome(StrEnum):
    """What happened on one office call, as honestly as the facts allow (design §5)."""

    SPOKE = "spoke"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    CLOSED = "closed"
    WRONG_NUMBER = "wrong_number"
    FAILED = "failed"
    VOICEMAIL_FULL = "voicemail_full"


REACHED = frozenset({Outcome.SPOKE, Outcome.VOICEMAIL})
"""Outcomes of calls that got through: these alone count toward a campaign's goal."""


class LetterOutcome(StrEnum):
    """What became of one letter. Each letter stands under one of them at a time."""

    ON_ITS_WAY = "on_its_way"  # confirmed by its writer, and its fate not known yet
    DELIVERED = "delivered"  # the office's server took it
    BOUNCED = "bounced"
    COMPLAINED = "complained"  # the office called it spam
    SUPPRESSED = "suppressed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # by its writer, after confirming
    UNCONFIRMED = "unconfirmed"  # never confirmed
    NOT_SENT = "not_sent"  # our side did not


class LetterAnswer(StrEnum):
    """Whether the office answered, as the letter's writer says two weeks later."""

    PERSON = "answered_by_person"
    AUTOMATIC = "answered_automatically"
    NOTHING = "not_answered"


AnyOutcome = Outcome | LetterOutcome | LetterAnswer
EVERY_OUTCOME: tuple[AnyOutcome, ...] = (*Outcome, *LetterOutcome, *LetterAnswer)
ARRIVED: frozenset[AnyOutcome] = REACHED | {LetterOutcome.DELIVERED}
"""Outcomes of any channel that got through."""


class Basis(StrEnum):
    """Who says so: the supporter's own key (or tap), the leg's facts alone, or staff who corrected it."""

    KEY = "key"
    FACTS = "facts"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Action:
    """One counted act: immutable, one per office call. `seconds` is the talk time the carrier reports.

    `instead_of`: this one corrects an earlier action of the same act, whose outcome no longer holds; the act stays
    one, and moves from that outcome to this. `language`: the supporter's; None in rows from before it was kept.
    """

    id: str
    campaign: str
    channel: Channel
    office: str
    outcome: AnyOutcome
    basis: Basis
    seconds: int
    at: datetime
    instead_of: AnyOutcome | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A sum of actions: how many, and how many with each outcome."""

    tally: int = 0
    outcomes: Mapping[AnyOutcome, int] = field(default_factory=dict)

    @property
    def reached(self) -> int:
        """How many acts got through to an office."""
        return sum(self.outcomes.get(outcome, 0) for outcome in ARRIVED)


def action_id(call_id: str, position: int) -> str:
    """Return the id of the action for a call's office at `position` (0 for the first): always the same.

    A letter's first action is 0, and each correction the next.
    """
    return f"{call_id}-{position}"


def shard(action: str) -> int:
    """Return the tally shard, 0 to SHARDS - 1, on which this action is summed."""
    return crc32(action.encode()) % SHARDS


def counted(actions: Iterable[Action]) -> Tally:
    """Sum actions from the ledger: the figure every tally must equal."""
    outcomes: dict[AnyOutcome, int] = {}
    for action in actions:
        for outcome, change in changes(action).items():
            outcomes[outcome] = outcomes.get(outcome, 0) + change
    return Tally(sum(outcomes.values()), {outcome: number for outcome, number in outcomes.items() if number})


def changes(action: Action) -> Mapping[AnyOutcome, int]:
    """Return what an action adds to each outcome's sum: 1, and of one that corrects also -1 to what it corrects."""
    if action.instead_of is None:
        return {action.outcome: 1}
    return {action.outcome: 1, action.instead_of: -1}


def added(tallies: Iterable[Tally]) -> Tally:
    """Add tallies (the shards of one campaign and channel, say)."""
    total, outcomes = 0, dict.fromkeys(EVERY_OUTCOME, 0)
    for tally in tallies:
        total += tally.tally
        for outcome, number in tally.outcomes.items():
            outcomes[outcome] += number
    return Tally(total, {outcome: number for outcome, number in outcomes.items() if number})


def difference(ledger: Tally, tally: Tally) -> int:
    """Return how far apart they are over all outcomes and the sum: 0 is the only right answer."""
    parts = sum(abs(ledger.outcomes.get(o, 0) - tally.outcomes.get(o, 0)) for o in EVERY_OUTCOME)
    return max(parts, abs(ledger.tally - tally.tally))
