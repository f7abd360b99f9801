"""Which offices a supporter's call goes to, and why: by the campaign's rule, their ZIP code and their own pick.

Page, API and voice ask here, so that all three choose alike. Promises: the ZIP code goes no further than this module:
what is kept of it is the area's office and the time zone. Whatever was typed comes out as a choice, never as a fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.adapters.zip_codes import place_of
from chalicelib.domain.areas import Match, Reason, five_digits, office_of_zip
from chalicelib.domain.campaign import Campaign, Local, Order
from chalicelib.domain.choosing import Standing, chosen
from chalicelib.domain.desk import standing
from chalicelib.domain.moves import Moment
from chalicelib.domain.office import dialable
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.runtime import runtime


@dataclass(frozen=True, slots=True)
class Choice:
    """The offices of one call, by id and in the order in which they are called.

    `offices` are open now; `listed` are those and the closed ones that have a line to dial. `local` is the office of
    the supporter's own area and `zone` their IANA time zone, where a ZIP code told. `match` is what it told; None:
    none was given, or the campaign has no use for one.
    """

    offices: tuple[str, ...]
    listed: tuple[str, ...] = ()
    local: str | None = None
    zone: str | None = None
    match: Match | None = None

    @property
    def is_unclear(self) -> bool:
        """Whether the ZIP code leaves it to the supporter which office is theirs."""
        return self.match is not None and self.match.reason is not Reason.AREA


def which(campaign: Campaign, zip_code: str, office: str) -> Choice:
    """Return the offices that a call asked for now goes to; "" is no ZIP code, and no office picked.

    An office the campaign doesn't know is left out, as if it hadn't been picked.
    """
    r = runtime()
    match = _match(campaign, zip_code)
    local = match.offices if match else ()
    seed = 0 if campaign.routing.order is Order.FIXED else r.seed()
    order = chosen(campaign, local, _standing(campaign), seed, office or None)
    moment = Moment(campaign, r.now(), keeps_hours=r.config.keeps_hours)
    known = [found for found in map(campaign.office, order) if found and dialable(found, r.now().date())]
    return Choice(
        offices=tuple(each.id for each in known if moment.finds_open(each)),
        listed=tuple(each.id for each in known),
        local=_own(campaign, local, office),
        zone=match.place.zone if match and match.place else None,
        match=match,
    )


def settled(campaign: Campaign, zip_code: str, office: str) -> Choice:
    """Return the same for somebody who wants to call now, and can still be asked to choose.

    Raises:
        Refusal: ZIP_MALFORMED, OFFICE_UNKNOWN; OFFICE_UNCLEAR: the ZIP code has no one office, and none was picked.
    """
    refuse_misread(campaign, zip_code, office)
    choice = which(campaign, zip_code, office)
    if choice.is_unclear and not office:
        raise Refusal(Code.OFFICE_UNCLEAR, "office")
    return choice


def refuse_misread(campaign: Campaign, zip_code: str, office: str) -> None:
    """Refuse a ZIP code that is none, and an office that isn't the campaign's.

    Raises:
        Refusal: ZIP_MALFORMED, OFFICE_UNKNOWN.
    """
    if zip_code.strip() and five_digits(zip_code) is None:
        raise Refusal(Code.ZIP_MALFORMED, "zip")
    if office and campaign.office(office) is None:
        raise Refusal(Code.OFFICE_UNKNOWN, "office")


def _match(campaign: Campaign, zip_code: str) -> Match | None:
    if not zip_code.strip() or campaign.routing.local is Local.NEVER:
        return None
    return office_of_zip(zip_code, runtime().areas(), place_of)


def _own(campaign: Campaign, local: tuple[str, ...], picked: str) -> str | None:
    """The office of the supporter's own area; of several, the one they picked, or else the likeliest."""
    ours = [each for each in local if campaign.office(each)]
    return picked if picked in ours else next(iter(ours), None)


def _standing(campaign: Campaign) -> Mapping[str, Standing]:
    """How the listed offices have done: one read, and only for a campaign that evens calls out."""
    if campaign.routing.order is not Order.BALANCED:
        return {}
    desks = runtime().desks.desks(office.id for office in campaign.offices)
    return {office_id: standing(desk) for office_id, desk in desks.items()}
