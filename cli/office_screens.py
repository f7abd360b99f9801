"""How the directory looks in a terminal: what an import changes, who is open, verified and healthy.

Color never says anything alone. Knows no table.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.adapters.office_items import PhoneChange
from chalicelib.domain.hours import closing, is_open, local, opening
from chalicelib.domain.office import Closure, Line, Mailbox, Office, dialable
from cli.campaign_screens import office_name, spaced
from cli.office_plan import Changed, NewPhone, Plan

WIDE = 116
"""Columns of a terminal on which verification and health have a column each."""
VERIFIED_WIDTH = 32
"""“2026-11-24 Dana R., 30 days left” on one line."""
A_WEEK = 7
"""Days within which the name of a day says which one it is."""


def difference(plan: Plan) -> RenderableType:
    """Show what an import would do, part by part: plus is new, tilde is changed, minus is gone."""
    parts: list[RenderableType] = []
    if plan.new:
        parts.append(_listed(f"{_counted(len(plan.new), 'office')} new", _offices(plan.new, "+", "green")))
    if plan.changed:
        heading = f"{_counted(len(plan.changed), 'office')} changed"
        parts.append(_listed(heading, Group(*map(_changed, plan.changed))))
    if plan.gone:
        heading = (
            f"{_counted(len(plan.gone), 'office')} gone from the file: no campaign can call them any more"
        )
        parts.append(_listed(heading, _offices(plan.gone, "-", "red")))
    if plan.proposed:
        heading = f"{_counted(len(plan.proposed), 'new phone')} for a second person to confirm"
        parts.append(_listed(heading, Group(*map(_proposed, plan.proposed))))
    if plan.waiting:
        parts.append(_listed("Waiting for a second person already", waiting(plan.waiting)))
    if plan.withdrawn:
        parts.append(_listed("Not in the file any more, so withdrawn", waiting(plan.withdrawn)))
    return Group(*parts)


def waiting(changes: Sequence[PhoneChange]) -> RenderableType:
    """Show numbers that wait: instead of which, who proposed them and when."""
    return Group(*(_waiting(change) for change in changes))


def waiting_list(changes: Sequence[PhoneChange]) -> RenderableType | None:
    """Show them under a heading, or None when nothing waits."""
    return _listed("New phones, waiting for a second person", waiting(changes)) if changes else None


def directory(offices: Sequence[Office], now: datetime, width: int) -> RenderableType:
    """Show each line of each office: open now, verified, healthy. Times are the office's own.

    On a terminal with fewer than WIDE columns, the last two share one.
    """
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0), collapse_padding=True)
    for heading in ("Office", "Now, by their clock", "Line"):
        table.add_column(heading, no_wrap=True)
    if width >= WIDE:
        table.add_column("Verified", min_width=VERIFIED_WIDTH)
    table.add_column("Health")
    for office in offices:
        first = [office_name(office.place.en, office.id), open_now(office, now)]
        for line in office.lines or (None,):
            table.add_row(*first, *_line(line, now.date(), is_wide=width >= WIDE))
            first = [Text(), Text()]
    return table


def summary(offices: Sequence[Office], now: datetime) -> str:
    """Say how many offices can be called today, and how many are open now."""
    ready = [office for office in offices if dialable(office, now.date())]
    open_ = sum(1 for office in ready if is_open(office, now))
    return f"{len(ready)} of {len(offices)} offices can be called today; {open_} of them are open now."


def closures(offices: Sequence[Office], today: date) -> RenderableType | None:
    """Show the closures of today and later, or None when there are none."""
    rows = [(office, each) for office in offices for each in office.hours.closures if each.last >= today]
    if not rows:
        return None
    table = Table.grid(padding=(0, 2))
    for office, closure in rows:
        table.add_row(office_name(office.place.en, office.id), days(closure), closure.why)
    return _listed("Closed", table)


def days(closure: Closure) -> str:
    """A closure's days: one, or from one to another."""
    if closure.first == closure.last:
        return f"{closure.first}"
    return f"{closure.first} to {closure.last}"


def open_now(office: Office, now: datetime) -> Text:
    """Whether the office is open, until when or from when, by its own clock."""
    closes, opens = closing(office, now), opening(office, now)
    if is_open(office, now):
        until = f" until {_clock(local(office, closes))}" if closes else ""
        return Text(f"● open{until}", "green")
    if opens is None:
        return Text("○ closed for now", "yellow")
    return Text(f"○ opens {_day(local(office, opens), local(office, now))}", "yellow")


def _line(line: Line | None, today: date, *, is_wide: bool) -> list[Text]:
    if line is None:
        cells = [Text(), Text("○ no line", "yellow")]
        return [Text("none", "dim"), *(cells if is_wide else cells[1:])]
    number, verified, health = Text(spaced(line.number)), seen_by(line, today), line_health(line, today)
    if is_wide:
        return [number, verified, health]
    return [number, Text("\n").join([health, verified]) if line.verified_on else health]


def seen_by(seen: Line | Mailbox, today: date) -> Text:
    """Who verified a line or a mailbox, when, and how long that is good."""
    if seen.verified_on is None:
        return Text("never", "dim")
    left = (seen.verified_on + timedelta(days=seen.good_days) - today).days
    how_long = "expired" if left < 0 else "last day today" if left == 0 else f"{_counted(left, 'day')} left"
    by = f" {seen.verified_by}" if seen.verified_by else ""
    return Text.assemble(f"{seen.verified_on}{by}", (f", {how_long}", "dim"))


def line_health(line: Line, today: date) -> Text:
    """Whether the line may be dialled today, and why not."""
    if line.quarantined is not None:
        return Text(f"✗ resting: {line.quarantined}", "red")
    if line.verified_on is None:
        return Text("○ unverified", "yellow")
    if not line.callable:
        return Text("✗ never called", "red")
    if today - line.verified_on > timedelta(days=line.good_days):
        return Text("○ verify again", "yellow")
    return Text("● ok", "green")


def _day(at: datetime, now: datetime) -> str:
    away = (at.date() - now.date()).days
    if away == 0:
        return f"today {_clock(at)}"
    return f"{at:%a} {_clock(at)}" if away < A_WEEK else f"{at:%b} {at.day}, {_clock(at)}"


def _clock(at: datetime) -> str:
    return f"{at.hour}:{at:%M}"


def _listed(heading: str, part: RenderableType) -> RenderableType:
    return Group(Text(heading, "bold"), Padding(part, (0, 0, 1, 2)))


def _offices(offices: Sequence[Office], mark: str, style: str) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for office in offices:
        numbers = ", ".join(spaced(line.number) for line in office.lines)
        table.add_row(Text(mark, style), office_name(office.place.en, office.id), Text(numbers))
    return table


def _changed(changed: Changed) -> RenderableType:
    rows = Table.grid(padding=(0, 1))
    for field in changed.fields:
        rows.add_row(Text(field.name, "dim"), Text("-", "red"), Text(field.before or "nothing", "red"))
        rows.add_row("", Text("+", "green"), Text(field.after or "nothing", "green"))
    title = Text("~ ", "yellow").append_text(office_name(changed.office.place.en, changed.office.id))
    return Group(title, Padding(rows, (0, 0, 0, 4)))


def _proposed(phone: NewPhone) -> RenderableType:
    return Text.assemble(("? ", "yellow"), phone.office_id, "  ", *_numbers(phone.old, phone.new))


def _waiting(change: PhoneChange) -> RenderableType:
    who = f"  proposed by {change.by} on {change.at:%Y-%m-%d %H:%M} UTC"
    return Text.assemble(
        ("? ", "yellow"), change.office_id, "  ", *_numbers(change.old, change.new), (who, "dim")
    )


def _numbers(old: str | None, new: str) -> Iterator[str | tuple[str, str]]:
    if old:
        yield (f"- {spaced(old)}", "red")
        yield "  "
    yield (f"+ {spaced(new)}", "green")
    if not old:
        yield " (one more)"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
