"""The tap: what the page and the API do alike. Answers with a value or raises a Refusal.

How either looks is the doors' business.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.call import CallSession, Consent, Stage
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.counts import Outcome
from chalicelib.domain.events import Told, Withdrawn
from chalicelib.domain.limits import Caller, address_range, calling
from chalicelib.domain.phones import Screening, phone_key, screened
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language
from chalicelib.observability import count, fault
from chalicelib.runtime import runtime
from chalicelib.views import budget, codes, hourly, line, proving
from chalicelib.views.again import tried
from chalicelib.views.committing import happened
from chalicelib.views.offices_asked import Choice, settled

CONSENTS: dict[str, int] = {"call-1": 1}
"""Consent texts a supporter can agree to here, each with the version now shown."""
SHARE = "share"
"""What the address of a shared link says (`via`), and all it says of whoever opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a supporter asks for, as they send it.

    `source` is the address it came from: kept as a keyed hash, for two hours. `proof` is the solved proof of work;
    None: a form sent without a script, which can have none. `zip_code` and `office` (an id) are "" where nothing was
    said; `shows_own`: the office is to see the supporter's own number instead of ours; `via` is "share" for whoever
    came by a shared link.
    """

    phone: str
    language: Language
    consent: str
    source: str
    proof: str | None
    zip_code: str = ""
    office: str = ""
    shows_own: bool = False
    via: str = ""


@dataclass(frozen=True, slots=True)
class Tap:
    """A request to be called that may be carried out: whose phone, for which campaign, how it came in."""

    campaign: Campaign
    number: str
    phone_key: str
    wanted: Wanted
    choice: Choice
    entry: proving.Entry


def campaign(slug: str) -> Campaign:
    """Return a campaign that a supporter may see.

    Raises:
        Refusal: NOT_FOUND.
    """
    found = runtime().campaign(slug)
    if found is None or found.status is Status.DRAFT:
        raise Refusal(Code.NOT_FOUND)
    return found


def create_call(slug: str, wanted: Wanted) -> CallSession:
    """Put a supporter in line to be called, or text them the code for it.

    Without a code a second tap gives the call that is open already.

    Raises:
        Refusal: what, why and when to try again.
        GaveUp: five lost races in a row.
    """
    asked = live(campaign(slug))
    if wanted.consent not in CONSENTS:
        raise Refusal(Code.CONSENT_MISSING, "consent")
    number = screened(wanted.phone, screening(asked))
    key = phone_key(number, runtime().secrets.current().phone_key)
    entry = proving.entry(slug, wanted.proof)
    tap = Tap(asked, number, key, wanted, settled(asked, wanted.zip_code, wanted.office), entry)
    return tried(lambda: _open_call(tap))


def note_shared(slug: str, via: str) -> None:
    """Count a supporter who came by a shared link. What goes wrong with it is nobody's problem but ours."""
    if via != SHARE:
        return
    try:
        runtime().store.add_shared(slug, runtime().now())
    except Exception as error:  # noqa: BLE001 - a number for the organizers; the call is in line already
        fault("shared link not counted", error)


def withdraw(call_id: str) -> CallSession:
    """Take a call out of the line, at the supporter's wish; once it rings it is too late."""
    return happened(call_id, Withdrawn())


def tell(call_id: str, outcome: Outcome) -> CallSession:
    """Keep what the supporter says on the page about how the call went; the first answer stands."""
    return happened(call_id, Told(outcome))


def live(asked: Campaign) -> Campaign:
    """Return the campaign, if calls are made for it now.

    Raises:
        Refusal: CAMPAIGN_PAUSED or CAMPAIGN_ENDED.
    """
    if asked.status is Status.PAUSED:
        raise Refusal(Code.CAMPAIGN_PAUSED)
    if asked.status is Status.ENDED:
        raise Refusal(Code.CAMPAIGN_ENDED)
    return asked


def screening(asked: Campaign) -> Screening:
    """Return which phones may be rung. Never: our numbers, offices' lines, and lines that serve people in need."""
    r = runtime()
    lines = (line.number for office in asked.offices for line in office.lines)
    never = frozenset({*r.config.numbers, *asked.numbers, *lines, *r.never_rung()})
    return Screening(r.config.regions, never, allows_fiction=r.config.is_development)


def _open_call(tap: Tap) -> CallSession:
    r = runtime()
    now = r.now()
    caller, is_stopped = r.store.caller(tap.phone_key)
    if is_stopped:
        raise Refusal(Code.PHONE_NOT_CALLED, "phone")
    if tap.campaign.asks_code:
        return _ask_code(tap, caller, now)
    open_call = r.store.call(caller.open_call, now) if caller.open_call else None
    if open_call and not open_call.is_over:
        return open_call
    session, counted = _admitted(tap, caller, now)
    # The turn is taken last: whoever is refused takes nobody's place in line.
    session = replace(session, ring_at=line.turn(now))
    line.put(session, counted)
    note_shared(session.campaign, tap.wanted.via)
    count("CallsAskedFor")
    return session


def _ask_code(tap: Tap, caller: Caller, now: datetime) -> CallSession:
    """A call that waits for its code. Only the same tap, sent again, gets the one that is there.

    Whoever else taps for this phone gets one of their own, and learns nothing of what is open for it.
    """
    known = runtime().store.call(tap.entry.call_id, now) if tap.entry.is_proven else None
    if known and known.stage is Stage.PROVING and known.phone_key == tap.phone_key:
        return known
    session, _ = _admitted(tap, caller, now)
    waiting = codes.ask(session, tap.campaign, tap.wanted.source)
    note_shared(session.campaign, tap.wanted.via)
    count("CallsAskedFor")
    return waiting


def _admitted(tap: Tap, caller: Caller, now: datetime) -> tuple[CallSession, Caller]:
    """The call that is asked for, and its phone with it counted, once nothing stands against either."""
    proving.refuse_spent(tap.entry)
    budget.refuse_spent(tap.campaign, now)
    call_id, consent = tap.entry.call_id, _consent(tap.wanted, now)
    counted = calling(caller, call_id, consent, now, runtime().config.calls_per_phone)
    spend(tap.campaign, tap.wanted.source, now, is_proven=tap.entry.is_proven)
    return _session(tap, call_id, consent, now), counted


def _consent(wanted: Wanted, now: datetime) -> Consent:
    return Consent(wanted.consent, CONSENTS[wanted.consent], wanted.language, now)


def _session(tap: Tap, call_id: str, consent: Consent, now: datetime) -> CallSession:
    wanted, choice = tap.wanted, tap.choice
    if not choice.offices:
        raise Refusal(Code.OFFICES_CLOSED if choice.listed else Code.NO_OFFICE)
    return CallSession(
        id=call_id, campaign=tap.campaign.slug, language=wanted.language, phone=tap.number,
        phone_key=tap.phone_key, phone_ends=tap.number[-2:], consent=consent,
        offices=choice.offices, local=choice.local, zone=choice.zone, shows_own=wanted.shows_own,
        created_at=now, ring_at=now, changed_at=now,
    )  # fmt: skip


def spend(asked: Campaign, source: str, now: datetime, *, is_proven: bool = True) -> None:
    """Count one call against the place it was asked from, for all campaigns together and for this one.

    Without a proof of work, against the tighter limit. A place is an IPv4 address or an IPv6 /48.

    Raises:
        Refusal: TOO_MANY_CALLS.
    """
    config, per_campaign = runtime().config, asked.limits.calls_an_hour_per_source
    ceilings = {"source": config.calls_per_source}
    if not is_proven:
        ceilings = {"unproven source": config.unproven_calls_per_source}
    if per_campaign is not None:
        ceilings[f"source for {asked.slug}"] = per_campaign
    for kind, limit in ceilings.items():
        if full := hourly.full_until(f"{kind} {address_range(source)}", limit, now):
            raise Refusal(Code.TOO_MANY_CALLS, try_again=full, limit=limit)
