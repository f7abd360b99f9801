"""Proof of work by the ALTCHA protocol, version 2: a tap costs the asker's machine a moment, and us nothing.

Promises: a challenge is for one campaign, ten minutes and one call; whatever of it was changed, it is refused;
whatever is sent instead of a solution is a Refusal, never an error. Raises the price of a flood, nothing more:
the limits per phone and source stand as before.

Version 2, and PBKDF2 of its algorithms: version 1 is plain SHA-256, which a bot's machine hashes a hundred times
as fast as a browser, while PBKDF2 runs in the browser's own native code (no library, no worker) at a bot's speed.
With the challenge the counter is chosen here and the key that it leads to is signed, so that checking is two
HMACs and no derivation. Measured on one core of an AMD EPYC, cost 10,000 and 75 guesses: to make 2.4 ms, to check
0.25 ms, to solve 130 ms in Python and 95 ms in Chromium; a slow phone takes ten times as long, about a second.

The library compares its own `expiresAt` with the machine's clock, so ours stands in `data`, signed alike, and is
compared with the clock of the runtime. The library takes a payload as often as it comes: `call_id` is what makes
it single use.
"""

import base64
import hmac
import json
import secrets as chance
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from chalicelib.domain.refusals import Code, Refusal

if TYPE_CHECKING:
    from altcha import Payload

ALGORITHM = "PBKDF2/SHA-256"
GUESSES = range(50, 101)
"""How many keys are to be derived; each challenge is one of these."""
LIFE = timedelta(minutes=10)
LONGEST = 2048
"""Characters of a payload: ours have about 800."""
BROKEN = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
"""What a payload that is none of ours makes of the parser."""


def challenge(slug: str, now: datetime, secret: bytes, cost: int) -> dict[str, Any]:
    """Return a new challenge as ALTCHA's JSON; `cost` is the iterations of one guess."""
    from altcha import create_challenge  # noqa: PLC0415 - 60 ms of a cold start, for the tap alone

    made = create_challenge(
        ALGORITHM,
        cost,
        counter=chance.choice(GUESSES),
        data={"campaign": slug, "expires": int((now + LIFE).timestamp())},
        hmac_secret=secret,
        hmac_key_secret=_solution_secret(secret),
    )
    answer: dict[str, Any] = made.to_dict()
    return answer


def checked(payload: str, slug: str, now: datetime, secret: bytes, cost: int) -> str:
    """Return the nonce of a solved challenge: ours, for this campaign, in time, at no lower cost than now asked.

    Raises:
        Refusal: PROOF_MISSING, or PROOF_REFUSED for whatever is wrong with it.
    """
    if not payload:
        raise Refusal(Code.PROOF_MISSING, "proof")
    try:
        solved = _payload(payload)
        is_good = _is_signed(solved, secret) and _is_asked(solved, slug, now, cost)
    except BROKEN as error:
        raise Refusal(Code.PROOF_REFUSED, "proof") from error
    if not is_good:
        raise Refusal(Code.PROOF_REFUSED, "proof")
    return str(solved.challenge.parameters.nonce)


def call_id(nonce: str, secret: bytes) -> str:
    """Return the id of the one call that a nonce is good for: 128 bits, as unguessable as the secret.

    Opening a call asks that its id be new, so a nonce spent twice meets the call it opened: no write of its own.
    """
    mac = hmac.new(secret, b"call " + nonce.encode(), sha256).digest()[:16]
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _payload(text: str) -> "Payload":
    from altcha import Payload  # noqa: PLC0415 - as above

    if len(text) > LONGEST:
        raise ValueError
    sent: Mapping[str, Any] = json.loads(base64.b64decode(text, validate=True))
    return Payload.from_dict(dict(sent))


def _is_signed(solved: "Payload", secret: bytes) -> bool:
    """Whether we signed every parameter of the challenge, and the derived key is the one we signed with it."""
    from altcha import verify_solution  # noqa: PLC0415 - as above

    result = verify_solution(solved, secret, hmac_key_secret=_solution_secret(secret))
    return bool(result.verified)


def _is_asked(solved: "Payload", slug: str, now: datetime, cost: int) -> bool:
    """Whether what we signed is what is asked here and now. Raising the cost ends the cheaper challenges at once."""
    asked = solved.challenge.parameters
    signed = asked.data or {}
    is_dear_enough = asked.algorithm == ALGORITHM and asked.cost >= cost
    return is_dear_enough and signed["campaign"] == slug and signed["expires"] > now.timestamp()


def _solution_secret(secret: bytes) -> bytes:
    return hmac.new(secret, b"solution", sha256).digest()
