"""Further lines for the campaign's first offices, for as long as a tale needs them.

Promises made-up numbers only (555-01xx, which the phone world alone answers), verified as a person would
have; whatever was added is taken away again, also when the tale breaks. Knows the catalog; no phone.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.adapters.catalog import Catalog
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.office import Line, Office


@contextlib.contextmanager
def offices_with(catalog: Catalog, slug: str, wanted: Sequence[int]) -> Iterator[list[list[str]]]:
    """Yield the numbers of each office in calling order, the first of them with as many lines as `wanted`."""
    before = _campaign(catalog, slug)
    offices = tuple(
        _with_lines(office, wanted[position] if position < len(wanted) else 1, position)
        for position, office in enumerate(before.offices)
    )
    changed = offices != before.offices
    if changed:
        _write(catalog, slug, offices)
    try:
        yield [[line.number for line in office.lines] for office in offices]
    finally:
        if changed:
            _write(catalog, slug, before.offices)


def _campaign(catalog: Catalog, slug: str) -> Campaign:
    found = catalog.campaign(slug)
    if found is None:
        raise ValueError(f"There is no campaign {slug} on this stack.")
    return found


def _with_lines(office: Office, count: int, position: int) -> Office:
    today = datetime.now(UTC).date()
    made_up = tuple(
        Line(f"+1202555{100 + 10 * position + index:04}", callable=True, verified_on=today)
        for index in range(len(office.lines), count)
    )
    return replace(office, lines=office.lines + made_up)


def _write(catalog: Catalog, slug: str, offices: tuple[Office, ...]) -> None:
    current = _campaign(catalog, slug)
    for office in offices:
        catalog.put_office(office)
    catalog.apply(replace(current, offices=offices), datetime.now(UTC))
