"""A worker's pass over a chunk of a broadcast: one recipient after the other is claimed, then sent the alert, once.

Promises: Twilio is asked once for each, whatever the queue repeats and whoever is killed; nobody who has stopped, is
held or sleeps is sent anything; what a pass did not use of its grant goes back. Whether the broadcast goes on is looked
at every few seconds. What Twilio did not clearly answer is never sent again blindly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.adapters.alert_queue import AlertTurn
from chalicelib.adapters.area_codes import zones_of
from chalicelib.adapters.claim_items import Pass
from chalicelib.adapters.claims import NotWanted
from chalicelib.adapters.phone import Phone, Rejected, Texting, TooMany, Unclear
from chalicelib.adapters.roll import RollRow
from chalicelib.adapters.store import Repeated, Stale
from chalicelib.adapters.zip_codes import place_of
from chalicelib.domain.broadcast import (
    Broadcast,
    ClaimState,
    Send,
    Skip,
    Stage,
    Wait,
    answered,
    decided,
    may_create,
    must_look,
)
from chalicelib.domain.broadcast_chunks import Chunk, holds, passed
from chalicelib.domain.broadcast_pacing import sender_named
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.claim import LOOK_AFTER, Claim, is_not_the_recipients, settled
from chalicelib.domain.quiet_hours import Window, whereabouts, window
from chalicelib.domain.segments import size_of
from chalicelib.domain.subscriber import State
from chalicelib.observability import count, log
from chalicelib.runtime import Runtime, runtime
from chalicelib.views import alert_keeping, urls
from chalicelib.views.again import ATTEMPTS, tried
from chalicelib.views.broadcasting import give_back

LONGEST_PASS = timedelta(seconds=60)
"""A worker may live for ninety, and Twilio is waited for ten."""
REST = timedelta(minutes=1)
"""How long a chunk waits that met a sender's trouble, or Twilio's."""
LONGEST_REST = timedelta(minutes=16)
"""How long one waits at most whose passes get no clear answer: each pass costs a recipient, so they become fewer."""
LONG_REST = timedelta(minutes=5)
"""How long a chunk waits whose campaign is paused."""
A_DAY = timedelta(days=1)
A_CLEAR_NO = 400
SENT_OR_SKIPPED = frozenset({Stage.SENDING, Stage.CANCELLED})
"""Stages in which there is something to do for a recipient: send, or say why nothing was sent."""


@dataclass(slots=True)
class UnderWay:
    """A pass: what it knows, and how far it is. The one value here that changes.

    `waiting` are the recipients without a claim, with their tokens; `rows` what the roll says of them. `room` is how
    many texts the grant still allows, `left` how many recipients have no claim. `until` are the moments before which
    recipients who were passed over can't be sent theirs. `unclear` are the recipients of whom it isn't known whether
    theirs went, and `sent` those of this pass that Twilio took.
    """

    broadcast: Broadcast
    campaign: Campaign
    chunk: Chunk
    mark: Pass
    phone: Phone
    waiting: Mapping[str, str]
    rows: Mapping[str, RollRow]
    room: int
    left: int
    begun_at: datetime
    looked_at: datetime
    since_look: int = 0
    unclear: int = 0
    sent: int = 0
    until: list[datetime] = field(default_factory=list)
    rests_until: datetime | None = None
    is_over: bool = False
    leaves_unknown: bool = False


def take(turn: AlertTurn) -> None:
    """Send an alert to as many of a chunk's recipients as were granted. A repeat goes on where the first one was."""
    under_way = _begun(turn)
    if under_way is None:
        return
    for phone_key, token in under_way.waiting.items():
        if not _goes_on(under_way):
            break
        _decide(under_way, phone_key, token)
    _end(under_way)


# The pass.


def _begun(turn: AlertTurn) -> UnderWay | None:
    """Read all that a pass needs; None: its grant is over, or there is nothing to send."""
    r = runtime()
    now = r.now()
    broadcast = r.broadcasts.broadcast(turn.broadcast)
    chunk = r.broadcasts.chunk(turn.broadcast, turn.shard, turn.number)
    campaign = r.campaign(broadcast.campaign) if broadcast else None
    if broadcast is None or chunk is None or campaign is None:
        log("alerts of no broadcast, chunk or campaign")
        return None
    if not holds(chunk, turn.granted_at, now):
        log("alerts granted too long ago, or done")
        return None
    tokens = {each: alert_keeping.token(broadcast.id, each) for each in chunk.keys}
    known = r.claims.of(broadcast.id, chunk.shard, list(tokens.values()))
    waiting = {each: token for each, token in tokens.items() if token not in known}
    asked = sum(bool(claim.attempt) and claim.at >= turn.granted_at for claim in known.values())
    mark = Pass(r.new_id(), broadcast.id, chunk.shard, chunk.number, now + LONGEST_PASS + LOOK_AFTER)
    r.claims.begin(mark)
    return UnderWay(
        broadcast=broadcast, campaign=campaign, chunk=chunk, mark=mark, phone=r.phone(), waiting=waiting,
        rows=r.roll.rows(broadcast.campaign, list(waiting)), room=turn.recipients - asked, left=len(waiting),
        begun_at=now, looked_at=now,
        unclear=sum(claim.state is ClaimState.AMBIGUOUS for claim in known.values()),
    )  # fmt: skip


def _goes_on(under_way: UnderWay) -> bool:
    """Whether there is still time and reason; reads the broadcast again when its last reading is old."""
    r = runtime()
    now = r.now()
    if under_way.is_over or now - under_way.begun_at >= LONGEST_PASS:
        return False
    if must_look(under_way.looked_at, under_way.since_look, now):
        under_way.broadcast = r.broadcasts.broadcast(under_way.broadcast.id) or under_way.broadcast
        under_way.looked_at, under_way.since_look = now, 0
    under_way.since_look += 1
    return under_way.broadcast.stage in SENT_OR_SKIPPED and not _rests(under_way, now)


def _rests(under_way: UnderWay, now: datetime) -> bool:
    """Whether the campaign is paused, or has no texts any more: nothing is sent until it has, or it is too late."""
    campaign, broadcast = runtime().campaign(under_way.campaign.slug), under_way.broadcast
    is_on = campaign is not None and campaign.is_live and campaign.texts is not None
    if is_on or broadcast.stage is Stage.CANCELLED or broadcast.is_stale(now):
        return False
    under_way.rests_until = now + LONG_REST
    return True


def _end(under_way: UnderWay) -> None:
    """Say how far the chunk is, and give back what is left of its grant."""
    r = runtime()
    if not under_way.leaves_unknown:
        r.claims.end(under_way.mark)
    try:
        r.broadcasts.mark_chunk(under_way.chunk, passed(under_way.chunk, under_way.left, _next(under_way)))
    except Stale:
        # The grant ran out meanwhile, and another is out. What this one did not use is lost, and nothing sent twice.
        log("alerts granted anew meanwhile")
        return
    _give_back(under_way)


def _next(under_way: UnderWay) -> datetime | None:
    """When the chunk can go on; None: now, for somebody was left who can be sent theirs."""
    everybody_waits = under_way.until and len(under_way.until) == under_way.left
    return min(under_way.until) if everybody_waits else under_way.rests_until


def _give_back(under_way: UnderWay) -> None:
    sender = sender_named(under_way.broadcast.sender)
    # A grant holds on its own Pacific day only, so that is the day on which the pass began.
    give_back(sender, under_way.room * under_way.broadcast.segments, under_way.begun_at)


# One recipient.


def _decide(under_way: UnderWay, phone_key: str, token: str) -> None:
    """Send, skip or pass over one recipient. Who isn't on the roll any more has a reason: it is looked up."""
    row = under_way.rows.get(phone_key)
    what = _about(under_way, row) if row else _looked_up(under_way, phone_key, None)
    match what:
        case Skip(state):
            _skip(under_way, phone_key, token, state)
        case Wait(until) if until is not None:
            under_way.until.append(until)
        case Send(validity) if row and under_way.room > 0:
            _send(under_way, row, token, validity)
        case Send() if row:
            under_way.is_over = True


def _about(under_way: UnderWay, row: RollRow) -> Send | Skip | Wait:
    """What the clock says of somebody on the roll. Their standing is asked for by the claim itself."""
    now = runtime().now()
    return decided(under_way.broadcast, State.SUBSCRIBED, _window(row, now), now, is_stopped=False)


def _looked_up(under_way: UnderWay, phone_key: str, row: RollRow | None) -> Send | Skip | Wait:
    """The same by where somebody stands now; whoever has just come back without a number known is left for later."""
    r = runtime()
    now, programme = r.now(), under_way.broadcast.campaign
    standing = r.subscribers.standing(phone_key)
    is_stopped = standing.stop is not None and standing.stop.holds_for(programme)
    when = _window(row, now) if row else Window(now, now + A_DAY)
    state = standing.with_programme(programme).state
    return decided(under_way.broadcast, state, when, now, is_stopped=is_stopped)


def _window(row: RollRow, now: datetime) -> Window | None:
    place = place_of(row.zip) if row.zip else None
    return window(whereabouts(None, place.zone if place else None, zones_of(row.number)), now)


def _skip(under_way: UnderWay, phone_key: str, token: str, state: ClaimState) -> None:
    r = runtime()
    skipped = Claim(
        broadcast=under_way.broadcast.id, token=token, phone_key=phone_key, state=state, at=r.now()
    )
    if r.claims.skip(skipped):
        count(alert_keeping.metric(state))
    under_way.left -= 1


def _send(under_way: UnderWay, row: RollRow, token: str, validity: int) -> None:
    claim = _claimed(under_way, row, token)
    if claim is None:
        return
    under_way.left -= 1
    if may_create(claim.at, runtime().now()):
        _ask(under_way, claim, row, validity)
    else:
        # A stop may have come since the claim was put. Nothing was sent, and nothing is.
        _settle(claim, settled(claim, ClaimState.SKIPPED_LATE))


def _claimed(under_way: UnderWay, row: RollRow, token: str) -> Claim | None:
    """Put the claim that allows to ask Twilio; None: it is another's, they may not be texted, or a later pass tries."""
    r = runtime()
    for _ in range(ATTEMPTS):
        claim = _claim(under_way, row, token, r)
        try:
            r.claims.claim(claim, under_way.broadcast.campaign)
        except Repeated:
            return _ours(under_way, claim)
        except NotWanted:
            what = _looked_up(under_way, row.phone_key, row)
            if isinstance(what, Skip):
                _skip(under_way, row.phone_key, token, what.state)
                return None
        except Stale:
            continue
        else:
            return claim
    return None


def _claim(under_way: UnderWay, row: RollRow, token: str, r: Runtime) -> Claim:
    words = under_way.broadcast.words.of(row.language)
    return Claim(
        broadcast=under_way.broadcast.id, token=token, phone_key=row.phone_key, state=ClaimState.CLAIMED,
        at=r.now(), attempt=r.new_id(), segments=size_of(words).segments, number=row.number,
    )  # fmt: skip


def _ours(under_way: UnderWay, claim: Claim) -> Claim | None:
    """A claim that is there already: our own, if only its answer was lost; else another worker's."""
    there = runtime().claims.one(claim.broadcast, under_way.chunk.shard, claim.token)
    if there is not None and there.attempt == claim.attempt:
        return there
    under_way.left -= there is not None
    return None


# Twilio.


def _ask(under_way: UnderWay, claim: Claim, row: RollRow, validity: int) -> None:
    """Ask Twilio, once, and write what came of it."""
    under_way.room -= 1
    try:
        sid = under_way.phone.text(_order(under_way, claim, row, validity))
    except TooMany as error:
        count("AlertsThrottled")
        _take_back(under_way, claim, timedelta(seconds=error.seconds))
    except Rejected as error:
        _refused(under_way, claim, error.code)
    except Unclear:
        # Twilio has trouble, perhaps: whoever else was asked for now would have it, too.
        under_way.leaves_unknown = under_way.is_over = True
        under_way.rests_until = runtime().now() + _rest_of(under_way)
        _settle(claim, settled(claim, ClaimState.AMBIGUOUS))
    else:
        under_way.sent += 1
        _settle(claim, settled(claim, ClaimState.SENT, sid))


def _rest_of(under_way: UnderWay) -> timedelta:
    """How long to wait after no clear answer: twice as long each time, until a pass is answered again."""
    return REST if under_way.sent else min(REST * 2**under_way.unclear, LONGEST_REST)


def _refused(under_way: UnderWay, claim: Claim, error: int) -> None:
    """A clear no. What isn't the recipient's trouble costs them nothing: they are sent theirs when it is over."""
    log("alert refused by Twilio", code=error)
    alert_keeping.follow(claim, error)
    if is_not_the_recipients(error):
        _take_back(under_way, claim, REST)
        return
    _settle(claim, settled(claim, answered(A_CLEAR_NO, error) or ClaimState.FAILED, error=error))


def _take_back(under_way: UnderWay, claim: Claim, rest: timedelta) -> None:
    """Nothing was sent: the claim goes, and the pass ends here.

    First the chunk says that somebody is left: another worker may have taken the claim for what becomes of them, and a
    chunk that is done with one recipient forgotten is never granted again.
    """
    r = runtime()
    tried(lambda: _reopen(under_way, r.now() + rest))
    r.claims.release(claim)
    under_way.room += 1
    under_way.left += 1
    under_way.is_over, under_way.rests_until = True, r.now() + rest


def _reopen(under_way: UnderWay, not_before: datetime) -> None:
    """Write that a recipient of the chunk is left, whatever another worker has written meanwhile.

    Raises:
        Stale: another one has just written again.
    """
    broadcasts, chunk = runtime().broadcasts, under_way.chunk
    now = broadcasts.chunk(chunk.broadcast, chunk.shard, chunk.number)
    if now is not None:
        under_way.chunk = broadcasts.mark_chunk(now, passed(now, max(now.left, 1), not_before))


def _settle(claim: Claim, after: Claim) -> None:
    try:
        alert_keeping.move(claim, after)
    except Stale:
        # A callback was faster than Twilio's answer, and knows more.
        log("alert settled by a callback first")


def _order(under_way: UnderWay, claim: Claim, row: RollRow, validity: int) -> Texting:
    r = runtime()
    return Texting(
        to=row.number,
        from_number=r.number_of(under_way.campaign),
        body=under_way.broadcast.words.of(row.language),
        status=urls.alert_status(claim.broadcast, under_way.chunk.shard, claim.token),
        service=r.config.text_service,
        validity=validity,
    )
