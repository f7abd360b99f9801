"""The queue of alerts: holds pointers to recipients who may be sent one now, never a key, a number or a word."""

import json
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY = 900
"""Seconds SQS can hold a message back. A minute's grants need sixty."""


@dataclass(frozen=True, slots=True)
class AlertTurn:
    """A message: send to so many recipients of this chunk who have no claim.

    `granted_at` is the grant's moment, by which a worker knows a message that is late or comes twice
    (`broadcast_chunks.holds`); `epoch` is the broadcast's then, for who reads a message: a worker looks up what is now.
    """

    broadcast: str
    shard: str
    number: int
    recipients: int
    epoch: int
    granted_at: datetime


class AlertQueue:
    """One SQS queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        """Keep the client and the queue's address."""
        self._client, self._url = client, url

    def send(self, turn: AlertTurn, delay: float) -> None:
        """Ask for this in `delay` seconds (900 at most). A repeat is harmless: each recipient is claimed first."""
        seconds = min(LONGEST_DELAY, max(0, ceil(delay)))
        message = {
            "broadcast": turn.broadcast, "shard": turn.shard, "number": turn.number, "recipients": turn.recipients,
            "epoch": turn.epoch, "granted_at": turn.granted_at.isoformat(),
        }  # fmt: skip
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(message), DelaySeconds=seconds)


def asked_in(body: str) -> AlertTurn:
    """Return what a message asks for.

    Raises:
        ValueError: it is no turn of an alert; the message is poison and belongs in the dead-letter queue.
    """
    try:
        message = json.loads(body)
        return AlertTurn(
            broadcast=str(message["broadcast"]),
            shard=str(message["shard"]),
            number=int(message["number"]),
            recipients=int(message["recipients"]),
            epoch=int(message["epoch"]),
            granted_at=datetime.fromisoformat(message["granted_at"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("a message about no chunk") from error
