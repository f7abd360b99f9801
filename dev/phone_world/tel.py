"""What a telephone makes of a `tel:` link, or of what somebody types into it.

Promises: the number to dial, and the keys that the phone sends once it is answered; a link that an iPhone or
an Android phone would not dial as it stands is refused in words. Refuses to know: calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from dev.phone_world.twiml import E164

PAUSE_SECONDS = 2.0
"""A comma in a dialled number: about two seconds on both iOS and Android [reported]."""
TONE_SECONDS = 0.25
"""From one key to the next: a tone of 0.2 s and a short gap, as measured on iPhones [reported]."""
KEYS_AFTER = re.compile(r"(,[,0-9]*)?")
DECORATION = re.compile(r"[\s().\-\u2011]")


def dialled(link: str) -> tuple[str, str]:
    """The number in E.164, and the keys after it (",,482915" or nothing).

    Raises ValueError for what no phone dials unasked: letters, `*` and `#` (an iPhone refuses the link),
    `;` (it waits for a tap).
    """
    plain = DECORATION.sub("", unquote(link.strip()).removeprefix("tel:"))
    number, comma, rest = plain.partition(",")
    return _international(number), checked(comma + rest)


def checked(post_dial: str) -> str:
    """The same keys; ValueError unless they are commas and digits, a comma first."""
    if not KEYS_AFTER.fullmatch(post_dial):
        message = f"after the number a phone sends digits and commas, a comma first; not {post_dial}"
        raise ValueError(message)
    return post_dial


def timed(post_dial: str) -> Iterator[tuple[float, str]]:
    """Each key and the seconds after the answer at which it is sent."""
    at = 0.0
    for sign in post_dial:
        if sign == ",":
            at += PAUSE_SECONDS
        else:
            yield at, sign
            at += TONE_SECONDS


def _international(number: str) -> str:
    ten_digits = len(number) == len("4045550123")
    full = number if number.startswith("+") else f"+1{number}" if ten_digits else f"+{number}"
    if not E164.fullmatch(full):
        message = f"{number or 'nothing'} is not a number that a phone dials"
        raise ValueError(message)
    return full
