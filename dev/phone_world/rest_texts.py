"""Messages of the REST side: create, fetch, list.

Promises: the checks an app meets first and the resource in full. Refuses to know: media, schedules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dev.phone_world import opting, texts
from dev.phone_world.refusals import (
    Form,
    RestError,
    check_to,
    complain_of_strangers,
    hook,
    one,
    paging,
    whole,
)
from dev.phone_world.resources import page, text_resource
from dev.phone_world.texts import Text
from dev.phone_world.world import World

CREATE_PARAMETERS = frozenset(
    {"To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod", "RiskCheck"}
)
"""RiskCheck makes no difference here: nobody pumps texts into the phone world."""
LIST_PARAMETERS = frozenset({"To", "From", "PageSize", "Page", "PageToken"})
LONGEST_BODY = 1600


def create(world: World, form: Form) -> dict[str, Any]:
    """Queue a text; RestError if Twilio would refuse it."""
    complain_of_strangers(world, form, CREATE_PARAMETERS, "Messages")
    to, service, body = (one(form, name) for name in ("To", "MessagingServiceSid", "Body"))
    if not to:
        raise RestError(400, 21604, "A 'To' phone number is required.")
    check_to(world, to)
    from_ = _sender(world, one(form, "From"), service)
    _check_body(body)
    text = Text(
        world.new_sid("SM"),
        to=to,
        from_=from_,
        body=body,
        direction="outbound-api",
        created=world.clock.seconds,
        status="accepted" if service else "queued",
        service_sid=service,
        status_hook=hook(form, "StatusCallback", 21609),
        valid_for=whole(form, "ValidityPeriod", texts.LONGEST_VALID, (1, texts.LONGEST_VALID), 21624),
    )
    _send(world, text)
    return text_resource(world, text)


def _sender(world: World, from_: str, service: str) -> str:
    """The number a text leaves from; a service picks its first one."""
    if not from_ and not service:
        raise RestError(400, 21603, "A 'From' phone number is required.")
    if from_ and from_ not in world.numbers:
        message = f"The 'From' phone number {from_} is not a message-capable number of yours."
        raise RestError(400, 21606, message)
    pool = [number for number, ours in world.numbers.items() if ours.service == service]
    if service and not pool:
        raise RestError(400, 21701, f"The Messaging Service {service} does not exist.")
    return from_ or pool[0]


def _check_body(body: str) -> None:
    if not body:
        raise RestError(400, 21602, "Message body is required.")
    if len(body) > LONGEST_BODY:
        raise RestError(400, 21617, f"The message body exceeds the {LONGEST_BODY} character limit.")


def _send(world: World, text: Text) -> None:
    if opting.is_blocked(world, text.to, text.from_):
        if text.service_sid and not world.rules.service_refuses_at_once:
            texts.fail_blocked(world, text)
            return
        raise RestError(400, opting.BLOCKED, opting.BLOCKED_MESSAGE)
    is_full = texts.queue_seconds(world, text.from_) > world.rules.longest_text_queue
    if is_full and not text.service_sid:
        raise RestError(429, 21611, f"The 'From' number {text.from_} has too many queued messages.")
    texts.send(world, text)


def fetched(world: World, sid: str) -> dict[str, Any]:
    """One text; RestError 20404 if there is none."""
    for text in world.texts:
        if text.sid == sid:
            return text_resource(world, text)
    raise RestError(404, 20404, f"The requested resource /Messages/{sid}.json was not found")


def listed(world: World, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Texts that match, the newest first, one page of them."""
    paging(query)
    for name in query:
        if name not in LIST_PARAMETERS:
            world.complain(20001, f"Messages: the phone world does not list by {name}")
    found = [
        text
        for text in reversed(world.texts)
        if query.get("To", text.to) == text.to and query.get("From", text.from_) == text.from_
    ]
    return page("messages", path, query, found, lambda text: text_resource(world, text))
