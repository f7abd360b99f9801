"""A call booked for later: when it may be, when it comes again, and what is done when its time has come.

Promises: an occurrence is placed at most once and never more than LATEST after its time; what is not placed has
a reason. A weekly call keeps its wall time in its own zone, right across daylight saving. Knows no queue and no
table, and learns what time it is from its caller.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from chalicelib.domain.call import Consent, Proving
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.hours import is_open, local, moment_of, spans_on
from chalicelib.domain.office import Office, dialable
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language, Words

QUARTER = timedelta(minutes=15)
SOONEST = timedelta(minutes=10)
"""A call is booked at least this long ahead; sooner, it is a call in line."""
BEFORE_CLOSING = timedelta(minutes=10)
"""The last call of a day leaves time to talk, and to be a few minutes late, before the office closes."""
DAYS = 14
"""How many days ahead a call can be booked, today included."""
LONGEST_REPEAT = timedelta(weeks=26)
"""A weekly call ends half a year after its first at the latest: a wish grows old, and so does a number."""
LATEST = timedelta(minutes=5)
"""A call so far behind its time is not placed any more: nobody waits for it, and an hour late is a ring at random."""
OPEN_AT_MOST = 3
"""Booked calls of one phone that have not come yet."""
WEEK = timedelta(days=7)


class State(StrEnum):
    """Where a booking is. BOOKED until its last occurrence is through; those after it are the end of it."""

    UNPROVED = "code"  # a code was texted to the phone; nothing is booked before it is typed in
    PROVED = "proved"  # the phone is theirs, but the time was taken meanwhile: waits for another
    BOOKED = "booked"
    PLACED = "placed"  # the last occurrence became a call
    CANCELLED = "cancelled"  # by the supporter
    DROPPED = "dropped"  # the last occurrence did not become a call


class Reason(StrEnum):
    """Why we did not call."""

    STOPPED = "stopped"  # the phone asked never to be called again
    ENDED = "ended"  # the campaign has ended
    PAUSED = "paused"  # the campaign was paused at that time
    NO_LINE = "no_line"  # no line of the office may be dialled, or the campaign no longer has the office
    CLOSED = "closed"  # the office was closed that day
    TOO_LATE = "too_late"  # our side was more than LATEST behind
    ANOTHER_CALL = "another_call"  # a call to this phone was under way
    LINE_TOO_LONG = "line_too_long"  # so many calls in line that its turn would have been too late
    NOT_PROVED = "not_proved"  # the code we texted was not typed in
    NO_TEXT = "no_text"  # the code could not be texted to this phone
    LANDLINE = "landline"  # the same, for it is a phone that gets no texts
    NO_TIME = "no_time"  # its time was taken before the code was typed in, and no other was chosen


FOR_GOOD = frozenset({Reason.STOPPED, Reason.ENDED})
"""Reasons that end a weekly call too; after any other it goes on a week later."""


WHY_NOT: dict[Reason, Words] = {
    Reason.STOPPED: Words(
        "We didn’t call you: this phone asked never to be called again.",
        "No le llamamos: desde este teléfono se pidió que no llamáramos más.",
    ),
    Reason.ENDED: Words("We didn’t call you: the campaign has ended.", "No le llamamos: la campaña terminó."),
    Reason.PAUSED: Words(
        "We didn’t call you: the campaign was paused at that time.",
        "No le llamamos: a esa hora la campaña estaba en pausa.",
    ),
    Reason.NO_LINE: Words(
        "We didn’t call you: none of the office’s lines has been checked lately.",
        "No le llamamos: últimamente no se ha comprobado ninguna línea de la oficina.",
    ),
    Reason.CLOSED: Words(
        "We didn’t call you: the office was closed.", "No le llamamos: la oficina estaba cerrada."
    ),
    Reason.TOO_LATE: Words(
        "Sorry, we didn’t call you: we were late, and we don’t call at a time you didn’t pick.",
        "Perdón, no le llamamos: íbamos con retraso y no llamamos a una hora que usted no eligió.",
    ),
    Reason.ANOTHER_CALL: Words(
        "We didn’t call you: you were on another call with us.",
        "No le llamamos: a esa hora ya tenía otra llamada con nosotros.",
    ),
    Reason.LINE_TOO_LONG: Words(
        "We didn’t call you: so many people were in line that your turn would have come too late.",
        "No le llamamos: había tantas personas en la fila que su turno habría llegado demasiado tarde.",
    ),
    Reason.NOT_PROVED: Words(
        "We didn’t call you: the code we texted wasn’t entered in time.",
        "No le llamamos: no se escribió a tiempo el código que enviamos.",
    ),
    Reason.NO_TEXT: Words(
        "We didn’t call you: we couldn’t text a code to that phone.",
        "No le llamamos: no pudimos enviar un código a ese teléfono.",
    ),
    Reason.LANDLINE: Words(
        "We didn’t call you: that phone can’t get texts.",
        "No le llamamos: ese teléfono no recibe mensajes de texto.",
    ),
    Reason.NO_TIME: Words(
        "We didn’t call you: your time was taken, and you didn’t choose another.",
        "No le llamamos: la hora ya estaba ocupada y usted no eligió otra.",
    ),
}
"""Reason → what the page and the API say of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One supporter's booked call, or a weekly series of them.

    `at` (UTC) is the next occurrence, or the last when it is over. `zone` is the IANA zone in which the wall
    time was chosen and is kept; `until` is the last day (there) of a weekly call, None: once. `phone` is None
    once it is over. `last_at` is the latest occurrence that is through: `dropped` says why it was not called,
    None when it was. `call_id` is the last call that was placed. `proving` is there only before it is booked, where
    the phone is still to be shown to be theirs.
    """

    id: str
    campaign: str
    office: str
    language: Language
    phone: str | None
    phone_key: str
    phone_ends: str
    consent: Consent
    zone: str
    at: datetime
    wall: time
    until: date | None
    created_at: datetime
    changed_at: datetime
    state: State = State.BOOKED
    call_id: str | None = None
    dropped: Reason | None = None
    last_at: datetime | None = None
    proving: Proving | None = None
    version: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is to come."""
        return self.state is not State.BOOKED and not self.is_waiting

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be booked: it waits for its code, or for another time."""
        return self.state in {State.UNPROVED, State.PROVED}

    @property
    def is_weekly(self) -> bool:
        """Whether it was booked to come again."""
        return self.until is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a supporter asks for: this office, at this moment, once or weekly until a day. `phone` is screened."""

    campaign: str
    language: Language
    phone: str
    phone_key: str
    consent: Consent
    zone: str
    at: datetime
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Its time has come: call."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Its time has come while the campaign is paused, and it isn't too late yet: look again."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Don't call, and say why."""

    reason: Reason


# Booking.


def booked(wish: Wish, booking_id: str, office: Office, now: datetime) -> Booking:
    """Return the booking of a wish.

    Raises:
        Refusal: ZONE_UNKNOWN, NO_OFFICE, TIME_PAST, TIME_NOT_OPEN, REPEAT_TOO_SHORT or REPEAT_TOO_LONG.
    """
    first = _first(wish.at, wish.zone, wish.until, office, now)
    return Booking(
        id=booking_id, campaign=wish.campaign, office=office.id, language=wish.language, phone=wish.phone,
        phone_key=wish.phone_key, phone_ends=wish.phone[-2:], consent=wish.consent, zone=wish.zone,
        at=wish.at, wall=first.time(), until=wish.until, created_at=now, changed_at=now,
    )  # fmt: skip


def rescheduled(before: Booking, at: datetime, consent: Consent, office: Office, now: datetime) -> Booking:
    """Return the booking at another time, agreed to anew; its weeks end when they did.

    One that is over, or comes at that time anyway, stays as it is.

    Raises:
        Refusal: as `booked`.
    """
    if before.is_over or before.at == at:
        return before
    first = _first(at, before.zone, before.until, office, now)
    return replace(before, at=at, wall=first.time(), consent=consent, changed_at=now)


def quarters(office: Office, now: datetime, zone: str, days: int = DAYS) -> tuple[datetime, ...]:
    """Return the quarter-hours (UTC) in which a call to this office can be booked, whether or not they are full.

    Those of `days` days in `zone`, today included, while the office is open, SOONEST ahead and BEFORE_CLOSING.
    """
    first = local(office, now).date()
    end = moment_of(now.astimezone(zone_of(zone)).date() + timedelta(days=days), time(0), zone_of(zone))
    spans = (span for n in range(days + 2) for span in spans_on(office, first + timedelta(days=n)))
    return tuple(at for span in spans for at in _within(*span) if now + SOONEST <= at < end)


def zone_of(name: str) -> ZoneInfo:
    """Return an IANA time zone.

    Raises:
        Refusal: ZONE_UNKNOWN.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Refusal(Code.ZONE_UNKNOWN, "zone") from error


def capacity(office: Office, today: date) -> int:
    """How many calls to this office can be booked for one quarter-hour: a quarter of what its lines bear an hour."""
    return max(1, sum(line.caps.an_hour // 4 for line in dialable(office, today)))


def occurrences(booking: Booking) -> tuple[datetime, ...]:
    """Return every moment still to come, the next one first; none when the booking is over, or not booked yet."""
    if booking.state is not State.BOOKED:
        return ()
    there, following_at = ZoneInfo(booking.zone), [booking.at]
    day = booking.at.astimezone(there).date()
    while booking.until is not None and (day := day + WEEK) <= booking.until:
        following_at.append(moment_of(day, booking.wall, there))
    return tuple(following_at)


# When its time has come.


def due(
    booking: Booking,
    campaign: Campaign,
    office: Office | None,
    now: datetime,
    *,
    is_stopped: bool,
    is_busy: bool,
) -> Place | Rest | Drop:
    """Return what is done about the occurrence whose time has come.

    `office` is None when the campaign no longer has it. `is_stopped`: the phone is on the do-not-ring list;
    `is_busy`: another call to it is under way. What the supporter most needs to know comes first.
    """
    if is_stopped:
        return Drop(Reason.STOPPED)
    if campaign.status is Status.ENDED:
        return Drop(Reason.ENDED)
    if not campaign.is_live:
        return Drop(Reason.PAUSED) if is_late(booking, now) else Rest()
    if office is None or not dialable(office, now.date()):
        return Drop(Reason.NO_LINE)
    if not is_open(office, booking.at):
        return Drop(Reason.CLOSED)
    if is_late(booking, now):
        return Drop(Reason.TOO_LATE)
    if not is_open(office, now):
        return Drop(Reason.CLOSED)
    return Drop(Reason.ANOTHER_CALL) if is_busy else Place()


def is_late(booking: Booking, now: datetime) -> bool:
    """Whether this occurrence is so far behind its time that nobody is called any more."""
    return now - booking.at > LATEST


def placed(booking: Booking, call_id: str, now: datetime) -> Booking:
    """Return the booking with this occurrence placed as a call, and the next one to come, if there is one."""
    through = replace(booking, call_id=call_id, dropped=None, last_at=booking.at, changed_at=now)
    return following(through, now) or _over(through, State.PLACED)


def dropped(booking: Booking, reason: Reason, now: datetime) -> Booking:
    """Return the booking with this occurrence not called, and the next one to come, if there is one."""
    through = replace(booking, dropped=reason, last_at=booking.at, changed_at=now)
    goes_on = None if reason in FOR_GOOD else following(through, now)
    return goes_on or _over(through, State.DROPPED)


def cancelled(booking: Booking, now: datetime) -> Booking:
    """Return the booking withdrawn by its supporter; one that is over stays as it is."""
    return booking if booking.is_over else _over(replace(booking, changed_at=now), State.CANCELLED)


def following(booking: Booking, now: datetime) -> Booking | None:
    """Return the booking a week on (or more, if its time was missed), None when no occurrence is left."""
    left = (at for at in occurrences(booking)[1:] if at > now)
    upcoming = next(left, None)
    return None if upcoming is None else replace(booking, at=upcoming)


def call_id_for(booking_id: str, at: datetime) -> str:
    """Return the id of the call that an occurrence becomes: always the same one, and as hard to guess as the booking's.

    Two workers who both place it make the same session, and a session is only written where there is none.
    """
    seed = f"{booking_id} {at.timestamp():.0f}".encode()
    return urlsafe_b64encode(sha256(seed).digest()[:16]).decode().rstrip("=")


# Strictly private.


def _within(opens: datetime, closes: datetime) -> tuple[datetime, ...]:
    """The quarter-hours of one open span. They are the same in every zone: all keep whole quarters from UTC."""
    first = opens + (-opens.timestamp() % QUARTER.total_seconds()) * timedelta(seconds=1)
    room = (closes - BEFORE_CLOSING - first) // QUARTER
    return tuple(first + n * QUARTER for n in range(room + 1))


def _first(at: datetime, zone: str, until: date | None, office: Office, now: datetime) -> datetime:
    """The first of a wish's moments in its own wall time, once everything about it is in order."""
    there = zone_of(zone)
    if not dialable(office, now.date()):
        raise Refusal(Code.NO_OFFICE)
    if at < now + SOONEST:
        raise Refusal(Code.TIME_PAST, "at")
    if at not in quarters(office, now, zone):
        raise Refusal(Code.TIME_NOT_OPEN, "at")
    first = at.astimezone(there)
    _check_end(first.date(), until)
    return first


def _check_end(first: date, until: date | None) -> None:
    if until is None:
        return
    if until < first:
        raise Refusal(Code.REPEAT_TOO_SHORT, "weekly_until")
    if until - first > LONGEST_REPEAT:
        raise Refusal(Code.REPEAT_TOO_LONG, "weekly_until")


def _over(booking: Booking, state: State) -> Booking:
    return replace(booking, state=state, phone=None, proving=None)
