"""The queue of letters and of mail to their writers: holds ids and moments, never a name, an address or a word."""

import json
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from chalicelib.domain.letter_events import MailKind

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY = 900
"""Seconds SQS can hold a message back. What is further off waits in the list of letters that fall due."""


@dataclass(frozen=True, slots=True)
class LetterTurn:
    """A message: look at this letter now.

    `turn` is the turn of the account that it was given, `throttles` how often SES has said "later".
    """

    letter: str
    turn: datetime | None = None
    throttles: int = 0


@dataclass(frozen=True, slots=True)
class WriterMail:
    """A message: the mail `id` to the writer of this letter. `turn` and `throttles` as above."""

    id: str
    kind: MailKind
    letter: str
    turn: datetime | None = None
    throttles: int = 0


class LetterQueue:
    """One SQS queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        """Keep the client and the queue's address."""
        self._client, self._url = client, url

    def send(self, asked: LetterTurn | WriterMail, delay: float) -> None:
        """Ask for this in `delay` seconds (900 at most). A repeat is harmless: both claim first."""
        seconds = min(LONGEST_DELAY, max(0, ceil(delay)))
        body = json.dumps(_message(asked))
        self._client.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=seconds)


def asked_in(body: str) -> LetterTurn | WriterMail:
    """Return what a message asks for.

    Raises:
        ValueError: it holds neither; the message is poison and belongs in the dead-letter queue.
    """
    try:
        message = json.loads(body)
        letter, throttles = str(message["letter"]), int(message.get("throttles", 0))
        turn = datetime.fromisoformat(message["turn"]) if "turn" in message else None
        if "mail" in message:
            return WriterMail(str(message["mail"]), MailKind(message["kind"]), letter, turn, throttles)
        return LetterTurn(letter, turn, throttles)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("a message about no letter") from error


def _message(asked: LetterTurn | WriterMail) -> dict[str, str | int]:
    turn = {"turn": asked.turn.isoformat()} if asked.turn else {}
    throttles = {"throttles": asked.throttles} if asked.throttles else {}
    mail = {"mail": asked.id, "kind": asked.kind.value} if isinstance(asked, WriterMail) else {}
    return {"letter": asked.letter} | mail | turn | throttles
