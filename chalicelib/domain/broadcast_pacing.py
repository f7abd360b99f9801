"""How fast a broadcast may go: by segments, under what its sender's carriers take, and T-Mobile's budget of the day.

Values are kept by whoever asks and given back changed; the clock is an argument. Ours is nine tenths of a ceiling: the
rest is for replies, which go out in the answer to a webhook and never queue. Everything counts in segments, so an alert
of two takes twice as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.hours import moment_of

SHARE = 0.9
A_MINUTE = timedelta(minutes=1)
A_SECOND = timedelta(seconds=1)
PACIFIC = ZoneInfo("America/Los_Angeles")
"""T-Mobile's budget begins anew at midnight there."""
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Sender:
    """A kind of number to send from: segments a second over all carriers, and in a day on T-Mobile (None: no cap)."""

    name: str
    a_second: float
    a_day_on_t_mobile: int | None = None


TOLL_FREE = Sender("toll-free", 3)
TEN_DLC = (
    Sender("10DLC, lowest trust", 3.75, 2_000),
    Sender("10DLC, low trust", 12, 10_000),
    Sender("10DLC, medium trust", 120, 40_000),
    Sender("10DLC, top trust", 225, 200_000),
)
TEN_DLC_POLITICAL = Sender("10DLC, political (Campaign Verify)", 225)
SHORT_CODES = (
    Sender("short code", 100),
    Sender("short code, 500/s", 500),
    Sender("short code, 1,000/s", 1_000),
)
SENDERS = (TOLL_FREE, *TEN_DLC, TEN_DLC_POLITICAL, *SHORT_CODES)
"""texts.md 5.1. A deployment names its own: a Trust Score's tier is Twilio's to say."""


BRAND = "organization"
"""T-Mobile's budget is a brand's, over all that it sends. A deployment is one organization, and that is one brand."""


def sender_named(name: str) -> Sender:
    """Return the sender of this name.

    Raises:
        LookupError: there is none.
    """
    found = next((sender for sender in SENDERS if sender.name == name), None)
    if found is None:
        raise LookupError("no such sender")
    return found


@dataclass(frozen=True, slots=True)
class Bucket:
    """Segments that may still go, as counted at `at`; perhaps a fraction."""

    segments: float
    at: datetime


def refilled(bucket: Bucket, sender: Sender, now: datetime) -> Bucket:
    """Return the bucket at `now`: never more than a minute's worth, and what was left of a recipient's text.

    So in any n minutes no more than n + 1 minutes' worth leaves. A clock that went back fills nothing.
    """
    rate = SHARE * sender.a_second
    gained = max((now - bucket.at) / A_SECOND, 0) * rate
    return Bucket(min(bucket.segments + gained, rate * 60 + 1), max(now, bucket.at))


@dataclass(frozen=True, slots=True)
class Budget:
    """Segments sent to T-Mobile's customers on a Pacific day, by all that this brand sends."""

    day: date
    used: int = 0


def pacific_day(now: datetime) -> date:
    """Return the day whose budget counts now."""
    return now.astimezone(PACIFIC).date()


def next_budget(now: datetime) -> datetime:
    """Return when the budget begins anew: the next midnight on the Pacific, in UTC."""
    return moment_of(pacific_day(now) + timedelta(days=1), MIDNIGHT, PACIFIC)


def left(budget: Budget, sender: Sender, now: datetime) -> int | None:
    """Return the segments left of T-Mobile's day; None: there is no cap."""
    if sender.a_day_on_t_mobile is None:
        return None
    used = budget.used if budget.day == pacific_day(now) else 0
    return max(sender.a_day_on_t_mobile - used, 0)


def spent(budget: Budget, segments: int, now: datetime) -> Budget:
    """Return the budget after so many segments to T-Mobile."""
    today = pacific_day(now)
    return replace(budget, used=budget.used + segments) if budget.day == today else Budget(today, segments)


def exhausted(sender: Sender, now: datetime) -> Budget:
    """Return the budget after T-Mobile itself said so (30023): somebody else of the brand has used it."""
    return Budget(pacific_day(now), sender.a_day_on_t_mobile or 0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Recipients alike who can be sent a text now: how many, until when, and whether they count for T-Mobile's budget.

    Whose carrier is not known counts for it.
    """

    recipients: int
    until: datetime
    is_t_mobile: bool = False


def turns(
    waiting: Sequence[Waiting], segments: int, tokens: float, budget_left: int | None
) -> tuple[int, ...]:
    """Return how many recipients of each group go in this minute.

    T-Mobile's first, for its day is short; then whoever's window closes first. Promises never to give more than the
    bucket holds, nor to T-Mobile more than its budget.
    """
    free = int(tokens // segments)
    capped = free if budget_left is None else min(free, budget_left // segments)
    given = [0] * len(waiting)
    for index in sorted(range(len(waiting)), key=lambda n: (not waiting[n].is_t_mobile, waiting[n].until)):
        group = waiting[index]
        given[index] = min(group.recipients, min(free, capped) if group.is_t_mobile else free)
        free -= given[index]
        capped -= given[index] if group.is_t_mobile else 0
    return tuple(given)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What staff see before they arm: hours of sending inside open windows, and days that T-Mobile's customers take."""

    hours: float
    t_mobile_days: float


def forecast(sender: Sender, recipients: int, segments: int, on_t_mobile: float) -> Forecast:
    """Return how long it takes under this sender; `on_t_mobile` is the share of its customers, or of the unknown."""
    hours = recipients * segments / (SHARE * sender.a_second) / 3600
    cap = sender.a_day_on_t_mobile
    return Forecast(hours, recipients * on_t_mobile * segments / cap if cap else 0)
