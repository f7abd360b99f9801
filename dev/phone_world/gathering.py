"""Gather: listening for keys.

Promises: keys count from the first word (the prompts stop at the first key); `numDigits` or the finish
key end it at once, silence ends it `timeout` seconds after the last prompt or key; keys go to the
action, no keys go on to the next verb unless `actionOnEmptyResult`. Refuses to know: what keys mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev.phone_world import acting, exchange, interpreter
from dev.phone_world.calls import Call, Hook
from dev.phone_world.people import Moment
from dev.phone_world.verbs import Gather

if TYPE_CHECKING:
    from dev.phone_world.world import World


@dataclass(slots=True, eq=False)
class Listening:
    """One Gather at work."""

    world: World
    call: Call
    verb: Gather
    digits: str = ""


def start(world: World, call: Call, verb: Gather) -> None:
    """Begin to listen, and to speak the prompts."""
    ear = Listening(world, call, verb)
    call.listening = True
    call.on_key = lambda key: _hear(ear, key)
    acting.notice(world, call, Moment.ASKED)
    _prompt(ear, 0)


def _prompt(ear: Listening, index: int) -> None:
    if index < len(ear.verb.prompts):
        interpreter.speak(ear.world, ear.call, ear.verb.prompts[index], lambda: _prompt(ear, index + 1))
    else:
        exchange.wait(ear.world, ear.call, ear.verb.timeout, lambda: _time_is_up(ear))


def _hear(ear: Listening, key: str) -> None:
    exchange.hush(ear.call)
    if key == ear.verb.finish_on_key:
        _finish(ear, key)
        return
    ear.digits += key
    if ear.verb.num_digits is not None and len(ear.digits) >= ear.verb.num_digits:
        _submit(ear)
    else:
        exchange.wait(ear.world, ear.call, ear.verb.timeout, lambda: _time_is_up(ear))


def _finish(ear: Listening, key: str) -> None:
    """Twilio's pages disagree about a finish key with nothing before it: see `Rules.lone_finish_key_posts`."""
    if ear.digits or ear.world.rules.lone_finish_key_posts:
        _submit(ear, key)
    else:
        _time_is_up(ear)


def _time_is_up(ear: Listening) -> None:
    if ear.digits or ear.verb.action_on_empty_result:
        _submit(ear)
    else:
        interpreter.proceed(ear.world, ear.call)


def _submit(ear: Listening, finished_on: str = "") -> None:
    exchange.calm(ear.call)
    url = interpreter.address(ear.world, ear.call, ear.verb.action)
    if url is None:
        return
    extra = {"Digits": ear.digits, "FinishedOnKey": finished_on, "msg": "Gather End"}
    interpreter.fetch(ear.world, ear.call, Hook(url, ear.verb.method), "gather", extra)
