"""The code by text of a booked call: asked for with the wish, typed in on the booking's page, and only then booked.

Promises what `codes` promises of a call: an unproved booking leaves nothing at its phone but counted texts. It holds
no quarter-hour, is none of the phone's three, and shows nobody what else is booked for it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.adapters.bookings import Full
from chalicelib.adapters.ring_queue import CodeText
from chalicelib.domain.booking import Booking, Reason, State, Wish, booked, capacity
from chalicelib.domain.booking_proving import (
    ended,
    expired,
    name_of,
    new_code,
    proved,
    unproved,
    without_time,
)
from chalicelib.domain.codes import CODES, closes_at
from chalicelib.domain.office import Office
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.observability import count
from chalicelib.runtime import runtime
from chalicelib.views import codes, keeping, tap
from chalicelib.views.again import tried
from chalicelib.views.keeping import Entrance


def ask(wish: Wish, office: Office, times: Iterable[datetime], entrance: Entrance, source: str) -> Booking:
    """Write a booking that waits for its code, at the first of these times that is free, and have the code texted.

    Only the same wish, sent again, gets the booking that is there.

    Raises:
        Refusal: the time is not one, or taken; the phone is never called; TOO_MANY_TEXTS or BUDGET_SPENT.
        Stale: this very wish has been written meanwhile.
    """
    r = runtime()
    if r.store.is_stopped(wish.phone_key):
        raise Refusal(Code.PHONE_NOT_CALLED, "phone")
    there = r.bookings.booking(entrance.booking_id, r.now())
    if there and there.state is State.UNPROVED and there.phone_key == wish.phone_key:
        return there
    made = _first(wish, office, times, entrance.booking_id)
    keeping.admit(entrance)
    codes.count_text(wish.phone_key, tap.campaign(wish.campaign), source)
    return _begun(unproved(made, r.now()))


def ask_again(booking_id: str, number: int, source: str) -> Booking:
    """Have another code texted, in place of the `number`-th; a second tap finds it replaced.

    Raises:
        Refusal: TOO_MANY_TEXTS, BUDGET_SPENT or BOOKING_GONE.
        GaveUp: five lost races in a row.
    """
    booking = keeping.loaded(booking_id)
    if booking.state is not State.UNPROVED or number_of(booking) != number:
        return booking
    if number >= CODES:
        raise Refusal(Code.TOO_MANY_TEXTS, "code", limit=CODES)
    codes.count_text(booking.phone_key, tap.campaign(booking.campaign), source)
    another = keeping.changed(booking_id, lambda each: new_code(each, number, runtime().now()))
    runtime().ring_queue.send_code(CodeText(name_of(booking_id), number_of(another)), 0)
    return another


def enter(booking_id: str, typed: str, source: str) -> Booking:
    """Take what was typed in as the booking's code. The right one books the call, and the booking is returned.

    If its time was taken meanwhile it is returned as PROVED: its supporter chooses another. A phone that is called
    at that time already gets that booking. One that isn't waiting for a code is returned as it is.

    Raises:
        Refusal: CODE_WRONG, CODE_EXPIRED or CODE_TRIES_SPENT, with the tries left; or why nothing can be booked.
        GaveUp: five lost races in a row.
    """
    booking = keeping.loaded(booking_id)
    if booking.state is not State.UNPROVED or booking.proving is None:
        return booking
    codes.check(name_of(booking_id), booking.proving, typed, source)
    return tried(lambda: _proved(keeping.loaded(booking_id)))


def take(before: Booking, after: Booking, office: Office) -> Booking:
    """Write a booking that waited as booked, or return what its phone has booked for that time already.

    Raises:
        Full: there is no room at that time, or it is over.
        Stale: somebody else moved it, or its phone's list.
        Refusal: TOO_MANY_BOOKINGS.
    """
    r, now = runtime(), runtime().now()
    booker, open_ones = r.bookings.open_of(after.phone_key, now)
    if found := keeping.known(open_ones, (after.campaign, after.office, after.at), after.until):
        return found
    keeping.refuse_one_more(booker)
    if after.at <= now:
        raise Full
    made = r.bookings.take(before, after, booker, capacity(office, now.date()))
    count("CallsBooked")
    return made


def look_at(booking_id: str) -> None:
    """End a booking that has waited long enough; its phone number goes with it. Any other waits on."""
    r = runtime()
    if r.bookings.booking(booking_id, r.now()) is None:
        return
    after = keeping.changed(booking_id, lambda each: expired(each, r.now()))
    if after.proving is not None:
        r.store.watch(name_of(booking_id), closes_at(after.proving))


def number_of(booking: Booking) -> int:
    """Return the number of the code a booking waits for, 0 when it waits for none."""
    return booking.proving.codes if booking.proving else 0


# Strictly private.


def _first(wish: Wish, office: Office, times: Iterable[datetime], booking_id: str) -> Booking:
    now, free = runtime().now(), set(keeping.free_times(office, wish.zone))
    for at in times:
        made = booked(replace(wish, at=at), booking_id, office, now)
        if at in free:
            return made
    raise Refusal(Code.TIME_TAKEN, "at")


def _begun(waiting: Booking) -> Booking:
    r, name = runtime(), name_of(waiting.id)
    # Watched before it exists: whatever is lost from here on, its phone number goes when its time is over.
    if waiting.proving is not None:
        r.store.watch(name, closes_at(waiting.proving))
    r.bookings.wait(waiting)
    r.ring_queue.send_code(CodeText(name, 1), 0)
    return waiting


def _proved(booking: Booking) -> Booking:
    r, now = runtime(), runtime().now()
    if booking.state is not State.UNPROVED:
        return booking
    if r.store.is_stopped(booking.phone_key):
        return r.bookings.change(booking, ended(booking, Reason.STOPPED, now))
    office = tap.live(tap.campaign(booking.campaign)).office(booking.office)
    if office is None:
        raise Refusal(Code.OFFICE_UNKNOWN, "office")
    try:
        return take(booking, proved(booking, now), office)
    except Full:
        return r.bookings.change(booking, without_time(booking, now))
