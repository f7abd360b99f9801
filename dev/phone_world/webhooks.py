"""Sending a webhook as Twilio does.

Promises: signed forms, one idempotency token per webhook, the documented time-outs and retries with the
URL fragment's overrides (#rc=&rp=&ct=&rt=&tt=), every fault of the plan, one wire entry per copy.
Refuses to know: what the answer means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

from dev.phone_world import signing
from dev.phone_world.courier import Outcome, Parcel
from dev.phone_world.faults import Delivery, Plan, Trouble
from dev.phone_world.wire_log import TO_APP, WireEntry

if TYPE_CHECKING:
    from dev.phone_world.world import World

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
TWIML = "twiml"
STATUS = "status"
TEXT_STATUS = "text status"
CLIENT_ERRORS = range(400, 500)
SERVER_ERRORS = range(500, 600)

Then = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Webhook:
    """One thing Twilio tells or asks the app."""

    kind: str
    label: str
    method: str
    url: str
    fields: Mapping[str, str]
    call_sid: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often: seconds for connecting, reading and in total, retries, and of what."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    retried: frozenset[str] = frozenset({"ct"})


class BadOverride(ValueError):
    """A fragment that Twilio answers with error 11243."""


LIMITS = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
RETRIABLE = {"ct", "rt", "4xx", "5xx", "all"}


def patience(url: str) -> Patience:
    """What the URL's fragment asks for; BadOverride if it is malformed. Names of edges are let through."""
    found = Patience()
    for name, value in parse_qsl(urldefrag(url).fragment, keep_blank_values=True):
        found = _overridden(found, name, value)
    return found


def _overridden(before: Patience, name: str, value: str) -> Patience:
    if name == "rp":
        policies = frozenset(value.split(","))
        if not policies <= RETRIABLE:
            message = f"rp={value}"
            raise BadOverride(message)
        return replace(
            before, retried=frozenset({"ct", "rt", "4xx", "5xx"}) if "all" in policies else policies
        )
    if name not in LIMITS:
        return before
    least, most = LIMITS[name]
    if not re.fullmatch(r"[0-9]{1,5}", value) or not least <= int(value) <= most:
        message = f"{name}={value}"
        raise BadOverride(message)
    match name:
        case "rc":
            return replace(before, retries=int(value))
        case "ct":
            return replace(before, connect=int(value) / 1000)
        case "rt":
            return replace(before, read=int(value) / 1000)
        case _:
            return replace(before, total=int(value) / 1000)


@dataclass(slots=True)
class Errand:
    """One webhook on its way, over all attempts."""

    webhook: Webhook
    parcel: Parcel
    patience: Patience
    then: Then | None
    began: float
    attempt: int = 0
    settled: bool = field(default=False)


def send(world: World, webhook: Webhook, then: Then | None = None) -> None:
    """Bring `webhook` to the app. `then` hears one Outcome: the answer, or the trouble after all retries."""
    try:
        waits = patience(webhook.url)
    except BadOverride as error:
        world.complain(11243, f"the address's fragment is wrong: {error}", webhook.call_sid, webhook.url)
        waits = Patience()
    parcel = _parcel(world, webhook, waits)
    _attempt(world, Errand(webhook, parcel, waits, then, world.clock.seconds))


def _parcel(world: World, webhook: Webhook, waits: Patience) -> Parcel:
    url = urldefrag(webhook.url).url
    signed: Mapping[str, str] = webhook.fields
    body = urlencode(webhook.fields).encode()
    headers = {
        "I-Twilio-Idempotency-Token": world.new_token(),
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
    }
    if webhook.method == "GET":
        url = f"{url}{'&' if urlsplit(url).query else '?'}{body.decode()}"
        signed, body = {}, b""
    else:
        headers["Content-Type"] = FORM
    headers[signing.HEADER] = signing.signature(world.token, url, signed)
    return Parcel(webhook.method, url, headers, body, waits.connect, waits.read)


def _attempt(world: World, errand: Errand) -> None:
    hook = errand.webhook
    delivery = Delivery(
        world.next_delivery(),
        hook.kind,
        hook.label,
        hook.call_sid,
        hook.method,
        hook.url,
        hook.fields,
        errand.attempt,
    )
    plan = world.plan(delivery)
    errand.settled = False
    if plan.hang_up_after is not None:
        world.after(plan.hang_up_after, lambda: world.hang_up_call(hook.call_sid))
    if not plan.delays:
        _lose(world, errand)
        return
    if min(plan.delays) > _seconds_lost(world, errand, Trouble.READ_TIMEOUT):
        _give_up(world, errand, Trouble.READ_TIMEOUT)
    for copy, delay in enumerate(plan.delays):
        _deliver(world, errand, plan, delay, "copy" if copy else "late" if delay else "")


def _lose(world: World, errand: Errand) -> None:
    trouble = Trouble.CONNECT_TIMEOUT
    _log(world, errand, world.clock.seconds, Outcome(trouble=trouble, note="lost"))
    if errand.webhook.kind == TWIML:
        _give_up(world, errand, trouble)


def _give_up(world: World, errand: Errand, trouble: Trouble) -> None:
    """Nothing will be heard of this attempt: take it for a trouble once Twilio's patience has run out."""
    attempt = errand.attempt
    seconds = _seconds_lost(world, errand, trouble)
    world.after(seconds, lambda: _settle(world, errand, attempt, Outcome(trouble=trouble)))


def _deliver(world: World, errand: Errand, plan: Plan, delay: float, note: str) -> None:
    attempt = errand.attempt

    def arrive() -> None:
        left = world.clock.seconds
        world.courier.carry(errand.parcel, lambda outcome: back(left, outcome))

    def back(left: float, outcome: Outcome) -> None:
        if plan.answer_lost and outcome.trouble is None:
            _log(world, errand, left, replace(outcome, note="answer lost"))
            outcome = Outcome(trouble=Trouble.READ_TIMEOUT)
        else:
            _log(world, errand, left, replace(outcome, note=outcome.note or note))
        wait = _seconds_lost(world, errand, outcome.trouble) - (world.clock.seconds - left)
        world.after(wait, lambda: _settle(world, errand, attempt, outcome))

    world.after(delay, arrive)


def _seconds_lost(world: World, errand: Errand, trouble: Trouble | None) -> float:
    """How long Twilio waits until it calls it a trouble; never beyond the total."""
    waits = errand.patience
    left = errand.began + waits.total - world.clock.seconds
    if trouble is Trouble.CONNECT_TIMEOUT:
        return min(waits.connect, left)
    return min(waits.read, left) if trouble is Trouble.READ_TIMEOUT else 0.0


def _settle(world: World, errand: Errand, attempt: int, outcome: Outcome) -> None:
    """The first answer to an attempt counts; copies that come after it are only logged."""
    if errand.settled or attempt != errand.attempt:
        return
    errand.settled = True
    spent = world.clock.seconds - errand.began
    if _is_retried(errand, outcome):
        if spent < errand.patience.total:
            errand.attempt += 1
            _attempt(world, errand)
            return
        if outcome.trouble is not None:
            outcome = replace(outcome, trouble=Trouble.TOTAL_TIMEOUT)
    if errand.then is not None:
        errand.then(outcome)


def _is_retried(errand: Errand, outcome: Outcome) -> bool:
    if errand.attempt >= errand.patience.retries:
        return False
    if outcome.trouble in {Trouble.CONNECT_TIMEOUT, Trouble.REFUSED}:
        return "ct" in errand.patience.retried
    if outcome.trouble is Trouble.READ_TIMEOUT:
        return "rt" in errand.patience.retried
    policy = {4: "4xx", 5: "5xx"}.get((outcome.status or 200) // 100, "")
    return policy in errand.patience.retried


def _log(world: World, errand: Errand, left: float, outcome: Outcome) -> None:
    hook = errand.webhook
    note = outcome.note or (f"try {errand.attempt + 1}" if errand.attempt else "")
    world.wire.append(
        WireEntry(
            left,
            TO_APP,
            f"{hook.method} {urlsplit(hook.url).path}",
            hook.label,
            hook.fields,
            "valid",
            outcome.status,
            outcome.took_ms,
            hook.call_sid,
            note,
            hook.url,
        )
    )
