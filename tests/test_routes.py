"""The doors: each route is read or posted to as designed, and reading changes nothing."""

from collections import defaultdict
from typing import Any

import pytest
from chalice.app import Chalice

from app import app
from chalicelib.domain.staff import Person, Role
from chalicelib.domain.tokens import Purpose
from chalicelib.views import staff_cookies
from tests.at_the_console import open_session
from tests.letter_states import LETTERS, link, seed
from tests.rehearsal import SLUG, Rehearsal, rehearsing

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
DOORS = {
    "/": {"GET"},
    "/c/{slug}": {"GET", "POST"},
    "/c/{slug}/book": {"GET", "POST"},
    "/calls/{call_id}": {"GET", "POST"},
    "/bookings/{booking_id}": {"GET", "POST"},
    "/bookings/{booking_id}/time": {"GET", "POST"},
    "/bookings/{booking_id}/calendar.ics": {"GET"},
    "/c/{slug}/letter": {"GET", "POST"},
    "/c/{slug}/letter/print": {"GET"},
    "/letters/{token}": {"GET", "POST"},
    "/c/{slug}/texts": {"GET", "POST"},
    "/c/{slug}/method": {"GET"},
    "/staff": {"GET"},
    "/staff/sign-in": {"GET", "POST"},
    "/staff/sign-out": {"POST"},
    "/staff/campaigns": {"GET"},
    "/staff/campaigns/{slug}": {"GET"},
    "/staff/campaigns/{slug}/edit": {"GET", "POST"},
    "/staff/campaigns/{slug}/launch": {"POST"},
    "/staff/campaigns/{slug}/pause": {"POST"},
    "/staff/campaigns/{slug}/resume": {"POST"},
    "/staff/campaigns/{slug}/end": {"POST"},
    "/staff/offices": {"GET"},
    "/staff/offices/{office_id}": {"GET"},
    "/staff/offices/{office_id}/verify": {"POST"},
    "/staff/offices/{office_id}/close": {"POST"},
    "/staff/offices/{office_id}/reopen": {"POST"},
    "/staff/audit": {"GET"},
    "/health": {"GET"},
    "/static/{name}": {"GET"},
    "/api/campaigns/{slug}": {"GET"},
    "/api/campaigns/{slug}/counts": {"GET"},
    "/api/campaigns/{slug}/offices": {"GET"},
    "/api/campaigns/{slug}/challenge": {"GET"},
    "/api/campaigns/{slug}/calls": {"POST"},
    "/api/calls/{call_id}": {"GET", "POST"},
    "/api/campaigns/{slug}/times": {"GET"},
    "/api/campaigns/{slug}/bookings": {"POST"},
    "/api/bookings/{booking_id}": {"GET", "POST"},
    "/api/campaigns/{slug}/letters": {"POST"},
    "/api/letters/{letter_id}": {"GET"},
    "/api/campaigns/{slug}/subscriptions": {"POST"},
    "/twilio/voice/inbound": {"POST"},
    "/twilio/voice/inbound/status": {"POST"},
    "/twilio/voice/{call_id}/steps/{step}": {"POST"},
    "/twilio/voice/{call_id}/status": {"POST"},
    "/twilio/voice/fallback": {"POST"},
    "/twilio/texts/inbound": {"POST"},
    "/twilio/texts/fallback": {"POST"},
    "/twilio/texts/{text_id}/status": {"POST"},
}
ASKED = {"/api/campaigns/{slug}/times": "?office=ero-atl"}
"""What an address must ask for, to be answered."""
READS = {"GetItem", "BatchGetItem", "Query", "GetSecretValue"}


def siblings(routes: list[str]) -> dict[str, set[str]]:
    """Path up to a variable → the names variables have there. API Gateway refuses two."""
    found: dict[str, set[str]] = defaultdict(set)
    for route in routes:
        parts = route.split("/")
        for depth, part in enumerate(parts):
            if part.startswith("{"):
                found["/".join(parts[:depth])].add(part)
    return found


def test_the_doors_are_those_of_the_design() -> None:
    assert {path: set(methods) for path, methods in app.routes.items()} == DOORS


def test_no_two_siblings_carry_different_variable_names() -> None:
    assert {path: names for path, names in siblings(list(app.routes)).items() if len(names) > 1} == {}


def test_two_variable_names_in_one_place_are_noticed() -> None:
    assert siblings(["/calls/{call_id}", "/calls/{id}/status"]) == {"/calls": {"{call_id}", "{id}"}}


def test_what_twilio_and_the_pages_send_is_a_form_and_the_api_takes_json() -> None:
    for path, methods in app.routes.items():
        for entry in [methods[name] for name in methods if name == "POST"]:
            wanted = JSON if path.startswith("/api/") else FORM
            assert entry.content_types[0] == wanted, path


@pytest.fixture
def watched() -> Any:
    """A rehearsal with a call, a booked one and a letter, their names in addresses, and what is asked of AWS now."""
    with rehearsing(offices=1) as rehearsal:
        named = {"slug": SLUG, "name": "look.css", "office_id": "ero-atl", "call_id": rehearsal.tap()["id"]}
        rehearsal.play()
        named["booking_id"] = rehearsal.book()["id"]
        seed(rehearsal.runtime, LETTERS["waiting"])
        named["token"] = link(rehearsal.runtime, Purpose.CONFIRM, LETTERS["waiting"]).split("/")[2]
        named["letter_id"] = named["token"]
        secret = open_session(rehearsal.runtime, Person("Dana R.", "dana", Role.ADMIN))
        named["cookie"] = f"{staff_cookies.name()}={secret}"
        asked: list[str] = []
        events = rehearsal.dynamodb.meta.events
        events.register("provide-client-params", lambda model, **_: asked.append(model.name))
        yield rehearsal, named, asked


def test_reading_any_page_changes_nothing(watched: tuple[Rehearsal, dict[str, str], list[str]]) -> None:
    rehearsal, named, asked = watched
    gets = [path for path, methods in DOORS.items() if "GET" in methods]

    statuses = {
        path: rehearsal.get((path + ASKED.get(path, "")).format(**named), cookie=named["cookie"])[0]
        for path in gets
    }

    assert set(statuses.values()) <= {200, 303}, statuses
    assert set(asked) <= READS
    assert asked, "the watch saw nothing at all"
    assert rehearsal.queue.sent == rehearsal.queue.sent[:1], "a page has rung somebody"


def test_the_watch_would_see_a_write(watched: tuple[Rehearsal, dict[str, str], list[str]]) -> None:
    rehearsal, _, asked = watched

    rehearsal.tap(phone="+19565550148")

    assert not set(asked) <= READS


def test_the_app_is_only_put_together_from_blueprints() -> None:
    assert isinstance(app, Chalice)
    assert all(view.view_function.__module__.startswith("chalicelib.views.") for view in entries())


def entries() -> list[Any]:
    return [entry for methods in app.routes.values() for entry in methods.values()]
