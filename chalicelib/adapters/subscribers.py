"""Subscribers in the table: where a number stands with each programme, what it consented to, and its stop.

Promises: a text is taken once, with all that follows of it, in one transaction: standings that are still as they were
read, the rows of the ledger, the organization's stop, the rolls of who gets alerts, what waits for a person's eyes, and
what is to be done about it, so that a repeat is answered alike. A stop is never deleted, and no row of the ledger is
changed; one whose consent has ended gets an end (`domain/retention`). Numbers stand here under their keyed hash, but
for the roll (`adapters/roll`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters import keys, roll
from chalicelib.adapters.store import ABSENT
from chalicelib.adapters.subscriber_items import (
    consent_item,
    consent_of,
    shown_item,
    stop_item,
    stop_of,
    subscriber_item,
    subscriber_of,
)
from chalicelib.adapters.table import Item, Table, Write, keyed, wire
from chalicelib.adapters.transactions import transact
from chalicelib.domain.retention import ends_consent, ends_of
from chalicelib.domain.subscriber import (
    ConsentRow,
    Reply,
    Rules,
    State,
    Stop,
    Subscriber,
    fresh,
    lifted,
    stopped_again,
)
from chalicelib.domain.subscriber_events import (
    Answer,
    Effect,
    Leaving,
    LiftStop,
    Record,
    Ring,
    SendLetterLink,
    ShowStaff,
    StopEverywhere,
)
from chalicelib.domain.subscriber_machine import next_look
from chalicelib.domain.subscriber_moves import Change
from chalicelib.domain.words import Language

TAKEN_KEPT = timedelta(days=30)
"""How long a text's mark is kept: Twilio repeats a webhook within minutes, and a person looks within weeks."""
SHOWN_KEPT = timedelta(days=90)
"""How long a text waits for a person's eyes. What it changed stands in the ledger, with its words."""
HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """Something a number said, or that is said of it: what makes it one (`sid`), and when we heard it.

    `number` (E.164) is None where it isn't known; `text` is what they wrote, for a person's eyes.
    """

    sid: str
    now: datetime
    number: str | None = field(default=None, repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reaction:
    """What is to be done about something that was said, and by which programme; `what` None: nothing.

    `at` is when it was said first: a repeat is answered with the same, but not for ever.
    """

    programme: str
    what: Leaving | None = None
    at: datetime | None = field(default=None, compare=False)


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
        rows = self._table.partition(keys.subscriber(phone_key), begins=keys.profile(phone_key, "").sk)
        profiles = {each.programme: each for each in map(subscriber_of, rows)}
        return Standing(phone_key, profiles, stop_of(stop) if stop else None, stop["version"] if stop else 0)

    def consents(self, phone_key: str, now: datetime | None = None) -> tuple[ConsentRow, ...]:
        """Return a number's ledger, in order of when things were said; with `now`, without rows whose time is over."""
        rows = self._rows(phone_key, "consent")
        return tuple(consent_of(row) for row in rows if now is None or not _is_over(row, now))

    def set_ends(self, phone_key: str) -> int:
        """Give each row whose consent has ended its end, which it keeps, and return how many got one."""
        items = {item["id"]: item for item in self._rows(phone_key, "consent")}
        ends = ends_of(map(consent_of, items.values()))
        new = {name: end for name, end in ends.items() if "expires_at" not in items[name]}
        return sum(self._end(items[name], end) for name, end in new.items())

    def reaction(self, sid: str) -> Reaction | None:
        """Return what was to be done about something that was taken before; None: it was not."""
        item = self._table.get(keys.inbound_text(sid))
        return _reaction_of(item) if item else None

    def take(self, said: Said, standing: Standing, changes: Sequence[Change]) -> Reaction:
        """Write what something changed, once, and return what is to be done about it.

        `changes` are those of the number's standings, that of the programme it was said to first.

        Raises:
            Stale: somebody else moved one of them; nothing was written.
            Repeated: it was taken before; nothing was written.
        """
        effects = [effect for _, each in changes for effect in each]
        leaving = next(
            (effect for effect in effects if isinstance(effect, Answer | Ring | SendLetterLink)), None
        )
        reaction = Reaction(changes[0][0].programme, leaving, said.now)
        written = [
            *self._profiles(standing, changes, said),
            *self._consent(effects),
            *self._stop(standing, effects),
            *self._inbox(standing, changes, said),
        ]
        transact(self._table, written, [self._mark(reaction, said)])
        return reaction

    def show(self, version: str, text: str) -> None:
        """Keep words that somebody is shown before they consent, under their version. They have no end."""
        self._table.put(keys.shown_words(version), {"type": "words", "version": 1, "text": text})

    def shown(self, version: str) -> str | None:
        """Return the words of a version; None: nobody was shown any by that name."""
        item = self._table.get(keys.shown_words(version))
        return item["text"] if item else None

    # The schedule.

    def due(self, now: datetime) -> Iterator[tuple[keys.Key, str, str]]:
        """Yield the subscribers to look at by now: (the key of the look, phone key, programme), the longest due first.

        This hour and the one before; in an hour's first minute a day; in a day's first minute (UTC) all there is, for
        what a schedule that stood still left behind.
        """
        until = f"{now:%Y-%m-%dT%H:%M:%S}~"
        for back in range(_hours_back(now), -1, -1):
            for item in self._table.partition(keys.subscriber_due_hour(now - back * HOUR), until):
                yield keys.Key(item["PK"], item["SK"]), item["phone_key"], item["programme"]

    def seen(self, key: keys.Key) -> None:
        """Forget one look."""
        self._table.delete(key)

    # Strictly private.

    def _end(self, row: Item, end: datetime) -> bool:
        """Write a row once more, all of it as it was, with its end; False: somebody had, or it is gone."""
        try:
            self._table.client.put_item(
                TableName=self._table.name,
                Item=wire(row | {"expires_at": int(end.timestamp())}),
                ConditionExpression="attribute_exists(PK) AND attribute_not_exists(expires_at)",
            )
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _rows(self, phone_key: str, kind: str) -> Iterator[Item]:
        return (item for item in self._table.partition(keys.subscriber(phone_key)) if item["type"] == kind)

    def _mark(self, reaction: Reaction, said: Said) -> Write:
        expires = int((said.now + TAKEN_KEPT).timestamp())
        item: Item = {"type": "inbound_text", "version": 1, "expires_at": expires} | _reaction_item(reaction)
        item["at"] = said.now.isoformat()
        return self._put(keys.inbound_text(said.sid), item, 0)

    def _profiles(self, standing: Standing, changes: Sequence[Change], said: Said) -> Iterator[Write]:
        for after, _ in changes:
            before = standing.profiles.get(after.programme)
            if after is before or (before is None and after == standing.with_programme(after.programme)):
                continue
            seen = before.version if before else 0
            item = subscriber_item(replace(after, version=seen + 1))
            yield self._put(keys.profile(after.id, after.programme), item, seen)
            yield from roll.writes(self._table, before, after, said.number)
            yield from self._look(before, after, said.now)

    def _look(self, before: Subscriber | None, after: Subscriber, now: datetime) -> Iterator[Write]:
        """A look at somebody who was asked something, once the time to answer is over; or whose consent has ended."""
        is_asked = before is None or before.asked_at != after.asked_at
        at = now if _has_ended(before, after) else next_look(after, Rules()) if is_asked else None
        if at is None:
            return
        expires = int((max(at, now) + TAKEN_KEPT).timestamp())
        item: Item = {"type": "subscriber_due", "version": 1, "expires_at": expires}
        item |= {"phone_key": after.id, "programme": after.programme}
        key = keys.subscriber_due(at, after.id, after.programme)
        yield {"Put": {"TableName": self._table.name, "Item": keyed(key) | wire(item)}}

    def _inbox(self, standing: Standing, changes: Sequence[Change], said: Said) -> Iterator[Write]:
        """What waits for a person's eyes: who said it by their keyed hash, what, and to which programme."""
        for after, effects in changes:
            for effect in effects:
                if isinstance(effect, ShowStaff):
                    key = keys.inbox(said.now, standing.phone_key, said.sid)
                    yield {"Put": {"TableName": self._table.name, "Item": keyed(key) | wire(shown_item(
                        effect, after, said.text, said.now, said.now + SHOWN_KEPT
                    ))}}  # fmt: skip

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


def _hours_back(now: datetime) -> int:
    if now.minute:
        return 1
    return (TAKEN_KEPT if now.hour == 0 else A_DAY) // HOUR


def _is_over(row: Item, now: datetime) -> bool:
    return "expires_at" in row and row["expires_at"] <= now.timestamp()


def _has_ended(before: Subscriber | None, after: Subscriber) -> bool:
    """Whether rows must get their end. A question that was not answered is looked at anyway, when its time is over."""
    if before is None or (before.state, after.state) == (State.PENDING, State.UNKNOWN):
        return False
    return ends_consent(before.state, after.state)


def _reaction_item(reaction: Reaction) -> Item:
    item: Item = {"programme": reaction.programme}
    match reaction.what:
        case Answer(reply=reply, language=language):
            item |= {"does": "answer", "reply": reply.value, "language": language.value}
        case Ring(language=language):
            item |= {"does": "ring", "language": language.value}
        case SendLetterLink(language=language):
            item |= {"does": "letter", "language": language.value}
    return item


def _reaction_of(item: Item) -> Reaction:
    programme, does, at = item["programme"], item.get("does"), datetime.fromisoformat(item["at"])
    if does is None:
        return Reaction(programme, None, at)
    language = Language(item["language"])
    leaving: dict[str, Leaving] = {"ring": Ring(language), "letter": SendLetterLink(language)}
    return Reaction(programme, leaving.get(does) or Answer(Reply(item["reply"]), language), at)
