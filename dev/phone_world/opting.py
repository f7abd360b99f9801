"""Twilio's own opt-out: who texted it one of its words, and whom it lets nobody text.

Promises: a block covers the number that was texted, or the whole Messaging Service that the number is in;
a stop is answered once, a start lifts the block. Refuses to know: what the app thinks of the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dev.phone_world.keywords import ANSWERS, START, STOP

if TYPE_CHECKING:
    from dev.phone_world.texts import Text
    from dev.phone_world.world import World

BLOCKED = 21610
BLOCKED_MESSAGE = "Attempt to send to unsubscribed recipient"


def is_blocked(world: World, person: str, number: str) -> bool:
    """Whether `person` has stopped what comes from our `number`."""
    return (person, _sender(world, number)) in world.stopped


def heard(world: World, text: Text) -> str:
    """Take a person's text as Twilio does before any webhook: what it means (empty: nothing to Twilio)."""
    words = world.rules.keywords
    return words.meaning(text.body) if words is not None else ""


def obey(world: World, text: Text, meaning: str) -> str:
    """Block or let through whoever sent `text`; the automatic answer, empty if there is none.

    Not documented, so taken for granted here: a second stop has no answer, START has one always.
    """
    pair = (text.from_, _sender(world, text.to))
    was_stopped = pair in world.stopped
    if meaning == STOP:
        world.stopped.add(pair)
    elif meaning == START:
        world.stopped.discard(pair)
    return "" if meaning == STOP and was_stopped else ANSWERS.get(meaning, "")


def opt_out_type(world: World, text: Text, meaning: str) -> str:
    """OptOutType of the webhook: only with Advanced Opt-Out, which belongs to a Messaging Service."""
    words = world.rules.keywords
    is_advanced = words is not None and words.advanced and bool(world.numbers[text.to].service)
    return meaning if is_advanced else ""


def _sender(world: World, number: str) -> str:
    ours = world.numbers.get(number)
    return (ours.service if ours is not None else "") or number
