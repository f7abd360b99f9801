"""Claims and passes as items of the table, and back. Times are whole milliseconds UTC; absent means None."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.table import Item
from chalicelib.domain.broadcast import ClaimState
from chalicelib.domain.claim import Claim

KEPT = timedelta(days=396)
"""Thirteen months: last year's broadcast can still be set beside this year's."""
PASS_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pass:
    """A worker's pass over a chunk; what it may have left unknown is looked at when `look_at` has come."""

    id: str
    broadcast: str
    shard: str
    number: int
    look_at: datetime


def claim_item(claim: Claim) -> Item:
    """A claim."""
    expires = int((claim.at + KEPT).timestamp())
    return {"type": "claim", "expires_at": expires} | _flat(claim)


def claim_of(item: Mapping[str, Any]) -> Claim:
    """Read such an item."""
    return Claim(**{name: _read(name, value) for name, value in _known(Claim, item)})


def pass_item(under_way: Pass) -> Item:
    """A pass."""
    expires = int((under_way.look_at + PASS_KEPT).timestamp())
    return {"type": "pass", "version": 1, "expires_at": expires} | _flat(under_way)


def pass_of(item: Mapping[str, Any]) -> Pass:
    """Read such an item."""
    return Pass(**{name: _read(name, value) for name, value in _known(Pass, item)})


def _flat(value: Claim | Pass) -> Item:
    pairs = ((each.name, getattr(value, each.name)) for each in fields(value))
    return {
        name: millis(part) if isinstance(part, datetime) else part for name, part in pairs if part is not None
    }


def _known(kind: type, item: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(each.name, item[each.name]) for each in fields(kind) if each.name in item]


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - any field of the two
    if name == "at" or name.endswith("_at"):
        return moment(value)
    return ClaimState(value) if name == "state" else value
