"""`make run` as a person meets it: started as a process, used over HTTP, ended by a signal."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dev import aws, environment, ports, reset
from dev.solving import solve
from tests.needs import needs

ROOT = Path(__file__).resolve().parent.parent.parent
RUN = """
import signal, sys
from pathlib import Path
from dev.stack import main

# Tests that run under nohup would hand their deafness on.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.exit(main(Path(sys.argv[1])))
"""
READY_SECONDS = 120
END_SECONDS = 60
LISTENING = "0A"
LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}


class Running:
    """One `make run`, on ports of its own."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.ports = dict(zip(ports.VARIABLES, ports.free(len(ports.VARIABLES)), strict=True))
        moved = {name: str(number) for name, number in self.ports.items()} | variables
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, folder], env=os.environ | moved, cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.said = ""
        self.took = 0.0

    def until(self, words: str) -> "Running":
        assert self.process.stdout is not None
        began = time.monotonic()
        while words not in self.said:
            line = self.process.stdout.readline()
            self.said += line
            assert line, f"it ended early: {self.said}"
            assert time.monotonic() - began < READY_SECONDS
        return self

    def family(self) -> set[int]:
        """Every process of this run."""
        found = {self.process.pid}
        for status in Path("/proc").glob("[0-9]*/status"):
            if f"\nPPid:\t{self.process.pid}\n" in _text(status):
                found.add(int(status.parent.name))
        return found

    def end(self, number: signal.Signals) -> None:
        """Signal the whole group, as a terminal does, and see that nothing is left."""
        family = self.family()
        os.killpg(self.process.pid, number)
        assert self.rest() == 0
        assert "Everything has ended" in self.said
        assert gone(family)
        assert not any(ports.is_taken(port) for port in self.ports.values())
        assert not (self.folder / "env").exists()

    def rest(self) -> int:
        self.said += self.process.communicate(timeout=END_SECONDS)[0]
        return self.process.returncode

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.ports['PORT']}{path}"


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def get(url: str, document: Any = None) -> Any:
    body = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def tapped(running: "Running", phone: str, language: str) -> str:
    """The id of a call asked for as the page does, with its proof of work."""
    campaign = running.url("/api/campaigns/families-28")
    proof = solve(get(f"{campaign}/challenge"))
    asked = {"phone": phone, "language": language, "consent": "call-1", "proof": proof}
    call_id: str = get(f"{campaign}/calls", asked)["id"]
    return call_id


def listening(pids: set[int]) -> set[tuple[str, int]]:
    """The addresses (as the kernel writes them) and ports on which these processes listen."""
    sockets = {
        str(link.readlink()).removeprefix("socket:[").removesuffix("]")
        for pid in pids
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if str(link.readlink()).startswith("socket:")
    }
    rows = [
        row.split() for name in ("tcp", "tcp6") for row in _text(Path("/proc/net", name)).splitlines()[1:]
    ]
    local = (row[1].split(":") for row in rows if row[3] == LISTENING and row[9] in sockets)
    return {(address, int(port, 16)) for address, port in local}


def gone(pids: set[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


Start = Callable[..., Running]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Start]:
    needs("ministack")
    started: list[Running] = []

    def start(**variables: str) -> Running:
        started.append(Running(tmp_path / "local", **variables))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.terminate()
            each.process.communicate(timeout=END_SECONDS)


ASTRAY = {
    "TWILIO_API_URL": "",
    "PATCHTHROUGH_SES_URL": "",
    "AWS_ENDPOINT_URL_SESV2": "http://192.0.2.1",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://192.0.2.1",
    "HTTP_PROXY": "http://192.0.2.1",
    "http_proxy": "http://192.0.2.1",
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A stack that tests only look at, started where a person's settings lead elsewhere."""
    needs("ministack")
    running = Running(tmp_path_factory.mktemp("stack") / "local", **ASTRAY)
    began = time.monotonic()
    running.until("What to try")
    running.took = time.monotonic() - began
    yield running
    running.end(signal.SIGTERM)


def test_it_is_ready_soon_and_says_where_things_are(stack: Running) -> None:
    # Ten on a machine of its own; the tests share theirs.
    assert stack.took < 20
    worlds = (f":{stack.ports[name]}/" for name in ("PHONE_PORT", "MAIL_PORT"))
    for line in ("?lang=en", "?lang=es", "counts verify", *worlds):
        assert line in stack.said


def test_nothing_listens_beyond_this_machine(stack: Running) -> None:
    found = listening(stack.family())
    assert {port for _, port in found} == set(stack.ports.values())
    assert {address for address, _ in found} <= LOOPBACK


def test_settings_that_lead_elsewhere_are_not_followed(stack: Running) -> None:
    told = environment.read(stack.folder / "env")
    assert told["TWILIO_API_URL"] == f"http://127.0.0.1:{stack.ports['PHONE_PORT']}"
    assert told["PATCHTHROUGH_SES_URL"] == f"http://127.0.0.1:{stack.ports['MAIL_PORT']}"
    assert get(stack.url("/api/campaigns/families-28"))["slug"] == "families-28"


def test_the_log_names_routes_and_neither_phones_nor_calls(stack: Running) -> None:
    call = tapped(stack, "404 555 0188", "en")
    get(stack.url(f"/api/calls/{call}"))
    log = (stack.folder / "app.log").read_text()
    assert "GET /api/calls/{call_id} 200" in log
    assert not {word for word in ("5550188", "555-0188", call) if word in log + stack.said}


def test_a_tap_is_a_metric_of_the_local_cloudwatch_within_ten_seconds(stack: Running) -> None:
    cloudwatch = aws.client("cloudwatch", f"http://127.0.0.1:{stack.ports['AWS_PORT']}")
    step = {
        "Namespace": "Patchthrough/local",
        "MetricName": "Step",
        "Dimensions": [{"Name": "step", "Value": "form"}],
    }
    query = {"Id": "m", "MetricStat": {"Metric": step, "Period": 60, "Stat": "Sum"}}

    def forms() -> float:
        now = datetime.now(UTC)
        span = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(minutes=1)}
        (found,) = cloudwatch.get_metric_data(MetricDataQueries=[query], **span)["MetricDataResults"]
        return float(sum(found["Values"]))

    before = forms()
    tapped(stack, "404 555 0177", "en")
    until = time.monotonic() + 10
    while forms() == before and time.monotonic() < until:
        time.sleep(0.1)

    assert forms() == before + 1


def test_a_port_in_use_is_said_before_anything_starts(stack: Running, run: Start) -> None:
    second = run(PHONE_PORT=str(stack.ports["PHONE_PORT"]))
    assert second.rest() == 1
    assert f"Port {stack.ports['PHONE_PORT']} (the phone world) is in use" in second.said
    assert "make run PHONE_PORT=" in second.said
    assert "Traceback" not in second.said


def test_a_second_run_finds_what_the_first_left_and_reset_forgets(run: Start) -> None:
    first = run().until("What to try")
    assert len(first.family()) == 2, "the stack itself and the local AWS"
    call = tapped(first, "404 555 0188", "es")
    assert reset.main(first.folder) == 1, "a running stack is left alone"
    first.end(signal.SIGINT)

    second = run().until("What to try")
    assert get(second.url(f"/api/calls/{call}"))["id"] == call
    assert "nothing to change" in (second.folder / "app.log").read_text()
    second.end(signal.SIGHUP)

    assert reset.main(first.folder) == 0
    third = run().until("What to try")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(third.url(f"/api/calls/{call}"))


def test_a_signal_during_the_start_leaves_nothing_behind(run: Start) -> None:
    run().until("Local AWS on").end(signal.SIGINT)


def test_a_part_that_dies_ends_the_rest_with_a_sentence(run: Start) -> None:
    stack = run().until("What to try")
    family = stack.family()
    (ministack,) = family - {stack.process.pid}
    os.kill(ministack, signal.SIGKILL)
    assert stack.rest() == 1
    assert "The local AWS has ended by itself" in stack.said
    assert gone(family)
