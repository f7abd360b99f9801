"""A rehearsal with subscribers and a broadcast to them: chunks granted as the dispatcher does, times of each create."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from chalicelib.adapters.alert_queue import AlertTurn
from chalicelib.adapters.area_codes import area_code_zones
from chalicelib.adapters.claim_items import claim_of
from chalicelib.adapters.subscribers import Said
from chalicelib.adapters.table import read
from chalicelib.domain.broadcast import Broadcast, ClaimState, Move, Stage, is_settled, moved
from chalicelib.domain.broadcast_chunks import Chunk, fresh, granted
from chalicelib.domain.broadcast_pacing import BRAND, TEN_DLC, pacific_day, sender_named
from chalicelib.domain.claim import Claim
from chalicelib.domain.phones import phone_key
from chalicelib.domain.subscriber import Evidence, Moment
from chalicelib.domain.subscriber_events import Confirmed, Event, Joined
from chalicelib.domain.subscriber_machine import advance_everywhere
from chalicelib.domain.words import Language, Words
from chalicelib.runtime import Runtime, install
from chalicelib.views import alert_reconciling, alerting, texting
from dev.phone_world import Faults, TwilioWire
from tests.rehearsal import SECRET, SLUG, Rehearsal
from tests.values import NOW

ID = "broadcast-of-tests-1"
WORDS = Words(
    "Neighbors for Families: Call today. Reply STOP to cancel.", "Vecinos por las Familias: Llame hoy."
)
SENDER = TEN_DLC[3].name
MINUTE = timedelta(minutes=1)


@cache
def neighbors(shard: str = "a1", zones: tuple[str, ...] = ("America/New_York",)) -> tuple[str, ...]:
    """Numbers of fiction in one shard, of area codes that are in these zones and no other."""
    codes = sorted(code for code, known in area_code_zones().items() if known == zones)
    numbers = (f"+1{code}55501{nth:02}" for code in codes for nth in range(100))
    return tuple(each for each in numbers if key_of(each).startswith(shard))


def key_of(number: str) -> str:
    """The keyed hash of a number, under the tests' key."""
    return phone_key(number, SECRET["phone_key"].encode())


class Killed(BaseException):
    """The worker's process is gone. No `except Exception` sees it, as none would."""


class Overheard(TwilioWire):
    """Twilio's wire: when which number was asked for, and what happens before and after."""

    def __init__(self, house: "AlertHouse") -> None:
        super().__init__(house.world)
        self.creates: list[tuple[float, str]] = []
        self.orders: list[Mapping[str, Any]] = []
        self.urls: list[str] = []
        self.before: Callable[[], object] = lambda: None
        self.after: Callable[[], object] = lambda: None
        self.listing = True

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        self.urls.append(f"{url}?{more.get('params') or (args[0] if args else '')}")
        if method.upper() == "GET" and not self.listing:
            raise ConnectionError("no list today")
        if method.upper() != "POST" or not url.endswith("/Messages.json"):
            return super().request(method, url, *args, **more)
        order = more.get("data") or args[1]
        self.before()
        self.creates.append((self.world.clock.seconds, order["To"]))
        self.orders.append(order)
        try:
            return super().request(method, url, *args, **more)
        finally:
            self.after()


class AlertHouse(Rehearsal):
    """Subscribers, and a broadcast that is being sent to them."""

    def __init__(
        self, built: Runtime, faults: Faults | None = None, start: datetime = NOW, service: str = ""
    ) -> None:
        config = replace(built.config, text_service=service)
        super().__init__(
            replace(built, config=config), built.store._table.client, faults, offices=1, start=start
        )
        self.id = ID
        self.wire = Overheard(self)
        self.runtime = replace(self.runtime, http=self.wire)
        install(self.runtime)

    # Before.

    def say(self, number: str, event: type[Any], language: Language = Language.EN, **more: Any) -> None:
        """Let a number say something to the programme, without the detour by a webhook."""
        r, now = self.runtime, self.clock.now()
        standing = r.subscribers.standing(key_of(number))
        evidence = Evidence(id=f"sid-{next(self.ids)}", at=now, shown="v1", language=language)
        told: Event = event(evidence, **more)
        changes = advance_everywhere(standing.with_programme(SLUG), (), told, Moment(now, "v1"))
        r.subscribers.take(Said(evidence.id, now, number), standing, changes)

    def join(self, *numbers: str, language: Language = Language.EN) -> None:
        """Subscribe these numbers."""
        for number in numbers:
            self.say(number, Joined, language)
            self.say(number, Confirmed, language)

    def begin(self, numbers: Sequence[str], **changes: Any) -> Broadcast:
        """Plan a broadcast to these numbers, and begin it."""
        draft = Broadcast(
            id=ID, audience=len(numbers), segments=1, not_after=self.clock.now() + timedelta(days=1),
            stage=Stage.SENDING, campaign=SLUG, words=WORDS, sender=SENDER, made_at=self.clock.now(),
            counted_at=self.clock.now(), planned=len(numbers),
        )  # fmt: skip
        made = self.runtime.broadcasts.make(replace(draft, **changes))
        self.id = made.id
        keys = sorted(map(key_of, numbers))
        for shard in sorted({each[:2] for each in keys}):
            chunk = fresh(made.id, shard, 0, [each for each in keys if each[:2] == shard])
            assert self.runtime.broadcasts.put_chunk(chunk)
        return made

    # Meanwhile.

    def grant(self, recipients: int = 100) -> list[AlertTurn]:
        """Grant so many recipients to each chunk that can have them, and take what they cost."""
        r, now = self.runtime, self.clock.now()
        broadcast = self.broadcast()
        ready = [chunk for chunk in r.broadcasts.chunks(self.id) if chunk.is_ready(broadcast, now)]
        return [self._granted(chunk, broadcast, min(recipients, chunk.left), now) for chunk in ready]

    def _granted(self, chunk: Chunk, broadcast: Broadcast, recipients: int, now: datetime) -> AlertTurn:
        r, sender = self.runtime, sender_named(broadcast.sender)
        segments = recipients * broadcast.segments
        r.broadcasts.take_tokens(r.broadcasts.rate(sender, now), segments)
        if sender.a_day_on_t_mobile is not None:
            assert r.broadcasts.spend_cap(BRAND, pacific_day(now), segments, sender.a_day_on_t_mobile)
        out = r.broadcasts.mark_chunk(chunk, granted(chunk, recipients, now))
        assert out.granted_at is not None
        return AlertTurn(self.id, out.shard, out.number, recipients, broadcast.epoch, out.granted_at)

    def send(self, recipients: int = 100) -> None:
        """One pass over each chunk that is ready."""
        for turn in self.grant(recipients):
            alerting.take(turn)

    def move(self, move: Move) -> None:
        """Pause, resume or cancel the broadcast."""
        before = self.broadcast()
        self.runtime.broadcasts.move(before, moved(before, move))

    def settle(self, minutes: int = 45) -> None:
        """Let minutes pass, each with its grants, until nothing is left open; callbacks come as they come."""
        for _ in range(minutes):
            self.world.run_until_idle()
            if self.is_settled():
                return
            self.world.advance(60)
            self.send()
            alert_reconciling.each_five_minutes()
        raise AssertionError(f"not settled after {minutes} minutes: {self.states()}")

    def let_pass(self, minutes: int) -> None:
        """Let minutes pass, each with its look of the reconciler and nothing granted."""
        for _ in range(minutes):
            self.world.advance(60)
            alert_reconciling.each_five_minutes()

    # Afterwards.

    def is_settled(self) -> bool:
        """Whether it is known of every recipient what became of them."""
        return is_settled(self.by_state(), self.broadcast().planned or 0)

    def broadcast(self) -> Broadcast:
        """The broadcast as it stands in the table."""
        found = self.runtime.broadcasts.broadcast(self.id)
        assert found is not None
        return found

    def claim(self, number: str) -> Claim | None:
        """The claim of a number, if it has one."""
        from chalicelib.views import alert_keeping  # noqa: PLC0415 - needs the installed runtime's secret

        key = key_of(number)
        return self.runtime.claims.one(self.id, key[:2], alert_keeping.token(self.id, key))

    def by_state(self) -> Counter[ClaimState]:
        """How many claims are in which state: one scan, where the app asks shard by shard."""
        return Counter(claim_of(read(item)).state for item in self.rows() if item["type"] == {"S": "claim"})

    def states(self) -> dict[str, int]:
        """The same, by what the states are called."""
        return {state.value: n for state, n in self.by_state().items()}

    def creates(self) -> Counter[str]:
        """How often Twilio was asked to text each number."""
        return Counter(to for _, to in self.wire.creates)

    def got(self, number: str) -> list[str]:
        """The bodies a phone got."""
        return [text.body for text in self.world.texts if text.to == number and text.status == "delivered"]

    def left_in_bucket(self) -> int:
        """Segments the sender may still send now."""
        rate = self.runtime.broadcasts.rate(sender_named(self.broadcast().sender), self.clock.now())
        return int(rate.bucket.segments)


def standing(house: AlertHouse, number: str) -> str:
    """Where a number stands with the programme."""
    return house.runtime.subscribers.standing(texting.key_of(number)).with_programme(SLUG).state.value
