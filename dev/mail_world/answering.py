"""Automatic answers: what an office's out-of-office sends back (RFC 3834).

Promises: it goes to Reply-To, else to From; it says in its headers that no person wrote it, and is never
answered itself. Refuses to know: events.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from dev.mail_world.addresses import key
from dev.mail_world.messages import Accepted, Copy, Fate

if TYPE_CHECKING:
    from dev.mail_world.world import MailWorld


def answer_automatically(world: MailWorld, mail: Accepted, recipients: Sequence[str]) -> None:
    """Have each of `recipients` say that nobody is there."""
    for recipient in recipients:
        for address in mail.reply_to or (mail.source,):
            world.replies.append(_reply(world, mail, recipient, key(address)))


def _reply(world: MailWorld, mail: Accepted, source: str, to: str) -> Accepted:
    message_id = world.new_id()
    message = EmailMessage(SMTP)
    message["From"], message["To"] = source, to
    message["Subject"] = f"Automatic reply: {mail.subject}"
    message["Date"] = format_datetime(world.now())
    message["Message-ID"] = f"<{message_id}@{key(source).rpartition('@')[2]}>"
    message["In-Reply-To"] = mail.header("Message-ID")
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("Thank you for your message. We are away and will read it when we are back.")
    copy = Copy(to)
    copy.becomes(Fate.DELIVERED, world.clock.seconds)
    return Accepted(
        message_id=message_id,
        at=world.clock.seconds,
        accepted_at=world.now(),
        source=source,
        to=(to,),
        cc=(),
        bcc=(),
        reply_to=(),
        tags=(),
        configuration_set="",
        operation="automatic reply",
        mime=message.as_bytes(),
        invocation="",
        copies=(copy,),
    )
