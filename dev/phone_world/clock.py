"""Time inside the phone world, and the list of what happens next.

Promises: time moves only when somebody moves it; events fire in order of time, then in the order they
were made; a cancelled event never fires and never holds the clock up. Refuses to know: real time.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DEFAULT_START = datetime(2026, 12, 9, 15, 42, tzinfo=UTC)
"""A Wednesday, 10:42 in the morning in Atlanta: offices are open."""


class VirtualClock:
    """A clock that stands still until it is moved. Call it, or `now()`, for an aware UTC datetime."""

    def __init__(self, start: datetime = DEFAULT_START) -> None:
        """Begin at `start`, which must carry a time zone."""
        if start.tzinfo is None:
            message = "the phone world's clock needs a start with a time zone"
            raise ValueError(message)
        self.start = start.astimezone(UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        """The moment it is in the world."""
        return self.start + timedelta(seconds=self.seconds)

    def __call__(self) -> datetime:
        """As `now()`, so that the clock itself can be handed over wherever a callable is asked for."""
        return self.now()

    def move_to(self, seconds: float) -> None:
        """Move forward to `seconds` after the start; never back."""
        self.seconds = max(self.seconds, seconds)


@dataclass(slots=True, eq=False)
class Appointment:
    """One thing that will happen, unless it is cancelled."""

    at: float
    action: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        """Let it not happen."""
        self.cancelled = True


class Agenda:
    """The heap of appointments of one world."""

    def __init__(self, clock: VirtualClock) -> None:
        """Keep appointments by the seconds of `clock`."""
        self.clock = clock
        self._heap: list[tuple[float, int, Appointment]] = []
        self._made = 0

    def after(self, seconds: float, action: Callable[[], None]) -> Appointment:
        """Have `action` called `seconds` from now (0 means: next, once the present event is over)."""
        self._made += 1
        appointment = Appointment(self.clock.seconds + max(0.0, seconds), action)
        heapq.heappush(self._heap, (appointment.at, self._made, appointment))
        return appointment

    def next_at(self) -> float | None:
        """The clock's seconds at which the next event is due; None if nothing is to come."""
        while self._heap and self._heap[0][2].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def step(self) -> bool:
        """Move to the next event and let it happen; False if there is none."""
        due = self.next_at()
        if due is None:
            return False
        appointment = heapq.heappop(self._heap)[2]
        self.clock.move_to(due)
        appointment.action()
        return True
