"""Until when an alert may go out, as staff type it: “20:00 Eastern”, “tomorrow 8pm Pacific”, “2026-11-24 18:30 CT”.

Strict: the zone is always named, for an alert crosses many. What isn't typed is never guessed to be tomorrow.
"""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.domain.broadcast_preview import LONGEST_LIFE
from chalicelib.domain.hours import moment_of
from chalicelib.domain.quiet_hours import USUAL

EXAMPLE = "“20:00 Eastern” or “2026-11-24 6pm Pacific”"
LAST = ZoneInfo("Pacific/Honolulu")
"""Where a day of texts ends last: at 20:00 there it is 1:00 in the East, and nobody there is texted for eight hours."""
ZONES = {
    **dict.fromkeys(("eastern", "et", "est", "edt"), "America/New_York"),
    **dict.fromkeys(("central", "ct", "cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("mountain", "mt", "mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pacific", "pt", "pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("alaska", "akst", "akdt"), "America/Anchorage"),
    **dict.fromkeys(("hawaii", "hst"), "Pacific/Honolulu"),
    "atlantic": "America/Puerto_Rico",
    "utc": "UTC",
}
TYPED = re.compile(
    r"(?:(?P<day>today|tomorrow|\d{4}-\d{2}-\d{2})\s+)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?\s*(?P<half>am|pm)?\s+(?P<zone>[a-z][a-z_/]*)",
    re.IGNORECASE,
)
NOON = 12


class Misread(Exception):
    """A text is no such time; says what is wrong and how to write it, as a sentence."""


def until_typed(text: str, now: datetime) -> datetime:
    """Return the moment that was typed, in UTC.

    Raises:
        Misread: it is none, is over, or is too far away.
    """
    found = TYPED.fullmatch(text.strip())
    if found is None:
        raise Misread(f"“{text}” is no time with its zone. Write it like {EXAMPLE}.")
    zone = _zone(found["zone"])
    at = moment_of(_day(found["day"], now.astimezone(zone).date()), _time(found), zone)
    if at <= now:
        raise Misread(f"“{text}” is over. Until when may it go out? Write it like {EXAMPLE}.")
    if at - now > LONGEST_LIFE:
        raise Misread(
            f"“{text}” is more than {LONGEST_LIFE.days} days away, and an alert is for now. Choose an earlier time."
        )
    return at


def tonight(now: datetime) -> datetime:
    """Return when the day's last texts may go, in UTC: nothing is left for the next morning."""
    day = now.astimezone(LAST).date()
    today = moment_of(day, USUAL.closes, LAST)
    return today if now < today else moment_of(day + timedelta(days=1), USUAL.closes, LAST)


def _zone(text: str) -> ZoneInfo:
    name = ZONES.get(text.lower(), text)
    try:
        return ZoneInfo(name) if "/" in name or name == "UTC" else _no_zone(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _no_zone(text)


def _no_zone(text: str) -> ZoneInfo:
    raise Misread(f"“{text}” is no time zone. Write Eastern, Central, Mountain, Pacific, or America/Phoenix.")


def _day(text: str | None, today: date) -> date:
    named = {None: today, "today": today, "tomorrow": today + timedelta(days=1)}
    found = named.get(text.lower() if text else None)
    if found is not None:
        return found
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise Misread(f"“{text}” is no day. Write it like {today}.") from None


def _time(found: re.Match[str]) -> time:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    is_written = found["minute"] is not None or half
    is_hour = 1 <= hour <= NOON if half else hour < 2 * NOON
    if not is_written or not is_hour:
        raise Misread(f"“{found[0]}” has no time of day. Write it like {EXAMPLE}.")
    if half:
        hour = hour % NOON + (NOON if half == "pm" else 0)
    return time(hour, int(found["minute"] or 0))
