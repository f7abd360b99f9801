"""What all senders share, on three implementations of the table: the circuit, the account's turns, an office's pace."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.sending import Sending
from chalicelib.domain.letter_events import Fault
from chalicelib.domain.pacing import LONGEST_OPEN, PROBE_AFTER, PROBE_LIVES, SHARE, Circuit
from tests.stores import fresh_table
from tests.values import ATLANTA, NOW, WASHINGTON

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def sending(backend: Any) -> Sending:
    return Sending(fresh_table(backend))


def spacing(rate: float) -> timedelta:
    return A_SECOND / (SHARE * rate)


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(microseconds=1499), NOW + timedelta(microseconds=501)])
@pytest.mark.parametrize("rate", [14, 200])
def test_turns_come_no_faster_than_the_account_may_send_whatever_the_clock_shows(
    sending: Sending, rate: float, now: datetime
) -> None:
    turns = [sending.take(rate, now) for _ in range(40)]
    at_once = max(1, int((1 - SHARE) * rate))

    assert turns == sorted(turns)
    assert turns[at_once - 1] == now
    late = turns[at_once:]
    assert all(after - before >= spacing(rate) * 0.999 for before, after in pairwise(late))


def test_an_idle_account_has_a_turn_at_once_and_no_more_than_it_saves(sending: Sending) -> None:
    for _ in range(20):
        sending.take(10, NOW)
    later = NOW + timedelta(minutes=5)

    assert [sending.take(10, later) == later for _ in range(3)] == [True, False, False]


def test_the_circuit_opens_lets_one_try_and_closes(sending: Sending) -> None:
    assert sending.circuit() == Circuit()
    assert sending.may_send("a", NOW)

    opened = sending.open(Fault.SENDING_PAUSED, NOW)
    assert (opened.fault, opened.until) == (Fault.SENDING_PAUSED, NOW + PROBE_AFTER)
    assert sending.circuit() == opened
    assert sending.open(Fault.SENDING_PAUSED, NOW + A_SECOND) == opened, "those under way prolong nothing"
    assert not sending.may_send("a", NOW + PROBE_AFTER - A_SECOND)

    half = NOW + PROBE_AFTER
    assert [sending.may_send(each, half) for each in ("a", "b", "a")] == [True, False, True]
    assert sending.may_send("b", half + PROBE_LIVES), "one that tried was never heard of again"

    sending.close()
    assert sending.circuit() == Circuit()
    assert sending.may_send("c", half)


def test_each_refusal_in_a_row_keeps_the_circuit_open_longer_and_a_mail_that_is_taken_begins_anew(
    sending: Sending,
) -> None:
    now = NOW
    for _ in range(6):
        until = sending.open(Fault.QUOTA_SPENT, now).until
        assert until is not None
        assert until - now <= LONGEST_OPEN
        now = until
    sending.close()

    assert sending.open(Fault.QUOTA_SPENT, now).until == now + PROBE_AFTER


def test_while_the_circuit_is_closed_asking_and_closing_write_nothing(sending: Sending) -> None:
    sending.close()
    assert sending.may_send("a", NOW)

    assert sending._table.get(keys.CIRCUIT) is None


def test_an_offices_letters_are_an_hours_share_apart_and_no_other_office_waits_for_them(
    sending: Sending,
) -> None:
    turns = [sending.line(ATLANTA, NOW, 0, 12) for _ in range(3)]

    assert turns == [NOW + timedelta(minutes=5) * number for number in range(3)]
    assert sending.line(WASHINGTON, NOW, 0, 12) == NOW
