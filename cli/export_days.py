"""Days of an export, in UTC, as somebody types them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cli.office_people import day_given
from cli.terminal import WRONG, give_up

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both with; None: from the first, to the last."""

    first: date | None
    last: date | None

    @property
    def since(self) -> datetime | None:
        """Their first moment."""
        return _midnight(self.first) if self.first else None

    @property
    def until(self) -> datetime | None:
        """The first moment after them."""
        return _midnight(self.last + DAY) if self.last else None

    def hold(self, at: datetime) -> bool:
        """Whether a moment lies in them."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


def days_given(on: str | None, since: str | None, until: str | None) -> Days:
    """Return the days somebody asks for."""
    if on is not None and (since, until) != (None, None):
        give_up("Give --on for one day, or --from and --until, not both.", WRONG)
    if on is not None:
        day = day_given(on, "--on")
        return Days(day, day)
    first = day_given(since, "--from") if since is not None else None
    last = day_given(until, "--until") if until is not None else None
    if first and last and first > last:
        give_up(f"--from {first} is later than --until {last}.", WRONG)
    return Days(first, last)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
