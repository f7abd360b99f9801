"""`python -m dev.mail_world`: the mail world by itself, beside an app on this machine.

Promises: says where it listens and what to tell the app; Ctrl-C ends it. Refuses to know: the app's flow.
"""

from __future__ import annotations

import argparse
import signal
import threading

import boto3

from dev.mail_world.mailboxes import Mailbox
from dev.mail_world.queues import QueueSink
from dev.mail_world.server import MailWorldServer
from dev.mail_world.world import ACCOUNT, REGION, MailWorld


def arguments() -> argparse.ArgumentParser:
    """What can be asked on the command line."""
    parser = argparse.ArgumentParser("python -m dev.mail_world", description=__doc__)
    parser.add_argument("--port", type=int, default=4020)
    parser.add_argument("--identity", action="append", help="a verified domain or address (may be repeated)")
    parser.add_argument("--configuration-set", default="patchthrough-local")
    parser.add_argument("--queue", default="", help="URL of the SQS queue that events go to")
    parser.add_argument("--aws", default="http://127.0.0.1:4566", help="the local AWS that has the queue")
    parser.add_argument("--seed", type=int, help="the seed of chance; the time of day if it is not said")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast as real time")
    return parser


def queue_on(endpoint: str, queue_url: str) -> QueueSink:
    """A sink that posts into a queue of the local AWS. NotLoopback for any other."""
    client = boto3.client(
        "sqs",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="local",  # noqa: S106 - ministack takes anything
    )
    return QueueSink(client, queue_url)


def main() -> None:
    """Run until Ctrl-C."""
    told = arguments().parse_args()
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:mail-events"
    sink = queue_on(told.aws, told.queue) if told.queue else None

    def furnish(world: MailWorld) -> None:
        world.verify(*(told.identity or ["example.org"]))
        world.set_up(told.configuration_set, topic)
        world.add(
            Mailbox("ana@people.example", name="Ana"), Mailbox("atlanta@office.example", name="Atlanta")
        )
        if sink is not None:
            world.subscribe(topic, sink)

    server = MailWorldServer(port=told.port, speed=told.speed, seed=told.seed, furnish=furnish)
    server.start()
    print(f"Mail world: {server.url}/  (the endpoint of SES for the app: {server.url})")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    server.stop()
    if sink is not None:
        sink.stop()


if __name__ == "__main__":
    main()
