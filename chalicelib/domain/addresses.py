"""E-mail addresses: read, told apart, and a kind word about a likely slip. Asks no DNS and knows no person.

What is taken is what SES can send to (letters.md §5): an ASCII local part of letters, digits, full stops and the few
signs people use, and a domain, written in punycode where it is not ASCII. Quoted local parts, comments, display names
and address literals are refused: nobody's mailbox needs them, and each is a way to say more than an address.

Two addresses are one person's when domain and local part agree without regard to case. Nothing cleverer: the dots and
"+words" that one provider ignores make another mailbox at the next.
"""

import re
from dataclasses import dataclass

from chalicelib.domain.refusals import Code, Refusal

LONGEST = 254
LONGEST_LOCAL = 64
TYPED_MOST = 320
"""Characters of a typed address worth reading."""
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})"
)
FIELD = "email"

COMMON = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "live.com", "msn.com",
    "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "protonmail.com", "yahoo.es",
    "hotmail.es",
)  # fmt: skip
"""Where most people have their mail: a domain one slip away from one of these is asked about."""
REAL = frozenset({
    "mail.com", "email.com", "ymail.com", "gmx.com", "gmx.net", "me.com", "mac.com", "aim.com", "atl.net", "ail.com",
    "live.co", "hotmail.fr", "hotmail.it", "yahoo.fr", "yahoo.it", "yahoo.ca", "live.ca", "outlook.es", "outlook.fr",
    "love.com", "rcn.com", "msn.net", "fmail.com", "vmail.com", "hmail.com", "aon.com", "aol.de", "proton.me",
})  # fmt: skip
"""Domains that are near one of those, and are no slip."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as its owner writes it; `domain` is ASCII and in lower case."""

    local: str
    domain: str

    def __str__(self) -> str:
        """Return what mail is sent to."""
        return f"{self.local}@{self.domain}"

    @property
    def identity(self) -> str:
        """What stands for the mailbox wherever one is told from another: all of it in lower case."""
        return f"{self.local.lower()}@{self.domain}"


def address(text: str) -> Address:
    """Read a typed address; spaces around it don't matter.

    Raises:
        Refusal: EMAIL_MALFORMED, also for an empty text: one sentence says what to enter.
    """
    local, at, domain = text.strip(" ").rpartition("@")
    read = Address(local, _ascii(domain))
    if not at or len(text) > TYPED_MOST or not _is_sendable(read):
        raise Refusal(Code.EMAIL_MALFORMED, FIELD)
    return read


def likely_slip(read: Address) -> Address | None:
    """Return the address its owner may have meant ("gmial.com"), to be offered and never put in its place."""
    if read.domain in COMMON or read.domain in REAL:
        return None
    meant = next((domain for domain in COMMON if _is_one_slip(read.domain, domain)), None)
    return Address(read.local, meant) if meant else None


def _is_sendable(read: Address) -> bool:
    if len(str(read)) > LONGEST or len(read.local) > LONGEST_LOCAL:
        return False
    return bool(LOCAL.fullmatch(read.local) and DOMAIN.fullmatch(read.domain))


def _ascii(domain: str) -> str:
    """Return a domain in punycode and lower case; as it is when it can't be written so, to be refused."""
    if domain.isascii():
        return domain.lower()
    import idna  # noqa: PLC0415 - its tables are large, and few addresses need them

    try:
        return idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return domain


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, added, wrong, or has changed places with its neighbour."""
    start = next(
        (at for at, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None
    )
    if start is None:
        return abs(len(typed) - len(meant)) == 1
    one, other = typed[start:], meant[start:]
    is_swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return one[1:] == other[1:] or one[1:] == other or one == other[1:] or is_swapped
