"""Carrying out TwiML on a leg.

Promises: one verb at a time, as Twilio documents it; an answer that comes after the caller moved on or
hung up is ignored; anything wrong goes to the fallback address if there is one, else the caller hears
Twilio's own apology and the call ends. Refuses to know: how Gather and Dial work inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

from dev.phone_world import acting, dialing, exchange, gathering, webhooks
from dev.phone_world.calls import BUSY, COMPLETED, RINGING, Call, Hook
from dev.phone_world.courier import Outcome
from dev.phone_world.faults import Trouble
from dev.phone_world.forms import call_fields
from dev.phone_world.people import Moment
from dev.phone_world.twiml import TwimlError, parse, parse_document
from dev.phone_world.verbs import (
    Dial,
    Gather,
    Hangup,
    Message,
    Pause,
    Play,
    Prompt,
    Redirect,
    Reject,
    Say,
)

if TYPE_CHECKING:
    from dev.phone_world.world import World

WORDS_PER_SECOND = 165 / 60
APOLOGY = "We are sorry, an application error has occurred. Goodbye."
CODES = {
    Trouble.REFUSED: 11205,
    Trouble.CONNECT_TIMEOUT: 11205,
    Trouble.READ_TIMEOUT: 11200,
    Trouble.TOTAL_TIMEOUT: 11203,
}
REDIRECTION, CLIENT_ERROR = 300, 400
BAD_ANSWER = 11217
NOT_FETCHED = 11200


def begin(world: World, call: Call) -> None:
    """A call of the REST side was answered: fetch its address, or carry out the TwiML it was given."""
    if call.answer_hook.url:
        fetch(world, call, call.answer_hook, "answered")
        return
    exchange.calm(call)
    _try(world, call, call.here, lambda: parse_document(call.twiml))


def fetch(world: World, call: Call, hook: Hook, label: str, extra: Mapping[str, str] | None = None) -> None:
    """Ask the app what to do next; its answer takes over the call."""
    exchange.calm(call)
    turn = call.turn
    fields = call_fields(world.account_sid, call) | dict(extra or {})
    webhook = webhooks.Webhook(webhooks.TWIML, label, hook.method, hook.url, fields, call.sid)
    webhooks.send(world, webhook, lambda outcome: _heard(world, call, turn, hook, outcome))


def _heard(world: World, call: Call, turn: int, hook: Hook, outcome: Outcome) -> None:
    if call.is_over or call.turn != turn:
        return
    if outcome.trouble is not None:
        _stumble(world, call, hook, CODES[outcome.trouble], outcome.trouble.value)
    elif outcome.status is None or outcome.status >= CLIENT_ERROR:
        _stumble(world, call, hook, BAD_ANSWER, f"the app answered {outcome.status}")
    elif outcome.status >= REDIRECTION:
        world.complain(
            NOT_FETCHED, f"the app answered {outcome.status}: no redirects here", call.sid, hook.url
        )
        _stumble(world, call, hook, NOT_FETCHED, f"the app answered {outcome.status}")
    else:
        _try(world, call, hook, lambda: parse(outcome.content_type, outcome.body))


def _try(world: World, call: Call, hook: Hook, read: Callable[[], tuple[Any, ...]]) -> None:
    try:
        program = read()
    except TwimlError as error:
        world.complain(error.code, error.message, call.sid, hook.url)
        _stumble(world, call, hook, error.code, error.message)
        return
    call.program, call.position = program, 0
    call.here = Hook(urldefrag(hook.url).url, hook.method)
    proceed(world, call)


def stumble(world: World, call: Call, code: int, message: str) -> None:
    """A verb cannot be carried out: complain, then go the way of every error."""
    world.complain(code, message, call.sid, call.here.url)
    _stumble(world, call, call.here, code, message)


def _stumble(world: World, call: Call, hook: Hook, code: int, message: str) -> None:
    world.alert(code, message, call.sid, hook.url)
    if call.fallback.url and urldefrag(hook.url).url != urldefrag(call.fallback.url).url:
        extra = {"ErrorCode": str(code), "ErrorUrl": hook.url}
        fetch(world, call, call.fallback, "fallback", extra)
        return
    _pick_up_if_ringing(world, call)
    call.on_program_end = None
    call.program, call.position = (Say(APOLOGY),), 0
    proceed(world, call)


def proceed(world: World, call: Call) -> None:
    """Carry out the next verb; at the end of the document, hang up."""
    exchange.calm(call)
    if call.is_over:
        return
    if call.position < len(call.program):
        verb = call.program[call.position]
        call.position += 1
        if not isinstance(verb, Reject) and not (isinstance(verb, Dial) and verb.answer_on_bridge):
            _pick_up_if_ringing(world, call)
        VERBS[type(verb)](world, call, verb)
    elif call.on_program_end is not None:
        call.on_program_end()
    else:
        exchange.finish(world, call, COMPLETED)


def _pick_up_if_ringing(world: World, call: Call) -> None:
    if call.status == RINGING:
        exchange.answer(world, call)


def speak(world: World, call: Call, prompt: Prompt, then: Callable[[], None]) -> None:
    """Let the line say, play or be silent; then `then`, unless a key or a hang-up comes first."""
    exchange.wait(world, call, _begin_prompt(world, call, prompt), then)


def _begin_prompt(world: World, call: Call, prompt: Prompt) -> float:
    match prompt:
        case Say():
            world.write(call, "line", "said", prompt.text, prompt.language)
            acting.notice(world, call, Moment.SAID, prompt.text)
            return max(0.6, len(prompt.text.split()) / WORDS_PER_SECOND) * (prompt.loop or 1000)
        case Play():
            world.write(call, "line", "played", prompt.url or f"keys {prompt.digits}")
            once = exchange.seconds_of_tones(prompt.digits) or world.sound_seconds.get(prompt.url, 5.0)
            return once * (prompt.loop or 1000)
        case Pause():
            return float(prompt.length)


def address(world: World, call: Call, url: str) -> str | None:
    """An address in TwiML, made absolute (empty: the current one). None, and a stumble, if it cannot be."""
    absolute = urljoin(call.here.url, url) if url else call.here.url
    if not absolute.startswith(("http://", "https://")):
        stumble(
            world, call, 11100, f'"{url}" leads nowhere: TwiML given at creation has no address of its own'
        )
        return None
    return absolute


def _prompt(world: World, call: Call, verb: Prompt) -> None:
    speak(world, call, verb, lambda: proceed(world, call))


def _gather(world: World, call: Call, verb: Gather) -> None:
    gathering.start(world, call, verb)


def _dial(world: World, call: Call, verb: Dial) -> None:
    dialing.start(world, call, verb)


def _redirect(world: World, call: Call, verb: Redirect) -> None:
    url = address(world, call, verb.url)
    if url is not None:
        fetch(world, call, Hook(url, verb.method), "redirect")


def _hangup(world: World, call: Call, _verb: Hangup) -> None:
    exchange.finish(world, call, COMPLETED)


def _reject(world: World, call: Call, verb: Reject) -> None:
    if call.status != RINGING:
        stumble(world, call, 12200, "Reject is for a call that came in and was not answered yet")
        return
    exchange.finish(world, call, BUSY if verb.reason == "busy" else "no-answer")


def _message(world: World, call: Call, verb: Message) -> None:
    world.send_from_call(call, verb)
    if verb.action:
        url = address(world, call, verb.action)
        if url is not None:
            fetch(world, call, Hook(url, verb.method), "message action")
        return
    proceed(world, call)


VERBS: Mapping[type, Callable[[World, Call, Any], None]] = {
    Say: _prompt,
    Play: _prompt,
    Pause: _prompt,
    Gather: _gather,
    Dial: _dial,
    Redirect: _redirect,
    Hangup: _hangup,
    Reject: _reject,
    Message: _message,
}
