"""Plays tales of booked calls and of letters: the real app in this process, on a virtual clock: days pass at once.

Promises a table of its own in the stack's local AWS, made for each tale and deleted afterwards, and that no queue,
no phone world and no clock of the stack is touched. Refuses to run beside a stack of this same process: the app
has one runtime. So `beside` plays them in a process of its own.
"""

import contextlib
import json
import os
import signal
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin
from zoneinfo import ZoneInfo

from chalicelib.config import Config
from chalicelib.domain.campaign import Campaign, Routing
from chalicelib.domain.codes import DIGITS
from chalicelib.domain.office import Line, Office
from chalicelib.runtime import Runtime, install
from cli.connection import connect
from dev import app_log, aws, environment
from dev.phone_world import Call, OfficeLine, Supporter
from dev.phone_world.clock import DEFAULT_START
from dev.rehearsing import Rehearsal
from dev.stories import corresponding, texting
from dev.stories.booked import BOOKED_TALES, BookedTale
from dev.stories.bursting import burst
from dev.stories.corresponding import lettered
from dev.stories.judging import Json, Leg, Played, Telling, broken_off, differs, unheard, unlike, unread
from dev.stories.letters import BURST, LETTER_TALES, BurstTale, LetterTale
from dev.stories.site import CAMPAIGN, STEP
from dev.stories.tale import FIRST_OFFICES, NO_FORM
from dev.stories.texting import TEXT_TALES, TextTale
from dev.stories.visiting import typed, visited

CREATED, SEE_OTHER = 201, 303
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STAGE = "test"
"""A stage in which offices keep their hours; in the local one they are called at any hour."""
AnyTale = BookedTale | LetterTale | BurstTale | TextTale
REHEARSED: tuple[AnyTale, ...] = (*BOOKED_TALES, *LETTER_TALES, BURST, *TEXT_TALES)
MOST_AN_HOUR = 1_000_000
"""A burst asks what the account bears, not one office."""
PHONE = "+13035550123"
LATEST = timedelta(seconds=60)
"""A booked call rings less than this after its time."""
WATCHED = timedelta(minutes=25)
"""How long before a call's time the schedule begins to come round every minute."""
AFTERWARDS = timedelta(minutes=15)
TALK_SECONDS = 30.0
TEXTED = 3.0
"""Seconds until a text has arrived."""


@contextlib.contextmanager
def beside(settings: Mapping[str, str], tales: Sequence[AnyTale]) -> Iterator["Future[list[Telling]]"]:
    """Play tales of booked calls and of letters in a process of their own; yield what will come of them."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_heedless) as process:
        yield process.submit(play_all, dict(settings), tales)


def _heedless() -> None:
    """Leave a Ctrl-C to the first process, which ends this one in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def play_all(settings: Mapping[str, str], tales: Sequence[AnyTale]) -> list[Telling]:
    """Play every tale, on the local AWS of the stack with these settings."""
    environment.require_loopback(settings)
    environment.adopt(settings)
    asked = connect(settings).catalog.campaign(CAMPAIGN)
    if asked is None:
        raise ValueError(f"There is no campaign {CAMPAIGN} on this stack.")
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, app_log.into(nowhere):
        return [play(tale, settings, asked) for tale in tales]


def play(tale: AnyTale, settings: Mapping[str, str], asked: Campaign) -> Telling:
    """Play one tale to its end, or to where the app refuses to go on."""
    with table_of_its_own(settings) as built:
        try:
            return _played(tale, built, asked)
        except ValueError as problem:
            return broken_off(tale, problem)


def _played(tale: AnyTale, built: Runtime, asked: Campaign) -> Telling:
    token = built.secrets.current().twilio_token
    match tale:
        case BookedTale():
            campaign = fresh(asked, tale.now)
            return told(tale, Rehearsal(built, campaign, token, start=tale.now), campaign.offices[0])
        case LetterTale():
            campaign = lettered(fresh(asked, DEFAULT_START), tale.offices)
            return corresponding.told(tale, Rehearsal(built, campaign, token))
        case TextTale():
            # A tale's own table has no areas, so nobody is asked for a ZIP code here.
            campaign = replace(fresh(asked, DEFAULT_START), routing=Routing())
            return texting.told(tale, Rehearsal(built, campaign, token))
        case BurstTale():
            campaign = lettered(fresh(asked, DEFAULT_START), 1, an_hour=MOST_AN_HOUR)
            return burst(tale, Rehearsal(built, campaign, token))


@contextlib.contextmanager
def table_of_its_own(settings: Mapping[str, str]) -> Iterator[Runtime]:
    """Yield a runtime on an empty table, which is gone afterwards."""
    # Each letter of a burst comes from the same place.
    crowd = {"PATCHTHROUGH_LETTERS_PER_SOURCE": "1000"}
    table = f"patchthrough-tale-{uuid.uuid4().hex[:12]}"
    dynamodb = aws.client("dynamodb", settings["AWS_ENDPOINT_URL"])
    aws.create_table(dynamodb, table)
    own = {**settings, **crowd, "PATCHTHROUGH_STAGE": STAGE, "PATCHTHROUGH_TABLE": table}
    try:
        yield Runtime.build(Config.from_environ(own))
    finally:
        install(None)
        dynamodb.delete_table(TableName=table)


def fresh(asked: Campaign, now: datetime) -> Campaign:
    """Return the campaign as a new one: its first offices, with a made-up line each that somebody verified today."""
    offices = tuple(_with_line(office, nth, now) for nth, office in enumerate(asked.offices[:FIRST_OFFICES]))
    return replace(asked, revision=0, offices=offices, elsewhere=())


def told(tale: BookedTale, house: Rehearsal, office: Office) -> Telling:
    """Wish to call, book instead, let the times come, and judge."""
    line = OfficeLine(office.lines[0].number, talk_seconds=TALK_SECONDS, name=office.name.en)
    house.world.add(line, Supporter(PHONE, tale.script, name=tale.name))
    refused, (booking, read) = house.post(*_wish(tale, house)), book(tale, house, office)
    calls = [played(call, house, office) for ring in tale.rings for call in came_at(ring, house)]
    last = replace(calls[-1] if calls else Played(PHONE, {}, 0, (), (), ()), read=read)
    late = [began - ring for began, ring in zip(_began(house), tale.rings, strict=False)]
    return Telling(
        tale,
        last,
        {PHONE: tale.name, line.number: line.name},
        (*unlike_booked(tale, house, (refused, booking), calls, late), *unread(tale.page.reads, read)),
        tuple(calls[:-1]),
        asides=(*tale.page.asides(), *_asides(tale, booking, late, office)),
        facts=(f"rang {' and '.join(_seconds(each) for each in late)} after its time",),
    )


def book(tale: BookedTale, house: Rehearsal, office: Office) -> tuple[Json, str]:
    """Book the call on the page, or as a program does; return the booking as the API has it, and what pages said.

    The code that is texted is typed in, where one is asked for.
    """
    if tale.page == NO_FORM:
        return _booked_by_api(tale, house, office), ""
    page = f"{house.public_url}/c/{house.slug}?lang={tale.language}"
    visit = visited(lambda url, fields: opened(house, url, fields), page, PHONE, tale.page)
    if visit.asks_code:
        visit = typed(lambda url, fields: opened(house, url, fields), visit, code(house))
    found: dict[str, Any] = json.loads(house.get(f"/api/bookings/{visit.id}")[2])
    return {"http": CREATED} | found, visit.read


def code(house: Rehearsal) -> str:
    """Return the code in the latest text to the phone, once it is there. Raises ValueError."""
    house.world.advance(TEXTED)
    texts = [text for text in house.world.texts if text.to == PHONE]
    if not texts:
        raise ValueError("no code was texted")
    return texts[-1].body[:DIGITS]


def opened(house: Rehearsal, url: str, fields: Mapping[str, str] | None) -> tuple[str, str]:
    """Open an address in this process, or send a form there, as a browser does; where that led, and the page."""
    path = url.removeprefix(house.public_url)
    status, headers, html = (
        house.get(path) if fields is None else house.ask("POST", path, FORM, urlencode(fields).encode())
    )
    if status == SEE_OTHER:
        return opened(house, urljoin(url, headers["location"]), None)
    return url, html.decode()


def came_at(ring: datetime, house: Rehearsal) -> list[Call]:
    """Let a moment come and go, the schedule coming round each minute; return the calls that rang about then."""
    known = len(house.world.calls_to(PHONE))
    house.world.advance((ring - WATCHED - house.clock.now()).total_seconds())
    house.play(minutes=(WATCHED + AFTERWARDS).total_seconds() / 60)
    return house.world.calls_to(PHONE)[known:]


def unlike_booked(
    tale: BookedTale,
    house: Rehearsal,
    answers: tuple[Json, Json],
    calls: Sequence[Played],
    late: Sequence[timedelta],
) -> Iterator[str]:
    """Yield what differs from how it must go: the two answers, when and how often the phone rang, every call's end."""
    refused, booking = answers
    code = refused.get("error", {}).get("code")
    yield from differs("the wish to call now was answered", (409, "offices_closed"), (refused["http"], code))
    yield from differs("the wish to book was answered", CREATED, booking["http"])
    yield from differs("the phone rang", len(tale.rings), sum(call.rings for call in calls))
    for each in late:
        if not timedelta(0) <= each < LATEST:
            yield f"the phone rang {_seconds(each)} after its time"
    for call in calls:
        yield from unlike(tale, call)
    yield from unheard(tale.heard, calls[-1].transcript if calls else ())
    yield from differs("ledger and tally differ by", 0, house.difference())
    yield from differs("wrong Twilio spoken", [], house.world.complaints)


def played(call: Call, house: Rehearsal, office: Office) -> Played:
    """Return what there is to judge of one ring and what came of it."""
    found = STEP.search(call.answer_hook.url)
    call_id = found[1] if found else ""
    actions = sorted(house.runtime.store.actions(), key=lambda action: action.id)
    legs = house.world.children(call.sid)
    places = {line.number: office.place.en for line in office.lines}
    return Played(
        phone=PHONE,
        view=house.state(call_id),
        rings=int(call.rang is not None),
        counted=tuple(each.outcome.value for each in actions if each.id.startswith(f"{call_id}-")),
        legs=tuple(Leg(places.get(leg.to, leg.to), None if leg.rang is None else leg.from_) for leg in legs),
        transcript=[asdict(line) for line in house.world.transcript(call.sid)],
    )


# Strictly private.


def _with_line(office: Office, nth: int, now: datetime) -> Office:
    line = Line(f"+120255501{nth:02}", callable=True, verified_on=now.date())
    return replace(office, lines=(line,))


def _wish(tale: BookedTale, house: Rehearsal) -> tuple[str, dict[str, str]]:
    wish = {"phone": PHONE, "language": tale.language, "consent": "call-1", "proof": house.proof()}
    return f"/api/campaigns/{house.slug}/calls", wish


def _booking(tale: BookedTale, house: Rehearsal, office: Office) -> tuple[str, dict[str, str]]:
    """The supporter's phone keeps the office's time here; the API takes any."""
    weekly = {"weekly_until": tale.weekly_until.isoformat()} if tale.weekly_until else {}
    wish = {"phone": PHONE, "language": tale.language, "proof": house.proof(), "office": office.id}
    wish |= {"at": tale.at, "zone": office.zone, "consent": "book-weekly-1" if weekly else "book-1"}
    return f"/api/campaigns/{house.slug}/bookings", wish | weekly


def _booked_by_api(tale: BookedTale, house: Rehearsal, office: Office) -> Json:
    answer = house.post(*_booking(tale, house, office))
    if answer.get("state") != "code":
        return answer
    proved = house.post(f"/api/bookings/{answer['id']}", {"do": "code", "code": code(house)})
    return proved | {"http": answer["http"]}


def _began(house: Rehearsal) -> list[datetime]:
    """When the phone was rung, in order."""
    rung = (call.started for call in house.world.calls_to(PHONE))
    return [house.clock.start + timedelta(seconds=at) for at in rung if at is not None]


def _asides(tale: BookedTale, booking: Json, late: Sequence[timedelta], office: Office) -> Iterator[str]:
    """Yield when it was booked and for when, and when it rang, in the office's own time."""
    if "at" in booking:
        weekly = f", and every week until {_day(tale.weekly_until)}" if tale.weekly_until else ""
        yield (
            f"Booked on {_shown(tale.now, office)}, when it is closed, "
            f"for {_shown(datetime.fromisoformat(booking['at']), office)}{weekly}."
        )
    for ring, each in zip(tale.rings, late, strict=False):
        yield f"Rang on {_shown(ring + each, office)}, {_seconds(each)} after its time."


def _shown(at: datetime, office: Office) -> str:
    there = at.astimezone(ZoneInfo(office.zone))
    return f"{there:%A}, {_day(there.date())}, {there:%H:%M} in {office.place.en} ({at.astimezone(UTC):%H:%M} UTC)"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _seconds(late: timedelta) -> str:
    return f"{late.total_seconds():g} s"
