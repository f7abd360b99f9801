"""How often a phone is called, from one place, in a day: the edges of each window."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.call import Consent
from chalicelib.domain.limits import WINDOW, Caller, address_range, calling, day_after, day_of
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
CONSENT = Consent("call-1", 1, Language.EN, NOW)
TICK = timedelta(milliseconds=1)


def call(caller: Caller, at: datetime, limit: int = 2) -> Caller:
    return calling(caller, "a-call", CONSENT, at, limit)


def test_a_first_call_opens_the_window_and_keeps_the_consent() -> None:
    assert call(Caller(version=4), NOW) == Caller(4, "a-call", NOW, 1, CONSENT)


def test_the_window_runs_from_the_first_call_not_the_last() -> None:
    second = call(call(Caller(), NOW), NOW + timedelta(hours=23))

    assert (second.calls, second.window_at) == (2, NOW)
    with pytest.raises(Refusal) as refused:
        call(second, NOW + WINDOW - TICK)
    assert refused.value.try_again == NOW + WINDOW
    assert call(second, NOW + WINDOW).calls == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_the_limit_itself_is_allowed_and_one_more_is_not(limit: int) -> None:
    caller = Caller()
    for number in range(limit):
        caller = call(caller, NOW + number * TICK, limit)

    with pytest.raises(Refusal) as refused:
        call(caller, NOW + timedelta(hours=1), limit)
    assert (refused.value.code, refused.value.field, refused.value.limit) == (
        Code.TOO_MANY_CALLS,
        "phone",
        limit,
    )


@given(st.lists(st.integers(0, 4 * 24 * 60), max_size=30), st.integers(1, 4))
def test_no_window_ever_holds_more_than_the_limit(minutes: list[int], limit: int) -> None:
    caller, taken, again = Caller(), [], []
    for minute in sorted(minutes):
        at = NOW + timedelta(minutes=minute)
        try:
            caller = call(caller, at, limit)
        except Refusal as refused:
            again.append((at, refused.try_again))
            continue
        taken.append((caller.window_at, at))

    assert all(when and at < when <= at + WINDOW for at, when in again)
    for window in {window for window, _ in taken}:
        assert sum(each == window for each, _ in taken) <= limit
        assert all(at - window < WINDOW for each, at in taken if each == window and window)


# Places and days.


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:12:3400::1", "2001:db8:12::/48"),
        ("2001:DB8:0012:ffff:ffff:ffff:ffff:ffff", "2001:db8:12::/48"),
        ("2001:db8:13::1", "2001:db8:13::/48"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_a_place_is_an_ipv4_address_or_the_first_48_bits_of_an_ipv6_one(source: str, place: str) -> None:
    assert address_range(source) == place


def test_a_day_of_the_budget_is_midnight_to_midnight_utc_whatever_the_zone() -> None:
    last = datetime(2026, 11, 24, 18, 59, 59, tzinfo=ZoneInfo("America/New_York"))

    assert day_of(last) == "2026-11-24"
    assert day_of(last + timedelta(seconds=1)) == "2026-11-25"
    assert day_after(last) == datetime(2026, 11, 25, tzinfo=UTC)
