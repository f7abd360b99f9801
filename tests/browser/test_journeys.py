"""The two ways through: with a script nothing is loaded anew, without one nothing is missing."""

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Response, expect

from chalicelib.domain.call import Ending, Stage
from chalicelib.domain.counts import Outcome
from tests.browser.conftest import Opening, no_reload
from tests.browser.served import Served
from tests.browser.states import CALLS
from tests.values import CALL_ID, NOW, called, leg, over, session

pytestmark = pytest.mark.browser

LISTEN = """() => { window.spoken = [];
  const status = document.getElementById("status");
  window.firstStatus = status;
  new MutationObserver(() => {
    if (status.getAttribute("aria-live") !== "off") window.spoken.push(status.querySelector("h1").textContent);
  }).observe(status, {childList: true}); }"""


def call_of(page: Page) -> str:
    return page.url.split("/calls/")[1].split("?")[0]


def heading(page: Page, words: str) -> None:
    expect(page.locator("h1")).to_have_text(words, timeout=8_000)


# With a script.


def test_with_a_script_a_call_goes_from_tap_to_thanks_without_one_reload(
    opened: Opening, served: Served
) -> None:
    page = opened(served.at("/c/families-28?lang=en"))
    with no_reload(page):
        page.fill("#phone", "404 555 0123")
        page.click("#call-me .btn")
        heading(page, "You’re next in line")
        call_id = call_of(page)
        assert "live=1" in page.url

        page.evaluate(LISTEN)
        now = served.runtime.store.call(call_id, NOW)
        assert now
        for after, words in [
            (replace(now, stage=Stage.RINGING), "Your phone is ringing"),
            (replace(now, stage=Stage.MENU), "Press 1 to go on"),
            (replace(now, stage=Stage.DIALING, legs=(leg(),)), "Calling the Atlanta office"),
            (replace(now, stage=Stage.DIALING, legs=(leg(answered_at=NOW),)), "Connected to Atlanta"),
            (replace(over(Ending.DONE, legs=CALLS["question"].legs), id=call_id), "How did it go?"),
        ]:
            served.put(after)
            heading(page, words)
        page.click("text=I spoke to someone")
        heading(page, "Thank you. Your call counts.")

        assert page.evaluate("window.firstStatus.isConnected"), "the status was replaced, not filled"
        assert page.evaluate("window.spoken") == [
            "Your phone is ringing",
            "Press 1 to go on",
            "Calling the Atlanta office",
            "Connected to Atlanta",
            "How did it go?",
            "Thank you. Your call counts.",
        ]
    assert [each.outcome for each in served.runtime.store.actions()] == [Outcome.SPOKE]


def test_the_script_sends_the_form_to_the_api(opened: Opening, served: Served) -> None:
    page = opened(served.at("/c/families-28?lang=es"))
    page.fill("#phone", "404 555 0123")
    with page.expect_request("**/api/campaigns/families-28/calls") as sent:
        page.click("#call-me .btn")
    page.wait_for_url("**/calls/**")

    body: Any = sent.value.post_data_json
    assert body.pop("proof")
    assert body == {
        "phone": "404 555 0123",
        "language": "es",
        "consent": "call-1",
        "number_shown": "ours",
    }


def test_a_double_tap_makes_one_call(opened: Opening, served: Served) -> None:
    page = opened(served.at("/c/families-28?lang=en"))
    page.fill("#phone", "404 555 0123")
    page.dblclick("#call-me .btn")
    heading(page, "You’re next in line")

    assert len(served.queue.sent) == 1


def test_a_refused_form_is_mended_and_sent_without_a_reload(opened: Opening, served: Served) -> None:
    page = opened(served.at("/c/families-28?lang=en"))
    with no_reload(page):
        page.fill("#phone", "404 555 01")
        page.click("#call-me .btn")
        expect(page.locator(".problem")).to_be_focused()
        page.fill("#phone", "404 555 0123")
        page.click("#call-me .btn")
        heading(page, "You’re next in line")

    assert not page.title().startswith("Error")


def test_an_obstacle_takes_the_forms_place_without_a_reload(opened: Opening, served: Served) -> None:
    page = opened(served.at("/c/families-28?lang=en"))
    with no_reload(page):
        page.fill("#phone", "900 234 5678")
        page.click("#call-me .btn")
        heading(page, "We can’t call this number")
        expect(page.locator("h1")).to_be_focused()


def test_offline_the_form_keeps_what_was_typed_and_can_be_sent_again(opened: Opening, served: Served) -> None:
    page = opened(served.at("/c/families-28?lang=en"))
    with no_reload(page):
        page.fill("#phone", "404 555 0123")
        page.context.set_offline(offline=True)
        page.click("#call-me .btn")
        expect(page.locator("#offline-note h2")).to_have_text("You’re offline")
        assert page.input_value("#phone") == "404 555 0123"
        assert page.inner_text("#call-me .btn[data-busy]") == "Call me"

        page.context.set_offline(offline=False)
        page.click("[data-retry]")
        heading(page, "You’re next in line")


def test_offline_a_call_says_that_it_goes_on_and_comes_back_by_itself(
    opened: Opening, served: Served
) -> None:
    page = opened(served.call(CALLS["connected"], "?live=1&lang=en"))
    with no_reload(page):
        page.context.set_offline(offline=True)
        expect(page.locator("#offline-note")).to_contain_text(
            "If you’re on a call, it goes on", timeout=10_000
        )
        page.context.set_offline(offline=False)
        expect(page.locator("#offline-note")).to_have_count(0, timeout=10_000)


def test_a_place_further_in_line_is_shown_without_being_spoken(opened: Opening, served: Served) -> None:
    page = opened(served.call(session(ring_at=NOW + timedelta(seconds=60)), "?live=1"))
    page.evaluate(LISTEN)
    heading(page, "You’re 60th in line")
    served.clock.pass_by(20)
    heading(page, "You’re 40th in line")

    assert page.evaluate("window.spoken") == []


def test_what_did_not_change_is_left_alone(opened: Opening, served: Served) -> None:
    page = opened(served.call(CALLS["ringing"], "?live=1&lang=es"))
    page.click("#words summary")
    page.click("#trouble details:first-child summary")
    page.evaluate("() => { window.words = document.getElementById('words'); }")
    served.put(CALLS["calling the office"])
    heading(page, "Llamando a la oficina de Atlanta")

    assert page.evaluate("window.words.isConnected")
    assert page.evaluate("window.words.querySelector('details').open")


def test_who_stands_on_a_button_that_goes_is_taken_to_the_heading(opened: Opening, served: Served) -> None:
    page = opened(served.call(session(), "?live=1&lang=en"))
    page.focus("#withdraw button")
    served.put(CALLS["ringing"])
    heading(page, "Your phone is ringing")

    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_the_time_connected_is_counted_on_the_page(opened: Opening, served: Served) -> None:
    page = opened(served.call(CALLS["connected"], "?live=1"))
    timer = page.locator("#timer")

    assert timer.get_attribute("aria-hidden") == "true"
    expect(timer).to_have_text("0:44", timeout=5_000)


def test_a_call_opened_by_its_plain_link_is_left_once_for_the_one_without_a_refresh(
    opened: Opening, served: Served
) -> None:
    page = opened(served.call(CALLS["ringing"], "?lang=en"))
    page.wait_for_url("**/calls/*?*live=1*")
    page.go_back()

    assert page.url == "about:blank"


def test_stopped_updates_stay_stopped(opened: Opening, served: Served) -> None:
    page = opened(served.call(CALLS["ringing"], "?live=1&lang=en"))
    page.click("text=Stop updating")
    page.wait_for_url("**still=1*")
    served.put(CALLS["menu"])
    page.wait_for_timeout(3_000)
    heading(page, "Your phone is ringing")
    page.click("text=Update again")
    heading(page, "Press 1 to go on")


def test_dont_call_me_and_back_again_without_a_reload(opened: Opening, served: Served) -> None:
    page = opened(served.call(session(), "?live=1&lang=en"))
    with no_reload(page):
        page.click("text=Don’t call me")
        heading(page, "We won’t call you")
    page.click("text=Call me after all")
    page.wait_for_selector("#call-me")


def test_back_from_the_call_is_the_form_again(opened: Opening, served: Served) -> None:
    page = opened(served.at("/c/families-28?lang=en"))
    page.fill("#phone", "404 555 0123")
    page.click("#call-me .btn")
    heading(page, "You’re next in line")
    page.go_back()
    page.wait_for_selector("#call-me")


def test_a_hidden_page_does_not_ask(opened: Opening, served: Served) -> None:
    page = opened(served.call(CALLS["ringing"], "?live=1&lang=en"))
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.wait_for_timeout(2_500)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright marks what it is given
    page.wait_for_timeout(3_000)
    assert asked == []

    served.put(CALLS["menu"])
    page.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }")
    heading(page, "Press 1 to go on")


# Without a script.


def test_without_a_script_every_path_comes_to_its_end(opened: Opening, served: Served) -> None:
    page = opened(served.at("/?lang=en"), script=False)
    page.click("text=See the campaign")
    page.fill("#phone", "404 555 0123")
    page.click("#call-me .btn")
    assert page.inner_text("h1") == "You’re next in line"
    call_id = call_of(page)

    now = served.runtime.store.call(call_id, NOW)
    assert now
    served.put(replace(now, stage=Stage.DIALING, legs=(leg(answered_at=NOW),)))
    page.click("text=Check now")
    assert page.inner_text("h1") == "Connected to Atlanta"

    served.put(replace(over(Ending.DONE, legs=CALLS["question"].legs), id=call_id))
    page.click("text=Check now")
    page.click("text=I left a message")
    assert page.inner_text("h1") == "Thank you. Your call counts."


def test_without_a_script_the_page_of_a_live_call_loads_itself_again(opened: Opening, served: Served) -> None:
    page = opened(served.call(CALLS["ringing"], "?lang=en"), script=False)
    served.put(CALLS["menu"])
    expect(page.locator("h1")).to_have_text("Press 1 to go on", timeout=15_000)


def test_without_a_script_nothing_on_a_page_is_dead(opened: Opening, served: Served) -> None:
    for name, call in CALLS.items():
        page = opened(served.call(call, "?still=1&lang=en"), script=False)
        assert page.locator("button:not([type=submit]):not(form button):not([hidden])").count() == 0, name
        assert page.locator("a[href=''], a:not([href]), a[href='#']").count() == 0, name


# Weight.


@pytest.mark.parametrize("path", ["/c/families-28?lang=es", f"/calls/{CALL_ID}?live=1&lang=es"])
def test_a_page_is_light_and_all_of_it_is_ours(opened: Opening, served: Served, path: str) -> None:
    served.put(session(stage=Stage.DIALING, legs=(called(Outcome.SPOKE), leg(answered_at=NOW))))
    page = opened("about:blank")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - as above
    page.goto(served.at(path))
    page.wait_for_load_state("load")
    first = [
        answer
        for answer in answers
        if not answer.url.endswith("live=1") or answer.request.is_navigation_request()
    ]
    bodies = [answer.body() for answer in first]

    assert all(answer.url.startswith(served.url) for answer in first)
    assert len(first) <= 3
    assert sum(map(len, bodies)) <= 40_000
    assert sum(len(gzip.compress(body)) for body in bodies) <= 14_000
    assert page.context.cookies() == []
