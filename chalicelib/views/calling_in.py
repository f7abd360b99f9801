"""They call us: a number of ours is dialled, from a page's `tel:` link or by hand.

Promises what the other voice webhooks promise. Nothing is kept of a call before its caller has said a language or
keyed in a page's code: the first steps are told apart by their number alone. A page's code joins the call to the
page's own session, once; whoever calls without one is asked by keys what the page would have told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.call import CODE_LIVES, CallSession, Consent, Ending, Stage
from chalicelib.domain.call_machine import advance
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.events import Ask, CalledIn, Pressed, Withdrawn
from chalicelib.domain.inbound_moves import CODE_DIGITS
from chalicelib.domain.limits import Caller, address_range, calling
from chalicelib.domain.moves import TRIES, Moment
from chalicelib.domain.phones import phone_key, shown
from chalicelib.domain.prompt_ids import PromptId
from chalicelib.domain.prompts import in_every_language, prompt, turned_away, which_campaign
from chalicelib.domain.reconciling import FIRST_LOOK
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.verbs import Verb
from chalicelib.domain.words import Language
from chalicelib.observability import count, log
from chalicelib.runtime import runtime
from chalicelib.views import hourly, tap
from chalicelib.views.again import GaveUp, tried
from chalicelib.views.committing import campaign_of, commit, happened, loaded
from chalicelib.views.offices_asked import Choice, settled, which

OURS = "in-"
"""How the id begins of a call that came to us: made from Twilio's own id, so that a repeat finds the same."""
CODES = 20
"""Codes tried until one is free. At a thousand pages waiting each is taken once in a thousand times."""
PAGE, BY_HAND = "tap-1", "dialed-in-1"
"""What stands for a consent: a tap on the page's own button, or the dialled number. We ring nobody."""
CODE = re.compile(rf"\d{{{CODE_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a caller hears, and where the call goes on."""

    verbs: tuple[Verb, ...]
    call_id: str
    step: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A call that came to us: Twilio's id of it, our id, the number dialled, the caller's own (None: hidden)."""

    sid: str
    id: str
    to: str
    phone: str | None
    phone_key: str


# The page.


@dataclass(frozen=True, slots=True)
class Page:
    """What a page knows of the call it is to wait for."""

    language: Language
    zip_code: str = ""
    office: str = ""
    shows_own: bool = False
    via: str = ""


def await_call(asked: Campaign, page: Page, source: str) -> CallSession:
    """Return a new session that waits for its supporter's own call, with the code that brings the call to it.

    Raises:
        Refusal: the campaign rests, no office can be called, or NO_CODE: too many from this address.
        GaveUp: no code was free.
    """
    r = runtime()
    tap.live(asked)
    choice = settled(asked, page.zip_code, page.office)
    if not choice.offices:
        raise Refusal(Code.OFFICES_CLOSED if choice.listed else Code.NO_OFFICE)
    waits = f"waiting page {address_range(source)}"
    if full := hourly.full_until(waits, r.config.pages_per_source, r.now()):
        raise Refusal(Code.NO_CODE, try_again=full)
    for _ in range(CODES):
        session = _waiting(asked, page, choice, r.now())
        if r.store.await_call(session, session.code or "", r.now() + CODE_LIVES):
            count("PagesWaiting")
            tap.note_shared(asked.slug, page.via)
            return session
    raise GaveUp


def link(number: str, code: str | None) -> str:
    """Return what the phone dials: our number, two pauses of two seconds, the code.

    No # or * ends it: an iPhone refuses such a link.
    """
    return f"{number},,{code}"


def _waiting(asked: Campaign, page: Page, choice: Choice, now: datetime) -> CallSession:
    r = runtime()
    return CallSession(
        id=r.new_id(), campaign=asked.slug, language=page.language, phone_key="", phone_ends="",
        consent=Consent(PAGE, 1, page.language, now), offices=choice.offices, local=choice.local, zone=choice.zone,
        shows_own=page.shows_own, code=r.new_code(), stage=Stage.AWAITING, created_at=now, ring_at=now,
        changed_at=now,
    )  # fmt: skip


# The call.


def incoming(form: Mapping[str, str]) -> Incoming:
    """Read a signed form about a call to us."""
    key, sid, phone = runtime().secrets.current().phone_key, form["CallSid"], shown(form.get("From", ""))
    own_id = OURS + phone_key(f"call {sid}", key)
    return Incoming(sid, own_id, form.get("To", ""), phone, phone_key(phone or f"hidden {sid}", key))


def welcomed(call: Incoming) -> Spoken:
    """The first words: who we are, and the question that a page's code or a language answers."""
    return _welcome(call, 1)


def went_on(call: Incoming, step: int, digits: str) -> Spoken | None:
    """Answer a step of a call to us that has no session of its own; None: it has one, which answers.

    Raises:
        GaveUp: five lost races in a row.
    """
    return tried(lambda: _went_on(call, step, digits))


def id_of(call: Incoming) -> str:
    """Return the id of the session that leads this call by now: its own, or that of the page it joined."""
    return runtime().store.joined(call.id) or call.id


# Strictly private.


def _went_on(call: Incoming, step: int, digits: str) -> Spoken | None:
    r = runtime()
    if r.store.call(call.id, r.now()) is not None:
        return None
    page = r.store.joined(call.id)
    return _said(loaded(page)) if page else _answered(call, step, digits)


def _welcome(call: Incoming, step: int) -> Spoken:
    slugs = runtime().meant_by(call.to)
    if not slugs:
        return Spoken(turned_away(PromptId.NO_CAMPAIGN), call.id, step)
    if len(slugs) > 1:
        return Spoken(which_campaign(step - 1), call.id, step)
    session = _arrived(call, slugs[0], step)
    campaign = campaign_of(session)
    if campaign.is_live:
        return _said(session)
    over = replace(session, stage=Stage.ENDED, ending=Ending.PAUSED)
    return Spoken(in_every_language(over, campaign), call.id, step)


def _answered(call: Incoming, step: int, digits: str) -> Spoken:
    """What was pressed at the welcome: a page's code, a language, or nothing of use."""
    slugs = runtime().meant_by(call.to)
    if CODE.fullmatch(digits) and (joined := _joined(call, digits)):
        return joined
    if len(slugs) == 1:
        return _chosen(call, _arrived(call, slugs[0], step), digits)
    if not slugs or step >= TRIES:
        return Spoken(turned_away(PromptId.NO_CAMPAIGN if not slugs else PromptId.NO_KEY_END), call.id, step)
    return _welcome(call, step + 1)


def _arrived(call: Incoming, slug: str, step: int) -> CallSession:
    """The call at its welcome. Never written: its step says how often it was asked."""
    now = runtime().now()
    return CallSession(
        id=call.id, campaign=slug, language=Language.EN, phone=call.phone, phone_key=call.phone_key,
        phone_ends=call.phone[-2:] if call.phone else "", call_sid=call.sid, is_inbound=True,
        consent=Consent(BY_HAND, 1, Language.EN, now), offices=(), stage=Stage.WELCOME, step=step, tries=step - 1,
        created_at=now, ring_at=now, changed_at=now,
    )  # fmt: skip


def _chosen(call: Incoming, arrived: CallSession, digits: str) -> Spoken:
    """Go on by a key; kept from the moment on that a language is chosen."""
    r = runtime()
    campaign = campaign_of(arrived)
    moment = Moment(campaign, r.now(), keeps_hours=r.config.keeps_hours)
    choice = which(campaign, "", "")
    asked = replace(arrived, offices=choice.offices or choice.listed)
    change = advance(asked, arrived.step, Pressed(digits), moment)
    if isinstance(change, Ask):
        raise TypeError("nothing is asked at the welcome")
    after = change[0]
    if after.stage is Stage.WELCOME or after.is_over:
        return _said(after)
    return _kept(call, replace(after, consent=replace(after.consent, language=after.language)))


def _kept(call: Incoming, session: CallSession) -> Spoken:
    """Write the new session, once its caller's calls are counted.

    Raises:
        Stale: it is there already, or its caller moved on.
    """
    r = runtime()
    try:
        before, caller = _counted(call, session)
    except Refusal as refusal:
        return _turned_away(call, session, refusal)
    r.store.watch(session.id, r.now() + FIRST_LOOK)
    r.store.open_call(session, caller)
    count("CallsReceived")
    _withdraw(before, session.id)
    return _said(session)


def _joined(call: Incoming, digits: str) -> Spoken | None:
    """Join the call to the page whose code this is; None when it is nobody's now.

    Raises:
        Stale: the page's session, or the caller, moved on.
    """
    r = runtime()
    page = r.store.call_of_code(digits, r.now())
    session = r.store.call(page, r.now()) if page else None
    if session is None or session.stage is not Stage.AWAITING:
        return None
    try:
        before, caller = _counted(call, session)
    except Refusal as refusal:
        return _turned_away(call, session, refusal)
    r.store.watch(session.id, r.now() + FIRST_LOOK)
    event = CalledIn(call.sid, call.phone, call.phone_key)
    after = commit(session, None, event, lambda written: r.store.joining(call.id, written, caller))
    count("CallsJoined")
    _withdraw(before, session.id)
    return _said(after)


def _counted(call: Incoming, session: CallSession) -> tuple[Caller, Caller | None]:
    """The caller as read, and with this call counted; None: their number is hidden, and counted with all such.

    Raises:
        Refusal: TOO_MANY_CALLS.
    """
    r = runtime()
    now = r.now()
    if call.phone is None:
        if full := hourly.full_until(f"hidden callers {session.campaign}", r.config.hidden_calls, now):
            raise Refusal(Code.TOO_MANY_CALLS, try_again=full)
        return Caller(), None
    # Who asked never to be called may still call us.
    before, _ = r.store.caller(call.phone_key)
    return before, calling(before, session.id, session.consent, now, r.config.calls_per_phone)


def _turned_away(call: Incoming, session: CallSession, refusal: Refusal) -> Spoken:
    log("caller turned away", why=refusal.code)
    words = PromptId.TOO_MANY if call.phone else PromptId.TOO_MANY_HIDDEN
    return Spoken(turned_away(words, session.language), call.id, session.step)


def _withdraw(before: Caller, call_id: str) -> None:
    """Who calls us needn't be called: a call of theirs that still waits in line is taken out of it."""
    if before.open_call not in {None, call_id}:
        try:
            happened(before.open_call or "", Withdrawn())
        except (Refusal, GaveUp):
            log("earlier call not withdrawn")


def _said(session: CallSession) -> Spoken:
    campaign = campaign_of(session)
    return Spoken(prompt(session, campaign, runtime().number_of(campaign)), session.id, session.step)
