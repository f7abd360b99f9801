"""What becomes of an accepted message: suppressed, rejected, or carried to each recipient by script.

Promises: events hold the recipients that share an outcome; a hard bounce and a complaint put the address on
the suppression list, as at SES. Refuses to know: requests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from dev.mail_world import events
from dev.mail_world.account import ConfigurationSet, Suppressed
from dev.mail_world.addresses import domain, key
from dev.mail_world.answering import answer_automatically
from dev.mail_world.mailboxes import (
    AutoReply,
    Bounce,
    Complaint,
    Delay,
    Delivered,
    Move,
    Reject,
    Script,
    Silence,
    is_simulated,
)
from dev.mail_world.messages import Accepted, Fate
from dev.mail_world.publishing import publish

if TYPE_CHECKING:
    from dev.mail_world.world import MailWorld

SOON = 1.0
"""Seconds until SES says that an address is suppressed."""
NOT_AGAINST_US = {"not-spam", "auth-failure"}


def dispatch(world: MailWorld, mail: Accepted) -> None:
    """Start a message on its way: each recipient's fate is decided now and happens later."""
    publish(world, mail, events.SEND, {})
    held: defaultdict[str, list[str]] = defaultdict(list)
    groups: defaultdict[tuple[str, Script], list[str]] = defaultdict(list)
    for recipient in mail.recipients:
        reason = suppression(world, mail, recipient)
        if reason:
            held[reason].append(recipient)
        else:
            groups[domain(recipient), world.take_script(recipient)].append(recipient)
    virus = [script[0] for _, script in groups if script and isinstance(script[0], Reject)]
    if virus:
        _later(world, mail, virus[0].after, virus[0], mail.recipients)
        return
    for reason, recipients in held.items():
        world.after(SOON, partial(_withheld, world, mail, reason, recipients))
    for (_, script), recipients in groups.items():
        _follow(world, mail, script, recipients)


def suppression(world: MailWorld, mail: Accepted, recipient: str) -> str:
    """Why SES will not send to `recipient`: BOUNCE, COMPLAINT, GLOBAL, or empty."""
    chosen = world.sets.get(mail.configuration_set) or ConfigurationSet("")
    reasons = chosen.suppressed_reasons
    if reasons is None:
        reasons = world.rules.suppressed_reasons
    own = world.suppressed.get(key(recipient))
    if own is not None and own.reason in reasons:
        return own.reason
    # An account that keeps a list of its own is not held to the global one.
    return "GLOBAL" if not reasons and key(recipient) in world.globally_suppressed else ""


def _withheld(world: MailWorld, mail: Accepted, reason: str, recipients: Sequence[str]) -> None:
    """Tell of recipients that SES never tried."""
    feedback = world.new_id()
    _become(world, mail, recipients, Fate.SUPPRESSED, reason.lower())
    if reason == "COMPLAINT":
        detail = events.suppressed_complaint(recipients, world.now(), feedback)
        if world.rules.complaint_names_nobody:
            del detail["complainedRecipients"]
        publish(world, mail, events.COMPLAINT, detail)
        return
    subtype = "Suppressed" if reason == "GLOBAL" else "OnAccountSuppressionList"
    publish(
        world, mail, events.BOUNCE, events.bounce("Permanent", subtype, recipients, world.now(), feedback)
    )


def _follow(world: MailWorld, mail: Accepted, script: Script, recipients: Sequence[str]) -> None:
    seconds = 0.0
    for move in script:
        seconds += move.after
        _later(world, mail, seconds, move, recipients)


def _later(world: MailWorld, mail: Accepted, seconds: float, move: Move, recipients: Sequence[str]) -> None:
    world.after(seconds, partial(_happen, world, mail, move, tuple(recipients)))


def _happen(world: MailWorld, mail: Accepted, move: Move, recipients: Sequence[str]) -> None:
    """One move of a script."""
    match move:
        case Delivered():
            _become(world, mail, recipients, Fate.DELIVERED)
            took = world.now() - mail.accepted_at
            publish(world, mail, events.DELIVERY, events.delivery(recipients, world.now(), took))
        case Bounce():
            _bounce(world, mail, move, recipients)
        case Delay(type=kind):
            _become(world, mail, recipients, Fate.DELAYED, kind)
            publish(world, mail, events.DELAY, events.delay(kind, recipients, world.now(), _end(world, mail)))
        case Complaint(type=kind):
            _complain(world, mail, kind, recipients)
        case AutoReply(as_bounce=as_bounce):
            answer_automatically(world, mail, recipients)
            if as_bounce:
                detail = events.bounce("Transient", "General", recipients, world.now(), world.new_id())
                publish(world, mail, events.BOUNCE, detail)
        case Reject():
            _become(world, mail, recipients, Fate.REJECTED, "Bad content")
            publish(world, mail, events.REJECT, {"reason": "Bad content"})
        case Silence():
            _become(world, mail, recipients, Fate.SILENT)


def _become(world: MailWorld, mail: Accepted, recipients: Sequence[str], fate: Fate, note: str = "") -> None:
    for recipient in recipients:
        mail.copy_for(recipient).becomes(fate, world.clock.seconds, note)


def _end(world: MailWorld, mail: Accepted) -> datetime:
    """When SES gives up."""
    chosen = world.sets.get(mail.configuration_set) or ConfigurationSet("")
    return mail.accepted_at + timedelta(seconds=chosen.max_delivery_seconds)


def _bounce(world: MailWorld, mail: Accepted, move: Bounce, recipients: Sequence[str]) -> None:
    feedback = world.new_id()
    _become(world, mail, recipients, Fate.BOUNCED, f"{move.type}: {move.subtype}")
    if move.type == "Permanent":
        _join(world, mail, "BOUNCE", recipients, feedback)
    detail = events.bounce(move.type, move.subtype, recipients, world.now(), feedback, bare=move.bare)
    publish(world, mail, events.BOUNCE, detail)


def _complain(world: MailWorld, mail: Accepted, kind: str | None, recipients: Sequence[str]) -> None:
    """Providers do not say who complained: all of the message's recipients in that domain are named."""
    feedback = world.new_id()
    _become(world, mail, recipients, Fate.COMPLAINED, kind or "")
    if kind not in NOT_AGAINST_US:
        _join(world, mail, "COMPLAINT", recipients, feedback)
    named = [one for one in mail.recipients if domain(one) == domain(recipients[0])]
    publish(world, mail, events.COMPLAINT, events.complaint(kind, named, world.now(), feedback))


def _join(world: MailWorld, mail: Accepted, reason: str, recipients: Sequence[str], feedback: str) -> None:
    """Put addresses on the lists; the simulator's never join."""
    for recipient in recipients:
        if is_simulated(recipient):
            continue
        if reason == "BOUNCE":
            world.globally_suppressed.add(key(recipient))
        if reason in world.rules.suppressed_reasons:
            entry = Suppressed(key(recipient), reason, world.now(), mail.message_id, feedback)
            world.suppressed[key(recipient)] = entry
