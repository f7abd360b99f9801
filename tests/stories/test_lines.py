"""Lines under care: another line when one is busy, a place in line when all are in use, never a closed office."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.call import Ending, Stage
from chalicelib.domain.office import Caps, Closure, Hours, Line, Office
from chalicelib.runtime import Runtime
from dev.phone_world import Answer, HangUp, Heard, OfficeLine, PickUp, Press, Supporter
from dev.phone_world.people import Move
from tests.rehearsal import ANA, LINES, LUIS, SLUG, Rehearsal, sweep

FIRST, SECOND = LINES["ero-atl"], "+14045550191"
HOW = Heard("How did it go")


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    sweep()
    made = Rehearsal(built, built.store._table.client)
    yield made
    assert made.world.complaints == []
    assert made.difference() == 0


def change(house: Rehearsal, atlanta: Office) -> None:
    """Have the app find Atlanta like this from now on, as a campaign it has in memory."""
    asked = house.runtime.campaign(SLUG)
    assert asked is not None
    changed = replace(asked, offices=(atlanta, *asked.offices[1:]))
    house.runtime._campaigns[SLUG] = (float("inf"), changed)


def dials(house: Rehearsal, number: str) -> int:
    """How often a line was dialled, whether it rang or not."""
    return len(house.world.calls_to(number))


def atlanta(house: Rehearsal) -> Office:
    asked = house.runtime.campaign(SLUG)
    assert asked is not None
    return asked.offices[0]


def with_two_lines(house: Rehearsal, caps: Caps) -> None:
    line = replace(atlanta(house).lines[0], caps=caps)
    change(house, replace(atlanta(house), lines=(line, replace(line, number=SECOND))))


def with_caps(house: Rehearsal, caps: Caps) -> None:
    line: Line = replace(atlanta(house).lines[0], caps=caps)
    change(house, replace(atlanta(house), lines=(line,)))


@pytest.mark.parametrize(
    ("answers", "words", "first"),
    [
        (Answer.BUSY, "That line is busy. Trying another one.", "busy"),
        (Answer.RINGS_OUT, "Nobody picked up there. Trying another line.", "no_answer"),
        (Answer.CANT_CONNECT, "That line didn’t connect.", "failed"),
    ],
)
def test_a_line_that_does_not_connect_is_followed_by_the_offices_next_line(
    house: Rehearsal, answers: Answer, words: str, first: str
) -> None:
    with_two_lines(house, Caps(pause=0))
    house.world.add(OfficeLine(FIRST, answers), OfficeLine(SECOND, Answer.PERSON, talk_seconds=30))
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))

    house.tap()
    house.play()

    assert words in house.heard()
    assert (dials(house, FIRST), dials(house, SECOND)) == (1, 1)
    assert house.outcomes() == [first, "spoke"]


def test_when_all_lines_are_busy_the_next_office_is_offered_and_no_line_rings_twice(house: Rehearsal) -> None:
    with_two_lines(house, Caps(pause=0))
    house.world.add(OfficeLine(FIRST, Answer.BUSY), OfficeLine(SECOND, Answer.BUSY))
    script: list[Move] = [
        PickUp(),
        Press("1"),
        Press("1", when=Heard("To try the Washington")),
        Press("1", when=HOW),
    ]
    house.world.add(Supporter(ANA, script))

    house.tap()
    house.play()

    assert "Atlanta’s lines are all busy." in house.heard()
    assert (dials(house, FIRST), dials(house, SECOND), dials(house, LINES["ero-was"])) == (
        1,
        1,
        1,
    )
    assert house.outcomes() == ["busy", "busy", "spoke"]


def test_a_full_line_keeps_a_place_and_serves_it_when_it_is_free(house: Rehearsal) -> None:
    with_caps(house, Caps(at_once=1, an_hour=20, pause=0))
    house.world.add(OfficeLine(FIRST, Answer.PERSON, talk_seconds=90))
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
    house.world.add(Supporter(LUIS, [PickUp(), Press("1"), Press("1", when=HOW)]))

    house.tap(ANA)
    later = house.tap(LUIS)
    house.play()

    assert "Atlanta’s lines are in use. You’re first in line" in house.heard(LUIS)
    assert house.session(later["id"]).legs[0].line == FIRST
    assert house.outcomes() == ["spoke", "spoke"]


def test_who_hangs_up_in_line_gives_up_the_place(house: Rehearsal) -> None:
    with_caps(house, Caps(at_once=1, an_hour=20, pause=0))
    house.world.add(OfficeLine(FIRST, Answer.PERSON, talk_seconds=200))
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
    house.world.add(Supporter(LUIS, [PickUp(), Press("1"), HangUp(when=Heard("first in line"), after=2)]))

    house.tap(ANA)
    later = house.tap(LUIS)
    house.play()

    assert house.session(later["id"]).ending is Ending.HUNG_UP
    assert house.runtime.desks.desks(["ero-atl"])["ero-atl"].waiting == ()
    assert house.outcomes() == ["spoke"]


def test_nobody_is_held_longer_than_twelve_minutes(house: Rehearsal) -> None:
    with_caps(house, Caps(at_once=1, an_hour=1, pause=0))
    house.world.add(OfficeLine(FIRST, Answer.PERSON, talk_seconds=30))
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
    house.world.add(Supporter(LUIS, [PickUp(), Press("1")]))

    house.tap(ANA)
    later = house.tap(LUIS)
    house.play(minutes=20)

    assert house.session(later["id"]).ending is Ending.LINE_FULL
    assert "we won’t keep you waiting any longer" in house.heard(LUIS)
    assert house.world.rings(FIRST) == 1


def test_three_callers_who_say_wrong_number_put_the_line_to_rest(
    house: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    phones = [f"+1{area}5550123" for area in (404, 202, 303, 512)]
    for phone in phones:
        house.world.add(Supporter(phone, [PickUp(), Press("1"), Press("4", when=HOW)]))
    for phone in phones[:3]:
        house.tap(phone)
        house.play()

    last = house.tap(phones[3])
    house.play()

    assert house.world.rings(FIRST) == 3
    assert house.session(last["id"]).legs[0].office == "ero-was"
    found = house.runtime.catalog.office("ero-atl")
    assert found is not None
    assert found.lines[0].quarantined == "wrong_number"
    assert caplog.messages.count("line rests") == 1
    assert "desk not told" not in caplog.messages


def test_a_closed_office_is_not_called_and_all_closed_refuse_the_tap(house: Rehearsal) -> None:
    today = house.clock.now().date()
    shut = Hours(closures=(Closure(today - timedelta(days=1), today + timedelta(days=1), "snow"),))
    change(house, replace(atlanta(house), hours=shut))
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))

    call = house.tap()
    house.play()

    assert house.world.rings(FIRST) == 0
    assert house.session(call["id"]).legs[0].office == "ero-was"
    asked = house.runtime.campaign(SLUG)
    assert asked is not None
    closed = tuple(replace(office, hours=shut) for office in asked.offices)
    house.runtime._campaigns[SLUG] = (float("inf"), replace(asked, offices=closed))
    refused = house.tap(LUIS)
    assert (refused["http"], refused["error"]["code"]) == (409, "offices_closed")


def test_an_office_that_closes_while_the_menu_is_heard_is_not_rung(house: Rehearsal) -> None:
    today = house.clock.now().date()
    shut = Hours(closures=(Closure(today, today, "snow"),))
    house.world.add(Supporter(ANA, [PickUp(), Press("1", after=20), Press("1", when=Heard("is closed"))]))

    call = house.tap()
    house.world.advance(12)
    change(house, replace(atlanta(house), hours=shut))
    house.play(minutes=20)

    assert "The Atlanta office is closed. Connecting you to the ICE office in Washington." in house.heard()
    assert house.world.rings(FIRST) == 0
    assert house.session(call["id"]).stage is Stage.ENDED
