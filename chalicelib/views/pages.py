"""The supporter's pages: all campaigns, one campaign with its form, and one call from the tap to the thanks.

Promises: all of it works without a script; nothing changes by a GET; whatever goes wrong is a page that says
so and leads on. Each view gathers, decides and draws: words are in locales/, the drawing in templates/.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from urllib.parse import parse_qsl

from chalice.app import Blueprint, Response

from chalicelib.config import Config
from chalicelib.domain.call import CallSession
from chalicelib.domain.call_view import CallView, State, seen
from chalicelib.domain.campaign import Campaign, Status, calling_order
from chalicelib.domain.counts import Channel, Outcome
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language, language_of
from chalicelib.observability import fault
from chalicelib.runtime import runtime
from chalicelib.views import obstacles, rendering, tap
from chalicelib.views.committing import campaign_of, loaded
from chalicelib.views.obstacles import Asked
from chalicelib.views.rendering import HTML, PRIVATE, SHARED, Headers, Site

pages = Blueprint(__name__)


FORM = "application/x-www-form-urlencoded"
CONSENT = "call-1"
"""The consent text that stands above the button."""
REFRESH_SECONDS = 10
SEE_OTHER, UNAVAILABLE = 303, 503
AT_THE_FIELD = frozenset({Code.PHONE_MISSING, Code.PHONE_MALFORMED})
"""Refusals about what was typed: shown at the field, with what was typed kept."""
RESTING = frozenset({Code.CAMPAIGN_PAUSED, Code.CAMPAIGN_ENDED, Code.NO_OFFICE, Code.OFFICES_CLOSED})
"""Refusals that the campaign's own page explains, in place of the form."""
SIMPLE_ENDS = frozenset(
    {State.NOT_PICKED_UP, State.NO_KEY, State.HUNG_UP, State.NEVER, State.WITHDRAWN, State.REFUSED}
    | {State.NOT_PLACED, State.PAUSED, State.NO_OFFICE, State.LINE_FULL, State.OFFICE_CLOSED}
)
"""Ends drawn by one template: words and one way on."""
SOON, A_MINUTE = 45, 90
"""Seconds until our turn, up to which it is told as less than a minute, and as a minute."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A campaign on the front page, and how many calls got through."""

    campaign: Campaign
    reached: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How the time until our turn is told: which sentence, and how many minutes."""

    words: str
    minutes: int


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
        return obstacles.refused(refusal, _asked(), runtime().now())


@pages.route("/", methods=["GET"])
@page_reply
def home() -> Response:
    """All campaigns that need calls now."""
    live = [row.slug for row in runtime().catalog.campaigns() if row.status is Status.LIVE]
    asks = [Ask(campaign, _reached(campaign)) for campaign in map(runtime().campaign, live) if campaign]
    return _page("home.html", SHARED, asks=asks)


@pages.route("/c/{slug}", methods=["GET"])
@page_reply
def campaign_page(slug: str) -> Response:
    """The ask, how far it got, and the form."""
    return _campaign(tap.campaign(slug), SHARED)


@pages.route("/c/{slug}", methods=["POST"], content_types=[FORM])
@page_reply
def ask_for_call(slug: str) -> Response:
    """The form: put the supporter in line and show them their call; or say at the field what to mend."""
    form, language = _form(), _language()
    try:
        phone, consent, proof = form.get("phone", ""), form.get("consent", ""), form.get("proof")
        session = tap.create_call(slug, phone, language, consent, _source(), proof)
    except Refusal as refusal:
        if refusal.code in RESTING:
            return _campaign(tap.campaign(slug), PRIVATE)
        if refusal.code in AT_THE_FIELD:
            error = refusal.sentence.of(language)
            return _campaign(
                tap.campaign(slug), PRIVATE, status=400, error=error, typed=form.get("phone", "")
            )
        raise
    return _to_call(session.id)


@pages.route("/calls/{call_id}", methods=["GET"])
@page_reply
def call_page(call_id: str) -> Response:
    """Where the call is now. Without a script the page asks again by itself."""
    session = loaded(call_id)
    return _call(session, campaign_of(session))


@pages.route("/calls/{call_id}", methods=["POST"], content_types=[FORM])
@page_reply
def change_call(call_id: str) -> Response:
    """Don't call me, or how it went."""
    form = _form()
    if form.get("do") == "withdraw":
        tap.withdraw(call_id)
    else:
        tap.tell(call_id, _outcome(form.get("outcome", "")))
    return _to_call(call_id)


@pages.route("/static/{name}", methods=["GET"])
def static(name: str) -> Response:
    """The stylesheet and the script."""
    return rendering.static(name, _query().get("v"))


@pages.route("/health", methods=["GET"])
def health() -> Response:
    """Whether the app is configured and can answer. Reads nothing and says nothing about anybody."""
    kept: Headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    try:
        runtime()
    except Exception as error:  # noqa: BLE001 - the question is whether it works, whatever the reason
        fault("not healthy", error)
        return Response(json.dumps({"status": "unavailable"}), status_code=UNAVAILABLE, headers=kept)
    return Response(json.dumps({"status": "ok"}), headers=kept)


# Drawing.


def _campaign(
    campaign: Campaign,
    headers: Mapping[str, str],
    *,
    status: int = rendering.OK,
    error: str | None = None,
    typed: str = "",
) -> Response:
    reached = _reached(campaign)
    if campaign.status is Status.ENDED:
        return obstacles.ended(_asked(), reached)
    order = tap.open_order(campaign) if campaign.is_live else ()
    return _page(
        "campaign.html",
        headers,
        status=status,
        campaign=campaign,
        offices=[campaign.office(office) for office in order],
        resting=_resting(campaign),
        reached=reached,
        consent=CONSENT,
        languages=[language.value for language in Language],
        error=error,
        typed=typed,
    )


def _resting(campaign: Campaign) -> str:
    """Why nobody can be called, as the beginning of its words' keys; of use only where no office is offered."""
    if not campaign.is_live:
        return "paused."
    return "offices_closed." if calling_order(campaign, runtime().now().date()) else "no_office."


def _call(session: CallSession, campaign: Campaign) -> Response:
    r, query = runtime(), _query()
    tally = r.store.tally(session.campaign, Channel.CALLS)
    view = seen(session, campaign, tally, r.now(), r.config.calls_per_second)
    if query.get("skip") and view.is_question_open:
        view = replace(view, state=State.SETTLING)
    is_still = bool(query.get("still") or query.get("skip"))
    updating = view.is_changing and not is_still
    refresh = {"Refresh": str(REFRESH_SECONDS)} if updating and not query.get("live") else {}
    return _page(
        _template(view),
        PRIVATE | refresh,
        language=_language(session.language),
        campaign=campaign,
        view=view,
        updating=updating,
        is_still=is_still and not query.get("skip"),
        waiting=waiting(view.wait or 0),
        now=int(r.now().timestamp()),
        since=int(view.connected_at.timestamp()) if view.connected_at else 0,
    )


def waiting(seconds: int) -> Waiting:
    """How to tell a wait: less than a minute, about a minute, about so many minutes."""
    if seconds <= SOON:
        return Waiting("soon", 0)
    if seconds <= A_MINUTE:
        return Waiting("minute", 1)
    return Waiting("minutes", round(seconds / 60))


def _template(view: CallView) -> str:
    return f"states/{'over' if view.state in SIMPLE_ENDS else view.state}.html"


def _page(
    template: str,
    headers: Mapping[str, str],
    *,
    language: Language | None = None,
    status: int = rendering.OK,
    **values: object,
) -> Response:
    """Draw a template for this request, in `language` or else the one it asks for."""
    language, site = language or _language(), _site()
    elsewhere = _elsewhere(site, language)
    return rendering.page(
        template, language, site, status=status, headers=headers, elsewhere=elsewhere, **values
    )


def _to_call(call_id: str) -> Response:
    where = _site().url + f"/calls/{call_id}?lang={_language().value}"
    return Response("", status_code=SEE_OTHER, headers={"Location": where, "Content-Type": HTML, **PRIVATE})


# Gathering.


def _reached(campaign: Campaign) -> int:
    return runtime().store.tally(campaign.slug, Channel.CALLS).reached


def _site() -> Site:
    return _site_of(runtime().config)


def _site_of(config: Config) -> Site:
    return Site(config.public_url, config.from_number)


def _query() -> dict[str, str]:
    return dict(pages.current_request.query_params or {})


def _form() -> dict[str, str]:
    """The posted form; of a field sent twice, the last."""
    raw = pages.current_request.raw_body
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=20))


def _source() -> str:
    """The address the request came from, as API Gateway saw it."""
    return str(pages.current_request.context.get("identity", {}).get("sourceIp", ""))


def _language(otherwise: Language | None = None) -> Language:
    """The page's language: asked for by ?lang, else `otherwise`, else the browser's."""
    asked = _query().get("lang")
    if asked:
        return language_of(asked)
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


def _outcome(text: str) -> Outcome:
    try:
        return Outcome(text)
    except ValueError as error:
        raise Refusal(Code.OUTCOME_UNKNOWN, "outcome") from error


def _elsewhere(site: Site, language: Language) -> str:
    """The same page and state in the other language. A refused form leads to the form."""
    other = Language.EN if language is Language.ES else Language.ES
    kept = {key: value for key, value in _query().items() if key in {"live", "still", "skip"}}
    return site.link(_path(), **kept, lang=other.value)


def _path() -> str:
    """The path asked for, below the public URL's prefix."""
    path = pages.current_request.path
    for name, value in (pages.current_request.uri_params or {}).items():
        path = path.replace(f"{{{name}}}", value)
    return str(path)


def _asked() -> Asked:
    slug = (pages.current_request.uri_params or {}).get("slug")
    found = runtime().campaign(slug) if slug else None
    language, site = _language(), _site()
    campaign = found if found and found.status is not Status.DRAFT else None
    return Asked(language, site, _elsewhere(site, language), _path(), campaign)


def _asked_in_a_fault() -> Asked:
    """The same when anything may be what broke: no campaign is looked for, and a site without a configuration."""
    try:
        site = _site()
    except Exception:  # noqa: BLE001 - nothing may keep the page of a fault from being shown
        site = Site("", None)
    language = _language()
    return Asked(language, site, _elsewhere(site, language), _path())
