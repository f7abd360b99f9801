"""A roll, a broadcast and the minutes of its planning and granting, on moto: what leaves for the queue is only noted.

Every write can be the last of a run, and another run can come in before it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from benchmarks.webhooks import UNIT, size
from chalicelib.adapters import keys
from chalicelib.adapters.alert_queue import AlertTurn, asked_in
from chalicelib.adapters.broadcast_items import recipients_item
from chalicelib.adapters.roll import SHARDS
from chalicelib.adapters.session_items import millis
from chalicelib.adapters.table import Table, keyed, wire
from chalicelib.domain.broadcast import Broadcast, Stage, armed
from chalicelib.domain.broadcast_chunks import Chunk
from chalicelib.domain.broadcast_pacing import SHORT_CODES
from chalicelib.domain.words import Words
from chalicelib.runtime import install
from tests.stores import fresh_table, runtime_on
from tests.values import NOW

PROGRAMME = "families-28"
BATCH = 25
"""Items that one write of several can have."""
WRITES = frozenset({"put_item", "update_item", "delete_item", "transact_write_items"})


class Killed(BaseException):
    """The Lambda is gone: no except clause of ours sees it."""


class Wire:
    """DynamoDB's client, which can be cut off after some writes, and lets somebody else in before each."""

    def __init__(self, client: Any) -> None:
        """Let everything through."""
        self._client = client
        self.writes = 0
        self.units = 0
        self.seconds = self.seconds_each = 0.0
        self.last: int | None = None
        self._before: dict[int, Callable[[], None]] = {}

    def before_write(self, number: int, other: Callable[[], None]) -> None:
        """Let somebody else in before the write of this number, counted from the first there was."""
        self._before[number] = other

    def __getattr__(self, name: str) -> Any:
        """A call of the client's, counted where it writes."""
        call = getattr(self._client, name)
        return (lambda **asked: self._write(call, asked)) if name in WRITES else call

    def _write(self, call: Any, asked: dict[str, Any]) -> Any:
        if self.writes == self.last:
            raise Killed
        self._before.pop(self.writes, lambda: None)()
        self.writes += 1
        self.seconds += self.seconds_each
        self.units += units(asked)
        return call(**asked)


def units(asked: dict[str, Any]) -> int:
    """Write units of a write, as DynamoDB charges them; an update's item is a small one."""
    if "TransactItems" in asked:
        return sum(2 * units(each["Put"]) for each in asked["TransactItems"])
    return ceil(size(asked["Item"]) / UNIT) if "Item" in asked else 1


@dataclass(frozen=True)
class Sent:
    """A message that went on the queue: when it is worked on, and what it says."""

    at: datetime
    turn: AlertTurn


class Queue:
    """What stands for SQS: keeps what was sent, or loses it."""

    def __init__(self, house: "House") -> None:
        """Keep the house, for its time."""
        self._house = house
        self.sent: list[Sent] = []
        self.loses = False

    def send_message(self, *, MessageBody: str, DelaySeconds: int, **_: Any) -> None:  # noqa: N803 - the API's own names
        """Take a message."""
        assert json.loads(MessageBody)
        if not self.loses:
            delay = timedelta(seconds=DelaySeconds)
            self.sent.append(Sent(self._house.now + delay, asked_in(MessageBody)))


class House:
    """A table, a roll, a clock, and the runtime that the minute uses."""

    def __init__(self, dynamodb: Any) -> None:
        """Begin with an empty table."""
        self.now = NOW
        self.table: Table = fresh_table(dynamodb)
        self.wire = Wire(dynamodb)
        self.queue = Queue(self)
        wired = Table(self.wire, self.table.name)  # type: ignore[arg-type]  # all that a table asks of a client
        self.runtime = replace(
            runtime_on(wired, self.queue), now=lambda: self.now, monotonic=lambda: self.wire.seconds
        )
        install(self.runtime)

    # The roll.

    def joins(self, shard: str, numbers: Iterable[int], at: datetime = NOW) -> list[str]:
        """Put people on the roll of a shard; their keys."""
        joined = [f"{shard}{number:030x}" for number in numbers]
        row = {"type": "roll", "version": 1, "number": "+14045550123", "language": "en", "since": millis(at)}
        self._put_all(keyed(keys.roll(PROGRAMME, key)) | wire(row | {"phone_key": key}) for key in joined)
        return joined

    def leaves(self, key: str) -> None:
        """Take somebody off the roll."""
        self.table.delete(keys.roll(PROGRAMME, key))

    # The broadcast.

    def armed(self, broadcast_id: str = "b-1", sender: str = SHORT_CODES[0].name, **more: Any) -> Broadcast:
        """Make and arm a broadcast to whoever is on the roll."""
        draft = Broadcast(
            broadcast_id, 500, 1, NOW + timedelta(hours=8), campaign=PROGRAMME, words=Words("Call.", "Llame."),
            sender=sender, made_by="ana", made_at=NOW, counted_at=NOW,
        )  # fmt: skip
        made = self.runtime.broadcasts.make(replace(draft, **more))
        return self.runtime.broadcasts.move(made, armed(made, made.audience, "ana", NOW)[0])

    def ended(self, but: Iterable[str], broadcast_id: str = "b-1") -> None:
        """Let another run have planned all shards but these, in which nobody is; it spares a test most of its time."""
        ends = [keys.chunk_recipients(broadcast_id, shard, 0) for shard in SHARDS if shard not in set(but)]
        self._put_all(keyed(key) | wire(recipients_item(())) for key in ends)

    def sending(self, chunks: Iterable[Chunk], broadcast_id: str = "b-1", **more: Any) -> Broadcast:
        """A broadcast that is being sent, of these chunks."""
        ready = self.armed(broadcast_id, **more)
        planned = 0
        for chunk in chunks:
            self.runtime.broadcasts.put_chunk(replace(chunk, broadcast=broadcast_id))
            planned += chunk.recipients
        begun = replace(ready, stage=Stage.SENDING, epoch=ready.epoch + 1, planned=planned)
        return self.runtime.broadcasts.move(ready, begun)

    def broadcast(self, broadcast_id: str = "b-1") -> Broadcast:
        """The broadcast as it stands."""
        found = self.runtime.broadcasts.broadcast(broadcast_id)
        assert found is not None
        return found

    def recipients(self, broadcast_id: str = "b-1") -> list[str]:
        """The keys of all chunks, in order; each chunk is whole."""
        found: list[str] = []
        for chunk in self.runtime.broadcasts.chunks(broadcast_id):
            whole = self.runtime.broadcasts.chunk(broadcast_id, chunk.shard, chunk.number)
            assert whole is not None
            assert len(whole.keys) == chunk.recipients
            found += whole.keys
        return found

    def _put_all(self, items: Iterable[Any]) -> None:
        puts: list[Any] = [{"PutRequest": {"Item": item}} for item in items]
        for start in range(0, len(puts), BATCH):
            self.table.client.batch_write_item(RequestItems={self.table.name: puts[start : start + BATCH]})

    # Time, and what goes wrong.

    @contextmanager
    def killed_after(self, writes: int) -> Iterator[None]:
        """Let so many writes through, and then be gone."""
        self.wire.last = self.wire.writes + writes
        with suppress(Killed):
            yield
        self.wire.last = None
