"""The proof that every sum is right: the ledger recounted, against the tallies. Values only, no table.

A recount of a living table takes time, and calls may be counted meanwhile. So the tallies are read before and
after: each figure of the ledger must lie between the two. When nothing moved, that means equal.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.domain.counts import EVERY_OUTCOME, Action, AnyOutcome, Channel, Tally, added, changes

Sum = tuple[str, Channel]
"""A campaign's slug and a channel: what a tally is of."""
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Check:
    """One tally against the ledger."""

    slug: str
    channel: Channel
    ledger: Tally
    before: Tally
    after: Tally

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
        figures = (part.outcomes.get(outcome, 0) for part in (self.ledger, self.before, self.after))
        return _outside(*figures)


def checks(
    ledger: Iterable[Action], before: Mapping[Sum, Tally], after: Callable[[], Mapping[Sum, Tally]]
) -> tuple[Check, ...]:
    """Recount the ledger, only then read the tallies again, and compare, in order of names."""
    recounted = _grouped(ledger, lambda action: (action.campaign, action.channel))
    later = after()
    return tuple(
        Check(*each, *(part.get(each, Tally()) for part in (recounted, before, later)))
        for each in sorted({*recounted, *before, *later})
    )


def sums(tallies: Iterable[tuple[str, Channel, Tally]]) -> dict[Sum, Tally]:
    """Add up the shards of each tally."""
    parts: dict[Sum, list[Tally]] = {}
    for slug, channel, tally in tallies:
        parts.setdefault((slug, channel), []).append(tally)
    return {each: added(shards) for each, shards in parts.items()}


def by_office(ledger: Iterable[Action]) -> dict[tuple[str, str], Tally]:
    """Return (campaign, office) → its sum. Only the ledger knows offices."""
    return _grouped(ledger, lambda action: (action.campaign, action.office))


def _grouped(ledger: Iterable[Action], name: Callable[[Action], K]) -> dict[K, Tally]:
    """Sum a ledger of any length in one pass, keeping only the sums."""
    found: dict[K, Counter[AnyOutcome]] = {}
    for action in ledger:
        found.setdefault(name(action), Counter()).update(changes(action))
    return {each: Tally(outcomes.total(), dict(outcomes)) for each, outcomes in found.items()}


def _outside(value: int, *ends: int) -> int:
    """How far a value lies outside a span: above (more than 0), below (less), or within (0)."""
    return max(value - max(ends), 0) + min(value - min(ends), 0)
