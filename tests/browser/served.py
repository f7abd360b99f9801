"""The real app on a real port, its table in moto, its clock standing still: what the browser tests look at.

Calls are put into the table in the state a test is about. Nothing of ours is replaced; only AWS is made up.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import boto3

from app import app
from chalicelib.adapters import keys
from chalicelib.adapters.letter_queue import LetterQueue
from chalicelib.adapters.table import keyed, wire
from chalicelib.config import Config
from chalicelib.domain.call import CallSession
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import Channel
from chalicelib.domain.limits import Caller
from chalicelib.runtime import Runtime, install
from dev import aws
from dev.server import AppServer, in_process
from tests.quick_moto import mock_aws
from tests.values import CALL_ID, NOW, OUR_NUMBER
from tests.values import campaign as the_campaign

PREFIX = "/go"
"""Every address lies below a prefix here, so that a link without it leads nowhere."""
IN_PROCESS = in_process(app, PREFIX)
TABLE, SECRET = "patchthrough-test", "patchthrough/test"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class QueueWire:
    """What the ring queue's client sees of SQS: the messages are kept."""

    sent: list[str] = field(default_factory=list)

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> dict[str, str]:  # noqa: N803
        self.sent.append(MessageBody)
        return {"MessageId": "1"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Served:
    """The app being served: where, on which table, by which clock."""

    url: str
    runtime: Runtime
    clock: Clock
    queue: QueueWire
    dynamodb: Any

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Ask the app in this very thread, without a socket."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body and "content-type" not in named:
            named["content-type"] = "application/x-www-form-urlencoded"
        return Answer(*IN_PROCESS(method, PREFIX + path, named, body))

    def at(self, path: str) -> str:
        return self.url + path

    def call(self, session: CallSession, query: str = "") -> str:
        """Put a call into the table as it is here (a test may put it again, changed), and return its page."""
        self.put(session)
        return self.at(f"/calls/{session.id}{query}")

    def put(self, session: CallSession) -> None:
        found = self.runtime.store.call(session.id, self.clock())
        if found:
            self.runtime.store.commit(found, replace(session, version=found.version), ())
        else:
            self.runtime.store.open_call(session, Caller())

    def run(self, campaign: Campaign) -> None:
        """Make this the campaign from now on."""
        current = self.runtime.catalog.campaign(campaign.slug)
        for office in campaign.offices:
            self.runtime.catalog.put_office(office)
        self.runtime.catalog.apply(
            replace(campaign, revision=current.revision if current else 0), self.clock()
        )
        self.runtime._campaigns.clear()

    def refit(self, campaign: Campaign) -> None:
        """The same, with its offices as they are here: what only a person says of one is said anew."""
        for office in campaign.offices:
            self.runtime.catalog.remove_office(office.id)
        self.run(campaign)

    def reach(self, calls: int) -> None:
        """Say that so many calls got through."""
        item = {
            "type": "tally",
            "campaign": "families-28",
            "channel": "calls",
            "tally": calls,
            "spoke": calls,
            "version": 1,
        }
        key = keyed(keys.tally("families-28", Channel.CALLS, 0))
        self.dynamodb.put_item(TableName=TABLE, Item=key | wire(item))

    def empty(self) -> None:
        """Forget all calls, callers and counts."""
        scan = self.dynamodb.get_paginator("scan").paginate(TableName=TABLE)
        for item in [item for page in scan for item in page["Items"]]:
            self.dynamodb.delete_item(TableName=TABLE, Key={"PK": item["PK"], "SK": item["SK"]})
        self.queue.sent.clear()
        self.clock.at = NOW
        self.runtime._campaigns.clear()


@contextmanager
def serving() -> Iterator[Served]:
    """Serve the app on a free port of this machine until the block ends."""
    os.environ.update({name: os.environ.get(name, value) for name, value in CREDENTIALS.items()})
    with mock_aws(), AppServer(app, 0, prefix=PREFIX) as server:
        dynamodb = boto3.client("dynamodb")
        aws.create_table(dynamodb, TABLE)
        aws.write_secret(
            boto3.client("secretsmanager"),
            SECRET,
            {"twilio_auth_token": "t", "phone_key": "a key for hashes"},
        )
        clock, queue = Clock(), QueueWire()
        built = Runtime.build(_config(server.url), now=clock)
        ids = (CALL_ID[:-4] + f"{number:04}" for number in range(10_000))
        wired = type(built.ring_queue)(queue, "ring")  # type: ignore[arg-type]  # the wire's double
        letters = LetterQueue(queue, "letters")  # type: ignore[arg-type]  # the wire's double
        made = replace(built, ring_queue=wired, letter_queue=letters, new_id=lambda: next(ids))
        install(made)
        try:
            yield Served(server.url, made, clock, queue, dynamodb)
        finally:
            install(None)


def _config(url: str) -> Config:
    return Config.from_environ({
        "PATCHTHROUGH_STAGE": "test",
        "PATCHTHROUGH_TABLE": TABLE,
        "PATCHTHROUGH_PUBLIC_URL": url,
        "PATCHTHROUGH_QUEUE_RING": "ring",
        "PATCHTHROUGH_SECRETS": SECRET,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_API_URL": "http://127.0.0.1:1",
        "TWILIO_NUMBERS": OUR_NUMBER,
        "PATCHTHROUGH_MAIL_FROM": "letters@example.org",
        "PATCHTHROUGH_MAIL_SET": "letters",
        "PATCHTHROUGH_SES_URL": "http://127.0.0.1:1",
        "PATCHTHROUGH_QUEUE_LETTERS": "letters",
        "PATCHTHROUGH_QUEUE_MAIL_EVENTS": "mail-events",
        "PATCHTHROUGH_LETTERS_PER_ADDRESS": "50",
        "PATCHTHROUGH_LETTERS_PER_SOURCE": "1000",
    })  # fmt: skip


__all__ = ["CALL_ID", "Clock", "Served", "serving", "the_campaign"]
