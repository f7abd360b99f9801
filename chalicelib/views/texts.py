"""Twilio's webhooks about texts: what people text us, and what became of a code or an alert we texted.

Promises: signed, or 403 and nothing written; a text is taken before it is answered, and a repeat is answered alike.
"""

from chalice.app import Blueprint, Response

from chalicelib.adapters import twiml
from chalicelib.domain.booking_proving import booking_named, text_refused
from chalicelib.domain.events import TextRefused
from chalicelib.domain.phones import shown
from chalicelib.domain.refusals import Refusal
from chalicelib.domain.subscriber_events import Ring
from chalicelib.observability import count, fault, log
from chalicelib.runtime import runtime
from chalicelib.views import alert_statuses, calling_by_text, reply_texts, text_replies, texting
from chalicelib.views.committing import happened
from chalicelib.views.keeping import changed
from chalicelib.views.rendering import Headers
from chalicelib.views.voice import NO_CONTENT, SIGNED, UNAVAILABLE, Form, signed_about

texts = Blueprint(__name__)

FAILED = frozenset({"failed", "undelivered"})
"""Twilio's words for a text that did not get there, and will not."""
PLAIN: Headers = {"Content-Type": "text/plain"}
XML: Headers = {"Content-Type": "text/xml; charset=utf-8"}


@texts.route("/twilio/texts/inbound", methods=["POST"], content_types=SIGNED)
@signed_about("MessageSid")
def take_text(form: Form) -> Response:
    """Somebody texts a number of ours."""
    return _taken(form)


@texts.route("/twilio/texts/fallback", methods=["POST"], content_types=SIGNED)
@signed_about("MessageSid")
def take_text_again(form: Form) -> Response:
    """Twilio could not get, or use, our answer to a text: the same text once more. What was taken stays taken."""
    log("text webhook failed over", code=form.get("ErrorCode", "")[:5])
    return _taken(form)


def _taken(form: Form) -> Response:
    """Take a text and answer it. On a fault of ours Twilio is told, so that it asks again: a stop must not get lost."""
    try:
        return Response(twiml.texted(_answer(form)), headers=XML)
    except Exception as error:  # noqa: BLE001 - whatever it is, the text is not taken and must come again
        count("TextsNotTaken")
        fault("text not taken", error)
        return Response("", status_code=UNAVAILABLE, headers=PLAIN)


def _answer(form: Form) -> str | None:
    count("TextsReceived")
    number = shown(form.get("From", ""))
    if number is None:
        # A short code or a name: nobody who could have joined, and a robot that could answer for ever.
        count("TextsOdd")
        return None
    text = texting.Text(
        form["MessageSid"], number, form.get("To", ""), form.get("Body", ""), form.get("OptOutType", "")
    )
    heard = texting.heard(text)
    if heard is None:
        return None
    if heard.is_over:
        return text_replies.over(heard.campaign, heard.language)
    if isinstance(heard.reaction.what, Ring):
        return calling_by_text.answered(text, heard.campaign, heard.reaction.what.language)
    return text_replies.answered(heard.reaction, heard.campaign)


@texts.route("/twilio/texts/{text_id}/status", methods=["POST"], content_types=SIGNED)
@signed_about("MessageSid")
def note_text(form: Form, text_id: str) -> Response:
    """A status callback of a text. Of a code's, only that no text gets there is of interest."""
    if alert_statuses.is_alert(text_id):
        return Response("", status_code=alert_statuses.note(form, text_id), headers=PLAIN)
    if text_id.startswith(reply_texts.PREFIX):
        return Response("", status_code=reply_texts.note(form, text_id), headers=PLAIN)
    if form.get("MessageStatus") not in FAILED:
        return Response("", status_code=NO_CONTENT, headers=PLAIN)
    name, _, number = text_id.rpartition(".")
    code = int(form.get("ErrorCode") or 0)
    try:
        _note(name, TextRefused(int(number), code))
    except Refusal:
        log("status of a text of a call or booking that is gone")
    except Exception as error:  # noqa: BLE001 - nobody reads this answer: Twilio tries again
        fault("status of a text not noted", error)
        return Response("", status_code=UNAVAILABLE, headers=PLAIN)
    count("CodesRefused")
    log("code not delivered", code=code)
    return Response("", status_code=NO_CONTENT, headers=PLAIN)


def _note(name: str, refused: TextRefused) -> None:
    booking_id = booking_named(name)
    if booking_id:
        now = runtime().now()
        changed(booking_id, lambda each: text_refused(each, refused.number, refused.code, now))
    else:
        happened(name, refused)
