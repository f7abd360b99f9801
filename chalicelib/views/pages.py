"""The supporter's pages: all campaigns, one campaign with its form, and one call from the tap to the thanks.

Promises: all of it works without a script; nothing changes by a GET; whatever goes wrong is a page that says
so and leads on. Each view gathers, decides and draws: words are in locales/, the drawing in templates/.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from chalice.app import Response

from chalicelib.domain.call import CallSession
from chalicelib.domain.call_view import CallView, State, seen
from chalicelib.domain.campaign import Campaign, Status, calling_order
from chalicelib.domain.codes import CODES
from chalicelib.domain.counts import Outcome
from chalicelib.domain.moves import Moment
from chalicelib.domain.office import Office
from chalicelib.domain.office_moves import offices_left
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language
from chalicelib.observability import fault
from chalicelib.runtime import runtime
from chalicelib.views import budget, calling_in, codes, obstacles, offering, rendering, tap, visits
from chalicelib.views.committing import campaign_of, loaded
from chalicelib.views.office_pages import Wish, chosen, headers_of, picking, wish_in_address, wish_of
from chalicelib.views.offices_asked import Choice, refuse_misread, which
from chalicelib.views.rendering import PRIVATE, SHARED, Headers
from chalicelib.views.visits import FORM, page_reply

pages = visits.pages

CONSENT = "call-1"
"""The consent text that stands above the button."""
REFRESH_SECONDS = 10
BAD_REQUEST, UNAVAILABLE = 400, 503
AT_THE_FIELD = frozenset({Code.PHONE_MISSING, Code.PHONE_MALFORMED, Code.ZIP_MALFORMED, Code.EMAIL_MALFORMED})
"""Refusals about what was typed: shown at the field, with what was typed kept."""
AT_THE_OFFICES = frozenset({Code.OFFICE_UNCLEAR})
"""Refusals that the page of offices explains and mends."""
AT_THE_CODE = frozenset({Code.CODE_WRONG, Code.CODE_EXPIRED, Code.CODE_TRIES_SPENT, Code.TOO_MANY_TEXTS})
"""Refusals about the code: shown on the call's own page, with what was typed kept."""
RESTING = frozenset({Code.CAMPAIGN_PAUSED, Code.CAMPAIGN_ENDED, Code.NO_OFFICE, Code.OFFICES_CLOSED})
"""Refusals that the campaign's own page explains, in place of the form."""
SIMPLE_ENDS = frozenset(
    {State.NOT_PICKED_UP, State.NO_KEY, State.HUNG_UP, State.NEVER, State.WITHDRAWN, State.REFUSED}
    | {State.NOT_PLACED, State.PAUSED, State.NO_OFFICE, State.LINE_FULL, State.OFFICE_CLOSED, State.BUDGET}
    | {State.CODE_OLD, State.BOOKED}
    | {State.NOT_PROVED, State.NO_TEXT, State.LANDLINE}
)
"""Ends drawn by one template: words and one way on."""
LEADS_ON = frozenset({State.THANKS, State.NOT_REACHED})
"""Ends after which one more office is offered."""
SOON, A_MINUTE = 45, 90
"""Seconds until our turn, up to which it is told as less than a minute, and as a minute."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A campaign on the front page, and how many calls and letters got through."""

    campaign: Campaign
    reached: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How the time until our turn is told: which sentence, and how many minutes."""

    words: str
    minutes: int


@pages.route("/", methods=["GET"])
@page_reply
def home() -> Response:
    """All campaigns that need calls now."""
    live = [row.slug for row in runtime().catalog.campaigns() if row.status is Status.LIVE]
    asks = [Ask(campaign, _reached(campaign)) for campaign in map(runtime().campaign, live) if campaign]
    return visits.page("home.html", SHARED, asks=asks)


@pages.route("/c/{slug}", methods=["GET"])
@page_reply
def campaign_page(slug: str) -> Response:
    """The ask, how far it got, and the form."""
    campaign = tap.campaign(slug)
    return _campaign(campaign, headers_of(campaign), wish_in_address(visits.query()))


@pages.route("/c/{slug}", methods=["POST"], content_types=[FORM])
@page_reply
def send_form(slug: str) -> Response:
    """The page's forms: a ZIP code, another office, and the tap; or what to mend, said at the field."""
    form = visits.form()
    wish = wish_of(form)
    try:
        return DOES.get(form.get("do", ""), _tapped)(slug, form, wish)
    except Refusal as refusal:
        return _refused(refusal, slug, wish)


@pages.route("/calls/{call_id}", methods=["GET"])
@page_reply
def call_page(call_id: str) -> Response:
    """Where the call is now. Without a script the page asks again by itself."""
    session = loaded(call_id)
    return _call(session, campaign_of(session))


@pages.route("/calls/{call_id}", methods=["POST"], content_types=[FORM])
@page_reply
def change_call(call_id: str) -> Response:
    """The code, another code, don't call me, or how it went."""
    form = visits.form()
    match form.get("do"):
        case "code" | "new_code":
            return _about_code(call_id, form)
        case "withdraw":
            tap.withdraw(call_id)
        case _:
            tap.tell(call_id, _outcome(form.get("outcome", "")))
    return visits.see_other(f"/calls/{call_id}")


def _about_code(call_id: str, form: Mapping[str, str]) -> Response:
    """Take the code, or text another; what is wrong with it is said beside it."""
    try:
        if form.get("do") == "code":
            session = codes.enter(call_id, form.get("code", ""), visits.source())
        else:
            session = codes.ask_again(call_id, code_number(form), visits.source())
    except Refusal as refusal:
        if refusal.code not in AT_THE_CODE:
            raise
        session = loaded(call_id)
        return _call(session, campaign_of(session), refusal=refusal, typed=form.get("code", ""))
    return visits.see_other(f"/calls/{session.id}")


@pages.route("/static/{name}", methods=["GET"])
def static(name: str) -> Response:
    """The stylesheet and the script."""
    return rendering.static(name, visits.query().get("v"))


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


# What the forms of a campaign's page do.


def _tapped(slug: str, form: Mapping[str, str], wish: Wish) -> Response:
    """Put the supporter in line and show them their call."""
    wanted = tap.Wanted(
        phone=wish.phone, language=visits.asked_language(), consent=form.get("consent", ""), source=visits.source(),
        proof=form.get("proof"), zip_code=wish.zip, office=wish.office, shows_own=wish.shows_own, via=wish.via,
    )  # fmt: skip
    return visits.see_other(f"/calls/{tap.create_call(slug, wanted).id}")


def _office_found(slug: str, _form: Mapping[str, str], wish: Wish) -> Response:
    """Show the office of a ZIP code, or, where there isn't just one, which there are."""
    campaign = tap.campaign(slug)
    refuse_misread(campaign, wish.zip, "")
    if which(campaign, wish.zip, "").is_unclear:
        return picking(campaign, wish, visits.asked_language())
    return _campaign(campaign, PRIVATE, replace(wish, office="", is_picked=False))


def _offices_shown(slug: str, _form: Mapping[str, str], wish: Wish) -> Response:
    return picking(tap.campaign(slug), wish, visits.asked_language())


def _office_picked(slug: str, _form: Mapping[str, str], wish: Wish) -> Response:
    campaign = tap.campaign(slug)
    if campaign.office(wish.office) is None:
        return picking(campaign, wish, visits.asked_language(), is_unanswered=True)
    return _campaign(campaign, PRIVATE, replace(wish, is_picked=True))


def _waits(slug: str, _form: Mapping[str, str], wish: Wish) -> Response:
    """Show the page that waits for the supporter's own call."""
    page = calling_in.Page(
        visits.asked_language(), wish.zip, wish.office, shows_own=wish.shows_own, via=wish.via
    )
    return visits.see_other(f"/calls/{calling_in.await_call(tap.campaign(slug), page, visits.source()).id}")


DOES: dict[str, Callable[[str, Mapping[str, str], Wish], Response]] = {
    "tap": _waits,
    "office": _office_found,
    "change": _offices_shown,
    "pick": _office_picked,
}
"""What a form says it does; one that says nothing is the tap."""


def _refused(refusal: Refusal, slug: str, wish: Wish) -> Response:
    """Return the page that mends it: the campaign's own, with what is wrong said there, or the offices to choose from.

    Raises:
        Refusal: the same one, where an obstacle's page says it.
    """
    language = visits.asked_language()
    if refusal.code in RESTING:
        return _campaign(tap.campaign(slug), PRIVATE, wish)
    if refusal.code in AT_THE_OFFICES:
        return picking(tap.campaign(slug), wish, language)
    if refusal.code in AT_THE_FIELD:
        errors = {refusal.field or "phone": refusal.sentence.of(language)}
        return _campaign(tap.campaign(slug), PRIVATE, wish, errors)
    raise refusal


# Drawing.


def _campaign(
    campaign: Campaign, headers: Mapping[str, str], wish: Wish, errors: Mapping[str, str] | None = None
) -> Response:
    """Draw the campaign's page as the wish has it; `errors` are what is to be mended, by field."""
    reached = _reached(campaign)
    if campaign.status is Status.ENDED:
        return obstacles.ended(visits.asked(), reached)
    choice = which(campaign, wish.zip, wish.office)
    return visits.page(
        "campaign.html",
        headers,
        language=None,
        status=400 if errors else rendering.OK,
        campaign=campaign,
        offices=[campaign.office(office) for office in choice.offices] if campaign.is_live else [],
        chosen=chosen(campaign, choice, wish, visits.asked_language()),
        can_change=len(campaign.ever_called) > 1,
        can_ring=bool(choice.offices) and not budget.is_used_up(campaign, runtime().now()),
        resting=_resting(campaign),
        reached=reached,
        consent=CONSENT,
        languages=[language.value for language in Language],
        errors=errors or {},
        wish=wish,
        books=(wish.office if wish.is_picked else "") or choice.local or next(iter(choice.listed), ""),
        **_booking(campaign, choice),
    )


def _booking(campaign: Campaign, choice: Choice) -> Mapping[str, object]:
    """While its offices are closed, the campaign's page offers the first of them for a booked call."""
    if choice.offices or not choice.listed or not campaign.is_live:
        return {"offer": None}
    office = offering.office_of(campaign, choice.listed[0])
    draft = offering.Draft(office, offering.zone_or(choice.zone or visits.query().get("zone"), office))
    return offering.card(campaign, draft, f"/c/{campaign.slug}")


def _resting(campaign: Campaign) -> str:
    """Why nobody can be called, as the beginning of its words' keys; of use only where no office is offered."""
    if not campaign.is_live:
        return "paused."
    return "offices_closed." if calling_order(campaign, runtime().now().date()) else "no_office."


def _call(
    session: CallSession, campaign: Campaign, *, refusal: Refusal | None = None, typed: str = ""
) -> Response:
    r, query = runtime(), visits.query()
    reached = r.store.reached(session.campaign)
    view = seen(session, campaign, reached, r.now(), r.config.calls_per_second)
    if query.get("skip") and view.is_question_open:
        view = replace(view, state=State.SETTLING)
    is_still = bool(query.get("still") or query.get("skip"))
    updating = view.is_changing and not is_still and refusal is None
    # Without a script a page that loads itself anew would take what is being typed.
    refreshing = updating and not query.get("live") and view.state is not State.CODE
    refresh = {"Refresh": str(REFRESH_SECONDS)} if refreshing else {}
    return visits.page(
        _template(view),
        PRIVATE | refresh,
        status=BAD_REQUEST if refusal else rendering.OK,
        language=visits.asked_language(session.language),
        refusal=refusal,
        typed=typed,
        codes=CODES,
        campaign=campaign,
        view=view,
        updating=updating,
        is_still=is_still and not query.get("skip"),
        waiting=waiting(view.wait or 0),
        next_office=_next_office(session, campaign) if view.state in LEADS_ON else None,
        dial=calling_in.link(r.number_of(campaign), view.code),
        now=int(r.now().timestamp()),
        since=int(view.connected_at.timestamp()) if view.connected_at else 0,
    )


def _next_office(session: CallSession, campaign: Campaign) -> Office | None:
    """The office a supporter may call after this one, if there is one and it is open."""
    r = runtime()
    left = offices_left(session, Moment(campaign, r.now(), keeps_hours=r.config.keeps_hours))
    return campaign.office(left[0]) if left and campaign.is_live else None


def waiting(seconds: int) -> Waiting:
    """How to tell a wait: less than a minute, about a minute, about so many minutes."""
    if seconds <= SOON:
        return Waiting("soon", 0)
    if seconds <= A_MINUTE:
        return Waiting("minute", 1)
    return Waiting("minutes", round(seconds / 60))


def _template(view: CallView) -> str:
    return f"states/{'over' if view.state in SIMPLE_ENDS else view.state}.html"


# Gathering.


def _reached(campaign: Campaign) -> int:
    return runtime().store.reached(campaign.slug)


def code_number(form: Mapping[str, str]) -> int:
    """Return the number of the code that was on the page; 0, which no code has, for whatever is none."""
    text = form.get("after", "")
    return int(text) if text in {"1", "2", "3"} else 0


def _outcome(text: str) -> Outcome:
    try:
        return Outcome(text)
    except ValueError as error:
        raise Refusal(Code.OUTCOME_UNKNOWN, "outcome") from error
