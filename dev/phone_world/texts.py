"""Texts of ours on their way.

Promises: statuses accepted (with a Messaging Service) → queued → sent → what the person's phone makes of
it, each told to the status callback but the first; a sender's rate, its queue's end and a text's validity.
Refuses to know: what people text (`receiving`), media, schedules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from dev.phone_world import opting, webhooks
from dev.phone_world.calls import NOWHERE, Call, Hook
from dev.phone_world.forms import API_VERSION
from dev.phone_world.segments import segments
from dev.phone_world.verbs import Message

if TYPE_CHECKING:
    from dev.phone_world.world import World

QUEUED_AFTER = 0.1
SENT_AFTER = 0.5
LONGEST_VALID = 36_000
VALIDITY_EXPIRED = 30036
QUEUE_OVERFLOW = 30001


@dataclass(slots=True, eq=False)
class Text:
    """One text. Times are seconds of the world's clock."""

    sid: str
    to: str
    from_: str
    body: str
    direction: str
    created: float
    status: str = "queued"
    updated: float = 0.0
    sent: float | None = None
    error_code: int | None = None
    service_sid: str = ""
    status_hook: Hook = NOWHERE
    valid_for: int = LONGEST_VALID
    """Seconds in Twilio's queue after which it is sent no more."""

    @property
    def segments(self) -> int:
        """How many parts the body takes."""
        return segments(self.body)


def send(world: World, text: Text) -> None:
    """Put a text of ours on its way."""
    world.texts.append(text)
    text.updated = text.created
    if text.service_sid:
        world.after(QUEUED_AFTER, lambda: _change(world, text, "queued"))
    waits = queue_seconds(world, text.from_)
    if waits > world.rules.longest_text_queue:
        world.after(SENT_AFTER, lambda: _change(world, text, "failed", QUEUE_OVERFLOW))
    elif waits > text.valid_for:
        world.after(text.valid_for, lambda: _change(world, text, "failed", VALIDITY_EXPIRED))
    else:
        _take_turn(world, text, waits)


def send_unless_blocked(world: World, text: Text) -> None:
    """Send what TwiML says, unless the person has stopped us: then it is an alert, and there is no text."""
    if opting.is_blocked(world, text.to, text.from_):
        world.alert(opting.BLOCKED, opting.BLOCKED_MESSAGE, text.sid)
        return
    send(world, text)


def fail_blocked(world: World, text: Text) -> None:
    """A service took the text and then finds that the person has stopped it."""
    world.texts.append(text)
    text.updated = text.created
    world.after(SENT_AFTER, lambda: _change(world, text, "failed", opting.BLOCKED))


def queue_seconds(world: World, number: str) -> float:
    """How long a text given to our `number` now would wait for its turn."""
    return max(0.0, world.text_turns.get(number, 0.0) - world.clock.seconds)


def _take_turn(world: World, text: Text, waits: float) -> None:
    rate = world.rules.segments_per_second
    if rate is not None:
        world.text_turns[text.from_] = world.clock.seconds + waits + text.segments / rate
    fate = world.text_fate(text.to)
    if fate.status != "failed":
        world.after(waits + SENT_AFTER, lambda: _change(world, text, "sent"))
    if fate.status != "sent":
        after = max(fate.after, SENT_AFTER)
        world.after(waits + after, lambda: _change(world, text, fate.status, fate.code))


def _change(world: World, text: Text, status: str, code: int | None = None) -> None:
    text.status, text.error_code = status, code
    text.updated = world.clock.seconds
    if status == "sent":
        text.sent = world.clock.seconds
    if not text.status_hook.url:
        return
    hook = webhooks.Webhook(
        webhooks.TEXT_STATUS,
        status,
        text.status_hook.method,
        text.status_hook.url,
        _status_fields(world, text),
        text.sid,
    )
    webhooks.send(world, hook)


def _status_fields(world: World, text: Text) -> dict[str, str]:
    fields = {
        "AccountSid": world.account_sid,
        "ApiVersion": API_VERSION,
        "From": text.from_,
        "MessageSid": text.sid,
        "MessageStatus": text.status,
        "SmsSid": text.sid,
        "SmsStatus": text.status,
        "To": text.to,
    }
    if text.service_sid:
        fields["MessagingServiceSid"] = text.service_sid
    if text.error_code is not None:
        fields["ErrorCode"] = str(text.error_code)
    if text.status in {"delivered", "undelivered"}:
        fields["RawDlrDoneDate"] = world.clock.now().strftime("%y%m%d%H%M")
    return fields


def from_call(world: World, call: Call, verb: Message) -> Text:
    """The text that a Message verb in a voice call sends."""
    url = urljoin(call.here.url, verb.status_callback) if verb.status_callback else ""
    return Text(
        world.new_sid("SM"),
        to=verb.to or call.person,
        from_=verb.from_ or call.ours,
        body=verb.body,
        direction="outbound-call",
        created=world.clock.seconds,
        status_hook=Hook(url),
    )
