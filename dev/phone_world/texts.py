"""Texts of ours on their way.

Promises: statuses accepted (with a Messaging Service) → queued → sending → sent → what carriers and the person's
phone make of it, told to the status callback as `rules.statuses_told` has it; a sender's rate, its queue's end and
a text's validity. Refuses to know: what people text (`receiving`), media, schedules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from dev.phone_world import carriers, opting, webhooks
from dev.phone_world.calls import NOWHERE, Call, Hook
from dev.phone_world.forms import API_VERSION
from dev.phone_world.people import TextFate
from dev.phone_world.segments import segments
from dev.phone_world.verbs import Message

if TYPE_CHECKING:
    from dev.phone_world.world import World

QUEUED_AFTER = 0.1
SENDING_AFTER = 0.3
SENT_AFTER = 0.5
LONGEST_VALID = 36_000
VALIDITY_EXPIRED = 30036
QUEUE_OVERFLOW = 30001
REFUSALS = {
    opting.BLOCKED: opting.BLOCKED_MESSAGE,
    21211: "Invalid 'To' Phone Number: {to}",
    21612: "Message cannot be sent with the current combination of 'To' ({to}) and 'From' parameters",
    21614: "To number: {to}, is not a mobile number",
}
"""Why Twilio takes no text to somebody, by its code."""


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
    fate: TextFate | None = None
    """What the person's phone makes of it; None: that is not settled yet."""
    segments: int = field(init=False)
    """How many parts the body takes."""

    def __post_init__(self) -> None:
        """Count the parts once: a sender's rate, a day's cap and the resource all ask."""
        self.segments = segments(self.body)


def send(world: World, text: Text) -> None:
    """Put a text of ours on its way."""
    world.register_text(text)
    if text.fate is None:
        text.fate = world.text_fate(text.to)
    if text.service_sid:
        if text.status in world.rules.statuses_told:
            world.after(0.0, lambda: _tell(world, text))
        world.after(QUEUED_AFTER, lambda: _change(world, text, "queued"))
    waits = queue_seconds(world, text.from_)
    if waits > world.rules.longest_text_queue:
        world.after(SENT_AFTER, lambda: _change(world, text, "failed", QUEUE_OVERFLOW))
    elif waits > text.valid_for:
        world.after(text.valid_for, lambda: _change(world, text, "failed", VALIDITY_EXPIRED))
    else:
        _take_turn(world, text, waits)


def refused(world: World, text: Text) -> int:
    """Settle what becomes of `text`: Twilio's code if it takes no such text, else 0."""
    if opting.is_blocked(world, text.to, text.from_):
        return opting.BLOCKED
    text.fate = world.text_fate(text.to)
    return text.fate.code or 0 if text.fate.status == "refused" else 0


def send_unless_refused(world: World, text: Text) -> None:
    """Send what TwiML says, unless Twilio refuses to: then it is an alert, and there is no text."""
    code = refused(world, text)
    if code:
        world.alert(code, REFUSALS[code].format(to=text.to), text.sid)
        return
    send(world, text)


def fail_blocked(world: World, text: Text) -> None:
    """A service took the text and then finds that the person has stopped it."""
    world.register_text(text)
    world.after(SENT_AFTER, lambda: _change(world, text, "failed", opting.BLOCKED))


def queue_seconds(world: World, number: str) -> float:
    """How long a text given to our `number` now would wait for its turn."""
    return max(0.0, world.text_turns.get(number, 0.0) - world.clock.seconds)


def _take_turn(world: World, text: Text, waits: float) -> None:
    rate = world.rules.segments_per_second
    if rate is not None:
        world.text_turns[text.from_] = world.clock.seconds + waits + text.segments / rate
    world.after(waits + SENDING_AFTER, lambda: _leave(world, text))


def _leave(world: World, text: Text) -> None:
    """The text goes to its carrier, which says now or later what came of it."""
    _change(world, text, "sending")
    fate = carriers.fate(world, text)
    if fate.status != "failed":
        world.after(SENT_AFTER - SENDING_AFTER, lambda: _change(world, text, "sent"))
    if fate.status != "sent":
        after = max(fate.after, SENT_AFTER) - SENDING_AFTER
        world.after(after, lambda: _change(world, text, fate.status, fate.code))


def _change(world: World, text: Text, status: str, code: int | None = None) -> None:
    text.status, text.error_code = status, code
    text.updated = world.clock.seconds
    if status == "sent":
        text.sent = world.clock.seconds
    _tell(world, text)


def _tell(world: World, text: Text) -> None:
    if not text.status_hook.url or text.status not in world.rules.statuses_told:
        return
    hook = webhooks.Webhook(
        webhooks.TEXT_STATUS,
        text.status,
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
