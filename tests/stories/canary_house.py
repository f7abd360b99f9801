"""A rehearsal with a canary in it: one phone number and one name, and ears at everything that leaves the house.

Promises: what goes to a sink is searched whole, in any spelling, escaping or unkeyed hash, less only the one thing
that may stand there; how often that one thing stood there is counted. `test_canary` says where it may.
"""

import html
import json
import logging
import re
import traceback
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import md5, sha1, sha256
from typing import Any
from urllib.parse import unquote_plus, urlencode

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from twilio.http import HttpClient

from app import app
from chalicelib.adapters.signature import signed
from chalicelib.observability import count, forget, write_counted
from chalicelib.runtime import Runtime, install
from dev.phone_world import (
    Heard,
    PickUp,
    Press,
    Supporter,
    TwilioWire,
)
from tests.rehearsal import (
    ACCOUNT,
    OUR_NUMBER,
    PUBLIC_URL,
    SLUG,
    TOKEN,
    Rehearsal,
)

CANARY = "+13135550187"
NAME = "Zoraida Canarias"
SPELLINGS = [
    "313 555 0187",
    "(313) 555-0187",
    "1-313-555-0187",
    "+1 313.555.0187",
    "313\u00a0555\u20110187",
    CANARY,
]
MALFORMED = ["313 555 01871", "313-555-0187 x5", "+44 313 555 0187", "Zoraida 313 555 0187"]
FORM = "application/x-www-form-urlencoded"
HOW = Heard("How did it go")

SINKS = {
    "log": "every log line with its facts, of every library, at the lowest level",
    "output": "stdout and stderr",
    "metric": "metrics as CloudWatch reads them",
    "our URL": "every address of ours that is asked for",
    "Twilio URL": "every address of Twilio's that we ask for",
    "Twilio request": "what we tell Twilio, but for To of POST Calls",
    "answer": "every answer of ours: headers, pages, JSON, TwiML, errors",
    "DynamoDB request": "every item and key, over time, but for the phone of an open session, a booking and a form "
    "that waits, and a letter's words",
    "queue message": "everything that is put on the queues of rings and letters",
    "SES tags": "what we have SES give back in every event",
    "escaped error": "an exception that reaches Lambda, which writes it to the log",
}


def _digits(number: str) -> re.Pattern[str]:
    """The digits of a number with whatever people, URLs and pages put between them."""
    return re.compile(r"\D{0,3}".join(number))


def _alone(code: str) -> re.Pattern[str]:
    """A texted code, together or in two halves, that is no part of a longer number or hash."""
    return re.compile(rf"(?<![0-9a-f]){code[:3]}[\s-]?{code[3:]}(?![0-9a-f])")


LOCAL = _digits("5550187")
REVERSIBLE = [
    made
    for spelling in (CANARY, CANARY[1:], CANARY[2:], NAME)
    for made in (
        *(algorithm(spelling.encode()).hexdigest() for algorithm in (md5, sha1, sha256)),
        b64encode(spelling.encode()).decode().rstrip("="),
    )
]
"""An unkeyed hash of a phone number is the number: all of them can be tried in hours."""


def finds(text: str) -> bool:
    """Whether the canary's number or name stands in a text, in any spelling, escaping or unkeyed hash."""
    read = [text, unquote_plus(text), html.unescape(text)]
    read += [re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), each) for each in read]
    if any(LOCAL.search(each) for each in read):
        return True
    low = [each.casefold() for each in read]
    return any(part in each for each in low for part in ("zoraida", "canarias")) or any(
        made in text for made in REVERSIBLE
    )


PLAIN = frozenset(logging.makeLogRecord({}).__dict__)
"""What every log record has; the rest are its facts."""


class Kept(logging.Handler):
    """Keeps each record whole: message, facts, exception."""

    def __init__(self, keep: Callable[[str], None]) -> None:
        super().__init__(logging.DEBUG)
        self.keep = keep

    def emit(self, record: logging.LogRecord) -> None:
        facts = {name: value for name, value in record.__dict__.items() if name not in PLAIN}
        self.keep(f"{self.format(record)} {facts!r}")


@dataclass(repr=False)
class Ears:
    """Everything that was heard, by sink; and how often the number stood where it may. `tokens` are of mailed links.

    `said` are the canary's own texts: they alone may stand in the ledger.

    Shows nothing of it by itself: botocore writes its handlers to the log, and these ears are one.
    """

    heard: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    allowed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    codes: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    is_deaf: bool = False

    def hear(self, sink: str, text: object) -> None:
        """Keep what went to a sink."""
        assert sink in SINKS, sink
        self.heard[sink].append(str(text))

    def _of_texts(self, item: dict[str, Any], update: Mapping[str, Any]) -> None:
        """A number may stand on the roll and in a claim of which nobody knows; people's own words in two places."""
        is_open = item.get("type") == {"S": "claim"} and item["state"]["S"] in {"claimed", "ambiguous"}
        if is_open and item.get("number") == {"S": CANARY}:
            del item["number"]
            self.allowed["open claim"] += 1
        if (
            item.get("type") in ({"S": "consent"}, {"S": "inbox_text"})
            and item.get("text", {}).get("S") in self.said
        ):
            self.allowed["own words"] += NAME in item.pop("text")["S"]
        if update.get("Key", {}).get("PK", {}).get("S", "").startswith("ROLL#"):
            values, names = update["ExpressionAttributeValues"], update["ExpressionAttributeNames"]
            is_row = values.get(":type") == {"S": "roll"} and names.get("#number") == "number"
            if is_row and values.get(":number") == {"S": CANARY}:
                del values[":number"]
                self.allowed["roll"] += 1

    def leaks(self) -> dict[str, str]:
        """The sinks in which the canary, or a code that was texted to it, was found, each with the first find."""
        codes = [_alone(code) for code in self.codes]

        def is_leak(text: str) -> bool:
            return finds(text) or any(code.search(text) for code in codes) or self._has_token(text)

        found = {sink: next(filter(is_leak, texts), None) for sink, texts in self.heard.items()}
        return {sink: text[:600] for sink, text in found.items() if text is not None}

    def _has_token(self, text: str) -> bool:
        """Whether the part of a link stands there that opens it."""
        return any(token.rpartition(".")[2] in text for token in self.tokens)

    def without(self, text: str, allowed: str, place: str) -> str:
        """A text without the one thing that may stand in it; counted, so that the permission is seen to be used."""
        self.allowed[place] += text.count(allowed)
        return text.replace(allowed, "")

    def dynamodb(self, params: Mapping[str, Any], **_: Any) -> None:
        """One request to DynamoDB as it leaves. An open session's, or booking's, phone is where the number must be."""
        if self.is_deaf:
            return
        document = json.loads(params["body"])
        for put in [document, *(part.get("Put", {}) for part in document.get("TransactItems", []))]:
            item = put.get("Item", {})
            if item.get("type") == {"S": "session"} and item["stage"] != {"S": "ended"}:
                self.allowed["open session"] += item.pop("phone", None) == {"S": CANARY}
            if item.get("type") == {"S": "booking"}:
                self.allowed["booked call"] += item.pop("phone", None) == {"S": CANARY}
            if item.get("type") == {"S": "outgoing_text"}:
                self.allowed["waiting form"] += item.pop("number", None) == {"S": CANARY}
            if item.get("type") == {"S": "letter_words"}:
                kept = [item.pop(name, None) for name in ("name", "local", "domain", "body")]
                self.allowed["letter's words"] += {"S": NAME} in kept
        for part in document.get("TransactItems", []):
            self._of_texts(part.get("Put", {}).get("Item", {}), part.get("Update", {}))
        self._of_texts(document.get("Item", {}), {})
        if document.get("ExpressionAttributeValues", {}).get(":stage") == {"S": "waiting"}:
            released = document["ExpressionAttributeValues"].pop(":number", None)
            self.allowed["form put back"] += released == {"S": CANARY}
        self.hear("DynamoDB request", json.dumps(document, ensure_ascii=False))


class Listening(TwilioWire):
    """Twilio's wire, listened to."""

    def __init__(self, house: "CanaryHouse") -> None:
        super().__init__(house.world)
        self.ears = house.ears

    def request(
        self, method: str, url: str, params: Any = None, data: Any = None, *args: Any, **more: Any
    ) -> Any:
        self.ears.hear("Twilio URL", f"{method} {url} {urlencode(params or {})}")
        told = dict(data or {})
        if method.upper() == "POST" and told.get("To") == CANARY:
            del told["To"]
            self.ears.allowed["To"] += 1
        if told.get("Body", "")[:6].isdigit():
            # A code is known once it is texted; whatever was heard before, and after, is searched for it.
            code = told["Body"][:6]
            self.ears.codes.add(code)
            told["Body"] = self.ears.without(told["Body"], code, "text")
        self.ears.hear("Twilio request", told)
        return super().request(method, url, params, data, *args, **more)


class Quoting(HttpClient):  # type: ignore[misc]  # twilio has no types
    """A Twilio that says the number back in whatever goes wrong, as the real one does."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        super().__init__(None, False, None)
        self.answer = answer

    def request(self, *_: Any, **__: Any) -> Any:
        return self.answer()


class CanaryHouse(Rehearsal):
    """A rehearsal in which everything is listened to, and each request carries the canary where people's text goes."""

    def __init__(self, built: Runtime, ears: Ears, **options: Any) -> None:
        self.ears = ears
        super().__init__(built, built.store._table.client, **options)
        self.asked, self.ask = self.ask, self._asked
        self.runtime = replace(self.runtime, http=Listening(self))
        install(self.runtime)
        self.queue.sent = self.sent = Sent(ears)
        self.letters.sent = Sent(ears)
        self.world.add(Supporter(CANARY, [PickUp(), Press("1"), Press("1", when=HOW)]))

    def _asked(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        self.ears.hear("our URL", url)
        odd = {"User-Agent": NAME, "Referer": f"https://example.org/?tel={CANARY}", "X-Forwarded-For": CANARY}
        status, back, answer = self.asked(method, url, {**odd, **headers}, body)
        text = answer.decode()
        if text.startswith("<?xml"):
            text = self.ears.without(text, f'callerId="{CANARY}"', "callerId")
        if method == "POST" and status in {400, 429} and url.startswith(("/c/", "/calls/", "/bookings/")):
            field = "phone" if url.startswith("/c/") else "code"
            typed = html.escape(dict(_pairs(body)).get(field, ""))
            text = self.ears.without(text, f'value="{typed}"', "refused form")
        self.ears.hear("answer", f"{status} {back} {text}")
        if status == 502:
            self.ears.hear("escaped error", text)
        return status, back, answer

    def tap(self, phone: str = CANARY, language: str = "en", **more: str) -> dict[str, Any]:
        return super().tap(phone, language, **({"name": NAME, "note": f"call {CANARY}"} | more))

    def page(self, phone: str, consent: str = "call-1", slug: str = SLUG) -> int:
        return self.post_form(f"/c/{slug}", phone=phone, consent=consent, name=NAME)

    def webhook(self, path: str, *, signature: str | None = None, **fields: str) -> int:
        """A webhook with everything Twilio knows of a person in it; signed unless told otherwise."""
        known = {"AccountSid": ACCOUNT, "CallSid": "CA" + "0" * 32, "To": CANARY, "From": OUR_NUMBER}
        form = known | {"CallerName": NAME, "CallStatus": "in-progress"} | fields
        signature = signed(PUBLIC_URL + path, form, TOKEN) if signature is None else signature
        headers = {"Content-Type": FORM, "X-Twilio-Signature": signature}
        return self.ask("POST", path, headers, urlencode(form).encode())[0]

    def call_page(self, call_id: str) -> None:
        """Everything that shows a call: the page in both languages, and the API."""
        for path in (
            f"/calls/{call_id}",
            f"/calls/{call_id}?lang=es",
            f"/calls/{call_id}?skip=1",
            f"/api/calls/{call_id}",
        ):
            self.get(path)

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """Do something to the table that the app did not do."""
        self.ears.is_deaf = True
        try:
            yield
        finally:
            self.ears.is_deaf = False

    def _handed_to(self, function: str, bodies: Sequence[str]) -> list[str]:
        failed = list(bodies)
        with escapes(self.ears):
            failed = super()._handed_to(function, bodies)
        return failed  # noqa: RET504 - an error leaves it as it was

    def reconcile(self) -> None:
        with escapes(self.ears):
            super().reconcile()

    def talk(self, minutes: float = 20) -> str:
        """One tap, and all that comes of it."""
        call = self.tap()
        self.world.advance(2)
        self.call_page(call["id"])
        self.play(minutes, every=4)
        self.call_page(call["id"])
        return str(call["id"])


class Sent(list[str]):
    """The queue's messages, each heard as it is sent."""

    def __init__(self, ears: Ears) -> None:
        super().__init__()
        self.ears = ears

    def append(self, message: str) -> None:
        self.ears.hear("queue message", message)
        super().append(message)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    return [tuple(map(unquote_plus, part.split("=", 1))) for part in body.decode().split("&")]  # type: ignore[misc]


@contextmanager
def escapes(ears: Ears) -> Iterator[None]:
    """Hear an error as Lambda would write it, and go on as Lambda does."""
    try:
        yield
    except Exception:  # noqa: BLE001 - Lambda survives whatever its function does
        ears.hear("escaped error", traceback.format_exc())


@contextmanager
def listening(dynamodb: Any, capfd: pytest.CaptureFixture[str]) -> Iterator[Ears]:
    """Listen to all logs, outputs, metrics and DynamoDB requests."""
    ears = Ears()
    handler = Kept(lambda line: ears.hear("log", line))
    root, before = logging.getLogger(), logging.getLogger().level
    loggers = [root, app.log]
    for logger in loggers:
        logger.addHandler(handler)
    root.setLevel(logging.DEBUG)
    dynamodb.meta.events.register("before-call.dynamodb", ears.dynamodb, "ears")
    forget()
    capfd.readouterr()
    try:
        yield ears
        ears.hear("output", "".join(capfd.readouterr()))
        count("TextsStopped")
        write_counted()
        ears.hear("metric", capfd.readouterr().out)
    finally:
        dynamodb.meta.events.unregister("before-call.dynamodb", unique_id="ears")
        root.setLevel(before)
        for logger in loggers:
            logger.removeHandler(handler)


@contextmanager
def failing(house: CanaryHouse, *operations: str, error: Callable[[str, str], Exception]) -> Iterator[None]:
    """Have DynamoDB's operations fail with an error that quotes the whole request and the canary."""
    events = house.dynamodb.meta.events

    def fail(model: Any, params: Mapping[str, Any], **_: Any) -> None:
        if model.name in operations:
            raise error(model.name, f"{params['body']!r} {CANARY} {NAME}")

    events.register("before-call.dynamodb", fail, "fail")
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb", unique_id="fail")


def invalid(operation: str, quoted: str) -> Exception:
    """A refusal that quotes the item, as DynamoDB's validation does."""
    return ClientError({"Error": {"Code": "ValidationException", "Message": f"Item {quoted}"}}, operation)


def timed_out(_operation: str, quoted: str) -> Exception:
    return ReadTimeoutError(endpoint_url=f"https://dynamodb/?{quoted}", error=quoted)
