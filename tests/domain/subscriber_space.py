"""Everything that can happen to a subscriber, as values to multiply: every state, and every event.

Knows nothing of what should come of it. Nobody in here exists.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.subscriber import (
    ConsentRow,
    Evidence,
    Failure,
    Moment,
    Reply,
    Rules,
    Source,
    State,
    Subscriber,
)
from chalicelib.domain.subscriber_events import (
    Answer,
    BlockedByCarrier,
    CallAsked,
    Confirmed,
    Effect,
    Event,
    Helped,
    Joined,
    LanguageAsked,
    LetterAsked,
    Reassigned,
    Record,
    Released,
    SaidOther,
    SignedUp,
    Stopped,
    StoppedElsewhere,
    TimePassed,
    Unclear,
    Undeliverable,
    ZipTold,
)
from chalicelib.domain.subscriber_machine import advance
from chalicelib.domain.words import Language
from tests.values import NOW

KEY = "0f" * 16
SENDER = "+12025550142"
WORDS, OLD_WORDS = "confirm-en-2", "confirm-en-1"
SHOWN = "poster-7"
YESTERDAY = NOW - timedelta(hours=20)
A_MINUTE = timedelta(minutes=1)


def subscriber(state: State = State.UNKNOWN, **changes: object) -> Subscriber:
    """A subscriber in this state, with what the state brings along; whatever happened, happened yesterday."""
    plain = Subscriber(id=KEY, programme="alerts", state=state)
    known = {} if state is State.UNKNOWN else {"language": Language.EN, "changed_at": YESTERDAY}
    brought: dict[State, dict[str, object]] = {
        State.PENDING: {"asked_at": YESTERDAY, "asks": 1, "asked_with": WORDS},
        State.SUBSCRIBED: {"consented_to": WORDS, "joined_at": YESTERDAY},
        State.HELD: {"consented_to": WORDS, "joined_at": YESTERDAY, "held_at": YESTERDAY},
        State.STOPPED: {"stopped_at": YESTERDAY},
    }
    return replace(plain, **(known | brought.get(state, {}) | changes))  # type: ignore[arg-type]  # replace checks


def said(
    at: datetime = NOW, source: Source = Source.TEXT, text: str = "a text of theirs", **changes: object
) -> Evidence:
    """Something said now, unless told otherwise."""
    plain = Evidence(id=f"SM{at:%H%M%S}", at=at, source=source, sender=SENDER, text=text, shown=SHOWN)
    return replace(plain, **changes)  # type: ignore[arg-type]  # replace checks the names


def moment(now: datetime = NOW, /, **rules: object) -> Moment:
    """A moment, under the usual rules but for these."""
    return Moment(now, WORDS, replace(Rules(), **rules))  # type: ignore[arg-type]  # replace checks the names


SINGLE = {"confirms_texts": False}
MOMENTS = (
    moment(), moment(NOW + timedelta(minutes=6)), moment(NOW + timedelta(hours=5)), moment(**SINGLE),
    moment(stops_everything=False), moment(thanks=True),
)  # fmt: skip


def every_event(evidence: Evidence) -> Iterator[Event]:
    """Every kind of event, from this evidence."""
    texts = (Stopped, StoppedElsewhere, Helped, Joined, Confirmed, Unclear, SaidOther, CallAsked, LetterAsked)
    yield from (kind(evidence) for kind in texts)
    yield from (kind(evidence) for kind in (SignedUp, BlockedByCarrier, Released, Reassigned))
    yield ZipTold(evidence, "30303")
    yield LanguageAsked(evidence, Language.ES)
    yield from (Undeliverable(code, evidence) for code in (30003, 30005, 30006, 21211, 21614, 30007))
    yield TimePassed()


EVIDENCE = (
    said(), said(was_answered=True), said(shown=None), said(YESTERDAY), said(YESTERDAY - A_MINUTE),
    said(language=Language.ES), said(source=Source.PHONE), said(shown=OLD_WORDS),
)  # fmt: skip
EVENTS: tuple[Event, ...] = tuple(event for evidence in EVIDENCE for event in every_event(evidence))


def every_subscriber() -> Iterator[Subscriber]:
    """A subscriber in every state, and in those where the past matters, with another past."""
    for state in State:
        yield subscriber(state)
        yield subscriber(state, stopped_at=YESTERDAY)
        yield subscriber(state, failures=tuple(Failure(30003, YESTERDAY + n * A_MINUTE) for n in range(2)))
    yield subscriber(State.PENDING, asks=2)
    yield subscriber(State.PENDING, joined_at=YESTERDAY)


@dataclass(frozen=True, slots=True)
class Taken:
    """One event, and what came of it."""

    before: Subscriber
    event: Event
    moment: Moment
    after: Subscriber
    effects: tuple[Effect, ...]

    @property
    def rows(self) -> list[ConsentRow]:
        """What was added to the ledger."""
        return rows(self.effects)

    @property
    def replies(self) -> list[Reply]:
        """What was answered."""
        return replies(self.effects)


def take(before: Subscriber, event: Event, at: Moment = MOMENTS[0]) -> Taken:
    """Tell a subscriber one event."""
    return Taken(before, event, at, *advance(before, event, at))


def rows(effects: Iterable[Effect]) -> list[ConsentRow]:
    """The ledger's rows among these effects."""
    return [effect.row for effect in effects if isinstance(effect, Record)]


def replies(effects: Iterable[Effect]) -> list[Reply]:
    """The replies among these effects."""
    return [effect.reply for effect in effects if isinstance(effect, Answer)]
