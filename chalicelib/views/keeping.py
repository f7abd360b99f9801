"""Keep a booked call: the first of some times that is free, once for each phone and time.

Page, API and call take this road. Knows the table; who may book is decided before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.adapters.bookings import Booker, Full
from chalicelib.domain.booking import DAYS, OPEN_AT_MOST, Booking, Wish, booked, capacity, quarters
from chalicelib.domain.office import Office
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.observability import count
from chalicelib.runtime import runtime
from chalicelib.views.again import tried


def _free() -> None:
    """Nothing is counted against anybody."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """How a wish came in: the id its booking gets, and what is counted, or refused, before it is kept."""

    booking_id: str
    admit: Callable[[], None] = _free


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


def loaded(booking_id: str) -> Booking:
    """Return a booking whose page still lives.

    Raises:
        Refusal: BOOKING_GONE.
    """
    found = runtime().bookings.booking(booking_id, runtime().now())
    if found is None:
        raise Refusal(Code.BOOKING_GONE)
    return found


def changed(booking_id: str, by: Callable[[Booking], Booking]) -> Booking:
    """Change a booking by a pure transition, and again after a lost race; one it leaves as it is isn't written.

    Raises:
        Refusal: BOOKING_GONE.
        GaveUp: five lost races in a row.
    """

    def once() -> Booking:
        before = loaded(booking_id)
        return runtime().bookings.change(before, by(before))

    return tried(once)


def free_times(office: Office, zone: str) -> tuple[datetime, ...]:
    """Return the quarter-hours (UTC) for which a call to this office can be booked now.

    Raises:
        Refusal: ZONE_UNKNOWN.
    """
    r = runtime()
    room, taken = capacity(office, r.now().date()), r.bookings.taken(office.id, _end())
    return tuple(at for at in quarters(office, r.now(), zone) if taken.get(at, 0) < room)


def known(
    open_ones: Iterable[Booking], place: tuple[str, str, datetime], until: date | None
) -> Booking | None:
    """Return the booking by which a phone is called there at that time already, as often as it wishes.

    `place` is campaign, office and moment.
    """
    found = (each for each in open_ones if (each.campaign, each.office, each.at) == place)
    return next((each for each in found if until in {None, each.until}), None)


def refuse_one_more(booker: Booker) -> None:
    """Refuse a phone that has booked as much as it may.

    Raises:
        Refusal: TOO_MANY_BOOKINGS.
    """
    if len(booker.bookings) >= OPEN_AT_MOST:
        raise Refusal(Code.TOO_MANY_BOOKINGS, "phone", limit=OPEN_AT_MOST)


def admit(entrance: Entrance) -> None:
    """Refuse a proof that was good for a call or a booking already, and count what there is to count.

    Raises:
        Refusal: PROOF_REFUSED, or what the count says.
    """
    r = runtime()
    spent = r.store.call(entrance.booking_id, r.now()) or r.bookings.booking(entrance.booking_id, r.now())
    if spent:
        raise Refusal(Code.PROOF_REFUSED, "proof")
    entrance.admit()


# Strictly private.


def _kept(wish: Wish, office: Office, times: Iterable[datetime], entrance: Entrance) -> Booking:
    """Book the first of these times that has room, or return what this phone has booked for one before."""
    r = runtime()
    if r.store.is_stopped(wish.phone_key):
        raise Refusal(Code.PHONE_NOT_CALLED, "phone")
    booker, open_ones = r.bookings.open_of(wish.phone_key, r.now())
    free = set(free_times(office, wish.zone))
    for at in times:
        if found := known(open_ones, (wish.campaign, office.id, at), wish.until):
            return found
        made = booked(replace(wish, at=at), entrance.booking_id, office, r.now())
        if at in free and _is_new(made, booker, office, entrance):
            return made
    raise Refusal(Code.TIME_TAKEN, "at")


def _is_new(made: Booking, booker: Booker, office: Office, entrance: Entrance) -> bool:
    """Write a new booking, once everything that limits it is counted; whether its quarter-hours had room."""
    r = runtime()
    refuse_one_more(booker)
    admit(entrance)
    try:
        r.bookings.book(made, booker, capacity(office, r.now().date()))
    except Full:
        return False
    count("CallsBooked")
    return True


def _end() -> datetime:
    """Beyond every quarter-hour that can be booked now."""
    return runtime().now() + timedelta(days=DAYS + 1)
