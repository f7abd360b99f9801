"""Rough evenings of texts: several people's texts come twice, late, in another order, or only to the fallback.

The oracle sees the texts in the order in which they first reached us. Nobody is subscribed without an opt-in word
after their last stop, a stop is confirmed once at most, and a text has one row in the ledger at most.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from random import Random
from urllib.parse import parse_qsl

import pytest

from chalicelib.domain.subscriber import State
from chalicelib.runtime import Runtime
from dev.phone_world import Faults, Plan
from dev.phone_world.faults import Delivery
from tests.conftest import Figure
from tests.rehearsal import ANA, LUIS, OUR_NUMBER, SLUG, Rehearsal, sweep
from tests.stories.text_house import on_the_roll, ours_alone, rows, state

SEQUENCES = int(os.environ.get("PATCHTHROUGH_FAULT_SEQUENCES", "40"))
PEOPLE = (ANA, LUIS)
STOPS, JOINS = ("STOP", "ALTO", "stop texting me"), ("FAMILIES", "START", "UNIRSE")
WORDS = (*STOPS, *JOINS, "YES", "YES", "SI", "STOP ICE", "HELP", "30303", "ESPAÑOL", "hello")
PLANS = (
    Plan(), Plan(), Plan.twice(), Plan.twice(gap=20.0), Plan.late(9.0), Plan.late(3.0), Plan.lost(),
    Plan(answer_lost=True),
)  # fmt: skip
CONFIRMED = ("no more messages", "no recibe nuevos mensajes")
TAKEN = 200


class Evening:
    """One sequence: its house, and the texts of each person in the order in which they first reached us."""

    def __init__(self, built: Runtime, seed: int) -> None:
        self.chance = Random(seed)
        sweep()
        self.house = ours_alone(Rehearsal(built, built.store._table.client, Faults(decide=self._plan)))
        self.arrived: dict[str, list[str]] = {person: [] for person in PEOPLE}
        self.seen: set[str] = set()
        self.asked, self.house.ask = self.house.ask, self._ask

    def _plan(self, _delivery: Delivery) -> Plan:
        return self.chance.choice(PLANS)

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        answer = self.asked(method, url, headers, body)
        form = dict(parse_qsl(body.decode()))
        if "/twilio/texts/" in url and answer[0] == TAKEN and form["MessageSid"] not in self.seen:
            self.seen.add(form["MessageSid"])
            self.arrived[form["From"]].append(form["Body"])
        return answer

    def play(self) -> None:
        for _ in range(self.chance.randint(4, 14)):
            self.house.world.text_in(self.chance.choice(PEOPLE), OUR_NUMBER, self.chance.choice(WORDS))
            self.house.world.advance(self.chance.choice((1.0, 5.0, 30.0, 400.0)))
        self.house.world.run_until_idle()

    def check(self, person: str) -> None:
        said = self.arrived[person]
        last_stop = max((nth for nth, word in enumerate(said) if word in STOPS), default=-1)
        if state(self.house, person) is State.SUBSCRIBED:
            assert set(said[last_stop + 1 :]) & set(JOINS), f"subscribed without an opt-in word: {said}"
        assert (person in on_the_roll(self.house)) == (
            state(self.house, person) in {State.SUBSCRIBED, State.HELD}
        )
        assert self.confirmations(person) <= sum(word in STOPS for word in said)
        ids = [row.id for row in rows(self.house, person)]
        own = [each.removesuffix(f"-{SLUG}") for each in ids if each.startswith("SM")]
        assert len(set(own)) == len(own), "a text has two rows"

    def confirmations(self, person: str) -> int:
        texts = self.house.texts_to(person)
        return sum(any(words in text for words in CONFIRMED) for text in texts)


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Keep no log: pytest would hold the lines of ten thousand evenings in memory."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.faults
def test_nobody_is_subscribed_without_an_opt_in_word_after_their_last_stop(
    built: Runtime, figure: Figure
) -> None:
    texts = ledger = confirmed = 0
    for seed in range(SEQUENCES):
        evening = Evening(built, seed)
        evening.play()
        for person in PEOPLE:
            evening.check(person)
            texts += len(evening.arrived[person])
            ledger += len(rows(evening.house, person))
            confirmed += evening.confirmations(person)
        assert evening.house.world.complaints == []
    figure(
        f"texts: sequences={SEQUENCES} taken={texts} rows={ledger} confirmed_stops={confirmed} unasked=0 double=0"
    )
