"""The rehearsal itself: it can begin on any day, and a phone can dial our number."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.rehearsal import ANA, OUR_NUMBER, PUBLIC_URL, rehearsing

EASTERN = ZoneInfo("America/New_York")
TEN_IN_THE_MORNING = 10


@pytest.mark.parametrize(
    ("start", "next_morning"),
    [
        (datetime(2026, 3, 8, 1, 59, 58, tzinfo=EASTERN), datetime(2026, 3, 9, 14, 0, tzinfo=UTC)),
        (datetime(2026, 11, 1, 0, 59, 58, tzinfo=EASTERN), datetime(2026, 11, 2, 15, 0, tzinfo=UTC)),
        (datetime(2028, 2, 28, 23, 59, 58, tzinfo=EASTERN), datetime(2028, 2, 29, 15, 0, tzinfo=UTC)),
    ],
)
def test_a_call_is_the_same_on_any_day(start: datetime, next_morning: datetime) -> None:
    with rehearsing(start=start) as house:
        house.world.advance((next_morning - house.clock.now()).total_seconds())
        assert house.clock.now().astimezone(EASTERN).hour == TEN_IN_THE_MORNING
        call_id = house.tap()["id"]
        house.play()

        assert house.session(call_id).created_at == next_morning
        assert house.state(call_id)["state"] == "not_picked_up"
        assert house.difference() == 0


def test_a_phone_dials_our_number_and_the_app_is_asked() -> None:
    with rehearsing() as house:
        call = house.call_in(post_dial=",,482915")
        house.play()

        asked = [entry for entry in house.world.wire if entry.label == "inbound"]
        assert [(entry.url, entry.fields["From"], entry.fields["To"]) for entry in asked] == [
            (f"{PUBLIC_URL}/twilio/voice/inbound", ANA, OUR_NUMBER)
        ]
        said = [line.text for line in house.world.transcript(call.sid) if line.kind == "said"]
        assert house.heard() == " ".join(said) != ""
