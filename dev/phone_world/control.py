"""What the hands-on page and a driving program can do to the world: `/world/…`, JSON in and out.

Promises: every action is one POST with one small document; a wrong one is refused in plain words (400),
never half done. Refuses to know: HTTP and threads; its caller holds the world's lock.

    GET  /world/state                       the snapshot
    GET  /world/wire                        every request so far, with its whole form
    GET  /world/calls                       every leg: numbers, status, seconds
    GET  /world/texts                       every text: numbers, words, parts, status, error code
    GET  /world/transcripts/{CallSid}       what was said, heard and pressed
    GET  /world/complaints                  wrong Twilio that the app spoke
    POST /world/reset                       forget calls and people, begin anew
    POST /world/supporters                  {number, name?, script?: [{move, …}], later?: [[…]],
                                            texts?: [{status, code?, after?}]: what becomes of texts to them,
                                            carrier?: T-Mobile}
    POST /world/offices                     {number, name?, answers?, first?: [answers, …], at_once?,
                                            ring_seconds?, talk_seconds?}, or a list of such;
                                            {number, gone: true} takes a line away
    POST /world/phones                      {number, do, keys?, words?}; do is answer, decline, voicemail,
                                            press, speak or hang_up
    POST /world/calls                       {number, to, hides?, script?}: somebody calls one of our numbers;
                                            to may be a tel: link: +12025550142,,482915
    POST /world/texts                       {number, to, body}: somebody texts one of our numbers
    POST /world/fates                       {number, becomes: [names, …]}: what becomes of texts to this phone from
                                            now on, like HANDSET_OFF, STOPPED (`people.FATES`)
    POST /world/rules                       {creates_per_second?, segments_per_second?, longest_text_queue?,
                                            registered?, t_mobile_a_day?, list_lag?, cps?}: the account's limits
    POST /world/keywords                    {twilio: none|default|advanced, without?: [words]}: whether Twilio
                                            itself obeys and answers STOP, START, HELP and their like; advanced:
                                            the account's own words, at numbers in a Messaging Service
    POST /world/next-create                 {trouble, code?, status?, seconds?, placed?}
    POST /world/next-webhook                {plan: once|twice|late|lost|answer_lost, seconds?}
    POST /world/clock                       {pause: true|false} or {skip: seconds} or {speed: times}
    POST /world/forge                       {url?, signature?: missing|wrong}: a webhook that is not Twilio's
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from dev.phone_world import http_wire, people, tel, webhooks
from dev.phone_world.calls import ANONYMOUS, Call
from dev.phone_world.courier import Outcome, Parcel
from dev.phone_world.faults import CreateFault, CreateTrouble, Plan
from dev.phone_world.keywords import ADVANCED, LONG_CODE, Keywords
from dev.phone_world.offices import Answer, OfficeLine
from dev.phone_world.people import Move, Supporter, TextFate
from dev.phone_world.signing import HEADER
from dev.phone_world.snapshot import alert_line, state
from dev.phone_world.texts import Text
from dev.phone_world.twiml import E164
from dev.phone_world.wire_log import TO_APP, WireEntry

if TYPE_CHECKING:
    from dev.phone_world.server import PhoneWorldServer

Document = Mapping[str, Any]
Reply = tuple[int, Any]


class Refused(Exception):
    """What was asked cannot be done; the text says why."""


def control(server: PhoneWorldServer, method: str, path: str, document: Any) -> Reply:
    """Do one thing, or show one thing: (status, JSON document)."""
    if method == "GET":
        return _show(server, path)
    action = ACTIONS.get(path)
    if action is None:
        return 404, {"error": f"there is no {path}"}
    try:
        return 200, action(server, document) or {"done": True}
    except (Refused, http_wire.NotLoopback, LookupError, ValueError, TypeError) as refusal:
        return 400, {"error": str(refusal)}


def _show(server: PhoneWorldServer, path: str) -> Reply:
    world = server.world
    if path == "/world/state":
        pace = server.pace
        return 200, state(world, paused=pace.paused, speed=pace.speed, suggested=server.suggested)
    if path == "/world/wire":
        return 200, [dataclasses.asdict(entry) for entry in world.wire]
    if path == "/world/calls":
        return 200, [_leg(call) for call in world.calls]
    if path == "/world/complaints":
        return 200, [alert_line(alert) for alert in world.complaints]
    if path == "/world/texts":
        return 200, [_message(text) for text in world.texts]
    sid = path.removeprefix("/world/transcripts/")
    if sid in world.by_sid:
        return 200, [dataclasses.asdict(line) for line in world.transcript(sid)]
    return 404, {"error": f"there is no {path}"}


def _leg(call: Call) -> dict[str, Any]:
    facts = (
        "sid",
        "to",
        "from_",
        "direction",
        "parent_sid",
        "status",
        "created",
        "rang",
        "started",
        "answered",
        "ended",
    )
    return {name: getattr(call, name) for name in facts} | {"bridged_seconds": call.bridged_seconds}


def _message(text: Text) -> dict[str, Any]:
    facts = ("sid", "to", "from_", "body", "direction", "created", "status", "error_code", "segments")
    return {name: getattr(text, name) for name in facts}


def _reset(server: PhoneWorldServer, _document: Document) -> None:
    server.reset()


def _supporters(server: PhoneWorldServer, document: Document) -> None:
    scripts = document.get("script")
    server.world.add(
        Supporter(
            _number(document),
            None if scripts is None else tuple(_move(move) for move in scripts),
            tuple(tuple(_move(move) for move in script) for script in document.get("later", ())),
            str(document.get("name", "")),
            tuple(TextFate(**fate) for fate in document.get("texts", ())),
            str(document.get("carrier", "")),
        )
    )


MOVES: Mapping[str, type[Move]] = {
    kind.__name__: kind
    for kind in (
        people.PickUp,
        people.Decline,
        people.Voicemail,
        people.Press,
        people.Star,
        people.Speak,
        people.HangUp,
    )
}


def _move(document: Document) -> Move:
    """{"move": "Press", "keys": "1", "after": 2, "when": "connected"}; {"heard": words} as when."""
    told = dict(document)
    kind = MOVES.get(told.pop("move", ""))
    if kind is None:
        raise Refused(f"a move is one of {', '.join(MOVES)}")
    when = told.get("when")
    if isinstance(when, Mapping):
        told["when"] = people.Heard(str(when["heard"]))
    return kind(**told)


def _offices(server: PhoneWorldServer, document: Any) -> None:
    for line in document if isinstance(document, list) else [document]:
        _office(server, line)


def _office(server: PhoneWorldServer, document: Document) -> None:
    number = _number(document)
    before = server.world.parties.get(number)
    if document.get("gone"):
        if not isinstance(before, OfficeLine):
            raise Refused(f"there is no office at {number}")
        del server.world.parties[number]
        return
    line = before if isinstance(before, OfficeLine) else server.new_line(number)
    plain = ("name", "ring_seconds", "talk_seconds", "at_once")
    told = {name: document[name] for name in plain if name in document}
    if "answers" in document:
        told["answers"] = Answer[str(document["answers"])]
    if "first" in document:
        told["first"] = tuple(Answer[str(answer)] for answer in document["first"])
    server.world.add(dataclasses.replace(line, **told))


def _phones(server: PhoneWorldServer, document: Document) -> None:
    world, number, what = server.world, _number(document), document.get("do")
    match what:
        case "answer":
            world.answer(number)
        case "decline" | "hang_up":
            world.hang_up(number)
        case "voicemail":
            world.voicemail(number)
        case "press":
            world.press(number, str(document["keys"]))
        case "speak":
            world.speak(number, str(document["words"]))
        case _:
            raise Refused(f"a phone can answer, decline, voicemail, press, speak and hang_up, not {what}")


def _calls(server: PhoneWorldServer, document: Document) -> Document:
    to, post_dial = tel.dialled(str(document["to"]))
    moves = None if "script" not in document else [_move(move) for move in document["script"]]
    shows = ANONYMOUS if document.get("hides") else ""
    call = server.world.call_in(_number(document), to, moves, post_dial=post_dial, shows=shows)
    return {"sid": call.sid}


def _texts(server: PhoneWorldServer, document: Document) -> Document:
    to = str(document["to"])
    if to not in server.world.numbers:
        raise Refused(f"{to} is not a number of this account")
    text = server.world.text_in(_number(document), to, str(document["body"]))
    return {"sid": text.sid}


def _fates(server: PhoneWorldServer, document: Document) -> None:
    world, number = server.world, _number(document)
    before = world.parties.get(number)
    person = before if isinstance(before, Supporter) else Supporter(number)
    world.texted[number] = 0
    world.add(dataclasses.replace(person, texts=tuple(_fate(str(name)) for name in document["becomes"])))


def _fate(name: str) -> TextFate:
    if name not in people.FATES:
        raise Refused(f"what becomes of a text is one of {', '.join(people.FATES)}, not {name}")
    return people.FATES[name]


LIMITS: Mapping[str, type] = {
    "creates_per_second": int,
    "segments_per_second": float,
    "longest_text_queue": float,
    "registered": bool,
    "t_mobile_a_day": int,
    "list_lag": float,
    "cps": float,
}
"""Rules that can be changed while the world runs."""
NEVER_NONE = frozenset({"longest_text_queue", "registered", "list_lag", "cps"})


def _rules(server: PhoneWorldServer, document: Document) -> None:
    told: dict[str, Any] = {}
    for name, value in document.items():
        if name not in LIMITS or (value is None and name in NEVER_NONE):
            raise Refused(f"a rule is one of {', '.join(LIMITS)}, with its value; not {name}")
        told[name] = None if value is None else LIMITS[name](value)
    for name, value in told.items():
        setattr(server.world.rules, name, value)


def _keywords(server: PhoneWorldServer, document: Document) -> None:
    rules = server.world.rules
    rules.keywords = keywords(str(document["twilio"]), document.get("without", ()), rules.advanced)


def keywords(name: str, without: Iterable[str] = (), advanced: Keywords = ADVANCED) -> Keywords | None:
    """The words that are obeyed before the app, by name, less some; Refused for a name that is none."""
    kinds = {"none": None, "default": LONG_CODE, "advanced": advanced}
    if name not in kinds:
        raise Refused(f"Twilio’s own words are {', '.join(kinds)}, not {name}")
    words = kinds[name]
    return words.without(*without) if words is not None else None


def _next_create(server: PhoneWorldServer, document: Document) -> None:
    trouble = CreateTrouble(document["trouble"])
    usual = {
        CreateTrouble.THROTTLED: CreateFault.throttled(),
        CreateTrouble.REFUSED: CreateFault.refused(),
        CreateTrouble.BROKEN: CreateFault.broken(),
        CreateTrouble.HANGS: CreateFault.hangs(),
        CreateTrouble.RESET: CreateFault.reset(),
        CreateTrouble.UNREACHABLE: CreateFault.unreachable(),
    }[trouble]
    told = {name: document[name] for name in ("code", "status", "seconds", "placed") if name in document}
    server.world.next_creates.append(dataclasses.replace(usual, **told))


def _next_webhook(server: PhoneWorldServer, document: Document) -> None:
    seconds = float(document.get("seconds", 8.0))
    plans = {
        "twice": Plan.twice(min(seconds, 2.0)),
        "late": Plan.late(seconds),
        "lost": Plan.lost(),
        "answer_lost": Plan(answer_lost=True),
    }
    name = str(document["plan"])
    server.world.next_plans.clear()
    if name == "once":
        return
    if name not in plans:
        raise Refused(f"a webhook arrives once, twice, late, or is lost, or its answer_lost; not {name}")
    server.world.next_plans.append(plans[name])


def _clock(server: PhoneWorldServer, document: Document) -> None:
    pace = server.pace
    if "speed" in document:
        pace.catch_up()
        pace.speed = max(0.1, min(100.0, float(document["speed"])))
    if "skip" in document:
        pace.skip(max(0.0, min(86_400.0, float(document["skip"]))))
    if "pause" in document:
        (pace.pause if document["pause"] else pace.resume)()


def _forge(server: PhoneWorldServer, document: Document) -> Document:
    """Send what the last webhook said once more, but with no signature or a wrong one."""
    world = server.world
    last = next((entry for entry in reversed(world.wire) if entry.way == TO_APP and entry.url), None)
    url = str(document.get("url") or (last.url if last else ""))
    if not url:
        raise Refused("no webhook was sent yet, so there is none to forge")
    http_wire.loopback_address(urlsplit(url).hostname or "")
    fields = dict(last.fields) if last else {"CallSid": world.new_sid("CA")}
    signature = str(document.get("signature", "missing"))
    headers = {"Content-Type": webhooks.FORM, "User-Agent": "not Twilio"}
    if signature == "wrong":
        headers[HEADER] = "bm90IHRoZSBzaWduYXR1cmU="
    parcel = Parcel("POST", url.partition("#")[0], headers, urlencode(fields).encode())
    left = world.clock.seconds

    def note(outcome: Outcome) -> None:
        world.wire.append(
            WireEntry(
                left,
                TO_APP,
                f"POST {urlsplit(url).path}",
                "forged",
                fields,
                signature,
                outcome.status,
                outcome.took_ms,
                note="forged",
            )
        )

    world.courier.carry(parcel, note)
    return {"sent": url}


def _number(document: Document) -> str:
    number = str(document.get("number", ""))
    if not E164.fullmatch(number):
        raise Refused(f"{number or 'nothing'} is not a number like +14045550123")
    return number


ACTIONS: Mapping[str, Callable[[PhoneWorldServer, Any], Any]] = {
    "/world/reset": _reset,
    "/world/supporters": _supporters,
    "/world/offices": _offices,
    "/world/phones": _phones,
    "/world/calls": _calls,
    "/world/texts": _texts,
    "/world/fates": _fates,
    "/world/rules": _rules,
    "/world/keywords": _keywords,
    "/world/next-create": _next_create,
    "/world/next-webhook": _next_webhook,
    "/world/clock": _clock,
    "/world/forge": _forge,
}
