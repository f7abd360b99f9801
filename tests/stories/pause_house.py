"""A busy hour of one campaign: 200 people under way at once, in every state, on several processes; and its pause.

Each process keeps the campaign in memory by itself, as Lambdas do, so that the oldest of them may believe for five
seconds that all goes on. Requests to Twilio take their time, so that whoever sends one text after the other is met in
the middle of it. What was begun, and when, is noted at the wires.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, partial
from random import Random
from typing import Any
from urllib.parse import urlencode

from chalicelib.adapters import campaign_moves
from chalicelib.adapters.area_codes import area_code_zones
from chalicelib.domain.broadcast import Broadcast, armed
from chalicelib.domain.broadcast_pacing import TOLL_FREE
from chalicelib.domain.campaign import Status
from chalicelib.domain.programme import version_of
from chalicelib.domain.words import Language
from chalicelib.runtime import Runtime, install
from chalicelib.views import texting
from dev.phone_world import Answer, Heard, OfficeLine, PickUp, Press, Supporter, TwilioWire
from dev.phone_world.calls import OUTBOUND_API, OUTBOUND_DIAL, Call
from tests.rehearsal import LINES, OUR_NUMBER, SLUG
from tests.stories.alert_house import WORDS, neighbors
from tests.stories.letter_house import LetterHouse
from tests.stories.rough_broadcast import subscribe
from tests.stories.signing_house import FORM, PAGE
from tests.stories.text_house import ours_alone

PROCESSES = 4
ASKED_WITHIN = 40.0
"""Most have asked by then, in seconds; what they asked for takes minutes."""
CODES_AFTER, CODES_WITHIN = 6.0, 52.0
"""From then on a code is asked for: every process has heard of it. All have been by then."""
ALERT_ROUNDS = (1.0, 53.0)
"""When the schedule of broadcasts comes round: it lists the audience, and the next time it lets the first go."""
CPS = 2.0
"""Calls a second, so that many are under way at once."""
TEXT_SECONDS, CALL_SECONDS = 0.6, 0.05
"""How long Twilio takes for a text and for a call."""
LATEST_MESSAGE = 30.0
"""How late, in seconds, a queue brings a message at most."""
FIRST_BOOKED = timedelta(minutes=18)
"""The first quarter-hour after the house opens at 15:42."""

CALLED, BOOKED, BY_TEXT, CODES, SIGNING, WRITING, LETTERS, ALERTED = (
    "call now", "call booked", "CALL by text", "code by text", "sign-up form", "letter begun", "letter confirmed",
    "alert",
)  # fmt: skip
FLOWS: dict[str, int] = {
    CALLED: 60, BOOKED: 15, BY_TEXT: 15, CODES: 12, SIGNING: 15, WRITING: 15, LETTERS: 28, ALERTED: 40,
}  # fmt: skip
"""Kind of flow → how many are under way: 200 in all."""
RINGS, RANG, DIALS, MAILS, RECEIPTS, TEXTS = (
    "calls asked for", "phones that rang", "offices dialled", "mails", "receipts", "texts asked for",
)  # fmt: skip
EVERY = 60.0
"""Seconds between two rounds of the schedules."""
FURNISHED = 60.0
"""The second at which the house is as it is to be."""


@cache
def people() -> tuple[str, ...]:
    """Numbers of fiction in the East, where it is late morning."""
    codes = sorted(code for code, zones in area_code_zones().items() if zones == ("America/New_York",))
    numbers = (f"+1{code}55501{nth:02}" for nth in range(14) for code in codes)
    return tuple(number for number in numbers if number not in subscribers())


@cache
def subscribers() -> tuple[str, ...]:
    """Those who get the alert: of two shards, so that a worker has twenty of them to text, one after the other."""
    return tuple(number for shard in ("a1", "ff") for number in neighbors(shard)[: FLOWS[ALERTED] // 2])


def of_kind(kind: str) -> tuple[str, ...]:
    """The people of one kind of flow; nobody is of two."""
    if kind == ALERTED:
        return subscribers()
    start = sum(many for each, many in FLOWS.items() if list(FLOWS).index(each) < list(FLOWS).index(kind))
    return people()[start : start + FLOWS[kind]]


def mailbox(nth: int, kind: str) -> str:
    """The address of a writer."""
    return f"{kind.rsplit(maxsplit=1)[-1]}-{nth}@people.example"


@dataclass(frozen=True, slots=True)
class Begun:
    """Something that left the building: what, to whom, at which second."""

    what: str
    to: str
    at: float


class BusyWire(TwilioWire):
    """Twilio's wire: notes what is begun, and time passes over it."""

    def __init__(self, house: "PauseHouse") -> None:
        super().__init__(house.world)
        self._house = house

    def request(self, method: str, url: str, *args: Any, **asked: Any) -> Any:
        """One request. The pause may be committed just before it, by somebody else."""
        what = {"Calls.json": RINGS, "Messages.json": TEXTS}.get(url.rpartition("/")[2])
        if method.upper() != "POST" or what is None:
            return super().request(method, url, *args, **asked)
        clock = self.world.clock
        clock.move_to(clock.seconds + (TEXT_SECONDS if what is TEXTS else CALL_SECONDS))
        self._house.begun.append(Begun(what, str((asked.get("data") or args[1])["To"]), clock.seconds))
        answer = super().request(method, url, *args, **asked)
        self._house.note_text(what)
        self._house.pause_if_due()
        return answer


class PauseHouse(LetterHouse):
    """One campaign's busy hour. `seed` draws who does what when, and which process is asked."""

    def __init__(self, built: Runtime, seed: int, share: float = 1.0) -> None:
        """`share`: how many of the people come; 1: all 200."""
        config = replace(built.config, calls_per_second=CPS)
        super().__init__(replace(built, config=config), an_hour=120, offices=3)
        self.world.rules.cps = CPS
        self.flows = {kind: round(many * share) for kind, many in FLOWS.items()}
        self.at_the_pause: Counter[str] = Counter()
        self.chance = Random(seed)
        self.begun: list[Begun] = []
        self.pause_after = -1
        self.pause_at = self.paused_at = self.resumed_at = float("inf")
        self.booked: list[str] = []
        self.code_calls: dict[str, str] = {}
        self.runtime = replace(self.runtime, http=BusyWire(self))
        self.processes = [self._process() for _ in range(PROCESSES)]
        install(self.runtime)
        self._answered, self.ask = self.ask, self._by_some_process
        ours_alone(self)
        for wire in (self.queue, self.letters, self.alerts):
            wire.copies = lambda: (self.chance.uniform(0, LATEST_MESSAGE),)
        self._furnish()

    # What people do.

    def begin(self) -> None:
        """Let all of them ask, each at a moment of the first minute; and staff send an alert."""
        early: list[Callable[[], None]] = [
            partial(act, number) for kind, act in self._ways().items() for number in self.people_of(kind)
        ]
        late = [partial(self._signs_up, number) for number in self.people_of(SIGNING)]
        late += [partial(self._writes, WRITING, nth) for nth in range(self.flows[WRITING])]
        late += [partial(self.confirm, mailbox(nth, LETTERS)) for nth in range(self.flows[LETTERS])]
        for act in early:
            self.world.after(self.chance.uniform(1, ASKED_WITHIN), act)
        for act in late:
            self.world.after(self.chance.uniform(ASKED_WITHIN, CODES_WITHIN), act)
        self.world.after(ASKED_WITHIN, self._ask_for_codes)
        for number in self.people_of(CODES):
            at = self.chance.uniform(ASKED_WITHIN + CODES_AFTER, CODES_WITHIN)
            self.world.after(at, partial(self._asks_for_a_code, number))
        self._alert()
        for at in ALERT_ROUNDS:
            self.world.after(at, self.play_broadcasts)

    def pause_amid_the_alert(self, texts: int) -> None:
        """Have staff pause it once the alert went to so many subscribers: in the middle of a worker's pass."""
        self.pause_after = texts

    def pause_within(self, seconds: float) -> None:
        """Have staff pause the campaign then, whatever is going on."""
        self.pause_at = self.clock.seconds + seconds
        self.world.after(seconds, self.pause_if_due)

    def note_text(self, what: str) -> None:
        """Let the moment of the pause have come, where it is to come after so many texts of the alert."""
        sent = sum(each.what is TEXTS and each.to in subscribers() for each in self.begun)
        if what is TEXTS and sent == self.pause_after:
            self.pause_at = self.clock.seconds

    def pause_if_due(self) -> None:
        """Pause, by the road of `patchthrough campaign pause`, once its moment has come."""
        if self.pause_at <= self.clock.seconds < self.paused_at:
            self.at_the_pause = self.under_way()
            self.move(Status.PAUSED)
            self.paused_at = self.clock.seconds

    def resume(self) -> None:
        """Let it go on, by the same road."""
        self.move(Status.LIVE)
        self.resumed_at = self.clock.seconds

    def move(self, to: Status) -> None:
        """What staff do."""
        after = campaign_moves.move(self.runtime.catalog, SLUG, to, "Dana R.", self.clock.now())
        assert after is not None and after.status is to

    def pass_time(self, seconds: float) -> None:
        """Let time pass, with a schedule every minute; whoever has got a code types it in."""
        until = self.clock.seconds + seconds
        while self.clock.seconds < until:
            self.world.advance(min(EVERY, until - self.clock.seconds))
            self.reconcile()
            self._enter_codes()

    # What is true.

    def is_rested(self, at: float) -> bool:
        """Whether the campaign was paused then, and had been for ten seconds."""
        return self.paused_at + 10 < at < self.resumed_at

    def people_of(self, kind: str) -> tuple[str, ...]:
        """Those of one kind of flow who come."""
        return of_kind(kind)[: self.flows[kind]]

    def under_way(self) -> Counter[str]:
        """How many are in which state now, by kind of thing."""
        states = {"session": "stage", "booking": "state", "letter": "state"}
        rows = [(row, row.get("type", {}).get("S", "")) for row in self.rows()]
        kept = Counter(f"{kind} {row[states[kind]]['S']}" for row, kind in rows if kind in states)
        return kept + Counter({"alert sent": sum(kind == "claim" for _, kind in rows)})

    def all_begun(self) -> list[Begun]:
        """Everything that was begun, offices and mails too; a ring both when it was asked for and when it rang."""
        calls = self.world.calls
        rang = [
            Begun(RANG, call.to, call.rang) for call in calls if call.direction == OUTBOUND_API and call.rang
        ]
        dials = [Begun(DIALS, call.to, call.created) for call in calls if call.direction == OUTBOUND_DIAL]
        sent = [entry for entry in self.mails.wire if entry.operation == "SendEmail" and entry.at > FURNISHED]
        return [
            *self.begun,
            *rang,
            *dials,
            *(Begun(self._mail(each.message_id), "", each.at) for each in sent),
        ]

    def came(self) -> dict[str, Counter[str]]:
        """What came of each flow, for each of its people: how often they were rung, texted or written to."""
        rings = Counter(each.to for each in self.begun if each.what is RINGS)
        texts = Counter(each.to for each in self.begun if each.what is TEXTS)
        links = Counter(
            {
                mailbox(nth, WRITING): self.told(mailbox(nth, WRITING)).count("confirm")
                for nth in range(self.flows[WRITING])
            }
        )
        writers = [mailbox(nth, LETTERS) for nth in range(self.flows[LETTERS])]
        sent = Counter({each: self.copies(self.letter_of(each)) for each in writers})
        by_number = {
            CALLED: rings,
            BOOKED: rings,
            BY_TEXT: rings,
            CODES: rings,
            SIGNING: texts,
            ALERTED: texts,
        }
        found = {
            kind: Counter({who: many[who] for who in self.people_of(kind)})
            for kind, many in by_number.items()
        }
        return found | {WRITING: links, LETTERS: sent}

    def calls_at(self, at: float) -> list[Call]:
        """The supporters' calls that were under way then, answered."""
        calls = [
            call for call in self.world.calls if call.direction == OUTBOUND_API and call.answered is not None
        ]
        return [each for each in calls if (each.answered or 0) <= at < (each.ended or float("inf"))]

    # Strictly private.

    def _mail(self, message_id: str) -> str:
        accepted = self.mails.find(message_id)
        return RECEIPTS if accepted and accepted.tag("mail") == "receipt" else MAILS

    def _enter_codes(self) -> None:
        for number, call_id in self.code_calls.items():
            (text,) = self.texts_to(number)[-1:] or ("",)
            if text and self.state(call_id)["state"] == "code":
                self.post(f"/api/calls/{call_id}", {"do": "code", "code": text[:6]})

    def _ways(self) -> dict[str, Callable[[str], None]]:
        return {
            CALLED: self._calls, BOOKED: self._books, BY_TEXT: self._texts_call,
        }  # fmt: skip

    def _furnish(self) -> None:
        """Offices that bear it, but for one with a single line; people with scripts of their own; subscribers."""
        self.bear_all(400)
        for office_id, number in LINES.items():
            at_once = 1 if office_id == "ero-was" else None
            self.world.add(
                OfficeLine(number, Answer.PERSON, ring_seconds=6.0, talk_seconds=40.0, at_once=at_once)
            )
        for number in (number for kind in FLOWS for number in self.people_of(kind)):
            self.world.add(Supporter(number, self._script()))
        early = self.clock.now() - timedelta(days=3)
        subscribe(
            self.runtime, SLUG, (*self.people_of(BY_TEXT), *self.people_of(ALERTED)), texting.key_of, early
        )
        for nth in range(self.flows[LETTERS]):
            self.write(mailbox(nth, LETTERS), office="ero-atl")
        self.world.advance(FURNISHED)
        self.begun.clear()

    def _script(self) -> list[Any]:
        chance = self.chance
        first = [PickUp(after=chance.uniform(1, 15))]
        points = [Press("2", after=chance.uniform(1, 10))] if chance.random() < 0.3 else []
        after = chance.uniform(1, 6)
        talk = [Press("1", after=after), Press("1", when=Heard("How did it go"), after=after)]
        again = Press("1", when=Heard("office too, press 1"), after=after)
        return [*first, *points, *talk, again, talk[1], again, talk[1]]

    def _calls(self, number: str) -> None:
        asked = self.tap(number, language=self.chance.choice(("en", "es")))
        assert asked["http"] in {200, 202}, asked

    def _ask_for_codes(self) -> None:
        asked = self.runtime.catalog.campaign(SLUG)
        assert asked is not None
        self.runtime.catalog.apply(replace(asked, asks_code=True), self.clock.now())
        for each in self.processes:
            each._campaigns.clear()

    def _asks_for_a_code(self, number: str) -> None:
        asked = self.tap(number)
        assert (asked["http"], asked["state"]) == (202, "code"), asked
        self.code_calls[number] = str(asked["id"])

    def _books(self, number: str) -> None:
        at = self.clock.start + FIRST_BOOKED + timedelta(minutes=15) * self.chance.randrange(3)
        made = self.book(at.isoformat(), number)
        assert made["http"] == 201, made
        self.booked.append(str(made["id"]))

    def _texts_call(self, number: str) -> None:
        self.world.text_in(number, OUR_NUMBER, "CALL")

    def _signs_up(self, number: str) -> None:
        campaign = self.runtime.campaign(SLUG)
        assert campaign is not None
        fields = {"phone": number, "consent": version_of(texting.disclosure(campaign, Language.EN))}
        status, _, _ = self.ask("POST", f"{PAGE}?lang=en", FORM, urlencode(fields).encode())
        assert status == 303

    def _writes(self, kind: str, nth: int) -> None:
        self.write(mailbox(nth, kind), office="ero-atl")

    def _alert(self) -> None:
        now, many = self.clock.now(), self.flows[ALERTED] + self.flows[BY_TEXT]
        draft = Broadcast(
            id="alert-of-the-hour", audience=many, segments=1, not_after=now + timedelta(hours=6), campaign=SLUG,
            words=WORDS, sender=TOLL_FREE.name, made_by="Ana", made_at=now, counted_at=now,
        )  # fmt: skip
        made = self.runtime.broadcasts.make(draft)
        self.runtime.broadcasts.move(made, armed(made, many, "Ana", now)[0])

    def alert(self) -> Broadcast:
        """The alert as it stands."""
        found = self.runtime.broadcasts.broadcast("alert-of-the-hour")
        assert found is not None
        return found

    # Processes.

    def _process(self) -> Runtime:
        return replace(self.runtime, _campaigns={}, _listings={}, _never={}, _areas={}, _shown=set())

    def _some_process(self) -> None:
        install(self.chance.choice(self.processes))

    def _by_some_process(self, *asked: Any, **more: Any) -> Any:
        self._some_process()
        return self._answered(*asked, **more)

    def _handed_to(self, function: str, bodies: Sequence[str]) -> list[str]:
        self._some_process()
        return super()._handed_to(function, bodies)

    def _schedule(self, function: str) -> None:
        self._some_process()
        super()._schedule(function)
