"""Dial: calling somebody and connecting the caller with them.

Promises: the first number to answer is bridged, the others are canceled; a caller ID that is not allowed
is error 13214 and nobody is rung; star ends the other leg and goes on; a caller who hangs up ends it all,
and the action is still asked once, its answer ignored. Refuses to know: what the app makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dev.phone_world import acting, answering, exchange, interpreter, webhooks
from dev.phone_world.calls import FAILED, INBOUND, OUTBOUND_DIAL, RINGING, WITHHELD, Call, Hook
from dev.phone_world.forms import call_fields, dial_fields
from dev.phone_world.offices import OfficeLine
from dev.phone_world.people import Moment
from dev.phone_world.verbs import Dial, Number

if TYPE_CHECKING:
    from dev.phone_world.world import World

BUFFER_SECONDS = 5
BAD_CALLER_ID = 13214
MOST_NUMBERS = 10


@dataclass(slots=True, eq=False)
class Dialing:
    """One Dial at work."""

    world: World
    call: Call
    verb: Dial
    legs: list[Call] = field(default_factory=list)
    over: bool = False


def start(world: World, call: Call, verb: Dial) -> None:
    """Ring the numbers of `verb` for `call`."""
    work = Dialing(world, call, verb)
    if call.direction == OUTBOUND_DIAL:
        interpreter.stumble(world, call, 12200, "Dial may not stand in what a Number's url answers")
        return
    if len(verb.numbers) > MOST_NUMBERS:
        interpreter.stumble(world, call, 13210, f"Dial rings at most {MOST_NUMBERS} numbers")
        return
    if verb.caller_id and not _may_show(world, call, verb.caller_id):
        world.complain(
            BAD_CALLER_ID, f"callerId {verb.caller_id} is not ours to show", call.sid, call.here.url
        )
        _conclude(work, None, FAILED)
        return
    if world.is_full(len(verb.numbers)):
        world.alert(10004, "too many calls at once", call.sid)
        _conclude(work, None, FAILED)
        return
    call.on_key = lambda key: _key(work, key)
    call.on_interrupt = lambda: _caller_left(work)
    for number in verb.numbers:
        _ring(work, number)


def _may_show(world: World, call: Call, number: str) -> bool:
    """The request's To or From, a number of the account, or a verified one; a hidden number is none."""
    if number in WITHHELD:
        return False
    return number in {call.to, call.from_} or number in world.numbers or number in world.verified


def _shown(call: Call, verb: Dial) -> str:
    """Without a callerId Twilio shows an incoming caller's own number (13214's page), not ours."""
    return verb.caller_id or (call.from_ if call.direction == INBOUND else call.ours)


def _ring(work: Dialing, number: Number) -> None:
    world, call = work.world, work.call
    leg = Call(
        world.new_sid("CA"),
        to=number.to,
        from_=_shown(call, work.verb),
        direction=OUTBOUND_DIAL,
        created=world.clock.seconds,
        parent_sid=call.sid,
        ring_timeout=work.verb.timeout + BUFFER_SECONDS,
        time_limit=work.verb.time_limit,
        send_digits=number.send_digits,
        answer_hook=Hook(number.url, number.method),
        status_hook=Hook(_absolute(work, number.status_callback), number.status_callback_method),
        status_events=number.status_callback_event,
    )
    leg.on_ring = lambda: acting.notice(world, call, Moment.OFFICE_RINGS)
    leg.on_answer = lambda: _answered(work, leg)
    leg.on_end = lambda: _ended(work, leg)
    work.legs.append(leg)
    call.peer = leg
    world.register(leg)
    world.write(call, "line", "happened", f"Ringing {world.display(number.to)}…")
    exchange.place(world, leg)


def _absolute(work: Dialing, url: str) -> str:
    return (interpreter.address(work.world, work.call, url) or "") if url else ""


def _answered(work: Dialing, leg: Call) -> None:
    if not leg.answer_hook.url:
        _bridge(work, leg)
        return
    leg.on_program_end = lambda: _bridge(work, leg)
    leg.answer_hook = Hook(_absolute(work, leg.answer_hook.url), leg.answer_hook.method)
    interpreter.fetch(work.world, leg, leg.answer_hook, "before bridging")


def _bridge(work: Dialing, leg: Call) -> None:
    world, call = work.world, work.call
    if work.over or leg.is_over:
        return
    for other in work.legs:
        if other is not leg:
            exchange.cancel(world, other)
    if call.status == RINGING:
        exchange.answer(world, call)
    leg.bridged = world.clock.seconds
    call.peer, leg.peer = leg, call
    world.write(call, "line", "happened", "Connected")
    acting.notice(world, call, Moment.CONNECTED)


def _ended(work: Dialing, leg: Call) -> None:
    if work.over:
        return
    if leg.bridged is None and any(not other.is_over or other.bridged for other in work.legs):
        return
    if not work.call.is_over:
        world = work.world
        world.write(work.call, "line", "happened", f"The other end: {leg.status}")
        acting.notice(world, work.call, Moment.OFFICE_ENDS)
    _conclude(work, leg, leg.status)


def _key(work: Dialing, key: str) -> None:
    if key == "*" and work.verb.hangup_on_star:
        for leg in work.legs:
            exchange.cancel(work.world, leg)
        return
    peer = work.call.peer
    if peer is None or peer.bridged is None:
        return
    work.world.write(peer, peer.person, "happened", f"hears key {key}")
    party = work.world.party(peer)
    if isinstance(party, OfficeLine):
        answering.hear_key(work.world, peer, party)


def _caller_left(work: Dialing) -> None:
    """The caller hung up, or the app took the call elsewhere: in the first case the action is asked."""
    work.over = True
    for leg in work.legs:
        exchange.cancel(work.world, leg)
    if work.call.is_over and work.world.rules.action_after_hang_up:
        talked = next((leg for leg in work.legs if leg.bridged is not None), work.legs[-1])
        _tell_action(work, talked)


def _tell_action(work: Dialing, leg: Call) -> None:
    if work.verb.action is None:
        return
    url = interpreter.address(work.world, work.call, work.verb.action)
    if url is None:
        return
    fields = call_fields(work.world.account_sid, work.call) | dial_fields(leg, leg.status)
    webhooks.send(
        work.world,
        webhooks.Webhook(webhooks.TWIML, "dial action", work.verb.method, url, fields, work.call.sid),
    )


def _conclude(work: Dialing, leg: Call | None, status: str) -> None:
    work.over = True
    world, call = work.world, work.call
    call.on_interrupt = None
    call.peer = None
    if work.verb.action is None:
        interpreter.proceed(world, call)
        return
    url = interpreter.address(world, call, work.verb.action)
    if url is not None:
        interpreter.fetch(world, call, Hook(url, work.verb.method), "dial action", dial_fields(leg, status))
