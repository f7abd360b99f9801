"""The console's pages: one layout, English only, kept by nobody, with what the person may do and their form's token.

Refuses to know what a page is about. Who looks is told by `staffing`, whose doors call these.
"""

from dataclasses import dataclass

from chalice.app import Response

from chalicelib.domain.staff import Act, Person, may
from chalicelib.domain.words import Language
from chalicelib.views import rendering, staff_cookies, visits
from chalicelib.views.rendering import PRIVATE, Headers

GUARDS = {**PRIVATE, "Cross-Origin-Opener-Policy": "same-origin", "Referrer-Policy": "same-origin"}
"""Beside those of every page (`rendering.GUARDS`): kept by nobody; our own pages alone learn where a form comes from,
which a browser without Sec-Fetch-Site can say in no other way (with no-referrer its Origin is "null")."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the console's menu."""

    name: str
    path: str


MENU = (
    Place("Overview", "/staff"),
    Place("Campaigns", "/staff/campaigns"),
    Place("Offices", "/staff/offices"),
    Place("Audit", "/staff/audit"),
)
"""What the menu leads to: what is there, and nothing that is to come."""


def page(
    template: str, person: Person, *, status: int = rendering.OK, here: str = "", **values: object
) -> Response:
    """Return a template ("staff/campaign.html") as a page for this person.

    `here` is the path of the menu's place that the page belongs to. In the template stand, beside `values`: `person`,
    `may` (may.pause, may.edit: by the acts' names in domain/staff.py), and `token`, which parts.form puts into forms.
    """
    allowed = {act.name.lower(): may(person, act) for act in Act}
    token = staff_cookies.token(staff_cookies.secret())
    known: dict[str, object] = {"person": person, "token": token, "may": allowed, "menu": MENU, "here": here}
    return rendering.page(
        template, Language.EN, visits.site(), status=status, headers=GUARDS, **(known | values)
    )


def back(path: str, done: str) -> Response:
    """Lead back to a page, whose address says what was done: asking for it again does nothing again."""
    headers: Headers = {
        "Location": visits.site().link(path, done=done),
        "Content-Type": rendering.HTML,
        **GUARDS,
    }
    return Response("", status_code=visits.SEE_OTHER, headers=headers)


def bare(template: str, *, status: int, token: str = "", **values: object) -> Response:
    """Return a page for whoever is not signed in: no menu, nobody's name."""
    known: dict[str, object] = {"person": None, "token": token, "may": {}, "menu": (), "here": ""}
    return rendering.page(
        template, Language.EN, visits.site(), status=status, headers=GUARDS, **(known | values)
    )
