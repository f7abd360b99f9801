"""A rehearsal: the real app, the phone world and the mail world in one process, on one virtual clock.

Promises the app's own views, workers and tables; queues are agendas that can lose, repeat and delay, and time stands
still until somebody moves it. Only the wire is made up: nothing of ours is replaced. Refuses to know where table and
secrets are: the runtime it is given leads there.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from chalice.local import LambdaContext

from app import app
from chalicelib.adapters.alert_queue import AlertQueue
from chalicelib.adapters.clients import ses_client
from chalicelib.adapters.letter_queue import LetterQueue
from chalicelib.adapters.mailer import Mailer
from chalicelib.adapters.ring_queue import RingQueue
from chalicelib.domain import counts
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import Channel, Tally
from chalicelib.runtime import Runtime, install
from dev import opt_out
from dev.mail_world import MailWorld, SesWire
from dev.offices import our_number
from dev.phone_world import Answer, Faults, OfficeLine, TwilioWire, VirtualClock, World
from dev.phone_world.clock import DEFAULT_START
from dev.pump import record, scheduled
from dev.queue_wire import QueueWire
from dev.server import in_process
from dev.solving import solve

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

MOST_IDS = 10**6
HTTP_OK = 200
TOPIC = "arn:aws:sns:us-east-1:123456789012:mail-events"


class Rehearsal:
    """One app, both worlds, one table, and one campaign in it whose offices' lines are picked up by a person.

    `world` is the phones', `mails` the mail's; `queue`, `letters`, `events` and `alerts` are the queues of rings, of
    letters, of what SES reports and of alerts. Of letters and broadcasts nothing is looked at before there is one.

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
        ours = our_number(self.public_url, built.config.text_service)
        numbers = dict.fromkeys(built.config.numbers, ours)
        account = built.config.account_sid
        self.world = World(self.clock, self._carried, token, account, numbers, faults=faults or Faults())
        self.queue = self._queue("ring", built.config.ring_queue)
        self.letters = self._queue("letters", built.config.letter_queue)
        self.events = self._queue("mail_events", built.config.mail_event_queue)
        self.alerts = self._queue("alerts", built.config.alert_queue)
        self._has_broadcasts = False
        self.mails = MailWorld(self.clock, agenda=self.world.agenda)
        if built.config.has_mail:
            self.mails.verify(built.config.mail_from.rpartition("@")[2])
            self.mails.set_up(built.config.mail_set, TOPIC)
            self.mails.subscribe(TOPIC, self.events.take)
        self.ids: Iterator[int] = iter(range(1, MOST_IDS))
        self.runtime = self._wired(built)
        install(self.runtime)
        self._apply(asked)
        for office in asked.offices:
            self.world.add(*(OfficeLine(line.number, Answer.PERSON) for line in office.lines))

    def switch_opt_out_on(self) -> None:
        """Put our numbers into a Messaging Service, with Advanced Opt-Out as the campaign wants it. At first: off."""
        asked = self.runtime.catalog.campaign(self.slug)
        opt_out.switch_on(self.world, [asked] if asked is not None else [])

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
        """Let the schedules come round once; those of letters and of broadcasts only once there is one.

        So subscribers whose time is over are not looked at before there is a broadcast, unless by `play_broadcasts`.
        """
        self._schedule("reconcile")
        if self.letters.sent:
            self.post_letters()
        self._has_broadcasts = self._has_broadcasts or bool(self.runtime.broadcasts.all())
        if self._has_broadcasts:
            self.play_broadcasts()

    def post_letters(self) -> None:
        """Let the schedule of letters come round once."""
        self._schedule("post")

    def play_broadcasts(self) -> None:
        """Let the schedule of broadcasts, and of subscribers whose time is over, come round once."""
        self._schedule("broadcasts")

    # What is true afterwards.

    def tally(self) -> Tally:
        """The campaign's tally of calls."""
        return self.runtime.store.tally(self.slug, Channel.CALLS)

    def letter_tally(self) -> Tally:
        """The campaign's tally of letters."""
        return self.runtime.store.tally(self.slug, Channel.LETTERS)

    def difference(self) -> int:
        """Ledger against tally, over all channels: 0, always."""
        actions = list(self.runtime.store.actions())
        return sum(
            counts.difference(
                counts.counted(action for action in actions if action.channel is channel),
                self.runtime.store.tally(self.slug, channel),
            )
            for channel in Channel
        )

    # Strictly private.

    def _wired(self, built: Runtime) -> Runtime:
        """The runtime with this world's wire, clock and queue, ids one can read, and nothing remembered."""
        ring_queue = RingQueue(self.queue, self.queue.url)  # type: ignore[arg-type]  # SQS's double
        letter_queue = LetterQueue(self.letters, self.letters.url)  # type: ignore[arg-type]  # as above
        alert_queue = AlertQueue(self.alerts, self.alerts.url)  # type: ignore[arg-type]  # as above
        config = built.config
        return replace(
            built,
            http=TwilioWire(self.world),
            now=self.clock,
            ring_queue=ring_queue,
            letter_queue=letter_queue,
            alert_queue=alert_queue,
            mailer=Mailer(self._ses, config.mail_from, config.mail_set, self.memory_clock),
            fraction=Random(0).random,  # noqa: S311 - chance that repeats is the point
            _campaigns={},
            _never={},
            _areas={},
            _listings={},
            _shown=set(),
            new_id=lambda: f"call-id-of-twenty-{next(self.ids):04}",
            monotonic=self.memory_clock,
            aging=self.memory_clock,
        )

    def _ses(self) -> "SESV2Client":
        """The app's own client of SES, on the mail world's wire; made with the first mail."""
        client = ses_client(self.runtime.config.ses_url)
        SesWire(self.mails).attach(client)
        return client

    def _queue(self, function: str, url: str) -> QueueWire:
        return QueueWire(self.world, partial(self._handed_to, function), url)

    def _schedule(self, function: str) -> None:
        app.handler_map[function](scheduled(function, self.clock.now()), LambdaContext(function, 512))

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

    def _handed_to(self, function: str, bodies: Sequence[str]) -> list[str]:
        """Hand a batch to the function of a queue; return the messages that failed."""
        arn = f"arn:aws:sqs:us-east-1:123456789012:{function}"
        batch = {
            f"m-{nth}": {"MessageId": f"m-{nth}", "ReceiptHandle": f"r-{nth}", "Body": body}
            for nth, body in enumerate(bodies)
        }
        event = {"Records": [record(message, arn) for message in batch.values()]}
        answer = app.handler_map[function](event, LambdaContext(function, 512))
        return [batch[failed["itemIdentifier"]]["Body"] for failed in answer["batchItemFailures"]]
