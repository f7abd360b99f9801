"""A rough evening of a broadcast: many subscribers, workers and planners that are killed, Twilio that doesn't answer.

The app, its table and the phone world are real; only the wires are rough. Who is killed leaves behind what was written
so far, and nothing else; their message comes again. People stop meanwhile, by text, at any moment between two requests.
What truly happened is noted at the wires, in one order, for whoever checks afterwards.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlencode

import requests
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from chalicelib.adapters import keys
from chalicelib.adapters.area_codes import area_code_zones
from chalicelib.adapters.roll import Roll
from chalicelib.adapters.subscriber_items import subscriber_item
from chalicelib.domain.subscriber import State, Subscriber
from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime, install
from dev.phone_world import TwilioWire
from dev.phone_world.signing import HEADER, signature
from tests.rehearsal import ACCOUNT, ENVIRONMENT, OUR_NUMBER, PUBLIC_URL, TOKEN, Rehearsal

Json = dict[str, Any]
FICTION = 100
"""Numbers that each area code has for fiction: 555-0100 to 555-0199."""


class Killed(BaseException):
    """The process is gone: nothing of ours catches this."""


@dataclass(frozen=True, slots=True)
class Roughness:
    """How rough an evening is: chances, each between 0 and 1."""

    kill_before_write: float = 0.0
    kill_after_write: float = 0.0
    kill_at_twilio: float = 0.0
    lost_answer: float = 0.0
    no_connection: float = 0.0
    too_many: float = 0.0
    stop: float = 0.0
    stop_at_claim: float = 0.0
    overlap: float = 0.0
    repeat: float = 0.0
    callback: float = 1.0


@dataclass
class Seen:
    """What happened, in the order in which it did: `order` counts all of it."""

    creates: list[tuple[int, str, datetime]] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    stops: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    overlaps: int = 0
    order: Iterator[int] = field(default_factory=count)


class RoughTwilio(TwilioWire):
    """The wire to Twilio: answers get lost, connections fail, and whoever asks may die over it."""

    def __init__(self, house: "BroadcastHouse") -> None:
        super().__init__(house.world)
        self._house = house

    def request(self, method: str, url: str, *args: Any, **asked: Any) -> Any:
        """One request, noted when it begins and when it was taken."""
        if method != "POST" or not url.endswith("/Messages.json"):
            return super().request(method, url, *args, **asked)
        house, rough, to = self._house, self._house.rough, str(asked["data"]["To"])
        house.draw(rough.kill_at_twilio)
        house.overlap()
        house.seen.creates.append((next(house.seen.order), to, house.clock.now()))
        house.validity[to] = int(asked["data"].get("ValidityPeriod") or 0)
        if house.chance.random() < rough.no_connection:
            raise requests.ConnectionError("no connection")
        if house.chance.random() < rough.too_many:
            return _answer(429, 20429)
        answer = super().request(method, url, *args, **asked)
        if answer.status_code < 300:
            house.seen.accepted[to] += 1
        house.draw(rough.kill_at_twilio)
        if house.chance.random() < rough.lost_answer:
            raise requests.ReadTimeout("no answer")
        return answer


def _answer(status: int, code: int) -> Any:
    from twilio.http.response import Response  # noqa: PLC0415 - slow import, and only here

    return Response(status, f'{{"code": {code}, "message": "slow down", "status": {status}}}', {})


class BroadcastHouse(Rehearsal):
    """A rehearsal with many subscribers, on rough wires."""

    def __init__(self, built: Runtime, rough: Roughness, seed: int, start: datetime) -> None:
        """Begin at `start` with whoever is in the table already."""
        super().__init__(built, built.store._table.client, start=start)
        self.rough, self.chance, self.seen = rough, random.Random(seed), Seen()
        self.validity: dict[str, int] = {}
        self.is_rough = False
        self._stopping: list[str] = []
        self._under_way: list[str] = []
        self.alerts.copies = self._copies
        self.runtime = replace(self.runtime, http=RoughTwilio(self))
        install(self.runtime)

    def sort_keys(self, partitions: str) -> set[str]:
        """The sort keys of all partitions named so, from moto's own rows: its scan sorts them all for each page."""
        items = table(ENVIRONMENT["PATCHTHROUGH_TABLE"]).items
        return {
            sort.value for key, rows in items.items() if key.value.startswith(partitions) for sort in rows
        }

    # The rough wires.

    def draw(self, chance: float) -> None:
        """Die, by chance."""
        if self.is_rough and self.chance.random() < chance:
            self.seen.kills += 1
            raise Killed

    @contextmanager
    def roughly(self, numbers: Sequence[str]) -> Iterator[None]:
        """Let the wires be rough meanwhile; those of `numbers` stop by and by, in their order."""
        self._stopping, self.is_rough = list(numbers), True
        events = self.dynamodb.meta.events
        hooks = {"provide-client-params.dynamodb": self._before, "after-call.dynamodb": self._after}
        for name, hook in hooks.items():
            events.register_first(name, hook, f"rough {name}")
        try:
            yield
        finally:
            self.is_rough = False
            for name in hooks:
                events.unregister(name, unique_id=f"rough {name}")

    def _before(self, params: Json, model: Any, **_: Any) -> None:
        if model.name in WRITES:
            self.draw(self.rough.kill_before_write)
        if model.name == "TransactWriteItems" and self._is_ours:
            self._stop_at_claim(params["TransactItems"])
        if self._is_ours and self.chance.random() < self.rough.stop:
            self.somebody_stops()

    def _stop_at_claim(self, writes: Sequence[Json]) -> None:
        """Have somebody stop at the worst moment: their row has been read, and they are about to be claimed."""
        claimed = [write["Put"]["Item"].get("number") for write in writes if "Put" in write]
        for number in filter(None, claimed):
            if self.chance.random() < self.rough.stop_at_claim and number["S"] not in self.seen.stops:
                self._beside(partial(self.stop, number["S"]))

    def _after(self, model: Any, **_: Any) -> None:
        if model.name in WRITES:
            self.draw(self.rough.kill_after_write)

    # People.

    _is_ours = True
    """Whether the request of now is the app's own work, into which a stop may fall, and not a stop's."""

    def somebody_stops(self) -> None:
        """Have the next of those who will stop text STOP, now, whatever is going on."""
        if self._stopping and self._is_ours:
            self._beside(partial(self.stop, self._stopping.pop()))

    def _beside(self, work: Callable[[], object]) -> None:
        """Something beside whatever is going on, in a process of its own, which nobody is killed in."""
        self._is_ours, rough, self.is_rough = False, self.is_rough, False
        try:
            work()
        finally:
            self._is_ours, self.is_rough = True, rough

    def stop(self, number: str) -> None:
        """A signed webhook with a STOP of this number's; committed when it is answered."""
        nth = next(self.seen.order)
        form = {
            "MessageSid": f"SM{nth:032x}", "AccountSid": ACCOUNT, "From": number, "To": OUR_NUMBER, "Body": "STOP",
        }  # fmt: skip
        path = "/twilio/texts/inbound"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            HEADER: signature(TOKEN, PUBLIC_URL + path, form),
        }
        status, _, _ = self.ask("POST", path, headers, urlencode(form).encode())
        assert status == 200
        self.seen.stops[number] = next(self.seen.order)

    # What dies with its process.

    def _handed_to(self, function: str, bodies: Sequence[str]) -> list[str]:
        self._under_way = list(bodies) if function == "alerts" else []
        try:
            return super()._handed_to(function, bodies)
        except Killed:
            return list(bodies)

    def overlap(self) -> None:
        """Have a second worker take the same message, from beginning to end, while the first is at Twilio's door."""
        if self._is_ours and self.is_rough and self.chance.random() < self.rough.overlap:
            self.seen.overlaps += 1
            self._beside(lambda: super(BroadcastHouse, self)._handed_to("alerts", self._under_way))

    def _copies(self) -> tuple[float, ...]:
        """A message arrives once, or again half a minute later."""
        return (0.0, 30.0) if self.chance.random() < self.rough.repeat else (0.0,)

    def play_broadcasts(self) -> None:
        """Let the schedule of broadcasts come round once."""
        self._schedule("broadcasts")

    def _schedule(self, function: str) -> None:
        try:
            super()._schedule(function)
        except Killed:
            return

    def _carried(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if "/status" in url and self.chance.random() > self.rough.callback:
            return 204, {}, b""
        try:
            return super()._carried(method, url, headers, body)
        except Killed:
            return 503, {}, b""


WRITES = frozenset({"PutItem", "UpdateItem", "TransactWriteItems", "DeleteItem", "BatchWriteItem"})


# Many subscribers at once.


def numbers(people: int) -> list[str]:
    """So many fictional numbers, over all area codes alike."""
    codes = sorted(area_code_zones())
    return [f"+1{codes[nth % len(codes)]}55501{nth // len(codes):02}" for nth in range(people)]


def subscribe(runtime: Runtime, programme: str, people: Sequence[str], key: Any, at: datetime) -> None:
    """Put subscribers and their rows of the roll into the table, as joining and confirming would have left them."""
    table = runtime.roll._table
    for nth, number in enumerate(people):
        language = Language.ES if nth % 3 == 0 else Language.EN
        after = Subscriber(
            id=key(number), programme=programme, state=State.SUBSCRIBED, version=2, language=language,
            changed_at=at, consented_to="v1", joined_at=at,
        )  # fmt: skip
        table.put(keys.profile(after.id, programme), subscriber_item(after))
        item = {
            "type": "roll", "version": 1, "phone_key": after.id, "number": number, "language": language.value,
            "since": round(at.timestamp() * 1000), "zip": None,
        }  # fmt: skip
        table.put(keys.roll(programme, after.id), item)
    assert Roll(table).count(programme, at + timedelta(seconds=1)) == len(people)


def table(name: str) -> Table:
    """moto's own table of this name, with all that is in it."""
    return dynamodb_backends["123456789012"]["us-east-1"].tables[name]


class Snapshot:
    """The subscribers of a table as they were, to begin each evening with the same people and nothing else."""

    def __init__(self, name: str) -> None:
        """Remember who is in the table of this name, item by item; moto changes none in place (`quick_moto`)."""
        self._table = table(name)
        self._items = {
            key: dict(items)
            for key, items in self._table.items.items()
            if key.value.startswith(("SUBSCRIBER#", "ROLL#"))
        }

    def restore(self) -> None:
        """Empty the table but for them."""
        self._table.items.clear()
        self._table.items.update({key: dict(items) for key, items in self._items.items()})
