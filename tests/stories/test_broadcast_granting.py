"""Each minute grants what a sender may send, to chunks that can use it; nothing is spent twice, whatever breaks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.alert_queue import AlertTurn, asked_in
from chalicelib.domain.broadcast import ClaimState, Move, Stage, moved
from chalicelib.domain.broadcast_chunks import GRANT_GOOD, Chunk, fresh, holds, passed
from chalicelib.domain.broadcast_pacing import (
    BRAND,
    SHORT_CODES,
    TEN_DLC,
    TOLL_FREE,
    next_budget,
    pacific_day,
)
from chalicelib.domain.claim import Claim
from chalicelib.observability import forget, unwritten
from chalicelib.views.broadcasting import dispatch, each_minute, finish
from tests.conftest import Figure
from tests.stores import moto
from tests.stories.broadcast_house import House
from tests.values import NOW

MINUTE = timedelta(minutes=1)
LONG = float("inf")
LOW = TEN_DLC[1]
TODAY = pacific_day(NOW)


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with moto() as client:
        yield client


@pytest.fixture
def house(dynamodb: Any) -> House:
    forget()
    return House(dynamodb)


def several(count: int, recipients: int = 500) -> list[Chunk]:
    return [fresh("", f"{n:02x}", 0, [f"{n:02x}{i:030x}" for i in range(recipients)]) for n in range(count)]


def turns(house: House) -> list[AlertTurn]:
    return [each.turn for each in house.queue.sent]


def comes_back(house: House, turn: AlertTurn, sent: int, until: timedelta | None = None) -> None:
    """Stand in for a worker that sent to so many of a grant's recipients."""
    chunk = house.runtime.broadcasts.chunk(turn.broadcast, turn.shard, turn.number)
    assert chunk is not None
    wakes = house.now + until if until else None
    house.runtime.broadcasts.mark_chunk(chunk, passed(chunk, chunk.left - sent, wakes))


def test_a_minute_is_granted_and_spread_over_the_minute(house: House) -> None:
    broadcast = house.sending(several(8), sender=TOLL_FREE.name)
    dispatch()

    delays = [(each.at - NOW) / timedelta(seconds=1) for each in house.queue.sent]
    assert delays == [0, 10, 20, 30, 40, 50]
    assert {(each.recipients, each.epoch, each.granted_at) for each in turns(house)} == {
        (27, broadcast.epoch, NOW)
    }
    assert len({each.shard for each in turns(house)}) == 6


def test_a_message_says_what_the_worker_may_check(house: House) -> None:
    house.now = NOW + timedelta(microseconds=123_456)
    house.sending(several(1), sender=TOLL_FREE.name)
    dispatch()

    (turn,) = turns(house)
    chunk = house.runtime.broadcasts.chunk(turn.broadcast, turn.shard, turn.number)
    assert chunk is not None
    assert chunk.granted == turn.recipients
    assert holds(chunk, turn.granted_at, house.now)


def test_the_next_minute_grants_the_other_chunks_and_those_that_came_back(house: House) -> None:
    house.sending(several(7), sender=TOLL_FREE.name)
    dispatch()
    first = turns(house)
    comes_back(house, first[0], sent=27)
    comes_back(house, first[1], sent=27, until=timedelta(hours=2))
    house.now += MINUTE
    dispatch()

    again = turns(house)[len(first) :]
    assert {each.shard for each in again} == {first[0].shard, "06"}
    house.now += timedelta(hours=2)
    dispatch()
    assert first[1].shard in {each.shard for each in turns(house)[len(first) + len(again) :]}


def test_two_dispatchers_at_once_never_spend_the_same_tokens(house: House) -> None:
    house.sending(several(20), sender=TOLL_FREE.name)
    house.wire.before_write(house.wire.writes, dispatch)
    dispatch()

    assert sum(each.recipients for each in turns(house)) == 162
    assert len({(each.shard, each.number) for each in turns(house)}) == len(turns(house))


def test_the_same_minute_started_twice_grants_it_once(house: House) -> None:
    house.sending(several(20), sender=TOLL_FREE.name)
    dispatch()
    dispatch()

    assert sum(each.recipients for each in turns(house)) == 162


@pytest.mark.parametrize("write", range(8))
def test_killed_after_any_write_nothing_is_granted_twice_and_no_chunk_is_lost(
    house: House, write: int
) -> None:
    house.sending(several(6), sender=TOLL_FREE.name)
    with house.killed_after(write):
        dispatch()
    dispatch()
    assert sum(each.recipients for each in turns(house)) <= 162

    waited = {each.shard for each in turns(house)}
    for _ in range(7):
        house.now += MINUTE
        for turn in turns(house):
            chunk = house.runtime.broadcasts.chunk("b-1", turn.shard, 0)
            if chunk is not None and holds(chunk, turn.granted_at, house.now):
                comes_back(house, turn, sent=turn.recipients)
        dispatch()
        waited |= {each.shard for each in turns(house)}
    assert len(waited) == 6


def test_a_grant_whose_message_was_lost_is_made_anew_after_five_minutes_and_the_late_one_is_not_worked_on(
    house: House,
) -> None:
    house.sending(several(1), sender=TOLL_FREE.name)
    dispatch()
    (late,) = turns(house)
    house.now += GRANT_GOOD - MINUTE
    dispatch()
    assert turns(house) == [late]

    house.now += MINUTE
    dispatch()
    _, again = turns(house)
    chunk = house.runtime.broadcasts.chunk("b-1", "00", 0)
    assert chunk is not None
    assert holds(chunk, again.granted_at, house.now)
    assert not holds(chunk, late.granted_at, house.now)


@pytest.mark.parametrize("move", [Move.PAUSE, Move.CANCEL])
def test_pausing_or_cancelling_stops_the_grants_and_resuming_goes_on(house: House, move: Move) -> None:
    sending = house.sending(several(20), sender=TOLL_FREE.name)
    stopped = house.runtime.broadcasts.move(sending, moved(sending, move))
    dispatch()
    assert turns(house) == []

    resumed = moved(stopped, Move.RESUME)
    house.runtime.broadcasts.move(stopped, resumed)
    dispatch()
    assert bool(turns(house)) is (move is Move.PAUSE)


def test_the_200_001st_segment_of_a_day_waits_for_midnight_on_the_pacific(house: House) -> None:
    """Five are left: the sixth recipient waits."""
    house.sending(several(9), sender=TEN_DLC[-1].name, not_after=NOW + timedelta(days=2))
    cap = TEN_DLC[-1].a_day_on_t_mobile or 0
    house.runtime.broadcasts.spend_cap(BRAND, TODAY, cap - 5, cap)
    dispatch()

    assert [each.recipients for each in turns(house)] == [5]
    assert unwritten()["DayCapUsed"] == 100
    house.now = next_budget(NOW) - timedelta(seconds=1)
    dispatch()
    assert len(turns(house)) == 1
    house.now = next_budget(NOW)
    dispatch()
    assert sum(each.recipients for each in turns(house)[1:]) == 1_350
    assert house.runtime.broadcasts.spent(BRAND, pacific_day(house.now)) == 1_350


def test_two_senders_of_one_brand_share_its_day(house: House) -> None:
    house.sending(several(9), "b-1", sender=LOW.name)
    house.sending(several(9), "b-2", sender=TEN_DLC[0].name)
    least = TEN_DLC[0].a_day_on_t_mobile or 0
    house.runtime.broadcasts.spend_cap(BRAND, TODAY, least, least)
    dispatch()

    assert {each.broadcast for each in turns(house)} == {"b-1"}


def test_a_budget_that_another_took_meanwhile_gives_the_tokens_back(house: House) -> None:
    house.sending(several(9), sender=LOW.name)
    broadcasts, cap = house.runtime.broadcasts, LOW.a_day_on_t_mobile or 0
    house.wire.before_write(house.wire.writes + 1, lambda: broadcasts.exhaust_cap(BRAND, TODAY, cap))
    before = broadcasts.rate(LOW, NOW).bucket.segments
    dispatch()

    assert turns(house) == []
    assert broadcasts.rate(LOW, NOW).bucket.segments == pytest.approx(before)
    assert broadcasts.spent(BRAND, TODAY) == cap


def test_broadcasts_that_share_a_sender_share_its_minute(house: House) -> None:
    house.sending(
        several(3, recipients=20), "soon", sender=TOLL_FREE.name, not_after=NOW + timedelta(hours=1)
    )
    house.sending(several(9), "late", sender=TOLL_FREE.name)
    house.sending(several(9), "other", sender=SHORT_CODES[0].name)
    dispatch()

    shares = dict.fromkeys(("soon", "late", "other"), 0)
    for each in turns(house):
        shares[each.broadcast] += each.recipients
    assert shares == {"soon": 60, "late": 102, "other": 1_350}


def test_an_alert_that_is_stale_is_granted_to_all_without_a_segment(house: House) -> None:
    house.sending(several(4), sender=LOW.name, not_after=NOW + MINUTE)
    house.now += MINUTE
    dispatch()

    assert [each.recipients for each in turns(house)] == [0] * 4
    assert house.runtime.broadcasts.spent(BRAND, TODAY) == 0


def test_one_broadcast_that_cannot_be_read_stops_no_other_step(house: House) -> None:
    house.sending(several(2), "b-1", sender="a sender we never had")
    house.sending(several(2), "b-2", sender=TOLL_FREE.name)
    house.armed("b-3", campaign="nobody-joined")
    each_minute()

    assert {each.broadcast for each in turns(house)} == {"b-2"}
    assert house.broadcast("b-3").stage is Stage.DONE


# The end.


def claims(house: House, chunks: list[Chunk], state: ClaimState = ClaimState.SENT, missing: int = 0) -> None:
    """Give every recipient a claim, but for some, and say that their chunks are done."""
    for chunk in chunks:
        for key in chunk.keys[missing:]:
            claim = Claim(broadcast="b-1", token=f"t{key}", phone_key=key, state=state, at=NOW, attempt="a")
            house.runtime.claims.skip(claim)
        found = house.runtime.broadcasts.chunk("b-1", chunk.shard, chunk.number)
        assert found is not None
        house.runtime.broadcasts.mark_chunk(found, passed(found, 0, None))


def test_a_broadcast_is_done_when_it_is_known_of_everybody(house: House) -> None:
    chunks = several(2, recipients=3)
    house.sending(chunks)
    finish("b-1", LONG)
    assert house.broadcast().stage is Stage.SENDING

    claims(house, chunks)
    finish("b-1", LONG)
    finish("b-1", LONG)
    assert house.broadcast().stage is Stage.DONE
    assert unwritten() == {"BroadcastsDone": 1}
    assert [each.stage for each in house.runtime.broadcasts.all()] == [Stage.DONE]


@pytest.mark.parametrize(
    ("state", "missing"), [(ClaimState.CLAIMED, 0), (ClaimState.AMBIGUOUS, 0), (ClaimState.SENT, 1)]
)
def test_one_of_which_it_is_not_known_after_an_hour_wakes_somebody(
    house: House, state: ClaimState, missing: int
) -> None:
    chunks = several(1, recipients=3)
    house.sending(chunks)
    claims(house, chunks, state, missing)
    finish("b-1", LONG)
    house.now += timedelta(minutes=59)
    finish("b-1", LONG)
    assert unwritten() == {}

    house.now += MINUTE
    finish("b-1", LONG)
    assert unwritten() == {"BroadcastsUnsettled": 1, "NeedsSomebody": 1}
    assert house.broadcast().stage is Stage.SENDING


def test_the_count_of_the_claims_goes_on_where_the_last_run_was(house: House) -> None:
    chunks = several(3, recipients=2)
    house.sending(chunks)
    claims(house, chunks[:1])
    claims(house, chunks[1:2], ClaimState.AMBIGUOUS)
    claims(house, chunks[2:])
    finish("b-1", LONG)
    assert house.broadcast().settled_shards == 1

    for key in chunks[1].keys:
        before = house.runtime.claims.one("b-1", "01", f"t{key}")
        assert before is not None
        house.runtime.claims.move(before, replace(before, state=ClaimState.SENT))
    counted_before = house.runtime.claims.one("b-1", "00", f"t{chunks[0].keys[0]}")
    assert counted_before is not None
    house.runtime.claims.release(counted_before)
    finish("b-1", LONG)
    assert house.broadcast().stage is Stage.DONE


def test_one_that_was_paused_meanwhile_is_not_closed(house: House) -> None:
    sending = house.sending([])

    def pause() -> None:
        house.runtime.broadcasts.move(sending, moved(sending, Move.PAUSE))

    house.wire.before_write(house.wire.writes, pause)
    finish("b-1", LONG)

    assert house.broadcast().stage is Stage.PAUSED


# The message, and what it all costs.


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"broadcast": "b"}', "nonsense", '"text"'])
def test_what_is_no_turn_is_poison(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the worker's edge asks no more
        asked_in(body)


def test_what_granting_a_thousand_costs(house: House, figure: Figure) -> None:
    """Chunks of 500 whose recipients are all awake, by a sender of 100 segments a second."""
    house.sending(several(9))
    before = house.wire.units
    dispatch()
    for turn in turns(house):
        comes_back(house, turn, sent=turn.recipients)

    sent = sum(each.recipients for each in turns(house))
    a_thousand = (house.wire.units - before) / sent * 1_000
    figure(
        f"granting a broadcast: {a_thousand:.1f} write units per 1,000 recipients, their chunks' marks included"
    )
    assert sent == 1_350
    assert a_thousand <= 15
