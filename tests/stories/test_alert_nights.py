"""Rough nights of a small broadcast: everything that can go wrong does, somewhere, and the sum is right in the morning.

Whatever runs is killed at any point: planner, dispatcher, workers, webhooks. Messages are lost, doubled and late;
creates are refused, torn or unanswered; reports come twice, shuffled or never; people stop, and staff pause.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from chalicelib.domain.broadcast import Broadcast, ClaimState, Move, Stage, armed
from chalicelib.domain.subscriber_events import Stopped
from chalicelib.runtime import Runtime
from dev.phone_world import CreateFault, Faults, Supporter, TextFate
from tests.conftest import IS_THOROUGH, THOROUGHLY, Figure
from tests.rehearsal import SLUG, sweep
from tests.stories.alert_house import ID, SENDER, WORDS, AlertHouse, Killed, neighbors
from tests.stories.test_alert_reconciling import Trap

PEOPLE = (*neighbors()[:8], *neighbors("b2")[:3])
NIGHTS = THOROUGHLY if IS_THOROUGH else 4
ROUGH_MINUTES, LONGEST_MINUTES = 40, 400
POINTS = 200
"""Requests a minute has, about: the kill is at one of them, or at none."""
CREATES = (
    *[None] * 12, CreateFault.throttled(), CreateFault.broken(), CreateFault.broken(placed=True), CreateFault.reset(),
    CreateFault.hangs(), CreateFault.unreachable(), CreateFault.refused(21610), CreateFault.refused(21614),
    CreateFault.refused(30034),
)  # fmt: skip
FATES = (
    *[TextFate()] * 4, TextFate("sent"), TextFate("undelivered", 30008), TextFate("undelivered", 30006),
    TextFate("failed", 21610), TextFate("failed", 30036),
)  # fmt: skip
COPIES = (*[(0.0,)] * 4, (0.0, 0.0), (0.0, 30.0), (), (200.0,), (400.0,))


class Night(AlertHouse):
    """A broadcast from armed to done, with all that goes wrong."""

    def __init__(self, built: Runtime, seed: int) -> None:
        sweep()
        self.rough = Random(seed)
        super().__init__(built, Faults(
            duplicate=0.3, delay=0.3, reorder=0.5, lose=0.2, lose_answer=0.1,
            decide_create=lambda _: self.rough.choice(CREATES),
        ))  # fmt: skip
        self.world.chance.seed(seed)
        self.stopped: dict[str, float] = {}
        self.world.add(*(Supporter(each, (), texts=[self.rough.choice(FATES)]) for each in PEOPLE))
        self.join(*PEOPLE)
        self.world.advance(1)
        self._arm()
        self.alerts.copies = lambda: self.rough.choice(COPIES)

    def _arm(self) -> None:
        now, broadcasts = self.clock.now(), self.runtime.broadcasts
        draft = broadcasts.make(
            Broadcast(
                id=ID, audience=len(PEOPLE), segments=1, not_after=now + timedelta(hours=9), campaign=SLUG,
                words=WORDS, sender=SENDER, made_at=now, counted_at=now,
            )
        )  # fmt: skip
        after, problem = armed(draft, len(PEOPLE), "staff", now)
        assert problem is None
        broadcasts.move(draft, replace(after))

    def play_out(self) -> int:
        """Let minutes pass until it is done; how many it took."""
        for minute in range(LONGEST_MINUTES):
            is_rough = minute < ROUGH_MINUTES
            point = self.rough.randint(1, POINTS) if is_rough and self.rough.random() < 0.5 else None
            with Trap(self, point), suppress(Killed):
                self.world.advance(60)
                self.play_broadcasts()
            if self.broadcast().stage is Stage.DONE:
                self.world.run_until_idle()
                return minute
            self._meddle(is_rough=is_rough)
        raise AssertionError(f"{self.broadcast().stage} after {LONGEST_MINUTES} minutes: {self.states()}")

    def _meddle(self, *, is_rough: bool) -> None:
        """Somebody stops; staff pause, and always resume."""
        if is_rough and self.rough.random() < 0.1:
            who = self.rough.choice(PEOPLE)
            if who not in self.stopped:
                self.say(who, Stopped)
                self.stopped[who] = self.clock.seconds
        stage = self.broadcast().stage
        if stage is Stage.PAUSED:
            self.move(Move.RESUME)
        elif stage is Stage.SENDING and is_rough and self.rough.random() < 0.1:
            self.move(Move.PAUSE)


def test_after_a_rough_night_everybody_has_one_claim_and_one_text_at_most(
    built: Runtime, figure: Figure
) -> None:
    ends: Counter[ClaimState] = Counter()
    for seed in range(NIGHTS):
        night = Night(built, seed)
        night.play_out()

        placed = Counter(text.to for text in night.world.texts if text.direction == "outbound-api")
        claims = {number: claim for number in PEOPLE if (claim := night.claim(number))}
        assert max(placed.values(), default=0) <= 1, seed
        assert night.is_settled(), seed
        assert len(claims) == night.broadcast().planned, seed
        assert all(placed[number] for number, claim in claims.items() if claim.state is ClaimState.SENT), seed
        late = [to for at, to in night.wire.creates if at > night.stopped.get(to, at) + 1]
        assert late == [], seed
        assert night.world.complaints == [], seed
        ends += night.by_state()
    told = ", ".join(f"{state.value} {number}" for state, number in ends.most_common())
    figure(f"{NIGHTS} rough nights of {len(PEOPLE)} recipients: {told}; texted twice 0, unknown 0")


@pytest.mark.parametrize("state", [ClaimState.SENT, ClaimState.FAILED])
def test_the_nights_are_rough_but_not_hopeless(built: Runtime, state: ClaimState) -> None:
    """A night in which nothing is sent, or nothing fails, would hold any promise."""
    night = Night(built, 0)
    night.play_out()

    assert night.by_state()[state] > 0
