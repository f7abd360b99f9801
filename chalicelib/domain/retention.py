"""How long rows of consent are kept: five years after the consent they are about has ended; those of a stop for ever.

Promises: a row of a consent, or of a question for one, that is still open has no end. Judges by the rows alone, in the
order in which things were said: a row that was heard late may get no end, which errs toward keeping. The words that
were shown are no person's, and have no end either.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from chalicelib.domain.subscriber import ConsentRow, State

KEPT_AFTER = timedelta(days=1827)
"""Five years, and their leap days: claims may be brought for four (28 USC 1658)."""
OPEN = frozenset({State.PENDING, State.SUBSCRIBED, State.HELD})
"""States in which there is consent, or a question for one."""


def ends_consent(before: State, after: State) -> bool:
    """Whether a move leads out of consent, or of a question for one."""
    return before in OPEN and after not in OPEN


def ends_of(rows: Iterable[ConsentRow]) -> Mapping[str, datetime]:
    """Return when rows (of one number, by their id) may go; those that are not named have no end yet, or never."""
    ends: dict[str, datetime] = {}
    still: dict[str, list[ConsentRow]] = {}
    for row in sorted(rows, key=lambda each: each.at):
        kept = still.setdefault(row.programme, [])
        kept.append(row)
        if row.now not in OPEN:
            ends |= {each.id: row.at + KEPT_AFTER for each in kept if not each.never_expires}
            kept.clear()
    return ends
