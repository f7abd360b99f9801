"""Reading TwiML.

Promises: the verbs of a document, in order; or one TwimlError with Twilio's error number that names the
verb, attribute or value that is wrong. Stricter than Twilio, which would skip what it does not know and
only warn: here an unknown word is a mistake to be found today. Refuses to know: calls, time, the wire.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

from dev.phone_world.verbs import (
    Dial,
    Gather,
    Hangup,
    Message,
    Number,
    Pause,
    Play,
    Prompt,
    Redirect,
    Reject,
    Say,
    Verb,
)

NOT_XML = 12100
ROOT_IS_NOT_RESPONSE = 12102
NOT_IN_THE_SCHEMA = 12200
WRONG_CONTENT_TYPE = 12300
XML_TYPES = ("text/xml", "application/xml", "text/html")

SSML = {"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"}
VOICE = re.compile(r"man|woman|alice|(Polly|Google|ElevenLabs|Amazon)\.[\w-]+")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
EVENTS = ("initiated", "ringing", "answered", "completed")

Converter = Callable[[str], Any]
Attributes = Mapping[str, tuple[str, Converter]]


class TwimlError(Exception):
    """A document Twilio would stumble over: `code` is Twilio's error number, the text says what."""

    def __init__(self, code: int, message: str) -> None:
        """Keep both for whoever reports it."""
        super().__init__(message)
        self.code = code
        self.message = message


def parse(content_type: str, body: bytes) -> tuple[Verb, ...]:
    """The verbs of an answer to a webhook. TwimlError 12300, 12100, 12102 or 12200 if it is not TwiML."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in XML_TYPES:
        raise TwimlError(
            WRONG_CONTENT_TYPE, f"the answer's content type is {kind or 'missing'}, not text/xml"
        )
    return parse_document(body)


@lru_cache(maxsize=512)
def parse_document(body: bytes) -> tuple[Verb, ...]:
    """The verbs of a TwiML document; errors as `parse`."""
    try:
        root = ET.fromstring(body)  # noqa: S314 - it comes from the app under test
    except ET.ParseError as error:
        raise TwimlError(NOT_XML, f"not well-formed XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(ROOT_IS_NOT_RESPONSE, f"the root element is {root.tag}, not Response")
    if root.attrib:
        raise _wrong(f"Response has no attribute {_listed(root.attrib)}")
    _no_text(root)
    return tuple(_verb(element) for element in root)


def _verb(element: ET.Element) -> Verb:
    reader = READERS.get(element.tag)
    if reader is None:
        raise _wrong(f"{element.tag} is not a verb the phone world knows")
    return reader(element)


def _say(element: ET.Element) -> Say:
    for child in element.iter():
        if child is not element and child.tag not in SSML:
            raise _wrong(f"{child.tag} may not stand in Say")
    spoken = " ".join("".join(element.itertext()).split())
    if not spoken:
        raise _wrong("Say has no words")
    return Say(spoken, **_attributes(element, SAY))


def _play(element: ET.Element) -> Play:
    _no_children(element)
    play = Play(url=_text(element), **_attributes(element, PLAY))
    if bool(play.url) == bool(play.digits):
        raise _wrong("Play needs an address or digits, one of them")
    return play


def _pause(element: ET.Element) -> Pause:
    _no_children(element)
    _no_text(element)
    return Pause(**_attributes(element, PAUSE))


def _gather(element: ET.Element) -> Gather:
    _no_text(element)
    found = _attributes(element, GATHER)
    found.pop("input", None)
    for child in element:
        if child.tag not in {"Say", "Play", "Pause"}:
            raise _wrong(f"{child.tag} may not stand in Gather")
    prompts = tuple(cast("Prompt", _verb(child)) for child in element)
    return Gather(prompts, **found)


def _dial(element: ET.Element) -> Dial:
    found = _attributes(element, DIAL)
    if len(element) == 0:
        return Dial((Number(_number(_text(element), "Dial")),), **found)
    _no_text(element)
    for child in element:
        if child.tag != "Number":
            raise _wrong(f"{child.tag} may not stand in Dial here: the phone world dials numbers only")
    return Dial(tuple(_number_noun(child) for child in element), **found)


def _number_noun(element: ET.Element) -> Number:
    _no_children(element)
    return Number(_number(_text(element), "Number"), **_attributes(element, NUMBER))


def _redirect(element: ET.Element) -> Redirect:
    _no_children(element)
    return Redirect(_text(element), **_attributes(element, REDIRECT))


def _hangup(element: ET.Element) -> Hangup:
    _no_children(element)
    _no_text(element)
    _attributes(element, {})
    return Hangup()


def _reject(element: ET.Element) -> Reject:
    _no_children(element)
    _no_text(element)
    return Reject(**_attributes(element, REJECT))


def _message(element: ET.Element) -> Message:
    found = _attributes(element, MESSAGE)
    bodies = [child for child in element if child.tag == "Body"]
    if len(bodies) != len(element):
        raise _wrong("Message may hold Body only: the phone world sends words, no media")
    for child in bodies:
        _no_children(child)
    body = "".join(_text(child) for child in bodies) if bodies else _text(element)
    if not body:
        raise _wrong("Message has no words")
    return Message(body, **found)


# Attributes: reading them, one table per verb.


def _attributes(element: ET.Element, known: Attributes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in element.attrib.items():
        if name not in known:
            raise _wrong(f"{element.tag} has no attribute {name} that the phone world knows")
        field, converter = known[name]
        try:
            found[field] = converter(value)
        except ValueError as error:
            raise _wrong(f'{element.tag} {name}="{value}": {error}') from error
    return found


def _whole(least: int, most: int) -> Converter:
    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", value) or not least <= int(value) <= most:
            message = f"not a whole number from {least} to {most}"
            raise ValueError(message)
        return int(value)

    return read


def _one_of(*allowed: str) -> Converter:
    def read(value: str) -> str:
        if value not in allowed:
            message = f"not one of {', '.join(allowed)}"
            raise ValueError(message)
        return value

    return read


def _matching(pattern: re.Pattern[str], what: str) -> Converter:
    def read(value: str) -> str:
        if not pattern.fullmatch(value):
            message = f"not {what}"
            raise ValueError(message)
        return value

    return read


def _truth(value: str) -> bool:
    return bool(_one_of("true", "false")(value) == "true")


def _events(value: str) -> tuple[str, ...]:
    return tuple(_one_of(*EVENTS)(word) for word in value.split())


URL = _matching(re.compile(r"\S+"), "an address")
METHOD = _one_of("GET", "POST")
TONES = _matching(re.compile(r"[0-9A-Da-d#*wW]{1,32}"), "up to 32 keys or pauses")
KEY = _matching(re.compile(r"[0-9#*]?"), "one key, or empty for none")
PHONE = _matching(E164, "a number like +14045550123")

SAY: Attributes = {
    "voice": ("voice", _matching(VOICE, "a voice Twilio has")),
    "language": ("language", _matching(LANGUAGE, "a language like es-MX")),
    "loop": ("loop", _whole(0, 1000)),
}
PLAY: Attributes = {"digits": ("digits", TONES), "loop": ("loop", _whole(0, 1000))}
PAUSE: Attributes = {"length": ("length", _whole(0, 600))}
GATHER: Attributes = {
    "input": ("input", _one_of("dtmf")),
    "action": ("action", URL),
    "method": ("method", METHOD),
    "timeout": ("timeout", _whole(1, 600)),
    "numDigits": ("num_digits", _whole(1, 1000)),
    "finishOnKey": ("finish_on_key", KEY),
    "actionOnEmptyResult": ("action_on_empty_result", _truth),
}
DIAL: Attributes = {
    "action": ("action", URL),
    "method": ("method", METHOD),
    "timeout": ("timeout", _whole(5, 600)),
    "timeLimit": ("time_limit", _whole(1, 86_400)),
    "callerId": ("caller_id", PHONE),
    "hangupOnStar": ("hangup_on_star", _truth),
    "answerOnBridge": ("answer_on_bridge", _truth),
}
NUMBER: Attributes = {
    "statusCallback": ("status_callback", URL),
    "statusCallbackMethod": ("status_callback_method", METHOD),
    "statusCallbackEvent": ("status_callback_event", _events),
    "sendDigits": ("send_digits", TONES),
    "url": ("url", URL),
    "method": ("method", METHOD),
}
REDIRECT: Attributes = {"method": ("method", METHOD)}
REJECT: Attributes = {"reason": ("reason", _one_of("rejected", "busy"))}
MESSAGE: Attributes = {
    "to": ("to", PHONE),
    "from": ("from_", PHONE),
    "action": ("action", URL),
    "method": ("method", METHOD),
    "statusCallback": ("status_callback", URL),
}
READERS: Mapping[str, Callable[[ET.Element], Verb]] = {
    "Say": _say,
    "Play": _play,
    "Pause": _pause,
    "Gather": _gather,
    "Dial": _dial,
    "Redirect": _redirect,
    "Hangup": _hangup,
    "Reject": _reject,
    "Message": _message,
}


def _number(value: str, tag: str) -> str:
    if not E164.fullmatch(value):
        raise TwimlError(13223, f'{tag}: "{value}" is not a number like +14045550123')
    return value


def _text(element: ET.Element) -> str:
    return "".join(part or "" for part in (element.text, *(child.tail for child in element))).strip()


def _no_text(element: ET.Element) -> None:
    if _text(element):
        raise _wrong(f'{element.tag} may not hold the words "{_text(element)[:40]}"')


def _no_children(element: ET.Element) -> None:
    if len(element):
        raise _wrong(f"{element[0].tag} may not stand in {element.tag}")


def _listed(attributes: Mapping[str, str]) -> str:
    return ", ".join(attributes)


def _wrong(message: str) -> TwimlError:
    return TwimlError(NOT_IN_THE_SCHEMA, message)
