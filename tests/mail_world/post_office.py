"""What the mail world's tests share: a world with a sender, a queue and a real client on its wire."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config

from dev.mail_world import Faults, MailWorld, Rules, SesWire, VirtualClock

TOPIC = "arn:aws:sns:us-east-1:000000000000:mail-events"
OTHER_TOPIC = "arn:aws:sns:us-east-1:000000000000:feedback"
FROM = "Neighbors for Families <letters@mail.example.org>"
DOMAIN = "mail.example.org"
SET = "patchthrough-test"
ATLANTA, EL_PASO, ANA = "atlanta@office.example", "elpaso@office.example", "ana@people.example"


def ses(endpoint: str | None = None, **config: Any) -> Any:
    """A boto3 sesv2 client of nobody's account."""
    return boto3.client(
        "sesv2",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(**({"retries": {"total_max_attempts": 1}} | config)),
    )


class PostOffice:
    """A world, a client on its wire, and what its queue was handed."""

    def __init__(
        self, *, seed: int = 0, faults: Faults | None = None, rules: Rules | None = None, **config: Any
    ) -> None:
        self.said: list[str] = []
        self.world = MailWorld(
            VirtualClock(), seed=seed, faults=faults or Faults(), rules=rules, say=self.said.append
        )
        self.world.verify(DOMAIN)
        self.world.set_up(SET, TOPIC)
        self.batches: list[list[str]] = []
        self.world.subscribe(TOPIC, lambda bodies: self.batches.append(list(bodies)))
        self.client = ses(**config)
        SesWire(self.world).attach(self.client)

    def send(self, *to: str, letter: str = "L1", **more: Any) -> str:
        """Send a letter as the app would; its MessageId."""
        answer: Mapping[str, str] = self.client.send_email(**(letter_to(*to, letter=letter) | more))
        return answer["MessageId"]

    @property
    def bodies(self) -> list[str]:
        """What arrived, in its order."""
        return [body for batch in self.batches for body in batch]

    @property
    def events(self) -> list[dict[str, Any]]:
        """What arrived, parsed."""
        return [json.loads(body) for body in self.bodies]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Events of one kind that arrived."""
        return [event for event in self.events if event.get("eventType") == kind]

    def kinds(self) -> list[str]:
        """The kinds of events that arrived, in their order."""
        return [event["eventType"] for event in self.events]


def simple(text: str = "Please halt the deportations.", **more: Any) -> dict[str, Any]:
    """Content of a plain letter."""
    body = {"Text": {"Data": text, "Charset": "UTF-8"}}
    return {"Simple": {"Subject": {"Data": "A request", "Charset": "UTF-8"}, "Body": body} | more}


def letter_to(*to: str, letter: str = "L1") -> dict[str, Any]:
    """A SendEmail of one letter."""
    recipients: Sequence[str] = to or (ATLANTA,)
    return {
        "FromEmailAddress": FROM,
        "Destination": {"ToAddresses": list(recipients)},
        "ReplyToAddresses": [ANA],
        "Content": simple(),
        "EmailTags": [{"Name": "letter", "Value": letter}],
        "ConfigurationSetName": SET,
    }
