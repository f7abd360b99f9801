"""How a supporter carries out a script.

Promises: one move after the other; each waits for its moment (a moment that already holds counts), then
for its seconds; nothing is done on a call that is over. Refuses to know: TwiML, and how calls work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dev.phone_world import tel
from dev.phone_world.calls import RINGING, Call
from dev.phone_world.clock import Appointment
from dev.phone_world.people import (
    Decline,
    HangUp,
    Heard,
    Moment,
    Move,
    PickUp,
    Press,
    Speak,
    Star,
    Supporter,
    Voicemail,
    moment,
)

if TYPE_CHECKING:
    from dev.phone_world.world import World

VOICEMAIL_GREETING = "Hi, I can’t take your call right now. Please leave a message after the tone."


@dataclass(slots=True, eq=False)
class Actor:
    """A supporter in one call: the moves, and which is next."""

    call: Call
    moves: tuple[Move, ...]
    position: int = 0
    armed: Appointment | None = None

    @property
    def next_move(self) -> Move | None:
        """The move that waits; None when the script is through."""
        return self.moves[self.position] if self.position < len(self.moves) else None


def ring(world: World, call: Call, supporter: Supporter) -> None:
    """A supporter's phone rings: begin the script for this call."""
    moves = supporter.script_for(world.rung[call.to] - 1)
    if moves is not None:
        begin(world, call, moves)


def begin(world: World, call: Call, moves: tuple[Move, ...]) -> None:
    """Start carrying out `moves` on `call`."""
    actor = Actor(call, moves)
    world.actors[call.sid] = actor
    _arm(world, actor)


def notice(world: World, call: Call, what: Moment, words: str = "") -> None:
    """Let the supporter on `call` notice a moment."""
    actor = world.actors.get(call.sid)
    if actor is None or actor.armed is not None:
        return
    move = actor.next_move
    if move is not None and _matches(moment(move.when), what, words):
        _schedule(world, actor, move)


def _matches(awaited: Moment | Heard | None, what: Moment, words: str) -> bool:
    if isinstance(awaited, Heard):
        return what is Moment.SAID and awaited.words.casefold() in words.casefold()
    return awaited is what


def _arm(world: World, actor: Actor) -> None:
    move = actor.next_move
    if move is not None and _holds(actor.call, moment(move.when)):
        _schedule(world, actor, move)


def _holds(call: Call, awaited: Moment | Heard | None) -> bool:
    peer = call.peer
    match awaited:
        case None:
            return True
        case Moment.RINGS:
            return call.status == RINGING
        case Moment.ASKED:
            return call.listening
        case Moment.OFFICE_RINGS:
            return peer is not None and peer.status == RINGING
        case Moment.CONNECTED:
            return peer is not None and peer.is_live and peer.bridged is not None
        case _:
            return False


def _schedule(world: World, actor: Actor, move: Move) -> None:
    actor.armed = world.after(move.after, lambda: _perform(world, actor, move))


def _perform(world: World, actor: Actor, move: Move) -> None:
    if actor.call.is_over:
        return
    busy_for = _act(world, actor.call, move)
    if busy_for:
        actor.armed = world.after(busy_for, lambda: _next(world, actor))
    else:
        _next(world, actor)


def _next(world: World, actor: Actor) -> None:
    actor.armed = None
    actor.position += 1
    if not actor.call.is_over:
        _arm(world, actor)


def _act(world: World, call: Call, move: Move) -> float:
    """Do it; the seconds it keeps the supporter busy."""
    match move:
        case PickUp():
            world.answer_call(call)
        case Decline() | HangUp():
            world.put_down(call)
        case Voicemail():
            take_message(world, call, move.seconds)
        case Press():
            return _press(world, call, move)
        case Star():
            world.press_on(call, "*")
        case Speak():
            world.speak_on(call, move.words)
    return 0.0


def _press(world: World, call: Call, move: Press) -> float:
    for index, key in enumerate(move.keys[1:], start=1):
        world.after(index * move.between, lambda key=key: world.press_on(call, key))  # type: ignore[misc]
    world.press_on(call, move.keys[0])
    return (len(move.keys) - 1) * move.between


def send_post_dial(world: World, call: Call) -> None:
    """The phone sends the keys dialled after the number; whether anybody listens is not its business."""
    for seconds, key in tel.timed(call.post_dial):
        world.after(seconds, lambda key=key: world.press_on(call, key))  # type: ignore[misc]


def take_message(world: World, call: Call, seconds: float) -> None:
    """A voicemail answers `call`: it greets, hears the line out for `seconds`, and hangs up."""
    world.answer_call(call)
    world.speak_on(call, VOICEMAIL_GREETING)
    world.after(seconds, lambda: world.put_down(call))
