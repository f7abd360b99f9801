"""The console's pages of campaigns: the list, one campaign with its figures, and what staff do to it.

Promises: whatever is done is asked for by a form and shown on the campaign's page after it; nothing that was typed is
lost, whoever else was at it; nobody launches a campaign alone. Each view gathers, decides and draws.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalice.app import Blueprint, Response

from chalicelib.adapters import audit
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.campaign_items import Listing
from chalicelib.adapters.campaign_moves import NotMoved
from chalicelib.adapters.catalog import Overtaken
from chalicelib.adapters.launches import Launches
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.campaign_changes import changes, marked
from chalicelib.domain.counts import ARRIVED
from chalicelib.domain.editing import FIELDS, Kind, edited, names, problems, typed
from chalicelib.domain.launching import NotLaunched, is_same, standing
from chalicelib.domain.outcome_words import COUNTED, MEANS
from chalicelib.domain.staff import Act, Person
from chalicelib.domain.words import Language
from chalicelib.runtime import runtime
from chalicelib.views import staff_pages, steering, visits
from chalicelib.views.campaign_figures import figures
from chalicelib.views.rendering import HTML, OK, Headers
from chalicelib.views.staff_times import clock, day_and_clock
from chalicelib.views.staffing import door
from chalicelib.views.steering import campaign_named, launched, moved
from chalicelib.views.visits import FORM, SEE_OTHER

campaign_desk = Blueprint("chalicelib.views.campaign_desk")

HERE = "/staff/campaigns"
BAD_REQUEST, CONFLICT = 400, 409
MOST_ENTRIES = 12
TRIED = "console: "
"""How the doors put on record what is asked of them, before it is done."""
SAID: Mapping[str, str] = {
    "paused": "Paused. No new call, letter or text begins; calls in progress finish, and nothing is lost.",
    "resumed": "Live again. What waited goes on where it was.",
    "ended": "Ended. The page says so to whoever comes, and the figures stay.",
    "launched": "Live. The page takes calls and letters from now on.",
    "signed": "You have signed. It goes live when a second person signs, as long as nobody changes it in between.",
    "saved": "Saved. Pages and calls have the new words within five seconds.",
    "same": "Nothing differs from what is there, so nothing was changed.",
}
"""What the page says after something was done, by what its address says."""
DONE = {Status.PAUSED: "paused", Status.LIVE: "resumed", Status.ENDED: "ended"}
WHY_NOT: Mapping[NotLaunched, str] = {
    NotLaunched.NOT_A_DRAFT: "It is no draft any more, so there is nothing to launch.",
    NotLaunched.CHANGED: "Somebody changed it after you opened this page. Read it again, then sign.",
    NotLaunched.SAME_PERSON: "You have signed already. A launch takes a second person, so that two have read it.",
}
FASTER = "Somebody else changed this campaign at the same moment. Nothing of yours was written; it is as they left it."


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of the list, and how many acts got through."""

    listing: Listing
    reached: int


@campaign_desk.route(HERE, methods=["GET"])
@door(Act.LOOK)
def campaign_list(person: Person) -> Response:
    """All campaigns, whatever their state."""
    r = runtime()
    rows = [Row(listing, r.store.reached(listing.slug)) for listing in r.catalog.campaigns()]
    return staff_pages.page("staff/campaigns.html", person, here=HERE, rows=rows)


@campaign_desk.route(HERE + "/{slug}", methods=["GET"])
@door(Act.LOOK)
def campaign_page(person: Person, slug: str) -> Response:
    """One campaign: how far it is, and what can be done."""
    return _page(person, campaign_named(slug), said=SAID.get(visits.query().get("done", ""), ""))


@campaign_desk.route(HERE + "/{slug}/pause", methods=["POST"], content_types=[FORM])
@door(Act.PAUSE)
def pause(person: Person, slug: str) -> Response:
    """Have nothing new begin."""
    return _move(person, slug, Status.PAUSED)


@campaign_desk.route(HERE + "/{slug}/resume", methods=["POST"], content_types=[FORM])
@door(Act.RESUME)
def resume(person: Person, slug: str) -> Response:
    """Have it go on."""
    return _move(person, slug, Status.LIVE)


@campaign_desk.route(HERE + "/{slug}/end", methods=["POST"], content_types=[FORM])
@door(Act.END)
def end(person: Person, slug: str) -> Response:
    """End a paused campaign for good, once its short name was typed."""
    text = visits.form().get("slug", "").strip()
    if text != slug:
        wrong = f"You typed “{text}”; the short name is {slug}." if text else f"Type the short name: {slug}."
        return _page(person, campaign_named(slug), status=BAD_REQUEST, ending=(text, wrong))
    return _move(person, slug, Status.ENDED)


@campaign_desk.route(HERE + "/{slug}/launch", methods=["POST"], content_types=[FORM])
@door(Act.LAUNCH)
def launch(person: Person, slug: str) -> Response:
    """Sign a draft's launch: the first of two, or the second, with whom it is live."""
    try:
        problem = launched(slug, _revision(visits.form()), person)
    except Overtaken:
        return _page(person, campaign_named(slug), status=CONFLICT, problem=FASTER)
    if problem is None or problem is NotLaunched.NEEDS_SECOND_PERSON:
        return _back(slug, "signed" if problem else "launched")
    return _page(person, campaign_named(slug), status=CONFLICT, problem=WHY_NOT[problem])


@campaign_desk.route(HERE + "/{slug}/edit", methods=["GET"])
@door(Act.EDIT)
def edit_page(person: Person, slug: str) -> Response:
    """Words and caps in a form."""
    found = campaign_named(slug)
    return _form(person, found, typed(found))


@campaign_desk.route(HERE + "/{slug}/edit", methods=["POST"], content_types=[FORM])
@door(Act.EDIT)
def edit(person: Person, slug: str) -> Response:
    """Say what is wrong with what was typed, or show what it would change, or write it."""
    form, found = visits.form(), campaign_named(slug)
    wrong = problems(form)
    if wrong or form.get("do") == "again":
        return _form(person, found, form, wrong=wrong, status=BAD_REQUEST if wrong else OK)
    return EDITS.get(form.get("do", ""), _shown)(person, found, form)


def _shown(person: Person, found: Campaign, form: Mapping[str, str]) -> Response:
    """Show what would change."""
    return _difference(person, found, form, OK)


def _saved(person: Person, found: Campaign, form: Mapping[str, str]) -> Response:
    """Write it, if the campaign is still what the difference was shown against; else show the difference of now."""
    if found.revision != _revision(form):
        return _difference(person, found, form, CONFLICT)
    try:
        changed = steering.saved(found, edited(found, form), person)
    except Overtaken:
        return _difference(person, campaign_named(found.slug), form, CONFLICT)
    return _back(found.slug, "saved" if changed else "same")


EDITS: dict[str, Callable[[Person, Campaign, Mapping[str, str]], Response]] = {"save": _saved}
"""What an edit's form says it does; one that says nothing wants to see what would change."""


# Deciding.


def _move(person: Person, slug: str, to: Status) -> Response:
    try:
        moved(slug, to, person)
    except NotMoved as refused:
        problem = f"This campaign is {refused.was}, and from there it can’t be {DONE[to]}."
        return _page(person, campaign_named(slug), status=CONFLICT, problem=problem)
    except Overtaken:
        return _page(person, campaign_named(slug), status=CONFLICT, problem=FASTER)
    return _back(slug, DONE[to])


def _revision(form: Mapping[str, str]) -> int:
    """The revision that stood in the form; 0, which no campaign has, for whatever is none."""
    text = form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else 0


# Drawing.


def _page(
    person: Person,
    campaign: Campaign,
    *,
    status: int = OK,
    said: str = "",
    problem: str = "",
    ending: tuple[str, str] = ("", ""),
) -> Response:
    """Draw a campaign's page; `ending` is what was typed to end it, and what is wrong with that."""
    r = runtime()
    sums = r.store.sums(campaign.slug)
    reached = sum(tally.reached for tally in sums.values())
    first = standing(Launches(r.catalog.table).first(campaign.slug), campaign)
    return staff_pages.page(
        "staff/campaign.html",
        person,
        here=HERE,
        status=status,
        campaign=campaign,
        said=said,
        problem=problem,
        ending=ending,
        sums=sums,
        reached=reached,
        figures=figures(campaign, reached, r.now()),
        counted=COUNTED,
        means=MEANS,
        arrived=ARRIVED,
        signed=first,
        is_signer=bool(first and is_same(first.by, person.username)),
        shared=r.store.shared(campaign.slug),
        entries=_entries(campaign.slug),
        languages=list(Language),
        now=clock(r.now()),
        clock=day_and_clock,
        public=r.config.public_url,
    )


def _entries(slug: str) -> list[Entry]:
    """What staff did to a campaign today (UTC), the last thing first; not what they only tried."""
    every = audit.entries(runtime().catalog.table, runtime().now())
    found = [each for each in every if each.subject == slug and not each.what.startswith(TRIED)]
    return found[: -MOST_ENTRIES - 1 : -1]


def _form(
    person: Person,
    campaign: Campaign,
    form: Mapping[str, str],
    *,
    wrong: Mapping[str, str] | None = None,
    status: int = OK,
) -> Response:
    return staff_pages.page(
        "staff/campaign_edit.html",
        person,
        here=HERE,
        status=status,
        campaign=campaign,
        form=form,
        fields=[(field, names(field)) for field in FIELDS],
        wrong=wrong or {},
        small={Kind.NUMBER, Kind.NUMBER_OR_NONE},
        kinds=Kind,
    )


def _difference(person: Person, campaign: Campaign, form: Mapping[str, str], status: int) -> Response:
    found = changes(campaign, edited(campaign, form))
    pairs = [(change, *marked(change.before or "", change.after or "")) for change in found]
    return staff_pages.page(
        "staff/campaign_difference.html",
        person,
        here=HERE,
        status=status,
        campaign=campaign,
        pairs=pairs,
        is_late=status == CONFLICT,
        form={name: form.get(name, "") for field in FIELDS for name in names(field)},
    )


def _back(slug: str, done: str) -> Response:
    """Lead back to the campaign's page, which says what was done."""
    where = visits.site().link(f"{HERE}/{slug}", done=done)
    headers: Headers = {"Location": where, "Content-Type": HTML, **staff_pages.GUARDS}
    return Response("", status_code=SEE_OTHER, headers=headers)
