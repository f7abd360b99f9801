"""What the roll promises, on three implementations of the table: who gets alerts stands there, and nobody else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.adapters.roll import Roll, RollRow
from chalicelib.adapters.subscribers import Said, Subscribers
from chalicelib.domain.subscriber import Evidence, Moment
from chalicelib.domain.subscriber_events import (
    Confirmed,
    Event,
    Joined,
    LanguageAsked,
    Released,
    Stopped,
    Unclear,
    ZipTold,
)
from chalicelib.domain.subscriber_machine import advance_everywhere
from chalicelib.domain.words import Language
from tests.stores import fresh_table
from tests.values import NOW

ANA, LUIS = "a1" + "0" * 30, "a1" + "1" * 30
NUMBERS = {ANA: "+14045550123", LUIS: "+19565550148"}
FAMILIES, SHELTERS = "families-28", "shelters"
MINUTE = timedelta(minutes=1)
sids = (f"SM{number:032x}" for number in count(1))


@pytest.fixture
def table(backend: Any) -> Any:
    return fresh_table(backend)


def told(at: datetime) -> Evidence:
    return Evidence(id=next(sids), at=at, sender="+12025550142", language=Language.ES, shown="v1")


def takes(table: Any, event: Event, at: datetime, who: str = ANA, programme: str = FAMILIES) -> None:
    """Take one thing that was said; nothing but a text says a number."""
    subscribers = Subscribers(table)
    standing = subscribers.standing(who)
    others = [each for name, each in sorted(standing.profiles.items()) if name != programme]
    changes: Sequence[Any] = advance_everywhere(
        standing.with_programme(programme), others, event, Moment(at, "v1")
    )
    number = None if isinstance(event, Released) else NUMBERS[who]
    subscribers.take(Said(next(sids), at, number), standing, changes)


def joins(table: Any, who: str = ANA, programme: str = FAMILIES, at: datetime = NOW) -> None:
    takes(table, Joined(told(at)), at, who, programme)
    takes(table, Confirmed(told(at + MINUTE)), at + MINUTE, who, programme)


def row(zip_code: str | None = None, language: Language = Language.ES) -> RollRow:
    return RollRow(ANA, NUMBERS[ANA], language, NOW + MINUTE, zip_code)


def test_who_is_only_asked_does_not_stand_there_and_who_confirms_does(table: Any) -> None:
    takes(table, Joined(told(NOW)), NOW)
    assert list(Roll(table).all(FAMILIES)) == []

    takes(table, Confirmed(told(NOW + MINUTE)), NOW + MINUTE)
    assert list(Roll(table).all(FAMILIES)) == [row()]


def test_a_stop_takes_a_number_off_every_roll(table: Any) -> None:
    joins(table)
    joins(table, programme=SHELTERS)
    takes(table, Stopped(told(NOW + 3 * MINUTE)), NOW + 3 * MINUTE)

    assert [*Roll(table).all(FAMILIES), *Roll(table).all(SHELTERS)] == []


def test_what_they_say_of_themselves_changes_their_row_and_not_since_when(table: Any) -> None:
    joins(table)
    takes(table, ZipTold(told(NOW + 2 * MINUTE), "30303"), NOW + 2 * MINUTE)
    takes(table, LanguageAsked(told(NOW + 3 * MINUTE), Language.EN), NOW + 3 * MINUTE)

    assert list(Roll(table).all(FAMILIES)) == [row("30303", Language.EN)]


def test_who_is_held_and_let_go_by_a_person_keeps_their_row(table: Any) -> None:
    joins(table)
    takes(table, Unclear(told(NOW + 2 * MINUTE)), NOW + 2 * MINUTE)
    assert list(Roll(table).all(FAMILIES)) == [row()]

    takes(table, Released(told(NOW + 3 * MINUTE)), NOW + 3 * MINUTE)
    assert list(Roll(table).all(FAMILIES)) == [row()]


def test_who_comes_back_has_a_new_since(table: Any) -> None:
    joins(table)
    takes(table, Stopped(told(NOW + 2 * MINUTE)), NOW + 2 * MINUTE)
    joins(table, at=NOW + 5 * MINUTE)

    assert [each.since for each in Roll(table).all(FAMILIES)] == [NOW + 6 * MINUTE]
    assert Roll(table).count(FAMILIES, NOW + 5 * MINUTE) == 0
    assert Roll(table).count(FAMILIES, NOW + 6 * MINUTE) == 1


def test_a_shard_is_read_page_by_page_in_the_order_of_its_keys(table: Any) -> None:
    joins(table, LUIS)
    joins(table, ANA)

    first = Roll(table).page(FAMILIES, "a1", limit=1)
    second = Roll(table).page(FAMILIES, "a1", after=first[-1].phone_key, limit=1)
    assert [each.phone_key for each in (*first, *second)] == [ANA, LUIS]
    assert Roll(table).page(FAMILIES, "a1", after=LUIS) == ()
    assert Roll(table).page(FAMILIES, "a2") == ()


def test_rows_are_found_by_key_and_who_is_gone_is_not_there(table: Any) -> None:
    joins(table)

    assert Roll(table).rows(FAMILIES, [ANA, LUIS]) == {ANA: row()}


def test_a_number_is_not_shown_where_a_row_is_printed(table: Any) -> None:
    joins(table)

    assert NUMBERS[ANA] not in repr(list(Roll(table).all(FAMILIES)))
