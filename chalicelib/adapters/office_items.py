"""Offices, their lines, their mailboxes and what waits for a second person, as items of the table and back as values.

Promises: what is the house's rule (hours, caps) is not kept, so that a better rule reaches every office. A line
that may be nobody's target comes back not callable, whatever its item says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from chalicelib.adapters.table import Item
from chalicelib.domain.office import Caps, Closure, Hours, Line, Mailbox, Office, Span
from chalicelib.domain.targets import is_target_shape
from chalicelib.domain.words import Words

VERSION = 1
"""The shape of these items, kept in each of them."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a row of the directory comes from, and how sure that is."""

    source_1: str
    source_2: str
    as_of: str
    confidence: str


@dataclass(frozen=True, slots=True)
class PhoneChange:
    """A number that one person proposes for an office and a second must confirm. `old` is None for one more."""

    office_id: str
    old: str | None
    new: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """How lines and mailboxes are read: how long a verification is good, and the numbers that are never a target."""

    good_days: int
    never: frozenset[str]


def words_item(words: Words) -> dict[str, str]:
    """Words of both languages as a map."""
    return {"en": words.en, "es": words.es}


def words_of(item: Mapping[str, str]) -> Words:
    """The words of such a map."""
    return Words(item["en"], item["es"])


def office_item(office: Office, provenance: Provenance | None) -> Item:
    """The office without its lines' own items, and without what is staff's to say: closures, mailboxes, web form."""
    return {
        "type": "office",
        "version": VERSION,
        "id": office.id,
        "name": words_item(office.name),
        "place": words_item(office.place),
        "zone": office.zone,
        "address": office.address,
        "lines": [line.number for line in office.lines],
        **_hours_item(office.hours),
        **({"provenance": _provenance_item(provenance)} if provenance else {}),
    }


def staff_item(office: Office) -> Item:
    """What is written of a new office, and of a known one never: that is staff's to say."""
    form = {"web_form": office.web_form} if office.web_form else {}
    addresses = [mailbox.address for mailbox in office.mailboxes]
    return {"closures": closure_items(office.hours.closures), "mailboxes": addresses} | form


def line_item(line: Line) -> Item:
    """A line with whatever a person said about it."""
    said = {
        "verified_on": line.verified_on.isoformat() if line.verified_on else None,
        "verified_by": line.verified_by,
        "source": line.source,
        "quarantined": line.quarantined,
        "caps": caps_item(line.caps),
    }
    known = {name: value for name, value in said.items() if value is not None}
    return {"type": "line", "version": VERSION, "number": line.number, "callable": line.callable} | known


def mailbox_item(mailbox: Mailbox) -> Item:
    """A mailbox with whatever a person said about it."""
    said = {
        "verified_on": mailbox.verified_on.isoformat() if mailbox.verified_on else None,
        "verified_by": mailbox.verified_by,
        "source": mailbox.source,
    }
    known = {name: value for name, value in said.items() if value is not None}
    return {"type": "mailbox", "version": VERSION, "address": mailbox.address} | known


def caps_item(caps: Caps) -> dict[str, int] | None:
    """A line's own caps; None for the house's."""
    if caps == Caps():
        return None
    return {"at_once": caps.at_once, "an_hour": caps.an_hour, "pause": caps.pause}


def closure_items(closures: Sequence[Closure]) -> list[dict[str, str]]:
    """Closures in order of their days."""
    ordered = sorted(closures, key=lambda closure: (closure.first, closure.last))
    return [
        {"first": each.first.isoformat(), "last": each.last.isoformat(), "why": each.why} for each in ordered
    ]


def closures_of(items: Sequence[Mapping[str, str]]) -> tuple[Closure, ...]:
    """The closures of such items."""
    return tuple(
        Closure(date.fromisoformat(each["first"]), date.fromisoformat(each["last"]), each["why"])
        for each in items
    )


def office_of(items: Sequence[Item], reading: Reading) -> Office:
    """Put an office together from its item and its lines' and mailboxes' items, these in the office's order."""
    item = next(item for item in items if item["type"] == "office")
    lines = {line["number"]: _line(line, reading) for line in items if line["type"] == "line"}
    boxes = {box["address"]: _mailbox(box, reading) for box in items if box["type"] == "mailbox"}
    return Office(
        id=item["id"],
        name=words_of(item["name"]),
        place=words_of(item["place"]),
        zone=item["zone"],
        address=item["address"],
        lines=tuple(lines[number] for number in item["lines"] if number in lines),
        hours=_hours(item),
        mailboxes=tuple(boxes[address] for address in item.get("mailboxes", ()) if address in boxes),
        web_form=item.get("web_form", ""),
    )


def provenance_of(item: Item) -> Provenance | None:
    """Where an office's item says it comes from, if it does."""
    return Provenance(**item["provenance"]) if "provenance" in item else None


def change_item(change: PhoneChange) -> Item:
    """A change that waits. `by_key` is the name as it is compared."""
    return {
        "type": "phone_change",
        "version": VERSION,
        "office": change.office_id,
        "old": change.old,
        "new": change.new,
        "by": change.by,
        "by_key": same_name(change.by),
        "at": change.at.isoformat(),
    }


def change_of(item: Item) -> PhoneChange:
    """The change such an item holds."""
    return PhoneChange(
        item["office"], item["old"], item["new"], item["by"], datetime.fromisoformat(item["at"])
    )


def same_name(name: str) -> str:
    """A person's name as it is compared with another's: case and spaces tell nobody apart."""
    return " ".join(name.split()).casefold()


def _line(item: Item, reading: Reading) -> Line:
    verified, caps = item.get("verified_on"), item.get("caps")
    line = Line(
        number=item["number"],
        callable=item["callable"],
        verified_on=date.fromisoformat(verified) if verified else None,
        verified_by=item.get("verified_by"),
        source=item.get("source"),
        good_days=reading.good_days,
        quarantined=item.get("quarantined"),
        caps=Caps(**caps) if caps else Caps(),
    )
    is_target = line.number not in reading.never and is_target_shape(line.number)
    return line if is_target else replace(line, callable=False)


def _mailbox(item: Item, reading: Reading) -> Mailbox:
    verified = item.get("verified_on")
    return Mailbox(
        address=item["address"],
        verified_on=date.fromisoformat(verified) if verified else None,
        verified_by=item.get("verified_by"),
        source=item.get("source"),
        good_days=reading.good_days,
    )


def _provenance_item(provenance: Provenance) -> dict[str, str]:
    return {
        "source_1": provenance.source_1,
        "source_2": provenance.source_2,
        "as_of": provenance.as_of,
        "confidence": provenance.confidence,
    }


def _hours_item(hours: Hours) -> Item:
    house = Hours()
    week = [[[_clock(span.opens), _clock(span.closes)] for span in spans] for spans in hours.week]
    own_week = {} if hours.week == house.week else {"week": week}
    return own_week | ({} if hours.keeps_holidays else {"keeps_holidays": False})


def _hours(item: Item) -> Hours:
    week = item.get("week")
    closures = closures_of(item.get("closures", ()))
    keeps_holidays = item.get("keeps_holidays", True)
    if week is None:
        return Hours(keeps_holidays=keeps_holidays, closures=closures)
    spans = tuple(tuple(Span(*map(time.fromisoformat, span)) for span in day) for day in week)
    return Hours(spans, keeps_holidays, closures)


def _clock(at: time) -> str:
    return at.isoformat(timespec="auto")
