"""Each office's desk in the table: one item, read whole, decided on, written if it is still the one read.

Promises: two who ask at once never both get the last place; a lost race is decided anew; what changes nothing
writes nothing; a response lost on the way is harmless, for the repeat finds its own ticket. An item stays
under 1 kB at default caps (two lines at their caps and six people waiting), so that each write is one unit.

Moments are kept as whole seconds, rounded up: a line may rest a part of a second longer, never shorter.
TTL forgets a desk a year after its last change, later than any verification is good for. Nothing is filtered on
read: leases, starts and places in line carry their own times, and evidence that outlives its year does no harm.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from math import ceil
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.table import Item, Table, keyed, wire
from chalicelib.domain.call import CallStatus
from chalicelib.domain.desk import (
    Answer,
    Desk,
    Lease,
    LineUse,
    Waiting,
    asked,
    cured,
    doubted,
    left,
    released,
    sickness,
)
from chalicelib.domain.office import Line

KEPT = timedelta(days=366)
"""How long a desk lives after its last change."""
TRIES = 64
"""Lost races until we give up. Each race has a winner, so this is enough for so many who change a desk at once."""


class Crowded(Exception):
    """So many changed this desk at once that this change was not written. Nothing is wrong: ask again."""


class Desks:
    """The desks of one table. `now` is the moment of the event, in UTC."""

    def __init__(self, table: Table) -> None:
        """Keep the table."""
        self._table = table

    def ask(
        self, office_id: str, ticket: str, lines: Sequence[Line], now: datetime, *, waits: bool
    ) -> Answer:
        """Ask for one of these lines (`desk.asked`).

        Raises:
            Crowded: too many races were lost.
        """
        answer: list[Answer] = []

        def decide(desk: Desk) -> Desk:
            after, found = asked(desk, ticket, lines, now, waits=waits)
            answer[:] = [found]
            return after

        self._change(office_id, now, decide)
        return answer[0]

    def release(
        self, office_id: str, ticket: str, number: str, status: CallStatus | None, now: datetime
    ) -> str | None:
        """Give a line back (`desk.released`); why it is sick now, if it is.

        Raises:
            Crowded: too many races were lost; the lease ends by itself.
        """
        desk = self._change(office_id, now, lambda desk: released(desk, ticket, number, status, now))
        return _sick(desk, number)

    def leave(self, office_id: str, ticket: str, now: datetime) -> None:
        """Give up a place in line (`desk.left`).

        Raises:
            Crowded: too many races were lost; the place ends by itself.
        """
        self._change(office_id, now, lambda desk: left(desk, ticket))

    def doubt(self, office_id: str, number: str, mark: str, now: datetime) -> str | None:
        """Keep that a caller said wrong number (`desk.doubted`); why the line is sick now, if it is.

        Raises:
            Crowded: too many races were lost.
        """
        return _sick(self._change(office_id, now, lambda desk: doubted(desk, number, mark)), number)

    def cure(self, office_id: str, number: str, now: datetime) -> None:
        """Forget what speaks against a line: a person has verified it (`desk.cured`).

        Raises:
            Crowded: too many races were lost.
        """
        self._change(office_id, now, lambda desk: cured(desk, number))

    def desks(self, office_ids: Iterable[str]) -> dict[str, Desk]:
        """Return the desks of up to 100 offices in one read; one nobody has called yet is empty."""
        found = {office_id: Desk(office_id) for office_id in office_ids}
        items = self._table.batch([keys.desk(office_id) for office_id in found]) if found else []
        return found | {desk.office: desk for desk in map(desk_of, items)}

    # Strictly private.

    def _change(self, office_id: str, now: datetime, decide: Callable[[Desk], Desk]) -> Desk:
        """Load, decide, write; once more while somebody else was faster. The desk as it is now."""
        for _ in range(TRIES):
            before = self._load(office_id)
            after = decide(before)
            if after == before or self._is_written(before, after, now):
                return after
        raise Crowded

    def _load(self, office_id: str) -> Desk:
        item = self._table.get(keys.desk(office_id))
        return Desk(office_id) if item is None else desk_of(item)

    def _is_written(self, before: Desk, after: Desk, now: datetime) -> bool:
        """Write a desk unless it is no longer the one read; whether it was."""
        item = desk_item(after) | {"version": before.version + 1, "expires_at": _seconds(now + KEPT)}
        unchanged: Any = {"ConditionExpression": "attribute_not_exists(PK)"}
        if before.version:
            seen = wire({":seen": before.version})
            unchanged = {"ConditionExpression": "version = :seen", "ExpressionAttributeValues": seen}
        wired = keyed(keys.desk(after.office)) | wire(item)
        try:
            self._table.client.put_item(TableName=self._table.name, Item=wired, **unchanged)
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def desk_item(desk: Desk) -> Item:
    """A desk as an item, without version and TTL, which the write decides."""
    return {
        "type": "desk",
        "office": desk.office,
        "lines": {number: _line_item(use) for number, use in desk.lines.items()},
        "waiting": [[each.ticket, *_gaps((each.since, each.seen))] for each in desk.waiting],
    }


def desk_of(item: Mapping[str, Any]) -> Desk:
    """Read a desk's item."""
    return Desk(
        office=item["office"],
        version=item["version"],
        lines={number: _line_of(line) for number, line in item["lines"].items()},
        waiting=tuple(Waiting(ticket, *_moments(gaps)) for ticket, *gaps in item["waiting"]),
    )


def _line_item(use: LineUse) -> Item:
    """What is empty is left out."""
    parts: Item = {
        "leases": [[lease.ticket, _seconds(lease.until)] for lease in use.leases],
        "starts": _gaps(use.starts),
        "pause": use.pause,
        "recent": use.recent,
        "wrong": list(use.wrong),
        "connected": use.connected,
        "dialled": use.dialled,
    }
    rests = {} if use.rests_until is None else {"rests": _seconds(use.rests_until)}
    return {name: part for name, part in parts.items() if part} | rests


def _line_of(item: Mapping[str, Any]) -> LineUse:
    return LineUse(
        leases=tuple(Lease(ticket, _moment(until)) for ticket, until in item.get("leases", ())),
        starts=_moments(item.get("starts", ())),
        rests_until=_moment(item["rests"]) if "rests" in item else None,
        pause=item.get("pause", 0),
        recent=item.get("recent", ""),
        wrong=tuple(item.get("wrong", ())),
        connected=item.get("connected", 0),
        dialled=item.get("dialled", 0),
    )


def _sick(desk: Desk, number: str) -> str | None:
    return sickness(desk.lines.get(number, LineUse()))


def _seconds(at: datetime) -> int:
    """A moment as whole seconds since 1970, rounded up."""
    return ceil(at.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _gaps(moments: Sequence[datetime]) -> list[int]:
    """Moments as the first one and the seconds from each to the next: half the bytes."""
    seconds = [_seconds(at) for at in moments]
    return seconds[:1] + [after - before for before, after in pairwise(seconds)]


def _moments(gaps: Iterable[int]) -> tuple[datetime, ...]:
    return tuple(map(_moment, accumulate(gaps)))
