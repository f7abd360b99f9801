"""What time alone does to subscribers: a question to join that nobody answered is over, and they are forgotten.

And the rows of a consent that has ended get their end, five years on (`domain/retention`).

Promises: it ends once, with a row in the ledger dated at the moment it ended, however long the schedule stood still;
nobody is texted for it.
"""

from datetime import timedelta

from chalicelib.adapters.keys import Key
from chalicelib.adapters.subscribers import Said
from chalicelib.domain.subscriber import State
from chalicelib.domain.subscriber_events import TimePassed
from chalicelib.runtime import runtime
from chalicelib.views import texting
from chalicelib.views.again import tried
from chalicelib.views.batches import each_due

A_SECOND = timedelta(seconds=1)
"""A look is listed by the whole second: a second later, whatever part of one was cut off has passed too."""


def look() -> None:
    """Look at everybody whose time to answer is over."""
    r = runtime()
    each_due(lambda: r.subscribers.due(r.now() - A_SECOND), _looked_at, "subscribers")


def _looked_at(due: tuple[Key, str, str]) -> None:
    key, phone, programme = due
    if _waits(phone, programme):
        _end(phone, programme, f"time-{key.sk}")
    subscribers = runtime().subscribers
    subscribers.set_ends(phone)
    subscribers.seen(key)


def _waits(phone: str, programme: str) -> bool:
    """Whether they have not answered: hardly anybody, and whoever has needs nothing written."""
    return runtime().subscribers.standing(phone).with_programme(programme).state is State.PENDING


def _end(phone: str, programme: str, sid: str) -> None:
    """Tell the programme. One that texts no more asks nobody any more: there the question ends when they next speak."""
    r = runtime()
    campaign = r.campaign(programme)
    if campaign is not None and campaign.texts is not None:
        tried(lambda: texting.happened(campaign, phone, Said(sid, r.now()), lambda _: TimePassed()))
