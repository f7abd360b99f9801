"""What becomes of each kind of row when somebody asks to be forgotten: deleted, stripped, or kept, and why.

The list is whole: a test holds that every key of the table is in it. What is kept knows a person by a keyed hash at
most; a row that knows more is deleted, or loses that. Refuses to know how rows are found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What is done with a row that is about the person."""

    DELETED = "deleted"
    STRIPPED = "stripped"
    KEPT = "kept"
    NOBODYS = "nobody's"
    """It is about no supporter. Where a person's number or address stands in one, it is an office's, and stays."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The fate of one kind of row: its `type` in the table, `what` a person would call it, and why it is kept.

    `gone` are the attributes that are taken off where it is stripped.
    """

    type: str
    fate: Fate
    what: str = ""
    why: str = ""
    gone: tuple[str, ...] = ()


def _deleted(type_: str, what: str) -> Decision:
    return Decision(type_, Fate.DELETED, what)


def _kept(type_: str, what: str, why: str) -> Decision:
    return Decision(type_, Fate.KEPT, what, why)


def _nobodys(type_: str) -> Decision:
    return Decision(type_, Fate.NOBODYS)


PROOF = "it proves that we had consent, and that it ended; known by a keyed hash (docs/decisions/0018)"
DECISIONS: Mapping[str, Decision] = {
    # Calls.
    "session": _deleted("session", "calls of the last day"),
    "caller": _deleted("caller", "what is known of the phone between calls"),
    "booking": _deleted("booking", "booked calls"),
    "booker": _deleted("booker", "the list of the phone’s booked calls"),
    "stop": _kept("stop", "“never call this phone again”", "else we could ring it again; it never expires"),
    # Texts.
    "roll": _deleted("roll", "the number among those who get alerts"),
    "outgoing_text": _deleted("outgoing_text", "texts that a form asked for"),
    "inbox": _deleted("inbox_text", "texts that waited for a person’s eyes"),
    "subscriber_due": _kept(
        "subscriber_due",
        "a look that is planned",
        "it gives the ledger’s rows their end; a hash, gone when done",
    ),
    "profile": Decision(
        "subscriber",
        Fate.STRIPPED,
        "standing with a text programme",
        "the ledger of consent leads to it",
        ("zip",),
    ),
    "consent": _kept("consent", "the ledger of consent, and the words they said it with", PROOF),
    "stop_texts": _kept(
        "stop_texts", "the stop of their texts", "else we could text it again; it never expires"
    ),
    "claim": _kept(
        "claim", "which alerts were sent", "sums of alerts stay provable; a hash, gone in 13 months"
    ),
    "chunk_recipients": _kept(
        "chunk_recipients",
        "whom an alert was for",
        "sums of alerts stay provable; a hash, gone with the alert",
    ),
    # Letters.
    "letter_words": _deleted("letter_words", "letters: name, address and words"),
    "letter": _kept("letter", "that there was a letter", "counts stay; nothing says whose it was"),
    "no_mail": _kept("no_mail", "“no more mail to this address”", "else we could write to it again"),
    # Beside them.
    "spend": _kept("spend", "counts that keep abuse off", "a hash and a number, gone in two days"),
    "audit": _kept("audit", "what staff did", "who looked and who erased must stay known; by the hash"),
    # Counts and marks: ids that no person can be found by.
    "action": _nobodys("action"),
    "tally": _nobodys("tally"),
    "hour_sum": _nobodys("hour"),
    "shared_on": _nobodys("shared"),
    "joined": _nobodys("joined"),
    "code": _nobodys("code"),
    "due": _nobodys("due"),
    "booked_at": _nobodys("booked"),
    "quarter": _nobodys("quarter"),
    "group": _nobodys("group"),
    "letter_due": _nobodys("letter_due"),
    "mail": _nobodys("mail"),
    "mail_event": _nobodys("mail_event"),
    "inbound_text": _nobodys("inbound_text"),
    "passing": _nobodys("pass"),
    # Campaigns, offices, alerts, senders, staff.
    "campaign_row": _nobodys("campaign_row"),
    "campaign": _nobodys("campaign"),
    "campaign_office": _nobodys("campaign_office"),
    "office": _nobodys("office"),
    "line": _nobodys("line"),
    "phone_change": _nobodys("phone_change"),
    "mailbox": _nobodys("mailbox"),
    "resting": _nobodys("resting"),
    "desk": _nobodys("desk"),
    "pace": _nobodys("pace"),
    "letter_pace": _nobodys("pace"),
    "shown_words": _nobodys("words"),
    "broadcast_row": _nobodys("broadcast_row"),
    "broadcast": _nobodys("broadcast"),
    "chunk": _nobodys("chunk"),
    "rate": _nobodys("rate"),
    "cap": _nobodys("cap"),
    "AREAS": _nobodys("areas"),
    "NEVER": _nobodys("never"),
    "CIRCUIT": _nobodys("sending"),
    "BUCKET": _nobodys("sending"),
    "staff_session": _nobodys("staff session"),
    "sign_in": _nobodys("sign-in"),
    "launch": _nobodys("launch"),
}
"""Key, by its name in the modules of keys → what becomes of the row that stands there."""

BY_TYPE: Mapping[str, Decision] = {each.type: each for each in DECISIONS.values()}
"""The same, by the type that a row says it is of."""
