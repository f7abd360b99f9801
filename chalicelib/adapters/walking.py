"""A walk through the whole table, page by page, for what staff take out of it. Never for a request.

There is no index by time or campaign: keeping one would cost each call a write or two, and an export is made once a
week. So a walk reads everything, and only what is asked for comes over the wire.
Promises: one page in memory; reads that need not be strongly consistent cost half; and a walk takes at most
`UNITS_A_SECOND` of the table's read units, so that on the night of an alert callers keep the rest.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.adapters.session_items import millis
from chalicelib.adapters.table import Item, Table, read, wire

UNITS_A_SECOND = 1000.0
"""A quarter of the table's own cap (MaxReadUnits): about 8 MB a second."""


@dataclass(frozen=True, slots=True)
class Page:
    """The items asked for among those the table went through (`passed` of them) for one answer."""

    items: Sequence[Item]
    passed: int


def pages(
    table: Table,
    equal: Mapping[str, str],
    since: datetime | None = None,
    until: datetime | None = None,
    rest: Callable[[float], None] = time.sleep,
) -> Iterator[Page]:
    """Yield the items that have these values; `since` and up to, not with, `until`, where `at` is in milliseconds.

    What was written in the last second may be missing.
    """
    answers = table.client.get_paginator("scan").paginate(**_asked(table, equal, since, until))
    for answer in answers:
        yield Page([read(item) for item in answer["Items"]], answer["ScannedCount"])
        rest(answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0) / UNITS_A_SECOND)


def _asked(table: Table, equal: Mapping[str, str], since: datetime | None, until: datetime | None) -> Any:  # noqa: ANN401 - boto3's keywords
    bounds = {name: at for name, at in (("since", since), ("until", until)) if at is not None}
    signs = {"since": ">=", "until": "<"}
    conditions = [f"#{name} = :{name}" for name in equal] + [f"#at {signs[name]} :{name}" for name in bounds]
    values: dict[str, Any] = {f":{name}": value for name, value in equal.items()}
    values |= {f":{name}": millis(at) for name, at in bounds.items()}
    names = {f"#{name}": name for name in (*equal, *(["at"] if bounds else []))}
    return {
        "TableName": table.name,
        "FilterExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": wire(values),
        "ReturnConsumedCapacity": "TOTAL",
    }
