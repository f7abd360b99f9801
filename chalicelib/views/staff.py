"""The console's front page, and its way out."""

from dataclasses import dataclass

from chalice.app import Blueprint, Response

from chalicelib.adapters.campaign_items import Listing
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.staff import Act, Person
from chalicelib.runtime import runtime
from chalicelib.views import budget, staff_cookies, staff_pages, visits
from chalicelib.views.campaign_figures import call_hours_today
from chalicelib.views.office_desk import west_to_east
from chalicelib.views.rendering import HTML
from chalicelib.views.staff_times import clock
from chalicelib.views.staffing import ITSELF, door, sessions
from chalicelib.views.visits import FORM, SEE_OTHER

staff = Blueprint("chalicelib.views.staff")

SHOWN = frozenset({Status.LIVE, Status.PAUSED})
EVERY_SECONDS = 15
"""How often the overview asks for itself, once somebody wants it to."""


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of now: how many acts got through, and its calls of the day, of so many at most."""

    listing: Listing
    reached: int
    used: int
    most: int


@staff.route("/staff", methods=["GET"])
@door(Act.LOOK)
def overview(person: Person) -> Response:
    """What is going on now: campaigns, today's office calls by hour, and how the offices stand."""
    now = runtime().now()
    listed = runtime().catalog.campaigns()
    rows = [_row(listing, campaign) for listing in listed if (campaign := _shown(listing))]
    return staff_pages.page(
        "staff/overview.html",
        person,
        here="/staff",
        rows=rows,
        hours=call_hours_today([row.listing.slug for row in rows], now),
        zones=west_to_east(now),
        now=clock(now),
        again=ITSELF,
        is_live=ITSELF in visits.query(),
        every=EVERY_SECONDS,
    )


def _shown(listing: Listing) -> Campaign | None:
    """The campaign of a row that is under way."""
    return runtime().campaign(listing.slug) if listing.status in SHOWN else None


def _row(listing: Listing, campaign: Campaign) -> Row:
    r = runtime()
    used = budget.used(listing.slug, r.now())
    return Row(listing, r.store.reached(listing.slug), used, campaign.limits.rings_a_day)


@staff.route("/staff/sign-out", methods=["POST"], content_types=[FORM])
@door(Act.SIGN_OUT)
def sign_out(_person: Person) -> Response:
    """End the session, here and at once."""
    secret = staff_cookies.secret()
    kept = sessions().refresh(secret)
    sessions().close(secret)
    if kept:
        runtime().cognito.revoke(kept)
    where = visits.site().link("/staff")
    headers = {"Location": where, "Content-Type": HTML, "Set-Cookie": staff_cookies.dropped()}
    return Response("", status_code=SEE_OTHER, headers={**staff_pages.GUARDS, **headers})
