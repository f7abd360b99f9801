"""`python -m dev.phone_world`: the phone world by itself, beside an app on this machine.

Promises: says where it listens and what to tell the app; Ctrl-C ends it. Refuses to know: the app's flow.
"""

from __future__ import annotations

import argparse
import csv
import json
import signal
import threading
from pathlib import Path

from dev.phone_world.calls import NOWHERE, Hook
from dev.phone_world.control import keywords
from dev.phone_world.http_wire import loopback_address
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.people import Supporter
from dev.phone_world.rules import OurNumber, Rules
from dev.phone_world.server import PhoneWorldServer
from dev.phone_world.twiml import E164
from dev.phone_world.world import Party


def directory(path: Path) -> list[Party]:
    """Office lines from a JSON list of {number, name} or a CSV with such columns (or phone_e164)."""
    if path.suffix == ".json":
        rows = json.loads(path.read_text(encoding="utf-8"))
    else:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    named = [(row.get("number") or row.get("phone_e164") or "", row.get("name") or "") for row in rows]
    return [
        OfficeLine(number, Answer.PERSON, ring_seconds=8.0, talk_seconds=None, name=name)
        for number, name in named
        if E164.fullmatch(number)
    ]


def arguments() -> argparse.ArgumentParser:
    """What can be asked on the command line."""
    parser = argparse.ArgumentParser("python -m dev.phone_world", description=__doc__)
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--app", default="http://127.0.0.1:8000", help="the app's address on this machine")
    parser.add_argument("--account", default="AC" + "0" * 32)
    parser.add_argument("--token", default="local-token", help="the auth token both sides know")
    parser.add_argument("--number", action="append", help="a number of the account (may be repeated)")
    parser.add_argument("--voice", default="", help="path of the app that incoming calls ask")
    parser.add_argument("--texts", default="", help="path of the app that incoming texts ask")
    parser.add_argument("--texts-fallback", default="", help="path of the app that is asked if that fails")
    parser.add_argument("--service", default="", help="sid of a Messaging Service with all the numbers (MG…)")
    parser.add_argument(
        "--keywords",
        default="default",
        choices=("none", "default", "advanced"),
        help="whether Twilio itself answers STOP, START, HELP; advanced: tells OptOutType (needs --service)",
    )
    parser.add_argument("--without", default="", help="words Twilio leaves to the app, like YES,INFO")
    parser.add_argument("--directory", type=Path, help="office lines: JSON or CSV with number and name")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast as real time")
    return parser


def main() -> None:
    """Run until Ctrl-C."""
    told = arguments().parse_args()
    app = told.app.rstrip("/")
    loopback_address(app.partition("//")[2].partition(":")[0])
    ours = OurNumber(
        voice=Hook(app + told.voice) if told.voice else NOWHERE,
        text=Hook(app + told.texts) if told.texts else NOWHERE,
        text_fallback=Hook(app + told.texts_fallback) if told.texts_fallback else NOWHERE,
        service=told.service,
    )
    server = PhoneWorldServer(
        told.account,
        told.token,
        dict.fromkeys(told.number or ["+12025550142"], ours),
        port=told.port,
        speed=told.speed,
        rules=Rules(keywords=keywords(told.keywords, told.without.upper().split(","))),
        parties=[
            Supporter("+14045550123", name="Ana"),
            *(directory(told.directory) if told.directory else ()),
        ],
    )
    server.start()
    print(f"Phone world: {server.url}/  (Twilio's base URL for the app: {server.url})")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    server.stop()


if __name__ == "__main__":
    main()
