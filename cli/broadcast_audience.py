"""Who would get an alert, counted where they may be: by ZIP code where they told us, else by area code.

Promises: numbers are looked at and dropped; what is kept is how many are where.
"""

from collections import Counter
from datetime import datetime
from functools import cache

from chalicelib.adapters.area_codes import zones_of
from chalicelib.adapters.roll import Roll, RollRow
from chalicelib.adapters.zip_codes import place_of
from chalicelib.domain.areas import Place
from chalicelib.domain.broadcast_preview import Audience
from chalicelib.domain.quiet_hours import Whereabouts, whereabouts
from cli.connection import Connection
from cli.terminal import margin


def counted(connection: Connection, programme: str, until: datetime) -> Audience:
    """Return who stands on a programme's roll that came at `until` or before. Reads all of it."""
    found: Audience = Counter()
    with margin().status("Counting who gets it …"):
        for row in Roll(connection.catalog.table).all(programme):
            if row.since <= until:
                found[_whereabouts(row), row.language] += 1
    return found


def _whereabouts(row: RollRow) -> Whereabouts:
    place = _place(row.zip) if row.zip else None
    zone, state = (place.zone, place.state) if place else (None, None)
    return whereabouts(None, zone, zones_of(row.number), state)


@cache
def _place(zip_code: str) -> Place | None:
    return place_of(zip_code)
