"""Who gets a programme's alerts, and the number it takes to text them: the one place where it stands.

A row is there while its subscriber is subscribed, or held and may come back, and goes in the write that ends either
(`subscribers.take`). It says whom to ask about and never whether they may be texted: that is the standing's to say, and
the stop's, in the transaction that claims. Numbers are spread over 256 shards by their keyed hash.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.table import Item, Table, Write, keyed, read, wire
from chalicelib.domain.subscriber import State, Subscriber
from chalicelib.domain.words import Language

SHARDS = tuple(f"{number:02x}" for number in range(256))
LISTED = frozenset({State.SUBSCRIBED, State.HELD})
"""States whose subscribers stand here; whoever is held may be let go, and is texted nothing meanwhile."""
BATCH = 100
"""Items that one read of several can have."""


@dataclass(frozen=True, slots=True)
class RollRow:
    """One number (E.164) of the roll. `since` is when it came to stand here; `zip` what its owner told us, or None."""

    phone_key: str
    number: str = field(repr=False)
    language: Language
    since: datetime
    zip: str | None = field(default=None, repr=False)


class Roll:
    """The rolls of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self._table = table

    def page(self, programme: str, shard: str, after: str = "", limit: int = 500) -> tuple[RollRow, ...]:
        """Return up to `limit` rows of a shard in the order of their keys, those after the key `after`. One query."""
        found = self._table.client.query(
            TableName=self._table.name,
            KeyConditionExpression="PK = :pk AND SK > :after",
            ExpressionAttributeValues=wire({":pk": keys.roll_of(programme, shard), ":after": after or " "}),
            ConsistentRead=True,
            Limit=limit,
        )
        return tuple(_row_of(read(item)) for item in found["Items"])

    def rows(self, programme: str, phone_keys: Sequence[str]) -> dict[str, RollRow]:
        """Return the rows of these numbers that are there, by phone key."""
        wanted = [keys.roll(programme, each) for each in phone_keys]
        batches = (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH))
        rows = (_row_of(item) for batch in batches for item in self._table.batch(batch))
        return {row.phone_key: row for row in rows}

    def all(self, programme: str) -> Iterator[RollRow]:
        """Yield every row of a programme, shard by shard."""
        for shard in SHARDS:
            yield from (_row_of(item) for item in self._table.partition(keys.roll_of(programme, shard)))

    def count(self, programme: str, until: datetime) -> int:
        """Return how many stand there that came at `until` or before."""
        return sum(row.since <= until for row in self.all(programme))


def writes(table: Table, before: Subscriber | None, after: Subscriber, number: str | None) -> Iterator[Write]:
    """Yield what a subscriber's move means for the roll: nothing, mostly.

    `number` is the one it was said from, None where nobody said anything: whoever comes to stand here said it from one.
    """
    was_listed = before is not None and before.state in LISTED
    if after.state not in LISTED:
        if was_listed:
            yield {"Delete": {"TableName": table.name, "Key": keyed(keys.roll(after.programme, after.id))}}
    elif not was_listed and number is None:
        raise LookupError("a subscriber without a number")
    elif before is None or not was_listed or (before.language, before.zip) != (after.language, after.zip):
        yield _put(table, after, number)


def _put(table: Table, after: Subscriber, number: str | None) -> Write:
    """Set the row, leaving what it says already of since when, and of the number where none was said now."""
    values: Item = {"type": "roll", "version": 1, "phone_key": after.id, "zip": after.zip}
    values |= {"language": (after.language or Language.EN).value} | ({"number": number} if number else {})
    since = after.changed_at or after.joined_at
    given = {f":{name}": value for name, value in values.items()} | {":since": millis(since) if since else 0}
    setting = ", ".join(f"#{name} = :{name}" for name in values)
    return {
        "Update": {
            "TableName": table.name,
            "Key": keyed(keys.roll(after.programme, after.id)),
            "UpdateExpression": f"SET {setting}, #since = if_not_exists(#since, :since)",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*values, "since")},
            "ExpressionAttributeValues": wire(given),
        }
    }


def _row_of(item: Item) -> RollRow:
    language, since = Language(item["language"]), moment(item["since"])
    return RollRow(item["phone_key"], item["number"], language, since, item.get("zip"))
