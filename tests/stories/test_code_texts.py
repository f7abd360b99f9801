"""What Twilio does with a code's text: refused, throttled, unclear, repeated, undelivered; and forged news of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chalicelib.adapters.signature import signed
from chalicelib.domain.call import Ending, Stage
from chalicelib.runtime import Runtime
from dev.phone_world import CreateFault
from tests.rehearsal import ACCOUNT, ANA, PUBLIC_URL, TOKEN, sweep
from tests.stories.coded_house import FORM, Coded
from tests.stories.placing_house import webhook


@pytest.fixture
def house(built: Runtime) -> Iterator[Coded]:
    sweep()
    made = Coded(built)
    yield made
    assert made.world.complaints == []
    assert made.difference() == 0


@pytest.mark.parametrize("delivery", ["twice at once", "twice, 180 s apart", "three times"])
def test_a_message_that_comes_again_texts_nothing(house: Coded, delivery: str) -> None:
    house.bring(delivery)
    call_id = house.asked()
    house.world.advance(200)

    assert house.placings_of_texts() == len(house.texts()) == 1
    assert house.enter(call_id, house.code())["state"] == "in_line"


def test_two_workers_that_have_the_same_message_send_one_text(house: Coded) -> None:
    events, name = house.dynamodb.meta.events, "provide-client-params.dynamodb.PutItem"

    def overtake(params: Mapping[str, Any], **_: Any) -> None:
        if "attempt" in params["Item"]:
            events.unregister(name, unique_id="overtake")
            house.deliver_again()

    events.register_first(name, overtake, "overtake")
    call_id = house.asked()

    assert house.placings_of_texts() == len(house.texts()) == 1
    assert house.enter(call_id, house.code())["state"] == "in_line"


def test_after_a_429_the_text_is_sent_once(house: Coded) -> None:
    house.world.next_creates += [CreateFault.throttled()] * 3
    call_id = house.asked()
    house.world.advance(10)

    assert (house.placings_of_texts(), len(house.texts())) == (4, 1)
    assert house.enter(call_id, house.code())["state"] == "in_line"


@pytest.mark.parametrize(
    "fault",
    [
        CreateFault.hangs(),
        CreateFault.reset(),
        CreateFault.broken(placed=True),
        CreateFault.broken(placed=False),
        CreateFault.unreachable(),
    ],
)
def test_without_a_clear_answer_it_is_never_texted_again_by_itself(house: Coded, fault: CreateFault) -> None:
    house.world.next_creates.append(fault)
    call_id = house.asked()
    house.play(minutes=8)

    assert house.placings_of_texts() == 1
    assert house.state(call_id)["state"] == "code"
    house.again(call_id)
    house.world.advance(3)
    assert house.enter(call_id, house.code())["state"] == "in_line"


@pytest.mark.parametrize(
    ("code", "ending", "words"),
    [
        (21610, Ending.NO_TEXT, "We couldn’t text a code to that phone"),
        (21614, Ending.LANDLINE, "That phone can’t get texts"),
        (21211, Ending.NO_TEXT, "We couldn’t text a code to that phone"),
    ],
)
def test_a_clear_refusal_ends_the_call_and_leads_to_calling_us(
    house: Coded, code: int, ending: Ending, words: str
) -> None:
    house.world.next_creates.append(CreateFault.refused(code))
    call_id = house.asked()

    session = house.session(call_id)
    page = house.get(f"/calls/{call_id}?lang=en")[2].decode()

    assert (session.ending, session.phone, session.reason) == (ending, None, code)
    assert words in page
    assert 'href="tel:+12025550142"' in page


def status(house: Coded, call_id: str, number: int, **fields: str) -> int:
    form = {
        "MessageSid": "SM" + "0" * 32,
        "SmsSid": "SM" + "0" * 32,
        "To": ANA,
        "From": "+12025550142",
        **fields,
    }
    form["SmsStatus"] = form["MessageStatus"]
    return webhook(house, f"/twilio/texts/{call_id}.{number}/status", **form)


def test_a_landline_that_is_found_out_later_is_said_on_the_page(house: Coded) -> None:
    call_id = house.asked()

    assert status(house, call_id, 1, MessageStatus="undelivered", ErrorCode="30006") == 204

    assert house.session(call_id).ending is Ending.LANDLINE
    assert "That phone can’t get texts" in house.get(f"/calls/{call_id}?lang=en")[2].decode()
    assert status(house, call_id, 1, MessageStatus="undelivered", ErrorCode="30006") == 204


@pytest.mark.parametrize("word", ["sent", "delivered", "queued", "sending"])
def test_a_text_that_is_on_its_way_or_there_changes_nothing(house: Coded, word: str) -> None:
    call_id = house.asked()

    assert status(house, call_id, 1, MessageStatus=word) == 204
    assert house.session(call_id).stage is Stage.PROVING


def test_what_became_of_an_older_code_s_text_is_of_no_interest(house: Coded) -> None:
    call_id = house.asked()
    house.again(call_id)
    house.world.advance(3)

    assert status(house, call_id, 1, MessageStatus="undelivered", ErrorCode="30003") == 204

    assert house.enter(call_id, house.code())["state"] == "in_line"
    assert status(house, call_id, 2, MessageStatus="failed", ErrorCode="30008") == 204
    assert house.session(call_id).stage is Stage.QUEUED


def test_a_status_that_twilio_did_not_sign_changes_nothing(house: Coded) -> None:
    call_id = house.asked()
    path = f"/twilio/texts/{call_id}.1/status"
    form = {
        "AccountSid": ACCOUNT,
        "MessageSid": "SM" + "0" * 32,
        "MessageStatus": "failed",
        "ErrorCode": "30006",
    }
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    other = signed(PUBLIC_URL + f"/twilio/texts/{call_id}.2/status", form, TOKEN)

    for signature in ("", "nonsense", other):
        headers = {"Content-Type": FORM[0][1], "X-Twilio-Signature": signature}
        assert house.ask("POST", path, headers, body)[0] == 403
    no_sid = {name: value for name, value in form.items() if name != "MessageSid"}
    assert webhook(house, path, **no_sid) == 403
    assert house.session(call_id).stage is Stage.PROVING
