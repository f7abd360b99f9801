"""What page.md asks of every page and state, checked in Chromium: both languages, three widths, both schemes."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from chalicelib.domain.words import Language
from chalicelib.views.rendering import phrasebook
from tests.browser.conftest import Opening
from tests.browser.served import Served
from tests.browser.states import CALLS, PATHS
from tests.values import CAMPAIGN, OFFICES

pytestmark = pytest.mark.browser

LANGUAGES = ["en", "es"]
FORMS = ["refused form", "never called"]
EVERY = [*PATHS, *FORMS, *CALLS]
LOOKS = [(320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TAP = 44

RUN_AXE = """async (rules) => (await axe.run({runOnly: rules, rules: {"target-size": {enabled: true}}}))
  .violations.map(v => `${v.id}: ${v.nodes.map(n => n.target + " " + n.failureSummary).join(" | ")}`)"""
OPEN_DETAILS = "() => document.querySelectorAll('details').forEach(d => d.open = true)"
SMALL = """(least) => [...document.querySelectorAll("a, button, input:not([type=hidden]), summary")]
  .filter(e => !e.classList.contains("skip")).map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width < least - .5 || box.height < least - .5)
  .map(([e, box]) => `${e.outerHTML.slice(0, 90)} ${box.width} × ${box.height}`)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
OWN_WORDS = """() => { const copy = document.body.cloneNode(true);
  copy.querySelectorAll("[lang=en], script, template").forEach(e => e.remove());
  return document.title + " " + copy.textContent + " " + [...copy.querySelectorAll("[aria-label]")]
    .map(e => e.getAttribute("aria-label")).join(" "); }"""


def shown(opened: Opening, served: Served, name: str, language: str, **how: Any) -> Page:
    """Open a page or state. Calls are opened without updates, so that nothing moves while we look."""
    if name in CALLS:
        return opened(served.call(CALLS[name], f"?still=1&lang={language}"), **how)
    if name in FORMS:
        page = opened(served.at(f"/c/families-28?lang={language}"), **how)
        page.fill("#phone", "404 555 01" if name == "refused form" else "900 234 5678")
        page.click(".btn.call")
        page.wait_for_selector(".problem" if name == "refused form" else "[data-page=obstacle]")
        return page
    return opened(served.at(f"{PATHS[name]}?lang={language}"), **how)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(opened: Opening, served: Served, axe: str, name: str, language: str) -> None:
    page = shown(opened, served, name, language)
    page.evaluate(axe)
    page.evaluate(OPEN_DETAILS)
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two literals
        assert page.evaluate(RUN_AXE, RULES) == [], (width, scheme)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_to_tap_is_44_pixels_and_nothing_scrolls_sideways(
    opened: Opening, served: Served, name: str, language: str
) -> None:
    page = shown(opened, served, name, language, width=320)
    page.evaluate(OPEN_DETAILS)

    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(SMALL, TAP) == [], width
        assert page.evaluate(SIDEWAYS) == 0, width
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("() => document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) == 0, "text at 200 %"


WALK = """() => { const e = document.activeElement, s = getComputedStyle(e);
  const all = [...document.querySelectorAll("*")];
  return {at: all.indexOf(e), top: e.getBoundingClientRect().top + scrollY, skip: e.classList.contains("skip"),
    ring: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 3, body: e === document.body}; }"""


@pytest.mark.parametrize("name", ["campaign", "in line", "ringing", "question", "refused form", "home"])
def test_the_tab_key_walks_in_reading_order_and_shows_where_it_is(
    opened: Opening, served: Served, name: str
) -> None:
    page = shown(opened, served, name, "es")
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stop = page.evaluate(WALK)
        if stop["body"] or (stops and stop["at"] <= stops[-1]["at"]):
            break
        stops.append(stop)
    places = [stop["top"] for stop in stops if not stop["skip"]]

    assert len(stops) == page.evaluate("() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')].filter(e => e.checkVisibility()).length")
    assert all(stop["ring"] for stop in stops)
    assert all(later >= earlier - 1 for earlier, later in zip(places, places[1:], strict=False))


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
    opened: Opening, served: Served, script: bool, language: str
) -> None:
    page = opened(served.at(f"/c/families-28?lang={language}"), script=script)
    page.fill("#phone", "404 555 01")
    page.click(".btn.call")
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


@pytest.mark.parametrize("name", EVERY)
def test_a_spanish_page_holds_no_english_word_but_names_and_the_quoted_line(
    opened: Opening, served: Served, name: str
) -> None:
    text = shown(opened, served, name, "es").evaluate(OWN_WORDS)

    assert words(text) & ENGLISH == set()


def test_no_spanish_sentence_holds_an_english_word() -> None:
    spanish = " ".join(phrasebook(Language.ES).sentences.values())

    assert words(re.sub(r"\{\w+\}", "", spanish)) & ENGLISH == {"english"}


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-záéíóúñü]+", text.lower().replace("’", "")))


NAMES = " ".join(
    [CAMPAIGN.slug, "Patchthrough Twilio ICE"] + [office.place.es for office in OFFICES]
)  # also in addresses shown on the page
SAME_IN_BOTH = words("a no me he error once video text privacy legal nos on an") - words("privacy text on an")
ENGLISH = (
    words(" ".join(phrasebook(Language.EN).sentences.values()))
    | words(" ".join(each.en for each in (CAMPAIGN.title, CAMPAIGN.heading, CAMPAIGN.summary, *CAMPAIGN.about)))
    | words(" ".join(point.en for point in CAMPAIGN.points))
) - words(NAMES) - SAME_IN_BOTH - words("go http")
"""Every word of our English pages; what is left after names, and words that are Spanish too, must not appear."""


@pytest.mark.parametrize("name", CALLS)
def test_nothing_on_a_page_moves_by_itself(opened: Opening, served: Served, name: str) -> None:
    page = shown(opened, served, name, "en", reduced_motion="reduce")

    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize(("name", "selector"), [("menu", ".key.first"), ("connected", ".cord li.on"), ("campaign", ".btn.main")])
def test_forced_colours_keep_what_is_on_apart_from_what_is_off(
    opened: Opening, served: Served, name: str, selector: str
) -> None:
    page = shown(opened, served, name, "en", forced_colors="active")
    pseudo = "::before" if "cord" in selector else None
    painted = page.evaluate("([s, p]) => getComputedStyle(document.querySelector(s), p).backgroundColor", [selector, pseudo])

    assert painted != page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("name", CALLS)
def test_the_other_language_is_the_same_state_one_tap_away(opened: Opening, served: Served, name: str) -> None:
    page = shown(opened, served, name, "en", script=False)
    state = page.get_attribute("#status", "data-state")
    page.click(".lang")

    assert page.get_attribute("html", "lang") == "es"
    assert page.get_attribute("#status", "data-state") == state
    assert page.inner_text(".lang") == "English"
