"""The proof of work at the door: asked for, taken once, and never written down."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.proof_of_work import LIFE
from chalicelib.config import Config
from chalicelib.runtime import Runtime, install
from dev.phone_world import Decline, Supporter
from dev.solving import solve
from tests.conftest import Figure
from tests.rehearsal import ANA, ENVIRONMENT, LUIS, SLUG, Rehearsal, campaign, sweep

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}


@pytest.fixture
def house(built: Runtime) -> Iterator[Rehearsal]:
    yield Rehearsal(built, built.store._table.client)
    sweep()


class Requests:
    """The requests to DynamoDB while the block runs, by name."""

    def __init__(self, house: Rehearsal) -> None:
        self.events, self.made = house.dynamodb.meta.events, list[str]()

    def __enter__(self) -> list[str]:
        self.events.register("before-call.dynamodb", self._note, "requests")
        return self.made

    def __exit__(self, *_: object) -> None:
        self.events.unregister("before-call.dynamodb", unique_id="requests")

    def _note(self, model: Any, **_: object) -> None:
        self.made.append(model.name)


def answer(house: Rehearsal, phone: str, proof: object) -> tuple[int, str]:
    """Status, and the call's id or the refusal's code."""
    body = {"phone": phone, "language": "en", "consent": "call-1", "proof": proof}
    found = house.post(f"/api/campaigns/{SLUG}/calls", body)
    return found["http"], found["id"] if found["http"] == 202 else found["error"]["code"]


def test_the_api_asks_for_a_proof_and_says_where_to_get_one(house: Rehearsal) -> None:
    refused = house.post(f"/api/campaigns/{SLUG}/calls", {"phone": ANA, "consent": "call-1"})

    assert (refused["http"], refused["error"]["code"], refused["error"]["field"]) == (
        400,
        "proof_missing",
        "proof",
    )
    assert "/challenge" in refused["error"]["message"]
    assert answer(house, ANA, 7) == (400, "body_malformed")
    assert house.get("/api/campaigns/nowhere/challenge")[0] == 404
    assert house.queue.sent == []


def test_asking_for_a_challenge_writes_nothing_and_no_cache_keeps_it(house: Rehearsal) -> None:
    with Requests(house) as made:
        answers = [house.get(f"/api/campaigns/{SLUG}/challenge") for _ in range(3)]

    assert not WRITES & set(made)
    assert len({json.loads(text)["parameters"]["nonce"] for _, _, text in answers}) == 3
    assert {headers["cache-control"] for _, headers, _ in answers} == {"no-store"}


def test_a_proof_opens_one_call_and_again_only_shows_it_to_its_own_phone(house: Rehearsal) -> None:
    proof = house.proof()
    status, call_id = answer(house, ANA, proof)
    assert status == 202

    assert answer(house, ANA, proof) == (202, call_id), "a double tap"
    assert answer(house, LUIS, proof) == (400, "proof_refused")
    assert len(house.queue.sent) == 1


def test_a_proof_whose_call_is_over_opens_no_other(house: Rehearsal) -> None:
    house.world.add(Supporter(ANA, [Decline()]))
    proof = house.proof()
    _, call_id = answer(house, ANA, proof)
    house.play()
    assert house.session(call_id).is_over

    assert answer(house, ANA, proof) == (400, "proof_refused")
    assert answer(house, LUIS, proof) == (400, "proof_refused")
    assert len(house.world.calls_to(ANA)) == 1
    assert answer(house, ANA, house.proof())[0] == 202


def test_a_replay_costs_nothing_and_takes_nobody_s_place_in_line(house: Rehearsal) -> None:
    proof = house.proof()
    answer(house, ANA, proof)

    with Requests(house) as made:
        assert {answer(house, LUIS, proof) for _ in range(20)} == {(400, "proof_refused")}

    assert not WRITES & set(made)
    assert house.tap("+14045550110")["place_in_line"] <= 1


def test_two_phones_with_one_proof_at_once_are_one_call(house: Rehearsal) -> None:
    """Another tap comes between this one's look and its write: the table lets one of them in."""
    events, proof = house.dynamodb.meta.events, house.proof()
    first: list[tuple[int, str]] = []

    def overtake(**_: object) -> None:
        events.unregister("before-call.dynamodb.TransactWriteItems", unique_id="overtake")
        first.append(answer(house, LUIS, proof))

    events.register("before-call.dynamodb.TransactWriteItems", overtake, "overtake")

    assert answer(house, ANA, proof) == (400, "proof_refused")
    assert first[0][0] == 202
    assert house.session(first[0][1]).phone == LUIS


def test_a_proof_expires_and_is_for_its_campaign(house: Rehearsal) -> None:
    late, elsewhere = house.proof(), campaign(house.clock.now().date(), slug="another")
    house.runtime.catalog.apply(elsewhere, house.clock.now())

    assert answer(house, ANA, house.proof("another")) == (400, "proof_refused")
    house.world.advance(LIFE / timedelta(seconds=1))
    assert answer(house, ANA, late) == (400, "proof_refused")
    assert house.queue.sent == []


def test_a_lowered_difficulty_is_refused(house: Rehearsal) -> None:
    install(replace(house.runtime, config=replace(house.runtime.config, proof_cost=2)))
    asked = json.loads(house.get(f"/api/campaigns/{SLUG}/challenge")[2])
    assert asked["parameters"]["cost"] == 2
    asked["parameters"] |= {"cost": 1, "keyPrefix": "00"}

    assert answer(house, ANA, solve(asked)) == (400, "proof_refused")
    assert answer(house, ANA, house.proof())[0] == 202


def test_the_single_use_of_a_proof_costs_no_write(house: Rehearsal, figure: Figure) -> None:
    with Requests(house) as proven:
        assert house.tap()["http"] == 202
    house.world.advance(60)  # the line is idle again
    with Requests(house) as unproven:
        assert house.post_form(f"/c/{SLUG}", phone=LUIS, consent="call-1") == 303
    writes = [[name for name in made if name in WRITES] for made in (proven, unproven)]

    extra = len(writes[0]) - len(writes[1])
    figure(f"proof of work: writes with={len(writes[0])} without={len(writes[1])} extra={extra}")
    assert writes[0] == writes[1]


# Without a script.


def form(house: Rehearsal, number: int, **more: str) -> int:
    return house.post_form(f"/c/{SLUG}", phone=f"+1404555{number:04}", consent="call-1", **more)


def test_a_form_without_a_script_calls_under_a_tighter_limit(house: Rehearsal) -> None:
    config = replace(house.runtime.config, unproven_calls_per_source=3, calls_per_source=5)
    install(replace(house.runtime, config=config))

    assert [form(house, number) for number in range(100, 105)] == [303, 303, 303, 429, 429]
    assert [house.tap(f"+1404555{number:04}")["http"] for number in range(110, 117)] == [202] * 5 + [429] * 2
    house.world.advance(3600)
    assert form(house, 120) == 303


def test_a_form_with_a_proof_is_held_to_it(house: Rehearsal) -> None:
    config = replace(house.runtime.config, unproven_calls_per_source=1)
    install(replace(house.runtime, config=config))
    proof = house.proof()

    assert [form(house, number, proof=house.proof()) for number in range(100, 104)] == [303] * 4
    assert form(house, 104, proof=proof) == 303
    assert form(house, 105, proof=proof) == 400
    assert form(house, 106, proof="garbage") == 400


def test_the_settings_are_three_an_hour_and_a_cost_only_development_lowers() -> None:
    unset = {name: value for name, value in ENVIRONMENT.items() if "UNPROVEN" not in name}
    here, there = (
        Config.from_environ(unset),
        Config.from_environ(unset | {"PATCHTHROUGH_STAGE": "production"}),
    )

    assert here.unproven_calls_per_source == there.unproven_calls_per_source == 3
    assert (here.proof_cost, there.proof_cost) == (1, 10_000)
    assert Config.from_environ(unset | {"PATCHTHROUGH_PROOF_COST": "7"}).proof_cost == 7
