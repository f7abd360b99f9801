"""The doors of the console: who comes in, with which role, and whether what they send is their own doing.

Promises: without a session nothing is read and the page says how to sign in; a role that is too low is told so in
plain words; a form that our own page did not send changes nothing; whatever is sent is on record, with who sent it,
before it is done. Refuses to know what lies behind a door.

    @campaign_desk.route("/staff/campaigns/{slug}", methods=["POST"], content_types=[FORM])
    @door(Act.PAUSE)
    def pause(person: Person, slug: str) -> Response: ...
"""

import secrets as chance
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import wraps
from urllib.parse import urlsplit

from chalice.app import Response

from chalicelib.adapters import audit
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.staff_sessions import StaffSessions
from chalicelib.domain.refusals import SENTENCES, Code, Refusal
from chalicelib.domain.staff import NEEDS, Act, Person, Session, is_due, is_noted, is_trusted, may
from chalicelib.domain.staff_sign_in import NotLetInError, Problem, person_of
from chalicelib.domain.words import Language
from chalicelib.observability import fault, log
from chalicelib.runtime import runtime
from chalicelib.views import staff_cookies, staff_pages, visits
from chalicelib.views.visits import pages

SECRET_BYTES = 32
SEALS = "staff sessions"
UNAUTHORIZED, FORBIDDEN, BAD_REQUEST, NOT_FOUND, OUR_FAULT = 401, 403, 400, 404, 500
ITSELF = "again"
"""In the address of a page that asked for itself: nobody did that by hand, so nobody counts as having been here."""

View = Callable[..., Response]


class Refused(Exception):
    """Nobody passes: the page to be shown instead."""

    def __init__(self, page: Response) -> None:
        """Keep the page."""
        super().__init__()
        self.page = page


def door(act: Act) -> Callable[[View], View]:
    """Let through whoever may do `act`, as the view's first argument; everybody else gets a page that says why not."""

    def guarded(view: View) -> View:
        @wraps(view)
        def opened(**path: str) -> Response:
            try:
                return view(admitted(act, path), **path)
            except Refused as refused:
                return refused.page
            except Refusal as refusal:
                return _told(refusal)
            except Exception as error:  # noqa: BLE001 - the last resort of a person's request: a page, not a stack trace
                fault("staff page failed", error)
                return staff_pages.bare("staff/fault.html", status=OUR_FAULT)

        return opened

    return guarded


def admitted(act: Act, path: Mapping[str, str]) -> Person:
    """Return who is at the door, if they may do `act`; on record already, if they sent something.

    Raises:
        Refused: nobody is signed in, the role is too low, or our own page did not send the form.
    """
    session = signed_in()
    if session is None:
        raise Refused(_sign_in_first())
    if not may(session.person, act):
        raise Refused(_not_allowed(session.person, act))
    if pages.current_request.method != "GET":
        require_own_form(visits.form().get("token", ""), staff_cookies.secret())
        _on_record(session.person, act, path)
    return session.person


def signed_in() -> Session | None:
    """Return the session of this request's cookie, with its person's role of now, and note that somebody is here."""
    secret, now = staff_cookies.secret(), runtime().now()
    session = sessions().find(secret, now) if secret else None
    if session and is_due(session, now):
        session = _read_again(secret, session, now)
    if session and not is_noted(session, now) and ITSELF not in visits.query():
        sessions().seen(secret, now)
    return session


def _read_again(secret: str, session: Session, now: datetime) -> Session | None:
    """Ask the user pool who this is by now. Who is no longer there, or has no role, is signed out at once."""
    kept = sessions().refresh(secret)
    try:
        person = person_of(runtime().cognito.read_again(session.person.username, kept)) if kept else None
    except NotLetInError as refused:
        if refused.problem is Problem.UNREACHABLE and is_trusted(session, now):
            return session
        person = None
    if person is None:
        sessions().close(secret)
        return None
    sessions().checked(secret, person, now)
    return replace(session, person=person, checked_at=now)


def sessions() -> StaffSessions:
    """Return the sessions, on the table of now."""
    r = runtime()
    return StaffSessions(r.catalog.table, lambda: r.secrets.current().derived(SEALS))


def require_from_here() -> None:
    """Let only what a page of ours sent pass.

    Raises:
        Refused: it came from elsewhere.
    """
    if not is_from_here(pages.current_request.headers):
        raise Refused(_not_ours())


def require_own_form(token: str, secret: str) -> None:
    """Let only what a page of ours sent, from this very session, pass.

    Raises:
        Refused: it came from elsewhere, or from a page of another session.
    """
    require_from_here()
    if not staff_cookies.is_token(token, secret):
        raise Refused(_not_ours())


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that a page of ours sent this: by Sec-Fetch-Site, else by Origin."""
    if site := headers.get("sec-fetch-site"):
        return bool(site == "same-origin")
    ours = urlsplit(runtime().config.public_url)
    return bool(headers.get("origin") == f"{ours.scheme}://{ours.netloc}")


def new_secret() -> str:
    """Return a secret for a cookie."""
    return chance.token_urlsafe(SECRET_BYTES)


def where_to(asked: str) -> str:
    """Return the path of the console that somebody wanted; whatever leads elsewhere leads to the overview."""
    parts = urlsplit(asked)
    is_ours = not parts.scheme and not parts.netloc and "\\" not in asked
    return asked if is_ours and (parts.path == "/staff" or parts.path.startswith("/staff/")) else "/staff"


def _not_ours() -> Response:
    log("staff form refused")
    return staff_pages.bare("staff/not_ours.html", status=FORBIDDEN)


def _sign_in_first() -> Response:
    asked = visits.path() if pages.current_request.method == "GET" else "/staff"
    return staff_pages.bare(
        "staff/sign_in.html",
        status=UNAUTHORIZED,
        to=where_to(asked),
        problem="",
        ended=bool(staff_cookies.secret()),
    )


def _not_allowed(person: Person, act: Act) -> Response:
    log("staff act refused", need=NEEDS[act].word)
    return staff_pages.page(
        "staff/not_allowed.html", person, status=FORBIDDEN, act=act.value, needs=NEEDS[act].word
    )


def _on_record(person: Person, act: Act, path: Mapping[str, str]) -> None:
    r = runtime()
    subject = ",".join(path.values()) or "console"
    audit.record(r.catalog.table, Entry(person.username, f"console: {act.value}", subject, r.now()))


def _told(refusal: Refusal) -> Response:
    status = NOT_FOUND if refusal.code is Code.NOT_FOUND else BAD_REQUEST
    return staff_pages.bare("staff/refused.html", status=status, why=SENTENCES[refusal.code].of(Language.EN))
