"""Calls of the REST side: create, fetch, list, update.

Promises: a call that is refused leaves no trace; one that is accepted is queued. Refuses to know: HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dev.phone_world import exchange, interpreter, listing
from dev.phone_world.calls import DIALLED, OUTBOUND_API, QUEUED, RINGING, Call, Hook
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
from dev.phone_world.resources import call_resource, page
from dev.phone_world.world import MOST_QUEUED_SECONDS, World

CREATE_PARAMETERS = frozenset(
    {
        "To",
        "From",
        "Url",
        "Method",
        "Twiml",
        "FallbackUrl",
        "FallbackMethod",
        "StatusCallback",
        "StatusCallbackEvent",
        "StatusCallbackMethod",
        "SendDigits",
        "Timeout",
        "TimeLimit",
    }
)
UPDATE_PARAMETERS = frozenset(
    {
        "Status",
        "Url",
        "Method",
        "Twiml",
        "FallbackUrl",
        "FallbackMethod",
        "StatusCallback",
        "StatusCallbackMethod",
        "TimeLimit",
    }
)
LIST_PARAMETERS = frozenset(
    {
        "To",
        "From",
        "Status",
        "ParentCallSid",
        "StartTime",
        "StartTime<",
        "StartTime>",
        "EndTime",
        "EndTime<",
        "EndTime>",
        "PageSize",
        "Page",
        "PageToken",
    }
)
EVENTS = ("initiated", "ringing", "answered", "completed")
LONGEST_TWIML = 4000
TONES = re.compile(r"[0-9A-Da-d#*wW]{1,32}")
STATUSES = frozenset(
    {"queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"}
)


def create(world: World, form: Form) -> dict[str, Any]:
    """Queue a call; RestError if Twilio would refuse it."""
    complain_of_strangers(world, form, CREATE_PARAMETERS, "Calls")
    _check_numbers(world, form)
    call = _call(world, form)
    if world.is_full():
        raise RestError(429, 10004, "Call concurrency limit exceeded")
    if world.next_slot() - world.clock.seconds > MOST_QUEUED_SECONDS:
        raise RestError(429, 22005, "More than 24 hours of calls are queued")
    world.queue(call)
    return call_resource(world, call)


def _check_numbers(world: World, form: Form) -> None:
    for name in ("To", "From"):
        if not one(form, name):
            raise RestError(400, 21200, f"No '{name}' number is specified")
    if not one(form, "Url") and not one(form, "Twiml"):
        raise RestError(400, 21200, "Url or Twiml is required")
    check_to(world, one(form, "To"))
    from_ = one(form, "From")
    if from_ not in world.numbers and from_ not in world.rules.verified:
        raise RestError(
            400, 21210, f"The source phone number provided, {from_}, is not yet verified for your account."
        )


def _call(world: World, form: Form) -> Call:
    twiml = one(form, "Twiml")
    if len(twiml) > LONGEST_TWIML:
        raise RestError(400, 20001, f"Twiml is longer than {LONGEST_TWIML} characters")
    digits = one(form, "SendDigits")
    if digits and not TONES.fullmatch(digits):
        raise RestError(400, 21206, f"SendDigits is not valid: {digits[:40]}")
    return Call(
        world.new_sid("CA"),
        to=one(form, "To"),
        from_=one(form, "From"),
        direction=OUTBOUND_API,
        created=world.clock.seconds,
        ring_timeout=whole(form, "Timeout", 60, (1, 600), 21208),
        time_limit=whole(form, "TimeLimit", 14_400, (1, 86_400), 20001),
        send_digits=digits,
        answer_hook=hook(form, "Url", 21205),
        twiml=twiml.encode(),
        fallback=hook(form, "FallbackUrl", 21205),
        status_hook=hook(form, "StatusCallback", 21205),
        status_events=_events(world, form),
    )


def _events(world: World, form: Form) -> tuple[str, ...]:
    found = tuple(form.get("StatusCallbackEvent", ["completed"]))
    for event in found:
        if event not in EVENTS:
            world.complain(21626, f"Calls: {event} is not a StatusCallbackEvent (repeat the field for each)")
    return found


def fetched(world: World, sid: str) -> dict[str, Any]:
    """One call; RestError 20404 if there is none."""
    return call_resource(world, _find(world, sid))


def _find(world: World, sid: str) -> Call:
    call = world.by_sid.get(sid)
    if call is None:
        raise RestError(404, 20404, f"The requested resource /Calls/{sid}.json was not found")
    return call


def updated(world: World, sid: str, form: Form) -> dict[str, Any]:
    """End a call, or take it elsewhere: Status, or Url or Twiml; TimeLimit."""
    call = _find(world, sid)
    complain_of_strangers(world, form, UPDATE_PARAMETERS, "Calls")
    status = one(form, "Status")
    if status not in {"", "canceled", "completed"}:
        raise RestError(400, 20001, f"Status may become canceled or completed, not {status}")
    if call.is_over:
        raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
    if status:
        _end(world, call, status)
        return call_resource(world, call)
    if one(form, "TimeLimit"):
        _limit(world, call, whole(form, "TimeLimit", 0, (1, 86_400), 20001))
    _change_hooks(call, form)
    if one(form, "Url") or one(form, "Twiml"):
        if call.parent_sid:
            world.complain(20001, "Calls: the phone world does not take a dialled leg elsewhere", sid)
            raise RestError(400, 20001, "A dialled leg cannot be redirected here")
        _take_elsewhere(world, call, form)
    return call_resource(world, call)


def _end(world: World, call: Call, status: str) -> None:
    if status == "completed" or call.status in {QUEUED, DIALLED, RINGING}:
        exchange.cancel(world, call)


def _limit(world: World, call: Call, seconds: int) -> None:
    call.time_limit = float(seconds)
    if call.answered is not None and call.limit_timer is not None:
        call.limit_timer.cancel()
        left = call.answered + seconds - world.clock.seconds
        call.limit_timer = world.after(left, lambda: exchange.finish(world, call, "completed"))


def _change_hooks(call: Call, form: Form) -> None:
    if one(form, "FallbackUrl"):
        call.fallback = hook(form, "FallbackUrl", 21205)
    if one(form, "StatusCallback"):
        call.status_hook = hook(form, "StatusCallback", 21205)


def _take_elsewhere(world: World, call: Call, form: Form) -> None:
    call.answer_hook = hook(form, "Url", 21205)
    call.twiml = one(form, "Twiml").encode()
    call.here = Hook()
    if call.is_live:
        exchange.interrupt(call)
        turn = call.turn
        world.after(0.0, lambda: interpreter.begin(world, call) if call.turn == turn else None)


def listed(world: World, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Calls that match, the newest first, one page of them."""
    paging(query)
    for name in query:
        if name not in LIST_PARAMETERS:
            world.complain(20001, f"Calls: the phone world does not list by {name}")
    if query.get("Status", "queued") not in STATUSES:
        raise RestError(400, 20001, f"{query['Status']} is not a status")
    known = world.clock.seconds - world.rules.list_lag
    wanted = _filters(world, query)
    found = [
        call
        for call in reversed(world.calls)
        if call.created <= known and all(matches(call) for matches in wanted)
    ]
    return page("calls", path, query, found, lambda call: call_resource(world, call))


Filter = Callable[[Call], bool]


def _filters(world: World, query: Mapping[str, str]) -> list[Filter]:
    found: list[Filter] = []
    if (to := query.get("To")) is not None:
        found.append(lambda call: call.to == to)
    if (from_ := query.get("From")) is not None:
        found.append(lambda call: call.from_ == from_)
    if (parent := query.get("ParentCallSid")) is not None:
        found.append(lambda call: call.parent_sid == parent)
    if (status := query.get("Status")) is not None:
        found.append(lambda call: (QUEUED if call.status == DIALLED else call.status) == status)
    found.extend(
        _by_time(world, attribute, sign, query[name + sign])
        for name, attribute in (("StartTime", "started"), ("EndTime", "ended"))
        for sign in ("", "<", ">")
        if name + sign in query
    )
    return found


def _by_time(world: World, attribute: str, sign: str, text: str) -> Filter:
    is_within = listing.during(world, sign, text)
    return lambda call: is_within(getattr(call, attribute))
