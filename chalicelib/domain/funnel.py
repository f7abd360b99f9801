"""The steps by which a call is followed, from the form to the conversation: what each change of a call adds to them.

A call comes to each step once, whatever it repeats: a second office, a second look and a lost race add nothing. Calls
to us have no ring, and a form only where a page told them our number.
"""

from chalicelib.domain.call import CallSession, CallStatus, OfficeCall, Stage
from chalicelib.domain.counts import Outcome
from chalicelib.domain.events import Event, Pressed

STEPS = ("form", "rang", "human", "dialled", "answered", "spoke")
"""A call was asked for; Twilio rings; a person pressed a key; an office is called; it answered; they spoke."""


def steps(before: CallSession, after: CallSession, event: Event) -> tuple[str, ...]:
    """Return the steps that a change of a call brought it to for the first time; the form is counted by its door."""
    news = {
        "rang": before.call_sid is None and after.call_sid is not None and not after.is_inbound,
        "human": before.stage is Stage.MENU and after.stage is not Stage.MENU and _is_key(event),
        "dialled": bool(after.legs) and not before.legs,
        "answered": any(map(_answered, after.legs)) and not any(map(_answered, before.legs)),
        "spoke": any(map(_spoke, after.legs)) and not any(map(_spoke, before.legs)),
    }
    return tuple(step for step in STEPS if news.get(step))


def _is_key(event: Event) -> bool:
    return isinstance(event, Pressed) and event.key != ""


def _answered(leg: OfficeCall) -> bool:
    """Somebody, or something, picked up: the callback said so, or the leg's end did where that got lost."""
    return leg.answered_at is not None or (leg.status is CallStatus.COMPLETED and leg.seconds > 0)


def _spoke(leg: OfficeCall) -> bool:
    return leg.outcome is Outcome.SPOKE
