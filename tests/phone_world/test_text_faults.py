"""Faults on the way of texts: what people send, and what becomes of ours; all by seed or by decision."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev.phone_world import (
    HANDSET_OFF,
    Delivery,
    Faults,
    OurNumber,
    Plan,
    Rules,
    Supporter,
    TransportError,
    Trouble,
)
from dev.phone_world.calls import Hook
from tests.phone_world.tiny_app import ANA, BASE, LUIS, OURS, Page, Reply, Stage, stage, twiml

SERVICE = "MG" + "2" * 32
TOLD = f"{BASE}/told"


def rough(faults: Faults, seed: int = 1, fragment: str = "") -> Stage:
    """A number whose texts are taken at /text or /again, and answered; no words are obeyed before."""
    ours = OurNumber(
        text=Hook(f"{BASE}/text{fragment}"), text_fallback=Hook(f"{BASE}/again"), service=SERVICE
    )
    pages: dict[str, Page] = {"/text": "<Message>Taken.</Message>", "/again": "<Message>Taken.</Message>"}
    return stage(pages, Supporter(ANA), faults=faults, seed=seed, ours=ours, rules=Rules(keywords=None))


def write(staged: Stage, *bodies: str, number: str = ANA, every: float = 0.5) -> None:
    for body in bodies:
        staged.world.text_in(number, OURS, body)
        staged.world.advance(every)
    staged.world.run_until_idle()


def heard(staged: Stage) -> list[str]:
    return [asked.fields["Body"] for asked in staged.app.asked if asked.path in {"/text", "/again"}]


def send(staged: Stage, to: str = ANA) -> str:
    return str(
        staged.client.messages.create(
            to=to, messaging_service_sid=SERVICE, body="Hello", status_callback=TOLD
        ).sid
    )


def told(staged: Stage) -> list[str]:
    return [asked.fields["MessageStatus"] for asked in staged.app.at("/told")]


def test_every_text_may_come_twice_and_is_answered_once() -> None:
    staged = rough(Faults(duplicate=1))
    write(staged, "JOIN", "STOP")

    assert Counter(heard(staged)) == {"JOIN": 2, "STOP": 2}
    assert len({asked.fields["MessageSid"] for asked in staged.app.asked}) == 2
    assert [text.body for text in staged.world.texts if text.to == ANA] == ["Taken."] * 2


def test_texts_may_overtake_each_other() -> None:
    orders = {tuple(heard_after_shuffle(seed)) for seed in range(20)}

    assert orders == {("JOIN", "STOP"), ("STOP", "JOIN")}


def heard_after_shuffle(seed: int) -> list[str]:
    staged = rough(Faults(reorder=1), seed=seed)
    write(staged, "JOIN", "STOP")
    return heard(staged)


def test_a_text_that_comes_late_is_answered_late() -> None:
    staged = rough(Faults(delay=1, delay_seconds=9))
    write(staged, "JOIN")

    assert staged.app.asked[0].at == 9
    assert [text.created for text in staged.world.texts if text.to == ANA] == [9]


def test_a_text_that_is_lost_once_comes_again_by_itself_with_the_same_token() -> None:
    def decide(delivery: Delivery) -> Plan:
        return Plan.lost() if delivery.kind == "twiml" and delivery.attempt == 0 else Plan()

    staged = rough(Faults(decide=decide), fragment="#rc=3&rp=all")
    write(staged, "STOP")

    assert heard(staged) == ["STOP"]
    assert staged.app.at("/again") == []


def test_a_text_whose_way_is_broken_comes_by_the_fallback() -> None:
    def decide(delivery: Delivery) -> Plan:
        return Plan.lost() if delivery.url.startswith(f"{BASE}/text") else Plan()

    staged = rough(Faults(decide=decide), fragment="#rc=3&rp=all")
    write(staged, "STOP")

    assert [asked.path for asked in staged.app.asked] == ["/again"]
    assert [alert.code for alert in staged.world.alerts] == [11200]


def test_an_answer_that_is_lost_is_asked_for_again_if_the_address_says_so() -> None:
    lost = iter([True, False])
    staged = rough(
        Faults(decide=lambda _delivery: Plan(answer_lost=next(lost, False))), fragment="#rc=1&rp=all&rt=3000"
    )
    write(staged, "STOP")

    assert heard(staged) == ["STOP", "STOP"]
    assert [text.body for text in staged.world.texts if text.to == ANA] == ["Taken."]


@pytest.mark.parametrize("to", [ANA, LUIS])
def test_callbacks_may_come_twice_late_and_in_any_order(to: str) -> None:
    orders = set()
    for seed in range(30):
        staged = rough(Faults(duplicate=0.3, reorder=0.7), seed=seed)
        staged.world.add(Supporter(LUIS, texts=[HANDSET_OFF]))
        send(staged, to)
        staged.world.run_until_idle()
        last = "delivered" if to == ANA else "undelivered"
        assert set(told(staged)) == {"queued", "sent", last}
        orders.add(tuple(told(staged)))

    assert len(orders) > 5
    assert any(order.index("sent") < order.index("queued") for order in orders)


def test_callbacks_may_be_lost() -> None:
    staged = rough(Faults(lose=1))
    sid = send(staged)
    staged.world.run_until_idle()

    assert told(staged) == []
    assert staged.client.messages(sid).fetch().status == "delivered"


@pytest.mark.parametrize(("fragment", "times"), [("", 1), ("#rc=2&rp=5xx", 3)])
def test_a_callback_that_the_app_could_not_take_comes_again_only_if_the_address_says_so(
    fragment: str, times: int
) -> None:
    staged = stage({"/told": (503, {}, b"")})
    staged.client.messages.create(to=ANA, from_=OURS, body="Hello", status_callback=TOLD + fragment)
    staged.world.run_until_idle()

    assert told(staged) == ["sent"] * times + ["delivered"] * times


def test_an_app_that_cannot_be_reached_gets_its_texts_when_it_is_back() -> None:
    tries: list[Reply | Exception] = [TransportError(Trouble.REFUSED), twiml("<Message>Here.</Message>")]

    def reply(_asked: object) -> Reply:
        outcome = tries.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    staged = stage({"/text": reply}, ours=OurNumber(text=Hook(f"{BASE}/text")))
    write(staged, "hello")

    assert [text.body for text in staged.world.texts if text.to == ANA] == ["Here."]


ROUGH = st.builds(
    Faults,
    duplicate=st.floats(0, 1),
    delay=st.floats(0, 1),
    delay_seconds=st.floats(0, 20),
    reorder=st.floats(0, 1),
    lose=st.floats(0, 0.5),
    lose_answer=st.floats(0, 0.5),
)


@settings(max_examples=60, deadline=None)
@given(ROUGH, st.integers(0, 1000))
def test_however_rough_the_way_each_text_is_answered_at_most_once_and_ends(faults: Faults, seed: int) -> None:
    staged = rough(faults, seed, fragment="#rc=3&rp=all")
    write(staged, "one", "two", "three")
    for _ in range(3):
        send(staged)
    staged.world.run_until_idle()

    replies = [text for text in staged.world.texts if text.direction == "outbound-reply"]
    assert len(replies) <= 3
    assert {text.status for text in staged.world.texts} <= {"received", "delivered"}
    assert staged.world.complaints == []


def test_the_same_seed_is_the_same_story() -> None:
    def story(seed: int) -> list[tuple[str, float]]:
        staged = rough(Faults(duplicate=0.5, reorder=0.5, lose=0.2, lose_answer=0.2), seed=seed)
        write(staged, "one", "two")
        send(staged)
        staged.world.run_until_idle()
        return [(entry.label, entry.at) for entry in staged.world.wire]

    assert story(5) == story(5)
    assert story(5) != story(6)
