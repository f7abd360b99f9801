"""Texts: messages in and out.

Promises: a small but real half of Twilio's Messages: statuses queued → sent → delivered with callbacks,
texts that people send with the webhook of the number they wrote to, and the TwiML it answers. Refuses to
know: voice, opt-out keywords (Twilio's default STOP handling is not played).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from dev.phone_world import webhooks
from dev.phone_world.calls import NOWHERE, Call, Hook
from dev.phone_world.courier import Outcome
from dev.phone_world.forms import API_VERSION, PLACES
from dev.phone_world.twiml import TwimlError, parse
from dev.phone_world.verbs import Message, Redirect, Verb

if TYPE_CHECKING:
    from dev.phone_world.world import World

SENT_AFTER = 0.5
DELIVERED_AFTER = 1.5
GSM_SINGLE, GSM_PART, UCS_SINGLE, UCS_PART = 160, 153, 70, 67


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

    @property
    def segments(self) -> int:
        """How many parts the body takes; anything outside ASCII counts as UCS-2 here, on the safe side."""
        single, part = (GSM_SINGLE, GSM_PART) if self.body.isascii() else (UCS_SINGLE, UCS_PART)
        return 1 if len(self.body) <= single else -(-len(self.body) // part)


def send(world: World, text: Text) -> None:
    """Put a text of ours on its way."""
    world.texts.append(text)
    text.updated = text.created
    world.after(SENT_AFTER, lambda: _change(world, text, "sent"))
    world.after(DELIVERED_AFTER, lambda: _change(world, text, "delivered"))


def _change(world: World, text: Text, status: str) -> None:
    text.status = status
    text.updated = world.clock.seconds
    if status == "sent":
        text.sent = world.clock.seconds
    if not text.status_hook.url:
        return
    fields = {
        "AccountSid": world.account_sid,
        "ApiVersion": API_VERSION,
        "From": text.from_,
        "MessageSid": text.sid,
        "MessageStatus": status,
        "SmsSid": text.sid,
        "SmsStatus": status,
        "To": text.to,
    }
    hook = webhooks.Webhook(
        webhooks.TEXT_STATUS, status, text.status_hook.method, text.status_hook.url, fields, text.sid
    )
    webhooks.send(world, hook)


def receive(world: World, text: Text) -> None:
    """A text of a person arrives at one of our numbers: ask the number's webhook."""
    text.status = "received"
    world.texts.append(text)
    hook = world.numbers[text.to].text
    if not hook.url:
        return
    fields = {
        "AccountSid": world.account_sid,
        "ApiVersion": API_VERSION,
        "Body": text.body,
        "From": text.from_,
        "MessageSid": text.sid,
        "NumMedia": "0",
        "NumSegments": str(text.segments),
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "To": text.to,
        **{name: value for name, value in PLACES.items() if name.startswith(("From", "To"))},
    }
    _ask(world, text, hook, "text", fields)


def _ask(world: World, text: Text, hook: Hook, label: str, fields: dict[str, str]) -> None:
    webhook = webhooks.Webhook(webhooks.TWIML, label, hook.method, hook.url, fields, text.sid)
    webhooks.send(world, webhook, lambda outcome: _heard(world, text, hook, fields, outcome))


def _heard(world: World, text: Text, hook: Hook, fields: dict[str, str], outcome: Outcome) -> None:
    if outcome.status is None or outcome.status >= 300:  # noqa: PLR2004
        world.alert(11200, f"text webhook: {outcome.trouble or outcome.status}", text.sid, hook.url)
        return
    if not outcome.body:
        return
    try:
        verbs = parse(outcome.content_type, outcome.body)
    except TwimlError as error:
        world.complain(error.code, error.message, text.sid, hook.url)
        return
    for verb in verbs:
        _carry_out(world, text, hook, fields, verb)


def _carry_out(world: World, text: Text, hook: Hook, fields: dict[str, str], verb: Verb) -> None:
    match verb:
        case Message():
            send(world, _reply(world, text, verb, hook))
        case Redirect():
            _ask(world, text, Hook(urljoin(hook.url, verb.url), verb.method), "redirect", fields)
        case _:
            world.complain(12200, f"{type(verb).__name__} means nothing in a text", text.sid, hook.url)


def _reply(world: World, text: Text, verb: Message, hook: Hook) -> Text:
    url = urljoin(hook.url, verb.status_callback) if verb.status_callback else ""
    return Text(
        world.new_sid("SM"),
        to=verb.to or text.from_,
        from_=verb.from_ or text.to,
        body=verb.body,
        direction="outbound-reply",
        created=world.clock.seconds,
        status_hook=Hook(url),
    )


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
