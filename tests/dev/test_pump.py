"""The pump plays Lambda's event sources: batches, partial failures, redelivery, redrive, schedules."""

import json
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from chalice.app import Chalice, Cron, Rate
from moto import mock_aws

from dev.pump import Pump, QueueSource, ScheduleSource, failures, seconds_of, sources

AT_ONCE = {"VisibilityTimeout": "0"}
"""A message that was taken and not deleted is there again at the next turn."""


class Queue:
    def __init__(self, sqs: Any, **attributes: str) -> None:
        self.sqs = sqs
        self.dead = sqs.create_queue(QueueName="ring-dead")["QueueUrl"]
        self.url = sqs.create_queue(QueueName="ring", Attributes=AT_ONCE | attributes)["QueueUrl"]

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def park_after(self, times: int) -> None:
        names = {"QueueUrl": self.dead, "AttributeNames": ["QueueArn"]}
        arn = self.sqs.get_queue_attributes(**names)["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": times})
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"RedrivePolicy": policy})

    def left(self, url: str | None = None) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url or self.url, AttributeNames=names)["Attributes"]
        return sum(map(int, found.values()))


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    assert "AWS_ENDPOINT_URL" not in os.environ
    with mock_aws():
        yield Queue(boto3.client("sqs", region_name="us-east-1"))


class Worker:
    """A Chalice app whose one queue function fails as told, by message body."""

    def __init__(self) -> None:
        self.app: Any = Chalice("sample", configure_logs=False)
        self.seen: list[str] = []
        self.bad: set[str] = set()
        self.breaks = False
        self.ticks = 0
        arn = "arn:aws:sqs:us-east-1:123456789012:placeholder"

        @self.app.on_sqs_message(queue_arn=arn, batch_size=10)
        def ring(event: Any) -> dict[str, Any]:
            return self.work(event)

        @self.app.schedule(Rate(1, unit=Rate.MINUTES))
        def reconcile(_event: Any) -> None:
            self.ticks += 1

    def work(self, event: Any) -> dict[str, Any]:
        records = event.to_dict()["Records"]
        self.seen += [record["body"] for record in records]
        if self.breaks:
            raise RuntimeError("+14045550123 must not be printed")
        named = [{"itemIdentifier": r["messageId"]} for r in records if r["body"] in self.bad]
        return {"batchItemFailures": named}


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def source(worker: Worker, queue: Queue, said: list[str]) -> QueueSource:
    return QueueSource("ring", worker.app.handler_map["ring"], queue.sqs, queue.url, say=said.append)


def test_what_succeeded_is_deleted(worker: Worker, queue: Queue, source: QueueSource) -> None:
    queue.send("a", "b", "c")
    source.turn()
    assert (sorted(worker.seen), queue.left()) == (["a", "b", "c"], 0)


def test_only_the_named_messages_come_again(worker: Worker, queue: Queue, source: QueueSource) -> None:
    queue.send("a", "b", "c")
    worker.bad = {"b"}
    source.turn()
    assert queue.left() == 1
    worker.bad = set()
    source.turn()
    assert (sorted(worker.seen), queue.left()) == (["a", "b", "b", "c"], 0)


def test_an_error_keeps_the_whole_batch_and_is_said_once_without_its_text(
    worker: Worker, queue: Queue, source: QueueSource, said: list[str]
) -> None:
    queue.send("a", "b")
    worker.breaks = True
    source.turn()
    source.turn()
    assert queue.left() == 2
    assert len(said) == 1
    assert said[0].startswith("ring failed: RuntimeError at tests/dev/test_pump.py:")
    assert "555" not in said[0]


def test_the_queues_own_policy_parks_what_keeps_failing(
    worker: Worker, queue: Queue, source: QueueSource
) -> None:
    queue.park_after(2)
    queue.send("a")
    worker.bad = {"a"}
    turns = [source.turn() for _ in range(3)]
    assert (turns, worker.seen) == ([1, 1, 0], ["a", "a"])
    assert (queue.left(), queue.left(queue.dead)) == (0, 1)


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ("", set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, {"1"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"1", "2"}),
        ({"batchItemFailures": [{"itemIdentifier": "9"}]}, {"1", "2"}),
        ({"batchItemFailures": [{"other": "1"}]}, {"1", "2"}),
        ({"batchItemFailures": ["1"]}, {"1", "2"}),
        ({"batchItemFailures": "1"}, {"1", "2"}),
        ([], {"1", "2"}),
    ],
)
def test_an_answer_is_read_as_lambda_reads_it(answer: object, failed: set[str]) -> None:
    assert failures(answer, {"1", "2"}) == failed


def test_the_app_says_which_functions_are_called(worker: Worker, queue: Queue) -> None:
    environment = {"PATCHTHROUGH_QUEUE_RING": queue.url}
    found = sources(worker.app, queue.sqs, environment, every={})
    assert [(source.name, source.rest) for source in found] == [("ring", 0.0), ("reconcile", 60.0)]
    found = sources(worker.app, queue.sqs, environment, every={"reconcile": 5})
    assert [source.rest for source in found] == [0.0, 5]


def test_a_queue_function_without_a_queue_is_an_error(worker: Worker, queue: Queue) -> None:
    with pytest.raises(ValueError, match="PATCHTHROUGH_QUEUE_RING is not set"):
        sources(worker.app, queue.sqs, {}, every={})


def test_a_source_the_pump_cannot_play_is_an_error_not_silence(worker: Worker, queue: Queue) -> None:
    @worker.app.on_sns_message(topic="news")
    def news(_event: Any) -> None: ...

    with pytest.raises(ValueError, match="news: the pump plays queues and schedules only"):
        sources(worker.app, queue.sqs, {"PATCHTHROUGH_QUEUE_RING": queue.url}, every={})


def test_rates_are_seconds_and_other_schedules_an_error() -> None:
    assert [seconds_of(Rate(2, unit=Rate.HOURS)), seconds_of("rate(1 day)")] == [7200, 86400]
    for expression in (Cron(0, 1, "*", "*", "?", "*"), "rate(soon)", "rate(1 week)"):
        with pytest.raises(ValueError, match="rates only"):
            seconds_of(expression)


def test_a_schedule_goes_on_after_an_error(said: list[str]) -> None:
    calls: list[dict[str, Any]] = []

    def reconcile(event: dict[str, Any], _context: object) -> None:
        calls.append(event)
        raise KeyError("secret")

    source = ScheduleSource("reconcile", reconcile, 60, say=said.append)
    source.turn()
    source.turn()
    assert (len(calls), len(said), "secret" in said[0]) == (2, 1, False)
    assert calls[0]["detail-type"] == "Scheduled Event"


class Ticking:
    name = "tick"
    rest = 0.01

    def __init__(self) -> None:
        self.turns = 0
        self.enough = threading.Event()
        self.error: Exception | None = None

    def turn(self) -> int:
        self.turns += 1
        if self.turns >= 3:
            self.enough.set()
        if self.error:
            raise self.error
        return 1


def test_a_stopped_pump_calls_nothing_again() -> None:
    ticking = Ticking()
    pump = Pump([ticking])
    pump.start()
    assert ticking.enough.wait(5)
    assert pump.is_running
    pump.stop()
    turns = ticking.turns
    time.sleep(0.1)
    assert (ticking.turns, pump.is_running) == (turns, False)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_source_that_breaks_is_seen() -> None:
    ticking = Ticking()
    ticking.error = RuntimeError("broken")
    pump = Pump([ticking])
    pump.start()
    for _ in range(100):
        if not pump.is_running:
            return
        time.sleep(0.02)
    pytest.fail("a dead source went unnoticed")
