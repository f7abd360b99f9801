"""An audience in chunks, and the grants of a chunk, by themselves."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.broadcast import Broadcast, Stage
from chalicelib.domain.broadcast_chunks import CHUNK, GRANT_GOOD, chunks, fresh, granted, holds, passed
from chalicelib.domain.broadcast_pacing import next_budget
from tests.values import NOW

MINUTE = timedelta(minutes=1)
SENDING = Broadcast("b-1", 200, 1, NOW + timedelta(hours=8), Stage.SENDING)
WAITING = fresh("b-1", "00", 0, ["a", "b", "c"])


@given(st.integers(0, 2_600), st.integers(0, 3))
def test_chunks_are_the_same_each_time_and_nobody_is_in_none_or_in_two(count: int, first: int) -> None:
    keys = [f"{n:032x}" for n in range(count)]

    made = list(chunks("b-1", "03", keys, first))

    assert made == list(chunks("b-1", "03", iter(keys), first))
    assert [chunk.number for chunk in made] == list(range(first, first + len(made)))
    assert [key for chunk in made for key in chunk.keys] == keys
    assert all(chunk.recipients == chunk.left == CHUNK for chunk in made[:-1])


def test_a_chunk_gets_one_grant_at_a_time_and_another_when_its_message_was_lost() -> None:
    out = granted(WAITING, 2, NOW)

    assert WAITING.is_ready(SENDING, NOW)
    assert not out.is_ready(SENDING, NOW + GRANT_GOOD - MINUTE)
    assert out.is_ready(SENDING, NOW + GRANT_GOOD)


def test_only_the_message_of_the_grant_that_is_out_is_worked_on() -> None:
    out = granted(WAITING, 2, NOW)
    again = granted(out, 2, NOW + GRANT_GOOD)

    assert holds(out, NOW, NOW + MINUTE)
    assert not holds(out, NOW, NOW + GRANT_GOOD)
    assert not holds(again, NOW, NOW + GRANT_GOOD)
    assert not holds(passed(out, 1, None), NOW, NOW + MINUTE)


def test_a_grant_of_one_pacific_day_is_not_worked_on_on_the_next() -> None:
    """What it may send was counted on the day that is over."""
    midnight = next_budget(NOW)
    out = granted(WAITING, 2, midnight - MINUTE)

    assert holds(out, midnight - MINUTE, midnight - MINUTE / 2)
    assert not holds(out, midnight - MINUTE, midnight)


def test_a_chunk_waits_until_somebody_is_awake_but_not_longer_than_the_alert_is_of_use() -> None:
    asleep = passed(WAITING, 3, NOW + timedelta(hours=9))

    assert not asleep.is_ready(SENDING, NOW + timedelta(hours=8) - MINUTE)
    assert asleep.is_ready(SENDING, NOW + timedelta(hours=8))
    assert asleep.is_ready(replace(SENDING, not_after=NOW + timedelta(hours=12)), NOW + timedelta(hours=9))


def test_a_chunk_is_done_when_everybody_has_a_claim() -> None:
    done = passed(granted(WAITING, 3, NOW), 0, None)

    assert done.is_done
    assert not done.is_ready(SENDING, NOW + MINUTE)
