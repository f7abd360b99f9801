"""A claim after what Twilio says of its text: early, late, twice and in any order."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations, product

import pytest

from chalicelib.domain.broadcast import ClaimState
from chalicelib.domain.claim import (
    LOOK_AGAIN,
    TROUBLES,
    Claim,
    Report,
    Trouble,
    is_not_the_recipients,
    missed,
    recipient_token,
    reported,
    settled,
    trouble,
)
from tests.values import NOW

SID = "SM" + "1" * 32
CLAIMED = Claim(
    broadcast="broadcast-1", token="t" * 24, phone_key="a" * 32, state=ClaimState.CLAIMED, at=NOW,
    attempt="attempt-1", segments=1, number="+14045550123",
)  # fmt: skip
AMBIGUOUS = settled(CLAIMED, ClaimState.AMBIGUOUS)
SENT = settled(CLAIMED, ClaimState.SENT, SID)
BEFORE_THE_LAST = ("accepted", "queued", "sending", "sent", "a word of next year's")


def after(claim: Claim, *statuses: str, error: int = 0) -> Claim:
    for status in statuses:
        is_bad = status in {"failed", "undelivered"}
        claim = reported(claim, Report(SID, status, error if is_bad else 0))
    return claim


@pytest.mark.parametrize("status", BEFORE_THE_LAST)
@pytest.mark.parametrize("claim", [CLAIMED, AMBIGUOUS], ids=["claimed", "ambiguous"])
def test_any_word_about_a_text_proves_that_it_was_taken(claim: Claim, status: str) -> None:
    assert after(claim, status) == SENT
    assert SENT.number is None


@pytest.mark.parametrize("status", BEFORE_THE_LAST)
def test_what_comes_before_the_last_word_changes_no_claim_that_is_settled(status: str) -> None:
    assert after(SENT, status) is SENT


@pytest.mark.parametrize(
    ("status", "error", "state"),
    [
        ("delivered", 0, ClaimState.SENT),
        ("read", 0, ClaimState.SENT),
        ("undelivered", 30003, ClaimState.FAILED),
        ("undelivered", 30007, ClaimState.FAILED),
        ("failed", 30034, ClaimState.FAILED),
        ("failed", 21610, ClaimState.SKIPPED_STOPPED),
        ("failed", 30036, ClaimState.SKIPPED_EXPIRED),
        ("canceled", 0, ClaimState.FAILED),
    ],
)
@pytest.mark.parametrize("claim", [CLAIMED, AMBIGUOUS, SENT], ids=["claimed", "ambiguous", "sent"])
def test_the_last_word_says_what_became_of_it(
    claim: Claim, status: str, error: int, state: ClaimState
) -> None:
    last = after(claim, status, error=error)

    assert (last.state, last.delivery, last.error, last.sid) == (state, status, error or None, SID)
    assert last.number is None


@pytest.mark.parametrize("last", ["delivered", "undelivered"])
def test_the_end_is_the_same_in_whatever_order_and_however_often_things_come(last: str) -> None:
    words = ("queued", "sent", last)
    ends = {
        after(claim, *order, error=30005)
        for claim in (CLAIMED, AMBIGUOUS, SENT)
        for length in range(1, 6)
        for order in product(words, repeat=length)
        if last in order
    }
    assert len(ends) == 1


def test_the_first_last_word_stands() -> None:
    for first, second in permutations(("delivered", "undelivered", "failed"), 2):
        once = after(SENT, first, error=30007)
        assert after(once, second, error=30008) is once


def test_a_report_of_another_text_is_none_of_ours() -> None:
    assert reported(SENT, Report("SM" + "2" * 32, "failed", 30007)) is SENT


def test_what_was_given_up_is_sent_after_all_once_something_proves_it() -> None:
    given_up = missed(missed(AMBIGUOUS, NOW), NOW + LOOK_AGAIN)

    assert (given_up.state, given_up.number, given_up.sid) == (ClaimState.FAILED, None, None)
    assert after(given_up, "delivered").state is ClaimState.SENT


def test_a_claim_is_given_up_when_twilio_has_missed_it_twice_ten_minutes_apart() -> None:
    once = missed(AMBIGUOUS, NOW)

    assert (once.state, once.missed_at) == (ClaimState.AMBIGUOUS, NOW)
    assert missed(once, NOW + timedelta(minutes=9, seconds=59)) is once
    assert missed(once, NOW + timedelta(minutes=10)).state is ClaimState.FAILED


def test_a_recipient_is_the_same_each_time_and_another_to_every_broadcast_and_key() -> None:
    tokens = {
        recipient_token(broadcast, person, key)
        for broadcast in ("b-1", "b-2")
        for person in ("a" * 32, "b" * 32)
        for key in (b"one", b"two")
    }
    assert len(tokens) == 8
    assert recipient_token("b-1", "a" * 32, b"one") in tokens
    assert {len(token) for token in tokens} == {24}
    assert not any("a" * 8 in token for token in tokens)


@pytest.mark.parametrize(
    ("error", "whose"),
    [(21610, Trouble.STOPPED), (30003, Trouble.NUMBER), (30007, Trouble.FILTERED), (30022, Trouble.RATE),
     (30023, Trouble.DAY), (30034, Trouble.OURS), (30008, None), (30036, None), (21408, None), (0, None),
     (403, Trouble.OURS), (404, Trouble.OURS)],
)  # fmt: skip
def test_whose_trouble_an_error_is(error: int, whose: Trouble | None) -> None:
    assert trouble(error) is whose


def test_only_what_is_not_the_recipients_lets_a_recipient_be_asked_again() -> None:
    again = {code for code in TROUBLES if is_not_the_recipients(code)}

    assert {21611, 30001, 30023, 30034, 21701} <= again
    assert again.isdisjoint({21610, 21211, 21614, 30003, 30005, 30006, 30007})


def test_no_claim_that_is_shown_shows_a_number() -> None:
    assert "555" not in repr(replace(CLAIMED, phone_key=""))
