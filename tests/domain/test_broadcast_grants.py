"""Who goes in a minute, by itself: never more than there is, spread over the minute, whoever is stale first before."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.broadcast import Broadcast, Stage
from chalicelib.domain.broadcast_chunks import GRANT_GOOD, Chunk, fresh, granted, passed
from chalicelib.domain.broadcast_grants import A_PASS, LONGEST_SLICE, STALE_AT_ONCE, Grant, grants, ready
from chalicelib.domain.broadcast_pacing import (
    SENDERS,
    SHARE,
    SHORT_CODES,
    TEN_DLC,
    TOLL_FREE,
    Sender,
    next_budget,
)
from tests.values import NOW

SENDING = Broadcast("b-1", 200, 1, NOW + timedelta(hours=8), Stage.SENDING)
A_SECOND = timedelta(seconds=1)


def waiting(count: int, left: int = 500, broadcast: str = "b-1") -> list[Chunk]:
    return [
        replace(fresh(broadcast, f"{n % 256:02x}", n // 256, []), recipients=500, left=left)
        for n in range(count)
    ]


def minute(
    chunks: list[Chunk],
    sender: Sender = TOLL_FREE,
    broadcast: Broadcast = SENDING,
    *,
    budget: int | None = None,
    now: datetime = NOW,
) -> tuple[Grant, ...]:
    return grants([ready(broadcast, chunks, now)], sender, SHARE * sender.a_second * 60, budget, now)


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 500), max_size=40), st.integers(1, 3), st.integers(1, 600)),
        max_size=4,
    ),
    st.sampled_from(SENDERS),
    st.floats(0, 1),
    st.integers(0, 3_000),
)
def test_no_minute_grants_more_than_there_is(
    several: list[tuple[list[int], int, int]], sender: Sender, full: float, budget: int
) -> None:
    tokens = SHARE * sender.a_second * 60 * full
    left = budget if sender.a_day_on_t_mobile else None
    sending = []
    for index, (lefts, segments, minutes) in enumerate(several):
        broadcast = replace(
            SENDING, id=str(index), segments=segments, not_after=NOW + timedelta(minutes=minutes)
        )
        chunks = [
            replace(fresh(str(index), "00", n, []), recipients=500, left=each) for n, each in enumerate(lefts)
        ]
        sending.append(ready(broadcast, chunks, NOW))

    given_ = grants(sending, sender, tokens, left, NOW)

    assert sum(each.segments for each in given_) <= tokens
    assert left is None or sum(each.segments for each in given_) <= left
    assert all(0 < each.recipients <= each.chunk.left for each in given_)
    assert all(each.segments == each.recipients * each.broadcast.segments for each in given_)
    assert len({(each.chunk.broadcast, each.chunk.number) for each in given_}) == len(given_)


@pytest.mark.parametrize("sender", SENDERS, ids=lambda each: each.name)
@pytest.mark.parametrize("chunks", [1, 2, 5, 6, 256, 3_000])
def test_at_no_time_have_more_left_than_the_pace_and_half_a_minutes_worth(
    sender: Sender, chunks: int
) -> None:
    """So that no more than that waits at Twilio, where a stop or a cancel does not reach it."""
    given_ = minute(waiting(chunks), sender)

    rate = SHARE * sender.a_second
    for each in given_:
        left = sum(other.segments for other in given_ if other.delay <= each.delay)
        assert left <= max(rate * (each.delay + LONGEST_SLICE), 1)
        assert 0 <= each.delay < 60


@pytest.mark.parametrize("sender", SENDERS, ids=lambda each: each.name)
def test_six_chunks_and_more_use_the_whole_minute(sender: Sender) -> None:
    for chunks in (6, 256, 3_000):
        given_ = sum(each.segments for each in minute(waiting(chunks), sender))

        assert given_ >= min(A_PASS * chunks, SHARE * sender.a_second * 60 - 6)


def test_a_toll_free_minute_is_six_slices_of_twenty_seven() -> None:
    given_ = minute(waiting(256))

    assert [(each.recipients, round(each.delay)) for each in given_] == [
        (27, 0), (27, 10), (27, 20), (27, 30), (27, 40), (27, 50),
    ]  # fmt: skip


def test_chunks_that_were_begun_go_first() -> None:
    chunks = [*waiting(40), *waiting(1, left=3, broadcast="b-1")]
    chunks[-1] = replace(chunks[-1], number=7)

    assert minute(chunks)[0].chunk.number == 7


def test_broadcasts_that_share_a_sender_go_by_what_is_stale_soonest_and_the_other_gets_the_rest() -> None:
    late = replace(SENDING, id="late", not_after=NOW + timedelta(hours=9))
    soon = replace(SENDING, id="soon", segments=2)
    chunks = {"late": waiting(20, 5, "late"), "soon": waiting(10, 5, "soon")}

    given_ = grants([ready(each, chunks[each.id], NOW) for each in (late, soon)], TOLL_FREE, 130, None, NOW)

    assert [each.broadcast.id for each in given_] == ["soon"] * 10 + ["late"] * 6
    assert sum(each.segments for each in given_) == 130
    assert [each.delay for each in given_] == sorted(each.delay for each in given_)


def test_chunks_that_sleep_or_are_out_or_done_get_nothing() -> None:
    awake, out, asleep, done = waiting(4)
    chunks = [
        awake,
        granted(out, 5, NOW - A_SECOND),
        passed(asleep, 5, NOW + A_SECOND),
        passed(done, 0, None),
    ]

    assert [each.chunk for each in minute(chunks)] == [awake]
    assert len(minute(chunks, now=NOW + A_SECOND)) == 2


def test_workers_that_do_not_keep_up_are_given_no_more_than_two_minutes_worth() -> None:
    out = [granted(each, 27, NOW) for each in waiting(11)]

    given_ = minute([*out, *waiting(30)], now=NOW + 60 * A_SECOND)

    assert sum(each.segments for each in given_) == 2 * 162 - 11 * 27
    assert minute([*out, *out[:1], *waiting(30)], now=NOW + 60 * A_SECOND) == ()
    assert sum(each.segments for each in minute(out, now=NOW + GRANT_GOOD)) == 162


def test_when_the_day_is_used_up_everybody_waits_whose_carrier_may_be_t_mobile() -> None:
    assert minute(waiting(20), TEN_DLC[-1], budget=0) == ()
    assert sum(each.segments for each in minute(waiting(20), TEN_DLC[-1], budget=7)) == 7


@given(st.integers(0, 200))
def test_what_is_spent_of_one_pacific_day_leaves_on_that_day(seconds: int) -> None:
    midnight = next_budget(NOW)
    now = midnight - seconds * A_SECOND

    for sender in (TEN_DLC[-1], TEN_DLC[0]):
        budget = sender.a_day_on_t_mobile
        broadcast = replace(SENDING, not_after=midnight + timedelta(hours=9))
        for each in minute(waiting(600), sender, broadcast, budget=budget, now=now):
            if now < midnight:
                taken = each.segments / (SHARE * sender.a_second)
                assert now + (each.delay + min(taken, LONGEST_SLICE)) * A_SECOND <= midnight
    assert minute(waiting(600), SHORT_CODES[0], broadcast, now=now)


def test_a_stale_alert_takes_no_segments_and_everybody_still_waiting_hears_so_soon() -> None:
    stale = replace(SENDING, not_after=NOW)
    asleep = [passed(each, 500, NOW + timedelta(hours=3)) for each in waiting(STALE_AT_ONCE + 3)]

    given_ = minute(asleep, broadcast=stale, budget=None)

    assert len(given_) == STALE_AT_ONCE
    assert {(each.recipients, each.segments) for each in given_} == {(0, 0)}
