"""The pump: plays Lambda's event sources against the app's own functions.

Promises what AWS promises: a queue's messages come at least once, in batches; those that failed (all of
them after an error, only the named ones in a partial answer) stay on the queue and return by its own
visibility time, until its own redrive policy parks them; a schedule calls again and again. Refuses to know
what the functions do, and to print what they were given: an error is its kind and its place.
"""

import threading
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self

from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import ScheduledEventConfig, SQSEventConfig
from chalice.local import LambdaContext

ROOT = Path(__file__).resolve().parent.parent
REGION = "us-east-1"
BATCH = 10
"""Messages at most: SQS hands out no more at once."""
POLL_SECONDS = 1
"""How long one long poll waits; also the longest a stop has to wait for it."""
RETRY_SECONDS = 1.0
TIMEOUT_MS = 30_000
UNITS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}

Function = Callable[[dict[str, Any], LambdaContext], Any]
Say = Callable[[str], None]


class Source(Protocol):
    """Something that calls a function: `turn` once, and `rest` seconds between turns."""

    name: str
    rest: float

    def turn(self) -> int:
        """Call the function if there is cause; return how many messages (or times) it was given."""


@dataclass
class Complaints:
    """Says each thing once, however often it happens."""

    say: Say
    said: set[str] = field(default_factory=set)

    def once(self, sentence: str) -> None:
        """Say a sentence unless it was said before."""
        if sentence not in self.said:
            self.said.add(sentence)
            self.say(sentence)

    def about(self, name: str, error: Exception, what_now: str) -> None:
        """Say that a function failed: the kind of error and its place, never its text."""
        self.once(f"{name} failed: {type(error).__name__} {place_of(error)}. {what_now}")


class QueueSource:
    """An SQS queue that calls a function, as Lambda's poller does with ReportBatchItemFailures."""

    rest = 0.0

    def __init__(
        self, name: str, function: Function, sqs: Any, url: str, *, batch: int = BATCH, say: Say = print
    ) -> None:
        """Ask the queue for its ARN, which every event carries."""
        self.name = name
        self._function = function
        self._sqs = sqs
        self._url = url
        self._batch = min(batch, BATCH)
        self._complaints = Complaints(say)
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        self._arn: str = found["Attributes"]["QueueArn"]

    def turn(self) -> int:
        """Take one batch, call the function with it, delete what did not fail; return the batch's size."""
        messages = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._batch,
            WaitTimeSeconds=POLL_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            self._delete(messages, self._failed(messages))
        return len(messages)

    def _failed(self, messages: Sequence[Mapping[str, Any]]) -> set[str]:
        """Return the ids of the messages that must come again."""
        everything = {message["MessageId"] for message in messages}
        records = [record(message, self._arn) for message in messages]
        try:
            answer = self._function({"Records": records}, _context(self.name))
            return failures(answer, everything)
        except Exception as error:  # noqa: BLE001 - the edge: Lambda, too, survives what its function does
            self._complaints.about(self.name, error, "Its messages go back on the queue.")
            return everything

    def _delete(self, messages: Sequence[Mapping[str, Any]], failed: set[str]) -> None:
        entries = [
            {"Id": str(position), "ReceiptHandle": message["ReceiptHandle"]}
            for position, message in enumerate(messages)
            if message["MessageId"] not in failed
        ]
        if entries:
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)


class ScheduleSource:
    """A schedule that calls a function every `rest` seconds."""

    def __init__(self, name: str, function: Function, seconds: float, *, say: Say = print) -> None:
        """Keep the function; the first call comes with the first turn."""
        self.name = name
        self.rest = seconds
        self._function = function
        self._complaints = Complaints(say)

    def turn(self) -> int:
        """Call the function now. An error is said, and the next call comes in its time."""
        try:
            self._function(scheduled(self.name, datetime.now(UTC)), _context(self.name))
        except Exception as error:  # noqa: BLE001 - the edge, as above
            self._complaints.about(self.name, error, "It is called again in its time.")
        return 1


class Pump:
    """All sources, each in a thread of its own."""

    def __init__(self, sources: Sequence[Source], say: Say = print) -> None:
        """Keep the sources; nothing is called yet."""
        self._stopping = threading.Event()
        self._complaints = Complaints(say)
        self._threads = [
            threading.Thread(target=self._run, args=(source,), name=f"pump {source.name}", daemon=True)
            for source in sources
        ]

    def start(self) -> None:
        """Call the functions from now on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each function finish what it has begun, and call none again."""
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(TIMEOUT_MS / 1000)

    @property
    def is_running(self) -> bool:
        """Whether every source still calls."""
        return all(thread.is_alive() for thread in self._threads)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, source: Source) -> None:
        while not self._stopping.is_set():
            try:
                source.turn()
                self._stopping.wait(source.rest)
            except (BotoCoreError, ClientError) as error:
                self._unreachable(source.name, error)

    def _unreachable(self, name: str, error: Exception) -> None:
        if not self._stopping.wait(RETRY_SECONDS):
            self._complaints.once(f"The queue of {name} can't be reached: {type(error).__name__}. Trying on.")


def sources(
    app: Any, sqs: Any, environment: Mapping[str, str], *, every: Mapping[str, float], say: Say = print
) -> list[Source]:
    """Return a source for each queue and schedule the app declares.

    The queue of function `ring` is the URL in PATCHTHROUGH_QUEUE_RING. `every` overrides a schedule's own
    time, in seconds. Raises ValueError for a declaration this pump can't play, so that none stays silent.
    """
    found: list[Source] = []
    for declared in app.event_sources:
        function = app.handler_map[declared.name]
        match declared:
            case SQSEventConfig():
                url = _queue_url(declared.name, environment)
                found.append(
                    QueueSource(declared.name, function, sqs, url, batch=declared.batch_size, say=say)
                )
            case ScheduledEventConfig():
                seconds = every.get(declared.name) or seconds_of(declared.schedule_expression)
                found.append(ScheduleSource(declared.name, function, seconds, say=say))
            case _:
                raise ValueError(f"{declared.name}: the pump plays queues and schedules only.")
    return found


def _queue_url(name: str, environment: Mapping[str, str]) -> str:
    variable = f"PATCHTHROUGH_QUEUE_{name.upper()}"
    if variable not in environment:
        raise ValueError(f"{name} reads a queue, but {variable} is not set.")
    return environment[variable]


def seconds_of(expression: Any) -> float:
    """Return the seconds between two calls of a rate like "rate(5 minutes)". Raises ValueError for others."""
    text = expression if isinstance(expression, str) else expression.to_string()
    number, _, unit = text.removeprefix("rate(").removesuffix(")").partition(" ")
    if not text.startswith("rate(") or not number.isdigit() or unit.removesuffix("s") not in UNITS:
        raise ValueError(f"The pump plays rates only, not {text}.")
    return int(number) * UNITS[unit.removesuffix("s")]


def failures(answer: object, everything: set[str]) -> set[str]:
    """Read a function's answer as Lambda does: nothing named, nothing failed; an odd answer, all failed."""
    if answer is None or answer == "":
        return set()
    if not isinstance(answer, Mapping):
        return everything
    named = answer.get("batchItemFailures") or []
    if not isinstance(named, list) or not all(isinstance(item, Mapping) for item in named):
        return everything
    ids = {item.get("itemIdentifier") for item in named}
    return everything if ids - everything else ids


def record(message: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """Turn a received message into a record of Lambda's SQS event."""
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: part for name, part in value.items()}


def scheduled(name: str, now: datetime) -> dict[str, Any]:
    """Make the event a schedule sends."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:000000000000:rule/{name}"],
        "detail": {},
    }


def place_of(error: BaseException) -> str:
    """Say where an error was raised: the last line of ours it went through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).is_relative_to(ROOT) and "site-packages" not in f.filename]
    last = (ours or list(frames))[-1]
    path = Path(last.filename)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    return f"at {shown}:{last.lineno}"


def _context(name: str) -> LambdaContext:
    return LambdaContext(name, memory_size=512, max_runtime_ms=TIMEOUT_MS)
