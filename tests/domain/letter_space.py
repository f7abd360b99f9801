"""Everything that can happen to a letter, as values to multiply: letters in every state, and every event.

Knows nothing of what should come of it. Nobody in here exists.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.addresses import Address
from chalicelib.domain.campaign import Status as CampaignStatus
from chalicelib.domain.counts import Action, Channel, LetterAnswer
from chalicelib.domain.letter import Content, Letter, Reason, State
from chalicelib.domain.letter_events import (
    Accepted,
    Answered,
    Confirmed,
    Count,
    Denied,
    Effect,
    Erased,
    Event,
    Fault,
    FoundDuplicate,
    FoundSuppressed,
    Held,
    Leased,
    Lined,
    LinkAsked,
    OfficePaused,
    OfficeResumed,
    Refused,
    Released,
    Reported,
    SenderFailed,
    TakenBack,
    Throttled,
    TimePassed,
    Unclear,
)
from chalicelib.domain.letter_machine import advance, outcome_of
from chalicelib.domain.letter_moves import Moment
from chalicelib.domain.mail_facts import Fact, Recipient, Status
from chalicelib.domain.ses_events import MailEvent, Report
from chalicelib.domain.words import Language
from tests.values import NOW

OFFICE = "letters@atlanta.example"
SECOND, THIRD = "second@atlanta.example", "third@atlanta.example"
LETTER_ID = "Aq3vQ0Tn9yXrmC1o2bqk5LwYz-_01234"
ATTEMPT, OTHER = "an-attempt", "another-attempt"
WRITER = Address("maria", "example.org")
CONTENT = Content("María Ejemplo", WRITER, "Please release the families", "I write to you as a neighbor.")
LATER = NOW + timedelta(hours=1)


def letter(state: State = State.DRAFTED, **changes: object) -> Letter:
    """A letter to one address, in this state, with what the state brings along."""
    plain = Letter(
        id=LETTER_ID, group="a-group", campaign="families-28", office="ero-atl", language=Language.ES,
        content=None if state in {State.EXPIRED, State.ERASED} else CONTENT,
        recipients=(Recipient(OFFICE),), created_at=NOW, changed_at=NOW, state=state,
    )  # fmt: skip
    if state is not State.DRAFTED:
        plain = replace(plain, asked_at=NOW, links=1)
    if state not in {State.DRAFTED, State.AWAITING_CONFIRM, State.EXPIRED}:
        plain = replace(plain, confirmed_at=NOW)
    if state in {State.LEASED, State.SEND_UNKNOWN}:
        plain = replace(plain, attempt=ATTEMPT, lease_until=LATER)
    if state in {State.HELD, State.TARGET_PAUSED}:
        plain = replace(plain, aside_at=NOW)
    if state.value in set(Status):
        plain = replace(plain, recipients=(known(OFFICE, Status(state.value)),))
    made = replace(plain, **changes)  # type: ignore[arg-type]  # replace checks the names
    outcome = outcome_of(made)
    return replace(made, outcome=outcome, counted=int(outcome is not None))


def known(address: str, *statuses: Status, message: str = "m-1", detail: str = "") -> Recipient:
    """A recipient of whom this is known."""
    return Recipient(address, tuple(Fact(status, NOW, message, detail) for status in statuses))


def said(
    status: Status | None, address: str | None = OFFICE, message: str = "m-1", detail: str = ""
) -> Reported:
    """An event of SES's about one recipient, with our tag."""
    return Reported(MailEvent("Bounce", message, NOW, LETTER_ID, (Report(address, status, detail),)))


def answers(attempt: str) -> tuple[Event, ...]:
    """Every answer of SES's to an attempt, and none."""
    return (
        Accepted(attempt, "m-1"), Accepted(attempt, "m-2"), Throttled(attempt, LATER), Refused(attempt),
        Unclear(attempt), *(SenderFailed(attempt, fault, LATER) for fault in Fault),
    )  # fmt: skip


EVENTS: tuple[Event, ...] = (
    LinkAsked(), Confirmed(), Confirmed(is_suspicious=True), TakenBack(), Erased(), TimePassed(), Lined(LATER),
    FoundSuppressed(), FoundSuppressed(is_writer=True), FoundDuplicate(), OfficePaused(), OfficeResumed(LATER),
    Held(), Released(LATER), Denied(), Leased(OTHER, LATER),
    *(Answered(answer) for answer in (LetterAnswer.PERSON, LetterAnswer.NOTHING, None)),
    *answers(ATTEMPT), *answers(OTHER),
    *(said(status, address, message) for status in (None, *Status)
      for address in (OFFICE, SECOND, None) for message in ("m-1", "m-2")),
    *(said(Status.BOUNCED_SOFT, detail=detail) for detail in ("MailboxFull", "ContentRejected", "MessageTooLarge")),
)  # fmt: skip

MOMENTS = (
    Moment(NOW), Moment(NOW + timedelta(hours=2)), Moment(NOW + timedelta(days=4)), Moment(NOW + timedelta(days=7)),
    Moment(NOW + timedelta(days=14)), Moment(NOW + timedelta(days=30)),
    Moment(NOW + timedelta(hours=2), CampaignStatus.PAUSED), Moment(NOW, CampaignStatus.ENDED),
)  # fmt: skip


def every_letter() -> Iterator[Letter]:
    """A letter in every state: to one address and to two, wanted and not, its writer known and forgotten."""
    for state in State:
        plain = letter(state)
        yield plain
        yield replace(plain, recipients=(*plain.recipients, Recipient(SECOND)))
        if state in {State.LEASED, State.SEND_UNKNOWN}:
            yield replace(plain, is_unwanted=True, unclear=2)
        if state in {State.HELD, State.QUEUED}:
            yield replace(plain, spent=("m-1",), reason=Reason.FILTERED if state is State.HELD else None)
        if state in {State.DELIVERED, State.BOUNCED_HARD}:
            yield replace(plain, question_at=NOW, answer=LetterAnswer.NOTHING, answers=1)
        if state is State.CANCELLED:
            yield letter(state, confirmed_at=None, content=None)
            yield letter(state, reason=Reason.ERASED, content=None)
        if state is State.ERASED:
            yield letter(state, recipients=(known(OFFICE, Status.DELIVERED),), attempt=ATTEMPT)


@dataclass(frozen=True, slots=True)
class Taken:
    """One event, and what came of it."""

    before: Letter
    event: Event
    moment: Moment
    after: Letter
    effects: tuple[Effect, ...]

    @property
    def actions(self) -> list[Action]:
        """What was counted by it."""
        return actions(self.effects)

    @property
    def answers(self) -> list[Action]:
        """What its writer's answer was counted as."""
        return actions(self.effects, Channel.ANSWERS)


def take(before: Letter, event: Event, moment: Moment = MOMENTS[0]) -> Taken:
    """Tell a letter one event."""
    return Taken(before, event, moment, *advance(before, event, moment))


def told(before: Letter, events: Iterable[Event], moment: Moment = MOMENTS[0]) -> tuple[Letter, list[Effect]]:
    """Tell a letter these events; what came of it, and all effects."""
    made, effects = before, list[Effect]()
    for event in events:
        made, more = advance(made, event, moment)
        effects += more
    return made, effects


def actions(effects: Iterable[Effect], channel: Channel = Channel.LETTERS) -> list[Action]:
    """What was counted on this channel by these effects."""
    made = (effect.action for effect in effects if isinstance(effect, Count))
    return [action for action in made if action.channel is channel]
