"""A booked call's own page: when we call or what became of it, its calendar file, another time, and taking it back.

Promises what `pages` promises. The booking's id is the only key to it; its pages are kept by nobody and found by
no search.
"""

from collections.abc import Mapping
from datetime import timedelta

from chalice.app import Blueprint, Response

from chalicelib.domain import told_times
from chalicelib.domain.booking import WHY_NOT, Booking, State
from chalicelib.domain.calendar_file import Entry, calendar_file
from chalicelib.domain.call import CallSession
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.codes import CODES
from chalicelib.domain.office import Office
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language
from chalicelib.runtime import runtime
from chalicelib.views import booked, booking_codes, keeping, offering, rendering, tap, urls, visits
from chalicelib.views.offering import Choice, Form
from chalicelib.views.pages import AT_THE_CODE, RESTING, code_number
from chalicelib.views.rendering import PRIVATE, Headers
from chalicelib.views.visits import FORM, page_reply

booked_pages = Blueprint(__name__)

SOON = timedelta(minutes=15)
"""So long before its time the page says that we are about to call."""
BAD = 400
AT_THE_TIME = frozenset({Code.TIME_MALFORMED, Code.TIME_PAST, Code.TIME_NOT_OPEN, Code.TIME_TAKEN})
AT_THE_TIME |= {Code.REPEAT_TOO_SHORT}
"""Refusals of another time, said where it is picked."""


@booked_pages.route("/bookings/{booking_id}", methods=["GET"])
@page_reply
def booking_page(booking_id: str) -> Response:
    """When we call, or what became of it."""
    booking = keeping.loaded(booking_id)
    if booking.state is State.UNPROVED:
        return _code(booking)
    if booking.state is State.PROVED:
        return visits.see_other(f"/bookings/{booking_id}/time")
    spoken, call = visits.asked_language(booking.language), _last_call(booking)
    campaign, office = _called(booking)
    return visits.page(
        "booking.html",
        PRIVATE,
        language=spoken,
        campaign=campaign,
        office=office,
        booking=booking,
        state=_state(booking, call),
        when=told_times.plan(booking.at, booking.zone, spoken),
        at_time=told_times.at_time(booking.at, booking.zone, spoken),
        until=_until(booking, spoken),
        last=_last(booking, spoken),
        why_not=WHY_NOT[booking.dropped].of(spoken) if booking.dropped else None,
        call_id=call.id if call else None,
    )


@booked_pages.route("/bookings/{booking_id}", methods=["POST"], content_types=[FORM])
@page_reply
def change_booking(booking_id: str) -> Response:
    """The code, another code, or take it back; one that is over stays as it is."""
    form = visits.form()
    match form.get("do"):
        case "code" | "new_code":
            return _about_code(booking_id, form)
        case "cancel":
            booked.cancel(booking_id)
        case _:
            raise Refusal(Code.BODY_MALFORMED, "do")
    return visits.see_other(f"/bookings/{booking_id}")


@booked_pages.route("/bookings/{booking_id}/calendar.ics", methods=["GET"])
@page_reply
def calendar(booking_id: str) -> Response:
    """Every call still to come, for a calendar."""
    booking = keeping.loaded(booking_id)
    if booking.state is not State.BOOKED:
        return visits.see_other(f"/bookings/{booking_id}")
    spoken = visits.asked_language(booking.language)
    say = rendering.phrasebook(spoken).say
    campaign, office = _called(booking)
    place = office.place.of(spoken) if office else ""
    organization = campaign.organization.of(spoken) if campaign else ""
    title = str(say("calendar.title", place=place))
    text = str(
        say("calendar.text", organization=organization, number=rendering.phone(visits.site().number or ""))
    )
    url = urls.public(f"/bookings/{booking.id}?lang={spoken.value}")
    headers: Headers = {**rendering.GUARDS, **PRIVATE, "Content-Type": "text/calendar; charset=utf-8"}
    headers["Content-Disposition"] = 'attachment; filename="call.ics"'
    return Response(calendar_file(booking, Entry(title, text, url)), headers=headers)


@booked_pages.route("/bookings/{booking_id}/time", methods=["GET"])
@page_reply
def time_page(booking_id: str) -> Response:
    """Which day, in place of the one it has."""
    return _moving(keeping.loaded(booking_id), {"do": "days"})


@booked_pages.route("/bookings/{booking_id}/time", methods=["POST"], content_types=[FORM])
@page_reply
def change_time(booking_id: str) -> Response:
    """What time on that day; then the booked call comes at that time instead."""
    return _moving(keeping.loaded(booking_id), visits.form())


# Deciding.


def _about_code(booking_id: str, form: Mapping[str, str]) -> Response:
    """Take the code, or text another; what is wrong with it is said beside it; so is a time that was taken."""
    try:
        if form.get("do") == "code":
            booking = booking_codes.enter(booking_id, form.get("code", ""), visits.source())
        else:
            booking = booking_codes.ask_again(booking_id, code_number(form), visits.source())
    except Refusal as refusal:
        if refusal.code in RESTING:
            return visits.see_other(f"/c/{keeping.loaded(booking_id).campaign}")
        if refusal.code not in AT_THE_CODE:
            raise
        return _code(keeping.loaded(booking_id), refusal, form.get("code", ""))
    if booking.state is State.PROVED:
        return _days(booking, {"day": Refusal(Code.TIME_TAKEN).sentence.of(visits.asked_language())})
    return visits.see_other(f"/bookings/{booking.id}")


def _moving(booking: Booking, form: Mapping[str, str]) -> Response:
    """Each step to another time. What is over shows what it is, and a campaign that rests says so on its own page."""
    if booking.is_over or booking.state is State.UNPROVED:
        return visits.see_other(f"/bookings/{booking.id}")
    try:
        return _step_of(booking, form)
    except Refusal as refusal:
        if refusal.code in RESTING:
            return visits.see_other(f"/c/{booking.campaign}")
        raise


def _step_of(booking: Booking, form: Mapping[str, str]) -> Response:
    day, when, do = form.get("day", ""), form.get("when", ""), form.get("do")
    if do == "days":
        return _days(booking, {})
    if not day:
        return _days(booking, {"day": _say("book.missing.day")})
    if do == "day":
        return _times(booking, day, "", {})
    if not when:
        return _times(booking, day, when, {"when": _say("book.missing")})
    return _changed(booking, day, when, form.get("consent", ""))


def _changed(booking: Booking, day: str, when: str, consent: str) -> Response:
    try:
        moved = booked.change_time(booking.id, booked.moment_of(when), consent, visits.asked_language())
    except Refusal as refusal:
        if refusal.code not in AT_THE_TIME:
            raise
        said = refusal.sentence.of(visits.asked_language())
        return _times(keeping.loaded(booking.id), day, when, {"when": said})
    return visits.see_other(f"/bookings/{moved.id}")


def _last_call(booking: Booking) -> CallSession | None:
    """The call that its latest occurrence became, while that has a page."""
    return runtime().store.call(booking.call_id, runtime().now()) if booking.call_id else None


def _state(booking: Booking, call: CallSession | None) -> str:
    """Which of the page's states: a booked call that is near, whose time has just come, or that rings says so."""
    if call and not call.is_over:
        return "calling"
    left = booking.at - runtime().now()
    if booking.state is State.BOOKED and left <= timedelta(0):
        return "now"
    if booking.state is State.BOOKED and left <= SOON:
        return "soon"
    return booking.state.value


def _called(booking: Booking) -> tuple[Campaign | None, Office | None]:
    """The campaign and the office as they are now; None for what is no longer there."""
    campaign = runtime().campaign(booking.campaign)
    return campaign, campaign.office(booking.office) if campaign else None


def _until(booking: Booking, spoken: Language) -> str:
    """The last day of a weekly call that goes on, in words; "" of any other."""
    return told_times.day_and_month(booking.until, spoken) if booking.until else ""


def _last(booking: Booking, spoken: Language) -> str:
    """When the latest call that is through was to come, of one that goes on; "" of any other."""
    if booking.is_over or booking.last_at is None:
        return ""
    return told_times.plan(booking.last_at, booking.zone, spoken)


# Drawing the code's page.


def _code(booking: Booking, refusal: Refusal | None = None, typed: str = "") -> Response:
    return visits.page(
        "booking_code.html",
        PRIVATE,
        language=visits.asked_language(booking.language),
        status=BAD if refusal else rendering.OK,
        campaign=tap.campaign(booking.campaign),
        booking=booking,
        refusal=refusal,
        typed=typed,
        number=booking_codes.number_of(booking),
        codes=CODES,
    )


# Drawing another time.


def _days(booking: Booking, problems: dict[str, str]) -> Response:
    office, spoken = _office(booking), visits.asked_language(booking.language)
    choices = offering.day_choices(keeping.free_times(office, booking.zone), booking.zone, spoken)
    return _step("book_day.html", booking, Form(_action(booking), booked.ONCE), choices, problems)


def _times(booking: Booking, day: str, when: str, problems: dict[str, str]) -> Response:
    office, spoken, chosen = _office(booking), visits.asked_language(booking.language), booked.day_of(day)
    choices = offering.time_choices(keeping.free_times(office, booking.zone), chosen, booking.zone, spoken)
    consent = booked.consent_for(booking.until)
    form = Form(_action(booking), consent, {"day": day, "consent": consent}, picked=when)
    return _step("book_time.html", booking, form, choices, problems, day=told_times.full_day(chosen, spoken))


def _step(
    template: str,
    booking: Booking,
    form: Form,
    choices: tuple[Choice, ...],
    problems: dict[str, str],
    *,
    day: str = "",
) -> Response:
    spoken = visits.asked_language(booking.language)
    return visits.page(
        template,
        PRIVATE,
        language=spoken,
        status=BAD if problems else rendering.OK,
        campaign=runtime().campaign(booking.campaign),
        office=_office(booking),
        zone_name=told_times.zone_at(booking.zone, runtime().now()).name.of(spoken),
        form=form,
        problems=problems,
        choices=choices,
        day=day,
        asks_phone=False,
        until=_until(booking, spoken),
    )


def _office(booking: Booking) -> Office:
    """The booked office, for a call at another time.

    Raises:
        Refusal: the campaign makes no calls now, or no longer has the office.
    """
    return booked.office_of(tap.live(tap.campaign(booking.campaign)), booking.office)


def _action(booking: Booking) -> str:
    spoken = visits.asked_language(booking.language)
    return visits.site().link(f"/bookings/{booking.id}/time", lang=spoken.value)


def _say(key: str) -> str:
    return rendering.phrasebook(visits.asked_language()).say(key)
