"""The form fields of Twilio's voice webhooks.

Promises: Twilio's exact names, blank ones included, because blank fields are signed too; CallDuration
and Duration only at the end. Refuses to know: who is sent what, and when.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from dev.phone_world.calls import DIALLED, ENDED, IN_PROGRESS, INBOUND, RINGING, WITHHELD, Call

if TYPE_CHECKING:
    from collections.abc import Collection

API_VERSION = "2010-04-01"
PLACES = {
    f"{side}{part}": ("US" if part == "Country" else "")
    for side in ("Called", "Caller", "From", "To")
    for part in ("City", "State", "Zip", "Country")
}


def rfc_2822(when: datetime) -> str:
    """A date as Twilio writes it: `Wed, 09 Dec 2026 15:42:00 +0000`."""
    return format_datetime(when)


def call_fields(account_sid: str, call: Call) -> dict[str, str]:
    """The fields every voice webhook carries."""
    fields = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": call.to,
        "Caller": call.from_,
        "Direction": call.direction,
        "From": call.from_,
        "To": call.to,
        **PLACES,
    }
    if call.from_ in WITHHELD:
        fields |= {"CallerCountry": "", "FromCountry": ""}
    if call.parent_sid:
        fields["ParentCallSid"] = call.parent_sid
    return fields


def status_fields(
    account_sid: str, call: Call, now: datetime, own_numbers: Collection[str]
) -> dict[str, str]:
    """The fields of a status callback about what has just happened to `call`."""
    fields = call_fields(account_sid, call) | {
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.events_sent),
        "Timestamp": rfc_2822(now),
    }
    if call.status in {RINGING, IN_PROGRESS} and call.direction != INBOUND:
        fields["StirStatus"] = "A" if call.from_ in own_numbers else "B"
    if call.status in ENDED:
        seconds = call.duration or 0
        fields |= {
            "CallDuration": str(seconds),
            "Duration": str(-(-seconds // 60)),
            "SipResponseCode": call.sip_code,
        }
    return fields


def dial_fields(child: Call | None, status: str) -> dict[str, str]:
    """What a Dial's action hears about the leg that was dialled (None: it was never placed)."""
    if child is None:
        return {"DialCallStatus": status, "DialBridged": "false"}
    fields = {
        "DialCallSid": child.sid,
        "DialCallStatus": status,
        "DialBridged": "true" if child.bridged is not None else "false",
    }
    if child.duration is not None:
        fields["DialCallDuration"] = str(child.duration)
    return fields


EVENT_OF = {DIALLED: "initiated", RINGING: "ringing", IN_PROGRESS: "answered"}


def event_of(status: str) -> str:
    """The StatusCallbackEvent that a status belongs to."""
    return EVENT_OF.get(status, "completed")
