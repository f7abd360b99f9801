"""Whole calls, from the create to the last callback."""

from dev.phone_world import Answer, Decline, HangUp, OfficeLine, PickUp, Press, Speak, Supporter
from tests.phone_world.tiny_app import ALL_EVENTS, ANA, BASE, OFFICE, OURS, Page, Stage, stage

FLOW: dict[str, Page] = {
    "/start": '<Gather numDigits="1" action="/key" timeout="8"><Say>Press 1 to be connected.</Say></Gather>'
    "<Say>We did not get a key.</Say>",
    "/key": f'<Dial action="/after" timeout="20" callerId="{OURS}">'
    '<Number statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">'
    f"{OFFICE}</Number></Dial>",
    "/after": "<Say>Thank you.</Say><Hangup/>",
}


def completed_call() -> tuple[Stage, str]:
    staged = stage(
        FLOW,
        Supporter(
            ANA, [PickUp(after=4), Press("1", after=2), Speak("Hello, I am calling about the families.")]
        ),
        OfficeLine(OFFICE, Answer.PERSON, ring_seconds=5, talk_seconds=60),
    )
    sid = staged.play(status_callback=f"{BASE}/status", status_callback_event=ALL_EVENTS)
    return staged, sid


def test_a_call_rings_is_answered_asks_for_a_key_and_connects() -> None:
    staged, sid = completed_call()
    parent, leg = staged.world.calls

    assert staged.world.complaints == []
    assert (parent.status, leg.status) == ("completed", "completed")
    assert leg.parent_sid == sid
    assert leg.bridged_seconds == 60
    assert [asked.path for asked in staged.app.asked if asked.path not in {"/status", "/leg"}] == [
        "/start",
        "/key",
        "/after",
    ]


def test_both_legs_tell_their_progress_in_sequence() -> None:
    staged, _ = completed_call()

    for path in ("/status", "/leg"):
        assert staged.app.events(path) == ["initiated", "ringing", "in-progress", "completed"]
        numbers = [asked.fields["SequenceNumber"] for asked in staged.app.at(path)]
        assert numbers == ["0", "1", "2", "3"]


def test_durations_stand_only_in_the_last_callback_and_minutes_are_rounded_up() -> None:
    staged, _ = completed_call()

    *before, last = staged.app.at("/leg")
    assert all("CallDuration" not in asked.fields for asked in before)
    assert (last.fields["CallDuration"], last.fields["Duration"]) == ("60", "1")
    parent_last = staged.app.at("/status")[-1]
    assert parent_last.fields["Duration"] == "2"


def test_a_child_leg_names_its_parent_and_the_parent_names_none() -> None:
    staged, sid = completed_call()

    assert all(asked.fields["ParentCallSid"] == sid for asked in staged.app.at("/leg"))
    assert all("ParentCallSid" not in asked.fields for asked in staged.app.at("/status"))


def test_the_dial_action_says_how_it_went() -> None:
    staged, _ = completed_call()

    fields = staged.app.at("/after")[0].fields
    leg = staged.world.calls[1]
    assert fields["DialCallStatus"] == "completed"
    assert fields["DialCallSid"] == leg.sid
    assert fields["DialCallDuration"] == "60"
    assert fields["DialBridged"] == "true"


def test_the_transcript_holds_who_said_and_pressed_what_and_when() -> None:
    staged, sid = completed_call()

    lines = [(line.who, line.kind, line.text) for line in staged.world.transcript(sid)]
    assert lines == [
        ("line", "said", "Press 1 to be connected."),
        (ANA, "pressed", "1"),
        ("line", "happened", "Ringing (404) 555-0190…"),
        ("line", "happened", "Connected"),
        (OFFICE, "spoke", "Field office, how can I help you?"),
        (ANA, "spoke", "Hello, I am calling about the families."),
        ("line", "happened", "The other end: completed"),
        ("line", "said", "Thank you."),
    ]
    times = [line.at for line in staged.world.transcript(sid)]
    assert times == sorted(times)


def test_the_office_sees_the_caller_id_that_was_asked_for() -> None:
    staged, _ = completed_call()

    assert staged.world.calls[1].from_ == OURS


def test_without_a_key_the_next_verb_is_carried_out_and_the_document_ends_the_call() -> None:
    staged = stage(FLOW, Supporter(ANA, [PickUp()]))
    sid = staged.play()

    assert staged.said(sid) == ["Press 1 to be connected.", "We did not get a key."]
    assert staged.world.calls[0].status == "completed"
    assert staged.app.at("/key") == []


def test_hanging_up_while_the_office_rings_cancels_the_office_and_still_asks_the_action() -> None:
    staged = stage(
        FLOW,
        Supporter(ANA, [PickUp(after=4), Press("1"), HangUp(when="office rings", after=2)]),
        OfficeLine(OFFICE, ring_seconds=10),
    )
    staged.play(status_callback=f"{BASE}/status")

    parent, leg = staged.world.calls
    assert (parent.status, leg.status) == ("completed", "canceled")
    action = staged.app.at("/after")[0].fields
    assert (action["CallStatus"], action["DialCallStatus"]) == ("completed", "canceled")
    assert "Thank you." not in staged.said(parent.sid)


def test_hanging_up_while_talking_completes_both_legs() -> None:
    staged = stage(
        FLOW,
        Supporter(ANA, [PickUp(), Press("1"), HangUp(when="connected", after=30)]),
        OfficeLine(OFFICE, talk_seconds=None),
    )
    staged.play()

    parent, leg = staged.world.calls
    assert (parent.status, leg.status) == ("completed", "completed")
    assert leg.bridged_seconds == 30
    assert staged.app.at("/after")[0].fields["DialCallDuration"] == "30"


def test_a_declined_call_is_busy_and_never_asks_for_twiml() -> None:
    staged = stage(FLOW, Supporter(ANA, [Decline()]))
    staged.play(status_callback=f"{BASE}/status")

    assert staged.app.events() == ["busy"]
    assert staged.app.at("/start") == []
    last = staged.app.at("/status")[0].fields
    assert (last["CallDuration"], last["SipResponseCode"]) == ("0", "486")
