"""How the REST side says no, and the checks that Calls and Messages share.

Promises: each refusal has an HTTP status and Twilio's error number. Refuses to know: what is created.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dev.phone_world.calls import Hook

if TYPE_CHECKING:
    from dev.phone_world.world import World

Form = Mapping[str, list[str]]
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
NANP = re.compile(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}")
LONGEST_URL = 4000


class RestError(Exception):
    """A refusal: HTTP status, Twilio's code, words."""

    def __init__(self, status: int, code: int, message: str, retry_after: int | None = None) -> None:
        """Keep all of it for the answer."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


def one(form: Form, name: str, default: str = "") -> str:
    """The value of a field that stands once; the last one if it stands more often."""
    values = form.get(name)
    return values[-1] if values else default


def check_to(world: World, number: str) -> None:
    """Refuse a To that Twilio would not dial or text: 21211, 21217, 21215, 21216."""
    if not E164.fullmatch(number):
        raise RestError(400, 21211, f"The 'To' number {number} is not a valid phone number.")
    if number.startswith("+1") and not NANP.fullmatch(number):
        raise RestError(400, 21217, f"Phone number {number} does not appear to be valid")
    if not number.startswith(world.rules.countries):
        raise RestError(400, 21215, f"Geo permission: account not authorized to call {number}.")
    if number in world.rules.blocked:
        raise RestError(400, 21216, f"Account not allowed to call {number}.")


def hook(form: Form, name: str, code: int) -> Hook:
    """The address in field `name` with its method; refuses (`code`) what is not an absolute address."""
    url = one(form, name)
    if url:
        check_url(url, name, code)
    method = one(form, f"{name.removesuffix('Url')}Method", "POST")
    if method not in {"GET", "POST"}:
        raise RestError(400, 21200, f"{method} is not a method Twilio uses for {name}")
    return Hook(url, method)


def check_url(url: str, name: str, code: int) -> None:
    """Refuse an address Twilio could not ask: no scheme, no host, an underscore in the host, too long."""
    parts = urlsplit(url)
    bad = parts.scheme not in {"http", "https"} or not parts.hostname or len(url) > LONGEST_URL
    if bad or "_" in (parts.hostname or ""):
        raise RestError(400, code, f"{name} is not a valid URL: {url[:80]}")


def whole(form: Form, name: str, default: int, limits: tuple[int, int], code: int) -> int:
    """A whole number within limits, or the refusal `code`."""
    text = one(form, name)
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,6}", text) or not limits[0] <= int(text) <= limits[1]:
        raise RestError(400, code, f"{name} must be a whole number from {limits[0]} to {limits[1]}")
    return int(text)


def complain_of_strangers(world: World, form: Form, played: Collection[str], resource: str) -> None:
    """Twilio would ignore, or play, what we do not: say so, for a test to see."""
    for name in form:
        if name not in played:
            world.complain(20001, f"{resource}: the phone world does not play the parameter {name}")


def paging(query: Mapping[str, str]) -> None:
    """Refuse (20001) a page or size that is none."""
    for name, least, most in (("PageSize", 1, 1000), ("Page", 0, 1_000_000)):
        text = query.get(name, str(least))
        if not re.fullmatch(r"[0-9]{1,7}", text) or not least <= int(text) <= most:
            raise RestError(400, 20001, f"{name} must be from {least} to {most}")
