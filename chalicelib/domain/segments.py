"""How many segments a text is sent in, which is how it is paid for and how carriers' caps count it.

Promises: counts as networks do (3GPP TS 23.038 and 23.040): all in GSM-7, where the extension's letters take two, or
else all in UCS-2, where what lies beyond the first plane takes two; and no letter is torn apart between two segments.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Letters a text may have; a single other one (like á, í, ó, ú) makes it two texts."""
EXTENSION = frozenset("^{}\\[~]|€\f")
"""Letters of GSM-7 that are sent as two."""
PLAINER = str.maketrans("’‘“”–—…", "''\"\"--.")
LAST_OF_FIRST_PLANE = 0xFFFF


class Encoding(StrEnum):
    """How a text travels. One letter that GSM-7 lacks, like á, í, ó or ú, takes the whole text to UCS-2."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}
"""Units in a segment that is alone, and in each of several."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a text takes: `units` are septets or 16-bit words."""

    encoding: Encoding
    units: int
    segments: int


def size_of(text: str) -> Size:
    """Return what a text takes on its way; an empty one takes nothing."""
    encoding = Encoding.UCS2 if outside_gsm7(text) else Encoding.GSM7
    units = [_units(letter, encoding) for letter in text]
    alone, each = ROOM[encoding]
    whole = sum(units)
    return Size(encoding, whole, min(whole, 1) if whole <= alone else _packed(units, each))


def outside_gsm7(text: str) -> str:
    """Return the letters of a text that GSM-7 lacks, each once, in their order."""
    return "".join(dict.fromkeys(letter for letter in text if letter not in GSM and letter not in EXTENSION))


def plain(text: str) -> str:
    """Return a name in letters of GSM-7: an accent it lacks is left out, another letter too."""
    return "".join(map(_plain_letter, text.translate(PLAINER)))


def _plain_letter(letter: str) -> str:
    if letter in GSM:
        return letter
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if part in GSM)


def _units(letter: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if letter in EXTENSION else 1
    return 2 if ord(letter) > LAST_OF_FIRST_PLANE else 1


def _packed(units: list[int], room: int) -> int:
    segments, left = 1, room
    for unit in units:
        if unit > left:
            segments, left = segments + 1, room
        left -= unit
    return segments
