"""A call is placed once, whatever Twilio answers and however often the queue brings its message.

Each row of the printed table is one trouble with POST Calls, played with every way in which the queue can bring
the message and with all of Twilio's webhooks arriving or all of them lost. `docs/placing.md` is the same table
for people who operate this.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from rich.table import Table

from chalicelib.adapters.phone import WAITS
from chalicelib.domain.call import Ending, Stage
from chalicelib.domain.campaign import Status
from chalicelib.domain.events import Claimed
from chalicelib.runtime import Runtime
from chalicelib.views.committing import commit
from dev.phone_world import (
    CreateFault,
    Faults,
    HangUp,
    PickUp,
    Supporter,
)
from tests.conftest import Figure
from tests.rehearsal import ANA, Rehearsal, sweep
from tests.stories.placing_house import DELIVERIES, TALK, Placing, webhook

REFUSED_CODE = 21211


@dataclass(frozen=True, slots=True)
class Trouble:
    """What Twilio does with our POSTs, and what the supporter's page must say in the end."""

    name: str
    creates: tuple[CreateFault, ...]
    end: str
    end_unheard: str
    rings: int = 1


def _placed(name: str, *creates: CreateFault) -> Trouble:
    """Twilio took it in the end: the call is made; with every webhook lost, Twilio itself says it is over."""
    return Trouble(name, creates, end="thanks", end_unheard="hung_up")


def _not_placed(name: str, *creates: CreateFault, end: str = "not_placed") -> Trouble:
    return Trouble(name, creates, end=end, end_unheard=end, rings=0)


TROUBLES = [
    _placed("no trouble"),
    _placed("429 once", CreateFault.throttled()),
    _placed("429 ten times", *[CreateFault.throttled()] * 10),
    _not_placed(f"400, code {REFUSED_CODE}", CreateFault.refused(REFUSED_CODE), end="refused"),
    _placed("401 once, then the new token", CreateFault.refused(20003, status=401)),
    _placed("500, placed", CreateFault.broken(placed=True)),
    _not_placed("500, not placed", CreateFault.broken(placed=False)),
    _placed("accepts and hangs", CreateFault.hangs()),
    _not_placed("hangs, not placed", replace(CreateFault.hangs(), placed=False)),
    _placed("accepts and resets", CreateFault.reset()),
    _not_placed("resets, not placed", replace(CreateFault.reset(), placed=False)),
    _not_placed("unreachable", CreateFault.unreachable()),
]
WAYS = [
    *((delivery, "heard") for delivery in DELIVERIES),
    *((delivery, "lost") for delivery in DELIVERIES if "while" not in delivery),
]
"""Each delivery with all of Twilio's webhooks arriving, and with all of them lost. A race is over before the first."""


@dataclass
class Row:
    """What all stories of one trouble came to."""

    trouble: str
    stories: int = 0
    posts: set[int] = field(default_factory=set)
    rings: set[int] = field(default_factory=set)
    ends: dict[str, str] = field(default_factory=dict)
    minutes: dict[str, list[float]] = field(default_factory=lambda: {"heard": [], "lost": []})

    def cells(self) -> list[str]:
        """The row as it is printed."""
        numbers = ["/".join(map(str, sorted(values))) for values in (self.posts, self.rings)]
        known = [f"{max(minutes):.1f}" for minutes in self.minutes.values()]
        return [self.trouble, str(self.stories), *numbers, *self.ends.values(), *known]


@pytest.fixture(scope="module")
def rows(figure: Figure) -> Iterator[list[Row]]:
    """The rows of all troubles, printed when the last one is through."""
    found: list[Row] = []
    yield found
    table = Table(
        "POST Calls", "stories", "POSTs", "rings", "end", "end, webhooks lost", "known, min", "lost, min"
    )
    for row in found:
        table.add_row(*row.cells())
    figure(table)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_one_tap_rings_once_at_most_and_every_call_ends_known(
    built: Runtime, rows: list[Row], trouble: Trouble
) -> None:
    row = Row(trouble.name)

    for delivery, webhooks in WAYS:
        sweep()
        house = Placing(built, Faults(lose=float(webhooks == "lost")))
        house.world.add(Supporter(ANA, TALK))
        house.world.next_creates.extend(trouble.creates)
        house.bring(delivery)
        call_id = house.tap()["id"]
        minutes = house.minutes_until_known(call_id)
        house.play(minutes=16, every=4)

        _check(house, call_id, trouble, webhooks)
        row.stories += 1
        row.posts.add(len(house.wire.placings))
        row.rings.add(house.world.rings(ANA))
        row.ends[webhooks] = house.state(call_id)["state"]
        row.minutes[webhooks].append(minutes)

    rows.append(row)
    asked_again = sum(create.status in WAITS for create in trouble.creates)
    assert row.posts == {max(1, len(trouble.creates) + bool(asked_again))}, "asked again, or not at all"
    assert row.rings == {trouble.rings}


def _check(house: Placing, call_id: str, trouble: Trouble, webhooks: str) -> None:
    """Hold what we wrote against what the phone world saw."""
    session = house.session(call_id)
    talked = house.world.rings(ANA) == 1 and webhooks == "heard"
    assert house.world.complaints == []
    assert (session.stage, session.phone, session.is_settled) == (Stage.ENDED, None, True)
    assert house.state(call_id)["state"] == (trouble.end if webhooks == "heard" else trouble.end_unheard)
    assert house.outcomes() == (["spoke"] if talked else [])
    assert (house.difference(), house.tally().tally) == (0, int(talked))
    assert not [item for item in house.rows() if ANA in json.dumps(item)], "the number was kept"


# What the supporter is told meanwhile.


@pytest.mark.parametrize(
    "fault", [CreateFault.broken(placed=False), CreateFault.hangs(), CreateFault.reset()]
)
def test_while_nobody_knows_the_page_says_that_we_are_checking(house: Placing, fault: CreateFault) -> None:
    house.world.next_creates.append(fault)
    house.world.faults = Faults(lose=1.0)

    call = house.tap()
    house.world.advance(90)

    assert house.state(call["id"])["state"] == "checking"


def test_the_first_webhook_proves_a_call_that_twilio_never_confirmed(house: Placing) -> None:
    house.world.next_creates.append(CreateFault.hangs())

    call = house.tap()
    house.world.advance(2)

    assert house.session(call["id"]).stage is Stage.RINGING
    assert house.session(call["id"]).call_sid == house.world.calls_to(ANA)[0].sid


def test_a_call_that_twilio_lists_late_is_still_found(house: Placing) -> None:
    house.world.rules.list_lag = 90.0
    house.world.next_creates.append(CreateFault.hangs())
    house.world.faults = Faults(lose=1.0)

    call = house.tap()
    house.minutes_until_known(call["id"])

    assert house.session(call["id"]).ending is Ending.HUNG_UP
    assert house.world.rings(ANA) == 1


def test_an_earlier_call_to_the_same_phone_is_not_taken_for_the_one_in_doubt(house: Placing) -> None:
    house.world.add(Supporter(ANA, [PickUp(after=1), HangUp(after=1)]))
    house.tap()
    house.world.run_until_idle()
    house.world.next_creates.append(CreateFault.unreachable())

    second = house.tap()
    house.minutes_until_known(second["id"])

    assert house.session(second["id"]).ending is Ending.NOT_PLACED
    assert house.world.rings(ANA) == 1


# When whatever should find out is down itself.


def test_a_reconciler_that_slept_for_three_hours_still_finds_every_call(house: Placing) -> None:
    house.world.next_creates.append(CreateFault.unreachable())
    call = house.tap()
    house.world.advance(3 * 3600)

    for _ in range(61):
        house.world.advance(60)
        house.reconcile()

    assert house.session(call["id"]).ending is Ending.NOT_PLACED
    assert house.session(call["id"]).phone is None


def test_a_twilio_that_answers_nothing_for_three_hours_leaves_no_call_unknown(house: Placing) -> None:
    house.world.next_creates.append(CreateFault.hangs())
    house.world.faults = Faults(lose=1.0)
    call = house.tap()
    house.world.advance(60)
    token, house.world.token = house.world.token, "another token: every request of ours is a 401"
    for _ in range(180):
        house.world.advance(60)
        house.reconcile()
    house.world.token = token

    for _ in range(61):
        house.world.advance(60)
        house.reconcile()

    assert house.session(call["id"]).ending is Ending.HUNG_UP
    assert house.session(call["id"]).phone is None


# Never rung.


def test_a_call_that_waited_for_over_an_hour_is_never_placed(house: Placing) -> None:
    house.queue.copies = lambda: (3601.0,)

    call = house.tap()
    house.play()

    assert house.wire.placings == []
    assert house.session(call["id"]).ending is Ending.NOT_PLACED


def test_a_call_that_twilio_throttles_for_an_hour_is_given_up_and_said_so(built: Runtime) -> None:
    sweep()
    house = Placing(built, Faults(decide_create=lambda _ordinal: CreateFault.throttled()), cps=1 / 60)

    call = house.tap()
    house.play(minutes=75, every=5)

    assert house.world.rings(ANA) == 0
    assert house.state(call["id"])["state"] == "not_placed"
    assert house.wire.placings[-1] <= 3600
    assert len(house.wire.placings) >= 50


def test_a_campaign_paused_while_the_call_waits_rings_nobody(built: Runtime) -> None:
    sweep()
    house = Rehearsal(built, built.store._table.client, offices=1)
    house.world.add(Supporter(ANA, TALK))
    house.queue.copies = lambda: (30.0,)

    call = house.tap()
    house.set_status(Status.PAUSED)
    house.play()

    assert house.world.calls == []
    assert house.state(call["id"])["state"] == "on_pause"
    assert "You keep your place" in house.get(f"/calls/{call['id']}?lang=en")[2].decode()
    assert "Usted conserva su lugar" in house.get(f"/calls/{call['id']}?lang=es")[2].decode()

    house.play(minutes=65)

    assert house.world.calls == []
    assert house.state(call["id"])["state"] == "paused"
    assert house.session(call["id"]).phone is None


def test_a_call_that_waited_for_a_paused_campaign_rings_when_it_goes_on(built: Runtime) -> None:
    sweep()
    house = Rehearsal(built, built.store._table.client, offices=1)
    house.world.add(Supporter(ANA, TALK))
    house.queue.copies = lambda: (30.0,)

    house.tap()
    house.set_status(Status.PAUSED)
    house.play(minutes=40)
    house.set_status(Status.LIVE)
    house.play(minutes=5)

    assert (house.world.rings(ANA), house.outcomes()) == (1, ["spoke"])


def test_a_call_in_line_of_a_campaign_that_ends_is_over_and_its_page_says_so_at_once(built: Runtime) -> None:
    sweep()
    house = Rehearsal(built, built.store._table.client, offices=1)
    house.world.add(Supporter(ANA, TALK))
    house.queue.copies = lambda: (30.0,)

    call = house.tap()
    house.set_status(Status.PAUSED)
    house.set_status(Status.ENDED)
    assert house.state(call["id"])["state"] == "paused"
    house.play(minutes=5)

    assert house.world.calls == []
    assert house.session(call["id"]).phone is None


def test_a_phone_stopped_while_its_next_call_waits_is_not_rung(house: Placing) -> None:
    """Key 9 is overtaken by the hang-up; before it arrives, the same phone is in line again."""
    house.world.add(Supporter(ANA, [PickUp(after=1), HangUp(when="asked for a key")]))
    first = house.tap()
    house.world.run_until_idle()
    sid = house.world.calls_to(ANA)[0].sid
    house.queue.copies = lambda: (30.0,)

    second = house.tap()
    pressed = webhook(house, f"/twilio/voice/{first['id']}/steps/1", CallSid=sid, Digits="9")
    house.play()

    assert pressed == 200
    assert house.session(second["id"]).ending is Ending.NEVER
    assert house.session(second["id"]).phone is None
    assert house.world.rings(ANA) == 1


def test_a_call_withdrawn_while_a_worker_claims_it_is_not_rung(house: Placing) -> None:
    events, name = house.dynamodb.meta.events, "provide-client-params.dynamodb.PutItem"

    def withdraw(params: Mapping[str, Any], **_: Any) -> None:
        if params["Item"].get("stage") == {"S": "placing"}:
            events.unregister(name, unique_id="withdraw")
            assert house.post_form(f"/calls/{call['id']}", do="withdraw") == 303

    events.register_first(name, withdraw, "withdraw")
    call = house.tap()
    house.play()

    assert house.world.calls == []
    assert house.state(call["id"])["state"] == "withdrawn"


def test_a_call_that_another_worker_claimed_first_and_is_still_placing_is_left_to_it(house: Placing) -> None:
    events, name = house.dynamodb.meta.events, "provide-client-params.dynamodb.PutItem"

    def claim_first(params: Mapping[str, Any], **_: Any) -> None:
        if params["Item"].get("stage") == {"S": "placing"}:
            events.unregister(name, unique_id="claim first")
            commit(house.session(call["id"]), None, Claimed("another worker"))

    events.register_first(name, claim_first, "claim first")
    call = house.tap()
    house.world.advance(10)

    assert house.wire.placings == []
    assert house.session(call["id"]).attempt == "another worker"
