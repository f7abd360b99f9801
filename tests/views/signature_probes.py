"""Webhooks as Twilio sends them, and every way to send one that it did not sign. Each probe makes a request of one.

The numbered probes are the field's own list: what twilio 9.13's validator accepts or crashes on.
"""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from chalicelib.adapters.signature import signed
from tests.rehearsal import ACCOUNT, PUBLIC_URL, TOKEN
from tests.values import CALL_ID

FORM = "application/x-www-form-urlencoded"
SID = "CA" + "1" * 32
ROOT = "/twilio/voice"
FIELDS = {
    "AccountSid": ACCOUNT,
    "ApiVersion": "2010-04-01",
    "CallSid": SID,
    "CallStatus": "in-progress",
    "Called": "+14045550123",
    "CalledCity": "",
    "Caller": "+12025550142",
    "CallerState": "",
    "Direction": "outbound-api",
    "From": "+12025550142",
    "FromCity": "",
    "To": "+14045550123",
    "ToCity": "",
    "ToCountry": "US",
}


@dataclass(frozen=True)
class Genuine:
    """One webhook as Twilio sends it: each would change the call, or be answered with its words, if it were let in."""

    path: str
    form: dict[str, str]


STEP = Genuine(f"{ROOT}/{CALL_ID}/steps/12", FIELDS | {"Digits": "12"})
STATUS = Genuine(f"{ROOT}/{CALL_ID}/status", FIELDS | {"CallStatus": "completed", "CallDuration": "12"})
FALLBACK = Genuine(
    f"{ROOT}/fallback",
    FIELDS | {"ErrorCode": "11200", "ErrorUrl": f"{PUBLIC_URL}{ROOT}/{CALL_ID}/steps/12", "Digits": "12"},
)
THEIRS = FIELDS | {
    "CallSid": "CA" + "2" * 32, "Called": "+12025550142", "Caller": "+14045550123", "Direction": "inbound",
    "From": "+14045550123", "To": "+12025550142",
}  # fmt: skip
INBOUND = Genuine(
    f"{ROOT}/inbound", THEIRS | {"CallStatus": "ringing", "StirVerstat": "TN-Validation-Passed-A"}
)
INBOUND_STATUS = Genuine(f"{ROOT}/inbound/status", THEIRS | {"CallStatus": "completed", "CallDuration": "12"})
ROUTES = [STEP, STATUS, FALLBACK, INBOUND, INBOUND_STATUS]
TAKEN = [200, 204, 200, 200, 204]
"""What each route answers to its genuine webhook."""


@dataclass(frozen=True)
class Sent:
    """A request on the wire. The signature is of `form` at the configured URL unless a probe says otherwise."""

    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def sent(genuine: Genuine, *, token: str = TOKEN, public: str = PUBLIC_URL, **headers: str) -> Sent:
    signature = signed(public + genuine.path, genuine.form, token)
    always = {"Content-Type": FORM, "X-Twilio-Signature": signature}
    return Sent(genuine.path, urlencode(genuine.form).encode(), always | headers)


def with_body(g: Genuine, body: bytes, **headers: str) -> Sent:
    """Another body under the genuine signature."""
    return replace(sent(g, **headers), body=body)


def signed_as(g: Genuine, url: str) -> Sent:
    """The genuine form, signed by Twilio's own token over another URL than ours."""
    return sent(g, **{"X-Twilio-Signature": signed(url, g.form, TOKEN)})


def reformed(g: Genuine, form: dict[str, str]) -> Sent:
    return with_body(g, urlencode(form).encode())


def without(g: Genuine, *names: str) -> dict[str, str]:
    return {name: value for name, value in g.form.items() if name not in names}


def rekeyed(g: Genuine, old: str, new: str, value: str) -> Sent:
    """A field cut at another place: the text that is signed stays the same."""
    return reformed(g, without(g, old) | {new: value})


def last(g: Genuine) -> str:
    """A field that each route reads."""
    return next(name for name in ("Digits", "CallDuration", "To") if name in g.form)


def other_digest(g: Genuine, name: str, algorithm: Callable[..., Any]) -> Sent:
    text = PUBLIC_URL + g.path + "".join(key + g.form[key] for key in sorted(g.form))
    signature = b64encode(hmac.new(TOKEN.encode(), text.encode(), algorithm).digest()).decode()
    settings = f"key=1,algorithm={name}"
    return sent(g, **{"X-Twilio-Signature": signature, "X-Twilio-Webhooks-Signature-Settings": settings})


def json_sent(g: Genuine, claimed: dict[str, str], *, by_query: bool, kind: str = "application/json") -> Sent:
    """JSON as Twilio signs it: over the URL alone, which holds the body's hash."""
    body = json.dumps(g.form).encode()
    digest = hashlib.sha256(json.dumps(claimed).encode()).hexdigest()
    path = f"{g.path}?bodySHA256={digest}" if by_query else g.path
    return Sent(
        path, body, {"Content-Type": kind, "X-Twilio-Signature": signed(PUBLIC_URL + path, {}, TOKEN)}
    )


def big(g: Genuine) -> Sent:
    return sent(replace(g, form=g.form | {"X": "x" * 20_000}))


def many(g: Genuine) -> Sent:
    return sent(replace(g, form=g.form | {f"X{number}": "" for number in range(100)}))


def elsewhere(g: Genuine, call_id: str) -> Sent:
    """Signed, but at a path we never give away."""
    path = g.path.replace(CALL_ID, call_id) if CALL_ID in g.path else f"{ROOT}/{call_id}/status"
    return sent(replace(g, path=path))


HOST = PUBLIC_URL.removeprefix("https://")
TAMPERED = {"CallStatus": "failed"}
Probe = Callable[[Genuine], Sent]

# The numbers are those of promises.md §2.5; what the library accepts or crashes on is 403 here.
LISTED: dict[str, Probe] = {
    "1 a field twice": lambda g: with_body(g, urlencode([*g.form.items(), *g.form.items()]).encode()),
    "2 a field's name cut": lambda g: rekeyed(g, last(g), last(g)[:-1], last(g)[-1] + g.form[last(g)]),
    "3 the URL absorbs a field": lambda g: replace(
        reformed(g, without(g, "AccountSid")), path=f"{g.path}AccountSid{ACCOUNT}"
    ),
    "4 JSON intact": lambda g: json_sent(g, g.form, by_query=True),
    "5 JSON tampered": lambda g: json_sent(g, g.form | TAMPERED, by_query=True),
    "6 JSON tampered, called a form": lambda g: json_sent(g, g.form | TAMPERED, by_query=True, kind=FORM),
    "7 JSON tampered, no hash": lambda g: json_sent(g, g.form | TAMPERED, by_query=False),
    "8 text without a hash": lambda g: replace(
        sent(g, **{"Content-Type": "text/plain"}), body=b"just some words"
    ),
    "9 no signature": lambda g: replace(sent(g), headers={"Content-Type": FORM}),
    "10 bytes": lambda g: with_body(g, bytes(range(256))),
    "11 a bare question mark signed": lambda g: replace(
        signed_as(g, f"{PUBLIC_URL}{g.path}?"), path=f"{g.path}?"
    ),
    "12 user and port signed": lambda g: signed_as(g, f"https://me:secret@{HOST}:8443{g.path}"),
    "13 user signed": lambda g: signed_as(g, f"https://me:secret@{HOST}{g.path}"),
    "14 a port signed": lambda g: signed_as(g, f"{PUBLIC_URL}:8443{g.path}"),
    "14 the usual port signed": lambda g: signed_as(g, f"{PUBLIC_URL}:443{g.path}"),
    "15 another case of the host": lambda g: signed_as(g, PUBLIC_URL.replace("calls", "Calls") + g.path),
    "17 blank fields dropped": lambda g: reformed(g, {key: value for key, value in g.form.items() if value}),
    "18 the fragment signed": lambda g: signed_as(g, f"{PUBLIC_URL}{g.path}#rc=2&rp=ct,rt,5xx"),
    "19 a query signed": lambda g: replace(
        signed_as(g, f"{PUBLIC_URL}{g.path}?a=1&b=2"), path=f"{g.path}?a=1&b=2"
    ),
    "19 a query reordered": lambda g: replace(
        signed_as(g, f"{PUBLIC_URL}{g.path}?a=1&b=2"), path=f"{g.path}?b=2&a=1"
    ),
    "20 the header chooses SHA-256": lambda g: other_digest(g, "HMAC_SHA256", hashlib.sha256),
    "21 an unknown algorithm": lambda g: other_digest(g, "HMAC_MD5", hashlib.md5),
    "22 a signature beyond ASCII": lambda g: sent(g, **{"X-Twilio-Signature": "señal☎=="}),
}
MORE: dict[str, Probe] = {
    "signed, and about no call": lambda g: sent(replace(g, form=without(g, "CallSid"))),
    "a blank signature": lambda g: sent(g, **{"X-Twilio-Signature": ""}),
    "a wrong key": lambda g: sent(g, token="another token"),
    "an empty key": lambda g: sent(g, token=""),
    "another URL": lambda g: signed_as(g, f"{PUBLIC_URL}/other"),
    "another host": lambda g: signed_as(g, f"https://evil.example{g.path}"),
    "the host taken from a header": lambda g: replace(
        signed_as(g, f"https://evil.example{g.path}"),
        headers=signed_as(g, f"https://evil.example{g.path}").headers
        | {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    ),
    "plain http": lambda g: signed_as(g, PUBLIC_URL.replace("https", "http") + g.path),
    "a field changed": lambda g: reformed(g, g.form | {last(g): "9"}),
    "a field added": lambda g: reformed(g, g.form | {"Extra": ""} | {"Extra2": "1"}),
    "a field left out": lambda g: reformed(g, without(g, last(g))),
    "a field swallowed by its neighbour": lambda g: reformed(
        g, without(g, "To", "ToCity", "ToCountry") | {"FromCity": f"To{g.form['To']}ToCityToCountryUS"}
    ),
    "the URL's end in a field": lambda g: replace(reformed(g, g.form | {g.path[-1]: ""}), path=g.path[:-1]),
    "a field twice, two values": lambda g: with_body(g, f"{urlencode(g.form)}&{last(g)}=9".encode()),
    "no content type": lambda g: replace(
        sent(g), headers={"X-Twilio-Signature": sent(g).headers["X-Twilio-Signature"]}
    ),
    "another content type": lambda g: sent(g, **{"Content-Type": "multipart/form-data; boundary=x"}),
    "no type that exists": lambda g: sent(g, **{"Content-Type": "☎"}),
    "an empty body": lambda g: with_body(g, b""),
    "an empty body, signed": lambda g: sent(replace(g, form={})),
    "an oversized body": lambda g: with_body(g, b"a=" + b"x" * 2_000_000),
    "an oversized form, signed": big,
    "too many fields, signed": many,
    "not UTF-8": lambda g: with_body(g, urlencode(g.form).encode() + b"&X=\xff\xfe"),
    "not UTF-8, encoded": lambda g: with_body(g, urlencode(g.form).encode() + b"&X=%ff%fe"),
    "a half surrogate, encoded": lambda g: with_body(g, urlencode(g.form).encode() + b"&X=%ed%a0%80"),
    "a torn form": lambda g: with_body(g, urlencode(g.form).encode() + b"&X"),
    "a zero byte": lambda g: with_body(g, urlencode(g.form).encode() + b"\x00"),
    "a query added": lambda g: replace(sent(g), path=f"{g.path}?Digits=1"),
    "another account": lambda g: sent(replace(g, form=g.form | {"AccountSid": "AC" + "9" * 32})),
    "no account": lambda g: sent(replace(g, form=without(g, "AccountSid"))),
    "a field of a shape Twilio never sends": lambda g: sent(replace(g, form=g.form | {last(g): "1; 2"})),
    "a path with a dot": lambda g: elsewhere(g, "..%2f..%2fadmin"),
    "a path that is no id": lambda g: elsewhere(g, quote("☎ ' or 1=1")),
    "another call": lambda g: replace(sent(g), path=f"{ROOT}/another-call-of-ours-1/steps/12"),
}


def mutants(g: Genuine) -> Iterator[tuple[str, Sent]]:
    """Each byte of the body changed, in two ways; each character of the signature changed."""
    whole = sent(g)
    for at, byte in enumerate(whole.body):
        for mask in (0x01, 0x20):
            body = whole.body[:at] + bytes([byte ^ mask]) + whole.body[at + 1 :]
            if not means_the_same(body, whole.body):
                yield f"byte {at} of the body", with_body(g, body)
    signature = whole.headers["X-Twilio-Signature"]
    for at, char in enumerate(signature):
        wrong = signature[:at] + ("A" if char != "A" else "B") + signature[at + 1 :]
        yield f"character {at} of the signature", sent(g, **{"X-Twilio-Signature": wrong})
        yield f"signature up to {at}", sent(g, **{"X-Twilio-Signature": signature[:at]})


def means_the_same(one: bytes, other: bytes) -> bool:
    """Whether two bodies are one form: "%2B" and "%2b" are."""
    try:
        return parse_qsl(one.decode("ascii"), True, True) == parse_qsl(other.decode("ascii"), True)
    except ValueError:
        return False
