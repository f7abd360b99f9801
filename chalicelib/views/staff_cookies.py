"""The console's one cookie, and the token that its forms carry beside it.

Promises: the cookie is a secret of 256 bits that no script reads and no other site's page sends; a form's token can't
be made from anything but that secret and our key. Over http, which is only this machine, the cookie goes by its short
name: `__Host-` and Secure are for https.
"""

import hmac
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie

from chalicelib.domain.staff import LONGEST
from chalicelib.runtime import runtime
from chalicelib.views.visits import pages

SHORT = "staff"
LABEL = "staff forms"


def name() -> str:
    """What the cookie is called here."""
    return f"__Host-{SHORT}" if _secure() else SHORT


def secret() -> str:
    """What the browser's cookie holds; "" without one."""
    try:
        jar = SimpleCookie(pages.current_request.headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[name()].value if name() in jar else ""


def kept(value: str) -> str:
    """The header that has the browser keep a secret, until it is closed or the longest session is over."""
    return f"{name()}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={int(LONGEST.total_seconds())}{_secure()}"


def dropped() -> str:
    """The header that has the browser forget it."""
    return f"{name()}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{_secure()}"


def token(of: str) -> str:
    """The token of every form of the session with this secret; "" without one."""
    if not of:
        return ""
    return hmac.new(runtime().secrets.current().derived(LABEL), of.encode(), sha256).hexdigest()


def is_token(sent: str, of: str) -> bool:
    """Whether a form's token is the one of this secret; takes as long for a wrong one."""
    return bool(of) and hmac.compare_digest(sent.encode(), token(of).encode())


def _secure() -> str:
    return "; Secure" if runtime().config.public_url.startswith("https://") else ""
