"""What page.md asks of every page and state, checked in Chromium: both languages, three widths, both schemes."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opening
from tests.browser.everybody import LANGUAGES, STOPS, hold_for_everybody, is_in_reading_order, walked
from tests.browser.served import Served
from tests.browser.states import CALLS, PATHS

pytestmark = pytest.mark.browser

FORMS = ["refused form", "never called"]
EVERY = [*PATHS, *FORMS, *CALLS]


def shown(opened: Opening, served: Served, name: str, language: str, **how: Any) -> Page:
    """Open a page or state. Calls are opened without updates, so that nothing moves while we look."""
    if name in CALLS:
        return opened(served.call(CALLS[name], f"?still=1&lang={language}"), **how)
    if name in FORMS:
        page = opened(served.at(f"/c/families-28?lang={language}"), **how)
        page.fill("#phone", "404 555 01" if name == "refused form" else "900 234 5678")
        page.click("#call-me .btn")
        page.wait_for_selector(".problem" if name == "refused form" else "[data-page=obstacle]")
        return page
    return opened(served.at(f"{PATHS[name]}?lang={language}"), **how)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_all_is_a_thumb_wide_and_nothing_scrolls_sideways(
    opened: Opening, served: Served, axe: str, name: str, language: str
) -> None:
    page = shown(opened, served, name, language)
    hold_for_everybody(page, axe, language)


@pytest.mark.parametrize("name", ["campaign", "in line", "ringing", "question", "home"])
def test_the_tab_key_walks_in_reading_order_and_shows_where_it_is(
    opened: Opening, served: Served, name: str
) -> None:
    page = shown(opened, served, name, "es")
    stops = walked(page)

    assert len(stops) == page.evaluate(STOPS)
    assert is_in_reading_order(stops)


def test_enter_sends_the_form_and_space_opens_what_is_folded(opened: Opening, served: Served) -> None:
    page = shown(opened, served, "campaign", "es")
    page.focus("summary")
    page.keyboard.press("Space")
    assert page.get_attribute("details", "open") is not None

    page.fill("#phone", "404 555 0123")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-state=in_line]")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_form_says_so_three_times_and_takes_you_to_the_field(
    opened: Opening, served: Served, *, script: bool, language: str
) -> None:
    page = opened(served.at(f"/c/families-28?lang={language}"), script=script)
    page.fill("#phone", "404 555 01")
    page.click("#call-me .btn")
    summary = page.wait_for_selector(".problem a")

    assert summary
    assert page.title().startswith("Error: ")
    assert summary.inner_text() == page.inner_text("#phone-error")
    assert page.input_value("#phone") == "404 555 01"
    assert page.get_attribute("#phone", "aria-invalid") == "true"
    assert "phone-error" in (page.get_attribute("#phone", "aria-describedby") or "")
    if script:
        assert page.evaluate("document.activeElement.id") == "problem"
        summary.click()
        assert page.evaluate("document.activeElement.id") == "phone"


@pytest.mark.parametrize(
    ("name", "selector"), [("menu", ".key.first"), ("connected", ".cord li.on"), ("campaign", ".btn.main")]
)
def test_forced_colours_keep_what_is_on_apart_from_what_is_off(
    opened: Opening, served: Served, name: str, selector: str
) -> None:
    page = shown(opened, served, name, "en", forced_colors="active")
    pseudo = "::before" if "cord" in selector else None
    painted = page.evaluate(
        "([s, p]) => getComputedStyle(document.querySelector(s), p).backgroundColor", [selector, pseudo]
    )

    assert painted != page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("name", ["in line", "connected", "thanks"])
def test_the_other_language_is_the_same_state_one_tap_away(
    opened: Opening, served: Served, name: str
) -> None:
    page = shown(opened, served, name, "en", script=False)
    state = page.get_attribute("#status", "data-state")
    page.click(".lang")

    assert page.get_attribute("html", "lang") == "es"
    assert page.get_attribute("#status", "data-state") == state
    assert page.inner_text(".lang") == "English"
