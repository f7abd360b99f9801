"""moto, without two detours: a tenth of a story's time, and of a story of hundreds of people nearly all of it.

moto looks for every attribute value under each of the ten types it could have, under several names. Its own items
are in DynamoDB's JSON already, so here they go out as they are. And before a transaction it copies the whole table,
item by item, once for each write, should it have to take them back; here the copy shares the items, and an update
changes one of its own. That the answers stay the same is shown by the contract tests, which play against moto,
ministack and DynamoDB Local. Take `mock_aws` from here.
"""

import copy
import json
from collections import defaultdict
from typing import Any

from moto import mock_aws
from moto.core.serialize import SERVICE_SPECIFIC_SERIALIZERS, JSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
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
        # What an expression has set may still be one of moto's own objects.
        return json.dumps(body, default=lambda each: each.to_json())


SERVICE_SPECIFIC_SERIALIZERS["dynamodb"] = {"json": ItemsAsTheyAre}


def _sharing(table: Table, _memo: dict[int, Any]) -> Table:
    """A copy to go back to: the same items, for none of them is ever changed in place."""
    made = copy.copy(table)
    made.items = defaultdict(dict, {key: dict(items) for key, items in table.items.items()})
    return made


_update_item = DynamoDBBackend.update_item


def _updating(self: DynamoDBBackend, table_name: str, key: dict[str, Any], **asked: Any) -> Any:
    """An update, on an item of its own."""
    table = self.get_table(table_name)
    items = table.items.get(DynamoType(key[table.hash_key_attr]), {})
    range_key = DynamoType(key[str(table.range_key_attr)])
    if range_key in items:
        items[range_key] = copy.deepcopy(items[range_key])
    return _update_item(self, table_name, key, **asked)


Table.__deepcopy__ = _sharing  # type: ignore[attr-defined]  # what copy.deepcopy looks for
DynamoDBBackend.update_item = _updating  # type: ignore[assignment,method-assign]  # the same, with a step before
