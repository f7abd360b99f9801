"""The worker's side of a code by text: claim, ask Twilio once, record. Loads Twilio's client, so no page loads this."""

from chalicelib.adapters.phone import Rejected, Texting, TooMany, Unclear
from chalicelib.adapters.ring_queue import CodeText
from chalicelib.adapters.store import Stale
from chalicelib.domain.call import CallSession, Stage
from chalicelib.domain.codes import code_for, is_good, text_of
from chalicelib.domain.events import Event, Stopped, TextClaimed, TextRefused, TextThrottled
from chalicelib.observability import count, log
from chalicelib.runtime import Runtime, runtime
from chalicelib.views import urls
from chalicelib.views.codes import secret
from chalicelib.views.committing import campaign_of, commit, happened, loaded


def send(text: CodeText) -> None:
    """Send a code's text, once. A repeat finds it claimed, or its code replaced, and does nothing.

    Without a clear answer it is left: it may have been sent, and another code is the supporter's own wish.
    """
    r = runtime()
    session = r.store.call(text.call_id, r.now())
    if session is None or not _is_wanted(session, text, r):
        return
    if session.phone in r.never_rung() or r.store.is_stopped(session.phone_key):
        happened(text.call_id, Stopped())
        return
    attempt = r.new_id()
    claimed = _claimed(session, TextClaimed(text.number, attempt))
    if claimed.stage is Stage.PROVING and claimed.attempt == attempt:
        event = _asked_to_send(r, claimed, text.number)
        if event is not None:
            happened(text.call_id, event)


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


def _asked_to_send(r: Runtime, session: CallSession, number: int) -> Event | None:
    """Ask Twilio, once, and return what came of it; None: nothing to record."""
    try:
        r.phone().text(_order(r, session, number))
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


def _order(r: Runtime, session: CallSession, number: int) -> Texting:
    code, asked = code_for(session.id, number, secret(r)), campaign_of(session)
    return Texting(
        to=session.phone or "",
        from_number=r.number_of(asked),
        body=text_of(code, asked.organization, session.language),
        status=urls.text_status(session.id, number),
    )
