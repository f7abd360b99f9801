"""What SES may say of one letter, as the bodies it publishes, and where that leaves the letter by the fact sheet alone.

The precedence stands here once more, apart from the code: whoever changes one of them has to change the other. An order
of arrival is drawn by whoever asks: events are lost, repeated and shuffled.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.conftest import IS_THOROUGH
from tests.values import NOW

ADDRESSES = ("letters@atlanta.example", "second@atlanta.example", "third@atlanta.example")
SEED = int(
    os.environ.get("PATCHTHROUGH_FAULT_SEED", int.from_bytes(os.urandom(4)) if IS_THOROUGH else 20261124)
)
"""New ones each time in make faults, which prints it; the same few in make test."""

# Weakest first: of one address the last decides. letters.md §4 (b), with what SES says in place of sending.
OF_AN_ADDRESS = ("submitted", "delayed", "delivered", "bounced_soft", "rejected", "suppressed", "bounced_hard",
                 "complained")  # fmt: skip
# Of an office's addresses the first that any of them has decides.
OF_AN_OFFICE = ("complained", "delivered", "delayed", "submitted", "bounced_soft", "bounced_hard", "suppressed",
                "rejected")  # fmt: skip
# What the tally holds of a letter that ends so.
COUNTED = {"submitted": "on_its_way", "delivered": "delivered", "bounced_soft": "bounced", "bounced_hard": "bounced",
           "complained": "complained", "suppressed": "suppressed", "rejected": "rejected"}  # fmt: skip

DSN = {"action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 no"}


@dataclass(frozen=True, slots=True)
class Said:
    """One event of SES's: its kind by our own name, and whom it is about (numbers of addresses)."""

    kind: str
    who: frozenset[int]

    def body(self, letter_id: str, message: str = "m-1", addresses: Sequence[str] = ADDRESSES) -> str:
        """The event as SES publishes it, the same each time."""
        kind, _, about, people = KINDS[self.kind]
        named = [addresses[number] for number in sorted(self.who) if number < len(addresses)]
        late = list(KINDS).index(self.kind) * 8 + sum(1 << number for number in self.who)
        at = (NOW + timedelta(seconds=late)).isoformat()
        told: dict[str, Any] = {"timestamp": at, "feedbackId": f"{message}-{self.kind}-{late}"} | about
        if people == "recipients":
            told[people] = named
        elif people:
            dsn = {} if self.kind == "out of office" else DSN
            told[people] = [{"emailAddress": each.upper()} | dsn for each in named]
        mail = {"timestamp": NOW.isoformat(), "messageId": message, "destination": list(addresses),
                "tags": {"letter": [letter_id]}}  # fmt: skip
        return json.dumps({"eventType": kind, "mail": mail, kind[:1].lower() + kind[1:]: told})


# Our name → SES's kind, what it makes of each address it is about, its own fields, where it names people ("": it
# means everybody).
KINDS: dict[str, tuple[str, str | None, dict[str, Any], str]] = {
    "send": ("Send", "submitted", {}, ""),
    "reject": ("Reject", "rejected", {"reason": "Bad content"}, ""),
    "delivery": ("Delivery", "delivered", {}, "recipients"),
    "delay": ("DeliveryDelay", "delayed", {"delayType": "General"}, "delayedRecipients"),
    "hard": ("Bounce", "bounced_hard", {"bounceType": "Permanent", "bounceSubType": "General"}, "bouncedRecipients"),
    "soft": ("Bounce", "bounced_soft", {"bounceType": "Transient", "bounceSubType": "General"}, "bouncedRecipients"),
    "suppressed": ("Bounce", "suppressed", {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"},
                   "bouncedRecipients"),
    "complaint": ("Complaint", "complained", {"complaintFeedbackType": "abuse"}, "complainedRecipients"),
    "not spam": ("Complaint", None, {"complaintFeedbackType": "not-spam"}, "complainedRecipients"),
    "out of office": ("Bounce", None, {"bounceType": "Transient", "bounceSubType": "General"}, "bouncedRecipients"),
    "new": ("SomethingNew", None, {}, ""),
}  # fmt: skip

whom = st.frozensets(st.integers(0, len(ADDRESSES) - 1), min_size=1)
lives = st.lists(st.builds(Said, st.sampled_from(sorted(KINDS)), whom), max_size=9)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Said]:
    """What of a letter's life is heard of: some of it never, some of it up to three times, in any order."""
    copies = [(said, draw(st.sampled_from((1, 1, 1, 2, 3, 0)))) for said in draw(lives)]
    return draw(st.permutations([said for said, times in copies for _ in range(times)]))


def end(heard: Iterable[Said], addresses: int, start: str) -> str:
    """Where a letter to so many addresses ends, by the two lists above; `start` if nothing was heard."""
    known: list[set[str]] = [{"submitted"} if start == "submitted" else set() for _ in range(addresses)]
    for said in heard:
        _, status, _, people = KINDS[said.kind]
        for number in range(addresses):
            if status and (not people or number in said.who):
                known[number].add(status)
    if not any(known):
        return start
    strongest = {max(each or {"submitted"}, key=OF_AN_ADDRESS.index) for each in known}
    first = next(status for status in OF_AN_OFFICE if status in strongest)
    return "submitted" if first == "delayed" else first
