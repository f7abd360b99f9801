"""Every row of the table that mentions a person: by keyed hash, number or address, in its key or anywhere inside.

Reads the whole table, but for the ledger and the sums, which can mention nobody: for a person at a terminal or a
console who was asked to forget somebody, never for a request of a supporter.
"""

from collections.abc import Collection, Iterator
from typing import Any

from boto3.dynamodb.types import Binary

from chalicelib.adapters.keys import Key
from chalicelib.adapters.table import Item, Table, read, wire

COUNTS = {":action": "action", ":tally": "tally"}


def mentions(table: Table, needles: Collection[str]) -> Iterator[tuple[Key, Item]]:
    """Yield the rows in which one of these stands, whatever the case of its letters."""
    wanted = [needle.lower() for needle in needles]
    pages = table.client.get_paginator("scan").paginate(
        TableName=table.name,
        FilterExpression="attribute_not_exists(#type) OR NOT #type IN (:action, :tally)",
        ExpressionAttributeNames={"#type": "type"},
        ExpressionAttributeValues=wire(COUNTS),
        ConsistentRead=True,
    )
    for page in pages:
        for item in map(read, page["Items"]):
            if any(needle in text for text in _texts(item) for needle in wanted):
                yield Key(item["PK"], item["SK"]), item


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - DynamoDB's values, nested
    """Every text in an item; an address that stands in two parts counts as whole."""
    match value:
        case str():
            yield value.lower()
        case Binary():  # keyed hashes, packed
            packed: Any = value
            yield bytes(packed).hex()
        case dict():
            if isinstance(value.get("local"), str) and isinstance(value.get("domain"), str):
                yield f"{value['local']}@{value['domain']}".lower()
            for name, part in value.items():
                yield name.lower()
                yield from _texts(part)
        case list():
            for part in value:
                yield from _texts(part)
