"""The record of what people changed, or looked at, by hand: who, what, when. Written once, never changed.

Holds names of staff and offices' numbers. Of a supporter at most the keyed hash of a number, where the record is about
that one person: never the number, nor a word of theirs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.keys import Key
from chalicelib.adapters.table import Item, Table

VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` did `what` ("line verified") to `subject` (an office's id, mostly), `at` a moment; `facts` by name."""

    who: str
    what: str
    subject: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


def entry_key(entry: Entry) -> Key:
    """Where an entry stands."""
    return keys.audit(entry.at, entry.what, entry.subject)


def entry_item(entry: Entry) -> Item:
    """An entry as an item, to be written in the transaction of what it tells."""
    return {
        "type": "audit",
        "version": VERSION,
        "who": entry.who,
        "what": entry.what,
        "subject": entry.subject,
        "at": entry.at.isoformat(),
        "facts": dict(entry.facts),
    }


def record(table: Table, entry: Entry) -> None:
    """Write an entry by itself."""
    table.put(entry_key(entry), entry_item(entry))


def entries(table: Table, day: datetime) -> Iterator[Entry]:
    """Yield what was changed on the day (UTC) of this moment, in order."""
    for item in table.partition(keys.audit_day(day)):
        at = datetime.fromisoformat(item["at"])
        yield Entry(item["who"], item["what"], item["subject"], at, item["facts"])
