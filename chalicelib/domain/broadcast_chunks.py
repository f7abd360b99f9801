"""A broadcast's audience in chunks: some hundreds of recipients whose list is final, and how far their sending is.

A chunk's recipients are listed when it is planned and never again, so that what became of them can be added up whoever
joins or leaves meanwhile. A chunk is sent in passes: the dispatcher grants it some recipients, a worker sends to them
and gives the grant back. A grant whose message was lost is good for `GRANT_GOOD`, and then the chunk may get another.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain.broadcast import Broadcast
from chalicelib.domain.broadcast_pacing import pacific_day

CHUNK = 500
"""Recipients of a chunk, at most: pointers to them fit one message, their keys one small item."""
GRANT_GOOD = timedelta(minutes=5)
"""After this a grant's message counts as lost, and if it comes after all it is not worked on."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The `number`-th chunk of a shard, and how far it is.

    `keys` are the recipients, sorted; empty where they weren't asked for. `left` are those without a claim, as the last
    pass found it. Until `not_before` none of these can be sent anything (None: now). `granted` recipients were granted
    at `granted_at`; None: no grant is out. `version` is the item's.
    """

    broadcast: str
    shard: str
    number: int
    recipients: int
    left: int
    keys: tuple[str, ...] = field(default=(), repr=False)
    not_before: datetime | None = None
    granted: int = 0
    granted_at: datetime | None = None
    version: int = 0

    @property
    def is_done(self) -> bool:
        """Whether every recipient has a claim."""
        return self.left == 0

    def is_ready(self, broadcast: Broadcast, now: datetime) -> bool:
        """Whether it may get a grant: somebody waits who can be sent a text, or told nothing any more."""
        is_time = self.not_before is None or self.not_before <= now or broadcast.is_stale(now)
        return not self.is_done and is_time and not self.is_granted(now)

    def is_granted(self, now: datetime) -> bool:
        """Whether a grant is out whose message may still come."""
        return self.granted_at is not None and now - self.granted_at < GRANT_GOOD


def chunks(broadcast: str, shard: str, keys: Iterable[str], first: int = 0) -> Iterator[Chunk]:
    """Yield a shard's chunks, in the order of its sorted keys, numbered from `first` on. The same keys make the same.

    One chunk's keys are held at a time, so a shard may have any number.
    """
    held: list[str] = []
    for key in keys:
        held.append(key)
        if len(held) == CHUNK:
            yield fresh(broadcast, shard, first, held)
            held, first = [], first + 1
    if held:
        yield fresh(broadcast, shard, first, held)


def fresh(broadcast: str, shard: str, number: int, keys: Iterable[str]) -> Chunk:
    """Return a chunk of these recipients, none of whom has a claim."""
    listed = tuple(keys)
    return Chunk(broadcast, shard, number, len(listed), len(listed), listed)


def granted(chunk: Chunk, recipients: int, now: datetime) -> Chunk:
    """Return the chunk with a grant of so many recipients. Its moment, in whole milliseconds, is its name."""
    kept = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return replace(chunk, granted=recipients, granted_at=kept)


def holds(chunk: Chunk, granted_at: datetime, now: datetime) -> bool:
    """Whether a message about the grant of `granted_at` may be worked on: it isn't late, and not a repeat.

    On the next Pacific day it is late too: what it may send was counted on the last.
    """
    is_of_today = pacific_day(granted_at) == pacific_day(now)
    return is_of_today and chunk.granted_at == granted_at and chunk.is_granted(now)


def passed(chunk: Chunk, left: int, not_before: datetime | None) -> Chunk:
    """Return the chunk after a worker's pass: so many recipients have no claim, and wait until `not_before`."""
    return replace(chunk, left=left, not_before=not_before, granted=0, granted_at=None)
