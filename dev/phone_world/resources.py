"""Calls, texts and lists in the JSON shapes of Twilio's REST API.

Promises: exactly Twilio's fields, dates in RFC 2822, null where Twilio says null. Refuses to know: HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dev.phone_world.calls import DIALLED, OUTBOUND_DIAL, QUEUED, Call
from dev.phone_world.forms import API_VERSION, rfc_2822
from dev.phone_world.numbers import national
from dev.phone_world.texts import Text
from dev.phone_world.world import World

if TYPE_CHECKING:
    from dev.phone_world.wire_log import Alert

Json = dict[str, Any]

CALL_SUBRESOURCES = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


NO_SIDS = (
    "address_sid",
    "bundle_sid",
    "emergency_address_sid",
    "identity_sid",
    "sms_application_sid",
    "trunk_sid",
    "voice_application_sid",
)
"""What a number of the account may be tied to, and here never is."""


def call_resource(world: World, call: Call) -> Json:
    """One call, as Twilio shows it."""
    path = f"/{API_VERSION}/Accounts/{world.account_sid}/Calls/{call.sid}"
    started = call.created if call.started is None else call.started
    return {
        "account_sid": world.account_sid,
        "annotation": None,
        "answered_by": None,
        "api_version": API_VERSION,
        "caller_name": None,
        "date_created": _date(world, call.created),
        "date_updated": _date(world, call.updated),
        "direction": call.direction,
        "duration": None if call.duration is None else str(call.duration),
        "end_time": _date(world, call.ended),
        "forwarded_from": None,
        "from": call.from_,
        "from_formatted": national(call.from_),
        "group_sid": None,
        "parent_call_sid": call.parent_sid,
        "phone_number_sid": None if call.direction == OUTBOUND_DIAL else number_sid(call.ours),
        "price": None,
        "price_unit": "USD",
        "queue_time": str(round((started - call.created) * 1000)),
        "sid": call.sid,
        "start_time": _date(world, call.started),
        "status": QUEUED if call.status == DIALLED else call.status,
        "subresource_uris": {name: f"{path}/{part}.json" for name, part in CALL_SUBRESOURCES.items()},
        "to": call.to,
        "to_formatted": national(call.to),
        "trunk_sid": None,
        "uri": f"{path}.json",
    }


def text_resource(world: World, text: Text) -> Json:
    """One text, as Twilio shows it."""
    path = f"/{API_VERSION}/Accounts/{world.account_sid}/Messages/{text.sid}"
    return {
        "account_sid": world.account_sid,
        "api_version": API_VERSION,
        "body": text.body,
        "date_created": _date(world, text.created),
        "date_sent": _date(world, text.sent),
        "date_updated": _date(world, text.updated),
        "direction": text.direction,
        "error_code": text.error_code,
        "error_message": None,
        "from": text.from_ or None,
        "messaging_service_sid": text.service_sid or None,
        "num_media": "0",
        "num_segments": str(text.segments),
        "price": None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": text.to,
        "uri": f"{path}.json",
    }


def number_resource(world: World, number: str) -> Json:
    """One number of the account, as Twilio shows it."""
    ours, sid = world.numbers[number], number_sid(number)
    return {
        **dict.fromkeys(NO_SIDS),
        "account_sid": world.account_sid,
        "address_requirements": "none",
        "api_version": API_VERSION,
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "date_created": _date(world, 0.0),
        "date_updated": _date(world, 0.0),
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": national(number),
        "origin": "twilio",
        "phone_number": number,
        "sid": sid,
        "sms_fallback_method": ours.text_fallback.method,
        "sms_fallback_url": ours.text_fallback.url,
        "sms_method": ours.text.method,
        "sms_url": ours.text.url,
        "status": "in-use",
        "status_callback": ours.status.url,
        "status_callback_method": ours.status.method,
        "uri": f"/{API_VERSION}/Accounts/{world.account_sid}/IncomingPhoneNumbers/{sid}.json",
        "voice_caller_id_lookup": False,
        "voice_fallback_method": ours.fallback.method,
        "voice_fallback_url": ours.fallback.url,
        "voice_method": ours.voice.method,
        "voice_receive_mode": "voice",
        "voice_url": ours.voice.url,
    }


def page(name: str, path: str, query: Mapping[str, str], found: Sequence[Any], show: Any) -> Json:
    """One page of a list: `show` makes a resource of each of `found` that is on it."""
    size, number = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
    start = size * number
    shown = found[start : start + size]
    kept = {key: value for key, value in query.items() if key not in {"Page", "PageToken", "PageSize"}}

    def uri(at: int) -> str:
        asked = kept | {"PageSize": str(size), "Page": str(at)}
        return f"{path}?{urlencode(asked)}" + (f"&PageToken=PA{_sid(found[at * size - 1])}" if at else "")

    return {
        name: [show(one) for one in shown],
        "end": start + max(0, len(shown) - 1),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1) if start + size < len(found) else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": uri(number - 1) if number else None,
        "start": start,
        "uri": uri(number) if start <= len(found) else f"{path}?{urlencode(query)}",
    }


def _sid(one: Any) -> str:
    return number_sid(one) if isinstance(one, str) else str(one.sid)


def error(code: int, message: str, status: int) -> Json:
    """An error's body."""
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def _date(world: World, seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return rfc_2822((world.clock.start + timedelta(seconds=seconds)).replace(microsecond=0))


def number_sid(number: str) -> str:
    """The id of a number of the account."""
    return f"PN{int(number.lstrip('+') or '0'):032x}"


def alert_line(alert: Alert) -> str:
    """One alert in one line."""
    return f"{alert.code} {alert.message} {alert.url}".strip()
