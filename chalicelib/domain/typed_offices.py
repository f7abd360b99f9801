"""What people type about an office, read strictly: days, reasons, pages. None can't be taken; the words are others'.

The command line and the console read alike by it.
"""

import re
from datetime import date
from enum import StrEnum

from chalicelib.domain.office import Closure

LONGEST_REASON, LONGEST_PAGE = 120, 500
PAGE = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?([/?#]\S*)?", re.IGNORECASE | re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Wrong(StrEnum):
    """What is wrong with what was typed."""

    NO_DAY = "no day"
    NO_REASON = "no reason"
    BACKWARDS = "backwards"
    OVER = "over"
    FUTURE = "future"
    LONG_AGO = "long ago"
    NO_PAGE = "no page"


def day(text: str) -> date | None:
    """A day, written 2026-12-24."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def reason(text: str) -> str | None:
    """Why an office is closed, in one line."""
    words = " ".join(text.split())
    return words if words and len(words) <= LONGEST_REASON else None


def page(text: str) -> str | None:
    """The https:// address of a page of a public host, without a user's name in it."""
    return text if PAGE.fullmatch(text) and len(text) <= LONGEST_PAGE else None


def seen_on(text: str, today: date, good_days: int) -> date | Wrong:
    """The day a person saw a number: not to come, and not so long ago that it is good no more."""
    seen = day(text)
    if seen is None:
        return Wrong.NO_DAY
    if seen > today:
        return Wrong.FUTURE
    return Wrong.LONG_AGO if (today - seen).days > good_days else seen


def closure(first: str, last: str, why: str, today: date) -> Closure | Wrong:
    """Days on which an office is closed, today or to come, and why."""
    begins, ends, words = day(first), day(last or first), reason(why)
    if begins is None or ends is None:
        return Wrong.NO_DAY
    if ends < begins:
        return Wrong.BACKWARDS
    if ends < today:
        return Wrong.OVER
    return Closure(begins, ends, words) if words else Wrong.NO_REASON
