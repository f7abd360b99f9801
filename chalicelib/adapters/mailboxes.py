"""The mailboxes of offices, and their web forms: what only a person may say of an office's letters.

Promises: each change stands in one transaction with the record of who made it, and reaches every campaign that has the
office. No file of the directory brings, changes or takes a mailbox.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters import keys
from chalicelib.adapters.audit import Entry, entry_item, entry_key
from chalicelib.adapters.catalog import ATTEMPTS, Catalog, Overtaken
from chalicelib.adapters.office_items import mailbox_item
from chalicelib.adapters.table import Item, Write, keyed, wire
from chalicelib.domain.office import Mailbox


class MailboxKnown(Exception):
    """The office has this address already; nothing was written. Its text holds no address."""


class Mailboxes:
    """The mailboxes in a catalog's table."""

    def __init__(self, catalog: Catalog) -> None:
        """Keep the catalog."""
        self._catalog = catalog
        self._table = catalog.table

    def add(self, office_id: str, mailbox: Mailbox, entry: Entry) -> None:
        """Give an office one more mailbox, with whatever a person said about it.

        Raises:
            LookupError: there is no such office.
            MailboxKnown: it has this address, however it is written.
        """
        self.add_all({office_id: (mailbox, entry)})

    def add_all(self, wanted: Mapping[str, tuple[Mailbox, Entry]]) -> None:
        """Give each of these offices one more mailbox; campaigns follow once, after all. Raises as `add`."""
        for office_id, (mailbox, entry) in wanted.items():
            self._add(office_id, mailbox, entry)
        if wanted:
            self._catalog.relist()

    def _add(self, office_id: str, mailbox: Mailbox, entry: Entry) -> None:
        def more(known: list[str]) -> list[str]:
            if mailbox.address.lower() in map(str.lower, known):
                raise MailboxKnown
            return [*known, mailbox.address]

        key = keys.mailbox(office_id, mailbox.address)
        self._change(office_id, more, {"Put": self._put(key, mailbox_item(mailbox))}, entry)

    def remove(self, office_id: str, address: str, entry: Entry) -> None:
        """Take a mailbox from an office: no letter goes there any more.

        Raises:
            LookupError: there is no such office, or it has no such mailbox.
        """

        def fewer(known: list[str]) -> list[str]:
            if address not in known:
                raise LookupError(f"{office_id} has no such mailbox")
            return [each for each in known if each != address]

        gone = {"TableName": self._table.name, "Key": keyed(keys.mailbox(office_id, address))}
        self._change(office_id, fewer, {"Delete": gone}, entry)
        self._catalog.relist()

    def verify(self, office_id: str, address: str, on: date, source: str, entry: Entry) -> None:
        """Record that `entry.who` has seen the address on the agency's own page `source`.

        Raises:
            LookupError: the office has no such mailbox.
        """
        said = {":on": on.isoformat(), ":by": entry.who, ":source": source}
        change = {
            "TableName": self._table.name,
            "Key": keyed(keys.mailbox(office_id, address)),
            "UpdateExpression": "SET verified_on = :on, verified_by = :by, #source = :source",
            "ConditionExpression": "attribute_exists(PK)",
            "ExpressionAttributeNames": {"#source": "source"},
            "ExpressionAttributeValues": wire(said),
        }
        if not self._is_written([{"Update": change}, self._recording(entry)]):
            raise LookupError(f"{office_id} has no such mailbox")

    def set_web_form(self, office_id: str, url: str, entry: Entry) -> None:
        """Say where the office's own form for letters is, for whoever opens it themselves ("": it has none).

        Raises:
            LookupError: there is no such office.
        """
        change = {
            "TableName": self._table.name,
            "Key": keyed(keys.office(office_id)),
            "UpdateExpression": "SET web_form = :url",
            "ConditionExpression": "attribute_exists(PK)",
            "ExpressionAttributeValues": wire({":url": url}),
        }
        if not self._is_written([{"Update": change}, self._recording(entry)]):
            raise LookupError(f"there is no office {office_id}")

    # Strictly private.

    def _change(
        self, office_id: str, change: Callable[[list[str]], list[str]], own: Write, entry: Entry
    ) -> None:
        """Change which mailboxes an office has, if they are still as read; a lost race reads again."""
        for _ in range(ATTEMPTS):
            item = self._table.get(keys.office(office_id))
            if item is None:
                raise LookupError(f"there is no office {office_id}")
            seen = item.get("mailboxes")
            listed = self._listing(office_id, seen, change(seen or []))
            if self._is_written([own, listed, self._recording(entry)]):
                return
        raise Overtaken(office_id)

    def _listing(self, office_id: str, seen: list[str] | None, after: list[str]) -> Write:
        as_read = "attribute_not_exists(mailboxes)" if seen is None else "mailboxes = :seen"
        values = {":after": after} | ({} if seen is None else {":seen": seen})
        update = {
            "TableName": self._table.name,
            "Key": keyed(keys.office(office_id)),
            "UpdateExpression": "SET mailboxes = :after",
            "ConditionExpression": f"attribute_exists(PK) AND {as_read}",
            "ExpressionAttributeValues": wire(values),
        }
        return {"Update": update}

    def _recording(self, entry: Entry) -> Write:
        return {"Put": self._put(entry_key(entry), entry_item(entry))}

    def _put(self, key: keys.Key, item: Item) -> dict[str, Any]:
        return {"TableName": self._table.name, "Item": keyed(key) | wire(item)}

    def _is_written(self, parts: list[Any]) -> bool:
        """Write all or nothing; False: a condition doesn't hold, or somebody else was faster."""
        try:
            self._table.client.transact_write_items(TransactItems=parts)
        except ClientError as error:
            codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
            if codes & {"ConditionalCheckFailed", "TransactionConflict"}:
                return False
            raise
        return True
