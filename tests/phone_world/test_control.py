"""The control API: people, lines and callers set up over HTTP, and what it refuses."""

from dataclasses import replace
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import Hook, PhoneWorldServer
from dev.phone_world.keywords import ANSWERS
from tests.phone_world.test_server import App, app, client, eventually, get, post, server
from tests.phone_world.tiny_app import ANA, LUIS, OFFICE, OURS

__all__ = ["app", "server"]


def test_a_script_can_be_given_over_http(server: PhoneWorldServer, app: App) -> None:
    script = [{"move": "PickUp", "after": 1}, {"move": "Press", "keys": "1", "when": {"heard": "Key"}}]
    assert post(server, "/world/supporters", {"number": LUIS, "name": "Luis", "script": script})[0] == 200
    post(server, "/world/offices", {"number": OFFICE, "name": "Atlanta", "answers": "BUSY"})
    client(server).calls.create(to=LUIS, from_=OURS, url=f"{app.url}/start")
    eventually(lambda: [path for path, _, _ in app.asked] == ["/start", "/key", "/after"])

    assert "DialCallStatus=busy" in app.asked[2][2]


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/world/phones", {"number": ANA, "do": "answer"}),
        ("/world/phones", {"number": ANA, "do": "dance"}),
        ("/world/phones", {"number": "404", "do": "answer"}),
        ("/world/supporters", {"number": LUIS, "script": [{"move": "Dance"}]}),
        ("/world/supporters", {"number": LUIS, "script": [{"move": "HangUp", "when": "office sings"}]}),
        ("/world/offices", {"number": OFFICE, "answers": "SINGS"}),
        ("/world/calls", {"number": ANA, "to": LUIS}),
        ("/world/calls", {"number": ANA, "to": f"{OURS},,48#"}),
        ("/world/calls", {"number": ANA, "to": OURS, "script": [{"move": "Dance"}]}),
        ("/world/offices", {"number": OFFICE, "first": ["SINGS"]}),
        ("/world/offices", {"number": "+12025550199", "gone": True}),
        ("/world/offices", {"number": ANA, "gone": True}),
        ("/world/texts", {"number": ANA, "to": LUIS, "body": "Hi"}),
        ("/world/supporters", {"number": LUIS, "texts": [{"status": "lost"}]}),
        ("/world/supporters", {"number": LUIS, "texts": [{"becomes": "delivered"}]}),
        ("/world/keywords", {"twilio": "sometimes"}),
        ("/world/keywords", {}),
        ("/world/fates", {"number": LUIS, "becomes": ["LOST"]}),
        ("/world/fates", {"number": LUIS}),
        ("/world/rules", {"countries": ["+52"]}),
        ("/world/rules", {"registered": None}),
        ("/world/rules", {"t_mobile_a_day": "many"}),
        ("/world/keywords", {"twilio": "advanced", "without": ["STOP"]}),
        ("/world/next-create", {"trouble": "bad luck"}),
        ("/world/next-webhook", {"plan": "never"}),
        ("/world/forge", {}),
        ("/world/forge", {"url": "http://example.org/"}),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(server: PhoneWorldServer, path: str, document: Any) -> None:
    status, reply = post(server, path, document)

    assert status == 400
    assert reply["error"]


def test_a_link_can_be_dialled_with_its_code_and_a_hidden_number(server: PhoneWorldServer, app: App) -> None:
    sid = post(server, "/world/calls", {"number": ANA, "to": f"tel:{OURS},1", "hides": True})[1]["sid"]
    eventually(lambda: [path for path, _, _ in app.asked] == ["/start", "/key"])

    assert "Digits=1" in app.asked[1][2]
    assert "From=%2B266696687" in app.asked[1][2]
    lines = [line["who"] for line in get(server, f"/world/transcripts/{sid}") if line["kind"] == "pressed"]
    assert lines == [ANA]


def test_a_caller_can_have_a_script(server: PhoneWorldServer, app: App) -> None:
    script = [{"move": "Press", "keys": "1", "when": {"heard": "Key"}}, {"move": "HangUp", "after": 10}]
    sid = post(server, "/world/calls", {"number": LUIS, "to": OURS, "script": script})[1]["sid"]
    eventually(lambda: bool(client(server).calls(sid).fetch().status == "completed"))
    eventually(lambda: "/key" in [path for path, _, _ in app.asked])


def test_a_line_can_be_busy_for_the_next_calls_and_take_one_at_once(
    server: PhoneWorldServer, app: App
) -> None:
    post(server, "/world/offices", {"number": OFFICE, "first": ["BUSY", "CANT_CONNECT"], "at_once": 1})
    office = get(server, "/world/state")["offices"][0]
    assert (office["first"], office["at_once"], office["saw"]) == (["BUSY", "CANT_CONNECT"], 1, [])
    post(server, "/world/calls", {"number": ANA, "to": f"{OURS},1", "script": []})
    eventually(lambda: [path for path, _, _ in app.asked] == ["/start", "/key", "/after"])

    assert "DialCallStatus=busy" in app.asked[2][2]
    assert get(server, "/world/state")["offices"][0]["first"] == ["CANT_CONNECT"]


def test_a_line_can_be_taken_away_again(server: PhoneWorldServer) -> None:
    before = get(server, "/world/state")["offices"]
    post(server, "/world/offices", {"number": "+12025550199", "name": "For a while"})
    during = get(server, "/world/state")["offices"]
    post(server, "/world/offices", [{"number": "+12025550199", "gone": True}])

    assert [office["name"] for office in during] == [*(office["name"] for office in before), "For a while"]
    assert get(server, "/world/state")["offices"] == before


def bodies(server: PhoneWorldServer, number: str) -> list[str]:
    return [text["body"] for text in get(server, "/world/texts") if text["to"] == number]


def test_a_text_can_be_sent_and_its_answer_read(server: PhoneWorldServer) -> None:
    server.world.numbers[OURS] = replace(server.world.numbers[OURS], text=Hook("http://127.0.0.1:1/text"))
    sid = post(server, "/world/texts", {"number": LUIS, "to": OURS, "body": "STOP"})[1]["sid"]
    eventually(lambda: bodies(server, LUIS) == [ANSWERS["STOP"]])

    mine = get(server, "/world/texts")[0]
    assert (mine["sid"], mine["status"], mine["segments"]) == (sid, "received", 1)


def test_twilios_own_words_can_be_switched_off_and_taken_away(server: PhoneWorldServer) -> None:
    post(server, "/world/keywords", {"twilio": "none"})
    assert get(server, "/world/state")["keywords"] == "none"
    server.world.numbers[OURS] = replace(server.world.numbers[OURS], service="MG" + "2" * 32)
    post(server, "/world/texts", {"number": LUIS, "to": OURS, "body": "STOP"})
    post(server, "/world/keywords", {"twilio": "advanced", "without": ["YES"]})
    assert get(server, "/world/state")["keywords"] == "advanced"
    for body in ("YES", "HELP"):
        post(server, "/world/texts", {"number": LUIS, "to": OURS, "body": body})

    assert [body for body in bodies(server, LUIS) if body != "Thanks."] == [ANSWERS["HELP"]]


def test_what_becomes_of_texts_can_be_said(server: PhoneWorldServer) -> None:
    fates = [{"status": "undelivered", "code": 30003, "after": 0.6}]
    post(server, "/world/supporters", {"number": LUIS, "name": "Luis", "texts": fates})
    client(server).messages.create(to=LUIS, from_=OURS, body="Hello")
    eventually(lambda: get(server, "/world/texts")[0]["status"] == "undelivered")

    assert get(server, "/world/texts")[0]["error_code"] == 30003


def test_what_becomes_of_texts_to_a_phone_can_be_changed_by_name(server: PhoneWorldServer) -> None:
    post(server, "/world/fates", {"number": ANA, "becomes": ["NOT_A_MOBILE", "LANDLINE"]})
    ana = get(server, "/world/state")["phones"][0]
    assert (ana["name"], ana["becomes"]) == ("Ana", "NOT_A_MOBILE")
    with pytest.raises(TwilioRestException) as caught:
        client(server).messages.create(to=ANA, from_=OURS, body="Hello")
    assert caught.value.code == 21614
    client(server).messages.create(to=ANA, from_=OURS, body="Hello")
    eventually(lambda: get(server, "/world/texts")[0]["status"] == "undelivered")

    assert get(server, "/world/texts")[0]["error_code"] == 30006
    assert get(server, "/world/state")["phones"][0]["becomes"] == "LANDLINE"


def test_the_accounts_limits_can_be_changed(server: PhoneWorldServer) -> None:
    post(server, "/world/rules", {"registered": False, "creates_per_second": 1})
    client(server).messages.create(to=LUIS, from_=OURS, body="Hello")
    eventually(lambda: get(server, "/world/texts")[0]["error_code"] == 30034)
    post(server, "/world/rules", {"creates_per_second": 0})
    with pytest.raises(TwilioRestException) as caught:
        client(server).messages.create(to=LUIS, from_=OURS, body="Hello")
    assert caught.value.code == 20429

    post(server, "/world/rules", {"creates_per_second": None})
    client(server).messages.create(to=LUIS, from_=OURS, body="Hello")
