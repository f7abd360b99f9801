"""What a message of each queue asks for, in a word; never of whom or what it is about."""

import json
from collections.abc import Callable

from chalicelib.adapters import alert_queue, letter_queue, ring_queue
from chalicelib.adapters.letter_queue import WriterMail
from chalicelib.adapters.ring_queue import BookedCall, CodeText, ReplyText
from chalicelib.domain.ses_events import NotAnEvent, read

RINGS = {
    BookedCall: "booked call",
    CodeText: "code by text",
    ReplyText: "reply by text",
    str: "call to place",
}
LONGEST = 24
"""Characters of SES's own word for an event that are shown: it could be anything."""


def kind_of(queue: str, body: str) -> str | None:
    """Return what a message asks for; None: no worker could read it."""
    try:
        return KINDS[queue](body)
    except (ValueError, NotAnEvent, RecursionError, KeyError, TypeError):
        return None


def is_known(queue: str, body: str) -> bool:
    """Whether the queue's worker can read a message."""
    return kind_of(queue, body) is not None


def _ring(body: str) -> str:
    return RINGS[type(ring_queue.asked_in(body))]


def _letters(body: str) -> str:
    asked = letter_queue.asked_in(body)
    return f"mail to a writer: {asked.kind.value}" if isinstance(asked, WriterMail) else "letter to look at"


def _mail_events(body: str) -> str:
    word = read(json.loads(body)).kind
    return f"SES tells: {word}" if word.isalpha() and len(word) <= LONGEST else "SES tells something"


def _alerts(body: str) -> str:
    alert_queue.asked_in(body)
    return "turn of an alert"


KINDS: dict[str, Callable[[str], str]] = {
    "ring": _ring,
    "letters": _letters,
    "mail_events": _mail_events,
    "alerts": _alerts,
}
"""Queue, by our name → how its messages are read."""
