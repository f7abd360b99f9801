"""What a person decides about somebody who texts us, carried out by the app's own road.

Says nothing on the terminal but why something can't be done.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from chalicelib.adapters import audit
from chalicelib.adapters.inbox import Inbox, Waiting
from chalicelib.adapters.subscribers import Said, Standing
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.subscriber import ConsentRow, Evidence, Source, State, Subscriber
from chalicelib.domain.subscriber_events import Desk, Event
from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime
from chalicelib.views.again import GaveUp, tried
from chalicelib.views.texting import happened
from cli.terminal import REFUSED, WRONG, give_up
from cli.text_people import texts_of
from cli.text_screens import Held

NEAREST = (State.SUBSCRIBED, State.HELD, State.PENDING)
"""States of those who may still be sent something."""


def noted(r: Runtime, source: Source, at: datetime | None = None, wrote: str = "") -> Evidence:
    """Return what a person on our side knows: how and when (now, otherwise) it reached us, and what was written."""
    return Evidence(id=f"staff-{r.new_id()}", at=at or r.now(), source=source, text=wrote)


def tell(r: Runtime, phone_key: str, slug: str, event: Callable[[Evidence], Event], note: Evidence) -> None:
    """Tell a programme what a person on our side knows of somebody."""
    campaign = with_texts(r, slug)
    if campaign is None:
        give_up(f"{slug} has no texts any more, and so no way to change this. Nothing was changed.", REFUSED)
    said = Said(f"{note.id}-{slug}", r.now())

    def made(language: Language | None) -> Event:
        return event(replace(note, language=language or note.language))

    try:
        tried(lambda: happened(campaign, phone_key, said, made))
    except GaveUp:
        give_up("They are texting us right now, so this was not done. Try again.", REFUSED)


def with_texts(r: Runtime, slug: str) -> Campaign | None:
    """Return a campaign that has texts; None: there is none by that name."""
    campaign = r.campaign(slug)
    return campaign if campaign is not None and campaign.texts is not None else None


def nearest_programme(r: Runtime, standing: Standing) -> str:
    """Return the programme that a stop is told to; all others hear of it. Whoever is unknown may stop, too."""
    known = sorted(standing.profiles.values(), key=lambda each: each.state not in NEAREST)
    others = (row.slug for row in r.listings() if row.keywords and row.status is not Status.DRAFT)
    found = (slug for slug in (*(each.programme for each in known), *others) if with_texts(r, slug))
    return next(found, None) or give_up("No campaign here has texts, so there is nothing to stop.", WRONG)


def record(r: Runtime, person: str, what: str, phone_key: str, **facts: str) -> None:
    """Put on record what was done, under the number's keyed hash."""
    audit.record(r.catalog.table, audit.Entry(person, what, phone_key, r.now(), facts))


def settled(r: Runtime, person: str, texts: Iterable[Waiting]) -> list[Waiting]:
    """Take texts out of the inbox, and return those that still were in it."""
    box = Inbox(r.catalog.table)
    return [each for each in texts if box.done(each, person)]


def in_doubt(r: Runtime, phone_key: str) -> list[Waiting]:
    """Return what somebody wrote of which a person has to say whether it was a stop."""
    return [each for each in texts_of(r, phone_key) if each.desk is Desk.REVIEW]


# Who is held.


def held(r: Runtime, phone_keys: Iterable[str]) -> Iterator[Held]:
    """Yield, programme by programme, who of these is held, and what they wrote since."""
    for phone_key in phone_keys:
        for profile in r.subscribers.standing(phone_key).profiles.values():
            if profile.state is State.HELD:
                row = _why_held(r, profile)
                yield Held(phone_key, profile.programme, row.at, ((row.at, row.text), *_wrote_since(r, row)))


def _why_held(r: Runtime, profile: Subscriber) -> ConsentRow:
    """The row that held them: the ledger keeps what they wrote."""
    rows = r.subscribers.consents(profile.id)
    return [row for row in rows if row.programme == profile.programme and row.now is State.HELD][-1]


def _wrote_since(r: Runtime, row: ConsentRow) -> Iterator[tuple[datetime, str]]:
    """What they wrote to the same programme after that."""
    for each in Inbox(r.catalog.table).of(row.subscriber, r.now()):
        is_other = f"{each.id}-{each.programme}" != row.id
        if each.programme == row.programme and is_other and each.at >= row.at:
            yield each.at, each.text


def lately_in_doubt(r: Runtime, since: datetime) -> tuple[str, ...]:
    """Return who wrote something of late that may have been a stop."""
    texts = Inbox(r.catalog.table).since(since, r.now())
    return tuple(sorted({each.phone_key for each in texts if each.desk is Desk.REVIEW}))


def ever_held(r: Runtime) -> tuple[str, ...]:
    """Return everybody who is held. Reads the whole table."""
    rows = r.catalog.table.scan("subscriber")
    return tuple(sorted({row["id"] for row in rows if row["state"] == State.HELD.value}))
