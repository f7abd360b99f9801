"""What stands behind the numbers: told in Twilio's own shape, and as the rules have it."""

import json
from base64 import b64encode
from typing import Any

import pytest

from dev.phone_world import OurNumber, Rules, rest
from tests.needs import needs
from tests.phone_world.test_openapi import errors
from tests.phone_world.tiny_app import ACCOUNT, OURS, TOKEN, Stage, stage

SERVICE = "MG" + "1" * 32
TOLL_FREE = "+18335550142"
Json = dict[str, Any]
ROOMS = {
    f"/2010-04-01/Accounts/{ACCOUNT}.json": ("api_v2010", "/2010-04-01/Accounts/{Sid}.json"),
    f"/2010-04-01/Accounts/{ACCOUNT}/Balance.json": (
        "api_v2010",
        "/2010-04-01/Accounts/{AccountSid}/Balance.json",
    ),
    f"/v1/Services/{SERVICE}": ("messaging_v1", "/v1/Services/{Sid}"),
    f"/v1/Services/{SERVICE}/PhoneNumbers": ("messaging_v1", "/v1/Services/{ServiceSid}/PhoneNumbers"),
    f"/v1/Services/{SERVICE}/Compliance/Usa2p": (
        "messaging_v1",
        "/v1/Services/{MessagingServiceSid}/Compliance/Usa2p",
    ),
    "/v1/a2p/BrandRegistrations": ("messaging_v1", "/v1/a2p/BrandRegistrations"),
    "/v1/Tollfree/Verifications": ("messaging_v1", "/v1/Tollfree/Verifications"),
    "/v1/DialingPermissions/Countries/US": ("voice_v1", "/v1/DialingPermissions/Countries/{IsoCode}"),
}


def furnished(rules: Rules | None = None) -> Stage:
    staged = stage({}, rules=rules, ours=OurNumber(service=SERVICE))
    staged.world.numbers[TOLL_FREE] = OurNumber(service=SERVICE)
    return staged


def ask(staged: Stage, path: str, *, method: str = "GET", token: str = TOKEN) -> tuple[int, Json]:
    key = b64encode(f"{ACCOUNT}:{token}".encode()).decode()
    status, _, body = rest(staged.world, method, path, {"Authorization": f"Basic {key}"}, b"")
    return status, json.loads(body)


@pytest.mark.parametrize("path", ROOMS)
@pytest.mark.parametrize("registered", [True, False])
def test_each_has_twilios_shape_and_no_field_of_its_own(path: str, *, registered: bool) -> None:
    file, room = ROOMS[path]
    folder = needs("twilio-openapi").parent
    spec: Json = json.loads((folder / f"twilio_{file}.json").read_text(encoding="utf-8"))
    for known in spec["components"]["schemas"].values():
        if known.get("type") == "object" and "properties" in known:
            known["additionalProperties"] = False
    schema = spec["paths"][room]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    status, shown = ask(furnished(Rules(registered=registered)), path)

    assert (status, errors(spec, schema, shown)) == (200, [])


def test_an_account_stands_as_the_rules_have_it() -> None:
    staged = furnished(Rules(account="suspended", balance="3.10", registered=False, countries=("+52",)))

    assert ask(staged, f"/2010-04-01/Accounts/{ACCOUNT}.json")[1]["status"] == "suspended"
    assert ask(staged, f"/2010-04-01/Accounts/{ACCOUNT}/Balance.json")[1]["balance"] == "3.10"
    (campaign,) = ask(staged, f"/v1/Services/{SERVICE}/Compliance/Usa2p")[1]["compliance"]
    (brand,) = ask(staged, "/v1/a2p/BrandRegistrations")[1]["data"]
    (toll_free,) = ask(staged, "/v1/Tollfree/Verifications")[1]["verifications"]
    assert (campaign["campaign_status"], brand["status"], toll_free["status"]) == (
        "IN_PROGRESS",
        "PENDING",
        "PENDING_REVIEW",
    )
    assert ask(staged, "/v1/DialingPermissions/Countries/US")[1]["low_risk_numbers_enabled"] is False
    assert ask(staged, "/v1/DialingPermissions/Countries/MX")[1]["low_risk_numbers_enabled"] is True


def test_the_numbers_of_a_service_come_page_by_page() -> None:
    path = f"/v1/Services/{SERVICE}/PhoneNumbers?PageSize=1"
    first, second = (ask(furnished(), f"{path}&Page={number}")[1] for number in (0, 1))

    assert [one["phone_number"] for one in (*first["phone_numbers"], *second["phone_numbers"])] == [
        OURS,
        TOLL_FREE,
    ]
    assert first["meta"]["next_page_url"].endswith("PageSize=1&Page=1")
    assert second["meta"]["next_page_url"] is None


@pytest.mark.parametrize(
    ("path", "method", "token", "status"),
    [
        ("/v1/Services/MG" + "9" * 32, "GET", TOKEN, 404),
        ("/v1/DialingPermissions/Countries/ZZ", "GET", TOKEN, 404),
        ("/v1/a2p/BrandRegistrations", "POST", TOKEN, 405),
        ("/v1/a2p/BrandRegistrations?PageSize=0", "GET", TOKEN, 400),
        ("/v1/a2p/BrandRegistrations", "GET", "another", 401),
        ("/2010-04-01/Accounts/AC" + "9" * 32 + ".json", "GET", TOKEN, 401),
    ],
)
def test_what_is_not_there_or_not_allowed_is_refused(path: str, method: str, token: str, status: int) -> None:
    answered, shown = ask(furnished(), path, method=method, token=token)

    assert (answered, shown["status"]) == (status, status)
