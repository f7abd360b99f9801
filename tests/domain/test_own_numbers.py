"""Whose campaign a number of ours means, for every way in which campaigns may share and claim numbers."""

import itertools

import pytest

from chalicelib.domain.campaign import Status
from chalicelib.domain.own_numbers import Claim, meant_by

OURS, OTHER = "+12025550142", "+12025550143"
DRAFT, LIVE, PAUSED, ENDED = Status.DRAFT, Status.LIVE, Status.PAUSED, Status.ENDED


def own(slug: str, status: Status, *numbers: str) -> Claim:
    return Claim(slug, status, numbers or (OURS,))


def shares(slug: str, status: Status) -> Claim:
    return Claim(slug, status, ())


@pytest.mark.parametrize(
    ("claims", "meant"),
    [
        ([], ()),
        ([shares("a", LIVE)], ("a",)),
        ([shares("a", LIVE), shares("b", LIVE)], ("a", "b")),  # only the page's code can tell
        ([shares("a", LIVE), shares("b", PAUSED), shares("c", ENDED)], ("a",)),
        ([shares("a", PAUSED), shares("b", PAUSED)], ("a",)),  # one that rests says so for all
        ([shares("a", ENDED), shares("b", PAUSED)], ("b",)),
        ([shares("a", ENDED), shares("b", ENDED)], ("a",)),
        ([shares("a", DRAFT)], ()),  # nobody's yet
        ([shares("a", LIVE), own("b", LIVE)], ("b",)),
        ([shares("a", LIVE), own("b", PAUSED)], ("b",)),
        ([shares("a", LIVE), own("b", ENDED)], ("b",)),  # its own until another claims it
        ([own("a", ENDED), own("b", LIVE)], ("b",)),
        ([own("a", PAUSED), own("b", LIVE)], ("b",)),
        ([own("a", ENDED), own("b", PAUSED)], ("b",)),
        ([own("a", LIVE), own("b", LIVE)], ("a",)),  # `apply` refuses it; never a question nobody can answer
        ([own("a", DRAFT), shares("b", LIVE)], ("b",)),
        ([own("a", LIVE, OTHER), shares("b", LIVE)], ("b",)),
        ([own("a", LIVE, OTHER)], ()),  # whoever has numbers of its own answers no other
        ([own("a", LIVE, OTHER, OURS)], ("a",)),
    ],
)
def test_a_number_means(claims: list[Claim], meant: tuple[str, ...]) -> None:
    assert meant_by(OURS, claims) == meant


def test_a_number_of_several_is_told_by_live_ones_alone_and_never_by_a_draft() -> None:
    kinds = [own, shares]
    for pairs in itertools.product(itertools.product(kinds, Status), repeat=3):
        claims = [kind(slug, status) for slug, (kind, status) in zip("abc", pairs, strict=True)]
        meant = [claim for claim in claims if claim.slug in meant_by(OURS, claims)]
        assert all(claim.status is not DRAFT for claim in meant)
        assert len(meant) < 2 or {(claim.status, claim.numbers) for claim in meant} == {(LIVE, ())}
        assert meant or all(claim.status is DRAFT for claim in claims)
