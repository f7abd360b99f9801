"""What we counted against Twilio's list and SES's word: what agrees is found, and each difference is named once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import outcomes
from chalicelib.domain.call import TERMINAL, CallStatus
from chalicelib.domain.counts import Action, Basis, Channel, LetterOutcome, Outcome
from chalicelib.domain.explaining import Act, Span
from chalicelib.domain.explaining_carriers import (
    COUNTED_WITHIN,
    NO_LONGER,
    SETTLES,
    Apart,
    Asked,
    Compared,
    Leg,
    against_ses,
    against_twilio,
)
from chalicelib.domain.mail_facts import Status

AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
DAY = Span(AT - timedelta(hours=10), AT + timedelta(hours=14))
ASKED = Asked("families-28", frozenset({"ero-atl", "ero-was"}), DAY, AT + timedelta(days=3))
TALKED = Leg("CA1", "ero-atl", CallStatus.COMPLETED, 42, AT - timedelta(seconds=20))
SPOKE = Action(
    "call-1-0", "families-28", Channel.CALLS, "ero-atl", Outcome.SPOKE, Basis.KEY, 42, AT
)  # fmt: skip


def how(compared: Compared) -> list[Apart]:
    return [each.how for each in compared.differences]


@st.composite
def nights(draw: st.DrawFn) -> tuple[list[Action], list[Leg]]:
    """Calls as they happen: what Twilio lists, and what we counted of each, minutes later."""
    rows, legs = [], []
    for number in range(draw(st.integers(0, 15))):
        ended = AT + timedelta(seconds=draw(st.integers(0, 3 * 3600)))
        office, status = (
            draw(st.sampled_from(["ero-atl", "ero-was"])),
            draw(st.sampled_from(sorted(TERMINAL))),
        )
        seconds = draw(st.sampled_from([3, 9, 42, 43])) if status is CallStatus.COMPLETED else 0
        said = draw(st.sampled_from([None, *outcomes.KEYS.values()]))
        outcome, basis = outcomes.outcome(status, seconds, said)
        at = ended + timedelta(seconds=draw(st.integers(0, 4000)))
        legs.append(Leg(f"CA{number}", office, status, seconds, ended))
        rows.append(
            Action(f"call-{number}-0", "families-28", Channel.CALLS, office, outcome, basis, seconds, at)
        )
    return rows, legs


@given(nights())
def test_whatever_was_counted_truly_agrees(night: tuple[list[Action], list[Leg]]) -> None:
    rows, legs = night

    assert against_twilio(rows, legs, ASKED) == Compared(agree=len(rows))


@given(nights(), st.randoms(use_true_random=False))
def test_the_order_of_what_comes_in_and_repeats_of_twilio_s_change_nothing(
    night: tuple[list[Action], list[Leg]], chance: Random
) -> None:
    rows, legs = list(night[0])[1:], [*night[1], *night[1][:2]]
    before = against_twilio(rows, legs, ASKED)
    chance.shuffle(rows)
    chance.shuffle(legs)

    assert against_twilio(rows, legs, ASKED) == before


@given(nights().filter(lambda night: bool(night[0])))
def test_one_lost_on_either_side_is_one_difference(night: tuple[list[Action], list[Leg]]) -> None:
    rows, legs = night

    assert how(against_twilio(rows[1:], legs, ASKED)) == [Apart.NOT_HERE]
    claims_nothing = (rows[0].outcome, rows[0].basis, rows[0].seconds) == (Outcome.NO_ANSWER, Basis.FACTS, 0)
    unlisted = against_twilio(rows, legs[1:], ASKED)
    assert (how(unlisted), unlisted.undialled) == (([], 1) if claims_nothing else ([Apart.NOT_THERE], 0))


@pytest.mark.parametrize(
    ("leg", "row", "told"),
    [
        (TALKED, SPOKE, []),
        (replace(TALKED, seconds=45), SPOKE, [Apart.SECONDS]),
        (replace(TALKED, status=CallStatus.BUSY, seconds=0), SPOKE, [Apart.STATUS]),
        (replace(TALKED, status=CallStatus.BUSY), SPOKE, [Apart.STATUS]),
        (replace(TALKED, office="ero-was"), SPOKE, [Apart.NOT_HERE, Apart.NOT_THERE]),
        (replace(TALKED, ended_at=AT - COUNTED_WITHIN * 1.1), SPOKE, [Apart.NOT_HERE, Apart.NOT_THERE]),
        (replace(TALKED, ended_at=AT + timedelta(minutes=5)), SPOKE, [Apart.NOT_THERE, Apart.NOT_HERE]),
        (replace(TALKED, status=CallStatus.IN_PROGRESS, ended_at=None), SPOKE, [Apart.NOT_THERE]),
        (TALKED, replace(SPOKE, outcome=Outcome.FAILED, basis=Basis.FACTS), [Apart.STATUS]),
        (TALKED, replace(SPOKE, campaign="another"), []),
    ],
)  # fmt: skip
def test_each_difference_has_its_name(leg: Leg, row: Action, told: list[Apart]) -> None:
    assert how(against_twilio([row], [leg], ASKED)) == told


@given(nights())
def test_a_line_that_its_office_no_longer_has_makes_no_difference(
    night: tuple[list[Action], list[Leg]],
) -> None:
    rows, legs = night
    moved = [replace(leg, office=NO_LONGER) if leg.office == "ero-was" else leg for leg in legs]

    assert against_twilio(rows, moved, ASKED) == Compared(agree=len(rows))


def test_a_call_of_nobody_s_line_is_taken_for_ours_only_where_all_agrees() -> None:
    strange = replace(TALKED, office=NO_LONGER)

    assert how(against_twilio([], [strange], ASKED)) == []
    assert how(against_twilio([SPOKE], [replace(strange, seconds=45)], ASKED)) == [Apart.NOT_THERE]


def test_a_call_that_ended_just_now_may_still_be_counted() -> None:
    just_now = replace(ASKED, now=AT + SETTLES - timedelta(minutes=1))

    assert against_twilio([], [TALKED], just_now) == Compared(agree=0, open=1)
    assert how(against_twilio([], [TALKED], replace(just_now, now=AT + SETTLES))) == [Apart.NOT_HERE]


def test_what_happened_at_midnight_is_told_of_one_day_only() -> None:
    assert DAY.end is not None
    row = replace(SPOKE, at=DAY.end + timedelta(minutes=1))
    leg = replace(TALKED, ended_at=DAY.end - timedelta(minutes=1))
    next_day = replace(ASKED, span=Span(DAY.end, DAY.end + timedelta(days=1)))

    assert against_twilio([row], [leg], ASKED) == Compared(agree=0)
    assert against_twilio([row], [leg], next_day) == Compared(agree=1)


@pytest.mark.parametrize(
    ("outcome", "known", "told"),
    [
        (LetterOutcome.DELIVERED, {"L-1": Status.DELIVERED}, []),
        (LetterOutcome.DELIVERED, {"L-1": Status.BOUNCED_HARD}, [Apart.STATUS]),
        (LetterOutcome.DELIVERED, {"L-1": None}, [Apart.STATUS]),
        (LetterOutcome.DELIVERED, {}, [Apart.NOT_THERE]),
        (LetterOutcome.ON_ITS_WAY, {"L-1": None}, []),
        (LetterOutcome.ON_ITS_WAY, {"L-1": Status.DELIVERED}, [Apart.STATUS]),
        (LetterOutcome.WITHDRAWN, {"L-1": None}, []),
    ],
)
def test_a_letter_stands_as_ses_told_us(
    outcome: LetterOutcome, known: dict[str, Status | None], told: list[Apart]
) -> None:
    row = Action("L-1-0", "families-28", Channel.LETTERS, "ero-atl", outcome, Basis.FACTS, 0, AT)

    assert how(against_ses([Act("L-1", (row,))], known)) == told
