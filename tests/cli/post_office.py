"""A terminal of a campaign that gets letters: queues, keys, an office with a mailbox, and letters written to it.

Letters are begun and confirmed by the app's own roads, on moto; nothing of ours is replaced.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from chalicelib.adapters import audit
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.letters import Letters
from chalicelib.domain.letter import Letter
from chalicelib.domain.letter_events import Confirmed, Event
from chalicelib.domain.office import Mailbox
from chalicelib.domain.words import Language
from chalicelib.domain.writing import Draft
from chalicelib.views import writing
from chalicelib.views.letter_committing import happened
from cli.at_work import at_work
from cli.connection import connect
from dev.mail_world import MailWorld
from dev.mail_world.server import MailWorldServer
from tests import values
from tests.cli.conftest import SETTINGS, Shell

SLUG = values.CAMPAIGN.slug
ADDRESS = "outreach@field.agency.gov"
WRITER = "maria@example.org"
WORDS = "I write to you as a neighbor of these families."
PAGE = "https://www.ice.gov/contact/field-offices"


@dataclass
class PostOffice:
    """The terminal, and the two queues with their dead queues."""

    shell: Shell
    sqs: Any
    letters_url: str
    events_url: str
    mails: MailWorld

    def run(self, *words: str, answer: str | None = None) -> Any:
        """Type a command."""
        return self.shell.run(*words, answer=answer)

    def write(self, email: str = WRITER, office: str = "ero-atl", *, is_suspicious: bool = True) -> Letter:
        """Write a letter and confirm it; held, if it looks suspicious."""
        draft = Draft("María Ejemplo", email, "30303", office, WORDS, Language.EN)
        known = {each.id for each in self.all()}
        with at_work(connect()):
            writing.begin(SLUG, draft, "192.0.2.1")
            (begun,) = (each for each in self.all() if each.id not in known)
            return happened(begun.id, Confirmed(is_suspicious))

    def happen(self, letter: Letter, *events: Event) -> Letter:
        """Let something happen to a letter."""
        with at_work(connect()):
            for event in events:
                letter = happened(letter.id, event)
        return letter

    def all(self) -> list[Letter]:
        """Every letter of the table."""
        return list(Letters(self.shell.catalog.table).all(datetime.now(UTC)))

    def letter(self, letter: Letter) -> Letter:
        """A letter as it is now, with its words."""
        found = Letters(self.shell.catalog.table).letter(letter.id, datetime.now(UTC))
        assert found is not None
        return found

    def record(self) -> list[Entry]:
        """What people changed today."""
        return list(audit.entries(self.shell.catalog.table, datetime.now(UTC)))

    def queued(self, url: str) -> list[str]:
        """What waits in a queue, at once or for later; it is taken out."""
        found: list[str] = []
        while bodies := [
            each["Body"]
            for each in self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        ]:
            found += bodies
        return found

    def bury(self, url: str, bodies: Sequence[str]) -> None:
        """Put messages into a queue's dead queue."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=f"{url}-dead", MessageBody=body)


@contextmanager
def opened(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """A campaign whose first office has a mailbox, whose others have none, in a deployment with mail."""
    server = MailWorldServer(port=0)
    server.start()
    monkeypatch.setenv("PATCHTHROUGH_SES_URL", server.url)
    try:
        yield _furnished(shell, monkeypatch, server.world)
    finally:
        server.stop()


def _furnished(shell: Shell, monkeypatch: pytest.MonkeyPatch, mails: MailWorld) -> PostOffice:
    sqs = boto3.client("sqs", region_name="us-east-1")
    urls = [_queue(sqs, name) for name in ("letters", "mail-events")]
    boto3.client("secretsmanager", region_name="us-east-1").create_secret(
        Name=SETTINGS["PATCHTHROUGH_SECRETS"],
        SecretString=json.dumps({"twilio_auth_token": "x", "phone_key": "a key for tests only"}),
    )
    for name, value in {
        "MAIL_FROM": "letters@calls.gov",
        "MAIL_SET": "letters",
        "QUEUE_LETTERS": urls[0],
        "QUEUE_MAIL_EVENTS": urls[1],
    }.items():
        monkeypatch.setenv(f"PATCHTHROUGH_{name}", value)
    today = datetime.now(UTC).date()
    seen = (Mailbox(ADDRESS, today, "Dana R.", PAGE),)
    offices = (replace(values.ATLANTA, mailboxes=seen), *values.OFFICES[1:])
    for office in offices:
        shell.catalog.put_office(office)
    shell.catalog.apply(values.campaign(revision=0, offices=offices), datetime.now(UTC))
    return PostOffice(shell, sqs, urls[0], urls[1], mails)


def _queue(sqs: Any, name: str) -> str:
    dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "5"})
    url: str = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy})["QueueUrl"]
    return url
