"""A worker killed with SIGKILL at every point of sending a letter: the office has it once, and every end is known.

Real processes, real requests: the worker runs the app's own letters function against ministack's table and queue and
the mail world's REST side, and is killed from the wire. Then its message comes back to a healthy worker, and SES's
events come at once, or after twenty minutes and twice.
"""

import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from chalice.local import LambdaContext
from rich.table import Table

from app import app
from chalicelib.adapters import keys
from chalicelib.adapters.letter_queue import LetterQueue
from chalicelib.config import Config
from chalicelib.domain import counts
from chalicelib.domain.addresses import address
from chalicelib.domain.counts import Channel
from chalicelib.domain.letter import Letter, State, letter_id
from chalicelib.domain.tokens import Purpose
from chalicelib.domain.words import Language
from chalicelib.domain.writing import Draft
from chalicelib.runtime import Runtime, install
from chalicelib.views import writing
from dev import aws
from dev.mail_world import MailWorld, MailWorldServer
from dev.pump import record, scheduled
from tests.conftest import Figure
from tests.needs import needs
from tests.rehearsal import ALWAYS, ENVIRONMENT, MAILBOXES, SECRET, SLUG, campaign
from tests.stories.crew import Crew, redelivered
from tests.stories.letter_house import BODY, LINK, OFFICE
from tests.stories.wiretap import Checkpoint, Request, Wiretap

MINISTACK_PORT = int(os.environ.get("PATCHTHROUGH_TEST_AWS_PORT", "4240")) + 1
TOPIC = "arn:aws:sns:us-east-1:123456789012:mail-events"
SPEED = 40.0
"""Seconds of the mail world in one of ours."""
LATE = 20
"""Minutes: later than the lease, within the time of grace."""
LOOKS = (0, 3, LATE, 34, 36, 50)
"""Minutes after which the schedule comes round: past the lease, and past the time of grace that follows."""


def moves_to(state: str) -> Callable[[Request], bool]:
    """Whether a request writes a letter in this state."""

    def is_reached(request: Request) -> bool:
        if request.operation != "TransactWriteItems":
            return False
        puts = (part.get("Put", {}).get("Item", {}) for part in json.loads(request.body)["TransactItems"])
        return any(item.get("type") == {"S": "letter"} and item["state"] == {"S": state} for item in puts)

    return is_reached


def sends(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/outbound-emails")


def acknowledges(request: Request) -> bool:
    return request.operation == "DeleteMessageBatch"


CHECKPOINTS = [
    Checkpoint("before its turn is written", moves_to("queued"), arrives=False),
    Checkpoint("after its turn, before the next message", moves_to("queued"), arrives=True),
    Checkpoint("before the claim is written", moves_to("leased"), arrives=False),
    Checkpoint("after the claim, before its answer", moves_to("leased"), arrives=True),
    Checkpoint("before SES sees the POST", sends, arrives=False),
    Checkpoint("after SES accepted, before its answer", sends, arrives=True),
    Checkpoint("after the answer, before the record", moves_to("submitted"), arrives=False),
    Checkpoint("after the record, before its answer", moves_to("submitted"), arrives=True),
    Checkpoint("before the message is deleted", acknowledges, arrives=False),
]


class PostOffice:
    """The app's letters on ministack and the mail world, and a wiretap before each."""

    def __init__(self, stack: ExitStack, endpoint: str) -> None:
        self.bodies: list[str] = []
        self.world = MailWorldServer(port=0, speed=SPEED, furnish=self._furnish)
        self.aws_tap = stack.enter_context(Wiretap(endpoint))
        self.ses_tap = stack.enter_context(Wiretap(self.world.url))
        furniture = aws.furnish(endpoint, "killed-senders", SECRET)
        own = furniture.environment(endpoint) | {"PATCHTHROUGH_SES_URL": self.world.url}
        self.environment = ENVIRONMENT | own
        self.sqs = aws.client("sqs", endpoint)
        taps = {"AWS_ENDPOINT_URL": self.aws_tap.url, "PATCHTHROUGH_SES_URL": self.ses_tap.url}
        self.crew = Crew("letters", self.sqs, self.environment | taps)
        self.quiet_queue = self.crew.queue()
        self.ahead = timedelta(0)
        self.runtime = self._runtime()
        self.people = 0
        self._open(stack)

    def _furnish(self, world: MailWorld) -> None:
        world.verify(ENVIRONMENT["PATCHTHROUGH_MAIL_FROM"].rpartition("@")[2])
        world.set_up(ENVIRONMENT["PATCHTHROUGH_MAIL_SET"], TOPIC)
        world.subscribe(TOPIC, self.bodies.extend)

    def _runtime(self) -> Runtime:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return Runtime.build(Config.from_environ(self.environment), now=self.now)

    def _open(self, stack: ExitStack) -> None:
        asked = campaign(datetime.now(UTC).date(), offices=1)
        for office in asked.offices:
            # These processes have the real clock, whatever the hour is.
            self.runtime.catalog.put_office(replace(office, hours=ALWAYS))
        letter = replace(asked.letter, an_hour=10**6)
        self.runtime.catalog.apply(replace(asked, letter=letter), self.now())
        self.world.start()
        stack.callback(self.world.stop)
        stack.callback(self.crew.end)
        stack.callback(install, None)

    def now(self) -> datetime:
        """The app's clock: the real one, or ahead of it, so that leases and grace have passed."""
        return datetime.now(UTC) + self.ahead

    def use(self, queue: str) -> None:
        """Have the app's letters go on this queue."""
        install(replace(self.runtime, letter_queue=LetterQueue(self.sqs, queue)))

    # What happens.

    def written(self) -> str:
        """Somebody new has written a letter and has the link; their address."""
        self.people += 1
        self.ahead = timedelta(0)
        # Turns that were given while the clock was ahead would be waited for.
        for key in (keys.BUCKET, keys.letter_pace(OFFICE)):
            self.runtime.letters.table.delete(key)
        email = f"writer{self.people}@people.example"
        self.use(self.quiet_queue)
        writing.begin(SLUG, Draft("A. Writer", email, "", "", BODY, Language.EN), "192.0.2.7")
        assert redelivered(self.crew.healthy(self.quiet_queue)), "no mail with a link"
        self.settle_mail()
        return email

    def confirm(self, email: str) -> None:
        """Press the button behind the link."""
        with self.world.pace.lock:
            (mail,) = self.world.world.letters_in(email)
        opened = [writing.opened(token) for token in dict.fromkeys(LINK.findall(mail.text))]
        writing.confirm(next(each for each in opened if each.purpose is Purpose.CONFIRM))

    def settle(self, email: str, queue: str, *, is_late: bool) -> float:
        """Let minutes pass, the schedule coming round, until the end is known; how many it took."""
        for minutes in LOOKS:
            self.ahead = timedelta(minutes=minutes)
            app.handler_map["post"](scheduled("post", self.now()), LambdaContext("post", 512))
            while self.crew.healthy(queue).turn():
                pass
            self.settle_mail()
            if not is_late or minutes >= LATE:
                self.take_events(copies=1 + is_late)
            if self.letter(email).state is State.DELIVERED:
                return minutes
        raise AssertionError(f"still {self.letter(email).state} after {LOOKS[-1]} minutes")

    def settle_mail(self) -> None:
        """Let everything happen that is under way in the mail world."""
        with self.world.pace.lock:
            self.world.world.run_until_idle()

    def take_events(self, copies: int) -> None:
        """Hand what SES reported to the app, so many times."""
        bodies, self.bodies[:] = list(self.bodies) * copies, []
        for start in range(0, len(bodies), 10):
            assert self._failed(bodies[start : start + 10]) == []

    def _failed(self, bodies: Sequence[str]) -> list[object]:
        messages = [
            {"MessageId": f"m-{n}", "ReceiptHandle": "r", "Body": body} for n, body in enumerate(bodies)
        ]
        event = {"Records": [record(each, "arn:aws:sqs:us-east-1:0:mail-events") for each in messages]}
        answer = app.handler_map["mail_events"](event, LambdaContext("mail_events", 512))
        return list(answer["batchItemFailures"])

    # What is true.

    def letter(self, email: str) -> Letter:
        key = self.runtime.secrets.current().derived("letters")
        found = self.runtime.letters.letter(letter_id(SLUG, OFFICE, address(email), key), self.now())
        assert found is not None
        return found

    def copies(self, email: str) -> int:
        with self.world.pace.lock:
            return self.world.world.copies_of("letter", self.letter(email).id)

    def told(self, email: str) -> list[str]:
        """The kinds of mail the writer has."""
        with self.world.pace.lock:
            return [mail.tag("mail") for mail in self.world.world.letters_in(email)]

    def difference(self) -> int:
        """Ledger against tally: 0, always."""
        tally = self.runtime.store.tally(SLUG, Channel.LETTERS)
        return counts.difference(counts.counted(self.runtime.store.actions()), tally)


@pytest.fixture(scope="module")
def post() -> Iterator[PostOffice]:
    ministack = needs("ministack")
    with ExitStack() as stack:
        endpoint = stack.enter_context(aws.running(MINISTACK_PORT, ministack=ministack))
        yield PostOffice(stack, endpoint)


@pytest.fixture(scope="module")
def rows(figure: Figure) -> Iterator[list[tuple[str, ...]]]:
    """One row a story, printed when the last one is through."""
    found: list[tuple[str, ...]] = []
    yield found
    table = Table("worker killed", "events", "redelivered", "copies", "end", "known after, min")
    for row in found:
        table.add_row(*row)
    figure(table)


@pytest.mark.parametrize("events", ["at once", "late and twice"])
@pytest.mark.parametrize("checkpoint", CHECKPOINTS, ids=lambda point: point.name)
def test_d10_a_killed_worker_sends_nothing_twice_and_leaves_no_letter_unknown(
    post: PostOffice, rows: list[tuple[str, ...]], checkpoint: Checkpoint, events: str
) -> None:
    email, worker = post.written(), post.crew.worker()
    for wiretap in (post.aws_tap, post.ses_tap):
        wiretap.kill_at(worker.process, checkpoint)

    post.use(worker.queue)
    post.confirm(email)
    assert worker.process.wait(60) == -signal.SIGKILL
    again = redelivered(post.crew.healthy(worker.queue))
    minutes = post.settle(email, worker.queue, is_late=events != "at once")

    letter, copies = post.letter(email), post.copies(email)
    came = "yes" if again else "no"
    rows.append((checkpoint.name, events, came, str(copies), letter.state, f"{minutes:g}"))
    assert again, "the message did not come back"
    assert (copies, MAILBOXES[OFFICE] in letter.recipients[0].address) == (1, True)
    assert len(post.told(email)) == len(set(post.told(email))), "a mail to the writer came twice"
    assert (letter.outcome, post.difference(), post.world.world.complaints) == ("delivered", 0, [])
