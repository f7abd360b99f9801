"""A worker in a process of its own, to be killed: the app's real `ring` function behind the pump's real queue source.

Knows only its environment, as on Lambda. Whoever starts it stands on its wire, and nowhere else.
"""

import os

import boto3

from app import app
from dev.pump import QueueSource


def work() -> None:
    """Take messages, one at a time, until somebody ends this process."""
    queue = os.environ["PATCHTHROUGH_QUEUE_RING"]
    source = QueueSource("ring", app.handler_map["ring"], boto3.client("sqs"), queue, batch=1)
    while True:
        source.turn()


if __name__ == "__main__":
    work()
