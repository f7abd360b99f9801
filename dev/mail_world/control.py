"""What the inbox and a driving program can do to the world: `/world/…`, JSON in and out.

Promises: every action is one POST with one small document; a wrong one is refused in plain words (400), never
half done. Refuses to know: HTTP and threads; its caller holds the world's lock.

    GET  /world/state                       the snapshot that the inbox shows
    GET  /world/wire                        every request so far
    GET  /world/events                      every event so far, with its body and plan
    GET  /world/letters                     every accepted message: ids, tags, fates
    GET  /world/letters/{message id}        one message: headers, text, HTML, fates
    GET  /world/ledger/{tag}                {value: how often accepted}
    GET  /world/complaints                  what the app asked that the mail world does not play
    POST /world/reset                       forget messages and mailboxes, begin anew
    POST /world/mailboxes                   {address, name?, script?, first?}; a script is a list of moves
                                            [{move, …}] or an outcome's name (full, bounces, complaint, …)
    POST /world/next                        {address, outcome}: what becomes of the next message there
    POST /world/next-send                   {trouble: hangs|reset|broken|killed|unreachable, accepted?,
                                            status?, seconds?}
    POST /world/next-event                  {plan: once|twice|late|lost, seconds?} or {delays: [seconds, …]}
    POST /world/faults                      {duplicate?, delay?, delay_seconds?, lose?, shuffle?, batch_seconds?}
    POST /world/sender                      {trouble: paused|suspended|mail from|limit, or empty: none}
    POST /world/rules                       {max_send_rate?, max_24_hour_send?, throttle?, production?, …}
    POST /world/suppress                    {address, reason?}
    POST /world/garbage                     {topic, kind}: a body that is no event
    POST /world/clock                       {pause: true|false} or {skip: seconds} or {speed: times}
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dev.mail_world import told
from dev.mail_world.addresses import bare
from dev.mail_world.faults import SenderTrouble
from dev.mail_world.refusals import SesError
from dev.mail_world.rules import Rules, Throttle
from dev.mail_world.snapshot import letter, message_line, state

if TYPE_CHECKING:
    from dev.mail_world.server import MailWorldServer

Document = Mapping[str, Any]
Reply = tuple[int, Any]
MOST_SKIPPED = 7 * 86_400.0


def control(server: MailWorldServer, method: str, path: str, document: Any) -> Reply:
    """Do one thing, or show one thing: (status, JSON document)."""
    if method == "GET":
        return _show(server, path)
    action = ACTIONS.get(path)
    if action is None:
        return _missing(path)
    if not isinstance(document, Mapping) and path != "/world/mailboxes":
        return 400, {"error": "send a JSON object"}
    try:
        action(server, document)
    except (LookupError, ValueError, TypeError, AttributeError, SesError) as refusal:
        return 400, {"error": str(refusal)}
    return 200, {"done": True}


def _missing(path: str) -> Reply:
    return 404, {"error": f"there is no {path}"}


def _show(server: MailWorldServer, path: str) -> Reply:
    world = server.world
    if path == "/world/state":
        return 200, state(world, paused=server.pace.paused, speed=server.pace.speed)
    if path == "/world/wire":
        return 200, [dataclasses.asdict(entry) for entry in world.wire]
    if path == "/world/events":
        return 200, [dataclasses.asdict(event) for event in world.published]
    if path == "/world/letters":
        return 200, [message_line(world, mail) for mail in world.accepted]
    if path == "/world/complaints":
        return 200, world.complaints
    if path.startswith("/world/ledger/"):
        ledger = world.ledger(path.removeprefix("/world/ledger/"))
        return 200, {value: len(mails) for value, mails in ledger.items()}
    mail = world.find(path.removeprefix("/world/letters/"))
    return _missing(path) if mail is None else (200, letter(world, mail))


def _reset(server: MailWorldServer, _document: Document) -> None:
    server.reset()


def _mailboxes(server: MailWorldServer, document: Any) -> None:
    boxes = [told.mailbox(one) for one in (document if isinstance(document, list) else [document])]
    for box in boxes:
        bare(box.address)
    server.world.add(*boxes)


def _next(server: MailWorldServer, document: Document) -> None:
    address = bare(str(document["address"]))
    server.world.next_to(address, *told.script(document.get("outcome")))


def _next_send(server: MailWorldServer, document: Document) -> None:
    server.world.next_sends.append(told.send_fault(document))


def _next_event(server: MailWorldServer, document: Document) -> None:
    server.world.next_plans.append(told.plan(document))


def _faults(server: MailWorldServer, document: Document) -> None:
    server.world.faults = told.faults(document)


def _sender(server: MailWorldServer, document: Document) -> None:
    name = document.get("trouble")
    server.world.sender = SenderTrouble(name) if name else None


NUMBERS = frozenset({"max_send_rate", "max_24_hour_send"})
SWITCHES = frozenset({"production", "sending_enabled", "verifies_at_once", "complaint_names_nobody"})


def _rules(server: MailWorldServer, document: Document) -> None:
    changed: dict[str, Any] = {}
    for name, value in document.items():
        if name in NUMBERS:
            changed[name] = float(value)
        elif name in SWITCHES and isinstance(value, bool):
            changed[name] = value
        elif name == "throttle":
            changed[name] = Throttle(value)
        else:
            raise ValueError(f"a rule is one of {', '.join(sorted(NUMBERS | SWITCHES | {'throttle'}))}")
    rules: Rules = server.world.rules
    server.world.rules = dataclasses.replace(rules, **changed)


def _suppress(server: MailWorldServer, document: Document) -> None:
    reason = document.get("reason", "BOUNCE")
    if reason not in {"BOUNCE", "COMPLAINT"}:
        raise ValueError("a reason is BOUNCE or COMPLAINT")
    server.world.suppress(bare(str(document["address"])), reason)


def _garbage(server: MailWorldServer, document: Document) -> None:
    server.world.garble(str(document["topic"]), str(document.get("kind", "not json")))


def _clock(server: MailWorldServer, document: Document) -> None:
    pace = server.pace
    if "speed" in document:
        pace.catch_up()
        pace.speed = max(0.1, min(100.0, float(document["speed"])))
    if "skip" in document:
        pace.skip(max(0.0, min(MOST_SKIPPED, float(document["skip"]))))
    if "pause" in document:
        (pace.pause if document["pause"] else pace.resume)()


ACTIONS: Mapping[str, Callable[[MailWorldServer, Any], None]] = {
    "/world/reset": _reset,
    "/world/mailboxes": _mailboxes,
    "/world/next": _next,
    "/world/next-send": _next_send,
    "/world/next-event": _next_event,
    "/world/faults": _faults,
    "/world/sender": _sender,
    "/world/rules": _rules,
    "/world/suppress": _suppress,
    "/world/garbage": _garbage,
    "/world/clock": _clock,
}
