"""What Twilio and carriers do with a form's question; and workers that are killed on the way to it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chalicelib.adapters.outgoing_texts import Stage
from chalicelib.domain.subscriber import State
from chalicelib.runtime import Runtime
from chalicelib.views import texting
from dev.phone_world import CreateFault
from tests.rehearsal import ANA, SLUG, sweep
from tests.stories.placing_house import webhook
from tests.stories.signing_house import Signing


@pytest.fixture
def house(built: Runtime) -> Iterator[Signing]:
    sweep()
    made = Signing(built)
    yield made
    assert made.world.complaints == []


def stages(house: Signing) -> list[Stage]:
    return [each.stage for each in house.kept()]


def test_after_429s_the_question_is_asked_once(house: Signing) -> None:
    house.world.next_creates += [CreateFault.throttled()] * 3
    house.sent()
    house.settled(30)

    assert (house.asked_twilio(), len(house.texts_to()), stages(house)) == (4, 1, [Stage.SENT])


@pytest.mark.parametrize(
    "fault",
    [
        CreateFault.hangs(),
        CreateFault.reset(),
        CreateFault.broken(placed=True),
        CreateFault.broken(placed=False),
        CreateFault.unreachable(),
    ],
)
def test_without_a_clear_answer_it_is_never_asked_again(house: Signing, fault: CreateFault) -> None:
    house.world.next_creates.append(fault)
    house.sent()
    house.settled(60)
    house.queue.deliver(house.queue.sent[-1:])
    house.sent()
    house.settled(60)

    assert (house.asked_twilio(), stages(house)[0]) == (1, Stage.UNCLEAR)
    assert [item for item in house.forms() if ANA in str(item)] == []


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (21610, State.STOPPED),
        (21614, State.INVALID),
        (21211, State.PENDING),
        (30034, State.PENDING),
    ],
)
def test_what_twilio_says_of_the_number_is_heard(house: Signing, code: int, state: State) -> None:
    house.world.next_creates.append(CreateFault.refused(code))
    house.sent()
    house.settled()

    assert (house.asked_twilio(), house.stands(), stages(house)) == (1, state, [Stage.REFUSED])


def status(house: Signing, word: str, code: str, name: str = "") -> int:
    fields = {"MessageSid": "SM" + "0" * 32, "To": ANA, "From": "+12025550142", "ErrorCode": code}
    path = f"/twilio/texts/reply.{name or house.kept()[0].id}/status"
    return webhook(house, path, **fields, MessageStatus=word)


@pytest.mark.parametrize(
    ("code", "state"),
    [("21610", State.STOPPED), ("30006", State.INVALID), ("30003", State.PENDING), ("30008", State.PENDING)],
)
def test_what_a_carrier_says_later_is_heard_once(house: Signing, code: str, state: State) -> None:
    house.sent()
    house.settled()

    assert status(house, "undelivered", code) == 204
    rows = house.ledger()
    assert status(house, "failed", code) == 204

    assert (house.stands(), house.ledger()) == (state, rows)


@pytest.mark.parametrize("word", ["queued", "sending", "sent", "delivered"])
def test_a_text_that_is_on_its_way_or_there_changes_nothing(house: Signing, word: str) -> None:
    house.sent()
    house.settled()

    assert status(house, word, "30006") == 204
    assert house.stands() is State.PENDING


def test_a_status_of_a_text_that_is_gone_is_taken_and_forgotten(house: Signing) -> None:
    assert status(house, "failed", "21610", "nobody-s-text-of-twenty") == 204
    assert house.stands() is State.UNKNOWN


@pytest.mark.parametrize(
    "name", ["reply.short", "reply.", "replay.of-twenty-characters", "reply.a.b.c.d.e.f.g"]
)
def test_a_name_that_twilio_was_never_given_is_refused(house: Signing, name: str) -> None:
    form = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "failed", "ErrorCode": "21610"}

    assert webhook(house, f"/twilio/texts/{name}/status", **form) == 403


# Killed.


class Killed(BaseException):
    """The worker's end: nothing of it runs any more."""


WRITES = ("PutItem", "UpdateItem", "TransactWriteItems")
DEATHS = {
    "before the words shown are kept": (1, False, 1, Stage.SENT),
    "after the words shown are kept": (1, True, 1, Stage.SENT),
    "before the subscriber is moved": (2, False, 1, Stage.SENT),
    "after the subscriber is moved": (2, True, 1, Stage.SENT),
    "before the claim": (3, False, 1, Stage.SENT),
    "after the claim, before Twilio is asked": (3, True, 0, Stage.CLAIMED),
    "after Twilio is asked, before the record": (4, False, 1, Stage.CLAIMED),
    "after the record": (4, True, 1, Stage.SENT),
}
"""When it dies: at which of its writes, before it arrives or after; how often Twilio is asked, what the text says."""
ALL_WRITES = max(nth for nth, *_ in DEATHS.values())


def dying(house: Signing, nth: int, *, arrives: bool) -> int:
    """Hand the message to a worker that dies at its `nth` write, before it arrives or after; how far it came."""
    events, seen = house.dynamodb.meta.events, list[str]()
    hook = f"{'after' if arrives else 'before'}-call.dynamodb"

    def count(model: Any, **_: Any) -> None:
        seen.extend([model.name] if model.name in WRITES else [])
        if len(seen) == nth:
            raise Killed

    events.register(hook, count, "killed")
    try:
        house.queue.deliver(house.queue.sent[-1:])
    except Killed:
        return len(seen)
    finally:
        events.unregister(hook, unique_id="killed")
    return 0


@pytest.mark.parametrize("death", DEATHS)
def test_a_worker_that_is_killed_at_any_write_asks_once_at_most(house: Signing, death: str) -> None:
    nth, arrives, asked, stage = DEATHS[death]
    house.queue.copies = tuple
    house.sent()
    house.runtime._shown.clear()
    assert dying(house, nth, arrives=arrives) == nth
    for _ in range(3):
        house.queue.deliver(house.queue.sent[-1:])
        house.settled(60)

    assert house.asked_twilio() == len(house.texts_to()) == asked
    assert (house.stands(), len(house.ledger()), stages(house)) == (State.PENDING, 1, [stage])
    assert [item for item in house.forms() if ANA in str(item)] == []


@pytest.mark.parametrize(("word", "state"), [("STOP", State.STOPPED), ("YES", State.SUBSCRIBED)])
def test_who_spoke_before_the_killed_worker_s_message_came_again_is_not_asked(
    house: Signing, word: str, state: State
) -> None:
    house.queue.copies = tuple
    house.sent()
    dying(house, 2, arrives=True)
    house.text_us(word)
    house.queue.deliver(house.queue.sent[-1:])
    house.settled(60)

    assert (house.asked_twilio(), house.stands(), stages(house)) == (0, state, [Stage.UNWANTED])


def test_these_are_all_writes_of_a_worker(house: Signing) -> None:
    house.queue.copies = tuple
    house.sent()
    house.runtime._shown.clear()

    assert dying(house, ALL_WRITES + 1, arrives=True) == 0
    assert stages(house) == [Stage.SENT]


@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_two_workers_with_the_same_message_ask_once(house: Signing, operation: str) -> None:
    events, name = house.dynamodb.meta.events, f"provide-client-params.dynamodb.{operation}"
    house.queue.copies = tuple
    house.sent()

    def overtake(params: Mapping[str, Any], **_: Any) -> None:
        events.unregister(name, unique_id="overtake")
        house.queue.deliver(house.queue.sent[-1:])

    events.register_first(name, overtake, "overtake")
    house.queue.deliver(house.queue.sent[-1:])
    house.settled()

    assert (house.asked_twilio(), len(house.texts_to()), house.stands()) == (1, 1, State.PENDING)


def test_an_answer_that_twilio_never_gave_leaves_the_word_to_text(house: Signing) -> None:
    house.world.next_creates.append(CreateFault.reset())
    house.sent()
    house.settled(60)

    (welcome,) = house.text_us("FAMILIES")
    assert "You are subscribed" in welcome
    assert [row.number for row in house.runtime.roll.all(SLUG)] == [ANA]
    assert house.runtime.subscribers.standing(texting.key_of(ANA)).stop is None
