"""S8 to S11: how events reach the queue, lost answers, the clock, and the client's wire."""

import json
import time
from contextlib import suppress
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from moto import mock_aws

from dev.mail_world import (
    CallerKilled,
    EventPlan,
    Faults,
    MailWorld,
    QueueSink,
    SendFault,
    SesWire,
    VirtualClock,
)
from dev.mail_world.events import GARBAGE
from dev.phone_world.http_wire import NotLoopback
from tests.mail_world.post_office import ATLANTA, SET, TOPIC, PostOffice, letter_to, ses

ROUGH = Faults(duplicate=0.3, delay=0.3, lose=0.2, shuffle=True, batch_seconds=5)


def many(office: PostOffice, letters: int = 30) -> list[list[str]]:
    """Send letters, a second apart; the ids of the letters in each batch that arrived."""
    for number in range(letters):
        office.send(ATLANTA, letter=f"L{number}")
        office.world.advance(1)
    office.world.run_until_idle()
    return [[json.loads(body)["mail"]["tags"]["letter"][0] for body in batch] for batch in office.batches]


def test_s8_events_arrive_raw_one_by_one_unless_told_otherwise() -> None:
    assert many(PostOffice(), 2) == [["L0"], ["L1"], ["L0"], ["L1"]]


def test_s8_duplicated_delayed_dropped_shuffled_and_batched_by_a_seed_that_is_said() -> None:
    office = PostOffice(seed=7, faults=ROUGH)
    batches = many(office)
    arrived = [letter for batch in batches for letter in batch]

    assert office.said == ["mail world: seed 7"]
    assert max(len(batch) for batch in batches) > 1
    assert all(len(batch) <= 10 for batch in batches)
    assert arrived != sorted(arrived, key=lambda letter: int(letter[1:]))
    plans = [published.plan for published in office.world.published]
    assert {len(plan.delays) for plan in plans} == {0, 1, 2}
    assert len(arrived) == sum(len(plan.delays) for plan in plans)


def test_s8_what_waits_together_changes_places() -> None:
    [in_order] = many(PostOffice(faults=Faults(batch_seconds=60)), 5)
    [shuffled] = many(PostOffice(faults=Faults(shuffle=True, batch_seconds=60)), 5)

    assert sorted(shuffled) == sorted(in_order)
    assert shuffled != in_order


def test_s8_the_same_seed_is_the_same_story_and_another_is_not() -> None:
    first, again, other = (many(PostOffice(seed=seed, faults=ROUGH)) for seed in (7, 7, 8))

    assert first == again
    assert first != other


def test_s8_a_plan_for_the_next_event_goes_before_chance() -> None:
    office = PostOffice()
    office.world.next_plans.extend([EventPlan.lost(), EventPlan.twice(gap=60)])
    office.send()
    office.world.run_until_idle()

    assert office.kinds() == ["Delivery", "Delivery"]
    assert len(set(office.bodies)) == 1


def test_s8_a_decision_function_plans_each_event() -> None:
    office = PostOffice(
        faults=Faults(decide=lambda event: EventPlan.lost() if event["eventType"] == "Send" else EventPlan())
    )
    office.send()
    office.world.run_until_idle()

    assert office.kinds() == ["Delivery"]


def test_s8_shuffling_needs_something_that_waits_together() -> None:
    with pytest.raises(ValueError, match="batch_seconds"):
        Faults(shuffle=True)


def sqs(endpoint: str | None) -> Any:
    return boto3.client(
        "sqs",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_s8_a_queue_on_this_machine_takes_raw_bodies_in_batches() -> None:
    client = sqs("http://127.0.0.1:1")
    asked: list[dict[str, Any]] = []

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        assert isinstance(request.body, bytes)
        asked.append(json.loads(request.body))
        return AWSResponse(str(request.url), 200, HTTPHeaders(), BytesIO(b"{}"))

    client.meta.events.register("before-send.sqs.*", answer)
    sink = QueueSink(client, "http://127.0.0.1:1/000000000000/mail-events")
    sink(["one", "", "two"])
    sink.stop()

    assert [[entry["MessageBody"] for entry in one["Entries"]] for one in asked] == [["one", "two"]]
    with pytest.raises(NotLoopback):
        QueueSink(sqs(None), "https://sqs.us-east-1.amazonaws.com/000000000000/x")


@pytest.mark.parametrize("kind", GARBAGE)
def test_s9_bodies_that_are_no_event_on_command(kind: str) -> None:
    office = PostOffice()
    office.world.garble(TOPIC, kind)
    office.world.run_until_idle()

    assert office.bodies == [GARBAGE[kind]]


def test_s9_a_new_destination_is_greeted_in_words_that_are_no_event() -> None:
    office = PostOffice()
    office.client.create_configuration_set(ConfigurationSetName="new")
    office.client.create_configuration_set_event_destination(
        ConfigurationSetName="new",
        EventDestinationName="events",
        EventDestination={"MatchingEventTypes": ["BOUNCE"], "SnsDestination": {"TopicArn": TOPIC}},
    )
    office.world.run_until_idle()

    assert office.bodies == ["Successfully validated SNS topic for Amazon SES event publishing."]


LOST: list[tuple[SendFault, type[Exception]]] = [
    (SendFault.hangs(), ReadTimeoutError),
    (SendFault.hangs(60), ReadTimeoutError),
    (SendFault.reset(), ConnectionClosedError),
    (SendFault.broken(), ClientError),
    (SendFault.broken(503), ClientError),
]


@pytest.mark.parametrize(("fault", "error"), LOST)
def test_s10_accepted_and_the_answer_lost(fault: SendFault, error: type[Exception]) -> None:
    office = PostOffice()
    office.world.next_sends.append(fault)
    with pytest.raises(error):
        office.send()
    office.world.run_until_idle()

    assert office.world.copies_of("letter", "L1") == 1
    assert office.of("Delivery")[0]["mail"]["tags"]["letter"] == ["L1"]
    assert "accepted" in office.world.wire[0].note


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (SendFault.unreachable(), EndpointConnectionError),
        (SendFault.reset(accepted=False), ConnectionClosedError),
        (SendFault.hangs(accepted=False), ReadTimeoutError),
        (SendFault.broken(accepted=False), ClientError),
    ],
)
def test_s10_failed_before_it_was_accepted(fault: SendFault, error: type[Exception]) -> None:
    office = PostOffice()
    office.world.next_sends.append(fault)
    with pytest.raises(error):
        office.send()
    office.world.run_until_idle()

    assert (office.world.accepted, office.bodies) == ([], [])


def test_s10_an_answer_that_only_comes_late_is_an_answer() -> None:
    office = PostOffice()
    office.world.next_sends.append(SendFault.hangs(30))

    assert office.send() == office.world.accepted[0].message_id


def test_s10_a_caller_that_is_killed_goes_on_nowhere() -> None:
    office = PostOffice()
    office.world.next_sends.append(SendFault.killed())
    with pytest.raises(CallerKilled), suppress(Exception):  # what an app might catch
        office.send()

    assert office.world.copies_of("letter", "L1") == 1


def test_d10_a_blind_retry_of_a_lost_answer_sends_the_letter_twice() -> None:
    office = PostOffice(retries={"total_max_attempts": 2})
    office.world.next_sends.append(SendFault.reset())
    office.send()

    assert office.world.copies_of("letter", "L1") == 2
    assert office.world.hidden_retries == 1
    assert len({mail.invocation for mail in office.world.accepted}) == 1


def test_s10_a_refused_letter_is_not_called_accepted() -> None:
    office = PostOffice()
    office.world.next_sends.append(SendFault.hangs())

    with pytest.raises(ClientError, match="BadRequest"):
        office.send("not-an-address")
    assert office.world.accepted == []


def test_s11_the_clock_moves_only_when_it_is_moved_and_may_be_shared() -> None:
    office = PostOffice()
    office.send()
    office.world.advance(1.9)
    assert office.kinds() == ["Send"]
    office.world.advance(0.1)
    assert office.kinds() == ["Send", "Delivery"]

    guest = MailWorld(office.world.clock, agenda=office.world.agenda)
    happened: list[str] = []
    guest.after(3, lambda: happened.append("guest"))
    office.world.run_until_idle()
    assert happened == ["guest"]


def test_s11_it_starts_in_under_a_second() -> None:
    began = time.perf_counter()
    PostOffice().send()

    assert time.perf_counter() - began < 1


def test_the_wire_goes_before_moto_on_the_apps_own_client() -> None:
    """The app's client knows nothing of the world, and the rest of AWS is moto's, as in a rehearsal."""
    with mock_aws():
        world = MailWorld(VirtualClock())
        world.verify("mail.example.org")
        world.set_up(SET, TOPIC)
        client: Any = ses()
        SesWire(world).attach(client)
        sent = client.send_email(**letter_to())

    assert sent["MessageId"] == world.accepted[0].message_id
    assert sent["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/json"
