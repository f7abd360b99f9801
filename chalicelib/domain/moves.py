"""How a call session moves: what every transition is made of. Knows no stage's questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import overload

from chalicelib.domain import outcomes
from chalicelib.domain.areas import Match
from chalicelib.domain.call import CallSession, CallStatus, Ending, Notice, Stage
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import REACHED, Action, Channel, Outcome, action_id
from chalicelib.domain.desk import Answer
from chalicelib.domain.events import Appointment, Ask, AskArea, AskBooking, AskLine, Count, Effect
from chalicelib.domain.hours import is_open
from chalicelib.domain.office import Office

TRIES = 3
"""Times a question is asked before a kind end (page.md P11)."""
ANSWER_MINUTES = 10
"""How long after hanging up the page still asks how it went; then the facts alone decide."""

Change = tuple[CallSession, tuple[Effect, ...]]


class Wanted(Exception):
    """A decision can't be made before this question is answered."""

    def __init__(self, ask: Ask) -> None:
        """Remember the question."""
        super().__init__(type(ask).__name__)
        self.ask = ask


@dataclass(frozen=True, slots=True)
class Moment:
    """What a decision may look at beside the session.

    `reached`: how many calls got through so far; None where no number is to be told. `keeps_hours`: whether closed
    offices are left alone. `answers`: what the table said to the questions asked so far.
    """

    campaign: Campaign
    now: datetime
    reached: int | None = None
    keeps_hours: bool = True
    answers: Mapping[Ask, Answer | Match | Appointment | None] = field(default_factory=dict)

    def finds_open(self, office: Office) -> bool:
        """Whether the office can be called now; in development its hours don't keep anybody from trying."""
        return not self.keeps_hours or is_open(office, self.now)

    @overload
    def answer(self, ask: AskLine) -> Answer: ...

    @overload
    def answer(self, ask: AskArea) -> Match: ...

    @overload
    def answer(self, ask: AskBooking) -> Appointment | None: ...

    def answer(self, ask: Ask) -> object:
        """Return the answer to a question; None to AskBooking: nothing could be booked.

        Raises:
            Wanted: it has not been asked yet.
        """
        if ask not in self.answers:
            raise Wanted(ask)
        return self.answers[ask]


def moved(session: CallSession, moment: Moment, **changes: object) -> CallSession:
    """The session with these changes, changed now."""
    return replace(session, changed_at=moment.now, **changes)  # type: ignore[arg-type]  # replace checks the names


def stepped(session: CallSession, moment: Moment, stage: Stage, **changes: object) -> CallSession:
    """Into a stage with a question of its own: next step, and a fresh count of tries."""
    fresh = {"stage": stage, "step": session.step + 1, "tries": 0, "notice": None}
    return moved(session, moment, **(fresh | changes))


def asked_again(session: CallSession, notice: Notice | None, moment: Moment) -> Change | None:
    """The same question once more, after `notice`; None when it was asked often enough."""
    if session.tries + 1 >= TRIES:
        return None
    return moved(session, moment, step=session.step + 1, tries=session.tries + 1, notice=notice), ()


def noticed(key: str) -> Notice:
    """What to say of a key that does nothing here, or of none."""
    return Notice.WRONG_KEY if key else Notice.NO_KEY


def ended_at_step(session: CallSession, ending: Ending, moment: Moment, **changes: object) -> Change:
    """End in answer to a step's webhook: that step is used up."""
    return ended(session, ending, moment, step=session.step + 1, **changes)


def ended(session: CallSession, ending: Ending, moment: Moment, **changes: object) -> Change:
    """End: the phone number goes now. A leg without an outcome waits for facts or an answer, or is decided."""
    answer_by = moment.now + timedelta(minutes=ANSWER_MINUTES)
    over = {"stage": Stage.ENDED, "ending": ending, "phone": None, "answer_by": answer_by}
    after = moved(session, moment, **(over | changes))
    leg = after.leg
    if leg and leg.status is not None and outcomes.is_decided(leg.status):
        return settled(after, None, moment)
    return after, ()


def with_facts(session: CallSession, status: CallStatus | None, seconds: int) -> CallSession:
    """Fill in a leg's status and talk time, unless they are known already: the first terminal status wins."""
    leg = session.legs[-1]
    if status is None or leg.status is not None:
        return session
    return replace(session, legs=(*session.legs[:-1], replace(leg, status=status, seconds=seconds)))


def settled(session: CallSession, said: Outcome | None, moment: Moment) -> Change:
    """Give the last leg its outcome and count it. Once only: a settled leg is left alone."""
    leg = session.leg
    if leg is None or leg.outcome is not None:
        return session, ()
    outcome, basis = outcomes.outcome(leg.status, leg.seconds, said)
    action = Action(
        id=action_id(session.id, len(session.legs) - 1),
        campaign=session.campaign,
        channel=Channel.CALLS,
        office=leg.office,
        outcome=outcome,
        basis=basis,
        seconds=leg.seconds,
        at=moment.now,
        language=session.language,
    )
    legs = (*session.legs[:-1], replace(leg, outcome=outcome, basis=basis))
    number = session.number if moment.reached is None or outcome not in REACHED else moment.reached + 1
    return replace(session, legs=legs, number=number, changed_at=moment.now), (Count(action),)
