"""The worker's side of a code by text: claim, ask Twilio once, record. Loads Twilio's client, so no page loads this."""

from chalicelib.adapters.phone import Rejected, Texting, TooMany, Unclear
from chalicelib.adapters.ring_queue import CodeText
from chalicelib.adapters.store import Stale
from chalicelib.domain import booking_proving
from chalicelib.domain.booking import Booking, Reason
from chalicelib.domain.booking_proving import booking_named
from chalicelib.domain.call import CallSession, Stage
from chalicelib.domain.campaign import Status
from chalicelib.domain.codes import code_for, is_good, text_of
from chalicelib.domain.events import Stopped, TextClaimed, TextRefused, TextThrottled
from chalicelib.observability import count, log
from chalicelib.runtime import Runtime, runtime
from chalicelib.views import tap, urls
from chalicelib.views.codes import secret
from chalicelib.views.committing import commit, happened, loaded
from chalicelib.views.keeping import changed

REST_SECONDS = 30.0
"""A text of a paused campaign is looked at again after so long: its code works for a quarter of an hour."""


def send(text: CodeText) -> None:
    """Send a code's text, once. A repeat finds it claimed, or its code replaced, and does nothing.

    Without a clear answer it is left: it may have been sent, and another code is the supporter's own wish.
    """
    r = runtime()
    booking_id = booking_named(text.name)
    if booking_id:
        _send_for_booking(r, booking_id, text)
        return
    session = r.store.call(text.name, r.now())
    if session is None or not _is_wanted(session, text, r) or _rests(r, session, text):
        return
    if session.phone in r.never_rung() or r.store.is_stopped(session.phone_key):
        happened(text.name, Stopped())
        return
    attempt = r.new_id()
    claimed = _claimed(session, TextClaimed(text.number, attempt))
    if claimed.stage is Stage.PROVING and claimed.attempt == attempt:
        event = _asked_to_send(r, text, _order(r, claimed, text))
        if event is not None:
            happened(text.name, event)


def _is_wanted(session: CallSession, text: CodeText, r: Runtime) -> bool:
    """Whether this text is still to be sent: nobody took it on, its code is the latest and works."""
    proving = session.proving
    if session.stage is not Stage.PROVING or proving is None:
        return False
    return proving.texted < text.number == proving.codes and is_good(proving, r.now())


def _claimed(session: CallSession, event: TextClaimed) -> CallSession:
    """Claim the text. A lost race may be our own write whose answer was lost: look again."""
    try:
        return commit(session, None, event)
    except Stale:
        return loaded(session.id)


def _rests(r: Runtime, waiting: CallSession | Booking, text: CodeText) -> bool:
    """Whether it went back on the queue, its campaign being paused. It comes again until its code works no more."""
    if tap.campaign(waiting.campaign).status is not Status.PAUSED:
        return False
    r.ring_queue.send_code(text, REST_SECONDS)
    return True


def _send_for_booking(r: Runtime, booking_id: str, text: CodeText) -> None:
    """The same for a booking's code."""
    booking = r.bookings.booking(booking_id, r.now())
    if booking is None or not booking.is_waiting or _rests(r, booking, text):
        return
    if why := _not_texted(r, booking):
        changed(booking_id, lambda each: booking_proving.ended(each, why, r.now()))
        return
    claimed = booking_proving.text_claimed(booking, text.number, r.now())
    try:
        r.bookings.change(booking, claimed)
    except Stale:
        # Another worker took it on, or it moved on: it is looked at afresh by whoever comes next.
        r.ring_queue.send_code(text, 1)
        return
    if claimed is not booking and (event := _asked_to_send(r, text, _order(r, claimed, text))):
        _note_for_booking(booking_id, event)


def _note_for_booking(booking_id: str, event: TextThrottled | TextRefused) -> None:
    """Once more if it was clearly not sent; over if no text gets there."""
    r = runtime()
    match event:
        case TextThrottled(number, seconds):
            changed(booking_id, lambda each: booking_proving.text_throttled(each, number))
            r.ring_queue.send_code(CodeText(booking_proving.name_of(booking_id), number), seconds)
        case TextRefused(number, code):
            changed(booking_id, lambda each: booking_proving.text_refused(each, number, code, r.now()))


def _not_texted(r: Runtime, booking: Booking) -> Reason | None:
    """Why this phone is sent no text for a booking, None when nothing stands against it."""
    if booking.phone in r.never_rung() or r.store.is_stopped(booking.phone_key):
        return Reason.STOPPED
    return None if tap.campaign(booking.campaign).is_live else Reason.ENDED


def _asked_to_send(r: Runtime, text: CodeText, order: Texting) -> TextThrottled | TextRefused | None:
    """Ask Twilio, once, and return what came of it; None: nothing to record."""
    number = text.number
    try:
        r.phone().text(order)
    except TooMany as error:
        return TextThrottled(number, error.seconds)
    except Rejected as error:
        count("CodesRefused")
        log("code refused by Twilio", code=error.code)
        return TextRefused(number, error.code)
    except Unclear:
        count("CodesUnclear")
        return None
    count("CodesTexted")
    return None


def _order(r: Runtime, waiting: CallSession | Booking, text: CodeText) -> Texting:
    code, asked = code_for(text.name, text.number, secret(r)), tap.campaign(waiting.campaign)
    return Texting(
        to=waiting.phone or "",
        from_number=r.number_of(asked),
        body=text_of(code, asked.organization, waiting.language),
        status=urls.text_status(text.name, text.number),
    )
