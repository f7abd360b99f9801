"""The API's promises: what is wrong is said with code, field and sentence; nothing asked for is ever a 500."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ConnectTimeoutError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import app
from chalicelib.adapters.signature import signed
from chalicelib.domain.campaign import Status
from chalicelib.domain.refusals import SENTENCES, Code
from chalicelib.runtime import Runtime, install
from chalicelib.views import tap
from dev.server import Gateway
from tests.rehearsal import ACCOUNT, ANA, LUIS, PUBLIC_URL, SLUG, TOKEN, Rehearsal, sweep

CALLS = f"/api/campaigns/{SLUG}/calls"
GOOD = {"phone": ANA, "language": "en", "consent": "call-1"}
NO_ID = "no-such-call-of-ours"


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    yield Rehearsal(built, built.store._table.client)
    sweep()


def configure(house: Rehearsal, **changes: Any) -> None:
    install(replace(house.runtime, config=replace(house.runtime.config, **changes)))


def post(house: Rehearsal, body: bytes, **headers: str) -> tuple[int, dict[str, str], Any]:
    sent = {"Content-Type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    status, back, text = house.ask("POST", CALLS, sent, body)
    return status, back, json.loads(text)


def seconds_until(error: dict[str, Any], now: datetime) -> float:
    return (datetime.fromisoformat(error["try_again"]) - now).total_seconds()


# What is wrong with the request.

WRONG: list[tuple[Any, Code, str | None]] = [
    ({}, Code.PHONE_MISSING, "phone"),
    (GOOD | {"phone": ""}, Code.PHONE_MISSING, "phone"),
    (GOOD | {"phone": " \t"}, Code.PHONE_MISSING, "phone"),
    (GOOD | {"phone": "404 555"}, Code.PHONE_MALFORMED, "phone"),
    (GOOD | {"phone": "\ud800"}, Code.PHONE_MALFORMED, "phone"),
    (GOOD | {"phone": "+19002345678"}, Code.PHONE_NOT_CALLED, "phone"),
    (GOOD | {"phone": 4045550123}, Code.BODY_MALFORMED, "phone"),
    (GOOD | {"phone": None}, Code.BODY_MALFORMED, "phone"),
    (GOOD | {"phone": [ANA]}, Code.BODY_MALFORMED, "phone"),
    (GOOD | {"phone": {"number": ANA}}, Code.BODY_MALFORMED, "phone"),
    (GOOD | {"language": "fr"}, Code.LANGUAGE_UNKNOWN, "language"),
    (GOOD | {"language": ""}, Code.LANGUAGE_UNKNOWN, "language"),
    (GOOD | {"language": None}, Code.LANGUAGE_UNKNOWN, "language"),
    (GOOD | {"language": ["en"]}, Code.LANGUAGE_UNKNOWN, "language"),
    (GOOD | {"language": {}}, Code.LANGUAGE_UNKNOWN, "language"),
    ({"phone": ANA}, Code.CONSENT_MISSING, "consent"),
    (GOOD | {"consent": ""}, Code.CONSENT_MISSING, "consent"),
    (GOOD | {"consent": "call-0"}, Code.CONSENT_MISSING, "consent"),
    (GOOD | {"consent": "\udfff"}, Code.CONSENT_MISSING, "consent"),
    (GOOD | {"consent": True}, Code.BODY_MALFORMED, "consent"),
    (GOOD | {"consent": {"text": "call-1"}}, Code.BODY_MALFORMED, "consent"),
    ([], Code.BODY_MALFORMED, None),
    ([GOOD], Code.BODY_MALFORMED, None),
    (7, Code.BODY_MALFORMED, None),
    ("call me", Code.BODY_MALFORMED, None),
    (None, Code.BODY_MALFORMED, None),
    (True, Code.BODY_MALFORMED, None),
]


def test_bad_input_is_400_with_its_code_its_field_and_its_sentence_in_both_languages(
    house: Rehearsal,
) -> None:
    for body, code, field in WRONG:
        for language, header in (("en", "en-US,en;q=0.9"), ("es", "es-MX,es;q=0.9")):
            status, headers, answer = post(house, json.dumps(body).encode(), Accept_Language=header)

            error = answer["error"]
            words = SENTENCES[code]
            assert (status, error["code"], error.get("field")) == (400, code.value, field), body
            assert error["message"] == getattr(words, language)
            assert error["messages"] == {"en": words.en, "es": words.es}
            assert headers["cache-control"] == "no-store"
    assert house.queue.sent == []


def test_every_code_has_a_sentence_in_both_languages_and_says_it_plainly() -> None:
    for code in Code:
        words = SENTENCES[code]
        assert words.en
        assert words.es
        assert words.en != words.es
        assert not {"!", "invalid", "Invalid", "error"} & set(f"{words.en} {words.es}".split())


MALFORMED = {
    "nothing": b"",
    "no JSON": b"phone=4045550123",
    "a torn object": b'{"phone": "404',
    "not UTF-8": b'{"phone": "\xff\xfe"}',
    "a zero byte": b"\x00",
    "NaN": b"NaN",
    "an endless number": b"[" + b"9" * 4000 + b"]",
    "lists in lists": b"[" * 4000,
    "objects in objects": b'{"a":' * 680,
    "lists in lists, closed": b"[" * 2000 + b"]" * 2000,
    "one megabyte": b'{"phone": "' + b"4" * 1_000_000 + b'"}',
    "just too long": json.dumps(GOOD | {"phone": "4" * 4096}).encode(),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_is_no_small_json_object_is_400(house: Rehearsal, name: str) -> None:
    status, _, answer = post(house, MALFORMED[name])

    assert (status, answer["error"]["code"]) == (400, "body_malformed")


def test_a_form_is_not_json(house: Rehearsal) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert house.ask("POST", CALLS, headers, b"phone=4045550123&language=en&consent=call-1")[0] == 415


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
near_bodies = st.fixed_dictionaries(
    {},
    optional={
        "phone": anything | st.sampled_from([ANA, "(956) 555-0148", "+19002345678"]),
        "language": anything | st.sampled_from(["en", "es"]),
        "consent": anything | st.just("call-1"),
        "record": st.just(value=True),
    },
)


@given(
    near_bodies.map(lambda body: json.dumps(body).encode())
    | anything.map(lambda b: json.dumps(b).encode())
    | st.binary(),
    st.sampled_from(["en", "es", "", "☎", "q" * 500, ",;,"]),
)
@example(b"\xff" * 10, "es")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_answer_is_never_a_500_and_always_json(
    house: Rehearsal, body: bytes, language: str
) -> None:
    status, _, answer = post(house, body, Accept_Language=language)

    assert status in {202, 400}
    assert ("error" in answer) == (status == 400)


# What is not there.


def test_the_unknown_is_404_with_a_sentence(house: Rehearsal) -> None:
    for path, code in (
        ("/api/campaigns/no-such-campaign", Code.NOT_FOUND),
        ("/api/campaigns/no-such-campaign/counts", Code.NOT_FOUND),
        (f"/api/campaigns/{'x' * 3000}", Code.NOT_FOUND),
        ("/api/campaigns/%00", Code.NOT_FOUND),
        (f"/api/calls/{NO_ID}", Code.CALL_GONE),
        (f"/api/calls/{'x' * 3000}", Code.CALL_GONE),
        ("/api/calls/☎", Code.CALL_GONE),
    ):
        status, _, body = house.get(path, **{"Accept-Language": "es"})
        assert (status, json.loads(body)["error"]["message"]) == (404, SENTENCES[code].es), path


def test_a_draft_is_not_there_for_supporters(house: Rehearsal) -> None:
    campaign = house.runtime.campaign(SLUG)
    assert campaign is not None
    draft = replace(campaign, slug="a-draft", status=Status.DRAFT, revision=0)
    house.runtime.catalog.apply(draft, house.clock.now())

    assert house.get("/api/campaigns/a-draft")[0] == 404
    assert house.post("/api/campaigns/a-draft/calls", GOOD)["http"] == 404


# Too many.


def test_one_phone_is_called_so_often_in_a_day_and_told_when_again(house: Rehearsal) -> None:
    configure(house, calls_per_phone=2)
    for _ in range(2):
        call = house.tap()
        tap.withdraw(call["id"])
    house.world.advance(60)

    refused = house.tap("(404) 555-0123")

    error = refused["error"]
    assert (refused["http"], error["code"], error["field"]) == (429, "too_many_calls", "phone")
    assert refused["headers"]["retry-after"] == str(24 * 3600 - 60)
    assert seconds_until(error, house.clock.now()) == 24 * 3600 - 60
    house.world.advance(24 * 3600 - 60)
    assert house.tap()["http"] == 202


def test_one_place_asks_for_so_many_calls_an_hour_whatever_it_calls_itself(house: Rehearsal) -> None:
    configure(house, calls_per_source=3)
    gateway = Gateway(app)

    def ask(number: int, source: str) -> tuple[int, dict[str, Any]]:
        headers = [("content-type", "application/json"), ("x-forwarded-for", f"198.51.100.{number}")]
        body = json.dumps(GOOD | {"phone": f"+1404555{number:04}", "proof": house.proof()}).encode()
        answer = gateway.answer("POST", CALLS, headers, body, source)
        return answer.status, json.loads(answer.body) | dict(answer.headers)

    asked = [ask(number, "203.0.113.7") for number in range(100, 106)]
    other, _ = ask(110, "203.0.113.8")

    assert [status for status, _ in asked] == [202, 202, 202, 429, 429, 429]
    assert other == 202
    refused = asked[-1][1]
    now = house.clock.now()
    end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    assert refused["error"]["code"] == "too_many_calls"
    assert seconds_until(refused["error"], now) == (end - now).total_seconds()
    assert 0 < int(refused["Retry-After"]) <= 3600
    house.world.advance((end - now).total_seconds())
    assert ask(111, "203.0.113.7")[0] == 202


def test_a_line_longer_than_half_an_hour_is_not_joined(house: Rehearsal) -> None:
    configure(house, calls_per_second=0.001)
    answers = [house.tap(f"+1404555{number:04}") for number in range(110, 114)]

    refused = answers[-1]
    assert [answer["http"] for answer in answers] == [202, 202, 429, 429]
    assert refused["error"]["code"] == "line_too_long"
    assert refused["headers"]["retry-after"] == "1800"
    assert seconds_until(refused["error"], house.clock.now()) == 1800
    assert len(house.queue.sent) == 2


def test_whoever_is_refused_takes_nobody_s_place_in_line(house: Rehearsal) -> None:
    configure(house, calls_per_phone=1)
    tap.withdraw(house.tap()["id"])
    place = house.tap("+14045550110")["place_in_line"]

    refused = [house.tap()["http"] for _ in range(50)]

    assert set(refused) == {429}
    assert house.tap("+14045550111")["place_in_line"] == place + 1


# Not now.


def test_a_resting_campaign_is_409_with_its_own_sentence(house: Rehearsal) -> None:
    for status, code in ((Status.PAUSED, Code.CAMPAIGN_PAUSED), (Status.ENDED, Code.CAMPAIGN_ENDED)):
        house.set_status(status)
        refused = house.tap()
        assert (refused["http"], refused["error"]["code"]) == (409, code.value)
        assert json.loads(house.get(f"/api/campaigns/{SLUG}")[2])["status"] == status.value
    assert house.queue.sent == []


def test_without_an_office_that_may_be_called_it_is_409(house: Rehearsal) -> None:
    house.world.advance(31 * 24 * 3600)

    refused = house.tap()

    assert (refused["http"], refused["error"]["code"]) == (409, "no_office")


# Methods, caches and other people's pages.


def test_no_get_changes_anything_and_no_other_method_is_taken(house: Rehearsal) -> None:
    call = house.tap()["id"]
    named = dict.fromkeys(("call_id", "booking_id", "token", "letter_id", "office_id"), call)
    named |= {"slug": SLUG, "step": "1", "name": "look.css", "text_id": f"{call}.1"}
    before = house.rows()
    for path, methods in sorted(app.routes.items()):
        address = path.format_map(named)
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
            status, headers, _ = house.ask(method, address, {}, b"{}")
            allowed = method in methods or (method == "HEAD" and "GET" in methods)
            assert (status == 405) is not allowed, (method, path)
            assert not [name for name in headers if name.startswith("access-control")]
    assert house.rows() == before
    assert not [path for path, methods in app.routes.items() if set(methods) - {"GET", "POST"}]


@pytest.mark.parametrize("path", [f"/api/campaigns/{SLUG}", f"/api/campaigns/{SLUG}/counts"])
def test_public_answers_have_an_etag_and_are_fresh_for_seconds(house: Rehearsal, path: str) -> None:
    status, headers, body = house.get(path)
    tag = headers["etag"]

    assert (status, headers["cache-control"]) == (200, "public, max-age=5")
    assert json.loads(body)
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again, back, nothing = house.get(path, **{"If-None-Match": known})
        assert (again, nothing, back["etag"]) == (304, b"", tag)
    assert house.get(path, **{"If-None-Match": '"other"'})[0] == 200


def test_a_person_s_call_is_never_cached_and_shows_two_digits_at_most(house: Rehearsal) -> None:
    call = house.tap()
    _, headers, body = house.get(f"/api/calls/{call['id']}")

    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers
    assert call["headers"]["location"] == f"/api/calls/{call['id']}"
    assert ANA[2:].encode() not in body
    assert b"4045550" not in body


def test_an_answer_to_another_page_s_script_names_no_origin(house: Rehearsal) -> None:
    for method, path in (("GET", f"/api/campaigns/{SLUG}/counts"), ("POST", CALLS), ("OPTIONS", CALLS)):
        headers = {"Origin": "https://evil.example", "Content-Type": "application/json"}
        _, back, _ = house.ask(method, path, headers, json.dumps(GOOD).encode())
        assert not [name for name in back if name.startswith("access-control")]


# The table is down.


@contextmanager
def a_table_that_is_down(house: Rehearsal) -> Iterator[None]:
    def unreachable(**_: Any) -> None:
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.example")

    house.dynamodb.meta.events.register("before-call.dynamodb", unreachable)
    try:
        yield
    finally:
        house.dynamodb.meta.events.unregister("before-call.dynamodb", unreachable)


def test_while_the_table_is_down_the_api_says_a_sentence_with_503(house: Rehearsal) -> None:
    call = house.tap()["id"]
    house.world.advance(10)
    with a_table_that_is_down(house):
        for path in (f"/api/campaigns/{SLUG}", f"/api/campaigns/{SLUG}/counts", f"/api/calls/{call}"):
            status, _, body = house.get(path, **{"Accept-Language": "es"})
            assert (status, json.loads(body)["error"]["message"]) == (503, SENTENCES[Code.OUR_FAULT].es)
        assert house.tap(LUIS)["http"] == 503

    assert house.tap(LUIS)["http"] == 202


def test_while_the_table_is_down_a_caller_hears_a_sentence_and_callbacks_come_again(house: Rehearsal) -> None:
    call = house.tap()["id"]
    form = {"AccountSid": ACCOUNT, "CallSid": "CA" + "1" * 32, "CallStatus": "in-progress", "To": ANA}
    step = f"/twilio/voice/{call}/steps/0"
    failed = form | {"ErrorUrl": PUBLIC_URL + step, "ErrorCode": "11200"}
    with a_table_that_is_down(house):
        for path, fields in ((step, form), ("/twilio/voice/fallback", failed)):
            status, headers, body = signed_post(house, path, fields)
            assert (status, headers["content-type"]) == (200, "text/xml; charset=utf-8")
            assert b"Sorry, something broke on our side." in body
            assert "Perdón, algo falló de nuestro lado.".encode() in body
        assert signed_post(house, f"/twilio/voice/{call}/status", form)[0] == 503

    assert b"press 1" in signed_post(house, step, form)[2]


def signed_post(house: Rehearsal, path: str, form: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signed(PUBLIC_URL + path, form, TOKEN),
    }
    return house.ask("POST", path, headers, urlencode(form).encode())
