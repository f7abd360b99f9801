"""A worker killed with SIGKILL at every point of placing a call: at most one ring, and every call ends known.

Real processes, real requests: the worker runs the app's own ring function against ministack's table and queue and
the phone world's REST side, and is killed from the wire. Then its message comes back to a healthy worker.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from chalice.local import LambdaContext
from rich.table import Table

from app import app
from chalicelib.adapters.ring_queue import RingQueue
from chalicelib.config import Config
from chalicelib.domain import counts
from chalicelib.domain.call import CallSession
from chalicelib.domain.counts import Channel
from chalicelib.runtime import Runtime, install
from dev import aws
from dev.phone_world import Answer, Faults, Heard, OfficeLine, PhoneWorldServer, PickUp, Press, Supporter
from dev.pump import scheduled
from dev.server import AppServer, in_process
from dev.solving import solve
from tests.conftest import Figure
from tests.needs import needs
from tests.rehearsal import ACCOUNT, ALWAYS, ENVIRONMENT, LINES, OUR_NUMBER, SECRET, SLUG, TOKEN, campaign
from tests.stories.crew import Crew, redelivered
from tests.stories.wiretap import Checkpoint, Request, Wiretap

MINISTACK_PORT = int(os.environ.get("PATCHTHROUGH_TEST_AWS_PORT", "4240"))
SPEED = 40.0
"""Seconds of the phone world in one of ours: a call of half a minute takes one second."""
TALK = (PickUp(after=2), Press("1"), Press("1", when=Heard("How did it go")))
LONGEST_MINUTES = 15


def writes(stage: str) -> Callable[[Request], bool]:
    """Whether a request writes a session at this stage."""

    def is_reached(request: Request) -> bool:
        return request.operation == "PutItem" and json.loads(request.body)["Item"].get("stage") == {
            "S": stage
        }

    return is_reached


def places(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/Calls.json")


def acknowledges(request: Request) -> bool:
    return request.operation == "DeleteMessageBatch"


CHECKPOINTS = [
    Checkpoint("before the claim is written", writes("placing"), arrives=False),
    Checkpoint("after the claim, before its answer", writes("placing"), arrives=True),
    Checkpoint("before Twilio sees the POST", places, arrives=False),
    Checkpoint("after Twilio took it, before its answer", places, arrives=True),
    Checkpoint("after the answer, before the record", writes("ringing"), arrives=False),
    Checkpoint("after the record, before its answer", writes("ringing"), arrives=True),
    Checkpoint("before the message is deleted", acknowledges, arrives=False),
]
UNPLACED = {CHECKPOINTS[1].name, CHECKPOINTS[2].name}
"""Claimed, and never asked of Twilio: told as not placed, and never placed on a guess."""
ENDS = {("heard", 1): "thanks", ("lost", 1): "hung_up", ("heard", 0): "not_placed", ("lost", 0): "not_placed"}


class Site:
    """The app, its table and queues on ministack, the phone world, and a wiretap before each."""

    def __init__(self, stack: ExitStack, endpoint: str) -> None:
        self.sqs = aws.client("sqs", endpoint)
        self.world = PhoneWorldServer(ACCOUNT, TOKEN, [OUR_NUMBER], port=0, speed=SPEED)
        self.server = AppServer(app, 0)
        self.aws_tap = stack.enter_context(Wiretap(endpoint))
        self.twilio_tap = stack.enter_context(Wiretap(self.world.url))
        furniture = aws.furnish(endpoint, "killed", SECRET)
        self.environment = (
            ENVIRONMENT
            | furniture.environment(endpoint)
            | {
                "PATCHTHROUGH_PUBLIC_URL": self.server.url,
                "TWILIO_API_URL": self.world.url,
            }
        )
        self.ahead = timedelta(0)
        self.runtime = self._runtime()
        self.ask = in_process(app)
        taps = {"AWS_ENDPOINT_URL": self.aws_tap.url, "TWILIO_API_URL": self.twilio_tap.url}
        self.crew = Crew("ring", self.sqs, self.environment | taps)
        self.calls = 0
        self._open(stack)

    def _runtime(self) -> Runtime:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return Runtime.build(Config.from_environ(self.environment), now=self.now)

    def _open(self, stack: ExitStack) -> None:
        asked = replace(campaign(datetime.now(UTC).date(), offices=1), revision=0)
        for office in asked.offices:
            # These processes have the real clock, whatever the hour is.
            self.runtime.catalog.put_office(replace(office, hours=ALWAYS))
        self.runtime.catalog.apply(asked, self.now())
        self.world.world.add(OfficeLine(LINES["ero-atl"], Answer.PERSON, ring_seconds=1.0, talk_seconds=10.0))
        self.world.start()
        stack.callback(self.world.stop)
        stack.enter_context(self.server)
        stack.callback(self.crew.end)
        stack.callback(install, None)

    def now(self) -> datetime:
        """The app's clock: the real one, or ahead of it, so that grace times have passed."""
        return datetime.now(UTC) + self.ahead

    # What happens.

    def tap(self, queue: str) -> tuple[str, str]:
        """A supporter nobody has called before asks to be called; the phone and the call's id."""
        self.calls += 1
        phone = f"+1404555{100 + self.calls:04}"
        self.ahead = timedelta(0)
        install(replace(self.runtime, ring_queue=RingQueue(self.sqs, queue)))
        with self.world.pace.lock:
            self.world.world.add(Supporter(phone, TALK))
        path = f"/api/campaigns/{SLUG}/calls"
        proof = solve(json.loads(self.ask("GET", f"/api/campaigns/{SLUG}/challenge", {}, b"")[2]))
        body = json.dumps({"phone": phone, "language": "en", "consent": "call-1", "proof": proof}).encode()
        status, _, answer = self.ask("POST", path, {"Content-Type": "application/json"}, body)
        assert status == 202, answer
        return phone, json.loads(answer)["id"]

    def reconcile(self) -> None:
        """Let the schedule come round once."""
        app.handler_map["reconcile"](scheduled("reconcile", self.now()), LambdaContext("reconcile", 512))

    def settle(self, call_id: str) -> float:
        """Let minutes pass for the app, each with its look, until the call is settled; how many it took."""
        for minutes in range(LONGEST_MINUTES + 1):
            self.ahead = timedelta(minutes=minutes)
            if minutes:
                self.reconcile()
            self.quiet()
            if self.session(call_id).is_settled:
                return minutes
        raise AssertionError(f"still {self.session(call_id).stage} after {LONGEST_MINUTES} minutes")

    def quiet(self) -> None:
        """Wait until no phone rings or talks any more and no webhook is under way."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with self.world.pace.lock:
                if self.world.world.next_event_in() is None and not self.world.pace.under_way:
                    return
            time.sleep(0.02)
        raise AssertionError("the phone world is still busy")

    # What is true.

    def session(self, call_id: str) -> CallSession:
        found = self.runtime.store.call(call_id, self.now())
        assert found is not None
        return found

    def state(self, call_id: str) -> str:
        return str(json.loads(self.ask("GET", f"/api/calls/{call_id}", {}, b"")[2])["state"])

    def difference(self) -> int:
        """Ledger against tally: 0, always."""
        tally = self.runtime.store.tally(SLUG, Channel.CALLS)
        return counts.difference(counts.counted(self.runtime.store.actions()), tally)


@dataclass
class Row:
    """One story, as it is printed."""

    checkpoint: str
    webhooks: str
    redelivered: str = ""
    rings: int = 0
    end: str = ""
    minutes: float = 0

    def cells(self) -> list[str]:
        return [
            self.checkpoint,
            self.webhooks,
            self.redelivered,
            str(self.rings),
            self.end,
            f"{self.minutes:g}",
        ]


@contextmanager
def opened() -> Iterator[Site]:
    """The whole site, up and running."""
    ministack = needs("ministack")
    with ExitStack() as stack:
        endpoint = stack.enter_context(aws.running(MINISTACK_PORT, ministack=ministack))
        yield Site(stack, endpoint)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with opened() as made:
        yield made


@pytest.fixture(scope="module")
def rows(figure: Figure) -> Iterator[list[Row]]:
    """One row a story, printed when the last one is through."""
    found: list[Row] = []
    yield found
    table = Table("worker killed", "webhooks", "redelivered", "rings", "end", "known after, min")
    for row in found:
        table.add_row(*row.cells())
    figure(table)


@pytest.mark.parametrize("webhooks", ["heard", "lost"])
@pytest.mark.parametrize("checkpoint", CHECKPOINTS, ids=lambda point: point.name)
def test_a_killed_worker_rings_nobody_twice_and_leaves_no_call_unknown(
    site: Site, rows: list[Row], checkpoint: Checkpoint, webhooks: str
) -> None:
    row, rings = Row(checkpoint.name, webhooks), int(checkpoint.name not in UNPLACED)
    with site.world.pace.lock:
        site.world.world.faults = Faults(lose=float(webhooks == "lost"))
    worker = site.crew.worker()
    for wiretap in (site.aws_tap, site.twilio_tap):
        wiretap.kill_at(worker.process, checkpoint)

    phone, call_id = site.tap(worker.queue)
    assert worker.process.wait(60) == -signal.SIGKILL
    again = redelivered(site.crew.healthy(worker.queue))
    minutes = site.settle(call_id)

    session = site.session(call_id)
    row.redelivered, row.rings, row.minutes = (
        ("yes" if again else "no"),
        site.world.world.rings(phone),
        minutes,
    )
    row.end = site.state(call_id)
    rows.append(row)
    assert again, "the message did not come back"
    assert (row.rings, row.end) == (rings, ENDS[webhooks, rings])
    assert (session.phone, site.difference()) == (None, 0)
    assert site.world.world.complaints == []


def test_a_message_that_is_lost_with_its_worker_is_sent_again_by_the_schedule(
    site: Site, rows: list[Row]
) -> None:
    with site.world.pace.lock:
        site.world.world.faults = Faults()
    worker = site.crew.worker()
    site.aws_tap.kill_at(worker.process, CHECKPOINTS[0])

    phone, call_id = site.tap(worker.queue)
    assert worker.process.wait(60) == -signal.SIGKILL
    site.sqs.purge_queue(QueueUrl=worker.queue)
    site.ahead = timedelta(minutes=4)
    site.reconcile()
    assert redelivered(site.crew.healthy(worker.queue)), "no message was sent again"
    site.quiet()

    rings, end = site.world.world.rings(phone), site.state(call_id)
    rows.append(Row(f"{CHECKPOINTS[0].name}, message lost", "heard", "by the schedule", rings, end, 4))
    assert (rings, end, site.session(call_id).phone, site.difference()) == (1, "thanks", None, 0)
