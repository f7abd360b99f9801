"""The sums by hour, held against a recount of the ledger: for every test that has both."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.adapters.hour_sums import hour_sums as kept
from chalicelib.adapters.table import Table
from chalicelib.domain.counts import Action, AnyOutcome, Channel
from chalicelib.domain.figures import HourSum, by, hour_sums
from chalicelib.domain.words import Language

Part = tuple[datetime, Channel, str, Language | None]
Sums = dict[Part, dict[AnyOutcome, int]]


def require_same_hours(table: Table, actions: Sequence[Action]) -> None:
    """Fail unless the sums by hour are those of these actions, which are the whole ledger."""
    days = {(action.campaign, action.at.date()) for action in actions}
    assert _sums(each for slug, day in days for each in kept(table, slug, day)) == _sums(hour_sums(actions))


def _sums(sums: Iterable[HourSum]) -> Sums:
    """Without what came to nothing: a correction in the hour of what it corrects."""
    parts = by(sums, lambda each: (each.hour, each.channel, each.office, each.language))
    return {part: dict(tally.outcomes) for part, tally in parts.items() if tally.outcomes}
