"""What one call costs: requests, write units and our own CPU time, door by door.

Promises figures that don't depend on the machine (requests, write units, bytes) beside one that does (CPU
time, a median). The app, its views and the phone world are real; DynamoDB is moto, whose own time is taken
out. Write units follow DynamoDB's rule: each item whole, in kilobytes rounded up, twice in a transaction.
"""

import os
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from chalicelib.adapters import keys
from chalicelib.domain.counts import SHARDS, Channel, Outcome
from dev.phone_world import HangUp, PickUp, Press, Supporter
from tests.rehearsal import ANA, ENVIRONMENT, SLUG, Rehearsal, rehearsing

T = TypeVar("T")
MOST_REQUESTS = 2
MOST_MILLISECONDS = 1.5
MOST_UNITS = 16
MOST_SESSION_BYTES = 1000
MOST_GROWTH = 1.05
CALLS = 20
APART = 200
"""Seconds between calls: under a line's caps, and all within the office's hours."""
MANY = 100_000
UNIT = 1024
WRITES = {"PutItem": "Item", "UpdateItem": "Key", "DeleteItem": "Key"}
REFRESHED = (f"'{keys.campaign(SLUG).pk}'", f"'{keys.CAMPAIGNS}'", "'OFFICE#")
"""What stands in a request for a campaign, for the list of all, or for an office."""
PARTS = {"Put": "Item", "Update": "Key", "Delete": "Key", "ConditionCheck": "Key"}


@dataclass(slots=True)
class Visit:
    """One request to the app, or one run of a worker.

    `refreshes` are requests for the campaign, which is kept for three seconds: on a busy night hardly any.
    """

    door: str
    requests: list[str] = field(default_factory=list)
    refreshes: list[str] = field(default_factory=list)
    units: int = 0
    seconds: float = 0.0


@dataclass
class Meter:
    """Stands between the app and its table client, and before the app's doors, and writes down what passes."""

    rehearsal: Rehearsal
    visits: list[Visit] = field(default_factory=list)
    session_bytes: int = 0
    aws_seconds: float = 0.0
    read: Callable[[str, dict[str, Any]], Any] = field(init=False)

    def attach(self) -> None:
        """Measure everything from now on."""
        client: Any = self.rehearsal.runtime.store._table.client
        ask, deliver = self.rehearsal.ask, self.rehearsal.queue.deliver
        call = self.read = client._make_api_call

        def asked(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Any:
            return self._timed(door(method, url), lambda: ask(method, url, headers, body))

        def called(operation: str, parameters: dict[str, Any]) -> Any:
            began = time.process_time()
            try:
                return call(operation, parameters)
            finally:
                self._written(operation, parameters)
                self.aws_seconds += time.process_time() - began

        self.rehearsal.ask = asked
        self.rehearsal.queue.deliver = lambda bodies: self._timed("ring worker", lambda: deliver(bodies))
        client._make_api_call = called

    def doors(self) -> dict[str, list[Visit]]:
        """All visits by their door, in the order of a call."""
        doors: dict[str, list[Visit]] = defaultdict(list)
        for visit in self.visits:
            doors[visit.door].append(visit)
        return doors

    def units(self) -> float:
        """Write units of one call."""
        return sum(visit.units for visit in self.visits) / CALLS

    def _timed(self, name: str, go: Callable[[], T]) -> T:
        self.visits.append(Visit(name))
        visit, aws_before, began = self.visits[-1], self.aws_seconds, time.process_time()
        try:
            return go()
        finally:
            visit.seconds = time.process_time() - began - (self.aws_seconds - aws_before)

    def _written(self, operation: str, parameters: dict[str, Any]) -> None:
        if not self.visits:
            return
        visit = self.visits[-1]
        refresh = any(mark in str(parameters) for mark in REFRESHED)
        (visit.refreshes if refresh else visit.requests).append(operation)
        if operation in WRITES:
            visit.units += self._units(parameters[WRITES[operation]])
        for part in parameters.get("TransactItems", ()):
            ((kind, what),) = part.items()
            visit.units += 2 * self._units(what[PARTS[kind]])

    def _units(self, item: dict[str, Any]) -> int:
        """Units of one write of the item with this key, as it is now."""
        key = {"PK": item["PK"], "SK": item["SK"]}
        where = {"TableName": ENVIRONMENT["PATCHTHROUGH_TABLE"], "Key": key}
        # Past the meter: this reading is not the app's.
        now = self.read("GetItem", where).get("Item", item)
        if key["SK"] == {"S": keys.session("").sk}:
            self.session_bytes = max(self.session_bytes, size(now))
        return ceil(size(now) / UNIT)


def size(item: Mapping[str, Any]) -> int:
    """Bytes DynamoDB charges for an item: names and values, in its own encoding."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":
            return ceil(len(content.strip("-0.").replace(".", "")) / 2) + 1
        case "L":
            return 3 + sum(1 + _value_size(each) for each in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(each) for name, each in content.items())
        case "BOOL" | "NULL":
            return 1
    raise ValueError(f"no size known for {kind}")


def door(method: str, url: str) -> str:
    """Name a request by its route, with the step but without the call."""
    path = urlsplit(url).path
    return f"{method} {re.sub(r'/[A-Za-z0-9_-]{22}(?=/|$)', '/{call}', path)}"


def play(rehearsal: Rehearsal, calls: int) -> None:
    """Have this many supporters, one after the other, reach one office and say so."""
    for _ in range(calls):
        rehearsal.world.add(
            Supporter(ANA, (PickUp(), Press("1"), Press("1"), HangUp(when="asked for a key")))
        )
        rehearsal.tap()
        rehearsal.play()
        rehearsal.world.advance(APART)
    if len(rehearsal.outcomes()) != calls:
        raise RuntimeError(f"only {len(rehearsal.outcomes())} of {calls} calls reached the office")


def grow_tally(rehearsal: Rehearsal, to: int) -> None:
    """Let the campaign have as many actions as after a long time, in every shard of its sum."""
    table = rehearsal.runtime.store._table
    for shard in range(SHARDS):
        outcomes = {f"o_{outcome.value}": to // SHARDS for outcome in Outcome}
        table.put(keys.tally(SLUG, Channel.CALLS, shard), {"type": "tally", "tally": to // SHARDS} | outcomes)


def measure(calls: int, tally: int = 0) -> Meter:
    """Play this many calls, with this many actions counted before, and return what the meter has seen."""
    # The app prints its metrics; that costs time and is measured, but goes to nowhere.
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), rehearsing(offices=1) as rehearsal:
        grow_tally(rehearsal, tally)
        meter = Meter(rehearsal)
        meter.attach()
        play(rehearsal, calls)
    return meter


def report() -> bool:
    """Measure, print every door and the sums; return whether every budget is kept."""
    meter, later = measure(CALLS, tally=1_000), measure(CALLS, tally=MANY)
    doors = meter.doors()
    print(f"one call to one office, {CALLS} times: requests to DynamoDB, write units, our own CPU (median)")
    for name, visits in doors.items():
        print(_line(name, visits))
    hooks = [visits for name, visits in doors.items() if "/twilio/" in name]
    figures = {
        "webhook_requests": (max(len(visit.requests) for visits in hooks for visit in visits), MOST_REQUESTS),
        "webhook_cpu_ms": (max(map(_median, hooks)), MOST_MILLISECONDS),
        "write_units_per_call": (meter.units(), MOST_UNITS),
        "session_bytes": (meter.session_bytes, MOST_SESSION_BYTES),
        "units_at_100000_over_1000": (later.units() / meter.units(), MOST_GROWTH),
    }
    for name, (figure, budget) in figures.items():
        print(f"{name}={figure:g} budget={budget:g}{'' if figure <= budget else '  OVER'}")
    return all(figure <= budget for figure, budget in figures.values())


def _median(visits: list[Visit]) -> float:
    return round(1000 * statistics.median(visit.seconds for visit in visits), 2)


def _line(name: str, visits: list[Visit]) -> str:
    most = max(visits, key=lambda visit: len(visit.requests))
    units = statistics.mean(visit.units for visit in visits)
    times = len(visits) / CALLS
    return (
        f"  {len(most.requests)}  {units:4.1f} WU  {_median(visits):5.2f} ms  {times:g} × {name}"
        f"  [{' '.join(most.requests)}]"
    )
