"""From the wish to book to the code typed in: transitions of a booking whose phone is not yet shown to be its own.

Promises: until the code is typed in, a booking holds no quarter-hour, is none of its phone's three and comes to no
ring. Pure; the rules of codes are in `codes`.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain import codes
from chalicelib.domain.booking import Booking, Reason, State
from chalicelib.domain.call import Proving

NAMED = "booking."
"""What no call's id begins with: a booking's code is never a call's, even where they share an id."""


def name_of(booking_id: str) -> str:
    """Return the name under which a booking's codes are made, texted, guessed at and looked after."""
    return NAMED + booking_id


def booking_named(name: str) -> str | None:
    """Return the id of the booking of that name; None: it is a call's id."""
    return name.removeprefix(NAMED) if name.startswith(NAMED) else None


def unproved(booking: Booking, now: datetime) -> Booking:
    """Return a new booking as it waits for its first code."""
    return replace(booking, state=State.UNPROVED, proving=Proving(now))


def text_claimed(booking: Booking, number: int, now: datetime) -> Booking:
    """A worker is about to text the latest code; one taken on before, replaced or expired stays as it is."""
    proving = booking.proving
    if booking.state is not State.UNPROVED or proving is None or not codes.is_good(proving, now):
        return booking
    if not proving.texted < number == proving.codes:
        return booking
    return replace(booking, proving=replace(proving, texted=number))


def text_throttled(booking: Booking, number: int) -> Booking:
    """It was clearly not sent: it may be taken on once more, unless there is a newer code by now."""
    proving = booking.proving
    if booking.state is not State.UNPROVED or proving is None or proving.texted != number:
        return booking
    return replace(booking, proving=replace(proving, texted=number - 1))


def text_refused(booking: Booking, number: int, code: int, now: datetime) -> Booking:
    """No text reaches this phone; `code` is Twilio's error. What is said of an older code is of no interest."""
    proving = booking.proving
    if booking.state is not State.UNPROVED or proving is None or proving.codes != number:
        return booking
    return ended(booking, Reason.LANDLINE if code in codes.LANDLINE_CODES else Reason.NO_TEXT, now)


def new_code(booking: Booking, number: int, now: datetime) -> Booking:
    """Another code in place of the `number`-th; a second tap finds it replaced."""
    proving = booking.proving
    if booking.state is not State.UNPROVED or proving is None or proving.codes != number >= 1:
        return booking
    if number >= codes.CODES:
        return booking
    return replace(booking, proving=replace(proving, codes=number + 1, made_at=now))


def proved(booking: Booking, now: datetime) -> Booking:
    """Return the booking as it is booked, once the phone is theirs; whether its time is free is the table's to say."""
    return (
        replace(booking, state=State.BOOKED, proving=None, changed_at=now) if booking.is_waiting else booking
    )


def without_time(booking: Booking, now: datetime) -> Booking:
    """The phone is theirs, the time was taken meanwhile: it waits for another, as long as for a code."""
    if booking.state is not State.UNPROVED or booking.proving is None:
        return booking
    return replace(booking, state=State.PROVED, proving=replace(booking.proving, made_at=now))


def expired(booking: Booking, now: datetime) -> Booking:
    """Return the booking at an end, if it has waited long enough for its code, or for another time."""
    if not booking.is_waiting or booking.proving is None or now < codes.closes_at(booking.proving):
        return booking
    reason = Reason.NOT_PROVED if booking.state is State.UNPROVED else Reason.NO_TIME
    return ended(booking, reason, now)


def ended(booking: Booking, reason: Reason, now: datetime) -> Booking:
    """Return a waiting booking at its end, all its weeks with it; its phone number goes. Any other stays as it is."""
    if not booking.is_waiting:
        return booking
    over = replace(booking, state=State.DROPPED, phone=None, proving=None)
    return replace(over, dropped=reason, last_at=booking.at, changed_at=now)
