"""What Twilio reports of alerts: early, late, twice, in any order or never.

Promises: the address holds the broadcast, the shard and the recipient's token, and nothing of the person; a report that
comes before the create's answer was written is not lost, for the claim is older than either.
"""

from collections.abc import Mapping

from chalicelib.domain.claim import Report
from chalicelib.observability import fault, log
from chalicelib.runtime import runtime
from chalicelib.views import alert_keeping
from chalicelib.views.voice import NO_CONTENT, UNAVAILABLE

KIND = "alert"


def is_alert(text_id: str) -> bool:
    """Whether a status address is that of an alert's text."""
    return text_id.split(".", maxsplit=1)[0] == KIND


def note(form: Mapping[str, str], text_id: str) -> int:
    """Take in a report; the status to answer with. On a fault of ours Twilio is told, so that it reports again."""
    _, broadcast, shard, token = text_id.split(".")
    report = Report(form["MessageSid"], form.get("MessageStatus", ""), _code(form.get("ErrorCode", "")))
    try:
        alert_keeping.take(lambda: runtime().claims.one(broadcast, shard, token), report)
    except LookupError:
        # Thirteen months old, or never ours: there is nothing to keep it by.
        log("status of an alert that is gone")
    except Exception as error:  # noqa: BLE001 - nobody reads this answer: Twilio tries again, the reconciler asks
        fault("status of an alert not noted", error)
        return UNAVAILABLE
    return NO_CONTENT


def _code(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
