"""What the hands-on page shows: the world at one moment, as JSON.

Promises: everything the page needs in one document, ready to be shown (numbers as people write them).
Refuses to know: HTML, and how the page asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from dev.phone_world.calls import IN_PROGRESS, INBOUND, OUTBOUND_DIAL, RINGING, WITHHELD, Call
from dev.phone_world.offices import OfficeLine
from dev.phone_world.people import FATES, Supporter
from dev.phone_world.wire_log import FROM_APP, TO_APP, Alert, WireEntry
from dev.phone_world.world import World

Json = dict[str, Any]
WIRE_SHOWN = 60
SEEN_SHOWN = 5
IDLE = "idle"


def state(world: World, *, paused: bool, speed: float, suggested: Iterable[str] = ()) -> Json:
    """The whole world, as far as the page shows it. `suggested` are words worth texting."""
    return {
        "clock": {"now": world.now().isoformat(), "paused": paused, "speed": speed},
        "numbers": [
            {
                "number": number,
                "shown": world.display(number),
                "takes_calls": bool(ours.voice.url),
                "takes_texts": bool(ours.text.url),
            }
            for number, ours in world.numbers.items()
        ],
        "suggested": list(suggested),
        "keywords": _keywords(world),
        "next_webhooks": len(world.next_plans),
        "next_creates": len(world.next_creates),
        "phones": [_phone(world, party) for party in world.parties.values() if isinstance(party, Supporter)],
        "offices": [
            _office(world, party) for party in world.parties.values() if isinstance(party, OfficeLine)
        ],
        "so_far": _so_far(world),
        "wire": [wire_line(world, entry) for entry in reversed(world.wire[-WIRE_SHOWN:])],
        "complaints": [alert_line(alert) for alert in world.complaints[-20:]],
        "alerts": [alert_line(alert) for alert in world.alerts[-20:]],
    }


def _keywords(world: World) -> str:
    words = world.rules.keywords
    return "none" if words is None else "advanced" if words.advanced else "default"


def _phone(world: World, person: Supporter) -> Json:
    call = _last_call(world, person.number)
    own = [text for text in world.texts if person.number in {text.to, text.from_}]
    return {
        "number": person.number,
        "shown": world.display(person.number),
        "name": person.name,
        "becomes": _becomes(world, person),
        **_present(world, call),
        "call": _call(world, call) if call is not None else None,
        "lines": _lines(world, person, call) if call is not None else [],
        "texts": [
            {
                "mine": text.from_ == person.number,
                "body": text.body,
                "at": _time(world, text.created),
                "status": text.status,
                "code": text.error_code,
                "segments": text.segments,
            }
            for text in own
        ],
    }


def _becomes(world: World, person: Supporter) -> str:
    """What becomes of the next text to them, by name; empty if it has none."""
    fate = person.text_fate(world.texted[person.number])
    return next((name for name, named in FATES.items() if named == fate), "")


def _office(world: World, line: OfficeLine) -> Json:
    legs = [call for call in world.calls if call.person == line.number]
    call = _last_call(world, line.number)
    return {
        "number": line.number,
        "shown": world.display(line.number),
        "name": line.name,
        "answers": line.answers.name,
        "first": [answer.name for answer in line.first],
        "at_once": line.at_once,
        "ring_seconds": line.ring_seconds,
        "talk_seconds": line.talk_seconds,
        "calls": len(legs),
        "now": len(world.legs[line.number]),
        "saw": [_seen(world, leg) for leg in legs if leg.rang is not None][-SEEN_SHOWN:],
        "last": legs[-1].created if legs else -1,
        **_present(world, call),
        "call": _call(world, call) if call is not None else None,
    }


def _seen(world: World, leg: Call) -> Json:
    """What the office's display showed when `leg` rang, and whose number that is."""
    hidden = leg.from_ in WITHHELD
    return {
        "at": _time(world, leg.rang or 0.0),
        "shown": "" if hidden else world.display(leg.from_),
        "whose": "hidden" if hidden else "ours" if leg.from_ in world.numbers else "own",
    }


def _last_call(world: World, number: str) -> Call | None:
    """The call that rings or talks at `number`, else the last one there was."""
    if world.legs[number]:
        return world.legs[number][-1]
    return next((call for call in reversed(world.calls) if call.person == number), None)


def _present(world: World, call: Call | None) -> Json:
    """What the phone does now, and for how many seconds."""
    if call is None or call.is_over or call.status not in {RINGING, IN_PROGRESS}:
        return {"status": IDLE, "seconds": 0}
    since = call.answered if call.status == IN_PROGRESS else call.updated
    status = "calling" if call.direction == INBOUND and call.status == RINGING else call.status
    return {"status": status, "seconds": int(world.clock.seconds - (since or 0.0))}


def _call(world: World, call: Call) -> Json:
    """The call, and the number the phone's display shows."""
    return {
        "sid": call.sid,
        "status": call.status,
        "inbound": call.direction == INBOUND,
        "leg": call.direction == OUTBOUND_DIAL,
        "ours": call.ours,
        "shown": world.display(call.ours),
        "is_ours": call.ours in world.numbers,
        "talked": call.duration,
    }


def _lines(world: World, person: Supporter, call: Call) -> list[Json]:
    first = call.answered if call.answered is not None else call.created
    return [
        {
            "ordinal": index,
            "at": _minutes(line.at - first),
            "kind": line.kind,
            "who": _who(world, person, line.who),
            "mine": line.who == person.number,
            "text": line.text,
            "language": line.language,
        }
        for index, line in enumerate(call.lines)
    ]


def _who(world: World, person: Supporter, who: str) -> str:
    if who == person.number:
        return person.name or "You"
    other = world.parties.get(who)
    return (other.name if other is not None else "") or ("" if who == "line" else world.display(who))


def _so_far(world: World) -> Json:
    sent = [entry for entry in world.wire if entry.way == TO_APP]
    return {
        "calls": sum(call.direction != OUTBOUND_DIAL for call in world.calls),
        "legs": sum(call.direction == OUTBOUND_DIAL for call in world.calls),
        "texts": len(world.texts),
        "webhooks": len(sent),
        "twice": sum(entry.note == "copy" for entry in sent),
        "late": sum(entry.note == "late" for entry in sent),
        "lost": sum(entry.note in {"lost", "answer lost"} for entry in sent),
        "forged": sum(entry.signature != "valid" for entry in sent),
        "complaints": len(world.complaints),
    }


def wire_line(world: World, entry: WireEntry) -> Json:
    """One request on the wire, as the page's table shows it."""
    return {
        "at": _time(world, entry.at, thousandths=True),
        "way": entry.way,
        "what": entry.what,
        "label": entry.label,
        "with": said_with(world, entry),
        "signature": entry.signature,
        "answer": entry.status,
        "took_ms": round(entry.took_ms, 1),
        "note": entry.note,
        "call": entry.call_sid,
    }


SHOWN_FIELDS = (
    ("Digits", "Digits="),
    ("DialCallStatus", ""),
    ("ErrorCode", "error "),
    ("Body", ""),
    ("SequenceNumber", "seq "),
)


def said_with(world: World, entry: WireEntry) -> str:
    """The fields worth seeing, in a few words."""
    fields = entry.fields
    if entry.way == FROM_APP:
        people = [f"{word} {world.display(fields[name])}" for name, word in PEOPLE if fields.get(name)]
        return ", ".join([*people, *(f"Status={fields[name]}" for name in ("Status",) if name in fields)])
    shown: Iterable[str] = (f"{word}{fields[name]}" for name, word in SHOWN_FIELDS if name in fields)
    return ", ".join([entry.label, *shown])


PEOPLE = (("To", "to"), ("From", "from"))


def alert_line(alert: Alert) -> Json:
    """One alert or complaint."""
    return {"code": alert.code, "message": alert.message, "url": alert.url, "call": alert.call_sid}


def _time(world: World, seconds: float, *, thousandths: bool = False) -> str:
    moment = world.clock.start + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds" if thousandths else "seconds")


def _minutes(seconds: float) -> str:
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
