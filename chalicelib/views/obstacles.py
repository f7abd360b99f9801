"""When something is in the way: every refusal and fault as a page that says what happened and what to do now.

One table, read by `refused`. Never a dead end: each page has a way on that works today.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from chalice.app import Response

from chalicelib.domain.campaign import Campaign
from chalicelib.domain.refusals import Code, Refusal
from chalicelib.domain.words import Language
from chalicelib.views.rendering import PRIVATE, Site, grouped, page, phone, phrasebook

HOUR = 60
"""Minutes in an hour: up to there a wait is told in minutes."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One obstacle: the status, the sentence's key (its heading and text), and the way on.

    `offers_letter`: writing is a way on too, for it needs no phone.
    """

    status: int
    key: str
    way: str = "see_campaigns"
    offers_letter: bool = False


FAULT = Obstacle(500, "fault", "try_again")
ENDED = Obstacle(200, "ended")
OBSTACLES: dict[Code, Obstacle] = {
    Code.PHONE_NOT_CALLED: Obstacle(400, "never_called", "use_another", offers_letter=True),
    Code.CONSENT_MISSING: Obstacle(400, "stale_form", "to_campaign"),
    Code.LANGUAGE_UNKNOWN: Obstacle(400, "stale_form", "to_campaign"),
    Code.BODY_MALFORMED: Obstacle(400, "stale_form", "to_campaign"),
    Code.PROOF_MISSING: Obstacle(400, "proof", "to_campaign"),
    Code.PROOF_REFUSED: Obstacle(400, "proof", "to_campaign"),
    Code.OUTCOME_UNKNOWN: Obstacle(400, "answer", "answer.back"),
    Code.TOO_MANY_CALLS: Obstacle(429, "too_many", "to_campaign", offers_letter=True),
    Code.LINE_TOO_LONG: Obstacle(429, "line_too_long", "to_campaign", offers_letter=True),
    Code.NO_CODE: Obstacle(429, "no_code", "call_now"),
    Code.TOO_MANY_TEXTS: Obstacle(429, "too_many_texts", "call_now"),
    Code.BUDGET_SPENT: Obstacle(429, "budget", "call_now"),
    Code.NOT_FOUND: Obstacle(404, "not_found"),
    Code.CALL_GONE: Obstacle(404, "gone"),
    Code.OFFICE_UNKNOWN: Obstacle(400, "stale_form", "to_campaign"),
    Code.NUMBER_SHOWN_UNKNOWN: Obstacle(400, "stale_form", "to_campaign"),
    Code.ZONE_UNKNOWN: Obstacle(400, "stale_form", "to_campaign"),
    Code.TIME_MALFORMED: Obstacle(400, "stale_form", "to_campaign"),
    Code.TIME_PAST: Obstacle(400, "not_then", "to_campaign"),
    Code.TIME_NOT_OPEN: Obstacle(400, "not_then", "to_campaign"),
    Code.TIME_TAKEN: Obstacle(409, "time_taken", "to_campaign"),
    Code.REPEAT_TOO_SHORT: Obstacle(400, "not_weekly", "to_campaign"),
    Code.REPEAT_TOO_LONG: Obstacle(400, "not_weekly", "to_campaign"),
    Code.TOO_MANY_BOOKINGS: Obstacle(409, "booked_enough", "to_campaign"),
    Code.BOOKING_GONE: Obstacle(404, "booking_gone"),
    Code.LETTER_GONE: Obstacle(404, "letter_gone"),
    Code.OUR_FAULT: FAULT,
}
"""Every refusal but those shown at the form's own field, and those the campaign's page explains."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: language, site, path, the same in the other language, and the campaign if known."""

    language: Language
    site: Site
    elsewhere: str
    path: str = "/"
    campaign: Campaign | None = None


def refused(refusal: Refusal, asked: Asked, now: datetime) -> Response:
    """Return the page for a refusal."""
    found = OBSTACLES.get(refusal.code, FAULT)
    later, waits = _minutes(refusal.try_again, now), retry_after(refusal, now)
    return _drawn(found, asked, _heading(found, refusal, asked), _text(found, later, asked), waits)


def retry_after(refusal: Refusal, now: datetime) -> dict[str, str]:
    """Return the header that says when to try again; none where that is not known."""
    later = _minutes(refusal.try_again, now)
    return {"Retry-After": str(later * 60)} if later is not None else {}


def ended(asked: Asked, reached: int) -> Response:
    """Return the page of a campaign that has ended, with what it came to."""
    say = phrasebook(asked.language).say
    text = say("ended.text.one" if reached == 1 else "ended.text.many", reached=grouped(reached))
    return _drawn(ENDED, asked, say("ended.heading"), text, {})


def fault(asked: Asked) -> Response:
    """Return the page for a fault of ours. Asks nothing of anybody: whatever broke, this must not."""
    say = phrasebook(asked.language).say
    number = asked.site.number
    text = say("fault.text", number=phone(number)) if number else say("fault.text.no_number")
    return _drawn(FAULT, asked, say("fault.heading"), text, {})


def _drawn(found: Obstacle, asked: Asked, heading: str, text: str, more: Mapping[str, str]) -> Response:
    return page(
        "obstacle.html",
        asked.language,
        asked.site,
        status=found.status,
        headers={**PRIVATE, **more},
        heading=heading,
        text=text,
        ways=_ways(found, asked),
        elsewhere=asked.elsewhere,
        campaign=asked.campaign,
    )


def _heading(found: Obstacle, refusal: Refusal, asked: Asked) -> str:
    say = phrasebook(asked.language).say
    if refusal.code is Code.TOO_MANY_CALLS and refusal.field and refusal.limit:
        words = "limit" if refusal.limit > 1 else "one"
        return say(f"too_many.heading.{words}", limit=refusal.limit)
    return say(f"{found.key}.heading")


def _text(found: Obstacle, later: int | None, asked: Asked) -> str:
    say = phrasebook(asked.language).say
    if found.key != "too_many":
        return say(f"{found.key}.text")
    if later is None:
        return say("too_many.later")
    if later < HOUR:
        return say("too_many.minutes", minutes=max(2, later))
    hours = round(later / HOUR)
    return say("too_many.hour") if hours == 1 else say("too_many.hours", hours=hours)


def _minutes(until: datetime | None, now: datetime) -> int | None:
    return None if until is None else max(1, ceil((until - now) / timedelta(minutes=1)))


def _ways(found: Obstacle, asked: Asked) -> list[tuple[str, str]]:
    say = phrasebook(asked.language).say
    first = (say(found.way, number=phone(asked.site.number or "")), _way(found.way, asked))
    if not found.offers_letter or asked.campaign is None:
        return [first]
    letter = asked.site.link(f"/c/{asked.campaign.slug}/letter", lang=asked.language.value)
    return [first, (say("write.link"), letter)]


def _way(way: str, asked: Asked) -> str:
    """Where the way on leads; without a campaign at hand, to all of them."""
    link, lang = asked.site.link, asked.language.value
    if way == "call_now" and asked.site.number:
        return f"tel:{asked.site.number}"
    if way in {"try_again", "answer.back"}:
        return link(asked.path, lang=lang)
    if way == "see_campaigns" or asked.campaign is None:
        return link("/", lang=lang)
    return link(f"/c/{asked.campaign.slug}", lang=lang) + ("#call-me" if way == "use_another" else "")
