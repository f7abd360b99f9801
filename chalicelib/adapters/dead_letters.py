"""Queues as staff see them: how much waits, and what was given up after five tries, brought back on request.

Promises: a message goes back before it is deleted from the dead queue, so that none is lost; one that is there twice
afterwards is harmless, for whoever takes it claims first. Shows no message's text.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

AT_ONCE = 10
"""Messages in one answer of SQS's."""
AWAY_SECONDS = 120
"""How long a message that was read from the dead queue is hidden from others."""
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
class Brought:
    """One message of the dead queue: whether it went back. One that nobody could read stays."""

    is_known: bool


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
        try:
            for message in self._messages(dead):
                known = is_known(message.get("Body", ""))
                if known and not is_trial:
                    self._client.send_message(QueueUrl=self._url, MessageBody=message["Body"])
                    self._client.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
                else:
                    kept.append(message)
                yield Brought(known)
        finally:
            for message in kept:
                self._show(dead, message)

    # Strictly private.

    def _messages(self, url: str) -> Iterator["MessageTypeDef"]:
        """Yield each message once; they are hidden from others meanwhile, and nobody needs to wait for more."""
        seen: set[str] = set()
        empty = 0
        while empty < EMPTY_READS:
            answer = self._client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=AT_ONCE, VisibilityTimeout=AWAY_SECONDS
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
