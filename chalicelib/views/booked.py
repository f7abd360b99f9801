"""Booked calls: which times are free, book one, withdraw it. What page, API and call do alike.

Answers with a value or raises a Refusal. Placing them is `firing`'s.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from chalicelib.adapters.bookings import Full
from chalicelib.domain.booking import (
    Booking,
    State,
    Wish,
    cancelled,
    capacity,
    quarters,
    rescheduled,
    zone_of,
)
from chalicelib.domain.booking_proving import proved
from chalicelib.domain.call import Consent
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.office import Office
from chalicelib.domain.phones import phone_key, screened
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language
from chalicelib.runtime import runtime
from chalicelib.views import booking_codes, proving, tap
from chalicelib.views.again import tried
from chalicelib.views.keeping import Entrance, changed, keep, keep_soonest, loaded

ONCE, WEEKLY = "book-1", "book-weekly-1"
CONSENTS: dict[str, int] = {ONCE: 1, WEEKLY: 1}
"""Consent texts, each with the version now shown. Book-1 says "once", so a weekly call has a text of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request to book, as a supporter sends it. `at` None: as soon as the office is open and has room.

    `source` is the address it came from: kept as a keyed hash, for two hours. `proof` is the page's proof of work,
    None from a form without a script.
    """

    office: str
    phone: str
    language: Language
    consent: str
    at: datetime | None
    zone: str
    until: date | None = None
    source: str
    proof: str | None = None


# What a supporter does.


def book(slug: str, asked: Asked) -> Booking:
    """Book a call, or text the code for it; without a code the same phone, asking again, gets what it has booked.

    Raises:
        Refusal: what, why and when to try again.
        GaveUp: five lost races in a row.
    """
    r = runtime()
    campaign = tap.live(tap.campaign(slug))
    office = office_of(campaign, asked.office)
    zone_of(asked.zone)
    if asked.consent != consent_for(asked.until):
        raise Refusal(Code.CONSENT_MISSING, "consent")
    number = screened(asked.phone, tap.screening(campaign))
    entry = proving.entry(slug, asked.proof)
    spend = partial(tap.spend, campaign, asked.source, r.now(), is_proven=entry.is_proven)
    entrance = Entrance(entry.call_id, spend)
    wish = Wish(
        campaign=slug, language=asked.language, phone=number, zone=asked.zone, until=asked.until,
        phone_key=phone_key(number, r.secrets.current().phone_key), at=asked.at or r.now(),
        consent=Consent(asked.consent, CONSENTS[asked.consent], asked.language, r.now()),
    )  # fmt: skip
    if campaign.asks_code:
        times = [wish.at] if asked.at else quarters(office, r.now(), wish.zone)
        return tried(lambda: booking_codes.ask(wish, office, times, entrance, asked.source))
    return keep(wish, office, entrance) if asked.at else keep_soonest(wish, office, entrance)


def cancel(booking_id: str) -> Booking:
    """Withdraw a booked call, and all its weeks to come; one that is over stays as it is.

    Raises:
        Refusal: BOOKING_GONE.
        GaveUp: five lost races in a row.
    """
    return changed(booking_id, lambda before: cancelled(before, runtime().now()))


def change_time(booking_id: str, at: datetime, consent: str, language: Language) -> Booking:
    """Have a booked call come at another time; one that is over, or comes then anyway, stays as it is.

    The old time is given back in the write that takes the new one: it is never without a time. One whose time was
    taken before its code was typed in is booked by this; one that waits for its code stays as it is.

    Raises:
        Refusal: BOOKING_GONE; the time is not one, or taken; the consent is not this booking's.
        GaveUp: five lost races in a row.
    """
    return tried(lambda: _changed_to(loaded(booking_id), at, consent, language))


def consent_for(until: date | None) -> str:
    """Return the consent text that is agreed to: a weekly call has its own."""
    return WEEKLY if until else ONCE


def moment_of(text: str) -> datetime:
    """Read a moment with its offset.

    Raises:
        Refusal: TIME_MALFORMED.
    """
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise Refusal(Code.TIME_MALFORMED, "at")
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refusal(Code.TIME_MALFORMED, "at") from error


def day_of(text: str) -> date:
    """Read a day.

    Raises:
        Refusal: TIME_MALFORMED.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(Code.TIME_MALFORMED, "weekly_until") from error


def office_of(campaign: Campaign, office_id: str) -> Office:
    """Return one of a campaign's offices.

    Raises:
        Refusal: OFFICE_UNKNOWN.
    """
    found = campaign.office(office_id)
    if found is None:
        raise Refusal(Code.OFFICE_UNKNOWN, "office")
    return found


def _changed_to(before: Booking, at: datetime, consent: str, language: Language) -> Booking:
    r = runtime()
    if before.state is State.UNPROVED or before.is_over or (not before.is_waiting and before.at == at):
        return before
    office = office_of(tap.live(tap.campaign(before.campaign)), before.office)
    if consent != consent_for(before.until):
        raise Refusal(Code.CONSENT_MISSING, "consent")
    agreed = Consent(consent, CONSENTS[consent], language, r.now())
    after = rescheduled(proved(before, r.now()), at, agreed, office, r.now())
    try:
        if before.is_waiting:
            return booking_codes.take(before, after, office)
        return r.bookings.reschedule(before, after, capacity(office, r.now().date()))
    except Full as error:
        raise Refusal(Code.TIME_TAKEN, "at") from error
