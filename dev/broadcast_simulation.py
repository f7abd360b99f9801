"""A broadcast to millions, simulated by the planner's own code: `python -m dev.broadcast_simulation [recipients]`.

A simulation, not a run: there is no table, no queue and no Twilio, and whatever is created is accepted at once. What is
real are the chunks, each recipient's decision, the windows, the bucket and T-Mobile's budget. Time goes by the minute,
as the dispatcher does, and jumps over minutes in which nobody can be sent anything. Nothing is kept of a recipient.
"""

import resource
import sys
import time as clock
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from math import ceil

from rich.console import Console
from rich.table import Table

from chalicelib.domain import broadcast_pacing as pacing
from chalicelib.domain.broadcast import (
    Broadcast,
    ClaimState,
    Move,
    Send,
    Skip,
    armed,
    decided,
    is_settled,
    moved,
)
from chalicelib.domain.broadcast_chunks import Chunk, chunks
from chalicelib.domain.quiet_hours import Whereabouts, Window, window
from chalicelib.domain.subscriber import State

BEGINS = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NEVER_STALE = timedelta(days=20_000)
ON_T_MOBILE = 0.35
STOPS_ONE_IN = 997
"""One recipient in so many has said stop by the time of their turn."""
WHERE = {
    "America/New_York": 0.47, "America/Chicago": 0.29, "America/Denver": 0.07, "America/Los_Angeles": 0.16,
    "Pacific/Honolulu": 0.01,
}  # fmt: skip
FULL = 10_000_000
CLOSE_ENOUGH = 0.05
A_MINUTE = timedelta(minutes=1)
WARM = 10
"""Minutes after which memory must not grow any more."""


@dataclass
class Group:
    """Recipients alike: their zone, their carrier, and their chunks, made as they are needed."""

    where: Whereabouts
    is_t_mobile: bool
    waiting: int
    planned: Iterator[Chunk]
    rest: int = 0  # of the chunk at hand
    number: int = 0  # of its next recipient


@dataclass
class Outcome:
    """What came of a simulation: claims by state, minutes spent sending, days of T-Mobile's budget, memory.

    `others_minutes` are those in which anybody waited who doesn't count for the budget, `sent_by_then` what was sent
    in them.
    """

    sender: pacing.Sender
    claims: Counter[ClaimState] = field(default_factory=Counter)
    minutes: int = 0
    others_minutes: int = 0
    sent_by_then: int = 0
    days: set[date] = field(default_factory=set)
    ends: datetime = BEGINS
    chunks: int = 0
    kb_at_first: int = 0
    kb_at_last: int = 0


def simulated(sender: pacing.Sender, recipients: int, segments: int = 1) -> Outcome:
    """Send to so many by this sender, and return what came of it."""
    broadcast = begun(recipients, segments)
    groups = list(divided(recipients, has_cap=sender.a_day_on_t_mobile is not None))
    outcome = Outcome(sender)
    bucket, budget = pacing.Bucket(0, BEGINS - A_MINUTE), pacing.Budget(pacing.pacific_day(BEGINS))
    now = BEGINS
    while waiting := [group for group in groups if group.waiting]:
        bucket = pacing.refilled(bucket, sender, now)
        left = pacing.left(budget, sender, now)
        used = minute(waiting, broadcast, outcome, now, tokens=bucket.segments, left=left)
        bucket = replace(bucket, segments=bucket.segments - sum(used))
        budget = pacing.spent(budget, used[1], now)
        noted(outcome, waiting, used, now)
        now = now + A_MINUTE if any(used) else next_time(waiting, now, left)
    if not is_settled(outcome.claims, recipients):
        raise AssertionError(f"{sum(outcome.claims.values())} claims of {recipients}")
    return outcome


def minute(
    waiting: list[Group],
    broadcast: Broadcast,
    outcome: Outcome,
    now: datetime,
    *,
    tokens: float,
    left: int | None,
) -> tuple[int, int]:
    """Let those go whose turn it is; return the segments sent to others, and to T-Mobile's customers."""
    windows = [(group, window(group.where, now)) for group in waiting]
    ready = [(group, found) for group, found in windows if found and found.holds(now)]
    groups = [pacing.Waiting(group.waiting, found.closes, group.is_t_mobile) for group, found in ready]
    used = [0, 0]
    given = pacing.turns(groups, broadcast.segments, tokens, left)
    for (group, found), turns in zip(ready, given, strict=True):
        used[group.is_t_mobile] += (
            taken(group, broadcast, outcome, now, turns=turns, found=found) * broadcast.segments
        )
    return used[0], used[1]


def begun(recipients: int, segments: int) -> Broadcast:
    """Return a broadcast that is being sent, armed by two people as a large one is."""
    draft = Broadcast("simulated", recipients, segments, BEGINS + NEVER_STALE)
    draft, problem = armed(draft, recipients, "one", BEGINS)
    if problem is not None:
        draft, _ = armed(draft, recipients, "another", BEGINS)
    return moved(draft, Move.BEGIN)


def divided(recipients: int, *, has_cap: bool) -> Iterator[Group]:
    """Yield the audience by zone, and by carrier where that matters. All counts add up to `recipients`."""
    given = 0
    parts = [(zone, is_t) for zone in WHERE for is_t in ((True, False) if has_cap else (False,))]
    for index, (zone, is_t_mobile) in enumerate(parts):
        of_carrier = (ON_T_MOBILE if is_t_mobile else 1 - ON_T_MOBILE) if has_cap else 1
        count = int(recipients * WHERE[zone] * of_carrier) if index < len(parts) - 1 else recipients - given
        given += count
        keys = (f"{number:08}" for number in range(count))
        yield Group(Whereabouts((zone,)), is_t_mobile, count, chunks("simulated", f"{index:02x}", keys))


def taken(
    group: Group, broadcast: Broadcast, outcome: Outcome, now: datetime, *, turns: int, found: Window
) -> int:
    """Decide about so many recipients of a group, in the order of its chunks; return how many were sent a text."""
    sent = 0
    for _ in range(turns):
        if group.rest == 0:
            group.rest = next(group.planned).recipients
            outcome.chunks += 1
        is_stopped = group.number % STOPS_ONE_IN == 0
        group.number, group.rest, group.waiting = group.number + 1, group.rest - 1, group.waiting - 1
        match decided(broadcast, State.SUBSCRIBED, found, now, is_stopped=is_stopped):
            case Send():
                outcome.claims[ClaimState.SENT] += 1
                sent += 1
            case Skip(state):
                outcome.claims[state] += 1
            case _:
                # Its window's last minute: later.
                group.number, group.rest, group.waiting = group.number - 1, group.rest + 1, group.waiting + 1
                return sent
    return sent


def noted(outcome: Outcome, waiting: list[Group], used: tuple[int, int], now: datetime) -> None:
    """Note a minute. Memory is looked at when a tenth has gone, and at the end."""
    if not any(used):
        return
    outcome.minutes += 1
    outcome.ends = now
    if used[0] or any(group.waiting for group in waiting if not group.is_t_mobile):
        outcome.others_minutes += 1
        outcome.sent_by_then = outcome.claims[ClaimState.SENT]
    if used[1]:
        outcome.days.add(pacing.pacific_day(now))
    outcome.kb_at_last = resident_kb()
    if outcome.minutes <= WARM:
        outcome.kb_at_first = outcome.kb_at_last


def next_time(waiting: list[Group], now: datetime, left: int | None) -> datetime:
    """Return when somebody can be sent something again: a window opens, or T-Mobile's budget begins anew."""
    found = [window(group.where, now) for group in waiting]
    times = [each.opens for each in found if each and each.opens > now]
    is_capped = left == 0 and any(each and each.holds(now) for each in found)
    return min([*times, *([pacing.next_budget(now)] if is_capped else [])], default=now + A_MINUTE)


def resident_kb() -> int:
    """Return the most memory this process has had, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@dataclass(frozen=True)
class Compared:
    """A simulation beside the sheet's ceiling at nine tenths, in hours of sending or in days of T-Mobile's budget."""

    outcome: Outcome
    unit: str
    ceiling: float
    took: float

    @property
    def differs(self) -> float:
        """Return by how much of the ceiling."""
        return abs(self.took / self.ceiling - 1)


def compared(outcome: Outcome, recipients: int, segments: int = 1) -> Iterator[Compared]:
    """Yield the comparisons that a sender allows.

    Where T-Mobile has a cap, the hours are those until the last of all others, for what was sent in them; the days
    are whole days, for a begun one counts.
    """
    rate = pacing.SHARE * outcome.sender.a_second * 3600
    cap = outcome.sender.a_day_on_t_mobile
    sent = outcome.sent_by_then if cap else recipients
    yield Compared(outcome, "h", sent * segments / rate, outcome.others_minutes / 60)
    if cap:
        yield Compared(
            outcome, "T-Mobile days", ceil(recipients * ON_T_MOBILE * segments / cap), len(outcome.days)
        )


def main() -> None:
    """Simulate every sender, print the table, and fail where one is too far from the sheet's ceiling."""
    recipients = int(sys.argv[1]) if len(sys.argv) > 1 else FULL
    table = Table(
        title=f"{recipients:,} recipients, one segment each: a simulation by the planner's code, not a run"
    )
    for name in ("sender", "unit", "ceiling", "at 90 %", "simulated", "differs", "ends", "claims", "grew kB"):
        table.add_column(name, justify="left" if name in {"sender", "unit"} else "right", no_wrap=True)
    is_close = True
    for sender in pacing.SENDERS:
        began = clock.perf_counter()
        outcome = simulated(sender, recipients)
        for each in compared(outcome, recipients):
            is_close = is_close and each.differs <= CLOSE_ENOUGH
            share = pacing.SHARE if each.unit == "h" else 1
            table.add_row(
                sender.name, each.unit, f"{each.ceiling * share:,.1f}", f"{each.ceiling:,.1f}", f"{each.took:,.1f}",
                f"{each.differs:.1%}", f"{outcome.ends:%Y-%m-%d}", f"{sum(outcome.claims.values()):,}",
                f"{outcome.kb_at_last - outcome.kb_at_first}",
            )  # fmt: skip
        print(f"{sender.name}: {clock.perf_counter() - began:.0f} s, {outcome.chunks:,} chunks", flush=True)
    Console(width=140).print(table)
    print(f"most memory: {resident_kb() / 1024:.0f} MB")
    sys.exit(0 if is_close else "A sender is more than 5 % from its ceiling.")


if __name__ == "__main__":
    main()
