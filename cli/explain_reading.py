"""What `counts explain` reads: the ledger, Twilio's list of calls, what SES told us, and who corrected what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from botocore.exceptions import ClientError
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from chalicelib.adapters import audit, corrections, keys
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.letters import Letters
from chalicelib.adapters.phone import Phone, Unlisted
from chalicelib.domain.campaign import Campaign
from chalicelib.domain.counts import Action, Channel, Tally, counted, difference
from chalicelib.domain.explaining import Explanation, Span
from chalicelib.domain.explaining_carriers import (
    AROUND,
    NO_LONGER,
    Asked,
    Compared,
    Leg,
    against_ses,
    against_twilio,
)
from cli.at_work import at_work
from cli.connection import Connection
from cli.terminal import margin

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of one campaign's channel; and of calls, the first rows of all campaigns' around the span.

    `apart`: how far all rows of the campaign's channel are from its tally, over all outcomes.
    """

    rows: tuple[Action, ...]
    around: tuple[Action, ...]
    tally: Tally
    apart: int


def ledger(connection: Connection, slug: str, channel: Channel, span: Span) -> Ledger:
    """Read the whole ledger, and the tally beside it, showing how far it is.

    What is counted while this runs is no difference: the tally is read before and after, and so is what lies between.
    """
    before = connection.store.tally(slug, channel)
    near, rows, around = span.widened(AROUND), [], []
    for row in _shown("Reading the ledger", connection.store.actions()):
        if row.channel is not channel:
            continue
        if row.campaign == slug:
            rows.append(row)
        if channel is Channel.CALLS and row.instead_of is None and near.holds(row.at):
            around.append(row)
    after = connection.store.tally(slug, channel)
    return Ledger(tuple(rows), tuple(around), after, _apart(counted(rows), before, after))


def _apart(found: Tally, before: Tally, after: Tally) -> int:
    if before == after:
        return difference(found, after)
    # Each figure may stand at any moment of the reading; `counts verify` looks closer.
    return max(min(before.tally, after.tally) - found.tally, found.tally - max(before.tally, after.tally), 0)


def from_twilio(
    connection: Connection, campaign: Campaign, around: Sequence[Action], span: Span
) -> Compared | None:
    """Compare a campaign's calls with Twilio's list; None: there was no list to be had."""
    called = {office.id for office in (*campaign.offices, *campaign.elsewhere)}
    called |= {row.office for row in around if row.campaign == campaign.slug}
    asked = Asked(campaign.slug, frozenset(called), span, datetime.now(UTC))
    lines = {line.number: office.id for office in connection.catalog.offices() for line in office.lines}
    try:
        with at_work(connection) as r:
            return compared(r.phone(), lines, around, asked)
    except (Unlisted, ClientError):
        return None


def compared(phone: Phone, lines: Mapping[str, str], around: Sequence[Action], asked: Asked) -> Compared:
    """Read Twilio's list around a span, and compare. `lines`: number → office, as they are now.

    Raises:
        Unlisted: there was no list to be had.
    """
    near = asked.span.widened(AROUND)
    since = near.start or min((row.at for row in around), default=asked.now) - AROUND
    legs = [
        Leg(each.sid, lines.get(each.to, NO_LONGER), each.status, each.seconds, each.ended_at)
        for each in _shown("Reading Twilio’s list", phone.dialled(since, near.end))
        if each
    ]
    return against_twilio(around, legs, asked)


def from_ses(connection: Connection, slug: str, found: Explanation) -> Compared:
    """Compare a campaign's letters with what SES told us of each when it happened."""
    letters = _shown("Reading letters", Letters(connection.catalog.table).all(datetime.now(UTC)))
    return against_ses(found.acts, {each.id: each.status for each in letters if each.campaign == slug})


def by_hand(connection: Connection, found: Explanation) -> dict[str, Entry]:
    """Return the audit's entries of what was corrected by hand, by the id of the row."""
    rows = [each.row for each in found.corrections if each.by_hand]
    days = {keys.audit_day(row.at): row.at for row in rows}
    entries = [entry for at in days.values() for entry in audit.entries(connection.catalog.table, at)]
    return {entry.subject: entry for entry in entries if entry.what == corrections.WHAT}


def _shown(what: str, things: Iterable[T]) -> Iterator[T]:
    """Show how many were read so far: how many there are is known only at the end."""
    columns = (SpinnerColumn(), TextColumn(what), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=margin(), transient=True) as progress:
        yield from progress.track(things)
