"""`make e2e`: the packaged template deployed to a local AWS, and a call, a letter and texts played through it.

Promises that the call goes the whole way it would go on AWS: a tap through the API gateway, the ring queue,
Lambda, Twilio's REST side (the phone world), signed webhooks back through the gateway, the ledger and the
tally; that the letter goes its way, and what becomes of it comes back by topic and queue; that a number's words are
answered, and an alert reaches it; that the schedules call their functions; and that neither caller nor writer nor
subscriber is in any of the logs. Every step is printed with its second, and what can't be played here is named; the
first step that fails ends it with status 1. Nothing is left running.
"""

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dev import aws, e2e_letter, e2e_text, environment, offices, ports
from dev.deployed_app import Deployed, Failed, wait
from dev.deployment import DeployError, Stack
from dev.mail_world import MailWorldServer
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
LETTER_OFFICE = "ero-atl"
COUNTED_CALL, COUNTED_BOTH = 1, 2
"""How many lines the ledger holds after the call, and after the letter has arrived too."""
PLAYED = ("thanks", "spoke", 1)
NOT_WATCHED = (
    "alarms, dashboard and saved queries: in prod only; tests/infra/test_alarms.py runs their definitions"
)
CALL_SECONDS = 60.0
# A schedule of one minute, and the reconciler's cold start.
SCHEDULE_SECONDS = 80.0


@dataclass
class Steps:
    """Prints each step with the second at which it was done."""

    began: float = field(default_factory=time.monotonic)

    def done(self, sentence: str) -> None:
        """Say that a step has succeeded."""
        print(f"{time.monotonic() - self.began:6.1f} s  {sentence}", flush=True)


def play(steps: Steps, folder: Path) -> None:
    """Deploy, play the call, and check what it left. Raises Failed at the first difference."""
    secret = fresh_secret()
    with (
        _aws(folder) as endpoint,
        _phone_world(secret["twilio_auth_token"]) as world,
        e2e_letter.mail_world() as mails,
    ):
        steps.done("local AWS, phone world and mail world are up, on 127.0.0.1")
        deployed = _deploy(endpoint, world, mails, secret)
        steps.done(f"stack created and updated with its own address; API {deployed.outputs['RestAPIId']}")
        deployed.patchthrough("campaign", "apply", f"campaigns/{CAMPAIGN}.yaml", "--yes")
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
        _play_letter(steps, deployed, mails)
        not_played = _play_texts(steps, deployed, world, secret["twilio_auth_token"])
        for function in ("reconcile", "post", "broadcasts"):
            steps.done(
                f"the schedule has called {function} {_called(deployed, function)} times, without an error"
            )
        steps.done(
            f"{_clean_logs(deployed)} log lines, none with any of the three in it; the dead queues are empty"
        )
        for sentence in (*not_played, *e2e_letter.NOT_PLAYED, NOT_WATCHED):
            print(f"  not played  {sentence}")


def _play_letter(steps: Steps, deployed: Deployed, mails: MailWorldServer) -> None:
    e2e_letter.connect(mails, deployed)
    letter = e2e_letter.Letter(deployed, mails, CAMPAIGN, LETTER_OFFICE)
    letter.write()
    steps.done("a letter was written through the API gateway, and its link was mailed")
    letter.look()
    steps.done("every link of that mail was followed: nothing was sent of it")
    letter.confirm()
    letter.arrive()
    steps.done("confirmed twice, sent once: the office has it, its writer has the receipt")
    steps.done(_proof(deployed, COUNTED_BOTH))
    if complaints := letter.complaints():
        raise Failed(f"SES would complain: {complaints}")


def _play_texts(steps: Steps, deployed: Deployed, world: PhoneWorldServer, token: str) -> tuple[str, ...]:
    """Play them, and return what could not be played."""
    number = e2e_text.awake(datetime.now(UTC))
    subscriber = e2e_text.Subscriber(deployed, token, number or e2e_text.NUMBERS[0])
    subscriber.is_refused_unsigned()
    subscriber.join()
    steps.done("FAMILIES was answered with R1, YES with R2; what Twilio had not signed was refused")
    if number:
        steps.done(f"an alert was drafted, armed, planned, granted and sent. {subscriber.is_alerted(world)}")
    subscriber.stop()
    steps.done("STOP was answered with R3, and a second STOP with nothing")
    return () if number else (e2e_text.NIGHT,)


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


def _deploy(
    endpoint: str, world: PhoneWorldServer, mails: MailWorldServer, secret: dict[str, str]
) -> Deployed:
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
        "MailFrom": environment.MAIL_FROM,
        "SesUrl": mails.url,
    }
    outputs = stack.create(parameters)
    url = f"{endpoint}/restapis/{outputs['RestAPIId']}/{_api_stage(outputs)}/_user_request_"
    stack.update(parameters | {"PublicUrl": url})
    queues = {function: outputs[f"{name}QueueUrl"] for function, name in aws.QUEUES.items()}
    furniture = aws.Furniture(outputs["TableName"], queues, SECRET).environment(endpoint)
    settings = environment.build(app_url=url, phone_url=world.url, mail_url=mails.url, aws=furniture)
    return Deployed(endpoint, url, outputs, settings, stack)


def _api_stage(outputs: dict[str, str]) -> str:
    return outputs["EndpointURL"].rstrip("/").rpartition("/")[2]


def _tap(deployed: Deployed) -> str:
    proof = solve(deployed.ask(f"/api/campaigns/{CAMPAIGN}/challenge"))
    tap = {"phone": SUPPORTER, "language": "es", "consent": "call-1", "proof": proof}
    call_id: str = deployed.ask(f"/api/campaigns/{CAMPAIGN}/calls", tap)["id"]
    return call_id


def _enter_code(deployed: Deployed, world: PhoneWorldServer, call_id: str) -> None:
    """Type in what was texted to the supporter's phone."""
    found: list[str] = []

    def has_come() -> bool:
        with world.pace.lock:
            found[:] = [text.body[:6] for text in world.world.texts if text.to == SUPPORTER]
        return bool(found)

    wait(has_come, CALL_SECONDS, lambda: "no code was texted")
    deployed.ask(f"/api/calls/{call_id}", {"do": "code", "code": found[-1]})


def _wait_for_end(deployed: Deployed, call_id: str) -> None:
    seen: dict[str, Any] = {}

    def is_over() -> bool:
        seen.update(deployed.ask(f"/api/calls/{call_id}"))
        return not seen["changing"]

    wait(is_over, CALL_SECONDS, lambda: f"the call still is {seen}")
    if (seen["state"], seen["outcome"], seen["reached"]) != PLAYED:
        raise Failed(f"the call ended as {seen}")


def _proof(deployed: Deployed, actions: int = COUNTED_CALL) -> str:
    """Return the last line of `patchthrough counts verify`. Raises Failed unless it is that many, twice."""
    line = deployed.patchthrough("counts", "verify").strip().splitlines()[-1]
    if line != f"ledger={actions} tally={actions} difference=0":
        raise Failed(f"patchthrough counts verify says {line}")
    return f"patchthrough counts verify: {line}"


def _require_one_ring(world: PhoneWorldServer) -> None:
    with world.pace.lock:
        rings = [call.to for call in world.world.calls if call.to == SUPPORTER]
        legs = [call.to for call in world.world.calls if call.to != SUPPORTER]
        complaints = list(world.world.complaints)
    if len(rings) != 1 or len(legs) != 1 or complaints:
        raise Failed(f"{len(rings)} rings, {len(legs)} office calls, complaints: {complaints}")


def _called(deployed: Deployed, function: str) -> int:
    """Wait until the schedule has called a function; return how often it has."""

    def ends() -> list[str]:
        return [line for line in deployed.messages(function) if line.startswith("REPORT")]

    wait(lambda: bool(ends()), SCHEDULE_SECONDS, lambda: f"the schedule has not called {function}")
    return len(ends())


LOGS = ("api", "ring", "reconcile", "letters", "mail-events", "post", "alerts", "broadcasts")
PRIVATE = (
    *(number[-10:] for number in (SUPPORTER, *e2e_text.NUMBERS)),
    *(e2e_letter.WRITER, e2e_letter.NAME, e2e_letter.WORDS),
)


def _clean_logs(deployed: Deployed) -> int:
    """Count the log lines. Raises Failed for a person or an error in them, or a dead message."""
    lines = [line for function in LOGS for line in deployed.messages(function)]
    leaks = [line for line in lines if any(each in line for each in PRIVATE)]
    errors = [line for line in lines if '"error"' in line or "Traceback" in line or '"ERROR"' in line]
    if leaks or errors:
        raise Failed(f"in the logs: {(leaks + errors)[:3]}")
    if any(deployed.dead().values()):
        raise Failed(f"messages have died: {deployed.dead()}")
    return len(lines)


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
