"""Texts that people send: the webhook, its faults and its answer; Twilio's own STOP, START and HELP."""

from collections.abc import Iterator

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped, unused-ignore]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import ADVANCED, LONG_CODE, Keywords, OurNumber, Plan, Rules, TransportError, Trouble
from dev.phone_world.calls import Hook
from dev.phone_world.keywords import ANSWERS
from tests.phone_world.tiny_app import (
    ACCOUNT,
    ANA,
    BASE,
    LUIS,
    OURS,
    TOKEN,
    Asked,
    Page,
    Reply,
    Stage,
    stage,
)

SERVICE = "MG" + "2" * 32
ANOTHER = "+12025550143"
THANKS: dict[str, Page] = {"/text": "<Message>Thanks.</Message>"}


def texting(pages: dict[str, Page], fragment: str = "", *, fallback: bool = False) -> Stage:
    spare = Hook(f"{BASE}/fallback") if fallback else Hook("")
    return stage(pages, ours=OurNumber(text=Hook(f"{BASE}/text{fragment}"), text_fallback=spare))


def obeying(keywords: Keywords | None, service: str = "") -> Stage:
    ours = OurNumber(text=Hook(f"{BASE}/text"), service=service)
    return stage({"/text": ""}, rules=Rules(keywords=keywords), ours=ours)


def texted(staged: Stage, *bodies: str, number: str = ANA) -> list[str]:
    """What the person got for these texts, one after the other."""
    for body in bodies:
        staged.world.text_in(number, OURS, body)
        staged.world.run_until_idle()
    return [text.body for text in staged.world.texts if text.to == number]


def refusal(staged: Stage, to: str = ANA, **told: str) -> int:
    with pytest.raises(TwilioRestException) as caught:
        staged.client.messages.create(**({"to": to, "from_": OURS, "body": "Hello"} | told))
    assert caught.value.status == 400
    return int(caught.value.code)


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


def test_the_form_has_twilios_fields_blank_ones_included() -> None:
    staged = texting({"/text": ""})
    text = staged.world.text_in(ANA, OURS, "ñ" * 161)
    staged.world.run_until_idle()

    assert staged.app.at("/text")[0].fields == {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": "ñ" * 161,
        "From": ANA,
        "FromCity": "",
        "FromCountry": "US",
        "FromState": "",
        "FromZip": "",
        "MessageSid": text.sid,
        "NumMedia": "0",
        "NumSegments": "2",
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "To": OURS,
        "ToCity": "",
        "ToCountry": "US",
        "ToState": "",
        "ToZip": "",
    }


def test_a_number_in_a_service_names_it() -> None:
    staged = obeying(LONG_CODE, SERVICE)
    texted(staged, "JOIN")

    assert staged.app.at("/text")[0].fields["MessagingServiceSid"] == SERVICE


def test_several_messages_arrive_in_order() -> None:
    staged = texting({"/text": "<Message>One</Message><Message><Body>Two</Body></Message>"})

    assert texted(staged, "JOIN") == ["One", "Two"]


def test_a_repeat_has_the_same_sid_and_token_and_another_text_has_others() -> None:
    staged = texting(THANKS)
    staged.world.next_plans.append(Plan.twice(gap=1))
    texted(staged, "JOIN", "JOIN")

    first, again, other = staged.app.at("/text")
    for name in ("MessageSid", "SmsSid", "SmsMessageSid"):
        assert first.fields[name] == again.fields[name] != other.fields[name]
    token = "I-Twilio-Idempotency-Token"
    assert first.headers[token] == again.headers[token] != other.headers[token]


def test_an_answer_that_comes_late_still_counts_within_fifteen_seconds() -> None:
    staged = texting(THANKS)
    staged.world.next_plans.append(Plan.late(8))

    assert texted(staged, "JOIN") == ["Thanks."]


@pytest.mark.parametrize(
    ("trouble", "fragment", "tries", "seconds", "code"),
    [
        (TransportError(Trouble.REFUSED), "", 2, 0, 11205),
        (TransportError(Trouble.CONNECT_TIMEOUT), "", 2, 10, 11205),
        (TransportError(Trouble.READ_TIMEOUT), "", 1, 15, 11200),
        (TransportError(Trouble.READ_TIMEOUT), "#rc=3&rp=all&rt=3000", 4, 12, 11200),
        ((503, {}, b""), "", 1, 0, 11200),
        ((503, {}, b""), "#rc=3&rp=all", 4, 0, 11200),
        ((404, {}, b""), "#rc=1&rp=5xx", 1, 0, 11200),
        ((200, {"Content-Type": "text/xml"}, b"<Response>"), "", 1, 0, 12100),
    ],
)
def test_a_failing_webhook_is_retried_as_its_fragment_says_then_the_fallback_is_asked_once(
    trouble: Page, fragment: str, tries: int, seconds: float, code: int
) -> None:
    pages: dict[str, Page] = {"/text": trouble, "/fallback": "<Message>Still here.</Message>"}
    staged = texting(pages, fragment, fallback=True)

    assert texted(staged, "STOP ICE") == ["Still here."]
    tried = staged.app.at("/text")
    assert len({asked.headers["I-Twilio-Idempotency-Token"] for asked in tried}) == 1
    assert len(tried) == tries
    asked = staged.app.at("/fallback")[0]
    assert (asked.fields["ErrorCode"], asked.fields["ErrorUrl"]) == (str(code), f"{BASE}/text")
    assert asked.fields["MessageSid"] == tried[0].fields["MessageSid"]
    assert asked.at == seconds
    assert [alert.code for alert in staged.world.alerts] == [code]


def test_a_failing_fallback_is_not_asked_again_and_nothing_is_sent() -> None:
    staged = texting({"/text": (500, {}, b""), "/fallback": (500, {}, b"")}, fallback=True)

    assert texted(staged, "JOIN") == []
    assert [asked.path for asked in staged.app.asked] == ["/text", "/fallback"]


def test_a_retry_that_is_answered_needs_no_fallback() -> None:
    answers: Iterator[str | Reply] = iter([(503, {}, b""), "<Message>Thanks.</Message>"])
    staged = texting({"/text": lambda _asked: next(answers)}, "#rc=1&rp=5xx", fallback=True)

    assert texted(staged, "JOIN") == ["Thanks."]
    assert staged.app.at("/fallback") == []


def test_a_lost_webhook_never_reaches_the_app_but_its_fallback_does() -> None:
    staged = texting({"/fallback": "<Message>Here.</Message>"}, "#rc=0", fallback=True)
    staged.world.next_plans.append(Plan.lost())

    assert texted(staged, "JOIN") == ["Here."]
    assert staged.app.at("/text") == []


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("<Message>Hi</Message>!", 12200),
        ("<Message/>", 12200),
        ("<Message><Media>https://app.example/a.png</Media></Message>", 12200),
        ("<Message too='+14045550123'>Hi</Message>", 12200),
        (f"<Message>{'a' * 1601}</Message>", 21617),
        ((200, {"Content-Type": "application/json"}, b"{}"), 12300),
        ((200, {"Content-Type": "text/xml"}, b"<Reply/>"), 12102),
    ],
)
def test_wrong_twiml_is_a_complaint_and_no_text(reply: Page, code: int) -> None:
    staged = texting({"/text": reply})

    assert texted(staged, "JOIN") == []
    assert [complaint.code for complaint in staged.world.complaints] == [code]


def test_more_than_thirty_replies_in_thirty_seconds_are_held_back() -> None:
    staged = texting(THANKS)
    for _ in range(31):
        staged.world.text_in(ANA, OURS, "JOIN")
    staged.world.advance(29)
    assert [alert.code for alert in staged.world.alerts] == [14107]
    staged.world.advance(2)

    assert len(texted(staged, "JOIN")) == 31
    assert len(staged.world.alerts) == 1


# Twilio's own words


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Stop\n", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]
)
def test_each_stop_word_blocks_and_is_answered_and_the_app_hears_it_too(word: str) -> None:
    staged = obeying(LONG_CODE)

    assert texted(staged, word) == [ANSWERS["STOP"]]
    assert refusal(staged) == 21610
    assert staged.app.at("/text")[0].fields["Body"] == word


@pytest.mark.parametrize("words", ["STOP ICE", "stop please", "STOP!", "ALTO", "opt-out", "unstoppable", ""])
def test_anything_but_the_word_alone_is_the_apps_matter(words: str) -> None:
    staged = obeying(LONG_CODE)

    assert texted(staged, words) == []
    staged.client.messages.create(to=ANA, from_=OURS, body="Hello")


@pytest.mark.parametrize("word", ["START", "yes", "UNSTOP"])
def test_a_start_word_lifts_the_block(word: str) -> None:
    staged = obeying(LONG_CODE)

    assert texted(staged, "STOP", word) == [ANSWERS["STOP"], ANSWERS["START"]]
    staged.client.messages.create(to=ANA, from_=OURS, body="Hello")


@pytest.mark.parametrize("word", ["HELP", "info"])
def test_help_is_answered_and_blocks_nobody(word: str) -> None:
    staged = obeying(LONG_CODE)

    assert texted(staged, word) == [ANSWERS["HELP"]]
    staged.client.messages.create(to=ANA, from_=OURS, body="Hello")


def test_a_second_stop_has_no_second_answer() -> None:
    assert texted(obeying(LONG_CODE), "STOP", "STOP") == [ANSWERS["STOP"]]


def test_yes_can_be_taken_from_the_words() -> None:
    staged = obeying(LONG_CODE.without("YES"))

    assert texted(staged, "STOP", "YES") == [ANSWERS["STOP"]]
    assert refusal(staged) == 21610
    assert texted(staged, "START")[-1] == ANSWERS["START"]


def test_a_bare_short_code_obeys_nothing() -> None:
    staged = obeying(None)

    assert texted(staged, "STOP", "HELP") == []
    staged.client.messages.create(to=ANA, from_=OURS, body="Hello")


@pytest.mark.parametrize(
    ("keywords", "service", "told"),
    [
        (ADVANCED, SERVICE, ["STOP", "START", "HELP", None]),
        (ADVANCED, "", [None] * 4),
        (LONG_CODE, SERVICE, [None] * 4),
    ],
)
def test_only_advanced_opt_out_of_a_service_tells_what_it_matched(
    keywords: Keywords, service: str, told: list[str | None]
) -> None:
    staged = obeying(keywords, service)
    texted(staged, "STOP", "START", "HELP", "STOP ICE")

    assert [asked.fields.get("OptOutType") for asked in staged.app.at("/text")] == told


def test_a_block_is_of_one_person_and_one_number() -> None:
    staged = obeying(LONG_CODE)
    staged.world.numbers[ANOTHER] = OurNumber()
    texted(staged, "STOP")

    staged.client.messages.create(to=LUIS, from_=OURS, body="Hello")
    staged.client.messages.create(to=ANA, from_=ANOTHER, body="Hello")
    assert refusal(staged) == 21610


def test_a_block_covers_the_whole_service() -> None:
    staged = obeying(LONG_CODE, SERVICE)
    staged.world.numbers[ANOTHER] = OurNumber(service=SERVICE)
    texted(staged, "STOP")

    assert refusal(staged, from_=ANOTHER) == 21610
    assert refusal(staged, from_="", messaging_service_sid=SERVICE) == 21610


def test_a_service_may_find_out_later_that_somebody_stopped() -> None:
    staged = obeying(LONG_CODE, SERVICE)
    staged.world.rules.service_refuses_at_once = False
    texted(staged, "STOP")
    text = staged.client.messages.create(
        to=ANA, messaging_service_sid=SERVICE, body="Hello", status_callback=f"{BASE}/text-status"
    )
    staged.world.run_until_idle()

    assert text.status == "accepted"
    told = staged.app.at("/text-status")[0].fields
    assert (told["MessageStatus"], told["ErrorCode"]) == ("failed", "21610")


def test_the_apps_answer_to_a_stop_is_not_sent() -> None:
    staged = texting(THANKS)

    assert texted(staged, "STOP") == [ANSWERS["STOP"]]
    assert [alert.code for alert in staged.world.alerts] == [21610]


def test_a_stop_counts_though_the_app_never_hears_of_it() -> None:
    staged = texting({"/text": (500, {}, b"")})
    texted(staged, "STOP")

    assert refusal(staged) == 21610


def test_the_app_can_write_to_others_while_it_answers() -> None:
    def reply(_asked: Asked) -> str:
        staged.client.messages.create(to=LUIS, from_=OURS, body="Ana wrote")
        return "<Message>Thanks.</Message>"

    staged = texting({"/text": reply})

    assert texted(staged, "JOIN") == ["Thanks."]
    assert [text.body for text in staged.world.texts if text.to == LUIS] == ["Ana wrote"]
