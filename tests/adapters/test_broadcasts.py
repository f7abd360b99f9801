"""What the broadcasts' table promises, on three implementations of it: moto, ministack and DynamoDB Local."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.adapters.broadcast_items import Listing
from chalicelib.adapters.broadcasts import Broadcasts
from chalicelib.adapters.store import Stale
from chalicelib.domain.broadcast import Broadcast, Move, Stage, armed, begun, moved
from chalicelib.domain.broadcast_chunks import fresh, granted, passed
from chalicelib.domain.broadcast_pacing import BRAND, SHARE, TEN_DLC, TOLL_FREE
from chalicelib.domain.words import Words
from tests.stores import fresh_table
from tests.values import NOW

MINUTE = timedelta(minutes=1)
DRAFT = Broadcast(
    "b-1",
    200,
    2,
    NOW + timedelta(hours=8),
    campaign="families-28",
    words=Words("Call today.", "Llame hoy."),
    link="https://calls.example.org/c/families-28",
    sender=TOLL_FREE.name,
    made_by="ana",
    made_at=NOW,
    counted_at=NOW,
)
KEYS = tuple(f"00{number:030x}" for number in range(3))
CHUNK = fresh("b-1", "00", 0, KEYS)
TODAY = date(2026, 11, 24)


@pytest.fixture
def broadcasts(backend: Any) -> Broadcasts:
    return Broadcasts(fresh_table(backend))


def test_a_broadcast_reads_as_it_was_written_and_stands_in_the_list(broadcasts: Broadcasts) -> None:
    made = broadcasts.make(DRAFT)

    assert made == broadcasts.broadcast("b-1") == replace(DRAFT, version=1)
    assert broadcasts.all() == (Listing("b-1", "families-28", Stage.DRAFT, NOW),)
    assert broadcasts.broadcast("b-2") is None


def test_a_broadcast_is_made_once_and_armed_once_however_often_somebody_presses(
    broadcasts: Broadcasts,
) -> None:
    made = broadcasts.make(DRAFT)
    ready, _ = armed(made, 200, "ana", NOW)
    broadcasts.move(made, ready)

    with pytest.raises(Stale):
        broadcasts.make(DRAFT)
    with pytest.raises(Stale):
        broadcasts.move(made, ready)
    assert broadcasts.broadcast("b-1") == replace(ready, version=2)
    assert [row.stage for row in broadcasts.all()] == [Stage.ARMED]


def test_a_move_that_changes_nothing_writes_nothing(broadcasts: Broadcasts) -> None:
    made = broadcasts.make(DRAFT)

    assert broadcasts.move(made, moved(made, Move.PAUSE)) is made


def test_who_began_it_keeps_how_many_were_planned_for(broadcasts: Broadcasts) -> None:
    made = broadcasts.make(DRAFT)
    ready = broadcasts.move(made, armed(made, 200, "ana", NOW)[0])
    broadcasts.move(ready, begun(ready, 198))

    found = broadcasts.broadcast("b-1")
    assert found is not None
    assert (found.planned, found.stage, found.epoch, found.armed_by) == (198, Stage.SENDING, 2, ("ana",))


def test_a_chunk_is_made_once_and_reads_as_it_was_written(broadcasts: Broadcasts) -> None:
    assert broadcasts.put_chunk(CHUNK)
    assert broadcasts.put_chunk(CHUNK)

    assert broadcasts.chunk("b-1", "00", 0) == replace(CHUNK, version=1)
    assert list(broadcasts.chunks("b-1")) == [replace(CHUNK, keys=(), version=1)]
    assert broadcasts.last_planned("b-1", "00") == (0, KEYS)
    assert (broadcasts.chunk("b-1", "00", 1), broadcasts.last_planned("b-1", "01")) == (None, None)


def test_another_planners_chunk_holds(broadcasts: Broadcasts) -> None:
    broadcasts.put_chunk(CHUNK)

    assert not broadcasts.put_chunk(fresh("b-1", "00", 0, KEYS[:2]))
    assert broadcasts.recipients("b-1", "00", 0) == KEYS


def test_a_chunk_of_which_half_was_written_is_completed_and_what_was_done_is_kept(
    broadcasts: Broadcasts,
) -> None:
    broadcasts._put_once(*half(CHUNK))
    assert broadcasts.chunk("b-1", "00", 0) is None

    broadcasts.put_chunk(CHUNK)
    whole = broadcasts.chunk("b-1", "00", 0)
    assert whole == replace(CHUNK, version=1)
    further = broadcasts.mark_chunk(whole, passed(whole, 1, NOW + MINUTE))
    broadcasts.put_chunk(CHUNK)
    assert broadcasts.chunk("b-1", "00", 0) == further


def half(chunk: Any) -> Any:
    from chalicelib.adapters import keys  # noqa: PLC0415 - for this one kill
    from chalicelib.adapters.broadcast_items import recipients_item  # noqa: PLC0415 - as above

    return keys.chunk_recipients(chunk.broadcast, chunk.shard, chunk.number), recipients_item(chunk.keys)


def test_a_shard_ends_once_and_nothing_comes_after_its_end(broadcasts: Broadcasts) -> None:
    broadcasts.put_chunk(CHUNK)

    assert not broadcasts.end_shard("b-1", "00", 0)
    assert broadcasts.end_shard("b-1", "00", 1)
    assert broadcasts.end_shard("b-1", "00", 1)
    assert not broadcasts.put_chunk(fresh("b-1", "00", 1, KEYS))
    assert broadcasts.last_planned("b-1", "00") == (1, ())
    assert len(list(broadcasts.chunks("b-1"))) == 1


def test_a_chunk_that_somebody_else_marked_is_stale(broadcasts: Broadcasts) -> None:
    broadcasts.put_chunk(CHUNK)
    (seen,) = broadcasts.chunks("b-1")
    out = broadcasts.mark_chunk(seen, granted(seen, 2, NOW))

    with pytest.raises(Stale):
        broadcasts.mark_chunk(seen, granted(seen, 3, NOW))
    assert list(broadcasts.chunks("b-1")) == [out]
    assert (out.granted, out.granted_at, out.version) == (2, NOW, 2)


def test_a_bucket_fills_with_time_and_is_never_emptied_twice(broadcasts: Broadcasts) -> None:
    full = broadcasts.rate(TOLL_FREE, NOW)
    broadcasts.take_tokens(full, 160)

    with pytest.raises(Stale):
        broadcasts.take_tokens(full, 160)
    after = broadcasts.rate(TOLL_FREE, NOW + timedelta(seconds=10))
    assert full.bucket.segments == pytest.approx(162)
    assert after.bucket.segments == pytest.approx(2 + 10 * SHARE * 3)


def test_tokens_that_come_back_can_be_taken_and_overtake_who_read_before(broadcasts: Broadcasts) -> None:
    left = broadcasts.take_tokens(broadcasts.rate(TOLL_FREE, NOW), 160)
    broadcasts.return_tokens(TOLL_FREE, 5)

    with pytest.raises(Stale):
        broadcasts.take_tokens(left, 1)
    assert broadcasts.rate(TOLL_FREE, NOW).bucket.segments == pytest.approx(7)


def test_the_day_takes_200_000_segments_and_not_one_more(broadcasts: Broadcasts) -> None:
    cap = TEN_DLC[-1].a_day_on_t_mobile or 0
    assert broadcasts.spend_cap(BRAND, TODAY, 199_999, cap)

    assert not broadcasts.spend_cap(BRAND, TODAY, 2, cap)
    assert broadcasts.spend_cap(BRAND, TODAY, 1, cap)
    assert not broadcasts.spend_cap(BRAND, TODAY, 1, cap)
    assert broadcasts.spent(BRAND, TODAY) == 200_000
    assert broadcasts.spend_cap(BRAND, TODAY + timedelta(days=1), 200_000, cap)
    assert not broadcasts.spend_cap(BRAND, TODAY + timedelta(days=2), 200_001, cap)


def test_what_was_spent_and_not_sent_comes_back(broadcasts: Broadcasts) -> None:
    broadcasts.spend_cap(BRAND, TODAY, 100, 100)
    broadcasts.return_cap(BRAND, TODAY, 30)

    assert broadcasts.spent(BRAND, TODAY) == 70
    assert broadcasts.spend_cap(BRAND, TODAY, 30, 100)
