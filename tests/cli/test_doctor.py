"""`patchthrough doctor` against the phone world, the mail world and moto: well, and not well in each way."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.adapters import keys
from chalicelib.domain.health import Level
from cli.doctor_checks import CHECKS
from cli.doctor_screens import MARKS
from dev.mail_world.account import ConfigurationSet, Destination, Identity
from dev.offices import our_number
from dev.phone_world import Hook, PhoneWorldServer
from tests import values
from tests.cli.conftest import CLIENT, SETTINGS, TABLE, Shell
from tests.cli.post_office import PostOffice, opened
from tests.rehearsal import texts_of

TOKEN, KEY = "0123456789abcdef" * 2, "89abcdef01234567" * 4
NUMBER = values.OUR_NUMBER
BASE = "https://calls.our-campaign.net"
SERVICE = "MG" + "1" * 32
TOPIC = "arn:aws:sns:us-east-1:123456789012:mail-events"


@dataclass
class Ward:
    """A deployment that is well, and what stands for Twilio and SES."""

    post: PostOffice
    phones: PhoneWorldServer

    def doctor(self, *words: str) -> Any:
        """Type the command."""
        return self.post.run("doctor", *words)

    def findings(self) -> dict[str, list[dict[str, Any]]]:
        """What it finds that is not well, by level."""
        result = self.doctor("--json")
        told = json.loads(result.stdout)
        assert result.exit_code == (0 if told["is_well"] else 1), result.output
        by_level: dict[str, list[dict[str, Any]]] = {"warn": [], "fail": []}
        for each in told["findings"]:
            by_level.setdefault(each["level"], []).append(each)
        return by_level


@pytest.fixture
def ward(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    server = PhoneWorldServer(
        SETTINGS["TWILIO_ACCOUNT_SID"], TOKEN, {NUMBER: our_number(BASE, SERVICE)}, port=0
    )
    server.start()
    for name, value in {
        "PATCHTHROUGH_STAGE": "test",
        "PATCHTHROUGH_PUBLIC_URL": BASE,
        "PATCHTHROUGH_TEXT_SERVICE": SERVICE,
        "TWILIO_API_URL": server.url,
        "TWILIO_NUMBERS": NUMBER,
        "PATCHTHROUGH_REGIONS": "US,PR,CA",
    }.items():
        monkeypatch.setenv(name, value)
    try:
        with opened(shell, monkeypatch) as post:
            _furnish(post, monkeypatch)
            yield Ward(post, server)
    finally:
        server.stop()


def _furnish(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ring", "alerts"):
        dead = post.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        arn = post.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "5"})
        url = post.sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy})["QueueUrl"]
        monkeypatch.setenv(f"PATCHTHROUGH_QUEUE_{name.upper()}", url)
    boto3.client("secretsmanager", region_name="us-east-1").put_secret_value(
        SecretId=SETTINGS["PATCHTHROUGH_SECRETS"],
        SecretString=json.dumps({"twilio_auth_token": TOKEN, "twilio_auth_token_next": "", "phone_key": KEY}),
    )
    CLIENT.update_time_to_live(
        TableName=TABLE, TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True}
    )
    post.mails.identities["calls.gov"] = Identity("calls.gov")
    tells = Destination(
        "events", TOPIC, frozenset({"SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY"}), enabled=True
    )
    post.mails.sets["letters"] = ConfigurationSet("letters", [tells])
    shell = post.shell
    campaign = shell.catalog.campaign(values.CAMPAIGN.slug)
    assert campaign is not None
    shell.catalog.apply(replace(campaign, texts=texts_of(campaign.slug)), datetime.now(UTC))


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_deployment_that_is_well_is_told_so(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)

    result = ward.doctor()

    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[-1].startswith("All is well: ")
    assert {line for line in lines if line and not line.startswith(" ")} - {lines[-1]} == {
        check.group for check in CHECKS
    }
    assert max(map(len, lines)) <= int(columns)
    assert "10DLC brand: approved" in result.stdout
    assert "calls.gov is verified" in result.stdout


def test_no_secret_is_ever_printed(ward: Ward) -> None:
    for words in ((), ("--json",)):
        result = ward.doctor(*words)
        assert not [secret for secret in (TOKEN, KEY) if secret in result.output]


def test_production_is_held_to_more(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHTHROUGH_STAGE", "production")
    monkeypatch.setenv("PATCHTHROUGH_PUBLIC_URL", "http://calls.our-campaign.net")

    said = [each["what"] for each in ward.findings()["fail"]]

    for part in (
        "is not https",
        "made up (555-01xx)",
        "Point-in-time recovery is off",
        "Deletion protection is off",
    ):
        assert [what for what in said if part in what], part


def led_astray(ward: Ward) -> None:
    world = ward.phones.world
    world.numbers[NUMBER] = replace(world.numbers[NUMBER], voice=Hook("https://demo.twilio.com/welcome"))


def sold(ward: Ward) -> None:
    del ward.phones.world.numbers[NUMBER]


def buried(ward: Ward) -> None:
    ward.post.bury(ward.post.letters_url, ["{}"])


def overdue(ward: Ward) -> None:
    at = datetime.now(UTC) - timedelta(minutes=30)
    ward.post.shell.catalog.table.put(
        keys.due(at, "call-1"), {"type": "due", "version": 1, "call_id": "call-1"}
    )


def lonely(ward: Ward) -> None:
    url = ward.post.sqs.get_queue_url(QueueName="alerts")["QueueUrl"]
    ward.post.sqs.delete_queue(QueueUrl=url)
    assert ward.post.sqs.create_queue(QueueName="alerts")["QueueUrl"] == url


def remembering(_: Ward) -> None:
    CLIENT.update_time_to_live(
        TableName=TABLE, TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": False}
    )


def ruled(**changes: object) -> Callable[[Ward], None]:
    def change(ward: Ward) -> None:
        for name, value in changes.items():
            setattr(ward.phones.world.rules, name, value)

    return change


def mailed(**changes: object) -> Callable[[Ward], None]:
    def change(ward: Ward) -> None:
        for name, value in changes.items():
            setattr(ward.post.mails.rules, name, value)

    return change


def unverified(ward: Ward) -> None:
    ward.post.mails.identities["calls.gov"].verified = False


def untold(ward: Ward) -> None:
    ward.post.mails.sets["letters"].destinations.clear()


FAULTS = [
    (led_astray, "fail", "does not lead here: voice is https://demo.twilio.com"),
    (sold, "fail", "is not a number of this account"),
    (ruled(account="suspended"), "fail", "The account is suspended"),
    (ruled(balance="0.42"), "fail", "0.42 USD left"),
    (ruled(balance="12.00"), "warn", "12.00 USD left"),
    (ruled(registered=False), "warn", "10DLC campaign of the Messaging Service: in progress"),
    (ruled(countries=("+52",)), "fail", "Calls may not go to CA, PR, US"),
    (buried, "warn", "1 message of letters given up"),
    (lonely, "fail", "The queue alerts has no dead-letter queue"),
    (overdue, "fail", "A call has waited 30 minutes"),
    (remembering, "fail", "TTL on expires_at is off"),
    (mailed(production=False), "fail", "sandbox"),
    (mailed(sending_enabled=False), "fail", "sending paused"),
    (unverified, "fail", "calls.gov is not verified"),
    (untold, "fail", "does not tell of bounce"),
]


@pytest.mark.parametrize(("fault", "level", "said"), FAULTS)
def test_each_fault_is_found_and_nothing_else_is_kept_from_being_looked_at(
    ward: Ward, fault: Callable[[Ward], None], level: str, said: str
) -> None:
    before = len(ward.findings()["ok"])
    fault(ward)

    found = ward.findings()

    (named,) = [each for each in found[level] if said in each["what"]]
    assert named["why"]
    assert named["what_to_do"]
    assert len(found["ok"]) >= before - 4


def test_who_does_not_answer_is_a_finding_and_the_others_are_asked(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("PATCHTHROUGH_SES_URL", "http://127.0.0.1:9")

    found = ward.findings()

    assert {each["group"] for each in found["fail"]} == {"Twilio", "Mail", "Clock"}
    assert all(each["what"].startswith("Could not look at ") for each in found["fail"])
    assert {each["group"] for each in found["ok"]} >= {"Settings", "AWS"}
    assert "127.0.0.1:9/2010" not in json.dumps(found)


def test_a_wrong_token_is_told_as_one(ward: Ward) -> None:
    ward.phones.world.token = "another"

    found = [each for each in ward.findings()["fail"] if each["group"] == "Twilio"]

    assert found
    assert all("refuses this account and token" in each["what"] for each in found)


def test_settings_that_are_missing_are_a_finding(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PATCHTHROUGH_QUEUE_RING")

    result = ward.doctor()

    assert result.exit_code == 1
    assert "PATCHTHROUGH_QUEUE_RING is not set" in " ".join(result.stdout.split())


def test_every_level_has_a_sign_of_its_own() -> None:
    assert len({sign for sign, _ in MARKS.values()}) == len(Level)
