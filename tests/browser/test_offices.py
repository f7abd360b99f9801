"""Which office, on the page: by ZIP code and by hand, with a script and without, for every eye and hand."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.campaign import Local
from tests.areas_house import CHOICE, put
from tests.browser.conftest import Opening, no_reload
from tests.browser.everybody import hold_for_everybody
from tests.browser.served import Served
from tests.browser.states import CALLS
from tests.values import NOW

pytestmark = pytest.mark.browser

PAGE = "/c/families-28?lang="


@pytest.fixture
def served(served: Served) -> Served:
    served.clock.at = NOW.replace(hour=18)
    put(served.runtime, Local.BEFORE)
    return served


def session(page: Page, served: Served) -> Any:
    page.wait_for_url("**/calls/**")
    return served.runtime.store.call(page.url.split("/calls/")[1].split("?")[0], served.clock())


def looked_up(page: Page, zip_code: str) -> None:
    page.fill("#zip", zip_code)
    page.press("#zip", "Enter")


@pytest.mark.parametrize("script", [True, False])
def test_a_zip_code_finds_the_office_and_the_tap_calls_it(
    opened: Opening, served: Served, *, script: bool
) -> None:
    page = opened(served.at(PAGE + "en"), script=script)
    page.fill("#phone", "404 555 0123")
    looked_up(page, "78501")
    expect(page.locator("#found")).to_contain_text("Your area: Texas.")
    expect(page.locator("#call-h")).to_have_text("Call the Harlingen office")
    assert "78501" not in page.url
    if script:
        expect(page.locator("#found")).to_be_focused()
    page.fill("#phone", "404 555 0123")
    page.click("#call-me .btn")

    kept = session(page, served)
    assert (kept.local, kept.offices[0], kept.zone) == ("ero-hlg", "ero-hlg", "America/Chicago")


@pytest.mark.parametrize("script", [True, False])
def test_of_two_offices_one_is_picked_and_called_with_the_number_of_ones_own(
    opened: Opening, served: Served, *, script: bool
) -> None:
    page = opened(served.at(PAGE + "es"), script=script)
    looked_up(page, CHOICE)
    expect(page.locator("#problem")).to_contain_text(f"el código postal {CHOICE} no corresponde a una sola")
    if script:
        expect(page.locator("#problem")).to_be_focused()
    page.check("input[value=ero-snd]")
    page.click("text=Continuar")
    expect(page.locator("#call-h")).to_have_text("Llame a la oficina de San Diego")
    page.click("#ring-shown summary")
    page.check("#call-me input[value=own]")
    page.fill("#phone", "404 555 0123")
    page.click("#call-me .btn")

    kept = session(page, served)
    assert (kept.local, kept.offices[0], kept.shows_own) == ("ero-snd", "ero-snd", True)


@pytest.mark.parametrize("script", [True, False])
def test_change_leads_to_the_offices_and_any_can_be_picked(
    opened: Opening, served: Served, *, script: bool
) -> None:
    page = opened(served.at(PAGE + "en"), script=script)
    page.get_by_role("button", name="Change office to call").click()
    page.click("#offices summary")
    page.check("input[value=ero-atl]")
    page.click("text=Continue")

    expect(page.locator("#found")).to_have_text("You chose the Atlanta office.")
    expect(page.locator("#call-h")).to_have_text("Call the Atlanta office")


def test_a_zip_code_that_was_typed_and_not_looked_up_counts_with_a_script(
    opened: Opening, served: Served
) -> None:
    page = opened(served.at(PAGE + "en"))
    page.fill("#zip", "78501")
    page.fill("#phone", "404 555 0123")
    page.click("#call-me .btn")
    assert session(page, served).offices[0] == "ero-hlg"


def test_one_that_leaves_a_choice_is_asked_about_and_the_phone_is_kept(
    opened: Opening, served: Served
) -> None:
    page = opened(served.at(PAGE + "en"))
    with no_reload(page):
        page.fill("#zip", CHOICE)
        page.fill("#phone", "404 555 0123")
        page.click("#call-me .btn")
        expect(page.locator("h1")).to_have_text("Which office is yours?")
        page.check("input[value=ero-los]")
        page.click("text=Continue")
        assert page.input_value("#phone") == "404 555 0123"
        page.click("#call-me .btn")
        page.wait_for_selector("[data-state=in_line]")
    assert session(page, served).offices[0] == "ero-los"


@pytest.mark.parametrize("script", [True, False])
def test_a_zip_code_that_is_none_is_mended_at_its_field(
    opened: Opening, served: Served, *, script: bool
) -> None:
    page = opened(served.at(PAGE + "en"), script=script)
    looked_up(page, "3030")
    summary = page.locator(".problem a")

    expect(summary).to_have_attribute("href", "#zip")
    assert page.title().startswith("Error: ")
    assert summary.inner_text() == page.inner_text("#zip-error")
    assert page.get_attribute("#zip", "aria-invalid") == "true"
    looked_up(page, "30303")
    expect(page.locator("#call-h")).to_have_text("Call the Atlanta office")


SHARES = "navigator.share = (what) => { window.shared = what; return Promise.resolve(); }"


def test_where_the_device_can_share_a_button_does_and_elsewhere_there_is_none(
    opened: Opening, served: Served
) -> None:
    page = opened(served.call(CALLS["thanks"], "?lang=es"))
    expect(page.locator("[data-share]")).to_be_hidden()
    page.context.add_init_script(SHARES)
    page.reload()
    page.get_by_role("button", name="Compartir esta campaña").click()

    assert page.evaluate("window.shared") == {
        "title": "Pídale a ICE que pare 28 deportaciones",
        "url": f"{served.url}/c/families-28?via=share",
    }


@pytest.mark.parametrize("script", [True, False])
def test_from_the_thanks_the_next_office_is_called(opened: Opening, served: Served, *, script: bool) -> None:
    page = opened(served.call(CALLS["thanks"], "?lang=en"), script=script)
    page.click("text=Call the Washington office")
    expect(page.locator("#call-h")).to_have_text("Call the Washington office")
    page.fill("#phone", "404 555 0123")
    page.click("#call-me .btn")

    assert session(page, served).offices[0] == "ero-was"


STATES = {"asked": "", "found": "78501", "refused": "3030", "choice": CHOICE}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_axe_finds_nothing_all_is_a_thumb_wide_and_nothing_scrolls_sideways(
    opened: Opening, served: Served, axe: str, name: str, language: str
) -> None:
    page = opened(served.at(PAGE + language))
    if STATES[name]:
        looked_up(page, STATES[name])
        page.wait_for_selector("#found" if name == "found" else "#problem")
    hold_for_everybody(page, axe, language)
