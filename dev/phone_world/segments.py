"""How many parts a text takes.

Promises: GSM-7 (3GPP TS 23.038: the default alphabet and its extension, whose characters count two) if
every character has it, else UTF-16; no character is split between two parts. Refuses to know: Smart
Encoding, and the shorter parts some say toll-free numbers have.
"""

from __future__ import annotations

from collections.abc import Iterable

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_EXTENSION = frozenset("\f^{}\\[~]|€")
GSM_SINGLE, GSM_PART = 160, 153
UCS_SINGLE, UCS_PART = 70, 67
BEYOND_UCS_2 = 0xFFFF


def segments(body: str) -> int:
    """The parts that `body` is sent in; an empty one is still a part."""
    if set(body) <= GSM_7 | GSM_7_EXTENSION:
        return _parts([2 if one in GSM_7_EXTENSION else 1 for one in body], GSM_SINGLE, GSM_PART)
    return _parts([2 if ord(one) > BEYOND_UCS_2 else 1 for one in body], UCS_SINGLE, UCS_PART)


def _parts(sizes: Iterable[int], single: int, part: int) -> int:
    sizes = list(sizes)
    if sum(sizes) <= single:
        return 1
    parts, room = 1, part
    for size in sizes:
        if size > room:
            parts, room = parts + 1, part
        room -= size
    return parts
