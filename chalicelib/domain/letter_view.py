"""What a letter's writer sees of it: one state with its own words, what has happened so far, and what they can do.

Promises nothing better than the facts: what SES has is "accepted", what a server took is "delivered", and nothing is
"read". Knows no page and no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.campaign import Status as CampaignStatus
from chalicelib.domain.letter import Letter, Reason
from chalicelib.domain.letter import State as Stage
from chalicelib.domain.letter_answers import question_due
from chalicelib.domain.letter_events import TakenBack
from chalicelib.domain.letter_machine import legal
from chalicelib.domain.mail_facts import Status

LIVELY = timedelta(minutes=10)
"""How long after its last change a page of a letter on the move looks again by itself."""
SOON = timedelta(minutes=5)
"""A turn that comes this soon is "in the next few minutes"."""


class State(StrEnum):
    """Where a letter is, in its writer's words."""

    WAITING = "waiting"  # for its writer's press
    EXPIRED = "expired"
    DELETED = "deleted"
    TAKEN_BACK = "taken_back"
    UNWANTED = "unwanted"  # taken back while it may be on its way
    HELD = "held"
    CONFIRMED = "confirmed"
    IN_LINE = "in_line"
    LEAVING = "leaving"
    CHECKING = "checking"
    ACCEPTED = "accepted"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    CAME_BACK = "came_back"
    TURNED_AWAY = "turned_away"
    NO_MORE = "no_more"  # the office gets no letters of ours any more
    STOPPED = "stopped"  # the writer gets no mail of ours any more
    REFUSED = "refused"
    DENIED = "denied"
    TOO_LATE = "too_late"
    WAITED = "waited"
    DUPLICATE = "duplicate"
    PAUSED = "paused"
    RESTING = "resting"
    FORGOTTEN = "forgotten"


STAGES: dict[Stage, State] = {
    Stage.DRAFTED: State.WAITING,
    Stage.AWAITING_CONFIRM: State.WAITING,
    Stage.HELD: State.HELD,
    Stage.CONFIRMED: State.CONFIRMED,
    Stage.QUEUED: State.IN_LINE,
    Stage.LEASED: State.LEAVING,
    Stage.SEND_UNKNOWN: State.CHECKING,
    Stage.SUBMITTED: State.ACCEPTED,
    Stage.DELIVERED: State.DELIVERED,
    Stage.BOUNCED_SOFT: State.CAME_BACK,
    Stage.BOUNCED_HARD: State.CAME_BACK,
    Stage.COMPLAINED: State.TURNED_AWAY,
    Stage.EXPIRED: State.EXPIRED,
    Stage.DUPLICATE: State.DUPLICATE,
    Stage.SUPPRESSED: State.NO_MORE,
    Stage.REJECTED: State.REFUSED,
    Stage.CANCELLED: State.DELETED,
    Stage.FAILED: State.DENIED,
    Stage.TARGET_PAUSED: State.RESTING,
    Stage.ERASED: State.FORGOTTEN,
}
REASONS: dict[Reason, State] = {
    Reason.ABANDONED: State.EXPIRED,
    Reason.WITHDRAWN: State.TAKEN_BACK,
    Reason.ERASED: State.FORGOTTEN,
    Reason.CAMPAIGN_ENDED: State.TOO_LATE,
    Reason.OFFICE_PAUSED: State.WAITED,
    Reason.WRITER_SUPPRESSED: State.STOPPED,
}
"""Why it was stopped → what its writer is told, where that is another word than the stage's."""
STOPPED_STAGES = frozenset({Stage.CANCELLED, Stage.SUPPRESSED})
WAITS_FOR_US = frozenset({State.HELD, State.CONFIRMED, State.IN_LINE, State.RESTING})
"""States that a paused campaign makes a wait, and an ended one the end."""
HANDED_OVER = frozenset({State.LEAVING, State.CHECKING, State.UNWANTED})
MOVING = frozenset(
    {State.CONFIRMED, State.LEAVING, State.CHECKING, State.ACCEPTED, State.DELAYED, State.UNWANTED}
)
TEXT_BACK = frozenset({
    State.CAME_BACK, State.TURNED_AWAY, State.NO_MORE, State.STOPPED, State.REFUSED, State.DENIED, State.TOO_LATE,
    State.WAITED,
})  # fmt: skip
"""States that give the writer their words back, and the postal address."""
OPEN = WAITS_FOR_US | MOVING | {State.WAITING, State.PAUSED}
"""States from which something else may come."""
ENDS: dict[State, str] = {
    State.CAME_BACK: "came_back",
    State.TURNED_AWAY: "turned_away",
    State.TAKEN_BACK: "taken_back",
}
"""State → the last step of its track; that of any other state in which it never arrives is "not_sent"."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a letter's way: `mark` is done, now, fail or "" (still to come)."""

    name: str
    mark: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LetterView:
    """One letter, now.

    `leaves_at`: its turn. `arrived_at`: when a server of the office took it. `was_counted`: it counted as delivered
    before it came back. `is_changing`: something other than its writer may change it in the next minutes.
    """

    letter: Letter
    state: State
    steps: tuple[Step, ...]
    leaves_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None
    is_changing: bool
    can_take_back: bool

    @property
    def was_counted(self) -> bool:
        """Whether it stood in the sum before it came back."""
        return self.arrived_at is not None

    @property
    def is_open(self) -> bool:
        """Whether anything else may come of it."""
        return self.state in OPEN

    @property
    def gives_text_back(self) -> bool:
        """Whether the page shows the words again, to be mailed on paper."""
        return self.state in TEXT_BACK and self.letter.content is not None


def seen(letter: Letter, campaign: CampaignStatus, now: datetime) -> LetterView:
    """Return the letter as its writer sees it at `now`."""
    state = _state(letter, campaign)
    arrived, ended = _first(letter, {Status.DELIVERED}), _ended_at(letter, state)
    return LetterView(
        letter=letter,
        state=state,
        steps=tuple(_steps(letter, state, arrived, ended)),
        leaves_at=letter.not_before if state is State.IN_LINE else None,
        arrived_at=arrived,
        ended_at=ended,
        is_changing=_is_changing(letter, state, now),
        can_take_back=letter.is_confirmed and legal(letter, TakenBack()) and not letter.is_unwanted,
    )


def as_json(view: LetterView) -> dict[str, object]:
    """Return the view as the API sends it: codes and times in UTC, and nothing of its writer."""
    letter = view.letter
    moments = {
        "written_at": letter.created_at,
        "confirmed_at": letter.confirmed_at,
        "leaves_at": view.leaves_at,
        "accepted_at": letter.sent_at,
        "delivered_at": view.arrived_at,
        "ended_at": view.ended_at,
    }
    told: dict[str, object] = {
        name: at.isoformat(timespec="seconds") if at else None for name, at in moments.items()
    }
    return told | {
        "state": view.state.value,
        "changing": view.is_changing,
        "can_take_back": view.can_take_back,
        "outcome": letter.outcome.value if letter.outcome else None,
    }


def _state(letter: Letter, campaign: CampaignStatus) -> State:
    state = STAGES[letter.state]
    if letter.state in STOPPED_STAGES and letter.reason:
        state = REASONS.get(letter.reason, state)
    if state is State.TAKEN_BACK and not letter.is_confirmed:
        return State.DELETED
    if state in {State.LEAVING, State.CHECKING} and letter.is_unwanted:
        return State.UNWANTED
    if state is State.ACCEPTED and letter.status is Status.DELAYED:
        return State.DELAYED
    if state in WAITS_FOR_US and campaign is CampaignStatus.PAUSED:
        return State.PAUSED
    if state in WAITS_FOR_US and campaign is CampaignStatus.ENDED:
        return State.TOO_LATE
    return state


def _is_changing(letter: Letter, state: State, now: datetime) -> bool:
    """Whether it is worth looking again by itself: a letter that leaves on Thursday is not."""
    if state is State.IN_LINE:
        return letter.not_before is not None and letter.not_before - now <= SOON
    return state in MOVING and now - letter.changed_at < LIVELY


def _first(letter: Letter, statuses: Iterable[Status]) -> datetime | None:
    wanted = set(statuses)
    facts = (fact for recipient in letter.recipients for fact in recipient.facts)
    return min((fact.at for fact in facts if fact.status in wanted), default=None)


def _ended_at(letter: Letter, state: State) -> datetime | None:
    """When it came to an end that isn't the office's mailbox."""
    if state is State.CAME_BACK:
        return _first(letter, {Status.BOUNCED_SOFT, Status.BOUNCED_HARD}) or letter.changed_at
    if state is State.TURNED_AWAY:
        return _first(letter, {Status.COMPLAINED}) or letter.changed_at
    return letter.changed_at if state in TEXT_BACK | {State.TAKEN_BACK} else None


def _steps(letter: Letter, state: State, arrived: datetime | None, ended: datetime | None) -> Iterable[Step]:
    """What happened, what happens now and what is to come. Of a letter that was never confirmed there is nothing."""
    if not letter.is_confirmed or state in {State.FORGOTTEN, State.DUPLICATE}:
        return
    is_out = state in HANDED_OVER
    yield Step("written", "done", letter.created_at)
    yield Step("confirmed", "done", letter.confirmed_at)
    if ended is None and letter.sent_at is None and arrived is None:
        yield Step(
            "in_line", "done" if is_out else "now", letter.not_before if state is State.IN_LINE else None
        )
    if letter.sent_at or ended is None:
        yield Step("accepted", "done" if letter.sent_at else "now" if is_out else "", letter.sent_at)
    if arrived or ended is None:
        yield Step("delivered", "done" if arrived else "", arrived)
    if ended is not None:
        yield Step(ENDS.get(state, "not_sent"), "fail", ended)
    elif state is State.DELIVERED and (due := question_due(letter)):
        yield Step("ask", "", due)
