"""Call sessions, callers and actions as table items, and back. Times are whole milliseconds UTC.

Absent means None. A session item stays under 1 kB (design §10), so that each write is one unit.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.adapters.table import Item
from chalicelib.domain.call import (
    CallSession,
    CallStatus,
    Consent,
    Ending,
    Notice,
    OfficeCall,
    Proving,
    Stage,
)
from chalicelib.domain.counts import EVERY_OUTCOME, Action, AnyOutcome, Basis, Channel, Tally
from chalicelib.domain.limits import Caller
from chalicelib.domain.words import Language

KEPT = timedelta(hours=24)
"""How long a call's page lives after its last change."""

_OUTCOMES: dict[str, AnyOutcome] = {outcome.value: outcome for outcome in EVERY_OUTCOME}
_READ: dict[str, Any] = {
    "language": Language, "stage": Stage, "ending": Ending, "notice": Notice, "status": CallStatus,
    "outcome": _OUTCOMES.__getitem__, "instead_of": _OUTCOMES.__getitem__, "basis": Basis, "channel": Channel,
}  # fmt: skip


def millis(at: datetime) -> int:
    """A moment as whole milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def moment(value: int) -> datetime:
    """The moment of whole milliseconds since 1970."""
    return datetime.fromtimestamp(value / 1000, UTC)


def session_item(session: CallSession) -> Item:
    """A session as an item, with its TTL."""
    expires = int((session.changed_at + KEPT).timestamp())
    nested: Item = {"consent": _flat(session.consent), "legs": [_flat(leg) for leg in session.legs]}
    if session.proving:
        nested["proving"] = _flat(session.proving)
    return {"type": "session", "expires_at": expires} | _flat(session) | nested


def session_of(item: Mapping[str, Any]) -> CallSession:
    """Read a session item."""
    known = _typed(CallSession, item)
    known["consent"] = Consent(**_typed(Consent, item["consent"]))
    known["legs"] = tuple(OfficeCall(**_typed(OfficeCall, leg)) for leg in item["legs"])
    known["offices"] = tuple(item["offices"])
    if "proving" in item:
        known["proving"] = Proving(**_typed(Proving, item["proving"]))
    return CallSession(**known)


def caller_item(caller: Caller) -> Item:
    """A caller as an item."""
    nested = {"consent": _flat(caller.consent)} if caller.consent else {}
    return {"type": "caller"} | _flat(caller) | nested


def caller_of(item: Mapping[str, Any]) -> Caller:
    """Read a caller item."""
    known = _typed(Caller, item)
    if "consent" in item:
        known["consent"] = Consent(**_typed(Consent, item["consent"]))
    return Caller(**known)


def action_item(action: Action) -> Item:
    """An action as an item of the ledger."""
    return {"type": "action", "version": 1} | _flat(action)


def action_of(item: Mapping[str, Any]) -> Action:
    """Read an item of the ledger."""
    return Action(**_typed(Action, item))


def tally_of(item: Mapping[str, Any]) -> Tally:
    """Read one shard of a tally."""
    return Tally(item["tally"], {each: item[each] for each in EVERY_OUTCOME if each in item})


def _flat(value: Any) -> Item:  # noqa: ANN401 - any of the dataclasses above
    """A dataclass's own plain fields: None left out, times as milliseconds, parts with items of their own too."""
    pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
    return {
        name: _plain(part)
        for name, part in pairs
        if part is not None and not hasattr(part, "__dataclass_fields__")
    }


def _plain(part: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(part, datetime):
        return millis(part)
    return list(part) if isinstance(part, tuple) else part


def _typed(kind: type, item: Mapping[str, Any]) -> dict[str, Any]:
    """The item's attributes that are fields of `kind`, with enums and times restored."""
    return {f.name: _restored(f.name, item[f.name]) for f in fields(kind) if f.name in item}


def _restored(name: str, value: Any) -> Any:  # noqa: ANN401 - as above
    if name == "at" or name.endswith("_at") or name == "answer_by":
        return moment(value)
    return _READ[name](value) if name in _READ else value
