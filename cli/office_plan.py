"""What an import of offices would do, as values: new, changed and gone offices, and numbers that take two people.

Knows no terminal and no table. What a person said about a line or a closure is not the file's to change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import zip_longest

from chalicelib.adapters.office_items import PhoneChange, Provenance
from chalicelib.domain.office import Caps, Office
from cli.directory import Directory
from cli.hours_text import written

LIKE = 0.6
"""From this likeness on, a new id beside one that is gone is taken for a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Known:
    """The directory as the table has it."""

    offices: Mapping[str, Office]
    provenance: Mapping[str, Provenance]
    waiting: tuple[PhoneChange, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one office: its text before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NewPhone:
    """A number the file gives an office that has it not: instead of `old`, or (None) beside the others."""

    office_id: str
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An office as it will be written, with numbers as they are, and the fields that differ."""

    office: Office
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an import would do. `waiting` are proposals of the file that somebody made already."""

    new: tuple[Office, ...]
    changed: tuple[Changed, ...]
    gone: tuple[Office, ...]
    proposed: tuple[NewPhone, ...]
    waiting: tuple[PhoneChange, ...]
    withdrawn: tuple[PhoneChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.new or self.changed or self.gone or self.proposed or self.withdrawn)


def planned(known: Known, wanted: Directory) -> Plan:
    """Compare the table with a file."""
    steps = [step for office in wanted.offices.values() for step in _new_phones(known, office)]
    waits = {(change.office_id, change.old, change.new): change for change in known.waiting}
    asked = {(step.office_id, step.old, step.new) for step in steps}
    return Plan(
        new=tuple(office for office in wanted.offices.values() if office.id not in known.offices),
        changed=tuple(_changed(known, wanted)),
        gone=tuple(office for office in known.offices.values() if office.id not in wanted.offices),
        proposed=tuple(step for step in steps if (step.office_id, step.old, step.new) not in waits),
        waiting=tuple(change for key, change in waits.items() if key in asked),
        withdrawn=tuple(change for key, change in waits.items() if key not in asked),
    )


def slips(known: Known, wanted: Directory) -> dict[str, str]:
    """Return new ids that look like a slip for one the file leaves out, each with that one."""
    gone = [office_id for office_id in known.offices if office_id not in wanted.offices]
    owner = {line.number: office_id for office_id in gone for line in known.offices[office_id].lines}
    found: dict[str, str] = {}
    for office in wanted.offices.values():
        if office.id not in known.offices:
            same_phone = next((owner[line.number] for line in office.lines if line.number in owner), None)
            meant = same_phone or next(iter(get_close_matches(office.id, gone, n=1, cutoff=LIKE)), None)
            found |= {office.id: meant} if meant else {}
    return found


def _new_phones(known: Known, wanted: Office) -> Iterator[NewPhone]:
    """The numbers that are new to a known office, each with the one whose place it takes."""
    before = known.offices.get(wanted.id)
    if before:
        added, removed = _compared(before, wanted)
        for new, old in zip_longest(added, removed[: len(added)]):
            yield NewPhone(wanted.id, old, new)


def _compared(before: Office, wanted: Office) -> tuple[list[str], list[str]]:
    old, new = _numbers(before), _numbers(wanted)
    return [n for n in new if n not in old], [n for n in old if n not in new]


def _changed(known: Known, wanted: Directory) -> Iterator[Changed]:
    for office in wanted.offices.values():
        before = known.offices.get(office.id)
        if before:
            after = _with_lines_of_now(before, office)
            old = _fields(before, known.provenance.get(office.id))
            new = _fields(after, wanted.provenance.get(office.id))
            fields = tuple(FieldChange(name, old[name], new[name]) for name in new if old[name] != new[name])
            if fields:
                yield Changed(after, fields)


def _with_lines_of_now(before: Office, wanted: Office) -> Office:
    """The office as the file has it, but where it has a new number, still the old one.

    Numbers that only go are dropped: nobody is rung who wasn't before.
    """
    added, removed = _compared(before, wanted)
    stays = dict(zip(added, removed, strict=False))
    numbers = [stays.get(number, number) for number in _numbers(wanted)]
    lines = {line.number: line for line in before.lines}
    caps = wanted.lines[0].caps if wanted.lines else Caps()
    return replace(
        wanted,
        lines=tuple(replace(lines[number], caps=caps) for number in numbers if number in lines),
        hours=replace(wanted.hours, closures=before.hours.closures),
        mailboxes=before.mailboxes,
        web_form=before.web_form,
    )


def _fields(office: Office, provenance: Provenance | None) -> dict[str, str]:
    """Flatten an office to texts by the names of the columns."""
    caps = office.lines[0].caps if office.lines else Caps()
    where = provenance or Provenance("", "", "", "")
    return {
        "place_en": office.place.en,
        "place_es": office.place.es,
        "name_en": office.name.en,
        "name_es": office.name.es,
        "address": office.address,
        "timezone": office.zone,
        "lines": ", ".join(_numbers(office)),
        "hours": written(office.hours),
        "holidays": "closed" if office.hours.keeps_holidays else "open",
        "at_once": str(caps.at_once),
        "an_hour": str(caps.an_hour),
        "pause_seconds": str(caps.pause),
        "source_1": where.source_1,
        "source_2": where.source_2,
        "as_of": where.as_of,
        "confidence": where.confidence,
    }


def _numbers(office: Office) -> Sequence[str]:
    return [line.number for line in office.lines]
