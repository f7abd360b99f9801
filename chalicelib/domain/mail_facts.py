"""What became of a letter at each of its recipients: facts, and the one status they add up to.

Facts come in any order, twice or not at all, and a bounce may follow a delivery. So nothing here looks at the order
of arrival: a recipient's facts are a set, and its status is the strongest of them. Knows no SES and no clock.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """What is known of a letter at one recipient."""

    SUBMITTED = "submitted"  # SES has it
    DELAYED = "delayed"  # SES goes on trying: no failure
    DELIVERED = "delivered"  # the recipient's server took it; nobody can see whether it was read
    BOUNCED_SOFT = "bounced_soft"  # SES has given up: full, too large, filtered
    REJECTED = "rejected"  # SES took it and then found a virus: it was sent to nobody
    SUPPRESSED = "suppressed"  # SES took it and sent nothing: the address is on its list. No fresh bounce
    BOUNCED_HARD = "bounced_hard"  # there is no such mailbox
    COMPLAINED = "complained"  # the recipient called it spam


PRECEDENCE = (
    Status.SUBMITTED, Status.DELAYED, Status.DELIVERED, Status.BOUNCED_SOFT, Status.REJECTED, Status.SUPPRESSED,
    Status.BOUNCED_HARD, Status.COMPLAINED,
)  # fmt: skip
"""Of one recipient's facts the last in this list decides, whenever it came."""
RANK = {status: rank for rank, status in enumerate(PRECEDENCE)}

OF_AN_OFFICE = (
    Status.COMPLAINED, Status.DELIVERED, Status.DELAYED, Status.SUBMITTED, Status.BOUNCED_SOFT,
    Status.BOUNCED_HARD, Status.SUPPRESSED, Status.REJECTED,
)  # fmt: skip
"""Of an office's several recipients the first in this list decides: the office has a letter that one of them took; it
came back when none did and none is still waited for; and one complaint is a complaint."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing SES said of one recipient: of which `message` (SES's id), first at `at` (UTC).

    `detail` is SES's sub-type, whatever it says; `until` is when a delayed message is given up.
    """

    status: Status
    at: datetime
    message: str
    detail: str = ""
    until: datetime | None = None

    @property
    def name(self) -> tuple[int, str, str]:
        """What makes it another fact than the next: two that share it are one."""
        return RANK[self.status], self.message, self.detail


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of an office, and what is known of a letter there; `facts` are in order of their names."""

    address: str
    facts: tuple[Fact, ...] = ()

    @property
    def status(self) -> Status | None:
        """The strongest fact; None: nothing is known."""
        return max((fact.status for fact in self.facts), key=RANK.__getitem__, default=None)

    @property
    def details(self) -> frozenset[str]:
        """The sub-types behind the status."""
        return frozenset(fact.detail for fact in self.facts if fact.status is self.status)

    @property
    def messages(self) -> frozenset[str]:
        """The messages anything is known of."""
        return frozenset(fact.message for fact in self.facts)


def with_fact(recipient: Recipient, fact: Fact) -> Recipient:
    """Add a fact, in whatever order facts come: of two with one name the first moment and the last `until` stay."""
    facts = {known.name: known for known in recipient.facts}
    facts[fact.name] = _joined(facts.get(fact.name, fact), fact)
    after = tuple(facts[name] for name in sorted(facts))
    return recipient if after == recipient.facts else replace(recipient, facts=after)


def without(recipient: Recipient, spent: AbstractSet[str]) -> Recipient:
    """Forget of these messages what a further try has answered: everything up to a soft bounce."""
    facts = tuple(fact for fact in recipient.facts if not is_spent(fact, spent))
    return replace(recipient, facts=facts)


def is_spent(fact: Fact, spent: AbstractSet[str]) -> bool:
    """Whether a further try has answered this fact. A hard bounce or a complaint stands for good."""
    return fact.message in spent and RANK[fact.status] <= RANK[Status.BOUNCED_SOFT]


def office_status(recipients: Iterable[Recipient]) -> Status | None:
    """Return what is known of a letter to all of an office's recipients; None: nothing of any of them.

    Of a recipient that nothing is known of, while something is of another, the message is at least submitted.
    """
    found = [recipient.status for recipient in recipients]
    if not any(found):
        return None
    known = {status or Status.SUBMITTED for status in found}
    return next(status for status in OF_AN_OFFICE if status in known)


def _joined(one: Fact, other: Fact) -> Fact:
    untils = [until for until in (one.until, other.until) if until is not None]
    return replace(one, at=min(one.at, other.at), until=max(untils, default=None))
