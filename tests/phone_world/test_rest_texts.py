"""Texts: the REST side, and texts that people send."""

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped, unused-ignore]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import CreateFault, OurNumber, Plan
from dev.phone_world.calls import Hook
from tests.phone_world.tiny_app import ANA, BASE, LUIS, OURS, TOKEN, Page, Stage, stage


def texting(pages: dict[str, Page]) -> Stage:
    return stage(pages, ours=OurNumber(text=Hook(f"{BASE}/text")))


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


def test_a_persons_text_asks_the_numbers_webhook_and_gets_its_answer() -> None:
    staged = texting({"/text": "<Message>Reply YES to get about 4 texts a month.</Message>"})
    staged.world.text_in(ANA, OURS, "JOIN")
    staged.world.run_until_idle()

    asked = staged.app.at("/text")[0]
    assert (asked.fields["Body"], asked.fields["From"], asked.fields["To"]) == ("JOIN", ANA, OURS)
    signature = asked.headers["X-Twilio-Signature"]
    assert RequestValidator(TOKEN).validate(asked.url, asked.fields, signature)
    reply = staged.world.texts[1]
    assert (reply.to, reply.direction, reply.status) == (ANA, "outbound-reply", "delivered")


def test_a_doubled_text_webhook_is_answered_once() -> None:
    staged = texting({"/text": "<Message>Thanks.</Message>"})
    staged.world.next_plans.append(Plan.twice(gap=1))
    staged.world.text_in(ANA, OURS, "JOIN")
    staged.world.run_until_idle()

    assert len(staged.app.at("/text")) == 2
    assert len(staged.world.texts) == 2


def test_a_text_may_be_answered_with_nothing() -> None:
    staged = texting({"/text": ""})
    staged.world.text_in(ANA, OURS, "thanks")
    staged.world.run_until_idle()

    assert len(staged.world.texts) == 1
    assert staged.world.complaints == []


def test_a_text_can_be_redirected() -> None:
    staged = texting({"/text": "<Redirect>/more</Redirect>", "/more": "<Message>More</Message>"})
    staged.world.text_in(ANA, OURS, "MORE")
    staged.world.run_until_idle()

    assert staged.world.texts[1].body == "More"


def test_a_verb_of_calls_means_nothing_in_a_text() -> None:
    staged = texting({"/text": "<Say>Hello</Say>"})
    staged.world.text_in(ANA, OURS, "JOIN")
    staged.world.run_until_idle()

    assert [alert.code for alert in staged.world.complaints] == [12200]


@pytest.mark.parametrize(("body", "segments"), [("a" * 160, 1), ("a" * 161, 2), ("ñ" * 70, 1), ("ñ" * 71, 2)])
def test_long_texts_take_several_segments(body: str, segments: int) -> None:
    staged = stage({})
    text = staged.client.messages.create(to=ANA, from_=OURS, body=body)

    assert text.num_segments == str(segments)
