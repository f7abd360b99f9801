"""Calls that come in: somebody dials a number of the account.

Promises: the number's own voice address is asked once, with `CallStatus=ringing`; keys dialled after the
number follow the answer, heard or not; a number that leads nowhere, and a full account, take no call.
Refuses to know: what the app answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from dev.phone_world import acting, exchange, interpreter, tel
from dev.phone_world.calls import BUSY, INBOUND, NO_ANSWER, RINGING, WITHHELD, Call
from dev.phone_world.people import Move, Supporter

if TYPE_CHECKING:
    from dev.phone_world.world import World

NO_ADDRESS, TOO_MANY = 11100, 10004


def start(
    world: World, number: str, to: str, script: Iterable[Move] | None, *, post_dial: str, shows: str
) -> Call:
    """Dial `to` from `number`. ValueError if `to` is not ours, or the phone is in a call already."""
    if to not in world.numbers:
        message = f"{to} is not a number of this account"
        raise ValueError(message)
    world.parties.setdefault(number, Supporter(number))
    if world.is_engaged(number):
        message = f"{number} is in a call already"
        raise ValueError(message)
    call = _call(world, number, to, tel.checked(post_dial), shows)
    world.register(call)
    world.legs[number].append(call)
    call.status = RINGING
    moves = tuple(script) if script is not None else _own_script(world, call)
    if moves is not None:
        acting.begin(world, call, moves)
    world.after(exchange.SETUP_SECONDS, lambda: _arrive(world, call))
    return call


def _call(world: World, number: str, to: str, post_dial: str, shows: str) -> Call:
    ours = world.numbers[to]
    return Call(
        world.new_sid("CA"),
        to=to,
        from_=shows or number,
        direction=INBOUND,
        created=world.clock.seconds,
        started=world.clock.seconds,
        answer_hook=ours.voice,
        fallback=ours.fallback,
        status_hook=ours.status,
        phone=number,
        post_dial=post_dial,
    )


def _own_script(world: World, call: Call) -> tuple[Move, ...] | None:
    party = world.party(call)
    return party.script_for(0) if isinstance(party, Supporter) else None


def _arrive(world: World, call: Call) -> None:
    if call.is_over:
        return
    if world.is_full(0):
        world.alert(TOO_MANY, "too many calls at once", call.sid)
        exchange.finish(world, call, BUSY)
    elif not call.answer_hook.url:
        world.alert(NO_ADDRESS, f"{call.to} has no voice address: the call is turned away", call.sid)
        exchange.finish(world, call, NO_ANSWER)
    else:
        interpreter.fetch(world, call, call.answer_hook, "inbound", _credentials(call))


def _credentials(call: Call) -> dict[str, str]:
    """What only the first request of an incoming call carries; Twilio's token is JSON, percent-encoded."""
    token = f'{{"parentCallInfoToken":"made.up.{call.sid}","identityHeaderTokens":[]}}'
    return {"CallToken": quote(token, safe=""), "StirVerstat": _attestation(call)}


def _attestation(call: Call) -> str:
    """What the carriers say of the caller ID (STIR/SHAKEN)."""
    if call.from_ in WITHHELD:
        return "No-TN-Validation"
    return "TN-Validation-Passed-A" if call.from_ == call.phone else "TN-Validation-Passed-C"
