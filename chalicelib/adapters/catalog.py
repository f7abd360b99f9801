"""Campaigns and the office directory in the table.

Promises: a campaign is changed as a whole or not at all, and never over somebody else's newer change. What a
person said about a line outlives every change of campaign and directory: only `verify_line` makes a line that
is already there callable. Refuses to know files, terminals and counts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters import keys
from chalicelib.adapters.keys import Key
from chalicelib.adapters.table import Item, Table, keyed, wire
from chalicelib.domain.campaign import Campaign, Letter, Local, Order, Recording, Routing, Status
from chalicelib.domain.office import Line, Office
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.words import Language, Words

VERSION = 1
"""The shape of these items, kept in each of them."""
BATCH = 100
"""Items in one BatchGetItem."""
MOST_OFFICES = 45
"""Offices of one campaign, listed or not: as many written, as many removed and two rows fit one transaction."""


class Overtaken(Exception):
    """Somebody else changed the campaign after it was read; nothing was written."""

    def __init__(self, slug: str) -> None:
        """Remember which campaign it was."""
        super().__init__(f"{slug} was changed by somebody else in the meantime")
        self.slug = slug


ELSEWHERE = "elsewhere"
"""The role of an office that a campaign doesn't list; a listed one has none."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One row of the list of campaigns."""

    slug: str
    status: Status
    title: Words
    goal: int
    revision: int
    applied_at: datetime


class Catalog:
    """The campaigns and offices of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self.table = table

    def campaign(self, slug: str) -> Campaign | None:
        """Return the campaign with its offices in calling order, or None. One query and one batch."""
        items = list(self.table.partition(keys.campaign(slug).pk))
        found = next((item for item in items if item["type"] == "campaign"), None)
        if found is None:
            return None
        rows = [item for item in items if item["type"] == "campaign_office"]
        unlisted = {row["office"] for row in rows if row.get("role") == ELSEWHERE}
        offices = self._offices(rows)
        return _campaign(
            found,
            tuple(office for office in offices if office.id not in unlisted),
            tuple(office for office in offices if office.id in unlisted),
        )

    def campaigns(self) -> tuple[Listing, ...]:
        """Return all campaigns in order of their slugs, without their words."""
        return tuple(map(_listing, self.table.partition(keys.CAMPAIGNS)))

    def apply(self, campaign: Campaign, now: datetime) -> Campaign:
        """Write a campaign whole, in one transaction, and return it with its new revision.

        `campaign.revision` is the one that was read, 0 for a new campaign. The offices' own items are not
        touched: put them first.

        Raises:
            Overtaken: the campaign in the table has another revision by now. Nothing was written.
        """
        offices = (*campaign.offices, *campaign.elsewhere)
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
        return _office(items) if any(item["type"] == "office" for item in items) else None

    def offices(self) -> tuple[Office, ...]:
        """Return the directory in order of ids. Reads the whole table: for the CLI, never for a request."""
        ids = sorted(item["id"] for item in self.table.scan("office"))
        found = (self.office(office_id) for office_id in ids)
        return tuple(office for office in found if office)

    def put_office(self, office: Office) -> None:
        """Write an office as the directory has it now.

        A new line is written as given. A line that is already there keeps what a person said about it; a line
        the directory no longer gives is removed, so that no campaign can dial it.
        """
        for line in office.lines:
            self._add_line(office.id, line)
        self.table.put(keys.office(office.id), _office_item(office))
        given = {line.number for line in office.lines}
        for item in list(self.table.partition(keys.office(office.id).pk)):
            if item["type"] == "line" and item["number"] not in given:
                self.table.delete(keys.line(office.id, item["number"]))

    def verify_line(self, office_id: str, number: str, on: date, by: str) -> None:
        """Record that `by` has seen the number on the agency's own page: it may be dialled for 30 days.

        Raises:
            LookupError: the office has no such line.
        """
        try:
            self.table.client.update_item(
                TableName=self.table.name,
                Key=keyed(keys.line(office_id, number)),
                UpdateExpression="SET callable = :yes, verified_on = :day, verified_by = :person",
                ConditionExpression="attribute_exists(PK)",
                ExpressionAttributeValues=wire({":yes": True, ":day": on.isoformat(), ":person": by}),
            )
        except self.table.client.exceptions.ConditionalCheckFailedException as error:
            raise LookupError(f"{office_id} has no line {number}") from error

    def never_rung(self) -> frozenset[str]:
        """Return the numbers nobody may be called back on, and no campaign may target: one read."""
        item = self.table.get(keys.NEVER)
        return frozenset(item["numbers"]) if item else frozenset()

    def put_never_rung(self, numbers: Iterable[str]) -> None:
        """Keep all offices' lines and the lines that serve people in need as numbers never rung."""
        self.table.put(keys.NEVER, {"type": "never", "version": VERSION, "numbers": sorted(set(numbers))})

    def _add_line(self, office_id: str, line: Line) -> None:
        with suppress(self.table.client.exceptions.ConditionalCheckFailedException):
            self.table.client.put_item(
                TableName=self.table.name,
                Item=keyed(keys.line(office_id, line.number)) | wire(_line_item(line)),
                ConditionExpression="attribute_not_exists(PK)",
            )

    def _offices(self, listed: Sequence[Item]) -> tuple[Office, ...]:
        """Read the offices a campaign lists, in its order; one that left the directory is left out."""
        wanted = [key for item in listed for key in _keys_of(item)]
        found: dict[str, list[Item]] = {}
        for item in self._batches(wanted):
            found.setdefault(item["PK"], []).append(item)
        parts = (found.get(keys.office(item["office"]).pk, []) for item in listed)
        return tuple(_office(items) for items in parts if any(item["type"] == "office" for item in items))

    def _batches(self, wanted: Sequence[Key]) -> Iterator[Item]:
        for start in range(0, len(wanted), BATCH):
            yield from self.table.batch(wanted[start : start + BATCH])

    def _change(self, seen: int, after: Campaign, now: datetime) -> list[Any]:
        """One transaction: the campaign unless overtaken, its row, its offices, those it no longer has."""
        offices = {
            keys.campaign_office(after.slug, position, office.id): _campaign_office_item(
                office, is_elsewhere=position >= len(after.offices)
            )
            for position, office in enumerate((*after.offices, *after.elsewhere))
        }
        old = self.table.partition(keys.campaign(after.slug).pk)
        before = {Key(item["PK"], item["SK"]) for item in old if item["type"] == "campaign_office"}
        return [
            {
                "Put": self._put(keys.campaign(after.slug), _campaign_item(after, now))
                | _unless_overtaken(seen)
            },
            {"Put": self._put(keys.campaign_row(after.slug), _listing_item(after, now))},
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


def _keys_of(campaign_office: Item) -> list[Key]:
    office_id = campaign_office["office"]
    return [keys.office(office_id), *(keys.line(office_id, number) for number in campaign_office["lines"])]


# Items and values, both ways.


def _words_item(words: Words) -> dict[str, str]:
    return {"en": words.en, "es": words.es}


def _words(item: Mapping[str, str]) -> Words:
    return Words(item["en"], item["es"])


def _campaign_item(campaign: Campaign, now: datetime) -> Item:
    return {
        "type": "campaign",
        "version": VERSION,
        "applied_at": now.isoformat(),
        "slug": campaign.slug,
        "status": campaign.status.value,
        "revision": campaign.revision,
        "organization": _words_item(campaign.organization),
        "title": _words_item(campaign.title),
        "heading": _words_item(campaign.heading),
        "summary": _words_item(campaign.summary),
        "about": [_words_item(words) for words in campaign.about],
        "points": [_words_item(words) for words in campaign.points],
        "reading": campaign.reading,
        "goal": campaign.goal,
        "letter": {
            "subject": _words_item(campaign.letter.subject),
            "body": _words_item(campaign.letter.body),
        },
        "spoken": {prompt.value: _words_item(words) for prompt, words in campaign.spoken.items()},
        "recordings": [
            {"prompt": each.prompt.value, "language": each.language.value, "url": each.url}
            for each in campaign.recordings
        ],
        "routing": {"order": campaign.routing.order.value, "local": campaign.routing.local.value},
    }


def _campaign(item: Item, offices: tuple[Office, ...], elsewhere: tuple[Office, ...] = ()) -> Campaign:
    return Campaign(
        slug=item["slug"],
        status=Status(item["status"]),
        revision=item["revision"],
        organization=_words(item["organization"]),
        title=_words(item["title"]),
        heading=_words(item["heading"]),
        summary=_words(item["summary"]),
        about=tuple(map(_words, item["about"])),
        points=tuple(map(_words, item["points"])),
        reading=item["reading"],
        goal=item["goal"],
        offices=offices,
        letter=Letter(_words(item["letter"]["subject"]), _words(item["letter"]["body"])),
        spoken={PromptId(prompt): _words(words) for prompt, words in item["spoken"].items()},
        recordings=tuple(
            Recording(PromptId(each["prompt"]), Language(each["language"]), each["url"])
            for each in item["recordings"]
        ),
        routing=_routing(item.get("routing")),
        elsewhere=elsewhere,
    )


def _routing(item: Item | None) -> Routing:
    """How offices are chosen; campaigns applied before one could say so call them as listed."""
    return Routing(Order(item["order"]), Local(item["local"])) if item else Routing()


def _listing_item(campaign: Campaign, now: datetime) -> Item:
    return {
        "type": "campaign_row",
        "version": VERSION,
        "slug": campaign.slug,
        "status": campaign.status.value,
        "title": _words_item(campaign.title),
        "goal": campaign.goal,
        "revision": campaign.revision,
        "applied_at": now.isoformat(),
    }


def _listing(item: Item) -> Listing:
    return Listing(
        slug=item["slug"],
        status=Status(item["status"]),
        title=_words(item["title"]),
        goal=item["goal"],
        revision=item["revision"],
        applied_at=datetime.fromisoformat(item["applied_at"]),
    )


def _campaign_office_item(office: Office, *, is_elsewhere: bool = False) -> Item:
    role: Item = {"role": ELSEWHERE} if is_elsewhere else {}
    return role | {
        "type": "campaign_office",
        "version": VERSION,
        "office": office.id,
        "lines": [line.number for line in office.lines],
    }


def _office_item(office: Office) -> Item:
    return {
        "type": "office",
        "version": VERSION,
        "id": office.id,
        "name": _words_item(office.name),
        "place": _words_item(office.place),
        "zone": office.zone,
        "address": office.address,
        "lines": [line.number for line in office.lines],
    }


def _line_item(line: Line) -> Item:
    verified = {"verified_on": line.verified_on.isoformat()} if line.verified_on else {}
    return {"type": "line", "version": VERSION, "number": line.number, "callable": line.callable} | verified


def _office(items: Sequence[Item]) -> Office:
    """Put an office together from its item and its lines' items, lines in the office's order."""
    item = next(item for item in items if item["type"] == "office")
    lines = {line["number"]: _line(line) for line in items if line["type"] == "line"}
    return Office(
        id=item["id"],
        name=_words(item["name"]),
        place=_words(item["place"]),
        zone=item["zone"],
        address=item["address"],
        lines=tuple(lines[number] for number in item["lines"] if number in lines),
    )


def _line(item: Item) -> Line:
    verified = item.get("verified_on")
    return Line(item["number"], item["callable"], date.fromisoformat(verified) if verified else None)
