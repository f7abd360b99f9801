"""A worker's pass over a chunk: each recipient is claimed, then Twilio asked, once, or skipped for a reason."""

from datetime import timedelta

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from chalicelib.domain.broadcast import ClaimState, Move
from chalicelib.domain.broadcast_pacing import BRAND, pacific_day
from chalicelib.domain.subscriber_events import Joined, Stopped, Unclear
from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime
from chalicelib.views import alerting
from dev.phone_world import CreateFault, Faults
from tests.rehearsal import sweep
from tests.stories.alert_house import ID, WORDS, AlertHouse, Killed, key_of, neighbors, standing

ANA, LUIS, EVA = neighbors()[:3]
SERVICE = "MG" + "1" * 32
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def house(built: Runtime) -> AlertHouse:
    sweep()
    return AlertHouse(built)


def faulty(built: Runtime, *faults: CreateFault | None) -> AlertHouse:
    """A house in which the n-th create goes wrong as told, and the later ones well."""
    sweep()
    return AlertHouse(built, Faults(decide_create=lambda nth: faults[nth] if nth < len(faults) else None))


# Who is sent what.


def test_each_subscriber_is_sent_the_alert_once_in_their_language(house: AlertHouse) -> None:
    house.join(ANA)
    house.join(LUIS, language=Language.ES)
    house.begin([ANA, LUIS])
    house.send()
    house.world.run_until_idle()

    assert (house.got(ANA), house.got(LUIS)) == ([WORDS.en], [WORDS.es])
    assert house.states() == {"sent": 2}
    assert house.world.complaints == []
    claim = house.claim(ANA)
    assert claim is not None
    assert (claim.delivery, claim.segments, claim.number) == ("delivered", 1, None)


def test_a_repeat_of_the_message_asks_for_nobody_again(house: AlertHouse) -> None:
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS])
    (turn,) = house.grant()
    for _ in range(3):
        alerting.take(turn)

    assert house.creates() == {ANA: 1, LUIS: 1}


def test_a_second_worker_in_the_midst_of_the_first_asks_for_nobody_again(house: AlertHouse) -> None:
    house.join(ANA, LUIS, EVA)
    house.begin([ANA, LUIS, EVA])
    (turn,) = house.grant()
    others = iter([True])
    house.wire.before = lambda: alerting.take(turn) if next(others, False) else None
    alerting.take(turn)

    assert house.creates() == {ANA: 1, LUIS: 1, EVA: 1}
    assert house.states() == {"sent": 3}


def test_no_more_are_sent_than_were_granted_and_a_repeat_goes_on_where_the_first_was(
    house: AlertHouse,
) -> None:
    house.join(ANA, LUIS, EVA)
    house.begin([ANA, LUIS, EVA])
    (turn,) = house.grant(2)
    alerting.take(turn)
    alerting.take(turn)
    assert len(house.creates()) == 2

    house.world.advance(60)
    house.send()
    assert house.creates() == {ANA: 1, LUIS: 1, EVA: 1}


def test_a_worker_killed_after_its_first_create_leaves_the_rest_of_its_grant_and_no_more(
    house: AlertHouse,
) -> None:
    house.join(ANA, LUIS, EVA)
    house.begin([ANA, LUIS, EVA])
    (turn,) = house.grant(2)
    house.wire.after = _killing
    with pytest.raises(Killed):
        alerting.take(turn)
    house.wire.after = lambda: None
    alerting.take(turn)

    assert len(house.wire.creates) == 2
    assert max(house.creates().values()) == 1


def _killing() -> None:
    raise Killed


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ((Stopped,), "skipped-stopped"),
        ((Unclear,), "skipped-held"),
        ((Stopped, Joined), "skipped-not-subscribed"),
    ],
    ids=["stopped", "held", "asked again"],
)
def test_who_may_not_be_texted_has_a_claim_that_says_why(
    house: AlertHouse, said: tuple[type, ...], state: str
) -> None:
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS])
    for each in said:
        house.world.advance(1)
        house.say(ANA, each)
    house.send()

    assert house.creates() == {LUIS: 1}
    assert house.states() == {state: 1, "sent": 1}


def test_a_stop_between_the_reading_of_the_roll_and_the_claim_keeps_the_text_back(house: AlertHouse) -> None:
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS])
    first, second = sorted([ANA, LUIS], key=key_of)
    stops = iter([True])
    # The first one's create is under way: the roll was read, and the second has no claim yet.
    house.wire.before = lambda: house.say(second, Stopped) if next(stops, False) else None
    house.send()

    assert house.creates() == {first: 1}
    claim = house.claim(second)
    assert claim is not None
    assert (claim.state, claim.attempt) == (ClaimState.SKIPPED_STOPPED, "")


def test_who_joined_after_the_count_has_no_claim_and_who_left_has_one(house: AlertHouse) -> None:
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS])
    house.say(ANA, Stopped)
    house.join(EVA)
    house.send()

    assert house.creates() == {LUIS: 1}
    assert house.states() == {"skipped-stopped": 1, "sent": 1}


@pytest.mark.parametrize(("late", "state"), [(1.0, "sent"), (1.001, "skipped-late")])
def test_a_claim_that_took_more_than_a_second_is_followed_by_no_create(
    house: AlertHouse, late: float, state: str
) -> None:
    """The edge itself: a second after the claim a create may begin, a millisecond later it may not."""
    house.join(ANA)
    house.begin([ANA])
    (turn,) = house.grant()
    events = house.dynamodb.meta.events
    name = "after-call.dynamodb.TransactWriteItems"
    events.register(name, lambda **_: house.clock.move_to(house.clock.seconds + late), unique_id="slow")
    alerting.take(turn)
    events.unregister(name, unique_id="slow")

    assert house.states() == {state: 1}
    assert len(house.wire.creates) == (state == "sent")


# What Twilio answers.

ANSWERS: dict[str, tuple[CreateFault | None, str, int, str]] = {
    "201": (None, "sent", 1, "subscribed"),
    "429": (CreateFault.throttled(), "sent", 2, "subscribed"),
    "401, a token just rotated": (CreateFault.refused(20003, 401), "sent", 2, "subscribed"),
    "21610, stopped at Twilio": (CreateFault.refused(21610), "skipped-stopped", 1, "stopped"),
    "21614, no mobile number": (CreateFault.refused(21614), "failed", 1, "invalid"),
    "21211, no such number, the first time": (CreateFault.refused(21211), "failed", 1, "subscribed"),
    "21408, a region that is off": (CreateFault.refused(21408), "failed", 1, "subscribed"),
    "21611, the number's queue is full": (CreateFault.refused(21611), "sent", 2, "subscribed"),
    "500, not taken": (CreateFault.broken(), "failed", 1, "subscribed"),
    "500, taken": (CreateFault.broken(placed=True), "sent", 1, "subscribed"),
    "no answer, taken": (CreateFault.hangs(), "sent", 1, "subscribed"),
    "a reset, taken": (CreateFault.reset(), "sent", 1, "subscribed"),
    "no connection": (CreateFault.unreachable(), "failed", 1, "subscribed"),
}
"""Answer to the create → the claim's end, how often Twilio was asked, where the subscriber stands."""


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_becomes_of_a_claim_after_each_answer(built: Runtime, answer: str) -> None:
    fault, state, creates, ends = ANSWERS[answer]
    house = faulty(built, fault)
    house.join(ANA)
    house.begin([ANA])
    house.send()
    house.settle()

    assert house.states() == {state: 1}
    assert house.creates() == {ANA: creates}
    assert standing(house, ANA) == ends
    assert len(house.got(ANA)) == (state == "sent")
    claim = house.claim(ANA)
    assert claim is not None
    assert claim.number is None
    house.let_pass(20)
    assert list(house.runtime.claims.passes_due(house.clock.now() + timedelta(days=1))) == []


@pytest.mark.parametrize("code", [21606, 21701, 30034, 30110, 20005])
def test_what_everybody_would_meet_pauses_the_broadcast_and_costs_nobody_their_alert(
    built: Runtime, code: int
) -> None:
    house = faulty(built, CreateFault.refused(code))
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS])
    house.send()
    assert house.broadcast().stage == "paused"
    assert (len(house.wire.creates), house.states()) == (1, {})

    house.move(Move.RESUME)
    house.world.advance(61)
    house.send()
    assert house.states() == {"sent": 2}


def test_while_twilio_has_trouble_at_most_one_of_a_pass_pays_for_it(built: Runtime) -> None:
    """Whoever was asked for and isn't known of is never asked for again; all others are kept back."""
    house = faulty(built, CreateFault.broken())
    house.join(ANA, LUIS, EVA)
    house.begin([ANA, LUIS, EVA])
    house.send()
    assert (house.states(), len(house.wire.creates)) == ({"ambiguous": 1}, 1)

    house.world.advance(60)
    house.send()
    assert house.states() == {"ambiguous": 1, "sent": 2}


def test_while_there_is_no_connection_nobody_pays_for_it(house: AlertHouse) -> None:
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS])
    house.wire.before = _no_connection
    house.send()
    assert (house.states(), house.creates()) == ({}, {})

    house.wire.before = lambda: None
    house.world.advance(60)
    house.send()
    assert house.states() == {"sent": 2}


def _no_connection() -> None:
    raise requests.ConnectionError(MaxRetryError(None, "", NewConnectionError(None, "refused")))  # type: ignore[arg-type]  # no pool


@pytest.mark.parametrize(
    ("wire", "faults"),
    [("before", (None, None, CreateFault.throttled())), ("after", (CreateFault.throttled(),))],
)
def test_whom_a_worker_must_try_later_is_not_forgotten_by_another_one_in_its_midst(
    built: Runtime, wire: str, faults: tuple[CreateFault | None, ...]
) -> None:
    house = faulty(built, *faults)
    house.join(ANA, LUIS, EVA)
    house.begin([ANA, LUIS, EVA])
    (turn,) = house.grant()
    others = iter([True])
    setattr(house.wire, wire, lambda: alerting.take(turn) if next(others, False) else None)
    alerting.take(turn)
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert not chunk.is_done
    house.world.advance(60)
    house.send()

    assert house.states() == {"sent": 3}
    assert house.is_settled()


def test_after_a_429_the_pass_ends_and_what_it_did_not_use_goes_back(built: Runtime) -> None:
    house = faulty(built, None, CreateFault.throttled())
    house.join(ANA, LUIS, EVA)
    house.begin([ANA, LUIS, EVA])
    full = house.left_in_bucket()
    house.send()

    day = pacific_day(house.clock.now())
    assert house.states() == {"sent": 1}
    assert (house.left_in_bucket(), house.runtime.broadcasts.spent(BRAND, day)) == (full - 1, 1)
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert (chunk.left, chunk.not_before) == (2, house.clock.now() + SECOND)


def test_whoever_is_not_there_to_be_sent_to_costs_nothing_of_the_budget(house: AlertHouse) -> None:
    house.join(ANA, LUIS, EVA)
    house.begin([ANA, LUIS, EVA], segments=2)
    house.say(ANA, Stopped)
    house.send()

    assert house.runtime.broadcasts.spent(BRAND, pacific_day(house.clock.now())) == 4


def test_through_a_messaging_service_no_number_of_ours_is_named(built: Runtime) -> None:
    sweep()
    house = AlertHouse(built, service=SERVICE)
    house.join(ANA)
    house.begin([ANA])
    house.send()

    (order,) = house.wire.orders
    assert (order["MessagingServiceSid"], "From" in order) == (SERVICE, False)


def test_no_number_stands_in_an_address_or_in_the_table_once_all_is_known(house: AlertHouse) -> None:
    house.join(ANA)
    house.begin([ANA])
    house.send()
    house.world.run_until_idle()

    assert not [url for url in house.wire.urls if ANA[2:] in url or key_of(ANA) in url]
    assert not [order for order in house.wire.orders if ANA[2:] in order["StatusCallback"]]
    assert [item["PK"]["S"][:5] for item in house.rows() if ANA in str(item)] == ["ROLL#"]
