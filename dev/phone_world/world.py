"""The world: all phones, all calls, one clock.

Promises: deterministic by its seed; nothing in it sleeps, listens or dials; every fact a test wants to
hold an app against is here to be read (`calls`, `rings`, `transcript`, `wire`, `complaints`). Refuses to
know: the app. It knows Twilio's public protocol and nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random

from dev.phone_world import acting, exchange, inbound, interpreter, receiving, texts
from dev.phone_world.calls import ENDED, INBOUND, Call, Line
from dev.phone_world.clock import VirtualClock
from dev.phone_world.courier import Courier, InlineCourier, Transport
from dev.phone_world.faults import NO_FAULTS, CreateFault, Delivery, Faults, Plan
from dev.phone_world.numbers import national
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.people import ARRIVES, Move, Supporter, TextFate
from dev.phone_world.rules import OurNumber, Rules
from dev.phone_world.texts import Text
from dev.phone_world.timeline import Timeline
from dev.phone_world.verbs import Message
from dev.phone_world.wire_log import Alert, WireEntry

Party = Supporter | OfficeLine
MOST_QUEUED_SECONDS = 86_400


def rings_out(call: Call) -> Party:
    """What answers an unknown number unless told otherwise: an office line that nobody picks up."""
    return OfficeLine(call.to, Answer.RINGS_OUT)


class World(Timeline):
    """A small Twilio and everybody it can reach."""

    def __init__(
        self,
        clock: VirtualClock,
        transport: Transport,
        token: str,
        account_sid: str,
        numbers: Sequence[str] | Mapping[str, OurNumber],
        *,
        seed: int = 0,
        faults: Faults = NO_FAULTS,
        rules: Rules | None = None,
        unknown: Callable[[Call], Party] = rings_out,
        courier: Courier | None = None,
    ) -> None:
        """Make an empty world.

        `transport` brings webhooks to the app: (method, url, headers, body) → (status, headers, body),
        raising TransportError. `numbers` are the account's own, E.164, with addresses if anybody is to
        call or text them. `unknown` makes up who is at a number nobody added.
        """
        super().__init__(clock)
        self.token = token
        self.account_sid = account_sid
        self.numbers: dict[str, OurNumber] = (
            dict(numbers) if isinstance(numbers, Mapping) else {number: OurNumber() for number in numbers}
        )
        self.rules = rules or Rules()
        self.faults = faults
        self.unknown = unknown
        self.courier: Courier = courier or InlineCourier(transport)
        self.chance = Random(seed)  # noqa: S311 - chance that repeats is the point
        self.parties: dict[str, Party] = {}
        self.calls: list[Call] = []
        self.by_sid: dict[str, Call] = {}
        self.texts: list[Text] = []
        self.text_by_sid: dict[str, Text] = {}
        self.text_creates: deque[float] = deque()
        self.usual_senders: dict[tuple[str, str], str] = {}
        self.t_mobile: Counter[date] = Counter()
        self.texted: Counter[str] = Counter()
        self.text_turns: dict[str, float] = {}
        self.replies: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self.stopped: set[tuple[str, str]] = set()
        self.wire: list[WireEntry] = []
        self.alerts: list[Alert] = []
        self.complaints: list[Alert] = []
        self.legs: defaultdict[str, list[Call]] = defaultdict(list)
        self.rung: Counter[str] = Counter()
        self.actors: dict[str, acting.Actor] = {}
        self.next_plans: deque[Plan] = deque()
        self.next_creates: deque[CreateFault] = deque()
        self.creates = 0
        self._deliveries = 0
        self._next_slot = 0.0

    def lately(self) -> list[WireEntry]:
        """What went over the wire last."""
        return self.wire[-3:]

    # Chance

    def new_sid(self, prefix: str) -> str:
        """A fresh id: `CA` and 32 hexadecimal digits."""
        return f"{prefix}{self.chance.getrandbits(128):032x}"

    def new_token(self) -> str:
        """A fresh I-Twilio-Idempotency-Token."""
        return f"{self.chance.getrandbits(128):032x}"

    def next_delivery(self) -> int:
        """The ordinal of the next delivery, from 0."""
        self._deliveries += 1
        return self._deliveries - 1

    def plan(self, delivery: Delivery) -> Plan:
        """What will happen to a delivery: a plan set for the next webhook first, then the faults."""
        return self.next_plans.popleft() if self.next_plans else self.faults.plan(delivery, self.chance)

    def next_create_fault(self) -> CreateFault | None:
        """What goes wrong with the create that is being made, if anything."""
        ordinal = self.creates
        self.creates += 1
        if self.next_creates:
            return self.next_creates.popleft()
        return self.faults.decide_create(ordinal) if self.faults.decide_create else None

    # Parties

    def add(self, *parties: Party) -> None:
        """Put people and office lines at their numbers, in place of whoever was there."""
        for party in parties:
            self.parties[party.number] = party

    def party(self, call: Call) -> Party:
        """Who is at the far end of `call`; somebody is made up for an unknown number, and stays."""
        if call.met is not None:
            return call.met
        known = self.parties.get(call.person)
        if known is None:
            known = self.parties[call.person] = self.unknown(call)
        return known

    def meet(self, call: Call) -> Party:
        """Who a leg finds when it gets there: a line's `first` answers are used up one by one."""
        party = self.party(call)
        if isinstance(party, OfficeLine) and party.first:
            self.parties[party.number] = replace(party, first=party.first[1:])
            call.met = party = replace(party, answers=party.first[0], first=())
        return party

    def is_engaged(self, number: str) -> bool:
        """Whether no further call gets through to `number`: a person has one line, an office its `at_once`."""
        party = self.parties.get(number)
        most = party.at_once if isinstance(party, OfficeLine) else 1
        return most is not None and len(self.legs[number]) >= most

    def display(self, number: str) -> str:
        """A number as people write it: (404) 555-0123."""
        return national(number)

    # Calls

    def is_full(self, more: int = 1) -> bool:
        """Whether `more` legs would be too many at once."""
        most = self.rules.max_calls
        return most is not None and len([call for call in self.calls if not call.is_over]) + more > most

    def register(self, call: Call) -> None:
        """Know a leg from now on."""
        self.calls.append(call)
        self.by_sid[call.sid] = call
        call.updated = call.created

    def queue(self, call: Call) -> None:
        """Take a call of the REST side: dialled when its turn comes, `rules.cps` a second."""
        self.register(call)
        call.on_answer = lambda: interpreter.begin(self, call)
        at = self.next_slot()
        self._next_slot = at + 1.0 / self.rules.cps
        self.after(at - self.clock.seconds, lambda: exchange.place(self, call))

    def next_slot(self) -> float:
        """When (seconds of the clock) a call created now would be dialled."""
        return max(self.clock.seconds, self._next_slot)

    def call_in(
        self,
        number: str,
        to: str,
        script: Iterable[Move] | None = None,
        *,
        post_dial: str = "",
        shows: str = "",
    ) -> Call:
        """Somebody calls one of our numbers. `script` overrides what the person at `number` does.

        `post_dial` are the commas and digits of a `tel:` link after the number (",,482915"): see `tel`.
        `shows` is what the caller ID says instead of the number (ANONYMOUS for a hidden one).
        """
        return inbound.start(self, number, to, script, post_dial=post_dial, shows=shows)

    # What people do. By number, for tests and the hands-on page; by call, for scripts.

    def leg_of(self, number: str) -> Call:
        """The leg that rings or talks at `number`; LookupError if there is none."""
        if not self.legs[number]:
            message = f"nothing rings and nobody talks at {number}"
            raise LookupError(message)
        return self.legs[number][-1]

    def answer(self, number: str) -> None:
        """Pick up the phone at `number`."""
        leg = self.leg_of(number)
        if leg.direction == INBOUND:
            message = f"nothing rings at {number}: it is calling us"
            raise LookupError(message)
        self.answer_call(leg)

    def hang_up(self, number: str) -> None:
        """Put the phone at `number` down; while it rings, that is declining."""
        self.put_down(self.leg_of(number))

    decline = hang_up

    def voicemail(self, number: str, seconds: float = 30.0) -> None:
        """Let the voicemail of `number` answer."""
        acting.take_message(self, self.leg_of(number), seconds)

    def press(self, number: str, keys: str) -> None:
        """Press `keys` at `number`, one after the other, at once."""
        for key in keys:
            self.press_on(self.leg_of(number), key)

    def speak(self, number: str, words: str) -> None:
        """Say something into the phone at `number`."""
        self.speak_on(self.leg_of(number), words)

    def text_in(self, number: str, to: str, body: str) -> Text:
        """Somebody texts one of our numbers."""
        text = Text(self.new_sid("SM"), to, number, body, "inbound", self.clock.seconds)
        receiving.receive(self, text)
        return text

    def register_text(self, text: Text) -> None:
        """Know a text from now on."""
        self.texts.append(text)
        self.text_by_sid[text.sid] = text
        text.updated = text.created

    def text_fate(self, number: str) -> TextFate:
        """What becomes of the next text to `number`."""
        nth = self.texted[number]
        self.texted[number] += 1
        party = self.parties.get(number)
        return party.text_fate(nth) if isinstance(party, Supporter) else ARRIVES

    def answer_call(self, call: Call) -> None:
        """Pick up a leg, if it rings; the caller of an incoming call has nothing to pick up."""
        if call.direction != INBOUND:
            exchange.answer(self, call)

    def put_down(self, call: Call) -> None:
        """The person at the far end of `call` hangs up."""
        if not call.is_over:
            hung_up = call.is_live or call.direction == INBOUND
            self.write(call, call.person, "happened", "hung up" if hung_up else "declined")
            exchange.hang_up(self, call)

    def hang_up_call(self, sid: str) -> None:
        """The supporter of the call `sid` (or of the call that it is a leg of) hangs up."""
        call = self.by_sid.get(sid)
        while call is not None and call.parent_sid:
            call = self.by_sid.get(call.parent_sid)
        if call is not None:
            self.put_down(call)

    def press_on(self, call: Call, key: str) -> None:
        """A key is pressed at the far end of `call`; unless a verb listens, nobody notices: no key is kept."""
        if not call.is_live:
            return
        self.write(call, call.person, "pressed", key)
        if call.on_key is not None:
            call.on_key(key)
        else:
            call.unheard += key

    def speak_on(self, call: Call, words: str) -> None:
        """Something is said at the far end of `call`; whoever is connected hears it."""
        if not call.is_live:
            return
        self.write(call, call.person, "spoke", words)
        peer = call.peer
        if peer is not None and (call.bridged is not None or peer.bridged is not None):
            self.write(peer, call.person, "spoke", words)

    def send_from_call(self, call: Call, verb: Message) -> None:
        """Carry out Message in a voice call."""
        texts.send_unless_refused(self, texts.from_call(self, call, verb))

    # What is known afterwards

    def write(self, call: Call, who: str, kind: str, text: str, language: str = "") -> None:
        """Add a line to a leg's transcript."""
        call.lines.append(Line(self.clock.seconds, who, kind, text, language))

    def transcript(self, call_sid: str) -> list[Line]:
        """What was said, heard and pressed on a leg, in order. KeyError for an unknown one."""
        return list(self.by_sid[call_sid].lines)

    def rings(self, number: str) -> int:
        """How often the phone at `number` rang."""
        return self.rung[number]

    def calls_to(self, number: str) -> list[Call]:
        """Every leg that was made to `number`, also those that were busy or failed before they rang."""
        return [call for call in self.calls if call.to == number]

    def shown_to(self, number: str) -> list[str]:
        """What the display at `number` showed: one caller ID for each call that rang there, newest last."""
        return [call.from_ for call in self.calls if call.to == number and call.rang is not None]

    def children(self, call_sid: str) -> list[Call]:
        """The legs that a call's Dials made."""
        return [call for call in self.calls if call.parent_sid == call_sid]

    def live_calls(self) -> list[Call]:
        """Legs that are not over."""
        return [call for call in self.calls if call.status not in ENDED]

    def alert(self, code: int, message: str, call_sid: str = "", url: str = "") -> None:
        """Put something in Twilio's debugger."""
        self.alerts.append(Alert(self.clock.seconds, code, message, call_sid, url))

    def complain(self, code: int, message: str, call_sid: str = "", url: str = "") -> None:
        """The app spoke wrong Twilio. A test that expects a clean app asserts `complaints == []`."""
        self.complaints.append(Alert(self.clock.seconds, code, message, call_sid, url))

    @property
    def verified(self) -> frozenset[str]:
        """Numbers that may be shown though they are not ours."""
        return self.rules.verified

    @property
    def sound_seconds(self) -> Mapping[str, float]:
        """See Rules."""
        return self.rules.sound_seconds
