"""Twilio's voice webhooks: parse → decide → commit → render.

Promises: signed, or 403 and nothing written; whatever breaks, a caller hears a sentence, never an error.
The URL holds an opaque id and a step; everything else is in the table.
"""

import re
from collections.abc import Callable
from functools import wraps

from chalice.app import Blueprint, Response

from chalicelib.adapters import twiml
from chalicelib.adapters.signature import FORM, Forged, verified
from chalicelib.domain.call import CallSession, CallStatus, Stage
from chalicelib.domain.events import Answered, CallChanged, Event, LegChanged, OfficeCallEnded, Pressed
from chalicelib.domain.prompts import apology, bare_apology, prompt, takes_keys
from chalicelib.domain.refusals import Refusal
from chalicelib.domain.verbs import Hangup, Verb
from chalicelib.observability import count, fault, log
from chalicelib.runtime import runtime
from chalicelib.views import calling_in, urls
from chalicelib.views.committing import campaign_of, turned

voice = Blueprint(__name__)

SIGNED = [FORM, "application/json", "text/plain"]
"""Types the routes take: the two others only so that they, too, are answered by the guard, with 403."""
FORBIDDEN, NO_CONTENT, UNAVAILABLE = 403, 204, 503
LEG_STATUSES = frozenset(CallStatus)

PATH = {
    "call_id": re.compile(r"[A-Za-z0-9_-]{8,64}"),
    "step": re.compile(r"0|[1-9]\d{0,3}"),
    "text_id": re.compile(
        r"(booking\.)?[A-Za-z0-9_-]{8,64}\.[1-9]|alert\.[A-Za-z0-9_-]{8,64}\.[0-9a-f]{2}\.[A-Za-z0-9_-]{22,43}"
        r"|reply\.[A-Za-z0-9_-]{8,64}"
    ),
}

Form = dict[str, str]


View = Callable[..., Response]


def signed_about(sid: str) -> Callable[[View], View]:
    """Let a webhook in only when Twilio signed it and it holds the field `sid`; the view gets the form first."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**path: str) -> Response:
            try:
                form = _signed_form(path, sid)
            except Forged as doubt:
                return _refused(str(doubt))
            except Exception as error:  # noqa: BLE001 - any doubt at all is a no, never a 500
                fault("webhook not checked", error)
                return _refused("not checked")
            return view(form, **path)

        return guarded

    return guard


signed_by_twilio = signed_about("CallSid")


def _refused(why: str) -> Response:
    count("WebhooksRefused")
    log("webhook refused", why=why)
    return Response("Forbidden", status_code=FORBIDDEN, headers={"Content-Type": "text/plain"})


def _signed_form(path: dict[str, str], sid: str) -> Form:
    """Check the request's signature; a token rotated a moment ago is looked up once more before we refuse."""
    request, r = voice.current_request, runtime()
    if not all(PATH[name].fullmatch(part) for name, part in path.items()):
        raise Forged("a path Twilio was never given")
    if request.query_params:
        raise Forged("a query where there is none")
    url, raw, headers = urls.public(request.path.format_map(path)), request.raw_body, request.headers
    body = raw if isinstance(raw, bytes) else raw.encode()
    given = headers.get("content-type", ""), headers.get("x-twilio-signature", "")
    try:
        form = verified(url, body, *given, r.secrets.current().tokens)
    except Forged:
        form = verified(url, body, *given, r.secrets.refreshed().tokens)
    if form.get("AccountSid") != r.config.account_sid:
        raise Forged("another account")
    if not form.get(sid):
        raise Forged("about no call or text")
    return form


@voice.route("/twilio/voice/inbound", methods=["POST"], content_types=SIGNED)
@signed_by_twilio
def receive_call(form: Form) -> Response:
    """Somebody dials a number of ours."""
    return _spoken("", lambda: _drawn(calling_in.welcomed(calling_in.incoming(form))))


@voice.route("/twilio/voice/inbound/status", methods=["POST"], content_types=SIGNED)
@signed_by_twilio
def note_inbound_status(form: Form) -> Response:
    """A call to us is over. Of one that nobody said a word in, nothing is kept and nothing is to be noted."""
    return _noted(form, lambda: calling_in.id_of(calling_in.incoming(form)))


@voice.route("/twilio/voice/{call_id}/steps/{step}", methods=["POST"], content_types=SIGNED)
@signed_by_twilio
def continue_call(form: Form, call_id: str, step: str) -> Response:
    """One step: what was pressed, or how the office's leg ended. The answer is what to say next."""
    return _spoken(call_id, lambda: _stepped(form, call_id, int(step)))


@voice.route("/twilio/voice/fallback", methods=["POST"], content_types=SIGNED)
@signed_by_twilio
def resume_call(form: Form) -> Response:
    """Twilio could not get, or use, an answer of ours: go on where the call was."""
    if urls.is_inbound(form.get("ErrorUrl", "")):
        return _spoken("", lambda: _drawn(calling_in.welcomed(calling_in.incoming(form))))
    place = urls.place_in(form.get("ErrorUrl", ""))
    if place is None:
        return _xml(bare_apology(None), "", 0)
    call_id, step = place
    log("webhook failed over", code=form.get("ErrorCode", "")[:5])
    return _spoken(call_id, lambda: _stepped(form, call_id, step))


@voice.route("/twilio/voice/{call_id}/status", methods=["POST"], content_types=SIGNED)
@signed_by_twilio
def note_status(form: Form, call_id: str) -> Response:
    """A status callback, of the call or of a leg: may come late, twice, in any order, or never."""
    return _noted(form, lambda: call_id)


def _noted(form: Form, call_id: Callable[[], str]) -> Response:
    try:
        turned(call_id(), None, lambda session: _status_event(session, form))
    except Refusal:
        log("status of a call that is gone")
    except Exception as error:  # noqa: BLE001 - nobody hears this one: Twilio tries again, the reconciler asks
        fault("status not noted", error)
        return Response("", status_code=UNAVAILABLE, headers={"Content-Type": "text/plain"})
    return Response("", status_code=NO_CONTENT, headers={"Content-Type": "text/plain"})


def _stepped(form: Form, call_id: str, step: int) -> Response:
    if call_id.startswith(calling_in.OURS) and (spoken := _inbound_step(form, call_id, step)):
        return _drawn(spoken)
    session = turned(call_id, step, lambda before: _step_event(before, form))
    if not _is_about(session, form):
        return _xml((Hangup(),), call_id, session.step)
    if step > session.step:
        # Only a session that was lost and restored can be behind Twilio. Never dial again on a guess.
        log("step from the future", stage=session.stage)
        return _xml(apology(campaign_of(session), session.language), call_id, session.step)
    campaign = campaign_of(session)
    return _xml(prompt(session, campaign, runtime().number_of(campaign)), call_id, session.step)


def _inbound_step(form: Form, call_id: str, step: int) -> calling_in.Spoken | None:
    """A call to us that has no session of its own, or is led by its page's; None: the session answers."""
    call = calling_in.incoming(form)
    if call.id != call_id:
        return calling_in.Spoken((Hangup(),), call_id, step)
    return calling_in.went_on(call, step, form.get("Digits", "")[: takes_keys(Stage.WELCOME)])


def _drawn(spoken: calling_in.Spoken) -> Response:
    return _xml(spoken.verbs, spoken.call_id, spoken.step)


def _is_about(session: CallSession, form: Form) -> bool:
    """Whether the request is about this session's own call: by Twilio's sid alone, once it is known."""
    sid = form.get("ParentCallSid") or form.get("CallSid")
    return session.call_sid in {None, sid}


def _step_event(session: CallSession, form: Form) -> Event | None:
    """Read a step's form: the leg's end, a key (or none), or the first words asked for."""
    if not _is_about(session, form):
        return None
    if "DialCallStatus" in form:
        return OfficeCallEnded(_status(form["DialCallStatus"]), _seconds(form.get("DialCallDuration")))
    if session.is_dialing:
        return OfficeCallEnded(None)
    if session.step == 0:
        return Answered(form["CallSid"])
    return Pressed(form.get("Digits", "")[: takes_keys(session.stage)])


def _status_event(session: CallSession, form: Form) -> Event | None:
    status = _status(form.get("CallStatus", ""))
    if status is None or not _is_about(session, form):
        return None
    if "ParentCallSid" in form:
        return LegChanged(form.get("To", ""), status, _seconds(form.get("CallDuration")))
    return CallChanged(status, form["CallSid"])


def _status(text: str) -> CallStatus | None:
    """A status we know. `answered` on a Dial is a completed leg; an unheard-of word is no fact."""
    if text not in LEG_STATUSES:
        return None
    return CallStatus.COMPLETED if text == CallStatus.ANSWERED else CallStatus(text)


def _seconds(text: str | None) -> int:
    return int(text) if text else 0


def _spoken(call_id: str, answer: Callable[[], Response]) -> Response:
    """Answer, or apologise aloud: a caller never hears the carrier's "application error"."""
    try:
        return answer()
    except Exception as error:  # noqa: BLE001 - the last resort of a live call: anything else is silence
        fault("step failed", error)
        count("SpokenApologies")
        return _xml(bare_apology(None), call_id, 0)


def _xml(verbs: tuple[Verb, ...], call_id: str, step: int) -> Response:
    where = twiml.Urls(urls.step(call_id, step), urls.status(call_id))
    return Response(twiml.render(verbs, where), headers={"Content-Type": "text/xml; charset=utf-8"})
