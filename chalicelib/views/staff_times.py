"""How the console says times: in Eastern time, as the organizations' staff keep it."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

ZONE, ZONE_NAME = ZoneInfo("America/New_York"), "Eastern"


def clock(at: datetime, zone: tzinfo = ZONE) -> str:
    """Return the time of day: 2:18 pm."""
    here = at.astimezone(zone)
    return f"{here:%-I:%M}\u00a0{here:%p}".replace("AM", "am").replace("PM", "pm")


def day_and_clock(at: datetime) -> str:
    """Return day and time: Dec 9, 2:18 pm."""
    return f"{at.astimezone(ZONE):%b %-d}, {clock(at)}"
