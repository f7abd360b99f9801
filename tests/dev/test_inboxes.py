"""The mail world of the local stack: the mailboxes the command line makes up, and a letter on its whole way."""

import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from cli.directory import read_offices
from cli.local_stack import vouched
from dev import inboxes
from dev.offices import DIRECTORY
from tests.dev.test_stack import Running, get
from tests.needs import needs

WRITER = "luis@people.example"
PATIENCE = 60.0


def test_each_office_has_the_mailbox_that_the_command_line_makes_up() -> None:
    offices = vouched(tuple(read_offices(DIRECTORY).offices.values()), date(2026, 11, 24))

    made_up = {box.address for office in offices for box in office.mailboxes}
    assert made_up == {mailbox.address for mailbox in inboxes.offices()}


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    needs("ministack")
    running = Running(tmp_path_factory.mktemp("stack") / "local").until("What to try")
    yield running
    running.process.terminate()
    assert running.rest() == 0


def test_a_letter_is_sent_once_it_is_confirmed_and_what_becomes_of_it_comes_back(stack: Running) -> None:
    world = f"http://127.0.0.1:{stack.ports['MAIL_PORT']}/world"
    letter = {
        "name": "Luis",
        "email": WRITER,
        "office": "ero-atl",
        "body": "Please halt it.",
        "language": "es",
    }
    get(stack.url("/api/campaigns/families-28/letters"), letter)
    (asked,) = within(PATIENCE, lambda: mails(world))

    link = re.findall(r"http://127\.0\.0\.1:\d+/letters/\S+", asked["text"])[0]
    body = urllib.parse.urlencode({"do": "confirm"}).encode()
    with urllib.request.urlopen(urllib.request.Request(link, body), timeout=10) as answer:
        followed = answer.geturl().rpartition("/")[2].partition("?")[0]

    told = stack.url(f"/api/letters/{followed}")
    within(PATIENCE, lambda: [each["state"] for each in get(told)["letters"]] == ["delivered"])
    assert list(get(f"{world}/ledger/letter").values()) == [1]
    assert within(PATIENCE, lambda: len(mails(world)) == 3), "the link, the letter, the receipt"
    assert get(f"{world}/complaints") == []


def mails(world: str) -> list[Any]:
    return [get(f"{world}/letters/{each['id']}") for each in get(f"{world}/letters")]


def within(seconds: float, seen: Callable[[], Any]) -> Any:
    """What is seen as soon as it is anything."""
    until = time.monotonic() + seconds
    while not (found := seen()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.3)
    return found
