"""The account's own numbers on the REST side: list, fetch, and where calls and texts that come in go.

Promises: the change holds from the next call on. Refuses to know: buying and releasing numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dev.phone_world.refusals import Form, RestError, complain_of_strangers, hook, paging
from dev.phone_world.resources import number_resource, number_sid, page
from dev.phone_world.rules import OurNumber
from dev.phone_world.world import World

LIST_PARAMETERS = frozenset({"PhoneNumber", "PageSize", "Page", "PageToken"})
HOOKS = {
    "VoiceUrl": "voice",
    "VoiceFallbackUrl": "fallback",
    "StatusCallback": "status",
    "SmsUrl": "text",
    "SmsFallbackUrl": "text_fallback",
}
"""Twilio's names for the addresses of a number, and ours."""
UPDATE_PARAMETERS = frozenset(HOOKS) | {
    "VoiceMethod",
    "VoiceFallbackMethod",
    "StatusCallbackMethod",
    "SmsMethod",
    "SmsFallbackMethod",
}
BAD_ADDRESS = 21402


def fetched(world: World, sid: str) -> dict[str, Any]:
    """One number; RestError 20404 if it is not the account's."""
    return number_resource(world, _find(world, sid))


def updated(world: World, sid: str, form: Form) -> dict[str, Any]:
    """Change where its calls and texts go; RestError 21402 for an address that is none."""
    number = _find(world, sid)
    complain_of_strangers(world, form, UPDATE_PARAMETERS, "IncomingPhoneNumbers")
    told: dict[str, Any] = {
        ours: hook(form, name, BAD_ADDRESS) for name, ours in HOOKS.items() if name in form
    }
    before: OurNumber = world.numbers[number]
    world.numbers[number] = replace(before, **told)
    return number_resource(world, number)


def listed(world: World, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """The account's numbers, one page of them."""
    paging(query)
    for name in query:
        if name not in LIST_PARAMETERS:
            world.complain(20001, f"IncomingPhoneNumbers: the phone world does not list by {name}")
    found = [number for number in world.numbers if query.get("PhoneNumber", number) == number]
    return page("incoming_phone_numbers", path, query, found, lambda number: number_resource(world, number))


def _find(world: World, sid: str) -> str:
    for number in world.numbers:
        if number_sid(number) == sid:
            return number
    raise RestError(404, 20404, f"The requested resource /IncomingPhoneNumbers/{sid}.json was not found")
