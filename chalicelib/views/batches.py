"""What every worker does alike: a batch of messages one by one, a list of what is due one by one.

Promises: what fails never takes its neighbours with it, and an error's text, which may hold what it was about, is never
written to the log.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from chalice.app import SQSEvent

from chalicelib.observability import fault

PLACEHOLDER = "arn:aws:sqs:us-east-1:123456789012:placeholder"
"""A queue, until the template's own takes its place when packaged; only a plain string can be one."""

T = TypeVar("T")


class Unread(Exception):
    """A list of what is due could not be read. Says no more: Lambda writes it to the log."""


def each_message(event: SQSEvent, work: Callable[[str], None]) -> dict[str, Any]:
    """Carry out every message of a batch, and answer with those that failed: they alone come back."""
    failed = []
    for record in event:
        try:
            work(record.body)
        except Exception as error:  # noqa: BLE001 - the batch loop: one message's fault is its own
            fault("message failed", error)
            failed.append({"itemIdentifier": record.to_dict()["messageId"]})
    return {"batchItemFailures": failed}


def each_due(read: Callable[[], Iterable[T]], work: Callable[[T], None], what: str) -> None:
    """Do the work for everything that is due; what fails stays on its list. `what` stands in the log: "calls", say.

    Raises:
        Unread: the list could not be read.
    """
    for each in _listed(read, what):
        try:
            work(each)
        except Exception as error:  # noqa: BLE001 - one thing's fault must not keep the others from their time
            fault(f"one of the due {what} not looked at", error)


def _listed(read: Callable[[], Iterable[T]], what: str) -> list[T]:
    try:
        return list(read())
    except Exception as error:  # noqa: BLE001 - the edge: an error's text may hold what it was about
        fault(f"due {what} not read", error)
        raise Unread from None
