"""A world's own time: what is to come, one thing after the other. Both worlds, of phones and of mail, run by it.

Promises: nothing happens but by `step`; whatever happens can't move the clock that it happens by. Refuses to know:
what happens.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dev.phone_world.clock import Agenda, Appointment, VirtualClock

MOST_EVENTS = 1_000_000
"""Some ten events to a text with its callbacks: enough for one to each of fifty thousand people and more."""


class NeverIdle(RuntimeError):
    """The world went on for too many events: most likely an app that answers each event with another."""


class Timeline:
    """A clock, an agenda, and the ways to let time pass."""

    def __init__(self, clock: VirtualClock, agenda: Agenda | None = None) -> None:
        """Run by this clock; two worlds that share an agenda are one timeline."""
        self.clock = clock
        self.agenda = agenda or Agenda(clock)
        self._running = False

    def now(self) -> datetime:
        """The moment it is."""
        return self.clock.now()

    def after(self, seconds: float, action: Callable[[], None]) -> Appointment:
        """Have `action` happen in `seconds` of the world's time."""
        return self.agenda.after(seconds, action)

    def next_event_in(self) -> float | None:
        """Seconds until the next event; None if nothing is to come."""
        due = self.agenda.next_at()
        return None if due is None else due - self.clock.seconds

    def step(self) -> bool:
        """Let the next event happen, moving the clock to it; False if there is none."""
        if self._running:
            message = "the world is in the middle of an event: the app may use its REST side, not its clock"
            raise RuntimeError(message)
        self._running = True
        try:
            return self.agenda.step()
        finally:
            self._running = False

    def run_until_idle(self, max_events: int = MOST_EVENTS) -> None:
        """Let everything happen that is to come. NeverIdle after `max_events`."""
        for _ in range(max_events):
            if not self.step():
                return
        message = f"still busy after {max_events} events; the last: {self.lately()}"
        raise NeverIdle(message)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, with everything that happens in them."""
        until = self.clock.seconds + seconds
        while (due := self.agenda.next_at()) is not None and due <= until:
            self.step()
        self.clock.move_to(until)

    def lately(self) -> object:
        """What happened last, for somebody who wonders why it never ends."""
        return "unknown"
