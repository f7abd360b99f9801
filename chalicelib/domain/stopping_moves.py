"""How a subscriber stops, and what carriers and databases say of a number: rows of `subscriber_machine`'s table.

A stop is kept whoever says it and whether or not there was consent. It is answered once, in time or never.
"""

from datetime import timedelta

from chalicelib.domain.subscriber import Evidence, Failure, Moment, Reply, Source, State, Subscriber
from chalicelib.domain.subscriber_events import (
    BlockedByCarrier,
    Drifted,
    Effect,
    LiftStop,
    Reassigned,
    StopEverywhere,
    Stopped,
    StoppedElsewhere,
    Undeliverable,
)
from chalicelib.domain.subscriber_moves import (
    NO_CONSENT,
    Change,
    changed,
    moved,
    then_replied,
    was_joined_after,
)

CONFIRM_STOP_WITHIN = timedelta(minutes=5)
"""47 CFR 64.1200(a)(12): a confirmation later than this must be proved timely, so none is sent."""
INVALID_AFTER = {30006: 1, 21614: 1, 30003: 3, 30005: 3, 21211: 3}
"""Carrier's error → times within FAILURES_COUNT until the number is taken for dead."""
FAILURES_COUNT = timedelta(days=30)


def stopped(subscriber: Subscriber, event: Stopped, moment: Moment) -> Change:
    """Stop, and say so once, if there is still time: nothing else is ever said to whoever stops."""
    evidence = event.evidence
    if was_joined_after(subscriber, evidence):
        return subscriber, _for_the_others(subscriber, evidence, moment)
    change = _into_stopped(subscriber, evidence, moment)
    is_in_time = moment.now - evidence.at <= CONFIRM_STOP_WITHIN
    if evidence.source is not Source.TEXT or not is_in_time:
        return change
    return then_replied(change, Reply.STOPPED, evidence, moment)


def stopped_still(subscriber: Subscriber, event: Stopped | BlockedByCarrier, moment: Moment) -> Change:
    """Stopped again: not a word, but opt-in words must now be younger than this one."""
    if subscriber.stopped_at is not None and event.evidence.at <= subscriber.stopped_at:
        return subscriber, ()
    after = moved(subscriber, moment, stopped_at=event.evidence.at)
    return after, _everywhere(event.evidence, moment)


def stopped_elsewhere(subscriber: Subscriber, event: StoppedElsewhere, moment: Moment) -> Change:
    """The same number said stop to another programme: that one answers."""
    if was_joined_after(subscriber, event.evidence):
        return subscriber, ()
    return changed(subscriber, State.STOPPED, event.evidence, moment, **_stop(subscriber, event.evidence))


def stopped_elsewhere_too(subscriber: Subscriber, event: StoppedElsewhere, moment: Moment) -> Change:
    """Stopped here before, and there now."""
    if subscriber.stopped_at is not None and event.evidence.at <= subscriber.stopped_at:
        return subscriber, ()
    return moved(subscriber, moment, stopped_at=event.evidence.at), ()


def blocked(subscriber: Subscriber, event: BlockedByCarrier, moment: Moment) -> Change:
    """The provider holds a stop. If we thought them subscribed, one of ours got lost."""
    if was_joined_after(subscriber, event.evidence):
        return subscriber, ()
    after, effects = _into_stopped(subscriber, event.evidence, moment)
    is_drift = subscriber.state is State.SUBSCRIBED
    return after, (*effects, *((Drifted(after.programme),) if is_drift else ()))


def _into_stopped(subscriber: Subscriber, evidence: Evidence, moment: Moment) -> Change:
    after, rows = changed(subscriber, State.STOPPED, evidence, moment, **_stop(subscriber, evidence))
    return after, (*rows, *_everywhere(evidence, moment))


def _stop(subscriber: Subscriber, evidence: Evidence) -> dict[str, object]:
    last = max(subscriber.stopped_at or evidence.at, evidence.at)
    return NO_CONSENT | {"stopped_at": last, "failures": ()}


def _everywhere(evidence: Evidence, moment: Moment) -> tuple[Effect, ...]:
    return (StopEverywhere(evidence.at),) if moment.rules.stops_everything else ()


def _for_the_others(subscriber: Subscriber, evidence: Evidence, moment: Moment) -> tuple[Effect, ...]:
    """Older than the joining of this programme, which goes on; not older than that of every other."""
    everywhere = _everywhere(evidence, moment)
    return (*everywhere, LiftStop(subscriber.programme)) if everywhere else ()


# What carriers and databases say of the number.


def undeliverable(subscriber: Subscriber, event: Undeliverable, moment: Moment) -> Change:
    """Some errors say at once that there is no such phone, some only when they come again; others nothing."""
    most = INVALID_AFTER.get(event.code)
    failure = Failure(event.code, event.evidence.at)
    if most is None or failure in subscriber.failures:
        return subscriber, ()
    recent = [each for each in subscriber.failures if event.evidence.at - each.at < FAILURES_COUNT]
    failures = (*recent, failure)
    if sum(each.code == event.code for each in failures) < most:
        return moved(subscriber, moment, failures=failures), ()
    void = NO_CONSENT | {"failures": ()}
    return changed(subscriber, State.INVALID, event.evidence, moment, **void)


def reassigned(subscriber: Subscriber, event: Reassigned, moment: Moment) -> Change:
    """Another person has the number: nothing of what the last one agreed to holds."""
    fresh = NO_CONSENT | {"language": None, "zip": None, "failures": (), "joined_at": None, "held_at": None}
    fresh |= {"replied": ()}
    return changed(subscriber, State.UNKNOWN, event.evidence, moment, **fresh)
