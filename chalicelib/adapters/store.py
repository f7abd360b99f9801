"""Call sessions, the ledger and the tallies in the table.

Promises: what belongs together is written in one transaction. A write whose condition fails changes nothing
and says so: Stale when somebody else moved the session, and an action that exists is never counted again.
A response lost on the way looks like a lost race, and is resolved by reading what is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters import keys
from chalicelib.adapters.ledger import counting
from chalicelib.adapters.session_items import (
    KEPT,
    action_of,
    caller_item,
    caller_of,
    millis,
    moment,
    session_item,
    session_of,
    tally_of,
)
from chalicelib.adapters.table import Item, Table, Write, keyed, read, wire
from chalicelib.domain.call import CallSession
from chalicelib.domain.counts import SHARDS, Action, Channel, Tally, added
from chalicelib.domain.events import Count, Effect, KeepCaller, StopRinging
from chalicelib.domain.limits import LONGEST_WAIT, Caller

ABSENT = "attribute_not_exists(PK)"
HOUR = timedelta(hours=1)
DUE_KEPT = timedelta(days=2)


class Stale(Exception):
    """The session is not, or no longer, as it was read: load it again and decide again."""


class Repeated(Exception):
    """What is written once was written before; nothing was written now."""


class LineFull(Exception):
    """So many calls wait that one more would wait too long."""


class Store:
    """Sessions, callers, actions and tallies of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table."""
        self._table = table

    # Sessions.

    def call(self, call_id: str, now: datetime) -> CallSession | None:
        """Return a session; None when there is none, or its page's time is over (TTL deletes late)."""
        item = self._table.get(keys.session(call_id))
        if item is None or item["expires_at"] <= now.timestamp():
            return None
        return session_of(item)

    def open_call(self, session: CallSession, caller: Caller | None, also: Sequence[Write] = ()) -> None:
        """Write a new session, its caller (as just read, plus this call) and what else belongs, in one transaction.

        No `caller`: their number is hidden, and nothing is kept of it.

        Raises:
            Stale: the caller, or what `also` is about, has moved on meanwhile; nothing was written.
        """
        puts = [
            self._put(keys.session(session.id), session_item(session), ABSENT, {}),
            *self._caller(session.phone_key, caller),
            *also,
        ]
        try:
            self._transact(puts)
        except _SecondConditionError as error:
            raise Stale from error

    def begin(self, session: CallSession) -> None:
        """Write a new session alone: its phone is not known to be its supporter's.

        Raises:
            Stale: there is one by this id.
        """
        self._transact([self._put(keys.session(session.id), session_item(session), ABSENT, {})])

    def commit(
        self, before: CallSession, after: CallSession, effects: Sequence[Effect], also: Sequence[Write] = ()
    ) -> CallSession:
        """Write `after` if the session is still `before`, with its actions and stops in the same transaction.

        `also` is whatever else belongs to it; what it depends on is its own condition.

        Returns the session as written. The effects that leave the building are not written here.

        Raises:
            Stale: somebody else moved the session, or what `also` is about; nothing was written.
        """
        if after is before:
            return before
        after = replace(after, version=before.version + 1)
        put = self._put(keys.session(after.id), session_item(after), *_unchanged(before.version))
        actions = [effect.action for effect in effects if isinstance(effect, Count)]
        stops = [self._stop(effect) for effect in effects if isinstance(effect, StopRinging)]
        kept = [effect for effect in effects if isinstance(effect, KeepCaller)]
        callers = [part for each in kept for part in self._caller(each.phone_key, each.caller)]
        try:
            self._transact([put, *also, *callers, *stops, *counting(self._table, actions)])
        except _SecondConditionError as error:
            if also or callers:
                raise Stale from error
            # The ledger has this action already; the session still moves.
            self._transact([put, *stops])
        return after

    # Pages that wait for their supporter's own call.

    def await_call(self, session: CallSession, code: str, until: datetime) -> bool:
        """Write a new session that `code` stands for until then; False when the code stands for another call."""
        item = {"type": "code", "version": 1, "call_id": session.id, "expires_at": int(until.timestamp())}
        free = "attribute_not_exists(PK) OR expires_at <= :now"
        puts = [
            self._put(keys.session(session.id), session_item(session), ABSENT, {}),
            self._put(keys.code(code), item, free, {":now": int(session.created_at.timestamp())}),
        ]
        try:
            self._transact(puts)
        except _SecondConditionError:
            return False
        return True

    def call_of_code(self, code: str, now: datetime) -> str | None:
        """Return the id of the call that a page's code stands for now."""
        item = self._table.get(keys.code(code))
        return item["call_id"] if item and item["expires_at"] > now.timestamp() else None

    def joining(self, inbound_id: str, session: CallSession, caller: Caller | None) -> list[Write]:
        """What is written with a session that a call to us joins: where that call went, and its phone's call."""
        expires = int((session.changed_at + KEPT).timestamp())
        item = {"type": "joined", "version": 1, "call_id": session.id, "expires_at": expires}
        return [
            self._put(keys.joined(inbound_id), item, ABSENT, {}),
            *self._caller(session.phone_key, caller),
        ]

    def joined(self, inbound_id: str) -> str | None:
        """Return the id of the page's call that a call to us became."""
        item = self._table.get(keys.joined(inbound_id))
        return item["call_id"] if item else None

    # Callers.

    def caller(self, phone_key: str) -> tuple[Caller, bool]:
        """Return what is kept of a phone, and whether it must never be rung."""
        items = self._table.batch([keys.caller(phone_key), keys.stop(phone_key)])
        kinds = {item["type"]: item for item in items}
        caller = caller_of(kinds["caller"]) if "caller" in kinds else Caller()
        return caller, "stop" in kinds

    def is_stopped(self, phone_key: str) -> bool:
        """Whether this phone is on the do-not-ring list."""
        return self._table.get(keys.stop(phone_key)) is not None

    # Ceilings and the pace.

    def spent(self, scope: str, window: str) -> int:
        """Return how far a count has come."""
        return int((self._table.get(keys.spend(scope, window)) or {}).get("spent", 0))

    def spend_once(self, scope: str, window: str, limit: int, expires: datetime, mark: str) -> bool:
        """As `spend`, for a thing called `mark`, whose request may be repeated when its answer was lost.

        The count remembers the mark it last counted. Only if another came between the lost answer and the repeat
        is one counted twice: that is one fewer, never one more than `limit`.
        """
        asked: Any = {
            "TableName": self._table.name,
            "Key": keyed(keys.spend(scope, window)),
            "UpdateExpression": "SET expires_at = :expires, #type = :type, mark = :mark ADD #spent :one",
            "ConditionExpression": "attribute_not_exists(#spent) OR (#spent < :limit AND mark <> :mark)",
            "ExpressionAttributeNames": {"#spent": "spent", "#type": "type"},
            "ExpressionAttributeValues": wire({
                ":expires": int(expires.timestamp()), ":type": "spend", ":mark": mark, ":one": 1, ":limit": limit,
            }),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }  # fmt: skip
        try:
            self._table.client.update_item(**asked)
        except self._table.client.exceptions.ConditionalCheckFailedException as error:
            found: Any = error.response.get("Item", {})
            return read(found).get("mark") == mark
        return True

    def spend(self, scope: str, window: str, limit: int, expires: datetime) -> bool:
        """Add one to a count unless it has reached `limit`; whether it was added. Exact under any concurrency."""
        return self._update(
            keys.spend(scope, window),
            "SET expires_at = :expires, #type = :type ADD #spent :one",
            "attribute_not_exists(#spent) OR #spent < :limit",
            {":expires": int(expires.timestamp()), ":type": "spend", ":one": 1, ":limit": limit},
            {"#spent": "spent", "#type": "type"},
        ) is not None  # fmt: skip

    def reserve(self, name: str, now: datetime, interval: timedelta) -> datetime:
        """Take the next free moment, `interval` after the one before it: the pace and the place in line.

        Raises:
            LineFull: that moment is too far off.
        """
        step, at = round(interval.total_seconds() * 1000), millis(now)
        while True:
            # An idle line: this call goes now, and the next one a step later.
            if self._paced(name, "SET next_at = :next", "attribute_not_exists(next_at) OR next_at <= :now",
                           {":next": at + step, ":now": at}):  # fmt: skip
                return now
            after = self._paced(name, "ADD next_at :step", "next_at > :now AND next_at <= :latest",
                                {":step": step, ":now": at, ":latest": millis(now + LONGEST_WAIT)})  # fmt: skip
            if after:
                return moment(after["next_at"] - step)
            item = self._table.get(keys.pace(name))
            if item and item["next_at"] > millis(now + LONGEST_WAIT):
                raise LineFull

    # What the reconciler looks at.

    def watch(self, call_id: str, at: datetime) -> None:
        """Have the reconciler look at this call when `at` has come."""
        expires = int((at + DUE_KEPT).timestamp())
        self._table.put(
            keys.due(at, call_id), {"type": "due", "version": 1, "call_id": call_id, "expires_at": expires}
        )

    def due(self, now: datetime) -> Iterator[tuple[keys.Key, str]]:
        """Yield what is to be looked at by now: (its key, call id), the longest due first.

        Every minute this hour and the one before; in an hour's first minute all hours, for what a schedule that
        slept, or a Twilio that answered nothing, left behind.
        """
        hours = DUE_KEPT // HOUR if now.minute == 0 else 1
        until = f"{now:%Y-%m-%dT%H:%M:%S}~"
        for back in range(hours, -1, -1):
            for item in self._table.partition(keys.due_hour(now - back * HOUR), until):
                yield keys.Key(item["PK"], item["SK"]), item["call_id"]

    def seen(self, key: keys.Key) -> None:
        """Forget one thing to look at."""
        self._table.delete(key)

    # Counts.

    def tally(self, slug: str, channel: Channel) -> Tally:
        """Return a campaign's sum on a channel: one read of all shards."""
        items = self._table.batch([keys.tally(slug, channel, number) for number in range(SHARDS)])
        return added(map(tally_of, items))

    def sums(self, slug: str) -> dict[Channel, Tally]:
        """Return a campaign's sum on every channel: one read."""
        asked = [keys.tally(slug, channel, number) for channel in Channel for number in range(SHARDS)]
        items = self._table.batch(asked)
        return {
            channel: added(tally_of(item) for item in items if item["channel"] == channel)
            for channel in Channel
        }

    def reached(self, slug: str) -> int:
        """Return how many acts of a campaign got through to an office, by whichever way: what its goal counts."""
        return sum(tally.reached for tally in self.sums(slug).values())

    def add_shared(self, slug: str, now: datetime) -> None:
        """Count one more call asked for by way of a shared link. Nothing says by whom, or whose link it was.

        It stands beside the ledger: when it fails to be written, or a call comes to nothing, no sum is wrong.
        """
        self._table.client.update_item(
            TableName=self._table.name,
            Key=keyed(keys.shared_on(slug, now)),
            UpdateExpression="SET #type = :type ADD came :one, version :one",
            ExpressionAttributeNames={"#type": "type"},
            ExpressionAttributeValues=wire({":type": "shared", ":one": 1}),
        )

    def shared(self, slug: str) -> dict[date, int]:
        """Return how many calls were asked for by way of a shared link, by day (UTC)."""
        return {
            date.fromisoformat(item["SK"]): item["came"] for item in self._table.partition(keys.shared(slug))
        }

    def tallies(self) -> Iterator[tuple[str, Channel, Tally]]:
        """Yield every shard of every tally. Reads the whole table."""
        for item in self._table.scan("tally"):
            yield item["campaign"], Channel(item["channel"]), tally_of(item)

    def actions(self) -> Iterator[Action]:
        """Yield the whole ledger. Reads the whole table."""
        return map(action_of, self._table.scan("action"))

    # Strictly private.

    def _caller(self, phone_key: str, caller: Caller | None) -> list[Write]:
        """A caller, if still as it was read."""
        if caller is None:
            return []
        item = caller_item(replace(caller, version=caller.version + 1))
        condition = _unchanged(caller.version) if caller.version else (ABSENT, {})
        return [self._put(keys.caller(phone_key), item, *condition)]

    def _stop(self, effect: StopRinging) -> dict[str, Any]:
        return {"Put": {"TableName": self._table.name, "Item": keyed(keys.stop(effect.phone_key))
                        | wire({"type": "stop", "version": 1})}}  # fmt: skip

    def _put(self, key: keys.Key, item: Item, condition: str, values: dict[str, Any]) -> dict[str, Any]:
        put: dict[str, Any] = {
            "TableName": self._table.name,
            "Item": keyed(key) | wire(item),
            "ConditionExpression": condition,
        }
        if values:
            put["ExpressionAttributeValues"] = wire(values)
        return {"Put": put}

    def _paced(self, name: str, change: str, condition: str, values: dict[str, Any]) -> Item | None:
        return self._update(keys.pace(name), change, condition, values, {})

    def _update(
        self, key: keys.Key, change: str, condition: str, values: dict[str, Any], names: dict[str, str]
    ) -> Item | None:
        """One conditional update; the changed attributes, or None when the condition did not hold."""
        named: Any = {"ExpressionAttributeNames": names} if names else {}
        try:
            answer = self._table.client.update_item(
                TableName=self._table.name, Key=keyed(key), UpdateExpression=change, ConditionExpression=condition,
                ExpressionAttributeValues=wire(values), ReturnValues="UPDATED_NEW", **named,
            )  # fmt: skip
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return None
        return read(answer["Attributes"])

    def _transact(self, writes: list[dict[str, Any]]) -> None:
        """Write all or nothing. The first write is the session's: its condition failing is Stale."""
        try:
            if len(writes) == 1:
                self._table.client.put_item(**writes[0]["Put"])
            else:
                self._table.client.transact_write_items(TransactItems=writes)  # type: ignore[arg-type]  # built above
        except ClientError as error:
            raise _lost_race(error) from error


class _SecondConditionError(Exception):
    """Strictly private. The first write's condition held, another's did not: the caller's, or the action's."""


def _unchanged(version: int) -> tuple[str, dict[str, Any]]:
    """The condition that an item is still at this version."""
    return "version = :seen", {":seen": version}


def _lost_race(error: ClientError) -> Exception:
    """Sort a failed write: a lost race, another condition than the first, or a fault that is raised as it is."""
    code = error.response["Error"]["Code"]
    if code in {"ConditionalCheckFailedException", "TransactionConflictException"}:
        return Stale()
    if code != "TransactionCanceledException":
        return error
    reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
    if reasons[0] in {None, "None"} and "ConditionalCheckFailed" in reasons[1:]:
        return _SecondConditionError()
    return Stale()
