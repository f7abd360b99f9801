"""Whole calls through the real app and the phone world: what a supporter hears, and what is counted."""

import itertools
from collections.abc import Iterator

import pytest

from chalicelib.domain.call import Ending, Stage
from chalicelib.domain.campaign import Status
from chalicelib.runtime import Runtime
from dev.phone_world import Answer, HangUp, Heard, OfficeLine, PickUp, Press, Star, Supporter, Voicemail
from dev.phone_world.people import Move
from tests.rehearsal import ANA, LINES, LUIS, SLUG, Rehearsal, sweep

HOW = Heard("How did it go")
NEXT = Heard("office too, press 1")
TRY = Heard("To try the")


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    sweep()
    made = Rehearsal(built, built.store._table.client)
    yield made
    assert made.world.complaints == []
    assert [alert for alert in made.world.alerts if alert.code != 13224] == []  # a line that can’t be reached
    assert made.difference() == 0


def office(house: Rehearsal, office_id: str, answers: Answer, talk: float = 30.0) -> None:
    house.world.add(OfficeLine(LINES[office_id], answers, talk_seconds=talk))


def test_a_call_to_three_offices_counts_each_with_its_own_outcome(house: Rehearsal) -> None:
    office(house, "ero-was", Answer.BUSY)
    office(house, "ero-nyc", Answer.VOICEMAIL)
    script: list[Move] = [
        PickUp(),
        Press("1"),
        Press("1", when=HOW),
        Press("1", when=NEXT),
        Press("1", when=TRY),
        Press("2", when=HOW),
    ]
    house.world.add(Supporter(ANA, script))

    call = house.tap()
    house.play()

    session = house.session(call["id"])
    assert house.outcomes() == ["spoke", "busy", "voicemail"]
    assert (session.stage, session.ending, session.phone) == (Stage.ENDED, Ending.DONE, None)
    assert "Yours was call number one." in house.heard()
    assert "Washington’s lines are all busy." in house.heard()
    assert house.heard().endswith("Yours was call number two. Thank you for speaking up. Goodbye.")
    assert house.tally().reached == 2


def test_a_supporter_who_never_picks_up_reaches_no_office(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, []))

    call = house.tap()
    house.play()

    assert house.session(call["id"]).ending is Ending.NOT_PICKED_UP
    assert house.world.rings(LINES["ero-atl"]) == 0
    assert house.outcomes() == []


def test_a_voicemail_that_picks_up_never_reaches_an_office(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [Voicemail(seconds=300)]))

    call = house.tap()
    house.play()

    assert house.session(call["id"]).ending is Ending.NO_KEY
    assert house.world.rings(LINES["ero-atl"]) == 0
    assert house.heard().count("To speak with the ICE office in Atlanta, press 1.") == 3


def test_key_nine_stops_every_ring_to_that_phone_for_good(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("9")]))

    call = house.tap()
    house.play()
    again = house.tap()

    assert house.session(call["id"]).ending is Ending.NEVER
    assert "We won’t call this number again." in house.heard()
    assert (again["http"], again["error"]["code"]) == (400, "phone_not_called")
    assert house.world.rings(ANA) == 1


def test_key_nine_pressed_while_another_spelling_waits_refuses_that_too(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("9")]))
    house.tap()
    house.play()

    for spelling in ("(404) 555-0123", "1-404-555-0123", "+1 404.555.0123"):
        assert house.tap(spelling)["error"]["code"] == "phone_not_called"


def test_hanging_up_while_an_office_rings_counts_an_attempt_and_no_more(house: Rehearsal) -> None:
    office(house, "ero-atl", Answer.RINGS_OUT)
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), HangUp(when="office rings", after=3)]))

    call = house.tap()
    house.play(minutes=15)

    session = house.session(call["id"])
    assert session.ending is Ending.DONE
    assert session.is_settled
    assert house.outcomes() == ["no_answer"]
    assert house.tally().reached == 0


def test_hanging_up_after_a_talk_leaves_the_question_to_the_page(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), HangUp(when="connected", after=25)]))

    call = house.tap()
    house.play()
    state = house.post_form(f"/calls/{call['id']}", outcome="spoke")

    assert state in {200, 303}
    assert house.outcomes() == ["spoke"]


def test_a_question_nobody_answers_is_decided_by_the_facts_in_time(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), HangUp(when="connected", after=25)]))

    call = house.tap()
    house.play(minutes=20)

    assert house.outcomes() == ["voicemail"]
    assert house.session(call["id"]).legs[0].basis == "facts"


def test_star_leaves_the_office_and_comes_back_to_the_question(house: Rehearsal) -> None:
    office(house, "ero-atl", Answer.PHONE_MENU, talk=600)
    house.world.add(
        Supporter(ANA, [PickUp(), Press("1"), Star(after=40), Press("3", when=HOW), Press("1", when=TRY)])
    )

    house.tap()
    house.play()

    assert house.outcomes()[0] == "no_answer"
    assert "Thank you for trying. To try the Washington office, press 1." in house.heard()
    assert house.world.rings(LINES["ero-was"]) == 1


@pytest.mark.parametrize(
    ("answer", "words", "outcome"),
    [
        (Answer.BUSY, "Atlanta’s lines are all busy.", "busy"),
        (Answer.RINGS_OUT, "Nobody picked up.", "no_answer"),
        (Answer.CANT_CONNECT, "That call didn’t go through. It’s not your phone.", "failed"),
    ],
)
def test_busy_no_answer_and_failed_each_have_their_own_words_and_go_on(
    house: Rehearsal, answer: Answer, words: str, outcome: str
) -> None:
    office(house, "ero-atl", answer)
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=TRY), Press("1", when=HOW)]))

    house.tap()
    house.play()

    assert f"{words} To try the Washington office, press 1." in house.heard()
    assert house.outcomes() == [outcome, "spoke"]


def test_key_two_reads_the_words_and_key_five_shows_the_supporters_own_number(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("2"), Press("5", when=Heard("to show yours, press 5"))]))

    house.tap()
    house.play()

    assert "You could say: Please halt the deportations." in house.heard()
    assert [leg.from_ for leg in house.world.calls_to(LINES["ero-atl"])] == [ANA]


def test_the_office_sees_our_number_unless_the_supporter_chose_otherwise(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1")]))

    house.tap()
    house.play()

    assert {leg.from_ for leg in house.world.calls_to(LINES["ero-atl"])} == {"+12025550142"}


def test_a_wrong_key_is_named_and_the_question_asked_again(house: Rehearsal) -> None:
    house.world.add(
        Supporter(ANA, [PickUp(), Press("7"), Press("1", when=Heard("That key does nothing here"))])
    )

    house.tap()
    house.play()

    assert house.world.rings(LINES["ero-atl"]) == 1


def test_zero_repeats_the_question_without_a_reproach(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("0", when=HOW), Press("1", when=HOW)]))

    house.tap()
    house.play()

    assert house.heard().count("How did it go?") == 2
    assert "That key does nothing here" not in house.heard()
    assert house.outcomes() == ["spoke"]


def test_a_spanish_call_is_spanish_from_the_first_word_to_the_last(house: Rehearsal) -> None:
    house.world.add(Supporter(LUIS, [PickUp(), Press("1"), Press("1", when=Heard("¿Cómo le fue?"))]))

    house.tap(LUIS, "es")
    house.play()

    lines = [line for call in house.world.calls_to(LUIS) for line in call.lines if line.kind == "said"]
    assert {line.language for line in lines} == {"es-US"}
    assert lines[0].text == "Hola. Le llama Vecinos por las Familias, como usted lo pidió. No se graba nada."
    assert lines[-1].text == "Gracias por alzar la voz. Hasta luego."


def test_a_campaign_paused_on_the_way_dials_nobody_further(house: Rehearsal) -> None:
    script: list[Move] = [PickUp(), Press("1"), Press("1", when=HOW), Press("1", when=NEXT)]
    house.world.add(Supporter(ANA, script))
    house.tap()
    while house.world.rings(LINES["ero-atl"]) == 0:
        house.world.step()

    house.set_status(Status.PAUSED)
    house.play()

    assert house.world.rings(LINES["ero-was"]) == 0
    assert "office too, press 1" not in house.heard(), "an office was offered that nobody may be connected to"
    assert house.outcomes() == ["spoke"]
    assert house.heard().endswith(
        "This campaign is paused, so we can’t connect you now. Thank you for calling. Goodbye."
    )


def test_a_paused_campaign_takes_no_calls_and_says_so(house: Rehearsal) -> None:
    house.set_status(Status.PAUSED)

    refused = house.tap()

    assert (refused["http"], refused["error"]["code"]) == (409, "campaign_paused")
    assert house.world.calls == []


def test_a_double_tap_is_one_call(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1")]))

    first, second = house.tap(), house.tap("(404) 555-0123")
    house.play()

    assert first["id"] == second["id"]
    assert house.world.rings(ANA) == 1


def test_calls_leave_at_the_account_s_pace_and_everybody_knows_their_place(house: Rehearsal) -> None:
    phones = [f"+1404555{number:04}" for number in range(110, 116)]
    for phone in phones:
        house.world.add(Supporter(phone, []))

    places = [house.tap(phone)["place_in_line"] for phone in phones]
    house.play()

    rung = sorted(call.created for call in house.world.calls)
    assert places == [1, 1, 2, 3, 4, 5]
    assert all(later - earlier >= 0.9 for earlier, later in itertools.pairwise(rung))


def test_no_web_address_ever_holds_a_phone_number(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
    house.tap()
    house.play()

    addresses = [entry.url + entry.what for entry in house.world.wire]
    assert not [address for address in addresses if "4045550123" in address]


def test_the_state_of_a_call_can_be_followed_to_its_end(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
    call = house.tap()
    seen = [call["state"]]
    while house.world.step():
        state = house.state(call["id"])["state"]
        if seen[-1] != state:
            seen.append(state)

    assert seen == ["in_line", "ringing", "menu", "calling_office", "connected", "asking", "next", "thanks"]


def test_counts_have_an_etag_that_changes_with_the_count(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=HOW)]))
    path = f"/api/campaigns/{SLUG}/counts"
    _, before, _ = house.get(path)
    status, _, body = house.get(path, **{"If-None-Match": before["etag"]})
    house.tap()
    house.play()
    changed, after, _ = house.get(path, **{"If-None-Match": before["etag"]})

    assert (status, body) == (304, b"")
    assert changed == 200
    assert after["etag"] != before["etag"]
    assert "max-age" in after["cache-control"]
