"""A broadcast on rough evenings: planners and workers killed at any request, Twilio without an answer, stops all along.

Each seed is one evening from arming to the end. Then what the wires saw is held against what the table says: the
claims, by state, are as many as the audience, but for whoever stopped before it was listed; nobody was sent two; no
create began after a stop was committed; and nobody was texted outside of 9 to 20 in any zone their number may be in,
which is worked out here anew.
"""

import gc
import os
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from chalicelib.adapters.area_codes import area_code_zones
from chalicelib.domain.broadcast import Broadcast, ClaimState, Stage, armed
from chalicelib.domain.words import Words
from chalicelib.runtime import Runtime
from chalicelib.views import alert_keeping, texting
from tests.conftest import IS_THOROUGH, Figure
from tests.quick_moto import at_once
from tests.rehearsal import ENVIRONMENT, SLUG
from tests.stories.rough_broadcast import (
    BroadcastHouse,
    Roughness,
    Snapshot,
    numbers,
    subscribe,
)

SEQUENCES = int(os.environ.get("PATCHTHROUGH_FAULT_SEQUENCES", "200"))
SEEDS = range(max(1, SEQUENCES // 100)) if IS_THOROUGH else range(1)
PEOPLE = int(os.environ.get("PATCHTHROUGH_BROADCAST_PEOPLE", "20000" if SEQUENCES >= 10_000 else "300"))
"""`make faults` plays a hundred evenings of 20,000 people; the gate one of 300."""
START = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
"""A Tuesday: nine in Los Angeles, noon in New York; Hawaii and Guam are to wait."""
MOST_MINUTES = 20 * 60
BUSY_MINUTES = 20
MANY = PEOPLE > 2000
KILL, OVERLAP = (0.0008, 0.004) if MANY else (0.004, 0.02)
"""Some dozens of kills and of second workers in an evening, whether it is of hundreds of people or of thousands."""
ROUGH = Roughness(
    kill_before_write=KILL, kill_after_write=KILL, kill_at_twilio=KILL,
    lost_answer=0.01, no_connection=0.005, too_many=0.02, stop=0.02,
    stop_at_claim=0.03, overlap=OVERLAP, repeat=0.1, callback=0.3,
)  # fmt: skip
WORDS = Words(
    "Neighbors for Families: The flight is tomorrow. Reply CALL and we ring you. STOP to stop",
    "Vecinos por las Familias: El vuelo es mañana. Responda LLAMAR. ALTO para cancelar",
)
FALLBACK = ("America/Puerto_Rico", "Pacific/Honolulu")


@pytest.fixture(scope="module")
def crowd(built: Runtime) -> tuple[Runtime, list[str], Snapshot]:
    """So many subscribers, as they were before any evening."""
    people = numbers(PEOPLE)
    house = BroadcastHouse(built, Roughness(), 0, START)
    at_once(house.dynamodb, unwritten=True)
    subscribe(house.runtime, SLUG, people, texting.key_of, START - timedelta(days=3))
    gc.freeze()  # so many items that stay would be looked through for garbage again and again
    return built, people, Snapshot(ENVIRONMENT["PATCHTHROUGH_TABLE"])


@pytest.mark.faults
@pytest.mark.parametrize("seed", SEEDS)
def test_the_claims_are_the_audience_and_nobody_is_texted_twice_or_after_a_stop(
    crowd: tuple[Runtime, list[str], Snapshot], seed: int, figure: Figure
) -> None:
    built, people, snapshot = crowd
    snapshot.restore()
    house = BroadcastHouse(built, ROUGH, seed, START)
    stopping = house.chance.sample(people, len(people) // 20)
    alert = arm(house, len(people))

    minutes = play(house, alert, stopping)

    ended = house.runtime.broadcasts.broadcast(alert.id)
    assert ended is not None
    assert ended.stage is Stage.DONE
    claims = house.runtime.claims.by_state(alert.id)
    unlisted = without_a_claim(house, alert, people)
    assert sum(claims.values()) == ended.planned == len(people) - len(unlisted)
    assert unlisted <= house.seen.stops.keys(), "somebody was forgotten"
    assert not any(claims.get(state) for state in (ClaimState.CLAIMED, ClaimState.AMBIGUOUS))
    assert max(house.seen.accepted.values()) == 1, "somebody was sent two"
    assert created_after_a_stop(house) == []
    outside = [to for _, to, at in house.seen.creates if not is_fine(to, at, house.validity[to])]
    assert outside == []
    assert sum(house.seen.accepted.values()) == claims[ClaimState.SENT]
    figure(line(house, seed, claims, minutes))


def without_a_claim(house: BroadcastHouse, alert: Broadcast, people: list[str]) -> set[str]:
    """Who has no claim: nothing was to become of them."""
    tokens = {number: alert_keeping.token(alert.id, texting.key_of(number)) for number in people}
    claimed = house.sort_keys(f"CLAIM#{alert.id}#")
    return {number for number, token in tokens.items() if token not in claimed}


def line(house: BroadcastHouse, seed: int, claims: Mapping[ClaimState, int], minutes: int) -> str:
    """The line an evening is known by: the identity first."""
    unlisted, seen = PEOPLE - sum(claims.values()), house.seen
    parts = " + ".join(f"{state.value} {number}" for state, number in sorted(claims.items()) if number)
    return (
        f"seed={seed} audience={PEOPLE} = {parts} + stopped before it was listed {unlisted} | twice=0 after_stop=0 "
        f"outside=0 kills={seen.kills} overlaps={seen.overlaps} stops={len(seen.stops)} creates={len(seen.creates)} "
        f"minutes={minutes}"
    )


def arm(house: BroadcastHouse, audience: int) -> Broadcast:
    """A broadcast that two people have armed, to whoever is on the roll now."""
    now = house.clock.now()
    draft = Broadcast(
        id="alert-of-the-evening", audience=audience, segments=1, not_after=now + timedelta(hours=14),
        campaign=SLUG, words=WORDS, sender="short code", made_by="Ana", made_at=now, counted_at=now,
    )  # fmt: skip
    made = house.runtime.broadcasts.make(draft)
    for person in ("Ana", "Luis"):
        after, _ = armed(made, audience, person, now)
        made = house.runtime.broadcasts.move(made, after)
    return made


def play(house: BroadcastHouse, alert: Broadcast, stopping: list[str]) -> int:
    """Let minutes pass until it is done, roughly; return how many. Later on the schedule runs less often."""
    minutes = 0
    with house.roughly(stopping):
        while minutes < MOST_MINUTES:
            house.play_broadcasts()
            step = 1 if minutes < BUSY_MINUTES else 10
            house.world.advance(60 * step)
            house.somebody_stops()
            minutes += step
            found = house.runtime.broadcasts.broadcast(alert.id)
            if found is not None and found.stage is Stage.DONE:
                break
    return minutes


def created_after_a_stop(house: BroadcastHouse) -> list[str]:
    """Whose create began after their stop was committed."""
    never = float("inf")
    return [to for order, to, _ in house.seen.creates if order > house.seen.stops.get(to, never)]


def is_fine(number: str, at: datetime, validity: int) -> bool:
    """Whether a text that begins now and lives so long is between 9 and 20 wherever its number may be."""
    return all(
        time(9) <= moment.astimezone(zone).time() <= time(20)
        for zone in zones(number)
        for moment in (at, at + timedelta(seconds=validity))
    )


@cache
def zones(number: str) -> tuple[ZoneInfo, ...]:
    """The zones of an area code; ours for one whose zones are never awake together, or that is nowhere."""
    every = tuple(map(ZoneInfo, area_code_zones().get(number[2:5], ()) or FALLBACK))
    offsets = [zone.utcoffset(START.replace(tzinfo=None)) or timedelta(0) for zone in every]
    return every if max(offsets) - min(offsets) < timedelta(hours=11) else tuple(map(ZoneInfo, FALLBACK))
