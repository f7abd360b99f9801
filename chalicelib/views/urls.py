"""Our own addresses, all built from the configured public URL and never from a request's Host."""

import re
from urllib.parse import urlsplit

from chalicelib.runtime import runtime

RETRIES = "#rc=2&rp=ct,rt,5xx"
"""Twilio tries a webhook twice more on a connection fault, a time-out or a 5xx. Neither signed nor sent."""
STEP = re.compile(r"/twilio/voice/([A-Za-z0-9_-]{1,64})/steps/(\d{1,4})")


def public(path: str) -> str:
    """The public address of one of our paths."""
    return runtime().config.public_url + path


def local(path: str) -> str:
    """The same as a link on our own pages: the public URL's path prefix, without its host."""
    return urlsplit(runtime().config.public_url).path + path


def step(call_id: str, number: int) -> str:
    """Where Twilio goes for one step of a call."""
    return public(f"/twilio/voice/{call_id}/steps/{number}") + RETRIES


def status(call_id: str) -> str:
    """Where Twilio reports on a call and its legs."""
    return public(f"/twilio/voice/{call_id}/status") + RETRIES


def text_status(call_id: str, number: int) -> str:
    """Where Twilio reports on the text with a call's `number`-th code."""
    return public(f"/twilio/texts/{call_id}.{number}/status") + RETRIES


def alert_status(broadcast: str, shard: str, token: str) -> str:
    """Where Twilio reports on a broadcast's text to one recipient, who is a token here."""
    return public(f"/twilio/texts/alert.{broadcast}.{shard}.{token}/status") + RETRIES


def reply_status(name: str) -> str:
    """Where Twilio reports on a text that a form asked for, by its name."""
    return public(f"/twilio/texts/{name}/status") + RETRIES


def fallback() -> str:
    """Where Twilio goes when an answer of ours fails."""
    return public("/twilio/voice/fallback")


def is_inbound(url: str) -> bool:
    """Whether this is where Twilio goes when a number of ours is dialled."""
    return url.split("#", maxsplit=1)[0] == public("/twilio/voice/inbound")


def place_in(url: str) -> tuple[str, int] | None:
    """Return the call id and step of one of our own step addresses, None if it is not one."""
    if not url.startswith(public("/")):
        return None
    found = STEP.fullmatch(url.removeprefix(runtime().config.public_url).split("#")[0])
    return (found[1], int(found[2])) if found else None
