"""The queue of calls to place, and of codes and replies to text: holds ids, never a number, a code or a text."""

import json
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY = 900
"""Seconds SQS can hold a message back; a call further off is put back when it comes too early."""


@dataclass(frozen=True, slots=True)
class BookedCall:
    """A message: the booking whose occurrence `at` has come."""

    booking_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CodeText:
    """A message: the text with the `number`-th code that was made under `name`, a call's id or a booking's name."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A message: the text that a form asked for, by its id."""

    id: str


class RingQueue:
    """One SQS queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        """Keep the client and the queue's address."""
        self._client, self._url = client, url

    def send(self, call_id: str, delay: float) -> None:
        """Ask for this call to be placed in `delay` seconds. A repeat is harmless: placing claims first."""
        self._send({"call_id": call_id}, delay)

    def send_booked(self, booked: BookedCall, delay: float) -> None:
        """Ask for this booked call in `delay` seconds. A repeat is harmless: an occurrence becomes one call."""
        self._send({"booking": booked.booking_id, "at": booked.at.isoformat()}, delay)

    def send_code(self, text: CodeText, delay: float) -> None:
        """Ask for this text in `delay` seconds. A repeat is harmless: texting claims first."""
        self._send({"code_for": text.name, "number": str(text.number)}, delay)

    def send_reply(self, text: ReplyText, delay: float = 0) -> None:
        """Ask for this text in `delay` seconds. A repeat is harmless: texting claims first."""
        self._send({"reply": text.id}, delay)

    def _send(self, message: dict[str, str], delay: float) -> None:
        seconds = min(LONGEST_DELAY, max(0, ceil(delay)))
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(message), DelaySeconds=seconds)


def asked_in(body: str) -> str | BookedCall | CodeText | ReplyText:
    """Return what a message asks for: the id of a call to place, a booked call, or a code or a reply to text.

    Raises:
        ValueError: it holds neither; the message is poison and belongs in the dead-letter queue.
    """
    try:
        message = json.loads(body)
        if "booking" in message:
            return BookedCall(str(message["booking"]), datetime.fromisoformat(message["at"]))
        if "code_for" in message:
            return CodeText(str(message["code_for"]), int(message["number"]))
        if "reply" in message:
            return ReplyText(str(message["reply"]))
        call_id = message["call_id"]
    except (KeyError, TypeError) as error:
        raise ValueError("a ring message without a call id") from error
    if not isinstance(call_id, str):
        raise ValueError("a ring message whose call id is none")  # noqa: TRY004 - poison, whatever its shape
    return call_id
