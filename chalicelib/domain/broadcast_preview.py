"""What staff see of an alert before they arm it: its price, whom it reaches when, how long it takes, who must arm it.

Promises: the planner's own pacing and windows, in steps of ten minutes, so what is shown is what will be done as far as
it can be known. No clock is read. A price is an estimate, with its date: what a carrier takes is on Twilio's bill.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.broadcast import MARGIN, SECOND_PERSON_ABOVE, SHORTEST_VALIDITY
from chalicelib.domain.broadcast_pacing import SHARE, Budget, Sender, Waiting, left, spent, turns
from chalicelib.domain.quiet_hours import Whereabouts, Window, window
from chalicelib.domain.segments import size_of
from chalicelib.domain.words import Language, Words

STEP = timedelta(minutes=10)
AN_HOUR = timedelta(hours=1)
LONGEST_LIFE = timedelta(days=7)
"""An alert is for now: it is stale after so long, at most."""
MICRO = 10**6

PRICED_ON = date(2026, 11, 9)
PRICED_BY = "Twilio’s page of prices for the US"
"""Twilio's own, as read then; carriers' fees for registered traffic as of May 2026 (AT&T lowest, Verizon, T-Mobile)."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one segment costs, in millionths of a dollar: Twilio's part, and the least and the most of carriers'."""

    twilio: int
    carriers: tuple[int, int]


TARIFFS: Mapping[str, Tariff] = {
    "toll-free": Tariff(8_300, (3_500, 4_500)),
    "10DLC": Tariff(8_300, (3_500, 4_500)),
    "short code": Tariff(8_300, (3_500, 4_500)),
}
"""By how a sender's name begins. Alike today; they have differed. Smaller carriers take 2,500 to 6,200."""


@dataclass(frozen=True, slots=True)
class Price:
    """What an alert costs, from the least to the most, in millionths of a dollar."""

    least: int
    most: int


Audience = Counter[tuple[Whereabouts, Language]]
"""How many are where, as far as we know, and read which language."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How an alert may go: by whom it is sent, in how many segments each, and when it is stale."""

    sender: Sender
    segments: int
    not_after: datetime

    @property
    def a_second(self) -> float:
        """Segments a second, of which nine tenths of the sender's are for alerts."""
        return SHARE * self.sender.a_second


@dataclass(frozen=True, slots=True)
class Opening:
    """People who can be texted in the same window; None: in none before the alert is stale.

    `places` are the zones each may be in, with how many, the most first.
    """

    window: Window | None
    places: tuple[tuple[tuple[str, ...], int], ...]

    @property
    def recipients(self) -> int:
        """How many they are."""
        return sum(number for _, number in self.places)


@dataclass(frozen=True, slots=True)
class Course:
    """How an alert goes out: texts in each hour (by its start, UTC, quiet ones too), when the last one leaves.

    `ends` None: nobody gets any. `late` are those whose hours are over, or who have none, before their turn comes.
    """

    hours: tuple[tuple[datetime, int], ...]
    ends: datetime | None
    late: int


def by_language(audience: Audience) -> dict[Language, int]:
    """Return how many read each language."""
    found: Counter[Language] = Counter()
    for (_, language), number in audience.items():
        found[language] += number
    return {language: found[language] for language in Language}


def longest(words: Words) -> int:
    """Return the segments of an alert's longest language: what pacing counts for everybody."""
    return max(size_of(words.of(language)).segments for language in Language)


def tariff(sender: Sender) -> Tariff:
    """Return what a segment costs from this kind of sender."""
    return next(each for name, each in TARIFFS.items() if sender.name.startswith(name))


def price(words: Words, audience: Audience, sender: Sender) -> Price:
    """Return what it costs to text everybody in their language."""
    numbers = by_language(audience)
    segments = sum(numbers[language] * size_of(words.of(language)).segments for language in Language)
    each = tariff(sender)
    least, most = each.carriers
    return Price(segments * (each.twilio + least), segments * (each.twilio + most))


def needs_two(recipients: int) -> bool:
    """Whether two people must arm it."""
    return recipients > SECOND_PERSON_ABOVE


def openings(audience: Audience, now: datetime, not_after: datetime) -> tuple[Opening, ...]:
    """Return who can be texted when: first those who can now, whose hours end first; at last those who can't be."""
    found: dict[Window | None, Counter[tuple[str, ...]]] = {}
    for (where, _), number in audience.items():
        first = next(_windows(where, now, not_after), None)
        found.setdefault(first, Counter())[where.zones] += number
    every = (Opening(each, tuple(places.most_common())) for each, places in found.items())
    return tuple(sorted(every, key=lambda each: _order(each, now)))


def course(audience: Audience, pace: Pace, now: datetime, budget: Budget) -> Course:
    """Return how an alert goes out from now on; `budget` is what of T-Mobile's day is used."""
    waiting = _alike(audience, now, pace.not_after)
    hours: Counter[datetime] = Counter()
    tokens, ends = 0.0, None
    for start, until in _steps(now, pace.not_after):
        if not waiting.total():
            break
        tokens = min(tokens, 1.0) + pace.a_second * (until - start).total_seconds()
        given = _given(waiting, pace, start, tokens, left(budget, pace.sender, start))
        waiting -= given
        used = given.total() * pace.segments
        tokens, budget = tokens - used, spent(budget, used, start)
        hours[_hour(start)] += given.total()
        ends = start + timedelta(seconds=used / pace.a_second) if used else ends
    return Course(_through(hours), ends, waiting.total())


Alike = Counter[tuple[Window, ...]]
"""An audience by all windows it has."""


def _given(waiting: Alike, pace: Pace, at: datetime, tokens: float, budget_left: int | None) -> Alike:
    """How many of each group get theirs in a step. Whose carrier isn't known counts for T-Mobile's budget."""
    spans = {windows: next((each for each in windows if each.holds(at)), None) for windows in waiting}
    awake = {windows: span for windows, span in spans.items() if span}
    is_capped = pace.sender.a_day_on_t_mobile is not None
    groups = [Waiting(waiting[windows], span.closes, is_capped) for windows, span in awake.items()]
    return Counter(dict(zip(awake, turns(groups, pace.segments, tokens, budget_left), strict=True)))


def _alike(audience: Audience, now: datetime, not_after: datetime) -> Alike:
    found: Alike = Counter()
    for (where, _), number in audience.items():
        found[tuple(_windows(where, now, not_after))] += number
    return found


def _windows(where: Whereabouts, now: datetime, not_after: datetime) -> Iterator[Window]:
    """What is left of somebody's windows: until nothing is sent any more, for it could not arrive in time."""
    at, spare = now, timedelta(seconds=MARGIN + SHORTEST_VALIDITY)
    while (found := window(where, at)) is not None and found.opens < not_after:
        closes = min(found.closes, not_after)
        if closes - max(found.opens, now) >= spare:
            yield Window(found.opens, closes)
        at = found.closes


def _steps(now: datetime, not_after: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Steps that end with the clock's ten minutes, as windows do."""
    at = now
    while at < not_after:
        past = timedelta(minutes=at.minute % 10, seconds=at.second, microseconds=at.microsecond)
        until = min(at - past + STEP, not_after)
        yield at, until
        at = until


def _order(opening: Opening, now: datetime) -> tuple[bool, datetime]:
    span = opening.window
    if span is None:
        return True, datetime.max.replace(tzinfo=UTC)
    return False, span.closes if span.holds(now) else span.opens + 2 * LONGEST_LIFE


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _through(hours: Counter[datetime]) -> tuple[tuple[datetime, int], ...]:
    """Each hour from the first to the last in which anything is sent."""
    sent = [hour for hour, number in hours.items() if number]
    if not sent:
        return ()
    first, last = min(hours), max(sent)
    return tuple(
        (first + n * AN_HOUR, hours[first + n * AN_HOUR]) for n in range((last - first) // AN_HOUR + 1)
    )
