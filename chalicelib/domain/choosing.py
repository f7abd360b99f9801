"""Which offices a call goes to, in order: the campaign's list, the supporter's area, and their own pick.

Promises: only offices the campaign may call, none twice; the same arguments give the same order. Whether an
office is open, verified or free is asked afterwards: this is the order before those checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from chalicelib.domain.campaign import Campaign, Local, Order


@dataclass(frozen=True, slots=True)
class Standing:
    """How an office has done lately: calls connected, dials picked up, dials made.

    `connected` is what BALANCED evens out; `picked_up` of `dialled` says how likely somebody answers. Count a
    dial when its answer is known, not when it begins.
    """

    connected: int = 0
    picked_up: int = 0
    dialled: int = 0


def chosen(
    campaign: Campaign,
    local: tuple[str, ...],
    standing: Mapping[str, Standing],
    seed: int,
    wanted: str | None = None,
) -> tuple[str, ...]:
    """Return the ids of the offices to call, in order, before any is asked whether it can be called.

    `local` are the offices of the supporter's area, the likeliest first (none: unknown, or nobody asked).
    `wanted` is the office the supporter picked: it goes first. `seed` is any number, another for each call.
    """
    listed = ordered(campaign, standing, seed)
    wished = (wanted,) if wanted else ()
    return _callable(campaign, (*wished, *with_area(campaign, local, listed)))


def with_area(campaign: Campaign, local: tuple[str, ...], listed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the area's offices and the listed ones, joined as the campaign's routing says."""
    return _callable(campaign, _with_local(campaign.routing.local, _callable(campaign, local), listed))


def ordered(campaign: Campaign, standing: Mapping[str, Standing], seed: int) -> tuple[str, ...]:
    """Return the ids of the offices the campaign lists, in the order its routing asks for."""
    listed = tuple(office.id for office in campaign.offices)
    match campaign.routing.order:
        case Order.FIXED:
            return listed
        case Order.SHUFFLED:
            return shuffled(listed, seed)
        case Order.BALANCED:
            return tuple(
                sorted(shuffled(listed, seed), key=lambda office: burden(standing.get(office, Standing())))
            )


def shuffled(offices: tuple[str, ...], seed: int) -> tuple[str, ...]:
    """Return them in an order of their own for each seed, every order as likely as every other.

    Each office gets a ticket from seed and id through a cryptographic hash, so one seed's order says nothing
    about the next one's. (A checksum like CRC-32 won't do: it is linear, and some orders never come.)
    """
    return tuple(sorted(offices, key=lambda office: blake2b(f"{seed}/{office}".encode()).digest()))


def burden(standing: Standing) -> float:
    """Return (connected + 1) / rate², the number by which BALANCED calls the smallest first.

    `rate` is the smoothed share of dials picked up, (picked_up + 1) / (dialled + 2): one half for an office
    nobody has dialled, never 0, and moved by a first dial without being settled by it.

    Why squared. The smallest connected / weight first keeps `connected` in proportion to the weight. Weighted
    by the rate itself, connected / rate is about the number of dials: every office would be dialled equally
    often, which is round robin. Weighted by its square, dials are in proportion to the rate: 60, 33 and 7 of
    100 for lines that pick up at 90, 50 and 10 %. And connected calls alone would put a line that never
    answers first forever; here its n-th silence in a row counts as n², so it is tried about as often as the
    square root of what the others connect: enough to notice when it answers again.
    """
    rate = (standing.picked_up + 1) / (standing.dialled + 2)
    return (standing.connected + 1) / rate**2


def _with_local(rule: Local, local: tuple[str, ...], listed: tuple[str, ...]) -> tuple[str, ...]:
    """Join area and list. An office of both keeps its earlier place.

    BEFORE and FALLBACK give the same order and differ in what follows a call that got through: with BEFORE
    the list is offered next; with FALLBACK the list is there only as the way on when the area's office can't
    be called (closed, no line to dial, busy, no answer), and a call that got through ends it.
    """
    match rule:
        case Local.NEVER:
            return listed
        case Local.AFTER:
            return (*listed, *local)
        case Local.ONLY:
            return local or listed
        case Local.BEFORE | Local.FALLBACK:
            return (*local, *listed)


def _callable(campaign: Campaign, offices: tuple[str, ...]) -> tuple[str, ...]:
    """Those that the campaign may call, each once."""
    return tuple(office for office in dict.fromkeys(offices) if campaign.office(office) is not None)
