"""Three tables that ought to behave alike: moto in this process, ministack, and DynamoDB Local.

moto is right only in one thread at a time (its transactions aren't under contention), so only the other two
are `CONTENDED`. DynamoDB Local can't be told to listen on 127.0.0.1 alone; it runs for the seconds of a test,
in memory, with made-up numbers in it, and is ended with the test. Nothing that `make run` starts does that.
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError

from chalicelib.adapters.alert_queue import AlertQueue
from chalicelib.adapters.bookings import Bookings
from chalicelib.adapters.broadcasts import Broadcasts
from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.claims import Claims
from chalicelib.adapters.clients import cognito_client, ses_client
from chalicelib.adapters.cognito import Cognito
from chalicelib.adapters.desks import Desks
from chalicelib.adapters.letter_queue import LetterQueue
from chalicelib.adapters.letters import Letters
from chalicelib.adapters.mailer import Mailer
from chalicelib.adapters.outgoing_texts import OutgoingTexts
from chalicelib.adapters.ring_queue import RingQueue
from chalicelib.adapters.roll import Roll
from chalicelib.adapters.secrets import SecretStore
from chalicelib.adapters.sending import Sending
from chalicelib.adapters.store import Store
from chalicelib.adapters.subscribers import Subscribers
from chalicelib.adapters.table import Table
from chalicelib.config import Config
from chalicelib.runtime import Runtime
from dev import aws
from tests.needs import needs
from tests.quick_moto import at_once, mock_aws
from tests.rehearsal import ENVIRONMENT, SECRET
from tests.values import NOW

THREADS = 64
CLIENT = ClientConfig(
    connect_timeout=10,
    read_timeout=60,
    retries={"mode": "standard", "max_attempts": 4},
    max_pool_connections=THREADS,
)
START_SECONDS = 120.0
QUICKLY = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Compile little: DynamoDB Local lives for seconds, and the optimizing compiler would take more than it gives."""
_numbers = count(1)


@contextmanager
def moto() -> Iterator[Any]:
    """DynamoDB by moto: a client."""
    with mock_aws():
        made = boto3.Session("local", "local", region_name=aws.REGION).client("dynamodb", config=CLIENT)
        at_once(made)
        yield made


@contextmanager
def ministack() -> Iterator[Any]:
    """DynamoDB by ministack, on a port of its own: a client."""
    needs("ministack")
    with aws.running(free_port()) as endpoint:
        yield client(endpoint)


@contextmanager
def dynamodb_local() -> Iterator[Any]:
    """DynamoDB Local, Amazon's own, on a port of its own: a client."""
    java, jar, port = needs("java"), needs("dynamodb-local"), free_port()
    arguments = ["-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    process = subprocess.Popen(
        [java, *QUICKLY, f"-Djava.library.path={jar.parent / 'DynamoDBLocal_lib'}", "-jar", jar, *arguments],
        cwd=jar.parent,
        env={"PATH": os.environ["PATH"], "HOME": str(Path.home())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _answering(client(f"http://127.0.0.1:{port}"), process)
    finally:
        process.kill()
        process.wait()


BACKENDS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "moto": moto,
    "ministack": ministack,
    "dynamodb-local": dynamodb_local,
}
CONTENDED = ("ministack", "dynamodb-local")


def client(endpoint: str) -> Any:
    """A client that reaches this endpoint alone, from many threads at once."""
    session = boto3.Session("local", "local", region_name=aws.REGION)
    return session.client("dynamodb", endpoint_url=endpoint, config=CLIENT)


def fresh_table(dynamodb: Any) -> Table:
    """An empty table with the keys and the TTL of the template."""
    name = f"patchthrough-contract-{next(_numbers)}"
    aws.create_table(dynamodb, name)
    return Table(dynamodb, name)


class SecretWire:
    """What the secret store's client sees of Secrets Manager."""

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - the API's own name
        assert SecretId == ENVIRONMENT["PATCHTHROUGH_SECRETS"]
        return {"SecretString": json.dumps(SECRET)}


def runtime_on(table: Table, sqs: Any) -> Runtime:
    """The app's runtime on a table, with what stands for SQS; time stands still."""
    config = replace(Config.from_environ(ENVIRONMENT), table=table.name)
    secrets: Any = SecretWire()
    return Runtime(
        config=config,
        secrets=SecretStore(secrets, config.secrets, lambda: 0.0),
        store=Store(table),
        catalog=Catalog(table),
        ring_queue=RingQueue(sqs, config.ring_queue),
        desks=Desks(table),
        bookings=Bookings(table),
        letters=Letters(table),
        letter_queue=LetterQueue(sqs, config.letter_queue),
        sending=Sending(table),
        subscribers=Subscribers(table),
        broadcasts=Broadcasts(table),
        alert_queue=AlertQueue(sqs, config.alert_queue),
        claims=Claims(table),
        roll=Roll(table),
        outgoing_texts=OutgoingTexts(table),
        mailer=Mailer(lambda: ses_client(config.ses_url), config.mail_from, config.mail_set),
        cognito=Cognito(cognito_client, config.staff_client, str),
        now=lambda: NOW,
    )


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answering(dynamodb: Any, process: subprocess.Popen[bytes]) -> Any:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(BotoCoreError):
            dynamodb.list_tables()
            return dynamodb
        time.sleep(0.2)
    raise RuntimeError("DynamoDB Local did not answer")
