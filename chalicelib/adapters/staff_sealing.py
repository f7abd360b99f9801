"""What stands in the table and only one browser's cookie opens: tokens of the user pool, while somebody is signed in.

Sealed under a key made of ours and of the cookie's secret, which is kept nowhere: neither the table nor our key alone
is enough. A stream of SHAKE-256 under a nonce that is never used twice, and an HMAC over nonce and text, checked first:
the standard library's, for the one package that has AES (cryptography) would make the zip half as large again.
"""

import hmac
import secrets as chance
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256, shake_256

NONCE, TAG = 16, 32


class BrokenSealError(Exception):
    """It was sealed by another cookie, or changed since."""


def sealed(text: str, key: bytes, secret: str) -> str:
    """Return `text` so that only `key` and the cookie's `secret` together open it."""
    nonce = chance.token_bytes(NONCE)
    hidden = _mixed(text.encode(), _key(key, secret, "text"), nonce)
    return urlsafe_b64encode(nonce + _tag(nonce + hidden, key, secret) + hidden).decode()


def opened(text: str, key: bytes, secret: str) -> str:
    """Return what was sealed.

    Raises:
        BrokenSealError: by another cookie, or it was changed.
    """
    whole = urlsafe_b64decode(text)
    nonce, tag, hidden = whole[:NONCE], whole[NONCE : NONCE + TAG], whole[NONCE + TAG :]
    if not hmac.compare_digest(tag, _tag(nonce + hidden, key, secret)):
        raise BrokenSealError
    return _mixed(hidden, _key(key, secret, "text"), nonce).decode()


def _key(key: bytes, secret: str, use: str) -> bytes:
    return hmac.new(key, f"{use}#{secret}".encode(), sha256).digest()


def _tag(whole: bytes, key: bytes, secret: str) -> bytes:
    return hmac.new(_key(key, secret, "seal"), whole, sha256).digest()


def _mixed(text: bytes, key: bytes, nonce: bytes) -> bytes:
    stream = shake_256(key + nonce).digest(len(text))
    return bytes(each ^ other for each, other in zip(text, stream, strict=True))
