"""What a text costs: requests and write units of each word that a number texts us.

Promises figures that don't depend on the machine, by the same meter as the calls'. The app and the phone world are
real, and every word reaches the app: Twilio answers none of them itself.
"""

import os
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path

from benchmarks.webhooks import Meter, Visit
from dev.phone_world.keywords import LONG_CODE
from tests.rehearsal import Rehearsal, rehearsing

WORDS = ("FAMILIES", "YES", "STOP", "STOP once more")
OURS = LONG_CODE.without("YES", "STOP", "START", "HELP", "UNSTOP")


def say(rehearsal: Rehearsal, meter: Meter, words: Iterable[str]) -> dict[str, Visit]:
    """Text these words one after the other; return what the webhook of each cost."""
    visits = {}
    for word in words:
        rehearsal.text_us(word.split()[0])
        visits[word] = meter.visits[-1]
    return visits


def measure() -> dict[str, Visit]:
    """Let a number come and go, in a process that has seen others do so before."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), rehearsing(offices=1) as rehearsal:
        rehearsal.world.rules.keywords = OURS
        rehearsal.text_us("FAMILIES", "+14045550199")
        meter = Meter(rehearsal)
        meter.attach()
        return say(rehearsal, meter, WORDS)


def report() -> bool:
    """Print what each word costs. True: there is no budget to keep."""
    print("one number's words to us: requests to DynamoDB, write units")
    for word, visit in measure().items():
        print(f"  {len(visit.requests)}  {visit.units:4.1f} WU  {word}  [{' '.join(visit.requests)}]")
    return True
