"""What a booking that waits for its code may become: every transition, from every state."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.booking import Booking, Reason, State, cancelled, occurrences
from chalicelib.domain.booking_proving import (
    booking_named,
    ended,
    expired,
    name_of,
    new_code,
    proved,
    text_claimed,
    text_refused,
    text_throttled,
    unproved,
    without_time,
)
from chalicelib.domain.call import Proving
from chalicelib.domain.codes import CODES, LIFE, OPEN, code_for
from tests.booking_values import booking
from tests.values import NOW

PLAIN = booking(NOW + timedelta(days=1))
WAITING = unproved(PLAIN, NOW)
TIMELESS = without_time(WAITING, NOW)
LATER = NOW + timedelta(minutes=1)


def moves(before: Booking) -> list[Booking]:
    return [
        text_claimed(before, 1, LATER),
        text_throttled(before, 1),
        text_refused(before, 1, 30006, LATER),
        new_code(before, 1, LATER),
        proved(before, LATER),
        without_time(before, LATER),
        expired(before, LATER + OPEN),
        ended(before, Reason.STOPPED, LATER),
    ]


@pytest.mark.parametrize("state", [State.BOOKED, State.PLACED, State.CANCELLED, State.DROPPED])
def test_what_does_not_wait_stays_as_it_is(state: State) -> None:
    before = replace(PLAIN, state=state)

    assert all(after is before for after in moves(before))


def test_while_it_waits_nothing_of_it_is_to_come_and_it_is_not_over() -> None:
    for waiting in (WAITING, TIMELESS):
        assert (waiting.is_waiting, waiting.is_over, occurrences(waiting)) == (True, False, ())


def test_the_code_makes_it_a_booking_like_any_other() -> None:
    for waiting in (WAITING, TIMELESS):
        after = proved(waiting, LATER)
        assert (after.state, after.proving, occurrences(after)) == (State.BOOKED, None, (PLAIN.at,))


def test_a_text_is_taken_on_once_and_never_for_a_code_that_is_old_or_replaced() -> None:
    claimed = text_claimed(WAITING, 1, LATER)

    assert claimed.proving == Proving(NOW, texted=1)
    assert text_claimed(claimed, 1, LATER) is claimed
    assert text_claimed(new_code(WAITING, 1, LATER), 1, LATER).proving == Proving(LATER, codes=2)
    assert text_claimed(WAITING, 1, NOW + LIFE) is WAITING
    assert text_claimed(text_throttled(claimed, 1), 1, LATER) == claimed


def test_another_code_replaces_the_latest_up_to_the_last() -> None:
    second = new_code(WAITING, 1, LATER)

    assert second.proving == Proving(LATER, codes=2)
    assert new_code(second, 1, LATER) is second
    last = replace(WAITING, proving=Proving(NOW, codes=CODES))
    assert new_code(last, CODES, LATER) is last


@pytest.mark.parametrize(("code", "reason"), [(30006, Reason.LANDLINE), (30003, Reason.NO_TEXT)])
def test_a_phone_that_no_text_reaches_ends_it(code: int, reason: Reason) -> None:
    after = text_refused(WAITING, 1, code, LATER)

    assert (after.state, after.dropped, after.phone, after.proving) == (State.DROPPED, reason, None, None)
    assert text_refused(WAITING, 2, code, LATER) is WAITING


@pytest.mark.parametrize(("waiting", "reason"), [(WAITING, Reason.NOT_PROVED), (TIMELESS, Reason.NO_TIME)])
def test_it_ends_half_an_hour_after_its_last_code_and_all_its_weeks_and_its_number_with_it(
    waiting: Booking, reason: Reason
) -> None:
    weekly = replace(waiting, until=PLAIN.at.date() + timedelta(weeks=5))

    assert expired(weekly, NOW + OPEN - timedelta(milliseconds=1)) is weekly
    after = expired(weekly, NOW + OPEN)
    assert (after.state, after.dropped, after.phone) == (State.DROPPED, reason, None)
    assert after.is_over


def test_withdrawn_its_number_goes_at_once() -> None:
    after = cancelled(WAITING, LATER)

    assert (after.state, after.phone, after.proving) == (State.CANCELLED, None, None)


def test_a_booking_s_code_is_never_a_call_s_of_the_same_id() -> None:
    assert booking_named(name_of("an-id")) == "an-id"
    assert booking_named("an-id") is None
    assert code_for(name_of("an-id"), 1, b"key") != code_for("an-id", 1, b"key")
