"""A letter's pages in Chromium, in every state: seen, walked and read out by everybody."""

from typing import Any

import pytest
from playwright.sync_api import Page

from chalicelib.domain.tokens import Purpose
from tests.browser.conftest import Opening
from tests.browser.everybody import IS_FULL, LANGUAGES, STOPS, hold_for_everybody, is_in_reading_order, walked
from tests.browser.served import Served
from tests.letter_states import LETTERS, link, seed, two, written_to

pytestmark = pytest.mark.browser

WRITE = "/c/families-28/letter"
STEPS = ["write", "refused", "check", "print", "on paper", "no mailbox"]
LINKS = {
    "sent": (Purpose.SENT, "waiting"),
    "confirm": (Purpose.CONFIRM, "waiting"),
    "answer": (Purpose.ANSWER, "delivered"),
    "unsubscribe": (Purpose.UNSUBSCRIBE, "waiting"),
}
PAIRS = {"confirm two": ("waiting", "waiting"), "two": ("in line", "came back")}
EVERY = [*STEPS, *LINKS, *PAIRS, *LETTERS]
ALIKE = frozenset(LETTERS) - {"waiting", "in line", "delivered", "came back"}
"""States drawn as one of these four is: seen in Spanish too where all tests run, elsewhere in English alone."""
SEEN = [(each, name) for each in LANGUAGES for name in EVERY if IS_FULL or each == "en" or name not in ALIKE]


@pytest.fixture
def mailed(served: Served) -> Served:
    """Atlanta and New York take letters by email."""
    served.refit(written_to())
    return served


def shown(opened: Opening, mailed: Served, name: str, language: str, **how: Any) -> Page:
    """Open a page or state, without updates, so that nothing moves while we look."""
    return (
        opened(mailed.at(path_of(mailed, name, language)), **how)
        if name not in STEPS[1:]
        else typed(opened, mailed, name, language, **how)
    )


def path_of(mailed: Served, name: str, language: str) -> str:
    if name == "write":
        return f"{WRITE}?lang={language}"
    if name in PAIRS:
        letters = two(*PAIRS[name])
        seed(mailed.runtime, *letters)
        purpose = Purpose.CONFIRM if name == "confirm two" else Purpose.FOLLOW
        return f"{link(mailed.runtime, purpose, letters[0])}?still=1&lang={language}"
    purpose, state = LINKS.get(name, (Purpose.FOLLOW, name))
    seed(mailed.runtime, LETTERS[state])
    return f"{link(mailed.runtime, purpose, LETTERS[state])}?still=1&lang={language}"


def typed(opened: Opening, mailed: Served, name: str, language: str, **how: Any) -> Page:
    """A page that answers the form."""
    if name == "on paper":
        return opened(mailed.at(f"{WRITE}/print?lang={language}"), **how)
    office = "ero-was" if name == "no mailbox" else "ero-atl"
    page = opened(mailed.at(f"{WRITE}?lang={language}&office={office}"), **how)
    page.fill("#name", "" if name == "refused" else "María Ejemplo")
    if name != "no mailbox":
        page.fill("#email", "maria@gmial.com")
    page.click("[value=print]" if name in {"print", "no mailbox"} else "[value=check]")
    page.wait_for_selector({"refused": ".problem", "check": "[value=send]"}.get(name, ".screen"))
    return page


@pytest.mark.parametrize(("language", "name"), SEEN)
def test_axe_finds_nothing_all_is_a_thumb_wide_and_nothing_scrolls_sideways(
    opened: Opening, mailed: Served, axe: str, name: str, language: str
) -> None:
    page = shown(opened, mailed, name, language)
    hold_for_everybody(page, axe, language)


@pytest.mark.parametrize("name", ["write", "check", "confirm", "two", "answer"])
def test_the_tab_key_walks_in_reading_order_and_shows_where_it_is(
    opened: Opening, mailed: Served, name: str
) -> None:
    page = shown(opened, mailed, name, "es")
    stops = walked(page)

    assert len(stops) >= page.evaluate(STOPS)
    assert is_in_reading_order(stops)


@pytest.mark.parametrize(("name", "selector"), [("delivered", ".track .done"), ("came back", ".btn.main")])
def test_forced_colours_keep_what_is_on_apart_from_what_is_off(
    opened: Opening, mailed: Served, name: str, selector: str
) -> None:
    page = shown(opened, mailed, name, "en", forced_colors="active")
    pseudo = "::before" if "track" in selector else None
    painted = page.evaluate(
        "([s, p]) => getComputedStyle(document.querySelector(s), p).backgroundColor", [selector, pseudo]
    )

    assert painted != page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("name", ["print", "on paper"])
def test_paper_holds_the_letter_and_nothing_of_the_page(opened: Opening, mailed: Served, name: str) -> None:
    page = shown(opened, mailed, name, "en")
    page.emulate_media(media="print")
    seen = page.evaluate(
        "() => [...document.querySelectorAll('header, footer, .screen, .paper')].map(e => e.checkVisibility())"
    )

    assert seen == [False, False, True, False]
    assert "ICE office in Atlanta" in page.inner_text(".paper")


def test_without_a_script_nothing_on_a_page_is_dead(opened: Opening, mailed: Served) -> None:
    for name in EVERY:
        page = shown(opened, mailed, name, "en", script=False)
        dead = "button:not([type=submit]):not(form button):not([hidden])"
        assert (
            page.locator(dead).evaluate_all("found => found.filter(e => e.checkVisibility()).length") == 0
        ), name
        assert page.locator("a[href=''], a:not([href]), a[href='#']").count() == 0, name
        page.context.close()
