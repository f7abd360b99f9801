"""The pages that book a call: an office's free times, which day, what time, and a weekly call's last day.

Promises what `pages` promises. What is typed goes along from page to page in the forms, never in an address; the
consent above a button is the one that is kept with the booking.
"""

from collections.abc import Mapping
from dataclasses import replace

from chalice.app import Blueprint, Response

from chalicelib.domain import told_times
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.office import dialable
from chalicelib.domain.phones import screened
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.runtime import runtime
from chalicelib.views import booked, keeping, offering, rendering, tap, visits
from chalicelib.views.offering import ANOTHER, Draft
from chalicelib.views.pages import RESTING
from chalicelib.views.rendering import PRIVATE, SHARED
from chalicelib.views.visits import FORM, page_reply

booking_pages = Blueprint(__name__)

BAD = 400
FIELDS: dict[Code, str] = {
    Code.PHONE_MISSING: "phone",
    Code.PHONE_MALFORMED: "phone",
    Code.TIME_MALFORMED: "when",
    Code.TIME_PAST: "when",
    Code.TIME_NOT_OPEN: "when",
    Code.TIME_TAKEN: "when",
    Code.PROOF_MISSING: "book",
    Code.PROOF_REFUSED: "book",
}
"""Refusals shown in the form, at this field of it, with what was typed kept."""
Problems = dict[str, str]
"""Field → what to mend, in the page's language."""


@booking_pages.route("/c/{slug}/book", methods=["GET"])
@page_reply
def book_page(slug: str) -> Response:
    """One office, and when a call to it can be booked."""
    campaign, asked = tap.campaign(slug), visits.query()
    office = offering.office_of(campaign, asked.get("office"))
    if not campaign.is_live or not dialable(office, runtime().now().date()):
        return visits.see_other(f"/c/{slug}")
    draft = Draft(office, offering.zone_or(asked.get("zone"), office))
    return _page("book.html", campaign, offering.card(campaign, draft, _here(campaign)), SHARED)


@booking_pages.route("/c/{slug}/book", methods=["POST"], content_types=[FORM])
@page_reply
def book(slug: str) -> Response:
    """Each step of booking: on to the next question, back to what is to be mended, or to the booked call."""
    campaign, form = tap.campaign(slug), visits.form()
    draft = _draft(campaign, form)
    try:
        return _answered(tap.live(campaign), draft, form.get("do", ""))
    except Refusal as refusal:
        if refusal.code in RESTING:
            return visits.see_other(f"/c/{slug}")
        if refusal.code not in FIELDS:
            raise
        said = refusal.sentence.of(visits.asked_language())
        return _again(campaign, draft, {FIELDS[refusal.code]: said})


# Deciding.


def _answered(campaign: Campaign, draft: Draft, do: str) -> Response:
    if do == "days" or draft.when == ANOTHER:
        return _days(campaign, draft, {})
    if do == "day":
        return (
            _times(campaign, draft, {})
            if draft.day
            else _days(campaign, draft, {"day": _say("book.missing.day")})
        )
    problems = _problems(campaign, draft)
    if problems:
        return _again(campaign, draft, problems)
    if draft.is_weekly and not draft.until:
        return _weekly(campaign, draft)
    made = booked.book(campaign.slug, _asked(draft))
    return visits.see_other(f"/bookings/{made.id}")


def _problems(campaign: Campaign, draft: Draft) -> Problems:
    """Everything that is missing or malformed, so that it can be mended in one go."""
    found: Problems = {} if draft.when else {"when": _say("book.missing")}
    try:
        screened(draft.phone, tap.screening(campaign))
    except Refusal as refusal:
        if FIELDS.get(refusal.code) != "phone":
            raise
        found["phone"] = refusal.sentence.of(visits.asked_language())
    return found


def _asked(draft: Draft) -> booked.Asked:
    return booked.Asked(
        office=draft.office.id,
        phone=draft.phone,
        language=visits.asked_language(),
        consent=draft.consent,
        at=booked.moment_of(draft.when),
        zone=draft.zone,
        until=booked.day_of(draft.until) if draft.is_weekly else None,
        source=visits.source(),
        proof=draft.proof,
    )


# Drawing.


def _again(campaign: Campaign, draft: Draft, problems: Problems) -> Response:
    """The page on which something is to be mended."""
    page = _times if draft.day else _suggested
    return page(campaign, draft, problems)


def _suggested(campaign: Campaign, draft: Draft, problems: Problems) -> Response:
    return _page("book.html", campaign, offering.card(campaign, draft, _here(campaign), problems))


def _days(campaign: Campaign, draft: Draft, problems: Problems) -> Response:
    spoken = visits.asked_language()
    choices = offering.day_choices(keeping.free_times(draft.office, draft.zone), draft.zone, spoken)
    return _page(
        "book_day.html", campaign, _step(campaign, replace(draft, when=""), problems), choices=choices
    )


def _times(campaign: Campaign, draft: Draft, problems: Problems) -> Response:
    spoken, day = visits.asked_language(), booked.day_of(draft.day)
    choices = offering.time_choices(keeping.free_times(draft.office, draft.zone), day, draft.zone, spoken)
    step = _step(campaign, draft, problems, day=draft.day)
    return _page(
        "book_time.html",
        campaign,
        step,
        choices=choices,
        day=told_times.full_day(day, spoken),
        asks_phone=True,
        until="",
    )


def _weekly(campaign: Campaign, draft: Draft) -> Response:
    """Ask for the last day, with the consent that a weekly call needs.

    Raises:
        Refusal: TIME_MALFORMED, TIME_TAKEN.
    """
    at, spoken = booked.moment_of(draft.when), visits.asked_language()
    if at not in keeping.free_times(draft.office, draft.zone):
        raise Refusal(Code.TIME_TAKEN, "at")
    step = _step(campaign, draft, {}, when=draft.when, phone=draft.phone, weekly="on", consent=booked.WEEKLY)
    first = told_times.plan(at, draft.zone, spoken)
    ends = offering.end_choices(at, draft.zone, spoken)
    ends_with = screened(draft.phone, tap.screening(campaign))[-2:]
    return _page("book_weekly.html", campaign, step, first=first, choices=ends, ends=ends_with)


def _step(campaign: Campaign, draft: Draft, problems: Problems, **hidden: str) -> dict[str, object]:
    """What each page after the first needs: the form with all it carries along, and how times are told."""
    form = offering.form_for(campaign, draft)
    form = replace(form, hidden={**form.hidden, **hidden}, consent=hidden.get("consent", form.consent))
    name = told_times.zone_at(draft.zone, runtime().now()).name.of(visits.asked_language())
    return {"form": form, "problems": problems, "office": draft.office, "zone_name": name}


def _page(
    template: str,
    campaign: Campaign,
    values: Mapping[str, object],
    headers: Mapping[str, str] = PRIVATE,
    **more: object,
) -> Response:
    status = BAD if values["problems"] else rendering.OK
    together = {**values, **more, "campaign": campaign}
    return visits.page(template, headers, language=None, status=status, **together)


def _here(campaign: Campaign) -> str:
    return f"/c/{campaign.slug}/book"


# Gathering.


def _draft(campaign: Campaign, form: Mapping[str, str]) -> Draft:
    office = offering.office_of(campaign, form.get("office"))
    return Draft(
        office=office,
        zone=offering.zone_or(form.get("zone"), office),
        phone=form.get("phone", ""),
        when=form.get("when", ""),
        day=form.get("day", ""),
        is_weekly="weekly" in form,
        until=form.get("until", ""),
        consent=form.get("consent", ""),
        proof=form.get("proof"),
    )


def _say(key: str) -> str:
    return rendering.phrasebook(visits.asked_language()).say(key)
