"""Broadcasts in the table: what each is, who is in its chunks, how far these are, and what its sender may still send.

Promises: a broadcast or a chunk that somebody else moved is Stale, and nothing was written. A chunk's recipients are
written once and never again, whoever plans. Tokens of a bucket are taken by one dispatcher, and a day's budget is never
overspent. Refuses to know texts, claims and clocks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.broadcast_items import (
    Listing,
    broadcast_item,
    broadcast_of,
    chunk_item,
    chunk_of,
    listing_item,
    listing_of,
    recipients_item,
    recipients_of,
)
from chalicelib.adapters.store import ABSENT, Stale
from chalicelib.adapters.table import Item, Table, Write, keyed, read, wire
from chalicelib.adapters.transactions import transact
from chalicelib.domain.broadcast import Broadcast
from chalicelib.domain.broadcast_chunks import Chunk
from chalicelib.domain.broadcast_pacing import A_MINUTE, Bucket, Sender, refilled

MICRO = 10**6
"""A bucket is kept to the millionth: what is rounded away would be lost, or gained, with each minute."""
CAP_KEPT = timedelta(days=7)
"""How long a day's count is kept."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A sender's bucket as it is now, and the version of its item; 0: there is none."""

    sender: Sender
    bucket: Bucket
    version: int


class Broadcasts:
    """The broadcasts of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self._table = table

    # Broadcasts.

    def make(self, draft: Broadcast) -> Broadcast:
        """Write a new broadcast, and return it as written.

        Raises:
            Stale: there is one by this id.
        """
        return self._written(draft, 0)

    def broadcast(self, broadcast_id: str) -> Broadcast | None:
        """Return a broadcast as it is now (strongly consistent); None: there is none."""
        item = self._table.get(keys.broadcast(broadcast_id))
        return broadcast_of(item) if item else None

    def all(self) -> tuple[Listing, ...]:
        """Return all broadcasts there ever were, without their words, in order of their ids."""
        return tuple(map(listing_of, self._table.partition(keys.BROADCASTS)))

    def move(self, before: Broadcast, after: Broadcast) -> Broadcast:
        """Write `after` if the broadcast is still `before`, and return it as written.

        Raises:
            Stale: somebody else moved it; nothing was written.
        """
        return before if after is before else self._written(after, before.version)

    # Chunks.

    def put_chunk(self, chunk: Chunk) -> bool:
        """Write a chunk's recipients and then how far it is; whether it is this one that is there now.

        False: another planner has made it of others (who have left meanwhile, say), and that one holds. A repeat of a
        half done or a done one completes it, and forgets nothing of how far it is.
        """
        if not self._put_once(_recipients(chunk), recipients_item(chunk.keys)):
            return self._keys(chunk) == chunk.keys and self._begun(chunk)
        return self._begun(chunk)

    def end_shard(self, broadcast_id: str, shard: str, number: int) -> bool:
        """Write that a shard has no chunk of this number and after; False: it has."""
        key = keys.chunk_recipients(broadcast_id, shard, number)
        return self._put_once(key, recipients_item(())) or self.recipients(broadcast_id, shard, number) == ()

    def last_planned(self, broadcast_id: str, shard: str) -> tuple[int, tuple[str, ...]] | None:
        """Return the number and recipients of a shard's last chunk; nobody in it: the shard is planned. None: begin."""
        found = self._table.client.query(
            TableName=self._table.name,
            KeyConditionExpression="PK = :pk",
            ExpressionAttributeValues=wire({":pk": keys.recipients(broadcast_id, shard)}),
            ScanIndexForward=False,
            Limit=1,
            ConsistentRead=True,
        )["Items"]
        item = read(found[0]) if found else None
        return (int(item["SK"]), recipients_of(item)) if item else None

    def recipients(self, broadcast_id: str, shard: str, number: int) -> tuple[str, ...] | None:
        """Return who is in a chunk; nobody: the shard ends here. None: it isn't planned."""
        item = self._table.get(keys.chunk_recipients(broadcast_id, shard, number))
        return recipients_of(item) if item else None

    def chunk(self, broadcast_id: str, shard: str, number: int) -> Chunk | None:
        """Return a chunk with its recipients; None: there is none."""
        wanted = (
            keys.chunk(broadcast_id, shard, number),
            keys.chunk_recipients(broadcast_id, shard, number),
        )
        items = {item["type"]: item for item in self._table.batch(wanted)}
        if len(items) < len(wanted):
            return None
        return chunk_of(items["chunk"], recipients_of(items["chunk_recipients"]))

    def chunks(self, broadcast_id: str) -> Iterator[Chunk]:
        """Yield all chunks of a broadcast without their recipients, in order of shard and number."""
        items = self._table.partition(keys.broadcast(broadcast_id).pk)
        return (chunk_of(item) for item in items if item["type"] == "chunk")

    def mark_chunk(self, before: Chunk, after: Chunk) -> Chunk:
        """Write how far a chunk is (`granted`, `passed`) if it still is `before`, and return it as written.

        Raises:
            Stale: somebody else moved it; nothing was written.
        """
        written = replace(after, version=before.version + 1)
        key = keys.chunk(before.broadcast, before.shard, before.number)
        if not self._put(key, chunk_item(written), before.version):
            raise Stale
        return written

    # What a sender may still send.

    def rate(self, sender: Sender, now: datetime) -> Rate:
        """Return a sender's bucket, refilled; one never used has a minute's worth."""
        item = self._table.get(keys.rate(sender.name))
        if item is None:
            return Rate(sender, refilled(Bucket(0, now - A_MINUTE), sender, now), 0)
        kept = Bucket(item["micros"] / MICRO, datetime.fromtimestamp(item["at"] / MICRO, UTC))
        return Rate(sender, refilled(kept, sender, now), item["version"])

    def take_tokens(self, rate: Rate, segments: int) -> Rate:
        """Take so many segments out of a bucket that is still as it was read, and return what is left.

        Raises:
            Stale: another dispatcher took some; nothing was taken.
        """
        left = Bucket(rate.bucket.segments - segments, rate.bucket.at)
        item: Item = {
            "type": "rate", "version": rate.version + 1,
            "micros": round(left.segments * MICRO), "at": round(left.at.timestamp() * MICRO),
        }  # fmt: skip
        if not self._put(keys.rate(rate.sender.name), item, rate.version):
            raise Stale
        return Rate(rate.sender, left, rate.version + 1)

    def return_tokens(self, sender: Sender, segments: int) -> None:
        """Put segments back that were taken and not sent. More than a minute's worth is never kept."""
        self._add(keys.rate(sender.name), {"micros": segments * MICRO, "version": 1})

    def spent(self, brand: str, day: date) -> int:
        """Return the segments that a brand has spent of T-Mobile's budget of a Pacific day."""
        item = self._table.get(keys.cap(brand, day))
        return item["used"] if item else 0

    def spend_cap(self, brand: str, day: date, segments: int, cap: int) -> bool:
        """Spend so many segments of a day's budget, all or none; False: these would be more than `cap`."""
        if segments > cap:
            return False
        expires = int(
            datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + CAP_KEPT.total_seconds()
        )
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=keyed(keys.cap(brand, day)),
                UpdateExpression="SET #type = :type, expires_at = :expires ADD used :segments, version :one",
                ConditionExpression="attribute_not_exists(used) OR used <= :room",
                ExpressionAttributeNames={"#type": "type"},
                ExpressionAttributeValues=wire({
                    ":type": "cap", ":expires": expires, ":segments": segments, ":one": 1, ":room": cap - segments,
                }),
            )  # fmt: skip
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def exhaust_cap(self, brand: str, day: date, cap: int) -> None:
        """Note that a day's budget is used up, whoever used it: T-Mobile said so."""
        left = cap - self.spent(brand, day)
        if left > 0:
            self.spend_cap(brand, day, left, cap)

    def return_cap(self, brand: str, day: date, segments: int) -> None:
        """Give back what was spent of a day's budget and not sent; `day` is that of the grant."""
        self._add(keys.cap(brand, day), {"used": -segments, "version": 1})

    # Strictly private.

    def _written(self, broadcast: Broadcast, seen: int) -> Broadcast:
        written = replace(broadcast, version=seen + 1)
        both = (
            (keys.broadcast(written.id), broadcast_item(written)),
            (keys.broadcast_row(written.id), listing_item(written)),
        )
        transact(self._table, [self._conditional(key, item, seen) for key, item in both])
        return written

    def _begun(self, chunk: Chunk) -> bool:
        """Write how far a chunk is, which may have been written before; True."""
        self._put_once(
            keys.chunk(chunk.broadcast, chunk.shard, chunk.number), chunk_item(replace(chunk, version=1))
        )
        return True

    def _keys(self, chunk: Chunk) -> tuple[str, ...] | None:
        return self.recipients(chunk.broadcast, chunk.shard, chunk.number)

    def _put_once(self, key: keys.Key, item: Item) -> bool:
        return self._put(key, item, 0)

    def _put(self, key: keys.Key, item: Item, seen: int) -> bool:
        try:
            self._table.client.put_item(**self._conditional(key, item, seen)["Put"])
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _conditional(self, key: keys.Key, item: Item, seen: int) -> Write:
        """A put that holds only if what is there is still at version `seen`; 0: nothing is there."""
        condition: dict[str, Any] = {"ConditionExpression": ABSENT}
        if seen:
            values = wire({":seen": seen})
            condition = {"ConditionExpression": "version = :seen", "ExpressionAttributeValues": values}
        return {"Put": {"TableName": self._table.name, "Item": keyed(key) | wire(item)} | condition}

    def _add(self, key: keys.Key, numbers: Mapping[str, int]) -> None:
        self._table.client.update_item(
            TableName=self._table.name,
            Key=keyed(key),
            UpdateExpression="ADD " + ", ".join(f"#{name} :{name}" for name in numbers),
            ConditionExpression="attribute_exists(PK)",
            ExpressionAttributeNames={f"#{name}": name for name in numbers},
            ExpressionAttributeValues=wire({f":{name}": number for name, number in numbers.items()}),
        )


def _recipients(chunk: Chunk) -> keys.Key:
    return keys.chunk_recipients(chunk.broadcast, chunk.shard, chunk.number)
