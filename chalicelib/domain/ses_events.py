"""SES's events as values: read from what the queue brings, in both of SES's shapes.

Promises: every recipient of an event is read, never `mail.destination`; words SES has not used yet are accepted;
only what is no event at all is refused, for the dead-letter queue. Field names: letters.md §5. Knows no letter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from chalicelib.domain.mail_facts import Status

LETTER_TAG = "letter"
"""The EmailTag that carries the letter's id out and back."""
MAIL_TAG, ABOUT_TAG = "mail", "about"
"""Those of a mail to a letter's writer: what kind of mail, and about which letter."""
LONGEST_DIAGNOSIS = 300
"""Characters kept of what a mail server said."""

SUPPRESSED = frozenset({
    "Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList", "EmailValidationSuppressed",
    "UnsubscribedRecipient",
})  # fmt: skip
"""Sub-types of a permanent bounce (or of a complaint) that no mail server sent: SES held the message back."""
HARMLESS_COMPLAINTS = frozenset({"not-spam", "auth-failure"})
"""Feedback that blames nobody's letter: recorded, and no more."""
AUTO_REPLY = "AutoReply"
"""Our word for an automatic reply, which SES publishes as a bounce."""


class NotAnEvent(Exception):
    """The body is no event of SES's: it goes to the dead-letter queue."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an event says of one recipient, or of all (`address` None). `status` None: worth a record, no failure.

    `diagnosis` is the mail server's own words; they may hold an address, and belong in no log.
    """

    address: str | None
    status: Status | None
    detail: str = ""
    diagnosis: str = ""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One event: SES's word for its `kind`, of which `message` (SES's id), at `at` (UTC), and its reports.

    `letter` is our tag, None where SES sends none (identity notifications); of a mail to a letter's writer it is none,
    and `mail` is what kind of mail it was, `about` which letter. `feedback` is SES's id of a bounce or
    complaint. `until` is when a delayed message is given up. No reports: a kind that changes nothing, but is counted.
    """

    kind: str
    message: str
    at: datetime
    letter: str | None = None
    reports: tuple[Report, ...] = ()
    feedback: str | None = None
    until: datetime | None = None
    mail: str | None = None
    about: str | None = None


def read(body: object) -> MailEvent:
    """Read an event from its JSON value; `eventType` and `notificationType` alike.

    Raises:
        NotAnEvent: it is no event, or lacks what every event has.
    """
    event = _object(body)
    kind, mail = event.get("eventType") or event.get("notificationType"), _object(event.get("mail"))
    message = mail.get("messageId")
    if not isinstance(kind, str) or not isinstance(message, str) or not message:
        raise NotAnEvent("neither a kind nor a message")
    about = _object(event.get(_part(kind), {}))
    return MailEvent(
        kind=kind,
        message=message,
        at=_moment(about.get("timestamp") or mail.get("timestamp")),
        letter=_tag(mail, LETTER_TAG),
        reports=tuple(_READERS[kind](about)) if kind in _READERS else (),
        feedback=_text(about.get("feedbackId")) or None,
        until=_moment(about["expirationTime"]) if about.get("expirationTime") else None,
        mail=_tag(mail, MAIL_TAG),
        about=_tag(mail, ABOUT_TAG),
    )


def dedupe_key(event: MailEvent) -> str:
    """Return the name under which an event is taken once: 32 hex digits, the same however often it is delivered.

    SES's own feedback id where there is one; else message, kind, recipients and time. SNS's ids are no good: one
    event published twice has two.
    """
    recipients = sorted(report.address or "" for report in event.reports)
    named = [event.feedback] if event.feedback else [event.message, event.at.isoformat(), *recipients]
    return sha256("\0".join([event.kind, *named]).encode()).hexdigest()[:32]


def same_address(one: str, other: str) -> bool:
    """Whether SES means this address: mail servers give it back in other letters."""
    return one.strip().casefold() == other.strip().casefold()


def _everyone(status: Status) -> tuple[Report]:
    return (Report(None, status),)


def _delivery(about: Mapping[str, object]) -> Iterable[Report]:
    return (Report(_text(each), Status.DELIVERED) for each in _list(about.get("recipients")))


def _delay(about: Mapping[str, object]) -> Iterable[Report]:
    detail = _text(about.get("delayType"))
    return (Report(address, Status.DELAYED, detail) for address, _ in _people(about, "delayedRecipients"))


def _bounce(about: Mapping[str, object]) -> Iterable[Report]:
    kind, detail = _text(about.get("bounceType")), _text(about.get("bounceSubType"))
    for address, person in _people(about, "bouncedRecipients"):
        if _is_auto_reply(kind, detail, person):
            yield Report(address, None, AUTO_REPLY)
        else:
            diagnosis = _text(person.get("diagnosticCode"))[:LONGEST_DIAGNOSIS]
            yield Report(address, _bounced(kind, detail), detail, diagnosis)


def _bounced(kind: str, detail: str) -> Status:
    """What is not permanent is soft, whatever SES may call it one day."""
    if kind != "Permanent":
        return Status.BOUNCED_SOFT
    return Status.SUPPRESSED if detail in SUPPRESSED else Status.BOUNCED_HARD


def _is_auto_reply(kind: str, detail: str, person: Mapping[str, object]) -> bool:
    """Out of office: SES publishes it as a general transient bounce, and it comes without a delivery report."""
    has_report = any(person.get(field) for field in ("action", "status", "diagnosticCode"))
    return kind == "Transient" and detail == "General" and not has_report


def _complaint(about: Mapping[str, object]) -> Iterable[Report]:
    """Say it of everybody when SES names nobody, as it does for its own suppression list."""
    detail, feedback = _text(about.get("complaintSubType")), _text(about.get("complaintFeedbackType"))
    status: Status | None = Status.SUPPRESSED if detail in SUPPRESSED else Status.COMPLAINED
    if feedback in HARMLESS_COMPLAINTS:
        status = None
    addresses: list[str | None] = [address for address, _ in _people(about, "complainedRecipients")]
    return (Report(address, status, detail or feedback) for address in addresses or [None])


_READERS = {
    "Send": lambda _: _everyone(Status.SUBMITTED),
    "Reject": lambda _: _everyone(Status.REJECTED),
    "Delivery": _delivery,
    "DeliveryDelay": _delay,
    "Bounce": _bounce,
    "Complaint": _complaint,
}


def _part(kind: str) -> str:
    """Where an event keeps what it is about: "DeliveryDelay" in "deliveryDelay"."""
    return kind[:1].lower() + kind[1:]


def _people(about: Mapping[str, object], name: str) -> Iterable[tuple[str, Mapping[str, object]]]:
    for each in _list(about.get(name)):
        person = _object(each)
        yield _text(person.get("emailAddress")), person


def _tag(mail: Mapping[str, object], name: str) -> str | None:
    values = _list(_object(mail.get("tags") or {}).get(name))
    return _text(values[0]) or None if values else None


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise NotAnEvent("not an object where there is always one")
    return value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(_text(value))
    except ValueError as error:
        raise NotAnEvent("no moment where there is always one") from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
