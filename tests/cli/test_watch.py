"""`patchthrough watch`: what is shown is what is so, it costs what it says, and it ends without a trace."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.adapters.campaign_moves import move
from chalicelib.adapters.desks import Desks
from chalicelib.domain.campaign import Status
from chalicelib.domain.counts import Outcome
from chalicelib.domain.limits import calls_of, day_of
from tests import values
from tests.cli.conftest import Shell
from tests.cli.post_office import SLUG, PostOffice, opened


@pytest.fixture
def post(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    with opened(shell, monkeypatch) as found:
        url = found.sqs.create_queue(QueueName="ring")["QueueUrl"]
        monkeypatch.setenv("PATCHTHROUGH_QUEUE_RING", url)
        yield found


def busy(post: PostOffice) -> None:
    """Two callers for an office's one line, one to be rung, three calls counted, a fifth of the day spent."""
    shell, now = post.shell, datetime.now(UTC)
    desks, lines = Desks(shell.catalog.table), values.ATLANTA.lines[:1]
    for ticket in ("one", "two"):
        desks.ask(values.ATLANTA.id, ticket, lines, now, waits=True)
    post.sqs.send_message(QueueUrl=post.sqs.get_queue_url(QueueName="ring")["QueueUrl"], MessageBody="{}")
    shell.count(SLUG, [Outcome.SPOKE, Outcome.SPOKE, Outcome.BUSY])
    for _ in range(200):
        shell.store.spend(calls_of(SLUG), day_of(now), 1000, now)


def said(result: Any) -> str:
    return " ".join(result.stdout.split())


@pytest.mark.parametrize("columns", ["80", "120"])
def test_what_is_piped_is_shown_once_and_as_it_is(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    busy(post)
    post.bury(post.letters_url, ["{}"])

    result = post.run("watch")

    assert result.exit_code == 0, result.output
    assert "1 to be rung 1 on hold 1 with an office" in said(result)
    assert re.search(rf"{SLUG} 2 of [\d,]+ 3 \+0 0 \+0 200 of 1,000 \(20%\)", said(result))
    assert re.search(rf"\({values.ATLANTA.id}\) (open|closed) 1 1 ", said(result))
    assert "letters and mail 0 0 0 1" in said(result)
    assert "patchthrough redrive" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= int(columns)


class Clock:
    """Somebody's patience: what happens at each sleep; then Ctrl-C."""

    def __init__(self, *happens: Callable[[], object]) -> None:
        self.happens, self.slept = list(happens), list[float]()

    def __call__(self, seconds: float) -> None:
        """Sleep."""
        self.slept.append(seconds)
        if not self.happens:
            raise KeyboardInterrupt
        self.happens.pop(0)()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.usefixtures("terminal")
def test_it_costs_what_it_says(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(post)
    events = boto3._get_default_session().events
    asked: list[int] = []

    def count(params: dict[str, Any], **_: Any) -> None:
        batches = params.get("RequestItems", {}).values()
        assert params.get("ConsistentRead") or all(each["ConsistentRead"] for each in batches)
        asked.append(sum(len(each["Keys"]) for each in batches) if batches else 1)

    monkeypatch.setattr(time, "sleep", Clock(asked.clear))
    names = [
        f"provide-client-params.dynamodb.{name}" for name in ("GetItem", "BatchGetItem", "Query", "Scan")
    ]
    for name in names:
        events.register(name, count, name)
    try:
        result = post.run("watch")
    finally:
        for name in names:
            events.unregister(name, unique_id=name)

    told = {int(each.replace(",", "")) for each in re.findall(r"([\d,]+) read units each", result.stdout)}
    assert told == {sum(asked)}, "small items, read as they are now: a unit each"


@pytest.mark.usefixtures("terminal")
def test_it_goes_on_until_ctrl_c_and_ends_cleanly(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(lambda: post.shell.count(SLUG, [Outcome.SPOKE]), lambda: None)
    monkeypatch.setattr(time, "sleep", clock)

    result = post.run("watch", "--every", "5")

    assert result.exit_code == 0, result.output
    assert clock.slept == [5, 5, 5]
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", result.stdout)
    assert re.search(r"0 \+0 +0 \+0", plain)
    assert re.search(r"1 \+1 +0 \+0", plain)
    assert "Each 5 s anew" in plain
    assert plain.rstrip().endswith("Nothing was changed by watching.")
    assert "\x1b[?25h" in result.stdout, "the cursor is back"
    assert post.record() == []


@pytest.mark.usefixtures("terminal")
def test_an_outage_is_told_the_last_look_stays_and_it_goes_on(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(post)
    events = boto3._get_default_session().events

    outages = list[bool]()

    def fail(**_: Any) -> None:
        if outages:
            raise EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    monkeypatch.setattr(time, "sleep", Clock(lambda: outages.append(True), outages.clear))
    events.register_first("before-call.dynamodb", fail, "fail")
    try:
        result = post.run("watch")
    finally:
        events.unregister("before-call.dynamodb", unique_id="fail")

    assert result.exit_code == 0, result.output
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", result.stdout)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    told = " ".join(plain.split())
    assert "The table can’t be reached: no answer from AWS" in told
    assert "What stands here is of" in told
    assert plain.count("with an office") >= 3
    assert "can’t be reached" not in told.rpartition("to be rung")[2], "and it comes back"


def test_what_is_of_today_is_told_from_what_is_older(
    post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "NOW", datetime.now(UTC))
    post.shell.count(SLUG, [Outcome.SPOKE, Outcome.BUSY])
    monkeypatch.setattr(values, "NOW", datetime(2020, 1, 1, tzinfo=UTC))
    post.shell.count(SLUG, [Outcome.SPOKE], office="ero-mia")

    result = post.run("watch")

    assert "today (UTC)" in result.stdout
    assert "3 +2 0 +0" in said(result)
    assert "+ is today (UTC)." in said(result)


def test_a_campaign_that_has_ended_is_not_shown_and_a_paused_one_is_named(post: PostOffice) -> None:
    catalog = post.shell.catalog
    move(catalog, SLUG, Status.PAUSED, "Dana R.", datetime.now(UTC))
    assert f"{SLUG} paused" in said(post.run("watch"))
    move(catalog, SLUG, Status.ENDED, "Dana R.", datetime.now(UTC))

    assert "No campaign is live or paused." in post.run("watch").stdout


def test_its_help_says_what_it_costs(post: PostOffice) -> None:
    assert "25 read units for each live campaign" in said(post.run("watch", "--help"))
