"""From the topic to a real queue: posts raw bodies into a local SQS.

Promises: the world never waits for the queue; batches stay batches; only this machine is asked. Refuses to
know: what stands in a body.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from dev.phone_world.http_wire import loopback_address


class QueueSink:
    """Hands batches to an SQS queue in a thread of its own. Call it as a sink; `stop()` ends it."""

    def __init__(self, client: Any, queue_url: str) -> None:
        """Use this boto3 SQS client, whose endpoint must be loopback (NotLoopback otherwise)."""
        loopback_address(urlsplit(client.meta.endpoint_url).hostname or "")
        self.client = client
        self.queue_url = queue_url
        self._waiting: queue.SimpleQueue[list[str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._post_all, name="mail-world-queue", daemon=True)
        self._thread.start()

    def __call__(self, bodies: Sequence[str]) -> None:
        """Take one batch."""
        self._waiting.put(list(bodies))

    def stop(self) -> None:
        """Post what is waiting, then end."""
        self._waiting.put(None)
        self._thread.join()

    def _post_all(self) -> None:
        while (bodies := self._waiting.get()) is not None:
            try:
                self._post(bodies)
            except Exception as broken:  # noqa: BLE001 - a queue that is gone must not end the thread
                print(f"MAIL WORLD: the queue took no events: {broken}", file=sys.stderr)

    def _post(self, bodies: Sequence[str]) -> None:
        # SQS refuses an empty body, so SNS could not deliver one either.
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies) if body]
        if entries:
            self.client.send_message_batch(QueueUrl=self.queue_url, Entries=entries)
