"""The doors of the console: who comes in, what is refused and how, and what is on record of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.adapters import audit
from chalicelib.domain.staff import CHECKED, IDLE, LONGEST, NOTED, Person, Role, Session
from chalicelib.views import staff_cookies
from chalicelib.views.staffing import sessions, where_to
from tests.at_the_console import AtTheConsole, sign_in
from tests.browser.served import Served
from tests.values import NOW


def test_without_a_session_there_is_a_page_to_sign_in(served: Served) -> None:
    answer = served.ask("GET", "/staff")

    assert (answer.status, "Sign in" in answer.text) == (401, True)
    assert 'name="to" value="/staff"' in answer.text


def test_a_page_greets_whoever_is_signed_in_and_nobody_keeps_it(served: Served) -> None:
    answer = sign_in(served, Role.VIEWER).get("/staff")

    assert (answer.status, "Dana R., viewer" in answer.text) == (200, True)
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("later", [IDLE, LONGEST])
def test_a_session_ends(served: Served, later: timedelta) -> None:
    dana = sign_in(served)

    served.clock.pass_by(later.total_seconds())

    assert dana.get("/staff").status == 401


def test_whoever_asks_for_pages_stays_for_twelve_hours_and_no_longer() -> None:
    session = Session(Person("Dana R.", "dana", Role.EDITOR), NOW, NOW, NOW)

    hours = [replace(session, seen_at=NOW + timedelta(hours=hour)).ends_at - NOW for hour in (0, 3, 10, 11)]

    assert hours == [timedelta(hours=number) for number in (2, 5, 12, 12)]


def test_a_role_that_nobody_can_read_again_holds_a_quarter_of_an_hour(served: Served) -> None:
    dana = sign_in(served)

    served.clock.pass_by(CHECKED.total_seconds() - 1)
    before = dana.get("/staff").status
    served.clock.pass_by(1)

    assert (before, dana.get("/staff").status) == (200, 401)


def test_a_page_that_asks_for_itself_keeps_nobody_signed_in(served: Served) -> None:
    dana = sign_in(served)
    served.clock.pass_by(NOTED.total_seconds())

    dana.get("/staff?again=1")
    itself = seen_at(dana)
    dana.get("/staff")

    assert (itself, seen_at(dana)) == (NOW, NOW + NOTED)


def test_signing_out_ends_the_session_at_once(served: Served) -> None:
    dana = sign_in(served)

    answer = dana.send("/staff/sign-out")

    assert (answer.status, "Max-Age=0" in answer.headers["set-cookie"]) == (303, True)
    assert dana.get("/staff").status == 401


@pytest.mark.parametrize("fetch_site", ["cross-site", "same-site", "none"])
def test_a_form_of_another_site_changes_nothing(served: Served, fetch_site: str) -> None:
    dana = sign_in(served)

    fields = {"token": staff_cookies.token(dana.secret)}
    answer = dana.send_as("/staff/sign-out", fields, fetch_site)

    assert (answer.status, dana.get("/staff").status) == (403, 200)


@pytest.mark.parametrize("token", ["", "0" * 64, "ä"])
def test_a_form_without_the_sessions_token_changes_nothing(served: Served, token: str) -> None:
    dana = sign_in(served)

    answer = dana.send_as("/staff/sign-out", {"token": token}, "same-origin")

    assert (answer.status, dana.get("/staff").status) == (403, 200)


def test_what_is_sent_is_on_record_with_who_sent_it(served: Served) -> None:
    sign_in(served).send("/staff/sign-out")

    kept = list(audit.entries(served.runtime.catalog.table, served.clock()))
    assert [(each.who, each.what) for each in kept][-1:] == [("dana", "console: sign out")]


@pytest.mark.parametrize(
    "asked",
    ["//evil.example/staff", "https://evil.example/staff", "/staffing", "/\\evil.example", "staff", ""],
)
def test_after_the_sign_in_nobody_is_led_elsewhere(asked: str) -> None:
    assert where_to(asked) == "/staff"


def test_after_the_sign_in_one_is_where_one_wanted_to_be() -> None:
    assert where_to("/staff/campaigns/families-28") == "/staff/campaigns/families-28"


def seen_at(dana: AtTheConsole) -> datetime:
    found = sessions().find(dana.secret, dana.served.clock())
    assert found is not None
    return found.seen_at


def test_the_overview_shows_what_is_under_way_and_leads_to_the_pause(served: Served) -> None:
    served.reach(1284)

    page = sign_in(served, Role.VIEWER).get("/staff").text

    assert "1,284" in page
    assert 'href="/go/staff/campaigns/families-28"' in page
    assert "Office calls by hour, today" in page
    assert [place for place in ("Atlanta", "Washington", "New York") if place not in page] == []


def test_the_overview_asks_for_itself_only_when_somebody_wants_it(served: Served) -> None:
    dana = sign_in(served, Role.VIEWER)

    asks = ['http-equiv="refresh"' in dana.get(path).text for path in ("/staff", "/staff?again=1")]

    assert asks == [False, True]
