"""How alerts and broadcasts look: what is said of whom, in the terminal's own zone, within its columns."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console, RenderableType

from chalicelib.domain.broadcast import Broadcast, ClaimState, Stage
from chalicelib.domain.broadcast_pacing import TEN_DLC, TOLL_FREE, Budget, pacific_day
from chalicelib.domain.broadcast_preview import Audience
from chalicelib.domain.quiet_hours import FALLBACK, Whereabouts
from chalicelib.domain.words import Language, Words
from cli import broadcast_screens as screens
from cli import broadcast_standing as standing
from cli.broadcast_screens import Previewed
from cli.broadcast_standing import Seen
from tests.values import NOW

EN, ES = Language.EN, Language.ES
TONIGHT = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
MADE = Broadcast(
    "20261124-1000-ab12cd", 1_260, 1, TONIGHT,
    campaign="families-28", words=Words("Neighbors: Reply CALL", "Vecinos: Pague 5€, {LLAMAR}"),
    sender="toll-free", made_by="Dana R.", made_at=NOW, counted_at=NOW,
)  # fmt: skip
AUDIENCE: Audience = Counter({
    (Whereabouts(("America/New_York",)), EN): 700,
    (Whereabouts(("America/Detroit",)), EN): 200,
    (Whereabouts(("America/Indiana/Indianapolis", "America/Chicago")), EN): 50,
    (Whereabouts(("America/Los_Angeles",)), ES): 290,
    (Whereabouts(FALLBACK), ES): 12,
    (Whereabouts(("America/Boise", "America/Denver", "America/Los_Angeles")), ES): 8,
})  # fmt: skip
DRAFT = Previewed(MADE, AUDIENCE, TOLL_FREE, Budget(pacific_day(NOW)), NOW)


@pytest.fixture(autouse=True)
def in_the_east() -> Iterator[None]:
    """A clock on the wall of an office in New York."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/New_York"
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def lines(shown: RenderableType, columns: int = 80) -> list[str]:
    console = Console(width=columns, highlight=False, color_system=None)
    with console.capture() as captured:
        console.print(shown)
    found = captured.get().splitlines()
    assert max(map(len, found)) <= columns
    return [" ".join(line.split()) for line in found]


@pytest.mark.parametrize("columns", [80, 100, 160])
def test_a_preview_says_all_that_matters_before_arming(columns: int) -> None:
    text = " ".join(lines(screens.preview(DRAFT), columns))

    assert "English 950 people 1 segment, 21 of 160 letters (GSM-7) Neighbors: Reply CALL" in text
    assert "Spanish 310 people 1 segment, 30 of 160 letters (GSM-7); € { } take the room of two" in text
    assert "Who 1,260 people" in text
    assert "Price $14.87 to $16.13, an estimate: 1.18 to 1.28 cents a segment" in text
    assert "9 November 2026" in text
    assert "Sender toll-free, 2.7 segments a second: 8 min of sending" in text
    assert "Last text Tue 24 Nov 14:" in text
    assert "Stale from Wed 25 Nov 01:00 EST; nothing is sent after that" in text
    assert "To arm it two people: more than 1,000 get it" in text


def test_windows_that_read_alike_are_one_row() -> None:
    found = lines(screens.preview(DRAFT))

    assert "now, until 20:00 950 New York, Detroit and 1 more" in found
    assert "from 12:00 298 Los Angeles, Boise … Los Angeles (3 zones)" in found
    assert "from 14:00 12 Puerto Rico or Honolulu" in found


def test_a_bar_says_how_many_texts_go_in_which_hour() -> None:
    found = lines(screens.preview(DRAFT))
    start = found.index("Texts an hour (EST)") + 1
    rows = [line.replace("█", "").replace("▌", "") for line in found[start:] if line]

    assert [" ".join(row.split()[:3]) for row in rows[:1]] == ["Tue 10:00 950"]
    assert any(row.startswith("Tue 12:00 298") for row in rows)
    assert any(row.startswith("Tue 14:00 12") for row in rows)


def test_whoever_is_too_late_is_told() -> None:
    late = replace(DRAFT, broadcast=replace(MADE, not_after=NOW + timedelta(hours=1)))
    found = lines(screens.preview(late))

    assert "not before it is stale 310 Los Angeles, Puerto Rico or Honolulu and 1 more" in found
    assert any(line.startswith("Too late 310 people would get none") for line in found)


def test_a_night_is_one_row() -> None:
    evening = NOW + timedelta(hours=10)  # 20:00 in New York
    tomorrow = replace(MADE, not_after=NOW + timedelta(days=2))
    east: Audience = Counter({(Whereabouts(("America/New_York",)), EN): 5})
    found = lines(screens.preview(Previewed(tomorrow, east, TOLL_FREE, Budget(pacific_day(NOW)), evening)))

    assert "Tue 20:00 to Wed 09:00: quiet" in found


def test_nobody_is_said_to_be_nobody() -> None:
    found = lines(screens.preview(replace(DRAFT, audience=Counter())))

    assert "Who 0 people" in found
    assert "Last text nobody gets any" in found


def test_the_second_person_reads_who_the_first_was() -> None:
    once = replace(DRAFT, broadcast=replace(MADE, armed_by=("Dana R.",)))

    assert "To arm it Dana R. has; now a second one: more than 1,000 get it" in lines(screens.preview(once))


def test_t_mobiles_day_is_told_where_there_is_one() -> None:
    capped = replace(DRAFT, sender=TEN_DLC[0], budget=Budget(pacific_day(NOW), 150))

    assert "T-Mobile 1,850 of 2,000 segments are left today" in " ".join(lines(screens.preview(capped)))
    assert "T-Mobile" not in " ".join(lines(screens.preview(DRAFT)))


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.001, "less than a minute"),
        (0.5, "30 min"),
        (2, "2 h"),
        (2.25, "2 h 15 min"),
        (1_028.8, "1,028 h 48 min"),
    ],
)
def test_a_time_it_takes_is_said_in_hours_and_minutes(hours: float, said: str) -> None:
    assert screens.lasting(hours) == said


def test_how_far_a_broadcast_is_fits_the_terminal() -> None:
    sending = replace(MADE, stage=Stage.SENDING, planned=1_250, armed_by=("Dana R.", "Lee K."))
    claims = Counter(dict.fromkeys(ClaimState, 1))
    found = lines(standing.standing(Seen(sending, claims, TEN_DLC[0], Budget(pacific_day(NOW), 150), NOW)))
    text = " ".join(found)

    assert "11 of 1,250" in text
    assert all(f"{words} 1" in text for words in standing.STATES.values())
    assert "claims 11, audience 1,250: 1,239 people still to come" in text
    assert "Left: 6 min of sending, inside people’s hours; stale from Wed 25 Nov 01:00 EST" in text
    assert "T-Mobile: 1,850 of 2,000 segments are left today" in text
    assert "Armed by Dana R. and Lee K." in text


def test_before_it_is_planned_the_audience_is_those_counted() -> None:
    armed = replace(MADE, stage=Stage.ARMED)

    assert "0 of 1,260" in " ".join(
        lines(standing.standing(Seen(armed, Counter(), TOLL_FREE, DRAFT.budget, NOW)))
    )


def test_who_watches_sees_how_fast_it_goes() -> None:
    sending = replace(MADE, stage=Stage.SENDING)
    first = Seen(sending, Counter({ClaimState.SENT: 100}), TOLL_FREE, DRAFT.budget, NOW)
    second = first._replace(claims=Counter({ClaimState.SENT: 130}), at=NOW + timedelta(seconds=10))

    assert standing.a_minute(None, first) is None
    assert standing.a_minute(first, second) == 180
    assert "Now: 180 people a minute" in lines(standing.standing(second._replace(a_minute=180)))
    assert not any(line.startswith("Now:") for line in lines(standing.standing(first)))


@pytest.mark.parametrize(
    ("stage", "why"),
    [
        (Stage.DRAFT, "nothing is sent until it is armed"),
        (Stage.ARMED, "1,260 people still to come"),
    ],
)
def test_why_the_sum_does_not_hold_yet_is_said(stage: Stage, why: str) -> None:
    seen = Seen(replace(MADE, stage=stage), Counter(), TOLL_FREE, DRAFT.budget, NOW)

    assert f"claims 0, audience 1,260: {why}" in lines(standing.standing(seen))


def test_of_a_cancelled_one_the_sum_counts_those_whose_turn_did_not_come() -> None:
    cancelled = replace(MADE, stage=Stage.CANCELLED, planned=1_250)
    claims = Counter({ClaimState.SENT: 700, ClaimState.SKIPPED_CANCELLED: 50})
    seen = Seen(cancelled, claims, TOLL_FREE, DRAFT.budget, NOW)
    whole = "✓ claims 750 + not begun 500 = audience 1,250: it was cancelled before the turn of 500 people"
    assert whole in " ".join(lines(standing.standing(seen)))

    unclear = seen._replace(claims=claims + Counter({ClaimState.AMBIGUOUS: 2}))
    text = " ".join(lines(standing.standing(unclear)))
    assert "claims 752 + not begun 498 = audience 1,250; of 2 people it is not clear yet" in text
