"""The console's pages of offices: who is open, which lines are healthy, and what a person says about one.

Promises: only a person makes a line callable, with their name and the page on which they saw its number; what was typed
is still there when it can't be taken. Each view gathers, decides and draws.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter

from chalice.app import Blueprint, Response

from chalicelib.adapters import audit
from chalicelib.adapters.audit import Entry
from chalicelib.adapters.catalog import NeverCalled
from chalicelib.adapters.desks import Desks
from chalicelib.adapters.phone_changes import PhoneChanges
from chalicelib.domain import hours, office_health, typed_offices
from chalicelib.domain.office import Closure, Office
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.staff import Act, Person
from chalicelib.domain.typed_offices import LONGEST_REASON, Wrong
from chalicelib.runtime import runtime
from chalicelib.views import staff_pages, visits
from chalicelib.views.rendering import OK
from chalicelib.views.staff_times import clock
from chalicelib.views.staffing import door
from chalicelib.views.visits import FORM

office_desk = Blueprint("chalicelib.views.office_desk")

HERE = "/staff/offices"
BAD_REQUEST = 400
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SAID: Mapping[str, str] = {
    "verified": "Recorded, with your name and the page. The line may be called from now on.",
    "closed": "Recorded. Nobody is connected to this office on those days; the page says so to whoever asks for it.",
    "reopened": "Removed. The office is open again as its hours say.",
}
"""What the page says after something was done, by what its address says."""
WRONG: Mapping[Wrong, str] = {
    Wrong.NO_DAY: "Write the day like 2026-12-24.",
    Wrong.NO_REASON: f"Say why in a few words, at most {LONGEST_REASON} letters: “Office moves”.",
    Wrong.BACKWARDS: "The last day is before the first. Swap them.",
    Wrong.OVER: "Those days are over. Give days to come.",
    Wrong.FUTURE: "That day is still to come. Give the day on which you saw the number.",
    Wrong.LONG_AGO: "That is longer ago than a verification is good for. Please look at the page again.",
    Wrong.NO_PAGE: "Give the https:// address of the agency’s page that shows the number.",
}
NOT_OURS = "This office has no such line any more. Here are the lines it has."
NEVER = "This number serves people in need. It is never called, whoever verifies it."


@dataclass(frozen=True, slots=True)
class Row:
    """One office of the list. `here` is its clock: EST, 2:18 pm; offices with the same stand together."""

    office: Office
    standing: office_health.Standing
    here: str
    when: str
    lines: tuple[office_health.Seen, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form of the page holds, and what is wrong with it, by field."""

    fields: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


@office_desk.route(HERE, methods=["GET"])
@door(Act.LOOK)
def office_list(person: Person) -> Response:
    """The offices of all campaigns, west to east as their clocks go: open now, healthy, in need of a look."""
    now = runtime().now()
    zones = west_to_east(now)
    offices = [row.office for _, rows in zones for row in rows]
    tired = office_health.needing_eyes(offices, now.date())
    return staff_pages.page(
        "staff/offices.html", person, here=HERE, zones=zones, tired=tired, whole=len(offices)
    )


def west_to_east(now: datetime) -> list[tuple[str, list[Row]]]:
    """Return the offices of all campaigns as they stand now, by their clocks."""
    offices = sorted(_called_by_campaigns(), key=lambda each: (_wall(each, now), each.place.en))
    rows = [_row(office, now) for office in offices]
    return [(name, list(some)) for name, some in groupby(rows, key=attrgetter("here"))]


@office_desk.route(HERE + "/{office_id}", methods=["GET"])
@door(Act.LOOK)
def office_page(person: Person, office_id: str) -> Response:
    """One office: its hours, its lines, its mailboxes, and what can be said about them."""
    return _page(person, office_named(office_id), said=SAID.get(visits.query().get("done", ""), ""))


@office_desk.route(HERE + "/{office_id}/verify", methods=["POST"], content_types=[FORM])
@door(Act.VERIFY)
def verify(person: Person, office_id: str) -> Response:
    """Record that this person has seen a line's number on the agency's own page. A resting line is healthy again."""
    office, form = office_named(office_id), visits.form()
    today, number = runtime().now().date(), form.get("number", "")
    day = typed_offices.seen_on(form.get("on", ""), today, runtime().catalog.verification_days)
    source = typed_offices.page(form.get("source", "").strip())
    wrong = {"on": WRONG[day]} if isinstance(day, Wrong) else {}
    if source is None:
        wrong["source"] = WRONG[Wrong.NO_PAGE]
    if isinstance(day, Wrong) or source is None:
        return _page(person, office, verifying=Typed(form, wrong))
    if number not in [line.number for line in office.lines]:
        return _page(person, office, verifying=Typed(form, {"number": NOT_OURS}))
    return _verified(person, office, form, day, source)


@office_desk.route(HERE + "/{office_id}/close", methods=["POST"], content_types=[FORM])
@door(Act.CLOSE)
def close(person: Person, office_id: str) -> Response:
    """Say that an office is closed on some days, by its own calendar."""
    office, form = office_named(office_id), visits.form()
    today = hours.local(office, runtime().now()).date()
    found = typed_offices.closure(form.get("first", ""), form.get("last", ""), form.get("why", ""), today)
    if isinstance(found, Wrong):
        where = "why" if found is Wrong.NO_REASON else "first"
        return _page(person, office, closing=Typed(form, {where: WRONG[found]}))
    runtime().catalog.close_office(office.id, found)
    _note(
        person, "office closed", office, {"from": f"{found.first}", "to": f"{found.last}", "why": found.why}
    )
    return staff_pages.back(f"{HERE}/{office.id}", "closed")


@office_desk.route(HERE + "/{office_id}/reopen", methods=["POST"], content_types=[FORM])
@door(Act.CLOSE)
def reopen(person: Person, office_id: str) -> Response:
    """Remove the closure that begins on a day. One that is gone already is no fault of anybody's."""
    office, first = office_named(office_id), typed_offices.day(visits.form().get("first", ""))
    if first in [each.first for each in office.hours.closures]:
        assert first is not None
        runtime().catalog.reopen(office.id, first)
        _note(person, "office reopened", office, {"from": f"{first}"})
    return staff_pages.back(f"{HERE}/{office.id}", "reopened")


def office_named(office_id: str) -> Office:
    """Return the office of an address.

    Raises:
        Refusal: there is none.
    """
    found = runtime().catalog.office(office_id)
    if found is None:
        raise Refusal(Code.NOT_FOUND)
    return found


def _called_by_campaigns() -> Iterable[Office]:
    """The offices of all campaigns, each once: those of no campaign could only be found by reading the whole table."""
    catalog = runtime().catalog
    found = filter(None, (catalog.campaign(listing.slug) for listing in catalog.campaigns()))
    return {office.id: office for campaign in found for office in campaign.offices}.values()


def _verified(person: Person, office: Office, form: Mapping[str, str], day: date, source: str) -> Response:
    r, number = runtime(), form["number"]
    try:
        r.catalog.verify_line(office.id, number, day, person.name, source)
    except NeverCalled:
        return _page(person, office, verifying=Typed(form, {"number": NEVER}))
    Desks(r.catalog.table).cure(office.id, number, r.now())
    _note(person, "line verified", office, {"number": number, "source": source, "on": day.isoformat()})
    return staff_pages.back(f"{HERE}/{office.id}", "verified")


def _page(
    person: Person,
    office: Office,
    *,
    verifying: Typed = Typed(),
    closing: Typed = Typed(),
    said: str = "",
) -> Response:
    now = runtime().now()
    today = now.date()
    wrong = {**verifying.wrong, **closing.wrong}
    return staff_pages.page(
        "staff/office.html", person, status=BAD_REQUEST if wrong else OK, here=HERE,
        office=office, row=_row(office, now), said=said, verifying=verifying, closing=closing, wrong=wrong,
        lines=[(line, office_health.line_seen(line, today)) for line in office.lines],
        mailboxes=[(box, office_health.mailbox_seen(box, today)) for box in office.mailboxes],
        week=[_days(each) for each in hours.week_in_spans(office.hours)],
        closures=_closures(office, hours.local(office, now).date()), today=today,
        waiting=PhoneChanges(runtime().catalog).waiting(office.id),
        good_days=runtime().catalog.verification_days,
    )  # fmt: skip


def _row(office: Office, now: datetime) -> Row:
    today = now.date()
    seen = tuple(office_health.line_seen(line, today) for line in office.lines)
    here = hours.local(office, now)
    clock_there = f"{here:%Z}, {_clock(here)}"
    return Row(office, office_health.standing(office, now), clock_there, _when(office, now), seen)


def _when(office: Office, now: datetime) -> str:
    """Until when it is open, or from when: by its own clock."""
    if hours.is_open(office, now):
        closes = hours.closing(office, now)
        return f"open until {_clock(hours.local(office, closes))}" if closes else "open"
    opens = hours.opening(office, now)
    return (
        f"opens {hours.local(office, opens):%a} {_clock(hours.local(office, opens))}"
        if opens
        else "closed for now"
    )


def _clock(here: datetime) -> str:
    return clock(here, here.tzinfo or UTC)


def _wall(office: Office, now: datetime) -> float:
    """How far behind or before UTC an office's clock is."""
    offset = hours.local(office, now).utcoffset()
    return offset.total_seconds() if offset else 0.0


def _days(alike: hours.DaysAlike) -> tuple[str, str]:
    days = DAYS[alike.first] if alike.first == alike.last else f"{DAYS[alike.first]} to {DAYS[alike.last]}"
    return days, ", ".join(f"{span.opens:%-I:%M %p} to {span.closes:%-I:%M %p}" for span in alike.spans)


def _closures(office: Office, today: date) -> list[Closure]:
    return [each for each in office.hours.closures if each.last >= today]


def _note(person: Person, what: str, office: Office, facts: Mapping[str, str]) -> None:
    r = runtime()
    audit.record(r.catalog.table, Entry(person.username, what, office.id, r.now(), facts))
