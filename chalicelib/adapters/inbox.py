"""Texts that wait for a person's eyes: who wrote them by their keyed hash, what they wrote, to which desk.

Promises: a text is written here in the transaction that takes it (`subscribers.take`), is dealt with once, and is gone
after ninety days whether or not somebody looked. One that was dealt with stays readable until then.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.adapters import keys
from chalicelib.adapters.keys import Key
from chalicelib.adapters.session_items import moment
from chalicelib.adapters.subscribers import SHOWN_KEPT
from chalicelib.adapters.table import Item, Table
from chalicelib.domain.subscriber_events import Desk

NOBODY = ""
PARTS = "0123456789abcdef"
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One text: which (Twilio's id), whose, when, for which programme; `done_by` is who dealt with it, "" nobody."""

    key: Key
    id: str
    desk: Desk
    phone_key: str
    programme: str
    at: datetime
    text: str = field(repr=False)
    done_by: str = NOBODY

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.done_by == NOBODY


class Inbox:
    """The inbox of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self._table = table

    def since(self, begin: datetime, now: datetime) -> Iterator[Waiting]:
        """Yield the texts that came from `begin` on, day by day; within a day in no order. Sixteen queries a day."""
        for day in _days(begin, now):
            for part in PARTS:
                yield from self._part(keys.inbox_of(day, part), begin, now)

    def of(self, phone_key: str, now: datetime) -> tuple[Waiting, ...]:
        """Return what a number wrote in the last ninety days, in order."""
        return tuple(each for each in self.beginning(phone_key, now) if each.phone_key == phone_key)

    def beginning(self, handle: str, now: datetime) -> Iterator[Waiting]:
        """Yield the texts of all numbers whose key begins so, in order: what a person at a terminal names them by."""
        begin = now - SHOWN_KEPT
        for day in _days(begin, now):
            texts = self._part(keys.inbox_of(day, handle[0]), begin, now)
            yield from (each for each in texts if each.phone_key.startswith(handle))

    def done(self, text: Waiting, by: str) -> bool:
        """Say that `by` dealt with a text; False: somebody had before, or it is gone."""
        try:
            self._table.change(text.key, {"done_by": by}, only_if={"done_by": NOBODY})
        except LookupError:
            return False
        return True

    def _part(self, pk: str, begin: datetime, now: datetime) -> Iterator[Waiting]:
        texts: Iterable[Item] = self._table.partition(pk)
        for item in texts:
            if moment(item["at"]) >= begin and item["expires_at"] > now.timestamp():
                yield _waiting_of(item)


def _days(begin: datetime, end: datetime) -> Iterator[datetime]:
    """The moments of each day (UTC) of a time, in order."""
    for number in range((end.date() - begin.date()).days + 1):
        yield begin + number * A_DAY


def _waiting_of(item: Item) -> Waiting:
    return Waiting(
        key=Key(item["PK"], item["SK"]),
        id=item["id"],
        desk=Desk(item["desk"]),
        phone_key=item["phone_key"],
        programme=item["programme"],
        at=moment(item["at"]),
        text=item["text"],
        done_by=item["done_by"],
    )
