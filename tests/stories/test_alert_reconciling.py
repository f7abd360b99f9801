"""Alerts of which nobody knows what became: a worker killed at every point, an answer lost, a silent Twilio."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Self

import pytest

from chalicelib.domain.broadcast import ClaimState
from chalicelib.domain.subscriber_events import Stopped
from chalicelib.runtime import Runtime
from chalicelib.views import alert_reconciling, alerting
from chalicelib.views.batches import Unread
from dev.phone_world import CreateFault, Faults, Plan
from tests.rehearsal import sweep
from tests.stories.alert_house import WORDS, AlertHouse, Killed, neighbors

ANA, LUIS, EVA = neighbors()[:3]
A_DAY = timedelta(days=1)


def silent(built: Runtime, *creates: CreateFault | None) -> AlertHouse:
    """A house in which no report ever comes, and the n-th create goes wrong as told."""
    sweep()
    return AlertHouse(
        built,
        Faults(
            decide=lambda delivery: Plan.lost(),
            decide_create=lambda nth: creates[nth] if nth < len(creates) else None,
        ),
    )


def ambiguous(built: Runtime, fault: CreateFault) -> AlertHouse:
    """A house in which it isn't known whether Ana's alert went."""
    house = silent(built, fault)
    house.join(ANA)
    house.begin([ANA])
    house.send()
    assert house.states() == {"ambiguous": 1}
    return house


def state(house: AlertHouse, number: str = ANA) -> ClaimState:
    claim = house.claim(number)
    assert claim is not None
    return claim.state


def asked(house: AlertHouse) -> int:
    """How often Twilio was asked for the list of texts."""
    return sum("/Messages.json?" in url and "PageSize" in url for url in house.wire.urls)


def test_what_twilio_lists_was_sent_and_is_not_sent_again(built: Runtime) -> None:
    house = ambiguous(built, CreateFault.reset())
    house.let_pass(15)
    assert (state(house), asked(house)) == (ClaimState.AMBIGUOUS, 0)

    house.let_pass(5)
    claim = house.claim(ANA)
    assert claim is not None
    assert (claim.state, claim.sid, claim.number) == (ClaimState.SENT, house.world.texts[0].sid, None)
    house.send()
    assert house.creates() == {ANA: 1}


def test_what_it_lists_at_neither_of_two_looks_is_given_up_and_never_sent(built: Runtime) -> None:
    house = ambiguous(built, CreateFault.broken())
    house.let_pass(20)
    assert (state(house), asked(house)) == (ClaimState.AMBIGUOUS, 1)

    house.let_pass(9)
    assert (state(house), asked(house)) == (ClaimState.AMBIGUOUS, 1)
    house.let_pass(6)
    claim = house.claim(ANA)
    assert claim is not None
    assert (claim.state, claim.number, asked(house)) == (ClaimState.FAILED, None, 2)
    house.send()
    assert house.creates() == {ANA: 1}


def test_a_text_that_twilio_lists_late_is_found_at_the_second_look(built: Runtime) -> None:
    house = ambiguous(built, CreateFault.reset())
    house.world.rules.list_lag = 25 * 60
    house.let_pass(20)
    assert state(house) is ClaimState.AMBIGUOUS

    house.world.rules.list_lag = 0
    house.let_pass(15)
    assert state(house) is ClaimState.SENT


def test_another_text_to_the_same_number_is_no_proof(built: Runtime) -> None:
    """Other words, or the same words an hour ago: neither is this alert."""
    house = silent(built, None, None, CreateFault.broken())
    house.join(ANA)
    house.begin([ANA], id="an-earlier-broadcast")
    house.send()
    house.world.advance(3600)
    house.begin([ANA], id="with-other-words", words=type(WORDS)("Other words.", "Otras."))
    house.send()
    house.begin([ANA])
    house.send()
    house.let_pass(35)

    assert len(house.wire.creates) == 3
    assert state(house) is ClaimState.FAILED


def test_while_twilio_does_not_answer_nothing_is_given_up(built: Runtime) -> None:
    house = ambiguous(built, CreateFault.reset())
    house.wire.listing = False
    for _ in range(4):
        house.world.advance(20 * 60)
        with pytest.raises(Unread):
            alert_reconciling.reconcile()
    assert state(house) is ClaimState.AMBIGUOUS

    house.wire.listing = True
    alert_reconciling.reconcile()
    assert state(house) is ClaimState.SENT


def test_a_report_settles_it_before_anybody_asks(built: Runtime) -> None:
    sweep()
    house = AlertHouse(built, Faults(decide_create=lambda nth: CreateFault.reset()))
    house.join(ANA)
    house.begin([ANA])
    house.send()
    house.let_pass(25)

    claim = house.claim(ANA)
    assert claim is not None
    assert (claim.state, claim.delivery, asked(house)) == (ClaimState.SENT, "delivered", 0)
    assert list(house.runtime.claims.passes_due(house.clock.now() + A_DAY)) == []


def test_no_number_stands_in_what_twilio_is_asked(built: Runtime) -> None:
    house = ambiguous(built, CreateFault.reset())
    house.let_pass(20)

    assert asked(house) == 1
    assert not [url for url in house.wire.urls if ANA[2:] in url]


# A worker killed.


class Trap:
    """Kills the worker at the n-th point of its wires: before and after each request, to the table and to Twilio."""

    def __init__(self, house: AlertHouse, point: int | None) -> None:
        self.house, self.point, self.passed = house, point, 0
        self.events = house.dynamodb.meta.events

    def __enter__(self) -> Self:
        self.events.register("provide-client-params.dynamodb", self._at, unique_id="before")
        self.events.register("after-call.dynamodb", self._at, unique_id="after")
        self.house.wire.before = self.house.wire.after = self._at
        return self

    def __exit__(self, *_: object) -> None:
        self.events.unregister("provide-client-params.dynamodb", unique_id="before")
        self.events.unregister("after-call.dynamodb", unique_id="after")
        self.house.wire.before = self.house.wire.after = _nothing

    def _at(self, **_: Any) -> None:
        self.passed += 1
        if self.passed == self.point:
            raise Killed


def _nothing() -> None:
    """Nothing happens."""


def played(
    built: Runtime, point: int | None, before: Callable[[AlertHouse], object]
) -> tuple[AlertHouse, int]:
    """Send to three with a worker that is killed at a point, bring its message again, and let an hour pass."""
    sweep()
    house = AlertHouse(built)
    house.join(ANA, LUIS, EVA)
    house.begin([ANA, LUIS, EVA])
    before(house)
    (turn,) = house.grant()
    with Trap(house, point) as trap:
        try:
            alerting.take(turn)
        except Killed:
            house.world.advance(1)
            with Trap(house, None):
                alerting.take(turn)
    house.settle()
    return house, trap.passed


@pytest.fixture(scope="module")
def points(built: Runtime) -> int:
    """How many points a worker passes that nobody kills."""
    return played(built, None, lambda house: None)[1]


@pytest.mark.parametrize("part", range(6))
def test_a_worker_killed_at_any_point_texts_nobody_twice_and_leaves_no_claim_unknown(
    built: Runtime, points: int, part: int
) -> None:
    assert points >= 36
    for point in range(part + 1, points + 1, 6):
        house, _ = played(built, point, lambda house: None)
        assert max(house.creates().values()) == 1, point
        assert house.is_settled(), point
        sent = {number for number in (ANA, LUIS, EVA) if state(house, number) is ClaimState.SENT}
        got = {number for number in (ANA, LUIS, EVA) if house.got(number)}
        assert sent == got, point
        assert len(got) >= 2, point  # one recipient, at most, pays for the kill
        house.let_pass(20)
        assert list(house.runtime.claims.passes_due(house.clock.now() + A_DAY)) == [], point


def test_a_worker_killed_between_claim_and_create_after_whom_a_stop_came_texts_nobody(built: Runtime) -> None:
    sweep()
    house = AlertHouse(built)
    house.join(ANA)
    house.begin([ANA])
    (turn,) = house.grant()
    house.wire.before = _killing
    with pytest.raises(Killed):
        alerting.take(turn)
    house.wire.before = _nothing
    house.say(ANA, Stopped)
    house.settle()

    assert (house.creates(), house.states()) == ({}, {"failed": 1})


def _killing() -> None:
    raise Killed
