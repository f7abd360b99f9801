"""The queue of calls to place: holds call ids, never a phone number."""

import json
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY = 900
"""Seconds SQS can hold a message back; a call further off is put back when it comes too early."""


class RingQueue:
    """One SQS queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        """Keep the client and the queue's address."""
        self._client, self._url = client, url

    def send(self, call_id: str, delay: float) -> None:
        """Ask for this call to be placed in `delay` seconds. A repeat is harmless: placing claims first."""
        seconds = min(LONGEST_DELAY, max(0, ceil(delay)))
        self._client.send_message(
            QueueUrl=self._url, MessageBody=json.dumps({"call_id": call_id}), DelaySeconds=seconds
        )


def call_id_of(body: str) -> str:
    """Return the call id in a message.

    Raises:
        ValueError: it holds none; the message is poison and belongs in the dead-letter queue.
    """
    try:
        call_id = json.loads(body)["call_id"]
    except (KeyError, TypeError) as error:
        raise ValueError("a ring message without a call id") from error
    if not isinstance(call_id, str):
        raise ValueError("a ring message whose call id is none")  # noqa: TRY004 - poison, whatever its shape
    return call_id
