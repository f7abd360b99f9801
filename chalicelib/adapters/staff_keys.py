"""Keys of the console: sessions of staff, sign-ins and launches under way. Beside keys.py, which is a page full.

The first two stand under the hash of the cookie's secret: whoever reads the table can't sign in with what they read.

| key | holds |
|---|---|
| SESSION#hash / SESSION | somebody signed in at the console, until 12 hours later at most |
| SIGNIN#hash / SIGNIN | a sign-in under way, between the password and the code, for a quarter of an hour |
| HOURS#slug#day / hour#office#language#channel#shard | sums of what was counted in an hour (UTC), for the console |
| LAUNCH#slug / LAUNCH | the first of two people's word that a campaign may go live |
"""

from datetime import date, datetime
from hashlib import sha256

from chalicelib.adapters.keys import Key


def staff_session(secret: str) -> Key:
    """Where the session of a cookie's secret stands."""
    return Key(f"SESSION#{_hashed(secret)}", "SESSION")


def sign_in(secret: str) -> Key:
    """Where the sign-in of a cookie's secret stands."""
    return Key(f"SIGNIN#{_hashed(secret)}", "SIGNIN")


def hours(slug: str, day: date) -> str:
    """The partition of all sums by hour of a campaign's day (UTC)."""
    return f"HOURS#{slug}#{day}"


def hour_sum(slug: str, hour: datetime, parts: tuple[str, ...], shard: int) -> Key:
    """Where a shard of an hour's sum stands, of these parts: office, language, channel."""
    return Key(hours(slug, hour.date()), "#".join((f"{hour:%H}", *parts, f"{shard:02}")))


def launch(slug: str) -> Key:
    """Where the first signature of a campaign's launch stands."""
    return Key(f"LAUNCH#{slug}", "LAUNCH")


def _hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
