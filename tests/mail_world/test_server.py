"""The mail world over HTTP: a real client, the control API, the inbox's files, and nothing beyond this machine."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from dev.mail_world import Mailbox, MailWorld, MailWorldServer
from dev.mail_world.__main__ import queue_on
from dev.mail_world.told import OUTCOMES
from dev.phone_world.http_wire import NotLoopback
from tests.mail_world.post_office import ANA, ATLANTA, DOMAIN, SET, TOPIC, letter_to, ses, simple

HEARD: list[str] = []


def furnish(world: MailWorld) -> None:
    world.verify(DOMAIN)
    world.set_up(SET, TOPIC)
    world.subscribe(TOPIC, HEARD.extend)
    world.add(Mailbox(ANA, name="Ana"))


@pytest.fixture
def server() -> Iterator[MailWorldServer]:
    HEARD.clear()
    up = MailWorldServer(port=0, speed=50, seed=3, furnish=furnish)
    up.start()
    yield up
    up.stop()


def told(
    server: MailWorldServer, path: str, document: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(server.url.partition("//")[2], timeout=5)
    body = None if document is None else json.dumps(document)
    sent = {"Content-Type": "application/json"} | (headers or {})
    connection.request("GET" if document is None else "POST", path, body, sent)
    answer = connection.getresponse()
    read = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return read


def shown(server: MailWorldServer, path: str) -> Any:
    return json.loads(told(server, path)[2])


def eventually(claim: Callable[[], object], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "never"
        time.sleep(0.02)


def test_a_real_client_over_http_and_a_letter_that_arrives(server: MailWorldServer) -> None:
    client = ses(server.url)
    message_id = client.send_email(**letter_to(ATLANTA))["MessageId"]
    eventually(lambda: len(HEARD) == 2)

    letter = shown(server, f"/world/letters/{message_id}")
    assert (letter["subject"], letter["text"]) == ("A request", "Please halt the deportations.\n")
    assert letter["copies"][0]["fate"] == "delivered"
    assert shown(server, "/world/ledger/letter") == {"L1": 1}
    assert client.get_account()["SendQuota"]["SentLast24Hours"] == 1
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_suppressed_destination(EmailAddress=ATLANTA)


def test_lost_answers_over_http(server: MailWorldServer) -> None:
    client = ses(server.url, read_timeout=1)
    told(server, "/world/next-send", {"trouble": "hangs"})
    with pytest.raises(ReadTimeoutError):
        client.send_email(**letter_to(letter="L1"))
    told(server, "/world/next-send", {"trouble": "killed"})
    with pytest.raises(ConnectionClosedError):
        client.send_email(**letter_to(letter="L2"))

    assert shown(server, "/world/ledger/letter") == {"L1": 1, "L2": 1}
    assert [entry["status"] for entry in shown(server, "/world/wire")] == [None, None]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_becomes_of_the_next_letter_can_be_chosen(server: MailWorldServer, outcome: str) -> None:
    assert told(server, "/world/next", {"address": ATLANTA, "outcome": outcome})[0] == 200

    assert server.world.mailbox(ATLANTA).first == (OUTCOMES[outcome],)


def test_scripts_rules_sender_events_garbage_and_clock_by_the_control_api(server: MailWorldServer) -> None:
    script = [{"move": "Delivered", "after": 1}, {"move": "Bounce", "subtype": "NoEmail", "after": 17}]
    steps: list[tuple[str, Any]] = [
        ("/world/mailboxes", [{"address": ATLANTA, "script": script, "first": ["full"]}]),
        ("/world/rules", {"max_send_rate": 5, "throttle": "ThrottlingException", "production": True}),
        ("/world/next-event", {"plan": "twice"}),
        ("/world/faults", {"duplicate": 0.5}),
        ("/world/suppress", {"address": ANA, "reason": "COMPLAINT"}),
        ("/world/garbage", {"topic": TOPIC, "kind": "list"}),
        ("/world/clock", {"pause": True}),
        ("/world/clock", {"speed": 2}),
        ("/world/clock", {"skip": 60}),
        ("/world/sender", {"trouble": "paused"}),
    ]
    for path, document in steps:
        assert told(server, path, document)[0] == 200, path

    world = server.world
    eventually(lambda: HEARD == ["[]"])
    assert [type(move).__name__ for move in world.mailbox(ATLANTA).script] == ["Delivered", "Bounce"]
    assert (world.rules.max_send_rate, world.faults.duplicate, len(world.next_plans)) == (5, 0.5, 1)
    assert shown(server, "/world/state")["sender"] == "paused"
    told(server, "/world/reset", {})
    assert (list(server.world.mailboxes), server.world.sender) == ([ANA], None)


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/world/mailboxes", {"address": "nobody"}),
        ("/world/mailboxes", {"name": "Ana"}),
        ("/world/mailboxes", {"address": ANA, "script": [{"move": "Dance"}]}),
        ("/world/mailboxes", {"address": ANA, "script": [{"move": "Complaint"}]}),
        ("/world/next", {"address": ANA, "outcome": "eaten"}),
        ("/world/next-send", {"trouble": "none"}),
        ("/world/next-event", {"plan": "never"}),
        ("/world/faults", {"luck": 1}),
        ("/world/faults", {"shuffle": True}),
        ("/world/sender", {"trouble": "tired"}),
        ("/world/rules", {"max_send_rate": "many"}),
        ("/world/rules", {"weather": "fine"}),
        ("/world/suppress", {"address": ANA, "reason": "DISLIKE"}),
        ("/world/clock", []),
        ("/world/next", 7),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(server: MailWorldServer, path: str, document: Any) -> None:
    status, _, answer = told(server, path, document)

    assert status == 400
    assert json.loads(answer)["error"]


def test_a_letters_html_is_shown_in_a_sandbox_that_fetches_nothing(server: MailWorldServer) -> None:
    content = simple()
    content["Simple"]["Body"]["Html"] = {"Data": "<p>Hello</p><script>alert(1)</script>"}
    sent = ses(server.url).send_email(**letter_to() | {"Content": content})["MessageId"]
    status, headers, page = told(server, f"/letters/{sent}")

    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert headers["content-security-policy"].startswith("sandbox allow-popups")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "allow-scripts" not in headers["content-security-policy"]
    assert b"<p>Hello</p>" in page
    assert told(server, "/letters/none")[0] == 404


def test_the_pages_files_are_served_and_nothing_else(server: MailWorldServer) -> None:
    for path in ("/", "/page.js", "/page.css", "/world.css"):
        status, headers, _ = told(server, path)
        assert status == 200
        assert "default-src 'none'" in headers["content-security-policy"]
    assert told(server, "/server.py")[0] == 404
    assert told(server, "/world/nothing")[0] == 404
    assert told(server, "/world/nothing", {})[0] == 404


def test_s11_only_this_machine_is_answered_and_asked(server: MailWorldServer) -> None:
    for headers in ({"Host": "elsewhere.example"}, {"Origin": "https://elsewhere.example"}):
        assert told(server, "/world/state", headers=headers)[0] == 403
    assert server.url.startswith("http://127.0.0.1:")
    with pytest.raises(NotLoopback):
        queue_on("https://sqs.us-east-1.amazonaws.com", "https://sqs.us-east-1.amazonaws.com/1/x")
    assert told(server, "/world/reset", {}, {"Content-Type": "text/plain"})[0] == 415


def test_s11_it_listens_in_under_a_second() -> None:
    began = time.perf_counter()
    up = MailWorldServer(port=0)
    up.start()
    took = time.perf_counter() - began
    up.stop()

    assert took < 1
