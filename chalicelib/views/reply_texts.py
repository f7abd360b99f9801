"""The worker's side of a form that asks for texts: what the number is to us, and the question to confirm, once.

Promises: the number is told nothing it didn't want by then; Twilio is asked once, whatever dies on the way; what Twilio
or a carrier says of the number is heard. Without a clear answer it is left: whoever waits can text us the word.
"""

from chalicelib.adapters.outgoing_texts import WAITS, OutgoingText, Stage
from chalicelib.adapters.phone import Rejected, Texting, TooMany, Unclear
from chalicelib.adapters.ring_queue import ReplyText
from chalicelib.adapters.store import Stale
from chalicelib.adapters.subscribers import Said
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.programme import version_of
from chalicelib.domain.stopping_moves import INVALID_AFTER
from chalicelib.domain.subscriber import Evidence, Source, State
from chalicelib.domain.subscriber_events import BlockedByCarrier, SignedUp, Undeliverable
from chalicelib.observability import count, fault, log
from chalicelib.runtime import Runtime, runtime
from chalicelib.views import text_replies, texting, urls
from chalicelib.views.again import tried
from chalicelib.views.voice import NO_CONTENT, UNAVAILABLE, Form

PREFIX = "reply."
"""What the name of such a text begins with, in the address at which Twilio reports on it."""
FAILED = frozenset({"failed", "undelivered"})
BLOCKED = 21610
REST_SECONDS = 60.0
"""A question whose campaign is paused is looked at again after so long, until it is too old to be asked."""


def send(message: ReplyText) -> None:
    """Ask a number to confirm, once, if its campaign and its standing want it. A repeat does nothing."""
    r = runtime()
    text = r.outgoing_texts.text(message.id, r.now())
    if text is None or text.number is None:
        return
    campaign = r.campaign(text.campaign)
    if campaign is not None and campaign.status is Status.PAUSED and r.now() < text.at + WAITS:
        r.ring_queue.send_reply(message, REST_SECONDS)
        return
    words = _words(r, text, campaign) if campaign else None
    if campaign is None or words is None:
        _settled(r, text, Stage.UNWANTED)
        return
    claimed = _claimed(r, text)
    if claimed is not None:
        order = Texting(
            to=text.number,
            from_number=r.number_of(campaign),
            body=words,
            status=urls.reply_status(PREFIX + text.id),
            service=r.config.text_service,
            validity=max(1, int((text.at + WAITS - r.now()).total_seconds())),
        )
        _asked_to_send(r, claimed, order)


def note(form: Form, text_id: str) -> int:
    """Take in a status callback of such a text: only that no text gets there is of interest. The status to answer."""
    r, code = runtime(), form.get("ErrorCode", "")
    if form.get("MessageStatus") in FAILED:
        text = r.outgoing_texts.text(text_id.removeprefix(PREFIX), r.now())
        try:
            _refused(r, text, int(code) if code.isascii() and code.isdigit() else 0)
        except Exception as error:  # noqa: BLE001 - nobody reads this answer: Twilio tries again
            fault("status of a text not noted", error)
            return UNAVAILABLE
    return NO_CONTENT


# Strictly private.


def _words(r: Runtime, text: OutgoingText, campaign: Campaign) -> str | None:
    """Tell the number's subscriber of the form; return the question to confirm, None where there is none to ask."""
    if not campaign.is_live or campaign.texts is None:
        return None
    if text.number in r.never_rung() or r.store.is_stopped(text.phone_key):
        return None
    tried(
        lambda: texting.happened(
            campaign, text.phone_key, Said(text.id, r.now()), lambda _: SignedUp(_evidence(text)), text.beside
        )
    )
    # A message that comes again finds what was to be said then, however long Twilio let it wait; unlike who texts,
    # whoever sent the form has had no answer. Whoever has stopped since, or said yes, isn't asked.
    reaction = r.subscribers.reaction(text.id)
    standing = r.subscribers.standing(text.phone_key).with_programme(campaign.slug)
    if reaction is None or standing.state is not State.PENDING:
        return None
    return text_replies.answered(reaction, campaign)


def _evidence(text: OutgoingText) -> Evidence:
    return Evidence(
        id=text.id,
        at=text.at,
        source=Source.FORM,
        shown=version_of(text.beside),
        language=text.language,
    )


def _claimed(r: Runtime, text: OutgoingText) -> OutgoingText | None:
    """Claim it; None: another worker has it. A lost race may be our own write whose answer was lost: look again."""
    attempt = r.new_id()
    try:
        return r.outgoing_texts.claim(text, attempt, r.now())
    except Stale:
        found = r.outgoing_texts.text(text.id, r.now())
        return found if found is not None and found.attempt == attempt else None


def _asked_to_send(r: Runtime, claimed: OutgoingText, order: Texting) -> None:
    """Ask Twilio, once, and keep what came of it."""
    try:
        sid = r.phone().text(order)
    except TooMany as error:
        r.outgoing_texts.release(claimed, order.to)
        r.ring_queue.send_reply(ReplyText(claimed.id), error.seconds)
    except Rejected as error:
        _settled(r, claimed, Stage.REFUSED)
        _refused(r, claimed, error.code)
    except Unclear:
        count("SignUpsUnclear")
        _settled(r, claimed, Stage.UNCLEAR)
    else:
        count("SignUpsTexted")
        _settled(r, claimed, Stage.SENT, sid)


def _settled(r: Runtime, text: OutgoingText, stage: Stage, sid: str | None = None) -> None:
    try:
        r.outgoing_texts.settle(text, stage, r.now(), sid)
    except Stale:
        log("text moved by another worker", stage=stage)


def _refused(r: Runtime, text: OutgoingText | None, code: int) -> None:
    """What Twilio or a carrier says of the number is said to its subscriber; of the text, there is nothing to do."""
    count("SignUpsRefused")
    log("question to confirm not delivered", code=code)
    campaign = r.campaign(text.campaign) if text else None
    if text is None or campaign is None or (code != BLOCKED and code not in INVALID_AFTER):
        return
    evidence = Evidence(id=f"{text.id}-{code}", at=r.now(), source=Source.PROVIDER, language=text.language)
    event = BlockedByCarrier(evidence) if code == BLOCKED else Undeliverable(code, evidence)
    said = Said(evidence.id, r.now())
    tried(lambda: texting.happened(campaign, text.phone_key, said, lambda _: event))
