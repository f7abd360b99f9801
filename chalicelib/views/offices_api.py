"""The JSON API of offices: which a call would go to now, why, and until when each is open.

Promises what `api` promises. A ZIP code comes in the address, as a program asks; nothing says whose it is, no access
log keeps it, and nobody keeps the answer.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.domain.campaign import Campaign
from chalicelib.domain.hours import closing, is_open, opening
from chalicelib.domain.office import Office, dialable
from chalicelib.runtime import runtime
from chalicelib.views import tap
from chalicelib.views.api import each_language, json_answer, json_reply
from chalicelib.views.offices_asked import Choice, refuse_misread, which

offices_api = Blueprint(__name__)


@offices_api.route("/api/campaigns/{slug}/offices", methods=["GET"])
@json_reply
def read_offices(slug: str) -> Response:
    """The offices of a call in their order, and the others that can be asked for by id."""
    query: Mapping[str, str] = offices_api.current_request.query_params or {}
    campaign, zip_code, office = tap.campaign(slug), query.get("zip", ""), query.get("office", "")
    refuse_misread(campaign, zip_code, office)
    return json_answer(_choice_json(campaign, which(campaign, zip_code, office)), 200, {})


def _choice_json(campaign: Campaign, choice: Choice) -> dict[str, Any]:
    others = (office.id for office in campaign.ever_called if office.id not in choice.listed)
    return {
        "reason": choice.match.reason.value if choice.match else None,
        "area": choice.match.offices if choice.match else (),
        "zone": choice.zone,
        "offices": _offices_json(campaign, choice.listed),
        "others": _offices_json(campaign, others),
    }


def _offices_json(campaign: Campaign, office_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Those of them that have a line to dial."""
    now = runtime().now()
    found = (office for office in map(campaign.office, office_ids) if office and dialable(office, now.date()))
    return [_office_json(office, now) for office in found]


def _office_json(office: Office, now: datetime) -> dict[str, Any]:
    closes, opens = closing(office, now), opening(office, now)
    return {
        "id": office.id,
        "name": each_language(office.name.of),
        "place": each_language(office.place.of),
        "zone": office.zone,
        "is_open": is_open(office, now),
        "closes_at": closes.isoformat() if closes else None,
        "opens_at": opens.isoformat() if opens else None,
    }
