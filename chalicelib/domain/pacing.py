"""When a letter may leave: the account's rate, the office's pace, and whether anything may be sent at all.

Three values, kept by whoever asks and given back changed. The bucket holds the whole account to a share of SES's rate.
The pace of an office is a few an hour, while it is open, so that a letter is read and not filtered. The circuit is open
while SES refuses the sender; when its time is over one letter tries, and the others wait for what comes of that.
Clock and chance are arguments; `chance` is at least 0 and less than 1.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.campaign import LETTERS_AN_HOUR
from chalicelib.domain.hours import is_open, opening
from chalicelib.domain.letter_events import Fault
from chalicelib.domain.office import Office

SHARE = 0.9
"""Of MaxSendRate, for letters and mail to writers: the rest is for clocks that differ."""
SLOWEST = 0.1
"""A second. An account that may send nothing gives turns all the same: SES says why, and the circuit opens."""
AN_HOUR = timedelta(hours=1)
A_SECOND = timedelta(seconds=1)
JITTER = 0.25
"""Of the time between an office's letters: by so much, at most, one is late."""
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=10)
"""After a throttle; AWS's quota page says to try again within ten minutes."""
PROBE_AFTER = timedelta(minutes=15)
LONGEST_OPEN = timedelta(hours=2)
PROBE_LIVES = timedelta(minutes=5)
"""A letter that tries and is never heard of again lets the next one try after this long."""


# The account's rate.


@dataclass(frozen=True, slots=True)
class Bucket:
    """Turns still free, as counted at `at`; `turns` may be a fraction. A new one is full."""

    turns: float
    at: datetime


def full(max_send_rate: float, now: datetime) -> Bucket:
    """Return a full bucket for an account that may send so many a second."""
    return Bucket(_most(max_send_rate), now)


def taken(bucket: Bucket, max_send_rate: float, now: datetime) -> tuple[Bucket, datetime]:
    """Take a turn, and return when it is: now, or later, behind those that were given before.

    Promises that turns in any second never exceed `max_send_rate` (rounded up to a whole one). A rate that has changed
    holds from now on; a clock that went back fills nothing.
    """
    rate = SHARE * max(max_send_rate, SLOWEST)
    gained = max((now - bucket.at) / A_SECOND, 0) * rate
    turns = min(bucket.turns + gained, _most(max_send_rate)) - 1
    wait = timedelta(seconds=max(-turns, 0) / rate)
    since = max(now, bucket.at)
    return Bucket(turns, since), since + wait


def _most(max_send_rate: float) -> float:
    return max(1.0, (1 - SHARE) * max_send_rate)


def after_throttle(now: datetime, throttles: int, chance: float) -> datetime:
    """Return when to try again after so many throttles in a row: anywhere within a span that doubles (full jitter)."""
    span = min(FIRST_WAIT * (1 << min(throttles, 16)), LONGEST_WAIT)
    return now + A_SECOND + span * chance


# The office's pace.


@dataclass(frozen=True, slots=True)
class Pace:
    """When an office's next letter may leave at the soonest; None: at any time."""

    next_at: datetime | None = None


def turn(
    pace: Pace, office: Office, now: datetime, chance: float, an_hour: int = LETTERS_AN_HOUR
) -> datetime | None:
    """Return when the office's next letter leaves, not before `now`; None: it opens at no time we can see.

    In no hour are there more than `an_hour`: two letters are always an hour's share apart. Each is late by a little
    chance, so that they come like people's letters, and none leaves while the office is closed.
    """
    first = now if pace.next_at is None else max(now, pace.next_at)
    late = AN_HOUR / an_hour * JITTER * chance
    for start in (first, opening(office, first)):
        if start is not None and is_open(office, start) and is_open(office, start + late):
            return start + late
    return None


def paced(at: datetime, an_hour: int = LETTERS_AN_HOUR) -> Pace:
    """Return the office's pace once a letter has its turn at `at`."""
    return Pace(at + AN_HOUR / an_hour)


# The sender's circuit.


@dataclass(frozen=True, slots=True)
class Circuit:
    """Whether anything may be sent: closed without a `fault`; else open until `until`, then half open.

    `failures` are those since the last letter that SES took; `probe` is the letter that tries, until `probe_until`.
    """

    fault: Fault | None = None
    until: datetime | None = None
    failures: int = 0
    probe: str | None = None
    probe_until: datetime | None = None


def opened(circuit: Circuit, fault: Fault, now: datetime) -> Circuit:
    """Return the circuit after SES refused the sender. Each time in a row it stays open twice as long.

    Whoever was under way when it opened and says the same again prolongs nothing.
    """
    if circuit.fault is fault and circuit.until is not None and now < circuit.until:
        return circuit
    wait = min(PROBE_AFTER * (1 << min(circuit.failures, 16)), LONGEST_OPEN)
    return Circuit(fault, now + wait, circuit.failures + 1)


def closed(circuit: Circuit) -> Circuit:
    """Return the circuit after SES took a letter."""
    return Circuit() if circuit.fault else circuit


def tried(circuit: Circuit, letter: str, now: datetime) -> tuple[Circuit, bool]:
    """Ask for leave to send; return the circuit, and whether this letter may. Half open, it is one at a time."""
    if circuit.fault is None:
        return circuit, True
    if circuit.until is not None and now < circuit.until:
        return circuit, False
    is_taken = circuit.probe_until is not None and now < circuit.probe_until and circuit.probe != letter
    if is_taken:
        return circuit, False
    return replace(circuit, probe=letter, probe_until=now + PROBE_LIVES), True
