"""A rehearsal: the whole of Patchthrough in one process, on one virtual clock.

The real app and its real views; DynamoDB and Secrets Manager by moto, Twilio by the phone world, and the ring
queue as an agenda that can lose, repeat and delay. Only the wire is made up: nothing of ours is replaced.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import boto3
from chalice.local import LambdaContext
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from app import app
from chalicelib.adapters.ring_queue import RingQueue
from chalicelib.config import Config
from chalicelib.domain import counts
from chalicelib.domain.call import CallSession
from chalicelib.domain.campaign import Campaign, Letter, Status
from chalicelib.domain.counts import Channel, Tally
from chalicelib.domain.office import Caps, Hours, Line, Office, Span
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.words import Words
from chalicelib.runtime import Runtime, install
from dev import aws
from dev.offices import our_number
from dev.phone_world import Answer, Call, Faults, OfficeLine, TwilioWire, VirtualClock, World
from dev.phone_world.clock import DEFAULT_START
from dev.phone_world.people import Move
from dev.pump import record, scheduled
from dev.server import in_process
from dev.solving import solve

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "a token of Twilio's"
OUR_NUMBER = "+12025550142"
PUBLIC_URL = "https://calls.example.org"
SECRET = {"twilio_auth_token": TOKEN, "twilio_auth_token_next": "", "phone_key": "a key for hashes"}
ANA, LUIS = "+14045550123", "+19565550148"
LINES = {"ero-atl": "+14045550190", "ero-was": "+17035550177", "ero-nyc": "+12125550166"}
PLACES = {"ero-atl": "Atlanta", "ero-was": "Washington", "ero-nyc": "New York"}
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
    """An office with one line that a person verified today."""
    place = PLACES[office_id]
    line = Line(LINES[office_id], callable=True, verified_on=today)
    name = Words(f"ICE office in {place}", f"oficina de ICE en {place}")
    return Office(office_id, name, Words(place, place), "America/New_York", "1 Example St", (line,))


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
        offices=tuple(office(office_id, today) for office_id in list(LINES)[:offices]),
        letter=Letter(Words("Halt them", "Deténganlas"), Words("Please.", "Por favor.")),
        spoken={
            PromptId.GOODBYE: Words(
                "Thank you for speaking up. Goodbye.", "Gracias por alzar la voz. Hasta luego."
            )
        },
    )


@dataclass
class QueueWire:
    """What the ring queue's client sees of SQS: messages come back out of the world's agenda."""

    world: World
    deliver: Callable[[str], bool]
    copies: Callable[[], tuple[float, ...]] = lambda: (0.0,)
    sent: list[str] = field(default_factory=list)

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> dict[str, str]:  # noqa: N803
        """Keep the message and deliver it after its delay, as often and as late as `copies` says."""
        assert QueueUrl == ENVIRONMENT["PATCHTHROUGH_QUEUE_RING"]
        self.sent.append(MessageBody)
        for late in self.copies():
            self._after(DelaySeconds + late, MessageBody, tries=5)
        return {"MessageId": "1"}

    def _after(self, seconds: float, body: str, tries: int) -> None:
        def arrive() -> None:
            if not self.deliver(body) and tries > 1:
                self._after(180.0, body, tries - 1)

        self.world.after(seconds, arrive)


class Rehearsal:
    """One app, one world, one table; made by `rehearsing`."""

    def __init__(
        self,
        built: Runtime,
        dynamodb: Any,
        faults: Faults | None = None,
        offices: int = 3,
        start: datetime = DEFAULT_START,
    ) -> None:
        """Apply the campaign to the empty table and start the clock, at `start`."""
        self.clock = VirtualClock(start)
        self.dynamodb = dynamodb
        self.ask = in_process(app)
        numbers = {OUR_NUMBER: our_number(PUBLIC_URL)}
        self.world = World(self.clock, self._carried, TOKEN, ACCOUNT, numbers, faults=faults or Faults())
        self.queue = QueueWire(self.world, self._delivered)
        wired = RingQueue(self.queue, built.config.ring_queue)  # type: ignore[arg-type]  # SQS's double
        self.ids = iter(range(1, 10**6))
        self.runtime = replace(
            built,
            http=TwilioWire(self.world),
            now=self.clock,
            ring_queue=wired,
            _campaigns={},
            _never={},
            new_id=lambda: f"call-id-of-twenty-{next(self.ids):04}",
            monotonic=self.memory_clock,
        )
        install(self.runtime)
        self._apply(campaign(self.clock.now().date(), offices))
        for office_id in list(LINES)[:offices]:
            self.world.add(OfficeLine(LINES[office_id], Answer.PERSON))

    def bear_all(self, calls: int) -> None:
        """Let each line bear so many calls: for whoever asks another question than what a line should bear."""
        asked = self.runtime.catalog.campaign(SLUG)
        assert asked is not None
        caps = Caps(at_once=calls, an_hour=2 * calls, pause=0)
        for each in asked.offices:
            lines = tuple(replace(line, caps=caps) for line in each.lines)
            self.runtime.catalog.put_office(replace(each, lines=lines))

    def memory_clock(self) -> float:
        """The clock by which a campaign in memory grows old: the world's own."""
        return self.clock.seconds

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

    def proof(self, slug: str = SLUG) -> str:
        """A challenge of the campaign, solved."""
        status, _, text = self.get(f"/api/campaigns/{slug}/challenge")
        return solve(json.loads(text)) if status == 200 else ""

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST JSON; the answer's own JSON with `status` (the HTTP one) and `headers`."""
        headers = {"Content-Type": "application/json"}
        status, back, text = self.ask("POST", path, headers, json.dumps(body).encode())
        answer: dict[str, Any] = json.loads(text)
        return {"http": status, "headers": back} | answer

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """GET a path."""
        return self.ask("GET", path, headers, b"")

    def state(self, call_id: str) -> dict[str, Any]:
        """What the API says of a call now."""
        found: dict[str, Any] = json.loads(self.get(f"/api/calls/{call_id}")[2])
        return found

    def post_form(self, path: str, **fields: str) -> int:
        """Send a form, as a page without a script does; the HTTP status."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, headers, urlencode(fields).encode())[0]

    # Staff and time.

    def play(self, minutes: float = 0, every: float = 1) -> None:
        """Let everything that is under way happen, then `minutes` more, reconciling `every` so many."""
        self.world.run_until_idle()
        end = self.clock.now() + timedelta(minutes=minutes)
        while self.clock.now() < end:
            self.world.advance(60 * every)
            self.reconcile()
            self.world.run_until_idle()

    def reconcile(self) -> None:
        """Let the schedule come round once."""
        app.handler_map["reconcile"](
            scheduled("reconcile", self.clock.now()), LambdaContext("reconcile", 512)
        )

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

    def tally(self) -> Tally:
        """The campaign's tally."""
        return self.runtime.store.tally(SLUG, Channel.CALLS)

    def difference(self) -> int:
        """Ledger against tally: 0, always."""
        return counts.difference(counts.counted(self.runtime.store.actions()), self.tally())

    def heard(self, number: str = ANA) -> str:
        """All that was said to a phone, in all its calls, whoever placed them."""
        calls = [call for call in self.world.calls if call.person == number]
        return " ".join(line.text for call in calls for line in call.lines if line.kind == "said")

    def rows(self) -> list[dict[str, Any]]:
        """Every item of the table, as DynamoDB has it."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=ENVIRONMENT["PATCHTHROUGH_TABLE"])
        return [item for page in pages for item in page["Items"]]

    # Strictly private.

    def _apply(self, asked: Campaign) -> None:
        for each in asked.offices:
            self.runtime.catalog.put_office(each)
        self.runtime.catalog.apply(asked, self.clock.now())

    def _carried(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        assert url.startswith(PUBLIC_URL), url
        return self.ask(method, url.removeprefix(PUBLIC_URL), headers, body)

    def _delivered(self, body: str) -> bool:
        """Hand one message to the ring function; whether it was taken."""
        message = {"MessageId": "m-1", "ReceiptHandle": "r-1", "Body": body}
        event = {"Records": [record(message, "arn:aws:sqs:us-east-1:123456789012:ring")]}
        answer = app.handler_map["ring"](event, LambdaContext("ring", 512))
        return not answer["batchItemFailures"]


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
        aws.write_secret(boto3.client("secretsmanager"), ENVIRONMENT["PATCHTHROUGH_SECRETS"], SECRET)
        yield built
        install(None)


def sweep() -> None:
    """Empty the table at once; deleting row by row would take longer than the story."""
    dynamodb_backends["123456789012"]["us-east-1"].tables[ENVIRONMENT["PATCHTHROUGH_TABLE"]].items.clear()
