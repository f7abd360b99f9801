"""Everything that can happen to a call, as values to multiply: sessions, events, moments, and answers to questions.

Promises that what is left out is said here: sessions that no call can be in (an office call without an office). Knows
nothing of what should come of it.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

from chalicelib.domain.areas import Match, Place, Reason
from chalicelib.domain.call import TERMINAL, CallSession, CallStatus, Ending, OfficeCall, Proving, Stage
from chalicelib.domain.call_machine import advance
from chalicelib.domain.campaign import Campaign, Local, Routing, Status
from chalicelib.domain.counts import Basis, Outcome
from chalicelib.domain.desk import Answer, Barred, Full, Granted
from chalicelib.domain.events import (
    Answered,
    Appointment,
    Ask,
    AskArea,
    AskBooking,
    AskLine,
    BudgetSpent,
    CallChanged,
    CalledIn,
    Claimed,
    CodeAsked,
    Delayed,
    Effect,
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
    Told,
    Unanswered,
    Withdrawn,
)
from chalicelib.domain.limits import Caller
from chalicelib.domain.moves import TRIES, Moment
from chalicelib.domain.office import Closure, Hours, Line, Office, Span
from tests.values import ATLANTA, CAMPAIGN, NEW_YORK, NOW, PHONE, WASHINGTON, session

SID, OTHER_PHONE = "CA" + "1" * 32, "+19565550148"
FIRST_LINE, SECOND_LINE = ATLANTA.lines[0].number, "+14045550194"
ALWAYS = Hours(((Span(time(0), time(0)),),) * 7, keeps_holidays=False)
NEVER = Hours(((),) * 7)
TODAY = NOW.date()
SHUT = Hours(closures=(Closure(TODAY, TODAY, "snow"),))


def _line(number: str) -> Line:
    return Line(number, callable=True, verified_on=TODAY)


# Atlanta has two lines, and New York shares one of them: a call that tried it there may not try it again.
OFFICES = (
    replace(ATLANTA, hours=ALWAYS, lines=(_line(FIRST_LINE), _line(SECOND_LINE))),
    replace(WASHINGTON, hours=ALWAYS),
    replace(NEW_YORK, hours=ALWAYS, lines=(_line(SECOND_LINE), *NEW_YORK.lines)),
)


def _campaign(
    *offices: Office, status: Status = Status.LIVE, local: Local = Local.NEVER, **changes: object
) -> Campaign:
    made = replace(CAMPAIGN, offices=offices or OFFICES, status=status, routing=Routing(local=local))
    return replace(made, **changes)  # type: ignore[arg-type]  # replace checks the names


def _first_shut(hours: Hours) -> Campaign:
    return _campaign(replace(OFFICES[0], hours=hours), *OFFICES[1:])


LIVE = _campaign()
UNVERIFIED = replace(OFFICES[0], lines=(Line(FIRST_LINE, callable=True), Line(SECOND_LINE)))
LATER = NOW + timedelta(minutes=13)
"""When nobody who is on hold since NOW is kept there any longer."""
MOMENTS: dict[str, Moment] = {
    "live": Moment(LIVE, NOW, reached=941),
    "later": Moment(LIVE, LATER),
    "paused": Moment(_campaign(status=Status.PAUSED), NOW),
    "ended": Moment(_campaign(status=Status.ENDED), NOW, reached=0),
    "first office shut today": Moment(_first_shut(SHUT), NOW),
    "first office never open": Moment(_first_shut(NEVER), NOW),
    "all shut today": Moment(_campaign(*(replace(each, hours=SHUT) for each in OFFICES)), NOW),
    "all shut, and nobody minds": Moment(
        _campaign(*(replace(each, hours=SHUT) for each in OFFICES)), NOW, keeps_hours=False
    ),
    "first office unverified": Moment(_campaign(UNVERIFIED, *OFFICES[1:]), NOW),
    "first office gone": Moment(_campaign(*OFFICES[1:]), NOW),
    "by area": Moment(_campaign(local=Local.BEFORE), NOW),
}

# Events.

KEYS = (*"0123456789*#", "", "12", "482915", "10001")
LINES = (FIRST_LINE, OFFICES[1].lines[0].number)
EVENTS: tuple[Event, ...] = (
    Claimed("an-attempt"), Stopped(), BudgetSpent(), Placed(SID), Throttled(NOW), Delayed(NOW),
    Refused(21211), Unanswered(), Missing(), Expired(), Withdrawn(), Answered(SID),
    CalledIn(SID, OTHER_PHONE, "1" * 32), CalledIn(SID, None, "2" * 32), TimeUp(),
    *map(Pressed, KEYS),
    *(OfficeCallEnded(status, 40) for status in (None, *CallStatus)), OfficeCallEnded(CallStatus.COMPLETED, 2),
    *(LegChanged(line, status, 40) for line in LINES for status in CallStatus),
    *(CallChanged(status, SID) for status in CallStatus),
    *map(Told, Outcome),
    *(TextClaimed(number, "an-attempt") for number in (1, 2)), *(CodeAsked(number) for number in (1, 2)),
    TextThrottled(1, 5.0), TextRefused(1, 30006), TextRefused(1, 21610), Proved(NOW, Caller()),
)  # fmt: skip
BY_STEP = (Answered, Pressed, OfficeCallEnded)
"""Events that come by a step's webhook, with its number. The others come without one."""

# Sessions.


def leg_of(office: Office = OFFICES[0], **changes: object) -> OfficeCall:
    """An office call to the office's first line."""
    begun = OfficeCall(office.id, office.lines[0].number, step=2, started_at=NOW)
    return replace(begun, **changes)  # type: ignore[arg-type]  # replace checks the names


BUSY = leg_of(status=CallStatus.BUSY, outcome=Outcome.BUSY, basis=Basis.FACTS)
TALKED = leg_of(status=CallStatus.COMPLETED, seconds=40, outcome=Outcome.SPOKE, basis=Basis.KEY)
LEGS: tuple[tuple[OfficeCall, ...], ...] = (
    (), (leg_of(),), (leg_of(answered_at=NOW),),
    *((leg_of(status=status, seconds=40 * (status is CallStatus.COMPLETED)),) for status in sorted(TERMINAL)),
    (BUSY,), (TALKED,), (BUSY, leg_of(OFFICES[1])),
)  # fmt: skip
LEFT = ((), ("ero-was",), ("ero-atl", "ero-was", "ero-nyc"))
ASKS = frozenset(Stage) - {Stage.AWAITING, Stage.PROVING, Stage.DIALING, Stage.ENDED}
UNPLACED = frozenset({Stage.AWAITING, Stage.PROVING, Stage.QUEUED, Stage.PLACING, Stage.UNKNOWN})
PLACED_BY_US = UNPLACED - {Stage.AWAITING} | {Stage.RINGING}
BEFORE_A_LEG = PLACED_BY_US | {Stage.AWAITING, Stage.WELCOME, Stage.ZIP}
BETWEEN_LEGS = frozenset({Stage.HOLDING, Stage.CLOSED, Stage.NEXT, Stage.POINTS, Stage.MENU})
ENDINGS = (Ending.DONE, Ending.HUNG_UP, Ending.NEVER, Ending.LINE_FULL)


def every_session() -> Iterator[CallSession]:
    """A call at every stage: each state of its last office call, offices left, number shown or hidden, each try."""
    for stage, legs, offices, phone, tries in itertools.product(
        Stage, LEGS, LEFT, (PHONE, None), range(TRIES)
    ):
        if tries and stage not in ASKS:
            continue
        plain = session(
            stage=stage, legs=legs, offices=offices, phone=phone, tries=tries, step=5,
            is_inbound=phone is None, call_sid=None if stage in UNPLACED else SID,
            number=942 if TALKED in legs else None,
        )  # fmt: skip
        yield from filter(is_possible, _completed(plain))


def is_possible(made: CallSession) -> bool:
    """Whether a call can be like this at all; every call that is led through the machine is held against it."""
    is_counted = made.leg is None or made.leg.outcome is not None
    if not made.is_over and (made.stage in UNPLACED) != (made.call_sid is None):
        return False
    if not made.is_over and (made.stage is Stage.PROVING) != (made.proving is not None):
        return False
    if made.stage in BEFORE_A_LEG:
        return not made.legs and (made.stage not in PLACED_BY_US or made.phone is not None)
    if made.stage in BETWEEN_LEGS:
        is_first = made.stage in {Stage.MENU, Stage.POINTS}
        return is_counted and not (is_first and made.legs) and bool(made.offices or is_first)
    if made.stage is Stage.DIALING:
        return made.leg is not None and not is_counted
    return made.stage is not Stage.ASKING or (made.leg is not None and not is_counted)


def _completed(plain: CallSession) -> Iterator[CallSession]:
    """With what goes with its stage."""
    match plain.stage:
        case Stage.AWAITING:
            yield replace(plain, phone=None, phone_key="", phone_ends="", code="482915", is_inbound=False)
        case Stage.PROVING:
            for proving in (Proving(NOW), Proving(NOW, texted=1), Proving(NOW, codes=2, texted=1)):
                yield replace(plain, proving=proving)
        case Stage.HOLDING:
            yield replace(plain, place=3, wait=120, held_at=NOW)
        case Stage.CLOSED:
            yield replace(plain, opens_at=NOW + timedelta(hours=23) if plain.phone else None)
        case Stage.ENDED:
            for ending in ENDINGS:
                yield replace(plain, phone=None, ending=ending, answer_by=NOW + timedelta(minutes=10))
        case _:
            yield plain


# What comes of it.


@dataclass(frozen=True, slots=True)
class Taken:
    """One event, and what came of it: the questions that were asked on the way stand in `moment.answers`."""

    before: CallSession
    event: Event
    moment: Moment
    after: CallSession
    effects: tuple[Effect, ...]

    @property
    def begun(self) -> OfficeCall | None:
        """The office call that began with it, or None."""
        return self.after.legs[-1] if len(self.after.legs) > len(self.before.legs) else None


def step_of(made: CallSession, event: Event) -> int | None:
    """The step that comes with an event which is this call's own."""
    return made.step if isinstance(event, BY_STEP) else None


def ways(before: CallSession, event: Event, moment: Moment) -> Iterator[Taken]:
    """All that may come of one event: one way for each answer to each question it leads to."""
    change = advance(before, step_of(before, event), event, moment)
    if isinstance(change, tuple):
        yield Taken(before, event, moment, *change)
        return
    assert change not in moment.answers, "asked twice"
    for answer in _answers(change):
        yield from ways(before, event, replace(moment, answers={**moment.answers, change: answer}))


AREAS = (
    Match(("ero-nyc",), Reason.AREA, Place("10001", "NY", zone="America/New_York")),
    Match((), Reason.NO_OFFICE, Place("96799", "AS")),
    Match((), Reason.ZIP_UNKNOWN),
)


def _answers(ask: Ask) -> Sequence[Answer | Match | Appointment | None]:
    match ask:
        case AskLine(numbers=numbers, waits=True):
            return (Granted(numbers[-1]), Full(3, 120), Barred())
        case AskLine(numbers=numbers):
            return (Granted(numbers[0]), Full(1, 60), Barred())
        case AskArea():
            return AREAS
        case AskBooking():
            return (Appointment("a-booking-of-hers-001", NOW + timedelta(minutes=20)), None)
