"""What is kept of a consent, and how long: nothing of it has an end before it has ended, and a stop never has one."""

from collections.abc import Iterator

import pytest

from chalicelib.adapters import keys
from chalicelib.domain.retention import KEPT_AFTER
from chalicelib.views import texting
from dev.phone_world.keywords import LONG_CODE
from tests.rehearsal import ANA, Rehearsal, rehearsing


@pytest.fixture
def house() -> Iterator[Rehearsal]:
    with rehearsing() as made:
        made.world.rules.keywords = LONG_CODE.without("YES", "STOP", "START", "HELP", "UNSTOP")
        yield made


def ends(house: Rehearsal) -> list[int | None]:
    """The end of each row of Ana's ledger, in order."""
    rows = house.runtime.roll._table.partition(keys.subscriber(texting.key_of(ANA)))
    return [row.get("expires_at") for row in rows if row["type"] == "consent"]


def test_a_minute_after_a_stop_the_consent_before_it_has_an_end_and_the_stop_has_none(
    house: Rehearsal,
) -> None:
    house.text_us("FAMILIES")
    house.text_us("yes")
    house.world.advance(90)
    house.play_broadcasts()
    assert ends(house) == [None, None]

    stopped_at = house.clock.now()
    house.text_us("stop")
    house.world.advance(90)
    house.play_broadcasts()

    first, second, last = ends(house)
    assert first == second == int((stopped_at + KEPT_AFTER).timestamp())
    assert last is None
    assert not list(house.runtime.roll._table.scan("subscriber_due"))[1:]


def test_a_question_nobody_answered_leaves_rows_that_end(house: Rehearsal) -> None:
    house.text_us("FAMILIES")
    house.world.advance(25 * 3600)
    house.play_broadcasts()

    assert len(ends(house)) == 2
    assert None not in ends(house)
