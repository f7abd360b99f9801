"""An office's new number needs two people: one proposes it, another confirms it, and only then it replaces the old.

Promises: both names and times are kept; nobody confirms their own proposal; what is confirmed is still not
callable until somebody has verified it. Names are what people say they are called: this keeps a slip of one
person from reaching a stranger's phone, not a liar from lying.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters import keys
from chalicelib.adapters.audit import Entry, entry_item, entry_key
from chalicelib.adapters.catalog import Catalog, NeverCalled
from chalicelib.adapters.keys import Key
from chalicelib.adapters.office_items import PhoneChange, change_item, change_of, line_item, same_name
from chalicelib.adapters.table import Item, keyed, wire
from chalicelib.domain.office import Line, Office


class SamePerson(Exception):
    """Who proposed a number can't confirm it. Nothing was written."""


class ChangeGone(Exception):
    """The change, or the office, is no longer as it was shown. Nothing was written."""


class PhoneChanges:
    """The changes of numbers that wait in a catalog's table."""

    def __init__(self, catalog: Catalog) -> None:
        """Keep the catalog."""
        self._catalog = catalog
        self._table = catalog.table

    def waiting(self, office_id: str) -> tuple[PhoneChange, ...]:
        """Return what waits for an office, in order of the new numbers."""
        items = self._table.partition(keys.office(office_id).pk)
        return tuple(change_of(item) for item in items if item["type"] == "phone_change")

    def all_waiting(self) -> tuple[PhoneChange, ...]:
        """Return what waits for any office. Reads the whole table: for the CLI, never for a request."""
        found = map(change_of, self._table.scan("phone_change"))
        return tuple(sorted(found, key=lambda change: (change.office_id, change.new)))

    def propose(self, change: PhoneChange) -> None:
        """Keep a change until a second person confirms it; a number that waits already keeps its proposer.

        Raises:
            NeverCalled: the number is never a target.
        """
        if not self._catalog.may_be_target(change.new):
            raise NeverCalled(change.office_id)
        facts = {"old": change.old or "", "new": change.new}
        entry = Entry(change.by, "phone proposed", change.office_id, change.at, facts)
        key = keys.phone_change(change.office_id, change.new)
        put = self._put(key, change_item(change)) | {"ConditionExpression": "attribute_not_exists(PK)"}
        try:
            self._write([{"Put": put}, {"Put": self._put(entry_key(entry), entry_item(entry))}])
        except ChangeGone:
            return

    def withdraw(self, change: PhoneChange, by: str, at: datetime) -> None:
        """Forget a change that nobody wants any more."""
        entry = Entry(by, "phone withdrawn", change.office_id, at, {"new": change.new})
        gone = self._delete(keys.phone_change(change.office_id, change.new))
        self._write([{"Delete": gone}, {"Put": self._put(entry_key(entry), entry_item(entry))}])

    def confirm(self, change: PhoneChange, by: str, at: datetime) -> None:
        """Replace the old number by the new one, in one transaction with the record of who did it.

        The new line keeps the old one's caps, and nothing a person said about it.

        Raises:
            SamePerson: `by` proposed it.
            ChangeGone: it was confirmed or withdrawn meanwhile, or the office has other lines by now.
            NeverCalled: the new number is never a target.
        """
        if same_name(by) == same_name(change.by):
            raise SamePerson
        if not self._catalog.may_be_target(change.new):
            raise NeverCalled(change.office_id)
        office = self._catalog.office(change.office_id)
        if office is None:
            raise ChangeGone
        self._write(list(self._confirmation(change, office, by, at)))
        self._catalog.relist()

    # Strictly private.

    def _confirmation(
        self, change: PhoneChange, office: Office, by: str, at: datetime
    ) -> Iterator[dict[str, Any]]:
        """The change unless it was proposed by the same person; lines and office; who proposed, who confirmed."""
        facts = {"old": change.old or "", "new": change.new}
        facts |= {"proposed by": change.by, "proposed at": change.at.isoformat()}
        entry = Entry(by, "phone confirmed", change.office_id, at, facts)
        old = {line.number: line for line in office.lines}.get(change.old or "")
        new = Line(change.new, caps=old.caps) if old else Line(change.new)
        yield {"Delete": self._delete(keys.phone_change(change.office_id, change.new)) | _by_another(by)}
        yield {"Put": self._put(keys.line(office.id, new.number), line_item(new))}
        if old:
            yield {"Delete": self._delete(keys.line(office.id, old.number))}
        yield {"Update": self._lines(office, new, old)}
        yield {"Put": self._put(entry_key(entry), entry_item(entry))}

    def _lines(self, office: Office, new: Line, old: Line | None) -> dict[str, Any]:
        seen = [line.number for line in office.lines]
        after = [new.number if old and number == old.number else number for number in seen]
        after += [] if old else [new.number]
        return {
            "TableName": self._table.name,
            "Key": keyed(keys.office(office.id)),
            "UpdateExpression": "SET #lines = :after",
            "ConditionExpression": "#lines = :seen",
            "ExpressionAttributeNames": {"#lines": "lines"},
            "ExpressionAttributeValues": wire({":after": after, ":seen": seen}),
        }

    def _write(self, parts: list[Any]) -> None:
        try:
            self._table.client.transact_write_items(TransactItems=parts)
        except ClientError as error:
            reasons = error.response.get("CancellationReasons", ())
            if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
                raise ChangeGone from error
            raise

    def _put(self, key: Key, item: Item) -> dict[str, Any]:
        return {"TableName": self._table.name, "Item": keyed(key) | wire(item)}

    def _delete(self, key: Key) -> dict[str, Any]:
        return {"TableName": self._table.name, "Key": keyed(key)}


def _by_another(person: str) -> dict[str, Any]:
    """Only a change that is there, and that somebody else proposed."""
    return {
        "ConditionExpression": "by_key <> :me AND attribute_exists(PK)",
        "ExpressionAttributeValues": wire({":me": same_name(person)}),
    }
