"""The letter, as a table one can read: state and event → what comes of it.

Three rules make it survive mail. What the table does not hold changes nothing. Facts about a recipient are a set, and
the strongest decides, in whatever order they came. And what a letter is counted as follows from where it is: every
change of that is one Action, which names the outcome it takes the place of, so that a late bounce corrects the sum.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from chalicelib.domain import letter_answers as answers
from chalicelib.domain import letter_moves as moves
from chalicelib.domain import sending_moves as sending
from chalicelib.domain.counts import Action, Basis, Channel, LetterOutcome, action_id
from chalicelib.domain.letter import Letter, Reason, State
from chalicelib.domain.letter_events import (
    Accepted,
    Answered,
    Confirmed,
    Count,
    Denied,
    Effect,
    Erased,
    Event,
    FoundDuplicate,
    FoundSuppressed,
    Held,
    Leased,
    Lined,
    LinkAsked,
    Mail,
    MailKind,
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
from chalicelib.domain.letter_moves import Change, Moment


def advance(letter: Letter, event: Event, moment: Moment) -> Change:
    """Return the letter after `event` and what must be done; the very same letter when nothing changes."""
    transition = TRANSITIONS.get((letter.state, type(event)))
    if transition is None:
        return letter, ()
    after, effects = transition(letter, event, moment)
    if after is letter:
        return letter, effects
    counted, counts = _counted(letter, _put_aside(letter, after, moment), event, moment)
    return counted, (*counts, *effects, *_receipt(letter, counted))


def advance_group(letters: Iterable[Letter], event: Event, moment: Moment) -> tuple[Change, ...]:
    """Tell all letters of a group the same: one press confirms all, and one mail is asked for by the first alone."""
    return tuple(advance(letter, event, moment) for letter in letters)


def legal(letter: Letter, event: Event) -> bool:
    """Whether the table holds this pair. One that it doesn't is no fault, and worth a number in the metrics."""
    return (letter.state, type(event)) in TRANSITIONS


def next_look(letter: Letter) -> datetime | None:
    """Return when a letter needs TimePassed if nothing else happens; None: when nothing but an event moves it."""
    look = _LOOKS.get(letter.state)
    return look(letter) if look else None


def outcome_of(letter: Letter) -> LetterOutcome | None:
    """Return what the letter is counted as where it is now; None: not at all."""
    if letter.state is State.EXPIRED:
        return LetterOutcome.UNCONFIRMED
    if not letter.is_confirmed:
        return letter.outcome
    if letter.state is State.ERASED:
        return _outcome_of_erased(letter)
    if letter.state is State.CANCELLED:
        return OF_THE_WRITER.get(letter.reason, LetterOutcome.NOT_SENT)
    return OUTCOMES.get(letter.state, LetterOutcome.ON_ITS_WAY)


OUTCOMES: dict[State, LetterOutcome] = {
    State.DELIVERED: LetterOutcome.DELIVERED,
    State.BOUNCED_SOFT: LetterOutcome.BOUNCED,
    State.BOUNCED_HARD: LetterOutcome.BOUNCED,
    State.COMPLAINED: LetterOutcome.COMPLAINED,
    State.SUPPRESSED: LetterOutcome.SUPPRESSED,
    State.REJECTED: LetterOutcome.REJECTED,
    State.FAILED: LetterOutcome.NOT_SENT,
    State.DUPLICATE: LetterOutcome.NOT_SENT,
}
"""State of a confirmed letter → what it is counted as; any other is on its way."""
OF_THE_WRITER: dict[Reason | None, LetterOutcome] = {
    Reason.WITHDRAWN: LetterOutcome.WITHDRAWN,
    Reason.ERASED: LetterOutcome.WITHDRAWN,
}
ASIDE = frozenset({State.HELD, State.TARGET_PAUSED})
"""Where a letter waits for somebody on our side to do something."""
TOLD = frozenset({
    LetterOutcome.DELIVERED, LetterOutcome.BOUNCED, LetterOutcome.COMPLAINED, LetterOutcome.SUPPRESSED,
    LetterOutcome.REJECTED, LetterOutcome.NOT_SENT,
})  # fmt: skip
"""Outcomes the writer gets a receipt of. Of what they did themselves the page tells."""


def _outcome_of_erased(letter: Letter) -> LetterOutcome | None:
    """By what is known at the office; a letter that turned out not to have left was withdrawn by being forgotten."""
    if letter.status is None:
        return LetterOutcome.WITHDRAWN if letter.reason is Reason.ERASED else letter.outcome
    return OUTCOMES.get(sending.STATES[letter.status], LetterOutcome.ON_ITS_WAY)


def _put_aside(before: Letter, after: Letter, moment: Moment) -> Letter:
    """Since when it waits is read off the letter too: a look changes it, and begins no new wait."""
    since = None
    if after.state in ASIDE:
        since = moves.aside_at(before) if after.state is before.state else moment.now
    return after if after.aside_at == since else replace(after, aside_at=since)


def _counted(
    before: Letter, after: Letter, event: Event, moment: Moment
) -> tuple[Letter, tuple[Effect, ...]]:
    """Count what the letter is now, in place of what it was. Read off the letter, so that no move can forget it."""
    outcome = outcome_of(after)
    if outcome is None or outcome is before.outcome:
        return after, ()
    action = Action(
        id=action_id(after.id, before.counted),
        campaign=after.campaign,
        channel=Channel.LETTERS,
        office=after.office,
        outcome=outcome,
        basis=Basis.KEY if isinstance(event, Confirmed | TakenBack | Erased) else Basis.FACTS,
        seconds=0,
        at=moment.now,
        instead_of=before.outcome,
        language=after.language,
    )
    return replace(after, outcome=outcome, counted=before.counted + 1), (Count(action),)


def _receipt(before: Letter, after: Letter) -> Iterator[Effect]:
    """Tell the writer what became of the letter: once for each outcome, and never whom we may not write to."""
    is_silent = after.content is None or after.reason is Reason.WRITER_SUPPRESSED
    if after.outcome is not before.outcome and after.outcome in TOLD and not is_silent:
        yield Mail(f"{after.id}-{after.outcome}", MailKind.RECEIPT, after.id)


# Each value takes the event type its key names; the table is typed for what they share.
Transition = Callable[[Letter, "Event", Moment], Change]

_UNCONFIRMED: dict[type, object] = {
    TakenBack: moves.deleted, Erased: moves.erased_unsent,
}  # fmt: skip
_CONFIRMED: dict[type, object] = {LinkAsked: moves.asked_again}
_UNSENT = _CONFIRMED | {
    TakenBack: moves.taken_back, Erased: moves.erased_unsent, FoundSuppressed: moves.suppressed,
}  # fmt: skip
_REPORTED: dict[type, object] = {
    Accepted: sending.accepted, Reported: sending.reported,
}  # fmt: skip
_ASKED = _CONFIRMED | _REPORTED | {
    Throttled: sending.throttled, SenderFailed: sending.sender_failed, Refused: sending.refused,
    TakenBack: moves.unwanted, Erased: moves.erased,
}  # fmt: skip
_SENT = _CONFIRMED | _REPORTED | {Erased: moves.erased}
_BACK = _SENT | {Answered: answers.answered}
_TABLE: dict[State, dict[type, object]] = {
    State.DRAFTED: _UNCONFIRMED | {LinkAsked: moves.link_asked, TimePassed: moves.drafted_long_ago},
    State.AWAITING_CONFIRM: _UNCONFIRMED | {
        LinkAsked: moves.link_asked, Confirmed: moves.confirmed, TimePassed: moves.unconfirmed_still,
        FoundSuppressed: moves.suppressed_unconfirmed,
    },
    State.CONFIRMED: _UNSENT | {
        Lined: moves.lined, FoundDuplicate: moves.duplicate, Held: moves.held,
        TimePassed: moves.waiting_for_turn,
    },
    State.HELD: _REPORTED | _UNSENT | {Released: moves.released, Denied: moves.denied, TimePassed: moves.still_held},
    State.QUEUED: _REPORTED | _UNSENT | {
        Leased: moves.leased, OfficePaused: moves.office_paused, Held: moves.held,
        TimePassed: moves.still_queued,
    },
    State.TARGET_PAUSED: _REPORTED | _UNSENT | {
        OfficeResumed: moves.lined, TimePassed: moves.still_paused,
    },
    State.LEASED: _ASKED | {
        Unclear: sending.unclear, TimePassed: sending.lease_over, FoundSuppressed: moves.suppressed,
    },
    State.SEND_UNKNOWN: _ASKED | {TimePassed: sending.still_unknown},
    State.SUBMITTED: _SENT,
    State.DELIVERED: _SENT | {Answered: answers.answered, TimePassed: answers.delivered_long_ago},
    State.BOUNCED_SOFT: _BACK,
    State.BOUNCED_HARD: _BACK,
    State.COMPLAINED: _BACK,
    State.SUPPRESSED: _SENT,
    State.REJECTED: _SENT,
    State.CANCELLED: _SENT,
    State.FAILED: _SENT,
    State.EXPIRED: {Erased: moves.erased},
    State.DUPLICATE: _CONFIRMED | {Erased: moves.erased},
    State.ERASED: _REPORTED | {
        Throttled: sending.unwritten, SenderFailed: sending.unwritten, Refused: sending.unwritten,
    },
}  # fmt: skip
TRANSITIONS: dict[tuple[State, type], Transition] = {
    (state, event): transition  # type: ignore[misc]  # the key's type is the event each transition takes
    for state, row in _TABLE.items()
    for event, transition in row.items()
}

_LOOKS: dict[State, Callable[[Letter], datetime | None]] = {
    State.DRAFTED: lambda letter: letter.created_at + moves.DRAFT_LIVES,
    State.AWAITING_CONFIRM: moves.look_at_unconfirmed,
    State.CONFIRMED: lambda letter: letter.changed_at + moves.LOOK_AGAIN,
    State.QUEUED: lambda letter: (letter.not_before or letter.changed_at) + moves.LOOK_AGAIN,
    State.LEASED: lambda letter: letter.lease_until or letter.changed_at,
    State.SEND_UNKNOWN: lambda letter: letter.changed_at + sending.GRACE,
    State.TARGET_PAUSED: moves.look_at_paused,
    State.HELD: moves.look_at_held,
    State.DELIVERED: answers.question_due,
}
"""State → when silence becomes an event."""
