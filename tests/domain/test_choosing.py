"""The order of a call's offices: routing by routing, and that a shuffle really shuffles."""

from collections import Counter
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.campaign import Campaign, Local, Order, Routing
from chalicelib.domain.choosing import Standing, burden, chosen, shuffled
from tests.values import ATLANTA, NEW_YORK, WASHINGTON, campaign

LISTED = ("ero-atl", "ero-was", "ero-nyc")
FOUR = ("ero-atl", "ero-was", "ero-nyc", "ero-phi")


def calls(order: Order = Order.FIXED, local: Local = Local.NEVER) -> Campaign:
    """Lists Atlanta and Washington; New York is elsewhere."""
    return campaign(offices=(ATLANTA, WASHINGTON), elsewhere=(NEW_YORK,), routing=Routing(order, local))


LOCAL = [
    (Local.NEVER, ("ero-nyc",), ("ero-atl", "ero-was")),
    (Local.BEFORE, ("ero-nyc",), ("ero-nyc", "ero-atl", "ero-was")),
    (Local.AFTER, ("ero-nyc",), ("ero-atl", "ero-was", "ero-nyc")),
    (Local.ONLY, ("ero-nyc",), ("ero-nyc",)),
    (Local.FALLBACK, ("ero-nyc",), ("ero-nyc", "ero-atl", "ero-was")),
    # Nobody gave a ZIP code, or it leads nowhere, or to an office the campaign may not call.
    *((rule, (), ("ero-atl", "ero-was")) for rule in Local),
    *((rule, ("ero-hou",), ("ero-atl", "ero-was")) for rule in Local),
    # The area's office is on the list already.
    (Local.NEVER, ("ero-was",), ("ero-atl", "ero-was")),
    (Local.BEFORE, ("ero-was",), ("ero-was", "ero-atl")),
    (Local.AFTER, ("ero-atl",), ("ero-atl", "ero-was")),
    (Local.ONLY, ("ero-was",), ("ero-was",)),
    (Local.FALLBACK, ("ero-was",), ("ero-was", "ero-atl")),
    # Two offices may be responsible.
    (Local.BEFORE, ("ero-nyc", "ero-was"), ("ero-nyc", "ero-was", "ero-atl")),
    (Local.ONLY, ("ero-nyc", "ero-was"), ("ero-nyc", "ero-was")),
]


@pytest.mark.parametrize(("rule", "local", "order"), LOCAL)
def test_the_area_s_office_takes_the_place_the_campaign_gives_it(
    rule: Local, local: tuple[str, ...], order: tuple[str, ...]
) -> None:
    assert chosen(calls(local=rule), local, {}, seed=1) == order


@pytest.mark.parametrize("rule", Local)
def test_the_supporter_s_own_pick_goes_first_and_only_once(rule: Local) -> None:
    order = chosen(calls(local=rule), ("ero-nyc",), {}, seed=1, wanted="ero-was")

    assert order[0] == "ero-was"
    assert order.count("ero-was") == 1


def test_a_pick_the_campaign_may_not_call_changes_nothing() -> None:
    assert chosen(calls(), (), {}, seed=1, wanted="ero-hou") == ("ero-atl", "ero-was")


def test_a_fixed_order_is_the_list_whatever_the_standing() -> None:
    standing = {"ero-atl": Standing(connected=900, picked_up=0, dialled=900)}

    assert {chosen(calls(), (), standing, seed) for seed in range(50)} == {("ero-atl", "ero-was")}


def test_a_seed_gives_one_order_and_seeds_give_every_order() -> None:
    orders = [chosen(calls(Order.SHUFFLED), (), {}, seed) for seed in range(50)]

    assert orders == [chosen(calls(Order.SHUFFLED), (), {}, seed) for seed in range(50)]
    assert set(orders) == {("ero-atl", "ero-was"), ("ero-was", "ero-atl")}


CRITICAL_23 = 49.73
"""Chi-square with 23 degrees of freedom is above this once in a thousand fair shuffles."""


@pytest.mark.parametrize("stride", [1, 2, 24, 2**32 + 1])
def test_a_shuffle_really_shuffles(stride: int) -> None:
    """All 24 orders of four offices, 1,000 times each but for chance; neighboring seeds or distant ones."""
    seen = Counter(shuffled(FOUR, seed * stride) for seed in range(24_000))

    assert set(seen) == set(permutations(FOUR))
    assert sum((times - 1000) ** 2 / 1000 for times in seen.values()) < CRITICAL_23


def test_an_order_says_nothing_about_the_next_seed_s() -> None:
    """First offices of neighbors in seeds: 16 pairs, 1,000 times each but for chance (15 degrees)."""
    firsts = [shuffled(FOUR, seed)[0] for seed in range(16_001)]
    pairs = Counter(pairwise(firsts))

    assert sum((pairs[pair] - 1000) ** 2 / 1000 for pair in pairs) < 37.70
    assert len(pairs) == 16


BALANCED = [
    # Alike but for calls connected: fewest first.
    ({"ero-atl": Standing(9, 9, 10), "ero-was": Standing(4, 9, 10)}, ("ero-was", "ero-atl")),
    # Alike but for picking up: the better line first.
    ({"ero-atl": Standing(5, 2, 10), "ero-was": Standing(5, 9, 10)}, ("ero-was", "ero-atl")),
    # A line that never answers has the fewest connected calls, and isn't first for it.
    ({"ero-atl": Standing(0, 0, 20), "ero-was": Standing(50, 54, 60)}, ("ero-was", "ero-atl")),
    # But it is tried again once the others have borne much more.
    ({"ero-atl": Standing(0, 0, 20), "ero-was": Standing(500, 540, 600)}, ("ero-atl", "ero-was")),
    # An office nobody has called yet comes before one that has had some.
    ({"ero-atl": Standing(3, 3, 3)}, ("ero-was", "ero-atl")),
]


@pytest.mark.parametrize(("standing", "order"), BALANCED)
def test_balance_is_fewest_connected_weighted_toward_lines_that_pick_up(
    standing: dict[str, Standing], order: tuple[str, ...]
) -> None:
    assert {chosen(calls(Order.BALANCED), (), standing, seed) for seed in range(20)} == {order}


def test_offices_that_stand_alike_take_turns() -> None:
    firsts = {chosen(calls(Order.BALANCED), (), {}, seed)[0] for seed in range(20)}

    assert firsts == {"ero-atl", "ero-was"}


def test_the_area_s_office_comes_first_also_in_a_balanced_campaign() -> None:
    standing = {"ero-nyc": Standing(900, 1, 900)}

    assert chosen(calls(Order.BALANCED, Local.BEFORE), ("ero-nyc",), standing, seed=1)[0] == "ero-nyc"


standings = st.builds(
    lambda made, up, connected: Standing(min(connected, up, made), min(up, made), made),
    st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6),
)  # fmt: skip


@given(standings)
def test_a_burden_grows_with_calls_and_falls_with_answers(standing: Standing) -> None:
    more = Standing(standing.connected + 1, standing.picked_up, standing.dialled)
    unheard = Standing(standing.connected, standing.picked_up, standing.dialled + 1)

    assert burden(standing) < burden(more)
    assert burden(standing) < burden(unheard)


@given(
    st.sampled_from(Order),
    st.sampled_from(Local),
    st.lists(st.sampled_from([*LISTED, "ero-hou"]), max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(LISTED), standings),
    st.none() | st.sampled_from([*LISTED, "ero-hou", ""]),
)
def test_no_order_is_empty_has_an_office_twice_or_one_that_may_not_be_called(
    order: Order,
    local: Local,
    area: tuple[str, ...],
    standing: dict[str, Standing],
    wanted: str | None,
) -> None:
    found = chosen(calls(order, local), area, standing, seed=7, wanted=wanted)

    assert found
    assert len(set(found)) == len(found)
    assert set(found) <= set(LISTED)
