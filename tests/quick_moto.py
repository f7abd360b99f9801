"""moto, without three detours: a tenth of a story's time, and of a story of hundreds of people nearly all of it.

moto looks for every attribute value under each of the ten types it could have, under several names. Its own items
are in DynamoDB's JSON already, so here they go out as they are. And before a transaction it copies the whole table,
item by item, once for each write, should it have to take them back; here the partitions that a transaction writes to
are kept, and an update changes an item of its own. And a query here looks through its one partition and not the whole
table. That the answers stay the same is shown by the contract tests, which play against moto, ministack and DynamoDB
Local. Take `mock_aws` from here.
"""

import copy
import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from moto import mock_aws
from moto.core.serialize import SERVICE_SPECIFIC_SERIALIZERS, JSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

__all__ = ["mock_aws"]
VALUE = "AttributeValue"


class ItemsAsTheyAre(JSONSerializer):
    """DynamoDB's answers; an attribute value is taken over whole."""

    def _serialize_type_structure(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == VALUE and isinstance(value, dict):
            serialized[key] = value
        else:
            super()._serialize_type_structure(serialized, value, shape, key)

    def _serialize_body(self, body: Any) -> str:
        return json.dumps(body, default=_plain)


def _plain(each: Any) -> Any:
    """Bytes as JSON carries them; what an expression has set may still be one of moto's own objects."""
    return b64encode(each).decode() if isinstance(each, bytes) else each.to_json()


SERVICE_SPECIFIC_SERIALIZERS["dynamodb"] = {"json": ItemsAsTheyAre}


_update_item = DynamoDBBackend.update_item


def _updating(self: DynamoDBBackend, table_name: str, key: dict[str, Any], **asked: Any) -> Any:
    """An update, on an item of its own."""
    table = self.get_table(table_name)
    items = table.items.get(DynamoType(key[table.hash_key_attr]), {})
    range_key = DynamoType(key[str(table.range_key_attr)])
    if range_key in items:
        items[range_key] = copy.deepcopy(items[range_key])
    return _update_item(self, table_name, key, **asked)


_transact_write_items = DynamoDBBackend.transact_write_items


def _transacting(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """A transaction, with what it writes to put back as it was should it fail."""
    before = list(_partitions(self, transact_items))
    try:
        _transact_write_items(self, transact_items)
    except Exception:
        for table, key, items in before:
            table.items[key] = items
        raise


def _partitions(
    backend: DynamoDBBackend, transact_items: list[dict[str, Any]]
) -> Iterator[tuple[Table, DynamoType, dict[Any, Any]]]:
    """The partitions that a transaction may write to, as they are now."""
    for item in transact_items:
        operation = next(iter(item.values()))
        table = backend.tables[operation["TableName"]]
        key = DynamoType((operation.get("Key") or operation["Item"])[table.hash_key_attr])
        yield table, key, dict(table.items.get(key, {}))


_query, _all_items = Table.query, Table.all_items
_asked = threading.local()


def _querying(self: Table, hash_key: DynamoType | None, *args: Any, **asked: Any) -> Any:
    """A query, which looks for its items in the partition it asks for."""
    _asked.partition = hash_key
    try:
        return _query(self, hash_key, *args, **asked)
    finally:
        _asked.partition = None


def _items(self: Table) -> list[Item]:
    """All items in order; within a query those of its partition."""
    partition = getattr(_asked, "partition", None)
    if partition is None:
        return _all_items(self)
    return sorted(dict(self.items.get(partition, {})).values(), key=lambda item: item.range_key)


Table.__deepcopy__ = lambda self, _memo: self  # type: ignore[attr-defined]  # moto's copy before a transaction
Table.query = _querying  # type: ignore[method-assign]  # we have no index that it could ask
Table.all_items = _items  # type: ignore[method-assign]  # as above
DynamoDBBackend.update_item = _updating  # type: ignore[assignment,method-assign]  # the same, with a step before
DynamoDBBackend.transact_write_items = _transacting  # type: ignore[method-assign]  # as above
