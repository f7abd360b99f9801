"""Calls are placed at the account's pace: in a burst, at any moment, after 429s and when a backlog is worked off.

SQS delays by whole seconds, so a call may come up to a second after its turn, and close to the next one. What is held
is that in no stretch of time more calls are placed than have their turn in it, and those of that second.
"""

import itertools
from datetime import timedelta

import pytest

from chalicelib.runtime import Runtime
from dev.phone_world import (
    CreateFault,
)
from tests.conftest import Figure
from tests.rehearsal import sweep
from tests.stories.placing_house import Placing

ON_TIME, LATE = 1.25, 5.25
"""Seconds around its turn in which a call is placed: SQS delays by whole seconds, and 0.25 s early is now; a call up
to 5 s late is placed at once, and one that is later takes a new turn."""
PHONES = [f"+1404555{number:04}" for number in range(100, 160)]


def most_at_once(placings: list[float], seconds: float) -> int:
    """The most placings that lie within any `seconds`."""
    return max(sum(first <= at < first + seconds for at in placings) for first in placings)


def check_pace(house: Placing, figure: Figure, slack: float) -> None:
    """In no stretch of time, short or long, were more calls placed than its turns, and those of `slack` seconds."""
    placings, cps = house.wire.placings, house.runtime.config.calls_per_second
    closest = min(later - earlier for earlier, later in itertools.pairwise(placings))
    for seconds in (1 / cps, 5, 30, 120):
        assert most_at_once(placings, seconds) <= cps * (seconds + slack) + 1
    within = most_at_once(placings, 1 / cps)
    figure(
        f"pace: {len(placings)} placings at {cps:g}/s, closest {closest:.2f} s, at most {within} in {1 / cps:g} s"
    )


@pytest.mark.parametrize("cps", [1.0, 4.0])
def test_a_burst_of_thirty_taps_is_placed_one_by_one(built: Runtime, figure: Figure, cps: float) -> None:
    sweep()
    house = Placing(built, cps=cps)

    for phone in PHONES[:30]:
        house.tap(phone)
    house.play()

    assert len(house.wire.placings) == 30
    assert cps > 1 or all(b - a >= 1 - 1e-6 for a, b in itertools.pairwise(house.wire.placings))
    check_pace(house, figure, ON_TIME)


def test_taps_at_any_moment_keep_the_pace(house: Placing, figure: Figure) -> None:
    for number, phone in enumerate(PHONES[:30]):
        house.tap(phone)
        house.world.advance((0.1, 0.35, 0.99, 1.7)[number % 4])
    house.play()

    assert len(house.wire.placings) == 30
    check_pace(house, figure, ON_TIME)


def test_after_429s_nobody_takes_somebody_else_s_turn(house: Placing, figure: Figure) -> None:
    house.world.next_creates.extend([CreateFault.throttled()] * 8)

    for phone in PHONES[:20]:
        house.tap(phone)
        house.world.advance(0.5)
    house.play()

    assert len(house.wire.placings) == 28
    assert house.rung() == set(PHONES[:20])
    check_pace(house, figure, ON_TIME)


def test_a_call_sent_back_by_a_429_keeps_its_new_turn_to_itself(house: Placing) -> None:
    """The worker comes two seconds late, so the line is idle when Twilio sends the call back."""
    house.world.next_creates.append(CreateFault.throttled())
    house.queue.copies = lambda: (2.0,)

    first = house.tap(PHONES[0])
    house.world.advance(2.01)
    second = house.tap(PHONES[1])

    turns = [house.session(call["id"]).ring_at for call in (first, second)]
    assert turns[1] - turns[0] >= timedelta(seconds=1)


def test_a_backlog_is_worked_off_at_the_pace(house: Placing, figure: Figure) -> None:
    """The workers are down for a minute while somebody taps every second; then all messages come at once."""
    up = house.clock.seconds + 60
    house.queue.copies = lambda: (max(0.0, up - house.clock.seconds),)

    for phone in PHONES:
        house.tap(phone)
        house.world.advance(1)
    house.play()

    assert house.rung() == set(PHONES)
    check_pace(house, figure, LATE)
