"""The console's record: who did what, when, day by day. Only to be read; whoever looks is not on it.

The staff of a campaign read it to answer for what was done; nothing of a supporter stands in it (`adapters/audit`).
"""

from datetime import UTC, datetime, time, timedelta

from chalice.app import Blueprint, Response

from chalicelib.adapters import audit
from chalicelib.domain.staff import Act, Person
from chalicelib.domain.typed_offices import day
from chalicelib.runtime import runtime
from chalicelib.views import staff_pages, visits
from chalicelib.views.staffing import door

record_desk = Blueprint("chalicelib.views.record_desk")

HERE = "/staff/audit"
A_DAY = timedelta(days=1)
MOST = 500
"""Entries on one page, the day's last; whoever needs more reads the table."""


@record_desk.route(HERE, methods=["GET"])
@door(Act.LOOK)
def record(person: Person) -> Response:
    """What was done on a day (UTC), the latest first; on no day that is one, today."""
    today = runtime().now().astimezone(UTC).date()
    asked = visits.query().get("on", "")
    chosen = day(asked) or today
    every = list(audit.entries(runtime().catalog.table, datetime.combine(chosen, time(), UTC)))
    return staff_pages.page(
        "staff/record.html", person, here=HERE, entries=every[::-1][:MOST], whole=len(every), day=chosen,
        before=chosen - A_DAY, after=chosen + A_DAY if chosen < today else None,
        problem=f"“{asked[:20]}” is no day. Write it like {today}. Here is today." if asked and not day(asked) else "",
    )  # fmt: skip
