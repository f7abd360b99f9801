"""The DynamoDB table, as plain Python values in and out. Knows no campaign, call or count.

Values: str, int, bool, None, lists and dicts of them. Numbers come back as int.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from chalicelib.adapters.keys import Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
"""One item: attribute → plain value. The edge of typing: each adapter turns it into a domain value."""
Write = dict[str, Any]
"""One part of a transaction, as DynamoDB wants it."""

LONGEST_PK = 2048
"""Bytes of a partition key. DynamoDB answers a longer one with an error, though the true answer is: not there."""

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def plain(value: Any) -> Any:  # noqa: ANN401 - DynamoDB values are any of six types until parsed
    """Turn Decimals into ints and sets into lists, all the way down."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | set):
        return [plain(part) for part in value]
    return value


def wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values → DynamoDB's attribute values."""
    return {name: _serialize(value) for name, value in values.items()}


def read(item: Mapping[str, Any]) -> Item:
    """DynamoDB's attribute values → plain values."""
    return {name: plain(_deserialize(value)) for name, value in item.items()}


def keyed(key: Key) -> dict[str, Any]:
    """A key as DynamoDB wants it."""
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}


class Table:
    """One table of one client."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        """Keep the client; nothing is asked of it yet."""
        self.client = client
        self.name = name

    def get(self, key: Key) -> Item | None:
        """Return one item, strongly consistent, or None."""
        if _is_impossible(key.pk):
            return None
        found = self.client.get_item(TableName=self.name, Key=keyed(key), ConsistentRead=True)
        return read(found["Item"]) if "Item" in found else None

    def put(self, key: Key, values: Mapping[str, Any]) -> None:
        """Write one item whole, replacing what was there."""
        self.client.put_item(TableName=self.name, Item=keyed(key) | wire(values))

    def change(
        self,
        key: Key,
        values: Mapping[str, Any],
        gone: Iterable[str] = (),
        only_if: Mapping[str, Any] | None = None,
    ) -> None:
        """Set attributes of an item that is there, remove those in `gone`, leave the others.

        Raises:
            LookupError: there is no such item, or it doesn't hold the values of `only_if`.
        """
        dropped, expected = tuple(gone), only_if or {}
        given = {f":{name}": value for name, value in values.items()}
        given |= {f":seen_{name}": value for name, value in expected.items()}
        setting = ", ".join(f"#{name} = :{name}" for name in values)
        removing = ", ".join(f"#{name}" for name in dropped)
        asked: Any = {
            "TableName": self.name,
            "Key": keyed(key),
            "UpdateExpression": " ".join(
                f"{verb} {names}" for verb, names in (("SET", setting), ("REMOVE", removing)) if names
            ),
            "ConditionExpression": " AND ".join(
                ["attribute_exists(PK)", *(f"#{name} = :seen_{name}" for name in expected)]
            ),
            "ExpressionAttributeNames": {f"#{name}": name for name in (*values, *dropped, *expected)},
        }
        if given:
            asked["ExpressionAttributeValues"] = wire(given)
        try:
            self.client.update_item(**asked)
        except self.client.exceptions.ConditionalCheckFailedException as error:
            raise LookupError("no such item") from error

    def delete(self, key: Key) -> None:
        """Remove one item, if it is there."""
        self.client.delete_item(TableName=self.name, Key=keyed(key))

    def partition(self, pk: str, until: str | None = None, begins: str | None = None) -> Iterator[Item]:
        """Yield the items of one partition in order of sort key: up to and with `until`, or all that begin so."""
        if _is_impossible(pk):
            return
        condition, bound = "PK = :pk", {}
        if until is not None:
            condition, bound = "PK = :pk AND SK <= :until", {":until": until}
        elif begins is not None:
            condition, bound = "PK = :pk AND begins_with(SK, :begins)", {":begins": begins}
        values = wire({":pk": pk} | bound)
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
        for page in pages:
            yield from map(read, page["Items"])

    def batch(self, wanted: Sequence[Key]) -> list[Item]:
        """Return those of up to 100 items that exist, strongly consistent, in no order."""
        asked: Any = {self.name: {"Keys": [keyed(key) for key in wanted], "ConsistentRead": True}}
        items: list[Item] = []
        while asked:
            answer = self.client.batch_get_item(RequestItems=asked)
            items += map(read, answer["Responses"].get(self.name, []))
            asked = answer.get("UnprocessedKeys")
        return items

    def scan(self, kind: str) -> Iterator[Item]:
        """Yield every item of one type. Reads the whole table: for the CLI, never for a request."""
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name,
            FilterExpression="#type = :kind",
            ExpressionAttributeNames={"#type": "type"},
            ExpressionAttributeValues=wire({":kind": kind}),
            ConsistentRead=True,
        )
        for page in pages:
            yield from map(read, page["Items"])


def _is_impossible(pk: str) -> bool:
    """Whether no item can have this partition key: whatever a web address held, it leads nowhere."""
    return len(pk.encode()) > LONGEST_PK
