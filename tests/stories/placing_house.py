"""A rehearsal of placing calls: the times at which Twilio was asked, and a queue that brings messages as told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.adapters.signature import signed
from chalicelib.runtime import Runtime, install
from dev.phone_world import (
    Answer,
    Faults,
    Heard,
    OfficeLine,
    PickUp,
    Press,
    TwilioWire,
)
from tests.rehearsal import ACCOUNT, LINES, PUBLIC_URL, TOKEN, Rehearsal

TALK: tuple[PickUp | Press, ...] = (PickUp(after=2), Press("1"), Press("1", when=Heard("How did it go")))
LONGEST_MINUTES = 15
"""Every call that was placed, or not, is known by then (promises.md, row 10)."""

DELIVERIES: dict[str, tuple[float, ...]] = {
    "once": (0.0,),
    "twice at once": (0.0, 0.0),
    "twice, 180 s apart": (0.0, 180.0),
    "three times": (0.0, 0.0, 180.0),
    "again while Twilio is asked": (0.0,),
    "again while it is claimed": (0.0,),
}
"""How the queue brings the message: the seconds at which its copies come."""


class Overheard(TwilioWire):
    """Twilio's wire, with the times at which calls were asked for, and something to do while one is."""

    def __init__(self, house: Rehearsal) -> None:
        super().__init__(house.world)
        self.placings: list[float] = []
        self.meanwhile: Callable[[], object] | None = None

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        if method.upper() == "POST" and url.endswith("/Calls.json"):
            self.placings.append(self.world.clock.seconds)
            self._interrupt()
        return super().request(method, url, *args, **more)

    def _interrupt(self) -> None:
        interruption, self.meanwhile = self.meanwhile, None
        if interruption:
            interruption()


class Placing(Rehearsal):
    """A rehearsal that overhears the placing, and whose message comes as `delivery` says."""

    def __init__(self, built: Runtime, faults: Faults | None = None, cps: float = 1.0) -> None:
        config = replace(built.config, calls_per_second=cps)
        super().__init__(replace(built, config=config), built.store._table.client, faults, offices=1)
        self.world.rules.cps = max(cps, 1.0)
        self.wire = Overheard(self)
        self.runtime = replace(self.runtime, http=self.wire)
        install(self.runtime)
        self.world.add(OfficeLine(LINES["ero-atl"], Answer.PERSON, ring_seconds=1.0, talk_seconds=20.0))

    def memory_clock(self) -> float:
        """Reading the campaign anew is most of a short story's time; only pausing needs it."""
        return 0.0

    def bring(self, delivery: str) -> None:
        """Have the queue bring the first message as `delivery` says, and every later one once."""
        copies = iter([DELIVERIES[delivery]])
        self.queue.copies = lambda: next(copies, (0.0,))
        if delivery == "again while Twilio is asked":
            self.wire.meanwhile = self.deliver_again
        if delivery == "again while it is claimed":
            self._before_the_claim()

    def deliver_again(self) -> None:
        """Bring the last message once more, now, whatever else is going on."""
        assert self.queue.deliver(self.queue.sent[-1:]) == []

    def _before_the_claim(self) -> None:
        """Let another worker run to its end between this one's reading and its claim."""
        events = self.dynamodb.meta.events

        def overtake(params: Mapping[str, Any], **_: Any) -> None:
            if params["Item"].get("stage") == {"S": "placing"}:
                events.unregister(name, unique_id="overtake")
                self.deliver_again()

        name = "provide-client-params.dynamodb.PutItem"
        events.register_first(name, overtake, "overtake")

    def rung(self) -> set[str]:
        """The supporters' phones that calls were placed to."""
        return {call.to for call in self.world.calls if call.parent_sid is None}

    def minutes_until_known(self, call_id: str) -> float:
        """Let minutes pass, each with its look of the reconciler, until the call is over; how long that took."""
        for _ in range(LONGEST_MINUTES + 1):
            self.world.advance(60)
            self.reconcile()
            session = self.session(call_id)
            if session.is_over:
                return (session.changed_at - session.created_at) / timedelta(minutes=1)
        raise AssertionError(f"still {session.stage} after {LONGEST_MINUTES} minutes")


def webhook(house: Rehearsal, path: str, **fields: str) -> int:
    """Send a webhook that Twilio signed; the status of the answer."""
    form = {"AccountSid": ACCOUNT, "CallStatus": "in-progress", "Direction": "outbound-api", **fields}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signed(PUBLIC_URL + path, form, TOKEN),
    }
    return house.ask("POST", path, headers, urlencode(form).encode())[0]
