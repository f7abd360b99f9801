"""A canary that calls us: its number, its ZIP code and its page's six digits are found nowhere they must not be."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters.area_items import AreaShelf
from chalicelib.domain.areas import Area, Areas
from chalicelib.domain.call import Ending
from chalicelib.domain.campaign import Local, Routing
from chalicelib.domain.office import Closure, Hours
from chalicelib.runtime import Runtime
from dev.phone_world import ANONYMOUS, Faults, Heard, Press
from dev.phone_world.people import Move
from tests.rehearsal import OUR_NUMBER, SLUG, sweep
from tests.stories.canary_house import CANARY, HOW, SINKS, CanaryHouse, Ears, failing, listening, timed_out

ZIP = "30327"
MENU, ENGLISH, ASKED = (
    Heard("what you could say, press 2"),
    Heard("For English"),
    Heard("five digit ZIP code"),
)
SPOKE: tuple[Move, ...] = (Press("1", when=MENU), Press("1", when=HOW))


@pytest.fixture
def house(built: Runtime, capfd: pytest.CaptureFixture[str]) -> Iterator[CanaryHouse]:
    """A house that is listened to; in the end the number stands in no sink and nowhere in the table."""
    sweep()
    with listening(built.store._table.client, capfd) as ears:
        made = CanaryHouse(built, ears)
        yield made
    assert ears.leaks() == {}
    assert CANARY not in str(made.rows())


def calls_us(house: CanaryHouse, *script: Move, after: str = "", shows: str = "") -> None:
    house.world.call_in(CANARY, OUR_NUMBER, script, post_dial=after, shows=shows)


def told_of(ears: Ears, digits: str, but: Sequence[str] = ()) -> dict[str, str]:
    """The sinks in which these digits stand, together or spaced."""
    sought = re.compile(r"(?<!\d)" + r"\s?".join(digits) + r"(?!\d)")
    found = {
        sink: next(filter(sought.search, ears.heard[sink]), None) for sink in SINKS if sink not in set(but)
    }
    return {sink: text[:300] for sink, text in found.items() if text is not None}


def change(house: CanaryHouse, **changes: object) -> None:
    """Have the app find the campaign like this from now on."""
    asked = house.runtime.campaign(SLUG)
    assert asked is not None
    changed = replace(asked, **changes)  # type: ignore[arg-type]  # replace checks the names
    house.runtime._campaigns[SLUG] = (float("inf"), changed)


@pytest.mark.parametrize("rough", [False, True], ids=["smooth", "rough"])
def test_the_six_digits_are_on_their_page_and_gone_after_the_join(house: CanaryHouse, *, rough: bool) -> None:
    page = house.post(f"/api/campaigns/{SLUG}/calls", {"by": "tap", "language": "en"})
    code = page["code"]
    house.call_page(page["id"])
    if rough:
        house.world.faults = Faults(duplicate=0.4, delay=0.2, reorder=0.4, lose=0.2, lose_answer=0.1)
    calls_us(house, *SPOKE, after=page["dial"].removeprefix(OUR_NUMBER))
    house.world.advance(30)
    house.call_page(page["id"])
    house.play(60, every=4)

    assert rough or house.outcomes() == ["spoke"]
    assert told_of(house.ears, code, but=["answer", "DynamoDB request"]) == {}
    left = [row for row in house.rows() if code in str(row)]
    assert [row["PK"]["S"] for row in left if row["type"] != {"S": "session"}] == [f"CODE#{code}"]
    assert len(left) == 1 or rough  # a call whose keys were lost has joined no page: it waits with its code


def test_a_zip_code_by_hand_is_found_nowhere(house: CanaryHouse) -> None:
    AreaShelf(house.runtime.catalog.table).put_areas(Areas(states={"GA": Area("ero-atl")}))
    change(house, routing=Routing(local=Local.BEFORE))
    calls_us(house, Press("1", when=ENGLISH), Press(ZIP, when=ASKED), *SPOKE)
    house.play(20, every=4)

    assert house.outcomes() == ["spoke"]
    assert "five digit ZIP code" in house.heard(CANARY)
    assert told_of(house.ears, ZIP) == {}
    assert ZIP not in str(house.rows())


def test_a_call_booked_by_a_key_keeps_the_number_until_it_is_over(house: CanaryHouse) -> None:
    today = house.clock.now().date()
    hours = Hours(closures=(Closure(today, today, "snow"),))
    asked = house.runtime.campaign(SLUG)
    assert asked is not None
    change(house, offices=tuple(replace(office, hours=hours) for office in asked.offices))
    calls_us(house, Press("1", when=ENGLISH), Press("3", when=Heard("press 3")))
    house.play()
    (session,) = (row for row in house.rows() if row["type"] == {"S": "session"})
    call_id = session["PK"]["S"].removeprefix("CALL#")
    booked = house.session(call_id)
    assert booked.ending is Ending.BOOKED
    assert booked.booked_at is not None
    house.call_page(call_id)

    house.world.advance((booked.booked_at - timedelta(minutes=20) - house.clock.now()).total_seconds())
    house.play(minutes=60)

    assert house.outcomes() == ["spoke"]
    assert house.ears.allowed["booked call"] > 0


def test_a_hidden_number_is_hidden_from_us_too(house: CanaryHouse) -> None:
    calls_us(house, Press("1", when=ENGLISH), *SPOKE, shows=ANONYMOUS)
    house.play(20, every=4)

    assert house.outcomes() == ["spoke"]
    assert house.ears.allowed["open session"] == 0


@pytest.mark.parametrize("operation", ["GetItem", "BatchGetItem", "TransactWriteItems", "UpdateItem"])
def test_a_store_that_quotes_what_it_was_asked_is_not_quoted(house: CanaryHouse, operation: str) -> None:
    page = house.post(f"/api/campaigns/{SLUG}/calls", {"by": "tap", "language": "en"})
    with failing(house, operation, error=timed_out):
        calls_us(house, Press(page["code"], when=ENGLISH), *SPOKE)
        house.world.advance(60)
    house.play(60, every=4)

    assert told_of(house.ears, page["code"], but=["answer", "DynamoDB request"]) == {}
