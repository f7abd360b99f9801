"""The subscriber, as a table one can read: state and event → what comes of it.

Four promises. Out of `stopped` leads an opt-in word alone. A stop is answered once, in time or never. Nobody is
subscribed without a row in the ledger that says why. What the table does not hold changes nothing.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from chalicelib.domain import stopping_moves as stops
from chalicelib.domain import subscriber_moves as moves
from chalicelib.domain.subscriber import FORM_AGAIN, Moment, Rules, State, Subscriber
from chalicelib.domain.subscriber_events import (
    BlockedByCarrier,
    CallAsked,
    Confirmed,
    Event,
    Helped,
    Joined,
    LanguageAsked,
    LetterAsked,
    Reassigned,
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
from chalicelib.domain.subscriber_moves import Change


def advance(subscriber: Subscriber, event: Event, moment: Moment) -> Change:
    """Return the subscriber after `event` and what must be done; the very same subscriber when nothing changes.

    A question that nobody answered in time is over before anything else is heard, whether or not a clock looked.
    """
    if subscriber.state is State.PENDING and not isinstance(event, TimePassed):
        subscriber, over = moves.asked_long_ago(subscriber, TimePassed(), moment)
    else:
        over = ()
    transition = TRANSITIONS.get((subscriber.state, type(event)))
    if transition is None:
        return subscriber, over
    after, effects = transition(subscriber, event, moment)
    return after, (*over, *effects)


def advance_everywhere(
    spoken_to: Subscriber, others: Iterable[Subscriber], event: Event, moment: Moment
) -> tuple[Change, ...]:
    """Tell the programme that was spoken to, and of a stop all others of the same number, which do not answer.

    The first change is that of `spoken_to`; the others follow in their order. While one of them waits for an answer, no
    form makes us ask the same number about another: it may be a stranger's, and of each programme there is a form.
    """
    others = tuple(others)
    if isinstance(event, SignedUp) and any(_waits(other, moment) for other in others):
        return ((spoken_to, ()), *((other, ()) for other in others))
    first = advance(spoken_to, event, moment)
    if not isinstance(event, Stopped | BlockedByCarrier) or not moment.rules.stops_everything:
        return (first, *((other, ()) for other in others))
    told = StoppedElsewhere(event.evidence)
    return (first, *(advance(other, told, moment) for other in others))


def _waits(subscriber: Subscriber, moment: Moment) -> bool:
    asked_at = subscriber.asked_at
    return subscriber.state is State.PENDING and asked_at is not None and moment.now < asked_at + FORM_AGAIN


def legal(subscriber: Subscriber, event: Event) -> bool:
    """Whether the table holds this pair. One that it doesn't is no fault: nothing changes."""
    return (subscriber.state, type(event)) in TRANSITIONS


def next_look(subscriber: Subscriber, rules: Rules) -> datetime | None:
    """Return when a subscriber needs TimePassed if nothing else happens; None: never."""
    return subscriber.asked_at + rules.confirm_within if subscriber.asked_at else None


# Each value takes the event type its key names; the table is typed for what they share.
Transition = Callable[[Subscriber, "Event", Moment], Change]

_STOPS: dict[type, object] = {
    Stopped: stops.stopped, StoppedElsewhere: stops.stopped_elsewhere, BlockedByCarrier: stops.blocked,
}  # fmt: skip
_ANY = _STOPS | {Helped: moves.helped, Undeliverable: stops.undeliverable}
_KNOWN: dict[type, object] = _ANY | {
    ZipTold: moves.zip_told, LanguageAsked: moves.language_asked, Reassigned: stops.reassigned,
}  # fmt: skip
_TABLE: dict[State, dict[type, object]] = {
    State.UNKNOWN: _ANY | {
        Joined: moves.joined, SignedUp: moves.signed_up,
        Confirmed: moves.not_joined, Unclear: moves.not_joined, SaidOther: moves.not_joined,
        CallAsked: moves.not_joined, LetterAsked: moves.not_joined, ZipTold: moves.not_joined,
        LanguageAsked: moves.not_joined,
    },
    State.PENDING: _KNOWN | {
        Confirmed: moves.confirmed, Joined: moves.confirmed, TimePassed: moves.asked_long_ago,
        Unclear: moves.asked_once_more, SaidOther: moves.asked_once_more,
        CallAsked: moves.asked_once_more, LetterAsked: moves.asked_once_more,
        LanguageAsked: moves.asked_in_language,
    },
    State.SUBSCRIBED: _KNOWN | {
        Joined: moves.joined_already, Unclear: moves.held, Confirmed: moves.confirmed_already, SaidOther: moves.thanked,
        CallAsked: moves.call_asked, LetterAsked: moves.letter_asked, LanguageAsked: moves.language_told,
    },
    State.HELD: _KNOWN | {
        Joined: moves.joined_from_held, Released: moves.released,
        Unclear: moves.shown_for_review, Confirmed: moves.shown_for_review, SaidOther: moves.shown_for_review,
        CallAsked: moves.shown_for_review, LetterAsked: moves.shown_for_review,
    },
    State.STOPPED: {
        Joined: moves.joined_after_stop, Helped: moves.helped, Stopped: stops.stopped_still,
        StoppedElsewhere: stops.stopped_elsewhere_too, BlockedByCarrier: stops.stopped_still,
        Unclear: moves.shown, SaidOther: moves.shown, Confirmed: moves.shown, CallAsked: moves.shown,
        LetterAsked: moves.shown, ZipTold: moves.shown, LanguageAsked: moves.shown,
    },
    State.INVALID: _STOPS | {
        Joined: moves.joined_again_from_invalid, Helped: moves.helped_from_invalid,
        Unclear: moves.alive, SaidOther: moves.alive, Confirmed: moves.alive, CallAsked: moves.alive,
        LetterAsked: moves.alive, ZipTold: moves.alive, LanguageAsked: moves.alive,
        Reassigned: stops.reassigned,
    },
}  # fmt: skip
TRANSITIONS: dict[tuple[State, type], Transition] = {
    (state, event): transition  # type: ignore[misc]  # the key's type is the event each transition takes
    for state, row in _TABLE.items()
    for event, transition in row.items()
}
