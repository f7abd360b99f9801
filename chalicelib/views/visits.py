"""One request for a page: what it asks for, in which language, and the page or obstacle it gets.

All pages share this, in whichever module they are. The blueprint is `pages`' own; every blueprint of an app sees
the request of now.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from urllib.parse import parse_qsl, urlencode

from chalice.app import Blueprint, Response

from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.refusals import Refusal
from chalicelib.domain.words import Language, language_of
from chalicelib.observability import fault
from chalicelib.runtime import runtime
from chalicelib.views import obstacles, rendering
from chalicelib.views.obstacles import Asked
from chalicelib.views.rendering import HTML, PRIVATE, Site

pages = Blueprint("chalicelib.views.pages")

FORM = "application/x-www-form-urlencoded"
SEE_OTHER = 303
MOST_FIELDS = 40
"""Fields of the longest form (a campaign's words and caps), and some to spare."""
KEPT = frozenset({"live", "still", "skip", "office", "zone", "via", "again", "print", "sent"})
"""What an address asks for beside the language, and keeps when the language is changed."""


def page_reply(view: Callable[..., Response]) -> Callable[..., Response]:
    """Turn a refusal, or any fault, into a page: the edge of these views."""

    @wraps(view)
    def replied(**path: str) -> Response:
        try:
            return _answered(view, path)
        except Exception as error:  # noqa: BLE001 - the last resort of a person's request: a page, not a stack trace
            fault("page failed", error)
            return obstacles.fault(_asked_in_a_fault())

    return replied


def _answered(view: Callable[..., Response], path: dict[str, str]) -> Response:
    try:
        return view(**path)
    except Refusal as refusal:
        return obstacles.refused(refusal, asked(), runtime().now())


def page(
    template: str,
    headers: Mapping[str, str],
    *,
    language: Language | None = None,
    status: int = rendering.OK,
    **values: object,
) -> Response:
    """Draw a template for this request, in `language` or else the one it asks for."""
    campaign = values.get("campaign")
    spoken, here = language or asked_language(), site(campaign if isinstance(campaign, Campaign) else None)
    elsewhere = _elsewhere(here, spoken)
    return rendering.page(
        template, spoken, here, status=status, headers=headers, elsewhere=elsewhere, **values
    )


def see_other(path: str, otherwise: Language | None = None, **query: str) -> Response:
    """Send the browser on to one of our own paths, in the language of now: as `asked_language` finds it."""
    where = site().url + path + "?" + urlencode({"lang": asked_language(otherwise).value} | query)
    return Response("", status_code=SEE_OTHER, headers={"Location": where, "Content-Type": HTML, **PRIVATE})


def site(campaign: Campaign | None = None) -> Site:
    """Where the pages live, and the number that calls: the campaign's own, if it has one."""
    r = runtime()
    return Site(r.config.public_url, r.number_of(campaign) if campaign else r.config.from_number)


def query() -> dict[str, str]:
    """What the address asks for."""
    return dict(pages.current_request.query_params or {})


def form() -> dict[str, str]:
    """The posted form; of a field sent twice, the last."""
    raw = pages.current_request.raw_body
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))


def source() -> str:
    """The address the request came from, as API Gateway saw it."""
    return str(pages.current_request.context.get("identity", {}).get("sourceIp", ""))


def asked_language(otherwise: Language | None = None) -> Language:
    """The page's language: asked for by ?lang, else `otherwise`, else the browser's."""
    code = query().get("lang")
    if code:
        return language_of(code)
    return otherwise or preferred(pages.current_request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> Language:
    """Return the language a browser likes best of those we have: "de, es;q=0.8, en;q=0.5" → Spanish."""
    ranked = sorted(map(_ranked, accept_language.split(",")), key=lambda pair: -pair[1])
    ours = (language_of(code) for code, weight in ranked if weight > 0 and code[:2] in set(Language))
    return next(ours, Language.EN)


def _ranked(part: str) -> tuple[str, float]:
    code, _, weight = part.strip().lower().partition(";q=")
    try:
        return code, float(weight or 1)
    except ValueError:
        return code, 0.0


def _elsewhere(here: Site, language: Language) -> str:
    """The same page and state in the other language. A refused form leads to the form."""
    other = Language.EN if language is Language.ES else Language.ES
    kept = {key: value for key, value in query().items() if key in KEPT}
    return here.link(path(), **kept, lang=other.value)


def path() -> str:
    """The path asked for, below the public URL's prefix."""
    path = pages.current_request.path
    for name, value in (pages.current_request.uri_params or {}).items():
        path = path.replace(f"{{{name}}}", value)
    return str(path)


def asked() -> Asked:
    """What an obstacle's page needs to know of this request."""
    slug = (pages.current_request.uri_params or {}).get("slug")
    found = runtime().campaign(slug) if slug else None
    campaign = found if found and found.status is not Status.DRAFT else None
    spoken, here = asked_language(), site(campaign)
    return Asked(spoken, here, _elsewhere(here, spoken), path(), campaign)


def _asked_in_a_fault() -> Asked:
    """The same when anything may be what broke: no campaign is looked for, and a site without a configuration."""
    try:
        here = site()
    except Exception:  # noqa: BLE001 - nothing may keep the page of a fault from being shown
        here = Site("", None)
    spoken = asked_language()
    return Asked(spoken, here, _elsewhere(here, spoken), path())
