"""Balanced choice at work: 10,000 supporters, three lines that answer 90, 50 and 10 of 100 calls, real caps.

A small world with a queue of events: supporters tap at any moment, lines grant or refuse by the app's own desk,
somebody answers or nobody does. Every number comes from a seed, so a run is the same each time.
"""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, pairwise
from random import Random
from statistics import fmean, quantiles

import pytest
from rich.table import Table

from chalicelib.domain.call import CallStatus
from chalicelib.domain.campaign import Order, Routing
from chalicelib.domain.choosing import Standing, chosen
from chalicelib.domain.desk import Desk, Granted, asked, released, standing
from chalicelib.domain.office import Caps, dialable
from tests.conftest import Figure
from tests.values import ATLANTA, NEW_YORK, NOW, WASHINGTON, campaign

ANSWERS = {"ero-atl": 0.9, "ero-was": 0.5, "ero-nyc": 0.1}
CAPS = Caps()
SUPPORTERS = 10_000
TAPS = (10, 15, 20)
"""Supporters an hour. The three lines take 60 calls an hour and answer 30: at 20 supporters an hour all are at
their caps whatever the order, since everybody who is not answered dials on."""
NO_ANSWER = 25.0
"""Seconds that a line rings until nobody has answered."""
AGAIN = 30.0
"""Seconds after which a supporter whom no office could take tries all of them once more."""
CAMPAIGN = campaign(offices=(ATLANTA, WASHINGTON, NEW_YORK), routing=Routing(Order.BALANCED))

Policy = Callable[[int, dict[str, Standing]], tuple[str, ...]]


def balanced(number: int, now: dict[str, Standing]) -> tuple[str, ...]:
    return chosen(CAMPAIGN, (), now, seed=number)


def round_robin(number: int, _: dict[str, Standing]) -> tuple[str, ...]:
    offices = tuple(ANSWERS)
    turn = number % len(offices)
    return offices[turn:] + offices[:turn]


@dataclass
class World:
    """One run. `dials` are (office, start, end) in seconds from the first moment; `waits`, until a human."""

    policy: Policy
    taps: int
    chance: Random
    dials: list[tuple[str, float, float]] = field(default_factory=list)
    humans: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    desks: dict[str, Desk] = field(default_factory=lambda: {office: Desk(office) for office in ANSWERS})
    events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    order: "count[int]" = field(default_factory=count)
    clock: float = 0.0

    def run(self) -> "World":
        tap = 0.0
        for number in range(SUPPORTERS):
            tap += self.chance.expovariate(self.taps / 3600)
            self.at(tap, self.begun(number, tap))
        while self.events:
            self.clock, _, happen = heapq.heappop(self.events)
            happen()
        return self

    def at(self, moment: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self.events, (moment, next(self.order), happen))

    @property
    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.clock)

    def begun(self, number: int, tap: float) -> Callable[[], None]:
        """A supporter's round through the offices, in the order that holds when it begins."""

        def happen() -> None:
            so_far = {office: standing(desk) for office, desk in self.desks.items()}
            self.tried(number, tap, self.policy(number, so_far))

        return happen

    def tried(self, number: int, tap: float, offices: tuple[str, ...]) -> None:
        """Dial the first office whose line has room; from a line where nobody answers, go on to the next."""
        for position, office_id in enumerate(offices):
            if self.granted(office_id, f"{number}-{tap}"):
                return self.dialed(number, tap, offices[position:])
        return self.at(self.clock + AGAIN, self.begun(number, tap))

    def granted(self, office_id: str, ticket: str) -> bool:
        office = CAMPAIGN.office(office_id)
        assert office is not None
        lines = dialable(office, NOW.date())
        self.desks[office_id], answer = asked(self.desks[office_id], ticket, lines, self.now, waits=False)
        return isinstance(answer, Granted)

    def dialed(self, number: int, tap: float, offices: tuple[str, ...]) -> None:
        office = offices[0]
        is_answered = self.chance.random() < ANSWERS[office]
        ring = self.chance.uniform(3, 12) if is_answered else NO_ANSWER
        talk = min(self.chance.expovariate(1 / 120), 900.0) if is_answered else 0.0
        self.dials.append((office, self.clock, self.clock + ring + talk))

        def end() -> None:
            status = CallStatus.COMPLETED if is_answered else CallStatus.NO_ANSWER
            self.given_back(office, f"{number}-{tap}", status)
            if not is_answered:
                self.tried(number, tap, offices[1:])

        if is_answered:
            self.humans[office] += 1
            self.waits.append(self.clock + ring - tap)
        self.at(self.clock + ring + talk, end)

    def given_back(self, office_id: str, ticket: str, status: CallStatus) -> None:
        office = CAMPAIGN.office(office_id)
        assert office is not None
        self.desks[office_id] = released(
            self.desks[office_id], ticket, office.lines[0].number, status, self.now
        )

    def most_at_once(self, office: str) -> int:
        """Counted from what happened, not asked of the desk."""
        changes = [(start, 1) for line, start, _ in self.dials if line == office]
        changes += [(end, -1) for line, _, end in self.dials if line == office]
        most = current = 0
        for _, change in sorted(changes):
            current += change
            most = max(most, current)
        return most

    def most_an_hour(self, office: str) -> int:
        starts = [start for line, start, _ in self.dials if line == office]
        most = first = 0
        for last, start in enumerate(starts):
            while start - starts[first] >= 3600:
                first += 1
            most = max(most, last - first + 1)
        return most

    def shortest_rest(self, office: str) -> float:
        starts = [start for line, start, _ in self.dials if line == office]
        return min(after - before for before, after in pairwise(starts))

    @property
    def shares(self) -> list[float]:
        """Of all dials, in the order of ANSWERS."""
        dials = Counter(office for office, _, _ in self.dials)
        return [dials[office] / len(self.dials) for office in ANSWERS]

    @property
    def mean(self) -> float:
        return fmean(self.waits)


Worlds = dict[tuple[int, str], World]
POLICIES: dict[str, Policy] = {"balanced": balanced, "round robin": round_robin}
RUNS = [(taps, name) for taps in TAPS for name in POLICIES]


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    return {(taps, name): World(POLICIES[name], taps, Random(2026)).run() for taps, name in RUNS}


def row(world: World) -> list[str]:
    """What each line bore, line by line, and how long people waited."""
    humans = (world.humans[office] / SUPPORTERS for office in ANSWERS)
    return [
        " / ".join(f"{share:.0%}" for share in world.shares),
        " / ".join(f"{share:.0%}" for share in humans),
        " / ".join(str(world.most_at_once(office)) for office in ANSWERS),
        " / ".join(str(world.most_an_hour(office)) for office in ANSWERS),
        f"{world.mean:.1f}",
        f"{quantiles(world.waits, n=20)[-1]:.0f}",
    ]


def test_balance_reaches_a_human_sooner_than_round_robin(worlds: Worlds, figure: Figure) -> None:
    table = Table(
        "taps/h", "choice", "dials", "humans", "at once", "an hour", "mean s", "95 %",
        title=f"{SUPPORTERS:,} calls to lines that answer 90 / 50 / 10 of 100, caps {CAPS.at_once} at once, "
        f"{CAPS.an_hour} an hour; seconds to a human",
    )  # fmt: skip
    for (taps, name), world in worlds.items():
        table.add_row(str(taps), name, *row(world))
    figure(table)

    means = {taps: (worlds[taps, "balanced"].mean, worlds[taps, "round robin"].mean) for taps in TAPS}
    assert {len(world.waits) for world in worlds.values()} == {SUPPORTERS}
    assert means[10][0] < 0.75 * means[10][1]
    assert means[15][0] < 0.85 * means[15][1]
    assert means[20][0] < means[20][1]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("office", ANSWERS)
def test_no_line_bears_more_than_its_caps(worlds: Worlds, run: tuple[int, str], office: str) -> None:
    world = worlds[run]

    assert 0 < world.most_at_once(office) <= CAPS.at_once
    assert 0 < world.most_an_hour(office) <= CAPS.an_hour
    assert world.shortest_rest(office) >= CAPS.pause


@pytest.mark.parametrize("taps", TAPS)
def test_every_line_bears_something_and_the_better_one_more(worlds: Worlds, taps: int) -> None:
    """By rate 60, 33 and 7 of 100; who dials on after no answer, or past a full line, evens that out."""
    shares = worlds[taps, "balanced"].shares

    assert shares == sorted(shares, reverse=True)
    assert shares[2] > 0.05


def firsts(answers: dict[str, float], times: int) -> Counter[str]:
    """First choices alone: one call after another, each to the first office of its order."""
    chance, found = Random(7), Counter[str]()
    so_far = dict.fromkeys(answers, Standing())
    for number in range(times):
        office = chosen(CAMPAIGN, (), so_far, seed=number)[0]
        is_answered = chance.random() < answers[office]
        was = so_far[office]
        so_far[office] = Standing(was.connected + is_answered, was.picked_up + is_answered, was.dialled + 1)
        found[office] += 1
    return found


def test_first_choices_are_shared_in_proportion_to_the_rates() -> None:
    found = firsts(ANSWERS, 10_000)

    assert [found[office] / 10_000 for office in ANSWERS] == pytest.approx([0.6, 0.333, 0.067], abs=0.02)


def test_a_line_that_never_answers_is_tried_seldom_but_not_forgotten() -> None:
    found = firsts({"ero-atl": 0.9, "ero-was": 0.9, "ero-nyc": 0.0}, 10_000)

    assert 10 <= found["ero-nyc"] <= 100


def test_lines_that_answer_alike_are_called_alike() -> None:
    found = firsts(dict.fromkeys(ANSWERS, 0.7), 9_000)

    assert [found[office] for office in ANSWERS] == pytest.approx([3000] * 3, rel=0.05)
