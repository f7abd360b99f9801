"""The columns of what is taken out, and the cells of one row. Knows no file and no table.

Other people's programs read these: a column is added at the end, none is renamed or moved.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC

from chalicelib.domain.counts import ARRIVED, Action, AnyOutcome, Channel, changes
from chalicelib.domain.outreaches import act_id, public_id, written
from chalicelib.domain.subscriber import ConsentRow, is_unchanged
from cli.export_file import Cell

ACTIONS = (
    "id", "act", "at", "day", "campaign", "channel", "office", "office_name", "outcome", "arrived", "basis", "seconds",
    "instead_of",
)  # fmt: skip
TOTALS = ("day", "campaign", "channel", "office", "office_name", "outcome", "arrived", "acts", "seconds")
CONSENT = (
    "id", "subscriber", "programme", "from", "to", "at", "way", "to_our_number", "language", "text", "words_version",
    "digest", "is_unchanged",
)  # fmt: skip

Names = Mapping[str, str]
"""Offices' names by their ids."""


def action_row(action: Action, names: Names) -> Sequence[Cell]:
    """One action of the ledger."""
    return (
        public_id(action),
        act_id(action),
        written(action.at),
        _day(action),
        action.campaign,
        action.channel.value,
        action.office,
        names.get(action.office, action.office),
        action.outcome.value,
        action.outcome in ARRIVED,
        action.basis.value,
        action.seconds,
        action.instead_of.value if action.instead_of else None,
    )


def consent_row(row: ConsentRow) -> Sequence[Cell]:
    """One row of the ledger of consent. The number is not in it: only its keyed hash is."""
    return (
        row.id,
        row.subscriber,
        row.programme,
        row.was.value,
        row.now.value,
        row.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        row.source.value,
        row.sender,
        row.language.value,
        row.text,
        row.shown,
        row.digest,
        is_unchanged(row),
    )


@dataclass(frozen=True, slots=True)
class _Sort:
    """What one row of the totals is about; sorted as the rows are."""

    day: str
    channel: Channel
    office: str
    outcome: AnyOutcome


@dataclass(slots=True)
class Totals:
    """Sums by day (UTC), channel, office and outcome: as many as there are of these, however many actions come.

    A correction takes one from what it corrects, on its own day: over all days the sums are the tally's.
    """

    campaign: str
    acts: dict[_Sort, int] = field(default_factory=dict)
    seconds: dict[_Sort, int] = field(default_factory=dict)

    def add(self, action: Action) -> None:
        """Take one more action in."""
        for outcome, change in changes(action).items():
            sort = _Sort(_day(action), action.channel, action.office, outcome)
            self.acts[sort] = self.acts.get(sort, 0) + change
            seconds = action.seconds if change > 0 else 0
            self.seconds[sort] = self.seconds.get(sort, 0) + seconds

    def rows(self, names: Names) -> Iterator[Sequence[Cell]]:
        """Yield the rows, in order."""
        for each in _in_order(self.acts):
            yield (
                each.day,
                self.campaign,
                each.channel.value,
                each.office,
                names.get(each.office, each.office),
                each.outcome.value,
                each.outcome in ARRIVED,
                self.acts[each],
                self.seconds[each],
            )


def _in_order(sorts: Iterable[_Sort]) -> list[_Sort]:
    return sorted(sorts, key=lambda each: (each.day, each.channel, each.office, each.outcome))


def _day(action: Action) -> str:
    return f"{action.at.astimezone(UTC):%Y-%m-%d}"
