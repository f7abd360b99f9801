"""What carriers make of texts from long codes (10DLC) before any phone gets them.

Promises: an unregistered sender gets nothing through (30034); T-Mobile takes so many parts a day from the brand,
which is all our long codes, and begins anew at midnight Pacific time (30023). Toll-free numbers and short codes
know neither. Refuses to know: what a person's phone then does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dev.phone_world.keywords import Kind, kind_of
from dev.phone_world.people import ARRIVES, T_MOBILE, Supporter, TextFate

if TYPE_CHECKING:
    from dev.phone_world.texts import Text
    from dev.phone_world.world import World

PACIFIC = ZoneInfo("America/Los_Angeles")
UNREGISTERED = TextFate("undelivered", 30034)
OVER_THE_DAYS_CAP = TextFate("undelivered", 30023)


def fate(world: World, text: Text) -> TextFate:
    """What becomes of a text that leaves now."""
    own = text.fate or ARRIVES
    if kind_of(text.from_) is not Kind.LONG_CODE:
        return own
    if not world.rules.registered:
        return UNREGISTERED
    return own if _fits_the_day(world, text) else OVER_THE_DAYS_CAP


def _fits_the_day(world: World, text: Text) -> bool:
    """Whether T-Mobile takes it; what it takes is counted."""
    most, person = world.rules.t_mobile_a_day, world.parties.get(text.to)
    if most is None or not isinstance(person, Supporter) or person.carrier != T_MOBILE:
        return True
    today = world.now().astimezone(PACIFIC).date()
    if world.t_mobile[today] + text.segments > most:
        return False
    world.t_mobile[today] += text.segments
    return True
