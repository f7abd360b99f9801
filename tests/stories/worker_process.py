"""A worker in a process of its own, to be killed: a real function of the app behind the pump's real queue source.

Knows only its environment, as on Lambda. Whoever starts it stands on its wire, and nowhere else.
"""

import os
import sys

import boto3

from app import app
from dev.pump import QueueSource


def work(function: str) -> None:
    """Take the function's messages, one at a time, until somebody ends this process."""
    queue = os.environ[f"PATCHTHROUGH_QUEUE_{function.upper()}"]
    source = QueueSource(function, app.handler_map[function], boto3.client("sqs"), queue, batch=1)
    while True:
        source.turn()


if __name__ == "__main__":
    work(sys.argv[1])
