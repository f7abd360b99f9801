"""Figures by hour, office, language and day: nothing is lost in joining them, and days are those of the zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.counts import Action, Basis, Channel, LetterOutcome, Outcome, added, counted
from chalicelib.domain.figures import by, call_hours, hour_sums, on, reached_by_day, since
from chalicelib.domain.words import Language
from tests.values import NOW

EASTERN = ZoneInfo("America/New_York")


def action(
    number: int,
    outcome: Outcome | LetterOutcome = Outcome.SPOKE,
    at: datetime = NOW,
    *,
    office: str = "ero-atl",
    language: Language | None = Language.EN,
    instead_of: LetterOutcome | None = None,
) -> Action:
    channel = Channel.LETTERS if isinstance(outcome, LetterOutcome) else Channel.CALLS
    return Action(
        f"a-{number}", "families-28", channel, office, outcome, Basis.KEY, 42, at, instead_of, language
    )


MOMENTS = st.datetimes(datetime(2026, 10, 30), datetime(2026, 11, 4)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
ACTIONS = st.lists(
    st.builds(
        action,
        st.integers(),
        st.sampled_from([*Outcome, LetterOutcome.ON_ITS_WAY]),
        MOMENTS,
        office=st.sampled_from(["a", "b"]),
        language=st.sampled_from([*Language, None]),
    )
)


@given(ACTIONS)
def test_however_they_are_joined_the_sum_is_the_ledger_s(actions: list[Action]) -> None:
    sums = hour_sums(actions)

    for parts in (
        by(sums, lambda each: each.office),
        by(sums, lambda each: each.language),
        by(sums, lambda each: each.hour),
    ):
        assert added(parts.values()) == added([counted(actions)])


@given(ACTIONS)
def test_the_days_of_a_zone_add_up_to_all_that_got_through(actions: list[Action]) -> None:
    sums = hour_sums(actions)

    assert sum(reached_by_day(sums, EASTERN).values()) == counted(actions).reached


@given(ACTIONS)
def test_the_hours_of_all_days_are_all_calls(actions: list[Action]) -> None:
    sums = hour_sums(actions)

    days = {each.hour.astimezone(EASTERN).date() for each in sums}
    hours = [parts for day in days for parts in call_hours(sums, day, EASTERN).values()]
    assert sum(map(sum, hours)) == counted(each for each in actions if each.channel is Channel.CALLS).tally


def test_a_day_and_an_hour_are_those_of_the_zone() -> None:
    late = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)  # 10:30 pm of the 24th in New York
    outcomes = (Outcome.SPOKE, Outcome.VOICEMAIL, Outcome.BUSY)
    sums = hour_sums(action(number, outcome, late) for number, outcome in enumerate(outcomes))

    assert call_hours(sums, date(2026, 11, 24), EASTERN) == {22: (1, 1, 1)}
    assert call_hours(sums, date(2026, 11, 25), EASTERN) == {}
    assert reached_by_day(sums, EASTERN) == {date(2026, 11, 24): 2}
    assert since(sums, date(2026, 11, 25), EASTERN) == ()


def test_a_correction_is_taken_off_in_the_hour_in_which_it_was() -> None:
    delivered = action(0, LetterOutcome.DELIVERED)
    back = action(1, LetterOutcome.BOUNCED, NOW + timedelta(days=1), instead_of=LetterOutcome.DELIVERED)

    sums = hour_sums([delivered, back])

    assert list(reached_by_day(sums, EASTERN).values()) == [1, -1]
    assert on(sums, Channel.CALLS) == ()
