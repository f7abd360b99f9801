"""Which office is responsible for a place: a supporter's ZIP code → office ids, or the reason for none.

Promises: every text a person may type comes out as a `Match` with a stated reason; two offices that sources
disagree on are both offered, never settled here. Refuses to know where ZIP codes and areas are kept.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ZIP = re.compile(r"([0-9]{5})(?:-[0-9]{4})?")
"""Five digits, or nine as on an envelope, of which the first five count."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area of responsibility: its office, and other offices that one of our sources names.

    `is_conflict`: sources disagree today, so the supporter chooses. Otherwise `alternatives` are past.
    """

    office_id: str
    alternatives: tuple[str, ...] = ()
    is_conflict: bool = False


@dataclass(frozen=True, slots=True)
class Areas:
    """All areas: whole states by postal code ("GA"), counties by `county_key`, and single ZIP codes.

    A ZIP code that lies in two areas is in `zips` and goes before its county. A state is in `states` or has
    counties, never both.
    """

    states: Mapping[str, Area] = field(default_factory=dict)
    counties: Mapping[tuple[str, str], Area] = field(default_factory=dict)
    zips: Mapping[str, Area] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ZIP code is: state or territory ("GA", "PR", "AE"), county as written, IANA time zone."""

    zip: str
    state: str
    county: str | None = None
    zone: str | None = None
    is_military: bool = False


class Reason(StrEnum):
    """Why a ZIP code has these offices, or none."""

    AREA = "area"  # one office is responsible
    CHOICE = "choice"  # sources name several: the supporter chooses
    MILITARY = "military"  # a military post office, which may be anywhere
    NO_OFFICE = "no_office"  # no office is listed for this territory (AS, FM, MH, PW)
    COUNTY_UNKNOWN = "county_unknown"  # in a state that is split by county, and its county isn't known
    ZIP_UNKNOWN = "zip_unknown"  # five digits that no place has
    ZIP_MALFORMED = "zip_malformed"  # not five digits


@dataclass(frozen=True, slots=True)
class Match:
    """The offices of a place, the likeliest first, and why; none unless the reason is AREA or CHOICE.

    `place` is kept where it is known, also without an office: for "8:00 your time".
    """

    offices: tuple[str, ...]
    reason: Reason
    place: Place | None = None


def office_of_zip(text: str, areas: Areas, find: Callable[[str], Place | None]) -> Match:
    """Return the match for what a person typed. `find` tells the place of five digits."""
    digits = five_digits(text)
    if digits is None:
        return Match((), Reason.ZIP_MALFORMED)
    place = find(digits)
    return office_for(place, areas) if place else Match((), Reason.ZIP_UNKNOWN)


def five_digits(text: str) -> str | None:
    """Return the ZIP code in "30303" or "30303-1234", blanks around it allowed; None for anything else."""
    found = ZIP.fullmatch(text.strip())
    return found[1] if found else None


def office_for(place: Place, areas: Areas) -> Match:
    """Return the offices responsible for a place, or the reason why none is known to be."""
    if place.is_military:
        return Match((), Reason.MILITARY, place)
    area = _area(place, areas)
    if area is None:
        is_split = any(state == place.state for state, _ in areas.counties)
        return Match((), Reason.COUNTY_UNKNOWN if is_split else Reason.NO_OFFICE, place)
    if area.is_conflict:
        return Match((area.office_id, *area.alternatives), Reason.CHOICE, place)
    return Match((area.office_id,), Reason.AREA, place)


def county_key(name: str) -> str:
    """Return a county's name as it is compared: "De Witt County" and "DeWitt" are one."""
    return name.casefold().removesuffix(" county").replace(" ", "").replace(".", "")


def _area(place: Place, areas: Areas) -> Area | None:
    county = (place.state, county_key(place.county or ""))
    return areas.zips.get(place.zip) or areas.states.get(place.state) or areas.counties.get(county)
