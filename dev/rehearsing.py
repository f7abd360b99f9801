"""A rehearsal: the real app and the phone world in one process, on one virtual clock.

Promises the app's own views, workers and tables; the ring queue is an agenda that can lose, repeat and delay, and
time stands still until somebody moves it. Only the wire is made up: nothing of ours is replaced. Refuses to know
where table and secrets are: the runtime it is given leads there.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalice.local import LambdaContext

from app import app
from chalicelib.adapters.ring_queue import RingQueue
from chalicelib.domain import counts
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import Channel, Tally
from chalicelib.runtime import Runtime, install
from dev.offices import our_number
from dev.phone_world import Answer, Faults, OfficeLine, TwilioWire, VirtualClock, World
from dev.phone_world.clock import DEFAULT_START
from dev.pump import record, scheduled
from dev.server import in_process
from dev.solving import solve

RETRY_SECONDS = 180.0
"""How long SQS hides a message that failed."""
TRIES = 5
"""How often a message is delivered before it goes to the dead queue."""
MOST_IDS = 10**6
HTTP_OK = 200


@dataclass
class QueueWire:
    """What the ring queue's client sees of SQS: messages come back out of the world's agenda."""

    world: World
    deliver: Callable[[str], bool]
    url: str
    copies: Callable[[], tuple[float, ...]] = lambda: (0.0,)
    sent: list[str] = field(default_factory=list)

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> dict[str, str]:  # noqa: N803 - SQS's names
        """Keep the message and deliver it after its delay, as often and as late as `copies` says."""
        if QueueUrl != self.url:
            raise ValueError(f"a message for {QueueUrl}, not for the ring queue")
        self.sent.append(MessageBody)
        for late in self.copies():
            self._after(DelaySeconds + late, MessageBody, tries=TRIES)
        return {"MessageId": "1"}

    def _after(self, seconds: float, body: str, tries: int) -> None:
        def arrive() -> None:
            if not self.deliver(body) and tries > 1:
                self._after(RETRY_SECONDS, body, tries - 1)

        self.world.after(seconds, arrive)


class Rehearsal:
    """One app, one world, one table, and one campaign in it whose offices' lines are picked up by a person.

    The runtime is this process's own from now on (`chalicelib.runtime.install`): one rehearsal at a time.
    """

    def __init__(
        self,
        built: Runtime,
        asked: Campaign,
        token: str,
        faults: Faults | None = None,
        start: datetime = DEFAULT_START,
    ) -> None:
        """Apply the campaign to the table and start the clock, at `start`. `token` is what webhooks are signed with."""
        self.slug, self.public_url = asked.slug, built.config.public_url
        self.clock = VirtualClock(start)
        self.ask = in_process(app)
        numbers = dict.fromkeys(built.config.numbers, our_number(self.public_url))
        account = built.config.account_sid
        self.world = World(self.clock, self._carried, token, account, numbers, faults=faults or Faults())
        self.queue = QueueWire(self.world, self._delivered, built.config.ring_queue)
        self.ids: Iterator[int] = iter(range(1, MOST_IDS))
        self.runtime = self._wired(built)
        install(self.runtime)
        self._apply(asked)
        for office in asked.offices:
            self.world.add(*(OfficeLine(line.number, Answer.PERSON) for line in office.lines))

    def memory_clock(self) -> float:
        """The clock by which a campaign in memory grows old: the world's own."""
        return self.clock.seconds

    # The supporter and the page.

    def proof(self, slug: str | None = None) -> str:
        """A challenge of the campaign, solved; nothing where there is none."""
        status, _, text = self.get(f"/api/campaigns/{slug or self.slug}/challenge")
        return solve(json.loads(text)) if status == HTTP_OK else ""

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST JSON; the answer's own JSON with `http` (its status) and `headers`."""
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

    # What is true afterwards.

    def tally(self) -> Tally:
        """The campaign's tally."""
        return self.runtime.store.tally(self.slug, Channel.CALLS)

    def difference(self) -> int:
        """Ledger against tally: 0, always."""
        return counts.difference(counts.counted(self.runtime.store.actions()), self.tally())

    # Strictly private.

    def _wired(self, built: Runtime) -> Runtime:
        """The runtime with this world's wire, clock and queue, ids one can read, and nothing remembered."""
        wired = RingQueue(self.queue, built.config.ring_queue)  # type: ignore[arg-type]  # SQS's double
        return replace(
            built,
            http=TwilioWire(self.world),
            now=self.clock,
            ring_queue=wired,
            _campaigns={},
            _never={},
            _areas={},
            _claims={},
            new_id=lambda: f"call-id-of-twenty-{next(self.ids):04}",
            monotonic=self.memory_clock,
        )

    def _apply(self, asked: Campaign) -> None:
        for each in asked.offices:
            self.runtime.catalog.put_office(each)
        self.runtime.catalog.apply(asked, self.clock.now())

    def _carried(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if not url.startswith(self.public_url):
            raise ValueError(f"{url} is not under the app's public address")
        return self.ask(method, url.removeprefix(self.public_url), headers, body)

    def _delivered(self, body: str) -> bool:
        """Hand one message to the ring function; whether it was taken."""
        message = {"MessageId": "m-1", "ReceiptHandle": "r-1", "Body": body}
        event = {"Records": [record(message, "arn:aws:sqs:us-east-1:123456789012:ring")]}
        answer = app.handler_map["ring"](event, LambdaContext("ring", 512))
        return not answer["batchItemFailures"]
