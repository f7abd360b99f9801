"""Somebody is asked whether they want alerts, and says nothing: a day later it is as if they had never asked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.domain.campaign import Status
from chalicelib.domain.subscriber import ConsentRow, Source, State
from chalicelib.views import texting
from dev.phone_world.clock import DEFAULT_START
from dev.phone_world.keywords import LONG_CODE
from tests.rehearsal import ANA, LUIS, SLUG, Rehearsal, rehearsing

HOUR = 3600.0
PART_OF_A_SECOND = timedelta(milliseconds=700)


@pytest.fixture
def house() -> Iterator[Rehearsal]:
    with rehearsing(start=DEFAULT_START + PART_OF_A_SECOND) as made:
        made.world.rules.keywords = LONG_CODE.without("YES", "STOP", "START", "HELP", "UNSTOP")
        yield made


def state(house: Rehearsal, phone: str = ANA) -> State:
    return house.runtime.subscribers.standing(texting.key_of(phone)).with_programme(SLUG).state


def ledger(house: Rehearsal, phone: str = ANA) -> tuple[ConsentRow, ...]:
    return house.runtime.subscribers.consents(texting.key_of(phone))


def looks(house: Rehearsal) -> list[dict[str, Any]]:
    return list(house.runtime.roll._table.scan("subscriber_due"))


def test_a_question_that_nobody_answered_is_over_after_a_day(house: Rehearsal) -> None:
    asked_at = house.clock.now()
    house.text_us("FAMILIES")

    house.world.advance(23.9 * HOUR)
    house.play_broadcasts()
    assert state(house) is State.PENDING

    house.world.advance(0.2 * HOUR)
    house.play_broadcasts()
    last = ledger(house)[-1]
    assert (state(house), last.was, last.now) == (State.UNKNOWN, State.PENDING, State.UNKNOWN)
    assert (last.source, last.at) == (Source.TIME, asked_at + timedelta(days=1))
    assert len(house.texts_to()) == 1
    assert looks(house) == []


def test_a_look_in_the_very_second_but_too_early_is_not_lost(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    (asked,) = house.runtime.subscribers.standing(texting.key_of(ANA)).profiles.values()
    assert asked.asked_at is not None
    assert asked.asked_at.microsecond, "a look is listed by the whole second before"
    just_before = asked.asked_at + timedelta(days=1) - timedelta(microseconds=asked.asked_at.microsecond // 2)
    house.world.advance((just_before - house.clock.now()).total_seconds())
    house.play_broadcasts()
    assert state(house) is State.PENDING

    house.world.advance(2)
    house.play_broadcasts()
    assert (state(house), looks(house)) == (State.UNKNOWN, [])


def test_the_schedule_may_have_stood_still_for_most_of_a_day(house: Rehearsal) -> None:
    asked_at = house.clock.now()
    house.text_us("FAMILIES")

    house.world.advance((24 + 23) * HOUR)
    house.world.advance(HOUR - house.clock.now().minute * 60)
    assert house.clock.now().minute == 0, "the minute in which a day is looked at"
    house.play_broadcasts()

    assert state(house) is State.UNKNOWN
    assert ledger(house)[-1].at == asked_at + timedelta(days=1)


def test_who_answered_in_time_is_left_alone_and_nothing_is_written(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    house.text_us("YES")
    before = [item for item in house.rows() if not item["PK"]["S"].startswith("SUBSCRIBERDUE#")]

    house.world.advance(25 * HOUR)
    house.play_broadcasts()

    assert state(house) is State.SUBSCRIBED
    assert house.rows() == before


def test_who_asked_again_has_a_day_again(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    house.world.advance(25 * HOUR)
    house.text_us("FAMILIES")
    assert [row.now for row in ledger(house)] == [State.PENDING, State.UNKNOWN, State.PENDING]

    house.play_broadcasts()
    assert state(house) is State.PENDING
    house.world.advance(24.1 * HOUR)
    house.play_broadcasts()
    assert (state(house), len(ledger(house)), looks(house)) == (State.UNKNOWN, 4, [])


def test_a_worker_that_was_cut_off_before_it_could_forget_the_look_writes_no_second_row(
    house: Rehearsal,
) -> None:
    house.text_us("FAMILIES")
    house.world.advance(25 * HOUR)
    events, broken = house.dynamodb.meta.events, [OSError("cut off")]

    def cut_off(**_: object) -> None:
        if broken:
            raise broken.pop()

    events.register("before-call.dynamodb.DeleteItem", cut_off)
    house.play_broadcasts()
    assert (state(house), len(looks(house))) == (State.UNKNOWN, 1)

    house.play_broadcasts()
    assert (len(ledger(house)), looks(house)) == (2, [])


def test_one_who_cannot_be_looked_at_does_not_keep_the_others_waiting(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    house.text_us("FAMILIAS", LUIS)
    house.world.advance(25 * HOUR)
    broken = keys.subscriber(texting.key_of(ANA))

    def refuse(params: dict[str, Any], **_: object) -> None:
        if broken in str(params):
            raise OSError("not now")

    house.dynamodb.meta.events.register("provide-client-params.dynamodb.Query", refuse)
    house.play_broadcasts()
    house.dynamodb.meta.events.unregister("provide-client-params.dynamodb.Query", refuse)
    assert (state(house), state(house, LUIS)) == (State.PENDING, State.UNKNOWN)

    house.play_broadcasts()
    assert state(house) is State.UNKNOWN


def test_a_campaign_that_has_ended_still_forgets(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    house.set_status(Status.ENDED)
    house.world.advance(25 * HOUR)

    house.play_broadcasts()

    assert state(house) is State.UNKNOWN
