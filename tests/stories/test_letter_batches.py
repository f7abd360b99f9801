"""A batch in which some messages fail, by what stands in them: exactly those come back, and none takes its neighbours.

All 1,024 ways in which ten messages can fail, for both queues; then a queue's whole life with poison in it (D3 of
letters.md §2).
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from chalice.local import LambdaContext

from app import app
from chalicelib.adapters import keys
from chalicelib.adapters.table import keyed, wire
from chalicelib.domain.letter import State
from chalicelib.runtime import Runtime
from dev.mail_world import EventPlan
from dev.mail_world.events import GARBAGE
from dev.pump import record
from dev.queue_wire import TRIES
from tests.conftest import Figure
from tests.rehearsal import sweep
from tests.stories.letter_house import LetterHouse

BATCH = 10
GREETING = GARBAGE["greeting"]
"""What SES says to a topic first, in plain text: no event, and no poison."""
DAMAGED, UNKNOWN = "a-letter-whose-item-is-damaged", "a-letter-that-is-nowhere"


@pytest.fixture(scope="module")
def house(built: Runtime) -> Iterator[LetterHouse]:
    """A house with one delivered letter, and one whose item is damaged."""
    sweep()
    made = LetterHouse(built)
    made.sent_to_office("someone@people.example")
    item = keyed(keys.letter(DAMAGED)) | wire({"type": "letter", "version": 1, "id": DAMAGED})
    made.dynamodb.put_item(TableName=made.runtime.config.table, Item=item)
    yield made
    assert made.difference() == 0


def good(house: LetterHouse, queue: str) -> list[str]:
    """Messages that are taken: there is nothing (more) to do for them."""
    if queue == "letters":
        turns = [body for body in house.letters.sent if '"mail"' not in body]
        return [turns[-1], json.dumps({"letter": UNKNOWN})]
    reports = [json.loads(body) for body in house.events.sent]
    letter = [event for event in reports if "letter" in event["mail"]["tags"]]
    kinds = [{**letter[0], "eventType": kind} for kind in ("Open", "Rendering Failure", "Teleported")]
    untagged = [{**event, "mail": {**event["mail"], "tags": {}}} for event in letter]
    return [GREETING, *(json.dumps(event) for event in (*letter, *kinds, *untagged))]


def bad(house: LetterHouse, queue: str) -> list[str]:
    """Messages that fail, each by what it holds."""
    if queue == "letters":
        return ["", "not json", "[]", '"a text"', "{}", '{"letter": 7, "turn": "never"}',
                '{"mail": "m", "kind": "nothing we write", "letter": "l"}', "[" * 2000,
                json.dumps({"letter": DAMAGED})]  # fmt: skip
    told = next(json.loads(body) for body in house.events.sent if '"Delivery"' in body and '"letter"' in body)
    strange = {**told, "mail": {**told["mail"], "tags": {"letter": [UNKNOWN]}}}
    damaged = {**told, "mail": {**told["mail"], "tags": {"letter": [DAMAGED]}}}
    return [
        "",
        "not json",
        "[]",
        "7",
        "{}",
        "[" * 2000,
        *(body for body in GARBAGE.values() if body != GREETING),
        json.dumps(strange),
        json.dumps(damaged),
    ]


def returned(queue: str, bodies: list[str]) -> set[str]:
    messages = [{"MessageId": f"id-{n}", "ReceiptHandle": "r", "Body": body} for n, body in enumerate(bodies)]
    event = {"Records": [record(each, f"arn:aws:sqs:us-east-1:123456789012:{queue}") for each in messages]}
    answer: dict[str, Any] = app.handler_map[queue](event, LambdaContext(queue, 512))
    named = [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]
    assert len(named) == len(set(named))
    return set(named)


@pytest.mark.parametrize("queue", ["letters", "mail_events"])
def test_of_ten_messages_exactly_those_that_fail_come_back(
    house: LetterHouse, figure: Figure, queue: str
) -> None:
    fine, broken = cycle(good(house, queue)), cycle(bad(house, queue))
    wrong = []
    for mask in range(1 << BATCH):
        fails = [bool(mask >> n & 1) for n in range(BATCH)]
        bodies = [next(broken) if failing else next(fine) for failing in fails]
        right = {f"id-{n}" for n, failing in enumerate(fails) if failing}
        if returned(queue, bodies) != right:
            wrong.append(mask)

    figure(f"queue={queue} masks={1 << BATCH} wrong={len(wrong)}")
    assert wrong == []


@pytest.mark.parametrize("queue", ["letters", "mail_events"])
def test_each_message_is_good_or_bad_by_itself(house: LetterHouse, queue: str) -> None:
    """What the masks are made of: otherwise a good one that failed beside a bad one would look like the bad one."""
    for body in good(house, queue):
        assert returned(queue, [body]) == set(), body
    for body in bad(house, queue):
        assert returned(queue, [body]) == {"id-0"}, body


def test_d3_poison_is_parked_after_five_tries_and_nine_good_letters_flow(
    built: Runtime, figure: Figure
) -> None:
    sweep()
    house = LetterHouse(built, an_hour=10**6)
    people = [f"person{n}@people.example" for n in range(BATCH - 1)]
    deliveries: list[str] = []
    deliver = house.letters.deliver

    def watched(bodies: Sequence[str]) -> Sequence[str]:
        deliveries.extend(bodies)
        return deliver(bodies)

    house.letters.deliver = watched
    poison = {"letters": "poison", "events": '{"eventType": "Bounce"}'}

    house.runtime.letter_queue._client.send_message(QueueUrl=house.letters.url, MessageBody=poison["letters"])
    house.events.take([poison["events"]])
    house.sent_to_office(*people)

    letters = [house.letter_of(email) for email in people]
    assert [(each.state, house.copies(each)) for each in letters] == [(State.DELIVERED, 1)] * len(people)
    assert (house.letters.dead, house.events.dead) == ([poison["letters"]], [poison["events"]])
    assert deliveries.count(poison["letters"]) == TRIES
    figure(f"poison parked after={TRIES} tries letters={len(people)} lost=0 double={house.doubles()}")

    house.letters.redrive()
    house.world.run_until_idle()
    assert house.letters.dead == [poison["letters"]]


def test_events_that_met_a_table_that_was_down_are_parked_and_do_their_work_when_driven_on(
    built: Runtime,
) -> None:
    sweep()
    house = LetterHouse(built, an_hour=10**6)
    house.write()
    house.world.run_until_idle()
    house.confirm()
    house.mails.next_plans.extend([EventPlan.late(60)] * 2)
    house.world.advance(30)
    assert house.letter_of().state is State.SUBMITTED
    with failing(house):
        house.world.run_until_idle()
    assert (len(house.events.dead), house.letter_of().state) == (2, State.SUBMITTED)

    house.events.redrive()
    house.world.run_until_idle()

    assert (house.events.dead, house.letter_of().state) == ([], State.DELIVERED)
    assert (house.told(), house.difference()) == (["confirm", "receipt"], 0)


@contextmanager
def failing(house: LetterHouse) -> Iterator[None]:
    """Let every reading of letters fail."""

    def fail(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb.example/")

    name, events = "before-call.dynamodb.BatchGetItem", house.dynamodb.meta.events
    events.register(name, fail, "fail")
    try:
        yield
    finally:
        events.unregister(name, unique_id="fail")
