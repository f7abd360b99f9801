"""Who goes in this minute: recipients granted to chunks, out of what their sender may still send.

Promises: all grants of a minute take no more segments than the bucket holds, nor more than is left of T-Mobile's day,
and leave spread over the minute at the sender's pace. Who is asleep, stopped or gone is found out by the worker: a
grant is what may be sent, and what isn't sent goes back. Broadcasts that share a sender go by what is stale soonest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from chalicelib.domain.broadcast import Broadcast
from chalicelib.domain.broadcast_chunks import Chunk
from chalicelib.domain.broadcast_pacing import SHARE, Sender, Waiting, next_budget, turns

A_SLICE, A_MINUTE = 10.0, 60.0
"""Seconds of the sender's rate that one grant takes, so that little waits at Twilio; and all grants of a minute."""
BACKLOG = 120.0
"""Seconds of the rate that may be granted and not yet back. Where workers don't keep up, no more is heaped up."""
LONGEST_SLICE = 30.0
"""Where fewer chunks wait than a minute has slices, each gets more; never so much that it waits this long at Twilio."""
A_PASS = 150
"""Recipients of one grant, at most: at a quarter of a second each a worker is done with them within its minute."""
STALE_AT_ONCE = 200
"""Chunks a minute whose recipients are told nothing any more. It costs no segments, only writes."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A broadcast that is being sent, and those of its chunks that may get a grant; `out` recipients are granted."""

    broadcast: Broadcast
    chunks: tuple[Chunk, ...]
    out: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """So many recipients of a chunk, who go in `delay` seconds and take so many segments at most."""

    broadcast: Broadcast
    chunk: Chunk
    recipients: int
    delay: float
    segments: int


def ready(broadcast: Broadcast, chunks: Sequence[Chunk], now: datetime) -> Ready:
    """Return those of a broadcast's chunks that may get a grant, the ones begun first: they are done soonest."""
    able = [chunk for chunk in chunks if chunk.is_ready(broadcast, now)]
    out = sum(chunk.granted for chunk in chunks if chunk.is_granted(now))
    return Ready(broadcast, tuple(sorted(able, key=lambda chunk: chunk.left)), out)


def grants(
    sending: Sequence[Ready], sender: Sender, tokens: float, budget_left: int | None, now: datetime
) -> tuple[Grant, ...]:
    """Return this minute's grants. `budget_left` is T-Mobile's, in segments; None: there is no cap."""
    out = sum(each.out * each.broadcast.segments for each in sending)
    room = min(tokens, _until_midnight(sender, now), max(BACKLOG * _a_second(sender) - out, 0))
    given: list[Grant] = []
    for each in sorted(sending, key=lambda each: each.broadcast.not_after):
        if each.broadcast.is_stale(now):
            given += _stale(each)
        else:
            used = sum(grant.segments for grant in given)
            left = None if budget_left is None else budget_left - used
            given += _in_time(each, sender, room - used, left, used)
    return tuple(given)


def _stale(sending: Ready) -> Iterator[Grant]:
    """Whoever still waits gets a claim that says why nothing came. Nobody may be sent anything, so nothing is taken."""
    for chunk in islice(sending.chunks, STALE_AT_ONCE):
        yield Grant(sending.broadcast, chunk, recipients=0, delay=0, segments=0)


def _in_time(
    sending: Ready, sender: Sender, tokens: float, budget_left: int | None, ahead: int
) -> Iterator[Grant]:
    """`ahead` segments go before them."""
    segments, most = sending.broadcast.segments, _at_once(sending, sender)
    has_cap = budget_left is not None
    groups = [
        Waiting(min(chunk.left, most), sending.broadcast.not_after, has_cap) for chunk in sending.chunks
    ]
    given = turns(groups, segments, tokens, budget_left)
    for chunk, recipients in zip(sending.chunks, given, strict=True):
        if recipients:
            delay = ahead / _a_second(sender)
            yield Grant(sending.broadcast, chunk, recipients, delay, recipients * segments)
            ahead += recipients * segments


def _at_once(sending: Ready, sender: Sender) -> int:
    """How many recipients one chunk may be granted."""
    seconds = min(max(A_SLICE, A_MINUTE / max(len(sending.chunks), 1)), LONGEST_SLICE)
    return max(1, min(A_PASS, int(_a_second(sender) * seconds / sending.broadcast.segments)))


def _until_midnight(sender: Sender, now: datetime) -> float:
    """Segments that leave before T-Mobile's next day begins: what is spent of one day must not be sent on another."""
    if sender.a_day_on_t_mobile is None:
        return float("inf")
    seconds = (next_budget(now) - now) / timedelta(seconds=1)
    return _a_second(sender) * max(seconds - LONGEST_SLICE, 0)


def _a_second(sender: Sender) -> float:
    return SHARE * sender.a_second
