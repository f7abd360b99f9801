"""Signing up for texts in Chromium: with a script and without, at every width, by keyboard, read out."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opening, no_reload
from tests.browser.everybody import LANGUAGES, STOPS, hold_for_everybody, is_in_reading_order, walked
from tests.browser.served import Served
from tests.rehearsal import texts_of
from tests.values import campaign

pytestmark = pytest.mark.browser

PAGE = "/c/families-28/texts"
STATES = ["form", "refused", "sent"]
HEADINGS = {"en": "Look at your phone", "es": "Mire su teléfono"}


@pytest.fixture
def texting(served: Served) -> Served:
    """The campaign has texts."""
    served.run(campaign(texts=texts_of("families-28")))
    return served


def shown(opened: Opening, texting: Served, name: str, language: str, **how: Any) -> Page:
    page = opened(texting.at(f"{PAGE}?lang={language}"), **how)
    if name == "sent":
        page.fill("#phone", "404 555 0123")
        page.check("#consent")
    if name != "form":
        page.click("#ask .btn")
        page.wait_for_selector(".problem" if name == "refused" else "[role=status]")
    return page


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_all_is_a_thumb_wide_and_nothing_scrolls_sideways(
    opened: Opening, texting: Served, axe: str, name: str, language: str
) -> None:
    page = shown(opened, texting, name, language)
    hold_for_everybody(page, axe, language)


@pytest.mark.parametrize("name", STATES)
def test_the_tab_key_walks_in_reading_order_and_shows_where_it_is(
    opened: Opening, texting: Served, name: str
) -> None:
    page = shown(opened, texting, name, "es", script=False)
    stops = walked(page)

    # A refused form has the focus on what is to be mended: the walk goes on from there.
    before = page.locator(".skip, .top a").count() if name == "refused" else 0
    assert len(stops) == page.evaluate(STOPS) - before
    assert is_in_reading_order(stops)


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_form_to_the_phone_by_keyboard_alone(
    opened: Opening, texting: Served, *, script: bool, language: str
) -> None:
    page = opened(texting.at(f"{PAGE}?lang={language}"), script=script)
    page.focus("#phone")
    page.keyboard.type("(404) 555-0123")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#consent")).to_be_checked()
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text(HEADINGS[language])
    assert "23" in page.inner_text("[role=status]")
    assert "sent=" in page.url
    assert "0123" not in page.url
    assert len(texting.queue.sent) == 1
    page.click(".lang")
    expect(page.locator("h1")).to_have_text(HEADINGS["es" if language == "en" else "en"])


def test_with_a_script_nothing_is_loaded_anew_and_two_taps_are_one_form(
    opened: Opening, texting: Served
) -> None:
    page = opened(texting.at(f"{PAGE}?lang=en"))
    page.fill("#phone", "404 555 0123")
    page.check("#consent")
    with no_reload(page):
        page.dblclick("#ask .btn")
        expect(page.locator("h1")).to_have_text(HEADINGS["en"])

    assert len(texting.queue.sent) == 1
    assert page.evaluate("document.activeElement.tagName") == "H1"


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_form_says_so_three_times_and_takes_you_to_the_field(
    opened: Opening, texting: Served, *, script: bool, language: str
) -> None:
    page = opened(texting.at(f"{PAGE}?lang={language}"), script=script)
    page.fill("#phone", "404 555 01")
    page.click("#ask .btn")
    page.wait_for_selector(".problem")
    summary = page.locator(".problem a")

    assert page.title().startswith("Error: ")
    assert summary.all_inner_texts() == [page.inner_text("#phone-error"), page.inner_text("#consent-error")]
    assert page.input_value("#phone") == "404 555 01"
    assert page.get_attribute("#consent", "aria-describedby") == "consent-error"
    for name in ("phone", "consent"):
        assert page.get_attribute(f"#{name}", "aria-invalid") == "true"
    if script:
        assert page.evaluate("document.activeElement.id") == "problem"
        summary.nth(1).click()
        assert page.evaluate("document.activeElement.id") == "consent"


def test_the_box_stays_open_to_the_person_and_is_read_out_with_its_words(
    opened: Opening, texting: Served
) -> None:
    page = opened(texting.at(f"{PAGE}?lang=en"))
    box = page.get_by_role("checkbox", name="I agree to receive recurring text alerts")

    expect(box).not_to_be_checked()
    assert page.get_by_label("Your cell phone number").count() == 1


def test_offline_what_was_typed_stays_and_nothing_is_sent(opened: Opening, texting: Served) -> None:
    page = opened(texting.at(f"{PAGE}?lang=en"))
    page.fill("#phone", "404 555 0123")
    page.check("#consent")
    page.context.set_offline(True)
    page.click("#ask .btn")
    expect(page.locator("#offline-note")).to_be_visible()
    assert page.input_value("#phone") == "404 555 0123"

    page.context.set_offline(False)
    page.click("#offline-note button")
    expect(page.locator("h1")).to_have_text(HEADINGS["en"])
    assert len(texting.queue.sent) == 1


def test_on_a_phone_the_word_opens_its_texts_and_on_a_computer_it_is_words(
    opened: Opening, texting: Served
) -> None:
    phone = opened(texting.at(f"{PAGE}?lang=en"), has_touch=True, is_mobile=True)
    computer = opened(texting.at(f"{PAGE}?lang=en"), width=1280)

    expect(phone.locator("#text-us .btn")).to_be_visible()
    expect(computer.locator("#text-us .btn")).to_be_hidden()
    assert "Text FAMILIES to" in computer.inner_text("#text-us")


def test_without_a_script_nothing_is_dead_and_nothing_comes_from_elsewhere(
    opened: Opening, texting: Served
) -> None:
    for name in STATES:
        page = shown(opened, texting, name, "en", script=False)
        assert page.locator("a[href=''], a:not([href]), a[href='#']").count() == 0, name
        sources = page.locator("[src]").evaluate_all("found => found.map(each => each.src)")
        assert all(each.startswith(texting.url) for each in sources), name
        page.context.close()
