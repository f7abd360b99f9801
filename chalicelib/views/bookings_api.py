"""The JSON API of booked calls: which times are free, book one, look at it, withdraw it.

Promises what `api` promises. A booking's id is the only key to it, and its answers are kept by nobody.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Blueprint, Response

from chalicelib.domain.booking import WHY_NOT, Booking, State
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.runtime import runtime
from chalicelib.views import booked, booking_codes, keeping, tap, urls
from chalicelib.views.api import (
    JSON,
    each_language,
    json_answer,
    json_reply,
    read_body,
    read_language,
    read_optional,
    read_source,
    read_text,
)

bookings_api = Blueprint(__name__)

WHEN_OPEN = "when_open"
"""In place of a time: as soon as the office is open and has room."""


@bookings_api.route("/api/campaigns/{slug}/times", methods=["GET"])
@json_reply
def read_times(slug: str) -> Response:
    """The quarter-hours of the next two weeks that can be booked, in the zone asked for."""
    query: Mapping[str, str] = bookings_api.current_request.query_params or {}
    office = booked.office_of(tap.live(tap.campaign(slug)), query.get("office", ""))
    zone = query.get("zone") or office.zone
    times = [_in_zone(at, zone) for at in keeping.free_times(office, zone)]
    return json_answer({"office": office.id, "zone": zone, "times": times}, 200, {})


@bookings_api.route("/api/campaigns/{slug}/bookings", methods=["POST"], content_types=[JSON])
@json_reply
def create_booking(slug: str) -> Response:
    """Book a call. A second request of the same phone for the same time gives the same booking."""
    body = read_body()
    made = booked.book(slug, _asked(body))
    return json_answer(_booking_json(made), 201, {"Location": urls.local(f"/api/bookings/{made.id}")})


@bookings_api.route("/api/bookings/{booking_id}", methods=["GET"])
@json_reply
def read_booking(booking_id: str) -> Response:
    """When we call, or what became of it."""
    return json_answer(_booking_json(keeping.loaded(booking_id)), 200, {})


@bookings_api.route("/api/bookings/{booking_id}", methods=["POST"], content_types=[JSON])
@json_reply
def change_booking(booking_id: str) -> Response:
    """Withdraw it; or the code that was texted, another code, or another time in place of one that was taken."""
    return json_answer(_booking_json(_changed(booking_id, read_body())), 200, {})


def _changed(booking_id: str, body: Mapping[str, Any]) -> Booking:
    match body.get("do"):
        case "cancel":
            return booked.cancel(booking_id)
        case "code":
            booking = booking_codes.enter(booking_id, read_optional(body, "code"), read_source())
            if booking.state is State.PROVED:
                raise Refusal(Code.TIME_TAKEN, "at")
            return booking
        case "new_code":
            number = booking_codes.number_of(keeping.loaded(booking_id))
            return booking_codes.ask_again(booking_id, number, read_source())
        case "time":
            at = booked.moment_of(read_text(body, "at", Code.TIME_MALFORMED))
            consent = read_text(body, "consent", Code.CONSENT_MISSING)
            return booked.change_time(booking_id, at, consent, read_language(body))
        case _:
            raise Refusal(Code.BODY_MALFORMED, "do")


def _asked(body: Mapping[str, Any]) -> booked.Asked:
    return booked.Asked(
        office=read_text(body, "office", Code.OFFICE_UNKNOWN),
        phone=read_text(body, "phone", Code.PHONE_MISSING),
        language=read_language(body),
        consent=read_text(body, "consent", Code.CONSENT_MISSING),
        at=_moment(read_text(body, "at", Code.TIME_MALFORMED)),
        zone=read_text(body, "zone", Code.ZONE_UNKNOWN),
        until=booked.day_of(read_text(body, "weekly_until", Code.TIME_MALFORMED))
        if "weekly_until" in body
        else None,
        source=read_source(),
        proof=read_optional(body, "proof"),
    )


def _moment(text: str) -> datetime | None:
    """Read a time with its offset; None: when they open."""
    if text == WHEN_OPEN:
        return None
    return booked.moment_of(text)


def _in_zone(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _booking_json(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "state": booking.state.value,
        "campaign": booking.campaign,
        "office": _office_json(booking),
        "at": _in_zone(booking.at, booking.zone),
        "zone": booking.zone,
        "weekly_until": booking.until.isoformat() if booking.until else None,
        "phone_ends": booking.phone_ends,
        "last": _last_json(booking),
    }


def _office_json(booking: Booking) -> dict[str, Any]:
    """The office as it is called now; its id alone when the campaign no longer has it."""
    campaign = runtime().campaign(booking.campaign)
    office = campaign.office(booking.office) if campaign else None
    named = {"name": each_language(office.name.of), "place": each_language(office.place.of)} if office else {}
    return {"id": booking.office, **named}


def _last_json(booking: Booking) -> dict[str, Any] | None:
    """What became of the latest occurrence that is through: its call, or why there is none."""
    if booking.last_at is None:
        return None
    at = {"at": _in_zone(booking.last_at, booking.zone)}
    if booking.dropped is None:
        return at | {"call": booking.call_id}
    return at | {"dropped": booking.dropped.value, "messages": each_language(WHY_NOT[booking.dropped].of)}
