"""CALL, texted: the phone that asks is rung at once, as after a tap, or told what stands against it.

The handset itself asked, so there is no code to type and no proof of work; all other limits are the tap's. Promises:
one ring for one text. The call's id is made from the MessageSid with a key: whoever repeats the webhook finds the
call, also if we were killed between the subscriber's write and the ring. Who said stop meanwhile is not rung.
"""

from chalicelib.domain import call_words
from chalicelib.domain.call import CallSession, Consent
from chalicelib.domain.call_words import Opens, Way
from chalicelib.domain.campaign import Campaign, Local, OnCall
from chalicelib.domain.hours import opening
from chalicelib.domain.limits import calling
from chalicelib.domain.phones import phone_key, screened
from chalicelib.domain.programme import programme
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.subscriber import State
from chalicelib.domain.words import Language
from chalicelib.observability import count, log
from chalicelib.runtime import runtime
from chalicelib.views import budget, line, tap, text_replies, urls
from chalicelib.views.again import tried
from chalicelib.views.offices_asked import Choice, settled
from chalicelib.views.texting import Text, key_of

OURS = "text-"
"""How the id begins of a call that was asked for by text."""
CONSENT, VERSION = "text-1", 1
"""What stands for a consent: the texted word, with its MessageSid as evidence. No form can send this one."""


def answered(text: Text, campaign: Campaign, language: Language) -> str | None:
    """Ring whoever texted CALL, or send them the link if the campaign chose that; return what we answer.

    Raises:
        GaveUp: five lost races in a row.
    """
    told = programme(campaign)
    if told is None or campaign.texts is None:
        return None
    link = urls.public(f"/c/{campaign.slug}?lang={language.value}")
    way = Way(told, language, runtime().number_of(campaign), link)
    if campaign.texts.call is OnCall.LINK:
        return call_words.by_link(way)
    try:
        session = tried(lambda: _rung(text, campaign, language))
    except Refusal as refusal:
        log("call by text refused", why=refusal.code)
        return _against(refusal, campaign, way)
    return call_words.ringing(way, session.ring_at, runtime().now()) if session else call_words.zip_first(way)


def is_withdrawn(session: CallSession) -> bool:
    """Whether whoever asked for this call by text has said stop since: nobody is rung after a stop."""
    if session.consent.text != CONSENT:
        return False
    standing = runtime().subscribers.standing(session.phone_key)
    return standing.with_programme(session.campaign).state is State.STOPPED


# Strictly private.


def _rung(text: Text, campaign: Campaign, language: Language) -> CallSession | None:
    """The call this text asked for, in line; a phone that is being called already gets that one. None: no ZIP code.

    Raises:
        Refusal: what stands against it.
        Stale: the phone's calls moved on; ask again.
    """
    r, now = runtime(), runtime().now()
    call_id, key = call_id_of(text.sid), key_of(text.number)
    if known := r.store.call(call_id, now):
        return known
    tap.live(campaign)
    number = screened(text.number, tap.screening(campaign))
    caller, is_stopped = r.store.caller(key)
    if is_stopped:
        raise Refusal(Code.PHONE_NOT_CALLED)
    open_call = r.store.call(caller.open_call, now) if caller.open_call else None
    if open_call and not open_call.is_over:
        return open_call
    choice = _choice(campaign, key)
    if choice is None:
        return None
    budget.refuse_spent(campaign, now)
    consent = Consent(CONSENT, VERSION, language, now, text.sid)
    counted = calling(caller, call_id, consent, now, r.config.calls_per_phone)
    session = CallSession(
        id=call_id, campaign=campaign.slug, language=language, phone=number, phone_key=key, phone_ends=number[-2:],
        consent=consent, offices=choice.offices, local=choice.local, zone=choice.zone,
        created_at=now, ring_at=line.turn(now), changed_at=now,
    )  # fmt: skip
    line.put(session, counted)
    count("CallsAskedByText")
    return session


def call_id_of(sid: str) -> str:
    """Return the id of the call a text asked for: the same for a repeat, and no guess for anybody."""
    return OURS + phone_key(f"call by text {sid}", runtime().secrets.current().phone_key)


def _choice(campaign: Campaign, key: str) -> Choice | None:
    """The offices of the call, by the ZIP code they have told us; None: the campaign asks for one, and they told none.

    Raises:
        Refusal: OFFICE_UNCLEAR, OFFICES_CLOSED or NO_OFFICE.
    """
    zip_code = ""
    if campaign.routing.local is not Local.NEVER:
        zip_code = runtime().subscribers.standing(key).with_programme(campaign.slug).zip or ""
        if not zip_code:
            return None
    choice = settled(campaign, zip_code, "")
    if not choice.offices:
        raise Closed(choice) if choice.listed else Refusal(Code.NO_OFFICE)
    return choice


class Closed(Refusal):
    """OFFICES_CLOSED, with the offices that are."""

    def __init__(self, choice: Choice) -> None:
        """Keep which offices were asked about."""
        super().__init__(Code.OFFICES_CLOSED)
        self.listed = choice.listed


def _against(refusal: Refusal, campaign: Campaign, way: Way) -> str | None:
    now = runtime().now()
    if refusal.code is Code.CAMPAIGN_ENDED:
        return text_replies.over(campaign, way.language)
    opens = _opens(campaign, refusal.listed) if isinstance(refusal, Closed) else None
    return call_words.closed(way, opens, now) if opens else call_words.against(way, refusal, now)


def _opens(campaign: Campaign, listed: tuple[str, ...]) -> Opens | None:
    """The office that opens first, of those the call would go to; None: none within the weeks we look ahead."""
    now = runtime().now()
    offices = [found for found in map(campaign.office, listed) if found]
    moments = [(at, office) for office in offices if (at := opening(office, now))]
    first = min(moments, key=lambda each: each[0], default=None)
    return Opens(first[1].place, first[0], first[1].zone) if first else None
