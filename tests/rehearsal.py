"""A rehearsal (dev/rehearsing.py) on moto, with the tests' own campaign, and what tests read of it afterwards."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

import boto3
from moto.dynamodb.models import dynamodb_backends

import dev.rehearsing
from chalicelib.config import Config
from chalicelib.domain.call import CallSession
from chalicelib.domain.campaign import Campaign, Letter, Status, Texts
from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.office import Caps, Hours, Line, Mailbox, Office, Span
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.words import Language, Words
from chalicelib.runtime import Runtime, install
from dev import aws
from dev.phone_world import Call, Faults
from dev.phone_world.clock import DEFAULT_START
from dev.phone_world.people import Move
from tests.quick_moto import at_once, mock_aws

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "a token of Twilio's"
OUR_NUMBER = "+12025550142"
PUBLIC_URL = "https://calls.example.org"
SECRET = {"twilio_auth_token": TOKEN, "twilio_auth_token_next": "", "phone_key": "a key for hashes"}
ANA, LUIS = "+14045550123", "+19565550148"
LINES = {"ero-atl": "+14045550190", "ero-was": "+17035550177", "ero-nyc": "+12125550166"}
PLACES = {"ero-atl": "Atlanta", "ero-was": "Washington", "ero-nyc": "New York"}
MAILBOXES = {
    "ero-atl": "atlanta@office.example",
    "ero-was": "washington@office.example",
    "ero-nyc": "nyc@office.example",
}
WRITER = "ana@people.example"
SLUG = "families-28"

ENVIRONMENT = {
    "PATCHTHROUGH_STAGE": "test",
    "PATCHTHROUGH_TABLE": "patchthrough-test",
    "PATCHTHROUGH_PUBLIC_URL": PUBLIC_URL,
    "PATCHTHROUGH_QUEUE_RING": "https://sqs.example/ring",
    "PATCHTHROUGH_SECRETS": "patchthrough/test",
    "PATCHTHROUGH_CALLS_PER_PHONE": "50",
    "PATCHTHROUGH_CALLS_PER_SOURCE": "1000",
    "PATCHTHROUGH_UNPROVEN_CALLS_PER_SOURCE": "1000",
    "PATCHTHROUGH_MAIL_FROM": "letters@mail.example.org",
    "PATCHTHROUGH_MAIL_SET": "patchthrough-test",
    "PATCHTHROUGH_QUEUE_LETTERS": "https://sqs.example/letters",
    "PATCHTHROUGH_QUEUE_MAIL_EVENTS": "https://sqs.example/mail-events",
    "PATCHTHROUGH_LETTERS_PER_SOURCE": "1000",
    "PATCHTHROUGH_QUEUE_ALERTS": "https://sqs.example/alerts",
    "PATCHTHROUGH_SES_URL": "http://127.0.0.1:1",
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_API_URL": "http://127.0.0.1:1",
    "TWILIO_NUMBERS": OUR_NUMBER,
}

for name, value in {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}.items():
    os.environ.setdefault(name, value)


ALWAYS = Hours(((Span(time(0), time(0)),),) * 7, keeps_holidays=False)
"""Open day and night, for tests that have the real clock."""


def office(office_id: str, today: Any) -> Office:
    """An office with one line and one mailbox that a person verified today."""
    place = PLACES[office_id]
    line = Line(LINES[office_id], callable=True, verified_on=today)
    name = Words(f"ICE office in {place}", f"oficina de ICE en {place}")
    mailbox = Mailbox(MAILBOXES[office_id], verified_on=today, verified_by="test", source="test")
    zone, address = "America/New_York", "1 Example St"
    return Office(office_id, name, Words(place, place), zone, address, (line,), mailboxes=(mailbox,))


def texts_of(slug: str) -> Texts:
    """A programme of texts, joined by FAMILIES and FAMILIAS."""
    return Texts(
        keywords=(Keyword("FAMILIES", slug, Language.EN), Keyword("FAMILIAS", slug, Language.ES)),
        name=Words("28 Families", "28 Familias"),
        frequency=Words("up to 8 msgs/month", "hasta 8 mensajes/mes"),
        contact=Words("help@example.org", "ayuda@example.org"),
        terms="https://example.org/texts",
    )


def campaign(today: Any, offices: int = 3, slug: str = SLUG) -> Campaign:
    """A live campaign with one to three offices."""
    return Campaign(
        slug=slug,
        status=Status.LIVE,
        revision=0,
        organization=Words("Neighbors for Families", "Vecinos por las Familias"),
        title=Words("Ask ICE to stop 28 deportations", "Pídale a ICE que pare 28 deportaciones"),
        heading=Words("28 children could be deported", "28 niños pueden ser deportados"),
        summary=Words("Ask ICE to halt the deportations.", "Pídale a ICE que detenga las deportaciones."),
        about=(Words("They came to be safe.", "Vinieron en busca de protección."),),
        points=(Words("Please halt the deportations.", "Por favor, detengan las deportaciones."),),
        reading="Hello. Please halt the deportations.",
        goal=2000,
        asks_code=False,
        offices=tuple(office(office_id, today) for office_id in list(LINES)[:offices]),
        letter=Letter(Words("Halt them", "Deténganlas"), Words("Please.", "Por favor.")),
        texts=texts_of(slug),
        spoken={
            PromptId.GOODBYE: Words(
                "Thank you for speaking up. Goodbye.", "Gracias por alzar la voz. Hasta luego."
            )
        },
    )


class Rehearsal(dev.rehearsing.Rehearsal):
    """A rehearsal of a campaign with one to three offices, with what tests do to it and read from it."""

    def __init__(
        self,
        built: Runtime,
        dynamodb: Any,
        faults: Faults | None = None,
        offices: int = 3,
        start: datetime = DEFAULT_START,
    ) -> None:
        """Apply the campaign to the empty table and start the clock, at `start`."""
        self.dynamodb = dynamodb
        super().__init__(built, campaign(start.date(), offices), TOKEN, faults, start)

    def bear_all(self, calls: int) -> None:
        """Let each line bear so many calls: for whoever asks another question than what a line should bear."""
        asked = self.runtime.catalog.campaign(SLUG)
        assert asked is not None
        caps = Caps(at_once=calls, an_hour=2 * calls, pause=0)
        for each in asked.offices:
            lines = tuple(replace(line, caps=caps) for line in each.lines)
            self.runtime.catalog.put_office(replace(each, lines=lines))

    # The supporter and the page.

    def tap(self, phone: str = ANA, language: str = "en", **more: str) -> dict[str, Any]:
        """Ask to be called, as the page does, with its proof of work; return the JSON answer with its status."""
        body = {"phone": phone, "language": language, "consent": "call-1", "proof": self.proof()} | more
        return self.post(f"/api/campaigns/{SLUG}/calls", body)

    def book(self, at: str = "when_open", phone: str = ANA, **more: str) -> dict[str, Any]:
        """Book a call to Atlanta's office, as a program does; return the JSON answer with its status."""
        consent = "book-weekly-1" if "weekly_until" in more else "book-1"
        wish = {"phone": phone, "language": "en", "consent": consent, "office": "ero-atl", "at": at}
        wish |= {"zone": "America/New_York", "proof": self.proof()} | more
        return self.post(f"/api/campaigns/{SLUG}/bookings", wish)

    def call_in(
        self, phone: str = ANA, script: Iterable[Move] = (), post_dial: str = "", to: str = OUR_NUMBER
    ) -> Call:
        """Dial our number, as a phone does that taps a `tel:` link; `post_dial` is what stands after it."""
        return self.world.call_in(phone, to, script, post_dial=post_dial)

    def text_us(self, body: str, phone: str = ANA, to: str = OUR_NUMBER) -> list[str]:
        """Text our number, let it be answered, and return the bodies of what the phone got for it."""
        before = len(self.texts_to(phone))
        self.world.text_in(phone, to, body)
        self.world.run_until_idle()
        return self.texts_to(phone)[before:]

    def texts_to(self, phone: str = ANA) -> list[str]:
        """The bodies of all texts that were sent to a phone, by us or by Twilio itself, in order."""
        return [text.body for text in self.world.texts if text.to == phone]

    def post_form(self, path: str, **fields: str) -> int:
        """Send a form, as a page without a script does; the HTTP status."""
        return self.post_page(path, fields)[0]

    def post_page(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        """Send a form; the HTTP status, and the page that came back."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, page = self.ask("POST", path, headers, urlencode(fields).encode())
        return status, page.decode()

    def set_status(self, status: Status) -> None:
        """Pause, resume or end the campaign."""
        current = self.runtime.catalog.campaign(SLUG)
        assert current is not None
        self.runtime.catalog.apply(replace(current, status=status), self.clock.now())
        self.world.advance(6)

    # What is true afterwards.

    def session(self, call_id: str) -> CallSession:
        """The session as it stands in the table."""
        found = self.runtime.store.call(call_id, self.clock.now())
        assert found is not None
        return found

    def outcomes(self) -> list[str]:
        """Outcomes of the ledger, in the order in which they were counted; the order of a call's offices."""
        actions = sorted(self.runtime.store.actions(), key=lambda action: (action.at, action.id))
        return [action.outcome.value for action in actions]

    def heard(self, number: str = ANA) -> str:
        """All that was said to a phone, in all its calls, whoever placed them."""
        calls = [call for call in self.world.calls if call.person == number]
        return " ".join(line.text for call in calls for line in call.lines if line.kind == "said")

    def rows(self) -> list[dict[str, Any]]:
        """Every item of the table, as DynamoDB has it."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=ENVIRONMENT["PATCHTHROUGH_TABLE"])
        return [item for page in pages for item in page["Items"]]


@contextmanager
def rehearsing(**options: Any) -> Iterator[Rehearsal]:
    """A rehearsal on a moto of its own; options as Rehearsal's."""
    with stage() as built:
        yield Rehearsal(built, built.store._table.client, **options)


@contextmanager
def stage() -> Iterator[Runtime]:
    """A moto with table and secret, and a runtime on it that several rehearsals may share, one after the other."""
    with mock_aws():
        built = Runtime.build(Config.from_environ(ENVIRONMENT))
        aws.create_table(built.store._table.client, ENVIRONMENT["PATCHTHROUGH_TABLE"])
        at_once(built.store._table.client)
        aws.write_secret(boto3.client("secretsmanager"), ENVIRONMENT["PATCHTHROUGH_SECRETS"], SECRET)
        yield built
        install(None)


def sweep() -> None:
    """Empty the table at once; deleting row by row would take longer than the story."""
    dynamodb_backends["123456789012"]["us-east-1"].tables[ENVIRONMENT["PATCHTHROUGH_TABLE"]].items.clear()
