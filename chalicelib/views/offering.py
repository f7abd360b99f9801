"""What a page offers for booking a call to one office: when it opens, which times are free, who is open now.

Reads the table, writes nothing. Every time comes out in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain import told_times
from chalicelib.domain.booking import LONGEST_REPEAT, WEEK, zone_of
from chalicelib.domain.campaign import Campaign, calling_order
from chalicelib.domain.hours import closing, is_open, opening
from chalicelib.domain.office import Office, dialable
from chalicelib.domain.refusals import Refusal
from chalicelib.domain.suggesting import days, suggested
from chalicelib.domain.words import Language
from chalicelib.runtime import runtime
from chalicelib.views import booked, keeping, rendering, visits

ANOTHER = "another"
"""In place of a time: let me choose a day."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: what the form sends, its words, and the key of what is good about it."""

    value: str
    words: str
    why: str | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class OpenNow:
    """Another office, which is open; `until` is in words, None when it never closes."""

    office: Office
    until: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """One office as it is offered for booking; `zone` is the one in which times are told.

    `opens`: "tomorrow at 9:00 am", None when it is open or doesn't open soon; `theirs` the same moment on the
    supporter's clock, None when that shows the same.
    """

    office: Office
    zone: str
    zone_name: str
    is_open: bool
    opens: str | None
    theirs: str | None
    hours: str
    choices: tuple[Choice, ...]
    open_now: OpenNow | None


@dataclass(frozen=True, slots=True)
class Form:
    """How a form is sent, and what stands in it: fields that are not seen, what was typed and picked before.

    `challenge` is where its proof of work is asked for, None where none is needed; `consent` the text above its
    button.
    """

    action: str
    consent: str
    hidden: Mapping[str, str] = field(default_factory=dict)
    challenge: str | None = None
    typed: str = ""
    picked: str = ""
    is_weekly: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking as far as it is filled in, as typed: it goes with the supporter from page to page."""

    office: Office
    zone: str
    phone: str = ""
    when: str = ""
    day: str = ""
    is_weekly: bool = False
    until: str = ""
    consent: str = ""
    proof: str | None = None


def form_for(campaign: Campaign, draft: Draft) -> Form:
    """Return the form that books, with what the draft holds."""
    slug, link, spoken = campaign.slug, visits.site().link, visits.asked_language().value
    return Form(
        action=link(f"/c/{slug}/book", lang=spoken),
        consent=booked.ONCE,
        hidden={"office": draft.office.id, "zone": draft.zone, "consent": booked.ONCE},
        challenge=link(f"/api/campaigns/{slug}/challenge"),
        typed=draft.phone,
        picked=draft.when,
        is_weekly=draft.is_weekly,
    )


def card(
    campaign: Campaign, draft: Draft, here: str, problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Return what the card needs on which one office is offered for booking; `here` is its page's path."""
    offered = offer(campaign, draft.office, draft.zone, visits.asked_language())
    return {
        "offer": offered,
        "form": form_for(campaign, draft),
        "problems": problems or {},
        "zones": told_times.ZONES,
        "another": Choice(ANOTHER, _say("book.another"), "book.another.why"),
        "here": here,
    }


def offer(campaign: Campaign, office: Office, there: str, language: Language) -> Offer:
    """Return what is offered for one office, told in the supporter's zone."""
    now = runtime().now()
    free, opens_at = keeping.free_times(office, there), opening(office, now)
    is_closed = not is_open(office, now)
    return Offer(
        office=office,
        zone=there,
        zone_name=told_times.zone_at(there, now).name.of(language),
        is_open=not is_closed,
        opens=told_times.opens(opens_at, office.zone, now, language) if opens_at and is_closed else None,
        theirs=_theirs(opens_at, office.zone, there, now, language) if opens_at and is_closed else None,
        hours=told_times.week(office.hours, office.zone, now, language),
        choices=_suggestions(office, free, there, language),
        open_now=_open_now(campaign, office, language),
    )


def office_of(campaign: Campaign, office_id: str | None) -> Office:
    """Return the office asked for, or else the first that has a line to dial, or the first.

    Raises:
        Refusal: OFFICE_UNKNOWN.
    """
    order = calling_order(campaign, runtime().now().date())
    return booked.office_of(campaign, office_id or next(iter(order), campaign.offices[0].id))


def zone_or(zone: str | None, office: Office) -> str:
    """Return the zone asked for if there is such a one, else the office's."""
    try:
        return zone_of(zone).key if zone else office.zone
    except Refusal:
        return office.zone


def day_choices(free: Iterable[datetime], zone: str, language: Language) -> tuple[Choice, ...]:
    """Return the days that have free times, with how many."""
    found = days(free, zone)
    return tuple(
        Choice(day.isoformat(), _upper(told_times.full_day(day, language)), count=len(moments))
        for day, moments in found.items()
    )


def time_choices(free: Iterable[datetime], day: date, zone: str, language: Language) -> tuple[Choice, ...]:
    """Return the free times of one day of the supporter's."""
    moments = days(free, zone).get(day, ())
    return tuple(Choice(sent_as(at), told_times.on_the_clock(at, zone, language)) for at in moments)


def end_choices(at: datetime, zone: str, language: Language) -> tuple[Choice, ...]:
    """Return the days on which a weekly call can come for the last time, from its second on, with how many calls."""
    first = at.astimezone(ZoneInfo(zone)).date()
    ends = (first + n * WEEK for n in range(1, LONGEST_REPEAT // WEEK + 1))
    return tuple(
        Choice(day.isoformat(), told_times.day_and_month(day, language), count=number)
        for number, day in enumerate(ends, start=2)
    )


def sent_as(at: datetime) -> str:
    """A moment as forms send it: its minute in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


# Strictly private.


def _suggestions(
    office: Office, free: Sequence[datetime], zone: str, language: Language
) -> tuple[Choice, ...]:
    now = runtime().now()
    today = now.astimezone(ZoneInfo(zone)).date()
    return tuple(
        Choice(sent_as(each.at), told_times.moment(each.at, zone, today, language), f"book.why.{each.why}")
        for each in suggested(office, free, now, zone)
    )


def _theirs(at: datetime, zone: str, theirs: str, now: datetime, language: Language) -> str | None:
    """The opening on the supporter's clock: with its day where that is another one."""
    here, there = at.astimezone(ZoneInfo(zone)), at.astimezone(ZoneInfo(theirs))
    if here.utcoffset() == there.utcoffset():
        return None
    if here.date() == there.date():
        return told_times.at_time(at, theirs, language)
    name = told_times.zone_at(theirs, at).of_it.of(language)
    joint = " " if language is Language.EN else ", "
    return told_times.opens(at, theirs, now, language) + joint + name


def _open_now(campaign: Campaign, asked: Office, language: Language) -> OpenNow | None:
    """Another of the campaign's offices that can be called now."""
    now = runtime().now()
    others = (each for each in campaign.ever_called if each.id != asked.id)
    found = next((each for each in others if dialable(each, now.date()) and is_open(each, now)), None)
    if found is None:
        return None
    closes = closing(found, now)
    return OpenNow(found, told_times.until_time(closes, found.zone, language) if closes else None)


def _say(key: str) -> str:
    return rendering.phrasebook(visits.asked_language()).say(key)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
