"""The code by text of a booked call, through the real app: nothing is booked for a phone before it is typed in."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from app import app
from chalicelib.adapters import keys
from chalicelib.adapters.ring_queue import BookedCall
from chalicelib.domain.booking import OPEN_AT_MOST, Booking
from chalicelib.domain.campaign import Status
from chalicelib.domain.codes import CODES, PHONE_TEXTS, TRIES
from chalicelib.domain.office import Caps
from chalicelib.runtime import install
from dev.phone_world import CreateFault, Supporter
from dev.server import Gateway
from tests.rehearsal import ANA, LUIS, SLUG, Rehearsal, rehearsing
from tests.stories.placing_house import TALK, webhook

FORM = [("content-type", "application/x-www-form-urlencoded")]
OWNER, STRANGER = "203.0.113.7", "198.51.100.9"
# The Monday after each change: nine in Atlanta is an hour earlier in UTC in summer.
MARCH, NOVEMBER = datetime(2027, 3, 15, 13, 0, tzinfo=UTC), datetime(2027, 11, 8, 14, 0, tzinfo=UTC)
WISH = {"language": "en", "consent": "book-1", "office": "ero-atl", "zone": "America/Chicago"}


class House:
    """A rehearsal of a campaign that asks for the code, at the weekend before `opens`."""

    def __init__(self, house: Rehearsal, opens: datetime) -> None:
        self.house, self.opens, self.gateway = house, opens, Gateway(app)
        self.world = house.world
        self.change(asks_code=True)
        self.world.add(Supporter(ANA, TALK))

    def change(self, **changes: Any) -> None:
        current = self.house.runtime.catalog.campaign(SLUG)
        assert current is not None
        self.house.runtime.catalog.apply(replace(current, **changes), self.house.clock.now())
        self.house.runtime._campaigns.clear()

    def one_at_a_time(self) -> None:
        """Let each quarter-hour bear one call."""
        asked = self.house.runtime.campaign(SLUG)
        assert asked is not None
        first = asked.offices[0]
        lines = (replace(first.lines[0], caps=Caps(an_hour=4)),)
        self.house.runtime.catalog.put_office(replace(first, lines=lines))
        self.house.runtime._campaigns.clear()

    def book(self, phone: str = ANA, at: str = "", **more: str) -> dict[str, Any]:
        wish = WISH | {"phone": phone, "at": at or self.opens.isoformat(), "proof": self.house.proof()}
        found = self.house.post(f"/api/campaigns/{SLUG}/bookings", wish | more)
        self.world.advance(3)
        return found

    def code(self, phone: str = ANA) -> str:
        return [text.body[:6] for text in self.world.texts if text.to == phone][-1]

    def enter(self, booking: str, code: str) -> dict[str, Any]:
        return self.house.post(f"/api/bookings/{booking}", {"do": "code", "code": code})

    def kept(self, booking: str) -> Booking:
        found = self.house.runtime.bookings.booking(booking, self.house.clock.now())
        assert found
        return found

    def taken(self) -> int:
        until = self.opens + timedelta(days=20)
        return sum(self.house.runtime.bookings.taken("ero-atl", until).values())

    def from_place(self, place: str, path: str, **fields: str) -> tuple[int, str, str]:
        """Send a page's form from an address: status, page, and where it leads."""
        body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
        answer = self.gateway.answer("POST", f"{path}?lang=en", FORM, body, place)
        where = {name.lower(): value for name, value in answer.headers}.get("location", "")
        return answer.status, unescape(answer.body.decode()), where

    def page(self, path: str) -> str:
        return unescape(self.house.get(f"{path}?lang=en")[2].decode())

    def until_it_opens(self) -> None:
        self.world.advance((self.opens - timedelta(minutes=25) - self.house.clock.now()).total_seconds())
        self.house.play(minutes=40)


@pytest.fixture(params=[MARCH, NOVEMBER], ids=["March", "November"])
def changing(request: pytest.FixtureRequest) -> Iterator[House]:
    with rehearsing(start=request.param - timedelta(days=2)) as house:
        yield House(house, request.param)


@pytest.fixture
def booked() -> Iterator[House]:
    with rehearsing(start=NOVEMBER - timedelta(hours=12)) as house:
        yield House(house, NOVEMBER)


def test_once_the_code_is_typed_in_it_is_booked_and_rings_in_time_right_across_the_change_of_clocks(
    changing: House,
) -> None:
    asked = changing.book()
    assert (asked["http"], asked["state"], changing.taken()) == (201, "code", 0)

    done = changing.enter(asked["id"], changing.code())

    assert (done["http"], done["id"], done["state"], changing.taken()) == (200, asked["id"], "booked", 1)
    changing.until_it_opens()
    (call,) = changing.world.calls_to(ANA)
    assert call.started is not None
    late = changing.house.clock.start + timedelta(seconds=call.started) - changing.opens
    assert timedelta(0) <= late < timedelta(seconds=60)
    assert changing.house.outcomes() == ["spoke"]
    assert changing.kept(asked["id"]).phone is None
    assert len(changing.world.texts) == 1


def test_without_the_code_it_never_rings_holds_no_time_and_the_number_goes_after_half_an_hour(
    booked: House,
) -> None:
    asked = booked.book(weekly_until="2027-12-06", consent="book-weekly-1")
    booked.house.play(minutes=29)
    assert booked.kept(asked["id"]).phone == ANA
    assert booked.taken() == 0
    booked.house.play(minutes=2)

    over = booked.kept(asked["id"])
    assert (over.state, over.dropped, over.phone) == ("dropped", "not_proved", None)
    assert "the code we texted wasn’t entered in time" in booked.page(f"/bookings/{asked['id']}")
    assert booked.enter(asked["id"], booked.code())["state"] == "dropped"
    booked.until_it_opens()
    assert booked.world.rings(ANA) == 0


def test_a_message_for_an_unproved_booking_s_time_rings_nobody(booked: House) -> None:
    booked.world.advance(timedelta(hours=12).total_seconds() - 11 * 60)
    asked = booked.book()
    found = booked.kept(asked["id"])

    booked.house.runtime.ring_queue.send_booked(BookedCall(found.id, found.at), 700)
    booked.house.play(minutes=20)

    assert booked.world.rings(ANA) == 0


def test_unproved_bookings_use_up_neither_times_nor_the_phone_s_bookings(booked: House) -> None:
    booked.one_at_a_time()
    install(replace(booked.house.runtime, config=replace(booked.house.runtime.config, texts_per_phone=100)))
    asked = [booked.book()["id"] for _ in range(OPEN_AT_MOST + 2)]

    assert len(set(asked)) == len(asked)
    luis = booked.book(LUIS)
    assert booked.enter(luis["id"], booked.code(LUIS))["state"] == "booked"
    ana = booked.book(at=(booked.opens + timedelta(minutes=30)).isoformat())
    assert booked.enter(ana["id"], booked.code())["state"] == "booked"


def test_a_stranger_learns_nothing_of_what_is_booked_and_the_owner_is_called_once(booked: House) -> None:
    owner = booked.book()
    booked.enter(owner["id"], booked.code())

    stranger = booked.book()

    assert stranger["id"] != owner["id"]
    assert stranger["state"] == "code"
    assert booked.enter(stranger["id"], booked.code())["id"] == owner["id"]
    assert booked.taken() == 1


def test_guesses_of_one_place_take_none_from_another(booked: House) -> None:
    path = f"/bookings/{booked.book()['id']}"
    wrong = f"{(int(booked.code()) + 1) % 10**6:06}"

    tried = [booked.from_place(STRANGER, path, do="code", code=wrong) for _ in range(TRIES + 1)]

    assert {status for status, _, _ in tried} == {400}
    assert "This code doesn’t match" in tried[0][1]
    assert "You have 4 tries left" in tried[0][1]
    assert "You have no tries left for this code" in tried[-1][1]
    assert booked.from_place(STRANGER, path, do="code", code=booked.code())[0] == 400
    assert booked.taken() == 0
    assert booked.from_place(OWNER, path, do="code", code=booked.code())[0] == 303
    assert booked.taken() == 1


def test_texts_to_a_phone_are_counted_for_calls_and_bookings_together(booked: House) -> None:
    answers = [booked.book()["http"] for _ in range(PHONE_TEXTS // 2 + 1)]

    assert answers == [201] * (PHONE_TEXTS // 2) + [429]


def test_a_new_code_replaces_the_old_one(booked: House) -> None:
    asked = booked.book()
    old = booked.code()
    path = f"/bookings/{asked['id']}"
    assert booked.from_place(OWNER, path, do="new_code", after="1")[0] == 303
    assert booked.from_place(OWNER, path, do="new_code", after="1")[0] == 303
    booked.world.advance(3)

    assert len(booked.world.texts) == 2
    assert booked.enter(asked["id"], old)["error"]["code"] == "code_wrong"
    for _ in range(CODES - 2):
        assert booked.house.post(f"/api/bookings/{asked['id']}", {"do": "new_code"})["http"] == 200
    booked.world.advance(3)
    assert "Text me a new code" not in booked.page(path)
    assert booked.enter(asked["id"], booked.code())["state"] == "booked"


def test_by_its_page_without_a_script_and_when_the_time_is_taken_meanwhile_another_is_offered(
    booked: House,
) -> None:
    booked.one_at_a_time()
    when = f"{booked.opens:%Y-%m-%dT%H:%MZ}"
    form = {"office": "ero-atl", "zone": "America/Chicago", "consent": "book-1", "do": "book", "when": when}
    status, _, where = booked.from_place(OWNER, f"/c/{SLUG}/book", phone="4045550123", **form)
    path = re.sub(r"^.*(/bookings/[^?]+).*$", r"\1", where)
    booked.world.advance(3)
    page = booked.page(path)
    assert status == 303
    assert "Enter the code we texted you" in page
    assert "sent to the number ending in 23" in page
    assert "Book my call" in page
    assert "Change the number" in page
    luis = booked.book(LUIS)
    booked.enter(luis["id"], booked.code(LUIS))

    status, page, _ = booked.from_place(OWNER, path, do="code", code=booked.code())

    assert status == 400
    assert "<title>Error: Which day should we call you?" in page
    assert booked.house.get(path)[0] == 303
    taken = booked.from_place(OWNER, f"{path}/time", day="2027-11-08", when=when, consent="book-1")
    assert taken[0] == 400
    another = f"{booked.opens + timedelta(minutes=15):%Y-%m-%dT%H:%MZ}"
    moved = booked.from_place(OWNER, f"{path}/time", day="2027-11-08", when=another, consent="book-1")
    assert moved[0] == 303
    assert "Your call is booked" in booked.page(path)
    assert len([text for text in booked.world.texts if text.to == ANA]) == 1
    # Another time needs no other code.
    later = f"{booked.opens + timedelta(minutes=45):%Y-%m-%dT%H:%MZ}"
    assert booked.from_place(OWNER, f"{path}/time", day="2027-11-08", when=later, consent="book-1")[0] == 303
    booked.house.play(minutes=0)
    assert (booked.taken(), len(booked.world.texts)) == (2, 2)


def test_a_program_gets_time_taken_and_chooses_another(booked: House) -> None:
    booked.one_at_a_time()
    ana, luis = booked.book(), booked.book(LUIS)
    booked.enter(luis["id"], booked.code(LUIS))
    path, at = f"/api/bookings/{ana['id']}", (booked.opens + timedelta(minutes=15)).isoformat()

    refused = booked.enter(ana["id"], booked.code())
    booked.house.play(minutes=20)
    moved = booked.house.post(path, {"do": "time", "at": at, "consent": "book-1", "language": "en"})

    assert (refused["http"], refused["error"]["code"]) == (409, "time_taken")
    assert (moved["http"], moved["state"]) == (200, "booked")
    assert booked.taken() == 2


def test_before_its_code_it_can_be_withdrawn_but_not_moved(booked: House) -> None:
    asked = booked.book()
    path, at = f"/api/bookings/{asked['id']}", (booked.opens + timedelta(minutes=15)).isoformat()

    moved = booked.house.post(path, {"do": "time", "at": at, "consent": "book-1", "language": "en"})
    withdrawn = booked.house.post(path, {"do": "cancel"})

    assert (moved["state"], withdrawn["state"]) == ("code", "cancelled")
    assert booked.kept(asked["id"]).phone is None
    assert booked.enter(asked["id"], booked.code())["state"] == "cancelled"
    assert booked.taken() == 0


def test_the_same_wish_sent_again_is_the_same_booking_and_its_proof_opens_no_call(booked: House) -> None:
    proof = booked.house.proof()
    asked = [booked.book(proof=proof) for _ in range(3)]
    call = {"phone": LUIS, "language": "en", "consent": "call-1", "proof": proof}
    booked.world.advance((booked.opens - booked.house.clock.now()).total_seconds() - 11 * 3600)
    opened = booked.house.post(f"/api/campaigns/{SLUG}/calls", call)

    assert len({each["id"] for each in asked}) == 1
    assert len(booked.world.texts) == 1
    assert opened["http"] >= 400


@pytest.mark.parametrize(("code", "reason"), [(21614, "landline"), (21610, "no_text")])
def test_a_phone_that_gets_no_texts_is_told_and_its_number_goes(
    booked: House, code: int, reason: str
) -> None:
    booked.world.next_creates.append(CreateFault.refused(code))
    asked = booked.book()

    over = booked.kept(asked["id"])
    assert (over.dropped, over.phone) == (reason, None)


def test_a_text_that_twilio_throttled_is_sent_once_more(booked: House) -> None:
    booked.world.next_creates.append(CreateFault.throttled())
    asked = booked.book()
    booked.world.advance(30)

    assert booked.enter(asked["id"], booked.code())["state"] == "booked"
    assert len(booked.world.texts) == 1


def test_a_message_delivered_three_times_is_one_text(booked: House) -> None:
    booked.house.queue.copies = lambda: (0.0, 0.0, 5.0)
    booked.book()
    booked.world.advance(30)

    assert len(booked.world.texts) == 1


def test_a_text_that_did_not_arrive_ends_it(booked: House) -> None:
    asked = booked.book()
    known = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "undelivered", "ErrorCode": "30006"}
    assert webhook(booked.house, f"/twilio/texts/booking.{asked['id']}.1/status", **known) == 204

    assert booked.kept(asked["id"]).dropped == "landline"


def test_a_campaign_that_is_paused_meanwhile_books_nothing(booked: House) -> None:
    asked = booked.book()
    booked.house.set_status(Status.PAUSED)

    assert booked.enter(asked["id"], booked.code())["error"]["code"] == "campaign_paused"
    assert booked.taken() == 0


def test_a_phone_that_said_never_meanwhile_is_not_booked(booked: House) -> None:
    asked = booked.book()
    booked.house.runtime.store._table.put(
        keys.stop(booked.kept(asked["id"]).phone_key), {"type": "stop", "version": 1}
    )

    assert booked.enter(asked["id"], booked.code())["last"]["dropped"] == "stopped"
    assert booked.kept(asked["id"]).phone is None
