"""The spend guard through the real app: what is counted, what the page says, and that calling us is left alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app import app
from chalicelib.domain.call import Ending
from chalicelib.domain.campaign import Limits
from chalicelib.domain.limits import calls_of, day_after, day_of
from chalicelib.observability import forget
from chalicelib.runtime import Runtime
from dev.phone_world import CreateFault, Decline, Supporter
from dev.server import Gateway
from tests.rehearsal import ANA, LUIS, SLUG, Rehearsal, sweep
from tests.stories.placing_house import Placing
from tests.stories.test_bookings import book

THIRD = "+14045550119"


@pytest.fixture
def house(built: Runtime) -> Iterator[Placing]:
    sweep()
    made = Placing(built)
    for phone in (ANA, LUIS, THIRD):
        made.world.add(Supporter(phone, [Decline()]))
    yield made
    assert made.world.complaints == []
    assert made.outcomes() == []


def cap(house: Rehearsal, **limits: int) -> None:
    current = house.runtime.catalog.campaign(SLUG)
    assert current is not None
    house.runtime.catalog.apply(replace(current, limits=Limits(**limits)), house.clock.now())
    house.runtime._campaigns.clear()


def used(house: Rehearsal) -> int:
    return house.runtime.store.spent(calls_of(SLUG), day_of(house.clock.now()))


def test_calls_in_line_when_the_cap_is_reached_end_without_a_ring_and_their_page_says_so(
    house: Placing,
) -> None:
    cap(house, rings_a_day=1)
    first, second = house.tap(ANA), house.tap(LUIS)
    house.play(minutes=2)

    assert (first["http"], second["http"]) == (202, 202)
    assert house.rung() == {ANA}
    assert house.session(second["id"]).ending is Ending.BUDGET
    assert house.session(second["id"]).phone is None
    page = house.get(f"/calls/{second['id']}?lang=en")[2].decode()
    assert "We can’t call anyone else today" in page
    assert 'href="tel:+12025550142"' in page
    assert house.tally().tally == 0


def test_who_comes_after_the_cap_is_told_at_once_and_waits_for_nothing(house: Placing) -> None:
    cap(house, rings_a_day=1)
    house.tap(ANA)
    house.play(minutes=1)
    sent = len(house.queue.sent)

    refused = house.tap(LUIS)
    form = {"phone": LUIS, "consent": "call-1"}
    page = house.post_page(f"/c/{SLUG}?lang=es", form)

    assert (refused["http"], refused["error"]["code"]) == (429, "budget_spent")
    assert refused["error"]["try_again"] == day_after(house.clock.now()).isoformat(timespec="seconds")
    assert page[0] == 429
    assert "Hoy ya no podemos llamar a más personas" in page[1]
    assert "Si llama usted, funciona igual y llega a la misma oficina." in page[1]
    assert 'href="tel:+12025550142"' in page[1]
    assert len(house.queue.sent) == sent
    assert used(house) == 1
    campaign_page = house.get(f"/c/{SLUG}")[2].decode()
    assert "We can’t call anyone else today" in campaign_page
    assert 'id="phone"' not in campaign_page
    assert 'value="tap"' in campaign_page


def test_the_next_day_has_a_budget_of_its_own(house: Placing) -> None:
    cap(house, rings_a_day=1)
    house.tap(ANA)
    house.play(minutes=1)
    assert house.tap(LUIS)["http"] == 429

    house.world.advance((day_after(house.clock.now()) - house.clock.now()).total_seconds() + 6)

    assert house.get(f"/c/{SLUG}")[0] == 200
    assert used(house) == 0
    # The offices are closed at midnight; that, and not the budget, is what is in the way then.
    assert house.tap(LUIS).get("error", {}).get("code") != "budget_spent"


@pytest.mark.parametrize("delivery", ["twice at once", "three times", "again while Twilio is asked"])
def test_a_message_that_comes_again_spends_nothing(house: Placing, delivery: str) -> None:
    cap(house, rings_a_day=5)
    house.bring(delivery)
    house.tap(ANA)
    house.play(minutes=5)

    assert len(house.wire.placings) == used(house) == 1


def test_a_call_that_twilio_sends_back_is_counted_once_though_the_cap_is_reached_meanwhile(
    house: Placing,
) -> None:
    cap(house, rings_a_day=1)
    house.world.next_creates += [CreateFault.throttled()] * 3
    call = house.tap(ANA)
    house.play(minutes=2)

    assert len(house.wire.placings) == 4
    assert house.rung() == {ANA}
    assert used(house) == 1
    assert house.session(call["id"]).ending is Ending.NOT_PICKED_UP


def test_a_call_that_may_have_been_placed_stays_counted(house: Placing) -> None:
    cap(house, rings_a_day=1)
    house.world.next_creates.append(CreateFault.broken(placed=False))
    house.tap(ANA)
    house.play(minutes=10)

    assert house.rung() == set()
    assert used(house) == 1
    assert house.tap(LUIS)["http"] == 429


def test_a_booked_call_spends_from_the_same_budget(house: Placing) -> None:
    cap(house, rings_a_day=1)
    booked = book(house, phone=LUIS)
    assert booked["http"] == 201
    house.world.advance(timedelta(minutes=1).total_seconds())
    house.tap(ANA)
    house.play(minutes=40)

    assert house.rung() == {ANA}
    assert used(house) == 1


def test_a_cap_of_nothing_calls_nobody(house: Placing) -> None:
    cap(house, rings_a_day=0)

    assert house.tap(ANA)["error"]["code"] == "budget_spent"
    assert used(house) == 0


def test_reaching_the_cap_is_written_down_and_so_is_the_share_of_it(
    house: Placing, caplog: pytest.LogCaptureFixture
) -> None:
    cap(house, rings_a_day=2)
    forget()
    house.tap(ANA)
    house.play(minutes=1)
    house.tap(LUIS)
    house.play(minutes=1)
    caplog.clear()
    house.tap(THIRD)

    (written,) = [vars(record) for record in caplog.records if record.getMessage() == "happened"]
    assert (written["SpendCapReached"], written["BudgetUsed"]) == (1, 100.0)


# Limits per campaign and place.


def ask(house: Rehearsal, phone: str, source: str) -> int:
    wish = {"phone": phone, "language": "en", "consent": "call-1", "proof": house.proof()}
    headers = [("content-type", "application/json")]
    return (
        Gateway(app)
        .answer("POST", f"/api/campaigns/{SLUG}/calls", headers, json.dumps(wish).encode(), source)
        .status
    )


def test_a_campaign_may_bear_fewer_calls_from_one_place_than_the_deployment(house: Placing) -> None:
    cap(house, calls_an_hour_per_source=2)

    asked = [ask(house, f"+1404555{number:04}", "203.0.113.7") for number in range(100, 104)]

    assert asked == [202, 202, 429, 429]
    assert ask(house, "+14045550110", "203.0.113.8") == 202


def test_all_addresses_of_one_ipv6_site_are_one_place(house: Placing) -> None:
    cap(house, calls_an_hour_per_source=2)

    sources = ["2001:db8:12::1", "2001:db8:12:ff::2", "2001:db8:12:abcd:1:2:3:4", "2001:db8:13::1"]
    asked = [ask(house, f"+1404555{100 + each:04}", source) for each, source in enumerate(sources)]

    assert asked == [202, 202, 429, 202]
