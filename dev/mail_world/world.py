"""The mail world: a small SES, all mailboxes, one clock.

Promises: deterministic by its seed; nothing in it sleeps, listens or dials; every fact a test wants to hold an
app against is here to be read (`accepted`, `ledger`, `copies_of`, `published`, `wire`). Refuses to know: the
app. It knows SES's public protocol and nothing else.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from random import Random

from dev.mail_world import events, publishing
from dev.mail_world.account import ConfigurationSet, Destination, Identity, Suppressed
from dev.mail_world.addresses import domain, key
from dev.mail_world.events import Event
from dev.mail_world.faults import NO_FAULTS, EventPlan, Faults, SenderTrouble, SendFault
from dev.mail_world.mailboxes import ARRIVES, Mailbox, Move, Script, checked, simulated
from dev.mail_world.messages import Accepted
from dev.mail_world.publishing import Published, Sink
from dev.mail_world.rules import Bucket, Meter, Rules
from dev.mail_world.wire_log import WireEntry
from dev.phone_world.clock import Agenda, VirtualClock
from dev.phone_world.timeline import Timeline

ACCOUNT, REGION = "000000000000", "us-east-1"


class MailWorld(Timeline):
    """A small SES and everybody it can reach."""

    def __init__(
        self,
        clock: VirtualClock,
        *,
        seed: int = 0,
        rules: Rules | None = None,
        faults: Faults = NO_FAULTS,
        agenda: Agenda | None = None,
        account: str = ACCOUNT,
        region: str = REGION,
        say: Callable[[str], None] = print,
    ) -> None:
        """Make an empty world.

        `agenda` may be another world's on the same clock: then whoever moves one moves both. `say` is told
        the seed as soon as chance has a part in it.
        """
        super().__init__(clock, agenda)
        self.rules = rules or Rules()
        self.account = account
        self.region = region
        self.seed = seed
        self.say = say
        self.chance = Random(seed)  # noqa: S311 - chance that repeats is the point
        self.ids = Random(seed + 1)  # noqa: S311 - apart, so that faults do not change names
        self.meter = Meter()
        self.buckets: dict[str, Bucket] = {}
        self.sender: SenderTrouble | None = None
        self.identities: dict[str, Identity] = {}
        self.sets: dict[str, ConfigurationSet] = {}
        self.suppressed: dict[str, Suppressed] = {}
        self.globally_suppressed: set[str] = set()
        self.mailboxes: dict[str, Mailbox] = {}
        self.accepted: list[Accepted] = []
        self.by_id: dict[str, Accepted] = {}
        self.replies: list[Accepted] = []
        self.published: list[Published] = []
        self.sinks: dict[str, list[Sink]] = {}
        self.waiting: dict[str, list[str]] = {}
        self.wire: list[WireEntry] = []
        self.complaints: list[str] = []
        self.requests: Counter[str] = Counter()
        self.next_sends: deque[SendFault] = deque()
        self.next_plans: deque[EventPlan] = deque()
        self.sends = 0
        self.faults = faults

    def lately(self) -> list[Published]:
        """What was published last."""
        return self.published[-3:]

    # Chance

    @property
    def faults(self) -> Faults:
        """How rough the ways are; the seed is said when chance comes in."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._faults = faults
        if faults.by_chance:
            self.say(f"mail world: seed {self.seed}")

    def new_id(self) -> str:
        """A fresh message or feedback id, as SES makes them."""
        digits = f"{self.ids.getrandbits(128):032x}"
        parts = digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]
        return f"0100{int(self.now().timestamp() * 1000):012x}-{'-'.join(parts)}-000000"

    def plan(self, event: Event) -> EventPlan:
        """What will happen to an event: a plan set for the next one first, then the faults."""
        return self.next_plans.popleft() if self.next_plans else self.faults.plan(event, self.chance)

    def next_send_fault(self) -> SendFault | None:
        """What goes wrong with the SendEmail that is being made, if anything."""
        ordinal = self.sends
        self.sends += 1
        if self.next_sends:
            return self.next_sends.popleft()
        return self.faults.decide_send(ordinal) if self.faults.decide_send else None

    # Mailboxes

    def add(self, *mailboxes: Mailbox) -> None:
        """Put mailboxes at their addresses, in place of those that were there."""
        for mailbox in mailboxes:
            self.mailboxes[key(mailbox.address)] = mailbox

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox at `address`; one that takes everything is made for an address nobody added."""
        return self.mailboxes.setdefault(key(address), Mailbox(address, simulated(address) or ARRIVES))

    def next_to(self, address: str, *moves: Move) -> None:
        """Say what becomes of the next message to `address` that has nothing said for it yet."""
        before = self.mailbox(address)
        self.add(replace(before, first=(*before.first, checked(moves))))

    def take_script(self, address: str) -> Script:
        """What becomes of a message to `address`; one of `first` is used up."""
        mailbox = self.mailbox(address)
        if not mailbox.first:
            return mailbox.script
        self.add(replace(mailbox, first=mailbox.first[1:]))
        return mailbox.first[0]

    def letters_in(self, address: str) -> list[Accepted]:
        """What lies in the mailbox at `address`, oldest first: messages and automatic answers."""
        wanted = key(address)
        everything = sorted([*self.accepted, *self.replies], key=lambda mail: mail.at)
        return [
            mail
            for mail in everything
            if any(key(copy.recipient) == wanted and copy.arrived for copy in mail.copies)
        ]

    # Setting up, as an account's owner would in the console

    def verify(self, *names: str) -> None:
        """Have verified identities: domains or addresses."""
        for name in names:
            self.identities[key(name)] = Identity(key(name))

    def set_up(self, name: str, topic: str, kinds: frozenset[str] | None = None) -> None:
        """Have a configuration set that publishes everything (or `kinds`, as BOUNCE) to `topic`."""
        wanted = kinds or frozenset(events.MATCHING.values())
        self.sets[name] = ConfigurationSet(name, [Destination("events", topic, wanted, enabled=True)])

    def notify(self, identity: str, topic: str, *kinds: str) -> None:
        """Have an identity's feedback (Bounce, Complaint, Delivery; all if none is named) go to `topic`."""
        wanted = kinds or events.IDENTITY_KINDS
        self.identities[key(identity)].topics.update(dict.fromkeys(wanted, topic))

    def subscribe(self, topic: str, sink: Sink) -> None:
        """Have the topic's bodies handed to `sink`, raw, in batches of one to ten."""
        self.sinks.setdefault(topic, []).append(sink)

    def suppress(self, address: str, reason: str = "BOUNCE") -> None:
        """Have an address on the account's suppression list."""
        self.suppressed[key(address)] = Suppressed(key(address), reason, self.now())

    def garble(self, topic: str, kind: str = "not json") -> None:
        """Hand on a body that is no event: a name of `events.GARBAGE`, or the body itself."""
        publishing.carry(self, topic, events.GARBAGE.get(kind, kind))

    def identity_of(self, address: str) -> Identity | None:
        """The identity an address belongs to: itself, its domain, or a domain above."""
        labels = domain(address).split(".")
        names = [key(address), *(".".join(labels[start:]) for start in range(len(labels) - 1))]
        return next((self.identities[name] for name in names if name in self.identities), None)

    # What is known afterwards

    def find(self, message_id: str) -> Accepted | None:
        """A message or an automatic answer by its id."""
        found = self.by_id.get(message_id)
        return found or next((one for one in self.replies if one.message_id == message_id), None)

    def ledger(self, tag: str) -> dict[str, list[Accepted]]:
        """Accepted messages by the value of a tag; those without it are left out."""
        found: dict[str, list[Accepted]] = {}
        for mail in self.accepted:
            if value := mail.tag(tag):
                found.setdefault(value, []).append(mail)
        return found

    def copies_of(self, tag: str, value: str) -> int:
        """How often a message with this tag was accepted: the exactly-once assertion."""
        return len(self.ledger(tag).get(value, []))

    @property
    def hidden_retries(self) -> int:
        """Requests that the SDK made behind the app's back."""
        return sum(entry.attempt > 1 for entry in self.wire)
