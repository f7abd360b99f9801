"""The supporter's keys, from the menu to "How did it go?", and what comes after hanging up."""

from dataclasses import replace

from chalicelib.domain import outcomes
from chalicelib.domain.call import TERMINAL, CallSession, Ending, Stage
from chalicelib.domain.events import (
    CallChanged,
    LegChanged,
    OfficeCallEnded,
    Pressed,
    StopRinging,
    TimeUp,
    Told,
)
from chalicelib.domain.moves import (
    Change,
    Moment,
    asked_again,
    ended,
    ended_at_step,
    noticed,
    settled,
    stepped,
    with_facts,
)
from chalicelib.domain.office_moves import after_office, dialed


def menu_key(session: CallSession, event: Pressed, moment: Moment) -> Change:
    """1 connects, 2 says what could be said, 9 stops our calls for good; 5 connects and shows the own number.

    Who has pressed a key while the campaign is paused is told at once, and not only after all the points.
    """
    if event.key and event.key != "9" and not moment.campaign.is_live:
        return ended_at_step(session, Ending.PAUSED, moment)
    match event.key:
        case "1":
            return dialed(session, moment)
        case "5" if session.stage is Stage.POINTS:
            return dialed(replace(session, shows_own=True), moment)
        case "2":
            return stepped(session, moment, Stage.POINTS), ()
        case "9":
            return _never_again(session, moment)
        case key:
            again = asked_again(session, noticed(key), moment)
            return again or ended_at_step(session, Ending.NO_KEY, moment)


def how_it_went(session: CallSession, event: Pressed, moment: Moment) -> Change:
    """The supporter's own word on the office call; 0 repeats the question without a word."""
    said = outcomes.KEYS.get(event.key)
    notice = None if event.key == "0" else noticed(event.key)
    again = None if said else asked_again(session, notice, moment)
    if again:
        return again
    counted, effects = settled(session, said, moment)
    after, more = after_office(counted, moment)
    return after, (*effects, *more)


def hung_up(session: CallSession, event: CallChanged, moment: Moment) -> Change:
    """The supporter's own call is over."""
    if event.status not in TERMINAL:
        return session, ()
    return ended(session, Ending.DONE if session.legs else Ending.HUNG_UP, moment)


# After the end: late facts, late keys, and the page's question.


def late_facts(session: CallSession, event: OfficeCallEnded | LegChanged, moment: Moment) -> Change:
    """How the last leg ended, learnt after the call was over."""
    leg = session.leg
    if leg is None or leg.outcome is not None or event.status not in TERMINAL:
        return session, ()
    if isinstance(event, LegChanged) and event.line != leg.line:
        return session, ()
    known = with_facts(session, event.status, event.seconds)
    status = known.legs[-1].status
    return settled(known, None, moment) if status and outcomes.is_decided(status) else (known, ())


def late_key(session: CallSession, event: Pressed, moment: Moment) -> Change:
    """A key whose webhook was overtaken by the hang-up still means what the supporter pressed."""
    if session.legs:
        said = outcomes.KEYS.get(event.key)
        return settled(session, said, moment) if said else (session, ())
    if event.key == "9" and session.ending is Ending.HUNG_UP:
        after = replace(session, ending=Ending.NEVER, step=session.step + 1, changed_at=moment.now)
        return after, (StopRinging(session.phone_key),)
    return session, ()


def told(session: CallSession, event: Told, moment: Moment) -> Change:
    """The page's answer to "How did it go?"; the first answer stands."""
    leg = session.leg
    if leg is None or leg.status is None or event.outcome not in outcomes.KEYS.values():
        return session, ()
    return settled(session, event.outcome, moment)


def time_up(session: CallSession, _event: TimeUp, moment: Moment) -> Change:
    """Nobody said: the facts decide."""
    return settled(session, None, moment)


# Strictly private.


def _never_again(session: CallSession, moment: Moment) -> Change:
    after, effects = ended_at_step(session, Ending.NEVER, moment)
    return after, (*effects, StopRinging(session.phone_key))
