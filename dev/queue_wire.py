"""A queue on a virtual clock: what a client sees of SQS, whose messages come back out of a world's agenda.

Promises SQS's ways: at least once, after a delay; what failed comes again by its visibility time, and after so many
deliveries lies in the dead queue to be read. It can lose, repeat and delay. Refuses to know what stands in a message.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dev.phone_world.timeline import Timeline

RETRY_SECONDS = 180.0
"""How long SQS hides a message that failed."""
TRIES = 5
"""How often a message is delivered before it goes to the dead queue."""

Deliver = Callable[[Sequence[str]], Sequence[str]]
"""Hands one batch to whoever takes it, and returns the messages that failed."""


@dataclass
class QueueWire:
    """One queue. `copies` says of each message that is sent how often it arrives, and how late."""

    world: Timeline
    deliver: Deliver
    url: str
    copies: Callable[[], tuple[float, ...]] = lambda: (0.0,)
    sent: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> dict[str, str]:  # noqa: N803 - SQS's names
        """Keep the message and deliver it after its delay, as often and as late as `copies` says."""
        if QueueUrl != self.url:
            raise ValueError(f"a message for {QueueUrl}, not for {self.url}")
        self.sent.append(MessageBody)
        for late in self.copies():
            self._after(DelaySeconds + late, MessageBody, TRIES)
        return {"MessageId": "1"}

    def take(self, bodies: Sequence[str]) -> None:
        """Deliver a batch that a topic hands on, now and as one."""
        self.sent.extend(bodies)
        self._arrive(bodies, TRIES)

    def redrive(self) -> None:
        """Bring what lies in the dead queue once more, as its owner would after a repair."""
        again, self.dead[:] = list(self.dead), []
        for body in again:
            self._after(0, body, TRIES)

    def _after(self, seconds: float, body: str, tries: int) -> None:
        self.world.after(seconds, lambda: self._arrive([body], tries))

    def _arrive(self, bodies: Sequence[str], tries: int) -> None:
        for body in self.deliver(bodies):
            if tries > 1:
                self._after(RETRY_SECONDS, body, tries - 1)
            else:
                self.dead.append(body)
