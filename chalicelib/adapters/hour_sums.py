"""Sums by hour, office and language, as they were written with each action (`ledger`). Reads only.

One query for each day: what it costs at 100,000 actions is said in `domain/figures`.
"""

from collections.abc import Iterator
from datetime import date, datetime

from chalicelib.adapters import staff_keys
from chalicelib.adapters.session_items import tally_of
from chalicelib.adapters.table import Item, Table
from chalicelib.domain.counts import Channel
from chalicelib.domain.figures import HourSum
from chalicelib.domain.words import Language


def hour_sums(table: Table, slug: str, day: date) -> Iterator[HourSum]:
    """Yield what was counted of a campaign on a day (UTC), shard by shard."""
    return map(_hour_sum, table.partition(staff_keys.hours(slug, day)))


def _hour_sum(item: Item) -> HourSum:
    return HourSum(
        datetime.fromisoformat(item["hour"]),
        Channel(item["channel"]),
        item["office"],
        Language(item["language"]) if item["language"] else None,
        tally_of(item),
    )
