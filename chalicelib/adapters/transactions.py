"""One transaction of changes and of marks that make them once, and what it means when it fails.

Promises: all is written or nothing; a change that was overtaken is Stale, what was written once before is Repeated, and
any other fault is raised as it is. Knows no letter and no text.
"""

from collections.abc import Sequence

from botocore.exceptions import ClientError

from chalicelib.adapters.store import Repeated, Stale
from chalicelib.adapters.table import Table, Write

LOST = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


def transact(table: Table, changes: Sequence[Write], once: Sequence[Write] = ()) -> None:
    """Write `changes` and, with them, what is written only `once`.

    Raises:
        Stale: a change's condition doesn't hold; nothing was written.
        Repeated: all changes would hold, but what is written once is there; nothing was written.
    """
    writes = [*changes, *once]
    try:
        table.client.transact_write_items(TransactItems=writes)  # type: ignore[arg-type]  # made by adapters alone
    except ClientError as error:
        raise _lost(error, len(changes)) from error


def _lost(error: ClientError, changes: int) -> Exception:
    code = error.response["Error"]["Code"]
    if code == "TransactionConflictException":
        return Stale()
    if code != "TransactionCanceledException":
        return error
    reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
    if set(reasons[:changes]) & LOST:
        return Stale()
    if "ConditionalCheckFailed" in reasons[changes:]:
        return Repeated()
    return Stale() if set(reasons) & LOST else error
