"""Subscribers in the table: where a number stands with each programme, what it consented to, and its stop.

Promises: a text is taken once, with all that follows of it, in one transaction: standings that are still as they were
read, the rows of the ledger, the organization's stop, and what we answered, so that a repeat is answered alike. A stop
is never deleted, and a row of the ledger neither changed nor deleted. Numbers stand here under their keyed hash.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.store import ABSENT
from chalicelib.adapters.subscriber_items import (
    consent_item,
    consent_of,
    stop_item,
    stop_of,
    subscriber_item,
    subscriber_of,
)
from chalicelib.adapters.table import Item, Table, Write, keyed, wire
from chalicelib.adapters.transactions import transact
from chalicelib.domain.subscriber import (
    ConsentRow,
    Reply,
    Stop,
    Subscriber,
    fresh,
    lifted,
    stopped_again,
)
from chalicelib.domain.subscriber_events import Answer, Effect, LiftStop, Record, StopEverywhere
from chalicelib.domain.subscriber_moves import Change
from chalicelib.domain.words import Language

TAKEN_KEPT = timedelta(days=30)
"""How long a text's mark is kept: Twilio repeats a webhook within minutes, and a person looks within weeks."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is known of a number: its standing with each programme it has a row of, and its stop."""

    phone_key: str
    profiles: Mapping[str, Subscriber] = field(default_factory=dict)
    stop: Stop | None = None
    stop_version: int = 0

    def with_programme(self, programme: str) -> Subscriber:
        """Return its standing with a programme: unknown, or stopped, where there is no row."""
        known = self.profiles.get(programme)
        return known if known is not None else fresh(self.phone_key, programme, self.stop)


class Subscribers:
    """The subscribers of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self._table = table

    def standing(self, phone_key: str) -> Standing:
        """Return where a number stands: one query and one read."""
        stop = self._table.get(keys.stop_texts(phone_key))
        rows = self._rows(phone_key, "subscriber")
        profiles = {each.programme: each for each in map(subscriber_of, rows)}
        return Standing(phone_key, profiles, stop_of(stop) if stop else None, stop["version"] if stop else 0)

    def consents(self, phone_key: str) -> tuple[ConsentRow, ...]:
        """Return a number's ledger, in order of when things were said."""
        return tuple(map(consent_of, self._rows(phone_key, "consent")))

    def answered(self, sid: str) -> Answer | None:
        """Return what we answered to a text that was taken before; None: it was not, or got no answer."""
        item = self._table.get(keys.inbound_text(sid))
        return Answer(Reply(item["reply"]), Language(item["language"])) if item and "reply" in item else None

    def take(self, sid: str, standing: Standing, changes: Sequence[Change], now: datetime) -> Answer | None:
        """Write what a text changed, once, and return what is to be answered.

        `changes` are those of the number's standings, that of the programme it was sent to first.

        Raises:
            Stale: somebody else moved one of them; nothing was written.
            Repeated: the text was taken before; nothing was written.
        """
        effects = [effect for _, each in changes for effect in each]
        answer = next((effect for effect in effects if isinstance(effect, Answer)), None)
        said = [
            *self._profiles(standing, changes),
            *self._consent(effects),
            *self._stop(standing, effects),
        ]
        transact(self._table, said, [self._mark(sid, answer, now)])
        return answer

    # Strictly private.

    def _rows(self, phone_key: str, kind: str) -> Iterator[Item]:
        return (item for item in self._table.partition(keys.subscriber(phone_key)) if item["type"] == kind)

    def _mark(self, sid: str, answer: Answer | None, now: datetime) -> Write:
        given = {"reply": answer.reply.value, "language": answer.language.value} if answer else {}
        expires = int((now + TAKEN_KEPT).timestamp())
        item: Item = {"type": "inbound_text", "version": 1, "expires_at": expires} | given
        return self._put(keys.inbound_text(sid), item, 0)

    def _profiles(self, standing: Standing, changes: Sequence[Change]) -> Iterator[Write]:
        for after, _ in changes:
            before = standing.profiles.get(after.programme)
            if after is before or (before is None and after == standing.with_programme(after.programme)):
                continue
            seen = before.version if before else 0
            item = subscriber_item(replace(after, version=seen + 1))
            yield self._put(keys.profile(after.id, after.programme), item, seen)

    def _consent(self, effects: Iterable[Effect]) -> Iterator[Write]:
        for effect in effects:
            if isinstance(effect, Record):
                row = effect.row
                yield self._put(keys.consent(row.subscriber, row.at, row.id), consent_item(row), 0)

    def _stop(self, standing: Standing, effects: Iterable[Effect]) -> Iterator[Write]:
        """The organization's stop, after all that was said of it: one item, one write."""
        after = standing.stop
        for effect in effects:
            match effect:
                case StopEverywhere(at=at):
                    after = stopped_again(after, at)
                case LiftStop(programme=programme) if after is not None:
                    after = lifted(after, programme)
        if after is not None and after != standing.stop:
            seen = standing.stop_version
            yield self._put(keys.stop_texts(standing.phone_key), stop_item(after, seen + 1), seen)

    def _put(self, key: keys.Key, item: Item, seen: int) -> Write:
        """A put that holds only if what is there is still at version `seen`; 0: nothing is there."""
        condition: dict[str, Any] = {"ConditionExpression": ABSENT}
        if seen:
            values = wire({":seen": seen})
            condition = {"ConditionExpression": "version = :seen", "ExpressionAttributeValues": values}
        return {"Put": {"TableName": self._table.name, "Item": keyed(key) | wire(item)} | condition}
