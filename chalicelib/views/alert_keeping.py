"""What an alert's claim becomes, written and counted; and what an error means beyond this one recipient.

The worker, the callbacks and the reconciler end here. Promises: what must follow of an error is done before the claim
says so, and may be done twice: who was cut off between the two does it again, and nothing happens twice of it.
"""

from collections.abc import Callable
from contextlib import suppress

from chalicelib.adapters.store import Stale
from chalicelib.adapters.subscribers import Said
from chalicelib.domain.broadcast import Broadcast, ClaimState, Move, moved
from chalicelib.domain.broadcast_pacing import BRAND, exhausted, pacific_day, sender_named
from chalicelib.domain.claim import DELIVERED, Claim, Report, Trouble, recipient_token, reported, trouble
from chalicelib.domain.subscriber import Evidence, Source
from chalicelib.domain.subscriber_events import BlockedByCarrier, Event, Undeliverable
from chalicelib.domain.words import Language
from chalicelib.observability import count, log
from chalicelib.runtime import runtime
from chalicelib.views import texting
from chalicelib.views.again import tried

LABEL = "recipients"
COUNTED = {
    ClaimState.SENT: "AlertsSent",
    ClaimState.FAILED: "AlertsFailed",
    ClaimState.AMBIGUOUS: "AlertsAmbiguous",
}
"""The rest are skipped."""


def token(broadcast: str, phone_key: str) -> str:
    """Return what stands for a recipient in an address."""
    return recipient_token(broadcast, phone_key, runtime().secrets.current().derived(LABEL))


def move(before: Claim, after: Claim) -> Claim:
    """Write what became of a claim, and count it.

    Raises:
        Stale: somebody else knew it first; nothing was written or counted.
    """
    written = runtime().claims.move(before, after)
    if written.state is not before.state and written.state is not ClaimState.CLAIMED:
        count(metric(written.state))
    if written.delivery in DELIVERED and before.delivery is None:
        count("AlertsDelivered")
    return written


def metric(state: ClaimState) -> str:
    """Return the metric in which a settled claim counts."""
    return COUNTED.get(state, "AlertsSkipped")


def take(read: Callable[[], Claim | None], report: Report) -> None:
    """Take in what Twilio says of an alert; late, early or twice, it ends the same.

    Raises:
        LookupError: there is no such claim.
        GaveUp: five lost races in a row.
    """
    tried(lambda: _taken(read(), report))


def _taken(claim: Claim | None, report: Report) -> None:
    if claim is None:
        raise LookupError("no such claim")
    after = reported(claim, report)
    if after is claim:
        return
    if after.error:
        log("alert not delivered", code=after.error)
        follow(claim, after.error)
    move(claim, after)


# What follows of an error.


def follow(claim: Claim, error: int) -> None:
    """Do what an error about one recipient's text asks of us beside its claim. Done twice, it is done once.

    Raises:
        GaveUp: five lost races in a row.
    """
    whose = trouble(error)
    if whose is None:
        return
    if whose is Trouble.FILTERED:
        count("TextsFiltered")
        return
    broadcast = runtime().broadcasts.broadcast(claim.broadcast)
    if broadcast is not None:
        FOLLOWING[whose](broadcast, claim, error)


def _tell(broadcast: Broadcast, claim: Claim, error: int) -> None:
    """The programme learns what is the matter with the number, as of when the text was sent."""
    r = runtime()
    campaign = r.campaign(broadcast.campaign)
    if campaign is None or campaign.texts is None:
        log("alert of a campaign without texts", code=error)
        return
    said = Said(f"alert-{claim.token}-{error}", r.now())

    def event(language: Language | None) -> Event:
        evidence = Evidence(
            id=said.sid, at=claim.at, source=Source.PROVIDER, language=language or Language.EN
        )
        stopped = trouble(error) is Trouble.STOPPED
        return BlockedByCarrier(evidence) if stopped else Undeliverable(error, evidence)

    tried(lambda: texting.happened(campaign, claim.phone_key, said, event))


def _slow_down(broadcast: Broadcast, _claim: Claim, _error: int) -> None:
    """Nothing more in this minute: what the sender's bucket holds is poured out."""
    r = runtime()
    rate = r.broadcasts.rate(sender_named(broadcast.sender), r.now())
    if rate.bucket.segments >= 1:
        with suppress(Stale):  # whoever took some meanwhile has seen less of it already
            r.broadcasts.take_tokens(rate, int(rate.bucket.segments))


def _use_up_the_day(broadcast: Broadcast, claim: Claim, _error: int) -> None:
    """T-Mobile says that the brand's day is used up: so it is, whoever used it."""
    sender = sender_named(broadcast.sender)
    if sender.a_day_on_t_mobile is not None:
        tried(lambda: _used_up(sender.a_day_on_t_mobile or 0, exhausted(sender, claim.at).used, claim))


def _used_up(cap: int, used: int, claim: Claim) -> None:
    broadcasts, day = runtime().broadcasts, pacific_day(claim.at)
    left = used - broadcasts.spent(BRAND, day)
    if left > 0 and not broadcasts.spend_cap(BRAND, day, left, cap):
        raise Stale


def _pause(broadcast: Broadcast, _claim: Claim, error: int) -> None:
    """Everybody else's text would meet the same: none more goes until a person has looked."""
    tried(lambda: _paused(broadcast.id, error))


def _paused(broadcast_id: str, error: int) -> None:
    broadcasts = runtime().broadcasts
    before = broadcasts.broadcast(broadcast_id)
    after = moved(before, Move.PAUSE) if before else None
    if before is None or after is None or after is before:
        return
    broadcasts.move(before, after)
    count("SenderUnregistered")
    log("broadcast paused: its sender or its words are refused", code=error)


FOLLOWING: dict[Trouble, Callable[[Broadcast, Claim, int], None]] = {
    Trouble.STOPPED: _tell,
    Trouble.NUMBER: _tell,
    Trouble.RATE: _slow_down,
    Trouble.DAY: _use_up_the_day,
    Trouble.OURS: _pause,
}
