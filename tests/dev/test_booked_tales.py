"""Tales of booked calls: they end well on an app that is right, and say so where they don't."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.hours import is_open
from chalicelib.runtime import Runtime
from dev.phone_world.people import HangUp, PickUp
from dev.rehearsing import Rehearsal
from dev.stories.booked import BOOKED_TALES, EVERY_WEEK, IN_MARCH, BookedTale
from dev.stories.judging import Telling
from dev.stories.rehearsed import fresh, told
from dev.stories.tale import NO_FORM
from tests.rehearsal import TOKEN, campaign, sweep


def rehearse(tale: BookedTale, built: Runtime) -> Telling:
    sweep()
    asked = fresh(campaign(tale.now.date()), tale.now)
    return told(tale, Rehearsal(built, asked, TOKEN, start=tale.now), asked.offices[0])


@pytest.mark.parametrize("tale", BOOKED_TALES, ids=lambda tale: tale.name)
def test_each_ends_as_it_must(tale: BookedTale, built: Runtime) -> None:
    telling = rehearse(tale, built)

    assert telling.differences == ()
    assert sum(call.rings for call in (*telling.before, telling.played)) == len(tale.rings)
    booked, *rang = [aside for aside in telling.asides if not aside.startswith("On the page")]
    assert booked.startswith("Booked on Saturday")
    assert [aside.endswith("0 s after its time.") for aside in rang] == [True] * len(tale.rings)


@pytest.mark.parametrize(
    ("off", "said"), [(-5, "the phone rang 300 s after its time"), (60, "the phone rang 0, not 1")]
)
def test_a_ring_at_another_time_is_a_difference(built: Runtime, off: int, said: str) -> None:
    """An hour off: as if the clocks never changed. The schedule is asleep until shortly before, and then too late."""
    rings = tuple(ring + timedelta(minutes=off) for ring in IN_MARCH.rings)
    telling = rehearse(replace(IN_MARCH, rings=rings, heard=()), built)

    assert telling.differences == (said,)


def test_a_week_without_a_ring_and_another_end_are_differences(built: Runtime) -> None:
    more = (*EVERY_WEEK.rings, EVERY_WEEK.rings[-1] + timedelta(weeks=1))
    silent = replace(
        EVERY_WEEK, rings=more, script=(PickUp(after=5), HangUp(after=10)), heard=("never said",)
    )
    telling = rehearse(silent, built)

    assert telling.differences == (
        "the phone rang 2, not 3",
        *("it ended as hung_up, not thanks", "the ledger has (), not ('spoke',)") * 2,
        "nobody said “never said” in its turn",
    )


def test_a_page_that_says_something_else_is_a_difference(built: Runtime) -> None:
    wish = replace(IN_MARCH.page, reads=("Abierta ahora",))
    telling = rehearse(replace(IN_MARCH, page=wish), built)

    assert telling.differences == ("no page said “Abierta ahora” in its turn",)


def test_an_office_that_is_open_and_a_time_that_is_none_are_differences(built: Runtime) -> None:
    monday = IN_MARCH.rings[0] + timedelta(hours=2)
    telling = rehearse(
        replace(IN_MARCH, now=monday, rings=(), page=NO_FORM, at="2027-03-15T11:07:00-04:00", heard=()), built
    )

    assert [words.partition(",")[0] for words in telling.differences] == [
        "the wish to call now was answered (202",
        "the wish to book was answered 400",
    ]


def test_the_tales_begin_when_every_office_is_closed() -> None:
    for tale in BOOKED_TALES:
        offices = fresh(campaign(tale.now.date()), tale.now).offices
        assert not any(is_open(office, tale.now) for office in offices)
