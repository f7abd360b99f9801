"""Counts that staff correct: one more row of the ledger, the sum it moves, and who did it why, written together.

Promises: no row is ever changed; of two people who correct the same row one is told that the other was faster.
Only calls: what a letter is counted as follows from where it is, and its next correction would undo a person's.
"""

from chalicelib.adapters import keys
from chalicelib.adapters.audit import Entry, entry_item, entry_key
from chalicelib.adapters.ledger import counting
from chalicelib.adapters.session_items import action_of
from chalicelib.adapters.table import Table, Write, keyed, wire
from chalicelib.adapters.transactions import transact
from chalicelib.domain.counts import Action
from chalicelib.domain.explaining import BY_HAND, Act

WHAT = "count corrected"
"""What a correction is called in the audit; its subject is the id of the row."""


def call_of(table: Table, row_id: str) -> Act | None:
    """Return a call and its corrections by the id of any of its rows; None: the ledger has no such row."""
    name = row_id.partition(BY_HAND)[0]
    rows: list[Action] = []
    while item := table.get(keys.action(f"{name}{BY_HAND}{len(rows)}" if rows else name)):
        rows.append(action_of(item))
    return Act(name, tuple(rows)) if rows else None


def correct(table: Table, row: Action, entry: Entry) -> None:
    """Write a correcting row.

    Raises:
        Stale: somebody else corrected the same row first; nothing was written.
    """
    told: Write = {
        "Put": {"TableName": table.name, "Item": keyed(entry_key(entry)) | wire(entry_item(entry))}
    }
    transact(table, [*counting(table, [row]), told])
