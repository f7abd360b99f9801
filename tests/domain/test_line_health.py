"""What a desk remembers of how its lines have answered, and when that makes one sick (voice.md M6)."""

from dataclasses import replace

import pytest

from chalicelib.domain.call import CallStatus
from chalicelib.domain.choosing import Standing
from chalicelib.domain.desk import (
    HOUR,
    MARK,
    MARKS,
    RECENT,
    Barred,
    Desk,
    Granted,
    LineUse,
    asked,
    cured,
    doubted,
    released,
    sickness,
    standing,
)
from chalicelib.domain.office import Caps, Line
from tests.values import NOW

FIRST, SECOND = "+14045550190", "+14045550191"
EMPTY = Desk("ero-atl")
LINE = Line(FIRST, caps=Caps(at_once=1, an_hour=20, pause=0))


def ended(desk: Desk, *statuses: CallStatus) -> Desk:
    """The desk after one call on the first line for each status, far apart."""
    for number, status in enumerate(statuses):
        moment = NOW + number * HOUR
        desk, answer = asked(desk, f"old-{number}", [LINE], moment, waits=False)
        assert isinstance(answer, Granted)
        desk = released(desk, f"old-{number}", FIRST, status, moment)
    return desk


def test_an_end_is_counted_once_however_often_it_is_told() -> None:
    desk, _ = asked(EMPTY, "a", [LINE], NOW, waits=False)

    once = released(desk, "a", FIRST, CallStatus.COMPLETED, NOW)

    assert released(once, "a", FIRST, CallStatus.COMPLETED, NOW) is once
    assert released(once, "nobody", FIRST, CallStatus.FAILED, NOW) is once
    assert released(once, "a", SECOND, CallStatus.FAILED, NOW) is once
    assert once.lines[FIRST].recent == "a"


def test_each_end_is_remembered_by_its_letter_and_what_nobody_knows_is_not() -> None:
    statuses = (
        CallStatus.COMPLETED,
        CallStatus.BUSY,
        CallStatus.NO_ANSWER,
        CallStatus.CANCELED,
        CallStatus.FAILED,
    )
    desk, _ = asked(ended(EMPTY, *statuses), "a", [LINE], NOW + 6 * HOUR, waits=False)
    desk = released(desk, "a", FIRST, None, NOW + 6 * HOUR)

    use = desk.lines[FIRST]
    assert (use.recent, use.connected, use.dialled, use.leases) == ("abnnf", 1, 5, ())


def test_the_last_twenty_ends_are_kept() -> None:
    desk = ended(EMPTY, CallStatus.BUSY, *[CallStatus.COMPLETED] * RECENT)

    assert desk.lines[FIRST].recent == "a" * 20


def test_an_office_stands_by_all_its_lines() -> None:
    lines = {FIRST: LineUse(connected=3, dialled=7), SECOND: LineUse(connected=1, dialled=2)}

    assert standing(Desk("ero-atl", lines=lines)) == Standing(connected=4, picked_up=4, dialled=9)
    assert standing(EMPTY) == Standing()


@pytest.mark.parametrize(
    ("recent", "found"),
    [
        ("", None),
        ("ffff", None),
        ("fffff", "failing"),
        ("fafafafafa", "failing"),
        ("fafafafaaa", None),
        ("fffff" + "a" * 10, None),
        ("fffff" + "a" * 5, "failing"),
        ("bnbnbnbnbnbnbn", None),
    ],
)
def test_a_line_is_failing_when_five_of_its_last_ten_dials_failed(recent: str, found: str | None) -> None:
    assert sickness(LineUse(recent=recent)) == found


def test_three_callers_make_a_wrong_number_and_one_caller_thrice_does_not() -> None:
    desk = EMPTY
    for mark in ("m1", "m1", "m2", "m1", "m2"):
        desk = doubted(desk, FIRST, mark)
    assert sickness(desk.lines[FIRST]) is None

    desk = doubted(desk, FIRST, "m3")

    assert sickness(desk.lines[FIRST]) == "wrong_number"


def test_of_many_who_say_wrong_number_a_few_short_marks_are_kept() -> None:
    desk = EMPTY
    for each in range(20):
        desk = doubted(desk, FIRST, f"{each:032}"[::-1])

    assert len(desk.lines[FIRST].wrong) == MARKS
    assert all(len(mark) == MARK for mark in desk.lines[FIRST].wrong)
    assert doubted(desk, FIRST, "another") is desk


def test_a_verification_forgets_the_evidence_and_keeps_the_calls() -> None:
    desk = ended(EMPTY, CallStatus.COMPLETED, *[CallStatus.FAILED] * 5)
    for mark in ("m1", "m2", "m3"):
        desk = doubted(desk, FIRST, mark)

    well = cured(desk, FIRST)

    assert sickness(desk.lines[FIRST]) == "wrong_number"
    assert sickness(well.lines[FIRST]) is None
    assert well.lines[FIRST].starts == desk.lines[FIRST].starts
    assert standing(well) == Standing(1, 1, 6)
    assert cured(well, FIRST) is well
    assert cured(EMPTY, FIRST) is EMPTY


def test_a_sick_line_is_passed_over_and_the_last_one_bars() -> None:
    desk = ended(EMPTY, *[CallStatus.FAILED] * 5)
    now = NOW + 9 * HOUR

    assert asked(desk, "a", [LINE, replace(LINE, number=SECOND)], now, waits=True)[1] == Granted(SECOND)
    assert asked(desk, "a", [LINE], now, waits=True) == (desk, Barred())
