"""`make e2e`: the packaged template deployed to a local AWS, and one call played through it.

Promises that the call goes the whole way it would go on AWS: a tap through the API gateway, the ring queue,
Lambda, Twilio's REST side (the phone world), signed webhooks back through the gateway, the ledger and the
tally; that the schedule calls the reconciler; and that the caller's number is in none of the logs. Every
step is printed with its second; the first that fails ends it with status 1. Nothing is left running.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev import aws, environment, offices, ports
from dev.deployment import DeployError, Stack
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.people import HangUp, PickUp, Press, Supporter
from dev.phone_world.server import PhoneWorldServer
from dev.solving import solve
from dev.stack import fresh_secret

ROOT = Path(__file__).resolve().parent.parent
MINISTACK = ROOT / ".venv-lambda" / "bin" / "ministack"
CAMPAIGN = "families-28"
SECRET = "patchthrough/e2e"  # noqa: S105 - its name
SUPPORTER = "+14045550123"
PLAYED = ("thanks", "spoke", 1)
CALL_SECONDS = 60.0
# A schedule of one minute, and the reconciler's cold start.
SCHEDULE_SECONDS = 80.0


class Failed(Exception):
    """A step did not do what it must; the message says what was seen."""


@dataclass
class Steps:
    """Prints each step with the second at which it was done."""

    began: float = field(default_factory=time.monotonic)

    def done(self, sentence: str) -> None:
        """Say that a step has succeeded."""
        print(f"{time.monotonic() - self.began:6.1f} s  {sentence}", flush=True)


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where the deployed app is, and what to ask it and its AWS with."""

    endpoint: str
    url: str
    outputs: dict[str, str]
    settings: dict[str, str]
    stack: Stack


def play(steps: Steps, folder: Path) -> None:
    """Deploy, play the call, and check what it left. Raises Failed at the first difference."""
    secret = fresh_secret()
    with _aws(folder) as endpoint, _phone_world(secret["twilio_auth_token"]) as world:
        steps.done("local AWS and phone world are up, on 127.0.0.1")
        deployed = _deploy(endpoint, world, secret)
        steps.done(f"stack created and updated with its own address; API {deployed.outputs['RestAPIId']}")
        _patchthrough(deployed, "campaign", "apply", f"campaigns/{CAMPAIGN}.yaml", "--yes")
        steps.done(f"patchthrough campaign apply {CAMPAIGN}")
        call_id = _tap(deployed)
        steps.done("tap: a call was created through the API gateway, and a code was texted")
        _enter_code(deployed, world, call_id)
        steps.done("the code was typed in, and the call is in line")
        _wait_for_end(deployed, call_id)
        steps.done("the phone rang once, an office was reached, the supporter said so by key")
        steps.done(_proof(deployed))
        _require_one_ring(world)
        steps.done("one ring, one office call, and nothing that Twilio would complain about")
        steps.done(f"the schedule has called the reconciler {_reconciled(deployed)} times, without an error")
        steps.done(f"{_clean_logs(deployed)} log lines, none with a phone number; the dead queue is empty")


@contextlib.contextmanager
def _aws(folder: Path) -> Iterator[str]:
    (port,) = ports.free(1)
    with aws.running(port, scratch=folder, ministack=MINISTACK) as endpoint:
        yield endpoint


@contextlib.contextmanager
def _phone_world(token: str) -> Iterator[PhoneWorldServer]:
    lines = [
        OfficeLine(office.number, Answer.PERSON, ring_seconds=2.0, talk_seconds=5.0)
        for office in offices.directory()
    ]
    # Goes on, speaks with the first office, says so, and has no time for the next one.
    moves = (PickUp(after=1.0), Press("1"), Press("1"), HangUp(when="asked for a key"))
    world = PhoneWorldServer(
        environment.ACCOUNT,
        token,
        [environment.NUMBER],
        port=0,
        parties=[*lines, Supporter(SUPPORTER, moves)],
    )
    world.start()
    try:
        yield world
    finally:
        world.stop()


def _deploy(endpoint: str, world: PhoneWorldServer, secret: dict[str, str]) -> Deployed:
    """Create the stack, then tell it its own address, which exists only afterwards."""
    aws.write_secret(aws.client("secretsmanager", endpoint), SECRET, secret)
    stack = Stack("patchthrough-e2e", endpoint)
    parameters = stack.upload() | {
        "Stage": environment.STAGE,
        "PublicUrl": f"{endpoint}/not-yet-known",
        "SecretName": SECRET,
        "TwilioAccountSid": environment.ACCOUNT,
        "TwilioApiUrl": world.url,
        "TwilioNumbers": environment.NUMBER,
    }
    outputs = stack.create(parameters)
    url = f"{endpoint}/restapis/{outputs['RestAPIId']}/{_api_stage(outputs)}/_user_request_"
    stack.update(parameters | {"PublicUrl": url})
    furniture = aws.Furniture(outputs["TableName"], outputs["RingQueueUrl"], outputs["RingDeadUrl"], SECRET)
    settings = environment.build(app_url=url, phone_url=world.url, aws=furniture.environment(endpoint))
    return Deployed(endpoint, url, outputs, settings, stack)


def _api_stage(outputs: dict[str, str]) -> str:
    return outputs["EndpointURL"].rstrip("/").rpartition("/")[2]


def _patchthrough(deployed: Deployed, *arguments: str) -> str:
    """Run the command line as an operator would, and return what it prints."""
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env=os.environ | deployed.settings,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise Failed(f"patchthrough {' '.join(arguments)} says:\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def _ask(deployed: Deployed, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
    """GET from, or with a body POST to, the API through its gateway. Raises Failed with its answer."""
    request = urllib.request.Request(
        f"{deployed.url}{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            document: dict[str, Any] = json.load(answer)
            return document
    except urllib.error.HTTPError as error:
        raise Failed(f"{path} answers {error.code}: {error.read().decode()}") from error


def _tap(deployed: Deployed) -> str:
    proof = solve(_ask(deployed, f"/api/campaigns/{CAMPAIGN}/challenge"))
    tap = {"phone": SUPPORTER, "language": "es", "consent": "call-1", "proof": proof}
    call_id: str = _ask(deployed, f"/api/campaigns/{CAMPAIGN}/calls", tap)["id"]
    return call_id


def _enter_code(deployed: Deployed, world: PhoneWorldServer, call_id: str) -> None:
    """Type in what was texted to the supporter's phone."""
    found: list[str] = []

    def has_come() -> bool:
        with world.pace.lock:
            found[:] = [text.body[:6] for text in world.world.texts if text.to == SUPPORTER]
        return bool(found)

    _wait(has_come, CALL_SECONDS, lambda: "no code was texted")
    _ask(deployed, f"/api/calls/{call_id}", {"do": "code", "code": found[-1]})


def _wait_for_end(deployed: Deployed, call_id: str) -> None:
    seen: dict[str, Any] = {}

    def is_over() -> bool:
        seen.update(_ask(deployed, f"/api/calls/{call_id}"))
        return not seen["changing"]

    _wait(is_over, CALL_SECONDS, lambda: f"the call still is {seen}")
    if (seen["state"], seen["outcome"], seen["reached"]) != PLAYED:
        raise Failed(f"the call ended as {seen}")


def _proof(deployed: Deployed) -> str:
    """Return the last line of `patchthrough counts verify`. Raises Failed unless it is one and one."""
    line = _patchthrough(deployed, "counts", "verify").strip().splitlines()[-1]
    if line != "ledger=1 tally=1 difference=0":
        raise Failed(f"patchthrough counts verify says {line}")
    return f"patchthrough counts verify: {line}"


def _require_one_ring(world: PhoneWorldServer) -> None:
    with world.pace.lock:
        rings = [call.to for call in world.world.calls if call.to == SUPPORTER]
        legs = [call.to for call in world.world.calls if call.to != SUPPORTER]
        complaints = list(world.world.complaints)
    if len(rings) != 1 or len(legs) != 1 or complaints:
        raise Failed(f"{len(rings)} rings, {len(legs)} office calls, complaints: {complaints}")


def _messages(deployed: Deployed, function: str) -> list[str]:
    logs = aws.client("logs", deployed.endpoint)
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/{deployed.stack.name}/{function}"
    )
    return [event["message"] for page in pages for event in page["events"]]


def _reconciled(deployed: Deployed) -> int:
    """Wait until the schedule has called the reconciler; return how often it has."""

    def ends() -> list[str]:
        return [line for line in _messages(deployed, "reconcile") if line.startswith("REPORT")]

    _wait(lambda: bool(ends()), SCHEDULE_SECONDS, lambda: "the schedule has not called the reconciler")
    return len(ends())


def _clean_logs(deployed: Deployed) -> int:
    """Count the log lines. Raises Failed for a phone number or an error in them, or a dead message."""
    lines = [line for function in ("api", "ring", "reconcile") for line in _messages(deployed, function)]
    leaks = [line for line in lines if SUPPORTER[1:] in line or SUPPORTER[-10:] in line]
    errors = [line for line in lines if '"error"' in line or "Traceback" in line or '"ERROR"' in line]
    if leaks or errors:
        raise Failed(f"in the logs: {(leaks + errors)[:3]}")
    dead = aws.client("sqs", deployed.endpoint).get_queue_attributes(
        QueueUrl=deployed.outputs["RingDeadUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    if dead["Attributes"]["ApproximateNumberOfMessages"] != "0":
        raise Failed("a message has died")
    return len(lines)


def _wait(until: Callable[[], bool], seconds: float, seen: Callable[[], str]) -> None:
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise Failed(f"after {seconds:.0f} seconds {seen()}")
        time.sleep(0.5)


def main() -> int:
    """Play; 0 when every step succeeded, 1 with the reason and the AWS's last words otherwise."""
    steps = Steps()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            play(steps, folder)
        except (Failed, DeployError, aws.AwsError) as failure:
            print(f"make e2e: {failure}", file=sys.stderr)
            log = folder / aws.LOG
            print("".join(log.read_text().splitlines(keepends=True)[-20:]) if log.exists() else "")
            return 1
    steps.done("from the tap to a count that is proved")
    return 0


if __name__ == "__main__":
    sys.exit(main())
