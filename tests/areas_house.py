"""A house whose campaign knows supporters' areas: Washington listed, the rest of the directory's five elsewhere.

The areas are the real ones of directory/; the offices' numbers are nobody's.
"""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from chalicelib.adapters.area_items import AreaShelf
from chalicelib.domain.areas import Areas
from chalicelib.domain.campaign import Campaign, Local, Order, Routing
from chalicelib.domain.office import Line, Office
from chalicelib.domain.words import Words
from chalicelib.runtime import Runtime
from cli.areas_file import read_areas
from cli.directory import read_directory
from dev.phone_world import Answer, OfficeLine
from tests.rehearsal import SLUG, Rehearsal

DIRECTORY = Path(__file__).resolve().parent.parent / "directory"
ZIPS = {"ero-atl": "30303", "ero-hlg": "78501"}
CHOICE, MILITARY, NO_OFFICE, NOWHERE = "92672", "09012", "96799", "00000"
"""A ZIP code that two areas share, one of a military post office, one without an office, and none at all."""
NUMBERS = {
    "ero-was": "+17035550177",
    "ero-nyc": "+12125550166",
    "ero-atl": "+14045550190",
    "ero-hlg": "+19565550155",
    "ero-los": "+12135550144",
    "ero-snd": "+16195550133",
}
PLACES = {"ero-was": "Washington", "ero-nyc": "New York", "ero-atl": "Atlanta", "ero-hlg": "Harlingen"}
PLACES |= {"ero-los": "Los Angeles", "ero-snd": "San Diego"}
ZONES = {"ero-hlg": "America/Chicago", "ero-los": "America/Los_Angeles", "ero-snd": "America/Los_Angeles"}
LISTED = ("ero-was", "ero-nyc")


def asking(house: Rehearsal, local: Local, order: Order = Order.FIXED) -> Campaign:
    """Make the house's campaign one that lists Washington and New York, and chooses as said; return it."""
    for number in NUMBERS.values():
        house.world.add(OfficeLine(number, Answer.PERSON))
    return put(house.runtime, local, order)


def put(built: Runtime, local: Local, order: Order = Order.FIXED) -> Campaign:
    """The same on any table that has the campaign."""
    known, today = built.catalog.campaign(SLUG), built.now().date()
    assert known is not None
    offices = {office_id: _office(office_id, today) for office_id in NUMBERS}
    elsewhere = tuple(office for office_id, office in offices.items() if office_id not in LISTED)
    changed = replace(
        known,
        offices=tuple(offices[office_id] for office_id in LISTED),
        elsewhere=() if local is Local.NEVER else elsewhere,
        routing=Routing(order, local),
    )
    for office in offices.values():
        built.catalog.put_office(office)
    built.catalog.apply(changed, built.now())
    AreaShelf(built.catalog.table).put_areas(_areas())
    built._campaigns.clear()
    built._areas.clear()
    asked = built.campaign(SLUG)
    assert asked is not None
    return asked


@cache
def _areas() -> Areas:
    return read_areas(DIRECTORY, read_directory(DIRECTORY).offices)


def _office(office_id: str, today: date) -> Office:
    line = Line(NUMBERS[office_id], callable=True, verified_on=today)
    place = PLACES[office_id]
    name = Words(f"ICE office in {place}", f"oficina de ICE en {place}")
    zone = ZONES.get(office_id, "America/New_York")
    return Office(office_id, name, Words(place, place), zone, "1 Example St", (line,))
