"""What page.md asks of every page, whatever it is about: seen by everybody, and walked with the tab key alone."""

import os
from itertools import pairwise
from typing import Any, Literal

from playwright.sync_api import Page

LANGUAGES = ["en", "es"]
Look = tuple[int, Literal["light", "dark"]]
EVERY_LOOK: list[Look] = [(w, s) for w in (320, 390, 1280) for s in ("light", "dark")]
SOME_LOOKS: dict[str, list[Look]] = {"en": [(320, "light"), (1280, "dark")], "es": [(320, "dark")]}
IS_FULL = os.environ.get("PATCHTHROUGH_NO_SKIPS") == "1"
LOOKS = dict.fromkeys(LANGUAGES, EVERY_LOOK) if IS_FULL else SOME_LOOKS
"""Every width in every scheme where all tests run; elsewhere those in which most can go wrong."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TAP = 44
MOST_STOPS = 60

RUN_AXE = """async (rules) => (await axe.run({runOnly: rules, rules: {"target-size": {enabled: true}}}))
  .violations.map(v => `${v.id}: ${v.nodes.map(n => n.target + " " + n.failureSummary).join(" | ")}`)"""
OPEN_DETAILS = "() => document.querySelectorAll('details').forEach(d => d.open = true)"
SMALL = """(least) => [...document.querySelectorAll("a, button, input:not([type=hidden]), summary")]
  .filter(e => !e.classList.contains("skip") && e.checkVisibility())
  .map(e => [e, (e.closest("label") ?? e).getBoundingClientRect()])
  .filter(([e, box]) => box.width < least - .5 || box.height < least - .5)
  .map(([e, box]) => `${e.outerHTML.slice(0, 90)} ${box.width} × ${box.height}`)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
STOPS = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
  .filter(e => e.checkVisibility()).length"""
WALK = """() => { const e = document.activeElement, s = getComputedStyle(e);
  const all = [...document.querySelectorAll("*")];
  return {at: all.indexOf(e), top: e.getBoundingClientRect().top + scrollY, skip: e.classList.contains("skip"),
    ring: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 3, body: e === document.body}; }"""


def hold_for_everybody(page: Page, axe: str, language: str) -> None:
    """axe finds nothing, all is a thumb wide and nothing scrolls sideways: at every width, in both schemes."""
    page.evaluate(axe)
    page.evaluate(OPEN_DETAILS)
    for width, scheme in LOOKS[language]:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        hold(page, str((width, scheme)))
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("() => document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) == 0, "text at 200 %"


def hold(page: Page, how: str) -> None:
    """The same as the page stands; axe is in it. `how` is said where it fails."""
    assert page.evaluate(RUN_AXE, RULES) == [], how
    assert page.evaluate(SMALL, TAP) == [], how
    assert page.evaluate(SIDEWAYS) == 0, how


def walked(page: Page) -> list[dict[str, Any]]:
    """Walk the page by the tab key from its beginning until it is left, or the walk turns back; the stops."""
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(WALK)
        if stop["body"] or (stops and stop["at"] <= stops[-1]["at"]):
            break
        stops.append(stop)
    return stops


def is_in_reading_order(stops: list[dict[str, Any]]) -> bool:
    """Whether each stop shows where it is, and none lies above the one before it."""
    places = [stop["top"] for stop in stops if not stop["skip"]]
    return all(stop["ring"] for stop in stops) and all(
        later >= earlier - 1 for earlier, later in pairwise(places)
    )
