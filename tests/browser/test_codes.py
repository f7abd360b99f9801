"""The code by text in Chromium: what is typed is never taken away, and what is wrong is said where one looks."""

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.codes import code_for
from chalicelib.views.codes import secret
from tests.browser.conftest import Opening, no_reload
from tests.browser.everybody import hold
from tests.browser.served import Served
from tests.browser.states import CALLS
from tests.values import CALL_ID, campaign

pytestmark = pytest.mark.browser

POLLED = 3
"""Looks of the page at its call while somebody types."""


def asked(opened: Opening, served: Served, language: str = "en", *, script: bool = True) -> Page:
    served.run(campaign(asks_code=True))
    return opened(served.call(CALLS["code"], f"?lang={language}"), script=script)


def right(served: Served) -> str:
    return code_for(CALL_ID, 1, secret(served.runtime))


def wrong(served: Served) -> str:
    return f"{(int(right(served)) + 1) % 10**6:06}"


def test_the_page_looks_after_its_call_and_leaves_what_is_typed_alone(
    opened: Opening, served: Served
) -> None:
    page = asked(opened, served)
    page.fill("#code", "482")
    page.focus("#code")
    for _ in range(POLLED):
        with page.expect_response(f"**/calls/{CALL_ID}**"):
            pass

    assert page.input_value("#code") == "482"
    assert page.evaluate("document.activeElement.id") == "code"


def test_a_wrong_code_takes_the_focus_to_what_is_wrong_and_the_right_one_leads_on(
    opened: Opening, served: Served
) -> None:
    page = asked(opened, served)
    with no_reload(page):
        page.fill("#code", wrong(served))
        page.press("#code", "Enter")
        expect(page.locator("#problem")).to_be_focused()
        assert page.title().startswith("Error: Enter the code we texted you")
        assert page.get_attribute("#code", "aria-invalid") == "true"
        assert page.input_value("#code") == wrong(served)
        expect(page.locator("#problem")).to_contain_text("You have 4 tries left; then ask for a new code.")

        page.fill("#code", f"{right(served)[:3]} {right(served)[3:]}")
        page.click("#code-form .btn")
        expect(page.locator("h1")).to_have_text("You’re next in line")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_refused_code_is_said_to_everybody(
    opened: Opening, served: Served, axe: str, language: str
) -> None:
    page = asked(opened, served, language)
    page.fill("#code", wrong(served))
    page.click("#code-form .btn")
    page.wait_for_selector("#problem")
    page.evaluate(axe)

    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        hold(page, str(width))


def test_without_a_script_the_page_waits_and_its_forms_lead_on(opened: Opening, served: Served) -> None:
    page = asked(opened, served, script=False)
    page.fill("#code", wrong(served))
    page.click("#code-form .btn")
    assert "This code doesn’t match" in page.inner_text("#problem")

    page.click("#new-code .btn")
    page.fill("#code", code_for(CALL_ID, 2, secret(served.runtime)))
    page.press("#code", "Enter")

    assert page.inner_text("h1") == "You’re next in line"
