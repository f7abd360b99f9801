"""Supporters and their scripts; clock and world as a test uses them."""

from datetime import datetime

import pytest

from dev.phone_world import (
    Answer,
    Decline,
    HangUp,
    Heard,
    OfficeLine,
    OurNumber,
    PickUp,
    Press,
    Speak,
    Supporter,
    VirtualClock,
    Voicemail,
)
from dev.phone_world.acting import VOICEMAIL_GREETING
from dev.phone_world.calls import Hook
from dev.phone_world.snapshot import state
from tests.phone_world.tiny_app import ANA, BASE, LUIS, OFFICE, OURS, Page, stage

MENU: dict[str, Page] = {
    "/start": '<Gather numDigits="1" action="/key" timeout="9">'
    "<Say>Hello.</Say><Say>To talk, press 1. To stop, press 9.</Say></Gather>",
    "/key": '<Say>Goodbye.</Say><Pause length="30"/>',
}


def test_a_supporter_can_wait_for_words() -> None:
    staged = stage(MENU, Supporter(ANA, [PickUp(after=2), Press("9", when=Heard("to stop"), after=0.5)]))
    sid = staged.play()

    lines = staged.world.transcript(sid)
    words = next(line for line in lines if "To stop" in line.text)
    pressed = next(line for line in lines if line.kind == "pressed")
    assert pressed.at == words.at + 0.5


def test_a_supporter_can_hang_up_on_words() -> None:
    staged = stage(MENU, Supporter(ANA, [PickUp(), Press("1"), HangUp(when=Heard("Goodbye"), after=2)]))
    sid = staged.play()

    assert staged.world.transcript(sid)[-1].text == "hung up"


def test_a_misspelt_moment_is_found_at_once() -> None:
    with pytest.raises(ValueError, match="office sings"):
        Supporter(ANA, [HangUp(when="office sings")])


def test_a_voicemail_answers_presses_nothing_and_hangs_up() -> None:
    staged = stage(
        {"/start": '<Gather timeout="120" numDigits="1" action="/key"/>'},
        Supporter(ANA, [Voicemail(after=20, seconds=30)]),
    )
    sid = staged.play(timeout=25)

    call = staged.world.by_sid[sid]
    assert (call.status, call.duration) == ("completed", 30)
    assert staged.world.transcript(sid)[0].text == VOICEMAIL_GREETING
    assert staged.app.at("/key") == []


def test_somebody_who_never_answers_is_no_answer_after_the_timeout() -> None:
    staged = stage(MENU, Supporter(ANA, []))
    sid = staged.play(timeout=25, status_callback=f"{BASE}/status")

    assert staged.app.events() == ["no-answer"]
    assert staged.app.at("/status")[0].at == 1 + 25
    assert staged.app.at("/status")[0].fields["SipResponseCode"] == "487"
    assert staged.world.rings(ANA) == 1
    assert staged.world.by_sid[sid].duration is None


def test_each_call_can_go_differently() -> None:
    staged = stage(MENU, Supporter(ANA, [Decline()], later=([], [PickUp()])))
    statuses = []
    for _ in range(4):
        sid = staged.play(timeout=10)
        statuses.append(staged.world.by_sid[sid].status)

    assert statuses == ["busy", "no-answer", "completed", "completed"]


def test_a_person_on_the_phone_is_busy_for_the_next_call() -> None:
    staged = stage(MENU, Supporter(ANA, [PickUp()]))
    staged.call()
    second = staged.call()
    staged.world.run_until_idle()

    assert staged.world.by_sid[second].status == "busy"


def test_a_second_caller_who_meets_busy_does_not_hide_the_first_on_the_page() -> None:
    staged = stage(MENU, Supporter(ANA, [PickUp()]))
    first = staged.call()
    staged.call()
    staged.world.advance(6)
    shown = state(staged.world, paused=False, speed=1.0)["phones"][0]

    assert (shown["call"]["sid"], shown["status"]) == (first, "in-progress")


def test_a_phone_in_the_hand_waits_for_its_owner() -> None:
    staged = stage(MENU, Supporter(ANA))
    sid = staged.call()
    staged.world.advance(10)
    assert staged.world.by_sid[sid].status == "ringing"

    staged.world.answer(ANA)
    staged.world.advance(2)
    staged.world.press(ANA, "1")
    staged.world.advance(1)
    staged.world.speak(ANA, "Hello?")
    staged.world.hang_up(ANA)
    staged.world.run_until_idle()

    assert staged.app.at("/key")[0].fields["Digits"] == "1"
    assert staged.world.by_sid[sid].status == "completed"


def test_a_phone_in_the_hand_can_decline_or_leave_it_to_the_voicemail() -> None:
    staged = stage(MENU, Supporter(ANA))
    first = staged.call()
    staged.world.advance(3)
    staged.world.decline(ANA)
    second = staged.call()
    staged.world.advance(3)
    staged.world.voicemail(ANA)
    staged.world.run_until_idle()

    assert staged.world.by_sid[first].status == "busy"
    assert staged.world.by_sid[second].status == "completed"


def test_a_phone_that_does_not_ring_cannot_be_answered() -> None:
    staged = stage(MENU, Supporter(ANA))
    with pytest.raises(LookupError, match="nothing rings"):
        staged.world.answer(ANA)


def test_a_supporter_can_call_in_by_script() -> None:
    staged = stage(
        {"/in": MENU["/start"], "/key": "<Say>Goodbye.</Say>"},
        Supporter(LUIS, [Press("1")]),
        ours=OurNumber(voice=Hook(f"{BASE}/in")),
    )
    call = staged.world.call_in(LUIS, OURS)
    staged.world.run_until_idle()

    assert staged.app.at("/key")[0].fields["Digits"] == "1"
    assert call.status == "completed"


def test_a_caller_who_gives_up_before_the_answer_is_canceled() -> None:
    staged = stage(MENU, ours=OurNumber(voice=Hook(f"{BASE}/in")))
    call = staged.world.call_in(LUIS, OURS)
    staged.world.hang_up(LUIS)
    staged.world.run_until_idle()

    assert call.status == "canceled"
    assert staged.app.asked == []


def test_nobody_can_call_a_number_that_is_not_ours() -> None:
    with pytest.raises(ValueError, match="not a number of this account"):
        stage(MENU).world.call_in(LUIS, OFFICE)


def test_a_supporter_hears_the_office_and_the_office_hears_the_supporter() -> None:
    staged = stage(
        {"/start": f"<Dial>{OFFICE}</Dial>"},
        Supporter(ANA, [PickUp(), Speak("Please halt the deportations.", after=3)]),
        OfficeLine(OFFICE, Answer.PERSON, talk_seconds=20),
    )
    sid = staged.play()

    for leg in (sid, staged.world.children(sid)[0].sid):
        spoken = [line.text for line in staged.world.transcript(leg) if line.kind == "spoke"]
        assert spoken == ["Field office, how can I help you?", "Please halt the deportations."]


def test_the_clock_moves_only_when_moved_and_skips_what_was_cancelled() -> None:
    staged = stage(MENU, Supporter(ANA, [PickUp(), HangUp(after=3)]))
    staged.play()

    assert staged.world.clock.seconds == 1 + 4 + 3
    assert staged.world.next_event_in() is None
    staged.world.advance(60)
    assert staged.world.clock.seconds == 68


def test_a_clock_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        VirtualClock(datetime(2026, 12, 9))  # noqa: DTZ001


def test_the_same_seed_makes_the_same_ids() -> None:
    first, second, third = (stage(MENU, seed=seed).call() for seed in (5, 5, 6))

    assert first == second != third
