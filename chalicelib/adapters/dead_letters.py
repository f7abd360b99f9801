"""Queues as staff see them: how much waits, and what was given up after five tries, brought back on request.

Promises: a message goes back before it is deleted from the dead queue, so that none is lost; one that is there twice
afterwards is harmless, for whoever takes it claims first. Shows no message's text. One that went back and was given up
again meanwhile stays, so that a run always ends. (SQS's own StartMessageMoveTask would move what no worker can read,
too, and what has just come back, again and again.)
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

AT_ONCE = 10
"""Messages in one answer of SQS's."""
AWAY_SECONDS = 120
"""How long a message that was read from the dead queue is hidden from others."""
SLACK_SECONDS = 5.0
"""How far SQS's clock may be from ours."""
EMPTY_READS = 2
"""Answers without a message in a row until a queue counts as empty: SQS may answer from a part of it."""


@dataclass(frozen=True, slots=True)
class Depth:
    """About how many messages wait for their worker, are with one, wait for their time, and were given up.

    `dead` None: the queue has no dead queue.
    """

    waiting: int
    taken: int
    delayed: int
    dead: int | None


@dataclass(frozen=True, slots=True)
class Buried:
    """One message of a dead queue: its text, and when it was first sent (None: the queue does not say)."""

    body: str = field(repr=False)
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Brought:
    """One message of the dead queue: whether it went back. One that nobody could read stays.

    `has_returned`: it had gone back in this run, and was given up again. It stays.
    """

    is_known: bool
    has_returned: bool = False


class WatchedQueue:
    """One SQS queue and its dead queue, as its own redrive policy names it."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        """Keep the client and the queue's address."""
        self._client, self._url = client, url

    def depth(self) -> Depth:
        """Return how much is in the queue, and in its dead queue."""
        found = self._attributes(self._url)
        dead = self._dead()
        return Depth(
            int(found["ApproximateNumberOfMessages"]),
            int(found["ApproximateNumberOfMessagesNotVisible"]),
            int(found["ApproximateNumberOfMessagesDelayed"]),
            int(self._attributes(dead)["ApproximateNumberOfMessages"]) if dead else None,
        )

    def redrive(self, is_known: Callable[[str], bool], *, is_trial: bool = False) -> Iterator[Brought]:
        """Bring each message of the dead queue back that `is_known` knows; yield each as it is done.

        `is_trial`: nothing is moved. What stays can be read again at once.
        """
        dead = self._dead()
        if dead is None:
            return
        kept: list[MessageTypeDef] = []
        began, went = time.time(), set[str]()
        try:
            for message in self._messages(dead):
                known, mark = is_known(message.get("Body", "")), _mark(message)
                returned = mark in went and _sent_at(message) >= began - SLACK_SECONDS
                if known and not is_trial and not returned:
                    self._client.send_message(QueueUrl=self._url, MessageBody=message["Body"])
                    self._client.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
                    went.add(mark)
                else:
                    kept.append(message)
                yield Brought(known, returned)
        finally:
            for message in kept:
                self._show(dead, message)

    def buried(self) -> Iterator[Buried]:
        """Yield each message of the dead queue. All can be read again at once."""
        dead = self._dead()
        if dead is None:
            return
        read: list[MessageTypeDef] = []
        try:
            for message in self._messages(dead):
                read.append(message)
                sent = _sent_at(message)
                yield Buried(message.get("Body", ""), datetime.fromtimestamp(sent, UTC) if sent else None)
        finally:
            for message in read:
                self._show(dead, message)

    # Strictly private.

    def _messages(self, url: str) -> Iterator["MessageTypeDef"]:
        """Yield each message once; they are hidden from others meanwhile, and nobody needs to wait for more."""
        seen: set[str] = set()
        empty = 0
        while empty < EMPTY_READS:
            answer = self._client.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=AT_ONCE,
                VisibilityTimeout=AWAY_SECONDS,
                AttributeNames=["SentTimestamp"],
            )
            fresh = [each for each in answer.get("Messages", []) if each["MessageId"] not in seen]
            empty = 0 if fresh else empty + 1
            for message in fresh:
                seen.add(message["MessageId"])
                yield message

    def _show(self, url: str, message: "MessageTypeDef") -> None:
        self._client.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )

    def _dead(self) -> str | None:
        """The dead queue's address, if the queue has one."""
        policy = self._attributes(self._url).get("RedrivePolicy")
        if policy is None:
            return None
        name = json.loads(policy)["deadLetterTargetArn"].rpartition(":")[2]
        return self._client.get_queue_url(QueueName=name)["QueueUrl"]

    def _attributes(self, url: str) -> dict[str, str]:
        asked = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return {str(name): value for name, value in asked["Attributes"].items()}


def _mark(message: "MessageTypeDef") -> str:
    """What stands for a message's text in memory, however many there are."""
    return sha256(message.get("Body", "").encode()).hexdigest()


def _sent_at(message: "MessageTypeDef") -> float:
    """When a message was first sent, in seconds of the epoch; 0 where the queue does not say. A dead queue keeps it."""
    return int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000
