"""An office's desk, rule by rule. The rules together, against a model: test_desk_in_any_order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from chalicelib.domain import prompts
from chalicelib.domain.call import CallStatus
from chalicelib.domain.desk import (
    LEASE,
    TYPICAL_CALL,
    WAIT_KEPT,
    Answer,
    Barred,
    Desk,
    Full,
    Granted,
    asked,
    doubted,
    left,
    released,
)
from chalicelib.domain.office import Caps, Line
from tests.values import NOW

FIRST, SECOND = "+14045550190", "+14045550191"
EMPTY = Desk("ero-atl")


def line(number: str = FIRST, at_once: int = 2, an_hour: int = 20, pause: int = 0) -> Line:
    return Line(number, caps=Caps(at_once, an_hour, pause))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def ask_all(
    desk: Desk, tickets: Sequence[str], lines: Sequence[Line], now: datetime = NOW, *, waits: bool = True
) -> tuple[Desk, list[Answer]]:
    """Ask for each ticket in turn."""
    answers = []
    for ticket in tickets:
        desk, answer = asked(desk, ticket, lines, now, waits=waits)
        answers.append(answer)
    return desk, answers


def places(answers: Sequence[Answer]) -> list[int]:
    return [answer.place for answer in answers if isinstance(answer, Full)]


# At once.


def test_so_many_calls_at_once_and_the_next_stands_first_in_line() -> None:
    _, answers = ask_all(EMPTY, ["a", "b", "c"], [line(at_once=2)])

    assert answers == [Granted(FIRST), Granted(FIRST), Full(1, TYPICAL_CALL.seconds)]


def test_a_repeat_gets_the_same_line_and_holds_it_once() -> None:
    desk, answers = ask_all(EMPTY, ["a", "a", "b", "c"], [line(at_once=2)])

    assert answers[:3] == [Granted(FIRST)] * 3
    assert places(answers) == [1]
    assert asked(desk, "a", [line()], NOW, waits=True) == (desk, Granted(FIRST))


def test_a_repeat_keeps_its_line_when_another_before_it_has_become_free() -> None:
    lines = [line(FIRST, at_once=1), line(SECOND)]
    desk, _ = ask_all(EMPTY, ["a", "b"], lines)
    desk = released(desk, "a", FIRST, CallStatus.COMPLETED, NOW)

    assert asked(desk, "b", lines, NOW, waits=True)[1] == Granted(SECOND)


def test_a_ticket_that_asks_for_other_lines_gets_the_first_of_those_it_holds_and_keeps_them_all() -> None:
    first, second = line(FIRST, at_once=1), line(SECOND, at_once=1)
    desk, earlier = asked(EMPTY, "a", [second], NOW, waits=False)
    desk, other = asked(desk, "a", [first], NOW, waits=False)
    assert (earlier, other) == (Granted(SECOND), Granted(FIRST))

    assert asked(desk, "a", [first, second], NOW, waits=False) == (desk, Granted(FIRST))
    assert asked(desk, "a", [second, first], NOW, waits=False) == (desk, Granted(SECOND))
    assert places(ask_all(desk, ["b"], [first, second], waits=False)[1]) == [1]


def test_the_first_free_line_is_used_and_the_second_when_the_first_is_full() -> None:
    _, answers = ask_all(EMPTY, ["a", "b", "c"], [line(FIRST, at_once=1), line(SECOND, at_once=1)])

    assert answers[:2] == [Granted(FIRST), Granted(SECOND)]
    assert places(answers) == [1]


def test_a_line_given_back_serves_the_next() -> None:
    desk, _ = ask_all(EMPTY, ["a"], [line(at_once=1)])
    desk = released(desk, "a", FIRST, CallStatus.BUSY, NOW)

    assert asked(desk, "b", [line(at_once=1)], NOW, waits=False)[1] == Granted(FIRST)


def test_a_line_that_nobody_gives_back_is_free_when_its_lease_ends_and_not_before() -> None:
    desk, _ = ask_all(EMPTY, ["lost"], [line(at_once=1)])
    last_second = NOW + LEASE - timedelta(seconds=1)

    assert places(ask_all(desk, ["b"], [line(at_once=1)], last_second)[1]) == [1]
    assert ask_all(desk, ["b"], [line(at_once=1)], NOW + LEASE)[1] == [Granted(FIRST)]


def test_an_end_told_after_its_lease_is_still_evidence_and_takes_nobody_s_place() -> None:
    lines = [line(at_once=1)]
    desk, _ = ask_all(EMPTY, ["late"], lines)
    told = released(desk, "late", FIRST, CallStatus.BUSY, NOW + LEASE)
    assert (told.lines[FIRST].recent, told.lines[FIRST].leases) == ("b", ())

    taken, _ = ask_all(desk, ["b"], lines, NOW + LEASE)

    assert released(taken, "late", FIRST, CallStatus.BUSY, NOW + LEASE) is taken


def test_a_lease_outlasts_the_longest_ring_and_talk() -> None:
    twilio_adds = 5

    assert LEASE.seconds >= prompts.RING_SECONDS + twilio_adds + prompts.TALK_SECONDS


# In an hour.


def test_so_many_starts_in_any_hour_and_one_more_when_the_first_is_an_hour_old() -> None:
    lines, desk = [line(an_hour=2, at_once=9)], EMPTY
    for ticket, seconds in (("a", 0), ("b", 1800)):
        desk, _ = asked(desk, ticket, lines, after(seconds), waits=False)
        desk = released(desk, ticket, FIRST, CallStatus.COMPLETED, after(seconds + 60))

    assert asked(desk, "c", lines, after(3599), waits=False)[1] == Full(1, 1)
    desk, answer = asked(desk, "c", lines, after(3600), waits=False)
    assert answer == Granted(FIRST)
    assert asked(desk, "d", lines, after(3601), waits=False)[1] == Full(1, 1799)


# Rest.


@pytest.mark.parametrize(("seconds", "is_granted"), [(14.9, False), (15, True)])
def test_a_line_rests_between_two_starts(seconds: float, *, is_granted: bool) -> None:
    desk, _ = ask_all(EMPTY, ["a"], [line(pause=15)])

    answer = asked(desk, "b", [line(pause=15)], after(seconds), waits=False)[1]

    assert isinstance(answer, Granted) is is_granted


@pytest.mark.parametrize(("seconds", "is_granted"), [(114.9, False), (115, True)])
def test_a_line_rests_after_an_end(seconds: float, *, is_granted: bool) -> None:
    desk, _ = ask_all(EMPTY, ["a"], [line(pause=15)])
    desk = released(desk, "a", FIRST, CallStatus.NO_ANSWER, after(100))

    answer = asked(desk, "b", [line(pause=15)], after(seconds), waits=False)[1]

    assert isinstance(answer, Granted) is is_granted


# In line.


def test_who_came_first_goes_first_and_a_newcomer_stands_behind() -> None:
    lines = [line(at_once=1)]
    desk, answers = ask_all(EMPTY, ["a", "b", "c"], lines)
    assert places(answers) == [1, 2]

    desk = released(desk, "a", FIRST, CallStatus.COMPLETED, NOW)
    desk, answers = ask_all(desk, ["new", "c", "b"], lines)

    assert places(answers[:2]) == [3, 2]
    assert answers[2] == Granted(FIRST)


def test_a_newcomer_is_served_only_from_what_those_in_line_leave() -> None:
    lines = [line(at_once=2)]
    desk, _ = ask_all(EMPTY, ["a", "b", "waits"], lines)
    desk = released(desk, "a", FIRST, CallStatus.COMPLETED, NOW)
    assert places(ask_all(desk, ["new"], lines, waits=False)[1]) == [2]

    desk = released(desk, "b", FIRST, CallStatus.COMPLETED, NOW)
    desk, answers = ask_all(desk, ["new", "waits"], lines, waits=False)

    assert answers == [Granted(FIRST), Granted(FIRST)]


def test_a_line_that_rests_between_two_calls_has_room_for_one_and_keeps_it_for_who_waits() -> None:
    lines = [line(at_once=3, pause=15)]
    desk, _ = ask_all(EMPTY, ["a", "waits"], lines)

    desk, answers = ask_all(desk, ["new", "waits"], lines, after(15))

    assert answers[1] == Granted(FIRST)
    assert places(answers) == [2]


def test_asking_without_waiting_leaves_no_trace() -> None:
    lines = [line(at_once=1)]
    desk, _ = ask_all(EMPTY, ["a", "b"], lines)

    same, answer = asked(desk, "new", lines, NOW, waits=False)

    assert same is desk
    assert isinstance(answer, Full) and answer.place == 2


def test_a_place_is_kept_for_a_minute_after_its_caller_last_asked() -> None:
    lines = [line(at_once=1)]
    desk, _ = ask_all(EMPTY, ["a", "b"], lines)
    desk, _ = ask_all(desk, ["b"], lines, NOW + WAIT_KEPT)
    still, over = NOW + 2 * WAIT_KEPT, NOW + 2 * WAIT_KEPT + timedelta(seconds=1)

    assert places(ask_all(desk, ["new"], lines, still)[1]) == [2]
    assert places(ask_all(desk, ["new"], lines, over)[1]) == [1]
    assert places(ask_all(desk, ["new", "b"], lines, over)[1]) == [1, 2]


def test_since_says_when_the_wait_began_however_often_its_caller_asks() -> None:
    lines = [line(at_once=1)]
    desk, _ = ask_all(EMPTY, ["a", "b"], lines)

    desk, _ = ask_all(desk, ["b"], lines, after(20))

    assert [(each.since, each.seen) for each in desk.waiting] == [(NOW, after(20))]


def test_who_leaves_makes_room_and_leaving_twice_changes_nothing() -> None:
    lines = [line(at_once=1)]
    desk, _ = ask_all(EMPTY, ["a", "b", "c"], lines)

    gone = left(desk, "b")

    assert left(gone, "b") is gone
    assert places(ask_all(gone, ["c"], lines)[1]) == [1]


def test_who_is_served_waits_no_more() -> None:
    lines = [line(at_once=1)]
    desk, _ = ask_all(EMPTY, ["a", "b"], lines)
    desk = released(desk, "a", FIRST, CallStatus.COMPLETED, NOW)

    desk, _ = ask_all(desk, ["b"], lines)

    assert desk.waiting == ()


# No line at all.


@pytest.mark.parametrize(
    "lines", [[], [line(at_once=0)], [line(an_hour=0)]], ids=["none", "0 at once", "0 an hour"]
)
def test_without_a_line_that_can_be_used_nobody_waits(lines: list[Line]) -> None:
    assert asked(EMPTY, "a", lines, NOW, waits=True) == (EMPTY, Barred())


def test_who_waits_for_a_line_that_falls_sick_waits_no_more() -> None:
    desk, _ = ask_all(EMPTY, ["a", "b"], [line(at_once=1)])
    for mark in ("m1", "m2", "m3"):
        desk = doubted(desk, FIRST, mark)

    desk, answer = asked(desk, "b", [line(at_once=1)], NOW, waits=True)

    assert (desk.waiting, answer) == ((), Barred())


# The estimate.


def test_the_wait_counts_the_talks_that_go_on_the_rest_after_each_and_the_hour() -> None:
    rested = [line(at_once=1, pause=30)]
    _, answers = ask_all(EMPTY, ["a", "b", "c"], rested)
    assert answers[1:] == [Full(1, 180 + 30), Full(2, 2 * (180 + 30))]

    hourly = [line(at_once=1, an_hour=2)]
    _, answers = ask_all(EMPTY, ["a", "b", "c"], hourly)
    assert answers[1:] == [Full(1, 180), Full(2, 3600)]


def test_a_talk_longer_than_typical_may_end_any_moment() -> None:
    desk, _ = ask_all(EMPTY, ["a"], [line(at_once=1)])

    assert asked(desk, "b", [line(at_once=1)], after(500), waits=True)[1] == Full(1, 1)


def test_two_lines_shorten_the_wait() -> None:
    lines = [line(FIRST, at_once=1), line(SECOND, at_once=1)]
    _, answers = ask_all(EMPTY, [str(each) for each in range(6)], lines)

    assert answers[2:] == [Full(1, 180), Full(2, 180), Full(3, 360), Full(4, 360)]
