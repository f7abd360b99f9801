"""A subscriber's life in any order, held against a model that knows no table: a few words of law, and a clock.

The model keeps what a judge would ask. When did they last say stop, when an opt-in word, what did we send, and was
there a row for each. Texts come late, twice and out of order.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.consent_record import findings
from chalicelib.domain.retention import KEPT_AFTER, ends_of
from chalicelib.domain.subscriber import ConsentRow, Reply, Source, State, Subscriber
from chalicelib.domain.subscriber_events import (
    Confirmed,
    Effect,
    Event,
    Helped,
    Joined,
    Released,
    SaidOther,
    SignedUp,
    Stopped,
    TimePassed,
    Unclear,
    Undeliverable,
)
from chalicelib.domain.subscriber_machine import advance
from tests.domain.subscriber_space import SINGLE, moment, replies, rows, said, subscriber
from tests.values import NOW

CASES = int(os.environ.get("PATCHTHROUGH_FAULT_SEQUENCES", "300"))
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOST = {Reply.HELP: (3, HOUR), Reply.ALREADY: (1, HOUR), Reply.UNCLEAR: (1, DAY), Reply.NOT_JOINED: (1, DAY),
        Reply.THANKS: (1, DAY)}  # fmt: skip

kinds = st.sampled_from(
    [Stopped, Joined, Confirmed, Unclear, SaidOther, Helped, SignedUp, Released, "dead", "time"]
)
gaps = st.sampled_from([1, 20, 59, 60, 240, 1439, 1440, 1600]).map(lambda minutes: timedelta(minutes=minutes))
delays = st.sampled_from([0, 0, 0, 2, 4, 6, 90]).map(lambda minutes: timedelta(minutes=minutes))
lives = st.lists(st.tuples(kinds, gaps, delays, st.booleans()), max_size=25)


@dataclass
class Told:
    """What happened, seen from outside."""

    life: Subscriber
    last_stop: datetime | None = None
    last_word: datetime | None = None
    sent: list[tuple[Reply, datetime]] = field(default_factory=list)
    kept: list[ConsentRow] = field(default_factory=list)
    stops: int = 0


def event_of(kind: object, at: datetime, number: int, *, was_answered: bool) -> Event:
    evidence = said(at, id=f"SM{number}", was_answered=was_answered)
    if kind == "time":
        return TimePassed()
    if kind == "dead":
        return Undeliverable(30006, said(at, Source.PROVIDER, id=f"SM{number}"))
    return kind(evidence)  # type: ignore[no-any-return, operator]  # one of the classes above


def hear(told: Told, event: Event, now: datetime, rules: dict[str, bool]) -> None:
    before = told.life
    told.life, effects = advance(before, event, moment(now, thanks=True, **rules))
    if isinstance(event, Stopped):
        told.last_stop = max(told.last_stop or event.evidence.at, event.evidence.at)
    if isinstance(event, Joined):
        told.last_word = max(told.last_word or event.evidence.at, event.evidence.at)
    judge(told, before, event, effects, now)


def judge(told: Told, before: Subscriber, event: Event, effects: tuple[Effect, ...], now: datetime) -> None:
    is_in = told.life.state is State.SUBSCRIBED and before.state is not State.SUBSCRIBED
    if is_in:
        assert isinstance(event, Joined | Confirmed | Released)
        if not isinstance(event, Released) and not event.evidence.was_answered:
            assert [r for r in replies(effects) if r in {Reply.WELCOME, Reply.ALREADY}] == replies(effects)
            assert len(replies(effects)) == 1
        own = [row for row in rows(effects) if row.source is not Source.TIME]
        assert [(row.now, row.shown is None) for row in own] == [(State.SUBSCRIBED, False)]
    if told.life.state is State.STOPPED and before.state is not State.STOPPED:
        told.stops += 1
    told.sent += [(reply, now) for reply in replies(effects)]
    told.kept += rows(effects)


def is_stopped_by(told: Told) -> bool:
    """By the law alone: there was a stop, and no opt-in word younger than the last one."""
    return told.last_stop is not None and (told.last_word is None or told.last_word <= told.last_stop)


@settings(max_examples=CASES)
@given(lives, st.sampled_from([{}, SINGLE]))
def test_no_life_breaks_a_promise(
    life: list[tuple[object, timedelta, timedelta, bool]], rules: dict[str, bool]
) -> None:
    told, now = Told(subscriber()), NOW
    for number, (kind, gap, delay, was_answered) in enumerate(life):
        now += gap
        event = event_of(kind, now - delay, number, was_answered=was_answered)
        for _ in range(2):
            hear(told, event, now, rules)
            may_be_written_to = told.life.state in {State.SUBSCRIBED, State.HELD, State.PENDING}
            assert not (may_be_written_to and is_stopped_by(told))

    assert len(told.kept) == len({row.id for row in told.kept})
    assert findings(told.kept, {told.life.programme: told.life}, None, now) == ()
    # What was heard late is kept longer than it need be, and then looks as if something were missing beside it.
    is_late = any(delay for _, _, delay, _ in life)
    for later in () if is_late else (now + KEPT_AFTER - 10 * DAY, now + KEPT_AFTER, now + 2 * KEPT_AFTER):
        ends = ends_of(told.kept)
        left = [row for row in told.kept if row.id not in ends or ends[row.id] > later]
        assert findings(left, {told.life.programme: told.life}, None, later) == ()
    counts = Counter(reply for reply, _ in told.sent)
    assert counts[Reply.STOPPED] <= told.stops
    for reply, (most, within) in MOST.items():
        times = [at for each, at in told.sent if each is reply]
        # Joining again from held is answered whatever the cap: the change bounds it.
        if reply is not Reply.ALREADY:
            assert all(sum(at <= each < at + within for each in times) <= most for at in times)


@settings(max_examples=CASES)
@given(
    st.permutations([(Joined, 1), (Stopped, 2), (Joined, 3), (Stopped, 4), (Joined, 5)]), st.integers(1, 5)
)
def test_in_whatever_order_words_arrive_the_last_that_was_sent_decides(
    arrives: list[tuple[type, int]], last: int
) -> None:
    heard = [(kind, at) for kind, at in arrives if at <= last]
    told = subscriber()
    for kind, at in heard:
        told, _ = advance(told, kind(said(NOW + at * HOUR, id=f"SM{at}")), moment(NOW + 6 * HOUR, **SINGLE))

    is_stop = max(heard, key=lambda each: each[1])[0] is Stopped
    assert told.state is (State.STOPPED if is_stop else State.SUBSCRIBED)
