"""Texts that people send us.

Promises: the words that are obeyed before any app hears of them (`opting`) first, then the signed webhook of the
number that was texted, once the fallback address if it fails, and the texts that the TwiML answers with, in its
order, from our number. Refuses to know: media, short
codes' carriers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

from dev.phone_world import opting, texts, webhooks
from dev.phone_world.calls import NOWHERE, Hook
from dev.phone_world.courier import Outcome
from dev.phone_world.faults import Trouble
from dev.phone_world.forms import API_VERSION, PLACES
from dev.phone_world.texts import Text
from dev.phone_world.twiml import TwimlError, parse
from dev.phone_world.verbs import Message, Redirect, Verb

if TYPE_CHECKING:
    from dev.phone_world.world import World

NOT_FETCHED = 11200
UNREACHABLE = 11205
NOT_FOR_TEXTS = 12200
TOO_MANY_REPLIES = 14107
MOST_REPLIES, IN_SECONDS = 30, 30.0
LONGEST_BODY = 1600
BODY_TOO_LONG = 21617


@dataclass(frozen=True, slots=True)
class Question:
    """One webhook about one text, and where to turn if it fails."""

    text: Text
    hook: Hook
    fields: dict[str, str]
    fallback: Hook
    label: str = "text"


def receive(world: World, text: Text) -> None:
    """A text of a person arrives at one of our numbers: obey Twilio's words, then ask the webhook."""
    text.status, text.sent = "received", text.created
    ours = world.numbers[text.to]
    text.service_sid = ours.service
    world.register_text(text)
    obeyed = opting.obey(world, text)
    for answer in obeyed.answers:
        texts.send(world, _outgoing(world, text, Message(answer)))
    if ours.text.url:
        _ask(world, Question(text, ours.text, _fields(world, text, obeyed.told), ours.text_fallback))


def _fields(world: World, text: Text, told: str) -> dict[str, str]:
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
    if text.service_sid:
        fields["MessagingServiceSid"] = text.service_sid
    return fields | ({"OptOutType": told} if told else {})


def _ask(world: World, question: Question) -> None:
    hook = question.hook
    webhook = webhooks.Webhook(
        webhooks.TWIML, question.label, hook.method, hook.url, question.fields, question.text.sid
    )
    webhooks.send(world, webhook, lambda outcome: _heard(world, question, outcome))


def _heard(world: World, question: Question, outcome: Outcome) -> None:
    if outcome.status is None or outcome.status >= 300:  # noqa: PLR2004
        is_unreachable = outcome.trouble in {Trouble.REFUSED, Trouble.CONNECT_TIMEOUT}
        code = UNREACHABLE if is_unreachable else NOT_FETCHED
        _turn_to_fallback(world, question, code, f"text webhook: {outcome.trouble or outcome.status}")
        return
    if not outcome.body:
        return
    try:
        verbs = parse(outcome.content_type, outcome.body)
    except TwimlError as error:
        world.complain(error.code, error.message, question.text.sid, question.hook.url)
        _turn_to_fallback(world, question, error.code, error.message)
        return
    for verb in verbs:
        if not _carry_out(world, question, verb):
            break


def _turn_to_fallback(world: World, question: Question, code: int, message: str) -> None:
    url = question.hook.url
    world.alert(code, message, question.text.sid, url)
    if question.fallback.url:
        fields = question.fields | {"ErrorCode": str(code), "ErrorUrl": urldefrag(url).url}
        _ask(world, Question(question.text, question.fallback, fields, NOWHERE, "fallback"))


def _carry_out(world: World, question: Question, verb: Verb) -> bool:
    """Do what one verb says; False if no further one counts."""
    text, hook = question.text, question.hook
    match verb:
        case Message() if len(verb.body) > LONGEST_BODY:
            world.complain(BODY_TOO_LONG, f"a text has at most {LONGEST_BODY} characters", text.sid, hook.url)
        case Message():
            _answer(world, _outgoing(world, text, verb, hook.url))
        case Redirect():
            there = Hook(urljoin(hook.url, verb.url), verb.method)
            _ask(world, replace(question, hook=there, label="redirect"))
            return False
        case _:
            name = type(verb).__name__
            world.complain(NOT_FOR_TEXTS, f"{name} means nothing in a text", text.sid, hook.url)
    return True


def _answer(world: World, reply: Text) -> None:
    """Send what the app answers; more than 30 texts to one person in 30 s are taken for two robots."""
    recent = world.replies[reply.to, reply.from_]
    while recent and recent[0] <= reply.created - IN_SECONDS:
        recent.popleft()
    if len(recent) >= MOST_REPLIES:
        world.alert(TOO_MANY_REPLIES, "message send limit reached: is a robot answering a robot?", reply.sid)
        return
    recent.append(reply.created)
    texts.send_unless_refused(world, reply)


def _outgoing(world: World, text: Text, verb: Message, url: str = "") -> Text:
    status = urljoin(url, verb.status_callback) if verb.status_callback else ""
    return Text(
        world.new_sid("SM"),
        to=verb.to or text.from_,
        from_=verb.from_ or text.to,
        body=verb.body,
        direction="outbound-reply",
        created=world.clock.seconds,
        status_hook=Hook(status),
    )
