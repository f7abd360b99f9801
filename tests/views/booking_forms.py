"""What tests of the booking pages share: forms as a browser sends them, and pages as people read them."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlencode

from chalicelib.domain.booking import Booking
from tests.booking_values import eastern
from tests.browser.served import Answer, Served

SLUG = "families-28"
NIGHT = eastern("2026-11-24T20:00")  # a Tuesday; Thursday is Thanksgiving
NINE, LUNCH, FRIDAY = (eastern(f"2026-11-{at}") for at in ("25T09:00", "25T13:15", "27T09:00"))
CHICAGO = {"zone": "America/Chicago"}


def sent(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


FORM = {
    "office": "ero-atl",
    "consent": "book-1",
    "phone": "404 555 0123",
    "when": sent(NINE),
    "do": "book",
    **CHICAGO,
}
WEEKLY = FORM | {"consent": "book-weekly-1", "weekly": "on", "until": "2026-12-09"}


def post(served: Served, path: str = f"/c/{SLUG}/book?lang=en", **form: str) -> Answer:
    return served.ask("POST", path, urlencode(form).encode())


def booked(served: Served, form: dict[str, str] | None = None) -> str:
    """Book by the form; the path of the booking's page."""
    answer = post(served, **(form or FORM))
    assert answer.status == 303, answer.text
    return answer.headers["location"].removeprefix(served.url).split("?")[0]


def kept(served: Served, path: str) -> Booking:
    found = served.runtime.bookings.booking(path.split("/")[2], served.clock())
    assert found
    return found


def read(answer: Answer) -> str:
    """A page's own text: no tags, no entities, ordinary spaces."""
    text = unescape(re.sub(r"<[^>]+>", " ", answer.text)).replace("\u00a0", " ").replace("\u2011", "-")
    return re.sub(r"\s+", " ", text)


def picks(answer: Answer, name: str = "when") -> list[str]:
    return re.findall(rf'type="radio" name="{name}" value="([^"]+)"', answer.text)
