"""Subscribers, their consent and their stops as items of the table, and back. Times are whole milliseconds UTC.

Absent means None. A TTL has the mark of a text that was taken, what waits for a person's eyes, and a row of a consent
that has ended.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.table import Item
from chalicelib.domain.subscriber import (
    ConsentRow,
    Failure,
    Replied,
    Reply,
    Source,
    State,
    Stop,
    Subscriber,
)
from chalicelib.domain.subscriber_events import ShowStaff
from chalicelib.domain.words import Language

NESTED = frozenset({"replied", "failures"})
_READ: dict[str, Any] = {
    "state": State, "was": State, "now": State, "language": Language, "source": Source,
}  # fmt: skip


def subscriber_item(subscriber: Subscriber) -> Item:
    """A number's standing with one programme."""
    return {
        "type": "subscriber",
        **_flat(subscriber),
        "replied": [{"reply": each.reply.value, "at": millis(each.at)} for each in subscriber.replied],
        "failures": [{"code": each.code, "at": millis(each.at)} for each in subscriber.failures],
    }


def subscriber_of(item: Mapping[str, Any]) -> Subscriber:
    """Read such an item."""
    known = _typed(Subscriber, item)
    known["replied"] = tuple(Replied(Reply(each["reply"]), moment(each["at"])) for each in item["replied"])
    known["failures"] = tuple(Failure(each["code"], moment(each["at"])) for each in item["failures"])
    return Subscriber(**known)


def consent_item(row: ConsentRow) -> Item:
    """One row of the ledger of consent; `at` as it was hashed, to the microsecond."""
    return {"type": "consent", "version": 1} | _flat(row) | {"at": row.at.isoformat()}


def consent_of(item: Mapping[str, Any]) -> ConsentRow:
    """Read such a row."""
    known = _typed(ConsentRow, {name: value for name, value in item.items() if name != "at"})
    return ConsentRow(**({"shown": None} | known), at=datetime.fromisoformat(item["at"]))


def shown_item(shown: ShowStaff, subscriber: Subscriber, text: str, at: datetime, until: datetime) -> Item:
    """A text that waits for a person's eyes."""
    return {
        "type": "inbox_text", "version": 1, "expires_at": int(until.timestamp()), "id": shown.text,
        "desk": shown.desk.value, "phone_key": subscriber.id, "programme": subscriber.programme,
        "language": subscriber.language, "text": text, "at": millis(at), "done_by": "",
    }  # fmt: skip


def stop_item(stop: Stop, version: int) -> Item:
    """The stop of the whole organization, and for which programmes it holds no more."""
    return {
        "type": "stop_texts", "version": version, "at": millis(stop.at), "lifted_for": sorted(stop.lifted_for),
    }  # fmt: skip


def stop_of(item: Mapping[str, Any]) -> Stop:
    """Read such an item."""
    return Stop(moment(item["at"]), frozenset(item["lifted_for"]))


def _flat(value: Subscriber | ConsentRow) -> Item:
    pairs = ((each.name, getattr(value, each.name)) for each in fields(value) if each.name not in NESTED)
    return {
        name: millis(part) if isinstance(part, datetime) else part for name, part in pairs if part is not None
    }


def _typed(kind: type, item: Mapping[str, Any]) -> dict[str, Any]:
    names = [each.name for each in fields(kind) if each.name in item and each.name not in NESTED]
    return {name: _read(name, item[name]) for name in names}


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - any field of the two
    if name.endswith("_at"):
        return moment(value)
    return _READ[name](value) if name in _READ else value
