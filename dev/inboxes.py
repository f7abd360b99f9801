"""Whose mailboxes the local stack's mail world begins with: every office's, and those of the two people with phones.

Promises the mailboxes that the command line makes up for offices here, and that whatever SES would publish reaches the
queue of the local AWS. Mail to any other address finds a mailbox too. Knows nothing of letters.
"""

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cli.local_stack import DOMAIN
from dev import aws
from dev.mail_world import Mailbox, MailWorld, MailWorldServer, QueueSink
from dev.offices import DIRECTORY, HANDSETS

TOPIC = "arn:aws:sns:us-east-1:000000000000:mail-events"
PEOPLE = tuple(Mailbox(f"{each.name.lower()}@people.example", name=each.name) for each in HANDSETS)


def offices(path: Path = DIRECTORY) -> tuple[Mailbox, ...]:
    """Return a mailbox for each office of the directory; mail arrives there, until somebody chooses otherwise."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Mailbox(f"{row['id']}@{DOMAIN}", name=row["name_en"]) for row in csv.DictReader(file))


@contextmanager
def running(port: int, settings: Mapping[str, str]) -> Iterator[MailWorldServer]:
    """Keep the mail world of an app with these settings on this port; what it reports goes to the local AWS."""
    sqs = aws.client("sqs", settings["AWS_ENDPOINT_URL"])
    sink = QueueSink(sqs, settings["PATCHTHROUGH_QUEUE_MAIL_EVENTS"])

    def furnish(world: MailWorld) -> None:
        world.verify(settings["PATCHTHROUGH_MAIL_FROM"].rpartition("@")[2])
        world.set_up(settings["PATCHTHROUGH_MAIL_SET"], TOPIC)
        world.subscribe(TOPIC, sink)
        world.add(*PEOPLE, *offices())

    server = MailWorldServer(port=port, furnish=furnish)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        sink.stop()
