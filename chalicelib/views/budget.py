"""The spend guard: how many calls a campaign may place in one day, counted before each is placed.

Promises: never one call more than the cap, whatever the queue repeats and however many workers there are. A call is
counted once: by the worker whose claim won (a repeat finds the call claimed), and only if it was not counted before
(a call that Twilio sent back with a 429 remembers that it was). The claim comes first and the count second, so a
worker killed in between costs nothing, and one killed after it costs one ring of the day: never a ring uncounted.
A fault of the table stops the placing. Calling us is not counted: it costs nobody a ring.
"""

from datetime import datetime, timedelta

from chalicelib.domain.call import CallSession
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.limits import calls_of, day_after, day_of
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.observability import count, log, share
from chalicelib.runtime import runtime

KEPT = timedelta(days=1)
"""How long a day's count is kept after it."""


def used(slug: str, now: datetime) -> int:
    """Return how many calls of today's a campaign has used."""
    return runtime().store.spent(calls_of(slug), day_of(now))


def is_used_up(asked: Campaign, now: datetime) -> bool:
    """Whether nobody else can be called for this campaign today."""
    return used(asked.slug, now) >= asked.limits.rings_a_day


def refuse_spent(asked: Campaign, now: datetime) -> None:
    """Say it before anybody waits: whether anyone can be called today. Counts nothing.

    Raises:
        Refusal: BUDGET_SPENT, with when the next day begins.
    """
    rings, cap = used(asked.slug, now), asked.limits.rings_a_day
    share("BudgetUsed", rings, cap)
    if rings >= cap:
        raise spent(asked, now)


def spent(asked: Campaign, now: datetime) -> Refusal:
    """Return the refusal of whoever comes after the budget is used up."""
    _reached(asked)
    return Refusal(Code.BUDGET_SPENT, try_again=day_after(now))


def covers(session: CallSession, asked: Campaign, now: datetime) -> bool:
    """Count a call that its worker has just claimed against the day; whether it may be placed."""
    if session.is_budgeted:
        return True
    cap, expires, mark = asked.limits.rings_a_day, day_after(now) + KEPT, session.attempt or session.id
    if cap and runtime().store.spend_once(calls_of(asked.slug), day_of(now), cap, expires, mark):
        return True
    _reached(asked)
    return False


def _reached(asked: Campaign) -> None:
    count("SpendCapReached")
    log("calls of the day used up", campaign=asked.slug)
