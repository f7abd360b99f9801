"""The workers of texts: each minute broadcasts go on, and subscribers whose time is over are looked at.

What fails never takes its neighbours with it: one task of a minute leaves the others theirs.
"""

from collections.abc import Callable

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.observability import fault
from chalicelib.views import broadcasting, subscriber_upkeep

alert_workers = Blueprint(__name__)


@alert_workers.schedule("rate(1 minute)", name="broadcasts")
def broadcasts(_event: CloudWatchEvent) -> None:
    """Let broadcasts go on, and look at every subscriber whose time has come."""
    for task in (broadcasting.each_minute, subscriber_upkeep.look):
        _do(task)


def _do(task: Callable[[], None]) -> None:
    try:
        task()
    except Exception as error:  # noqa: BLE001 - the edge: the minute's other tasks have their time too
        fault("a task of the minute failed", error)
