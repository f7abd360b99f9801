"""Twilio's webhooks about texts: what became of a code we texted. Signed, or 403 and nothing written."""

from chalice.app import Blueprint, Response

from chalicelib.domain.booking_proving import booking_named, text_refused
from chalicelib.domain.events import TextRefused
from chalicelib.domain.refusals import Refusal
from chalicelib.observability import count, fault, log
from chalicelib.runtime import runtime
from chalicelib.views.committing import happened
from chalicelib.views.keeping import changed
from chalicelib.views.rendering import Headers
from chalicelib.views.voice import NO_CONTENT, SIGNED, UNAVAILABLE, Form, signed_about

texts = Blueprint(__name__)

FAILED = frozenset({"failed", "undelivered"})
"""Twilio's words for a text that did not get there, and will not."""
PLAIN: Headers = {"Content-Type": "text/plain"}


@texts.route("/twilio/texts/{text_id}/status", methods=["POST"], content_types=SIGNED)
@signed_about("MessageSid")
def note_text(form: Form, text_id: str) -> Response:
    """A status callback of a text: of interest only when it says that no text gets there."""
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
