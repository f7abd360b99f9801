"""Twilio's signature, and nothing accepted on doubt.

Promises: a form is returned only if it was signed, over exactly our configured URL, with a token of ours.
Everything else raises Forged; there is no third answer. HMAC-SHA1 over URL + sorted keys and values has no
delimiters, so a signed form can be cut up differently and still verify (promises.md §2.5, probes 1 to 3):
`_is_ambiguous` refuses such forms. The algorithm is pinned here and never read from a header.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha1
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 100
MOST_BYTES = 16_384

SID = r"[A-Z]{2}[0-9a-f]{32}"
READ: dict[str, str] = {
    "AccountSid": SID,
    "CallSid": SID,
    "ParentCallSid": SID,
    "From": r"\+?\d{1,15}|(?i:anonymous|blocked|private|restricted|unavailable|unknown)",
    "CallStatus": r"[a-z-]{4,11}",
    "CallDuration": r"\d{1,6}",
    "Digits": r"[0-9*#]*",
    "DialCallSid": SID,
    "DialCallStatus": r"[a-z-]{4,11}",
    "DialCallDuration": r"\d{1,6}",
    "To": r"\+\d{7,15}",
    "ErrorUrl": r"\S{1,500}",
    "ErrorCode": r"\d{1,6}",
    "MessageSid": SID,
    "MessageStatus": r"[a-z-]{4,11}",
    "SequenceNumber": r"\d{1,6}",
}
"""The fields we read, each with the only shape it can have."""
NAME = re.compile(r"[A-Za-z]")
"""How a field's name begins: a name that begins otherwise may be the end of a longer URL."""


class Forged(Exception):
    """The request can't be shown to be Twilio's. Its text names the doubt, never a value."""


def verified(
    url: str, body: bytes, content_type: str, signature: str, tokens: Iterable[str]
) -> dict[str, str]:
    """Return the form of a signed request. `url`: the configured public address of this route, exactly.

    Raises:
        Forged: on any doubt at all.
    """
    if content_type.split(";", maxsplit=1)[0].strip().lower() != FORM:
        raise Forged("not a form")
    form = _parsed(body)
    _check_signature(url, form, signature, tokens)
    if _is_ambiguous(form):
        raise Forged("the fields can be read in two ways")
    if any(name in READ and value and not re.fullmatch(READ[name], value) for name, value in form.items()):
        raise Forged("a field has a shape Twilio never sends")
    return form


def signed(url: str, form: Mapping[str, str], token: str) -> str:
    """Return Twilio's signature of a form at a URL."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return b64encode(hmac.new(token.encode(), text.encode(), sha1).digest()).decode()


def _parsed(body: bytes) -> dict[str, str]:
    """Parse every field, blanks kept: Twilio signs blank fields too."""
    if len(body) > MOST_BYTES:
        raise Forged("longer than Twilio sends")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise Forged("not a form") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Forged("a field stands twice")
    return form


def _check_signature(url: str, form: Mapping[str, str], signature: str, tokens: Iterable[str]) -> None:
    given = signature.encode("utf-8", "surrogateescape")
    # Every token is tried, whichever matches: the time taken tells nothing.
    matches = [hmac.compare_digest(signed(url, form, token).encode(), given) for token in tokens if token]
    if not any(matches):
        raise Forged("wrong signature" if signature else "no signature")


def _is_ambiguous(form: Mapping[str, str]) -> bool:
    """Whether a field we read may have been cut in two or swallowed by its neighbour, under the same signature.

    Or the URL, whose end a field may have taken. Words like "Digits" in a name or a city cost that one webhook.
    """
    missing = [name for name in READ if name not in form]
    unknown = [name for name in form if name not in READ]
    from_url = any(not NAME.match(name) for name in unknown)
    was_cut = any(name.startswith(other) or other.startswith(name) for name in missing for other in unknown)
    was_swallowed = any(name in value for name in missing for value in form.values())
    return from_url or was_cut or was_swallowed
