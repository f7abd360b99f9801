"""Which numbers may be a campaign's target, by their shape alone: what is never dialled whoever verified it.

Promises: what is refused here is refused on import and wherever a line is read from the table, with no list at
hand. Says nothing of whether a number rings.
"""

import re
from functools import lru_cache

NORTH_AMERICAN = re.compile(r"\+1([2-9]\d{2})([2-9]\d{2})(\d{4})")
SHORT = re.compile(r"(?:\+?1)?(?:\d{3}|\d{5,6})")
"""Emergency numbers (911, 112, 988), service codes (211, 311) and texting codes of five or six digits."""
SERVICE = re.compile(r"[2-9]11")
"""N11: no area and no exchange is called so; what seems to hold one is a service code with digits around it."""
TOLL_FREE = re.compile(r"8(?:00|22|33|44|55|66|77|8\d)")
"""800, 833, 844, 855, 866, 877, 888, and the codes kept for more (822, 880 to 889)."""
PREMIUM_AREA, PREMIUM_EXCHANGE = "900", "976"
DIRECTORY_ASSISTANCE = ("555", "1212")


@lru_cache(maxsize=1024)
def why_no_target(number: str) -> str | None:
    """Return why a number (as written in a file, E.164 if right) can't be a target, as a clause; None: it may be.

    Toll-free numbers are refused as a class. At the agencies we call they are intake lines (five of the six
    numbers in directory/do_not_call.csv, no field office), whoever is called pays for each call, and a blocked
    one can cost a victim. An office has an ordinary number.
    """
    if SHORT.fullmatch(number):
        return "is an emergency number or a short code"
    parts = NORTH_AMERICAN.fullmatch(number)
    if parts is None:
        return "is not a phone number in North America"
    area, exchange, line = parts.groups()
    if SERVICE.fullmatch(area) or SERVICE.fullmatch(exchange):
        return "holds a service code like 911"
    if TOLL_FREE.fullmatch(area):
        return "is toll-free: such lines take reports from people in need"
    if area == PREMIUM_AREA or exchange == PREMIUM_EXCHANGE:
        return "is a premium number that charges whoever calls"
    if (exchange, line) == DIRECTORY_ASSISTANCE:
        return "is directory assistance"
    return None


def is_target_shape(number: str) -> bool:
    """Whether a number may be a target as far as its shape tells."""
    return why_no_target(number) is None
