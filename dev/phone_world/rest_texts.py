"""Messages of the REST side: create, fetch, list.

Promises: the checks an app meets first and the resource in full; a service keeps to the number that somebody
knows. Refuses to know: media, schedules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dev.phone_world import listing, opting, texts
from dev.phone_world.refusals import (
    E164,
    NANP,
    Form,
    RestError,
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
DATES = ("DateSent", "DateSent<", "DateSent>")
LIST_PARAMETERS = frozenset({"To", "From", *DATES, "PageSize", "Page", "PageToken"})
LONGEST_BODY = 1600
A_SECOND = 1.0


def create(world: World, form: Form) -> dict[str, Any]:
    """Queue a text; RestError if Twilio would refuse it."""
    complain_of_strangers(world, form, CREATE_PARAMETERS, "Messages")
    _check_rate(world)
    to, service, body = (one(form, name) for name in ("To", "MessagingServiceSid", "Body"))
    _check_to(world, to)
    from_ = _sender(world, to, one(form, "From"), service)
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


def _check_rate(world: World) -> None:
    most, recent, now = world.rules.creates_per_second, world.text_creates, world.clock.seconds
    while recent and recent[0] <= now - A_SECOND:
        recent.popleft()
    if most is not None and len(recent) >= most:
        raise RestError(429, 20429, "Too Many Requests", retry_after=1)
    recent.append(now)


def _check_to(world: World, to: str) -> None:
    if not to:
        raise RestError(400, 21604, "A 'To' phone number is required.")
    if E164.fullmatch(to) and not to.startswith(world.rules.countries):
        raise RestError(400, 21408, "Permission to send an SMS has not been enabled for the region of 'To'.")
    if not E164.fullmatch(to) or (to.startswith("+1") and not NANP.fullmatch(to)):
        raise RestError(400, 21211, texts.REFUSALS[21211].format(to=to))


def _sender(world: World, to: str, from_: str, service: str) -> str:
    """The number a text leaves from."""
    if not from_ and not service:
        raise RestError(400, 21603, "A 'From' phone number is required.")
    if from_ and from_ not in world.numbers:
        message = f"The 'From' phone number {from_} is not a message-capable number of yours."
        raise RestError(400, 21606, message)
    return from_ or _of_service(world, to, service)


def _of_service(world: World, to: str, service: str) -> str:
    """The service's number that `to` has had texts from (Sticky Sender), else the one with the shortest queue."""
    pool = [number for number, ours in world.numbers.items() if ours.service == service]
    if not pool:
        raise RestError(400, 21701, f"The Messaging Service {service} does not exist.")
    usual = world.usual_senders.get((service, to))
    if usual not in pool:
        usual = min(pool, key=lambda number: texts.queue_seconds(world, number))
        world.usual_senders[service, to] = usual
    return usual


def _check_body(body: str) -> None:
    if not body:
        raise RestError(400, 21602, "Message body is required.")
    if len(body) > LONGEST_BODY:
        raise RestError(400, 21617, f"The message body exceeds the {LONGEST_BODY} character limit.")


def _send(world: World, text: Text) -> None:
    code = texts.refused(world, text)
    if code == opting.BLOCKED and text.service_sid and not world.rules.service_refuses_at_once:
        texts.fail_blocked(world, text)
        return
    if code:
        raise RestError(400, code, texts.REFUSALS[code].format(to=text.to))
    is_full = texts.queue_seconds(world, text.from_) > world.rules.longest_text_queue
    if is_full and not text.service_sid:
        raise RestError(429, 21611, f"The 'From' number {text.from_} has too many queued messages.")
    texts.send(world, text)


def fetched(world: World, sid: str) -> dict[str, Any]:
    """One text; RestError 20404 if there is none."""
    text = world.text_by_sid.get(sid)
    if text is None:
        raise RestError(404, 20404, f"The requested resource /Messages/{sid}.json was not found")
    return text_resource(world, text)


def listed(world: World, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Texts that match, the newest first, one page of them.

    A text that was not sent yet has no date, so no filter by date finds it. [verify]
    """
    paging(query)
    for name in query:
        if name not in LIST_PARAMETERS:
            world.complain(20001, f"Messages: the phone world does not list by {name}")
    known = world.clock.seconds - world.rules.list_lag
    wanted = _filters(world, query)
    found = [
        text
        for text in reversed(world.texts)
        if text.created <= known and all(matches(text) for matches in wanted)
    ]
    return page("messages", path, query, found, lambda text: text_resource(world, text))


def _filters(world: World, query: Mapping[str, str]) -> list[Callable[[Text], bool]]:
    found: list[Callable[[Text], bool]] = []
    if (to := query.get("To")) is not None:
        found.append(lambda text: text.to == to)
    if (from_ := query.get("From")) is not None:
        found.append(lambda text: text.from_ == from_)
    found.extend(_by_date(world, name, query[name]) for name in DATES if name in query)
    return found


def _by_date(world: World, name: str, value: str) -> Callable[[Text], bool]:
    is_within = listing.during(world, name.removeprefix("DateSent"), value)
    return lambda text: is_within(text.sent)
