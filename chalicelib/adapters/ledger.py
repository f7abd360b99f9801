"""What is counted, as the parts of one transaction: each Action once, and the sums it changes.

Promises: an action that is in the ledger makes the whole transaction fail; actions of one transaction that fall on
one shard are one update, for a transaction may touch an item once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.session_items import action_item
from chalicelib.adapters.table import Table, Write, keyed, wire
from chalicelib.domain.counts import Action, changes, shard


@dataclass
class _Sum:
    """What a transaction adds to one shard."""

    campaign: str
    channel: str
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
        key = keys.tally(action.campaign, action.channel, shard(action.id))
        sums.setdefault(key, _Sum(action.campaign, action.channel)).add(action)
    return [*writes, *({"Update": _update(table, key, added)} for key, added in sums.items())]


def _update(table: Table, key: keys.Key, added: _Sum) -> dict[str, Any]:
    """A correction takes one off what it corrects; the sum of all stays."""
    moved = {name: change for name, change in added.changes.items() if change}
    numbers = {f":{name}": change for name, change in moved.items()}
    said = {":type": "tally", ":campaign": added.campaign, ":channel": added.channel, ":one": 1}
    sums = "".join(f", #{name} :{name}" for name in moved)
    return {
        "TableName": table.name,
        "Key": keyed(key),
        "UpdateExpression": "SET #type = :type, campaign = :campaign, channel = :channel "
        f"ADD tally :tally, version :one{sums}",
        "ExpressionAttributeNames": {"#type": "type"} | {f"#{name}": name for name in moved},
        "ExpressionAttributeValues": wire(numbers | said | {":tally": sum(moved.values())}),
    }
