"""Ten thousand rough nights: webhooks that come twice, late, out of order, at the same moment, or never.

Each sequence is one supporter's whole call through the real views and the phone world, with a fault drawn for
every webhook and queue message. Afterwards the world, which saw what truly happened, is held against what we
wrote: nothing lost, nothing counted twice, nobody rung twice, every call ended and every number forgotten.

Two faults are made on DynamoDB's wire. An *overlap* lets another webhook run to its end between our read and
our write. A *restored copy* puts an older session back, as a restore or a lagging replica would.
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.table import read, wire
from chalicelib.domain.call import TERMINAL, CallSession, Stage
from chalicelib.domain.counts import Action
from chalicelib.runtime import Runtime
from dev.phone_world import (
    Answer,
    Call,
    Delivery,
    Faults,
    HangUp,
    Heard,
    OfficeLine,
    PickUp,
    Plan,
    Press,
    Star,
    Supporter,
    Voicemail,
)
from tests.conftest import Figure
from tests.rehearsal import ANA, ENVIRONMENT, LINES, Rehearsal, sweep

ASKED_FOR = os.environ.get("PATCHTHROUGH_FAULT_SEQUENCES")
"""Set by make faults, which looks for nights nobody has seen; make test plays the same ones each time."""
SEQUENCES = int(ASKED_FOR or "150")
SETTLE_MINUTES = 60
"""Long enough for every look of the reconciler, and for the page's question to lapse."""

Move = PickUp | Voicemail | Press | Star | HangUp

ONCE = Plan()
PLANS: dict[str, Plan] = {
    "once": ONCE,
    "twice": Plan.twice(),
    "twice, later": Plan.twice(gap=20.0),
    "late": Plan.late(9.0),
    "much later": Plan.late(70.0),
    "lost": Plan.lost(),
    "answer lost": Plan(answer_lost=True),
    "hang up meanwhile": Plan(hang_up_after=0.0),
    "late, hung up before": Plan(delays=(6.0,), hang_up_after=0.5),
}
STEP_PLANS = ["once"] * 6 + [name for name in PLANS if name not in {"once", "much later"}]
STATUS_PLANS = ["once"] * 4 + ["twice", "twice, later", "late", "much later", "lost"]
COPIES = [(0.0,), (0.0,), (0.0, 0.0), (0.0, 30.0), (4.0,), ()]


@dataclass(frozen=True, slots=True)
class Night:
    """Everything that is drawn for one sequence."""

    script: tuple[Move, ...]
    answers: tuple[Answer, ...]
    step_plans: tuple[str, ...]
    status_plans: tuple[str, ...]
    copies: tuple[tuple[float, ...], ...]
    overlaps: tuple[bool, ...]
    restore: tuple[int, int] | None


def keys_for(question: Heard, choices: str) -> st.SearchStrategy[Press]:
    return st.sampled_from(choices).map(lambda key: Press(key, when=question))


HOW, NEXT, TRY = Heard("How did it go"), Heard("office too, press 1"), Heard("To try the")
FIRST = st.sampled_from("11111111111115279").map(Press)
TALK: st.SearchStrategy[Move] = st.one_of(
    keys_for(HOW, "111223407"),
    st.sampled_from([Star(after=2), Star(after=20)]),
    st.sampled_from(
        [
            HangUp(when="office rings", after=2),
            HangUp(when="connected", after=3),
            HangUp(when="connected", after=20),
        ]
    ),
    st.sampled_from([HangUp(when=HOW, after=0.5), HangUp(when=NEXT, after=1.0)]),
)
ON: st.SearchStrategy[Move] = st.one_of(keys_for(NEXT, "1112"), keys_for(TRY, "1112"))
CALLS: st.SearchStrategy[tuple[Move, ...]] = st.tuples(
    st.sampled_from([PickUp(), PickUp(after=25)]), FIRST, TALK, ON, TALK, ON, TALK
)
REST: st.SearchStrategy[tuple[Move, ...]] = st.sampled_from(
    [(), (Voicemail(),), (Voicemail(seconds=120),), (PickUp(), HangUp(when="asked for a key", after=0.2))]
)
SCRIPTS = st.integers(0, 9).flatmap(lambda lot: REST if lot == 9 else CALLS)
ANSWERS = [Answer.PERSON] * 4 + list(Answer)
NIGHTS = st.builds(
    Night,
    script=SCRIPTS,
    answers=st.tuples(*[st.sampled_from(ANSWERS)] * 3),
    step_plans=st.lists(st.sampled_from(STEP_PLANS), max_size=14).map(tuple),
    status_plans=st.lists(st.sampled_from(STATUS_PLANS), max_size=14).map(tuple),
    copies=st.lists(st.sampled_from(COPIES), max_size=3).map(tuple),
    overlaps=st.lists(st.booleans(), max_size=10).map(tuple),
    restore=st.one_of(st.none(), st.none(), st.none(), st.tuples(st.integers(3, 12), st.integers(1, 4))),
)

Request = Callable[[], object]


@dataclass
class RoughWire:
    """DynamoDB's wire: runs a held-back webhook just before one of our writes, and can restore an older copy."""

    night: Night
    house: Rehearsal
    held: list[Request] = field(default_factory=list)
    copies: list[dict[str, Any]] = field(default_factory=list)
    writes: int = 0
    seen: set[bytes] = field(default_factory=set)
    drawn: int = 0
    restored: bool = False
    is_overlapping: bool = False

    def before_write(self, params: dict[str, Any], **_: Any) -> None:
        """Called with each PutItem and TransactWriteItems before it is sent."""
        session = _session_in(params)
        if session is None or self.is_overlapping:
            return
        self.writes += 1
        self.overlap()
        self.copies.append(session)

    def overlap(self) -> None:
        """Let what was held back run to its end now, between somebody's read and write."""
        self.is_overlapping = True
        try:
            while self.held:
                self.held.pop(0)()
        finally:
            self.is_overlapping = False

    def restore(self) -> None:
        """Put an older copy of the session back, once: never one from before Twilio was known to have the call."""
        after, back = self.night.restore or (10**6, 0)
        if self.restored or self.writes < after or len(self.copies) <= back:
            return
        copy = self.copies[-1 - back]
        if "call_sid" in copy:
            self.restored = True
            self.house.dynamodb.put_item(TableName=ENVIRONMENT["PATCHTHROUGH_TABLE"], Item=wire(copy))

    def is_held(self, url: str, body: bytes, request: Request) -> bool:
        """Whether this webhook is held back for an overlap: callbacks and repeats are, when drawn."""
        is_repeat = url.encode() + body in self.seen
        self.seen.add(url.encode() + body)
        if self.is_overlapping or not (is_repeat or "/status" in url):
            return False
        self.drawn += 1
        if self.drawn > len(self.night.overlaps) or not self.night.overlaps[self.drawn - 1]:
            return False
        self.held.append(request)
        return True


def _is_the_end(body: bytes) -> bool:
    """Whether a form tells that the supporter's own call is over."""
    form = parse_qs(body.decode())
    return "ParentCallSid" not in form and form.get("CallStatus", [""])[0] in TERMINAL


def _session_in(params: dict[str, Any]) -> dict[str, Any] | None:
    """The session item that a write holds, if it holds one."""
    items = [params.get("Item")] if "Item" in params else []
    items += [part["Put"]["Item"] for part in params.get("TransactItems", []) if "Put" in part]
    found = [read(item) for item in items if item and item["PK"]["S"].startswith("CALL#")]
    return found[0] if found else None


class RoughHouse(Rehearsal):
    """A rehearsal on a rough wire."""

    def __init__(self, built: Runtime, night: Night) -> None:
        """As Rehearsal, with the faults of one night."""
        self.rough = RoughWire(night, self)
        self.told_the_end = False
        self.call_id = ""
        self.step_plans, self.status_plans = iter(night.step_plans), iter(night.status_plans)
        super().__init__(built, built.store._table.client, Faults(decide=self._decided))
        copies = iter(night.copies)
        self.queue.copies = lambda: next(copies, (0.0,))
        for office_id, answers in zip(LINES, night.answers, strict=True):
            self.world.add(OfficeLine(LINES[office_id], answers, talk_seconds=30.0))
        self.world.add(Supporter(ANA, night.script))

    def memory_clock(self) -> float:
        """Stand still: the campaign never changes here, and reading it anew is most of the time."""
        return 0.0

    def _decided(self, delivery: Delivery) -> Plan:
        names = self.status_plans if delivery.kind == "status" else self.step_plans
        return PLANS[next(names, "once")]

    def _carried(self, method: str, url: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        def now() -> tuple[int, dict[str, str], bytes]:
            answer = Rehearsal._carried(self, method, url, headers, body)
            self.told_the_end |= answer[0] == 204 and _is_the_end(body)
            return answer

        if self.rough.is_held(url, body, now):
            return 204, {"content-type": "text/plain"}, b""
        answer = now()
        self.rough.restore()
        return answer


@dataclass
class Sums:
    """What all sequences together came to."""

    sequences: int = 0
    actions: int = 0
    rings: int = 0
    overlaps: int = 0
    restored: int = 0

    def line(self) -> str:
        """The line a run is known by."""
        rest = f"rings={self.rings} overlaps={self.overlaps} restored={self.restored}"
        return f"sequences={self.sequences} actions={self.actions} lost=0 double=0 {rest}"


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
        house.call_id = house.tap()["id"]
        house.play()
        house.rough.overlap()
        if house.told_the_end and not house.rough.restored:
            _check_it_ended_at_once(house.session(house.call_id))
        house.play(minutes=SETTLE_MINUTES, every=12)
    finally:
        for operation in operations:
            events.unregister(f"provide-client-params.dynamodb.{operation}", unique_id="rough")
    return house


def _check_it_ended_at_once(session: CallSession) -> None:
    assert (session.stage, session.phone) == (Stage.ENDED, None), "we were told of the end, and it was undone"


def check(house: RoughHouse) -> list[Action]:
    """Hold what we wrote against what the world saw."""
    session = house.session(house.call_id)
    actions = list(house.runtime.store.actions())
    assert house.world.complaints == []
    assert house.difference() == 0, "ledger and tally differ"
    assert house.world.rings(ANA) <= 1, "the supporter was rung twice"
    assert (session.stage, session.phone) == (Stage.ENDED, None), "a call did not end, or a number was kept"
    assert session.is_settled, "an office call was never counted: lost"
    _check_offices(house, session)
    _check_ledger(session, actions, is_restored=house.rough.restored)
    return actions


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
        derandomize=ASKED_FOR is None,
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
        sums.overlaps += house.rough.drawn
        sums.restored += house.rough.restored

    sequence()
    figure(sums.line())
