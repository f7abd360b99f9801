"""The call machine as a whole: every stage, every event, every answer, held against what it promises everywhere.

Two spaces are gone through. The *table*: every session a call can be in, times every event, moment and answer. The
*walk*: every call that can come about, event by event, from the tap or from the first word at our number.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import pytest

from chalicelib.domain.call import CallSession, CallStatus, Ending, Proving, Stage
from chalicelib.domain.call_machine import TRANSITIONS, advance
from chalicelib.domain.call_view import seen
from chalicelib.domain.events import (
    Answered,
    BudgetSpent,
    CallChanged,
    CalledIn,
    Claimed,
    CodeAsked,
    Delayed,
    Event,
    Expired,
    LegChanged,
    Missing,
    OfficeCallEnded,
    Placed,
    Pressed,
    Proved,
    Refused,
    Stopped,
    TextClaimed,
    TextRefused,
    TextThrottled,
    Throttled,
    TimeUp,
    Unanswered,
    Withdrawn,
)
from chalicelib.domain.limits import Caller
from chalicelib.domain.moves import Moment
from chalicelib.domain.prompts import prompt
from chalicelib.domain.verbs import Dial, Gather, Hangup, Say, Verb
from chalicelib.domain.words import Language
from tests.conftest import Figure
from tests.domain.call_promises import OF_WHAT_STAYS, PROMISES, Promise
from tests.domain.call_space import (
    EVENTS,
    FIRST_LINE,
    MOMENTS,
    SID,
    Taken,
    every_session,
    step_of,
    ways,
)
from tests.values import NOW, OUR_NUMBER, PHONE, session


@dataclass
class Findings:
    """How many steps were looked at, which pairs moved a call, and the first step that broke each promise."""

    steps: int = 0
    moved: set[tuple[Stage, type]] = field(default_factory=set)
    broken: dict[str, Taken] = field(default_factory=dict)

    def look_at(self, taken: Taken) -> None:
        """Hold one step against every promise."""
        self.steps += 1
        if taken.after is not taken.before:
            self.moved.add((taken.before.stage, type(taken.event)))
        for promise in PROMISES if taken.after is not taken.before else OF_WHAT_STAYS:
            if not promise(taken):
                self.broken.setdefault(promise.__name__, taken)


# The table: every session, event, moment and answer.


@cache
def table() -> Findings:
    found = Findings()
    for before, event in itertools.product(every_session(), EVENTS):
        for moment in moments_of(before, event):
            for taken in ways(before, event, moment):
                found.look_at(taken)
    return found


def moments_of(before: CallSession, event: Event) -> Iterable[Moment]:
    """Every moment for what looks at one; a pair the table does not hold is tried once."""
    if (before.stage, type(event)) not in TRANSITIONS:
        return [MOMENTS["live"]]
    if looks_around(before, event) and before.tries != 1:
        return MOMENTS.values()
    return [MOMENTS["live"], MOMENTS["paused"]]


def looks_around(before: CallSession, event: Event) -> bool:
    """Whether campaign, offices and clock have a say in what comes of it."""
    return isinstance(event, Answered | CalledIn | Pressed | OfficeCallEnded) and not before.is_over


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_every_step_of_every_call_keeps_the_promise(promise: Promise) -> None:
    assert table().broken.get(promise.__name__) is None
    assert walk().findings.broken.get(promise.__name__) is None


def test_what_the_table_does_not_hold_changes_nothing_and_every_row_of_it_something(figure: Figure) -> None:
    assert table().moved == set(TRANSITIONS)
    steps = f"table={table().steps} walk={walk().findings.steps} calls_met={len(walk().met)}"
    figure(f"call machine: {steps} promises={len(PROMISES)}")


def test_the_same_event_at_the_same_moment_does_the_same() -> None:
    for before, event in itertools.product(list(every_session())[::9], EVENTS):
        for taken in itertools.islice(ways(before, event, MOMENTS["live"]), 2):
            again = advance(before, step_of(before, event), event, taken.moment)
            assert again == (taken.after, taken.effects)


# The walk: every call that can come about.

STARTS = (
    session(),
    session(stage=Stage.PROVING, proving=Proving(NOW)),
    session(stage=Stage.AWAITING, phone=None, phone_key="", phone_ends="", code="482915"),
    session(stage=Stage.WELCOME, step=1, call_sid=SID, is_inbound=True),
    session(stage=Stage.WELCOME, step=1, call_sid=SID, is_inbound=True, phone=None),
)
EARLY = (Claimed("an-attempt"), Placed(SID), Unanswered(), Missing(), Answered(SID), Throttled(NOW), Delayed(NOW),
         Refused(21211), BudgetSpent(), Stopped(), Withdrawn(), Expired(),
         CalledIn(SID, PHONE, "1" * 32), CalledIn(SID, None, "2" * 32), TextClaimed(1, "an-attempt"), CodeAsked(1),
         TextThrottled(1, 5.0), TextRefused(1, 30006), TextRefused(1, 21610), Proved(NOW, Caller()))  # fmt: skip
WALKED: tuple[Event, ...] = (
    *EARLY, *map(Pressed, ("1", "2", "3", "4", "9", "", "10001")), TimeUp(),
    *(OfficeCallEnded(status, 40) for status in (None, CallStatus.COMPLETED, CallStatus.BUSY)),
    LegChanged(FIRST_LINE, CallStatus.NO_ANSWER), CallChanged(CallStatus.RINGING, SID),
    CallChanged(CallStatus.BUSY, SID), CallChanged(CallStatus.COMPLETED, SID),
)  # fmt: skip
WALKED_AT = {Stage.WELCOME: ("by area",), Stage.HOLDING: ("later",)}
DEPTH = 4


@dataclass
class Walk:
    """What was found on the way, and every call that was met, told apart by all but its step and its clock."""

    findings: Findings = field(default_factory=Findings)
    met: dict[CallSession, CallSession] = field(default_factory=dict)


@cache
def walk() -> Walk:
    made = Walk(met={_alike(start): start for start in STARTS})
    front = list(STARTS)
    for _ in range(DEPTH):
        front = [taken.after for taken in _steps_from(front, made)]
    return made


def _steps_from(front: Iterable[CallSession], made: Walk) -> Iterator[Taken]:
    """Each step from these calls that leads to a call not met before."""
    for before, event in itertools.product(front, WALKED):
        for moment in _walked_at(before, event):
            for taken in ways(before, event, moment):
                made.findings.look_at(taken)
                alike = _alike(taken.after)
                if alike not in made.met:
                    made.met[alike] = taken.after
                    yield taken


def _walked_at(before: CallSession, event: Event) -> Iterator[Moment]:
    if (before.stage, type(event)) in TRANSITIONS:
        yield MOMENTS["live"]
        if looks_around(before, event):
            more = ("paused", "first office shut today", *WALKED_AT.get(before.stage, ()))
            yield from (MOMENTS[name] for name in more)


def _alike(call: CallSession) -> CallSession:
    legs = tuple(replace(leg, step=0, started_at=NOW) for leg in call.legs)
    clock = {"changed_at": NOW, "answer_by": None, "ring_at": NOW, "number": None}
    return replace(call, step=min(call.step, 2), legs=legs, **clock)  # type: ignore[arg-type]


def test_every_stage_and_every_ending_can_be_reached() -> None:
    met = walk().met
    assert {call.stage for call in met} == set(Stage)
    assert {call.ending for call in met} - {None} == set(Ending)


@pytest.mark.parametrize("language", Language)
def test_wherever_a_call_can_be_it_has_words_and_a_state(language: Language) -> None:
    for call in walk().met.values():
        verbs = prompt(replace(call, language=language), MOMENTS["live"].campaign, OUR_NUMBER)
        assert isinstance(verbs[-1], Gather | Dial | Hangup)
        assert all(text and "{" not in text for text in _texts(verbs))
        view = seen(call, MOMENTS["live"].campaign, 0, NOW, calls_per_second=1)
        assert view.is_changing or call.is_over


def _texts(verbs: Iterable[Verb]) -> list[str]:
    spoken = [speech for verb in verbs for speech in (verb.speech if isinstance(verb, Gather) else (verb,))]
    return [speech.text for speech in spoken if isinstance(speech, Say)]
