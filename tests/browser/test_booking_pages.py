"""The booking pages in Chromium: seen and walked by everybody, with a script and without one."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.booking import Booking, Reason, State, cancelled, dropped
from chalicelib.domain.booking_proving import unproved
from chalicelib.domain.call import Stage
from tests.booking_values import booking, eastern
from tests.browser.conftest import Opening, no_reload
from tests.browser.everybody import LANGUAGES, STOPS, hold_for_everybody, is_in_reading_order, walked
from tests.browser.served import Served
from tests.values import CALL_ID, session

pytestmark = pytest.mark.browser

NIGHT = eastern("2026-11-24T20:00")
NINE = eastern("2026-11-25T09:00")
ASK = "/c/families-28"
CENTRAL = {"timezone_id": "America/Chicago"}
BOOKED = booking(
    NINE, zone="America/Chicago", id="a-booking-for-the-browser", created_at=NIGHT, changed_at=NIGHT
)
WEEKLY = replace(
    BOOKED, until=eastern("2026-12-16T12:00").date(), consent=replace(BOOKED.consent, text="book-weekly-1")
)
STATES: dict[str, Booking] = {
    "code": unproved(BOOKED, NIGHT),
    "booked": BOOKED,
    "booked weekly": WEEKLY,
    "soon": BOOKED,
    "now": BOOKED,
    "went on": replace(WEEKLY, last_at=eastern("2026-11-18T09:00"), dropped=Reason.CLOSED),
    "called": replace(BOOKED, state=State.PLACED, phone=None, last_at=NINE, call_id="gone-by-now"),
    "calling": replace(BOOKED, state=State.PLACED, phone=None, last_at=NINE, call_id=CALL_ID),
    "dropped": dropped(BOOKED, Reason.LINE_TOO_LONG, NINE),
    "cancelled": cancelled(BOOKED, NIGHT),
}
CLOCKS = {"soon": eastern("2026-11-25T08:50"), "now": eastern("2026-11-25T09:01")}


@pytest.fixture
def closed(served: Served) -> Served:
    """The evening before: every office is closed."""
    served.clock.at = NIGHT
    return served


def kept(served: Served, made: Booking) -> str:
    """Put a booking into the table in the state it is in; its page's path."""
    first = replace(made, state=State.BOOKED, phone=made.phone or BOOKED.phone)
    served.runtime.bookings.book(first, served.runtime.bookings.open_of(made.phone_key, NIGHT)[0], 9)
    if made != first:
        served.runtime.bookings.change(first, replace(made, changed_at=NIGHT))
    return f"/bookings/{made.id}"


def to_days(page: Page) -> None:
    page.fill("#phone", "404 555 0123")
    page.check("input[value=another]")
    page.click(".btn.main")
    page.wait_for_selector("#day")


def to_times(page: Page) -> None:
    to_days(page)
    page.check("#day")
    page.click(".btn.main")
    page.wait_for_selector("#when")


def to_weeks(page: Page) -> None:
    page.fill("#phone", "404 555 0123")
    page.check("#when")
    page.check("[name=weekly]")
    page.click(".btn.main")
    page.wait_for_selector("#until")


def to_errors(page: Page) -> None:
    page.fill("#phone", "404")
    page.click(".btn.main")
    page.wait_for_selector(".problem")


WAYS: dict[str, Callable[[Page], None]] = {
    "days": to_days, "times": to_times, "weeks": to_weeks, "errors": to_errors,
}  # fmt: skip
EVERY = ["closed campaign", "office", *WAYS, *STATES, "another day"]


def shown(opened: Opening, served: Served, name: str, language: str) -> Page:
    if name in STATES:
        path = kept(served, STATES[name])
        if name == "calling":
            served.put(session(stage=Stage.RINGING))
        served.clock.at = CLOCKS.get(name, NIGHT)
        return opened(served.at(f"{path}?lang={language}"))
    if name == "another day":
        return opened(served.at(f"{kept(served, WEEKLY)}/time?lang={language}"))
    path = f"{ASK}/book" if name == "office" else ASK
    page = opened(served.at(f"{path}?lang={language}&zone=America/Chicago"), **CENTRAL)
    if name in WAYS:
        WAYS[name](page)
    return page


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_all_is_a_thumb_wide_and_nothing_scrolls_sideways(
    opened: Opening, closed: Served, axe: str, name: str, language: str
) -> None:
    page = shown(opened, closed, name, language)
    hold_for_everybody(page, axe, language)
    assert len(page.content()) < 11_000


# With a script.


def test_times_are_told_in_the_browsers_own_zone_and_the_page_is_left_once_for_it(
    opened: Opening, closed: Served
) -> None:
    page = opened(closed.at(f"{ASK}?lang=en"), **CENTRAL)
    page.wait_for_url("**zone=America%2FChicago**")

    expect(page.locator("#call-me")).to_contain_text("Opens at 8:00\u00a0am Central")
    page.go_back()
    assert page.url == "about:blank"


def test_a_zone_picked_by_hand_stays(opened: Opening, closed: Served) -> None:
    page = opened(closed.at(f"{ASK}?lang=en&zone=America/Chicago"), **CENTRAL)
    page.click("summary:has-text('time zone')")
    page.select_option("#zone", "Pacific/Honolulu")
    page.click("text=Show the times")

    expect(page.locator("#when-hint")).to_have_text("Times are yours: Hawaii.")


def test_a_call_is_booked_changed_and_taken_back_without_a_reload(opened: Opening, closed: Served) -> None:
    page = opened(closed.at(f"{ASK}?lang=en&zone=America/Chicago"), **CENTRAL)
    with no_reload(page):
        page.fill("#phone", "404 555 0123")
        page.check("#when")
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.click(".btn.main")
        expect(page.locator("h1")).to_have_text("Your call is booked")
        expect(page.locator("h1")).to_be_focused()
        assert "proof=" in (sent.value.post_data or "")
        page.click(".btn.danger")
        expect(page.locator("h1")).to_have_text("Your call is cancelled")
    assert "/bookings/" in page.url


def test_each_booking_has_a_proof_of_its_own(opened: Opening, closed: Served) -> None:
    page = opened(closed.at(f"{ASK}?lang=en&zone=America/Chicago"), **CENTRAL)
    for time in ("#when", "input[name=when] >> nth=1"):
        page.goto(closed.at(f"{ASK}?lang=en&zone=America/Chicago"))
        page.fill("#phone", "404 555 0123")
        page.check(time)
        page.click(".btn.main")
        expect(page.locator("h1")).to_have_text("Your call is booked")

    assert sum(closed.runtime.bookings.taken("ero-atl", NINE).values()) == 1


def test_a_double_tap_books_one_call(opened: Opening, closed: Served) -> None:
    page = opened(closed.at(f"{ASK}?lang=en&zone=America/Chicago"), **CENTRAL)
    page.fill("#phone", "404 555 0123")
    page.check("#when")
    page.dblclick(".btn.main")
    expect(page.locator("h1")).to_have_text("Your call is booked")

    assert sum(closed.runtime.bookings.taken("ero-atl", NINE).values()) == 1


def test_a_refused_form_takes_you_to_the_summary_and_from_there_to_the_field(
    opened: Opening, closed: Served
) -> None:
    page = opened(closed.at(f"{ASK}?lang=en&zone=America/Chicago"), **CENTRAL)
    with no_reload(page):
        to_errors(page)
        expect(page.locator("#problem")).to_be_focused()
        assert page.title() == "Error: Book a call"
        assert page.input_value("#phone") == "404"
        page.click(".problem a >> nth=0")
        expect(page.locator("#when")).to_be_focused()


def test_the_calendar_file_is_downloaded(opened: Opening, closed: Served) -> None:
    page = opened(closed.at(f"{kept(closed, BOOKED)}?lang=en"))
    with page.expect_download() as download:
        page.click("text=Add to my calendar")

    assert download.value.suggested_filename == "call.ics"


# Without one.


def test_without_a_script_every_step_is_there(opened: Opening, closed: Served) -> None:
    page = opened(closed.at(f"{ASK}?lang=es"), script=False)
    to_times(page)
    page.check("[name=weekly]")
    page.check("#when")
    page.click(".btn.main")
    page.select_option("#until", index=2)
    page.click(".btn.main")
    expect(page.locator("h1")).to_have_text("Sus llamadas semanales están programadas")
    page.click("text=Cambiar la hora")
    page.check("input[name=day] >> nth=1")
    page.click(".btn.main")
    page.check("#when")
    page.click(".btn.main")
    expect(page.locator("dl")).to_contain_text("Viernes 27 de noviembre")
    page.click(".btn.danger")

    expect(page.locator("h1")).to_have_text("Sus llamadas semanales están canceladas")


@pytest.mark.parametrize("name", ["closed campaign", "another day", "booked"])
def test_the_tab_key_walks_in_reading_order(opened: Opening, closed: Served, name: str) -> None:
    page = shown(opened, closed, name, "en")
    stops = walked(page)

    radios = page.evaluate("() => Math.max(0, document.querySelectorAll('input[type=radio]').length - 1)")
    assert len(stops) == page.evaluate(STOPS) - radios
    assert is_in_reading_order(stops)
