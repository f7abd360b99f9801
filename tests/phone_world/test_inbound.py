"""Somebody dials a number of ours: what the app is asked, what the number's own addresses hear, hidden callers."""

from urllib.parse import unquote

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import (
    ANONYMOUS,
    WITHHELD,
    Answer,
    HangUp,
    Heard,
    Hook,
    OfficeLine,
    OurNumber,
    PickUp,
    Press,
    Rules,
    Supporter,
)
from dev.phone_world.people import Move
from tests.phone_world.tiny_app import (
    ACCOUNT,
    ANA,
    BASE,
    LUIS,
    OFFICE,
    OURS,
    TOKEN,
    Asked,
    Page,
    Stage,
    stage,
)

ANOTHER = "+12025550187"
HOOKED = OurNumber(Hook(f"{BASE}/in"), Hook(f"{BASE}/fallback"), Hook(f"{BASE}/ended"))
HANGUP: dict[str, Page] = {"/in": '<Say>Hello.</Say><Pause length="70"/><Hangup/>'}


def called(pages: dict[str, Page], *moves: Move, rules: Rules | None = None, **told: str) -> Stage:
    staged = stage(pages, OfficeLine(OFFICE), ours=HOOKED, rules=rules)
    staged.world.call_in(ANA, OURS, moves, **told)
    staged.world.run_until_idle()
    return staged


def first(staged: Stage) -> Asked:
    return staged.app.at("/in")[0]


# What the app is asked.


def test_the_voice_address_is_asked_with_every_field_blank_ones_too() -> None:
    staged = called(HANGUP)
    sid = staged.world.calls[0].sid

    blank = {
        f"{side}{part}" for side in ("From", "To", "Caller", "Called") for part in ("City", "State", "Zip")
    }
    told = first(staged).fields
    assert first(staged).method == "POST"
    assert {name for name, value in told.items() if not value} == blank
    assert told == told | {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "CallSid": sid,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": ANA,
        "Caller": ANA,
        "To": OURS,
        "Called": OURS,
        "FromCountry": "US",
        "StirVerstat": "TN-Validation-Passed-A",
    }
    assert "ParentCallSid" not in told


def test_the_call_token_is_percent_encoded_json_and_only_in_the_first_request() -> None:
    staged = called({"/in": '<Redirect method="POST">/next</Redirect>', "/next": "<Hangup/>"})

    token = first(staged).fields["CallToken"]
    assert unquote(token) != token
    assert unquote(token).startswith('{"parentCallInfoToken":')
    assert not {"CallToken", "StirVerstat"} & set(staged.app.at("/next")[0].fields)


def test_every_request_is_signed_blanks_and_percent_signs_too() -> None:
    staged = called(HANGUP)

    assert {asked.path for asked in staged.app.asked} == {"/in", "/ended"}
    for asked in staged.app.asked:
        signature = asked.headers["X-Twilio-Signature"]
        assert RequestValidator(TOKEN).validate(asked.url, asked.fields, signature)
        assert not RequestValidator(TOKEN).validate(asked.url, asked.fields | {"From": LUIS}, signature)


def test_an_address_may_be_asked_by_get() -> None:
    staged = stage(HANGUP, ours=OurNumber(Hook(f"{BASE}/in", "GET")))
    staged.world.call_in(ANA, OURS, [])
    staged.world.run_until_idle()

    assert (first(staged).method, first(staged).fields["From"]) == ("GET", ANA)


def test_each_number_of_a_pool_has_its_own_addresses() -> None:
    staged = stage({"/in": "<Say>One.</Say>", "/other": "<Say>Two.</Say>"}, ours=HOOKED)
    staged.world.numbers[ANOTHER] = OurNumber(Hook(f"{BASE}/other"))
    calls = [staged.world.call_in(phone, to, []) for phone, to in ((ANA, OURS), (LUIS, ANOTHER))]
    staged.world.run_until_idle()

    assert [staged.said(call.sid) for call in calls] == [["One."], ["Two."]]
    assert staged.app.at("/other")[0].fields["To"] == ANOTHER
    assert [asked.fields["To"] for asked in staged.app.at("/ended")] == [OURS]


# The number's status callback and fallback.


def test_the_end_alone_is_told_with_both_durations_and_no_parent() -> None:
    staged = called(HANGUP)

    (ended,) = staged.app.at("/ended")
    assert ended.fields == ended.fields | {
        "CallStatus": "completed",
        "Direction": "inbound",
        "CallDuration": "71",
        "Duration": "2",
        "SequenceNumber": "0",
    }
    assert not {"ParentCallSid", "StirStatus", "CallToken"} & set(ended.fields)


def test_a_caller_who_gives_up_while_it_rings_is_told_as_canceled() -> None:
    staged = called(HANGUP, HangUp(after=0.4))

    assert staged.app.at("/in") == []
    assert [asked.fields["CallStatus"] for asked in staged.app.at("/ended")] == ["canceled"]
    assert staged.app.at("/ended")[0].fields["CallDuration"] == "0"
    assert staged.world.transcript(staged.world.calls[0].sid)[-1].text == "hung up"


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
def test_a_rejected_call_is_never_answered(reason: str, status: str) -> None:
    staged = called({"/in": f'<Reject reason="{reason}"/>'}, post_dial=",12")

    assert staged.app.events("/ended") == [status]
    assert staged.world.calls[0].answered is None
    assert staged.world.transcript(staged.world.calls[0].sid) == []


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ((500, {}, b""), "11217"),
        ((200, {"Content-Type": "text/xml"}, b"<Oh"), "12100"),
        ((302, {}, b""), "11200"),
    ],
)
def test_a_failure_goes_to_the_numbers_fallback_with_code_and_address(page: Page, code: str) -> None:
    staged = called({"/in": page, "/fallback": "<Say>Sorry.</Say>"})

    (fallback,) = staged.app.at("/fallback")
    assert (fallback.fields["ErrorCode"], fallback.fields["ErrorUrl"]) == (code, f"{BASE}/in")
    assert (fallback.fields["CallStatus"], fallback.fields["Direction"]) == ("ringing", "inbound")
    assert staged.said(staged.world.calls[0].sid) == ["Sorry."]


def test_without_a_fallback_the_caller_is_answered_with_twilios_apology() -> None:
    staged = stage({"/in": (500, {}, b"")}, ours=OurNumber(Hook(f"{BASE}/in")))
    call = staged.world.call_in(ANA, OURS, [])
    staged.world.run_until_idle()

    assert "application error" in staged.said(call.sid)[0]
    assert call.status == "completed"


def test_a_number_that_leads_nowhere_turns_the_caller_away() -> None:
    staged = stage({})
    call = staged.world.call_in(ANA, OURS, [])
    staged.world.run_until_idle()

    assert (call.status, call.answered) == ("no-answer", None)
    assert [alert.code for alert in staged.world.alerts] == [11100]
    assert staged.app.asked == []


def test_a_full_account_takes_no_call() -> None:
    staged = stage(HANGUP, ours=HOOKED, rules=Rules(max_calls=1))
    one, two = (staged.world.call_in(phone, OURS, []) for phone in (ANA, LUIS))
    staged.world.run_until_idle()

    assert [call.status for call in (one, two)] == ["busy", "completed"]
    assert [alert.code for alert in staged.world.alerts] == [10004]


# Who calls.


def test_a_hidden_number_is_told_as_anonymous_while_the_phone_stays_known() -> None:
    staged = called({"/in": '<Gather numDigits="1" action="/key"/>'}, Press("7"), shows=ANONYMOUS)

    told = first(staged).fields
    assert (told["From"], told["Caller"], told["FromCountry"]) == (ANONYMOUS, ANONYMOUS, "")
    assert told["StirVerstat"] == "No-TN-Validation"
    assert all(ANA not in asked.body.decode() for asked in staged.app.asked)
    assert staged.world.transcript(staged.world.calls[0].sid)[0].who == ANA
    assert staged.app.at("/key")[0].fields["Digits"] == "7"


def test_two_hidden_callers_at_once_are_two_phones() -> None:
    staged = stage(HANGUP, ours=HOOKED)
    for phone in (ANA, LUIS):
        staged.world.call_in(phone, OURS, None, shows=ANONYMOUS)
    staged.world.advance(3)
    staged.world.hang_up(LUIS)
    staged.world.run_until_idle()

    assert [call.duration for call in staged.world.calls] == [71, 2]


def test_a_spoofed_caller_id_has_a_weaker_attestation() -> None:
    assert first(called(HANGUP, shows=LUIS)).fields["StirVerstat"] == "TN-Validation-Passed-C"


def test_a_phone_that_is_in_a_call_cannot_dial_and_is_busy() -> None:
    staged = stage(HANGUP | {"/start": "<Hangup/>"}, ours=HOOKED)
    staged.world.call_in(ANA, OURS, [])
    staged.world.advance(2)
    with pytest.raises(ValueError, match="in a call already"):
        staged.world.call_in(ANA, OURS, [])
    sid = staged.play(to=ANA)

    assert staged.world.by_sid[sid].status == "busy"


def test_a_caller_has_nothing_to_pick_up() -> None:
    staged = stage(HANGUP, Supporter(ANA), ours=HOOKED)
    call = staged.world.call_in(ANA, OURS, [PickUp(after=0.1)])
    staged.world.advance(0.5)
    with pytest.raises(LookupError, match="calling us"):
        staged.world.answer(ANA)

    assert call.answered is None


def test_a_caller_can_wait_for_words_and_hang_up() -> None:
    staged = called(HANGUP, HangUp(after=5, when=Heard("hello")))

    assert staged.app.at("/ended")[0].fields["CallDuration"] == "5"


# Dial within a call that came in.


def dialled(attributes: str, shows: str = "") -> Stage:
    return called(
        {"/in": f'<Dial action="/after" {attributes}>{OFFICE}</Dial>', "/after": "<Hangup/>"}, shows=shows
    )


@pytest.mark.parametrize(
    ("caller_id", "shown"), [(f'callerId="{OURS}"', OURS), (f'callerId="{ANA}"', ANA), ("", ANA)]
)
def test_the_office_sees_our_number_or_the_callers_and_the_callers_if_nothing_is_said(
    caller_id: str, shown: str
) -> None:
    staged = dialled(caller_id)

    assert staged.world.shown_to(OFFICE) == [shown]
    assert staged.app.at("/after")[0].fields["DialCallStatus"] == "completed"
    assert staged.world.complaints == []


@pytest.mark.parametrize("caller_id", [LUIS, ANONYMOUS])
def test_neither_a_strangers_number_nor_a_hidden_one_may_be_shown(caller_id: str) -> None:
    staged = dialled(f'callerId="{caller_id}"', shows=ANONYMOUS)

    assert [alert.code for alert in staged.world.complaints] == [13214]
    assert staged.world.shown_to(OFFICE) == []
    assert staged.app.at("/after")[0].fields["DialCallStatus"] == "failed"


def test_another_number_of_our_pool_may_be_shown() -> None:
    staged = stage({"/in": f'<Dial callerId="{ANOTHER}">{OFFICE}</Dial>'}, OfficeLine(OFFICE), ours=HOOKED)
    staged.world.numbers[ANOTHER] = OurNumber()
    staged.world.call_in(ANA, OURS, [])
    staged.world.run_until_idle()

    assert staged.world.shown_to(OFFICE) == [ANOTHER]


def test_an_office_leg_names_its_parent_and_what_the_parent_is() -> None:
    staged = called({"/in": f'<Dial><Number statusCallback="/leg">{OFFICE}</Number></Dial>'})

    (leg,) = staged.app.at("/leg")
    assert leg.fields["ParentCallSid"] == staged.world.calls[0].sid
    assert leg.fields["Direction"] == "outbound-dial"
    assert staged.world.calls[0].status == "completed"


def test_withheld_numbers_are_the_words_on_a_keypad() -> None:
    letters = {letter: key for key, word in KEYPAD.items() for letter in word}
    words = ("ANONYMOUS", "RESTRICTED", "UNAVAILABLE", "UNKNOWN", "BLOCKED")

    keyed = {"+" + "".join(letters[letter] for letter in word) for word in words}
    assert keyed | {"anonymous"} == WITHHELD
    assert ANONYMOUS in keyed


KEYPAD = {
    "2": "ABC",
    "3": "DEF",
    "4": "GHI",
    "5": "JKL",
    "6": "MNO",
    "7": "PQRS",
    "8": "TUV",
    "9": "WXYZ",
}


def test_the_office_answers_a_caller_who_dialled_in_as_any_other() -> None:
    staged = stage({"/in": f"<Dial>{OFFICE}</Dial>"}, OfficeLine(OFFICE, Answer.BUSY), ours=HOOKED)
    staged.world.call_in(ANA, OURS, [])
    staged.world.run_until_idle()

    assert (staged.world.calls[1].status, staged.world.shown_to(OFFICE)) == ("busy", [])
