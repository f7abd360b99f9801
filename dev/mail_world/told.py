"""Moves, mailboxes and faults as JSON tells them, for the control API.

Promises: a word that means nothing is refused in plain words (ValueError). Refuses to know: the world.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dev.mail_world import mailboxes
from dev.mail_world.faults import EventPlan, Faults, SendFault, SendTrouble
from dev.mail_world.mailboxes import (
    Bounce,
    Complaint,
    Delay,
    Delivered,
    Mailbox,
    Move,
    Reject,
    Script,
    Silence,
)

Document = Mapping[str, Any]

MOVES: Mapping[str, type[Move]] = {
    kind.__name__: kind
    for kind in (Delivered, Bounce, Delay, Complaint, mailboxes.AutoReply, Reject, Silence)
}
OUTCOMES: Mapping[str, Script] = {
    "delivered": (Delivered(),),
    "bounces": (Bounce(),),
    "bounces_late": (Delivered(), Bounce(after=17.0)),
    "full": (Bounce("Transient", "MailboxFull"),),
    "refused": (Bounce("Transient", "ContentRejected"),),
    "too_large": (Bounce("Transient", "MessageTooLarge"),),
    "unclear": (Bounce("Undetermined", "Undetermined"),),
    "delayed": (Delay(after=5.0), Delivered(after=30.0)),
    "complaint": (Delivered(), Complaint(after=10.0)),
    "away": (Delivered(), mailboxes.AutoReply()),
    "virus": (Reject(),),
    "silence": (Silence(),),
}
"""What the inbox offers, by name."""


def move(told: Document) -> Move:
    """{"move": "Bounce", "type": "Transient", "subtype": "MailboxFull", "after": 3}."""
    values = dict(told)
    kind = MOVES.get(str(values.pop("move", "")))
    if kind is None:
        raise ValueError(f"a move is one of {', '.join(MOVES)}")
    if "after" in values:
        values["after"] = float(values["after"])
    return kind(**values)


def script(told: Any) -> Script:
    """A list of moves, or the name of an outcome."""
    if isinstance(told, list):
        return mailboxes.checked([move(one) for one in told])
    if told not in OUTCOMES:
        raise ValueError(f"an outcome is a list of moves or one of {', '.join(OUTCOMES)}")
    return OUTCOMES[told]


def mailbox(told: Document) -> Mailbox:
    """{address, name?, script?, first?: [script, …]}."""
    return Mailbox(
        str(told["address"]),
        script(told.get("script", "delivered")),
        tuple(script(one) for one in told.get("first", ())),
        str(told.get("name", "")),
    )


def send_fault(told: Document) -> SendFault:
    """{trouble, accepted?, status?, seconds?}."""
    trouble = SendTrouble(str(told.get("trouble", "")))
    accepted = bool(told.get("accepted", trouble is not SendTrouble.UNREACHABLE))
    return SendFault(trouble, accepted, int(told.get("status", 500)), told.get("seconds"))


PLANS: Mapping[str, EventPlan] = {
    "once": EventPlan(),
    "twice": EventPlan.twice(),
    "late": EventPlan.late(),
    "lost": EventPlan.lost(),
}


def plan(told: Document) -> EventPlan:
    """{plan: once|twice|late|lost, seconds?} or {delays: [seconds, …]}."""
    if "delays" in told:
        return EventPlan(tuple(float(one) for one in told["delays"]))
    name = str(told.get("plan", ""))
    if name not in PLANS:
        raise ValueError(f"a plan is one of {', '.join(PLANS)}")
    if name == "late" and "seconds" in told:
        return EventPlan.late(float(told["seconds"]))
    return PLANS[name]


PROBABLE = ("duplicate", "delay", "delay_seconds", "lose", "shuffle", "batch_seconds")


def faults(told: Document) -> Faults:
    """Probabilities by their names."""
    strangers = told.keys() - set(PROBABLE)
    if strangers:
        raise ValueError(f"a fault is one of {', '.join(PROBABLE)}")
    return Faults(**told)
