"""SendEmail: what SES looks at before it accepts, and the message it then has.

Promises: a refused message leaves no trace and costs no quota; an accepted one is in the ledger before the
answer leaves. Refuses to know: HTTP, and what becomes of the message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.utils import getaddresses
from typing import TYPE_CHECKING, Any

from dev.mail_world.addresses import bare
from dev.mail_world.carrying import dispatch
from dev.mail_world.faults import SenderTrouble, sender_refusal
from dev.mail_world.mailboxes import is_simulated
from dev.mail_world.messages import Accepted, Copy, parsed
from dev.mail_world.mime import CONFIGURATION_SET, MESSAGE_TAGS, Stamp, from_raw, from_simple
from dev.mail_world.refusals import SesError, bad_request, not_found

if TYPE_CHECKING:
    from dev.mail_world.world import MailWorld

Asked = Mapping[str, Any]
MOST_RECIPIENTS, MOST_BYTES, LONGEST_SET_NAME = 50, 40 * 1024 * 1024, 64
TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
FIELDS = (("ToAddresses", "To"), ("CcAddresses", "Cc"), ("BccAddresses", "Bcc"))


def send_email(world: MailWorld, asked: Asked, invocation: str = "") -> Accepted:
    """Accept a message, or SesError."""
    content = asked["Content"]
    if len(content) != 1:
        raise bad_request("Content must hold exactly one of Simple, Raw and Template")
    if "Template" in content:
        world.complaints.append("SendEmail: the mail world does not play templates")
        raise bad_request("The mail world does not play templates")
    if world.sender is not None:
        raise sender_refusal(world.sender)
    raw = content["Raw"]["Data"] if "Raw" in content else None
    mail = _made(world, asked if raw is None else _with_headers(asked, raw), raw, invocation)
    _may_send(world, mail)
    counted = sum(not is_simulated(one) for one in mail.recipients)
    world.meter.spend(world.rules, len(mail.recipients), counted, world.clock.seconds)
    world.accepted.append(mail)
    world.by_id[mail.message_id] = mail
    dispatch(world, mail)
    return mail


def _with_headers(asked: Asked, raw: bytes) -> dict[str, Any]:
    """What a Raw message says in its own headers where the request does not."""
    message = parsed(raw)
    told = dict(asked)
    told.setdefault("FromEmailAddress", str(message.get("From", "")))
    if not told.get("Destination"):
        told["Destination"] = {member: _addresses(message, header) for member, header in FIELDS}
    told.setdefault("ReplyToAddresses", _addresses(message, "Reply-To"))
    told.setdefault("ConfigurationSetName", str(message.get(CONFIGURATION_SET, "")).strip())
    told.setdefault("EmailTags", _tags(str(message.get(MESSAGE_TAGS, ""))))
    return told


def _addresses(message: Any, header: str) -> list[str]:
    return [address for _, address in getaddresses([str(one) for one in message.get_all(header, [])])]


def _tags(text: str) -> list[dict[str, str]]:
    pairs = [one.partition("=") for one in text.split(",") if one.strip()]
    return [{"Name": name.strip(), "Value": value.strip()} for name, _, value in pairs]


def _made(world: MailWorld, asked: Asked, raw: bytes | None, invocation: str) -> Accepted:
    """The message as it would leave; nothing is kept yet."""
    to, cc, bcc = _recipients(asked.get("Destination", {}))
    if not asked.get("FromEmailAddress"):
        raise bad_request("FromEmailAddress is missing")
    reply_to = tuple(asked.get("ReplyToAddresses", ()))
    for address in reply_to:
        bare(address)
    source = bare(asked["FromEmailAddress"])
    stamp = Stamp(world.new_id(), world.now(), world.region)
    simple = asked["Content"].get("Simple", {})
    mime = from_raw(raw, stamp) if raw is not None else from_simple(asked, simple, stamp)
    if len(mime) > MOST_BYTES:
        raise bad_request(f"Message length is more than {MOST_BYTES} bytes long")
    return Accepted(
        message_id=stamp.message_id,
        at=world.clock.seconds,
        accepted_at=world.now(),
        source=source,
        to=to,
        cc=cc,
        bcc=bcc,
        reply_to=reply_to,
        tags=_checked_tags(asked.get("EmailTags", [])),
        configuration_set=_chosen_set(world, asked, source),
        operation="SendEmail",
        mime=mime,
        invocation=invocation,
        copies=tuple(Copy(one) for one in (*to, *cc, *bcc)),
    )


def _recipients(destination: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    found = tuple(tuple(bare(one) for one in destination.get(member, ())) for member, _ in FIELDS)
    many = sum(len(one) for one in found)
    if not many:
        raise bad_request("There is no recipient")
    if many > MOST_RECIPIENTS:
        raise bad_request(f"Recipient count exceeds {MOST_RECIPIENTS}")
    return found


def _checked_tags(tags: Sequence[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    for tag in tags:
        for what in ("Name", "Value"):
            if not TAG.fullmatch(tag[what]):
                raise bad_request(
                    f"Tag {what.lower()} must be 1 to 256 of A–Z, a–z, 0–9, _ and -: {tag[what]}"
                )
    return tuple((tag["Name"], tag["Value"]) for tag in tags)


def _chosen_set(world: MailWorld, asked: Asked, source: str) -> str:
    """The configuration set asked for, else the identity's own; NotFoundException for one that is not there."""
    identity = world.identity_of(source)
    name: str = asked.get("ConfigurationSetName") or (identity.configuration_set if identity else "")
    if not name:
        return ""
    if len(name) > LONGEST_SET_NAME:
        raise bad_request(f"Configuration set name is longer than {LONGEST_SET_NAME}")
    if name not in world.sets:
        raise not_found(f"Configuration set <{name}> does not exist.")
    if not world.sets[name].sending_enabled:
        raise SesError("SendingPausedException", f"Sending is paused for configuration set <{name}>.")
    return name


def _may_send(world: MailWorld, mail: Accepted) -> None:
    """Refuse senders, and in the sandbox recipients, that nobody has verified; and a paused account."""
    if not world.rules.sending_enabled:
        raise sender_refusal(SenderTrouble.PAUSED)
    asked = [mail.source]
    if not world.rules.production:
        asked += [one for one in mail.recipients if not is_simulated(one)]
    unverified = [one for one in asked if not getattr(world.identity_of(one), "verified", False)]
    if unverified:
        where = world.region.upper()
        raise SesError(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"{where}: {', '.join(unverified)}",
        )
