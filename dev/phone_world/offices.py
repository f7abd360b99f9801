"""Office lines: how they answer.

Promises: each kind of answer a caller can meet, with its seconds and words, as one frozen value.
Refuses to know: who calls and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """How a line answers; the words are the hands-on page's."""

    PERSON = "A person"
    VOICEMAIL = "Voicemail"
    BUSY = "Busy"
    RINGS_OUT = "Rings out"
    PHONE_MENU = "Phone menu"
    FULL_VOICEMAIL = "Full voicemail"
    WRONG_NUMBER = "Wrong number"
    CANT_CONNECT = "Can’t connect"


GREETINGS = {
    Answer.PERSON: "Field office, how can I help you?",
    Answer.VOICEMAIL: "You have reached the field office. Please leave a message after the tone.",
    Answer.PHONE_MENU: "For English, press 1. To reach an officer, press 2. Or stay on the line.",
    Answer.FULL_VOICEMAIL: "The mailbox is full and cannot take messages. Goodbye.",
    Answer.WRONG_NUMBER: "Hello? No, this is a private number. You have the wrong number.",
}
PICKED_UP = frozenset(GREETINGS)

HANGS_UP_SOON = {Answer.FULL_VOICEMAIL: 6.0, Answer.WRONG_NUMBER: 5.0}
"""Seconds after which these hang up, whatever `talk_seconds` says."""


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One phone line of an office.

    `ring_seconds`: how long it rings before it is picked up; `talk_seconds`: how long until the office
    hangs up, None for never. `first`: how the next calls are answered, one each, before `answers` holds.
    `at_once`: how many calls the line takes at the same time (more meet busy); None: any number.
    """

    number: str
    answers: Answer = Answer.PERSON
    ring_seconds: float = 4.0
    talk_seconds: float | None = 45.0
    name: str = ""
    first: tuple[Answer, ...] = ()
    at_once: int | None = None

    @property
    def hangs_up_after(self) -> float | None:
        """Seconds from picking up to the office's hanging up; None if it waits for the caller."""
        return HANGS_UP_SOON.get(self.answers, self.talk_seconds)

    @property
    def greeting(self) -> str:
        """What is heard first; empty for a line that nobody picks up."""
        return GREETINGS.get(self.answers, "")
