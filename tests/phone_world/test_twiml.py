"""Reading TwiML, and what becomes of a document that is wrong."""

import pytest

from dev.phone_world import NeverIdle, OurNumber, PickUp, Supporter
from dev.phone_world.calls import Hook
from dev.phone_world.interpreter import APOLOGY
from dev.phone_world.twiml import TwimlError, parse, parse_document
from dev.phone_world.verbs import Dial, Gather, Number, Pause, Say
from tests.phone_world.tiny_app import ANA, BASE, LUIS, OFFICE, OURS, Page, stage


def read(inside: str) -> tuple[object, ...]:
    return parse_document(f"<Response>{inside}</Response>".encode())


def test_verbs_come_in_order_with_their_defaults_filled_in() -> None:
    assert read(f'<Say language="es-MX">Hola</Say><Pause/><Dial>{OFFICE}</Dial>') == (
        Say("Hola", language="es-MX"),
        Pause(1),
        Dial((Number(OFFICE),)),
    )


def test_nested_prompts_belong_to_the_gather() -> None:
    assert read('<Gather numDigits="1"><Say>One</Say><Pause length="2"/></Gather>') == (
        Gather((Say("One"), Pause(2)), num_digits=1),
    )


def test_speech_markup_is_spoken_as_its_words() -> None:
    assert read('<Say>Call <say-as interpret-as="digits">28</say-as><break/> now</Say>') == (
        Say("Call 28 now"),
    )


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<Shout>Hi</Shout>", "Shout is not a verb"),
        ('<Say volume="11">Hi</Say>', "Say has no attribute volume"),
        ('<Say language="Spanish">Hola</Say>', "not a language"),
        ('<Say voice="Nobody.Ever">Hi</Say>', "not a voice"),
        ("<Say></Say>", "Say has no words"),
        ("<Say>Hi<Pause/></Say>", "Pause may not stand in Say"),
        ("<Gather><Dial>+14045550190</Dial></Gather>", "Dial may not stand in Gather"),
        ("<Gather>words</Gather>", 'Gather may not hold the words "words"'),
        ("words", 'Response may not hold the words "words"'),
        ('<Dial timeout="4">+14045550190</Dial>', "not a whole number from 5 to 600"),
        ('<Dial hangupOnStar="yes">+14045550190</Dial>', "not one of true, false"),
        ('<Dial record="true">+14045550190</Dial>', "Dial has no attribute record"),
        ("<Dial><Sip>sip:a@b</Sip></Dial>", "Sip may not stand in Dial"),
        ('<Dial><Number statusCallbackEvent="ended">+14045550190</Number></Dial>', "not one of initiated"),
        ('<Hangup now="true"/>', "Hangup has no attribute now"),
        ('<Pause length="-1"/>', "not a whole number"),
        ("<Play/>", "Play needs an address or digits"),
        ('<Play digits="x">a.mp3</Play>', "not up to 32 keys"),
        ('<Reject reason="no"/>', "not one of rejected, busy"),
        ('<Redirect method="PUT">/a</Redirect>', "not one of GET, POST"),
        ("<Message/>", "Message has no words"),
        ("<Message><Media>/a.png</Media></Message>", "Message may hold Body only"),
    ],
)
def test_anything_unknown_is_named(inside: str, words: str) -> None:
    with pytest.raises(TwimlError) as caught:
        read(inside)
    assert words in caught.value.message
    assert caught.value.code == 12200


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/json", b"<Response/>", 12300),
        ("", b"<Response/>", 12300),
        ("text/xml", b"", 12100),
        ("text/xml", b"<Response>", 12100),
        ("text/xml", b"<Answer/>", 12102),
        ("text/xml", b'<Response version="2"/>', 12200),
    ],
)
def test_what_is_no_twiml_has_its_error_number(kind: str, body: bytes, code: int) -> None:
    with pytest.raises(TwimlError) as caught:
        parse(kind, body)
    assert caught.value.code == code


def test_a_charset_beside_the_content_type_is_fine() -> None:
    assert parse("text/xml; charset=utf-8", b"<Response/>") == ()


@pytest.mark.parametrize("page", ["<Shout/>", (200, {"Content-Type": "text/plain"}, b"Hello")])
def test_wrong_twiml_ends_the_call_with_twilios_apology_and_a_complaint(page: Page) -> None:
    staged = stage({"/start": page}, Supporter(ANA, [PickUp()]))
    sid = staged.play()

    assert staged.said(sid) == [APOLOGY]
    assert staged.world.calls[0].status == "completed"
    assert len(staged.world.complaints) == 1


def test_wrong_twiml_goes_to_the_fallback_with_the_error_named() -> None:
    staged = stage({"/start": "<Shout/>", "/fallback": "<Say>Sorry.</Say>"}, Supporter(ANA, [PickUp()]))
    sid = staged.play(fallback_url=f"{BASE}/fallback")

    fields = staged.app.at("/fallback")[0].fields
    assert (fields["ErrorCode"], fields["ErrorUrl"]) == ("12200", f"{BASE}/start")
    assert staged.said(sid) == ["Sorry."]


def test_a_fallback_that_fails_too_ends_with_the_apology() -> None:
    staged = stage({"/start": (500, {}, b""), "/fallback": (500, {}, b"")}, Supporter(ANA, [PickUp()]))
    sid = staged.play(fallback_url=f"{BASE}/fallback")

    assert staged.said(sid) == [APOLOGY]
    assert len(staged.app.at("/fallback")) == 1


def test_redirect_goes_on_elsewhere_relative_to_the_current_address() -> None:
    pages: dict[str, Page] = {
        "/start": "<Redirect>/deep/er</Redirect><Say>Never.</Say>",
        "/deep/er": '<Redirect method="GET">est?step=2</Redirect>',
        "/deep/est": "<Say>There.</Say>",
    }
    staged = stage(pages, Supporter(ANA, [PickUp()]))
    sid = staged.play()

    assert staged.said(sid) == ["There."]
    assert staged.app.asked[-1].url.startswith(f"{BASE}/deep/est?step=2&")


def test_a_circle_of_redirects_is_noticed() -> None:
    staged = stage({"/start": "<Redirect>/start</Redirect>"}, Supporter(ANA, [PickUp()]))
    staged.call()
    with pytest.raises(NeverIdle):
        staged.world.run_until_idle(max_events=500)


def test_play_stands_in_the_transcript_and_is_not_fetched() -> None:
    staged = stage({"/start": '<Play>/hello.mp3</Play><Play digits="1w2"/>'}, Supporter(ANA, [PickUp()]))
    sid = staged.play()

    played = [line.text for line in staged.world.transcript(sid)]
    assert played == ["/hello.mp3", "keys 1w2"]
    assert staged.app.at("/hello.mp3") == []


def test_say_and_pause_take_their_time() -> None:
    staged = stage({"/start": '<Pause length="4"/><Say>Hi</Say>'}, Supporter(ANA, [PickUp(after=2)]))
    sid = staged.play()

    assert staged.world.transcript(sid)[0].at == 1 + 2 + 4


def test_twiml_given_at_creation_is_carried_out_without_asking() -> None:
    staged = stage({}, Supporter(ANA, [PickUp()]))
    sid = staged.client.calls.create(to=ANA, from_=OURS, twiml="<Response><Say>Hi</Say></Response>").sid
    staged.world.run_until_idle()

    assert staged.said(sid) == ["Hi"]
    assert staged.app.asked == []


def test_a_gather_without_an_action_in_given_twiml_leads_nowhere() -> None:
    staged = stage({}, Supporter(ANA, [PickUp()]))
    twiml = '<Response><Gather actionOnEmptyResult="true"/></Response>'
    staged.client.calls.create(to=ANA, from_=OURS, twiml=twiml)
    staged.world.run_until_idle()

    assert [alert.code for alert in staged.world.complaints] == [11100]


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
def test_reject_ends_an_incoming_call_unanswered(reason: str, status: str) -> None:
    staged = stage({"/in": f'<Reject reason="{reason}"/>'}, ours=OurNumber(voice=Hook(f"{BASE}/in")))
    call = staged.world.call_in(ANA, OURS)
    staged.world.run_until_idle()

    assert (call.status, call.answered) == (status, None)


def test_reject_on_an_answered_call_is_a_complaint() -> None:
    staged = stage({"/start": "<Reject/>"}, Supporter(ANA, [PickUp()]))
    staged.play()

    assert [alert.code for alert in staged.world.complaints] == [12200]


def test_an_incoming_call_is_answered_by_the_first_words() -> None:
    staged = stage(
        {"/in": "<Say>Hello.</Say>"},
        ours=OurNumber(voice=Hook(f"{BASE}/in"), status=Hook(f"{BASE}/status")),
    )
    call = staged.world.call_in(ANA, OURS)
    staged.world.run_until_idle()

    fields = staged.app.at("/in")[0].fields
    assert (fields["Direction"], fields["CallStatus"], fields["From"]) == ("inbound", "ringing", ANA)
    assert staged.said(call.sid) == ["Hello."]
    assert staged.app.events() == ["completed"]


def test_message_in_a_call_sends_a_text_and_goes_on() -> None:
    staged = stage(
        {"/start": f'<Message to="{LUIS}">Read more: example.org</Message><Say>Sent.</Say>'},
        Supporter(ANA, [PickUp()]),
    )
    sid = staged.play()

    text = staged.world.texts[0]
    assert (text.to, text.from_, text.direction, text.status) == (LUIS, OURS, "outbound-call", "delivered")
    assert staged.said(sid) == ["Sent."]
