"""What `patchthrough watch` reads, and how it is put together. Cheap: every read of a refresh is counted in units.

Promises: nothing of any person; nothing is written. Campaigns, offices and what was counted by midnight (UTC) are read
anew every half minute; what moves (desks, sums, queues) with each refresh.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from chalicelib.adapters.dead_letters import Depth
from chalicelib.adapters.desks import Desks
from chalicelib.adapters.hour_sums import hour_sums
from chalicelib.adapters.sending import Sending
from chalicelib.domain.campaign import Campaign, Status
from chalicelib.domain.counts import SHARDS, Channel
from chalicelib.domain.desk import WAIT_KEPT, Desk
from chalicelib.domain.hours import is_open
from chalicelib.domain.limits import calls_of, day_of
from chalicelib.domain.office import Office, dialable
from chalicelib.domain.pacing import Circuit
from cli.connection import Connection
from cli.queues import watched

SHOWN = frozenset({Status.LIVE, Status.PAUSED})
FRESH_SECONDS = 30.0
AT_ONCE = 100
"""Offices in one read of desks."""
CAMPAIGN_UNITS = len(Channel) * SHARDS + 1
"""Read units of a campaign's sums on all channels and of its calls of the day: each a small item, read as it is now."""
BESIDE_UNITS = 1
"""Read units of the sender's circuit."""
DOLLARS = 0.125 / 1_000_000
"""What a read unit costs on demand (us-east-1)."""


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """How a campaign stands: acts on each channel; `base` what they were at midnight (UTC); rings of today's cap."""

    slug: str
    status: Status
    goal: int
    reached: int
    acts: Mapping[Channel, int]
    base: Mapping[Channel, int]
    rings: int
    cap: int

    def more(self, channel: Channel) -> int:
        """How many came today."""
        return self.acts.get(channel, 0) - self.base.get(channel, 0)


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """How an office's lines stand: `lines` it has, `good` of them may be dialled, `in_use` now, callers `waiting`."""

    id: str
    place: str
    is_open: bool
    lines: int
    good: int
    sick: int
    in_use: int
    waiting: int

    @property
    def is_lively(self) -> bool:
        """Whether anything goes on there, or is wrong."""
        return bool(self.in_use or self.waiting or self.sick or (self.lines and not self.good))


@dataclass(frozen=True, slots=True)
class Board:
    """All of it, at a moment."""

    at: datetime
    campaigns: Sequence[CampaignRow]
    offices: Sequence[OfficeRow]
    queues: Mapping[str, Depth]
    circuit: Circuit
    units: int

    @property
    def talking(self) -> int:
        """Calls that are with an office now."""
        return sum(office.in_use for office in self.offices)

    @property
    def holding(self) -> int:
        """Callers who wait for a line, on the phone."""
        return sum(office.waiting for office in self.offices)

    def dollars_an_hour(self, every: float) -> float:
        """What watching costs at so many seconds between refreshes."""
        return self.units * 3600 / every * DOLLARS


@dataclass
class Watch:
    """Somebody who watches: what they have read, and what the counts were when the day began."""

    connection: Connection
    _read_at: float = float("-inf")
    _campaigns: tuple[Campaign, ...] = ()
    _base: dict[tuple[str, Channel], int] = field(default_factory=dict)

    def board(self, now: datetime) -> Board:
        """Read how everything stands now."""
        self._refresh()
        offices = {office.id: office for each in self._campaigns for office in each.ever_called}
        campaigns = [self._row(each, now) for each in self._campaigns]
        units = len(self._campaigns) * CAMPAIGN_UNITS + len(offices) + BESIDE_UNITS
        return Board(
            at=now,
            campaigns=campaigns,
            offices=[
                _office(offices[name], desk, now)
                for name, desk in self._desks(list(offices))
                if name in offices
            ],
            queues={name: queue.depth() for name, queue in watched(self.connection).items()},
            circuit=Sending(self.connection.catalog.table).circuit(),
            units=units,
        )

    # Strictly private.

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < FRESH_SECONDS:
            return
        catalog = self.connection.catalog
        rows = [row for row in catalog.campaigns() if row.status in SHOWN]
        self._campaigns = tuple(filter(None, (catalog.campaign(row.slug) for row in rows)))
        self._base.clear()
        self._read_at = time.monotonic()

    def _row(self, campaign: Campaign, now: datetime) -> CampaignRow:
        store = self.connection.store
        if (campaign.slug, Channel.CALLS) not in self._base:
            today = _today(self.connection, campaign.slug, now)
            self._base |= {
                (campaign.slug, channel): tally.tally - today[channel]
                for channel, tally in store.sums(campaign.slug).items()
            }
        sums = store.sums(campaign.slug)
        acts = {channel: sums[channel].tally for channel in sums}
        return CampaignRow(
            campaign.slug,
            campaign.status,
            campaign.goal,
            sum(tally.reached for tally in sums.values()),
            acts,
            {channel: self._base[campaign.slug, channel] for channel in acts},
            store.spent(calls_of(campaign.slug), day_of(now)),
            campaign.limits.rings_a_day,
        )

    def _desks(self, ids: Sequence[str]) -> Iterator[tuple[str, Desk]]:
        desks = Desks(self.connection.catalog.table)
        for start in range(0, len(ids), AT_ONCE):
            yield from desks.desks(ids[start : start + AT_ONCE]).items()


def _office(office: Office, desk: Desk, now: datetime) -> OfficeRow:
    today: date = now.date()
    return OfficeRow(
        office.id,
        office.place.en,
        is_open(office, now),
        len(office.lines),
        len(dialable(office, today)),
        sum(line.quarantined is not None for line in office.lines),
        sum(lease.until > now for use in desk.lines.values() for lease in use.leases),
        sum(now - waiting.seen <= WAIT_KEPT for waiting in desk.waiting),
    )


def _today(connection: Connection, slug: str, now: datetime) -> Counter[Channel]:
    """How many acts a campaign has of today (UTC), from its sums by hour. One query."""
    found: Counter[Channel] = Counter()
    for each in hour_sums(connection.catalog.table, slug, now.astimezone(UTC).date()):
        found[each.channel] += each.tally.tally
    return found
