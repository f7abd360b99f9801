"""Broadcasts, minute by minute: who gets one is planned, who goes now is granted, and what is over is closed.

Each step may be cut off anywhere, and run twice at once; the next minute goes on. Sends no text: that is the workers'.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from chalicelib.adapters.alert_queue import AlertTurn
from chalicelib.adapters.roll import SHARDS
from chalicelib.adapters.store import Stale
from chalicelib.domain.broadcast import (
    Broadcast,
    Move,
    Stage,
    begun,
    drained,
    is_overdue,
    is_settled,
    moved,
    reached,
)
from chalicelib.domain.broadcast_chunks import chunks, fresh, granted
from chalicelib.domain.broadcast_grants import Grant, Ready, grants, ready
from chalicelib.domain.broadcast_pacing import (
    BRAND,
    Budget,
    Sender,
    left,
    pacific_day,
    sender_named,
)
from chalicelib.observability import count, log, share
from chalicelib.runtime import runtime
from chalicelib.views.again import tried
from chalicelib.views.batches import each_due

PLAN_SECONDS = 30.0
"""So long one minute plans, all that is armed; the next goes on where this one was."""
COUNT_SECONDS = 20.0
"""So long one minute counts claims, of which there are as many as recipients."""
PAGE = 500
"""Rows of the roll that one read has."""


def each_minute() -> None:
    """Grant this minute's turns, go on planning what is armed, and close what is settled. One never stops another."""
    steps: tuple[Callable[[], None], ...] = (
        dispatch,
        lambda: _in_turn(Stage.ARMED, plan, PLAN_SECONDS),
        lambda: _in_turn(Stage.SENDING, finish, COUNT_SECONDS),
    )
    each_due(lambda: steps, lambda step: step(), "steps of broadcasts")


def _in_turn(stage: Stage, step: Callable[[str, float], None], seconds: float) -> None:
    """Take a step of all broadcasts at a stage, which share these seconds."""
    until = runtime().monotonic() + seconds
    each_due(lambda: _at(stage), lambda each: step(each, until), "broadcasts")


# Planning.


def plan(broadcast_id: str, until: float) -> None:
    """List who gets an armed broadcast, chunk by chunk, until this moment (monotonic); begin it when all are listed."""
    r = runtime()
    broadcast = r.broadcasts.broadcast(broadcast_id)
    if broadcast is None or broadcast.stage is not Stage.ARMED:
        return
    if all(_is_planned(broadcast, shard, until) for shard in SHARDS):
        _begin(broadcast)


def _begin(broadcast: Broadcast) -> None:
    r = runtime()
    planned = sum(chunk.recipients for chunk in r.broadcasts.chunks(broadcast.id))
    with suppress(Stale):  # begun by another planner, or cancelled
        r.broadcasts.move(broadcast, begun(broadcast, planned))
        log("broadcast begun", stage=Stage.SENDING)


def _is_planned(broadcast: Broadcast, shard: str, until: float) -> bool:
    """Plan a shard to its end, going on from what is there; False: the time is up."""
    while runtime().monotonic() < until:
        begun_at = _so_far(broadcast, shard)
        if begun_at is None:
            return True
        _extend(broadcast, shard, *begun_at, until)
    return False


def _so_far(broadcast: Broadcast, shard: str) -> tuple[int, str] | None:
    """Return the number of a shard's next chunk and the last key before it; None: it is planned to its end."""
    r = runtime()
    last = r.broadcasts.last_planned(broadcast.id, shard)
    if last is None:
        return 0, ""
    number, listed = last
    if not listed:
        return None
    r.broadcasts.put_chunk(fresh(broadcast.id, shard, number, listed))  # whoever listed it may be gone since
    return number + 1, listed[-1]


def _extend(broadcast: Broadcast, shard: str, number: int, after: str, until: float) -> None:
    """Make a shard's chunks from this one on, and its end, until another planner turns out to be further."""
    r = runtime()
    for chunk in chunks(broadcast.id, shard, _keys(broadcast, shard, after), number):
        if r.monotonic() >= until or not r.broadcasts.put_chunk(chunk):
            return
        number = chunk.number + 1
    r.broadcasts.end_shard(broadcast.id, shard, number)


def _keys(broadcast: Broadcast, shard: str, after: str) -> Iterator[str]:
    """Yield the keys of those on the roll who were there when the audience was counted, after this one."""
    while page := runtime().roll.page(broadcast.campaign, shard, after, PAGE):
        yield from (row.phone_key for row in page if broadcast.is_for(row.since))
        after = page[-1].phone_key


# Granting.


def dispatch() -> None:
    """Grant recipients to chunks of the broadcasts that are being sent, as their senders' rates and budgets allow."""
    r = runtime()
    found = [r.broadcasts.broadcast(each) for each in _at(Stage.SENDING)]
    sending = [each for each in found if each is not None and each.stage is Stage.SENDING]
    names = sorted({each.sender for each in sending})
    each_due(lambda: names, lambda name: _by_sender(sender_named(name), sending), "senders")


def _by_sender(sender: Sender, sending: Sequence[Broadcast]) -> None:
    r = runtime()
    mine = [each for each in sending if each.sender == sender.name]
    now = r.now()
    waiting = [ready(each, list(r.broadcasts.chunks(each.id)), now) for each in mine]
    to_send = list(tried(lambda: _taken(sender, waiting, now)))
    try:
        while to_send:
            _send(to_send.pop(0), sender, now)
    finally:
        # Where the queue is down, a day's budget must not go minute by minute on what never left.
        give_back(sender, sum(grant.segments for grant in to_send), now)


def give_back(sender: Sender, segments: int, taken_at: datetime) -> None:
    """Give back what was taken of a sender's bucket and of its day, and is not sent."""
    if segments <= 0:
        return
    broadcasts = runtime().broadcasts
    broadcasts.return_tokens(sender, segments)
    if sender.a_day_on_t_mobile is not None:
        broadcasts.return_cap(BRAND, pacific_day(taken_at), segments)


def _taken(sender: Sender, waiting: Sequence[Ready], now: datetime) -> tuple[Grant, ...]:
    """Decide this minute's grants and take what they need, before any of them leaves: what is lost then is only time.

    Raises:
        Stale: another dispatcher took some; nothing was taken.
    """
    r = runtime()
    rate, day = r.broadcasts.rate(sender, now), pacific_day(now)
    cap = sender.a_day_on_t_mobile
    budget = Budget(day, r.broadcasts.spent(BRAND, day) if cap else 0)
    given = grants(waiting, sender, rate.bucket.segments, left(budget, sender, now), now)
    segments = sum(grant.segments for grant in given)
    if segments:
        r.broadcasts.take_tokens(rate, segments)
    if cap is not None:
        share("DayCapUsed", budget.used + segments, cap)
        if segments and not r.broadcasts.spend_cap(BRAND, day, segments, cap):
            r.broadcasts.return_tokens(sender, segments)
            return ()
    return given


def _send(grant: Grant, sender: Sender, now: datetime) -> None:
    """Mark the chunk, then ask a worker. Cut off between the two, the grant is made anew in five minutes."""
    r = runtime()
    try:
        out = r.broadcasts.mark_chunk(grant.chunk, granted(grant.chunk, grant.recipients, now))
    except Stale:
        # A worker whose grant had run out came back with it, or another dispatcher was first.
        give_back(sender, grant.segments, now)
        return
    turn = AlertTurn(
        broadcast=out.broadcast,
        shard=out.shard,
        number=out.number,
        recipients=out.granted,
        epoch=grant.broadcast.epoch,
        granted_at=out.granted_at or now,
    )
    r.alert_queue.send(turn, grant.delay)


# Closing.


def finish(broadcast_id: str, until: float) -> None:
    """Close a broadcast whose chunks are done when it is known of everybody what became of them.

    Counts until this moment (monotonic); the next run goes on.
    """
    r = runtime()
    broadcast = r.broadcasts.broadcast(broadcast_id)
    if broadcast is None or broadcast.stage is not Stage.SENDING:
        return
    planned: Counter[str] = Counter()
    for chunk in r.broadcasts.chunks(broadcast_id):
        if not chunk.is_done:
            _tell_if_overdue(broadcast)
            return
        planned[chunk.shard] += chunk.recipients
    with suppress(Stale):  # somebody else moved it: the next minute sees where it is
        _close(r.broadcasts.move(broadcast, drained(broadcast, r.now())), planned, until)


def _close(broadcast: Broadcast, planned: Mapping[str, int], until: float) -> None:
    """Count the claims, shard by shard, from where the last run was; it is done when all are settled."""
    r = runtime()
    settled = _settled_shards(broadcast, planned, until)
    counted = r.broadcasts.move(broadcast, reached(broadcast, settled))
    if settled == len(SHARDS):
        r.broadcasts.move(counted, moved(counted, Move.FINISH))
        count("BroadcastsDone")
        log("broadcast done", stage=Stage.DONE)
    else:
        _tell_if_overdue(counted)


def _tell_if_overdue(broadcast: Broadcast) -> None:
    if is_overdue(broadcast, runtime().now()):
        count("BroadcastsUnsettled")


def _settled_shards(broadcast: Broadcast, planned: Mapping[str, int], until: float) -> int:
    """Return how many of the first shards are settled. What is settled stays so, and isn't counted again."""
    r = runtime()
    for number, shard in enumerate(SHARDS[broadcast.settled_shards :], broadcast.settled_shards):
        if r.monotonic() >= until or not is_settled(
            r.claims.in_shard(broadcast.id, shard), planned.get(shard, 0)
        ):
            return number
    return len(SHARDS)


def _at(stage: Stage) -> list[str]:
    """Return the broadcasts at a stage, as far as the list says; each is read anew before anything is done with it."""
    return [each.id for each in runtime().broadcasts.all() if each.stage is stage]
