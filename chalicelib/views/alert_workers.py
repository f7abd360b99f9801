"""The workers of texts: the queue has each turn of a broadcast sent, and each minute broadcasts go on.

What fails never takes its neighbours with it: a message its batch, or one task of a minute the others.
"""

from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.adapters.alert_queue import asked_in
from chalicelib.observability import fault
from chalicelib.views import alert_reconciling, alerting, broadcasting, subscriber_upkeep
from chalicelib.views.batches import PLACEHOLDER, each_message

alert_workers = Blueprint(__name__)


@alert_workers.on_sqs_message(queue_arn=PLACEHOLDER, batch_size=1, name="alerts")
def alerts(event: SQSEvent) -> dict[str, Any]:
    """Send the alerts of one turn; a turn that failed comes back."""
    return each_message(event, lambda body: alerting.take(asked_in(body)))


@alert_workers.schedule("rate(1 minute)", name="broadcasts")
def broadcasts(_event: CloudWatchEvent) -> None:
    """Let broadcasts go on, ask after alerts of which nobody knows, and look at subscribers whose time has come."""
    for task in (broadcasting.each_minute, alert_reconciling.each_five_minutes, subscriber_upkeep.look):
        _do(task)


def _do(task: Callable[[], None]) -> None:
    try:
        task()
    except Exception as error:  # noqa: BLE001 - the edge: the minute's other tasks have their time too
        fault("a task of the minute failed", error)
