"""The office on the page: which one and why, its hours, and the page on which a supporter picks another.

A ZIP code comes in by a form and goes back into one, for the tap that follows. It never stands in an address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.domain import told_times
from chalicelib.domain.areas import Reason, five_digits
from chalicelib.domain.campaign import Campaign, Local, Order
from chalicelib.domain.hours import closing, is_open, local, opening
from chalicelib.domain.office import Office, dialable
from chalicelib.domain.states import state_name
from chalicelib.domain.words import Language
from chalicelib.runtime import runtime
from chalicelib.views import rendering, tap, visits
from chalicelib.views.offices_asked import Choice, which
from chalicelib.views.rendering import PRIVATE, SHARED, Phrasebook


@dataclass(frozen=True, slots=True)
class Wish:
    """What the forms of a campaign's page hold: the phone as typed, and what the call is to be like.

    `office` is an id; `is_picked`: the supporter chose it, rather than the page. `via`: how they came to the page.
    """

    phone: str = ""
    zip: str = ""
    office: str = ""
    is_picked: bool = False
    shows_own: bool = False
    via: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The first office as a page shows it: the sentences that say why, its hours, and what its forms carry.

    `asks_zip`: the page asks for a ZIP code, for there is none yet. `carried` is the office the tap asks for, "" where
    the campaign's own order will do. `closed` is the office that was meant, if it is closed now and opens again.
    """

    why: tuple[str, ...]
    hours: str
    is_open: bool
    asks_zip: bool
    carried: str
    closed: Office | None


@dataclass(frozen=True, slots=True)
class Pick:
    """One office to pick: its id, its place and when it is open."""

    id: str
    place: str
    hours: str


def wish_of(form: Mapping[str, str]) -> Wish:
    """Read the wish out of a posted form."""
    return Wish(
        phone=form.get("phone", ""),
        zip=form.get("zip", "").strip(),
        office=form.get("office", ""),
        is_picked=bool(form.get("picked")),
        shows_own=form.get("number_shown") == "own",
        via=_via(form),
    )


def wish_in_address(query: Mapping[str, str]) -> Wish:
    """Read the wish out of a campaign page's address: an office, and whether the link was shared."""
    office = query.get("office", "")
    return Wish(office=office, is_picked=bool(office), via=_via(query))


def headers_of(campaign: Campaign) -> Mapping[str, str]:
    """How long a campaign's page may be kept: not at all where each visitor has an order of their own."""
    return SHARED if campaign.routing.order is Order.FIXED else {"Cache-Control": "no-store"}


def chosen(campaign: Campaign, choice: Choice, wish: Wish, language: Language) -> Chosen:
    """Return how the page shows the office that is called first."""
    first = campaign.office(choice.offices[0]) if choice.offices else None
    is_known = wish.is_picked or (choice.match is not None and choice.match.reason is Reason.AREA)
    takes_own_order = campaign.routing.order is not Order.FIXED
    return Chosen(
        why=tuple(_why(campaign, choice, wish, language)),
        hours=hours_today(first, language) if first else "",
        is_open=first is not None and is_open(first, runtime().now()),
        asks_zip=campaign.routing.local is not Local.NEVER and not is_known,
        carried=wish.office or (first.id if first and takes_own_order else ""),
        closed=_closed(campaign, choice, wish),
    )


def hours_today(office: Office, language: Language) -> str:
    """Until when the office is open today, or else its week."""
    now, say = runtime().now(), rendering.phrasebook(language).say
    closes = closing(office, now)
    if closes is not None and local(office, closes).date() == local(office, now).date():
        return told_times.until_today(closes, office.zone, language)
    if closes is None and is_open(office, now):
        return say("facts.hours.always")
    return told_times.week(office.hours, office.zone, now, language) or say("facts.hours.never")


def picking(campaign: Campaign, wish: Wish, language: Language, *, is_unanswered: bool = False) -> Response:
    """Return the page that asks which office is theirs: those at hand, and the others beneath."""
    choice = which(campaign, wish.zip, "")
    at_hand = list(dict.fromkeys([*(choice.match.offices if choice.match else ()), *choice.listed]))
    others = [office.id for office in campaign.ever_called if office.id not in at_hand]
    problem = _problem(choice, wish, language, is_unanswered=is_unanswered)
    return visits.page(
        "offices.html",
        PRIVATE,
        status=400 if problem else rendering.OK,
        campaign=campaign,
        wish=wish,
        problem=problem,
        errors={},
        asks_zip=campaign.routing.local is not Local.NEVER,
        picks=_picks(campaign, at_hand, language),
        others=sorted(_picks(campaign, others, language), key=lambda pick: pick.place),
    )


# Strictly private.


def _via(fields: Mapping[str, str]) -> str:
    return tap.SHARE if fields.get("via") == tap.SHARE else ""


def _meant(campaign: Campaign, choice: Choice, wish: Wish) -> Office | None:
    """The office that was picked, or else the area's; None where the ZIP code leaves it open."""
    if choice.is_unclear and not wish.is_picked:
        return None
    return campaign.office((wish.office if wish.is_picked else "") or choice.local or "")


def _closed(campaign: Campaign, choice: Choice, wish: Wish) -> Office | None:
    meant = _meant(campaign, choice, wish)
    if meant is None or meant.id in choice.offices or meant.id not in choice.listed:
        return None
    return meant if opening(meant, runtime().now()) else None


def _why(campaign: Campaign, choice: Choice, wish: Wish, language: Language) -> Iterable[str]:
    """Say why this office: picked, or the area's; and why it isn't the first one called, if it is not."""
    say = rendering.phrasebook(language).say
    meant = _meant(campaign, choice, wish)
    if meant is None:
        return
    place = meant.place.of(language)
    if wish.is_picked:
        yield say("office.picked", place=place)
    elif choice.match and choice.match.place:
        where = choice.match.place
        yield say("office.area", place=place, state=state_name(where.state).of(language), zip=where.zip)
    if choice.offices and meant.id != choice.offices[0]:
        yield _why_not_first(campaign, choice, meant, language)


def _why_not_first(campaign: Campaign, choice: Choice, meant: Office, language: Language) -> str:
    r, say = runtime(), rendering.phrasebook(language).say
    first = campaign.office(choice.offices[0])
    places = {"place": meant.place.of(language), "first": first.place.of(language) if first else ""}
    if meant.id in choice.offices:
        return say("office.later", **places)
    if not dialable(meant, r.now().date()):
        return say("office.unchecked", **places)
    opens = opening(meant, r.now())
    if opens is None:
        return say("office.closed_long", **places)
    return say("office.closed", opens=told_times.opens(opens, meant.zone, r.now(), language), **places)


def _problem(choice: Choice, wish: Wish, language: Language, *, is_unanswered: bool) -> str:
    """Why the ZIP code told no office, or that none was picked; "" where somebody only wants another."""
    say = rendering.phrasebook(language).say
    if is_unanswered:
        return say("offices.none_picked")
    if choice.match is None or not choice.is_unclear:
        return ""
    return say(f"offices.{choice.match.reason.value}", zip=five_digits(wish.zip) or "")


def _picks(campaign: Campaign, office_ids: Iterable[str], language: Language) -> list[Pick]:
    """Those of them that have a line to dial."""
    today, say = runtime().now().date(), rendering.phrasebook(language)
    found = (office for office in map(campaign.office, office_ids) if office and dialable(office, today))
    return [Pick(office.id, office.place.of(language), _when(office, say, language)) for office in found]


def _when(office: Office, words: Phrasebook, language: Language) -> str:
    """Until when it is open, or when it opens."""
    now = runtime().now()
    if is_open(office, now):
        closes = closing(office, now)
        if closes is None:
            return words.say("tag.open")
        return words.say("office.until", until=told_times.until_time(closes, office.zone, language))
    opens = opening(office, now)
    if opens is None:
        return words.say("tag.closed")
    return words.say("office.opens", opens=told_times.opens(opens, office.zone, now, language))
