"""The way in: user name and password, a new password if asked, an authenticator if there is none, its code.

Promises: nobody gets a session without a code shown in this very sign-in; what is wrong is said without telling who
exists; each step takes a fresh secret into the cookie once somebody is let in, so that an earlier one is worth
nothing; how often one place may try is limited. What Cognito keeps of a sign-in is sealed by the cookie.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from chalice.app import Blueprint, Response

from chalicelib.adapters import audit
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.cognito import Answer
from chalicelib.domain import staff_sign_in as signing
from chalicelib.domain.limits import address_range
from chalicelib.domain.staff import Session
from chalicelib.domain.staff_sign_in import SENTENCES, Asked, Granted, NotLetInError, Pending, Problem, Step
from chalicelib.observability import fault, log
from chalicelib.runtime import runtime
from chalicelib.views import hourly, staff_cookies, staff_pages, visits
from chalicelib.views.rendering import HTML, OK
from chalicelib.views.staffing import (
    OUR_FAULT,
    UNAUTHORIZED,
    Refused,
    new_secret,
    require_from_here,
    require_own_form,
    sessions,
    where_to,
)
from chalicelib.views.visits import FORM, SEE_OTHER

staff_sign_in = Blueprint("chalicelib.views.staff_sign_in")

TOO_MANY, UNAVAILABLE = 429, 503
ISSUER = "Patchthrough"
STATUSES = {Problem.TOO_MANY: TOO_MANY, Problem.LOCKED: TOO_MANY, Problem.UNREACHABLE: UNAVAILABLE}
STAYS = frozenset({Problem.WRONG_CODE, Problem.WEAK_PASSWORD, Problem.UNREACHABLE})
"""Problems after which the same step is asked again; after any other one begins anew."""
LONGEST_FIELD = 256
"""Characters of a user name or a password; Cognito takes as many."""


@dataclass(frozen=True, slots=True)
class Way:
    """A sign-in under way, and the cookie's secret under which it stands."""

    secret: str
    pending: Pending


@staff_sign_in.route("/staff/sign-in", methods=["GET"])
def sign_in_page() -> Response:
    """Ask for user name and password."""
    return _begin_again(visits.query().get("to", ""), None, OK)


@staff_sign_in.route("/staff/sign-in", methods=["POST"], content_types=[FORM])
def sign_in() -> Response:
    """Take what was asked for, and ask for the next thing; or let somebody in."""
    form = visits.form()
    try:
        return DOES.get(form.get("do", ""), _password)(form)
    except Refused as refused:
        return refused.page
    except NotLetInError as refused:
        return _refused(refused.problem, form.get("to", ""))
    except Exception as error:  # noqa: BLE001 - the last resort of a person's request: a page, not a stack trace
        fault("sign-in failed", error)
        return staff_pages.bare("staff/fault.html", status=OUR_FAULT)


def _password(form: Mapping[str, str]) -> Response:
    require_from_here()
    _count_one_more()
    username, password = form.get("username", "").strip(), form.get("password", "")
    if not username or not password or max(len(username), len(password)) > LONGEST_FIELD:
        raise NotLetInError(Problem.WRONG)
    answer = runtime().cognito.begin(username, password)
    to = where_to(form.get("to", ""))
    if isinstance(answer, Granted):
        raise _without_a_code(answer)
    pending = Pending(answer.step, answer.username, answer.handle, runtime().now(), to, answer.seed)
    return _ask(Way(new_secret(), pending))


def _without_a_code(granted: Granted) -> NotLetInError:
    """Give back what the pool handed out for a password alone, and return the refusal that is due for it."""
    if granted.refresh:
        runtime().cognito.revoke(granted.refresh)
    try:
        signing.let_in(granted, None)
    except NotLetInError as refused:
        return refused
    return NotLetInError(Problem.NO_SECOND_FACTOR)


def _new_password(form: Mapping[str, str]) -> Response:
    way = _way(form, Step.NEW_PASSWORD)
    chosen = form.get("password", "")
    return _answered(way, lambda: runtime().cognito.new_password(way.pending, chosen[:LONGEST_FIELD]))


def _authenticator(form: Mapping[str, str]) -> Response:
    way, code = _way(form, Step.AUTHENTICATOR), signing.only_digits(form.get("code", ""))
    return _answered(way, lambda: runtime().cognito.add_authenticator(way.pending, code))


def _code(form: Mapping[str, str]) -> Response:
    way, code = _way(form, Step.CODE), signing.only_digits(form.get("code", ""))
    return _answered(way, lambda: runtime().cognito.show_code(way.pending, code))


DOES: Mapping[str, Callable[[Mapping[str, str]], Response]] = {
    "password": _password,
    Step.NEW_PASSWORD.value: _new_password,
    Step.AUTHENTICATOR.value: _authenticator,
    Step.CODE.value: _code,
}


def _way(form: Mapping[str, str], step: Step) -> Way:
    """Return the sign-in under way of this browser, which waits for `step`.

    Raises:
        Refused: our own page did not send this.
        NotLetInError: TOO_LATE.
    """
    secret = staff_cookies.secret()
    require_own_form(form.get("token", ""), secret)
    pending = sessions().pending(secret, runtime().now())
    if pending is None or pending.step is not step:
        raise NotLetInError(Problem.TOO_LATE)
    return Way(secret, pending)


def _answered(way: Way, answer: Callable[[], Answer]) -> Response:
    """Ask the pool, and go on: to the next step, to the same once more, or in."""
    try:
        found = answer()
    except NotLetInError as refused:
        return _once_more(way, refused.problem)
    if isinstance(found, Asked):
        return _ask(Way(way.secret, signing.going_on(way.pending, found)))
    return _let_in(way, found)


def _once_more(way: Way, problem: Problem) -> Response:
    log("sign-in step refused", why=problem.value)
    if problem not in STAYS:
        sessions().forget(way.secret)
        raise NotLetInError(problem)
    try:
        pending = signing.missed(way.pending) if problem is Problem.WRONG_CODE else way.pending
    except NotLetInError:
        sessions().forget(way.secret)
        raise
    return _ask(Way(way.secret, pending), problem)


def _let_in(way: Way, granted: Granted) -> Response:
    """Open a session, under a new secret."""
    r, now = runtime(), runtime().now()
    sessions().forget(way.secret)
    person = signing.let_in(granted, way.pending.step)
    secret = new_secret()
    audit.record(r.catalog.table, Entry(person.username, "console: sign in", person.role.word, now))
    sessions().open(secret, Session(person, now, now, now), granted.refresh)
    return _on_to(way.pending.to, secret)


def _on_to(to: str, secret: str) -> Response:
    headers = {
        "Location": visits.site().link(to),
        "Content-Type": HTML,
        "Set-Cookie": staff_cookies.kept(secret),
    }
    return Response("", status_code=SEE_OTHER, headers={**staff_pages.GUARDS, **headers})


def _ask(way: Way, problem: Problem | None = None) -> Response:
    """Draw the step that a sign-in waits for, and keep it under the cookie that goes with the page."""
    sessions().begin(way.secret, way.pending)
    status = STATUSES.get(problem, UNAUTHORIZED) if problem else OK
    page = staff_pages.bare(
        f"staff/{way.pending.step.value}.html",
        status=status,
        token=staff_cookies.token(way.secret),
        pending=way.pending,
        problem=SENTENCES[problem] if problem else "",
        seed=signing.in_fours(way.pending.seed),
        link=_authenticator_link(way.pending),
    )
    page.headers["Set-Cookie"] = staff_cookies.kept(way.secret)
    return page


def _authenticator_link(pending: Pending) -> str:
    """Return the address that an authenticator app on the same phone opens."""
    label = quote(f"{ISSUER}:{pending.username}")
    return f"otpauth://totp/{label}?secret={pending.seed}&issuer={ISSUER}"


def _refused(problem: Problem, to: str) -> Response:
    log("sign-in refused", why=problem.value)
    return _begin_again(to, problem, STATUSES.get(problem, UNAUTHORIZED))


def _begin_again(to: str, problem: Problem | None, status: int) -> Response:
    words = SENTENCES[problem] if problem else ""
    return staff_pages.bare("staff/sign_in.html", status=status, to=where_to(to), problem=words, ended=False)


def _count_one_more() -> None:
    r = runtime()
    what = f"staff sign-ins from {address_range(visits.source())}"
    if hourly.full_until(what, r.config.sign_ins_per_source, r.now()):
        raise NotLetInError(Problem.TOO_MANY)
