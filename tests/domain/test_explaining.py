"""One number explained: days add up to the whole, order changes nothing, and what was replaced is not counted."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.counts import (
    Action,
    Basis,
    Channel,
    LetterOutcome,
    Outcome,
    action_id,
    counted,
    difference,
)
from chalicelib.domain.explaining import Act, Span, acts, corrected, day, explained

NEW_YORK = ZoneInfo("America/New_York")
ZONES = st.sampled_from(
    ["America/New_York", "America/Havana", "America/Santiago", "Australia/Lord_Howe", "UTC"]
).map(ZoneInfo)
FIRST = datetime(2026, 10, 30, tzinfo=UTC)
"""The clocks of New York change two days later."""
MOMENTS = st.integers(0, 6 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))


def call(number: int, outcome: Outcome, at: datetime, office: str = "ero-atl") -> Action:
    name = action_id(f"call-{number}", number % 3)
    return Action(name, "families-28", Channel.CALLS, office, outcome, Basis.KEY, 42, at)


def letter(name: str, *told: tuple[LetterOutcome, datetime]) -> list[Action]:
    before = [None, *(outcome for outcome, _ in told)]
    return [
        Action(action_id(name, number), "families-28", Channel.LETTERS, "ero-was", outcome, Basis.FACTS, 0, at, was)
        for number, ((outcome, at), was) in enumerate(zip(told, before, strict=False))
    ]  # fmt: skip


@st.composite
def calls(draw: st.DrawFn) -> list[Action]:
    """The ledger of some calls, a few of them corrected by hand, once or more often."""
    rows: list[Action] = []
    for number in range(draw(st.integers(0, 12))):
        last = call(
            number,
            draw(st.sampled_from(Outcome)),
            draw(MOMENTS),
            draw(st.sampled_from(["ero-atl", "ero-was"])),
        )
        rows.append(last)
        for outcome in draw(st.lists(st.sampled_from(Outcome), max_size=3)):
            if outcome is not last.outcome:
                last = corrected(last, outcome, last.at + timedelta(hours=draw(st.integers(0, 60))))
                rows.append(last)
    return rows


@st.composite
def letters(draw: st.DrawFn) -> list[Action]:
    """The ledger of some letters, each of which changed a few times."""
    rows: list[Action] = []
    for number in range(draw(st.integers(0, 8))):
        told = draw(st.lists(st.sampled_from(LetterOutcome), min_size=1, max_size=12))
        steps = [told[0], *(after for before, after in pairwise(told) if before is not after)]
        at = draw(MOMENTS)
        rows += letter(
            f"L{number}-_x", *((each, at + timedelta(hours=7 * step)) for step, each in enumerate(steps))
        )
    return rows


LEDGERS = st.tuples(calls(), letters()).map(lambda both: [*both[0], *both[1]])
DAYS = [date(2026, 10, 28) + timedelta(days=number) for number in range(12)]


@given(LEDGERS, ZONES, st.sampled_from([Channel.CALLS, Channel.LETTERS]))
def test_the_days_add_up_to_the_whole_and_the_whole_is_the_tally(
    ledger: list[Action], zone: ZoneInfo, channel: Channel
) -> None:
    whole = explained(ledger, channel, Span(), zone)
    parts = [explained(ledger, channel, day(on, zone), zone) for on in DAYS]

    assert sum((Counter(part.standing.outcomes) for part in parts), Counter()) == whole.standing.outcomes
    assert sorted(act.id for part in parts for act in part.acts) == sorted(act.id for act in whole.acts)
    assert difference(counted(row for row in ledger if row.channel is channel), whole.standing) == 0
    assert whole.broken == ()


@given(LEDGERS, ZONES, st.sampled_from(DAYS))
def test_hours_and_offices_add_up_to_the_day(ledger: list[Action], zone: ZoneInfo, on: date) -> None:
    found = explained(ledger, Channel.CALLS, day(on, zone), zone)

    for parts in (found.times.values(), found.offices.values()):
        assert sum((Counter(part.outcomes) for part in parts), Counter()) == +Counter(found.standing.outcomes)
    assert sum(found.basis.values()) == found.standing.tally == len(found.acts)


@given(LEDGERS, st.randoms(use_true_random=False), st.sampled_from([Channel.CALLS, Channel.LETTERS]))
def test_in_whatever_order_rows_come_the_explanation_is_the_same(
    ledger: list[Action], chance: Random, channel: Channel
) -> None:
    shuffled = list(ledger)
    chance.shuffle(shuffled)

    for span in (Span(), day(date(2026, 11, 1), NEW_YORK)):
        assert explained(shuffled, channel, span, NEW_YORK) == explained(ledger, channel, span, NEW_YORK)


@given(LEDGERS)
def test_an_act_counts_once_however_often_it_was_corrected(ledger: list[Action]) -> None:
    for channel in (Channel.CALLS, Channel.LETTERS):
        found = explained(ledger, channel, Span(), NEW_YORK)
        rows = [row for row in ledger if row.channel is channel]

        assert found.standing.tally == sum(row.instead_of is None for row in rows)
        assert len(found.corrections) == found.rows - found.standing.tally == len(rows) - len(found.acts)


def test_a_day_is_as_long_as_it_is_lived_and_its_two_hours_of_one_name_are_two() -> None:
    autumn, spring = day(date(2026, 11, 1), NEW_YORK), day(date(2026, 3, 8), NEW_YORK)
    twice = [call(n, Outcome.SPOKE, datetime(2026, 11, 1, 5 + n, 30, tzinfo=UTC)) for n in range(2)]

    found = explained(twice, Channel.CALLS, autumn, NEW_YORK)

    assert [(each.end or FIRST) - (each.start or FIRST) for each in (autumn, spring)] == [
        timedelta(hours=25), timedelta(hours=23),
    ]  # fmt: skip
    assert [f"{at.astimezone(NEW_YORK):%H:%M %Z}" for at in found.times] == ["01:00 EDT", "01:00 EST"]


@pytest.mark.parametrize(("seconds", "is_within"), [(-1, False), (0, True), (86_399, True), (86_400, False)])
def test_a_day_begins_at_midnight_and_ends_before_the_next(seconds: int, is_within: bool) -> None:  # noqa: FBT001 - a table
    midnight = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

    span = day(date(2026, 11, 24), NEW_YORK)

    assert span.holds(midnight + timedelta(seconds=seconds)) is is_within


def test_what_changed_after_the_day_is_shown_as_it_was_then_and_as_it_is_now() -> None:
    morning, next_day = (datetime(2026, 11, at, 15, tzinfo=UTC) for at in (24, 25))
    rows = letter("L-1", (LetterOutcome.DELIVERED, morning), (LetterOutcome.BOUNCED, next_day))

    found = explained(rows, Channel.LETTERS, day(date(2026, 11, 24), NEW_YORK), NEW_YORK)

    assert (found.then.outcomes, found.standing.outcomes) == (
        {LetterOutcome.DELIVERED: 1}, {LetterOutcome.BOUNCED: 1},
    )  # fmt: skip
    assert [(each.row.outcome, each.row.at, each.by_hand) for each in found.corrections] == [
        (LetterOutcome.BOUNCED, next_day, False)
    ]
    assert explained(rows, Channel.LETTERS, day(date(2026, 11, 25), NEW_YORK), NEW_YORK).acts == ()


def test_a_correction_by_hand_leaves_the_row_it_corrects_and_has_an_id_of_its_own() -> None:
    first = call(1, Outcome.VOICEMAIL, FIRST)
    second = corrected(first, Outcome.BUSY, FIRST + timedelta(days=2))
    third = corrected(second, Outcome.SPOKE, FIRST + timedelta(days=3))

    assert [each.id for each in (first, second, third)] == ["call-1-1", "call-1-1~1", "call-1-1~2"]
    assert (second.instead_of, third.instead_of, third.basis) == (
        Outcome.VOICEMAIL, Outcome.BUSY, Basis.STAFF,
    )  # fmt: skip
    assert acts([third, first, second]) == [Act("call-1-1", (first, second, third))]


def test_rows_that_do_not_follow_from_one_another_are_named() -> None:
    whole = letter(
        "L-1", *((each, FIRST) for each in (LetterOutcome.ON_ITS_WAY, LetterOutcome.DELIVERED, LetterOutcome.BOUNCED))
    )  # fmt: skip
    wrong = replace(whole[2], instead_of=LetterOutcome.ON_ITS_WAY)

    for rows in ([whole[0], whole[2]], whole[1:], [*whole[:2], wrong]):
        assert len(explained(rows, Channel.LETTERS, Span(), NEW_YORK).broken) == 1
    assert explained(whole, Channel.LETTERS, Span(), NEW_YORK).broken == ()
