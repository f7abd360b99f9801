"""Texts of ours: the REST side, their parts, their turn, and what becomes of them."""

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import (
    ARRIVES,
    FILTERED,
    HANDSET_OFF,
    LANDLINE,
    UNKNOWN_ERROR,
    UNKNOWN_HANDSET,
    CreateFault,
    OurNumber,
    Rules,
    Supporter,
    TextFate,
)
from dev.phone_world.segments import segments
from tests.phone_world.tiny_app import ANA, BASE, LUIS, OURS, Stage, stage

SERVICE = "MG" + "2" * 32


def test_a_text_goes_from_queued_to_delivered_and_tells_so() -> None:
    staged = stage({})
    text = staged.client.messages.create(
        to=ANA, from_=OURS, body="Hello", status_callback=f"{BASE}/text-status"
    )
    assert text.status == "queued"
    staged.world.run_until_idle()

    told = [asked.fields for asked in staged.app.at("/text-status")]
    assert [fields["MessageStatus"] for fields in told] == ["sent", "delivered"]
    assert {fields["MessageSid"] for fields in told} == {text.sid}
    assert staged.client.messages(text.sid).fetch().status == "delivered"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"body": None}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"from_": LUIS}, 21606),
        ({"from_": None}, 21603),
        ({"to": "911"}, 21211),
        ({"status_callback": "nowhere"}, 21609),
        ({"validity_period": 36_001}, 21624),
        ({"from_": None, "messaging_service_sid": SERVICE}, 21701),
    ],
)
def test_a_wrong_text_is_refused_with_its_code(told: dict[str, object], code: int) -> None:
    staged = stage({})
    with pytest.raises(TwilioRestException) as caught:
        staged.client.messages.create(**({"to": ANA, "from_": OURS, "body": "Hello"} | told))

    assert caught.value.code == code
    assert staged.world.texts == []


def test_create_faults_hold_for_texts_too() -> None:
    staged = stage({})
    staged.world.next_creates.append(CreateFault.throttled())
    with pytest.raises(TwilioRestException) as caught:
        staged.client.messages.create(to=ANA, from_=OURS, body="Hello")

    assert caught.value.status == 429


def test_texts_can_be_listed() -> None:
    staged = stage({})
    for to in (ANA, LUIS):
        staged.client.messages.create(to=to, from_=OURS, body="Hello")

    assert [text.to for text in staged.client.messages.list()] == [LUIS, ANA]
    assert [text.to for text in staged.client.messages.list(to=ANA)] == [ANA]


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("ñ¿¡ÑéÉüà" * 20, 1),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("í" + "a" * 70, 2),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        ("a" * 152 + "€" * 2 + "a" * 151, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
        ("’" + "a" * 133, 2),
        ("’" + "a" * 134, 3),
    ],
)
def test_a_text_takes_as_many_parts_as_its_alphabet_needs(body: str, parts: int) -> None:
    assert segments(body) == parts


def test_a_texts_resource_says_its_parts() -> None:
    staged = stage({})
    text = staged.client.messages.create(to=ANA, from_=OURS, body="ñ" * 161)

    assert text.num_segments == "2"


def shown(staged: Stage, sid: str) -> tuple[str, int | None]:
    text = staged.client.messages(sid).fetch()
    return text.status, text.error_code


@pytest.mark.parametrize(
    ("fate", "statuses", "code"),
    [
        (ARRIVES, ["sent", "delivered"], None),
        (HANDSET_OFF, ["sent", "undelivered"], "30003"),
        (UNKNOWN_HANDSET, ["sent", "undelivered"], "30005"),
        (LANDLINE, ["sent", "undelivered"], "30006"),
        (FILTERED, ["sent", "undelivered"], "30007"),
        (UNKNOWN_ERROR, ["sent", "undelivered"], "30008"),
        (TextFate("failed", 30034), ["failed"], "30034"),
        (TextFate("sent"), ["sent"], None),
    ],
)
def test_what_becomes_of_a_text_is_told_status_by_status(
    fate: TextFate, statuses: list[str], code: str | None
) -> None:
    staged = stage({}, Supporter(ANA, texts=[fate]))
    text = staged.client.messages.create(
        to=ANA, from_=OURS, body="Hello", status_callback=f"{BASE}/text-status"
    )
    staged.world.run_until_idle()

    told = [asked.fields for asked in staged.app.at("/text-status")]
    assert [fields["MessageStatus"] for fields in told] == statuses
    assert [fields.get("ErrorCode") for fields in told] == [None] * (len(told) - 1) + [code]
    assert ("RawDlrDoneDate" in told[-1]) == (statuses[-1] in {"delivered", "undelivered"})
    assert shown(staged, text.sid) == (statuses[-1], int(code) if code else None)


def test_each_text_to_a_person_has_its_own_fate_and_the_last_repeats() -> None:
    staged = stage({}, Supporter(ANA, texts=[HANDSET_OFF, ARRIVES]))
    for _ in range(3):
        staged.client.messages.create(to=ANA, from_=OURS, body="Hello")
        staged.world.run_until_idle()

    assert [text.status for text in staged.world.texts] == ["undelivered", "delivered", "delivered"]


def test_a_fate_that_is_none_is_found_at_once() -> None:
    with pytest.raises(ValueError, match="not lost"):
        TextFate("lost")


def test_a_service_accepts_then_queues_and_names_itself() -> None:
    staged = stage({}, ours=OurNumber(service=SERVICE))
    text = staged.client.messages.create(
        to=ANA, messaging_service_sid=SERVICE, body="Hello", status_callback=f"{BASE}/text-status"
    )
    assert (text.status, text.from_) == ("accepted", OURS)
    staged.world.run_until_idle()

    told = [asked.fields for asked in staged.app.at("/text-status")]
    assert [fields["MessageStatus"] for fields in told] == ["queued", "sent", "delivered"]
    assert {fields["MessagingServiceSid"] for fields in told} == {SERVICE}


def test_texts_wait_their_turn_by_their_parts() -> None:
    staged = stage({}, rules=Rules(segments_per_second=0.5))
    for body in ("a" * 161, "Hello", "Hello"):
        staged.client.messages.create(to=ANA, from_=OURS, body=body)
    staged.world.run_until_idle()

    assert [text.sent for text in staged.world.texts] == [0.5, 4.5, 6.5]


def test_a_text_that_waits_longer_than_it_is_valid_fails() -> None:
    staged = stage({}, rules=Rules(segments_per_second=0.01))
    staged.client.messages.create(to=ANA, from_=OURS, body="Hello")
    text = staged.client.messages.create(to=LUIS, from_=OURS, body="Hello", validity_period=60)
    staged.world.run_until_idle()

    assert shown(staged, text.sid) == ("failed", 30036)
    assert staged.world.texts[1].sent is None


def test_a_full_queue_refuses_a_numbers_text_and_fails_a_services() -> None:
    rules = Rules(segments_per_second=0.01, longest_text_queue=50)
    staged = stage({}, rules=rules, ours=OurNumber(service=SERVICE))
    staged.client.messages.create(to=ANA, from_=OURS, body="Hello")
    with pytest.raises(TwilioRestException) as caught:
        staged.client.messages.create(to=ANA, from_=OURS, body="Hello")
    text = staged.client.messages.create(to=ANA, messaging_service_sid=SERVICE, body="Hello")
    staged.world.run_until_idle()

    assert (caught.value.status, caught.value.code) == (429, 21611)
    assert shown(staged, text.sid) == ("failed", 30001)
