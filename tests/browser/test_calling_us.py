"""Call now: the phone dials our number with the page's code; on a computer the page shows both; no script is needed."""

import re

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.call import CallSession, Stage
from chalicelib.domain.campaign import Local
from tests.areas_house import put
from tests.browser.conftest import Opening, no_reload
from tests.browser.served import Served

pytestmark = pytest.mark.browser

CAMPAIGN = "/c/families-28?lang="
TOUCH = {"has_touch": True, "is_mobile": True}
HEAR = """() => { window.dialled = [];
  HTMLAnchorElement.prototype.click = function () { window.dialled.push(this.getAttribute("href")); }; }"""
"""A browser has no phone: what a script has it dial is written down."""


def session(page: Page, served: Served) -> CallSession:
    found = served.runtime.store.call(page.url.split("/calls/")[1].split("?")[0], served.clock())
    assert found
    return found


def test_one_tap_has_the_phone_dial_and_the_page_wait(opened: Opening, served: Served) -> None:
    page = opened(served.at(CAMPAIGN + "en"), **TOUCH)
    page.evaluate(HEAR)
    with no_reload(page):
        page.click("#call-now .btn.call")
        expect(page.locator("h1")).to_have_text("Make the call on your phone")
        kept = session(page, served)

        page.wait_for_function("window.dialled.length === 1")
        assert page.evaluate("window.dialled") == [f"tel:+12025550142,,{kept.code}"]
    assert kept.stage is Stage.AWAITING
    expect(page.locator(".code")).to_have_text(f"{(kept.code or '')[:3]}\u00a0{(kept.code or '')[3:]}")
    expect(page.locator("#words")).to_contain_text("Please halt the deportations.")


def test_a_double_tap_makes_one_page(opened: Opening, served: Served) -> None:
    page = opened(served.at(CAMPAIGN + "es"), **TOUCH)
    page.evaluate(HEAR)
    page.dblclick("#call-now .btn.call")
    expect(page.locator("h1")).to_have_text("Haga la llamada en su teléfono")

    assert len(served.dynamodb.scan(TableName="patchthrough-test", FilterExpression="SK = :sk",
                                    ExpressionAttributeValues={":sk": {"S": "CODE"}})["Items"]) == 1  # fmt: skip


def test_on_a_computer_nothing_is_dialled_and_number_and_code_are_text(
    opened: Opening, served: Served
) -> None:
    page = opened(served.at(CAMPAIGN + "en"), width=1280)
    page.evaluate(HEAR)
    page.click("#call-now .btn.call")
    expect(page.locator("#code")).to_contain_text("From any phone, call (202)")

    assert page.evaluate("window.dialled") == []
    assert not page.locator("#dial").is_visible()


@pytest.mark.parametrize("language", ["en", "es"])
def test_without_a_script_a_link_dials(opened: Opening, served: Served, language: str) -> None:
    page = opened(served.at(CAMPAIGN + language), script=False, **TOUCH)
    page.click("#call-now .btn.call")

    href = page.locator("#dial a").get_attribute("href") or ""
    assert re.fullmatch(r"tel:\+12025550142,,\d{6}", href)
    assert session(page, served).language == language


@pytest.mark.parametrize("asks_zip", [False, True])
def test_the_whole_button_lies_in_the_first_screen(
    opened: Opening, served: Served, *, asks_zip: bool
) -> None:
    if asks_zip:
        put(served.runtime, Local.BEFORE)
    for language, width in [("en", 390), ("es", 390), ("en", 360), ("es", 360)]:
        page = opened(served.at(CAMPAIGN + language), width=width)
        box = page.locator("#call-now .btn.call").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 844, (language, width)


def test_offline_the_phone_dials_without_a_code(opened: Opening, served: Served) -> None:
    page = opened(served.at(CAMPAIGN + "en"), **TOUCH)
    page.evaluate(HEAR)
    page.context.set_offline(offline=True)
    page.click("#call-now .btn.call")
    page.wait_for_function("window.dialled.length === 1")

    assert page.evaluate("window.dialled") == ["tel:+12025550142"]
