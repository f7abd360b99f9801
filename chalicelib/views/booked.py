"""Booked calls: which times are free, book one, withdraw it. What page, API and call do alike.

Answers with a value or raises a Refusal. Placing them is `firing`'s.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from chalicelib.adapters.bookings import Booker, Full
from chalicelib.adapters.store import Stale
from chalicelib.domain.booking import (
    DAYS,
    OPEN_AT_MOST,
    Booking,
    Wish,
    booked,
    cancelled,
    capacity,
    quarters,
    zone_of,
)
from chalicelib.domain.call import Consent
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.office import Office
from chalicelib.domain.phones import phone_key, screened
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language
from chalicelib.observability import count
from chalicelib.runtime import runtime
from chalicelib.views import proving, tap
from chalicelib.views.committing import ATTEMPTS, GaveUp

ONCE, WEEKLY = "book-1", "book-weekly-1"
CONSENTS: dict[str, int] = {ONCE: 1, WEEKLY: 1}
"""Consent texts, each with the version now shown. Book-1 says "once", so a weekly call has a text of its own."""


T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Entrance:
    """How a wish came in: the id its booking gets, and the source it is counted against; None: nothing is."""

    booking_id: str
    source: str | None = None
    is_proven: bool = True


# What a supporter does.


def book(slug: str, asked: Asked) -> Booking:
    """Book a call; asked a second time, the same phone gets the booking it has for that time.

    Raises:
        Refusal: what, why and when to try again.
        GaveUp: five lost races in a row.
    """
    r = runtime()
    campaign = tap.live(tap.campaign(slug))
    office = office_of(campaign, asked.office)
    zone_of(asked.zone)
    if asked.consent != (WEEKLY if asked.until else ONCE):
        raise Refusal(Code.CONSENT_MISSING, "consent")
    number = screened(asked.phone, tap.screening(campaign))
    entry = proving.entry(slug, asked.proof)
    entrance = Entrance(entry.call_id, asked.source, entry.is_proven)
    wish = Wish(
        campaign=slug, language=asked.language, phone=number, zone=asked.zone, until=asked.until,
        phone_key=phone_key(number, r.secrets.current().phone_key), at=asked.at or r.now(),
        consent=Consent(asked.consent, CONSENTS[asked.consent], asked.language, r.now()),
    )  # fmt: skip
    return keep(wish, office, entrance) if asked.at else keep_soonest(wish, office, entrance)


def keep(wish: Wish, office: Office, entrance: Entrance) -> Booking:
    """Book a wish at its moment.

    Raises:
        Refusal: the time is not one, or taken; the phone has too many, or is never called.
        GaveUp: five lost races in a row.
    """
    return tried(lambda: _kept(wish, office, [wish.at], entrance))


def keep_soonest(wish: Wish, office: Office, entrance: Entrance) -> Booking:
    """Book a wish at the first quarter-hour that the office is open and has room, whatever `at` it names.

    Raises:
        Refusal, GaveUp: as `keep`.
    """
    times = quarters(office, runtime().now(), wish.zone)
    return tried(lambda: _kept(wish, office, times, entrance))


def free_times(office: Office, zone: str) -> tuple[datetime, ...]:
    """Return the quarter-hours (UTC) for which a call to this office can be booked now.

    Raises:
        Refusal: ZONE_UNKNOWN.
    """
    r = runtime()
    room, taken = capacity(office, r.now().date()), r.bookings.taken(office.id, _end())
    return tuple(at for at in quarters(office, r.now(), zone) if taken.get(at, 0) < room)


def loaded(booking_id: str) -> Booking:
    """Return a booking whose page still lives.

    Raises:
        Refusal: BOOKING_GONE.
    """
    found = runtime().bookings.booking(booking_id, runtime().now())
    if found is None:
        raise Refusal(Code.BOOKING_GONE)
    return found


def cancel(booking_id: str) -> Booking:
    """Withdraw a booked call, and all its weeks to come; one that is over stays as it is.

    Raises:
        Refusal: BOOKING_GONE.
        GaveUp: five lost races in a row.
    """

    def withdrawn() -> Booking:
        before = loaded(booking_id)
        return runtime().bookings.change(before, cancelled(before, runtime().now()))

    return tried(withdrawn)


def office_of(campaign: Campaign, office_id: str) -> Office:
    """Return one of a campaign's offices.

    Raises:
        Refusal: OFFICE_UNKNOWN.
    """
    found = campaign.office(office_id)
    if found is None:
        raise Refusal(Code.OFFICE_UNKNOWN, "office")
    return found


# Strictly private.


def _kept(wish: Wish, office: Office, times: Iterable[datetime], entrance: Entrance) -> Booking:
    """Book the first of these times that has room, or return what this phone has booked for one before."""
    r = runtime()
    if r.store.is_stopped(wish.phone_key):
        raise Refusal(Code.PHONE_NOT_CALLED, "phone")
    booker, open_ones = r.bookings.open_of(wish.phone_key, r.now())
    free = set(free_times(office, wish.zone))
    for at in times:
        if known := _known(open_ones, replace(wish, at=at), office):
            return known
        made = booked(replace(wish, at=at), entrance.booking_id, office, r.now())
        if at in free and _is_new(made, booker, office, entrance):
            return made
    raise Refusal(Code.TIME_TAKEN, "at")


def _known(open_ones: Iterable[Booking], wish: Wish, office: Office) -> Booking | None:
    """The booking by which this phone is called at that time already, as often as it wishes."""
    same = (wish.campaign, office.id, wish.at)
    found = (each for each in open_ones if (each.campaign, each.office, each.at) == same)
    return next((each for each in found if wish.until in {None, each.until}), None)


def _is_new(made: Booking, booker: Booker, office: Office, entrance: Entrance) -> bool:
    """Write a new booking, once everything that limits it is counted; whether its quarter-hours had room."""
    r = runtime()
    if len(booker.bookings) >= OPEN_AT_MOST:
        raise Refusal(Code.TOO_MANY_BOOKINGS, "phone", limit=OPEN_AT_MOST)
    _admit(made.campaign, entrance)
    try:
        r.bookings.book(made, booker, capacity(office, r.now().date()))
    except Full:
        return False
    count("CallsBooked")
    return True


def _admit(slug: str, entrance: Entrance) -> None:
    """Refuse a proof that was good for a call or a booking already, and count against the source."""
    r = runtime()
    spent = r.store.call(entrance.booking_id, r.now()) or r.bookings.booking(entrance.booking_id, r.now())
    if spent:
        raise Refusal(Code.PROOF_REFUSED, "proof")
    if entrance.source is not None:
        tap.spend(tap.campaign(slug), entrance.source, r.now(), is_proven=entrance.is_proven)


def _end() -> datetime:
    """Beyond every quarter-hour that can be booked now."""
    return runtime().now() + timedelta(days=DAYS + 1)


def tried(work: Callable[[], T]) -> T:
    """Do it again after a lost race: whoever won it may have changed what there is to decide.

    Raises:
        GaveUp: five lost races in a row.
    """
    for _ in range(ATTEMPTS):
        try:
            return work()
        except Stale:
            continue
    raise GaveUp
