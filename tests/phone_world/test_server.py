"""The phone world over HTTP: real time, the control API, the page, and nothing beyond this machine."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped, unused-ignore]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped, unused-ignore]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]
from twilio.rest import Client  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import OurNumber, PhoneWorldServer, Supporter
from dev.phone_world.calls import Hook
from dev.phone_world.http_wire import NotLoopback, loopback_address, send
from dev.phone_world.server import PAGE_FILES
from tests.phone_world.tiny_app import ACCOUNT, ANA, LUIS, OFFICE, OURS, TOKEN

PAGES = {
    "/start": '<Response><Gather numDigits="1" action="/key" timeout="30"><Say>Key?</Say></Gather></Response>',
    "/key": f'<Response><Dial action="/after">{OFFICE}</Dial></Response>',
    "/after": "<Response><Say>Thank you.</Say></Response>",
    "/hola": '<Response><Say language="es-MX">Hola.</Say><Pause length="30"/></Response>',
    "/text": "<Response><Message>Thanks.</Message></Response>",
}


class App(ThreadingHTTPServer):
    """An app on a port: answers by path, keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.slow = threading.Event()
        self.slow.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: App

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, dict(self.headers), body))
        self.server.slow.wait(5)
        answer = PAGES.get(self.path, "").encode()
        signed = "X-Twilio-Signature" in self.headers
        self.send_response(200 if signed and answer else 204 if signed else 403)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


@contextmanager
def serving() -> Iterator[App]:
    app = App()
    thread = threading.Thread(target=app.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield app
    finally:
        app.shutdown()
        app.server_close()
        thread.join()


@pytest.fixture
def app() -> Iterator[App]:
    with serving() as app:
        yield app


@contextmanager
def running(app: App, speed: float = 1.0) -> Iterator[PhoneWorldServer]:
    ours = OurNumber(voice=Hook(f"{app.url}/start"), text=Hook(f"{app.url}/text"))
    server = PhoneWorldServer(
        ACCOUNT, TOKEN, {OURS: ours}, port=0, speed=speed, parties=[Supporter(ANA, name="Ana")]
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(app: App) -> Iterator[PhoneWorldServer]:
    with running(app, speed=20) as up:
        yield up


def client(server: PhoneWorldServer, timeout: float = 5.0) -> Client:
    twilio = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=timeout))
    twilio.api.base_url = server.url
    return twilio


def post(server: PhoneWorldServer, path: str, document: Any) -> tuple[int, Any]:
    answer = requests.post(server.url + path, json=document, timeout=5)
    return answer.status_code, answer.json()


def get(server: PhoneWorldServer, path: str) -> Any:
    return requests.get(server.url + path, timeout=5).json()


def eventually(claim: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not claim():
        assert time.monotonic() < until, "it did not become so in five seconds"
        time.sleep(0.01)


def ring(server: PhoneWorldServer, app: App) -> str:
    sid = client(server).calls.create(to=ANA, from_=OURS, url=f"{app.url}/start").sid
    eventually(lambda: phone(server)["status"] == "ringing")
    return str(sid)


def phone(server: PhoneWorldServer, number: str = ANA) -> Any:
    return next(one for one in get(server, "/world/state")["phones"] if one["number"] == number)


def test_a_call_by_hand_from_ring_to_goodbye(server: PhoneWorldServer, app: App) -> None:
    sid = ring(server, app)
    post(server, "/world/phones", {"number": ANA, "do": "answer"})
    eventually(lambda: any(line["text"] == "Key?" for line in phone(server)["lines"]))
    post(server, "/world/phones", {"number": ANA, "do": "press", "keys": "1"})
    eventually(lambda: any(one["status"] == "ringing" for one in get(server, "/world/state")["offices"]))
    post(server, "/world/phones", {"number": OFFICE, "do": "answer"})
    eventually(lambda: any(line["text"] == "Connected" for line in phone(server)["lines"]))
    post(server, "/world/phones", {"number": OFFICE, "do": "hang_up"})
    eventually(lambda: bool(client(server).calls(sid).fetch().status == "completed"))

    assert [path for path, _, _ in app.asked] == ["/start", "/key", "/after"]
    assert get(server, "/world/complaints") == []
    assert get(server, f"/world/transcripts/{sid}")[0]["text"] == "Key?"


def test_webhooks_are_signed_for_the_exact_address(server: PhoneWorldServer, app: App) -> None:
    ring(server, app)
    post(server, "/world/phones", {"number": ANA, "do": "answer"})
    eventually(lambda: len(app.asked) == 1)
    path, headers, body = app.asked[0]
    fields = dict(parse_qsl(body, keep_blank_values=True))
    assert RequestValidator(TOKEN).validate(app.url + path, fields, headers["X-Twilio-Signature"])


def test_a_slow_app_holds_up_neither_the_rest_side_nor_the_page(server: PhoneWorldServer, app: App) -> None:
    ring(server, app)
    app.slow.clear()
    post(server, "/world/phones", {"number": ANA, "do": "answer"})
    eventually(lambda: len(app.asked) == 1)
    began = time.monotonic()
    get(server, "/world/state")
    client(server).calls.list()
    took = time.monotonic() - began
    app.slow.set()

    assert took < 1


def test_the_next_create_can_meet_each_fault(server: PhoneWorldServer, app: App) -> None:
    def create(timeout: float = 5.0) -> None:
        client(server, timeout).calls.create(to=ANA, from_=OURS, url=f"{app.url}/start")

    post(server, "/world/next-create", {"trouble": "throttled", "seconds": 7})
    with pytest.raises(TwilioRestException) as caught:
        create()
    assert caught.value.status == 429
    post(server, "/world/next-create", {"trouble": "hangs"})
    with pytest.raises(requests.ReadTimeout):
        create(timeout=0.3)
    post(server, "/world/next-create", {"trouble": "reset"})
    with pytest.raises(requests.ConnectionError):
        create()
    post(server, "/world/next-create", {"trouble": "unreachable"})
    with pytest.raises(requests.ConnectionError):
        create()
    post(server, "/world/next-create", {"trouble": "hangs", "seconds": 0.2})
    create()

    assert len(get(server, "/world/calls")) == 3


def test_the_next_webhook_can_arrive_twice_or_be_lost(server: PhoneWorldServer, app: App) -> None:
    post(server, "/world/next-webhook", {"plan": "twice"})
    client(server).calls.create(
        to=ANA,
        from_=OURS,
        url=f"{app.url}/start",
        status_callback=f"{app.url}/status",
        status_callback_event=["initiated", "ringing"],
    )
    eventually(lambda: len(app.asked) == 3)
    post(server, "/world/next-webhook", {"plan": "lost"})
    post(server, "/world/phones", {"number": ANA, "do": "answer"})
    eventually(lambda: get(server, "/world/state")["so_far"]["lost"] == 1)

    assert get(server, "/world/state")["so_far"]["twice"] == 1


def test_a_forged_webhook_has_no_signature_or_a_wrong_one(server: PhoneWorldServer, app: App) -> None:
    ring(server, app)
    post(server, "/world/phones", {"number": ANA, "do": "answer"})
    eventually(lambda: len(app.asked) == 1)
    post(server, "/world/forge", {})
    eventually(lambda: len(app.asked) == 2)
    post(server, "/world/forge", {"signature": "wrong"})
    eventually(lambda: get(server, "/world/state")["so_far"]["forged"] == 2)

    assert "X-Twilio-Signature" not in app.asked[1][1]
    assert "X-Twilio-Signature" in app.asked[2][1]


def test_somebody_can_call_in_and_text(server: PhoneWorldServer, app: App) -> None:
    post(server, "/world/calls", {"number": ANA, "to": OURS})
    post(server, "/world/texts", {"number": ANA, "to": OURS, "body": "JOIN"})
    eventually(lambda: len(phone(server)["texts"]) == 2 and len(phone(server)["lines"]) == 1)

    assert phone(server)["texts"][1] == phone(server)["texts"][1] | {"mine": False, "body": "Thanks."}


def test_the_clock_can_be_held_and_a_minute_skipped(app: App) -> None:
    with running(app) as server:
        post(server, "/world/clock", {"pause": True})
        held = get(server, "/world/state")["clock"]["now"]
        time.sleep(0.1)
        assert get(server, "/world/state")["clock"]["now"] == held
        server.world.rules.cps = 1
        post(server, "/world/clock", {"skip": 60})
        eventually(lambda: bool(get(server, "/world/state")["clock"]["now"] > held))
        post(server, "/world/clock", {"pause": False})
        after = get(server, "/world/state")["clock"]["now"]
        eventually(lambda: bool(get(server, "/world/state")["clock"]["now"] > after))


def test_a_skipped_minute_waits_for_the_app(app: App) -> None:
    with running(app) as server:
        ring(server, app)
        app.slow.clear()
        post(server, "/world/phones", {"number": ANA, "do": "answer"})
        eventually(lambda: len(app.asked) == 1)
        post(server, "/world/clock", {"skip": 60})
        time.sleep(0.2)
        app.slow.set()
        eventually(lambda: phone(server)["status"] == "idle")
        lines = [line["text"] for line in phone(server)["lines"]]

    assert lines == ["Key?"]
    assert [path for path, _, _ in app.asked] == ["/start"]


def test_a_reset_forgets_calls_and_keeps_the_first_people(server: PhoneWorldServer, app: App) -> None:
    ring(server, app)
    post(server, "/world/supporters", {"number": LUIS})
    post(server, "/world/reset", {})
    state = get(server, "/world/state")

    assert state["so_far"]["calls"] == 0
    assert [one["number"] for one in state["phones"]] == [ANA]


def test_a_phone_nobody_added_appears_when_the_app_rings_it(server: PhoneWorldServer, app: App) -> None:
    client(server).calls.create(to=LUIS, from_=OURS, url=f"{app.url}/start")

    eventually(lambda: LUIS in {one["number"] for one in get(server, "/world/state")["phones"]})


# Nothing beyond this machine.


@pytest.mark.parametrize("path", PAGE_FILES)
def test_the_page_is_served_and_asks_nobody_else(server: PhoneWorldServer, path: str) -> None:
    answer = requests.get(server.url + path, timeout=5)

    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "https://" not in answer.text
    assert "//cdn" not in answer.text


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_another_sites_page_gets_nothing(server: PhoneWorldServer, headers: dict[str, str]) -> None:
    answer = requests.post(server.url + "/world/reset", json={}, headers=headers, timeout=5)

    assert answer.status_code == 403


def test_the_control_api_takes_json_only(server: PhoneWorldServer) -> None:
    assert requests.post(server.url + "/world/reset", data={"a": "b"}, timeout=5).status_code == 415
    json_type = {"Content-Type": "application/json"}
    wrong = requests.post(server.url + "/world/reset", data=b"{", headers=json_type, timeout=5)
    assert wrong.status_code == 400
    assert get(server, "/world/nothing")["error"]
    assert post(server, "/world/nothing", {})[0] == 404
    assert requests.get(server.url + "/nothing", timeout=5).status_code == 404


def test_too_long_a_body_is_refused(server: PhoneWorldServer) -> None:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)
    connection.putrequest("POST", "/world/reset")
    connection.putheader("Content-Length", "2000000")
    connection.endheaders()

    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize("host", ["example.org", "10.0.0.1", "127.0.0.1.example.org", "0.0.0.0", ""])
def test_no_other_machine_is_ever_asked(host: str) -> None:
    with pytest.raises(NotLoopback):
        loopback_address(host)
    with pytest.raises(NotLoopback):
        send("POST", f"http://{host}/", {}, b"")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.8.8.8", "::1"])
def test_this_machine_may_be_asked(host: str) -> None:
    assert loopback_address(host)


def test_https_is_refused_too() -> None:
    with pytest.raises(NotLoopback):
        send("POST", "https://127.0.0.1/", {}, b"")


def test_a_webhook_that_leads_elsewhere_is_refused_aloud(
    server: PhoneWorldServer, capsys: pytest.CaptureFixture[str]
) -> None:
    client(server).calls.create(
        to=ANA, from_=OURS, url="http://example.org/start", status_callback="http://example.org/status"
    )
    eventually(lambda: phone(server)["status"] == "ringing")
    post(server, "/world/phones", {"number": ANA, "do": "answer"})
    eventually(lambda: phone(server)["status"] == "idle")

    assert "this machine only" in capsys.readouterr().err
    assert {entry["status"] for entry in get(server, "/world/wire") if entry["way"] == "→ app"} == {None}


def test_stopping_gives_the_port_back(app: App) -> None:
    with running(app) as server:
        port = int(server.url.rpartition(":")[2])
    again = PhoneWorldServer(ACCOUNT, TOKEN, [OURS], port=port)
    again.start()
    assert json.loads(requests.get(again.url + "/world/state", timeout=5).text)["phones"] == []
    again.stop()
