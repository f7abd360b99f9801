"""Which campaign a number of ours means to somebody who dials it."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.campaign import Status


@dataclass(frozen=True, slots=True)
class Claim:
    """A campaign, where it is, and the numbers (E.164) it has for itself; none: it shares those nobody claims."""

    slug: str
    status: Status
    numbers: tuple[str, ...]


LIVELIEST = (Status.LIVE, Status.PAUSED, Status.ENDED)
"""A caller is better served by a live campaign than told that one is over."""


def meant_by(number: str, claims: Sequence[Claim]) -> tuple[str, ...]:
    """Return the slugs of the campaigns that a number may mean: several, and only the page's code can tell.

    A campaign's own number is its own until another, still going on, claims it: so the number of one that has
    ended says so. None: nobody has this number.
    """
    own = _liveliest([claim for claim in claims if number in claim.numbers])
    return own[:1] or _liveliest([claim for claim in claims if not claim.numbers])


def _liveliest(claims: list[Claim]) -> tuple[str, ...]:
    for status in LIVELIEST:
        if found := tuple(claim.slug for claim in claims if claim.status is status):
            return found if status is Status.LIVE else found[:1]
    return ()
