"""One number, explained: which rows of the ledger it comes from, and what of them was corrected when.

An act (a call to an office, a letter, an answer) has one row, and one more for each correction; it counts once, as its
last row has it. It belongs to the day of its first row, so that days add up to the whole whatever is corrected later.
Knows no table and no clock. In whatever order rows come, the explanation is the same.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from chalicelib.domain.counts import Action, AnyOutcome, Basis, Channel, Tally

BY_HAND = "~"
"""Sets off the number of a correction made by hand. No id that is made for a call has this character."""
K = TypeVar("K", str, datetime)


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment up to, and without, another. None: without an end."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def widened(self, by: timedelta) -> "Span":
        """As much more on both sides."""
        return Span(self.start and self.start - by, self.end and self.end + by)


@dataclass(frozen=True, slots=True)
class Act:
    """Everything the ledger says of one act, in the order in which it was said. `rows` is never empty."""

    id: str
    rows: tuple[Action, ...]

    @property
    def first(self) -> Action:
        """The row by which it came to be counted."""
        return self.rows[0]

    @property
    def last(self) -> Action:
        """The row that counts."""
        return self.rows[-1]

    def by(self, end: datetime | None) -> Action:
        """Return the row that counted just before `end`; the first is never later than any moment asked for."""
        told = [row for row in self.rows if end is None or row.at < end]
        return told[-1] if told else self.first


@dataclass(frozen=True, slots=True)
class Correction:
    """One row that takes the place of another. `by_hand`: staff did it; else something that happened later."""

    row: Action
    before: Action

    @property
    def by_hand(self) -> bool:
        """Whether a person corrected it."""
        return BY_HAND in self.row.id


@dataclass(frozen=True, slots=True)
class Explanation:
    """A number and what it is made of.

    `standing` is how acts count now, `then` how they counted when the span was over; both are numbers of acts.
    `basis`, `times` (when an hour of the campaign's zone began, or a day where all days are explained; UTC) and
    `offices` are parts of what stands. `broken` are acts whose rows don't follow from one another.
    """

    channel: Channel
    span: Span
    acts: tuple[Act, ...]
    standing: Tally
    then: Tally
    basis: Mapping[tuple[AnyOutcome, Basis], int] = field(default_factory=dict)
    times: Mapping[datetime, Tally] = field(default_factory=dict)
    offices: Mapping[str, Tally] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    broken: tuple[Act, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows of the ledger these acts have."""
        return sum(len(act.rows) for act in self.acts)


def day(on: date, zone: ZoneInfo) -> Span:
    """Return a day as it is lived in a zone: 23 or 25 hours long where the clock changes. In UTC."""
    begins, ends = (datetime.combine(each, time(), zone) for each in (on, on + timedelta(days=1)))
    return Span(begins.astimezone(UTC), ends.astimezone(UTC))


def act_of(action: Action) -> str:
    """Return the id of the act a row is about: a letter's rows are numbered, a call's only when corrected by hand."""
    if action.channel is Channel.CALLS:
        return action.id.partition(BY_HAND)[0]
    return action.id.rpartition("-")[0]


def explained(rows: Iterable[Action], channel: Channel, span: Span, zone: ZoneInfo) -> Explanation:
    """Explain how the acts of one campaign and channel that began within `span` count.

    `rows` are the campaign's: those of other channels, and of acts that began elsewhen, are left out.
    """
    found = [act for act in acts(row for row in rows if row.channel is channel) if span.holds(act.first.at)]
    begins = _day_of if span.start is None else _hour_of
    return Explanation(
        channel,
        span,
        tuple(found),
        _sum(act.last for act in found),
        _sum(act.by(span.end) for act in found),
        Counter((act.last.outcome, act.last.basis) for act in found),
        _parts(found, lambda act: begins(act.first.at, zone)),
        _parts(found, lambda act: act.first.office),
        tuple(sorted(_corrections(found), key=lambda each: (each.row.at, each.row.id))),
        tuple(act for act in found if not _follows(act)),
    )


def acts(rows: Iterable[Action]) -> list[Act]:
    """Bring the rows of each act together, in the order of their numbers; acts in the order of their first rows."""
    grouped: dict[str, list[Action]] = {}
    for row in rows:
        grouped.setdefault(act_of(row), []).append(row)
    found = [Act(name, tuple(sorted(part, key=_number))) for name, part in grouped.items()]
    return sorted(found, key=lambda act: (act.first.at, act.id))


def corrected(last: Action, outcome: AnyOutcome, at: datetime) -> Action:
    """Return the row by which a person puts another outcome in the place of an act's `last` row.

    Its id follows from that row's, so that of two people who correct the same row one comes too late.
    """
    name, _, number = last.id.partition(BY_HAND)
    return replace(
        last, id=f"{name}{BY_HAND}{int(number or 0) + 1}", outcome=outcome, instead_of=last.outcome,
        basis=Basis.STAFF, at=at,
    )  # fmt: skip


def _number(row: Action) -> tuple[int, datetime]:
    """A row's place among those of its act."""
    name = row.id.partition(BY_HAND)[2] or "0" if row.channel is Channel.CALLS else row.id.rpartition("-")[2]
    return (int(name) if name.isdigit() else 0), row.at


def _follows(act: Act) -> bool:
    """Whether the first row takes the place of nothing, and each other that of the one before it."""
    before = [None, *(row.outcome for row in act.rows)]
    return all(row.instead_of is outcome for row, outcome in zip(act.rows, before, strict=False))


def _corrections(found: Iterable[Act]) -> Iterator[Correction]:
    for act in found:
        for before, row in zip(act.rows, act.rows[1:], strict=False):
            yield Correction(row, before)


def _sum(rows: Iterable[Action]) -> Tally:
    outcomes = Counter(row.outcome for row in rows)
    return Tally(outcomes.total(), dict(outcomes))


def _parts(found: Iterable[Act], name: Callable[[Act], K]) -> dict[K, Tally]:
    """What stands, in parts; in order of their names."""
    grouped: dict[K, list[Action]] = {}
    for act in found:
        grouped.setdefault(name(act), []).append(act.last)
    return {each: _sum(grouped[each]) for each in sorted(grouped)}


def _hour_of(at: datetime, zone: ZoneInfo) -> datetime:
    """In UTC: of two hours that a clock calls by one name, each is itself."""
    return at.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _day_of(at: datetime, zone: ZoneInfo) -> datetime:
    begins = day(at.astimezone(zone).date(), zone).start
    assert begins is not None
    return begins
