"""What is counted, as the parts of one transaction: each Action once, and the two sums it changes.

One is its campaign's on its channel, the other the same by hour, office and language (`hour_sums`), on a shard of the
same number: whoever waits for one waits for no other. Together they cost four write units, the action two.

Promises: an action that is in the ledger makes the whole transaction fail; actions of one transaction that fall on
one shard are one update, for a transaction may touch an item once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from chalicelib.adapters import keys, staff_keys
from chalicelib.adapters.session_items import action_item
from chalicelib.adapters.table import Table, Write, keyed, wire
from chalicelib.domain.counts import Action, changes, shard


@dataclass
class _Sum:
    """What a transaction adds to one shard, and what the shard says of itself."""

    said: dict[str, str]
    changes: dict[str, int] = field(default_factory=dict)

    def add(self, action: Action) -> None:
        for outcome, change in changes(action).items():
            self.changes[outcome.value] = self.changes.get(outcome.value, 0) + change


def counting(table: Table, actions: Iterable[Action]) -> list[Write]:
    """Return the parts that write these actions, none of them there yet, and move their tallies."""
    writes: list[Write] = []
    sums: dict[keys.Key, _Sum] = {}
    for action in actions:
        item = keyed(keys.action(action.id)) | wire(action_item(action))
        absent = "attribute_not_exists(PK)"
        writes.append({"Put": {"TableName": table.name, "Item": item, "ConditionExpression": absent}})
        for key, said in _summed_at(action):
            sums.setdefault(key, _Sum(said)).add(action)
    return [*writes, *({"Update": _update(table, key, added)} for key, added in sums.items())]


def _summed_at(action: Action) -> Iterator[tuple[keys.Key, dict[str, str]]]:
    """Where an action is summed, and what the sum there says of itself."""
    number, of = shard(action.id), {"campaign": action.campaign, "channel": action.channel.value}
    yield keys.tally(action.campaign, action.channel, number), {"type": "tally"} | of
    hour = action.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    parts = {"office": action.office, "language": action.language.value if action.language else ""}
    key = staff_keys.hour_sum(action.campaign, hour, (*parts.values(), action.channel.value), number)
    yield key, {"type": "hour"} | of | parts | {"hour": hour.isoformat()}


def _update(table: Table, key: keys.Key, added: _Sum) -> dict[str, Any]:
    """A correction takes one off what it corrects; the sum of all stays."""
    moved = {name: change for name, change in added.changes.items() if change}
    numbers = {f":{name}": change for name, change in moved.items()}
    said = {f":{name}": text for name, text in added.said.items()}
    settings = ", ".join(f"#{name} = :{name}" for name in added.said)
    sums = "".join(f", #{name} :{name}" for name in moved)
    return {
        "TableName": table.name,
        "Key": keyed(key),
        "UpdateExpression": f"SET {settings} ADD tally :tally, version :one{sums}",
        "ExpressionAttributeNames": {f"#{name}": name for name in (*added.said, *moved)},
        "ExpressionAttributeValues": wire(numbers | said | {":tally": sum(moved.values()), ":one": 1}),
    }
