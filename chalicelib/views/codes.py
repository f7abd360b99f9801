"""The code by text: asked for at the tap, typed in on the call's page, and only then is a place in line taken.

Promises: an unproved tap leaves nothing at its phone but counted texts: it is no call of the day, holds no place and
shows nobody the page of another's call. A guess is counted before it is looked at. Knows no page and no Twilio.
"""

import hmac
from dataclasses import replace

from chalicelib.adapters.ring_queue import CodeText
from chalicelib.domain.call import CallSession, Proving, Stage
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.codes import (
    CODES,
    GUESSES,
    TEXTS_PER_RING,
    TRIES,
    closes_at,
    code_for,
    is_good,
    number_of,
    typed_code,
)
from chalicelib.domain.events import CodeAsked, Proved, Stopped
from chalicelib.domain.limits import address_range, calling, day_after, day_of, texts_of
from chalicelib.domain.phones import phone_key as keyed
from chalicelib.domain.reconciling import FIRST_LOOK
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.observability import count
from chalicelib.runtime import Runtime, runtime
from chalicelib.views import budget, hourly, line
from chalicelib.views.again import tried
from chalicelib.views.committing import campaign_of, commit, happened, loaded

LABEL = "code by text"


def ask(session: CallSession, asked: Campaign, source: str) -> CallSession:
    """Write a call that waits for its code, and have the code texted to its phone.

    Raises:
        Refusal: TOO_MANY_TEXTS or BUDGET_SPENT.
        Stale: this very tap has been written meanwhile.
    """
    r, now = runtime(), session.created_at
    count_text(session.phone_key, asked, source)
    waiting = replace(session, stage=Stage.PROVING, proving=Proving(now))
    # Watched before it exists: whatever is lost from here on, its phone number goes when its time is over.
    r.store.watch(session.id, closes_at(Proving(now)))
    r.store.begin(waiting)
    r.ring_queue.send_code(CodeText(session.id, 1), 0)
    return waiting


def ask_again(call_id: str, number: int, source: str) -> CallSession:
    """Have another code texted, in place of the `number`-th; a second tap finds it replaced.

    Raises:
        Refusal: TOO_MANY_TEXTS, BUDGET_SPENT or CALL_GONE.
        GaveUp: five lost races in a row.
    """
    session = loaded(call_id)
    if number_of(session) != number or session.stage is not Stage.PROVING:
        return session
    if number >= CODES:
        raise Refusal(Code.TOO_MANY_TEXTS, "code", limit=CODES)
    count_text(session.phone_key, campaign_of(session), source)
    return happened(call_id, CodeAsked(number))


def enter(call_id: str, typed: str, source: str) -> CallSession:
    """Take what was typed in as the call's code. The right one puts the call in line, and is returned in its place.

    A phone that is being called already gets that call. A call that is proved already is returned as it is.

    Raises:
        Refusal: CODE_WRONG, CODE_EXPIRED or CODE_TRIES_SPENT, with the tries left; or why nobody can be called now.
        GaveUp: five lost races in a row.
    """
    session = loaded(call_id)
    if session.stage is not Stage.PROVING or session.proving is None:
        return session
    check(session.id, session.proving, typed, source)
    return tried(lambda: _proved(loaded(call_id)))


def check(name: str, proving: Proving, typed: str, source: str) -> None:
    """Take what was typed in as the latest code that was made under this name.

    Raises:
        Refusal: CODE_WRONG, CODE_EXPIRED or CODE_TRIES_SPENT, with the tries left.
    """
    r = runtime()
    code = typed_code(typed)
    if not is_good(proving, r.now()):
        raise Refusal(Code.CODE_EXPIRED, "code")
    place = _hashed(r, f"guess {name} {address_range(source)}")
    if code is None:
        # Not six digits: no guess, and not counted as one.
        raise _wrong(place, proving)
    _count_guess(name, proving, place)
    if not hmac.compare_digest(code, code_for(name, proving.codes, secret(r))):
        count("CodesGuessedWrong")
        raise _wrong(place, proving)


def count_text(phone_key: str, asked: Campaign, source: str) -> None:
    """Count a text against the place that wants it, its phone and the campaign's day; each is exact.

    Raises:
        Refusal: TOO_MANY_TEXTS, or BUDGET_SPENT.
    """
    r, now = runtime(), runtime().now()
    most = r.config.texts_per_phone
    by_place, by_phone = f"text {phone_key} {address_range(source)}", f"texts {phone_key}"
    for what, limit in ((by_place, (most + 1) // 2), (by_phone, most)):
        if full := hourly.full_until(what, limit, now):
            raise Refusal(Code.TOO_MANY_TEXTS, "code", try_again=full, limit=limit)
    cap = TEXTS_PER_RING * asked.limits.rings_a_day
    if not r.store.spend(texts_of(asked.slug), day_of(now), cap, day_after(now) + hourly.AN_HOUR):
        raise budget.spent(asked, now)


def secret(r: Runtime) -> bytes:
    """Return the key that codes are made with."""
    return r.secrets.current().derived(LABEL)


def _wrong(place: str, proving: Proving) -> Refusal:
    left = TRIES - runtime().store.spent(place, str(proving.codes))
    if left <= 0:
        return Refusal(Code.CODE_TRIES_SPENT, "code", left=0)
    return Refusal(Code.CODE_WRONG, "code", left=left)


def _count_guess(name: str, proving: Proving, place: str) -> None:
    """Count a guess against its place first, so that a place with no tries left takes none from the others."""
    r, number = runtime(), str(proving.codes)
    expires = closes_at(proving) + hourly.AN_HOUR
    everywhere = _hashed(r, f"guesses {name}")
    for scope, limit in ((place, TRIES), (everywhere, GUESSES)):
        if not r.store.spend(scope, number, limit, expires):
            raise Refusal(Code.CODE_TRIES_SPENT, "code", left=0)


def _proved(session: CallSession) -> CallSession:
    """Put a call whose code was right in line.

    Raises:
        Stale: it, or its phone, moved on meanwhile.
        Refusal: TOO_MANY_CALLS, BUDGET_SPENT or LINE_TOO_LONG.
    """
    r, now = runtime(), runtime().now()
    if session.stage is not Stage.PROVING:
        return session
    caller, is_stopped = r.store.caller(session.phone_key)
    if is_stopped:
        return commit(session, None, Stopped())
    other = r.store.call(caller.open_call, now) if caller.open_call else None
    if other and not other.is_over:
        return other
    asked = campaign_of(session)
    budget.refuse_spent(asked, now)
    counted = calling(caller, session.id, session.consent, now, r.config.calls_per_phone)
    turn = line.turn(now)
    r.store.watch(session.id, turn + FIRST_LOOK)
    return commit(session, None, Proved(turn, counted))


def _hashed(r: Runtime, what: str) -> str:
    return keyed(what, r.secrets.current().phone_key)
