"""What stands behind an account's numbers: its standing, balance, Messaging Service, registrations, countries.

Promises: Twilio's own fields, null where this world has nothing to say; what `Rules` says of the account. Only reads.
Refuses to know: how a brand, a campaign or a toll-free number gets registered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from phonenumbers import country_code_for_region

from dev.phone_world.forms import API_VERSION, rfc_2822
from dev.phone_world.refusals import RestError
from dev.phone_world.resources import Json, number_sid
from dev.phone_world.world import World

Query = Mapping[str, str]
TOLL_FREE = re.compile(r"\+18(00|33|44|55|66|77|88)")
MESSAGING, VOICE = "https://messaging.twilio.com", "https://voice.twilio.com"
BRAND, CAMPAIGN = "BN" + "1" * 32, "QE" + "1" * 32
NOTHING_SAID_OF_A_CAMPAIGN = (
    "campaign_id", "help_keywords", "help_message", "is_externally_registered", "message_flow", "message_samples",
    "opt_in_keywords", "opt_in_message", "opt_out_keywords", "opt_out_message", "rate_limits",
)  # fmt: skip
NOTHING_SAID_OF_A_BRAND = (
    "a2p_profile_bundle_sid", "brand_feedback", "brand_score", "customer_profile_bundle_sid", "errors",
    "failure_reason", "government_entity", "links", "russell_3000", "tax_exempt_status", "tcr_id",
)  # fmt: skip


def account(world: World) -> Json:
    """The account; never its token."""
    path = f"/{API_VERSION}/Accounts/{world.account_sid}"
    return {
        "auth_token": None,
        "date_created": rfc_2822(world.clock.start),
        "date_updated": rfc_2822(world.clock.start),
        "friendly_name": "The phone world",
        "owner_account_sid": world.account_sid,
        "sid": world.account_sid,
        "status": world.rules.account,
        "subresource_uris": {"calls": f"{path}/Calls.json", "messages": f"{path}/Messages.json"},
        "type": "Full",
        "uri": f"{path}.json",
    }


def balance(world: World) -> Json:
    """What is left of what was paid."""
    return {"account_sid": world.account_sid, "balance": world.rules.balance, "currency": "USD"}


def service(world: World, sid: str) -> Json:
    """A Messaging Service: it leaves texts that come in to its numbers' own addresses."""
    _members(world, sid)
    url = f"{MESSAGING}/v1/Services/{sid}"
    return {
        **_dated(world),
        "sid": sid,
        "friendly_name": "The service",
        "inbound_request_url": None,
        "inbound_method": "POST",
        "fallback_url": None,
        "fallback_method": "POST",
        "status_callback": None,
        "sticky_sender": True,
        "mms_converter": True,
        "smart_encoding": False,
        "scan_message_content": "inherit",
        "fallback_to_long_code": False,
        "area_code_geomatch": False,
        "synchronous_validation": False,
        "validity_period": 36_000,
        "url": url,
        "links": {"phone_numbers": f"{url}/PhoneNumbers", "us_app_to_person": f"{url}/Compliance/Usa2p"},
        "usecase": "undeclared",
        "us_app_to_person_registered": world.rules.registered,
        "use_inbound_webhook_on_number": True,
    }


def service_numbers(world: World, sid: str, query: Query) -> Json:
    """The numbers of a Messaging Service."""
    url = f"{MESSAGING}/v1/Services/{sid}/PhoneNumbers"

    def shown(number: str) -> Json:
        return {
            **_dated(world),
            "sid": number_sid(number),
            "service_sid": sid,
            "phone_number": number,
            "country_code": "US",
            "capabilities": ["Voice", "SMS"],
            "url": f"{url}/{number_sid(number)}",
        }

    return _page("phone_numbers", url, query, list(map(shown, _members(world, sid))))


def campaigns(world: World, sid: str, query: Query) -> Json:
    """How the service's long codes are registered with the carriers; a service without long codes has nothing."""
    url = f"{MESSAGING}/v1/Services/{sid}/Compliance/Usa2p"
    shown = {
        **dict.fromkeys(NOTHING_SAID_OF_A_CAMPAIGN),
        **_dated(world),
        "sid": CAMPAIGN,
        "brand_registration_sid": BRAND,
        "messaging_service_sid": sid,
        "description": "Alerts of a civic campaign to people who asked for them.",
        "us_app_to_person_usecase": "CHARITY",
        "has_embedded_links": True,
        "has_embedded_phone": True,
        "subscriber_opt_in": True,
        "age_gated": False,
        "direct_lending": False,
        "campaign_status": "VERIFIED" if world.rules.registered else "IN_PROGRESS",
        "url": f"{url}/{CAMPAIGN}",
        "mock": False,
        "errors": [],
    }
    has_long_code = any(not TOLL_FREE.match(number) for number in _members(world, sid))
    return _page("compliance", url, query, [shown] if has_long_code else [])


def brands(world: World, query: Query) -> Json:
    """The brands of the account: one."""
    url = f"{MESSAGING}/v1/a2p/BrandRegistrations"
    shown = {
        **dict.fromkeys(NOTHING_SAID_OF_A_BRAND),
        **_dated(world),
        "sid": BRAND,
        "brand_type": "STANDARD",
        "identity_status": "VERIFIED" if world.rules.registered else "SELF_DECLARED",
        "status": "APPROVED" if world.rules.registered else "PENDING",
        "url": f"{url}/{BRAND}",
        "skip_automatic_sec_vet": False,
        "mock": False,
    }
    return _page("data", url, query, [shown])


def verifications(world: World, query: Query) -> Json:
    """How toll-free numbers stand; of a business this world says nothing."""
    url = f"{MESSAGING}/v1/Tollfree/Verifications"
    asked = query.get("TollfreePhoneNumberSid")
    numbers = [one for one in world.numbers if TOLL_FREE.match(one) and asked in {None, number_sid(one)}]

    def shown(number: str) -> Json:
        sid = "HH" + number_sid(number)[2:]
        return {
            **_dated(world),
            "sid": sid,
            "tollfree_phone_number_sid": number_sid(number),
            "tollfree_phone_number": number,
            "status": "TWILIO_APPROVED" if world.rules.registered else "PENDING_REVIEW",
            "rejection_reason": None,
            "error_code": None,
            "url": f"{url}/{sid}",
        }

    return _page("verifications", url, query, list(map(shown, numbers)))


def country(world: World, iso: str) -> Json:
    """Whether calls may go to a country."""
    code = f"+{country_code_for_region(iso)}"
    if code == "+0":
        raise RestError(
            404, 20404, f"The requested resource /DialingPermissions/Countries/{iso} was not found"
        )
    url = f"{VOICE}/v1/DialingPermissions/Countries/{iso}"
    return {
        "iso_code": iso,
        "name": iso,
        "continent": "NORTH_AMERICA",
        "country_codes": [code],
        "low_risk_numbers_enabled": code in world.rules.countries,
        "high_risk_special_numbers_enabled": False,
        "high_risk_tollfraud_numbers_enabled": False,
        "url": url,
        "links": {"highrisk_special_prefixes": f"{url}/HighRiskSpecialPrefixes"},
    }


Answering = Callable[[World, "re.Match[str]", Query], Json]
ROUTES: tuple[tuple[re.Pattern[str], Answering], ...] = tuple(
    (re.compile(path), answer)
    for path, answer in (
        (r"/2010-04-01/Accounts/(?P<account>[^/.]+)\.json", lambda world, _, __: account(world)),
        (r"/2010-04-01/Accounts/(?P<account>[^/]+)/Balance\.json", lambda world, _, __: balance(world)),
        (r"/v1/Services/(MG[^/]+)", lambda world, found, _: service(world, found[1])),
        (
            r"/v1/Services/(MG[^/]+)/PhoneNumbers",
            lambda world, found, query: service_numbers(world, found[1], query),
        ),
        (
            r"/v1/Services/(MG[^/]+)/Compliance/Usa2p",
            lambda world, found, query: campaigns(world, found[1], query),
        ),
        (r"/v1/a2p/BrandRegistrations", lambda world, _, query: brands(world, query)),
        (r"/v1/Tollfree/Verifications", lambda world, _, query: verifications(world, query)),
        (r"/v1/DialingPermissions/Countries/([A-Z]{2})", lambda world, found, _: country(world, found[1])),
    )
)
"""Where each is read. Twilio has api, messaging and voice on hosts of their own; here they are one."""


def _members(world: World, sid: str) -> list[str]:
    """The service's numbers; RestError 20404 if there is no such service."""
    found = [number for number, ours in world.numbers.items() if ours.service == sid]
    if not found:
        raise RestError(404, 20404, f"The requested resource /Services/{sid} was not found")
    return found


def _dated(world: World) -> dict[str, Any]:
    at = _iso(world.clock.start)
    return {"account_sid": world.account_sid, "date_created": at, "date_updated": at}


def _iso(at: datetime) -> str:
    return f"{at - timedelta(microseconds=at.microsecond):%Y-%m-%dT%H:%M:%SZ}"


def _page(name: str, url: str, query: Query, found: list[Json]) -> Json:
    """One page of a list, in the way of the newer products."""
    size, number = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
    start = size * number

    def at(page: int) -> str:
        return f"{url}?PageSize={size}&Page={page}"

    return {
        name: found[start : start + size],
        "meta": {
            "key": name,
            "first_page_url": at(0),
            "next_page_url": at(number + 1) if start + size < len(found) else None,
            "page": number,
            "page_size": size,
            "previous_page_url": at(number - 1) if number else None,
            "url": at(number),
        },
    }
