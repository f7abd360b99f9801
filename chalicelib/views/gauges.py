"""The gauges: how things stand, written every five minutes by the schedule, also when they are 0.

Promises: one that can't be read keeps none of the others back, and is missing, which its alarm takes for the worst.
Reads live campaigns, their sums, and the calls that are watched; never the whole table. So the tally is held against
its own parts here, and against the ledger by `patchthrough counts verify` (docs/watching.md says what that costs).
"""

from collections.abc import Callable

from chalicelib.adapters.watched import watched
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.watching import apart, is_unknown, lines_down
from chalicelib.observability import fault, gauge, percent
from chalicelib.runtime import runtime
from chalicelib.views import budget

EVERY = 5
"""Minutes."""


def each_five_minutes() -> None:
    """Write the gauges, if this minute is one of every five."""
    if runtime().now().minute % EVERY == 0:
        write()


def write() -> None:
    """Write every gauge that can be read."""
    for name, read in GAUGES.items():
        try:
            gauge(name, read())
        except Exception as error:  # noqa: BLE001 - the edge: what is missing is seen, and its neighbours are written
            fault("gauge not read", error, why=name)


def _live() -> list[Campaign]:
    r = runtime()
    found = (r.campaign(row.slug) for row in r.listings() if row.status is Status.LIVE)
    return [campaign for campaign in found if campaign is not None]


def _unknown() -> float:
    r = runtime()
    now = r.now()
    return sum(is_unknown(session, now) for session in watched(r.catalog.table, now))


def _tally_difference() -> float:
    r = runtime()
    return sum(apart(tally) for row in r.listings() for tally in r.store.sums(row.slug).values())


def _lines_down() -> float:
    return lines_down(_live())


def _spend_share() -> float:
    now = runtime().now()
    return max((percent(budget.used(each.slug, now), each.limits.rings_a_day) for each in _live()), default=0)


GAUGES: dict[str, Callable[[], float]] = {
    "Unknown": _unknown,
    "TallyDifference": _tally_difference,
    "LinesDown": _lines_down,
    "SpendShare": _spend_share,
}
