"""`patchthrough redrive`: what was given up is shown by kind, goes back whole, and is told when it comes again."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.adapters import letter_queue
from chalicelib.adapters.alert_queue import AlertQueue, AlertTurn
from chalicelib.adapters.dead_letters import WatchedQueue
from chalicelib.adapters.ring_queue import BookedCall, CodeText, ReplyText, RingQueue
from chalicelib.domain.letter_events import MailKind
from cli.redrive_kinds import KINDS, kind_of
from cli.redrive_screens import age
from tests.cli.conftest import Shell
from tests.cli.post_office import PostOffice, opened
from tests.domain.test_ses_events import body

BY = ("--by", "Dana R.")
SECRET = "Zq7-a-call-of-somebody"
EVENT = json.dumps(body("Delivery", recipients=["one@atlanta.example"]))
POISON = ("{}", "not JSON", "[]", '{"call_id": 7}', "[" * 99_999)
NOW = datetime(2026, 12, 9, 16, tzinfo=UTC)


@pytest.fixture
def post(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with opened(shell, monkeypatch) as found:
        for name in ("ring", "alerts"):
            monkeypatch.setenv(f"PATCHTHROUGH_QUEUE_{name.upper()}", furnished(found, name))
        yield found


def furnished(post: PostOffice, name: str, tries: int = 5) -> str:
    dead = post.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    arn = post.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": str(tries)})
    url: str = post.sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy})["QueueUrl"]
    return url


def url_of(post: PostOffice, name: str) -> str:
    found: str = post.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    return found


def sent_by_the_app(post: PostOffice) -> dict[str, list[str]]:
    """One message of each kind, as the app itself sends it."""
    ring, alerts = url_of(post, "ring"), url_of(post, "alerts")
    rings, letters = RingQueue(post.sqs, ring), letter_queue.LetterQueue(post.sqs, post.letters_url)
    rings.send(SECRET, 0)
    rings.send_booked(BookedCall(SECRET, NOW), 0)
    rings.send_code(CodeText(SECRET, 1), 0)
    rings.send_reply(ReplyText(SECRET))
    letters.send(letter_queue.LetterTurn(SECRET), 0)
    letters.send(letter_queue.WriterMail(SECRET, next(iter(MailKind)), SECRET), 0)
    AlertQueue(post.sqs, alerts).send(AlertTurn(SECRET, "00", 1, 40, 1, NOW), 0)
    post.sqs.send_message(QueueUrl=post.events_url, MessageBody=EVENT)
    return {
        "ring": post.queued(ring),
        "letters": post.queued(post.letters_url),
        "mail_events": post.queued(post.events_url),
        "alerts": post.queued(alerts),
    }


def buried(post: PostOffice) -> dict[str, list[str]]:
    found = sent_by_the_app(post)
    for name, bodies in found.items():
        url = {"letters": post.letters_url, "mail_events": post.events_url}.get(name) or url_of(post, name)
        post.sqs.purge_queue(QueueUrl=url)
        post.bury(url, bodies)
    return found


def dead(post: PostOffice, name: str) -> int | None:
    return WatchedQueue(post.sqs, url_of(post, name)).depth().dead


def test_each_kind_the_app_sends_has_a_word(post: PostOffice) -> None:
    found = sent_by_the_app(post)

    assert set(found) == set(KINDS)
    words = {kind_of(name, each) for name, bodies in found.items() for each in bodies}
    assert len(words) == 4 + 2 + 1 + 1
    assert None not in words


@pytest.mark.parametrize("queue", KINDS)
@pytest.mark.parametrize("text", POISON)
def test_what_no_worker_can_read_has_none(queue: str, text: str) -> None:
    assert kind_of(queue, text) is None


@pytest.mark.parametrize("columns", ["80", "120"])
def test_what_was_given_up_is_shown_without_whom_it_is_about(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    buried(post)
    post.bury(url_of(post, "ring"), ["+14045550123"])

    result = post.run("redrive", "--dry-run")

    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    for word in ("call to place", "booked call", "code by text", "letter to look at", "SES tells: Delivery"):
        assert word in text
    assert "ring unreadable 1 " in text
    assert not [part for part in (SECRET, "atlanta.example", "555") if part in result.output]
    assert max(map(len, result.stdout.splitlines())) <= int(columns)
    assert [dead(post, name) for name in ("ring", "letters", "mail-events", "alerts")] == [5, 2, 1, 1]
    assert post.record() == []


def test_all_goes_back_to_where_it_failed_once_agreed(post: PostOffice) -> None:
    found = buried(post)

    result = post.run("redrive", *BY, answer="y\n")

    assert result.exit_code == 0, result.output
    assert "Bring 8 back?" in result.stdout
    assert "ring: 4 went back; unreadable, so left where they are: 0." in result.stdout
    assert sorted(post.queued(url_of(post, "ring"))) == sorted(found["ring"])
    assert sorted(post.queued(post.letters_url)) == sorted(found["letters"])
    assert post.queued(post.events_url) == found["mail_events"]
    assert post.queued(url_of(post, "alerts")) == found["alerts"]
    assert [dead(post, name) for name in ("ring", "letters", "mail-events", "alerts")] == [0, 0, 0, 0]
    assert {(each.who, each.subject, each.facts["went back"]) for each in post.record()} == {
        ("Dana R.", "ring", "4"),
        ("Dana R.", "letters", "2"),
        ("Dana R.", "mail_events", "1"),
        ("Dana R.", "alerts", "1"),
    }


@pytest.mark.parametrize("answer", ["n\n", None])
def test_who_does_not_agree_changes_nothing(post: PostOffice, answer: str | None) -> None:
    buried(post)

    result = post.run("redrive", answer=answer)

    assert result.exit_code == 1
    assert (dead(post, "ring"), post.queued(url_of(post, "ring")), post.record()) == (4, [], [])


def test_one_queue_can_be_chosen_and_the_others_stay(post: PostOffice) -> None:
    buried(post)

    result = post.run("redrive", "letters", "--yes")

    assert result.exit_code == 0, result.output
    assert [dead(post, name) for name in ("ring", "letters", "mail-events", "alerts")] == [4, 0, 1, 1]
    unknown = post.run("redrive", "dead")
    assert unknown.exit_code == 2
    assert "There are: ring, letters, mail_events, alerts." in unknown.stderr


def test_what_no_worker_can_read_stays(post: PostOffice) -> None:
    call = json.dumps({"call_id": SECRET})
    post.bury(url_of(post, "ring"), [*POISON[:4], call])

    result = post.run("redrive", "--yes")

    assert result.exit_code == 1
    assert "ring: 1 went back; unreadable, so left where they are: 4." in result.stdout
    assert post.queued(url_of(post, "ring")) == [call]
    only = post.run("redrive", "--yes")
    assert only.exit_code == 1
    assert "No worker can read any of them" in only.stderr
    assert dead(post, "ring") == 4


def test_nothing_given_up_is_nothing_to_do(post: PostOffice) -> None:
    result = post.run("redrive")

    assert (result.exit_code, result.stdout) == (
        0,
        "Nothing was given up in ring, letters, mail_events, alerts.\n",
    )


@contextmanager
def nothing_mended(post: PostOffice, name: str) -> Iterator[list[str]]:
    """Whatever is sent anywhere fails at once, as often as this queue has it tried; yields what failed."""
    url, failed = url_of(post, name), list[str]()
    events = boto3._get_default_session().events  # of the session that the command's clients are made in

    def fail(**_: Any) -> None:
        for _try in range(2):
            answer = post.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
            failed.extend(each["Body"] for each in answer.get("Messages", []))

    events.register("after-call.sqs.SendMessage", fail, "fail")
    try:
        yield failed
    finally:
        events.unregister("after-call.sqs.SendMessage", unique_id="fail")


def test_what_is_given_up_again_meanwhile_stays_and_is_told(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHTHROUGH_QUEUE_RING", furnished(post, "hasty", tries=1))
    calls = [json.dumps({"call_id": f"{SECRET}-{number}"}) for number in range(3)]
    post.bury(url_of(post, "hasty"), calls)

    with nothing_mended(post, "hasty") as failed:
        result = post.run("redrive", "ring", "--yes")

    assert sorted(failed) == calls
    assert result.exit_code == 1
    assert "ring: 3 went back;" in result.stdout
    assert "ring: given up again while this ran: 3. What broke them is not mended." in result.stdout
    assert dead(post, "hasty") == 3


def test_who_stays_a_while_sees_what_comes_again(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    url = url_of(post, "ring")
    post.bury(url, [json.dumps({"call_id": SECRET})])
    slept = list[float]()

    def bury_again(seconds: float) -> None:
        slept.append(seconds)
        post.bury(url, post.queued(url))

    monkeypatch.setattr(time, "sleep", bury_again)
    result = post.run("redrive", "ring", "--yes", "--wait", "1")

    assert slept
    assert result.exit_code == 1
    assert "ring: given up again within 1 s: 1." in result.stdout


def test_ages_are_short() -> None:
    spans = (timedelta(seconds=4), timedelta(minutes=61), timedelta(minutes=3), timedelta(days=13, hours=5))

    assert list(map(age, spans)) == ["4 s", "1 h", "3 min", "13 d"]
