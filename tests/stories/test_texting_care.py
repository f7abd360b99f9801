"""Texts that come twice, late or from a robot; stops of every kind; several programmes on one number."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.inbound_texts import Keyword
from chalicelib.domain.subscriber import Reply, Source, State
from chalicelib.domain.words import Language, Words
from chalicelib.runtime import Runtime
from chalicelib.views.again import ATTEMPTS
from dev.phone_world import Faults, Heard, PickUp, Plan, Press, Supporter
from dev.phone_world.faults import Delivery
from dev.phone_world.receiving import TOO_MANY_REPLIES
from tests.rehearsal import ANA, LUIS, SLUG, Rehearsal, campaign, sweep, texts_of
from tests.stories.placing_house import TALK
from tests.stories.text_house import (
    FALLBACK,
    on_the_roll,
    ours_alone,
    rows,
    sid_of,
    state,
    subscribe,
    webhook,
)

WATER = "clean-water"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
FCC = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
UNSUBSCRIBED = "You are unsubscribed and will get no more messages"


def made(built: Runtime, faults: Faults | None = None) -> Rehearsal:
    sweep()
    return ours_alone(Rehearsal(built, built.store._table.client, faults))


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    """A house with one subscriber, Ana."""
    home = made(built)
    subscribe(home)
    yield home
    assert home.world.complaints == []


class TestAStop:
    @pytest.mark.parametrize("word", FCC)
    @pytest.mark.parametrize("form", [str, str.upper, "{}.".format, "“{}”".format, "please {}".format])
    def test_every_word_of_the_fcc_stops_through_the_webhook(
        self, house: Rehearsal, word: str, form: Any
    ) -> None:
        (told,) = house.text_us(form(word))

        assert UNSUBSCRIBED in told
        assert (state(house), on_the_roll(house)) == (State.STOPPED, [])

    @pytest.mark.parametrize("before", ["stranger", "pending", "subscribed", "held"])
    def test_stops_whoever_says_it_and_is_answered_once(self, built: Runtime, before: str) -> None:
        house = made(built)
        for word in {"stranger": [], "pending": ["FAMILIES"], "subscribed": ["FAMILIES", "YES"]}.get(
            before, ["FAMILIES", "YES", "STOP ICE"]
        ):
            house.text_us(word)

        answers = [house.text_us("STOP"), house.text_us("stop!"), house.text_us("ALTO")]

        assert [len(each) for each in answers] == [1, 0, 0]
        assert UNSUBSCRIBED in answers[0][0]
        assert (state(house), on_the_roll(house)) == (State.STOPPED, [])

    def test_in_the_middle_of_a_call_leaves_the_call_alone(self, house: Rehearsal) -> None:
        house.world.add(Supporter(ANA, [PickUp(), Press("1"), Press("1", when=Heard("How did it go"))]))
        house.text_us("CALL")
        house.text_us("STOP")
        house.play(10)

        assert state(house) is State.STOPPED
        assert house.outcomes()[:1] == ["spoke"]

    def test_that_twilio_has_answered_is_kept_and_not_answered_again(self, house: Rehearsal) -> None:
        assert webhook(house, "STOP", sid_of(1), OptOutType="STOP") == (200, [])
        assert state(house) is State.STOPPED

        house.world.advance(1)
        assert webhook(house, "START", sid_of(2), OptOutType="START") == (200, [])
        assert state(house) is State.PENDING

        assert webhook(house, "HELP", sid_of(3), OptOutType="HELP") == (200, [])
        assert state(house) is State.PENDING

    def test_that_twilio_took_for_a_start_is_still_a_stop_and_is_answered_by_us(
        self, house: Rehearsal
    ) -> None:
        status, told = webhook(house, "no more texts", sid_of(1), OptOutType="START")

        assert (status, UNSUBSCRIBED in told[0]) == (200, True)
        assert state(house) is State.STOPPED

    @pytest.mark.parametrize(("seconds", "answers"), [(299, 1), (301, 0)])
    def test_is_confirmed_within_five_minutes_or_never(
        self, house: Rehearsal, seconds: int, answers: int
    ) -> None:
        """Twilio comes again with a stop whose answer it did not get."""
        webhook(house, "STOP", sid_of(1))
        house.world.advance(seconds)

        _, told = webhook(house, "STOP", sid_of(1), path=FALLBACK)

        assert len(told) == answers
        assert state(house) is State.STOPPED

    def test_is_older_than_the_start_that_came_after_it_however_often_it_is_repeated(
        self, house: Rehearsal
    ) -> None:
        webhook(house, "STOP", sid_of(1))
        house.world.advance(10)
        webhook(house, "START", sid_of(2))
        house.world.advance(10)

        assert webhook(house, "STOP", sid_of(1)) == (200, [])
        assert state(house) is State.PENDING
        house.text_us("YES")
        assert webhook(house, "STOP", sid_of(1), path=FALLBACK) == (200, [])
        assert (state(house), on_the_roll(house)) == (State.SUBSCRIBED, [ANA])

    def test_silences_the_repeat_of_what_was_said_before_it(self, house: Rehearsal) -> None:
        webhook(house, "FAMILIES", sid_of(1))
        webhook(house, "LETTER", sid_of(2))
        webhook(house, "ALTO", sid_of(3))

        assert webhook(house, "FAMILIES", sid_of(1)) == (200, [])
        assert webhook(house, "LETTER", sid_of(2)) == (200, [])
        assert state(house) is State.STOPPED


class TestTheWay:
    def test_lost_races_are_a_503_and_twilio_brings_the_text_again_and_it_is_taken_once(
        self, house: Rehearsal
    ) -> None:
        lost = iter(range(ATTEMPTS))
        events = house.dynamodb.meta.events

        def overtaken(model: Any, **_: Any) -> None:
            if model.name == "TransactWriteItems" and next(lost, None) is not None:
                answer = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
                reasons = [{"Code": "ConditionalCheckFailed"}]
                raise ClientError(answer | {"CancellationReasons": reasons}, model.name)  # type: ignore[arg-type]  # boto3's own shape

        events.register("before-call.dynamodb", overtaken, "overtaken")
        told = house.text_us("STOP")
        events.unregister("before-call.dynamodb", unique_id="overtaken")

        asked = [(entry.what, entry.status) for entry in house.world.wire if "/twilio/texts/" in entry.what]
        assert asked[-2:] == [("POST /twilio/texts/inbound", 503), ("POST /twilio/texts/inbound", 200)]
        assert len(told) == 1
        assert [row.now for row in rows(house)][-1] is State.STOPPED
        assert len(rows(house)) == 3

    def test_an_answer_that_is_lost_is_given_by_the_fallback_and_taken_once(self, built: Runtime) -> None:
        house = made(built, Faults(decide=_answer_lost))

        asked = house.text_us("FAMILIES")
        house.world.run_until_idle()

        assert len(asked) == 1 and "Reply YES" in asked[0]
        assert len(rows(house)) == 1

    def test_a_webhook_that_comes_twice_makes_one_row_and_one_answer(self, built: Runtime) -> None:
        house = made(built, Faults(decide=lambda _: Plan.twice(gap=7.0)))
        subscribe(house)
        house.text_us("STOP")
        house.world.run_until_idle()

        assert [row.now for row in rows(house)] == [State.PENDING, State.SUBSCRIBED, State.STOPPED]
        assert len(house.texts_to()) == 3

    def test_a_stop_that_is_late_stops_what_came_before_it(self, built: Runtime) -> None:
        late = {"STOP": 9.0}
        house = made(
            built, Faults(decide=lambda each: Plan(delays=(late.get(each.fields.get("Body", ""), 0.0),)))
        )
        subscribe(house)
        house.world.text_in(ANA, "+12025550142", "STOP")
        house.text_us("FAMILIES")
        house.world.run_until_idle()

        assert (state(house), on_the_roll(house)) == (State.STOPPED, [])

    def test_a_short_code_gets_nothing_and_is_nothing(self, house: Rehearsal) -> None:
        before = len(house.rows())

        assert webhook(house, "FAMILIES", sid_of(1), "28734") == (200, [])
        assert webhook(house, "STOP", sid_of(2), "InfoSMS") == (403, [])
        assert len(house.rows()) == before

    def test_an_unsigned_text_is_nobodys(self, house: Rehearsal) -> None:
        form = b"MessageSid=SM1&From=%2B14045550123&To=%2B12025550142&Body=STOP"
        status, _, _ = house.ask(
            "POST", "/twilio/texts/inbound", {"Content-Type": "application/x-www-form-urlencoded"}, form
        )

        assert status == 403
        assert state(house) is State.SUBSCRIBED


def _answer_lost(delivery: Delivery) -> Plan:
    return Plan(answer_lost=delivery.label == "text")


class TestCaps:
    def test_help_is_given_three_times_an_hour(self, house: Rehearsal) -> None:
        answers = [len(house.text_us("HELP")) for _ in range(5)]
        house.world.advance(HOUR + 1)

        assert answers == [1, 1, 1, 0, 0]
        assert len(house.text_us("HELP")) == 1
        assert state(house) is State.SUBSCRIBED

    @pytest.mark.parametrize(
        "robot", ["echo", "HELP", "FAMILIES", "LETTER", "CALL", "ESPAÑOL", "YES", "I am driving"]
    )
    @pytest.mark.parametrize("who", ["a subscriber", "a stranger"])
    def test_a_robot_that_answers_each_text_of_ours_is_left_talking_to_itself(
        self, built: Runtime, robot: str, who: str
    ) -> None:
        """Twilio gives up at more than 30 replies in 30 s (14107); we stop long before."""
        house = made(built)
        if who == "a subscriber":
            subscribe(house)
        answers, said = 0, "hello"
        for _ in range(40):
            told = house.text_us(said)
            answers += len(told)
            said = told[-1] if robot == "echo" and told else robot if robot != "echo" else said

        assert answers <= 8
        assert not [alert for alert in house.world.alerts if alert.code == TOO_MANY_REPLIES]


class TestTwoProgrammesOnOneNumber:
    @pytest.fixture
    def both(self, house: Rehearsal) -> Rehearsal:
        """Beside the first campaign one about water, which Ana has not joined."""
        other = replace(
            campaign(house.clock.now().date(), slug=WATER),
            texts=replace(
                texts_of(WATER),
                name=Words("Clean Water", "Agua Limpia"),
                keywords=(Keyword("WATER", WATER, Language.EN), Keyword("AGUA", WATER, Language.ES)),
            ),
        )
        house.runtime.catalog.apply(other, house.clock.now())
        house.world.advance(6)
        return house

    def standing(self, house: Rehearsal) -> tuple[State, State]:
        return state(house), state(house, slug=WATER)

    def test_a_keyword_picks_its_own(self, both: Rehearsal) -> None:
        (asked,) = both.text_us("WATER")
        assert "Clean Water: Reply YES" in asked
        both.text_us("YES")

        assert self.standing(both) == (State.SUBSCRIBED, State.SUBSCRIBED)
        assert (on_the_roll(both), on_the_roll(both, WATER)) == ([ANA], [ANA])

    def test_a_repeat_is_answered_by_the_programme_that_answered_first(self, both: Rehearsal) -> None:
        both.text_us("WATER")
        both.text_us("YES")
        first = webhook(both, "HELP", sid_of(900))
        both.text_us("FAMILIES")

        assert "Clean Water" in first[1][0]
        assert webhook(both, "HELP", sid_of(900)) == first

    def test_stop_stops_all_and_is_answered_once(self, both: Rehearsal) -> None:
        both.text_us("WATER")
        both.text_us("YES")

        told = both.text_us("STOP")

        assert len(told) == 1
        assert self.standing(both) == (State.STOPPED, State.STOPPED)
        assert (on_the_roll(both), on_the_roll(both, WATER)) == ([], [])

    def test_start_rejoins_the_one_joined_last_and_leaves_the_other_stopped(self, both: Rehearsal) -> None:
        both.text_us("WATER")
        both.text_us("YES")
        both.text_us("STOP")

        (asked,) = both.text_us("START")
        both.text_us("YES")

        assert "Clean Water: Reply YES" in asked
        assert self.standing(both) == (State.STOPPED, State.SUBSCRIBED)

    def test_a_stop_holds_for_a_programme_never_joined(self, both: Rehearsal) -> None:
        both.text_us("STOP")

        assert self.standing(both) == (State.STOPPED, State.STOPPED)
        (asked,) = both.text_us("WATER")
        assert "Reply YES" in asked
        assert self.standing(both) == (State.STOPPED, State.PENDING)

    def test_call_is_for_the_programme_in_which_something_happened_last(self, both: Rehearsal) -> None:
        both.world.add(Supporter(ANA, TALK))
        both.text_us("WATER")
        both.text_us("YES")

        (told,) = both.text_us("CALL")

        assert "Clean Water: Calling you now" in told


def test_one_mans_stop_is_not_anothers(house: Rehearsal) -> None:
    subscribe(house, LUIS)
    house.text_us("STOP", LUIS)

    assert (state(house), state(house, LUIS)) == (State.SUBSCRIBED, State.STOPPED)
    assert on_the_roll(house) == [ANA]


def test_who_is_asked_and_says_nothing_is_forgotten_without_another_text(built: Runtime) -> None:
    house = made(built)
    house.text_us("FAMILIES")
    house.world.advance(DAY + MINUTE)

    (again,) = house.text_us("yes")

    assert "text JOIN" in again
    assert state(house) is State.UNKNOWN
    assert [(row.now, row.source) for row in rows(house)] == [
        (State.PENDING, Source.TEXT), (State.UNKNOWN, Source.TIME),
    ]  # fmt: skip
    assert Reply.CONFIRM not in {
        each.reply for each in house.runtime.subscribers.standing("x").with_programme(SLUG).replied
    }
