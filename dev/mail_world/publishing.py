"""From SES to SNS to the queue: which topics an event goes to, and how it gets there.

Promises: bodies arrive raw, without SNS's envelope; each event is planned once and its plan logged; nothing is
in order by promise. Refuses to know: what stands in an event.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from dev.mail_world.events import MATCHING, Event, of_configuration_set, of_identity
from dev.mail_world.faults import ARRIVES_ONCE, EventPlan
from dev.mail_world.messages import Accepted

if TYPE_CHECKING:
    from dev.mail_world.world import MailWorld

Sink = Callable[[Sequence[str]], None]
"""Takes the bodies of one batch, ten at most, as SQS would hand them on."""
MOST_IN_A_BATCH = 10


@dataclass(frozen=True, slots=True)
class Published:
    """One event on its way."""

    at: float
    topic: str
    kind: str
    message_id: str
    body: str
    plan: EventPlan


def publish(world: MailWorld, mail: Accepted, kind: str, detail: Event) -> None:
    """Tell every topic that asked for events of this kind."""
    for topic in _of_set(world, mail, kind):
        _send(world, topic, mail, kind, of_configuration_set(kind, mail, detail, world.account, world.region))
    for topic in _of_identity(world, mail, kind):
        _send(world, topic, mail, kind, of_identity(kind, mail, detail, world.account, world.region))


def _of_set(world: MailWorld, mail: Accepted, kind: str) -> list[str]:
    known = world.sets.get(mail.configuration_set)
    destinations = known.destinations if known is not None else []
    return [one.topic for one in destinations if one.enabled and one.topic and MATCHING[kind] in one.kinds]


def _of_identity(world: MailWorld, mail: Accepted, kind: str) -> list[str]:
    found = world.identity_of(mail.source)
    topic = found.topics.get(kind) if found is not None else None
    return [topic] if topic else []


def _send(world: MailWorld, topic: str, mail: Accepted, kind: str, event: Event) -> None:
    plan = world.plan(event)
    body = json.dumps(event, ensure_ascii=False)
    world.published.append(Published(world.clock.seconds, topic, kind, mail.message_id, body, plan))
    carry(world, topic, body, plan)


def carry(world: MailWorld, topic: str, body: str, plan: EventPlan = ARRIVES_ONCE) -> None:
    """Bring a body, event or not, to a topic's queue as the plan says."""
    for seconds in plan.delays:
        world.after(seconds, partial(_arrive, world, topic, body))


def _arrive(world: MailWorld, topic: str, body: str) -> None:
    waiting = world.waiting.setdefault(topic, [])
    waiting.append(body)
    if not world.faults.batch_seconds:
        _hand_on(world, topic)
    elif len(waiting) == 1:
        world.after(world.faults.batch_seconds, partial(_hand_on, world, topic))


def _hand_on(world: MailWorld, topic: str) -> None:
    bodies, world.waiting[topic] = world.waiting.get(topic, []), []
    if world.faults.shuffle:
        world.chance.shuffle(bodies)
    for start in range(0, len(bodies), MOST_IN_A_BATCH):
        for sink in world.sinks.get(topic, []):
            sink(bodies[start : start + MOST_IN_A_BATCH])
