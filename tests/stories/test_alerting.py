"""A worker's pass over a chunk: each recipient is claimed, then Twilio asked, once, or skipped for a reason."""

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.broadcast import ClaimState, Move
from chalicelib.domain.broadcast_pacing import BRAND, pacific_day
from chalicelib.domain.campaign import Status
from chalicelib.domain.subscriber_events import Joined, Stopped, Unclear, ZipTold
from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime
from chalicelib.views import alerting
from dev.phone_world import CreateFault, Faults
from tests.rehearsal import sweep
from tests.stories.alert_house import ID, WORDS, AlertHouse, key_of, neighbors, standing

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


# When.


@pytest.mark.parametrize(
    ("wall", "validity"),
    [
        ("08:59:59", None), ("09:00:00", 36_000), ("09:59:00", 36_000), ("10:00:00", 35_940), ("15:00:00", 17_940),
        ("19:57:59", 61), ("19:58:00", 60), ("19:58:01", None), ("19:59:59", None), ("20:00:00", None),
    ],
)  # fmt: skip
def test_a_text_leaves_in_the_window_and_twilio_forgets_it_a_minute_before_its_end(
    built: Runtime, wall: str, validity: int | None
) -> None:
    sweep()
    start = datetime.fromisoformat(f"2026-11-24T{wall}-05:00")
    house = AlertHouse(built, start=start)
    house.join(ANA)
    house.begin([ANA], not_after=start + timedelta(days=3))
    house.send()

    assert [order.get("ValidityPeriod") for order in house.wire.orders] == ([validity] if validity else [])


def test_who_sleeps_waits_for_their_own_morning_and_the_chunk_with_them(built: Runtime) -> None:
    sweep()
    house = AlertHouse(built, start=datetime.fromisoformat("2026-11-24T19:58:30-05:00"))
    house.join(ANA)
    house.begin([ANA], not_after=house.clock.now() + timedelta(days=2))
    house.send()
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert (chunk.left, chunk.not_before) == (1, datetime.fromisoformat("2026-11-24T20:00:00-05:00"))

    house.world.advance(120)
    house.send()
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert chunk.not_before == datetime.fromisoformat("2026-11-25T09:00:00-05:00")
    house.world.advance(13 * 3600)
    house.send()
    assert house.creates() == {ANA: 1}


def test_a_number_of_forty_two_zones_is_texted_between_the_caribbean_and_hawaii(built: Runtime) -> None:
    """A code of no place, like 500: 9:00 in Honolulu is 15:00 in Puerto Rico, and 20:00 there is 14:00 in Honolulu."""
    number = "+15005550106"
    found = {}
    for hour in range(24):
        sweep()
        house = AlertHouse(built, start=datetime.fromisoformat(f"2026-11-24T{hour:02}:30:00+00:00"))
        house.join(number)
        house.begin([number])
        house.send()
        found[hour] = len(house.wire.creates)
    assert [hour for hour, creates in found.items() if creates] == [19, 20, 21, 22, 23]


def test_the_zip_code_somebody_told_counts_for_more_than_their_area_code(built: Runtime) -> None:
    sweep()
    house = AlertHouse(built, start=datetime.fromisoformat("2026-11-24T09:30:00-05:00"))
    house.join(ANA, LUIS)
    house.say(LUIS, ZipTold, zip="90001")
    house.begin([ANA, LUIS])
    house.send()

    assert house.creates() == {ANA: 1}
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert chunk.not_before == datetime.fromisoformat("2026-11-24T09:00:00-08:00")


def test_nothing_is_sent_the_next_morning_that_was_for_tonight(built: Runtime) -> None:
    """politics-rewired/Spoke#1293: what was left over at night went out stale next morning."""
    sweep()
    evening = datetime.fromisoformat("2026-11-24T19:59:30-05:00")
    house = AlertHouse(built, start=evening)
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS], not_after=evening + timedelta(hours=3))
    for _ in range(16):
        house.send()
        house.world.advance(3600)

    assert house.creates() == {}
    assert house.states() == {"skipped-stale": 2}


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


# While somebody pauses or cancels.


@pytest.mark.parametrize("at", [0, 1, 25])
@pytest.mark.parametrize("move", [Move.CANCEL, Move.PAUSE])
@pytest.mark.parametrize("seconds", [0.02, 2.0], ids=lambda each: f"{each}s a create")
def test_no_create_begins_more_than_ten_seconds_after_a_cancel(
    house: AlertHouse, move: Move, at: int, seconds: float
) -> None:
    people = neighbors()[:52]
    house.join(*people)
    house.begin(people)
    moved_at: list[float] = []

    def create() -> None:
        house.clock.move_to(house.clock.seconds + seconds)
        if len(house.wire.creates) == at + 1:
            house.move(move)
            moved_at.append(house.clock.seconds)

    house.wire.after = create
    house.send()

    assert max(at for at, _ in house.wire.creates) - moved_at[0] <= 10
    assert len(house.wire.creates) < len(people)
    states = house.states()
    assert sum(states.values()) == (len(people) if move is Move.CANCEL else states["sent"])
    assert max(house.creates().values()) == 1


def test_a_paused_broadcast_goes_on_where_it_was(house: AlertHouse) -> None:
    house.join(ANA, LUIS)
    house.begin([ANA, LUIS])
    (turn,) = house.grant()
    house.move(Move.PAUSE)
    alerting.take(turn)
    assert house.creates() == {}

    house.move(Move.RESUME)
    house.send()
    assert house.creates() == {ANA: 1, LUIS: 1}


def test_a_campaign_that_is_paused_keeps_its_alerts_back(house: AlertHouse) -> None:
    house.join(ANA)
    house.begin([ANA])
    house.set_status(Status.PAUSED)
    house.send()
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert (house.creates(), chunk.not_before) == ({}, house.clock.now() + 5 * MINUTE)

    house.set_status(Status.LIVE)
    house.world.advance(300)
    house.send()
    assert house.creates() == {ANA: 1}


def test_a_pass_ends_after_a_minute_and_leaves_the_others_to_the_next(house: AlertHouse) -> None:
    people = neighbors()[:20]
    house.join(*people)
    house.begin(people)
    house.wire.after = lambda: house.clock.move_to(house.clock.seconds + 9)
    house.send()

    assert len(house.wire.creates) == 7
    (chunk,) = house.runtime.broadcasts.chunks(ID)
    assert (chunk.left, chunk.not_before) == (13, None)


def test_a_grant_that_is_too_old_is_not_worked_on(house: AlertHouse) -> None:
    house.join(ANA)
    house.begin([ANA])
    (turn,) = house.grant()
    house.world.advance(301)
    alerting.take(turn)
    assert house.creates() == {}

    (again,) = house.grant()
    alerting.take(turn)
    alerting.take(again)
    assert house.creates() == {ANA: 1}
