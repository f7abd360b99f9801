"""How an office line answers.

Promises: rings, greeting, hanging up, exactly as the OfficeLine says. Refuses to know: who called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dev.phone_world.calls import Call
from dev.phone_world.offices import PICKED_UP, Answer, OfficeLine

if TYPE_CHECKING:
    from dev.phone_world.world import World

GREETS_AFTER = 0.5
MENU_ANSWERS_AFTER = 1.0
MENU_ANSWER = "Thank you. Please hold."


def ring(world: World, call: Call, line: OfficeLine) -> None:
    """An office's phone rings; somebody or something may pick it up."""
    if line.answers in PICKED_UP:
        world.after(line.ring_seconds, lambda: world.answer_call(call))


def pick_up(world: World, call: Call, line: OfficeLine) -> None:
    """The line was picked up: it greets, and hangs up in its time."""
    greeting = line.greeting or OfficeLine(line.number, Answer.PERSON).greeting
    world.after(GREETS_AFTER, lambda: world.speak_on(call, greeting))
    if line.hangs_up_after is not None:
        world.after(line.hangs_up_after, lambda: world.put_down(call))


def hear_key(world: World, call: Call, line: OfficeLine) -> None:
    """A key reached the office: only a phone menu reacts."""
    if line.answers is Answer.PHONE_MENU:
        world.after(MENU_ANSWERS_AFTER, lambda: world.speak_on(call, MENU_ANSWER))
