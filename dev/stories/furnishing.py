"""Lines of their own for the campaign's offices, for as long as tales need them.

Promises made-up numbers only (555-01xx, which the phone world alone answers), verified as a person would have;
the offices' own lines are neither dialled nor touched, so that nobody who tries the stack afterwards finds them
busy, resting or in quarantine; the campaign lists them again when it is over, also when a tale breaks. Knows the
catalog and the desks; no phone.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.adapters.catalog import Catalog
from chalicelib.adapters.desks import Desks
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.office import Caps, Line, Office

MOST_LINES = 10
"""Lines of one office: its digit of the made-up number, as the office's place in the list is another."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the campaign's first offices must be like: how many lines each, and what each line bears.

    `elsewhere` are ids of offices that it calls for supporters of their areas only: they get one line each. All
    others keep their own lines.
    """

    counts: tuple[int, ...]
    caps: Caps
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Furnished:
    """An office with the lines it has for now: how people call it, where it is, and its numbers in order."""

    id: str
    name: str
    place: str
    numbers: tuple[str, ...]

    def names(self) -> dict[str, str]:
        """Return who answers at each number: the office, and by which line unless it is the only one."""
        return self._each(self.name, f"{self.name}, line")

    def places(self) -> dict[str, str]:
        """Return the same, short."""
        return self._each(self.place, self.place)

    def _each(self, alone: str, counted: str) -> dict[str, str]:
        if len(self.numbers) == 1:
            return {self.numbers[0]: alone}
        return {number: f"{counted} {nth}" for nth, number in enumerate(self.numbers, start=1)}


@contextlib.contextmanager
def furnished(catalog: Catalog, desks: Desks, slug: str, wanted: Wanted) -> Iterator[tuple[Furnished, ...]]:
    """Yield the campaign's first offices in calling order, then those wanted elsewhere, with their made-up lines.

    Raises ValueError for a campaign or an office that the stack doesn't have.
    """
    before = _campaign(catalog, slug)
    offices = (*_first(before, wanted), *_elsewhere(before, wanted))
    counts = (*wanted.counts, *[1] * len(wanted.elsewhere))
    changed = {
        office.id: replace(office, lines=_lines(nth, count, wanted.caps))
        for nth, (office, count) in enumerate(zip(offices, counts, strict=True))
    }
    try:
        for office in offices:
            _add(catalog, desks, office, changed[office.id].lines)
        _list(catalog, before, changed)
        yield tuple(map(_furnished, changed.values()))
    finally:
        for office in offices:
            catalog.put_office(office)
        _list(catalog, before, {})


def _campaign(catalog: Catalog, slug: str) -> Campaign:
    found = catalog.campaign(slug)
    if found is None:
        raise ValueError(f"There is no campaign {slug} on this stack.")
    return found


def _first(campaign: Campaign, wanted: Wanted) -> tuple[Office, ...]:
    if len(campaign.offices) < len(wanted.counts):
        raise ValueError(f"{campaign.slug} calls fewer offices than tales have lines for.")
    return campaign.offices[: len(wanted.counts)]


def _elsewhere(campaign: Campaign, wanted: Wanted) -> tuple[Office, ...]:
    found = {office.id: office for office in campaign.elsewhere}
    if missing := set(wanted.elsewhere) - found.keys():
        raise ValueError(f"{campaign.slug} doesn’t call {', '.join(sorted(missing))} for anybody’s area.")
    return tuple(found[office_id] for office_id in wanted.elsewhere)


def _lines(nth: int, count: int, caps: Caps) -> tuple[Line, ...]:
    if max(count, nth + 1) > MOST_LINES:
        raise ValueError(f"There are made-up lines for {MOST_LINES} offices with {MOST_LINES} lines each.")
    today = datetime.now(UTC).date()
    return tuple(
        Line(f"+1202555{100 + 10 * nth + line:04}", callable=True, verified_on=today, caps=caps)
        for line in range(count)
    )


def _add(catalog: Catalog, desks: Desks, office: Office, lines: tuple[Line, ...]) -> None:
    """Give an office further lines; whatever tales that broke off left at them is forgotten."""
    now = datetime.now(UTC)
    catalog.put_office(replace(office, lines=office.lines + lines))
    for line in lines:
        catalog.verify_line(office.id, line.number, now.date(), "a tale", "made up")
        desks.cure(office.id, line.number, now)


def _list(catalog: Catalog, before: Campaign, changed: Mapping[str, Office]) -> None:
    """Have the campaign list its offices as before, but for these."""
    offices, elsewhere = (
        tuple(changed.get(office.id, office) for office in each)
        for each in (before.offices, before.elsewhere)
    )
    current = _campaign(catalog, before.slug)
    catalog.apply(replace(current, offices=offices, elsewhere=elsewhere), datetime.now(UTC))


def _furnished(office: Office) -> Furnished:
    return Furnished(office.id, office.name.en, office.place.en, tuple(line.number for line in office.lines))
