"""What the broadcast commands look up and write down: broadcasts, their campaigns, what is wrong with their words."""

from datetime import UTC, datetime
from typing import Never

from rich.text import Text

from chalicelib.adapters import audit
from chalicelib.adapters.broadcast_items import Listing
from chalicelib.adapters.broadcasts import Broadcasts
from chalicelib.domain.broadcast import Broadcast, Stage
from chalicelib.domain.broadcast_lint import Rules, broadcast_problems, must_say_stop, says_stop
from chalicelib.domain.broadcast_pacing import BRAND, Budget, Sender, pacific_day, sender_named
from chalicelib.domain.broadcast_preview import Audience
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.programme import programme_of
from cli.broadcast_file import Written, refuse
from cli.broadcast_screens import Previewed
from cli.connection import Connection
from cli.terminal import WRONG, give_up, screen

SAID = frozenset({Stage.ARMED, Stage.SENDING, Stage.PAUSED, Stage.DONE})
"""Stages of broadcasts that count as having told people how to stop."""


def campaign_named(connection: Connection, slug: str) -> Campaign:
    """The campaign with this slug, which has texts."""
    found = connection.catalog.campaign(slug) if slug else None
    if found is None:
        named = (
            f"There is no campaign “{slug}”."
            if slug
            else "Say whose subscribers get it: add --campaign SLUG."
        )
        give_up(f"{named} See: patchthrough campaign list", WRONG)
    if found.texts is None:
        give_up(
            f"{slug} has no texts, so nobody has joined them. Add `texts` to its file and apply it.", WRONG
        )
    return found


def require_good(
    connection: Connection, campaign: Campaign, source: Written, now: datetime, *, may_be_long: bool
) -> None:
    """Have the words read; what is wrong with them is told, and ends the command."""
    if campaign.texts is None:
        return
    rules = Rules(
        programme_of(campaign.organization, campaign.texts),
        connection.config.public_url,
        campaign.texts.keywords,
        must_say_stop=must_say_stop(_stop_said_at(connection, campaign.slug), now),
        may_be_long=may_be_long,
    )
    refuse(source, broadcast_problems(source.words, rules))


def _stop_said_at(connection: Connection, slug: str) -> datetime | None:
    """When the last alert of a programme was made that says how to stop; None: there is none."""
    shelf = Broadcasts(connection.catalog.table)
    rows = [row for row in shelf.all() if row.campaign == slug and row.stage in SAID and row.made_at]
    for row in sorted(rows, key=_made_at, reverse=True):
        found = shelf.broadcast(row.id)
        if found and says_stop(found.words):
            return row.made_at
    return None


def _made_at(row: Listing) -> datetime:
    return row.made_at or datetime.min.replace(tzinfo=UTC)


def previewed(connection: Connection, found: Broadcast, audience: Audience, now: datetime) -> Previewed:
    """An alert as it would go out from now on to these people."""
    sender = sender_named(found.sender)
    return Previewed(found, audience, sender, budget_of(connection, sender, now), now)


def budget_of(connection: Connection, sender: Sender, now: datetime) -> Budget:
    """What is used of T-Mobile’s day, where the sender has one."""
    day = pacific_day(now)
    used = Broadcasts(connection.catalog.table).spent(BRAND, day) if sender.a_day_on_t_mobile else 0
    return Budget(day, used)


def broadcast_named(connection: Connection, typed: str) -> Broadcast:
    """The one broadcast that is meant, by its id or how that begins or ends."""
    shelf = Broadcasts(connection.catalog.table)
    ids = [row.id for row in shelf.all()]
    found = [each for each in ids if each == typed] or [each for each in ids if typed and _is_of(each, typed)]
    if len(found) > 1:
        give_up(f"“{typed}” stands for {len(found)} broadcasts. Give more of the id.", WRONG)
    known = shelf.broadcast(found[0]) if found else None
    return known or _unknown(typed)


def _is_of(broadcast_id: str, typed: str) -> bool:
    return broadcast_id.startswith(typed) or broadcast_id.endswith(typed)


def _unknown(typed: str) -> Never:
    give_up(f"There is no broadcast “{typed}”. See: patchthrough broadcast status", WRONG)


def record(connection: Connection, person: str, what: str, found: Broadcast) -> None:
    """Write down who did what to a broadcast."""
    facts = {"campaign": found.campaign, "audience": str(found.audience)}
    audit.record(connection.catalog.table, audit.Entry(person, what, found.id, datetime.now(UTC), facts))


def arm_with(found: Broadcast) -> str:
    """The command that arms it."""
    return f"patchthrough broadcast arm {found.id} --by NAME"


def tell(*sentences: str) -> None:
    """Print sentences, however long, each on a line of its own."""
    for sentence in sentences:
        screen().print(Text(sentence), soft_wrap=True)
