"""The app as it was deployed to the local AWS: where it is, and how `make e2e` asks it, its AWS and its logs.

Promises plain errors: what differs from what must be is `Failed`, with what was seen. Refuses to know calls and
letters.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev import aws
from dev.deployment import Stack

ROOT = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A step did not do what it must; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where the deployed app is, and what to ask it and its AWS with."""

    endpoint: str
    url: str
    outputs: dict[str, str]
    settings: dict[str, str]
    stack: Stack

    def patchthrough(self, *arguments: str) -> str:
        """Run the command line as an operator would, and return what it prints."""
        ran = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "cli", *arguments],
            cwd=ROOT,
            env=os.environ | self.settings,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode != 0:
            raise Failed(f"patchthrough {' '.join(arguments)} says:\n{ran.stdout}{ran.stderr}")
        return ran.stdout

    def ask(self, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        """GET from, or with a body POST to, the API through its gateway. Raises Failed with its answer."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                document: dict[str, Any] = json.load(answer)
                return document
        except urllib.error.HTTPError as error:
            raise Failed(f"{path} answers {error.code}: {error.read().decode()}") from error

    def messages(self, function: str) -> list[str]:
        """Return what a function has logged, by its log's name."""
        logs = aws.client("logs", self.endpoint)
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/{self.stack.name}/{function}"
        )
        return [event["message"] for page in pages for event in page["events"]]

    def dead(self) -> dict[str, int]:
        """Return how many messages have died, by queue."""
        return {queue: self._waiting(self.outputs[f"{queue}DeadUrl"]) for queue in aws.QUEUES.values()}

    def _waiting(self, url: str) -> int:
        name = "ApproximateNumberOfMessages"
        found = aws.client("sqs", self.endpoint).get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(found["Attributes"][name])


def wait(until: Callable[[], bool], seconds: float, seen: Callable[[], str]) -> None:
    """Wait until something is so. Raises Failed with what is seen instead."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise Failed(f"after {seconds:.0f} seconds {seen()}")
        time.sleep(0.5)
