"""Phone numbers: read, screened, hashed. Knows which numbers are never called, and no person behind any.

Rules from promises.md §2.6 (measured on phonenumbers 9.0.43): an allow list of regions and of types, then a
deny list for what the library misses.
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

import phonenumbers
from phonenumbers import PhoneNumberType

from chalicelib.domain.refusals import Code, Refusal

LONGEST = 40
"""Characters of a typed number worth reading; longer is not a phone number."""

TYPES = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
DEARER = frozenset({"907", "867"})
"""Area codes that look like any other and cost far more (Alaska; Yukon and its neighbours)."""
SPECIAL = frozenset({"600", "622", "633", "644", "655", "677", "688"})
"""Canada's non-geographic codes: no ordinary line behind them."""
TYPED = re.compile(r"[0-9+()\-.\s\u00a0\u2010-\u2015/]*")
"""What people type in a phone number. Letters and other scripts' digits are refused rather than guessed."""
FICTION = re.compile(r"\+1\d{3}55501\d{2}")
"""555-0100 to 555-0199: reserved for fiction; rings nobody."""
E164 = re.compile(r"\+[1-9]\d{7,14}")
HIDDEN = frozenset({"+266696687", "+7378742833", "+86282452253", "+8656696", "+2562533"})
"""What Twilio says for From when the caller hides it: ANONYMOUS, RESTRICTED, UNAVAILABLE and the like, as keys."""
NORTH_AMERICAN = re.compile(r"\+1([2-9]\d{2})([2-9]\d{2})\d{4}")


@dataclass(frozen=True, slots=True)
class Screening:
    """Which numbers may be rung: regions by ISO code, the numbers never rung, and whether fiction may be."""

    regions: frozenset[str]
    never: frozenset[str]
    allows_fiction: bool = False


def screened(text: str, rules: Screening) -> str:
    """Return the number in E.164 if we may call it.

    Raises:
        Refusal: PHONE_MISSING, PHONE_MALFORMED, or PHONE_NOT_CALLED (one answer for every kind of refusal).
    """
    if not text.strip():
        raise Refusal(Code.PHONE_MISSING, "phone")
    number = _parsed(text)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not _is_called(number, e164, rules):
        raise Refusal(Code.PHONE_NOT_CALLED, "phone")
    return e164


def shown(text: str) -> str | None:
    """Return the number (E.164) that a call to us shows; None when it is hidden, or no number at all."""
    return text if E164.fullmatch(text) and text not in HIDDEN else None


def is_of(number: str, regions: frozenset[str]) -> bool:
    """Whether a number (E.164) is of one of these regions, by ISO code. +1 alone says nothing: Jamaica has it, too."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) in regions
    except phonenumbers.NumberParseException:
        return False


def phone_key(number: str, key: bytes) -> str:
    """Return the keyed hash that stands for a number (E.164) everywhere: 32 hex digits of HMAC-SHA256."""
    return hmac.new(key, number.encode(), sha256).hexdigest()[:32]


def _parsed(text: str) -> phonenumbers.PhoneNumber:
    if len(text) > LONGEST or not TYPED.fullmatch(text):
        raise Refusal(Code.PHONE_MALFORMED, "phone")
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException as error:
        raise Refusal(Code.PHONE_MALFORMED, "phone") from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise Refusal(Code.PHONE_MALFORMED, "phone")
    return number


def _is_called(number: phonenumbers.PhoneNumber, e164: str, rules: Screening) -> bool:
    is_fiction = FICTION.fullmatch(e164) is not None
    if e164 in rules.never or (is_fiction and not rules.allows_fiction):
        return False
    return _is_ordinary(number, e164) and phonenumbers.region_code_for_number(number) in rules.regions


def _is_ordinary(number: phonenumbers.PhoneNumber, e164: str) -> bool:
    """Whether it is a line on which a person picks up, at an ordinary price."""
    parts = NORTH_AMERICAN.fullmatch(e164)
    if parts is None:
        return False
    area, exchange = parts.groups()
    if area in DEARER or area in SPECIAL or exchange == "976":
        return False
    if exchange == "555" and not FICTION.fullmatch(e164):
        return False
    return phonenumbers.number_type(number) in TYPES
