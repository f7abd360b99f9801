"""Webhooks: signatures, forms, time-outs, retries."""

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import Faults, PickUp, Plan, Press, Supporter, TransportError, Trouble, signature
from dev.phone_world.interpreter import APOLOGY
from tests.phone_world.tiny_app import ALL_EVENTS, ANA, BASE, OURS, TOKEN, Asked, Page, stage

START: dict[str, Page] = {"/start": '<Gather numDigits="1" action="/key?step=2"><Say>Key?</Say></Gather>'}


def valid(asked: Asked, token: str = TOKEN) -> bool:
    fields = asked.fields if asked.method == "POST" else {}
    signature = asked.headers["X-Twilio-Signature"]
    return bool(RequestValidator(token).validate(asked.url, fields, signature))


def test_twilios_own_validator_accepts_every_webhook() -> None:
    staged = stage(START, Supporter(ANA, [PickUp(), Press("1")]))
    staged.play(status_callback=f"{BASE}/status?a=b%20c", status_callback_event=ALL_EVENTS)

    assert len(staged.app.asked) == 6
    assert all(valid(asked) for asked in staged.app.asked)


def test_twilios_own_validator_accepts_a_get() -> None:
    staged = stage({"/start": "<Hangup/>"}, Supporter(ANA, [PickUp()]))
    staged.play(method="GET", url=f"{BASE}/start?a=1")

    asked = staged.app.asked[0]
    assert asked.method == "GET"
    assert valid(asked)


def test_another_token_or_a_dropped_blank_field_does_not_validate() -> None:
    staged = stage(START, Supporter(ANA, [PickUp()]))
    staged.play()
    asked = staged.app.asked[0]

    assert not valid(asked, "another-token")
    asked.fields.pop("FromCity")
    assert not valid(asked)


def test_the_fragment_is_neither_sent_nor_signed() -> None:
    staged = stage({"/start": "<Hangup/>"}, Supporter(ANA, [PickUp()]))
    staged.play(url=f"{BASE}/start?a=1#rc=2&rp=ct,rt")

    assert staged.app.asked[0].url == f"{BASE}/start?a=1"
    assert valid(staged.app.asked[0])
    assert staged.world.complaints == []


def test_a_signature_is_the_same_with_and_without_a_fragment() -> None:
    assert signature(TOKEN, f"{BASE}/a#rc=2", {"b": "c"}) == signature(TOKEN, f"{BASE}/a", {"b": "c"})


def test_an_answer_that_comes_after_the_call_was_taken_elsewhere_is_ignored() -> None:
    pages: dict[str, Page] = {"/start": "<Say>Stale.</Say>"}
    faults = Faults(decide=lambda delivery: Plan.late(5) if delivery.label == "answered" else Plan())
    staged = stage(pages, Supporter(ANA, [PickUp(after=2)]), faults=faults)
    sid = staged.call()
    staged.world.advance(4)
    staged.client.calls(sid).update(twiml='<Response><Say>Fresh.</Say><Pause length="9"/></Response>')
    staged.world.run_until_idle()

    assert len(staged.app.at("/start")) == 1
    assert staged.said(sid) == ["Fresh."]


def test_a_rotated_token_signs_from_now_on() -> None:
    staged = stage(START, Supporter(ANA, [PickUp(), Press("1")]))
    staged.call()
    staged.world.after(5.5, lambda: setattr(staged.world, "token", "the-next-token"))
    staged.world.run_until_idle()

    assert [valid(asked, "the-next-token") for asked in staged.app.asked] == [False, True]


def test_every_voice_form_has_twilios_fields_blank_ones_included() -> None:
    staged = stage(START, Supporter(ANA, [PickUp(), Press("1")]))
    sid = staged.play()
    fields = staged.app.asked[0].fields

    assert fields == {
        "AccountSid": staged.world.account_sid,
        "ApiVersion": "2010-04-01",
        "CallSid": sid,
        "CallStatus": "in-progress",
        "Called": ANA,
        "CalledCity": "",
        "CalledCountry": "US",
        "CalledState": "",
        "CalledZip": "",
        "Caller": OURS,
        "CallerCity": "",
        "CallerCountry": "US",
        "CallerState": "",
        "CallerZip": "",
        "Direction": "outbound-api",
        "From": OURS,
        "FromCity": "",
        "FromCountry": "US",
        "FromState": "",
        "FromZip": "",
        "To": ANA,
        "ToCity": "",
        "ToCountry": "US",
        "ToState": "",
        "ToZip": "",
    }


def test_status_callbacks_carry_a_timestamp_and_their_source() -> None:
    staged = stage(START, Supporter(ANA, [PickUp(after=3)]))
    staged.play(status_callback=f"{BASE}/status", status_callback_event=["answered"])
    fields = staged.app.at("/status")[0].fields

    assert fields["Timestamp"] == "Wed, 09 Dec 2026 15:42:04 +0000"
    assert fields["CallbackSource"] == "call-progress-events"
    assert fields["StirStatus"] == "A"


def test_retries_of_one_webhook_share_their_token_and_others_do_not() -> None:
    tries = iter([TransportError(Trouble.REFUSED), None])

    def start(_asked: Asked) -> str:
        trouble = next(tries)
        if trouble is not None:
            raise trouble
        return '<Gather numDigits="1" action="/key"/>'

    staged = stage({"/start": start}, Supporter(ANA, [PickUp(), Press("1")]))
    staged.play()
    tokens = [asked.headers["I-Twilio-Idempotency-Token"] for asked in staged.app.asked]

    assert [asked.path for asked in staged.app.asked] == ["/start", "/start", "/key"]
    assert tokens[0] == tokens[1] != tokens[2]


@pytest.mark.parametrize(
    ("trouble", "fragment", "tries", "seconds", "code"),
    [
        (TransportError(Trouble.REFUSED), "", 2, 0, 11205),
        (TransportError(Trouble.CONNECT_TIMEOUT), "", 2, 10, 11205),
        (TransportError(Trouble.CONNECT_TIMEOUT), "#rc=0", 1, 5, 11205),
        (TransportError(Trouble.CONNECT_TIMEOUT), "#ct=1000&rc=3", 4, 4, 11205),
        (TransportError(Trouble.READ_TIMEOUT), "", 1, 15, 11200),
        (TransportError(Trouble.READ_TIMEOUT), "#rt=2000&rp=rt", 2, 4, 11200),
        (TransportError(Trouble.READ_TIMEOUT), "#rt=9000&rp=rt&rc=5", 2, 15, 11203),
        (TransportError(Trouble.READ_TIMEOUT), "#tt=3000", 1, 3, 11200),
        ((503, {}, b""), "", 1, 0, 11217),
        ((503, {}, b""), "#rp=5xx&rc=2", 3, 0, 11217),
        ((503, {}, b""), "#rp=all", 2, 0, 11217),
        ((429, {}, b""), "#rp=5xx", 1, 0, 11217),
        ((404, {}, b""), "#rp=4xx", 2, 0, 11217),
    ],
)
def test_troubles_are_retried_as_the_fragment_says_and_then_go_to_the_fallback(
    trouble: Page, fragment: str, tries: int, seconds: float, code: int
) -> None:
    staged = stage({"/start": trouble, "/fallback": "<Say>Sorry.</Say>"}, Supporter(ANA, [PickUp(after=2)]))
    sid = staged.play(url=f"{BASE}/start{fragment}", fallback_url=f"{BASE}/fallback")

    assert len(staged.app.at("/start")) == tries
    fallback = staged.app.at("/fallback")[0]
    assert fallback.fields["ErrorCode"] == str(code)
    assert fallback.at - 3 == seconds
    assert staged.said(sid) == ["Sorry."]


def test_without_a_fallback_the_caller_hears_the_apology_and_the_call_completes() -> None:
    staged = stage({"/start": (500, {}, b"")}, Supporter(ANA, [PickUp()]))
    sid = staged.play(status_callback=f"{BASE}/status")

    assert staged.said(sid) == [APOLOGY]
    assert staged.app.events() == ["completed"]
    assert [alert.code for alert in staged.world.alerts] == [11217]


@pytest.mark.parametrize("fragment", ["rp=often", "rc=9", "ct=5", "tt=60000", "rt=soon"])
def test_a_wrong_fragment_is_error_11243(fragment: str) -> None:
    staged = stage({"/start": "<Hangup/>"}, Supporter(ANA, [PickUp()]))
    staged.play(url=f"{BASE}/start#{fragment}")

    assert [alert.code for alert in staged.world.complaints] == [11243]


def test_a_redirecting_app_is_a_complaint() -> None:
    staged = stage({"/start": (302, {"Location": "/other"}, b"")}, Supporter(ANA, [PickUp()]))
    staged.play()

    assert [alert.code for alert in staged.world.complaints] == [11200]


def test_a_failing_status_callback_is_an_alert_and_harms_nobody() -> None:
    staged = stage({"/start": "<Say>Hi</Say>", "/status": (500, {}, b"")}, Supporter(ANA, [PickUp()]))
    sid = staged.play(status_callback=f"{BASE}/status")

    assert staged.said(sid) == ["Hi"]
    assert [alert.code for alert in staged.world.alerts] == [11200]


def test_the_wire_log_has_every_request_with_its_answer() -> None:
    staged = stage(START, Supporter(ANA, [PickUp(), Press("1")]))
    staged.play(status_callback=f"{BASE}/status")

    seen = [
        (entry.way, entry.what, entry.label, entry.signature, entry.status) for entry in staged.world.wire
    ]
    assert seen == [
        ("← app", "POST Calls", "rest", "ours", 201),
        ("→ app", "POST /start", "answered", "valid", 200),
        ("→ app", "POST /key", "gather", "valid", 204),
        ("→ app", "POST /status", "completed", "valid", 204),
    ]


def test_the_app_may_call_the_rest_side_while_it_answers() -> None:
    def start(_asked: Asked) -> str:
        if len(staged.world.calls) == 1:
            staged.call()
        return "<Hangup/>"

    staged = stage({"/start": start}, Supporter(ANA, [PickUp()]))
    staged.play()

    assert [call.status for call in staged.world.calls] == ["completed", "completed"]


def test_the_app_may_not_move_the_clock_while_it_answers() -> None:
    def start(_asked: Asked) -> str:
        staged.world.run_until_idle()
        return "<Hangup/>"

    staged = stage({"/start": start}, Supporter(ANA, [PickUp()]))
    with pytest.raises(RuntimeError, match="in the middle of an event"):
        staged.play()
