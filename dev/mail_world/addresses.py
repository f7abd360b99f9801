"""E-mail addresses as SES takes them: ASCII, one mailbox each, a name before it if need be.

Promises: what is wrong with an address is said in words (BadRequestException). Refuses to know: who is there.
"""

from __future__ import annotations

import re
from email.utils import parseaddr

from dev.mail_world.refusals import bad_request

LONGEST_LOCAL, LONGEST_DOMAIN = 64, 253
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}")


def bare(text: str) -> str:
    """The address in `Name <address>`. BadRequestException for what SES would not take."""
    if not text.isascii():
        # The name may be anything, but encoded (RFC 2047); SES has no SMTPUTF8 for the address.
        raise bad_request("Address contains non-ASCII characters")
    if any(character in text for character in "\r\n\0"):
        raise bad_request("Address contains control characters")
    address = parseaddr(text)[1] if "<" in text else text.strip()
    local, at, domain = address.rpartition("@")
    if not at or not domain:
        raise bad_request("Missing final '@domain'")
    if not LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise bad_request("Local part of the address is not valid")
    if not DOMAIN.fullmatch(domain) or len(domain) > LONGEST_DOMAIN:
        raise bad_request("Domain contains illegal characters or is not valid")
    return address


def key(address: str) -> str:
    """What two spellings of one mailbox have in common."""
    return (parseaddr(address)[1] or address).strip().lower()


def domain(address: str) -> str:
    """What stands after the @."""
    return key(address).rpartition("@")[2]
