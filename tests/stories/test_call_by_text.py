"""A subscriber texts CALL: their phone rings once, or they are told kindly what stands against it and what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib.domain.call import Ending, Stage
from chalicelib.domain.campaign import Campaign, Limits, Local, OnCall, Status
from chalicelib.domain.segments import Encoding, size_of
from chalicelib.domain.subscriber import State
from chalicelib.runtime import Runtime, install
from chalicelib.views import texting
from dev.phone_world import Answer, OfficeLine, PickUp, Press, Supporter
from tests.areas_house import CHOICE, NOWHERE, ZIPS, asking
from tests.rehearsal import ANA, LINES, LUIS, OUR_NUMBER, SLUG, Rehearsal, sweep
from tests.stories.placing_house import TALK
from tests.stories.text_house import change, on_the_roll, ours_alone, sid_of, state, subscribe, webhook

CALL = "CALL"
HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    """A house with one subscriber, Ana, who picks up, talks and says so."""
    sweep()
    made = ours_alone(Rehearsal(built, built.store._table.client))
    made.world.add(Supporter(ANA, TALK))
    subscribe(made)
    yield made
    assert made.world.complaints == []
    assert made.difference() == 0


def texts(house: Rehearsal) -> dict[str, Any]:
    found = house.runtime.catalog.campaign(SLUG)
    assert found is not None and found.texts is not None
    return {"texts": found.texts}


def limited(house: Rehearsal, **limits: Any) -> None:
    """Give this process other limits."""
    house.runtime = replace(house.runtime, config=replace(house.runtime.config, **limits))
    install(house.runtime)


def calls(house: Rehearsal) -> list[dict[str, Any]]:
    return [item for item in house.rows() if item.get("type") == {"S": "session"}]


def fits(text: str) -> bool:
    size = size_of(text)
    named = ("Neighbors for Families 28 Families: ", "Vecinos por las Familias 28 Familias: ")
    return size.encoding is Encoding.GSM7 and size.segments <= 2 and text.startswith(named)


class TestTheirPhoneRings:
    def test_at_once_and_they_reach_the_office(self, house: Rehearsal) -> None:
        (told,) = house.text_us(CALL)
        house.play(10)

        assert told == (
            "Neighbors for Families 28 Families: Calling you now from 202-555-0142. Answer and press 1."
        )
        assert fits(told)
        assert house.world.rings(ANA) == 1
        assert house.outcomes()[:1] == ["spoke"]
        assert "How did it go" in house.heard()

    def test_with_the_text_as_evidence_of_consent_and_no_number_kept(self, house: Rehearsal) -> None:
        house.text_us(CALL)
        (item,) = calls(house)
        session = house.session(item["id"]["S"])

        sids = {text.sid for text in house.world.texts if text.body == CALL}
        assert session.consent.text == "text-1"
        assert {session.consent.evidence} == sids
        assert session.id.startswith("text-") and len(session.id) == len("text-") + 32
        house.play(90)
        assert ANA not in str(calls(house))

    def test_in_spanish(self, house: Rehearsal) -> None:
        house.world.add(Supporter(LUIS, TALK))
        subscribe(house, LUIS, "FAMILIAS")

        (told,) = house.text_us("llámenme", LUIS)
        house.play(5)

        assert told == (
            "Vecinos por las Familias 28 Familias: Le llamamos ahora desde 202-555-0142. Conteste y oprima 1."
        )
        assert "oprima el uno" in house.heard(LUIS)

    def test_a_ring_that_nobody_answers_changes_nothing_else(self, house: Rehearsal) -> None:
        house.world.add(Supporter(ANA, []))
        house.text_us(CALL)
        house.play(30)

        (item,) = calls(house)
        assert house.session(item["id"]["S"]).ending is Ending.NOT_PICKED_UP
        assert (state(house), on_the_roll(house)) == (State.SUBSCRIBED, [ANA])
        assert house.outcomes() == []

    def test_for_no_stranger(self, house: Rehearsal) -> None:
        (told,) = house.text_us(CALL, LUIS)
        house.play(5)

        assert "text JOIN" in told
        assert house.world.rings(LUIS) == 0

    def test_in_about_so_many_minutes_where_many_call(self, house: Rehearsal) -> None:
        r = house.runtime
        for _ in range(600):
            r.store.reserve("voice", house.clock.now(), timedelta(seconds=1))

        (told,) = house.text_us(CALL)

        assert "We call you from 202-555-0142 in about 10 minutes." in told
        assert fits(told)


class TestOneTextOneRing:
    def test_a_repeat_rings_nobody_again_and_is_answered_alike(self, house: Rehearsal) -> None:
        first = webhook(house, CALL, sid_of(1))
        second = webhook(house, CALL, sid_of(1))
        house.play(10)
        third = webhook(house, CALL, sid_of(1), path="/twilio/texts/fallback")
        house.play(10)

        assert first == second
        assert third == (200, [])
        assert house.world.rings(ANA) == 1

    def test_a_kill_between_the_subscribers_write_and_the_call_is_made_good_by_the_repeat(
        self, house: Rehearsal
    ) -> None:
        events = house.dynamodb.meta.events
        seen: list[str] = []

        def dies_at_the_call(model: Any, params: Mapping[str, Any], **_: Any) -> None:
            if '"session"' in str(params["body"]):
                seen.append(model.name)
                raise ConnectionClosedError(endpoint_url="https://dynamodb/")

        events.register("before-call.dynamodb", dies_at_the_call, "dies")
        failed = webhook(house, CALL, sid_of(2))
        events.unregister("before-call.dynamodb", unique_id="dies")
        assert (failed, calls(house)) == ((503, []), [])
        assert seen

        status, told = webhook(house, CALL, sid_of(2))
        house.play(10)

        assert (status, "Calling you now" in told[0]) == (200, True)
        assert house.world.rings(ANA) == 1

    def test_a_lost_queue_message_is_found_by_the_schedule(self, house: Rehearsal) -> None:
        house.queue.send_message = _lost  # type: ignore[method-assign,assignment]  # SQS's double, which fails here
        assert webhook(house, CALL, sid_of(3))[0] == 503
        del house.queue.send_message

        assert webhook(house, CALL, sid_of(3))[0] == 200
        house.play(30)

        assert house.world.rings(ANA) == 1

    def test_a_repeat_that_comes_a_day_late_rings_nobody(self, house: Rehearsal) -> None:
        webhook(house, CALL, sid_of(4))
        house.play(10)
        house.world.advance(2 * DAY)

        assert webhook(house, CALL, sid_of(4)) == (200, [])
        house.play(5)
        assert house.world.rings(ANA) == 1

    def test_a_repeat_after_the_call_is_over_rings_nobody(self, house: Rehearsal) -> None:
        house.world.add(Supporter(ANA, []))
        first = webhook(house, CALL, sid_of(8))
        house.play(3)

        assert webhook(house, CALL, sid_of(8)) == first
        house.play(3)
        assert house.world.rings(ANA) == 1

    def test_who_texts_it_again_while_the_phone_is_in_line_gets_the_same_call(self, house: Rehearsal) -> None:
        webhook(house, CALL, sid_of(5))
        _, told = webhook(house, "call me", sid_of(6))
        house.play(10)

        assert "Calling you now" in told[0]
        assert house.world.rings(ANA) == 1

    def test_the_id_of_a_call_is_no_guess(self, house: Rehearsal) -> None:
        webhook(house, CALL, sid_of(7))
        (item,) = calls(house)

        assert sid_of(7)[2:] not in item["id"]["S"]
        assert texting.key_of(ANA) not in item["id"]["S"]


def _lost(**_: Any) -> None:
    raise ConnectionClosedError(endpoint_url="https://sqs/")


class TestAStopMeanwhile:
    def test_takes_a_call_out_of_the_line(self, house: Rehearsal) -> None:
        for _ in range(120):
            house.runtime.store.reserve("voice", house.clock.now(), timedelta(seconds=1))
        webhook(house, CALL, sid_of(1))
        webhook(house, "STOP", sid_of(2))
        house.play(10)

        (item,) = calls(house)
        session = house.session(item["id"]["S"])
        assert (session.stage, session.ending) == (Stage.ENDED, Ending.WITHDRAWN)
        assert house.world.rings(ANA) == 0

    def test_makes_a_late_repeat_of_call_ring_nobody(self, house: Rehearsal) -> None:
        house.world.add(Supporter(ANA, []))
        webhook(house, CALL, sid_of(1))
        house.play(3)
        webhook(house, "STOP", sid_of(2))

        assert webhook(house, CALL, sid_of(1)) == (200, [])
        house.play(3)
        assert house.world.rings(ANA) == 1


class TestWhatStandsAgainstIt:
    def test_closed_offices_with_when_they_open_and_the_link_to_book(self, house: Rehearsal) -> None:
        house.world.advance(10 * HOUR)

        (told,) = house.text_us(CALL)
        house.play(5)

        assert told == (
            "Neighbors for Families 28 Families: No office is open now. Atlanta opens tomorrow at 9:00 am Eastern. "
            "Book your call here: https://calls.example.org/c/families-28?lang=en"
        )
        assert fits(told)
        assert house.world.rings(ANA) == 0

    def test_in_spanish_too(self, house: Rehearsal) -> None:
        subscribe(house, LUIS, "FAMILIAS")
        house.world.advance(10 * HOUR)

        (told,) = house.text_us("LLAMAR", LUIS)

        assert "Atlanta abre mañana a las 9:00 a. m., hora del Este." in told
        assert told.endswith("https://calls.example.org/c/families-28?lang=es")
        assert fits(told)

    def test_too_many_calls_to_one_phone(self, house: Rehearsal) -> None:
        limited(house, calls_per_phone=1)
        house.text_us(CALL)
        house.play(60)

        (told,) = house.text_us(CALL)
        house.play(5)

        assert "That's the most calls for one phone for now. Text CALL again in 23 hours." in told
        assert house.world.rings(ANA) == 1

    def test_the_days_calls_are_used_up(self, house: Rehearsal) -> None:
        change(house, limits=Limits(rings_a_day=0))

        (told,) = house.text_us(CALL)
        house.play(5)

        assert "We can't call anyone else today. Call us instead, at 202-555-0142" in told
        assert house.world.rings(ANA) == 0

    @pytest.mark.parametrize(
        ("status", "says"),
        [(Status.PAUSED, "Calls are paused, so we call nobody now."), (Status.ENDED, "has ended")],
    )
    def test_a_campaign_that_rests(self, house: Rehearsal, status: Status, says: str) -> None:
        house.set_status(Status.PAUSED)
        house.set_status(status)

        (told,) = house.text_us(CALL)
        house.play(5)

        assert says in told
        assert fits(told)
        assert house.world.rings(ANA) == 0

    def test_a_phone_that_pressed_9(self, house: Rehearsal) -> None:
        house.world.add(Supporter(ANA, [PickUp(), Press("9")]))
        house.text_us(CALL)
        house.play(10)

        (told,) = house.text_us(CALL)
        house.play(5)

        assert "We can't call this phone. Call us instead, at 202-555-0142" in told
        assert house.world.rings(ANA) == 1

    def test_a_number_that_is_never_rung(self, house: Rehearsal) -> None:
        line = LINES["ero-atl"]
        house.text_us("FAMILIES", line)
        house.text_us("YES", line)

        (told,) = house.text_us(CALL, line)
        house.play(5)

        assert "We can't call this phone." in told
        assert house.world.calls_to(line) == []

    def test_no_line_that_may_be_dialled(self, house: Rehearsal) -> None:
        house.world.advance(90 * DAY - HOUR)

        (told,) = house.text_us(CALL)

        assert "No office can be called right now." in told
        assert fits(told)


class TestTheOfficeOfTheirArea:
    @pytest.fixture
    def local(self, house: Rehearsal) -> Campaign:
        return asking(house, Local.ONLY)

    @pytest.mark.usefixtures("local")
    def test_they_are_asked_for_their_zip_code_first(self, house: Rehearsal) -> None:
        (told,) = house.text_us(CALL)
        house.play(5)

        assert "Text us your ZIP code (5 digits) first. Then text CALL again." in told
        assert house.world.rings(ANA) == 0

    @pytest.mark.usefixtures("local")
    def test_and_reach_their_own_office_once_they_told_it(self, house: Rehearsal) -> None:
        house.world.add(OfficeLine("+19565550155", Answer.PERSON))
        house.text_us(ZIPS["ero-hlg"])

        house.text_us(CALL)
        house.play(5)

        assert house.world.rings(ANA) == 1
        assert "Harlingen" in house.heard()

    @pytest.mark.usefixtures("local")
    @pytest.mark.parametrize("zip_code", [CHOICE, NOWHERE])
    def test_or_get_the_link_to_choose_where_it_tells_no_one_office(
        self, house: Rehearsal, zip_code: str
    ) -> None:
        house.text_us(zip_code)

        (told,) = house.text_us(CALL)
        house.play(5)

        assert "Choose one and call from here: https://calls.example.org/c/families-28?lang=en" in told
        assert fits(told)
        assert house.world.rings(ANA) == 0


class TestWhatTheCampaignChose:
    def test_call_gets_the_link(self, house: Rehearsal) -> None:
        change(house, texts=replace(texts(house)["texts"], call=OnCall.LINK))

        (told,) = house.text_us(CALL)
        house.play(5)

        assert told.endswith("28 Families: Call from here: https://calls.example.org/c/families-28?lang=en")
        assert house.world.rings(ANA) == 0

    def test_letter_gets_the_page_in_their_language(self, house: Rehearsal) -> None:
        subscribe(house, LUIS, "FAMILIAS")

        assert house.text_us("LETTER")[0].endswith(
            "Write your letter here: https://calls.example.org/c/families-28/letter?lang=en"
        )
        assert house.text_us("CARTA", LUIS)[0].endswith(
            "Escriba su carta en: https://calls.example.org/c/families-28/letter?lang=es"
        )

    def test_letter_says_so_where_none_is_sent_now(self, house: Rehearsal) -> None:
        house.world.advance(400 * DAY)
        assert (
            "We can't mail letters to these offices now. Write yours and print it"
            in house.text_us("LETTER")[0]
        )

        house.set_status(Status.PAUSED)
        assert "Letters are paused" in house.text_us("LETTER")[0]
        house.set_status(Status.ENDED)
        assert "This campaign has ended" in house.text_us("LETTER")[0]


def test_the_number_that_rings_is_the_one_that_was_told(house: Rehearsal) -> None:
    house.text_us(CALL)
    house.play(5)

    assert {call.from_ for call in house.world.calls_to(ANA)} == {OUR_NUMBER}
