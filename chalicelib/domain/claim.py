"""A claim: what became of one recipient of a broadcast, from before Twilio is asked to the carrier's last word.

It is put once, and whoever holds its attempt may ask Twilio, once. What Twilio reports proves that it took the text,
whoever forgot to write so; the first last word stands, and nothing that comes after it, late or twice, changes it. The
number is in it only while nobody knows whether the text went.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from chalicelib.domain.broadcast import OPEN, STOPPED_AT_TWILIO, ClaimState

KIND = "patchthrough recipient 1"
"""Set before what is hashed, so that no other use of the key makes a token."""
TOKEN_BYTES = 18
LOOK_AFTER = timedelta(minutes=15)
"""When Twilio is asked of a claim that nobody settled: no worker lives that long, and hardly a callback is so late."""
LOOK_AGAIN = timedelta(minutes=10)
"""Between two looks. What Twilio lists at neither was never sent."""
VALIDITY_EXPIRED = 30036
DELIVERED = frozenset({"delivered", "read", "partially_delivered"})
NOT_DELIVERED = frozenset({"failed", "undelivered", "canceled"})
LAST = DELIVERED | NOT_DELIVERED
"""Twilio's last words about a text. What comes before them only says that it was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One recipient of a broadcast. `token` stands for them in addresses, and says nothing.

    `attempt` is whose claim it is; `at` when it was put. `number` is there only while it is open. `sid` is Twilio's,
    `delivery` its last word, `error` its code. `missed_at`: Twilio was asked then, and had no such text.
    """

    broadcast: str
    token: str
    phone_key: str
    state: ClaimState
    at: datetime
    attempt: str = ""
    segments: int = 0
    number: str | None = field(default=None, repr=False)
    sid: str | None = None
    delivery: str | None = None
    error: int | None = None
    missed_at: datetime | None = None
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether nobody knows what became of it."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Report:
    """What Twilio says of a text: in a callback, or when asked. `error` is 0 where there is none."""

    sid: str
    status: str
    error: int = 0


def recipient_token(broadcast: str, phone_key: str, key: bytes) -> str:
    """Return what stands for a recipient in an address: 24 letters, the same each time, and nothing of the person."""
    told = f"{KIND}\0{broadcast}\0{phone_key}".encode()
    return urlsafe_b64encode(hmac.new(key, told, sha256).digest()[:TOKEN_BYTES]).decode()


def settled(claim: Claim, state: ClaimState, sid: str | None = None, error: int = 0) -> Claim:
    """Return the claim with what Twilio answered to the create; its number goes once that is known."""
    number = claim.number if state in OPEN else None
    return replace(claim, state=state, sid=sid, error=error or None, number=number)


def reported(claim: Claim, report: Report) -> Claim:
    """Return the claim after a report; the very same when it says nothing new. Late, early or twice: all the same."""
    is_another = claim.sid is not None and claim.sid != report.sid
    if is_another or claim.delivery is not None:
        return claim
    if report.status in LAST:
        after = settled(claim, _state_after(report), report.sid, report.error)
        return replace(after, delivery=report.status)
    return settled(claim, ClaimState.SENT, report.sid) if claim.sid is None else claim


def missed(claim: Claim, now: datetime) -> Claim:
    """Return an open claim after Twilio had no text of it: given up the second time, never sent once more."""
    if claim.missed_at is None:
        return replace(claim, missed_at=now)
    return settled(claim, ClaimState.FAILED) if now - claim.missed_at >= LOOK_AGAIN else claim


def _state_after(report: Report) -> ClaimState:
    if report.status in DELIVERED:
        return ClaimState.SENT
    return {STOPPED_AT_TWILIO: ClaimState.SKIPPED_STOPPED, VALIDITY_EXPIRED: ClaimState.SKIPPED_EXPIRED}.get(
        report.error, ClaimState.FAILED
    )


# What an error means for others than this one text.


class Trouble(StrEnum):
    """Whose trouble an error is."""

    STOPPED = "stopped"  # the provider holds a stop of this number
    NUMBER = "number"  # no handset behind it
    FILTERED = "filtered"  # a carrier took it for spam
    RATE = "rate"  # too fast for the sender or the carrier
    DAY = "day"  # T-Mobile's budget of the day is used up
    OURS = "ours"  # the sender or the words: everybody else would meet it, too


TROUBLES: dict[int, Trouble] = {
    STOPPED_AT_TWILIO: Trouble.STOPPED,
    21211: Trouble.NUMBER,  # no such number
    21614: Trouble.NUMBER,  # no mobile one
    30003: Trouble.NUMBER,  # handset off, often for good
    30005: Trouble.NUMBER,  # unknown to its carrier
    30006: Trouble.NUMBER,  # a landline
    30007: Trouble.FILTERED,
    21611: Trouble.RATE,  # the number's queue is full
    30001: Trouble.RATE,  # the service's queue is full
    30022: Trouble.RATE,  # over the campaign's rate at the carrier
    30023: Trouble.DAY,
    20005: Trouble.OURS,  # the account is not active
    21602: Trouble.OURS,  # no words
    21606: Trouble.OURS,  # no number of ours
    21609: Trouble.OURS,  # no callback address
    21617: Trouble.OURS,  # too many words
    21624: Trouble.OURS,  # no such validity
    21659: Trouble.OURS,  # no number of ours
    21660: Trouble.OURS,  # another account's number
    21701: Trouble.OURS,  # no such Messaging Service
    21703: Trouble.OURS,  # one without numbers
    30032: Trouble.OURS,  # a toll-free number that isn't verified
    30034: Trouble.OURS,  # an unregistered 10DLC number
    30110: Trouble.OURS,  # a link that carriers block
}
"""Twilio's codes (texts.md, section 6). What isn't here is this one text's own bad luck."""
LOWEST_CODE = 10_000
"""Below are no codes of Twilio's, but an HTTP status: a clear no without a code, which is never a recipient's."""


def trouble(error: int) -> Trouble | None:
    """Return whose trouble an error is; None: no other text's."""
    return Trouble.OURS if 0 < error < LOWEST_CODE else TROUBLES.get(error)


def is_not_the_recipients(error: int) -> bool:
    """Whether Twilio, when it said no to a create, meant us: the same recipient can be sent it later."""
    return trouble(error) in {Trouble.RATE, Trouble.DAY, Trouble.OURS}
