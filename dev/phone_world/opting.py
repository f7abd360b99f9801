"""Opting out before any app hears of it: who texted one of the words, and whom Twilio lets nobody text.

Promises: a block covers the number that was texted, or the whole Messaging Service that the number is in (the
toll-free network's only the number); a stop is answered once, a start lifts the block. Refuses to know: what the
app thinks of the same text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev.phone_world.keywords import START, STOP, Keywords, Kind, in_force, kind_of

if TYPE_CHECKING:
    from dev.phone_world.texts import Text
    from dev.phone_world.world import World

BLOCKED = 21610
BLOCKED_MESSAGE = "Attempt to send to unsubscribed recipient"


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What was made of a person's text before any webhook."""

    answers: tuple[str, ...] = ()
    told: str = ""
    """OptOutType of the webhook: only with Advanced Opt-Out, and only for a word that it matched itself."""


def is_blocked(world: World, person: str, number: str) -> bool:
    """Whether `person` has stopped what comes from our `number`."""
    return (person, _sender(world, number)) in world.stopped


def obey(world: World, text: Text) -> Obeyed:
    """Take a person's text: block whoever sent it, or let them through, and say how they are answered.

    Not documented, so taken for granted here: a second stop has no answer, START has one always; the toll-free
    network's STOP is told without an OptOutType.
    """
    words = in_force(text.to, world.rules.keywords, world.numbers[text.to].service)
    meaning = words.meaning(text.body) if words is not None else ""
    if words is None or not meaning:
        return Obeyed()
    pair = (text.from_, _sender(world, text.to))
    was_stopped = pair in world.stopped
    if meaning == STOP:
        world.stopped.add(pair)
    elif meaning == START:
        world.stopped.discard(pair)
    return Obeyed(_answers(words, meaning, text, was_stopped=was_stopped), _told(words, meaning, text))


def _answers(words: Keywords, meaning: str, text: Text, *, was_stopped: bool) -> tuple[str, ...]:
    """Whoever stopped is told so once; the toll-free network lets not even a HELP be answered then."""
    is_silent = meaning == STOP or (meaning != START and kind_of(text.to) is Kind.TOLL_FREE)
    return () if was_stopped and is_silent else words.answers(text.body)


def _told(words: Keywords, meaning: str, text: Text) -> str:
    is_the_networks = meaning == STOP and kind_of(text.to) is Kind.TOLL_FREE
    return meaning if words.advanced and not is_the_networks else ""


def _sender(world: World, number: str) -> str:
    """What a block is about: a number, or a Messaging Service."""
    ours = world.numbers.get(number)
    if ours is None or kind_of(number) is Kind.TOLL_FREE:
        return number
    return ours.service or number
