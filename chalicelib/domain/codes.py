"""The six-digit code that shows that a phone is its supporter's own. Pure; knows no store and no Twilio.

Promises: a code is kept nowhere. It is made from the call's id, its number within the call and a secret key, by the
worker that texts it and by whoever checks it; without the key nobody can make it, and no table, log or queue holds it.

The rule of guesses: each place (IPv4 address or IPv6 /48) has TRIES for each code, whoever else guesses, so nobody
uses up another's. All places together have GUESSES for a code: then only a new one helps, the phone is never locked.
Codes are limited per call, and texts to a phone per place and over all. At the most that is GUESSES x PHONE_TEXTS
guesses an hour among a million codes: one in 3,000.
"""

import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256

from chalicelib.domain.call import CallSession, Proving
from chalicelib.domain.segments import plain, size_of
from chalicelib.domain.words import Language, Words

DIGITS = 6
LIFE = timedelta(minutes=15)
"""How long a code works."""
OPEN = timedelta(minutes=30)
"""How long after its last code a call waits to be proved; until then a new code can be asked for."""
CODES = 3
"""Codes for one call."""
TRIES = 5
"""Guesses at one code from one place."""
GUESSES = 50
"""Guesses at one code from all places."""
PHONE_TEXTS = 6
"""Codes texted to one phone in an hour, unless the deployment says otherwise; one place can ask for half of them."""
LANDLINE_CODES = frozenset({21614, 30006})
"""Twilio's errors for a number that gets no texts: not a mobile; a landline or unreachable carrier."""
TEXTS_PER_RING = 3
"""A campaign texts at most so many codes a day for each supporter it may call: texts cost money, too."""

TYPED = re.compile(r"[0-9\s\-\u00a0\u2010-\u2015.]{1,30}")
TEXTS = Words(
    "{code} is your code for {organization}. It works for 15 minutes. Didn't ask for this? Ignore it.",
    "{code} es su clave de {organization}. Sirve por 15 minutos. ¿No fue usted? No haga nada.",
)
SHORT = Words(
    "{code} is your code. It works for 15 minutes. Didn't ask for this? Ignore it.",
    "{code} es su clave. Sirve por 15 minutos. ¿No fue usted? No haga nada.",
)
"""For an organization whose name leaves no room."""


def code_for(name: str, number: int, key: bytes) -> str:
    """Return the `number`-th code, six digits, of a call (its id) or a booking (`booking_proving.name_of`)."""
    made = hmac.new(key, f"code {number} of {name}".encode(), sha256).digest()
    return f"{int.from_bytes(made[:8]) % 10**DIGITS:0{DIGITS}}"


def typed_code(text: str) -> str | None:
    """Return the six digits that were typed, with spaces or hyphens among them or not; None: they are not six."""
    if not TYPED.fullmatch(text):
        return None
    digits = re.sub(r"[^0-9]", "", text)
    return digits if len(digits) == DIGITS else None


def is_good(proving: Proving, now: datetime) -> bool:
    """Whether the latest code still works."""
    return now - proving.made_at < LIFE


def closes_at(proving: Proving) -> datetime:
    """Return when a call that is not proved by then is over."""
    return proving.made_at + OPEN


def number_of(session: CallSession) -> int:
    """Return the number of the code a call waits for, 0 when it waits for none."""
    return session.proving.codes if session.proving else 0


def text_of(code: str, organization: Words, language: Language) -> str:
    """Return the text that brings a code, in one segment of GSM-7 whatever the organization is called."""
    name = plain(organization.of(language))
    whole = TEXTS.of(language).format(code=code, organization=name)
    return whole if size_of(whole).segments <= 1 else SHORT.of(language).format(code=code)
