"""Real time for the hands-on world: the thread that moves its clock, and the threads that carry webhooks.

Promises: everything that touches the world does so under one lock; a webhook is carried outside of it,
so that the app may call back meanwhile; skipped time waits for webhooks under way, so that a minute
skipped is a minute played. Refuses to know: what happens in the world.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import monotonic
from typing import Protocol

from dev.phone_world import http_wire
from dev.phone_world.courier import Outcome, Parcel, ask
from dev.phone_world.faults import Trouble

TICK_SECONDS = 0.02
WORKERS = 8


class Timed(Protocol):
    """A world whose clock can be moved: the phone world, the mail world."""

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""

    def next_event_in(self) -> float | None:
        """Seconds until the next event; None if nothing is to come."""


class Pace:
    """Moves a world's clock with real time, `speed` times as fast."""

    def __init__(self, lock: threading.RLock, speed: float = 1.0) -> None:
        """Stand still until `start`."""
        self.lock = lock
        self.speed = speed
        self.paused = False
        self.under_way = 0
        self._world: Timed | None = None
        self._last = 0.0
        self._debt = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="world-clock", daemon=True)

    def start(self, world: Timed) -> None:
        """Begin to move the clock of `world`."""
        self.attach(world)
        self._thread.start()

    def attach(self, world: Timed) -> None:
        """Move the clock of this world from now on, and of no other."""
        with self.lock:
            self._world = world
            self._last = monotonic()
            self._debt = 0.0
            self.under_way = 0

    def stop(self) -> None:
        """Stop the clock for good."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def pause(self) -> None:
        """Hold the clock; webhooks under way still come back."""
        with self.lock:
            self.catch_up()
            self.paused = True

    def resume(self) -> None:
        """Let the clock go on from where it stands."""
        with self.lock:
            self._last = monotonic()
            self.paused = False

    def skip(self, seconds: float) -> None:
        """Let `seconds` pass as fast as the app answers."""
        with self.lock:
            self._debt += seconds

    def catch_up(self) -> None:
        """Bring the world to the present. Call it with the lock held."""
        world = self._world
        if world is None:
            return
        now = monotonic()
        passed = 0.0 if self.paused else (now - self._last) * self.speed
        self._last = now
        world.advance(passed)

    def _leap(self, world: Timed) -> None:
        """Skip to the next event, or to the end of what is to be skipped."""
        due = world.next_event_in()
        leap = self._debt if due is None else min(max(due, 0.0), self._debt)
        self._debt -= leap
        world.advance(leap)

    def _run(self) -> None:
        while not self._ended.wait(TICK_SECONDS):
            with self.lock:
                self.catch_up()
                while self._debt > 0 and self.under_way == 0 and self._world is not None:
                    self._leap(self._world)


class ThreadedCourier:
    """Carries parcels by HTTP in its own threads, to this machine only."""

    def __init__(self, pace: Pace) -> None:
        """Bring answers back under the lock of `pace`."""
        self.pace = pace
        self._stopped = False
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="phone-world-webhook")

    def carry(self, parcel: Parcel, then: Callable[[Outcome], None]) -> None:
        """Send it off; `then` hears of it later, under the lock."""
        if self._stopped:
            return
        self.pace.under_way += 1
        work = self._pool.submit(self._carry, parcel, then)
        work.add_done_callback(_say_what_broke)

    def _carry(self, parcel: Parcel, then: Callable[[Outcome], None]) -> None:
        outcome = send(parcel)
        with self.pace.lock:
            self.pace.catch_up()
            try:
                then(outcome)
            finally:
                self.pace.under_way = max(0, self.pace.under_way - 1)

    def stop(self) -> None:
        """Take no more parcels."""
        with self.pace.lock:
            self._stopped = True
        self._pool.shutdown(wait=False, cancel_futures=True)


def _say_what_broke(work: Future[None]) -> None:
    """A pool keeps a worker's exception to itself; this one is a mistake of ours to be seen."""
    if not work.cancelled() and (broken := work.exception()) is not None:
        traceback.print_exception(broken)


def send(parcel: Parcel) -> Outcome:
    """Carry one parcel by HTTP. An address off this machine is said aloud, and counts as refused."""
    transport = partial(
        http_wire.send, connect_seconds=parcel.connect_seconds, read_seconds=parcel.read_seconds
    )
    try:
        return ask(transport, parcel)
    except http_wire.NotLoopback as refusal:
        print(f"PHONE WORLD: {refusal} ({parcel.url})", file=sys.stderr)
        return Outcome(trouble=Trouble.REFUSED, note=str(refusal))
