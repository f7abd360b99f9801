"""The phone world of the local stack: every number of ours leads to the app."""

from dev.environment import SERVICE
from dev.offices import HANDSETS, our_number, phone_world

SETTINGS = {
    "PATCHTHROUGH_PUBLIC_URL": "http://127.0.0.1:8000",
    "PATCHTHROUGH_CALLS_PER_SECOND": "1",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_NUMBERS": "+12025550142,+12025550187",
}


def test_a_call_to_any_number_of_ours_goes_to_the_app_and_its_end_is_told() -> None:
    server = phone_world(0, SETTINGS, "token")
    server._http.server_close()

    assert list(server.world.numbers) == ["+12025550142", "+12025550187"]
    for ours in server.world.numbers.values():
        assert ours.voice.url == "http://127.0.0.1:8000/twilio/voice/inbound"
        assert ours.fallback.url == "http://127.0.0.1:8000/twilio/voice/fallback"
        assert ours.status.url == "http://127.0.0.1:8000/twilio/voice/inbound/status"
        assert {ours.voice.method, ours.fallback.method, ours.status.method} == {"POST"}
        assert ours.text.url == "http://127.0.0.1:8000/twilio/texts/inbound#rc=3&rp=all"
        assert ours.text_fallback.url == "http://127.0.0.1:8000/twilio/texts/fallback"
        assert ours.service == SERVICE


def test_a_reset_keeps_where_the_numbers_lead() -> None:
    server = phone_world(0, SETTINGS, "token")
    server._http.server_close()
    server.reset()

    hooked = our_number(SETTINGS["PATCHTHROUGH_PUBLIC_URL"], SERVICE)
    assert set(server.world.numbers.values()) == {hooked}
    assert {handset.number for handset in HANDSETS} <= set(server.world.parties)
