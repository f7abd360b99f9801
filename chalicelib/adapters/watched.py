"""The calls that the reconciler has yet to look at: read for a figure, changed by nobody.

Promises: a call of unknown fate is among them until somebody knows, for two days. A read of 49 lists, and of 100 calls
at a time: for a schedule, never for a request.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.session_items import session_of
from chalicelib.adapters.store import DUE_KEPT, HOUR
from chalicelib.adapters.table import Table
from chalicelib.domain.call import CallSession

AT_ONCE = 100


def watched(table: Table, now: datetime) -> Iterator[CallSession]:
    """Yield the calls whose next look is due, overdue, or falls into this hour or the next one."""
    hours = [now + HOUR - back * HOUR for back in range(DUE_KEPT // HOUR + 2)]
    ids = sorted({item["call_id"] for hour in hours for item in table.partition(keys.due_hour(hour))})
    for first in range(0, len(ids), AT_ONCE):
        some = [keys.session(call_id) for call_id in ids[first : first + AT_ONCE]]
        yield from map(session_of, table.batch(some))
