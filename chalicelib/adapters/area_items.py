"""Areas of responsibility in the table: one item with all of them, read whole.

Promises: what is kept is what comes back. 426 areas and 20 split ZIP codes take less than 24 kB of the 400 kB an
item may have: a read costs 6 units, and every process keeps what it read for minutes (`Runtime.areas`).
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.table import Item, Table
from chalicelib.domain.areas import Area, Areas

VERSION = 1
"""The shape of this item, kept in it."""


class AreaShelf:
    """The areas of one table."""

    def __init__(self, table: Table) -> None:
        """Keep the table; nothing is asked of it yet."""
        self.table = table

    def areas(self) -> Areas:
        """Return all areas: one read. Where none were ever put, nobody has an office of their area."""
        item = self.table.get(keys.AREAS)
        return areas_of(item) if item else Areas()

    def put_areas(self, areas: Areas) -> None:
        """Keep these areas in place of those that were there."""
        self.table.put(keys.AREAS, areas_item(areas))


def areas_item(areas: Areas) -> Item:
    """Areas as an item; counties lie beneath their state."""
    counties: dict[str, dict[str, Item]] = {}
    for (state, county), area in areas.counties.items():
        counties.setdefault(state, {})[county] = _area_item(area)
    return {
        "type": "areas",
        "version": VERSION,
        "states": {state: _area_item(area) for state, area in areas.states.items()},
        "counties": counties,
        "zips": {digits: _area_item(area) for digits, area in areas.zips.items()},
    }


def areas_of(item: Mapping[str, Any]) -> Areas:
    """Read the areas' item."""
    return Areas(
        states={state: _area(area) for state, area in item["states"].items()},
        counties={
            (state, county): _area(area)
            for state, counties in item["counties"].items()
            for county, area in counties.items()
        },
        zips={digits: _area(area) for digits, area in item["zips"].items()},
    )


def _area_item(area: Area) -> Item:
    """What is empty is left out."""
    others: Item = {"others": list(area.alternatives)} if area.alternatives else {}
    conflict: Item = {"conflict": True} if area.is_conflict else {}
    return {"office": area.office_id} | others | conflict


def _area(item: Mapping[str, Any]) -> Area:
    return Area(item["office"], tuple(item.get("others", ())), is_conflict=item.get("conflict", False))
