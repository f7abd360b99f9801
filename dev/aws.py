"""The local AWS: ministack, furnished from the very fragments that are deployed.

Promises a table, queues and a secret with the properties written in infra/, bound to 127.0.0.1 only, and
that furnishing twice changes nothing. Refuses to know what the app does with them.
"""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import boto3

from dev import fragments, staff_pool

ROOT = Path(__file__).resolve().parent.parent
MINISTACK = ROOT / ".venv-ministack" / "bin" / "ministack"
REGION = "us-east-1"
CREDENTIALS = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
}
Service = Literal[
    "cloudformation", "cloudwatch", "cognito-idp", "dynamodb", "logs", "s3", "secretsmanager", "sns", "sqs"
]
QUEUES = {"ring": "Ring", "letters": "Letters", "mail_events": "MailEvents", "alerts": "Alerts"}
"""The queues by the function that empties each, and how infra calls them: RingQueue, and RingDead for its dead."""
LOG = "ministack.log"
START_SECONDS = 30.0
STOP_SECONDS = 10.0


class AwsError(Exception):
    """The local AWS can't be had; the message says why and what to do."""


class PortTaken(AwsError):
    """Something else listens on the port."""

    def __init__(self, port: int) -> None:
        """Remember the port, so that the caller can name the variable that moves it."""
        super().__init__(f"Port {port} is in use by another program.")
        self.port = port


@dataclass(frozen=True, slots=True)
class Furniture:
    """What the app must be told: the table's name, each function's queue (its URL), the secret's name."""

    table: str
    queues: Mapping[str, str]
    secret: str
    staff_client: str = ""

    def environment(self, endpoint: str) -> dict[str, str]:
        """Return the environment that leads the app (and boto3) to this AWS."""
        queues = {f"PATCHTHROUGH_QUEUE_{name.upper()}": url for name, url in self.queues.items()}
        return CREDENTIALS | {
            "AWS_ENDPOINT_URL": endpoint,
            "PATCHTHROUGH_TABLE": self.table,
            "PATCHTHROUGH_SECRETS": self.secret,
            "PATCHTHROUGH_STAFF_CLIENT": self.staff_client,
            **queues,
        }


@contextmanager
def running(
    port: int, *, state: Path | None = None, scratch: Path | None = None, ministack: Path = MINISTACK
) -> Iterator[str]:
    """Keep ministack running on 127.0.0.1 and yield its endpoint.

    With a state folder, the next run finds what this one left when it ended in order. Its log (`LOG`) and
    temporary files go to the scratch folder, by default the state folder; with neither, the log goes nowhere.
    Raises PortTaken, or AwsError when ministack isn't installed or doesn't come up.
    """
    process = start(port, state=state, scratch=scratch, ministack=ministack)
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _wait_until_up(endpoint, process)
        yield endpoint
    finally:
        stop(process)


def start(
    port: int, *, state: Path | None, scratch: Path | None = None, ministack: Path = MINISTACK
) -> subprocess.Popen[bytes]:
    """Start ministack in a session of its own, so that a Ctrl-C reaches it only through `stop`."""
    if not ministack.exists():
        raise AwsError(f"ministack is not installed at {ministack}. Run make, which installs it.")
    if _listens(port):
        raise PortTaken(port)
    scratch = scratch or state
    environment = os.environ | CREDENTIALS | _settings(port, state, scratch)
    environment.pop("AWS_ENDPOINT_URL", None)
    with (scratch / LOG if scratch else Path(os.devnull)).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own program, our own arguments
            [ministack],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End ministack; it saves its state when asked politely, and is not asked twice."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def furnish(endpoint: str, stage: str, secret: Mapping[str, str]) -> Furniture:
    """Create the table, the queues and the secret of a stage, or find them as they are."""
    table, name = f"patchthrough-{stage}", f"patchthrough/{stage}"
    create_table(client("dynamodb", endpoint), table)
    sqs = client("sqs", endpoint)
    queues = {function: create_queue(sqs, stage, function)[0] for function in QUEUES}
    write_secret(client("secretsmanager", endpoint), name, secret)
    pool = staff_pool.make(client("cognito-idp", endpoint), f"patchthrough-{stage}")
    add_to_secret(client("secretsmanager", endpoint), name, {"staff_client_secret": pool.client_secret})
    return Furniture(table, queues, name, pool.client_id)


def client(service: Service, endpoint: str) -> Any:
    """Make a client that can reach this endpoint and nothing else, whatever the environment says."""
    session = boto3.Session("local", "local", region_name=REGION)
    return session.client(service, endpoint_url=endpoint)


def create_table(dynamodb: Any, name: str) -> None:
    """Create the table with infra's keys, billing and TTL, on ministack, moto or DynamoDB Local."""
    properties = _properties("Table")
    shape = {key: properties[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")}
    with suppress(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(TableName=name, **shape)
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        dynamodb.update_time_to_live(
            TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
        )


def create_queue(sqs: Any, stage: str, function: str) -> tuple[str, str]:
    """Create a function's queue and its dead queue with infra's properties; return their URLs in that order."""
    name, ours = f"patchthrough-{stage}-{function.replace('_', '-')}", QUEUES[function]
    dead = sqs.create_queue(QueueName=f"{name}-dead", Attributes=_queue(f"{ours}Dead"))["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = _queue(f"{ours}Queue", {"Fn::GetAtt": [f"{ours}Dead", "Arn"]}, arn)
    live = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return live, dead


def write_secret(secrets: Any, name: str, content: Mapping[str, str]) -> None:
    """Write the secret unless it is there: keys that made hashes in the table must stay what they were."""
    with suppress(secrets.exceptions.ResourceExistsException):
        secrets.create_secret(Name=name, SecretString=json.dumps(dict(content)))


def add_to_secret(secrets: Any, name: str, more: Mapping[str, str]) -> None:
    """Have the secret hold this too; what else it holds stays as it is."""
    content = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
    if content | dict(more) != content:
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps(content | dict(more)))


def _properties(logical_id: str) -> dict[str, Any]:
    properties: dict[str, Any] = fragments.read()["Resources"][logical_id]["Properties"]
    return properties


def _queue(logical_id: str, reference: object = None, value: str = "") -> dict[str, str]:
    """Turn a queue's properties into SQS attributes: strings, nested ones as JSON, one reference resolved."""
    attributes = {}
    for key, what in _properties(logical_id).items():
        if isinstance(what, dict):
            inner = {name: value if part == reference else part for name, part in what.items()}
            attributes[key] = json.dumps(inner)
        else:
            attributes[key] = str(what).lower() if isinstance(what, bool) else str(what)
    return attributes


def _settings(port: int, state: Path | None, scratch: Path | None) -> dict[str, str]:
    settings = {"BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)}
    settings["PERSIST_STATE"] = "1" if state else "0"
    if state:
        state.mkdir(parents=True, exist_ok=True)
        settings["STATE_DIR"] = str(state)
    if scratch:
        scratch.mkdir(parents=True, exist_ok=True)
        settings["TMPDIR"] = str(scratch)
    return settings


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until_up(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AwsError(f"ministack ended at once with status {process.returncode}.")
        with suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2).close()
            return
        time.sleep(0.1)
    raise AwsError(f"ministack did not answer within {START_SECONDS:.0f} seconds.")
