"""A rough night, drawn: one supporter's call, and what the network does to each of its webhooks and messages.

The call is one we place, or one to us: by the page's code, by hand with keys, with a hidden number. Two faults are
made on DynamoDB's wire. An *overlap* lets another webhook run to its end between our read and our write. A
*restored copy* puts an older session back, as a restore or a lagging replica would.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs

from hypothesis import strategies as st

from chalicelib.adapters.area_items import AreaShelf
from chalicelib.adapters.table import read, wire
from chalicelib.domain.areas import Area, Areas
from chalicelib.domain.call import TERMINAL, CallSession, Stage
from chalicelib.domain.campaign import Local, Routing
from chalicelib.runtime import Runtime
from dev.phone_world import (
    ANONYMOUS,
    Answer,
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
from tests.rehearsal import ANA, ENVIRONMENT, LINES, OUR_NUMBER, SLUG, Rehearsal

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


class Way(StrEnum):
    """How supporter and office come together."""

    RUNG = "rung"  # we call them
    PAGE = "page"  # they call us, with the page's code
    BY_HAND = "by_hand"  # they call us without one
    HIDDEN = "hidden"  # and hide their number


@dataclass(frozen=True, slots=True)
class Night:
    """Everything that is drawn for one sequence. `zip_keys`: what is keyed in for a ZIP code; None: none is asked."""

    way: Way
    zip_keys: str | None
    broken: tuple[str, ...]
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
BROKEN = ["", "", "", "", "", "before", "after"]
"""Whether a webhook is answered 503 once, before the app sees it or after it has done its work."""
NIGHTS = st.builds(
    Night,
    way=st.sampled_from([Way.RUNG] * 6 + [Way.PAGE, Way.PAGE, Way.BY_HAND, Way.HIDDEN]),
    zip_keys=st.sampled_from([None, None, "30303", "10001", "*", "00000"]),
    broken=st.lists(st.sampled_from(BROKEN), max_size=8).map(tuple),
    script=SCRIPTS,
    answers=st.tuples(*[st.sampled_from(ANSWERS)] * 3),
    step_plans=st.lists(st.sampled_from(STEP_PLANS), max_size=14).map(tuple),
    status_plans=st.lists(st.sampled_from(STATUS_PLANS), max_size=14).map(tuple),
    copies=st.lists(st.sampled_from(COPIES), max_size=3).map(tuple),
    overlaps=st.lists(st.booleans(), max_size=10).map(tuple),
    restore=st.one_of(st.none(), st.none(), st.none(), st.tuples(st.integers(3, 12), st.integers(1, 4))),
)

UNAVAILABLE = 503, {"content-type": "text/plain"}, b""
MENU, ENGLISH, ZIP = Heard("what you could say, press 2"), Heard("For English"), Heard("five digit ZIP code")


def _dialled(night: Night) -> tuple[Move, ...]:
    """The night's script for a call to us: nothing is picked up, and the door is passed by keys where it must be."""
    moves = [move for move in night.script if not isinstance(move, PickUp | Voicemail)]
    asked = [
        replace(move, when=MENU) if isinstance(move, Press) and move.when == "asked for a key" else move
        for move in moves
    ]
    door = [] if night.way is Way.PAGE else [Press("1", when=ENGLISH)]
    zip_code = [Press(night.zip_keys, when=ZIP)] if night.zip_keys and door else []
    return (*door, *zip_code, *asked)


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
    found = [read(item) for item in items if item and item.get("type") == {"S": "session"}]
    return found[0] if found else None


class RoughHouse(Rehearsal):
    """A rehearsal on a rough wire."""

    def __init__(self, built: Runtime, night: Night) -> None:
        """As Rehearsal, with the faults of one night."""
        self.night, self.rough = night, RoughWire(night, self)
        self.told_the_end = False
        self.step_plans, self.status_plans = iter(night.step_plans), iter(night.status_plans)
        self.broken, self.broken_once = iter(night.broken), set[tuple[str, bytes]]()
        super().__init__(built, built.store._table.client, Faults(decide=self._decided))
        copies = iter(night.copies)
        self.queue.copies = lambda: next(copies, (0.0,))
        for office_id, answers in zip(LINES, night.answers, strict=True):
            self.world.add(OfficeLine(LINES[office_id], answers, talk_seconds=30.0))
        if night.zip_keys is not None:
            self._ask_for_a_zip_code()

    def memory_clock(self) -> float:
        """Stand still: the campaign never changes here, and reading it anew is most of the time."""
        return 0.0

    def begin(self) -> None:
        """The tap, or the call to us."""
        night = self.night
        if night.way is Way.RUNG:
            self.world.add(Supporter(ANA, night.script))
            self.tap()
            return
        post_dial = self.waiting_page() if night.way is Way.PAGE else ""
        shows = ANONYMOUS if night.way is Way.HIDDEN else ""
        self.world.call_in(ANA, OUR_NUMBER, _dialled(night), post_dial=post_dial, shows=shows)

    def waiting_page(self) -> str:
        """A page that waits for its supporter's call: what is dialled after our number."""
        page = self.post(f"/api/campaigns/{SLUG}/calls", {"by": "tap", "language": "en"})
        return str(page["dial"]).removeprefix(OUR_NUMBER)

    def sessions(self) -> list[CallSession]:
        """Every session there is: of pages that wait, and of calls."""
        rows = [row for row in self.rows() if row.get("type") == {"S": "session"}]
        return [self.session(row["PK"]["S"].removeprefix("CALL#")) for row in rows]

    def led(self) -> list[CallSession]:
        """The sessions that lead, or led, a call."""
        return [session for session in self.sessions() if session.stage is not Stage.AWAITING]

    def _ask_for_a_zip_code(self) -> None:
        states = {"GA": Area("ero-atl"), "NY": Area("ero-nyc")}
        AreaShelf(self.runtime.catalog.table).put_areas(Areas(states=states))
        asked = self.runtime.campaign(SLUG)
        assert asked is not None
        changed = replace(asked, routing=Routing(local=Local.BEFORE))
        self.runtime._campaigns[SLUG] = (float("inf"), changed)

    def _decided(self, delivery: Delivery) -> Plan:
        names = self.status_plans if delivery.kind == "status" else self.step_plans
        return PLANS[next(names, "once")]

    def _carried(self, method: str, url: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        def now() -> tuple[int, dict[str, str], bytes]:
            answer = Rehearsal._carried(self, method, url, headers, body)
            self.told_the_end |= answer[0] == 204 and _is_the_end(body) and bool(self.led())
            return answer

        broken = self._broken(url, body)
        if broken == "before":
            return UNAVAILABLE
        # What is sent anew because we answered 503 is no spare copy: its answer is the one that counts.
        if (url, body) not in self.broken_once and self.rough.is_held(url, body, now):
            return 204, {"content-type": "text/plain"}, b""
        answer = now()
        self.rough.restore()
        return UNAVAILABLE if broken else answer

    def _broken(self, url: str, body: bytes) -> str:
        """Whether this one is answered 503: once at most, and never where Twilio turns to as the last resort."""
        if self.rough.is_overlapping or "/fallback" in url or (url, body) in self.broken_once:
            return ""
        broken = next(self.broken, "")
        if broken:
            self.broken_once.add((url, body))
        return broken
