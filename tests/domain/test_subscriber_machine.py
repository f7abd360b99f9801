"""The subscriber machine as a whole: every state, event and moment, held against what it promises everywhere.

And the fact sheet's table of transitions (texts.md §3.3), written down once more, row by row.
"""

import itertools
from collections.abc import Callable

import pytest

from chalicelib.domain.subscriber import (
    Reply,
    Source,
    State,
    is_unchanged,
)
from chalicelib.domain.subscriber_events import (
    BlockedByCarrier,
    Confirmed,
    Event,
    Helped,
    Joined,
    LanguageAsked,
    Reassigned,
    Released,
    SaidOther,
    SignedUp,
    Stopped,
    StoppedElsewhere,
    TimePassed,
    Unclear,
    Undeliverable,
)
from chalicelib.domain.subscriber_machine import legal
from chalicelib.domain.words import Language
from tests.conftest import Figure
from tests.domain.subscriber_space import (
    EVENTS,
    MOMENTS,
    YESTERDAY,
    Taken,
    every_subscriber,
    said,
    subscriber,
    take,
)

Promise = Callable[[Taken], bool]
IN = {State.PENDING, State.SUBSCRIBED}


def the_same_subscriber_when_nothing_changes(t: Taken) -> bool:
    return t.after is t.before or t.after != t.before


def what_the_table_does_not_hold_does_nothing(t: Taken) -> bool:
    is_over = any(row.source is Source.TIME for row in t.rows)
    return legal(t.before, t.event) or is_over or (t.after is t.before and not t.effects)


def only_an_opt_in_word_leads_out_of_a_stop(t: Taken) -> bool:
    return (
        t.before.state is not State.STOPPED or t.after.state is State.STOPPED or isinstance(t.event, Joined)
    )


def only_a_word_from_the_handset_or_a_person_on_our_side_subscribes(t: Taken) -> bool:
    is_new = t.after.state is State.SUBSCRIBED and t.before.state is not State.SUBSCRIBED
    return not is_new or isinstance(t.event, Joined | Confirmed | Released)


def every_path_to_subscribed_has_one_row_and_one_welcome(t: Taken) -> bool:
    """But for two: where the provider has answered, and where a person on our side released somebody."""
    if t.after.state is not State.SUBSCRIBED or t.before.state is State.SUBSCRIBED:
        return True
    welcomes = [reply for reply in t.replies if reply in {Reply.WELCOME, Reply.ALREADY}]
    is_silent = isinstance(t.event, Released) or was_answered(t.event)
    return len(t.rows) == 1 and len(welcomes) == (not is_silent) and t.rows[0].shown is not None


def every_change_of_state_is_one_row_and_no_other_but_for_new_words(t: Taken) -> bool:
    """Rows lead from the state before to that after. A question whose time is over is the first of two."""
    own = [row for row in t.rows if row.source is not Source.TIME]
    is_chained = all(first.now is second.was for first, second in itertools.pairwise(t.rows))
    if not t.rows:
        return t.after.state is t.before.state
    is_move = own[0].was is not own[0].now or t.after.consented_to != t.before.consented_to if own else True
    ends = (t.rows[0].was, t.rows[-1].now) == (t.before.state, t.after.state)
    return is_chained and ends and is_move and len(own) <= 1 and len(t.rows) - len(own) <= 1


def a_row_reads_as_it_was_written_and_a_stop_never_expires(t: Taken) -> bool:
    stops = [row for row in t.rows if State.STOPPED in {row.was, row.now}]
    return all(map(is_unchanged, t.rows)) and all(row.never_expires for row in stops)


def no_reply_where_the_provider_has_answered(t: Taken) -> bool:
    return not (was_answered(t.event) and t.replies)


def at_most_one_reply(t: Taken) -> bool:
    return len(t.replies) <= 1


def a_stop_is_answered_by_r3_alone_and_only_on_the_way_in(t: Taken) -> bool:
    if not isinstance(t.event, Stopped | StoppedElsewhere | BlockedByCarrier):
        return Reply.STOPPED not in t.replies
    is_new = t.before.state is not State.STOPPED and t.after.state is State.STOPPED
    return t.replies == [] or (t.replies == [Reply.STOPPED] and is_new and isinstance(t.event, Stopped))


def who_is_stopped_hears_of_help_and_joining_alone(t: Taken) -> bool:
    return t.before.state is not State.STOPPED or set(t.replies) <= {Reply.HELP, Reply.CONFIRM, Reply.WELCOME}


def a_stop_that_is_not_older_than_joining_stops(t: Taken) -> bool:
    if not isinstance(t.event, Stopped | StoppedElsewhere | BlockedByCarrier):
        return True
    is_older = t.before.joined_at is not None and t.event.evidence.at < t.before.joined_at
    return is_older or t.after.state is State.STOPPED


def consent_is_void_outside_of_it(t: Taken) -> bool:
    return t.after.state in {State.SUBSCRIBED, State.HELD} or t.after.consented_to is None


def a_stop_is_never_forgotten(t: Taken) -> bool:
    return t.before.stopped_at is None or (t.after.stopped_at or YESTERDAY) >= t.before.stopped_at


def the_version_is_the_stores_own(t: Taken) -> bool:
    return t.after.version == t.before.version


def no_text_of_theirs_is_shown_by_a_log(t: Taken) -> bool:
    return "a text of theirs" not in repr((t.after, t.effects))


def was_answered(event: Event) -> bool:
    return not isinstance(event, TimePassed) and event.evidence.was_answered


PROMISES: tuple[Promise, ...] = (
    the_same_subscriber_when_nothing_changes, what_the_table_does_not_hold_does_nothing,
    only_an_opt_in_word_leads_out_of_a_stop, only_a_word_from_the_handset_or_a_person_on_our_side_subscribes,
    every_path_to_subscribed_has_one_row_and_one_welcome,
    every_change_of_state_is_one_row_and_no_other_but_for_new_words,
    a_row_reads_as_it_was_written_and_a_stop_never_expires, no_reply_where_the_provider_has_answered,
    at_most_one_reply, a_stop_is_answered_by_r3_alone_and_only_on_the_way_in,
    who_is_stopped_hears_of_help_and_joining_alone, a_stop_that_is_not_older_than_joining_stops,
    consent_is_void_outside_of_it, a_stop_is_never_forgotten, the_version_is_the_stores_own,
    no_text_of_theirs_is_shown_by_a_log,
)  # fmt: skip


def test_every_promise_holds_for_every_event_in_every_state(figure: Figure) -> None:
    firsts = [take(*each) for each in itertools.product(every_subscriber(), EVENTS, MOMENTS)]
    changed = {(t.after, t.moment): t for t in firsts if t.after is not t.before and t.moment is MOMENTS[0]}
    seconds = [take(after, event, MOMENTS[1]) for after, _ in changed for event in EVENTS]
    steps = firsts + seconds

    broken = {
        (promise.__name__, t.before.state.value, type(t.event).__name__)
        for promise in PROMISES
        for t in steps
        if not promise(t)
    }

    assert broken == set()
    figure(f"subscribers: {len(steps):,} steps, each held against {len(PROMISES)} promises")


E1, E2 = said(), said(was_answered=True)
SPANISH = LanguageAsked(E1, Language.ES)
STAY = {state: state for state in State}
OPEN = (State.UNKNOWN, State.PENDING, State.SUBSCRIBED, State.HELD)
Row = tuple[State, Event, State, Reply | None]


def sheet() -> list[Row]:
    """The fact sheet's table, for the usual rules: from, event, to, reply."""
    u, p, s, h, x, i = State
    r1, r2, r3, r4, r5, r6, r7, r8, *_ = Reply
    stops = [(each, Stopped(E1), x, r3) for each in OPEN] + [(each, Stopped(E2), x, None) for each in OPEN]
    helps = [(each, Helped(E1), each, r4) for each in OPEN] + [
        (each, Helped(E2), each, None) for each in OPEN
    ]
    forms = [(each, SignedUp(E1), each, None) for each in State if each is not u]
    blocked = [(each, BlockedByCarrier(E1), x, None) for each in State]
    dead = [(each, Undeliverable(c, E1), i, None) for each in OPEN for c in (30006, 21614)]
    moved = [(each, Reassigned(E1), u, None) for each in (p, s, h, i)]
    spoken = [(each, Stopped(said(source=Source.PHONE)), x, None) for each in (*OPEN, i)]
    return [
        *stops, *helps, *forms, *blocked, *dead, *moved, *spoken,
        (u, Joined(E1), p, r1), (u, SignedUp(E1), p, r1), (u, Unclear(E1), u, r7), (u, SaidOther(E1), u, r7),
        (u, Confirmed(E1), u, r7),
        (p, Confirmed(E1), s, r2), (p, Joined(E1), s, r2), (p, Joined(E2), s, None),
        (p, Unclear(E1), p, r1), (p, SaidOther(E1), p, r1), (p, TimePassed(), p, None),
        (s, Joined(E1), s, r5), (s, Unclear(E1), h, r6), (s, SaidOther(E1), s, None), (s, Confirmed(E1), s, None),
        (h, Joined(E1), s, r5), (h, Released(E1), s, None), (h, Unclear(E1), h, None),
        (h, SaidOther(E1), h, None), (h, Confirmed(E1), h, None), (h, TimePassed(), h, None),
        (x, Joined(E1), p, r1), (x, Confirmed(E1), x, None), (x, Helped(E1), x, r4), (x, Stopped(E1), x, None),
        (x, Unclear(E1), x, None), (x, SaidOther(E1), x, None), (x, Undeliverable(30006, E1), x, None),
        (x, Reassigned(E1), x, None), (x, Released(E1), x, None),
        # What the sheet leaves open: who asks for a language sees that it worked, and who is held hears nothing.
        (u, SPANISH, u, r7), (p, SPANISH, p, r1), (s, SPANISH, s, r8), (h, SPANISH, h, None), (x, SPANISH, x, None),
        (i, Stopped(E1), x, r3), (i, Joined(E1), p, r1), (i, SaidOther(E1), u, None), (i, Unclear(E1), u, None),
    ]  # fmt: skip


@pytest.mark.parametrize("row", sheet(), ids=lambda r: f"{r[0]}-{type(r[1]).__name__}-{r[2]}")
def test_the_fact_sheets_table(row: Row) -> None:
    was, event, to, reply = row

    t = take(subscriber(was), event)

    assert (t.after.state, t.replies) == (to, [reply] if reply else [])
