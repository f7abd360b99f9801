"""A broadcast as a value: one alert to many subscribers, from the draft to the last text. And each recipient's claim.

Two identities hold it. Who arms it has typed how many get it, and a large one takes a second person. And at its end the
claims, counted by state, are as many as its audience: everybody was sent a text, or there is a word for why not.
A stop is not decided here but in the transaction that claims: what is decided here only spares a claim its cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.quiet_hours import Window
from chalicelib.domain.subscriber import State as Standing
from chalicelib.domain.words import Words

SECOND_PERSON_ABOVE = 1_000
"""Recipients from which on one person alone cannot arm a broadcast."""
LONGEST_VALIDITY = 36_000
"""Seconds Twilio keeps a text it could not deliver, at most."""
MARGIN = 60
"""Seconds before a window's end after which nothing is sent any more: a text on the way still has to arrive."""
SHORTEST_VALIDITY = 60
NO_WORDS = Words("", "")
CREATE_WITHIN = timedelta(seconds=1)
"""From a claim to its create. Later, a stop may have come between: the claim is skipped."""
SETTLED_WITHIN = timedelta(hours=1)
"""From its last chunk's end, or since it is stale, until it is known of everybody what became of them. Later somebody
must look."""
LOOK_WITHIN = timedelta(seconds=5)
LOOK_EVERY = 25
"""A worker reads the broadcast's state again after so many recipients or so much time: cancelling takes 10 s."""


class Stage(StrEnum):
    """Where a broadcast is."""

    DRAFT = "draft"
    ARMED = "armed"  # its audience is counted, its words are frozen
    SENDING = "sending"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class Move(StrEnum):
    """What can be done with a broadcast."""

    ARM = "arm"
    BEGIN = "begin"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    FINISH = "finish"


MOVES: dict[tuple[Stage, Move], Stage] = {
    (Stage.DRAFT, Move.ARM): Stage.ARMED,
    (Stage.DRAFT, Move.CANCEL): Stage.CANCELLED,
    (Stage.ARMED, Move.BEGIN): Stage.SENDING,
    (Stage.ARMED, Move.CANCEL): Stage.CANCELLED,
    (Stage.SENDING, Move.PAUSE): Stage.PAUSED,
    (Stage.SENDING, Move.CANCEL): Stage.CANCELLED,
    (Stage.SENDING, Move.FINISH): Stage.DONE,
    (Stage.PAUSED, Move.RESUME): Stage.SENDING,
    (Stage.PAUSED, Move.CANCEL): Stage.CANCELLED,
}
"""Stage and move → the next stage. What is not here cannot be done; what is over stays over."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One alert. `segments` is what its longest language takes; after `not_after` it is stale, and nothing is sent.

    `epoch` rises with every move, so that a worker of an earlier one knows that it is late. `armed_by` are the people
    who armed it. `audience` is how many were counted at `counted_at`: who joined later doesn't get it. `planned` is how
    many of them were still there to be planned for; None until all are. `drained_at` is when the last of its chunks
    was seen to be done, and of its first `settled_shards` shards it is known of everybody what became of them.
    `campaign` is the programme, by its slug; `words` are final once it is armed; `sender` is the name of one of
    `broadcast_pacing`'s. `version` is the item's.
    """

    id: str
    audience: int
    segments: int
    not_after: datetime
    stage: Stage = Stage.DRAFT
    epoch: int = 0
    armed_by: tuple[str, ...] = ()
    campaign: str = ""
    words: Words = NO_WORDS
    link: str = ""
    sender: str = ""
    made_by: str = ""
    made_at: datetime | None = None
    counted_at: datetime | None = None
    planned: int | None = None
    drained_at: datetime | None = None
    settled_shards: int = 0
    version: int = 0

    def is_for(self, since: datetime) -> bool:
        """Whether somebody who is on the roll since then is of its audience."""
        return self.counted_at is None or since <= self.counted_at

    def is_stale(self, now: datetime) -> bool:
        """Whether it is too late to send it to anybody."""
        return self.not_after <= now


class NotArmed(StrEnum):
    """Why a broadcast isn't armed."""

    COUNT_DIFFERS = "count_differs"
    NEEDS_SECOND_PERSON = "needs_second_person"
    NOT_A_DRAFT = "not_a_draft"
    NOBODY = "nobody"
    STALE = "stale"


def moved(broadcast: Broadcast, move: Move) -> Broadcast:
    """Return the broadcast after a move; the very same when the move means nothing where it is. Arming is `armed`."""
    stage = None if move is Move.ARM else MOVES.get((broadcast.stage, move))
    return broadcast if stage is None else replace(broadcast, stage=stage, epoch=broadcast.epoch + 1)


def begun(broadcast: Broadcast, planned: int) -> Broadcast:
    """Return an armed broadcast as it begins, once it is known how many were planned for; else the very same."""
    after = moved(broadcast, Move.BEGIN)
    return after if after is broadcast else replace(after, planned=planned)


def drained(broadcast: Broadcast, now: datetime) -> Broadcast:
    """Return a broadcast whose chunks are all done; the very same where that was known."""
    return broadcast if broadcast.drained_at else replace(broadcast, drained_at=now)


def reached(broadcast: Broadcast, shards: int) -> Broadcast:
    """Return a broadcast of which so many shards are settled; the very same where that was known."""
    return broadcast if broadcast.settled_shards == shards else replace(broadcast, settled_shards=shards)


def is_overdue(broadcast: Broadcast, now: datetime) -> bool:
    """Whether it ought to be known by now what became of everybody: its last chunk, or its time, is long over."""
    return now - (broadcast.drained_at or broadcast.not_after) >= SETTLED_WITHIN


def armed(broadcast: Broadcast, typed: int, person: str, now: datetime) -> tuple[Broadcast, NotArmed | None]:
    """Return the broadcast after one person typed how many get it, and why it is not armed, if so.

    A large one remembers the first person and is armed by another. The same person twice is one, so a double press
    makes one broadcast.
    """
    problem = _problem(broadcast, typed, now)
    if problem is not None:
        return broadcast, problem
    people = tuple(dict.fromkeys((*broadcast.armed_by, person)))
    signed = broadcast if people == broadcast.armed_by else replace(broadcast, armed_by=people)
    if broadcast.audience > SECOND_PERSON_ABOVE and len(people) == 1:
        return signed, NotArmed.NEEDS_SECOND_PERSON
    return replace(signed, stage=MOVES[Stage.DRAFT, Move.ARM], epoch=signed.epoch + 1), None


def _problem(broadcast: Broadcast, typed: int, now: datetime) -> NotArmed | None:
    if broadcast.stage is not Stage.DRAFT:
        return NotArmed.NOT_A_DRAFT
    if broadcast.audience == 0:
        return NotArmed.NOBODY
    if typed != broadcast.audience:
        return NotArmed.COUNT_DIFFERS
    return NotArmed.STALE if broadcast.is_stale(now) else None


# One recipient.


class ClaimState(StrEnum):
    """What became of one recipient. A claim is put once, before Twilio is asked; `ambiguous` is resolved by proof."""

    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"
    SKIPPED_STOPPED = "skipped-stopped"
    SKIPPED_HELD = "skipped-held"
    SKIPPED_NOT_SUBSCRIBED = "skipped-not-subscribed"
    SKIPPED_STALE = "skipped-stale"
    SKIPPED_CANCELLED = "skipped-cancelled"
    SKIPPED_LATE = "skipped-late"  # claimed, and too long ago for a create
    SKIPPED_EXPIRED = "skipped-expired"  # 30036: its window ended at Twilio


OPEN = frozenset({ClaimState.CLAIMED, ClaimState.AMBIGUOUS})
"""States in which it is not known what became of a recipient."""
SKIPS: dict[Standing, ClaimState] = {
    Standing.STOPPED: ClaimState.SKIPPED_STOPPED,
    Standing.HELD: ClaimState.SKIPPED_HELD,
    Standing.UNKNOWN: ClaimState.SKIPPED_NOT_SUBSCRIBED,
    Standing.PENDING: ClaimState.SKIPPED_NOT_SUBSCRIBED,
    Standing.INVALID: ClaimState.SKIPPED_NOT_SUBSCRIBED,
}


@dataclass(frozen=True, slots=True)
class Send:
    """Claim, then send; Twilio forgets the text after so many seconds."""

    validity: int


@dataclass(frozen=True, slots=True)
class Skip:
    """Write this claim, and send nothing."""

    state: ClaimState


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing yet, not before `until`. None: until the broadcast is resumed."""

    until: datetime | None


def decided(
    broadcast: Broadcast, standing: Standing, window: Window | None, now: datetime, *, is_stopped: bool
) -> Send | Skip | Wait:
    """Return what to do about one recipient now. `is_stopped`: the organization's stop holds for them."""
    over = _over(broadcast, now)
    if over is not None:
        return Skip(over)
    if is_stopped or standing in SKIPS:
        return Skip(ClaimState.SKIPPED_STOPPED if is_stopped else SKIPS[standing])
    if broadcast.stage is not Stage.SENDING:
        return Wait(None)
    return _by_the_clock(broadcast, window, now)


def _over(broadcast: Broadcast, now: datetime) -> ClaimState | None:
    if broadcast.stage is Stage.CANCELLED:
        return ClaimState.SKIPPED_CANCELLED
    return ClaimState.SKIPPED_STALE if broadcast.is_stale(now) else None


def _by_the_clock(broadcast: Broadcast, window: Window | None, now: datetime) -> Send | Skip | Wait:
    if window is None or window.opens >= broadcast.not_after:
        return Skip(ClaimState.SKIPPED_STALE)
    seconds = validity(window, broadcast.not_after, now)
    if seconds is None:
        # Too near its end, or not open yet. The next window is asked for once this one is over.
        return Wait(window.opens if now < window.opens else window.closes)
    return Send(seconds)


def validity(window: Window, not_after: datetime, now: datetime) -> int | None:
    """Return the ValidityPeriod in seconds, so that no text arrives after the window or when it is stale.

    None: closed, or less than a minute would be left.
    """
    if not window.holds(now):
        return None
    left = int((min(window.closes, not_after) - now).total_seconds()) - MARGIN
    return min(LONGEST_VALIDITY, left) if left >= SHORTEST_VALIDITY else None


def may_create(claimed_at: datetime, now: datetime) -> bool:
    """Whether a create may still begin: a stop that came after its claim must not be followed by one for long."""
    return now - claimed_at <= CREATE_WITHIN


def must_look(since: datetime, recipients: int, now: datetime) -> bool:
    """Whether a worker must read the broadcast's state again before its next recipient."""
    return recipients >= LOOK_EVERY or now - since >= LOOK_WITHIN


def answered(status: int | None, error: int | None) -> ClaimState | None:
    """Return what Twilio's answer to a create makes of a claim; None: not processed (429), so try again.

    No status is no answer: ambiguous, like a 5xx, and never replayed.
    """
    if status == TOO_MANY:
        return None
    if status is None or status >= SERVER_ERRORS:
        return ClaimState.AMBIGUOUS
    if status < CLIENT_ERRORS:
        return ClaimState.SENT
    return ClaimState.SKIPPED_STOPPED if error == STOPPED_AT_TWILIO else ClaimState.FAILED


CLIENT_ERRORS, TOO_MANY, SERVER_ERRORS = 400, 429, 500
STOPPED_AT_TWILIO = 21610


def is_settled(claims: Mapping[ClaimState, int], audience: int) -> bool:
    """Whether it is known of everybody what became of them. The test of a broadcast's end."""
    return missing(claims, audience) == 0 and not any(claims.get(state, 0) for state in OPEN)


def missing(claims: Mapping[ClaimState, int], audience: int) -> int:
    """Return how many of the audience have no claim; below zero: somebody has two, which must never be."""
    return audience - sum(claims.values())
