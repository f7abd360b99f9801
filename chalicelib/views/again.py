"""Once more after a lost race: whoever won it may have changed what there is to decide."""

from collections.abc import Callable
from typing import TypeVar

from chalicelib.adapters.store import Stale

ATTEMPTS = 5
"""Lost races in a row before we give up: each of them means that somebody else got on."""

T = TypeVar("T")


class GaveUp(Exception):
    """Too many lost races in a row; whoever asked may ask again, nothing was half done."""


def tried(work: Callable[[], T]) -> T:
    """Do it, and again after a lost race.

    Raises:
        GaveUp: five lost races in a row.
    """
    for _ in range(ATTEMPTS):
        try:
            return work()
        except Stale:
            continue
    raise GaveUp
