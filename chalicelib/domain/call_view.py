"""What a call looks like from outside, now: one value that the page draws and the API sends.

Promises that both say the same, because both read it from here. Knows no word, no URL and no phone number:
of the supporter's number only the last two digits are in it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil

from chalicelib.domain.call import CODE_LIVES, CallSession, Ending, OfficeCall, Stage
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.codes import CODES, LIFE
from chalicelib.domain.counts import REACHED, Outcome
from chalicelib.domain.office import Office
from chalicelib.domain.office_moves import books_by
from chalicelib.domain.words import Language


class State(StrEnum):
    """Where a call is, as its supporter sees it. The first group changes by itself."""

    AWAITING = "awaiting"  # the supporter is to call us, with the page's code
    CODE = "code"  # a code was texted to the phone, and is asked for
    IN_LINE = "in_line"
    ON_PAUSE = "on_pause"  # in line, and the campaign is paused
    PLACING = "placing"
    CHECKING = "checking"  # Twilio gave no clear answer: it may ring or not
    RINGING = "ringing"
    MENU = "menu"
    POINTS = "points"
    CALLING_OFFICE = "calling_office"
    CONNECTED = "connected"
    ASKING = "asking"  # on the phone, by keys
    NEXT = "next"
    HOLDING = "holding"  # on the phone, in line for an office's line
    CLOSED = "closed"  # on the phone, told that the office has closed
    ZIP = "zip"  # on the phone, asked for a ZIP code
    SETTLING = "settling"  # over; the facts that count it are on their way

    QUESTION = "question"  # over; asked on the page how it went
    THANKS = "thanks"
    NOT_REACHED = "not_reached"
    NOT_PICKED_UP = "not_picked_up"
    NO_KEY = "no_key"
    HUNG_UP = "hung_up"
    NEVER = "never"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    NOT_PLACED = "not_placed"
    PAUSED = "paused"
    NO_OFFICE = "no_office"
    LINE_FULL = "line_full"
    OFFICE_CLOSED = "office_closed"
    NOT_PROVED = "not_proved"
    NO_TEXT = "no_text"
    LANDLINE = "landline"
    BUDGET = "budget"
    BOOKED = "booked"
    CODE_OLD = "code_old"  # nobody called with the page's code in time


CHANGING = frozenset(
    {
        State.AWAITING,
        State.CODE,
        State.ZIP,
        State.IN_LINE,
        State.ON_PAUSE,
        State.PLACING,
        State.CHECKING,
        State.RINGING,
        State.MENU,
        State.POINTS,
    }
    | {State.CALLING_OFFICE, State.CONNECTED, State.ASKING, State.NEXT, State.HOLDING}
    | {State.CLOSED, State.SETTLING}
)
"""States that something other than the supporter's tap on the page will end."""

STAGES: dict[Stage, State] = {
    Stage.AWAITING: State.AWAITING,
    Stage.WELCOME: State.MENU,
    Stage.ZIP: State.ZIP,
    Stage.PROVING: State.CODE,
    Stage.QUEUED: State.IN_LINE,
    Stage.PLACING: State.PLACING,
    Stage.UNKNOWN: State.CHECKING,
    Stage.RINGING: State.RINGING,
    Stage.MENU: State.MENU,
    Stage.POINTS: State.POINTS,
    Stage.HOLDING: State.HOLDING,
    Stage.CLOSED: State.CLOSED,
    Stage.DIALING: State.CALLING_OFFICE,
    Stage.ASKING: State.ASKING,
    Stage.NEXT: State.NEXT,
}
ENDINGS: dict[Ending, State] = {
    Ending.DONE: State.NOT_REACHED,
    Ending.NOT_PICKED_UP: State.NOT_PICKED_UP,
    Ending.NO_KEY: State.NO_KEY,
    Ending.HUNG_UP: State.HUNG_UP,
    Ending.NEVER: State.NEVER,
    Ending.WITHDRAWN: State.WITHDRAWN,
    Ending.REFUSED: State.REFUSED,
    Ending.NOT_PLACED: State.NOT_PLACED,
    Ending.PAUSED: State.PAUSED,
    Ending.NO_OFFICE: State.NO_OFFICE,
    Ending.LINE_FULL: State.LINE_FULL,
    Ending.CLOSED: State.OFFICE_CLOSED,
    Ending.NOT_PROVED: State.NOT_PROVED,
    Ending.NO_TEXT: State.NO_TEXT,
    Ending.LANDLINE: State.LANDLINE,
    Ending.BUDGET: State.BUDGET,
    Ending.BOOKED: State.BOOKED,
}
"""Endings of a call that reached nobody; one that did is thanked, however it ended."""


@dataclass(frozen=True, slots=True)
class CallView:
    """One call, now.

    `place` is the place in line (1 is next), to be rung or on hold; `wait` the seconds until then, as told.
    `office` is the one being called or the last one called; `following` the one after it. `code` is what brings the
    supporter's own call to this page; `booking` the call booked by a key, `books_by` the key that books one now.
    `outcome` is the last office call's. `code_number` says which code was texted last, and `code_until` (UTC) until
    when it works; None once the phone is proved.
    `number` says which call to get through this was; `reached` is the campaign's sum.
    """

    id: str
    campaign: str
    state: State
    language: Language
    phone_ends: str
    office: Office | None
    following: Office | None
    reached: int
    goal: int
    place: int | None = None
    wait: int | None = None
    outcome: Outcome | None = None
    number: int | None = None
    times_reached: int = 0
    connected_at: datetime | None = None
    code: str | None = None
    booking: str | None = None
    books_by: str | None = None
    code_number: int | None = None
    code_until: datetime | None = None

    @property
    def is_changing(self) -> bool:
        """Whether the state may change without a tap on the page."""
        return self.state in CHANGING

    @property
    def is_question_open(self) -> bool:
        """Whether an answer to "How did it go?" is still taken on the page."""
        return self.state is State.QUESTION


def seen(
    session: CallSession, campaign: Campaign, reached: int, now: datetime, calls_per_second: float
) -> CallView:
    """Return the call as its supporter sees it at `now`; `reached` is the campaign's sum, letters and all."""
    state = _rested(_state(session, now), campaign.status)
    leg = session.leg
    now_at, then = _offices(session)
    return CallView(
        id=session.id,
        campaign=session.campaign,
        state=state,
        language=session.language,
        phone_ends=session.phone_ends,
        office=campaign.office(now_at) if now_at else None,
        following=campaign.office(then) if then else None,
        reached=reached,
        goal=campaign.goal,
        place=_place(session, now, calls_per_second, state),
        wait=_wait(session, now, state),
        outcome=leg.outcome if leg else None,
        number=session.number,
        times_reached=sum(leg.outcome in REACHED for leg in session.legs),
        connected_at=leg.answered_at if leg and state is State.CONNECTED else None,
        code=session.code if state is State.AWAITING else None,
        booking=session.booking,
        books_by=books_by(session),
        code_number=session.proving.codes if session.proving and not session.is_over else None,
        code_until=session.proving.made_at + LIFE if session.proving and not session.is_over else None,
    )


def as_json(view: CallView) -> dict[str, object]:
    """Return the view as the API sends it: codes and numbers, names in the call's language, times in UTC."""
    return {
        "id": view.id,
        "campaign": view.campaign,
        "state": view.state.value,
        "changing": view.is_changing,
        "language": view.language.value,
        "phone_ends": view.phone_ends,
        "place_in_line": view.place,
        "wait_seconds": view.wait,
        "office": _office_json(view.office, view.language),
        "next_office": _office_json(view.following, view.language),
        "code": view.code,
        "booking": view.booking,
        "connected_at": view.connected_at.isoformat() if view.connected_at else None,
        "code_until": view.code_until.isoformat() if view.code_until else None,
        "codes_left": CODES - view.code_number if view.code_number else None,
        "question_open": view.is_question_open,
        "outcome": view.outcome.value if view.outcome else None,
        "number": view.number,
        "reached": view.reached,
        "goal": view.goal,
    }


def _state(session: CallSession, now: datetime) -> State:
    if session.stage is Stage.ENDED:
        return _ended(session, now)
    if session.stage is Stage.DIALING and session.leg and session.leg.answered_at:
        return State.CONNECTED
    if session.stage is Stage.AWAITING and now - session.created_at >= CODE_LIVES:
        return State.CODE_OLD
    return STAGES[session.stage]


def _rested(state: State, status: Status) -> State:
    """In line, nobody is called while the campaign is paused; once it has ended, the line is over."""
    if state is not State.IN_LINE:
        return state
    return {Status.PAUSED: State.ON_PAUSE, Status.ENDED: State.PAUSED}.get(status, state)


def _ended(session: CallSession, now: datetime) -> State:
    if session.leg and session.leg.outcome is None:
        return State.QUESTION if _can_answer(session, session.leg, now) else State.SETTLING
    if any(leg.outcome in REACHED for leg in session.legs):
        return State.THANKS
    return ENDINGS[session.ending or Ending.DONE]


def _can_answer(session: CallSession, leg: OfficeCall, now: datetime) -> bool:
    """Whether the office call's facts are in, against which an answer is weighed, and it is still in time."""
    return leg.status is not None and session.answer_by is not None and now < session.answer_by


def _offices(session: CallSession) -> tuple[str | None, str | None]:
    """The office being called, or called last, or to be called; and the one after it."""
    if session.leg and session.stage not in {Stage.HOLDING, Stage.CLOSED}:
        return session.leg.office, session.next_office
    return session.next_office, session.offices[1] if len(session.offices) > 1 else None


def _wait(session: CallSession, now: datetime, state: State) -> int | None:
    """Seconds until we ring; on hold, those the voice told last; None in no line."""
    if state is State.IN_LINE:
        return max(0, ceil((session.ring_at - now).total_seconds()))
    return session.wait if state is State.HOLDING else None


def _place(session: CallSession, now: datetime, calls_per_second: float, state: State) -> int | None:
    """The place in line to be rung (calls leave at a fixed pace), or in the office's line; None in no line."""
    if state is State.IN_LINE:
        return max(1, ceil((session.ring_at - now).total_seconds() * calls_per_second))
    return session.place if state is State.HOLDING else None


def _office_json(office: Office | None, language: Language) -> dict[str, str] | None:
    if office is None:
        return None
    return {"id": office.id, "name": office.name.of(language), "place": office.place.of(language)}
