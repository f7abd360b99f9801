"""What page.md asks of every page and state, checked in Chromium: both languages, three widths, both schemes."""

import os
from itertools import pairwise
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opening
from tests.browser.served import Served
from tests.browser.states import CALLS, PATHS

pytestmark = pytest.mark.browser

LANGUAGES = ["en", "es"]
FORMS = ["refused form", "never called"]
EVERY = [*PATHS, *FORMS, *CALLS]
Look = tuple[int, Literal["light", "dark"]]
EVERY_LOOK: list[Look] = [(w, s) for w in (320, 390, 1280) for s in ("light", "dark")]
SOME_LOOKS: dict[str, list[Look]] = {"en": [(320, "light"), (1280, "dark")], "es": [(320, "dark")]}
IS_FULL = os.environ.get("PATCHTHROUGH_NO_SKIPS") == "1"
LOOKS = dict.fromkeys(LANGUAGES, EVERY_LOOK) if IS_FULL else SOME_LOOKS
"""Every width in every scheme where all tests run; elsewhere those in which most can go wrong."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TAP = 44

RUN_AXE = """async (rules) => (await axe.run({runOnly: rules, rules: {"target-size": {enabled: true}}}))
  .violations.map(v => `${v.id}: ${v.nodes.map(n => n.target + " " + n.failureSummary).join(" | ")}`)"""
OPEN_DETAILS = "() => document.querySelectorAll('details').forEach(d => d.open = true)"
SMALL = """(least) => [...document.querySelectorAll("a, button, input:not([type=hidden]), summary")]
  .filter(e => !e.classList.contains("skip") && e.checkVisibility())
  .map(e => [e, (e.closest("label") ?? e).getBoundingClientRect()])
  .filter(([e, box]) => box.width < least - .5 || box.height < least - .5)
  .map(([e, box]) => `${e.outerHTML.slice(0, 90)} ${box.width} × ${box.height}`)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


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
    page.evaluate(axe)
    page.evaluate(OPEN_DETAILS)
    for width, scheme in LOOKS[language]:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(RUN_AXE, RULES) == [], (width, scheme)
        assert page.evaluate(SMALL, TAP) == [], width
        assert page.evaluate(SIDEWAYS) == 0, width
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("() => document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) == 0, "text at 200 %"


STOPS = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
  .filter(e => e.checkVisibility()).length"""
WALK = """() => { const e = document.activeElement, s = getComputedStyle(e);
  const all = [...document.querySelectorAll("*")];
  return {at: all.indexOf(e), top: e.getBoundingClientRect().top + scrollY, skip: e.classList.contains("skip"),
    ring: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 3, body: e === document.body}; }"""


@pytest.mark.parametrize("name", ["campaign", "in line", "ringing", "question", "home"])
def test_the_tab_key_walks_in_reading_order_and_shows_where_it_is(
    opened: Opening, served: Served, name: str
) -> None:
    page = shown(opened, served, name, "es")
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    stops: list[dict[str, Any]] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stop = page.evaluate(WALK)
        if stop["body"] or (stops and stop["at"] <= stops[-1]["at"]):
            break
        stops.append(stop)
    places = [stop["top"] for stop in stops if not stop["skip"]]

    assert len(stops) == page.evaluate(STOPS)
    assert all(stop["ring"] for stop in stops)
    assert all(later >= earlier - 1 for earlier, later in pairwise(places))


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
