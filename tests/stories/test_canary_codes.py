"""The canary where codes are texted: neither its number nor a code of its stands anywhere but in the text itself."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.runtime import Runtime, install
from dev.phone_world import CreateFault
from tests.rehearsal import SLUG, sweep
from tests.stories.canary_house import CANARY, NAME, CanaryHouse, Ears, failing, invalid, listening, timed_out

OPERATIONS = ("GetItem", "PutItem", "UpdateItem", "BatchGetItem", "TransactWriteItems")


class CodedHouse(CanaryHouse):
    """A canary house whose campaign asks for the code."""

    def __init__(self, built: Runtime, ears: Ears) -> None:
        super().__init__(built, ears)
        current = self.runtime.catalog.campaign(SLUG)
        assert current is not None
        self.runtime.catalog.apply(replace(current, asks_code=True), self.clock.now())
        self.runtime._campaigns.clear()
        self.runtime = replace(self.runtime, config=replace(self.runtime.config, texts_per_phone=100))
        install(self.runtime)

    def texted(self) -> str:
        call_id = str(self.tap()["id"])
        self.world.advance(3)
        self.call_page(call_id)
        return call_id

    def code(self) -> str:
        return [text.body[:6] for text in self.world.texts if text.to == CANARY][-1]

    def enter(self, call_id: str, code: str) -> int:
        """Type a code in on the page, and send it to the API too, in both languages."""
        self.post_form(f"/calls/{call_id}?lang=es", do="code", code=code, name=NAME)
        return int(self.post(f"/api/calls/{call_id}", {"do": "code", "code": code, "name": NAME})["http"])

    def booking(self) -> str:
        """A booked call that waits for its code, its text arrived."""
        wish = {
            "phone": CANARY,
            "language": "en",
            "consent": "book-1",
            "at": "when_open",
            "zone": "America/Chicago",
        }
        answer = self.post(
            f"/api/campaigns/{SLUG}/bookings", wish | {"office": "ero-atl", "proof": self.proof()}
        )
        self.world.advance(3)
        self.booking_page(answer["id"])
        return str(answer["id"])

    def booking_page(self, booking_id: str) -> None:
        for path in (f"/bookings/{booking_id}?lang=es", f"/api/bookings/{booking_id}"):
            self.get(path)

    def enter_for_booking(self, booking_id: str, code: str) -> int:
        """Type a code in on the booking's page, and send it to the API too."""
        self.post_form(f"/bookings/{booking_id}?lang=es", do="code", code=code, name=NAME)
        return int(
            self.post(f"/api/bookings/{booking_id}", {"do": "code", "code": code, "name": NAME})["http"]
        )

    def codes_again(self, call_id: str) -> None:
        self.post_form(f"/calls/{call_id}", do="new_code", after="1")
        self.post(f"/api/calls/{call_id}", {"do": "new_code", "phone": CANARY})
        self.world.advance(3)


def proved(house: CodedHouse) -> None:
    call_id = house.texted()
    assert house.enter(call_id, house.code()) == 200
    house.play(minutes=20, every=4)
    house.call_page(call_id)
    assert house.outcomes() == ["spoke"]


def guessed_wrong(house: CodedHouse) -> None:
    call_id = house.texted()
    for typed in ("999 999", CANARY, NAME, "", f"{house.code()}0"):
        house.enter(call_id, typed)
    house.codes_again(call_id)
    for _ in range(9):
        house.enter(call_id, "000000")
    house.play(minutes=40, every=10)
    house.call_page(call_id)


def refused_by_twilio(house: CodedHouse) -> None:
    faults = (
        CreateFault.refused(21610), CreateFault.refused(21614), CreateFault.throttled(), CreateFault.reset(),
        CreateFault.hangs(), CreateFault.broken(placed=True),
    )  # fmt: skip
    for fault in faults:
        house.world.next_creates.append(fault)
        house.call_page(house.texted())
        house.world.advance(3600)


def undelivered(house: CodedHouse) -> None:
    call_id = house.texted()
    known = {
        "MessageSid": "SM" + "0" * 32,
        "Body": NAME,
        "MessageStatus": "undelivered",
        "ErrorCode": "30006",
    }
    house.webhook(f"/twilio/texts/{call_id}.1/status", signature="", **known)
    house.webhook(f"/twilio/texts/{call_id}.1/status", **known)
    house.webhook("/twilio/texts/a-call-that-never-was.1/status", **known)
    house.call_page(call_id)


def store_down(house: CodedHouse) -> None:
    for error in (invalid, timed_out):
        for operation in OPERATIONS:
            with failing(house, operation, error=error):
                house.tap()
                house.page(CANARY)
            call_id = house.texted()
            code = house.code()
            with failing(house, operation, error=error):
                house.post_form(f"/calls/{call_id}", do="new_code", after="1")
                house.post(f"/api/calls/{call_id}", {"do": "code", "code": code})
                house.world.advance(5)
                house.reconcile()
            house.world.advance(1500)
            house.reconcile()


def booked(house: CodedHouse) -> None:
    booking_id = house.booking()
    for typed in ("999 999", CANARY, NAME, f"{house.code()}0", "000000"):
        house.enter_for_booking(booking_id, typed)
    house.post_form(f"/bookings/{booking_id}", do="new_code", after="1")
    house.world.advance(3)
    assert house.enter_for_booking(booking_id, house.code()) == 200
    house.booking_page(booking_id)
    unproved = house.booking()
    house.play(minutes=40, every=10)
    house.booking_page(unproved)
    house.world.next_creates.append(CreateFault.refused(21614))
    house.booking()


def booking_store_down(house: CodedHouse) -> None:
    for operation in OPERATIONS:
        booking_id = house.booking()
        with failing(house, operation, error=invalid):
            house.post_form(f"/bookings/{booking_id}", do="new_code", after="1")
            house.enter_for_booking(booking_id, house.code())
            house.world.advance(5)
            house.reconcile()
        house.world.advance(1900)
        house.reconcile()


STORIES = [booked, booking_store_down, proved, guessed_wrong, refused_by_twilio, undelivered, store_down]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_neither_number_nor_code_is_found_anywhere(
    built: Runtime, capfd: pytest.CaptureFixture[str], story: Callable[[CodedHouse], None]
) -> None:
    sweep()

    with listening(built.store._table.client, capfd) as ears:
        house = CodedHouse(built, ears)
        story(house)

    assert ears.codes
    assert ears.allowed["text"] >= len(ears.codes)
    assert ears.leaks() == {}


@pytest.mark.parametrize("between", ["", " ", "-"])
def test_a_code_in_the_log_is_found(built: Runtime, capfd: pytest.CaptureFixture[str], between: str) -> None:
    sweep()

    with listening(built.store._table.client, capfd) as ears:
        house = CodedHouse(built, ears)
        house.texted()
        code = house.code()
        logging.getLogger("any").info("the code is %s", code[:3] + between + code[3:])

    assert "log" in ears.leaks()
