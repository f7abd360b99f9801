"""Booked calls in the table: the bookings, the list of what comes when, and how full each quarter-hour is.

Promises: a booking, its place in the list, in its quarter-hours and among its phone's bookings are written in one
transaction, so that no quarter-hour and no phone ever has one more than it may. A quarter-hour is given back in
the write that cancels. The raw phone number goes in the write that ends the booking.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from time import sleep
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters import keys
from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.store import Stale
from chalicelib.adapters.table import Item, Table, Write, keyed, wire
from chalicelib.domain.booking import QUARTER, Booking, Reason, State, occurrences
from chalicelib.domain.call import Consent, Proving
from chalicelib.domain.words import Language

KEPT = timedelta(days=30)
"""How long a booking's page tells what became of it, after its last change."""
BOOKER_KEPT = timedelta(weeks=32)
"""Longer than the longest booking: 14 days ahead, 26 weeks on, and the days its page lives."""
DUE_KEPT = timedelta(days=2)
"""How long a slept-through occurrence waits in its list; the booking itself lives longer."""
HOUR = timedelta(hours=1)
TRIES = 8
"""Transactions that met another on the same quarter-hour until we give up: together a good second."""
BACKOFF = 0.005
"""Seconds before the second try, doubled with each."""
ABSENT = "attribute_not_exists(PK)"


class Full(Exception):
    """A quarter-hour has as many calls as it bears; nothing was written."""


@dataclass(frozen=True, slots=True)
class Booker:
    """Which bookings a phone has: ids of those that may not be over yet."""

    phone_key: str
    bookings: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One occurrence in the list of what comes when. It may be through already: the booking knows."""

    key: keys.Key
    booking_id: str
    at: datetime


class Bookings:
    """The booked calls of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table."""
        self._table = table

    def booking(self, booking_id: str, now: datetime) -> Booking | None:
        """Return a booking; None when there is none, or its page's time is over (TTL deletes late)."""
        item = self._table.get(keys.booking(booking_id))
        return booking_of(item) if item and item["expires_at"] > now.timestamp() else None

    def open_of(self, phone_key: str, now: datetime) -> tuple[Booker, tuple[Booking, ...]]:
        """Return what a phone has booked that is still to come. Those that are over drop out of the Booker."""
        item = self._table.get(keys.booker(phone_key))
        if item is None:
            return Booker(phone_key), ()
        found = self._table.batch([keys.booking(each) for each in item["bookings"]])
        bookings = (booking_of(each) for each in found if each["expires_at"] > now.timestamp())
        open_ones = tuple(sorted((each for each in bookings if not each.is_over), key=lambda each: each.at))
        return Booker(phone_key, tuple(each.id for each in open_ones), item["version"]), open_ones

    def book(self, booking: Booking, booker: Booker, room: int) -> None:
        """Write a new booking, if each of its quarter-hours has fewer than `room`, and its phone's list is as read.

        Raises:
            Full: one of its quarter-hours is taken.
            Stale: the phone has booked or lost something meanwhile, or this id is taken; nothing was written.
        """
        mine = replace(booker, bookings=(*booker.bookings, booking.id))
        head = [self._new(booking), self._booker(mine, booking.created_at), self._listed(booking)]
        quarters = [self._take(booking.office, at, room) for at in occurrences(booking)]
        failed = self._transact([*head, *quarters])
        if failed and min(failed) >= len(head):
            raise Full
        if failed:
            raise Stale

    def wait(self, booking: Booking) -> None:
        """Write a new booking that waits for its code: it takes no quarter-hour, and isn't one of its phone's.

        Raises:
            Stale: this id is taken.
        """
        if self._transact([self._new(booking)]):
            raise Stale

    def take(self, before: Booking, after: Booking, booker: Booker, room: int) -> Booking:
        """Write a booking that waited as booked: with its quarter-hours, and as one of its phone's.

        Raises:
            Full: one of its quarter-hours is taken; nothing was written.
            Stale: it, or its phone's list, was changed meanwhile; nothing was written.
        """
        mine = replace(booker, bookings=(*booker.bookings, after.id))
        head = [*self.moving(before, after), self._booker(mine, after.changed_at)]
        failed = self._transact([*head, *(self._take(after.office, at, room) for at in occurrences(after))])
        if failed and min(failed) >= len(head):
            raise Full
        if failed:
            raise Stale
        return replace(after, version=before.version + 1)

    def change(self, before: Booking, after: Booking) -> Booking:
        """Write `after` if the booking is still `before`; return it as written.

        Raises:
            Stale: somebody else moved it; nothing was written.
        """
        if after is before:
            return before
        if self._transact(self.moving(before, after)):
            raise Stale
        return replace(after, version=before.version + 1)

    def reschedule(self, before: Booking, after: Booking, room: int) -> Booking:
        """Write `after` at its new times and give back the old ones, all or nothing; return it as written.

        Raises:
            Full: one of the new quarter-hours is taken; the old ones are kept.
            Stale: somebody else moved it; nothing was written.
        """
        if after is before:
            return before
        old, new = occurrences(before), occurrences(after)
        head = [
            *self.moving(before, after),
            *(self._give_back(before.office, at) for at in old if at not in new),
        ]
        failed = self._transact([*head, *(self._take(after.office, at, room) for at in new if at not in old)])
        if failed and min(failed) >= len(head):
            raise Full
        if failed:
            raise Stale
        return replace(after, version=before.version + 1)

    def moving(self, before: Booking, after: Booking) -> list[Write]:
        """Return the writes that turn `before` into `after`, for a transaction of whoever writes more with them.

        The first fails when the booking is no longer `before`.
        """
        moved = replace(after, version=before.version + 1)
        writes = [
            self._put(
                keys.booking(after.id), booking_item(moved), "version = :seen", {":seen": before.version}
            )
        ]
        if after.state is State.BOOKED and (after.at != before.at or before.is_waiting):
            writes.append(self._listed(after))
        if after.state is State.CANCELLED:
            writes += [self._give_back(before.office, at) for at in occurrences(before)]
        return writes

    def taken(self, office_id: str, until: datetime) -> dict[datetime, int]:
        """Return how many calls to an office are booked, by quarter-hour, up to `until`."""
        items = self._table.partition(keys.quarters(office_id), keys.quarter(office_id, until).sk)
        return {moment(item["at"]): item["taken"] for item in items}

    def due(self, now: datetime, until: datetime) -> Iterator[Listed]:
        """Yield what comes by `until`, and what is left of the hour before; the longest due first.

        In an hour's first minute all hours of DUE_KEPT, for what a schedule that slept left behind.
        """
        hours = DUE_KEPT // HOUR if now.minute == 0 else 1
        last = f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%S}~"
        ahead = 1 if keys.booked_hour(until) != keys.booked_hour(now) else 0
        for back in range(hours, -1 - ahead, -1):
            for item in self._table.partition(keys.booked_hour(now - back * HOUR), last):
                yield Listed(keys.Key(item["PK"], item["SK"]), item["booking_id"], moment(item["at"]))

    def seen(self, listed: Listed) -> None:
        """Take an occurrence that is through off the list."""
        self._table.delete(listed.key)

    # Strictly private.

    def _new(self, booking: Booking) -> Write:
        return self._put(keys.booking(booking.id), booking_item(booking), ABSENT, {})

    def _booker(self, booker: Booker, now: datetime) -> Write:
        item = {
            "type": "booker",
            "version": booker.version + 1,
            "bookings": list(booker.bookings),
            "expires_at": _seconds(now + BOOKER_KEPT),
        }
        condition, values = ("version = :seen", {":seen": booker.version}) if booker.version else (ABSENT, {})
        return self._put(keys.booker(booker.phone_key), item, condition, values)

    def _listed(self, booking: Booking) -> Write:
        """Its next occurrence in the list. Whoever writes it twice writes the same."""
        item = {"type": "booked", "version": 1, "booking_id": booking.id, "at": millis(booking.at),
                "expires_at": _seconds(booking.at + DUE_KEPT)}  # fmt: skip
        key = keys.booked_at(booking.at, booking.id)
        return {"Put": {"TableName": self._table.name, "Item": keyed(key) | wire(item)}}

    def _take(self, office_id: str, at: datetime, room: int) -> Write:
        values = {":one": 1, ":room": room, ":type": "quarter", ":at": millis(at),
                  ":expires": _seconds(at + QUARTER + DUE_KEPT)}  # fmt: skip
        change = "SET #type = :type, #at = :at, expires_at = :expires ADD taken :one, version :one"
        return self._update(keys.quarter(office_id, at), change, values, {"#type": "type", "#at": "at"},
                            "attribute_not_exists(taken) OR taken < :room")  # fmt: skip

    def _give_back(self, office_id: str, at: datetime) -> Write:
        """One place less. It is there: a booking that is not over took it, and TTL takes only what is past."""
        values = {":less": -1, ":one": 1}
        return self._update(keys.quarter(office_id, at), "ADD taken :less, version :one", values, {}, None)

    def _put(self, key: keys.Key, item: Item, condition: str, values: Mapping[str, Any]) -> Write:
        more = {"ExpressionAttributeValues": wire(values)} if values else {}
        item_wire = keyed(key) | wire(item)
        return {
            "Put": {"TableName": self._table.name, "Item": item_wire, "ConditionExpression": condition} | more
        }

    def _update(
        self,
        key: keys.Key,
        change: str,
        values: Mapping[str, Any],
        names: Mapping[str, str],
        condition: str | None,
    ) -> Write:
        more: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
        if names:
            more["ExpressionAttributeNames"] = dict(names)
        update = {"TableName": self._table.name, "Key": keyed(key), "UpdateExpression": change,
                  "ExpressionAttributeValues": wire(values)}  # fmt: skip
        return {"Update": update | more}

    def _transact(self, writes: Sequence[Write]) -> list[int]:
        """Write all or nothing; which of the conditions did not hold. Meeting another transaction is tried again.

        Raises:
            Stale: so many others wrote the same items that we gave up.
        """
        for number in range(TRIES):
            try:
                self._table.client.transact_write_items(TransactItems=writes)  # type: ignore[arg-type]  # built above
                return []  # noqa: TRY300 - the loop goes on only after a conflict
            except ClientError as error:
                failed = _failed(error)
                if failed:
                    return failed
            sleep(BACKOFF * 2**number)
        raise Stale


def booking_item(booking: Booking) -> Item:
    """A booking as an item, with its TTL; None is left out."""
    consent = booking.consent
    found: Item = {
        "type": "booking", "version": booking.version, "id": booking.id, "campaign": booking.campaign,
        "office": booking.office, "language": booking.language.value, "phone": booking.phone,
        "phone_key": booking.phone_key, "phone_ends": booking.phone_ends, "zone": booking.zone,
        "consent": {"text": consent.text, "version": consent.version, "language": consent.language.value,
                    "at": millis(consent.at)},
        "at": millis(booking.at), "wall": booking.wall.isoformat(), "state": booking.state.value,
        "until": booking.until.isoformat() if booking.until else None,
        "call_id": booking.call_id, "dropped": booking.dropped.value if booking.dropped else None,
        "last_at": millis(booking.last_at) if booking.last_at else None,
        "proving": _proving_item(booking.proving) if booking.proving else None,
        "created_at": millis(booking.created_at), "changed_at": millis(booking.changed_at),
        "expires_at": _seconds((booking.changed_at if booking.is_over else booking.at) + KEPT),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def booking_of(item: Mapping[str, Any]) -> Booking:
    """Read a booking's item."""
    kept = item["consent"]
    consent = Consent(kept["text"], kept["version"], Language(kept["language"]), moment(kept["at"]))
    return Booking(
        id=item["id"], campaign=item["campaign"], office=item["office"], language=Language(item["language"]),
        phone=item.get("phone"), phone_key=item["phone_key"], phone_ends=item["phone_ends"], consent=consent,
        zone=item["zone"], at=moment(item["at"]), wall=clock.fromisoformat(item["wall"]),
        until=date.fromisoformat(item["until"]) if "until" in item else None,
        created_at=moment(item["created_at"]), changed_at=moment(item["changed_at"]), state=State(item["state"]),
        call_id=item.get("call_id"), dropped=Reason(item["dropped"]) if "dropped" in item else None,
        last_at=moment(item["last_at"]) if "last_at" in item else None,
        proving=_proving_of(item["proving"]) if "proving" in item else None, version=item["version"],
    )  # fmt: skip


def _proving_item(proving: Proving) -> Item:
    return {"made_at": millis(proving.made_at), "codes": proving.codes, "texted": proving.texted}


def _proving_of(item: Mapping[str, Any]) -> Proving:
    return Proving(moment(item["made_at"]), item["codes"], item["texted"])


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _failed(error: ClientError) -> list[int]:
    """Which parts' conditions did not hold; none when the transaction only met another. A fault is raised as it is."""
    code = error.response["Error"]["Code"]
    if code == "TransactionConflictException":
        return []
    if code != "TransactionCanceledException":
        raise error
    reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
    failed = [number for number, reason in enumerate(reasons) if reason == "ConditionalCheckFailed"]
    if not failed and "TransactionConflict" not in reasons:
        raise error
    return failed
