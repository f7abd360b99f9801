"""Broadcasts and their chunks as items of the table, and back. Times are whole milliseconds UTC; absent means None.

A chunk is two items. How far it is stays small, for the dispatcher reads all of a broadcast's each minute; who is in it
is large and written once. Keys are kept as their 16 bytes: half of what their hex digits take.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from chalicelib.adapters.session_items import millis, moment
from chalicelib.adapters.table import Item
from chalicelib.domain.broadcast import Broadcast, Stage
from chalicelib.domain.broadcast_chunks import Chunk
from chalicelib.domain.words import Words

KEY_BYTES = 16
NOT_HERE = frozenset({"words", "armed_by", "keys"})
_MOMENTS = frozenset({"not_after", "not_before"})


@dataclass(frozen=True, slots=True)
class Listing:
    """A broadcast as it stands in the list of all."""

    id: str
    campaign: str
    stage: Stage
    made_at: datetime | None = None


def broadcast_item(broadcast: Broadcast) -> Item:
    """A broadcast. It has no TTL: it is what staff look up after years."""
    words = {"en": broadcast.words.en, "es": broadcast.words.es}
    return {"type": "broadcast", **_flat(broadcast), "words": words, "armed_by": list(broadcast.armed_by)}


def broadcast_of(item: Mapping[str, Any]) -> Broadcast:
    """Read such an item."""
    known = _known(Broadcast, item)
    known["words"] = Words(item["words"]["en"], item["words"]["es"])
    known["armed_by"] = tuple(item["armed_by"])
    return Broadcast(**known)


def listing_item(broadcast: Broadcast) -> Item:
    """Its row in the list of all."""
    row = Listing(broadcast.id, broadcast.campaign, broadcast.stage, broadcast.made_at)
    return {"type": "broadcast_row", "version": broadcast.version} | _flat(row)


def listing_of(item: Mapping[str, Any]) -> Listing:
    """Read such a row."""
    return Listing(**_known(Listing, item))


def chunk_item(chunk: Chunk) -> Item:
    """How far a chunk is."""
    return {"type": "chunk"} | _flat(chunk)


def chunk_of(item: Mapping[str, Any], keys: tuple[str, ...] = ()) -> Chunk:
    """Read such an item; `keys` are known where the other was read too."""
    return Chunk(**_known(Chunk, item), keys=keys)


def recipients_item(keys: tuple[str, ...]) -> Item:
    """Who is in a chunk; nobody: the shard ends here."""
    return {"type": "chunk_recipients", "version": 1, "keys": bytes.fromhex("".join(keys))}


def recipients_of(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Read such an item."""
    kept = bytes(item["keys"])
    return tuple(kept[at : at + KEY_BYTES].hex() for at in range(0, len(kept), KEY_BYTES))


def _flat(value: Broadcast | Listing | Chunk) -> Item:
    pairs = ((each.name, getattr(value, each.name)) for each in fields(value) if each.name not in NOT_HERE)
    return {
        name: millis(part) if isinstance(part, datetime) else part for name, part in pairs if part is not None
    }


def _known(kind: type, item: Mapping[str, Any]) -> dict[str, Any]:
    names = [each.name for each in fields(kind) if each.name in item and each.name not in NOT_HERE]
    return {name: _read(name, item[name]) for name in names}


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - any field of the three
    if name.endswith("_at") or name in _MOMENTS:
        return moment(value)
    return Stage(value) if name == "stage" else value
