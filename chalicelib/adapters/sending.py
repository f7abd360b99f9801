"""What all senders share, in the table: the circuit, the account's bucket, and each office's pace.

Each is one small item that is read, decided about by `domain/pacing`, and written if it is still what was read.
Promises: two workers never take the same turn. Refuses to know letters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from chalicelib.adapters import keys
from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.store import Stale
from chalicelib.adapters.table import Item, Table, keyed, wire
from chalicelib.domain import pacing
from chalicelib.domain.letter_events import Fault
from chalicelib.domain.office import Office
from chalicelib.domain.pacing import Bucket, Circuit, Pace

ATTEMPTS = 128
"""Lost races for one item until we give up: one of those who want a turn at once always gets on, so with more tries
than there can be workers each of them does."""
MICRO = 10**6
"""A bucket is kept to the millionth, of a turn and of a second: what is rounded away would be gained with each turn."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept:
    """An item as read: its version, 0 if there is none."""

    version: int
    item: Item


class Sending:
    """The circuit, bucket and paces of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self._table = table

    def circuit(self) -> Circuit:
        """Return the sender's circuit."""
        return _circuit_of(self._kept(keys.CIRCUIT).item)

    def may_send(self, letter_id: str, now: datetime) -> bool:
        """Ask for leave to send; while the circuit is half open one letter tries at a time."""
        return self._changed(keys.CIRCUIT, lambda item: _asked(_circuit_of(item), letter_id, now))

    def open(self, fault: Fault, now: datetime) -> Circuit:
        """Open the circuit: SES refused the sender. Returns it as it is now."""

        def decided(item: Item) -> tuple[Item | None, Circuit]:
            before = _circuit_of(item)
            after = pacing.opened(before, fault, now)
            return (None if after is before else _circuit_item(after)), after

        return self._changed(keys.CIRCUIT, decided)

    def close(self) -> None:
        """Close the circuit: SES took a mail. Writes nothing while it is closed."""

        def decided(item: Item) -> tuple[Item | None, None]:
            before = _circuit_of(item)
            after = pacing.closed(before)
            return (None if after is before else _circuit_item(after)), None

        self._changed(keys.CIRCUIT, decided)

    def take(self, max_send_rate: float, now: datetime) -> datetime:
        """Take a turn of the account's, and return when it is."""

        def decided(item: Item) -> tuple[Item | None, datetime]:
            bucket = _bucket_of(item) if item else pacing.full(max_send_rate, now)
            after, at = pacing.taken(bucket, max_send_rate, now)
            return {"micros": round(after.turns * MICRO), "at": round(after.at.timestamp() * MICRO)}, at

        return self._changed(keys.BUCKET, decided)

    def line(self, office: Office, now: datetime, chance: float, an_hour: int) -> datetime | None:
        """Take the office's next turn for a letter, and return when it is; None: it opens at no time we can see."""

        def decided(item: Item) -> tuple[Item | None, datetime | None]:
            pace = Pace(moment(item["next_at"]) if "next_at" in item else None)
            at = pacing.turn(pace, office, now, chance, an_hour)
            if at is None:
                return None, None
            after = pacing.paced(at, an_hour)
            return ({"next_at": millis(after.next_at)} if after.next_at else None), at

        return self._changed(keys.letter_pace(office.id), decided)

    # Strictly private.

    def _changed(self, key: keys.Key, decide: Callable[[Item], tuple[Item | None, T]]) -> T:
        """Read, decide, write if it is still what was read; else again. `decide` gives None where nothing changes."""
        for _ in range(ATTEMPTS):
            kept = self._kept(key)
            item, answer = decide(kept.item)
            if item is None or self._put(key, kept.version, item):
                return answer
        raise Stale

    def _kept(self, key: keys.Key) -> _Kept:
        item = self._table.get(key)
        return _Kept(item.get("version", 0), item) if item else _Kept(0, {})

    def _put(self, key: keys.Key, seen: int, item: Item) -> bool:
        asked: Any = {"ConditionExpression": "attribute_not_exists(PK)"}
        if seen:
            asked = {
                "ConditionExpression": "version = :seen",
                "ExpressionAttributeValues": wire({":seen": seen}),
            }
        written = keyed(key) | wire({"type": "sending", "version": seen + 1} | item)
        try:
            self._table.client.put_item(TableName=self._table.name, Item=written, **asked)
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _asked(circuit: Circuit, letter_id: str, now: datetime) -> tuple[Item | None, bool]:
    after, may = pacing.tried(circuit, letter_id, now)
    return (None if after is circuit else _circuit_item(after)), may


def _bucket_of(item: Item) -> Bucket:
    return Bucket(item["micros"] / MICRO, datetime.fromtimestamp(item["at"] / MICRO, UTC))


def _circuit_item(circuit: Circuit) -> Item:
    known: Item = {
        "fault": circuit.fault.value if circuit.fault else None,
        "until": millis(circuit.until) if circuit.until else None,
        "failures": circuit.failures,
        "probe": circuit.probe,
        "probe_until": millis(circuit.probe_until) if circuit.probe_until else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _circuit_of(item: Item) -> Circuit:
    if "fault" not in item:
        return Circuit()
    return Circuit(
        Fault(item["fault"]),
        moment(item["until"]) if "until" in item else None,
        item.get("failures", 0),
        item.get("probe"),
        moment(item["probe_until"]) if "probe_until" in item else None,
    )
