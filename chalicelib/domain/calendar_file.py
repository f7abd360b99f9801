"""A booked call as a calendar file (RFC 5545): each occurrence an event in UTC, so that no clock change moves it.

The same booking gives the same event ids, and a changed one a higher sequence: a calendar moves what it has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.domain.booking import Booking, occurrences

CALL = timedelta(minutes=15)
"""How long the calendar keeps free."""
REMINDER = "-PT10M"
LONGEST_LINE = 75
"""Octets of a line; a longer one goes on in the next, which begins with a space."""
SPECIAL = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the calendar beside the time; `url` is the booking's page."""

    title: str
    text: str
    url: str


def calendar_file(booking: Booking, entry: Entry) -> str:
    """Return the file with every occurrence still to come."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Patchthrough//Booked call//EN"]
    for number, at in enumerate(occurrences(booking)):
        lines += _event(booking, number, at, entry)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(booking: Booking, number: int, at: datetime, entry: Entry) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{booking.id}-{number}@patchthrough",
        f"DTSTAMP:{_utc(booking.changed_at)}",
        f"SEQUENCE:{booking.version}",
        f"DTSTART:{_utc(at)}",
        f"DTEND:{_utc(at + CALL)}",
        f"SUMMARY:{entry.title.translate(SPECIAL)}",
        f"DESCRIPTION:{entry.text.translate(SPECIAL)}",
        f"URL:{entry.url}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{entry.title.translate(SPECIAL)}",
        f"TRIGGER:{REMINDER}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of LONGEST_LINE octets at most; no character is cut in two."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > LONGEST_LINE:
            yield piece
            piece = " "
        piece += character
    yield piece
