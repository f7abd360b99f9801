"""Every key of the one table, as functions. No other module spells a key.

| key | holds |
|---|---|
| CAMPAIGNS / slug | one row per campaign, for listing |
| CAMPAIGN#slug / CAMPAIGN, OFFICE#nn#id | the campaign, and its offices in calling order |
| OFFICE#id / OFFICE, LINE#e164 | the directory |
| CALL#id / SESSION | one supporter's call; the only place with a raw phone number, while it must ring |
| CALLER#hash / CALLER | a phone's open call, how many calls in its window, its last consent |
| AREAS / AREAS | which office is responsible where, all of it |
| STOP#hash / STOP | never ring this phone again; no TTL |
| ACTION#id / ACTION | the ledger |
| TALLY#slug#channel#shard / TALLY | the sums |
| DUE#hour / time#id | calls the reconciler looks at when their time comes |
| NEVER / NEVER | numbers never rung: offices' lines, and lines that serve people in need |
| PACE#name / PACE | when the next call may be placed |
| SPEND#scope#window / SPEND | a count with a ceiling |
| SLOT#office / SLOT | the desk: who uses and who waits for an office's lines, and how these have answered |
"""

from datetime import UTC, datetime
from typing import NamedTuple


class Key(NamedTuple):
    """A partition key and a sort key."""

    pk: str
    sk: str


CAMPAIGNS = "CAMPAIGNS"
AREAS = Key("AREAS", "AREAS")
NEVER = Key("NEVER", "NEVER")


def campaign_row(slug: str) -> Key:
    """One row of the list of campaigns."""
    return Key(CAMPAIGNS, slug)


def campaign(slug: str) -> Key:
    """The campaign itself; its partition holds its offices too."""
    return Key(f"CAMPAIGN#{slug}", "CAMPAIGN")


def campaign_office(slug: str, position: int, office_id: str) -> Key:
    """One office of a campaign; sort keys keep the calling order."""
    return Key(f"CAMPAIGN#{slug}", f"OFFICE#{position:03}#{office_id}")


def office(office_id: str) -> Key:
    """An office of the directory; its partition holds its lines too."""
    return Key(f"OFFICE#{office_id}", "OFFICE")


def line(office_id: str, number: str) -> Key:
    """One line of an office."""
    return Key(f"OFFICE#{office_id}", f"LINE#{number}")


def session(call_id: str) -> Key:
    """A call session."""
    return Key(f"CALL#{call_id}", "SESSION")


def caller(phone_key: str) -> Key:
    """What is kept of a phone between calls, under its keyed hash."""
    return Key(f"CALLER#{phone_key}", "CALLER")


def stop(phone_key: str) -> Key:
    """The do-not-ring mark of a phone."""
    return Key(f"STOP#{phone_key}", "STOP")


def action(action_id: str) -> Key:
    """One action of the ledger."""
    return Key(f"ACTION#{action_id}", "ACTION")


def tally(slug: str, channel: str, shard: int) -> Key:
    """One shard of a campaign's sum on a channel."""
    return Key(f"TALLY#{slug}#{channel}#{shard:02}", "TALLY")


def due(at: datetime, call_id: str) -> Key:
    """A call to look at when `at` has come."""
    moment = at.astimezone(UTC)
    return Key(due_hour(moment), f"{moment:%Y-%m-%dT%H:%M:%S}#{call_id}")


def due_hour(at: datetime) -> str:
    """The partition of all calls to look at in the hour of `at`."""
    return f"DUE#{at.astimezone(UTC):%Y-%m-%dT%H}"


def pace(name: str) -> Key:
    """The moment before which the next call may not be placed."""
    return Key(f"PACE#{name}", "PACE")


def spend(scope: str, window: str) -> Key:
    """A count with a ceiling: `scope` is a keyed hash or a name, `window` the day or hour it runs."""
    return Key(f"SPEND#{scope}#{window}", "SPEND")


def desk(office_id: str) -> Key:
    """What is going on at an office's lines, over all campaigns."""
    return Key(f"SLOT#{office_id}", "SLOT")
