"""The proof that every sum is right: the ledger recounted, against the tallies. Values only, no table.

A recount of a living table takes time, and calls may be counted meanwhile. So the tallies are read before and
after: each figure of the ledger must lie between the two. When nothing moved, that means equal.

Where outcomes are corrected, figures also go down, and one may have gone up and down again between the two. There, when
anything moved, what the ledger holds beyond the tally read before must be among its own actions of the last minutes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.domain.counts import EVERY_OUTCOME, Action, AnyOutcome, Channel, Tally, added, changes

Sum = tuple[str, Channel]
"""A campaign's slug and a channel: what a tally is of."""
K = TypeVar("K")
CORRECTED = frozenset({Channel.LETTERS, Channel.ANSWERS})
"""Channels on which an act's outcome may change after it was counted."""
LATELY = timedelta(minutes=10)
"""An action this old when the tallies were read is surely in them, though two clocks differ."""


@dataclass(frozen=True, slots=True)
class Recount:
    """The ledger of one sum. `came` and `went` are what its actions of lately added to each outcome and took off it."""

    outcomes: Counter[AnyOutcome] = field(default_factory=Counter)
    came: Counter[AnyOutcome] = field(default_factory=Counter)
    went: Counter[AnyOutcome] = field(default_factory=Counter)

    def add(self, action: Action, *, is_late: bool) -> None:
        """Count one more action."""
        for outcome, change in changes(action).items():
            self.outcomes[outcome] += change
            if is_late:
                (self.came if change > 0 else self.went)[outcome] += abs(change)


@dataclass(frozen=True, slots=True)
class Check:
    """One tally against the ledger."""

    slug: str
    channel: Channel
    recount: Recount
    before: Tally
    after: Tally

    @property
    def ledger(self) -> Tally:
        """What the ledger adds up to."""
        return Tally(self.recount.outcomes.total(), dict(self.recount.outcomes))

    @property
    def difference(self) -> int:
        """How far the ledger is from the tally, over all outcomes and the sum: 0 is the only right answer."""
        parts = sum(abs(self.apart(outcome)) for outcome in EVERY_OUTCOME)
        whole = _outside(self.ledger.tally, self.before.tally, self.after.tally)
        return max(parts, abs(whole))

    @property
    def moved(self) -> int:
        """How many acts were counted while the ledger was read."""
        return self.after.tally - self.before.tally

    def apart(self, outcome: AnyOutcome) -> int:
        """How many more the ledger has of one outcome than the tally accounts for; less than 0: fewer."""
        found, before = self.recount.outcomes[outcome], self.before.outcomes.get(outcome, 0)
        is_corrected = self.channel in CORRECTED or self.recount.went.total() > 0
        if is_corrected and self.before != self.after:
            return _outside(found, before - self.recount.went[outcome], before + self.recount.came[outcome])
        return _outside(found, before, self.after.outcomes.get(outcome, 0))


def checks(
    ledger: Iterable[Action],
    before: Mapping[Sum, Tally],
    after: Callable[[], Mapping[Sum, Tally]],
    read_at: datetime,
) -> tuple[Check, ...]:
    """Recount the ledger, only then read the tallies again, and compare, in order of names.

    `read_at` is when the tallies were read `before`.
    """
    recounted = _grouped(ledger, lambda action: (action.campaign, action.channel), read_at - LATELY)
    later = after()
    return tuple(
        Check(*each, recounted.get(each, Recount()), *(part.get(each, Tally()) for part in (before, later)))
        for each in sorted({*recounted, *before, *later})
    )


def sums(tallies: Iterable[tuple[str, Channel, Tally]]) -> dict[Sum, Tally]:
    """Add up the shards of each tally."""
    parts: dict[Sum, list[Tally]] = {}
    for slug, channel, tally in tallies:
        parts.setdefault((slug, channel), []).append(tally)
    return {each: added(shards) for each, shards in parts.items()}


def by_office(ledger: Iterable[Action]) -> dict[tuple[str, Channel], dict[str, Tally]]:
    """Return (campaign, channel) → office → its sum. Only the ledger knows offices."""
    found: dict[tuple[str, Channel], dict[str, Tally]] = {}
    for (campaign, channel, office), outcomes in _offices(ledger):
        found.setdefault((campaign, channel), {})[office] = Tally(outcomes.total(), dict(outcomes))
    return found


def _offices(ledger: Iterable[Action]) -> Iterator[tuple[tuple[str, Channel, str], Counter[AnyOutcome]]]:
    grouped = _grouped(ledger, lambda action: (action.campaign, action.channel, action.office), None)
    return ((each, recount.outcomes) for each, recount in grouped.items())


def _grouped(
    ledger: Iterable[Action], name: Callable[[Action], K], late: datetime | None
) -> dict[K, Recount]:
    """Sum a ledger of any length in one pass, keeping only the sums."""
    found: dict[K, Recount] = {}
    for action in ledger:
        is_late = late is not None and action.at >= late
        found.setdefault(name(action), Recount()).add(action, is_late=is_late)
    return found


def _outside(value: int, *ends: int) -> int:
    """How far a value lies outside a span: above (more than 0), below (less), or within (0)."""
    return max(value - max(ends), 0) + min(value - min(ends), 0)
