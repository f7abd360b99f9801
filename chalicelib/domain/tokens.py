"""Links that prove where they were sent: tokens for one purpose, about one subject, until one moment.

A token holds its subject (an opaque id), its end and a keyed hash of both and of the purpose, which stands nowhere in
it. It names nobody, says nothing, and one made for a purpose is none for another. Knows no clock and no key.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

KIND = "patchthrough link 1"
"""Set before what is hashed, so that no other use of the key makes a token."""
TOKEN = re.compile(
    r"(?P<subject>[A-Za-z0-9_-]{1,256})\.(?P<end>[1-9][0-9]{0,10})\.(?P<mac>[A-Za-z0-9_-]{32})"
)
SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,256}")
MAC_BYTES = 24


class Purpose(StrEnum):
    """What a link is for."""

    SENT = "sent"  # to see that the link was mailed, and to have it mailed again: shows nothing of a letter
    CONFIRM = "confirm"  # to show a letter that waits for its writer, and to confirm or delete it
    FOLLOW = "follow"  # to see what became of a letter, and to take it back while it can be
    ANSWER = "answer"  # to say whether the office answered
    UNSUBSCRIBE = "unsubscribe"  # to get no more mail from us


LIVES: dict[Purpose, timedelta] = {
    Purpose.SENT: timedelta(days=7),
    Purpose.CONFIRM: timedelta(days=7),
    Purpose.FOLLOW: timedelta(days=90),
    Purpose.ANSWER: timedelta(days=30),
    Purpose.UNSUBSCRIBE: timedelta(days=365),
}
"""How long each link works; the page of a letter says seven days for the first."""


class NotOurs(Exception):
    """No token of ours, or one for something else: altered, cut off, made with another key."""


class Expired(Exception):
    """A token of ours for this purpose whose time is over."""


def token(purpose: Purpose, subject: str, made_at: datetime, key: bytes) -> str:
    """Return a token about `subject` ([A-Za-z0-9_-], at most 256) that works for as long as its purpose allows.

    Raises:
        ValueError: the subject has other characters; nothing that could be read as a person may stand in a link.
    """
    if not SUBJECT.fullmatch(subject):
        raise ValueError("not an opaque id")
    end = str(int((made_at + LIVES[purpose]).timestamp()))
    return f"{subject}.{end}.{_mac(purpose, subject, end, key)}"


def subject_of(text: str, purpose: Purpose, now: datetime, keys: Iterable[bytes]) -> str:
    """Return what a token is about, if it is ours (by any of the keys: two, while one is replaced) and still works.

    Raises:
        NotOurs: it is not, or it was made for another purpose.
        Expired: it was.
    """
    parts = TOKEN.fullmatch(text)
    if parts is None:
        raise NotOurs
    subject, end, mac = parts.groups()
    made = [_mac(purpose, subject, end, key) for key in keys]
    if not any([hmac.compare_digest(mac, ours) for ours in made]):  # noqa: C419 - compares with each, always
        raise NotOurs
    if now >= datetime.fromtimestamp(int(end), UTC):
        raise Expired
    return subject


def _mac(purpose: Purpose, subject: str, end: str, key: bytes) -> str:
    text = f"{KIND}\0{purpose}\0{subject}\0{end}"
    return urlsafe_b64encode(hmac.digest(key, text.encode(), sha256)[:MAC_BYTES]).decode()
