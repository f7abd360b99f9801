"""The exchange: dialling, ringing, answering and ending one leg.

Promises: every leg goes queued → initiated → ringing → in-progress → one terminal status, never back;
each change is told to whoever asked for status callbacks. Refuses to know: TwiML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dev.phone_world import acting, answering, webhooks
from dev.phone_world.calls import (
    BUSY,
    CANCELED,
    COMPLETED,
    DIALLED,
    FAILED,
    IN_PROGRESS,
    INBOUND,
    NO_ANSWER,
    QUEUED,
    RINGING,
    Call,
)
from dev.phone_world.courier import Outcome
from dev.phone_world.forms import event_of, status_fields
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.people import Supporter

if TYPE_CHECKING:
    from dev.phone_world.world import World

SETUP_SECONDS = 1.0
"""From dialling to the first ring, or to the news that there will be none."""


def place(world: World, call: Call) -> None:
    """Dial a leg; what its far end is decides the rest."""
    if call.is_over:
        return
    call.started = world.clock.seconds
    _change(world, call, DIALLED)
    world.after(SETUP_SECONDS, lambda: _reach(world, call))


def _reach(world: World, call: Call) -> None:
    if call.is_over:
        return
    party = world.meet(call)
    if isinstance(party, OfficeLine) and party.answers is Answer.CANT_CONNECT:
        world.alert(13224, f"{call.to} cannot be reached", call.sid)
        finish(world, call, FAILED)
    elif (isinstance(party, OfficeLine) and party.answers is Answer.BUSY) or world.is_engaged(call.to):
        finish(world, call, BUSY)
    else:
        _ring(world, call, party)


def _ring(world: World, call: Call, party: Supporter | OfficeLine) -> None:
    world.legs[call.to].append(call)
    call.rang = world.clock.seconds
    _change(world, call, RINGING)
    world.rung[call.to] += 1
    call.ring_timer = world.after(call.ring_timeout, lambda: finish(world, call, NO_ANSWER))
    if call.on_ring is not None:
        call.on_ring()
    if isinstance(party, Supporter):
        acting.ring(world, call, party)
    else:
        answering.ring(world, call, party)


def answer(world: World, call: Call) -> None:
    """Pick a ringing leg up; nothing happens if it does not ring."""
    if call.status != RINGING:
        return
    if call.ring_timer is not None:
        call.ring_timer.cancel()
    call.answered = world.clock.seconds
    call.limit_timer = world.after(call.time_limit, lambda: finish(world, call, COMPLETED))
    _change(world, call, IN_PROGRESS)
    party = world.party(call)
    if isinstance(party, OfficeLine):
        answering.pick_up(world, call, party)
    acting.send_post_dial(world, call)
    if call.on_answer is not None:
        wait(world, call, seconds_of_tones(call.send_digits), call.on_answer)


def seconds_of_tones(digits: str) -> float:
    """How long it takes to send `digits`: a key or a `w` is half a second, a `W` one."""
    return sum(1.0 if tone == "W" else 0.5 for tone in digits)


def hang_up(world: World, call: Call) -> None:
    """The person at the far end puts the phone down: a refusal while it rings, the end of a talk later."""
    if call.status == RINGING:
        finish(world, call, CANCELED if call.direction == INBOUND else BUSY)
    elif call.is_live:
        finish(world, call, COMPLETED)


def cancel(world: World, call: Call) -> None:
    """Twilio ends a leg: `completed` if it was answered, else `canceled`."""
    finish(world, call, COMPLETED if call.is_live else CANCELED)


def finish(world: World, call: Call, status: str) -> None:
    """End a leg for good, in this order: its facts, its present verb, its callbacks, whoever waits for it."""
    if call.is_over:
        return
    call.ended = world.clock.seconds
    call.status = status
    for timer in (call.ring_timer, call.limit_timer):
        if timer is not None:
            timer.cancel()
    if call in world.legs[call.person]:
        world.legs[call.person].remove(call)
    interrupt(call)
    _change(world, call, status)
    if call.on_end is not None:
        call.on_end()


def interrupt(call: Call) -> None:
    """Stop the present verb, whatever it is, and make every answer still on its way stale."""
    stopped = call.on_interrupt
    calm(call)
    if stopped is not None:
        stopped()


def calm(call: Call) -> None:
    """Forget the present verb: its timers and what it listens for."""
    hush(call)
    call.on_key = None
    call.on_interrupt = None
    call.listening = False
    call.turn += 1


def hush(call: Call) -> None:
    """Cancel what the present verb waits for."""
    for appointment in call.pending:
        appointment.cancel()
    call.pending.clear()


def wait(world: World, call: Call, seconds: float, action: Callable[[], None]) -> None:
    """Have `action` happen in `seconds`, unless the call's present verb is stopped before."""
    call.pending.append(world.after(seconds, action))


def _change(world: World, call: Call, status: str) -> None:
    call.status = status
    call.updated = world.clock.seconds
    event = event_of(status)
    if not call.status_hook.url or event not in call.status_events or status == QUEUED:
        return
    fields = status_fields(world.account_sid, call, world.clock.now(), world.numbers)
    call.events_sent += 1
    hook = call.status_hook
    webhooks.send(
        world,
        webhooks.Webhook(webhooks.STATUS, event, hook.method, hook.url, fields, call.sid),
        lambda outcome: _note_failure(world, call, outcome),
    )


def _note_failure(world: World, call: Call, outcome: Outcome) -> None:
    if outcome.status is None or outcome.status >= 400:  # noqa: PLR2004
        world.alert(
            11200, f"status callback: {outcome.trouble or outcome.status}", call.sid, call.status_hook.url
        )
