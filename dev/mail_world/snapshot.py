"""What the inbox shows: the world at one moment, as JSON.

Promises: everything the page needs in one document, without the bodies of letters. Refuses to know: HTML, and how
the page asks.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dev.mail_world.addresses import key
from dev.mail_world.mailboxes import Mailbox
from dev.mail_world.messages import Accepted, Copy
from dev.mail_world.publishing import Published
from dev.mail_world.told import OUTCOMES
from dev.mail_world.wire_log import WireEntry
from dev.mail_world.world import MailWorld

Json = dict[str, Any]
WIRE_SHOWN = 60
LETTERS_SHOWN = 40
NAMES = {script: name for name, script in OUTCOMES.items()}


def state(world: MailWorld, *, paused: bool, speed: float) -> Json:
    """The whole world, as far as the page shows it."""
    by_address = _by_address(world)
    return {
        "clock": {"now": world.now().isoformat(), "paused": paused, "speed": speed},
        "seed": world.seed,
        "sender": world.sender or "",
        "next_sends": len(world.next_sends),
        "next_events": len(world.next_plans),
        "rules": {
            "max_send_rate": world.rules.max_send_rate,
            "max_24_hour_send": world.rules.max_24_hour_send,
            "sent": world.meter.sent_in_24_hours(world.clock.seconds),
        },
        "mailboxes": [
            _mailbox(world, box, by_address.get(key(box.address), [])) for box in world.mailboxes.values()
        ],
        "so_far": _so_far(world),
        "wire": _wire(world),
        "complaints": world.complaints[-20:],
    }


def _by_address(world: MailWorld) -> dict[str, list[tuple[Accepted, Copy]]]:
    found: dict[str, list[tuple[Accepted, Copy]]] = {}
    for mail in [*world.accepted, *world.replies]:
        for copy in mail.copies:
            found.setdefault(key(copy.recipient), []).append((mail, copy))
    return found


def _mailbox(world: MailWorld, box: Mailbox, letters: list[tuple[Accepted, Copy]]) -> Json:
    newest = sorted(letters, key=lambda one: one[0].at, reverse=True)
    listed = world.suppressed.get(key(box.address))
    return {
        "address": box.address,
        "name": box.name,
        "usually": NAMES.get(box.script, "scripted"),
        "next": [NAMES.get(script, "scripted") for script in box.first],
        "suppressed": listed.reason if listed else "",
        "arrived": sum(copy.arrived for _, copy in letters),
        "letters": [_line(world, mail, copy) for mail, copy in newest[:LETTERS_SHOWN]],
    }


def _line(world: MailWorld, mail: Accepted, copy: Copy) -> Json:
    return {
        "id": mail.message_id,
        "at": _time(world, mail.at),
        "from": mail.header("From"),
        "subject": mail.subject,
        "fate": copy.fate,
        "note": copy.note,
        "arrived": copy.arrived,
    }


def message_line(world: MailWorld, mail: Accepted) -> Json:
    """One accepted message without its words."""
    return {
        "id": mail.message_id,
        "at": _time(world, mail.at),
        "source": mail.source,
        "recipients": list(mail.recipients),
        "reply_to": list(mail.reply_to),
        "subject": mail.subject,
        "tags": dict(mail.tags),
        "configuration_set": mail.configuration_set,
        "fates": {copy.recipient: copy.fate for copy in mail.copies},
    }


def letter(world: MailWorld, mail: Accepted) -> Json:
    """One message as its reader sees it, and what has become of each copy."""
    return message_line(world, mail) | {
        "headers": mail.headers,
        "from": mail.header("From"),
        "to": mail.header("To"),
        "text": mail.text,
        "has_html": bool(mail.html),
        "copies": [
            {
                "recipient": copy.recipient,
                "fate": copy.fate,
                "note": copy.note,
                "history": [[_time(world, at), fate, note] for at, fate, note in copy.history],
            }
            for copy in mail.copies
        ],
    }


def _so_far(world: MailWorld) -> Json:
    return {
        "accepted": len(world.accepted),
        "refused": sum(entry.operation == "SendEmail" and bool(entry.error) for entry in world.wire),
        "unanswered": sum(entry.status is None for entry in world.wire),
        "retries": world.hidden_retries,
        "events": len(world.published),
        "twice": sum(len(one.plan.delays) > 1 for one in world.published),
        "lost": sum(not one.plan.delays for one in world.published),
    }


def _wire(world: MailWorld) -> list[Json]:
    """The last requests and events, the newest first."""
    requests = [(entry.at, 0, _request(world, entry)) for entry in world.wire[-WIRE_SHOWN:]]
    events = [(event.at, 1, _event(world, event)) for event in world.published[-WIRE_SHOWN:]]
    lines = sorted([*requests, *events], key=lambda line: line[:2], reverse=True)
    return [line for _, _, line in lines[:WIRE_SHOWN]]


def _request(world: MailWorld, entry: WireEntry) -> Json:
    retry = f"attempt {entry.attempt}" if entry.attempt > 1 else ""
    said = f"{entry.error}: {entry.message}" if entry.error else ""
    return {
        "at": _time(world, entry.at, thousandths=True),
        "way": "app → SES",
        "what": entry.operation or entry.what,
        "with": "; ".join(filter(None, (said, entry.note, retry))),
        "answer": entry.status,
    }


def _event(world: MailWorld, event: Published) -> Json:
    notes = {0: "lost", 1: "", 2: "twice"}
    late = "late" if event.plan.delays and min(event.plan.delays) > 0 else ""
    mail = world.by_id.get(event.message_id)
    tags = ", ".join(f"{name}={value}" for name, value in mail.tags) if mail else ""
    note = notes.get(len(event.plan.delays), f"{len(event.plan.delays)} times")
    return {
        "at": _time(world, event.at, thousandths=True),
        "way": "SES → queue",
        "what": event.kind,
        "with": "; ".join(filter(None, (tags, note, late))),
        "answer": "",
    }


def _time(world: MailWorld, seconds: float, *, thousandths: bool = False) -> str:
    moment = world.clock.start + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds" if thousandths else "seconds")
