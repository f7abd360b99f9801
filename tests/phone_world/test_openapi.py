"""The REST side against Twilio's own published description of its API."""

import json
from base64 import b64encode
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import (
    HANDSET_OFF,
    NOT_A_MOBILE,
    STATUSES_TOLD,
    Hook,
    OfficeLine,
    OurNumber,
    PickUp,
    Press,
    Rules,
    Supporter,
    TextFate,
    rest,
    rest_calls,
    rest_numbers,
    rest_texts,
)
from dev.phone_world.resources import error
from tests.needs import needs
from tests.phone_world.tiny_app import ACCOUNT, ANA, BASE, LUIS, OFFICE, OURS, TOKEN, Page, Stage, stage

Json = dict[str, Any]
CALLS = "/2010-04-01/Accounts/{AccountSid}/Calls.json"
CALL = "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json"
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
NUMBERS = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json"
NUMBER = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json"
MESSAGE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"
FLOW: dict[str, Page] = {
    "/start": '<Gather numDigits="1" action="/key"/>',
    "/key": f"<Dial>{OFFICE}</Dial>",
}


@pytest.fixture(scope="module")
def spec() -> Json:
    document: Json = json.loads(needs("twilio-openapi").read_text(encoding="utf-8"))
    return document


def nullable(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable: true` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: nullable(value) for name, value in schema.items() if name != "nullable"}
    if schema.get("nullable") is True and "type" in told:
        told["type"] = [told["type"], "null"]
    return told


def closed(schema: Json) -> Json:
    """The same, but no field that the description does not have."""
    schema = deepcopy(schema)
    schema["additionalProperties"] = False
    schema["required"] = sorted(schema["properties"])
    return schema


def errors(spec: Json, schema: Json, document: Any) -> list[str]:
    whole = nullable({"components": spec["components"], **schema})
    return [f"{list(one.path)}: {one.message}" for one in Draft202012Validator(whole).iter_errors(document)]


def body_of(spec: Json, path: str, method: str) -> Json:
    content = spec["paths"][path][method]["requestBody"]["content"]
    properties: Json = content["application/x-www-form-urlencoded"]["schema"]["properties"]
    return properties


def query_of(spec: Json, path: str) -> set[str]:
    return {one["name"] for one in spec["paths"][path]["get"]["parameters"] if one["in"] == "query"}


def ask(staged: Stage, method: str, path: str, form: str = "") -> tuple[int, Json]:
    token = b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    status, _, body = rest(staged.world, method, path, {"Authorization": f"Basic {token}"}, form.encode())
    return status, json.loads(body)


def played() -> Stage:
    staged = stage(FLOW, Supporter(ANA, [PickUp(), Press("1")]), Supporter(LUIS, []), OfficeLine(OFFICE))
    staged.play()
    staged.play(to=LUIS)
    staged.call(to=LUIS)
    for words in ("Hello", "Hello again"):
        staged.client.messages.create(to=ANA, from_=OURS, body=words, status_callback=f"{BASE}/text")
    return staged


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (CALLS, rest_calls.CREATE_PARAMETERS),
        (CALL, rest_calls.UPDATE_PARAMETERS),
        (MESSAGES, rest_texts.CREATE_PARAMETERS),
        (NUMBER, rest_numbers.UPDATE_PARAMETERS),
    ],
)
def test_every_parameter_we_accept_is_one_of_twilios(spec: Json, path: str, accepted: frozenset[str]) -> None:
    assert accepted <= set(body_of(spec, path, "post"))


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        (CALLS, rest_calls.LIST_PARAMETERS),
        (MESSAGES, rest_texts.LIST_PARAMETERS),
        (NUMBERS, rest_numbers.LIST_PARAMETERS),
    ],
)
def test_every_list_parameter_we_accept_is_one_of_twilios(
    spec: Json, path: str, accepted: frozenset[str]
) -> None:
    assert accepted <= query_of(spec, path)


def test_what_twilio_requires_we_require(spec: Json) -> None:
    schema = spec["paths"][CALLS]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    form = "To=%2B14045550123&From=%2B12025550142&Url=https://app.example/"
    assert ask(played(), "POST", CALLS.format(AccountSid=ACCOUNT), form)[0] == 201
    for name in schema["schema"]["required"]:
        without = "&".join(part for part in form.split("&") if not part.startswith(name))
        assert ask(played(), "POST", CALLS.format(AccountSid=ACCOUNT), without)[0] == 400


def test_our_statuses_and_events_are_twilios(spec: Json) -> None:
    schemas = spec["components"]["schemas"]

    assert set(schemas["call_enum_status"]["enum"]) == rest_calls.STATUSES
    assert set(schemas["call_enum_event"]["enum"]) == set(rest_calls.EVENTS)
    assert set(schemas["call_enum_update_status"]["enum"]) == {"canceled", "completed"}


def test_every_call_in_every_state_has_twilios_shape(spec: Json) -> None:
    staged = played()
    schema = closed(spec["components"]["schemas"]["api.v2010.account.call"])
    shown = [
        ask(staged, "GET", CALL.format(AccountSid=ACCOUNT, Sid=call.sid))[1] for call in staged.world.calls
    ]

    assert {call["status"] for call in shown} == {"completed", "no-answer", "queued"}
    for call in shown:
        call.pop("annotation", None)
        assert errors(spec, schema, call) == []


def test_a_created_call_has_twilios_shape(spec: Json) -> None:
    form = "To=%2B14045550123&From=%2B12025550142&Url=https://app.example/"
    status, call = ask(played(), "POST", CALLS.format(AccountSid=ACCOUNT), form)

    assert str(status) in spec["paths"][CALLS]["post"]["responses"]
    assert errors(spec, spec["components"]["schemas"]["api.v2010.account.call"], call) == []


@pytest.mark.parametrize(
    ("path", "name"), [(CALLS, "calls"), (MESSAGES, "messages"), (NUMBERS, "incoming_phone_numbers")]
)
def test_a_list_has_twilios_shape(spec: Json, path: str, name: str) -> None:
    schema = spec["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    staged = played()
    staged.world.numbers["+12025550187"] = OurNumber(Hook(f"{BASE}/in"))
    for query in ("", "?PageSize=1", "?PageSize=1&Page=1"):
        status, listed = ask(staged, "GET", path.format(AccountSid=ACCOUNT) + query)
        assert status == 200
        assert listed[name]
        assert errors(spec, closed(schema), listed) == []


def test_a_text_has_twilios_shape(spec: Json) -> None:
    staged = played()
    schema = closed(spec["components"]["schemas"]["api.v2010.account.message"])
    for _ in range(2):
        path = MESSAGE.format(AccountSid=ACCOUNT, Sid=staged.world.texts[0].sid)
        assert errors(spec, schema, ask(staged, "GET", path)[1]) == []
        staged.world.run_until_idle()


SERVICE = "MG" + "2" * 32
FATES = [TextFate(), TextFate("sent"), HANDSET_OFF, TextFate("failed", 30034)]


def texted() -> Stage:
    """A service's texts of every end, one that stopped, one a person sent, one that waits for its turn."""
    rules = Rules(segments_per_second=0.5, service_refuses_at_once=False)
    staged = stage({}, Supporter(ANA, texts=FATES), ours=OurNumber(service=SERVICE), rules=rules)
    for _ in FATES:
        staged.client.messages.create(to=ANA, messaging_service_sid=SERVICE, body="¡Hola!")
    staged.client.messages.create(to=LUIS, from_=OURS, body="á" * 71, validity_period=1)
    staged.world.text_in(LUIS, OURS, "STOP")
    staged.client.messages.create(to=LUIS, messaging_service_sid=SERVICE, body="Hello", risk_check="disable")
    return staged


def test_every_text_in_every_state_has_twilios_shape(spec: Json) -> None:
    staged, seen = texted(), set()
    schema = closed(spec["components"]["schemas"]["api.v2010.account.message"])
    going = True
    while going:
        for text in staged.world.texts:
            path = MESSAGE.format(AccountSid=ACCOUNT, Sid=text.sid)
            shown = ask(staged, "GET", path)[1]
            assert errors(spec, schema, shown) == []
            seen.add(shown["status"])
        going = staged.world.step()

    ends = {"sent", "delivered", "undelivered", "failed"}
    assert seen == {"accepted", "queued", "sending", "received"} | ends
    assert seen <= set(spec["components"]["schemas"]["message_enum_status"]["enum"])
    directions = {text.direction for text in staged.world.texts}
    assert directions <= set(spec["components"]["schemas"]["message_enum_direction"]["enum"])


@pytest.mark.parametrize(
    "query", ["DateSent=2026-12-09", "DateSent%3E=2026-12-09", "DateSent%3C=2026-12-10T00:00:00Z&PageSize=2"]
)
def test_a_list_by_date_has_twilios_shape_page_by_page(spec: Json, query: str) -> None:
    staged = texted()
    staged.world.run_until_idle()
    content = spec["paths"][MESSAGES]["get"]["responses"]["200"]["content"]
    path: str | None = f"{MESSAGES.format(AccountSid=ACCOUNT)}?{query}"
    found = []
    while path:
        status, listed = ask(staged, "GET", path)
        assert (status, errors(spec, closed(content["application/json"]["schema"]), listed)) == (200, [])
        found += [text["sid"] for text in listed["messages"]]
        path = listed["next_page_uri"]

    dated = [text.sid for text in reversed(staged.world.texts) if text.sent is not None]
    assert found == dated
    assert staged.world.complaints == []


def test_statuses_that_are_told_are_twilios(spec: Json) -> None:
    assert set(spec["components"]["schemas"]["message_enum_status"]["enum"]) >= STATUSES_TOLD


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ("To=%2B14045550123&From=%2B12025550142&Body=a", 429, 20429),
        ("To=%2B525555550142&From=%2B12025550142&Body=a", 400, 21408),
        ("To=%2B14045550199&From=%2B12025550142&Body=a", 400, 21614),
    ],
)
def test_each_refusal_has_the_shape_that_twilios_client_reads(told: str, status: int, code: int) -> None:
    staged = stage({}, Supporter("+14045550199", texts=[NOT_A_MOBILE]))
    staged.world.rules.creates_per_second = 0 if code == 20429 else None
    answer = ask(staged, "POST", MESSAGES.format(AccountSid=ACCOUNT), told)

    assert (answer[0], answer[1]["status"], answer[1]["code"]) == (status, status, code)
    assert set(answer[1]) == {"code", "message", "more_info", "status"}


def test_our_sub_resources_are_those_of_twilios_examples(spec: Json) -> None:
    content = spec["paths"][CALLS]["post"]["responses"]["201"]["content"]["application/json"]
    example = content["examples"]["create"]["value"]
    staged = played()
    call = ask(staged, "GET", CALL.format(AccountSid=ACCOUNT, Sid=staged.world.calls[0].sid))[1]

    assert set(call["subresource_uris"]) == set(example["subresource_uris"])
    assert set(example) <= set(call)


def test_an_error_has_the_shape_that_twilios_client_reads() -> None:
    assert set(error(21211, "No", 400)) == {"code", "message", "more_info", "status"}
    status, body = ask(played(), "GET", CALL.format(AccountSid=ACCOUNT, Sid="CA" + "0" * 32))
    assert (status, body["status"], body["code"]) == (404, 404, 20404)


def test_the_check_itself_can_fail(spec: Json) -> None:
    schema = closed(spec["components"]["schemas"]["api.v2010.account.call"])
    staged = played()
    call = ask(staged, "GET", CALL.format(AccountSid=ACCOUNT, Sid=staged.world.calls[0].sid))[1]

    for wrong in (call | {"status": "ended"}, call | {"sid": "x"}, call | {"new": 1}, call | {"duration": 4}):
        assert errors(spec, schema, wrong) != []
