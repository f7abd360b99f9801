"""The local AWS is furnished from the fragments that are deployed, and keeps to this machine."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import moto
import pytest
from chalice.app import SQSEventConfig

from app import app
from dev import aws, fragments
from tests.needs import needs

RESOURCES = fragments.read()["Resources"]


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with moto.mock_aws():
        yield boto3.Session("local", "local", region_name=aws.REGION)


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
        return free


def attributes(sqs: Any, url: str) -> dict[str, str]:
    found: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return found


def test_the_table_has_the_keys_and_the_ttl_of_the_template(session: boto3.Session) -> None:
    dynamodb = session.client("dynamodb")

    aws.create_table(dynamodb, "table")

    expected = RESOURCES["Table"]["Properties"]
    found = dynamodb.describe_table(TableName="table")["Table"]
    assert found["KeySchema"] == expected["KeySchema"]
    assert found["BillingModeSummary"]["BillingMode"] == expected["BillingMode"]
    ttl = dynamodb.describe_time_to_live(TableName="table")["TimeToLiveDescription"]
    assert ttl["AttributeName"] == expected["TimeToLiveSpecification"]["AttributeName"]


@pytest.mark.parametrize("function", aws.QUEUES)
def test_a_queue_has_the_times_and_the_dead_queue_of_the_template(
    session: boto3.Session, function: str
) -> None:
    sqs = session.client("sqs")

    live, dead = aws.create_queue(sqs, "test", function)

    expected = RESOURCES[f"{aws.QUEUES[function]}Queue"]["Properties"]
    found = attributes(sqs, live)
    assert int(found["VisibilityTimeout"]) == expected["VisibilityTimeout"]
    assert int(found["MessageRetentionPeriod"]) == expected["MessageRetentionPeriod"]
    redrive = json.loads(found["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"] == attributes(sqs, dead)["QueueArn"]
    assert redrive["maxReceiveCount"] == expected["RedrivePolicy"]["maxReceiveCount"]


def test_every_queue_of_the_template_is_here(session: boto3.Session) -> None:
    queues = {name for name, resource in RESOURCES.items() if resource.get("Type") == "AWS::SQS::Queue"}

    assert queues == {f"{name}{kind}" for name in aws.QUEUES.values() for kind in ("Queue", "Dead")}


def test_the_app_is_told_of_every_queue_it_reads() -> None:
    furniture = aws.Furniture("table", {name: f"http://127.0.0.1/{name}" for name in aws.QUEUES}, "secret")

    told = furniture.environment("http://127.0.0.1:1")

    assert told["PATCHTHROUGH_QUEUE_MAIL_EVENTS"] == "http://127.0.0.1/mail_events"
    read = {source.name for source in app.event_sources if isinstance(source, SQSEventConfig)}
    assert {f"PATCHTHROUGH_QUEUE_{name.upper()}" for name in read} <= told.keys()


def test_a_secret_that_is_there_is_not_written_over(session: boto3.Session) -> None:
    secrets = session.client("secretsmanager")

    aws.write_secret(secrets, "s", {"phone_key": "first"})
    aws.write_secret(secrets, "s", {"phone_key": "second"})

    assert json.loads(secrets.get_secret_value(SecretId="s")["SecretString"]) == {"phone_key": "first"}


def test_a_second_run_finds_what_the_first_one_left(tmp_path: Path, port: int) -> None:
    needs("ministack")
    for expected in (0, 1):
        with aws.running(port, state=tmp_path) as endpoint:
            furniture = aws.furnish(endpoint, "test", {"phone_key": "k"})
            dynamodb = aws.client("dynamodb", endpoint)
            assert dynamodb.scan(TableName=furniture.table)["Count"] == expected
            dynamodb.put_item(TableName=furniture.table, Item={"PK": {"S": "a"}, "SK": {"S": "b"}})


def test_a_port_in_use_is_said_and_nothing_is_started() -> None:
    needs("ministack")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]

        with pytest.raises(aws.PortTaken, match=f"Port {taken} is in use"):
            aws.start(taken, state=None)


def test_ministack_listens_on_this_machine_only(port: int) -> None:
    needs("ministack")
    with aws.running(port):
        assert addresses_listening_on(port) == {"0100007F"}


def addresses_listening_on(port: int) -> set[str]:
    """Local addresses, as the kernel writes them, with a listener on the port; IPv6 included."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, hexadecimal = local.split(":")
            if int(hexadecimal, 16) == port and state == "0A":
                found.add(address)
    return found
