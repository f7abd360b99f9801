"""`make run`: the whole product on this machine, with one command.

Promises that everything listens on 127.0.0.1 only, that every ring ends in the phone world and every mail in the
mail world, that a second run finds what the first one left in `.local/`, and that whatever ends it (Ctrl-C, a
signal, a part that breaks) ends all of it. Refuses to know how the parts work: it starts and watches them.
"""

import contextlib
import json
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.text import Text

from dev import app_log, aws, environment, inboxes, metric_pump, offices, opt_out, seed, staff_pool, welcome
from dev.environment import Loopback
from dev.mail_world import MailWorldServer
from dev.phone_world.server import PhoneWorldServer
from dev.ports import HOST, PortError, Ports, answers, require_free
from dev.pump import Pump, sources
from dev.server import AppServer

SCHEDULE_SECONDS = 5.0
"""Every minute on AWS; a person who tries things out would wait too long."""
WATCH_SECONDS = 0.5

Say = Callable[[str], None]
PROBLEMS = (PortError, Loopback, aws.AwsError, seed.NotSeeded)
"""What can stand against a start, each with its own sentence."""


class Interrupted(Exception):
    """A person or the system asked for the end."""


class Wish:
    """The wish to end. Signals only note it, so that nothing is left half begun; `check` says it aloud."""

    def __init__(self) -> None:
        """Nobody wishes it yet."""
        self._event = threading.Event()

    def note(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Remember it (a signal handler)."""
        self._event.set()

    def check(self) -> None:
        """Raise Interrupted if it was wished."""
        if self._event.is_set():
            raise Interrupted

    def wait(self, seconds: float) -> None:
        """Wait for it for some seconds. Raises Interrupted when it comes."""
        if self._event.wait(seconds):
            raise Interrupted


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs: its addresses, and its parts."""

    ports: Ports
    environment: dict[str, str]
    app: AppServer
    phone_world: PhoneWorldServer
    mail_world: MailWorldServer
    pump: Pump

    def broken(self) -> str | None:
        """Return the name of a part that has ended by itself, or None."""
        parts = {
            "The app": self.app.is_running and answers(self.ports.app.number),
            "The pump of queues and schedules": self.pump.is_running,
            "The phone world": answers(self.ports.phone.number),
            "The mail world": answers(self.ports.mail.number),
            "The local AWS": answers(self.ports.aws.number),
        }
        return next((name for name, is_up in parts.items() if not is_up), None)


@contextlib.contextmanager
def running(ports: Ports, folder: Path, wish: Wish, say: Say) -> Iterator[Stack]:
    """Start everything in order, keep it while the block runs, and end it in reverse.

    State, log and `env` are kept in `folder`. `say` hears each step. The process's environment becomes the
    stack's: one stack a process. Raises PortError, Loopback, aws.AwsError or Interrupted.
    """
    require_free(ports)
    environment.adopt(environment.WITHOUT_PROXY)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as ends:
        log = ends.enter_context((folder / "app.log").open("a", buffering=1))
        ends.enter_context(app_log.into(log))
        endpoint = ends.enter_context(aws.running(ports.aws.number, state=folder / "aws"))
        say(f"Local AWS on {HOST}:{ports.aws.number}")
        wish.check()
        settings = _settle(ports, endpoint)
        phone_world = _phone_world(ports, settings, endpoint)
        phone_world.start()
        ends.callback(phone_world.stop)
        say(f"Phone world on {HOST}:{ports.phone.number}")
        wish.check()
        mail_world = ends.enter_context(inboxes.running(ports.mail.number, settings))
        say(f"Mail world on {HOST}:{ports.mail.number}")
        wish.check()
        server, pump = _app(ports, settings, endpoint, say)
        ends.enter_context(metric_pump.tapping(log, aws.client("cloudwatch", endpoint)))
        # Ended in reverse: what the pump has begun, it may finish while the others still answer.
        ends.enter_context(server)
        ends.enter_context(pump)
        say(f"App on {HOST}:{ports.app.number}, with its queues and schedules")
        wish.check()
        environment.write(settings, folder / "env")
        ends.callback((folder / "env").unlink, missing_ok=True)
        say(seed.import_offices())
        say(seed.apply_campaign())
        say(_staff(endpoint, folder))
        say(_obey(phone_world))
        yield Stack(ports, settings, server, phone_world, mail_world, pump)


def _settle(ports: Ports, endpoint: str) -> dict[str, str]:
    """Furnish the local AWS and make the environment that leads there this process's own."""
    furniture = aws.furnish(endpoint, environment.STAGE, fresh_secret())
    settings = environment.build(
        app_url=ports.app.url,
        phone_url=ports.phone.url,
        mail_url=ports.mail.url,
        aws=furniture.environment(endpoint),
    )
    environment.adopt(settings)
    return settings


def _staff(endpoint: str, folder: Path) -> str:
    """Make one person of each role for the console, or find them; return a sentence."""
    cognito = aws.client("cognito-idp", endpoint)
    pool = staff_pool.make(cognito, f"patchthrough-{environment.STAGE}")
    members = staff_pool.seeded(cognito, pool, folder / staff_pool.FILE)
    return f"Console: {', '.join(f'{each.username} ({each.role})' for each in members)} can sign in"


def fresh_secret() -> dict[str, str]:
    """Make the secret of a new stack: keys that were never used anywhere."""
    return {
        "twilio_auth_token": secrets.token_hex(16),
        "twilio_auth_token_next": "",
        "phone_key": secrets.token_hex(32),
        "link_key": secrets.token_hex(32),
    }


def kept_secret(endpoint: str, name: str) -> dict[str, str]:
    """Read the secret that the stack keeps: the phone world signs with the same token."""
    found = aws.client("secretsmanager", endpoint).get_secret_value(SecretId=name)
    kept: dict[str, str] = json.loads(found["SecretString"])
    return kept


def _phone_world(ports: Ports, settings: dict[str, str], endpoint: str) -> PhoneWorldServer:
    token = kept_secret(endpoint, settings["PATCHTHROUGH_SECRETS"])["twilio_auth_token"]
    return offices.phone_world(ports.phone.number, settings, token)


def _obey(phone_world: PhoneWorldServer) -> str:
    """Set Advanced Opt-Out as the campaigns in the table want it; return a sentence."""
    from chalicelib.runtime import runtime  # noqa: PLC0415 - as the app below

    catalog = runtime().catalog
    found = [catalog.campaign(row.slug) for row in catalog.campaigns()]
    with phone_world.pace.lock:
        opt_out.switch_on(phone_world.world, [each for each in found if each is not None])
    return "Texts: Twilio itself answers a campaign’s words, STOP and HELP in the campaign’s words; YES is the app’s"


def _app(ports: Ports, settings: dict[str, str], endpoint: str, say: Say) -> tuple[AppServer, Pump]:
    from app import app  # noqa: PLC0415 - it takes a second that whoever only reads the addresses need not pay

    queues = aws.client("sqs", endpoint)
    every = dict.fromkeys(("reconcile", "post", "broadcasts"), SCHEDULE_SECONDS)
    calls = sources(app, queues, settings, every=every, say=say)
    return AppServer(app, ports.app.number, log=print), Pump(calls, say)


def watch(stack: Stack, wish: Wish) -> str:
    """Wait until a part ends by itself; return a sentence about it. Raises Interrupted when asked to end."""
    while True:
        wish.wait(WATCH_SECONDS)
        if name := stack.broken():
            return f"{name} has ended by itself, so everything else ends too. What it last wrote is in .local/app.log."


def heed_signals(wish: Wish) -> None:
    """Have Ctrl-C, a polite kill and a closed terminal (unless it is nohup's) note the wish to end."""
    signal.signal(signal.SIGINT, wish.note)
    signal.signal(signal.SIGTERM, wish.note)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, wish.note)


def _teller(console: Console) -> Say:
    return lambda sentence: console.print(Text.assemble(("✓ ", "green"), sentence), soft_wrap=True)


def main(folder: Path = environment.LOCAL) -> int:
    """Run until somebody ends it; 0 when ended on purpose, 1 when it could not start or a part broke."""
    console, wish = Console(file=sys.stdout), Wish()
    heed_signals(wish)
    began = time.monotonic()
    try:
        with running(Ports.from_environ(os.environ), folder, wish, _teller(console)) as stack:
            welcome.show(
                console, stack.ports, time.monotonic() - began, staff_pool.read(folder / staff_pool.FILE)
            )
            problem = watch(stack, wish)
    except Interrupted:
        console.print("Everything has ended. What you did is kept; make reset forgets it.")
        return 0
    except PROBLEMS as found:
        problem = str(found)
    console.print(Text(problem, "bold red"), soft_wrap=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
