"""Dial: every way in which the other end can answer, and every limit."""

import pytest

from dev.phone_world import (
    Answer,
    HangUp,
    OfficeLine,
    OurNumber,
    PickUp,
    Press,
    Rules,
    Star,
    Supporter,
)
from dev.phone_world.calls import Hook
from tests.phone_world.tiny_app import ANA, ANOTHER_OFFICE, BASE, LUIS, OFFICE, OURS, Page, Stage, stage


def dial(
    *parties: Supporter | OfficeLine,
    attributes: str = "",
    inside: str = f"<Number>{OFFICE}</Number>",
    moves: tuple[object, ...] = (),
    rules: Rules | None = None,
) -> Stage:
    pages: dict[str, Page] = {
        "/start": f'<Dial action="/after" {attributes}>{inside}</Dial><Say>Never reached.</Say>',
        "/after": "<Say>After.</Say>",
    }
    supporter = Supporter(ANA, (PickUp(after=2), *moves))  # type: ignore[arg-type]
    staged = stage(pages, supporter, *parties, rules=rules)
    staged.play()
    return staged


def result(staged: Stage) -> dict[str, str]:
    asked = staged.app.at("/after")
    assert len(asked) == 1
    return {name: value for name, value in asked[0].fields.items() if name.startswith("Dial")}


@pytest.mark.parametrize(
    ("answer", "status", "leg_status", "bridged"),
    [
        (Answer.PERSON, "completed", "completed", "true"),
        (Answer.VOICEMAIL, "completed", "completed", "true"),
        (Answer.PHONE_MENU, "completed", "completed", "true"),
        (Answer.FULL_VOICEMAIL, "completed", "completed", "true"),
        (Answer.WRONG_NUMBER, "completed", "completed", "true"),
        (Answer.BUSY, "busy", "busy", "false"),
        (Answer.RINGS_OUT, "no-answer", "no-answer", "false"),
        (Answer.CANT_CONNECT, "failed", "failed", "false"),
    ],
)
def test_each_way_to_answer_has_its_status(
    answer: Answer, status: str, leg_status: str, bridged: str
) -> None:
    staged = dial(OfficeLine(OFFICE, answer))

    told = result(staged)
    assert (told["DialCallStatus"], told["DialBridged"]) == (status, bridged)
    assert staged.world.calls[1].status == leg_status
    assert ("DialCallDuration" in told) == (bridged == "true")
    assert staged.said(staged.world.calls[0].sid) == ["After."]
    assert staged.world.complaints == []


def test_an_unknown_number_rings_out() -> None:
    assert result(dial())["DialCallStatus"] == "no-answer"


def test_the_ring_timeout_has_five_seconds_more() -> None:
    staged = dial(OfficeLine(OFFICE, Answer.RINGS_OUT), attributes='timeout="20"')

    leg = staged.world.calls[1]
    assert leg.started is not None
    assert leg.ended is not None
    assert leg.ended - leg.started == 1 + 20 + 5


def test_an_answer_in_the_buffer_still_counts() -> None:
    staged = dial(OfficeLine(OFFICE, ring_seconds=24), attributes='timeout="20"')

    assert result(staged)["DialCallStatus"] == "completed"


def test_thirty_seconds_of_ringing_are_the_default() -> None:
    leg = dial(OfficeLine(OFFICE, Answer.RINGS_OUT)).world.calls[1]

    assert (leg.ended or 0) - (leg.started or 0) == 1 + 30 + 5


def test_the_time_limit_ends_the_talk() -> None:
    staged = dial(OfficeLine(OFFICE, talk_seconds=None), attributes='timeLimit="90"')

    assert result(staged)["DialCallDuration"] == "90"
    assert staged.world.calls[0].status == "completed"


def test_star_ends_the_talk_and_goes_on() -> None:
    staged = dial(
        OfficeLine(OFFICE, talk_seconds=None), attributes='hangupOnStar="true"', moves=(Star(after=20),)
    )

    assert result(staged)["DialCallStatus"] == "completed"
    assert result(staged)["DialCallDuration"] == "20"
    assert staged.said(staged.world.calls[0].sid) == ["After."]


def test_star_while_it_rings_cancels_the_leg() -> None:
    staged = dial(
        OfficeLine(OFFICE, ring_seconds=20),
        attributes='hangupOnStar="true"',
        moves=(Star(when="office rings", after=3),),
    )

    assert result(staged)["DialCallStatus"] == "canceled"


def test_star_means_nothing_unless_told() -> None:
    staged = dial(OfficeLine(OFFICE, talk_seconds=40), moves=(Star(after=5),))

    assert result(staged)["DialCallDuration"] == "40"


def test_a_phone_menu_hears_the_keys() -> None:
    staged = dial(OfficeLine(OFFICE, Answer.PHONE_MENU), moves=(Press("2", when="connected", after=4),))

    spoken = [
        line.text for line in staged.world.transcript(staged.world.calls[0].sid) if line.kind == "spoke"
    ]
    assert spoken[1] == "Thank you. Please hold."


def test_without_an_action_the_next_verb_follows() -> None:
    staged = stage(
        {"/start": f"<Dial>{OFFICE}</Dial><Say>Next.</Say>"},
        Supporter(ANA, [PickUp()]),
        OfficeLine(OFFICE),
    )
    sid = staged.play()

    assert staged.said(sid) == ["Next."]


@pytest.mark.parametrize("shown", [OURS, ANA, LUIS])
def test_our_own_the_callers_and_a_verified_number_may_be_shown(shown: str) -> None:
    staged = dial(
        OfficeLine(OFFICE), attributes=f'callerId="{shown}"', rules=Rules(verified=frozenset({LUIS}))
    )

    assert staged.world.calls[1].from_ == shown
    assert staged.world.complaints == []


def test_a_strangers_number_may_not_be_shown_and_nobody_is_rung() -> None:
    staged = dial(OfficeLine(OFFICE), attributes=f'callerId="{LUIS}"')

    assert [alert.code for alert in staged.world.complaints] == [13214]
    assert result(staged) == {"DialCallStatus": "failed", "DialBridged": "false"}
    assert staged.world.calls_to(OFFICE) == []


def test_a_number_that_is_none_is_a_complaint() -> None:
    staged = dial(inside="<Number>404-555-0190</Number>")

    assert [alert.code for alert in staged.world.complaints] == [13223]


def test_the_first_of_several_to_answer_is_connected_and_the_others_canceled() -> None:
    staged = dial(
        OfficeLine(OFFICE, ring_seconds=9),
        OfficeLine(ANOTHER_OFFICE, ring_seconds=3),
        inside=f"<Number>{OFFICE}</Number><Number>{ANOTHER_OFFICE}</Number>",
    )

    assert [leg.status for leg in staged.world.calls[1:]] == ["canceled", "completed"]
    assert result(staged)["DialCallSid"] == staged.world.calls[2].sid


def test_busy_of_several_waits_for_the_others() -> None:
    staged = dial(
        OfficeLine(OFFICE, Answer.BUSY),
        OfficeLine(ANOTHER_OFFICE),
        inside=f"<Number>{OFFICE}</Number><Number>{ANOTHER_OFFICE}</Number>",
    )

    assert result(staged)["DialCallStatus"] == "completed"


def test_more_than_ten_numbers_are_refused() -> None:
    staged = dial(inside=f"<Number>{OFFICE}</Number>" * 11)

    assert [alert.code for alert in staged.world.complaints] == [13210]


def test_what_a_numbers_url_says_comes_before_the_bridge() -> None:
    pages: dict[str, Page] = {
        "/start": f'<Dial action="/after"><Number url="/whisper">{OFFICE}</Number></Dial>',
        "/whisper": '<Pause length="3"/>',
        "/after": "<Hangup/>",
    }
    staged = stage(pages, Supporter(ANA, [PickUp()]), OfficeLine(OFFICE, talk_seconds=30))
    staged.play()

    leg = staged.world.calls[1]
    assert leg.bridged is not None
    assert leg.answered is not None
    assert leg.bridged - leg.answered == 3
    assert staged.app.at("/whisper")[0].fields["CallSid"] == leg.sid


def test_a_hangup_in_what_a_numbers_url_says_ends_the_leg_unbridged() -> None:
    pages: dict[str, Page] = {
        "/start": f'<Dial action="/after"><Number url="/whisper">{OFFICE}</Number></Dial>',
        "/whisper": "<Hangup/>",
        "/after": "<Hangup/>",
    }
    staged = stage(pages, Supporter(ANA, [PickUp()]), OfficeLine(OFFICE))
    staged.play()

    assert staged.app.at("/after")[0].fields["DialBridged"] == "false"


def test_a_broken_whisper_ends_the_leg_unbridged() -> None:
    pages: dict[str, Page] = {
        "/start": f'<Dial action="/after"><Number url="/whisper">{OFFICE}</Number></Dial>',
        "/whisper": (500, {}, b""),
        "/after": "<Hangup/>",
    }
    staged = stage(pages, Supporter(ANA, [PickUp()]), OfficeLine(OFFICE))
    staged.play()

    assert staged.world.calls[1].bridged is None
    assert staged.world.calls[1].is_over


def test_send_digits_come_before_the_bridge() -> None:
    staged = dial(OfficeLine(OFFICE), inside=f'<Number sendDigits="ww12#">{OFFICE}</Number>')

    leg = staged.world.calls[1]
    assert leg.bridged is not None
    assert leg.answered is not None
    assert leg.bridged - leg.answered == 2.5


def test_only_the_events_that_were_asked_for_are_told() -> None:
    staged = dial(
        OfficeLine(OFFICE),
        inside=f'<Number statusCallback="/leg" statusCallbackEvent="answered">{OFFICE}</Number>',
    )

    assert staged.app.events("/leg") == ["in-progress"]


def test_completed_is_told_by_default() -> None:
    staged = dial(OfficeLine(OFFICE, Answer.BUSY), inside=f'<Number statusCallback="/leg">{OFFICE}</Number>')

    assert staged.app.events("/leg") == ["busy"]


def test_too_many_legs_at_once_fail_the_dial() -> None:
    staged = dial(OfficeLine(OFFICE), rules=Rules(max_calls=1))

    assert result(staged)["DialCallStatus"] == "failed"
    assert [alert.code for alert in staged.world.alerts] == [10004]


def test_an_action_need_not_be_asked_after_a_hang_up() -> None:
    staged = dial(
        OfficeLine(OFFICE, talk_seconds=None),
        moves=(HangUp(when="connected", after=5),),
        rules=Rules(action_after_hang_up=False),
    )

    assert staged.app.at("/after") == []
    assert [call.status for call in staged.world.calls] == ["completed", "completed"]


def test_an_inbound_caller_is_answered_only_when_bridged_if_told_so() -> None:
    pages: dict[str, Page] = {"/in": f'<Dial answerOnBridge="true">{OFFICE}</Dial>'}
    staged = stage(pages, OfficeLine(OFFICE, ring_seconds=10), ours=OurNumber(voice=Hook(f"{BASE}/in")))
    call = staged.world.call_in(ANA, OURS)
    staged.world.advance(8)
    assert call.status == "ringing"
    staged.world.run_until_idle()

    assert call.answered == staged.world.calls[1].answered
