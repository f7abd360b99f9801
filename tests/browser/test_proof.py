"""The proof of work in the browser: begun at the field, done by the tap, and never in a person's way."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from chalicelib.config import PROOF_COST
from chalicelib.runtime import install
from tests.browser.conftest import Opening, no_reload
from tests.browser.served import Served
from tests.conftest import Figure

pytestmark = pytest.mark.browser

ASK = "/c/families-28?lang=en"
CHALLENGE, CALLS = "**/api/campaigns/families-28/challenge", "**/api/campaigns/families-28/calls"
BETWEEN = """() => {
  const [challenge, calls] = ["/challenge", "/calls"].map((path) =>
    performance.getEntriesByType("resource").find((entry) => entry.name.endsWith(path)));
  return calls.startTime - challenge.responseEnd;
}"""
MOST_MS = 3000
"""On this machine; a slow phone takes ten times the usual 0.1 s."""


@pytest.fixture
def dear(served: Served) -> Iterator[Served]:
    """The app asking for as much work as in production."""
    install(replace(served.runtime, config=replace(served.runtime.config, proof_cost=PROOF_COST)))
    yield served
    install(served.runtime)


def tap(page: Page) -> None:
    page.fill("#phone", "404 555 0123")
    page.click("#call-me .btn")


def asked(page: Page, path: str) -> list[Request]:
    """Requests to addresses that end in `path`, as they are made from now on."""
    made: list[Request] = []
    page.on("request", lambda request: made.append(request) if request.url.endswith(path) else None)
    return made


def test_the_work_begins_at_the_field_and_is_done_once(opened: Opening, dear: Served) -> None:
    page = opened(dear.at(ASK))
    challenges, calls = asked(page, "/challenge"), asked(page, "/calls")
    with page.expect_response(CHALLENGE):
        page.focus("#phone")

    tap(page)

    page.wait_for_url("**/calls/**")
    assert (len(challenges), len(calls)) == (1, 1)
    assert len(dear.queue.sent) == 1


def test_the_work_of_a_tap_that_comes_at_once_is_short(opened: Opening, dear: Served, figure: Figure) -> None:
    page = opened(dear.at(ASK))
    with no_reload(page):
        tap(page)
        page.wait_for_url("**/calls/**")

    took = page.evaluate(BETWEEN)
    figure(f"proof of work: solved in Chromium in {took:.0f} ms (cost {PROOF_COST:,})")
    assert 0 < took < MOST_MS


def test_a_tap_before_the_work_is_done_waits_and_the_button_says_so(opened: Opening, served: Served) -> None:
    page = opened(served.at(ASK))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(CHALLENGE, hold)

    tap(page)

    expect(page.locator("#call-me .btn")).to_have_text("One moment…")
    assert served.queue.sent == []
    page.click("#call-me .btn")
    held[0].continue_()
    page.wait_for_url("**/calls/**")
    assert len(served.queue.sent) == 1


def test_a_proof_that_was_used_elsewhere_is_made_anew_without_a_word(opened: Opening, served: Served) -> None:
    """As after Back: the browser may keep the page with a proof that has opened its call."""
    page = opened(served.at(ASK))
    answers: list[int] = []

    def overtake(route: Route) -> None:
        spent: Any = route.request.post_data_json
        path, body = "/api/campaigns/families-28/calls", json.dumps(spent | {"phone": "404 555 0110"})
        if not answers:
            answers.append(served.ask("POST", path, body.encode(), content_type="application/json").status)
        route.continue_()

    page.route(CALLS, overtake)

    tap(page)

    page.wait_for_url("**/calls/**")
    expect(page.locator("h1")).to_contain_text("line")
    assert answers == [202]
    assert len(served.queue.sent) == 2


def test_a_refused_number_keeps_the_proof_for_the_next_tap(opened: Opening, served: Served) -> None:
    page = opened(served.at(ASK))
    challenges = asked(page, "/challenge")
    page.fill("#phone", "404")
    page.click("#call-me .btn")
    expect(page.locator(".problem")).to_be_focused()

    tap(page)

    page.wait_for_url("**/calls/**")
    assert len(challenges) == 1


WITHOUT: dict[str, str] = {
    "no Web Crypto": "Object.defineProperty(crypto, 'subtle', { value: undefined })",
    "no challenge": "const f = fetch; fetch = (url, ...more) => "
    "String(url).endsWith('/challenge') ? Promise.reject(new Error('gone')) : f(url, ...more)",
    "a challenge that can't be solved": "crypto.subtle.deriveBits = async () => new ArrayBuffer(32)",
    "a challenge that is none": "const f = fetch; fetch = (url, ...more) => "
    "String(url).endsWith('/challenge') ? Promise.resolve(new Response('{}')) : f(url, ...more)",
}


@pytest.mark.parametrize("missing", WITHOUT)
def test_whatever_keeps_the_work_from_being_done_the_form_is_sent_as_without_a_script(
    opened: Opening, served: Served, missing: str
) -> None:
    page = opened(served.at(ASK))
    calls = asked(page, "/calls")
    page.evaluate(f"() => {{ {WITHOUT[missing]} }}")

    tap(page)

    page.wait_for_url("**/calls/**")
    assert calls == []
    assert len(served.queue.sent) == 1


def test_without_a_script_the_fourth_call_in_an_hour_is_put_off(opened: Opening, served: Served) -> None:
    pages: list[Any] = []
    for number in range(4):
        page = opened(served.at(ASK), script=False)
        page.fill("#phone", f"404 555 011{number}")
        page.click("#call-me .btn")
        pages.append(page.locator("h1").inner_text())

    assert "line" in pages[2]
    assert pages[3] == "That’s the most calls for now"
