"""What may happen only so often in a clock hour: counted under a keyed hash, so that nobody is named in a key."""

from datetime import datetime, timedelta

from chalicelib.domain.phones import phone_key
from chalicelib.runtime import runtime

AN_HOUR = timedelta(hours=1)


def full_until(what: str, limit: int, now: datetime) -> datetime | None:
    """Count one more of `what` in this hour: None; or, once the limit is reached, when the next hour begins.

    Exact under any concurrency. What is kept of it goes two hours after the hour began.
    """
    r = runtime()
    end = now.replace(minute=0, second=0, microsecond=0) + AN_HOUR
    scope = phone_key(what, r.secrets.current().phone_key)
    return None if r.store.spend(scope, f"{now:%Y-%m-%dT%H}", limit, end + AN_HOUR) else end
