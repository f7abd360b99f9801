"""What became of alerts of which nobody knows: their worker was killed, or Twilio's answer got lost.

Promises: Twilio is asked, and nothing is sent again. What it lists is ours if number, words and time say so; what it
lists at neither of two looks, ten minutes apart, was not sent and never will be. No number stands in an address.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.adapters import keys
from chalicelib.adapters.claim_items import Pass
from chalicelib.adapters.phone import KnownText
from chalicelib.adapters.store import Stale
from chalicelib.domain.broadcast import Broadcast
from chalicelib.domain.claim import LOOK_AFTER, LOOK_AGAIN, Claim, Report, missed
from chalicelib.observability import count, fault, log
from chalicelib.runtime import runtime
from chalicelib.views import alert_keeping
from chalicelib.views.batches import Unread, each_due

EVERY = 5
"""Minutes."""
SKEW = timedelta(seconds=2)
"""Twilio dates texts in whole seconds, by its own clock."""
CREATED_WITHIN = timedelta(minutes=2)
"""From a claim to its text's creation at Twilio: a worker asks within a second, and waits for ten."""
SPAN = timedelta(minutes=10)
"""Claims whose texts one listing looks for: Twilio lists a thousand at a time, and a broadcast is many thousands."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A pass that is looked at, its broadcast, and the claims it may have left of which nothing is known."""

    found: Pass
    broadcast: Broadcast
    claims: tuple[Claim, ...]


def each_five_minutes() -> None:
    """Look at what is due, if this minute is one of every five."""
    if runtime().now().minute % EVERY == 0:
        reconcile()


def reconcile() -> None:
    """Ask Twilio what became of the claims that passes left open: those due longest, and others of their time.

    Raises:
        Unread: the list of passes could not be read.
    """
    r = runtime()
    unknown: list[Unknown] = []
    each_due(lambda: r.claims.passes_due(r.now()), lambda each: _read(each, unknown), "passes of alerts")
    if not unknown:
        return
    near = [each for each in unknown if abs(_since(each) - _since(unknown[0])) <= SPAN]
    texts = _listed([claim for each in near for claim in each.claims])
    each_due(lambda: near, lambda each: _look(each, texts), "alerts")


def _read(found: Pass, unknown: list[Unknown]) -> None:
    """Read which recipients of a pass's chunk have open claims; a pass that left none is taken off."""
    r = runtime()
    broadcast = r.broadcasts.broadcast(found.broadcast)
    listed = r.broadcasts.recipients(found.broadcast, found.shard, found.number) or ()
    tokens = [alert_keeping.token(found.broadcast, each) for each in listed]
    claims = r.claims.of(found.broadcast, found.shard, tokens).values()
    left = tuple(claim for claim in claims if claim.is_open and claim.at <= r.now() - LOOK_AFTER)
    if broadcast is not None and left:
        unknown.append(Unknown(found, broadcast, left))
    elif any(claim.is_open for claim in claims):
        _look_again(found)
    else:
        r.claims.end(found)


def _listed(claims: Sequence[Claim]) -> Mapping[str, Sequence[KnownText]]:
    """Return the texts that Twilio made about the time of these claims, by the number they went to."""
    first, last = min(claim.at for claim in claims), max(claim.at for claim in claims)
    texts: dict[str, list[KnownText]] = defaultdict(list)
    wanted = {claim.number for claim in claims}
    try:
        for text in runtime().phone().texts_between(first - SKEW, last + CREATED_WITHIN):
            if text.to in wanted:
                texts[text.to].append(text)
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was learned, and its text may hold a number
        fault("texts not listed", error)
        raise Unread from None
    return texts


def _since(unknown: Unknown) -> datetime:
    return min(claim.at for claim in unknown.claims)


def _look(unknown: Unknown, texts: Mapping[str, Sequence[KnownText]]) -> None:
    """Settle each claim by what was listed; those that were missed once are looked at again.

    That look is written down first: whatever goes wrong with one, it is not the first in line for ever.
    """
    later = _look_again(unknown.found)
    left = [claim for claim in unknown.claims if _is_still_open(claim, unknown.broadcast, texts)]
    if not left:
        runtime().claims.end(later)


def _is_still_open(claim: Claim, broadcast: Broadcast, texts: Mapping[str, Sequence[KnownText]]) -> bool:
    found = next((text for text in texts.get(claim.number or "", ()) if _is_of(text, claim, broadcast)), None)
    if found is not None:
        log("alert found at Twilio", status=found.status)
        count("AlertsReconciled")
        _take(claim, Report(found.sid, found.status, found.error))
        return False
    try:
        after = alert_keeping.move(claim, missed(claim, runtime().now()))
    except Stale:
        # A callback came while we looked. The next look sees what it said.
        return True
    if not after.is_open:
        log("alert given up: Twilio has no such text")
    return after.is_open


def _is_of(text: KnownText, claim: Claim, broadcast: Broadcast) -> bool:
    """Whether a text to this number is this claim's: its words, in either language, about the time it was claimed."""
    made = text.created_at
    is_in_time = made is None or claim.at - SKEW <= made <= claim.at + CREATED_WITHIN
    return is_in_time and text.body in {broadcast.words.en, broadcast.words.es}


def _take(claim: Claim, report: Report) -> None:
    shard = keys.shard_of(claim.phone_key)
    alert_keeping.take(lambda: runtime().claims.one(claim.broadcast, shard, claim.token), report)


def _look_again(found: Pass) -> Pass:
    claims, later = runtime().claims, replace(found, look_at=runtime().now() + LOOK_AGAIN)
    claims.begin(later)
    claims.end(found)
    return later
