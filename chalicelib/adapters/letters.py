"""Letters in the table: what they are, whom they may not reach, and which mails to their writers have left.

Promises: letters change together or not at all, with their counts, their next look and what follows for a mailbox, in
one transaction; a letter that somebody else moved is Stale, and nothing was written. A letter is never deleted.
Refuses to know SES, pages and clocks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.adapters import keys
from chalicelib.adapters.ledger import counting
from chalicelib.adapters.letter_items import letter_item, letter_of, words_item
from chalicelib.adapters.store import ABSENT
from chalicelib.adapters.table import Item, Table, Write, keyed, wire
from chalicelib.adapters.transactions import transact
from chalicelib.domain.letter import Letter
from chalicelib.domain.letter_events import Count, Effect
from chalicelib.domain.letter_machine import next_look

HOUR = timedelta(hours=1)
DUE_KEPT = timedelta(days=14)
"""How long a look that nobody took is kept: a schedule that slept for a week loses no letter."""
LOOKED_BACK = timedelta(days=2)
MAIL_KEPT = timedelta(days=30)
"""How long a mail's mark is kept: longer than anything could ask for it again."""
EVENT_KEPT = timedelta(days=30)
"""How long an event is known again: SQS keeps one for 14 days, and its dead-letter queue for 14 more."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A letter as it was read, as it is to be, and what that means. `before.version` 0: it is not there yet."""

    before: Letter
    after: Letter
    effects: tuple[Effect, ...] = ()


class Letters:
    """The letters of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self.table = table

    # Reading.

    def letter(self, letter_id: str, now: datetime) -> Letter | None:
        """Return a letter, with its words while they are kept. One read."""
        return next(iter(self._read([letter_id], now)), None)

    def group(self, group_id: str, now: datetime) -> tuple[Letter, ...]:
        """Return the letters that are confirmed together, in the order in which they were begun."""
        item = self.table.get(keys.group(group_id))
        return tuple(self._read(item["letters"], now)) if item else ()

    def letters(self, letter_ids: Sequence[str], now: datetime) -> tuple[Letter, ...]:
        """Return those of these letters that exist, in this order."""
        return tuple(self._read(letter_ids, now))

    def due(self, now: datetime) -> Iterator[tuple[keys.Key, str]]:
        """Yield the letters to look at by now: (the key of the look, letter id), the longest due first.

        This hour and the one before; in an hour's first minute two days; in a day's first minute (UTC) all there is.
        """
        until = f"{now:%Y-%m-%dT%H:%M:%S.%f}~"
        for back in range(_hours_back(now), -1, -1):
            for item in self.table.partition(keys.letter_due_hour(now - back * HOUR), until):
                yield keys.Key(item["PK"], item["SK"]), item["letter"]

    def seen(self, key: keys.Key) -> None:
        """Forget one look."""
        self.table.delete(key)

    def all(self, now: datetime) -> Iterator[Letter]:
        """Yield every letter without its words. Reads the whole table: for the command line."""
        return (letter_of(item, None, now) for item in self.table.scan("letter"))

    # Writing.

    def commit(self, changed: Sequence[Changed], also: Sequence[Write] = ()) -> tuple[Letter, ...]:
        """Write letters that are still as they were read, with their counts and next looks, and what else belongs.

        Letters that don't change are left alone. Returns all of them as written.

        Raises:
            Stale: somebody else moved one of them; nothing was written.
            Repeated: a condition of `also` doesn't hold; nothing was written.
        """
        moved = [each for each in changed if each.after is not each.before]
        written = {each.after.id: _next(each) for each in moved}
        own = [write for each in moved for write in self._writes(each, written[each.after.id])]
        actions = [effect.action for each in moved for effect in each.effects if isinstance(effect, Count)]
        own += counting(self.table, actions)
        if own or also:
            transact(self.table, own, also)
        return tuple(written.get(each.after.id, each.after) for each in changed)

    def grouping(self, group_id: str, letter_ids: Iterable[str]) -> Write:
        """What is written with letters that are begun together."""
        item: Item = {"type": "group", "version": 1, "letters": list(letter_ids)}
        return {"Put": {"TableName": self.table.name, "Item": keyed(keys.group(group_id)) | wire(item)}}

    def taking(self, event_name: str, now: datetime) -> Write:
        """What is written with the change an event makes, so that it makes it once."""
        expires = int((now + EVENT_KEPT).timestamp())
        return self._once(keys.mail_event(event_name), {"type": "mail_event", "expires_at": expires})

    def watch(self, letter_id: str, at: datetime) -> None:
        """Have a letter looked at when `at` has come."""
        self.table.client.put_item(**self._look(letter_id, at)["Put"])

    # Mail to writers: each is claimed once.

    def claim_mail(self, mail_id: str, attempt: str, now: datetime) -> bool:
        """Claim a mail to a writer; False: it was claimed before. A repeat of one's own lost answer is True."""
        expires = int((now + MAIL_KEPT).timestamp())
        item = {"type": "mail", "version": 1, "attempt": attempt, "expires_at": expires}
        try:
            self.table.client.put_item(**self._once(keys.mail(mail_id), item)["Put"])
        except self.table.client.exceptions.ConditionalCheckFailedException:
            found = self.table.get(keys.mail(mail_id))
            return found is not None and found["attempt"] == attempt
        return True

    def release_mail(self, mail_id: str) -> None:
        """Give a mail back that was clearly not sent."""
        self.table.delete(keys.mail(mail_id))

    # Whom nothing reaches.

    def suppressed(self, address_keys: Iterable[str], campaign: str | None = None) -> frozenset[str]:
        """Return those of these addresses (by keyed hash) that get no mail; with a campaign, none of its letters.

        One read.
        """
        address_keys = tuple(dict.fromkeys(address_keys))
        scopes = (None, campaign) if campaign else (None,)
        asked = [keys.no_mail(each, scope) for each in address_keys for scope in scopes]
        found = {item["PK"] for item in self.table.batch(asked)} if asked else set()
        return frozenset(each for each in address_keys if keys.no_mail(each).pk in found)

    def suppressing(self, address_key: str, campaign: str | None, why: str, at: datetime) -> Write:
        """What is written so that an address gets nothing any more; it has no TTL."""
        item = {"type": "no_mail", "version": 1, "why": why, "at": at.isoformat()}
        key = keys.no_mail(address_key, campaign)
        return {"Put": {"TableName": self.table.name, "Item": keyed(key) | wire(item)}}

    def suppress(self, address_key: str, campaign: str | None, why: str, at: datetime) -> None:
        """Let an address get nothing any more."""
        self.table.client.put_item(**self.suppressing(address_key, campaign, why, at)["Put"])

    def allow(self, address_key: str, campaign: str | None) -> None:
        """Let an address get mail again, or (with a campaign) letters of that one: a person has looked."""
        self.table.delete(keys.no_mail(address_key, campaign))

    def resting(self, office_id: str) -> dict[str, str]:
        """Return which mailboxes of an office rest (by keyed hash), and what their servers said."""
        return {item["SK"]: item["why"] for item in self.table.partition(keys.resting(office_id, "").pk)}

    def resting_write(self, office_id: str, address_key: str, why: str, at: datetime) -> Write:
        """What is written so that a mailbox gets no letters until a person has looked."""
        item = {"type": "resting", "version": 1, "why": why, "at": at.isoformat()}
        key = keys.resting(office_id, address_key)
        return {"Put": {"TableName": self.table.name, "Item": keyed(key) | wire(item)}}

    def wake(self, office_id: str, address_key: str) -> None:
        """Let a mailbox take letters again: a person has looked."""
        self.table.delete(keys.resting(office_id, address_key))

    # Strictly private.

    def _read(self, letter_ids: Sequence[str], now: datetime) -> Iterator[Letter]:
        asked = [key(each) for each in letter_ids for key in (keys.letter, keys.letter_words)]
        found = {(item["PK"], item["type"]): item for item in self.table.batch(asked)} if asked else {}
        for each in letter_ids:
            pk = keys.letter(each).pk
            if (pk, "letter") in found:
                yield letter_of(found[pk, "letter"], found.get((pk, "letter_words")), now)

    def _writes(self, changed: Changed, after: Letter) -> Iterator[Write]:
        before = changed.before
        put = {"TableName": self.table.name, "Item": keyed(keys.letter(after.id)) | wire(letter_item(after))}
        is_new = before.version == 0
        condition = ABSENT if is_new else "version = :seen"
        seen = {} if is_new else {"ExpressionAttributeValues": wire({":seen": before.version})}
        yield {"Put": put | {"ConditionExpression": condition} | seen}
        yield from self._words(before, after)
        look = next_look(after)
        if look is not None and (is_new or look != next_look(before)):
            yield self._look(after.id, look)

    def _words(self, before: Letter, after: Letter) -> Iterator[Write]:
        """The words are written as a letter begins (again), and deleted as it is forgotten."""
        key, table = keys.letter_words(after.id), self.table.name
        if after.content is None and (before.content is not None or before.version == 0):
            yield {"Delete": {"TableName": table, "Key": keyed(key)}}
        elif after.content is not None and (before.version == 0 or before.content != after.content):
            yield {"Put": {"TableName": table, "Item": keyed(key) | wire(words_item(after, after.content))}}

    def _look(self, letter_id: str, at: datetime) -> Write:
        item = {"type": "letter_due", "letter": letter_id, "expires_at": int((at + DUE_KEPT).timestamp())}
        key = keys.letter_due(at, letter_id)
        return {"Put": {"TableName": self.table.name, "Item": keyed(key) | wire(item)}}

    def _once(self, key: keys.Key, item: Item) -> Write:
        put = {"TableName": self.table.name, "Item": keyed(key) | wire(item), "ConditionExpression": ABSENT}
        return {"Put": put}


def _hours_back(now: datetime) -> int:
    if now.minute:
        return 1
    return (DUE_KEPT if now.hour == 0 else LOOKED_BACK) // HOUR


def _next(changed: Changed) -> Letter:
    return replace(changed.after, version=changed.before.version + 1)
