"""The console's front page, and its way out."""

from chalice.app import Blueprint, Response

from chalicelib.domain.staff import Act, Person
from chalicelib.runtime import runtime
from chalicelib.views import staff_cookies, staff_pages, visits
from chalicelib.views.rendering import HTML
from chalicelib.views.staffing import door, sessions
from chalicelib.views.visits import FORM, SEE_OTHER

staff = Blueprint("chalicelib.views.staff")


@staff.route("/staff", methods=["GET"])
@door(Act.LOOK)
def overview(person: Person) -> Response:
    """What is going on now."""
    return staff_pages.page("staff/overview.html", person, here="/staff")


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
