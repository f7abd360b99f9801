"""The MIME that leaves SES: made of a Simple message, or a Raw one with SES's own headers put right.

Promises: SES's Message-ID and Date stand in place of anybody's; Bcc never leaves; without a Charset
everything beyond ASCII becomes a question mark, as it does at SES. Refuses to know: who may send.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from dev.mail_world.messages import parsed
from dev.mail_world.refusals import bad_request

ONCE = frozenset({"auto-submitted", "list-unsubscribe", "list-unsubscribe-post", "reply-to"})
SES_SETS = frozenset({"message-id", "date", "feedback-id", "x-ses-outgoing", "return-path"})
NOT_CUSTOM = frozenset({"from", "to", "cc", "bcc", "subject", "sender", "mime-version", "content-type"})
LONGEST_HEADER = 996
MESSAGE_TAGS, CONFIGURATION_SET = "X-SES-MESSAGE-TAGS", "X-SES-CONFIGURATION-SET"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What SES puts on every message."""

    message_id: str
    at: datetime
    region: str
    outgoing: str = "127.0.0.1"

    @property
    def header_id(self) -> str:
        """The Message-ID header; us-east-1 alone has the short host."""
        host = "email" if self.region == "us-east-1" else self.region
        return f"<{self.message_id}@{host}.amazonses.com>"


def check_headers(headers: Sequence[Mapping[str, str]], reply_to: Sequence[str]) -> None:
    """Refuse custom headers that SES would not take."""
    names = Counter(one["Name"].lower() for one in headers)
    if reply_to:
        names["reply-to"] += 1
    for name in names:
        if name in NOT_CUSTOM:
            raise bad_request(f"Header {name} cannot be a custom header")
        if name in ONCE and names[name] > 1:
            raise bad_request(f"Header {name} may stand once only")
    for one in headers:
        if len(one["Name"]) + len(one["Value"]) > LONGEST_HEADER:
            raise bad_request(f"Header {one['Name']}: name and value are longer than {LONGEST_HEADER}")


def words(content: Mapping[str, str], where: str) -> str:
    """A Content {Data, Charset}, as far as its charset can carry it."""
    charset = content.get("Charset", "ascii")
    try:
        # SMTP is 7-bit unless told otherwise: SES puts ? for the rest. Forgetting Charset is to show.
        return content["Data"].encode(charset, "replace").decode(charset)
    except LookupError as unknown:
        raise bad_request(f"{where}: unknown charset {charset}") from unknown


def from_simple(asked: Mapping[str, Any], simple: Mapping[str, Any], stamp: Stamp) -> bytes:
    """The MIME of a Simple message; BadRequestException for what SES would not take."""
    headers, reply_to = simple.get("Headers", []), asked.get("ReplyToAddresses", [])
    check_headers(headers, reply_to)
    subject = words(simple["Subject"], "Subject")
    if re.search(r"[\x00-\x1f\x7f]", subject):
        raise bad_request("Subject contains control characters")
    message = EmailMessage(SMTP)
    message["From"] = asked["FromEmailAddress"]
    destination = asked.get("Destination", {})
    for name, addresses in (
        ("Reply-To", reply_to),
        ("To", destination.get("ToAddresses", [])),
        ("Cc", destination.get("CcAddresses", [])),
    ):
        if addresses:
            message[name] = ", ".join(addresses)
    message["Subject"] = subject
    for one in headers:
        if one["Name"].lower() not in SES_SETS:
            message[one["Name"]] = one["Value"]
    _add_body(message, simple["Body"])
    _stamp(message, stamp)
    return message.as_bytes()


def _add_body(message: EmailMessage, body: Mapping[str, Any]) -> None:
    text, html = body.get("Text"), body.get("Html")
    if text is None and html is None:
        raise bad_request("The message has neither a text nor an HTML body")
    if text is not None:
        message.set_content(words(text, "Text"))
        if html is not None:
            message.add_alternative(words(html, "Html"), subtype="html")
    elif html is not None:
        message.set_content(words(html, "Html"), subtype="html")


def _stamp(message: EmailMessage, stamp: Stamp) -> None:
    for name in SES_SETS:
        del message[name]
    message["Message-ID"] = stamp.header_id
    message["Date"] = format_datetime(stamp.at)
    message["Feedback-ID"] = f"::1.{stamp.region}.mailworld:AmazonSES"
    message["X-SES-Outgoing"] = f"{stamp.at:%Y.%m.%d}-{stamp.outgoing}"


def from_raw(raw: bytes, stamp: Stamp) -> bytes:
    """The MIME of a Raw message: SES's headers put right, those meant for SES and Bcc gone."""
    message = parsed(raw)
    for name in (MESSAGE_TAGS, CONFIGURATION_SET, "Bcc"):
        del message[name]
    _stamp(message, stamp)
    return message.as_bytes(policy=SMTP)
