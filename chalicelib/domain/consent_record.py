"""What a number's ledger of consent shows: where its rows lead, and whether anything of it is missing or altered.

Promises: judges by the rows alone, in whatever order they were taken, for a text may be heard late. The rows of one
programme are steps from a state to a state; together they must make one walk that ends where the number stands now.
Rows that have come to the end of their time (`retention`) are not missed: the walk begins where they ended. What can't
be shown: that nobody took out a whole round that leads back to where it began.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.retention import KEPT_AFTER, OPEN
from chalicelib.domain.subscriber import ConsentRow, State, Stop, Subscriber, is_unchanged

NOTHING_AGREED = frozenset({State.UNKNOWN, State.INVALID})
"""Where a walk may begin. Long dead numbers begin as such: the rows of what came before have come to their end."""


class Fault(StrEnum):
    """What may be wrong with a ledger."""

    ALTERED = "altered"  # a row does not read as it was written
    MISSING = "missing"  # the rows do not lead to where the number stands
    BEGINS_LATE = "begins_late"  # the rows begin in the midst: earlier ones are not here


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: in which programme, and with which row (its id), where it is one."""

    fault: Fault
    programme: str
    row: str = ""


def findings(
    rows: Sequence[ConsentRow], profiles: Mapping[str, Subscriber], stop: Stop | None, now: datetime
) -> tuple[Finding, ...]:
    """Return what is wrong with a number's ledger; nothing: it is whole."""
    altered = (Finding(Fault.ALTERED, row.programme, row.id) for row in rows if not is_unchanged(row))
    programmes = sorted({row.programme for row in rows} | set(profiles))
    walked = (
        _walked(name, [row for row in rows if row.programme == name], profiles.get(name), stop, now)
        for name in programmes
    )
    return (*altered, *(each for each in walked if each))


def _walked(
    programme: str, rows: Sequence[ConsentRow], known: Subscriber | None, stop: Stop | None, now: datetime
) -> Finding | None:
    state = known.state if known else State.UNKNOWN
    ended = _ended_long_ago(rows, now)
    own = [row for row in rows if ended is None or row.at > ended.at]
    begins = begin_of(own, state)
    if ended is not None:
        is_right = begins is ended.now or _is_left_of_what_is_over(own, state, now)
        return None if is_right else Finding(Fault.MISSING, programme)
    if begins in NOTHING_AGREED or (begins is State.STOPPED and stop is not None):
        return None
    return Finding(Fault.BEGINS_LATE if own and begins else Fault.MISSING, programme)


def _is_left_of_what_is_over(rows: Iterable[ConsentRow], state: State, now: datetime) -> bool:
    """Whether these are what is kept for ever of a time after the last stop that is over, too, and its end with it."""
    return state not in OPEN and all(row.never_expires and row.at + KEPT_AFTER <= now for row in rows)


def _ended_long_ago(rows: Iterable[ConsentRow], now: datetime) -> ConsentRow | None:
    """The last row before which others may have come to the end of their time."""
    ended = [row for row in rows if row.now not in OPEN and row.at + KEPT_AFTER <= now]
    return max(ended, key=lambda row: row.at, default=None)


def begin_of(rows: Sequence[ConsentRow], end: State) -> State | None:
    """Return the state from which the rows, each used once, lead to `end`; None: there is no such walk."""
    balance = Counter({end: 1})
    for row in rows:
        balance[row.was] += 1
        balance[row.now] -= 1
    # The sum of all is 1: if one state alone is out of balance, it is by 1, and there the walk begins.
    begins = [state for state, number in balance.items() if number]
    if len(begins) != 1:
        return None
    return begins[0] if _reached(begins[0], rows) else None


def _reached(begin: State, rows: Sequence[ConsentRow]) -> bool:
    """Whether every row hangs together with the state the walk begins in."""
    found, size = {begin}, 0
    while len(found) > size:
        size = len(found)
        found |= {state for row in rows if {row.was, row.now} & found for state in (row.was, row.now)}
    return all(row.was in found for row in rows)
