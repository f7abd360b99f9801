"""Our mail as programs that are not ours read it: another SES, its MIME parser, and a mail server's own rules.

aws-ses-v2-local (npm) takes what our client sends, reads the MIME by its own parser and relays what it has read to
aiosmtpd (PyPI). Neither knows anything of the mail world, or of `email` as our other tests use it.
"""

import importlib
import json
import os
import smtplib
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from chalicelib.adapters.clients import ses_client
from chalicelib.adapters.mailer import Allowance, Mailer
from chalicelib.adapters.mime import Outgoing, mime
from chalicelib.domain.letter import Content, State
from chalicelib.domain.letter_events import MailKind
from chalicelib.domain.words import Language
from chalicelib.views import mails
from chalicelib.views.writing import Links
from dev.ports import free
from tests.domain.letter_space import WRITER, letter
from tests.needs import needs
from tests.values import CAMPAIGN

HOST, PATIENCE = "127.0.0.1", 20.0
SENDER = "letters@mail.example.org"
BODY = (
    "A quien dirige la oficina:\n\n¿Qué daño hizo un niño? ¡Déjenlos libres! «Por favor» — 1 000 veces.\n"
    + ("Soy madre y pienso en lo que es año y medio en la vida de un niño. " * 70)
)
CONTENT = Content(
    "María-José Muñoz, “Mari”", WRITER, "Detengan la deportación de 28 niños y sus padres", BODY.strip()
)
LETTER = mails.to_office(letter(State.LEASED, language=Language.ES, content=CONTENT), CAMPAIGN)
LINKS = Links(*(f"https://letters.example.org/letters/{name}.1.mac" for name in ("c", "f", "a", "u")))
RECEIPT = mails.to_writer(
    MailKind.RECEIPT, (letter(State.DELIVERED, language=Language.ES, content=CONTENT),), CAMPAIGN, LINKS
)
ACCOUNT = {
    "DedicatedIpAutoWarmupEnabled": False,
    "Details": {
        "AdditionalContactEmailAddresses": [], "ContactLanguage": "EN", "MailType": "TRANSACTIONAL",
        "ReviewDetails": {"CaseId": "1", "Status": "GRANTED"}, "UseCaseDescription": "letters",
        "WebsiteURL": "https://letters.example.org",
    },
    "EnforcementStatus": "HEALTHY", "ProductionAccessEnabled": True, "SendingEnabled": True,
    "SendQuota": {"Max24HourSend": 200, "MaxSendRate": 14, "SentLast24Hours": 1},
    "SuppressionAttributes": {"SuppressedReasons": []},
}  # fmt: skip


class Sink:
    """What arrived at the mail server, as it came over the wire."""

    def __init__(self) -> None:
        self.envelopes: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        return "250 OK"

    def to(self, address: str) -> Any:
        """Wait for what comes to this address: each test has its own, for relayed mail may come late."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for each in self.envelopes:
                if address in each.rcpt_tos:
                    return each
            time.sleep(0.02)
        return pytest.fail(f"nothing came to {address}")


@pytest.fixture(scope="module")
def mail_server() -> Iterator[Any]:
    """aiosmtpd, which holds each line to the 1,000 octets that SMTP allows."""
    needs("aiosmtpd")
    controller = importlib.import_module("aiosmtpd.controller").Controller(
        Sink(), hostname=HOST, port=free(1)[0]
    )
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture(scope="module")
def other_ses(mail_server: Any) -> Iterator[str]:
    """aws-ses-v2-local, which relays to the mail server: its address."""
    node, program, port = needs("node"), needs("aws-ses-v2-local"), free(1)[0]
    relay = {"host": HOST, "port": mail_server.port, "secure": False, "ignoreTLS": True}
    process = subprocess.Popen(
        [node, program, "--host", HOST, "--port", str(port)],
        env={
            "PATH": os.environ["PATH"], "SMTP_TRANSPORT": json.dumps(relay), "AWS_SES_ACCOUNT": json.dumps(ACCOUNT),
        },
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield answering(f"http://{HOST}:{port}", process)
    finally:
        process.kill()
        process.wait()


def answering(url: str, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/health-check", timeout=2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return url
    pytest.fail("aws-ses-v2-local does not answer")


@pytest.fixture
def mailer(other_ses: str, monkeypatch: pytest.MonkeyPatch) -> Mailer:
    """The real mailer on the real client, over a socket."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return Mailer(lambda: ses_client(other_ses), SENDER, "patchthrough-test")


def taken(other_ses: str, message_id: str) -> dict[str, Any]:
    """A mail as the other SES has read it."""
    with urllib.request.urlopen(f"{other_ses}/store", timeout=5) as answer:
        emails: list[dict[str, Any]] = json.load(answer)["emails"]
    return next(each for each in emails if each["messageId"] == message_id)


def read(arrived: bytes) -> EmailMessage:
    message = message_from_bytes(arrived, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def test_a_spanish_letter_is_read_by_another_parser_as_it_was_written(mailer: Mailer, other_ses: str) -> None:
    found = taken(other_ses, mailer.send(LETTER))

    assert found["from"] == f'"{LETTER.from_name}" <{SENDER}>'
    assert found["destination"] == {"to": ["letters@atlanta.example"], "cc": [], "bcc": []}
    assert found["replyTo"] == ["maria@example.org"]
    assert found["subject"] == CONTENT.subject
    assert found["body"]["text"].rstrip("\n") == LETTER.text.rstrip("\n")
    assert found["body"]["html"].rstrip("\n") == LETTER.html.rstrip("\n")
    assert found["attachments"] == []


def test_what_the_other_ses_relays_arrives_whole(mailer: Mailer, mail_server: Any) -> None:
    mailer.send(replace(LETTER, to=("relayed@atlanta.example",)))
    envelope = mail_server.handler.to("relayed@atlanta.example")
    message = read(envelope.content)
    (sender,) = message["From"].addresses

    assert envelope.mail_from == sender.addr_spec == SENDER
    assert envelope.rcpt_tos == ["relayed@atlanta.example"]
    assert message["Subject"] == CONTENT.subject
    assert message["Reply-To"].addresses[0].addr_spec == "maria@example.org"
    assert text_of(message, "plain").rstrip("\n") == LETTER.text.rstrip("\n")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("mail", [LETTER, RECEIPT], ids=["letter", "receipt"])
def test_a_mail_server_takes_our_own_bytes_and_changes_none(mail: Outgoing, mail_server: Any) -> None:
    ours, to = mime(mail, SENDER), f"{mail.language}-{len(mail.text)}@people.example"
    with smtplib.SMTP(HOST, mail_server.port) as client:
        client.sendmail(SENDER, [to], ours)
    arrived = mail_server.handler.to(to).content
    message = read(arrived)

    assert arrived == ours
    assert max(map(len, arrived.split(b"\r\n"))) <= 998
    assert len(message.items()) == len({name.lower() for name in message})
    assert message["From"].addresses[0].domain == "mail.example.org"
    assert {name: message[name] for name in mail.headers} == dict(mail.headers)
    assert text_of(message, "plain") == mail.text


def test_names_that_break_careless_readers_do_not_break_this_one(mailer: Mailer, other_ses: str) -> None:
    for name in (
        'Muñoz, "Mari" (madre) <otra@people.example>',
        "رجاء \u200fحسن",
        "María 👩‍👧‍👦",
        "ñ" * 80,
        "a;b:c@d",
    ):
        found = taken(other_ses, mailer.send(replace(LETTER, from_name=name)))
        (address,) = read(f"From: {found['from']}\r\n\r\n".encode())["From"].addresses

        assert address.addr_spec == SENDER
        assert name in found["from"].replace("\\", "")


def test_the_quota_of_another_ses_is_understood(mailer: Mailer) -> None:
    assert mailer.allowance() == Allowance(14.0, is_enabled=True)
