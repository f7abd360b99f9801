"""Ten thousand rough nights: webhooks that come twice, late, out of order, at the same moment, or never.

Each sequence is one supporter's whole call, from us or to us, through the real views and the phone world, with a
fault drawn for every webhook and queue message (`rough_house`). Afterwards the world, which saw what truly happened,
is held against what we wrote: nothing lost, nothing counted twice, nobody rung twice, no call joined twice, every
call ended and every number forgotten.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from chalicelib.domain.call import CallSession, Stage
from chalicelib.domain.counts import Action
from chalicelib.runtime import Runtime
from dev.phone_world import Call
from tests.conftest import IS_THOROUGH, Figure
from tests.hours import require_same_hours
from tests.rehearsal import ANA, LINES, sweep
from tests.stories.rough_house import NIGHTS, Night, RoughHouse, Way

SEQUENCES = int(os.environ.get("PATCHTHROUGH_FAULT_SEQUENCES", "75"))
SETTLE_MINUTES = 60
"""Long enough for every look of the reconciler, and for the page's question to lapse."""


@dataclass
class Sums:
    """What all sequences together came to."""

    sequences: int = 0
    actions: int = 0
    rings: int = 0
    calls_to_us: int = 0
    joined: int = 0
    overlaps: int = 0
    restored: int = 0

    def line(self) -> str:
        """The line a run is known by."""
        calls = f"rings={self.rings} in={self.calls_to_us} joined={self.joined}"
        rough = f"overlaps={self.overlaps} restored={self.restored}"
        return f"sequences={self.sequences} actions={self.actions} lost=0 double=0 unknown=0 {calls} {rough}"


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Keep no log: pytest would hold the lines of ten thousand nights in memory."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def played(built: Runtime, night: Night) -> RoughHouse:
    """Play one night to its very end."""
    sweep()
    house = RoughHouse(built, night)
    events = built.store._table.client.meta.events
    operations = ("PutItem", "TransactWriteItems")
    for operation in operations:
        events.register_first(
            f"provide-client-params.dynamodb.{operation}", house.rough.before_write, "rough"
        )
    try:
        house.begin()
        house.play()
        house.rough.overlap()
        if house.told_the_end and not house.rough.restored:
            _check_it_ended_at_once(house.led()[0])
        house.play(minutes=SETTLE_MINUTES, every=12)
    finally:
        for operation in operations:
            events.unregister(f"provide-client-params.dynamodb.{operation}", unique_id="rough")
    return house


def _check_it_ended_at_once(session: CallSession) -> None:
    assert (session.stage, session.phone) == (Stage.ENDED, None), "we were told of the end, and it was undone"


def check(house: RoughHouse) -> list[Action]:
    """Hold what we wrote against what the world saw."""
    actions = list(house.runtime.store.actions())
    assert house.world.complaints == []
    assert house.difference() == 0, "ledger and tally differ"
    require_same_hours(house.runtime.catalog.table, actions)
    _check_the_supporter(house)
    sessions = house.led()
    assert len(sessions) <= 1, "one call is led by two sessions: joined twice"
    if not sessions:
        assert house.night.way is not Way.RUNG
        assert not actions
        assert not any(house.world.calls_to(line) for line in LINES.values()), "an office rang: lost"
        return actions
    (session,) = sessions
    assert (session.stage, session.phone) == (Stage.ENDED, None), "a call did not end, or a number was kept"
    assert session.is_settled, "an office call was never counted: lost"
    _check_offices(house, session)
    _check_ledger(session, actions, is_restored=house.rough.restored)
    return actions


def _check_the_supporter(house: RoughHouse) -> None:
    """Rung once at most, and never if they called us; nothing of their number is left."""
    assert house.world.rings(ANA) <= (house.night.way is Way.RUNG), "the supporter was rung twice, or unasked"
    assert ANA not in str(house.rows()), "a number was kept"


def _check_offices(house: RoughHouse, session: CallSession) -> None:
    for office_id, line in LINES.items():
        rung = house.world.calls_to(line)
        legs = [leg for leg in session.legs if leg.office == office_id]
        assert len(rung) <= 1, f"{office_id} was called twice in one call"
        if not house.rough.restored:
            assert len(legs) >= len(rung), f"{office_id} rang and is not in the session"
            assert not rung or _agrees(legs[0].status, rung[0]), f"{office_id}: our facts are not the world's"


def _agrees(status: str | None, leg: Call) -> bool:
    return status == leg.status


def _check_ledger(session: CallSession, actions: list[Action], *, is_restored: bool) -> None:
    assert len({action.id for action in actions}) == len(actions)
    if is_restored:
        return
    written = {action.id: (action.office, action.outcome, action.basis) for action in actions}
    told = {
        f"{session.id}-{position}": (leg.office, leg.outcome, leg.basis)
        for position, leg in enumerate(session.legs)
    }
    assert written == told, "the ledger and the session tell different stories"


@pytest.mark.faults
def test_nothing_is_lost_and_nothing_counted_twice(built: Runtime, figure: Figure) -> None:
    sums = Sums()

    @settings(
        max_examples=SEQUENCES,
        derandomize=not IS_THOROUGH,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(NIGHTS)
    def sequence(night: Night) -> None:
        house = played(built, night)
        sums.actions += len(check(house))
        sums.sequences += 1
        sums.rings += house.world.rings(ANA)
        sums.calls_to_us += night.way is not Way.RUNG
        sums.joined += any(not session.id.startswith("in-") for session in house.led() if session.is_inbound)
        sums.overlaps += house.rough.drawn
        sums.restored += house.rough.restored

    sequence()
    figure(sums.line())
