"""Workers in processes of their own, each on a queue of its own, started ahead and to be killed; and one that isn't."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import app
from dev.pump import QueueSource

ROOT = Path(__file__).resolve().parents[2]
VISIBILITY = "1"
READY = 2
"""Workers kept started ahead: importing the app is most of a story's time."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that has been started and waits for messages on a queue of its own."""

    process: subprocess.Popen[bytes]
    queue: str


@dataclass
class Crew:
    """Workers of one function, with this environment."""

    function: str
    sqs: Any
    environment: Mapping[str, str]
    ready: deque[Worker] = field(default_factory=deque)
    queues: int = 0

    def worker(self) -> Worker:
        """A started worker; others are started meanwhile."""
        while len(self.ready) <= READY:
            self.ready.append(self._start())
        return self.ready.popleft()

    def healthy(self, queue: str) -> QueueSource:
        """A worker in this process, on the same queue: nobody kills it."""
        return QueueSource(self.function, app.handler_map[self.function], self.sqs, queue, batch=1)

    def queue(self) -> str:
        """A new queue."""
        self.queues += 1
        name = f"killed-{self.function}-{self.queues}"
        made = self.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": VISIBILITY})
        return str(made["QueueUrl"])

    def end(self) -> None:
        """End whoever still waits."""
        for worker in self.ready:
            worker.process.kill()
            worker.process.wait()

    def _start(self) -> Worker:
        queue = self.queue()
        own = {f"PATCHTHROUGH_QUEUE_{self.function.upper()}": queue}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.stories.worker_process", self.function],
            cwd=ROOT, env={**os.environ, **self.environment, **own},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return Worker(process, queue)


def redelivered(healthy: QueueSource) -> bool:
    """Whether a dead worker's message came to a healthy one."""
    return any(healthy.turn() for _ in range(4))
