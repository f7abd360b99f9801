"""Twilio's signature on webhooks.

Promises: base64(HMAC-SHA1(token, exact URL + every form name and value, sorted by name)); the URL
without its fragment, because a fragment never leaves Twilio. Refuses to know: what is in the form.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urldefrag

HEADER = "X-Twilio-Signature"


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """The value of X-Twilio-Signature for a form post of `fields` to `url` (for GET: no fields)."""
    text = urldefrag(url).url + "".join(name + fields[name] for name in sorted(fields))
    return b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
