"""Events as SES writes them, in both shapes.

Promises: `eventType` with tags for a configuration set, `notificationType` without for an identity; fields and
spellings are SES's. Refuses to know: why something happened and who hears of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dev.mail_world.addresses import domain
from dev.mail_world.messages import Accepted

Event = dict[str, Any]

SEND, REJECT, BOUNCE, COMPLAINT, DELIVERY, DELAY = (
    "Send",
    "Reject",
    "Bounce",
    "Complaint",
    "Delivery",
    "DeliveryDelay",
)
MATCHING = {
    SEND: "SEND",
    REJECT: "REJECT",
    BOUNCE: "BOUNCE",
    COMPLAINT: "COMPLAINT",
    DELIVERY: "DELIVERY",
    DELAY: "DELIVERY_DELAY",
}
"""An event's name → how a configuration set's destination asks for it."""
IDENTITY_KINDS = (BOUNCE, COMPLAINT, DELIVERY)
MOST_HEADER_BYTES = 10_240

DIAGNOSTICS: dict[tuple[str, str], tuple[str, str]] = {
    ("Permanent", "General"): ("5.1.1", "smtp; 550 5.1.1 user unknown"),
    ("Permanent", "NoEmail"): ("5.1.1", "smtp; 550 5.1.1 no such address"),
    ("Permanent", "Suppressed"): (
        "5.1.1",
        (
            "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an "
            "invalid address."
        ),
    ),
    ("Permanent", "OnAccountSuppressionList"): (
        "5.1.1",
        (
            "Amazon SES did not send the message to this address because it is on the suppression list for your "
            "account."
        ),
    ),
    ("Transient", "General"): ("4.0.0", "smtp; 450 4.0.0 try again later"),
    ("Transient", "MailboxFull"): ("4.2.2", "smtp; 452 4.2.2 the recipient's mailbox is full"),
    ("Transient", "MessageTooLarge"): ("5.3.4", "smtp; 552 5.3.4 message too big"),
    ("Transient", "ContentRejected"): ("5.7.1", "smtp; 554 5.7.1 message refused for its content"),
    ("Transient", "AttachmentRejected"): ("5.7.1", "smtp; 552 5.7.1 attachment refused"),
}
NEWER = ("5.0.0", "smtp; 550 5.0.0 not delivered")


def moment(at: datetime) -> str:
    """A time as SES writes it: 2026-12-09T15:42:00.000Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def of_configuration_set(kind: str, mail: Accepted, detail: Event, account: str, region: str) -> Event:
    """The event that a configuration set publishes."""
    told = _mail(mail, account, region)
    tags = {name: [value for known, value in mail.tags if known == name] for name, _ in mail.tags}
    told["tags"] = tags | {
        "ses:operation": [mail.operation],
        "ses:configuration-set": [mail.configuration_set],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [domain(mail.source)],
        "ses:caller-identity": ["mail-world"],
    }
    return {"eventType": kind, "mail": told, _member(kind): detail}


def of_identity(kind: str, mail: Accepted, detail: Event, account: str, region: str) -> Event:
    """The feedback of an identity: no tags, whatever was sent with."""
    told = _mail(mail, account, region)
    told |= {"sourceIp": "127.0.0.1", "callerIdentity": "mail-world"}
    return {"notificationType": kind, _member(kind): detail, "mail": told}


def _member(kind: str) -> str:
    return kind[0].lower() + kind[1:]


def _mail(mail: Accepted, account: str, region: str) -> Event:
    headers, size = [], 0
    for name, value in mail.headers:
        size += len(name) + len(value)
        if size <= MOST_HEADER_BYTES:
            headers.append({"name": name, "value": value})
    return {
        "timestamp": moment(mail.accepted_at),
        "source": mail.source,
        "sourceArn": f"arn:aws:ses:{region}:{account}:identity/{domain(mail.source)}",
        "sendingAccountId": account,
        "messageId": mail.message_id,
        "destination": list(mail.recipients),
        "headersTruncated": size > MOST_HEADER_BYTES,
        "headers": headers,
        "commonHeaders": _common(mail),
    }


def _common(mail: Accepted) -> Event:
    common: Event = {"from": [mail.header("From")], "date": mail.header("Date"), "messageId": mail.message_id}
    for name, addresses in (("to", mail.to), ("cc", mail.cc), ("replyTo", mail.reply_to)):
        if addresses:
            common[name] = list(addresses)
    return common | {"subject": mail.subject}


def bounce(
    kind: str, subtype: str, recipients: Sequence[str], at: datetime, feedback_id: str, *, bare: bool = False
) -> Event:
    """The detail of a bounce; `bare` without what SES calls optional."""
    status, diagnostic = DIAGNOSTICS.get((kind, subtype), NEWER)
    more = {"action": "failed", "status": status, "diagnosticCode": diagnostic}
    plain = bare or kind == "Undetermined"
    detail: Event = {
        "feedbackId": feedback_id,
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [{"emailAddress": one} | ({} if plain else more) for one in recipients],
        "timestamp": moment(at),
    }
    if plain:
        return detail
    by_ses = subtype in {"Suppressed", "OnAccountSuppressionList"}
    server = "amazonses.com" if by_ses else f"mx.{domain(recipients[0])}"
    return detail | {"reportingMTA": f"dns; {server}"} | ({} if by_ses else {"remoteMtaIp": "127.0.0.2"})


def complaint(kind: str | None, recipients: Sequence[str], at: datetime, feedback_id: str) -> Event:
    """The detail of a complaint; `kind` None: the provider does not say."""
    detail: Event = {
        "feedbackId": feedback_id,
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": one} for one in recipients],
        "timestamp": moment(at),
        "userAgent": "mail-world/1.0",
        "arrivalDate": moment(at),
    }
    return detail if kind is None else detail | {"complaintFeedbackType": kind}


def suppressed_complaint(recipients: Sequence[str], at: datetime, feedback_id: str) -> Event:
    """The complaint of an address that is suppressed because it complained before."""
    return {
        "feedbackId": feedback_id,
        "complaintSubType": "OnAccountSuppressionList",
        "complainedRecipients": [{"emailAddress": one} for one in recipients],
        "timestamp": moment(at),
    }


def delivery(recipients: Sequence[str], at: datetime, took: timedelta) -> Event:
    """The detail of a delivery."""
    return {
        "timestamp": moment(at),
        "processingTimeMillis": int(took.total_seconds() * 1000),
        "recipients": list(recipients),
        "smtpResponse": "250 2.0.0 OK",
        "remoteMtaIp": "127.0.0.2",
        "reportingMTA": "a1-1.smtp-out.amazonses.com",
    }


def delay(kind: str, recipients: Sequence[str], at: datetime, expires: datetime) -> Event:
    """The detail of a delay."""
    status, diagnostic = "4.4.1", "smtp; 421 4.4.1 unable to connect"
    if kind == "MailboxFull":
        status, diagnostic = DIAGNOSTICS["Transient", "MailboxFull"]
    told = [{"emailAddress": one, "status": status, "diagnosticCode": diagnostic} for one in recipients]
    return {
        "timestamp": moment(at),
        "delayType": kind,
        "expirationTime": moment(expires),
        "delayedRecipients": told,
        "reportingMTA": "a1-1.smtp-out.amazonses.com",
    }


GARBAGE: dict[str, str] = {
    "not json": "{this is no JSON",
    "empty": "",
    "list": "[]",
    "greeting": "Successfully validated SNS topic for Amazon SES event publishing.",
    "no mail": '{"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}}',
    "no recipients": '{"eventType": "Bounce", "mail": {"messageId": "x", "tags": {}}, "bounce": {}}',
    "unknown type": '{"eventType": "Teleported", "mail": {"messageId": "x", "tags": {}}, "teleported": {}}',
    "wrong types": '{"eventType": 7, "mail": ["no"], "bounce": "no"}',
    "an SNS envelope": '{"Type": "Notification", "MessageId": "x", "TopicArn": "y", "Message": "{}"}',
    "a subscription": '{"Type": "SubscriptionConfirmation", "Token": "x", "SubscribeURL": "http://127.0.0.1:1/"}',
}
"""Bodies that are no event at all, by name."""
