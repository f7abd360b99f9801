"""Campaigns and the office directory in the table.

Promises: a campaign is changed as a whole or not at all, and never over somebody else's newer change. What a
person said about a line outlives every change of campaign and directory: only `verify_line` makes a line that
is already there callable. Refuses to know files, terminals and counts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters import keys
from chalicelib.adapters.campaign_items import (
    ELSEWHERE,
    Listing,
    campaign_item,
    campaign_of,
    campaign_office_item,
    listing_item,
    listing_of,
)
from chalicelib.adapters.keys import Key
from chalicelib.adapters.office_items import (
    VERSION,
    Provenance,
    Reading,
    caps_item,
    closure_items,
    closures_of,
    line_item,
    mailbox_item,
    office_item,
    office_of,
    provenance_of,
    staff_item,
)
from chalicelib.adapters.table import Item, Table, keyed, wire
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.office import VERIFICATION_DAYS, Closure, Line, Office
from chalicelib.domain.targets import is_target_shape

BATCH = 100
"""Items in one BatchGetItem."""
MOST_OFFICES = 45
"""Offices of one campaign, listed or not: as many written, as many removed and two rows fit one transaction."""
ATTEMPTS = 5
"""Lost races for one office's closures until we give up: two people at two terminals lose one."""


class Overtaken(Exception):
    """Somebody else changed the campaign after it was read; nothing was written."""

    def __init__(self, slug: str) -> None:
        """Remember which campaign it was."""
        super().__init__(f"{slug} was changed by somebody else in the meantime")
        self.slug = slug


class NeverCalled(Exception):
    """A line is one that no campaign may target. Nothing was written. Its text holds no number."""

    def __init__(self, office_id: str) -> None:
        """Remember which office was to have it."""
        super().__init__(f"a line of {office_id} is never called")
        self.office_id = office_id


class Catalog:
    """The campaigns and offices of one table."""

    def __init__(self, table: Table, verification_days: int = VERIFICATION_DAYS) -> None:
        """Keep the table; nothing is asked of it yet. A line's verification is good for so many days."""
        self.table = table
        self.verification_days = verification_days

    def campaign(self, slug: str) -> Campaign | None:
        """Return the campaign with its offices in calling order, or None. One query and one batch."""
        items = list(self.table.partition(keys.campaign(slug).pk))
        found = next((item for item in items if item["type"] == "campaign"), None)
        if found is None:
            return None
        rows = [item for item in items if item["type"] == "campaign_office"]
        unlisted = {row["office"] for row in rows if row.get("role") == ELSEWHERE}
        offices = self._offices(rows)
        return campaign_of(
            found,
            tuple(office for office in offices if office.id not in unlisted),
            tuple(office for office in offices if office.id in unlisted),
        )

    def campaigns(self) -> tuple[Listing, ...]:
        """Return all campaigns in order of their slugs, without their words."""
        return tuple(map(listing_of, self.table.partition(keys.CAMPAIGNS)))

    def apply(self, campaign: Campaign, now: datetime) -> Campaign:
        """Write a campaign whole, in one transaction, and return it with its new revision.

        `campaign.revision` is the one that was read, 0 for a new campaign. The offices' own items are not
        touched: put them first.

        Raises:
            Overtaken: the campaign in the table has another revision by now. Nothing was written.
            NeverCalled: an office of it has a line that is never a target. Nothing was written.
        """
        offices = (*campaign.offices, *campaign.elsewhere)
        self._require_targets(offices)
        if len(offices) > MOST_OFFICES:
            raise ValueError(f"A campaign has at most {MOST_OFFICES} offices, {campaign.slug} {len(offices)}")
        after = replace(campaign, revision=campaign.revision + 1)
        try:
            self.table.client.transact_write_items(TransactItems=self._change(campaign.revision, after, now))
        except ClientError as error:
            if _is_overtaken(error):
                raise Overtaken(campaign.slug) from error
            raise
        return after

    def office(self, office_id: str) -> Office | None:
        """Return one office of the directory with its lines, or None."""
        items = list(self.table.partition(keys.office(office_id).pk))
        if not any(item["type"] == "office" for item in items):
            return None
        return office_of(items, Reading(self.verification_days, self.never_targets()))

    def offices(self) -> tuple[Office, ...]:
        """Return the directory in order of ids. Reads the whole table: for the CLI, never for a request."""
        found = sorted(self.table.scan("office"), key=lambda item: str(item["id"]))
        return self._offices([{"office": item["id"]} | _listed(item) for item in found])

    def provenance(self) -> dict[str, Provenance]:
        """Return where each office's row comes from, by id. Reads the whole table: for the CLI."""
        found = {item["id"]: provenance_of(item) for item in self.table.scan("office")}
        return {office_id: where for office_id, where in found.items() if where}

    def put_office(self, office: Office, provenance: Provenance | None = None) -> None:
        """Write an office as the directory has it now.

        A new line is written as given. A line that is already there keeps what a person said about it; a line
        the directory no longer gives is removed, so that no campaign can dial it. An office that is already
        there keeps its closures, its mailboxes and its web form, and without `provenance` what is known of that.

        Raises:
            NeverCalled: one of its lines is never a target. Nothing was written.
        """
        self._require_targets((office,))
        for line in office.lines:
            self._put_line(office.id, line)
        self._put_office(office, provenance)
        given = {line.number for line in office.lines}
        for item in list(self.table.partition(keys.office(office.id).pk)):
            if item["type"] == "line" and item["number"] not in given:
                self.table.delete(keys.line(office.id, item["number"]))

    def remove_office(self, office_id: str) -> None:
        """Take an office out of the directory, with its lines and whatever waits; campaigns lose it."""
        for item in list(self.table.partition(keys.office(office_id).pk)):
            self.table.delete(Key(item["PK"], item["SK"]))

    def relist(self) -> None:
        """Have every campaign read its offices' lines and mailboxes of now. Reads the whole table: after a change."""
        offices = {item["id"]: _listed(item) for item in self.table.scan("office")}
        for item in list(self.table.scan("campaign_office")):
            current = offices.get(item["office"], _listed({}))
            if _listed(item) != current:
                # A campaign that drops the office meanwhile is not given it back.
                with suppress(LookupError):
                    self.table.change(Key(item["PK"], item["SK"]), current)

    def verify_line(self, office_id: str, number: str, on: date, by: str, source: str) -> None:
        """Record that `by` has seen the number on the agency's own page `source`; lifts a quarantine.

        It may be dialled for `verification_days` from `on`.

        Raises:
            LookupError: the office has no such line.
            NeverCalled: the number is never a target.
        """
        if not self.may_be_target(number):
            raise NeverCalled(office_id)
        said = {"callable": True, "verified_on": on.isoformat(), "verified_by": by, "source": source}
        self.table.change(keys.line(office_id, number), said, gone=("quarantined", "quarantined_at"))

    def quarantine(self, office_id: str, number: str, why: str, at: datetime) -> None:
        """Let a line rest until somebody verifies it anew; `why` is what staff read.

        Raises:
            LookupError: the office has no such line.
        """
        said = {"quarantined": why, "quarantined_at": at.isoformat()}
        self.table.change(keys.line(office_id, number), said)

    def close_office(self, office_id: str, closure: Closure) -> None:
        """Add days on which an office is closed; one that begins on the same day is replaced.

        Raises:
            LookupError: there is no such office.
        """
        self._close(office_id, lambda known: (*(c for c in known if c.first != closure.first), closure))

    def reopen(self, office_id: str, first: date) -> None:
        """Remove the closure that begins on this day, if there is one.

        Raises:
            LookupError: there is no such office.
        """
        self._close(office_id, lambda known: tuple(c for c in known if c.first != first))

    def never_rung(self) -> frozenset[str]:
        """Return the numbers nobody may be called back on: offices' lines, and those never a target. One read."""
        item = self.table.get(keys.NEVER)
        return frozenset(item["numbers"]) if item else frozenset()

    def never_targets(self) -> frozenset[str]:
        """Return the numbers of lines that serve people in need, which no campaign may target: one read."""
        item = self.table.get(keys.NEVER)
        return _targets(item) if item else frozenset()

    def may_be_target(self, number: str) -> bool:
        """Whether a number may be an office's line at all: one read."""
        return is_target_shape(number) and number not in self.never_targets()

    def put_never_rung(self, lines: Iterable[str], targets: Iterable[str]) -> None:
        """Keep the numbers never rung: all offices' lines, and `targets`, which no campaign may target either.

        `targets` only ever grow: no file, whoever wrote it, takes one out again.
        """
        never = self.never_targets() | frozenset(targets)
        item = {"type": "never", "version": VERSION, "numbers": sorted(never | frozenset(lines))}
        self.table.put(keys.NEVER, item | {"targets": sorted(never)})

    # Strictly private.

    def _require_targets(self, offices: Iterable[Office]) -> None:
        never = self.never_targets()
        for office in offices:
            if any(line.number in never or not is_target_shape(line.number) for line in office.lines):
                raise NeverCalled(office.id)

    def _put_line(self, office_id: str, line: Line) -> None:
        """Write a new line as given; of one that is there, only the caps are the directory's to say."""
        key = keys.line(office_id, line.number)
        try:
            self.table.client.put_item(
                TableName=self.table.name,
                Item=keyed(key) | wire(line_item(line)),
                ConditionExpression="attribute_not_exists(PK)",
            )
        except self.table.client.exceptions.ConditionalCheckFailedException:
            caps = caps_item(line.caps)
            self.table.change(key, {"caps": caps} if caps else {}, gone=() if caps else ("caps",))

    def _put_office(self, office: Office, provenance: Provenance | None) -> None:
        key, item = keys.office(office.id), office_item(office, provenance)
        try:
            self.table.client.put_item(
                TableName=self.table.name,
                Item=keyed(key) | wire(item | staff_item(office)),
                ConditionExpression="attribute_not_exists(PK)",
            )
            for mailbox in office.mailboxes:
                self.table.put(keys.mailbox(office.id, mailbox.address), mailbox_item(mailbox))
        except self.table.client.exceptions.ConditionalCheckFailedException:
            self.table.change(key, item, gone={"week", "keeps_holidays"} - item.keys())

    def _close(self, office_id: str, change: Callable[[tuple[Closure, ...]], tuple[Closure, ...]]) -> None:
        key = keys.office(office_id)
        for _ in range(ATTEMPTS):
            item = self.table.get(key)
            if item is None:
                raise LookupError(f"there is no office {office_id}")
            seen = item.get("closures", [])
            with suppress(LookupError):
                after = closure_items(change(closures_of(seen)))
                return self.table.change(key, {"closures": after}, only_if={"closures": seen})
        raise Overtaken(office_id)

    def _offices(self, listed: Sequence[Item]) -> tuple[Office, ...]:
        """Read the offices a campaign lists, in its order; one that left the directory is left out.

        The numbers that are never a target come in the same read.
        """
        if not listed:
            return ()
        found: dict[str, list[Item]] = {}
        wanted = [key for item in listed for key in _keys_of(item)]
        for item in self._batches([keys.NEVER, *wanted]):
            found.setdefault(item["PK"], []).append(item)
        never = frozenset[str]().union(*map(_targets, found.pop(keys.NEVER.pk, [])))
        reading = Reading(self.verification_days, never)
        parts = (found.get(keys.office(item["office"]).pk, []) for item in listed)
        return tuple(
            office_of(items, reading) for items in parts if any(item["type"] == "office" for item in items)
        )

    def _batches(self, wanted: Sequence[Key]) -> Iterator[Item]:
        for start in range(0, len(wanted), BATCH):
            yield from self.table.batch(wanted[start : start + BATCH])

    def _change(self, seen: int, after: Campaign, now: datetime) -> list[Any]:
        """One transaction: the campaign unless overtaken, its row, its offices, those it no longer has."""
        offices = {
            keys.campaign_office(after.slug, position, office.id): campaign_office_item(
                office, is_elsewhere=position >= len(after.offices)
            )
            for position, office in enumerate((*after.offices, *after.elsewhere))
        }
        old = self.table.partition(keys.campaign(after.slug).pk)
        before = {Key(item["PK"], item["SK"]) for item in old if item["type"] == "campaign_office"}
        return [
            {
                "Put": self._put(keys.campaign(after.slug), campaign_item(after, now))
                | _unless_overtaken(seen)
            },
            {"Put": self._put(keys.campaign_row(after.slug), listing_item(after, now))},
            *({"Put": self._put(key, item)} for key, item in offices.items()),
            *(
                {"Delete": {"TableName": self.table.name, "Key": keyed(key)}}
                for key in sorted(before - offices.keys())
            ),
        ]

    def _put(self, key: Key, item: Item) -> dict[str, Any]:
        return {"TableName": self.table.name, "Item": keyed(key) | wire(item)}


def _unless_overtaken(seen: int) -> dict[str, Any]:
    if seen == 0:
        return {"ConditionExpression": "attribute_not_exists(PK)"}
    return {"ConditionExpression": "revision = :seen", "ExpressionAttributeValues": wire({":seen": seen})}


def _is_overtaken(error: ClientError) -> bool:
    """Whether the transaction was cancelled by the condition on the campaign, or by a rival in mid-air."""
    reasons: Iterable[Mapping[str, Any]] = error.response.get("CancellationReasons", ())
    codes = {reason.get("Code") for reason in reasons}
    return bool(codes & {"ConditionalCheckFailed", "TransactionConflict"})


def _listed(item: Item) -> Item:
    """What an office's item, or a campaign's of it, lists of lines and mailboxes."""
    return {name: item.get(name, []) for name in ("lines", "mailboxes")}


def _keys_of(campaign_office: Item) -> list[Key]:
    office_id, listed = campaign_office["office"], _listed(campaign_office)
    lines = (keys.line(office_id, number) for number in listed["lines"])
    mailboxes = (keys.mailbox(office_id, address) for address in listed["mailboxes"])
    return [keys.office(office_id), *lines, *mailboxes]


def _targets(never: Item) -> frozenset[str]:
    return frozenset(never.get("targets", ()))
