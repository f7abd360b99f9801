"""Who can be reached in the phone world that the local stack starts: the directory's offices, two people.

Promises the real offices' names at their own numbers, and people only at 555-01xx, which nobody owns. Knows
the directory's columns. Knows nothing of campaigns.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dev.environment import SERVICE
from dev.phone_world.calls import Hook
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.people import Supporter
from dev.phone_world.rules import OurNumber, Rules
from dev.phone_world.server import PhoneWorldServer

DIRECTORY = Path(__file__).resolve().parent.parent / "directory" / "offices.csv"


@dataclass(frozen=True, slots=True)
class Handset:
    """A person's phone in the phone world, held by whoever looks at its page."""

    name: str
    number: str

    @property
    def shown(self) -> str:
        """The number as people write it."""
        return f"{self.number[2:5]} {self.number[5:8]} {self.number[8:]}"


HANDSETS = (Handset("Ana", "+14045550123"), Handset("Luis", "+19565550148"))


RING_SECONDS = 8.0


def directory(path: Path = DIRECTORY) -> tuple[OfficeLine, ...]:
    """Read the offices of the directory; in each a person picks up, until somebody chooses otherwise."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["phone_e164"]]
    return tuple(
        OfficeLine(row["phone_e164"], Answer.PERSON, RING_SECONDS, talk_seconds=None, name=row["name_en"])
        for row in rows
    )


TO_TEXT = ("FAMILIES", "FAMILIAS", "YES", "30303", "CALL", "STOP")
"""What somebody would text to the campaign that the stack starts with."""


def our_number(public_url: str, service: str = "") -> OurNumber:
    """What stands at a number of ours in Twilio's console: where calls and texts that come in are answered.

    Of a text Twilio is to ask three times more before it turns to the fallback: a stop must not get lost. `service`
    is the sid of the Messaging Service that the number is in.
    """
    voice, texts = f"{public_url}/twilio/voice", f"{public_url}/twilio/texts"
    return OurNumber(
        voice=Hook(f"{voice}/inbound"),
        fallback=Hook(f"{voice}/fallback"),
        status=Hook(f"{voice}/inbound/status"),
        text=Hook(f"{texts}/inbound#rc=3&rp=all"),
        text_fallback=Hook(f"{texts}/fallback"),
        service=service,
    )


def phone_world(port: int, settings: Mapping[str, str], token: str) -> PhoneWorldServer:
    """Build the phone world of an app with these settings: one call a second, in real time.

    Its numbers are in one Messaging Service, whose Advanced Opt-Out waits for a campaign (`opt_out.switch_on`).
    """
    hooked = our_number(settings["PATCHTHROUGH_PUBLIC_URL"], SERVICE)
    people = tuple(Supporter(handset.number, name=handset.name) for handset in HANDSETS)
    return PhoneWorldServer(
        settings["TWILIO_ACCOUNT_SID"],
        token,
        dict.fromkeys(settings["TWILIO_NUMBERS"].split(","), hooked),
        port=port,
        parties=(*people, *directory()),
        rules=Rules(cps=float(settings["PATCHTHROUGH_CALLS_PER_SECOND"])),
        suggested=TO_TEXT,
    )
