"""Faults on the way: copies, delays, shuffles, losses, hang-ups, all by seed or by decision."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests import ConnectionError as Broken
from requests import ReadTimeout
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped, unused-ignore]

from dev.phone_world import (
    CreateFault,
    Delivery,
    Faults,
    OfficeLine,
    PickUp,
    Plan,
    Press,
    Supporter,
)
from dev.phone_world.interpreter import APOLOGY
from tests.phone_world.tiny_app import ALL_EVENTS, ANA, BASE, OFFICE, OURS, Page, Stage, stage

FLOW: dict[str, Page] = {
    "/start": '<Gather numDigits="1" action="/key"><Say>Press 1.</Say></Gather>',
    "/key": f'<Dial action="/after" callerId="{OURS}">{OFFICE}</Dial>',
    "/after": "<Say>Thank you.</Say>",
    "/fallback": "<Say>Sorry.</Say>",
}


def rough(faults: Faults, seed: int = 1) -> Stage:
    return stage(FLOW, Supporter(ANA, [PickUp(), Press("1")]), OfficeLine(OFFICE), faults=faults, seed=seed)


def only(label: str, plan: Plan) -> Faults:
    def decide(delivery: Delivery) -> Plan:
        return plan if delivery.label == label and delivery.attempt == 0 else Plan()

    return Faults(decide=decide)


def play(staged: Stage) -> str:
    return staged.play(
        status_callback=f"{BASE}/status",
        status_callback_event=ALL_EVENTS,
        fallback_url=f"{BASE}/fallback",
    )


def test_a_doubled_webhook_arrives_twice_and_the_first_answer_counts() -> None:
    staged = rough(only("gather", Plan.twice(gap=1.5)))
    play(staged)

    first, second = staged.app.at("/key")
    assert first.fields == second.fields
    assert second.at - first.at == 1.5
    assert len(staged.world.calls_to(OFFICE)) == 1


def test_a_late_status_arrives_after_later_ones() -> None:
    staged = rough(only("ringing", Plan.late(30)))
    play(staged)

    assert staged.app.events() == ["initiated", "in-progress", "ringing", "completed"]
    assert [asked.fields["SequenceNumber"] for asked in staged.app.at("/status")] == ["0", "2", "1", "3"]


def test_a_lost_status_just_vanishes() -> None:
    staged = rough(only("completed", Plan.lost()))
    play(staged)

    assert staged.app.events() == ["initiated", "ringing", "in-progress"]
    assert [entry.note for entry in staged.world.wire].count("lost") == 1


def test_a_lost_twiml_fetch_is_tried_again_after_five_seconds() -> None:
    staged = rough(only("answered", Plan.lost()))
    play(staged)

    assert [asked.at for asked in staged.app.at("/start")] == [5 + 5]
    assert staged.app.at("/fallback") == []


def test_a_twiml_fetch_lost_for_good_goes_to_the_fallback() -> None:
    faults = Faults(decide=lambda delivery: Plan.lost() if delivery.label == "answered" else Plan())
    staged = rough(faults)
    sid = play(staged)

    assert staged.app.at("/start") == []
    assert staged.said(sid) == ["Sorry."]


def test_all_twiml_lost_ends_with_the_apology() -> None:
    faults = Faults(decide=lambda delivery: Plan.lost() if delivery.kind == "twiml" else Plan())
    staged = rough(faults)
    sid = play(staged)

    assert staged.said(sid) == [APOLOGY]
    assert staged.app.events()[-1] == "completed"


def test_an_answer_that_is_lost_counts_as_a_time_out_though_the_app_did_its_work() -> None:
    staged = rough(only("gather", Plan(answer_lost=True)))
    sid = play(staged)

    assert len(staged.app.at("/key")) == 1
    assert staged.app.at("/fallback")[0].fields["ErrorCode"] == "11200"
    assert staged.said(sid)[-1] == "Sorry."
    assert staged.world.calls_to(OFFICE) == []


def test_an_answer_that_is_lost_is_asked_for_again_if_the_fragment_says_so() -> None:
    pages = FLOW | {"/start": '<Gather numDigits="1" action="/key#rp=rt&amp;rt=3000"/>'}
    staged = stage(
        pages,
        Supporter(ANA, [PickUp(), Press("1")]),
        OfficeLine(OFFICE),
        faults=only("gather", Plan(answer_lost=True)),
    )
    play(staged)

    first, second = staged.app.at("/key")
    assert second.at - first.at == 3
    assert len(staged.world.calls_to(OFFICE)) == 1


def test_a_twiml_fetch_later_than_twilios_patience_is_not_waited_for() -> None:
    staged = rough(only("answered", Plan.late(40)))
    sid = play(staged)

    assert staged.app.at("/fallback")[0].at == 5 + 15
    assert staged.said(sid) == ["Sorry."]


@pytest.mark.parametrize("label", ["answered", "gather", "dial action"])
def test_the_supporter_can_hang_up_while_the_app_thinks(label: str) -> None:
    staged = rough(only(label, Plan(delays=(1.0,), hang_up_after=0.5)))
    sid = play(staged)

    call = staged.world.by_sid[sid]
    assert call.status == "completed"
    assert all(leg.is_over for leg in staged.world.calls)
    path = {"answered": "/start", "gather": "/key", "dial action": "/after"}[label]
    assert staged.app.at(path)[-1].at > (call.ended or 0)


def test_probabilities_repeat_with_their_seed_and_differ_with_another() -> None:
    faults = Faults(duplicate=0.3, delay=0.2, reorder=0.3, lose=0.1, lose_answer=0.1, hang_up=0.05)

    def run(seed: int) -> list[tuple[float, str, str]]:
        staged = rough(faults, seed)
        play(staged)
        return [(asked.at, asked.path, asked.fields.get("SequenceNumber", "")) for asked in staged.app.asked]

    assert run(7) == run(7)
    assert len({str(run(seed)) for seed in range(8)}) > 1


@pytest.mark.parametrize(
    ("faults", "sign"),
    [
        (Faults(duplicate=1.0), "copy"),
        (Faults(delay=1.0), "late"),
        (Faults(lose=1.0), "lost"),
        (Faults(lose_answer=1.0), "answer lost"),
    ],
)
def test_each_probability_does_what_it_says(faults: Faults, sign: str) -> None:
    staged = rough(faults)
    play(staged)

    assert sign in {entry.note for entry in staged.world.wire}


def test_reordering_shuffles_what_leaves_at_once() -> None:
    orders = set()
    for seed in range(10):
        staged = rough(Faults(reorder=0.7), seed)
        play(staged)
        orders.add(tuple(staged.app.events()))

    assert len(orders) > 1


def test_certain_hang_ups_end_every_call_early() -> None:
    staged = rough(Faults(hang_up=1.0))
    play(staged)

    assert staged.app.at("/after") == []


def test_the_next_webhook_can_be_planned_by_hand() -> None:
    staged = rough(Faults())
    staged.world.next_plans.append(Plan.twice())
    play(staged)

    assert staged.app.events()[:2] == ["initiated", "initiated"]


PLANS = st.sampled_from(
    [
        Plan(),
        Plan(),
        Plan.twice(0.0),
        Plan.twice(3.0),
        Plan.late(2.0),
        Plan.late(25.0),
        Plan.lost(),
        Plan(answer_lost=True),
        Plan(hang_up_after=0.0),
        Plan(hang_up_after=1.0),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PLANS, max_size=14))
def test_whatever_happens_every_leg_ends_and_no_status_follows_a_terminal_one(plans: list[Plan]) -> None:
    given_plans = iter(plans)
    staged = rough(Faults(decide=lambda _delivery: next(given_plans, Plan())))
    play(staged)

    assert all(call.is_over for call in staged.world.calls)
    assert staged.world.complaints == []
    assert all(not call.pending for call in staged.world.calls)


# Creating a call.


def create(staged: Stage, fault: CreateFault) -> None:
    staged.world.next_creates.append(fault)
    staged.call()


@pytest.mark.parametrize(
    ("fault", "status", "code", "placed"),
    [
        (CreateFault.throttled(retry_after=3), 429, 20429, 0),
        (CreateFault.refused(21216), 400, 21216, 0),
        (CreateFault.broken(), 500, 20500, 0),
        (CreateFault.broken(placed=True), 500, 20500, 1),
    ],
)
def test_a_refused_create_says_so(fault: CreateFault, status: int, code: int, placed: int) -> None:
    staged = rough(Faults())
    with pytest.raises(TwilioRestException) as caught:
        create(staged, fault)

    assert (caught.value.status, caught.value.code) == (status, code)
    assert len(staged.world.calls) == placed


@pytest.mark.parametrize(
    ("fault", "error", "placed"),
    [
        (CreateFault.hangs(), ReadTimeout, 1),
        (CreateFault.hangs(seconds=90), ReadTimeout, 1),
        (CreateFault.reset(), Broken, 1),
        (CreateFault.unreachable(), Broken, 0),
    ],
)
def test_an_unclear_create_may_have_placed_the_call(
    fault: CreateFault, error: type[Exception], placed: int
) -> None:
    staged = rough(Faults())
    with pytest.raises(error):
        create(staged, fault)

    assert len(staged.world.calls) == placed
    staged.world.run_until_idle()
    assert staged.world.rings(ANA) == placed


def test_an_answer_that_hangs_less_than_the_client_waits_comes() -> None:
    staged = rough(Faults())
    create(staged, CreateFault.hangs(seconds=2))

    assert len(staged.world.calls) == 1


def test_create_faults_can_be_decided_by_their_ordinal() -> None:
    staged = rough(Faults(decide_create=lambda nth: CreateFault.unreachable() if nth == 1 else None))
    staged.call()
    with pytest.raises(Broken):
        staged.call()
    staged.call()

    assert len(staged.world.calls) == 2
