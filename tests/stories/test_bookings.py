"""Booked calls through the real app: a closed office, a time that comes, across both clock changes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.campaign import Status
from dev.phone_world import Heard, PickUp, Press, Supporter
from tests.conftest import Figure
from tests.rehearsal import ANA, LINES, SLUG, Rehearsal, rehearsing

HOW = Heard("How did it go")
BEFORE_OPENING = timedelta(minutes=25)
# The Monday after each change: nine in Atlanta is an hour earlier in UTC in summer.
MONDAYS = {
    "March": datetime(2027, 3, 15, 13, 0, tzinfo=UTC),
    "November": datetime(2027, 11, 8, 14, 0, tzinfo=UTC),
}


def book(house: Rehearsal, at: str = "when_open", **more: str) -> dict[str, Any]:
    wish = {
        "phone": ANA,
        "language": "en",
        "consent": "book-1",
        "office": "ero-atl",
        "zone": "America/Chicago",
    }
    return house.post(f"/api/campaigns/{SLUG}/bookings", wish | {"at": at, "proof": house.proof()} | more)


def known(house: Rehearsal, booking: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(house.get(f"/api/bookings/{booking}")[2])
    return found


@pytest.mark.parametrize("month", MONDAYS)
def test_a_closed_office_is_called_when_it_opens_right_across_the_change_of_clocks(
    month: str, figure: Figure
) -> None:
    opens = MONDAYS[month]
    with rehearsing(start=opens - timedelta(days=2)) as house:
        house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
        booked = book(house)
        house.world.advance((opens - BEFORE_OPENING - house.clock.now()).total_seconds())
        assert house.world.rings(ANA) == 0
        house.play(minutes=40)

        (call,) = house.world.calls_to(ANA)
        assert call.started is not None
        late = house.clock.start + timedelta(seconds=call.started) - opens
        figure(f"booked={month} rang_after_seconds={late.total_seconds():g}")
        assert booked["http"] == 201
        assert booked["at"].startswith(opens.strftime("%Y-%m-%dT08:00:00"))
        assert timedelta(0) <= late < timedelta(seconds=60)
        assert house.outcomes() == ["spoke"]
        assert known(house, booked["id"])["state"] == "placed"


def test_a_withdrawn_booking_rings_nobody_and_a_paused_campaign_says_why() -> None:
    opens = MONDAYS["November"]
    with rehearsing(start=opens - timedelta(hours=1)) as house:
        house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
        first, second = book(house), book(house, (opens + timedelta(minutes=30)).isoformat())
        house.post(f"/api/bookings/{first['id']}", {"do": "cancel"})
        house.play(minutes=75)
        house.set_status(Status.PAUSED)
        house.play(minutes=40)

        assert house.world.rings(ANA) == 0
        assert house.world.rings(LINES["ero-atl"]) == 0
        assert known(house, first["id"])["state"] == "cancelled"
        assert (known(house, second["id"])["state"], known(house, second["id"])["last"]["dropped"]) == (
            "dropped",
            "paused",
        )


def test_a_message_that_comes_twice_and_late_is_one_ring() -> None:
    opens = MONDAYS["March"]
    with rehearsing(start=opens - timedelta(hours=1)) as house:
        house.queue.copies = lambda: (0.0, 0.0, 95.0)
        house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
        book(house)
        house.play(minutes=90)

        assert len(house.world.calls_to(ANA)) == 1
        assert (house.outcomes(), house.difference()) == (["spoke"], 0)
